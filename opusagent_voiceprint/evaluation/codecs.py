"""Telephone codecs, as round trips at 8 kHz: by libsndfile in memory, others by ffmpeg where it has them.

Opus is ffmpeg's if it can: libsndfile encodes it for music, telephones for speech.
"""

from __future__ import annotations

import inspect
import io
import shutil
import subprocess
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint.errors import EvaluationError

__all__ = ["CODECS", "CODEC_RATE", "available", "encoder_of", "round_trip"]

Samples = npt.NDArray[np.float32]

CODEC_RATE: Final = 8_000
"""Of all these codecs, in Hz."""
_OPUS_BITS_PER_SECOND: Final = 8_000
# name: container, subtype
_SNDFILE: Final = {
    "mulaw": ("WAV", "ULAW"),
    "alaw": ("WAV", "ALAW"),
    "gsm": ("WAV", "GSM610"),
    "opus": ("OGG", "OPUS"),
}
# name: encoder, container, options
_FFMPEG: Final[dict[str, tuple[str, str, tuple[str, ...]]]] = {
    "opus": ("libopus", "ogg", ("-b:a", str(_OPUS_BITS_PER_SECOND), "-application", "voip")),
    "g723": ("g723_1", "wav", ("-b:a", "6.3k")),
    "g726": ("g726", "wav", ("-b:a", "32k")),
    "speex": ("libspeex", "ogg", ("-b:a", "8k")),
    "amr": ("libopencore_amrnb", "amr", ("-b:a", "12.2k")),
}
CODECS: Final = tuple(dict.fromkeys((*_SNDFILE, *_FFMPEG)))
"""Names of all codecs; :func:`available` says which of them this machine has."""


def _sndfile(samples: Samples, container: str, subtype: str) -> Samples:
    import soundfile

    options: dict[str, Any] = {}
    if subtype == "OPUS":
        # libsndfile's scale from 256 kbit/s (0) to 6 kbit/s (1) a channel.
        options["compression_level"] = (256_000 - _OPUS_BITS_PER_SECOND) / 250_000
    encoded = io.BytesIO()
    soundfile.write(
        encoded, np.clip(samples, -1.0, 1.0), CODEC_RATE, subtype=subtype, format=container, **options
    )
    encoded.seek(0)
    decoded: Samples = soundfile.read(encoded, dtype="float32")[0]
    return decoded


def _ffmpeg(samples: Samples, encoder: str, container: str, options: tuple[str, ...]) -> Samples:
    raw = ["-f", "f32le", "-ar", str(CODEC_RATE), "-ac", "1"]
    base = ["ffmpeg", "-v", "error", "-threads", "1"]
    data = np.clip(samples, -1.0, 1.0).astype("<f4").tobytes()
    encode = [*base, *raw, "-i", "-", "-c:a", encoder, *options, "-f", container, "-"]
    encoded = subprocess.run(encode, input=data, capture_output=True, check=True).stdout  # noqa: S603
    decoded = subprocess.run(  # noqa: S603
        [*base, "-i", "-", *raw, "-"], input=encoded, capture_output=True, check=True
    ).stdout
    return np.frombuffer(decoded, dtype="<f4").astype(np.float32)


@lru_cache(maxsize=1)
def _in_memory() -> frozenset[str]:
    """What the installed libsndfile encodes."""
    import soundfile

    levels = "compression_level" in inspect.signature(soundfile.write).parameters
    return frozenset(
        name
        for name, (container, subtype) in _SNDFILE.items()
        if subtype in soundfile.available_subtypes(container) and (levels or subtype != "OPUS")
    )


@lru_cache(maxsize=1)
def _in_ffmpeg() -> frozenset[str]:
    """What the installed ffmpeg encodes; nothing where there is none."""
    if not shutil.which("ffmpeg"):
        return frozenset()
    listed = subprocess.run(
        ["ffmpeg", "-hide_banner", "-encoders"],  # noqa: S607
        capture_output=True,
        check=True,
        text=True,
    ).stdout.split()
    return frozenset(name for name, (encoder, _, _) in _FFMPEG.items() if encoder in listed)


def available() -> frozenset[str]:
    """The codecs that this machine can encode."""
    return _in_memory() | _in_ffmpeg()


def encoder_of(codec: str) -> str:
    """What encodes a codec here: ``ffmpeg`` or ``libsndfile``; empty if nothing does."""
    if codec in _in_ffmpeg():
        return "ffmpeg"
    return "libsndfile" if codec in _in_memory() else ""


def round_trip(samples: Samples, codec: str) -> Samples:
    """Encode and decode samples of shape (samples,) at 8 kHz; the result has the same length.

    Raises:
        EvaluationError: this machine has no such codec.
    """
    encoder = encoder_of(codec)
    if not encoder:
        raise EvaluationError(
            f"codec {codec!r} is not available here; these are: {', '.join(sorted(available()))}. "
            "An ffmpeg that encodes it adds it"
        )
    if encoder == "ffmpeg":
        decoded = _ffmpeg(samples, *_FFMPEG[codec])
    else:
        decoded = _sndfile(samples, *_SNDFILE[codec])
    decoded = decoded[: len(samples)]
    return np.pad(decoded, (0, len(samples) - len(decoded)))
