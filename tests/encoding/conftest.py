"""Resemblyzer itself, as the reference for our own front end."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from importlib.metadata import version
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest


@pytest.fixture(scope="session")
def reference() -> Iterator[Any]:
    """The package ``resemblyzer``.

    It imports ``webrtcvad``, which asks ``pkg_resources`` for its own version, and setuptools 82 removed
    that: a stand-in takes its place for as long as the import lasts.
    """
    stand_in = ModuleType("pkg_resources")
    stand_in.get_distribution = lambda name: SimpleNamespace(version=version(name))  # type: ignore[attr-defined]
    before = set(sys.modules)
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        patch.setitem(sys.modules, "pkg_resources", stand_in)
        import resemblyzer
        import resemblyzer.audio
    yield resemblyzer
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in {"resemblyzer", "webrtcvad"}:
            del sys.modules[name]


@pytest.fixture(scope="session")
def reference_encoder(reference: Any) -> Any:
    """Resemblyzer's own encoder."""
    return reference.VoiceEncoder("cpu", verbose=False)
