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
        samples = _as_float(audio)
    if isinstance(sample_rate, bool) or not isinstance(sample_rate, (int, np.integer)):
        raise AudioFormatError(f"sample_rate must be a whole number of Hz, not {sample_rate!r}")
    low, high = _SUPPORTED_RATES
    if not low <= sample_rate <= high:
        raise AudioFormatError(f"sample_rate {sample_rate} Hz is not supported; use {low} to {high} Hz")
    if samples.size == 0:
        raise AudioFormatError("the audio is empty: it has no samples")
    if samples.size > MAX_SECONDS * sample_rate:
        raise AudioFormatError(
            f"the audio is {samples.size / sample_rate:.0f} s long; at most {MAX_SECONDS:.0f} s are taken"
        )
    if not np.isfinite(samples).all():
        raise AudioFormatError("the audio holds values that are not finite numbers (NaN or infinity)")
    return resample(samples, int(sample_rate), SAMPLE_RATE)


def _as_float(audio: object) -> npt.NDArray[np.float32]:
    if not isinstance(audio, np.ndarray):
        raise AudioFormatError(
            f"audio must be a numpy array or a path, not {type(audio).__name__}; "
            "decode bytes first, for example with numpy.frombuffer(data, dtype='<i2')"
        )
    if audio.ndim != 1:
        raise AudioFormatError(
            f"audio must be mono with shape (samples,), not {audio.shape}; average or pick a channel first"
        )
    if audio.dtype == np.int16:
        return audio.astype(np.float32) / np.float32(32768)
    if not np.issubdtype(audio.dtype, np.floating):
        raise AudioFormatError(f"audio must be float or int16, not {audio.dtype}")
    samples: npt.NDArray[np.float32] = audio.astype(np.float32)
    if samples.size and np.isfinite(samples).all() and (peak := float(np.abs(samples).max())) > 4.0:
        # Overshoot from resampling or mixing is normal; int16 values in a float array are a mistake.
        raise AudioFormatError(
            f"float audio must lie in [-1, 1], but reaches {peak:.0f}; divide 16-bit values by 32768"
        )
    return samples


def _read_file(path: Path) -> tuple[npt.NDArray[np.float32], int]:
    import soundfile

    try:
        info = soundfile.info(str(path))
        if info.duration > MAX_SECONDS:
            raise AudioFormatError(
                f"{path} is {info.duration:.0f} s long; at most {MAX_SECONDS:.0f} s are taken"
            )
        samples, rate = soundfile.read(str(path), dtype="float32", always_2d=True)
    except FileNotFoundError as exc:
        raise AudioFormatError(f"{path} does not exist") from exc
    except (soundfile.LibsndfileError, OSError) as exc:
        reason = "does not exist" if not path.exists() else "cannot be read as a recording"
        raise AudioFormatError(f"{path} {reason}") from exc
    mono: npt.NDArray[np.float32] = samples.mean(axis=1, dtype=np.float32)
    return mono, int(rate)
