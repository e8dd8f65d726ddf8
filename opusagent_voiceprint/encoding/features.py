"""Resemblyzer's input features: a mel spectrogram of power, 40 bands, 25 ms frames every 10 ms.

The same numbers as librosa's ``melspectrogram`` with its defaults, without librosa, whose first call in a
process compiles for seconds.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["BANDS", "FRAME", "HOP", "mel_frames"]

_RATE: Final = 16_000
_ROWS: Final = 16
FRAME: Final = 400
"""Samples of an analysis frame, 25 ms."""
HOP: Final = 160
"""Samples from one frame to the next, 10 ms."""
BANDS: Final = 40

# Slaney's mel scale (Auditory Toolbox, 1998): linear to 1 kHz, logarithmic above.
_LINEAR_HZ_PER_MEL: Final = 200.0 / 3.0
_BREAK_HZ: Final = 1000.0
_BREAK_MEL: Final = _BREAK_HZ / _LINEAR_HZ_PER_MEL
_LOG_STEP: Final = np.log(6.4) / 27.0


def _mel_to_hz(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    linear = mel * _LINEAR_HZ_PER_MEL
    logarithmic = _BREAK_HZ * np.exp(_LOG_STEP * (mel - _BREAK_MEL))
    return np.where(mel < _BREAK_MEL, linear, logarithmic)


@lru_cache(maxsize=1)
def _constants() -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """The periodic Hann window of shape (400,) and the filter bank of shape (201, 40)."""
    hann = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(FRAME) / FRAME)
    top_mel = _BREAK_MEL + np.log((_RATE / 2) / _BREAK_HZ) / _LOG_STEP
    corners = _mel_to_hz(np.linspace(0.0, top_mel, BANDS + 2))
    bins = np.linspace(0.0, _RATE / 2, FRAME // 2 + 1)
    lower, centre, upper = corners[:-2], corners[1:-1], corners[2:]
    rising = (bins[:, None] - lower) / (centre - lower)
    falling = (upper - bins[:, None]) / (upper - centre)
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    # Slaney's normalisation: every band has the same area.
    bank = triangles * (2.0 / (upper - lower))
    return hann.astype(np.float32), bank.astype(np.float32)


def mel_frames(windows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Mel power of windows of samples.

    Args:
        windows: float32 of shape (windows, samples) at 16 kHz; a frame starts every 160 samples and the
            last one ends within the window.

    Returns:
        float32 of shape (windows, frames, 40).
    """
    hann, bank = _constants()
    frames = np.lib.stride_tricks.sliding_window_view(windows, FRAME, axis=1)[:, ::HOP]
    mels = np.empty((*frames.shape[:2], BANDS), dtype=np.float32)
    # One window at a time stays in the cache; few rows at a time stay on this thread: for more, BLAS wakes
    # one on every core, and they spin while an event loop waits for its turn.
    for window, mel in zip(frames, mels, strict=True):
        spectrum = np.fft.rfft(window * hann, axis=1)
        power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
        for start in range(0, len(power), _ROWS):
            np.matmul(power[start : start + _ROWS], bank, out=mel[start : start + _ROWS])
    return mels
