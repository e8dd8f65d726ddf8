"""Telephone codecs, as round trips at 8 kHz: by libsndfile in memory, and by ffmpeg where it has them."""

from __future__ import annotations

import io
import shutil
import subprocess
from functools import lru_cache
from typing import Final

import numpy as np
import soundfile

from fitting.speech import Samples

__all__ = ["CODECS", "available", "round_trip"]

_RATE: Final = 8_000
_SNDFILE: Final = {"mulaw": "ULAW", "alaw": "ALAW", "gsm": "GSM610"}
# name: encoder, container, options
_FFMPEG: Final[dict[str, tuple[str, str, tuple[str, ...]]]] = {
    "opus": ("libopus", "ogg", ("-b:a", "8k", "-application", "voip")),
    "g723": ("g723_1", "wav", ("-b:a", "6.3k")),
    "g726": ("g726", "wav", ("-b:a", "32k")),
    "speex": ("libspeex", "ogg", ("-b:a", "8k")),
    "amr": ("libopencore_amrnb", "amr", ("-b:a", "12.2k")),
}
CODECS: Final = (*_SNDFILE, *_FFMPEG)
"""Names of all codecs; :func:`available` says which of them this machine has."""


def _sndfile(samples: Samples, subtype: str) -> Samples:
    encoded = io.BytesIO()
    soundfile.write(encoded, np.clip(samples, -1.0, 1.0), _RATE, subtype=subtype, format="WAV")
    encoded.seek(0)
    decoded: Samples = soundfile.read(encoded, dtype="float32")[0]
    return decoded


def _ffmpeg(samples: Samples, encoder: str, container: str, options: tuple[str, ...]) -> Samples:
    raw = ["-f", "f32le", "-ar", str(_RATE), "-ac", "1"]
    base = ["ffmpeg", "-v", "error", "-threads", "1"]
    data = np.clip(samples, -1.0, 1.0).astype("<f4").tobytes()
    encode = [*base, *raw, "-i", "-", "-c:a", encoder, *options, "-f", container, "-"]
    encoded = subprocess.run(encode, input=data, capture_output=True, check=True).stdout
    decoded = subprocess.run(
        [*base, "-i", "-", *raw, "-"], input=encoded, capture_output=True, check=True
    ).stdout
    return np.frombuffer(decoded, dtype="<f4").astype(np.float32)


@lru_cache(maxsize=1)
def available() -> frozenset[str]:
    """The codecs that this machine can encode."""
    names = set(_SNDFILE)
    if shutil.which("ffmpeg"):
        listed = subprocess.run(
            ["ffmpeg", "-hide_banner", "-encoders"],  # noqa: S607
            capture_output=True,
            check=True,
            text=True,
        ).stdout.split()
        names |= {name for name, (encoder, _, _) in _FFMPEG.items() if encoder in listed}
    return frozenset(names)


def round_trip(samples: Samples, codec: str) -> Samples:
    """Encode and decode samples of shape (samples,) at 8 kHz; the result has the same length."""
    decoded = _sndfile(samples, _SNDFILE[codec]) if codec in _SNDFILE else _ffmpeg(samples, *_FFMPEG[codec])
    decoded = decoded[: len(samples)]
    return np.pad(decoded, (0, len(samples) - len(decoded)))
