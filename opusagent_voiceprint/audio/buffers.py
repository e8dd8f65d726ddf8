"""Audio as an application hands it over, checked and brought to float32 mono at 16 kHz."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint.audio.resample import resample
from opusagent_voiceprint.errors import AudioFormatError

__all__ = ["MAX_SECONDS", "SAMPLE_RATE", "AudioBuffer", "read_audio"]

SAMPLE_RATE: Final = 16_000
"""The rate that everything after this module works at, in Hz."""

MAX_SECONDS: Final = 3600.0
"""Longer recordings are refused before anything is allocated for them."""

_SUPPORTED_RATES: Final = (8_000, 96_000)
_MAX_CHANNELS: Final = 8
_MAX_PEAK: Final = 4.0

AudioBuffer = npt.NDArray[Any] | str | os.PathLike[str]
"""Mono float (in [-1, 1]) or int16 samples of shape (samples,), or a path to a recording."""


def read_audio(audio: AudioBuffer, sample_rate: int = SAMPLE_RATE) -> npt.NDArray[np.float32]:
    """Check audio and bring it to 16 kHz.

    Args:
        audio: float samples in [-1, 1] or int16 samples, of shape (samples,); or a path to a recording
            in any format that libsndfile reads, whose own rate is used and whose channels are averaged.
        sample_rate: the rate of the samples in Hz; 8000 to 96000. Ignored for a path.

    Returns:
        float32 of shape (samples,) at 16 kHz.

    Raises:
        AudioFormatError: not mono, not numbers, not a supported type or rate, empty, or unreadable.
    """
    if isinstance(audio, (str, os.PathLike)):
        samples, sample_rate = _read_file(Path(audio))
    else:
        samples = _as_float(audio, sample_rate)
    if samples.size == 0:
        raise AudioFormatError("the audio is empty: it has no samples")
    if not np.isfinite(samples).all():
        raise AudioFormatError("the audio holds values that are not finite numbers (NaN or infinity)")
    # Overshoot from resampling or mixing is normal; int16 values as floats are a mistake.
    if (peak := float(np.abs(samples).max())) > _MAX_PEAK:
        raise AudioFormatError(
            f"float audio must lie in [-1, 1], but reaches {peak:.0f}; divide 16-bit values by 32768"
        )
    return resample(samples, int(sample_rate), SAMPLE_RATE)


def _as_float(audio: object, rate: int) -> npt.NDArray[np.float32]:
    if not isinstance(audio, np.ndarray):
        raise AudioFormatError(
            f"audio must be a numpy array or a path, not {type(audio).__name__}; "
            "decode bytes first, for example with numpy.frombuffer(data, dtype='<i2')"
        )
    if audio.ndim != 1:
        raise AudioFormatError(
            f"audio must be mono with shape (samples,), not {audio.shape}; average or pick a channel first"
        )
    if audio.dtype != np.int16 and not np.issubdtype(audio.dtype, np.floating):
        raise AudioFormatError(f"audio must be float or int16, not {audio.dtype}")
    _check_rate(rate, "sample_rate")
    _check_length(audio.size / rate, "the audio")
    if audio.dtype == np.int16:
        return audio.astype(np.float32) / np.float32(32768)
    # What float32 cannot hold becomes infinite, and is refused as such.
    with np.errstate(over="ignore"):
        samples: npt.NDArray[np.float32] = audio.astype(np.float32)
    return samples


def _read_file(path: Path) -> tuple[npt.NDArray[np.float32], int]:
    import soundfile

    try:
        info = soundfile.info(str(path))
        _check_rate(info.samplerate, f"the sample rate of {path},")
        _check_length(info.duration, str(path))
        if info.channels > _MAX_CHANNELS:
            raise AudioFormatError(
                f"{path} has {info.channels} channels; at most {_MAX_CHANNELS} are averaged"
            )
        samples, rate = soundfile.read(str(path), dtype="float32", always_2d=True)
    # TypeError is what soundfile raises for headerless files, whose rate only the caller could know.
    except (soundfile.LibsndfileError, OSError, TypeError) as exc:
        reason = "does not exist" if not path.exists() else "cannot be read as a recording"
        raise AudioFormatError(f"{path} {reason}") from exc
    mono: npt.NDArray[np.float32] = samples.mean(axis=1, dtype=np.float32)
    return mono, int(rate)


def _check_rate(rate: object, what: str) -> None:
    if isinstance(rate, bool) or not isinstance(rate, (int, np.integer)):
        raise AudioFormatError(f"{what} must be a whole number of Hz, not {rate!r}")
    low, high = _SUPPORTED_RATES
    if not low <= rate <= high:
        raise AudioFormatError(f"{what} {rate} Hz is not supported; use {low} to {high} Hz")


def _check_length(seconds: float, what: str) -> None:
    if seconds > MAX_SECONDS:
        raise AudioFormatError(f"{what} is {seconds:.0f} s long; at most {MAX_SECONDS:.0f} s are taken")
