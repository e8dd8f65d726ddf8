"""Fixtures for all tests: the twenty synthetic voices, and a telephone line."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from opusagent_hooks import codecs
from opusagent_voiceprint.audio import resample
from opusagent_voiceprint.encoding import SpeakerEncoder, shared_encoder

Samples = npt.NDArray[np.float32]
VOICES = Path(__file__).parent / "voices"


@lru_cache(maxsize=64)
def _recording(name: str, take: str) -> Samples:
    samples, rate = soundfile.read(VOICES / f"{name}_{take}.ogg", dtype="float32")
    assert rate == 16_000
    samples.setflags(write=False)
    return samples


@pytest.fixture(scope="session")
def voice() -> Callable[[str, str], Samples]:
    """A synthetic voice's recording, of shape (samples,) at 16 kHz: ``voice("slt", "enroll")``."""
    return _recording


@pytest.fixture(scope="session")
def voice_names() -> list[str]:
    """All twenty voices."""
    return sorted(path.stem.removesuffix("_enroll") for path in VOICES.glob("*_enroll.ogg"))


@pytest.fixture(scope="session")
def voices_folder() -> Path:
    """Where the recordings are: ``<name>_enroll.ogg`` and ``<name>_return.ogg``."""
    return VOICES


@pytest.fixture(scope="session")
def telephone() -> Callable[[Samples], Samples]:
    """Speech at 16 kHz as a G.711 mu-law line delivers it: of shape (samples,) at 8 kHz."""

    def line(samples: Samples) -> Samples:
        return codecs.decode(codecs.encode(resample(samples, 16_000, 8_000), "mulaw"), "mulaw")

    return line


@pytest.fixture(scope="session")
def encoder() -> SpeakerEncoder:
    """The real encoder, loaded."""
    shared = shared_encoder()
    shared.warm_up()
    return shared


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Tests see neither the settings nor the ``.env`` of whoever runs them."""
    for name in list(os.environ):
        if name.startswith(("VOICE_", "OPUSAGENT_PLUGINS", "OPUSAGENT_DISABLED")):
            monkeypatch.delenv(name)


EXPECTED_SKIPS = ("tests/host/",)
"""Tests that CI may skip, by the beginnings of their node ids: those against a checkout of OpusAgent."""


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test that nobody expects is a failure: it would hide a missing install step."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not os.environ.get("CI") or reporter is None:
        return
    skipped = {report.nodeid for report in reporter.stats.get("skipped", [])}
    if unexpected := sorted(each for each in skipped if not each.startswith(EXPECTED_SKIPS)):
        reporter.write_line(f"skipped in CI, and not expected to be: {', '.join(unexpected)}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
