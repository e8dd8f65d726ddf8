"""An agent without a model: it does what plugins ask of it, and answers from a script."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final

from opusagent_hooks._simulated_events import CallClock, ContextItem, Reply, Timeline, ToolUse
from opusagent_hooks.errors import AgentUnavailableError, PersonalContextRefusedError
from opusagent_hooks.events import Spoken, Tool, Turn

__all__ = ["SECONDS_PER_CHARACTER", "ReplyScript", "SimulatedAgent", "neutral_reply"]

SECONDS_PER_CHARACTER: Final = 0.06
"""How fast the agent speaks: about 200 words a minute."""

ReplyScript = Callable[[str, Sequence[str], Sequence[str]], str]
"""What the agent answers: ``reply(turn_text, context_items, instructions)``."""


def neutral_reply(turn_text: str, context_items: Sequence[str], instructions: Sequence[str]) -> str:
    """The same answer to everything."""
    return "I see. Is there anything else I can do for you?"


class SimulatedAgent:
    """An :class:`~opusagent_hooks.AgentPort` for tests.

    ``instructions``, ``tools`` and ``context`` show what plugins gave it. The host's side of it is
    :class:`~opusagent_hooks.testing.SimulatedCall`, which makes it.
    """

    def __init__(
        self,
        timeline: Timeline,
        clock: CallClock,
        *,
        reply: ReplyScript,
        floor_limit: float,
        personal_context: bool,
        on_turn: Callable[[Turn], None],
        on_end: Callable[[str], None],
    ) -> None:
        self.instructions: list[str] = []
        self.tools: dict[str, Tool] = {}
        self._timeline = timeline
        self._clock = clock
        self._reply = reply
        self._floor_limit = floor_limit
        self._personal_context = personal_context
        self._on_turn = on_turn
        self._on_end = on_end
        self._context: dict[str, ContextItem] = {}
        self._items = 0
        self._mouth = asyncio.Lock()
        self._busy = 0
        self._asked_for_idle = False
        self._caller_speaking = False
        self._owed: str | None = None
        self._last_words = ""
        self._floor_timer: asyncio.TimerHandle | None = None
        self._interrupt_next = False
        self._over = False
        self._expected: asyncio.Event | None = None
        self._background: set[asyncio.Task[None]] = set()

    @property
    def context(self) -> tuple[ContextItem, ...]:
        """The items that plugins have in the conversation now, oldest first."""
        return tuple(self._context.values())

    @property
    def floor_is_taken(self) -> bool:
        """True while a plugin keeps the agent from replying."""
        return self._floor_timer is not None

    @property
    def idle(self) -> bool:
        """True when neither side is speaking and the agent owes no reply."""
        owes = self._owed is not None and not self.floor_is_taken
        return not (self._over or self._busy or self._caller_speaking or owes)

    async def wait_idle(self, timeout: float) -> bool:
        """Wait at most ``timeout`` seconds of the call."""
        self._check_alive()
        self._asked_for_idle = True
        self._timeline.changed()
        await self._timeline.until(lambda: self.idle or self._over, self._clock.real(timeout))
        return self.idle

    async def add_instructions(self, text: str) -> None:
        """Add to ``instructions``."""
        self._check_alive()
        self.instructions.append(text)
        self._timeline.record("instructions", text)

    async def register_tool(self, tool: Tool) -> None:
        """Add to ``tools``."""
        self._check_alive()
        self.tools[tool.name] = tool
        self._timeline.record("tool", tool)

    async def put_context(self, text: str) -> str:
        """Add to ``context``, unless the host was made with ``personal_context=False``."""
        self._check_alive()
        if not self._personal_context:
            raise PersonalContextRefusedError("this host takes no context of single callers")
        self._items += 1
        item = ContextItem(f"item_{self._items}", text)
        self._context[item.id] = item
        self._timeline.record("context_added", item)
        return item.id

    async def remove_context(self, item_id: str) -> None:
        """Take out of ``context``."""
        self._check_alive()
        item = self._context.pop(item_id, None)
        if item is not None:
            self._timeline.record("context_removed", item)

    async def say(self, text: str) -> Spoken:
        """Speak, after what is being said has been said."""
        self._check_alive()
        async with self._mouth:
            interrupt, self._interrupt_next = self._interrupt_next, False
            self._timeline.record("say_started", text)
            completed = await self._utter(text, interrupt=interrupt)
            spoken = Spoken(text, completed, ended_at=self._clock.now)
            self._timeline.record("say", spoken)
            if self.floor_is_taken:
                self._limit_floor()
        return spoken

    async def take_floor(self) -> None:
        """Hold the floor until the host's ``floor_limit`` has passed since the last word or taking."""
        self._check_alive()
        if self._floor_timer is None:
            self._timeline.record("floor_taken")
        self._limit_floor()

    async def yield_floor(self, *, reply: bool = False) -> None:
        """Give the floor back; what the caller said meanwhile is answered only with ``reply``."""
        self._check_alive()
        if self._floor_timer is not None:
            self._release_floor()
            self._owed = None
            self._timeline.record("floor_yielded")
        if reply:
            self._owed = self._last_words
            self._in_background(self.answer())

    def expect_context(self, within: float) -> AbstractContextManager[None]:
        """Hold :meth:`answer` back until the block is left, at most ``within`` seconds of the call."""
        self._check_alive()
        return self._expecting(within)

    @contextmanager
    def _expecting(self, within: float) -> Iterator[None]:
        self._expected = expected = asyncio.Event()
        timer = asyncio.get_running_loop().call_later(self._clock.real(within), expected.set)
        try:
            yield
        finally:
            timer.cancel()
            expected.set()

    async def end_call(self, reason: str) -> None:
        """Hang up; ``call_end`` is dispatched when the turns before it were handled."""
        self._on_end(reason)

    def interrupt_next_say(self) -> None:
        """Have the caller cut the next :meth:`say` short, half way through."""
        self._interrupt_next = True

    # What follows is the host's side of the agent.

    @property
    def waited_for(self) -> bool:
        """True if a plugin began to wait for the reply that is owed, so that this must not wait for it."""
        return self._asked_for_idle

    def caller_speaks(self, speaking: bool) -> None:
        """Note that the caller began or stopped speaking."""
        self._caller_speaking = speaking
        self._timeline.changed()

    def owe_reply(self, to: str) -> None:
        """Note the caller's words, which are to be answered unless a plugin holds the floor."""
        self._owed = self._last_words = to
        self._asked_for_idle = False

    async def answer(self) -> None:
        """Reply to what is owed an answer, unless a plugin holds the floor by then."""
        async with self._mouth:
            if self._expected is not None:
                await self._expected.wait()
            to = self._owed
            if to is None or self.floor_is_taken or self._over:
                return
            context = self.context
            text = self._reply(to, [item.text for item in context], list(self.instructions))
            self._timeline.record("reply", Reply(text, to, context, tuple(self.instructions)))
            await self._utter(text, answers=True)

    async def speak(self, text: str) -> None:
        """Say something of the host's own accord, unless a plugin holds the floor."""
        async with self._mouth:
            if not self.floor_is_taken:
                await self._utter(text)

    async def use_tool(self, name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Call a tool as the model would."""
        self._check_alive()
        result = self.tools[name].handler(**arguments)
        answer: Mapping[str, Any] = await result if inspect.isawaitable(result) else result
        self._timeline.record("tool_used", ToolUse(name, dict(arguments), answer))
        return answer

    def hang_up(self) -> None:
        """The call is over: whoever speaks stops, and nothing can be asked of the agent any more."""
        self._over = True
        self._release_floor()
        self._timeline.changed()

    async def finish(self) -> None:
        """Wait for what runs by itself; raises what a reply script raised there."""
        await asyncio.gather(*self._background)

    async def _utter(self, text: str, *, interrupt: bool = False, answers: bool = False) -> bool:
        """Take the time that the text takes; whether it was spoken to its end. The mouth is held."""
        if self._over:
            return False
        self._busy += 1
        if answers:
            self._owed = None
        began = self._clock.now
        try:
            seconds = len(text) * SECONDS_PER_CHARACTER / (2 if interrupt else 1)
            await asyncio.sleep(0)
            await self._timeline.until(lambda: self._over, self._clock.speaking_time(seconds))
            if self._over:
                return False
            self._items += 1
            words = text.split()
            heard = " ".join(words[: len(words) // 2]) if interrupt else text
            self._on_turn(Turn("agent", heard, f"item_{self._items}", interrupted=interrupt, at=began))
            return not interrupt
        finally:
            self._busy -= 1
            self._timeline.changed()

    def _check_alive(self) -> None:
        if self._over:
            raise AgentUnavailableError("the call is over")

    def _limit_floor(self) -> None:
        self._release_floor()
        limit = self._clock.real(self._floor_limit)
        self._floor_timer = asyncio.get_running_loop().call_later(limit, self._return_floor)

    def _release_floor(self) -> None:
        if self._floor_timer is not None:
            self._floor_timer.cancel()
            self._floor_timer = None

    def _return_floor(self) -> None:
        self._release_floor()
        self._timeline.record("floor_returned")
        self._in_background(self.answer())

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
