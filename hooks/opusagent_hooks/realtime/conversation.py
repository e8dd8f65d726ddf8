"""What is going on in a Realtime session: who speaks, who owes a reply, what was said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from opusagent_hooks.events import Turn
from opusagent_hooks.realtime import dialects, events
from opusagent_hooks.realtime.agent_audio import AgentAudio, OnAgentAudio
from opusagent_hooks.realtime.dialects import Dialect
from opusagent_hooks.realtime.gate import ResponseGate
from opusagent_hooks.realtime.mouth import Mouth
from opusagent_hooks.realtime.playback import InputClock, Playback
from opusagent_hooks.realtime.signals import Signals
from opusagent_hooks.realtime.turns import TurnKeeper

__all__ = ["Conversation"]

_QUIET_AFTER: Final = 1.0
"""Seconds without caller's audio after which a turn that the host never ended holds nothing up."""

_NOTHING_TO_COMMIT: Final = "input_audio_buffer_commit_empty"
_LEVEL: Final = "server_vad"
_PADDING_MS: Final = 300
"""What a service puts before detected speech unless the session says otherwise."""

_TOOL_ANSWERS_WITHIN: Final = 15.0
"""Seconds after which a function call that the host never answered holds nothing up."""


class Conversation:
    """Follows one session's events. Times are in seconds of ``clock``."""

    def __init__(
        self,
        forward: Callable[[Mapping[str, Any]], Awaitable[None]],
        clock: Callable[[], float],
        on_turn: Callable[[Turn], None],
        dialect: Dialect | None,
        on_agent_audio: OnAgentAudio | None = None,
    ) -> None:
        self._clock = clock
        self._fixed_dialect = dialect
        self._seen_dialect: Dialect | None = None
        self._session: dict[str, Any] = {}
        self._calls: dict[str, float] = {}
        self._caller_speaks = False
        self._detected = False
        self._uncommitted = False
        self._answered = False
        self._commits = 0
        self._asides: set[str] = set()
        self.signals = Signals()
        self.playback = Playback(clock)
        self.heard = InputClock(clock)
        self.agent_audio = AgentAudio(on_agent_audio)
        self.turns = TurnKeeper(on_turn, self.playback, self.signals)
        self.gate = ResponseGate(forward, clock, self.signals)
        self.mouth = Mouth(self.gate, self.playback, self.signals)
        self.configured = False
        """Whether the host has configured the session yet."""
        self.tool_untold = False
        """Whether a function gave its result and nothing was said since."""

    @property
    def dialect(self) -> Dialect:
        """The dialect of the session, as far as it shows."""
        return self._fixed_dialect or self._seen_dialect or "beta"

    @property
    def automatic(self) -> Mapping[str, Any] | None:
        """Turn detection by the service; None where the host says when a turn is over."""
        return dialects.turn_detection(self.dialect, self._session)

    @property
    def idle(self) -> bool:
        """True when neither side is speaking and the agent owes no reply."""
        if not self._answered or not self.gate.free or self.playback.playing:
            return False
        if not self.gate.floor and (self.gate.owes or self._tool_runs):
            return False
        return not self._caller_is_speaking

    def note_session(self, session: Mapping[str, Any], *, by_host: bool = False) -> None:
        """What is set in the session; fields that are not named stay."""
        # What the service shows of itself counts, and before that what the host speaks.
        found = dialects.dialect_of_session(session)
        if not by_host and not self.configured:
            self._seen_dialect = found or self._seen_dialect
        self._seen_dialect = self._seen_dialect or found
        self._session = _merged(self._session, session)
        self.turns.transcribed = dialects.transcribes(self.dialect, self._session)
        self.playback.bytes_per_second = dialects.bytes_per_second(self.dialect, self._session, "output")
        self.heard.bytes_per_second = dialects.bytes_per_second(self.dialect, self._session, "input")
        self.agent_audio.format = dialects.audio_format(self.dialect, self._session, "output")

    def host_appended(self, size: int) -> None:
        """The host sends ``size`` bytes of the caller's audio."""
        self._uncommitted = True
        self.heard.add(size)

    def host_committed(self) -> None:
        """The host says that the caller's turn is over."""
        self._uncommitted = False
        self._commits += 1
        self.gate.input_came()
        self._interrupt()

    def host_added(self, item: Mapping[str, Any]) -> None:
        """The host adds an item to the conversation."""
        self.gate.input_came()
        if item.get("type") == "function_call_output":
            self._calls.pop(str(item.get("call_id")), None)
            self.tool_untold = True

    def apply(self, event: events.Event) -> None:
        """Something the service says has happened."""
        match event:
            case events.SessionSeen():
                self.note_session(event.session)
            case events.ServiceError():
                if event.code == _NOTHING_TO_COMMIT:
                    self._commits = max(0, self._commits - 1)
            case events.SpeechStarted() | events.SpeechStopped() | events.InputCleared() | events.Committed():
                self._input(event)
            case events.IdleTimeout():
                self.gate.answers_by_itself()
            case events.TranscribedInput():
                self.turns.transcript(event.item_id, event.text)
            case events.FunctionCalled():
                self._calls[event.call_id] = self._clock()
            case _:
                self._output(event)
        self.signals.changed()

    def close(self) -> None:
        """The call is over."""
        self.gate.close()
        self.turns.close()
        self.signals.changed()

    def _input(
        self, event: events.SpeechStarted | events.SpeechStopped | events.InputCleared | events.Committed
    ) -> None:
        self._caller_speaks = isinstance(event, events.SpeechStarted)
        match event:
            case events.SpeechStarted():
                self._detected = True
                self.turns.speech_started(event.item_id, self._speech_at(event.audio_ms))
                self.mouth.interrupt()
            case events.InputCleared():
                self._uncommitted = False
            case events.Committed():
                self._uncommitted = False
                self.turns.committed(event.item_id)
                if self._commits:
                    self._commits -= 1  # the host's own, which it asks to have answered itself
                elif (detection := self.automatic) is not None:
                    self.gate.input_came()
                    if detection.get("create_response", True) and not self.gate.floor:
                        self.gate.answers_by_itself()

    def _output(self, event: events.Event) -> None:
        match event:
            case events.ResponseCreated() if self.gate.is_aside(event):
                self._asides.add(event.response_id)
            case events.ResponseCreated():
                self.tool_untold = False
                own = self.gate.created(event, automatic=self.automatic is not None)
                self.turns.response(event.response_id)
                self.mouth.began(own, event.response_id)
                if self._caller_speaks:
                    self._interrupt()
            case events.AudioDelta() if event.response_id not in self._asides:
                self.gate.speaks()
                at = self.playback.add(event.size)
                speech = self.turns.speech(event.response_id)
                if speech is not None and speech.began_at is None:
                    speech.began_at = at
                self.agent_audio.add(event.encoded, event.size, at)
            case events.TranscriptDelta() | events.TranscriptDone():
                # Those of an aside have no speech.
                if (speech := self.turns.speech(event.response_id)) is not None:
                    self.gate.speaks()
                    speech.add(event.item_id, event.text, final=isinstance(event, events.TranscriptDone))
            case events.ResponseDone() if event.response_id in self._asides:
                self._asides.discard(event.response_id)
            case events.ResponseDone():
                speech = self.turns.speech(event.response_id)
                self.mouth.done(event.response_id, event.status, speech.words if speech else "")
                self.turns.done(event.response_id, event.status)
                self._answered = True
                self.gate.done(event)

    def _speech_at(self, audio_ms: float | None) -> float | None:
        """When speech began that a service says it heard from this position on."""
        if audio_ms is None:
            return None
        # What the service says includes the padding that it puts before the speech it detects.
        detection = self.automatic or {}
        padding = detection.get("prefix_padding_ms", _PADDING_MS) if detection.get("type") == _LEVEL else 0
        return self.heard.time_of(audio_ms + (padding if isinstance(padding, (int, float)) else 0))

    def _interrupt(self) -> None:
        self.turns.interrupt()
        self.mouth.interrupt()

    @property
    def _tool_runs(self) -> bool:
        now = self._clock()
        return any(now - began < _TOOL_ANSWERS_WITHIN for began in self._calls.values())

    @property
    def _caller_is_speaking(self) -> bool:
        if self.automatic is not None or self._detected:
            return self._caller_speaks
        return self._uncommitted and self._clock() - self.heard.last_sent < _QUIET_AFTER


def _merged(known: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Session fields as the service merges them: those of ``audio`` one by one, all others as they are."""
    result = dict(known)
    for key, value in given.items():
        before = result.get(key)
        nested = key in ("audio", "input", "output")
        if nested and isinstance(before, Mapping) and isinstance(value, Mapping):
            result[key] = _merged(before, value)
        else:
            result[key] = value
    return result
