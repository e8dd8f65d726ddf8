"""G.711 and linear PCM: wire bytes to float32 samples and back."""

from __future__ import annotations

from functools import cache
from typing import Any, Final, Literal, get_args

import numpy as np
import numpy.typing as npt

from opusagent_hooks.errors import AudioFormatError

__all__ = ["BYTES_PER_SAMPLE", "SAMPLE_RATES", "Encoding", "check_format", "decode", "encode"]

Encoding = Literal["mulaw", "alaw", "pcm16"]

ENCODINGS: Final = get_args(Encoding)
SAMPLE_RATES: Final = (8000, 16000, 24000, 48000)
BYTES_PER_SAMPLE: Final[dict[str, int]] = {"mulaw": 1, "alaw": 1, "pcm16": 2}

_MULAW_BIAS: Final = 33  # in the 14-bit domain of ITU-T G.711


def _mulaw_table() -> npt.NDArray[np.int16]:
    """Decoded 16-bit value of each mu-law byte (ITU-T G.711, table 2a)."""
    code = ~np.arange(256, dtype=np.uint8)
    exponent = ((code >> 4) & 7).astype(np.int32)
    mantissa = (code & 15).astype(np.int32)
    magnitude = (((mantissa << 1) + _MULAW_BIAS) << exponent) - _MULAW_BIAS
    return (np.where(code & 0x80, -magnitude, magnitude) << 2).astype(np.int16)


def _alaw_table() -> npt.NDArray[np.int16]:
    """Decoded 16-bit value of each A-law byte (ITU-T G.711, table 1a)."""
    code = np.arange(256, dtype=np.uint8) ^ 0x55
    exponent = ((code >> 4) & 7).astype(np.int32)
    mantissa = (code & 15).astype(np.int32)
    first_segment = (mantissa << 1) + 1
    magnitude = np.where(exponent == 0, first_segment, (first_segment + 32) << np.maximum(exponent - 1, 0))
    return (np.where(code & 0x80, magnitude, -magnitude) << 3).astype(np.int16)


@cache
def _nearest_code(encoding: Encoding) -> npt.NDArray[np.uint8]:
    """The code whose decoded value is nearest, for each 16-bit sample offset by 32768."""
    table = _DECODED_INT16[encoding]
    order = np.argsort(table, kind="stable")
    values = table[order].astype(np.int32)
    midpoints = (values[:-1] + values[1:] + 1) // 2
    samples = np.arange(-32768, 32768, dtype=np.int32)
    codes: npt.NDArray[np.uint8] = order[np.searchsorted(midpoints, samples, side="right")].astype(np.uint8)
    return codes


_DECODED_INT16: Final = {"mulaw": _mulaw_table(), "alaw": _alaw_table()}
_DECODED_FLOAT: Final = {
    name: (table / np.float32(32768)).astype(np.float32) for name, table in _DECODED_INT16.items()
}


def check_format(encoding: str, sample_rate: int) -> None:
    """Raise :class:`AudioFormatError` unless this encoding and sample rate are supported."""
    _check_encoding(encoding)
    if sample_rate not in SAMPLE_RATES:
        raise AudioFormatError(
            f"sample rate {sample_rate!r} is not supported; use one of {', '.join(map(str, SAMPLE_RATES))} Hz"
        )


def _check_encoding(encoding: str) -> None:
    if encoding not in BYTES_PER_SAMPLE:
        raise AudioFormatError(f"encoding {encoding!r} is not supported; use one of {', '.join(ENCODINGS)}")


def decode(data: bytes, encoding: Encoding) -> npt.NDArray[np.float32]:
    """Wire bytes to float32 samples of shape (samples,) in [-1, 1).

    Raises :class:`AudioFormatError` for an unknown encoding, and for half a sample.
    """
    _check_encoding(encoding)
    if encoding == "pcm16":
        if len(data) % 2:
            raise AudioFormatError(f"pcm16 audio has two bytes a sample, but {len(data)} bytes came")
        samples: npt.NDArray[np.float32] = np.frombuffer(data, dtype="<i2").astype(np.float32)
        samples /= np.float32(32768)
    else:
        samples = _DECODED_FLOAT[encoding][np.frombuffer(data, dtype=np.uint8)]
    return samples


def encode(samples: npt.NDArray[np.floating[Any]], encoding: Encoding) -> bytes:
    """Samples of shape (samples,) in [-1, 1] to wire bytes; what is outside is clipped.

    Raises :class:`AudioFormatError` for an unknown encoding, integers, more than one channel, and values
    that are not numbers.
    """
    _check_encoding(encoding)
    samples = np.asarray(samples)
    if samples.ndim != 1 or not np.issubdtype(samples.dtype, np.floating):
        raise AudioFormatError(
            f"samples must be floating point of shape (samples,) in [-1, 1], "
            f"not {samples.dtype} of shape {samples.shape}"
        )
    if np.isnan(samples).any():
        raise AudioFormatError("samples hold values that are not numbers")
    pcm = np.clip(np.rint(samples.astype(np.float64) * 32768), -32768, 32767).astype(np.int32)
    if encoding == "pcm16":
        return pcm.astype("<i2").tobytes()
    return _nearest_code(encoding)[pcm + 32768].tobytes()
