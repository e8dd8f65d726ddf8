"""The two dialects of the Realtime API, and what OpusAgent's local double understands of them.

Sources: the types of OpenAI's Python SDK, ``types/beta/realtime`` and ``types/realtime``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from opusagent_hooks.codecs import BYTES_PER_SAMPLE, SAMPLE_RATES, Encoding

__all__ = [
    "DEFAULT_TRANSCRIPTION",
    "Dialect",
    "audio_format",
    "bytes_per_second",
    "dialect_of_session",
    "enable_transcription",
    "session_update",
    "spoken_response",
    "transcribes",
    "turn_detection",
    "turn_detection_fields",
]

Dialect = Literal["beta", "ga", "local"]

DEFAULT_TRANSCRIPTION: Final[Mapping[str, str]] = {"model": "whisper-1"}

_PCM: Final[tuple[Encoding, int]] = ("pcm16", 24_000)
_FLAT_FORMATS: Final[Mapping[object, tuple[Encoding, int]]] = {
    "pcm16": _PCM,
    "g711_ulaw": ("mulaw", 8_000),
    "g711_alaw": ("alaw", 8_000),
}
_GA_FORMATS: Final[Mapping[object, tuple[Encoding, int]]] = {
    "audio/pcm": _PCM,
    "audio/pcmu": ("mulaw", 8_000),
    "audio/pcma": ("alaw", 8_000),
}


def dialect_of_session(session: Mapping[str, Any]) -> Dialect | None:
    """What a session object is written in, if that shows."""
    if session.get("type") in ("realtime", "transcription") or "audio" in session:
        return "ga"
    if "modalities" in session or "input_audio_format" in session or "turn_detection" in session:
        return "beta"
    return None


def session_update(dialect: Dialect, fields: Mapping[str, Any]) -> dict[str, Any]:
    """A ``session.update`` that changes these fields and no others."""
    session = dict(fields)
    if dialect == "ga":
        session["type"] = "realtime"
    return {"type": "session.update", "session": session}


def turn_detection(dialect: Dialect, session: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """How a session finds the ends of turns; None if the host says where they are."""
    found = _input(session).get("turn_detection") if dialect == "ga" else session.get("turn_detection")
    return found if isinstance(found, Mapping) else None


def turn_detection_fields(
    dialect: Dialect, detection: Mapping[str, Any], session: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The session's fields that set turn detection, beside what ``session`` sets of the same fields."""
    if dialect != "ga":
        return {"turn_detection": dict(detection)}
    given = session or {}
    audio = given.get("audio")
    return {
        "audio": {
            **(audio if isinstance(audio, Mapping) else {}),
            "input": {**_input(given), "turn_detection": dict(detection)},
        }
    }


def transcribes(dialect: Dialect, session: Mapping[str, Any]) -> bool:
    """Whether a session has what the caller says transcribed."""
    if dialect == "ga":
        return bool(_input(session).get("transcription"))
    return bool(session.get("input_audio_transcription"))


def enable_transcription(dialect: Dialect, session: dict[str, Any]) -> None:
    """Have what the caller says transcribed, unless the session does so already."""
    if transcribes(dialect, session):
        return
    if dialect == "ga":
        audio = dict(session.get("audio") or {})
        audio["input"] = {**_input(session), "transcription": dict(DEFAULT_TRANSCRIPTION)}
        session["audio"] = audio
    else:
        session["input_audio_transcription"] = dict(DEFAULT_TRANSCRIPTION)


def audio_format(
    dialect: Dialect, session: Mapping[str, Any], side: Literal["input", "output"]
) -> tuple[Encoding, int] | None:
    """Encoding and sample rate of a session's audio, 16 bit at 24 kHz unless it says so; None if unknown."""
    if dialect != "ga":
        kind = session.get(f"{side}_audio_format")
        return _PCM if kind is None else _known(_FLAT_FORMATS, kind)
    audio = session.get("audio")
    part = audio.get(side) if isinstance(audio, Mapping) else None
    given = part.get("format") if isinstance(part, Mapping) else None
    if given is None:
        return _PCM
    form = _known(_GA_FORMATS, given.get("type")) if isinstance(given, Mapping) else None
    if form != _PCM:
        return form
    rate = given.get("rate")
    if rate is None:
        return _PCM
    return ("pcm16", rate) if isinstance(rate, int) and rate in SAMPLE_RATES else None


def bytes_per_second(dialect: Dialect, session: Mapping[str, Any], side: Literal["input", "output"]) -> float:
    """The rate of a session's audio, by default that of 16 bit at 24 kHz."""
    encoding, rate = audio_format(dialect, session, side) or _PCM
    return float(BYTES_PER_SAMPLE[encoding] * rate)


def spoken_response(dialect: Dialect, instructions: str, metadata: Mapping[str, str]) -> dict[str, Any]:
    """A ``response.create`` for one spoken answer that calls no tools."""
    response: dict[str, Any] = {
        "instructions": instructions,
        "tool_choice": "none",
        "metadata": dict(metadata),
    }
    if dialect == "ga":
        response["output_modalities"] = ["audio"]
    else:
        response["modalities"] = ["text", "audio"]
    return {"type": "response.create", "response": response}


def _known(formats: Mapping[object, tuple[Encoding, int]], name: object) -> tuple[Encoding, int] | None:
    return formats.get(name) if isinstance(name, str) else None


def _input(session: Mapping[str, Any]) -> Mapping[str, Any]:
    audio = session.get("audio")
    found = audio.get("input") if isinstance(audio, Mapping) else None
    return found if isinstance(found, Mapping) else {}
