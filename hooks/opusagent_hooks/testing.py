"""A simulated host, for plugins' own tests: it plays calls through a manager and records everything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from types import MappingProxyType, TracebackType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from opusagent_hooks import codecs
from opusagent_hooks._simulated_agent import ReplyScript, SimulatedAgent, neutral_reply
from opusagent_hooks._simulated_events import (
    AudioPlayed,
    CallClock,
    ContextItem,
    Event,
    EventData,
    EventKind,
    Reply,
    Timeline,
    ToolUse,
)
from opusagent_hooks.codecs import Encoding
from opusagent_hooks.errors import AgentUnavailableError
from opusagent_hooks.events import AudioChunk, Call, Session, Speaker, Turn
from opusagent_hooks.manager import HookManager

__all__ = [
    "AudioPlayed",
    "ContextItem",
    "Event",
    "EventData",
    "EventKind",
    "Reply",
    "ReplyScript",
    "Samples",
    "SimulatedAgent",
    "SimulatedCall",
    "SimulatedHost",
    "ToolUse",
    "neutral_reply",
]

Samples = npt.NDArray[np.float32] | npt.NDArray[np.float64] | npt.NDArray[np.int16]
"""Mono audio of shape (samples,): floating point in [-1, 1], or 16 bit."""

FRAME_SECONDS: Final = 0.02
GREETING: Final = "Hello! How can I help you today?"

HANDLING_PATIENCE: Final = 1.0
"""Real seconds that a reply waits for plugins to handle the words it answers."""


class SimulatedHost:
    """A host whose calls follow a test's script.

    ``speed`` is how many times faster than real time calls pass; None is as fast as possible, and then
    speaking takes no time. ``reply`` is what the agent answers, ``greeting`` what it says first, if
    anything. A floor that a plugin took comes back by itself after ``floor_limit`` seconds of the call
    (real seconds with ``speed=None``). With ``personal_context=False`` the agent refuses ``put_context``.
    """

    def __init__(
        self,
        manager: HookManager,
        *,
        speed: float | None = 1.0,
        reply: ReplyScript = neutral_reply,
        greeting: str = GREETING,
        floor_limit: float = 20.0,
        personal_context: bool = True,
    ) -> None:
        if speed is not None and not speed > 0:
            raise ValueError(f"speed must be above 0, or None for as fast as possible, not {speed!r}")
        self.manager = manager
        self.speed = speed
        self.reply = reply
        self.greeting = greeting
        self.floor_limit = floor_limit
        self.personal_context = personal_context
        self.calls = 0

    def call(
        self,
        *,
        from_number: str | None = None,
        to_number: str | None = None,
        platform: str = "simulated",
        parameters: Mapping[str, str] | None = None,
        call_id: str | None = None,
    ) -> SimulatedCall:
        """A call to be entered with ``async with``; several may run at the same time."""
        self.calls += 1
        return SimulatedCall(
            self,
            from_number=from_number,
            to_number=to_number,
            platform=platform,
            parameters=MappingProxyType(dict(parameters or {})),
            call_id=call_id or f"simulated-{self.calls}",
        )


class SimulatedCall:
    """One call of a :class:`SimulatedHost`, between ``async with`` and its end.

    ``call`` and ``session`` are what the hooks are given, ``agent`` is the call's
    :class:`SimulatedAgent`. Leaving the block hangs up; ``call_end`` is dispatched once in any case.
    """

    call: Call
    session: Session
    agent: SimulatedAgent

    def __init__(
        self,
        host: SimulatedHost,
        *,
        from_number: str | None,
        to_number: str | None,
        platform: str,
        parameters: Mapping[str, str],
        call_id: str,
    ) -> None:
        self._host = host
        self._manager = host.manager
        self._announced = (call_id, platform, from_number, to_number, parameters)
        self._heard: dict[Speaker, float] = {"caller": 0.0, "agent": 0.0}
        self._turns: asyncio.Queue[Turn] = asyncio.Queue()
        self._unhandled = 0
        self._ending: asyncio.Task[None] | None = None

    async def __aenter__(self) -> SimulatedCall:
        host = self._host
        call_id, platform, from_number, to_number, parameters = self._announced
        self._clock = CallClock(host.speed)
        self._timeline = Timeline(self._clock)
        self.agent = SimulatedAgent(
            self._timeline,
            self._clock,
            reply=host.reply,
            floor_limit=host.floor_limit,
            personal_context=host.personal_context,
            on_turn=self._dispatch_turn,
            on_end=self._end,
        )
        self.call = Call(call_id, platform, self.agent, from_number, to_number, parameters)
        self.session = Session(call_id)
        self._turn_worker = asyncio.get_running_loop().create_task(self._handle_turns())
        try:
            self._timeline.record("call_start")
            await self._manager.call_all("call_start", call=self.call)
            self._timeline.record("session_create")
            await self._manager.call_all("session_create", call=self.call, session=self.session)
            if host.greeting:
                await self.agent.speak(host.greeting)
        except BaseException:
            await self.hang_up("error")
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.hang_up("error" if kind is not None else "caller_hung_up")
        if error is None:
            await self.agent.finish()

    @property
    def events(self) -> tuple[Event, ...]:
        """Everything that happened so far, oldest first."""
        return tuple(self._timeline.events)

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The words of both sides so far."""
        return tuple(event.data for event in self.events if isinstance(event.data, Turn))

    @property
    def replies(self) -> tuple[Reply, ...]:
        """What the agent answered of its own so far, and what it knew when it did."""
        return tuple(event.data for event in self.events if isinstance(event.data, Reply))

    @property
    def is_over(self) -> bool:
        """True from the moment that either side hangs up."""
        return self._ending is not None

    async def caller_says(
        self,
        text: str,
        samples: Samples | None = None,
        *,
        sample_rate: int = 8000,
        encoding: Encoding = "mulaw",
    ) -> None:
        """Have the caller speak, and the agent answer unless a plugin holds the floor.

        Streams the audio if there is any, dispatches the transcript, and gives plugins a moment to handle
        it before the agent replies. Returns when the reply was spoken, or when nobody owes one. Raises
        :class:`AgentUnavailableError` if the call is over.
        """
        self._check_running()
        self.agent.caller_speaks(True)
        began = self._clock.now
        try:
            if samples is not None:
                await self.play(samples, sample_rate=sample_rate, encoding=encoding)
        finally:
            if not self.is_over:
                self.agent.owe_reply(text)
            self.agent.caller_speaks(False)
        if self.is_over:
            return
        self._dispatch_turn(Turn("caller", text, at=began))
        await self._timeline.until(
            lambda: not self._unhandled or self.agent.waited_for or self.is_over, HANDLING_PATIENCE
        )
        await self.agent.answer()

    async def play(
        self,
        samples: Samples,
        *,
        sample_rate: int = 8000,
        encoding: Encoding = "mulaw",
        speaker: Speaker = "caller",
    ) -> None:
        """Stream audio in frames of 20 ms, with no transcript. Stops when the call ends."""
        self._check_running()
        codecs.check_format(encoding, sample_rate)
        wave: npt.NDArray[Any] = samples
        if wave.dtype == np.int16:
            wave = wave.astype(np.float32) / np.float32(32768)
        data = codecs.encode(wave, encoding)
        step = round(FRAME_SECONDS * sample_rate) * codecs.BYTES_PER_SAMPLE[encoding]
        start = at = max(self._clock.now, self._heard[speaker])
        for offset in range(0, len(data), step):
            chunk = AudioChunk(data[offset : offset + step], encoding, sample_rate, speaker, at)
            at += chunk.duration
            self._heard[speaker] = at
            await self._clock.sleep_until(at)
            if self.is_over:
                return
            self._manager.audio_input(self.call, chunk)
        self._timeline.record("audio", AudioPlayed(speaker, at - start))

    async def silence(self, seconds: float, *, sample_rate: int = 8000, encoding: Encoding = "mulaw") -> None:
        """Stream silence from the caller, as a line does on which nobody speaks."""
        await self.play(
            np.zeros(round(seconds * sample_rate), np.float32), sample_rate=sample_rate, encoding=encoding
        )

    async def agent_says(self, text: str) -> None:
        """Have the agent speak of its own accord, unless a plugin holds the floor."""
        self._check_running()
        await self.agent.speak(text)

    async def use_tool(self, name: str, **arguments: Any) -> Mapping[str, Any]:
        """Have the model call a tool that a plugin registered; raises what its handler raises."""
        return await self.agent.use_tool(name, arguments)

    async def settle(self) -> None:
        """Wait until the plugins have handled every transcript so far."""
        await self._timeline.until(lambda: not self._unhandled)

    async def wait_for(self, predicate: Callable[[Event], bool], timeout: float = 5.0) -> Event:
        """The first event, past or to come, for which the predicate holds.

        Raises :class:`TimeoutError` after ``timeout`` real seconds.
        """
        if not await self._timeline.until(lambda: any(map(predicate, self._timeline.events)), timeout):
            kinds = ", ".join(event.kind for event in self.events)
            raise TimeoutError(f"no such event within {timeout:g} s; there were: {kinds}")
        return next(filter(predicate, self._timeline.events))

    async def hang_up(self, reason: str = "caller_hung_up") -> None:
        """End the call, if it is not over yet, and wait until ``call_end`` was handled."""
        self._end(reason)
        if self._ending is not None:
            await self._ending

    def _check_running(self) -> None:
        if self.is_over:
            raise AgentUnavailableError("the call is over")

    def _dispatch_turn(self, turn: Turn) -> None:
        self._unhandled += 1
        self._turns.put_nowait(turn)
        self._timeline.record("turn", turn)

    async def _handle_turns(self) -> None:
        while True:
            turn = await self._turns.get()
            await self._manager.call_all("transcript", call=self.call, turn=turn)
            self._unhandled -= 1
            self._timeline.changed()

    def _end(self, reason: str) -> None:
        if self._ending is None:
            self.agent.hang_up()
            self._ending = asyncio.get_running_loop().create_task(self._finish(reason))

    async def _finish(self, reason: str) -> None:
        await self.settle()
        self._turn_worker.cancel()
        self._timeline.record("call_end", reason)
        await self._manager.call_all("call_end", call=self.call, reason=reason)
