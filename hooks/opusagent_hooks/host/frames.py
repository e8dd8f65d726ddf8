"""The platforms' frames of audio, as they came over the wire."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from opusagent_hooks.codecs import Encoding
from opusagent_hooks.events import Speaker

__all__ = [
    "BadFrameError",
    "Format",
    "Frame",
    "format_of_twilio",
    "format_of_vaic",
    "read_frame",
    "without_header",
]


class BadFrameError(ValueError):
    """A frame that holds no audio that could be read."""


@dataclass(frozen=True, slots=True)
class Format:
    """What a call's bytes are. ``riff``: some of them are a WAV file's header."""

    encoding: Encoding
    sample_rate: int
    riff: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """Bytes of audio, whose they are, and where in the audio they begin, in seconds, if that was said."""

    data: bytes
    speaker: Speaker
    at: float | None = None


_VAIC: Final[Mapping[str, tuple[Encoding, int]]] = {
    "lpcm16": ("pcm16", 16000),
    "lpcm16_8": ("pcm16", 8000),
    "lpcm16_24": ("pcm16", 24000),
    "mulaw": ("mulaw", 8000),
    "alaw": ("alaw", 8000),
}
"""AudioCodes VoiceAI Connect's media formats, behind ``raw/`` or ``wav/``."""

_TWILIO: Final[Mapping[str, Encoding]] = {"audio/x-mulaw": "mulaw", "audio/x-alaw": "alaw"}


def format_of_vaic(media_format: object) -> Format | None:
    """The format that AudioCodes calls by this name; None if it is not supported."""
    container, _, name = str(media_format).partition("/")
    if container not in ("raw", "wav") or name not in _VAIC:
        return None
    return Format(*_VAIC[name], riff=container == "wav")


def format_of_twilio(media_format: object) -> Format | None:
    """The format in Twilio's ``mediaFormat``, mu-law at 8 kHz if it says nothing; None if unsupported."""
    said = media_format if isinstance(media_format, Mapping) else {}
    encoding = _TWILIO.get(str(said.get("encoding", "audio/x-mulaw")).lower())
    rate = said.get("sampleRate", 8000)
    if encoding is None or said.get("channels", 1) not in (1, "1"):
        return None
    return Format(encoding, int(rate)) if str(rate).isdecimal() else None


def read_frame(message: Mapping[str, Any]) -> Frame | None:
    """The audio in a platform's message; None if it is about something else.

    Raises :class:`BadFrameError` for audio that is not base64.
    """
    media = message.get("media")
    if isinstance(media, Mapping):
        said = media.get("timestamp")
        at = int(said) / 1000 if isinstance(said, str) and said.isdecimal() else None
        return Frame(_decoded(media.get("payload")), _speaker(media.get("track") == "outbound"), at)
    if "audioChunk" in message:
        participant = message.get("participant")
        return Frame(_decoded(message["audioChunk"]), _speaker(participant not in (None, "", "caller")))
    return None


def without_header(data: bytes) -> bytes:
    """The samples of a chunk that may begin with a WAV file's header."""
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return data
    start = 12
    while start + 8 <= len(data):
        size = int.from_bytes(data[start + 4 : start + 8], "little")
        if data[start : start + 4] == b"data":
            return data[start + 8 :]
        start += 8 + size + size % 2
    return b""


def _speaker(agent: bool) -> Speaker:
    return "agent" if agent else "caller"


def _decoded(payload: object) -> bytes:
    if not isinstance(payload, str):
        raise BadFrameError(f"audio is a {type(payload).__name__}, not a string")
    try:
        return base64.b64decode(payload, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadFrameError("audio is not base64") from error
