"""Whether audio that a voice activity detector let through is like speech at all.

WebRTC's detector takes tones, music, modems and noise for speech. A speaker encoder gives them embeddings,
and some of those are near somebody's. What sets speech apart is how it moves: its spectrum changes all the
time, from syllable to syllable, and its pitch never stands still. :func:`speech_likeness` measures
that in one window, :class:`SpeechGate` follows a stream of windows.
"""

from __future__ import annotations

import itertools
from collections import deque
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["MEASURES", "Fit", "SpeechGate", "measures", "speech_likeness"]

Floats = npt.NDArray[np.float32]

_RATE: Final = 16_000
_FRAME: Final = 512
_HOP: Final = 384
_BINS: Final = 109  # of 31.25 Hz, up to the 3.4 kHz that every telephone passes
_LOWEST: Final = 8  # 250 Hz: what is below is hum and handsets
_EDGES: Final = (8, 12, 16, 20, 26, 32, 40, 50, 62, 76, 92, 109)
_SMOOTHED_BINS: Final = 9
_LAGS: Final = (1, 3, 5)  # frames: 24, 72 and 120 ms
_ALIKE: Final = 0.6
_LOUD_DB: Final = 25.0

_MOST: Final = 6.0
_MEMORY: Final = 3
_ARTEFACT: Final = Path(__file__).parents[1] / "artefacts" / "speechlike.npz"

MEASURES: Final = (
    "shape spread",
    "flux",
    "syllables",
    "flutter",
    "fine 24 ms",
    "fine 72 ms",
    "fine 120 ms",
    "standing",
    "peaks",
    "rumble",
    "centre spread",
)


def measures(windows: Floats) -> Floats:
    """How windows of shape (n, samples) at 16 kHz move: shape (n, 11), whatever their level.

    In the order of ``MEASURES``, over the frames of 32 ms within 25 dB of the loudest: how far the spectrum's
    shape spreads, and how far it moves from frame to frame, in dB; how much of the level's movement is at 2
    to 9 Hz, where syllables are, and how much above; how alike the fine structure (a voice's or a tone's
    harmonics) is to that 24, 72 and 120 ms later, and how often it stands nearly still; how much of the power
    is in four bins, and how much below 125 Hz; how far the spectral centre spreads, in bands.
    """
    constants = _constants()
    frames = np.lib.stride_tricks.sliding_window_view(windows, _FRAME, axis=1)[:, ::_HOP]
    spectrum = np.fft.rfft(frames * constants.hann, axis=2)[:, :, :_BINS]
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    bands = power @ constants.bank
    total = bands.mean(axis=2)
    floor = total.max(axis=1, keepdims=True) * np.float32(1e-4) + np.float32(1e-20)
    level = 10.0 * np.log10(total + floor)
    loud = level > level.max(axis=1, keepdims=True) - _LOUD_DB
    mean_power = power.mean(axis=1)
    voice_power = mean_power[:, _LOWEST:]
    shape = 10.0 * np.log10(bands + floor[:, :, None])
    shape -= shape.mean(axis=2, keepdims=True)
    pitch = _fine_structure(power[:, :, _LOWEST:] + 0.01 * floor[:, :, None], constants.less_smoothed)
    lags = [_likeness(pitch, loud, lag) for lag in _LAGS]
    centre = bands @ constants.places / (total + floor)
    columns = [
        _spread(shape, loud[:, :, None]).mean(axis=1),
        _flux(shape, loud),
        *_modulation(level),
        *(alike for alike, _ in lags),
        lags[0][1],
        np.sort(voice_power, axis=1)[:, -4:].sum(axis=1) / (voice_power.sum(axis=1) + 1e-20),
        mean_power[:, 1:4].sum(axis=1) / (mean_power[:, 1:].sum(axis=1) + 1e-20),
        _spread(centre, loud),
    ]
    return np.stack(columns, axis=1).astype(np.float32)


class _Constants(NamedTuple):
    hann: Floats
    bank: Floats
    """From bins to means over bands, (109, 11)."""
    places: Floats
    """Of the bands, in parts of all of them, (11,)."""
    less_smoothed: Floats
    """Takes a moving mean over 9 bins off, (101, 101)."""


@lru_cache(maxsize=1)
def _constants() -> _Constants:
    bands = len(_EDGES) - 1
    bank = np.zeros((_BINS, bands), dtype=np.float32)
    for band, (low, high) in enumerate(itertools.pairwise(_EDGES)):
        bank[low:high, band] = 1.0 / (high - low)
    count, half = _BINS - _LOWEST, _SMOOTHED_BINS // 2
    less_smoothed = np.eye(count, dtype=np.float32)
    for bin_ in range(count):
        for near in range(bin_ - half, bin_ + half + 1):
            less_smoothed[min(max(near, 0), count - 1), bin_] -= 1.0 / _SMOOTHED_BINS
    places = np.arange(bands, dtype=np.float32) / np.float32(bands)
    return _Constants(np.hanning(_FRAME).astype(np.float32), bank, places, less_smoothed)


def _spread(values: Floats, where: npt.NDArray[np.bool_]) -> Floats:
    """Standard deviation over axis 1, of the frames where ``where`` is true."""
    count = np.maximum(where.sum(axis=1), 1)
    mean = (values * where).sum(axis=1) / count
    square = ((values - mean[:, None]) ** 2 * where).sum(axis=1) / count
    spread: Floats = np.sqrt(square)
    return spread


def _flux(shape: Floats, loud: npt.NDArray[np.bool_]) -> Floats:
    """The median movement of the spectrum's shape between frames that are both loud."""
    moved = np.sqrt((np.diff(shape, axis=1) ** 2).mean(axis=2))
    both = loud[:, 1:] & loud[:, :-1]
    ordered = np.sort(np.where(both, moved, np.inf), axis=1)
    middle = np.take_along_axis(ordered, both.sum(axis=1, keepdims=True) // 2, axis=1)[:, 0]
    flux: Floats = np.where(np.isfinite(middle), middle, 0.0)
    return flux


def _modulation(level: Floats) -> tuple[Floats, Floats]:
    """The part of the level's movement at 2 to 9 Hz, and above."""
    hann, slowest, fastest = _modulation_constants(level.shape[1])
    spectrum = np.fft.rfft((level - level.mean(axis=1, keepdims=True)) * hann, axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    total = power.sum(axis=1) + 1e-6
    return power[:, slowest:fastest].sum(axis=1) / total, power[:, fastest:].sum(axis=1) / total


@lru_cache(maxsize=4)
def _modulation_constants(frames: int) -> tuple[Floats, int, int]:
    """The Hann window of so many frames, and the bins from 2 Hz and from 9 Hz on."""
    hertz = np.fft.rfftfreq(frames, _HOP / _RATE)
    slowest, fastest = np.searchsorted(hertz, 2.0), np.searchsorted(hertz, 9.0, side="right")
    return np.hanning(frames).astype(np.float32), int(slowest), int(fastest)


def _fine_structure(power: Floats, less_smoothed: Floats) -> Floats:
    """The log spectrum less its smoothed self, each frame of length one: harmonics, without formants."""
    detail = np.log(power) @ less_smoothed
    detail /= np.sqrt(np.einsum("ntb,ntb->nt", detail, detail))[:, :, None] + np.float32(1e-6)
    return detail


def _likeness(pitch: Floats, loud: npt.NDArray[np.bool_], lag: int) -> tuple[Floats, Floats]:
    """How alike the fine structure of loud frames is to that ``lag`` later; how often it is the same."""
    cosine = np.einsum("ntb,ntb->nt", pitch[:, lag:], pitch[:, :-lag])
    both = loud[:, lag:] & loud[:, :-lag]
    count = np.maximum(both.sum(axis=1), 1)
    return (cosine * both).sum(axis=1) / count, ((cosine > _ALIKE) & both).sum(axis=1) / count


@dataclass(frozen=True, eq=False)
class Fit:
    """A logistic regression on measures and their products: ``mean`` and ``spread`` (11,) of the measures of
    speech, ``weights`` (78,)."""

    mean: npt.NDArray[np.floating[Any]]
    spread: npt.NDArray[np.floating[Any]]
    weights: npt.NDArray[np.floating[Any]]

    @classmethod
    def shipped(cls) -> Fit:
        """What benchmarks/speechlike.py fitted; loaded once."""
        return _shipped()

    def terms(self, measured: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.floating[Any]]:
        """What is weighted, of shape (n, 78), of measures of shape (n, 11)."""
        units = np.clip((measured - self.mean) / self.spread, -4.0, 4.0)
        first, second = _pairs(units.shape[1])
        return np.concatenate([units, units[:, first] * units[:, second], np.ones_like(units[:, :1])], axis=1)


@lru_cache(maxsize=1)
def _pairs(count: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    first, second = np.triu_indices(count)
    return first, second


@lru_cache(maxsize=1)
def _shipped() -> Fit:
    with np.load(_ARTEFACT, allow_pickle=False) as arrays:
        return Fit(arrays["mean"], arrays["spread"], arrays["weights"])


def speech_likeness(windows: Floats) -> Floats:
    """How much windows of shape (n, samples) at 16 kHz are like speech: shape (n,), in [-6, 6].

    Log odds of speech against noise, tones, signalling, modems and instrumental music, shifted so that one
    window of speech in two hundred, taken with the two before it, lies below 0. The level does not matter.
    Singing and synthesised voices are speech to it.
    """
    fit = Fit.shipped()
    odds = fit.terms(measures(windows)) @ fit.weights
    likeness: Floats = np.clip(odds, -_MOST, _MOST).astype(np.float32)
    return likeness


class SpeechGate:
    """Which windows of one stream are like speech, judged by each window and the two before it."""

    def __init__(self) -> None:
        self._recent: deque[float] = deque(maxlen=_MEMORY)

    def admits(self, window: Floats) -> bool:
        """Whether this window of shape (samples,) at 16 kHz, the stream's next, is like speech."""
        self._recent.append(float(speech_likeness(window[None])[0]))
        return sum(self._recent) >= 0.0
