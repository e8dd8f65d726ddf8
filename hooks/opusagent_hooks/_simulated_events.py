"""What a simulated call records, when, and by which clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from opusagent_hooks.events import Speaker, Spoken, Tool, Turn

__all__ = [
    "AudioPlayed",
    "CallClock",
    "ContextItem",
    "Event",
    "EventData",
    "EventKind",
    "Reply",
    "Timeline",
    "ToolUse",
]

EventKind = Literal[
    "call_start",
    "session_create",
    "audio",
    "turn",
    "reply",
    "say_started",
    "say",
    "context_added",
    "context_removed",
    "instructions",
    "tool",
    "tool_used",
    "floor_taken",
    "floor_yielded",
    "floor_returned",
    "call_end",
]


@dataclass(frozen=True, slots=True)
class AudioPlayed:
    """Audio that was streamed to the plugins, once its last frame was sent."""

    speaker: Speaker
    seconds: float


@dataclass(frozen=True, slots=True)
class ContextItem:
    """A system item that a plugin put into the conversation."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model answered, to which words, and what it knew when it did."""

    text: str
    to: str
    context: tuple[ContextItem, ...]
    instructions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A tool that the model called, and what it gave back."""

    name: str
    arguments: Mapping[str, Any]
    result: Mapping[str, Any]


EventData = AudioPlayed | ContextItem | Reply | Spoken | Tool | ToolUse | Turn | str | None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, ``at`` seconds into the call.

    ``data`` goes with the kind: audio :class:`AudioPlayed`; turn :class:`~opusagent_hooks.Turn`; reply
    :class:`Reply`; say_started the text; say :class:`~opusagent_hooks.Spoken`; context_added and
    context_removed :class:`ContextItem`; instructions the text; tool :class:`~opusagent_hooks.Tool`;
    tool_used :class:`ToolUse`; call_end the reason; the others None.
    """

    at: float
    kind: EventKind
    data: EventData = field(default=None)


class CallClock:
    """Seconds since the call began, at ``speed`` times real time.

    With ``speed=None`` time passes only by what is waited for, and waiting takes none.
    """

    def __init__(self, speed: float | None) -> None:
        self._speed = speed
        self._started = asyncio.get_running_loop().time()
        self._jumped = 0.0

    @property
    def now(self) -> float:
        """Seconds into the call."""
        if self._speed is None:
            return self._jumped
        return (asyncio.get_running_loop().time() - self._started) * self._speed

    def real(self, seconds: float) -> float:
        """How long ``seconds`` of the call take; where time does not pass by itself, just as long."""
        return seconds if self._speed is None else seconds / self._speed

    def speaking_time(self, seconds: float) -> float:
        """How long speech of ``seconds`` takes: none where nothing is waited for."""
        return 0.0 if self._speed is None else seconds / self._speed

    async def sleep_until(self, at: float) -> None:
        """Wait for a time of the call, letting others run even if that time is past."""
        if self._speed is None:
            self._jumped = max(self._jumped, at)
            await asyncio.sleep(0)
        else:
            await asyncio.sleep(max(0.0, (at - self.now) / self._speed))


class Timeline:
    """The events of a call, and a way to wait for them or for any other change of its state."""

    def __init__(self, clock: CallClock) -> None:
        self.events: list[Event] = []
        self._clock = clock
        self._waiting: set[asyncio.Future[None]] = set()

    def record(self, kind: EventKind, data: EventData = None) -> None:
        """Add an event that happens now."""
        self.events.append(Event(self._clock.now, kind, data))
        self.changed()

    def changed(self) -> None:
        """Have everybody who waits look again."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    async def until(self, condition: Callable[[], bool], timeout: float | None = None) -> bool:
        """Wait until a condition holds, at most ``timeout`` real seconds; whether it does."""
        loop = asyncio.get_running_loop()
        deadline = None if timeout is None else loop.time() + timeout
        while not condition():
            remaining = None if deadline is None else deadline - loop.time()
            if remaining is not None and remaining <= 0:
                return False
            future: asyncio.Future[None] = loop.create_future()
            self._waiting.add(future)
            try:
                await asyncio.wait({future}, timeout=remaining)
            finally:
                self._waiting.discard(future)
        return True
