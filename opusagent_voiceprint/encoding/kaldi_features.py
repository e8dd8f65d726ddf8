"""Kaldi's log mel filter banks, the input of most published speaker encoders, in numpy.

The numbers of Kaldi's ``compute-fbank-feats`` without dither, as torchaudio and kaldi-native-fbank give
them: frames only where they fit whole (``snip-edges``), the mean of a frame taken off, pre-emphasis within
the frame, the FFT's size rounded up to a power of two, triangles on the mel scale, the natural logarithm.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

__all__ = ["FbankOptions", "log_mel_frames"]

_MEL_FLOOR: Final = 1.1920929e-07  # FLT_EPSILON
_POVEY_POWER: Final = 0.85
_CHUNK_FRAMES: Final = 256
"""Frames in work together: what they need stays in the processor's cache."""


class FbankOptions(BaseModel):
    """How filter banks are computed; the defaults are Kaldi's with 80 bins.

    Kaldi's ``energy-floor`` is not among them: it concerns the coefficient of a frame's energy, which these
    features do not have. ``mel_floor`` is the floor of a filter's power before the logarithm.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    mel_bins: int = Field(default=80, ge=3, le=256)
    frame_length_ms: float = Field(default=25.0, ge=5.0, le=100.0)
    frame_shift_ms: float = Field(default=10.0, ge=1.0, le=100.0)
    window: Literal["povey", "hamming", "hanning"] = "povey"
    preemphasis: float = Field(default=0.97, ge=0.0, le=1.0)
    low_hz: float = Field(default=20.0, ge=0.0)
    high_hz: float = Field(default=0.0)
    """Zero or less counts down from half the sample rate, as in Kaldi."""
    mean_normalisation: bool = False
    """Take the mean over a window's frames off every bin."""
    mel_floor: float = Field(default=_MEL_FLOOR, gt=0.0)

    def frame_samples(self, sample_rate: int) -> int:
        """Samples of a frame at ``sample_rate`` Hz."""
        return int(sample_rate * 0.001 * self.frame_length_ms)

    def shift_samples(self, sample_rate: int) -> int:
        """Samples from one frame to the next at ``sample_rate`` Hz."""
        return int(sample_rate * 0.001 * self.frame_shift_ms)

    def frames(self, samples: int, sample_rate: int) -> int:
        """Frames of a window of so many samples; 0 where none fits."""
        spare = samples - self.frame_samples(sample_rate)
        return 0 if spare < 0 else 1 + spare // self.shift_samples(sample_rate)

    def check(self, sample_rate: int) -> None:
        """Raise ValueError where the filters have no room, or some would hold no FFT bin."""
        _constants(self, sample_rate)

    def band(self, sample_rate: int) -> tuple[float, float]:
        """Where the lowest filter begins and the highest ends, in Hz.

        Raises:
            ValueError: there is no room between them.
        """
        nyquist = sample_rate / 2.0
        high = self.high_hz if self.high_hz > 0.0 else nyquist + self.high_hz
        if not self.low_hz < high <= nyquist:
            raise ValueError(
                f"low_hz={self.low_hz:g} and high_hz={self.high_hz:g} leave no band below {nyquist:g} Hz"
            )
        return self.low_hz, high


def log_mel_frames(
    windows: npt.NDArray[np.float32], options: FbankOptions, sample_rate: int
) -> npt.NDArray[np.float32]:
    """Log mel power of windows of samples.

    Args:
        windows: float32 of shape (windows, samples), in the range that the model was trained on.
        options: frames, filters and normalisation.
        sample_rate: of the samples, in Hz.

    Returns:
        float32 of shape (windows, frames, mel_bins).

    Raises:
        ValueError: no frame fits into a window; the options leave filters without an FFT bin.
    """
    length, shift = options.frame_samples(sample_rate), options.shift_samples(sample_rate)
    count = options.frames(windows.shape[1], sample_rate)
    if count == 0:
        raise ValueError(f"no frame of {length} samples fits into a window of {windows.shape[1]}")
    shape, bank = _constants(options, sample_rate)
    cut = np.lib.stride_tricks.sliding_window_view(windows, length, axis=1)[:, ::shift]
    mel = np.empty((len(windows), count, options.mel_bins), dtype=np.float32)
    step = max(1, _CHUNK_FRAMES // count)
    for start in range(0, len(windows), step):
        frames = cut[start : start + step]
        frames = frames - frames.mean(axis=2, keepdims=True)
        # The first sample of a frame has no predecessor and stands in for it, as in Kaldi.
        emphasised = frames.copy()
        emphasised[..., 1:] -= np.float32(options.preemphasis) * frames[..., :-1]
        emphasised[..., 0] *= np.float32(1.0 - options.preemphasis)
        emphasised *= shape
        spectrum = np.fft.rfft(emphasised, n=2 * (len(bank) - 1), axis=2)
        power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
        mel[start : start + step] = power @ bank
    np.log(np.maximum(mel, np.float32(options.mel_floor)), out=mel)
    if options.mean_normalisation:
        mel -= mel.mean(axis=1, keepdims=True)
    return mel


def _mel(hertz: Any) -> Any:
    return 1127.0 * np.log1p(np.asarray(hertz, dtype=np.float64) / 700.0)


@lru_cache(maxsize=8)
def _constants(
    options: FbankOptions, sample_rate: int
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """The analysis window of shape (frame,) and the filters of shape (fft / 2 + 1, mel_bins)."""
    length = options.frame_samples(sample_rate)
    turn = np.cos(2.0 * np.pi * np.arange(length) / (length - 1))
    if options.window == "hamming":
        shape = 0.54 - 0.46 * turn
    else:
        shape = 0.5 - 0.5 * turn
        if options.window == "povey":
            shape = shape**_POVEY_POWER
    fft = 1 << (length - 1).bit_length()
    low, high = options.band(sample_rate)
    corners = np.linspace(_mel(low), _mel(high), options.mel_bins + 2)
    lower, centre, upper = corners[:-2], corners[1:-1], corners[2:]
    at = _mel(np.arange(fft // 2 + 1) * (sample_rate / fft))[:, None]
    bank = np.maximum(0.0, np.minimum((at - lower) / (centre - lower), (upper - at) / (upper - centre)))
    # Kaldi gives the bin at half the sample rate no weight.
    bank[-1] = 0.0
    if empty := int((bank.sum(axis=0) == 0.0).sum()):
        raise ValueError(
            f"mel_bins={options.mel_bins} is too many for frames of {length} samples at {sample_rate} Hz: "
            f"{empty} filters hold no FFT bin"
        )
    return shape.astype(np.float32), bank.astype(np.float32)
