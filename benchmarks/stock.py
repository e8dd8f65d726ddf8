"""Resemblyzer 0.1.4 as a plain integration drives it, for comparison."""

from __future__ import annotations

import sys
import warnings
from importlib.metadata import version
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def import_resemblyzer() -> Any:
    """The package. It imports ``webrtcvad``, which asks ``pkg_resources`` for its own version, and setuptools
    82 removed that: a stand-in takes its place."""
    stand_in = ModuleType("pkg_resources")
    stand_in.get_distribution = lambda name: SimpleNamespace(version=version(name))  # type: ignore[attr-defined]
    sys.modules.setdefault("pkg_resources", stand_in)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import resemblyzer
        import resemblyzer.audio
    return resemblyzer


class StockCall:
    """Buffers a call's 8 kHz mu-law frames and, once, prepares, embeds and compares all of them."""

    def __init__(self, resemblyzer: Any, encoder: Any, gallery: Floats) -> None:
        self._resemblyzer = resemblyzer
        self._encoder = encoder
        self._gallery = gallery
        self._samples: list[Floats] = []

    def hear(self, frame: bytes) -> None:
        from opusagent_hooks import codecs

        self._samples.append(codecs.decode(frame, "mulaw"))

    def decide(self) -> tuple[int, float]:
        """The nearest of the enrolled, and the cosine."""
        speech = self._resemblyzer.preprocess_wav(np.concatenate(self._samples), source_sr=8_000)
        scores = self._gallery @ self._encoder.embed_utterance(speech)
        best = int(scores.argmax())
        return best, float(scores[best])
