"""The two dialects of the Realtime API: session shape, event names, content types, and what each refuses."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

__all__ = ["DIALECTS", "ApiError", "AudioFormat", "Dialect", "DialectName"]

DialectName = Literal["beta", "ga"]

_INSTRUCTIONS: Final = "Your knowledge cutoff is 2023-10. You are a helpful, witty, and friendly AI."
_TURN_DETECTION: Final = {
    "type": "server_vad",
    "threshold": 0.5,
    "prefix_padding_ms": 300,
    "silence_duration_ms": 500,
    "create_response": True,
    "interrupt_response": True,
}
_CLEARED_BY_NULL: Final = {
    "turn_detection",
    "input_audio_transcription",
    "input_audio_noise_reduction",
    "transcription",
    "noise_reduction",
    "tracing",
    "prompt",
    "include",
}
"""Fields that null switches off. Any other field that is null is left as it was."""


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """How audio is on the wire: an encoding of ``opusagent_hooks.codecs``, and Hz."""

    encoding: Literal["pcm16", "mulaw", "alaw"]
    rate: int


class ApiError(Exception):
    """What the service answers with an ``error`` event."""

    def __init__(self, code: str, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.param = param

    def details(self, event_id: str | None) -> dict[str, Any]:
        """What the event says; ``event_id`` is that of the client's event that was at fault."""
        return {
            "type": "invalid_request_error",
            "code": self.code,
            "message": str(self),
            "param": self.param,
            "event_id": event_id,
        }


_BETA_SESSION: Final[dict[str, Any]] = {
    "modalities": ["audio", "text"],
    "instructions": _INSTRUCTIONS,
    "voice": "alloy",
    "input_audio_format": "pcm16",
    "output_audio_format": "pcm16",
    "input_audio_transcription": None,
    "input_audio_noise_reduction": None,
    "turn_detection": _TURN_DETECTION,
    "tools": [],
    "tool_choice": "auto",
    "temperature": 0.8,
    "max_response_output_tokens": "inf",
    "speed": 1.0,
    "tracing": None,
    "client_secret": None,
}
_GA_SESSION: Final[dict[str, Any]] = {
    "type": "realtime",
    "output_modalities": ["audio"],
    "instructions": _INSTRUCTIONS,
    "audio": {
        "input": {
            "format": {"type": "audio/pcm", "rate": 24000},
            "transcription": None,
            "noise_reduction": None,
            "turn_detection": _TURN_DETECTION,
        },
        "output": {"format": {"type": "audio/pcm", "rate": 24000}, "voice": "alloy", "speed": 1.0},
    },
    "tools": [],
    "tool_choice": "auto",
    "max_output_tokens": "inf",
    "tracing": None,
    "prompt": None,
    "include": None,
    "truncation": "auto",
}
_FORMATS: Final = {
    "pcm16": AudioFormat("pcm16", 24000),
    "g711_ulaw": AudioFormat("mulaw", 8000),
    "g711_alaw": AudioFormat("alaw", 8000),
    "audio/pcm": AudioFormat("pcm16", 24000),
    "audio/pcmu": AudioFormat("mulaw", 8000),
    "audio/pcma": AudioFormat("alaw", 8000),
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """One dialect.

    ``audio_event`` and the like are the names' changing parts. Sessions are the dictionaries that
    ``session.created`` and ``session.updated`` show.
    """

    name: DialectName
    audio_event: str
    transcript_event: str
    text_event: str
    item_events: tuple[str, ...]
    assistant_audio: str
    assistant_text: str
    modalities: str
    response_fields: frozenset[str]

    def new_session(self, session_id: str, model: str) -> dict[str, Any]:
        """The effective session before anything was configured."""
        defaults = copy.deepcopy(_BETA_SESSION if self.name == "beta" else _GA_SESSION)
        return {"id": session_id, "object": "realtime.session", "model": model, "expires_at": 0, **defaults}

    def update_session(self, session: dict[str, Any], changes: Mapping[str, Any]) -> None:
        """Change what the update carries. All of it is refused with :class:`ApiError` if any of it is."""
        if self.name == "ga":
            _require_type(changes)
        _check(changes, session, "session")
        _merge(session, changes)

    def check_response(self, options: Mapping[str, Any]) -> None:
        """Refuse a ``response.create`` with a parameter that the other dialect has."""
        for key in options:
            if key not in self.response_fields:
                raise _unknown_parameter(f"response.{key}")

    def content_types(self, role: str) -> tuple[str, ...]:
        """What a client may put into a message of this role."""
        if role == "assistant":
            return (self.assistant_text, self.assistant_audio) if self.name == "ga" else ("text",)
        return ("input_text",) if role == "system" else ("input_text", "input_audio")

    def audio_format(self, session: Mapping[str, Any], side: Literal["input", "output"]) -> AudioFormat:
        """The session's format of one direction."""
        if self.name == "beta":
            return _FORMATS[session[f"{side}_audio_format"]]
        return _FORMATS[session["audio"][side]["format"]["type"]]

    def turn_detection(self, session: Mapping[str, Any]) -> dict[str, Any] | None:
        """The session's turn detection with its defaults, or None if it is switched off."""
        found = (
            session["turn_detection"] if self.name == "beta" else session["audio"]["input"]["turn_detection"]
        )
        return None if found is None else {**_TURN_DETECTION, **found}

    def keep_turn_detection(self, session: dict[str, Any], detection: Mapping[str, Any]) -> None:
        """Set the session's turn detection, whatever a client wants."""
        holder = session if self.name == "beta" else session["audio"]["input"]
        holder["turn_detection"] = dict(detection)

    def transcribes(self, session: Mapping[str, Any]) -> bool:
        """Whether the caller's audio is transcribed."""
        if self.name == "beta":
            return session["input_audio_transcription"] is not None
        return session["audio"]["input"]["transcription"] is not None


def _require_type(changes: Mapping[str, Any]) -> None:
    if "type" not in changes:
        raise ApiError(
            "missing_required_parameter", "Missing required parameter: 'session.type'.", "session.type"
        )
    if changes["type"] != "realtime":
        raise ApiError(
            "invalid_value",
            f"Invalid value: '{changes['type']}'. Supported values are: 'realtime'.",
            "session.type",
        )


def _check(changes: Mapping[str, Any], session: Mapping[str, Any], path: str) -> None:
    for key, value in changes.items():
        here = f"{path}.{key}"
        if key not in session or key in ("id", "object", "expires_at"):
            raise _unknown_parameter(here)
        if key in ("input", "output", "audio") and isinstance(value, Mapping):
            _check(value, session[key], here)
        elif value is not None:
            _check_value(key, value, here)


def _check_value(key: str, value: Any, path: str) -> None:
    if key in ("input_audio_format", "output_audio_format") and value not in _FORMATS:
        raise ApiError("invalid_value", f"Invalid value: '{value}'.", path)
    if key == "format" and (not isinstance(value, Mapping) or value.get("type") not in _FORMATS):
        raise ApiError("invalid_value", "Invalid value of the audio format.", f"{path}.type")
    if key == "turn_detection" and value.get("type") not in ("server_vad", "semantic_vad"):
        raise ApiError("invalid_value", f"Invalid value: '{value.get('type')}'.", f"{path}.type")
    if key == "tools":
        for index, tool in enumerate(value):
            for required in ("type", "name"):
                if required not in tool:
                    missing = f"{path}[{index}].{required}"
                    raise ApiError(
                        "missing_required_parameter", f"Missing required parameter: '{missing}'.", missing
                    )


def _merge(session: dict[str, Any], changes: Mapping[str, Any]) -> None:
    for key, value in changes.items():
        if key in ("input", "output", "audio") and isinstance(value, Mapping):
            _merge(session[key], value)
        elif value is not None or key in _CLEARED_BY_NULL:
            session[key] = copy.deepcopy(value)


def _unknown_parameter(param: str) -> ApiError:
    return ApiError("unknown_parameter", f"Unknown parameter: '{param}'.", param)


_COMMON_RESPONSE_FIELDS: Final = frozenset(
    {"conversation", "input", "instructions", "metadata", "tools", "tool_choice", "max_output_tokens"}
)

DIALECTS: Final[dict[DialectName, Dialect]] = {
    "beta": Dialect(
        name="beta",
        audio_event="response.audio",
        transcript_event="response.audio_transcript",
        text_event="response.text",
        item_events=("conversation.item.created",),
        assistant_audio="audio",
        assistant_text="text",
        modalities="modalities",
        response_fields=_COMMON_RESPONSE_FIELDS
        | {"modalities", "voice", "output_audio_format", "temperature", "max_response_output_tokens"},
    ),
    "ga": Dialect(
        name="ga",
        audio_event="response.output_audio",
        transcript_event="response.output_audio_transcript",
        text_event="response.output_text",
        item_events=("conversation.item.added", "conversation.item.done"),
        assistant_audio="output_audio",
        assistant_text="output_text",
        modalities="output_modalities",
        response_fields=_COMMON_RESPONSE_FIELDS | {"output_modalities", "audio", "prompt"},
    ),
}
