"""What a Realtime service says, read from either dialect into one vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

__all__ = [
    "AudioDelta",
    "Committed",
    "Event",
    "FunctionCalled",
    "IdleTimeout",
    "InputCleared",
    "ItemSeen",
    "ResponseCreated",
    "ResponseDone",
    "ServiceError",
    "SessionSeen",
    "SpeechStarted",
    "SpeechStopped",
    "TranscribedInput",
    "TranscriptDelta",
    "TranscriptDone",
    "read_event",
]


@dataclass(frozen=True, slots=True)
class SessionSeen:
    """The session as the service has it."""

    session: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The caller began to speak, ``audio_ms`` into the audio that was sent to the service."""

    item_id: str
    audio_ms: float | None


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    """The caller stopped speaking."""


@dataclass(frozen=True, slots=True)
class InputCleared:
    """What the caller said and was not an item yet is dropped."""


@dataclass(frozen=True, slots=True)
class IdleTimeout:
    """Nobody has spoken for a while, and the service is about to say something."""


@dataclass(frozen=True, slots=True)
class Committed:
    """What the caller said became an item of the conversation."""

    item_id: str


@dataclass(frozen=True, slots=True)
class TranscribedInput:
    """The words of a caller's item, or None if they could not be made out."""

    item_id: str
    text: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class ItemSeen:
    """An item was created, finished or deleted."""

    item_id: str


@dataclass(frozen=True, slots=True)
class ResponseCreated:
    """A response began.

    ``has_metadata`` says whether the service sends back what it was given, ``aside`` whether it says that
    the response is outside of the conversation.
    """

    response_id: str
    metadata: Mapping[str, Any]
    has_metadata: bool
    aside: bool = False


@dataclass(frozen=True, slots=True)
class AudioDelta:
    """A piece of the agent's speech: ``size`` bytes, ``encoded`` in base64."""

    response_id: str
    size: int
    encoded: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TranscriptDelta:
    """A piece of the words the agent speaks."""

    response_id: str
    item_id: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TranscriptDone:
    """The words that the agent speaks, of one item."""

    response_id: str
    item_id: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FunctionCalled:
    """The model calls a function, and waits for what it gives."""

    call_id: str


@dataclass(frozen=True, slots=True)
class ResponseDone:
    """A response is generated: ``completed``, ``cancelled``, ``incomplete`` or ``failed``."""

    response_id: str
    status: str


@dataclass(frozen=True, slots=True)
class ServiceError:
    """The service refused something; ``event_id`` is that of the client's event, where it says so."""

    code: str
    event_id: str | None


Event = (
    SessionSeen
    | SpeechStarted
    | SpeechStopped
    | InputCleared
    | IdleTimeout
    | Committed
    | TranscribedInput
    | ItemSeen
    | ResponseCreated
    | AudioDelta
    | TranscriptDelta
    | TranscriptDone
    | FunctionCalled
    | ResponseDone
    | ServiceError
)


def read_event(data: Mapping[str, Any]) -> Event | None:
    """One server event; None for those that nobody here needs.

    Malformed events may raise KeyError, TypeError or AttributeError.
    """
    reader = _READERS.get(str(data.get("type")))
    return reader(data) if reader is not None else None


def _session(data: Mapping[str, Any]) -> Event:
    return SessionSeen(dict(data["session"]))


def _speech_started(data: Mapping[str, Any]) -> Event:
    at = data.get("audio_start_ms")
    return SpeechStarted(str(data.get("item_id", "")), float(at) if isinstance(at, (int, float)) else None)


def _transcribed(data: Mapping[str, Any]) -> Event:
    text = data.get("transcript")
    return TranscribedInput(str(data["item_id"]), text if isinstance(text, str) else None)


def _transcription_failed(data: Mapping[str, Any]) -> Event:
    return TranscribedInput(str(data["item_id"]), None)


def _item(data: Mapping[str, Any]) -> Event:
    item = data.get("item")
    return ItemSeen(str(item["id"] if isinstance(item, Mapping) else data["item_id"]))


def _response_created(data: Mapping[str, Any]) -> Event:
    response = data["response"]
    metadata = response.get("metadata")
    return ResponseCreated(
        str(response.get("id", "")),
        metadata if isinstance(metadata, Mapping) else {},
        "metadata" in response,
        "conversation_id" in response and response["conversation_id"] is None,
    )


def _audio(data: Mapping[str, Any]) -> Event:
    encoded = data["delta"]
    size = len(encoded) * 3 // 4 - encoded.count("=", -2)
    return AudioDelta(str(data.get("response_id", "")), max(0, size), encoded)


def _transcript_delta(data: Mapping[str, Any]) -> Event:
    return TranscriptDelta(str(data.get("response_id", "")), str(data.get("item_id", "")), str(data["delta"]))


def _transcript_done(data: Mapping[str, Any]) -> Event:
    text = data["transcript"] if "transcript" in data else data["text"]
    return TranscriptDone(str(data.get("response_id", "")), str(data.get("item_id", "")), str(text))


def _output_item(data: Mapping[str, Any]) -> Event | None:
    item = data["item"]
    if item.get("type") == "function_call" and item.get("call_id"):
        return FunctionCalled(str(item["call_id"]))
    return None


def _response_done(data: Mapping[str, Any]) -> Event:
    response = data.get("response")
    if not isinstance(response, Mapping):
        # Whichever it was: a response that seems to go on for ever would mute the agent.
        return ResponseDone("", "failed")
    return ResponseDone(str(response.get("id", "")), str(response.get("status") or "completed"))


def _error(data: Mapping[str, Any]) -> Event:
    error = data.get("error")
    # OpusAgent's own double puts the fields beside the type.
    fields = error if isinstance(error, Mapping) else data
    event_id = fields.get("event_id") if fields is error else None
    return ServiceError(str(fields.get("code") or fields.get("type") or ""), event_id)


_READERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Event | None]]] = {
    "session.created": _session,
    "session.updated": _session,
    "input_audio_buffer.speech_started": _speech_started,
    "input_audio_buffer.speech_stopped": lambda data: SpeechStopped(),
    "input_audio_buffer.cleared": lambda data: InputCleared(),
    "input_audio_buffer.timeout_triggered": lambda data: IdleTimeout(),
    "input_audio_buffer.committed": lambda data: Committed(str(data["item_id"])),
    "conversation.item.input_audio_transcription.completed": _transcribed,
    "conversation.item.input_audio_transcription.failed": _transcription_failed,
    "conversation.item.created": _item,  # beta
    "conversation.item.added": _item,  # GA
    "conversation.item.done": _item,  # GA
    "conversation.item.deleted": _item,
    "response.created": _response_created,
    "response.audio.delta": _audio,  # beta
    "response.output_audio.delta": _audio,  # GA
    "response.audio_transcript.delta": _transcript_delta,  # beta
    "response.output_audio_transcript.delta": _transcript_delta,  # GA
    "response.audio_transcript.done": _transcript_done,  # beta
    "response.output_audio_transcript.done": _transcript_done,  # GA
    "response.text.delta": _transcript_delta,  # beta, where the agent writes
    "response.output_text.delta": _transcript_delta,  # GA, likewise
    "response.text.done": _transcript_done,
    "response.output_text.done": _transcript_done,
    "response.output_item.added": _output_item,
    "response.done": _response_done,
    "error": _error,
}
