"""Who speaks: the floor of a call while the consent dialogue has it, and what it has the agent say."""

from __future__ import annotations

import asyncio
import contextlib
import difflib
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

from opusagent_hooks import AgentError, Call, Turn
from opusagent_voiceprint.consent import ConsentScript, matches_script
from opusagent_voiceprint.consent.machine import Line

__all__ = ["IDLE_SECONDS", "Floor", "Lines"]

T = TypeVar("T")

IDLE_SECONDS: Final = 5.0
"""How long the agent may take to finish what it says, before something is said to the caller."""

_ALIKE: Final = 0.7

_SLOWEST_EARLY_YES: Final = 0.7
"""Seconds after our last word in which no answer to it can have been spoken, ended and transcribed."""


class Floor:
    """The floor of one call; ``held`` while the agent is kept from replying on its own.

    ``patience`` is for how many seconds it may be kept while the store is waited for.
    """

    def __init__(self, call: Call, patience: float) -> None:
        self._agent = call.agent
        self._patience = patience
        self.held = False

    async def take(self) -> None:
        """Keep the agent from replying."""
        self.held = True
        await self._agent.take_floor()

    async def give(self, *, reply: bool) -> None:
        """Let it go on, if it was kept; with ``reply`` it answers the caller's last words."""
        if self.held:
            self.held = False
            await self._agent.yield_floor(reply=reply)

    async def not_in_silence(self, storing: Coroutine[Any, Any, T]) -> T:
        """Wait for the store, but keep the agent from speaking no longer than a reply may wait."""
        task = asyncio.create_task(storing)
        try:
            done, _ = await asyncio.wait({task}, timeout=self._patience)
            if not done:
                with contextlib.suppress(AgentError):
                    await self.give(reply=True)
                    await asyncio.wait({task})
                    await self._agent.wait_idle(IDLE_SECONDS)
            return await task
        finally:
            task.cancel()


class Lines:
    """The lines of a script as the agent of one call speaks them. ``script`` is set before the first."""

    def __init__(self, call: Call) -> None:
        self._agent = call.agent
        self._said_by = 0.0  # on the event loop's clock
        self._said_until: float | None = None  # in the call, where the host knows
        self._last = ""
        self.script: ConsentScript | None = None

    def is_ours(self, turn: Turn) -> bool:
        """Whether the agent's words are our last line, or what it could say of it before it was cut short."""
        if self.script is None or len(turn.text) > 3 * len(self._last):
            return False
        if turn.interrupted and _begins(turn.text, self._last):
            return True
        return matches_script(turn.text, self._last, self.script.language)

    def drop(self) -> None:
        """The call is over: a line may have held the caller's name."""
        self.script, self._last = None, ""

    @property
    def in_use(self) -> ConsentScript:
        """The script."""
        if self.script is None:
            raise RuntimeError("the dialogue speaks before it was offered")
        return self.script

    async def say(self, line: Line, name: str | None) -> bool:
        """Have it spoken; whether all of it was, in these words."""
        self._last = text = self._words(line, name)
        spoken = await self._agent.say(text)
        self._said_by = asyncio.get_running_loop().time()
        self._said_until = spoken.ended_at
        # The model is only the mouth: words that differ from the script did not ask the question.
        return spoken.completed and matches_script(spoken.text, text, self.in_use.language)

    def too_early(self, turn: Turn, received_at: float) -> bool:
        """Whether words were begun before ours were over, whenever their transcript arrives here."""
        if self._said_until is not None and turn.at is not None:
            return turn.at < self._said_until or received_at < self._said_by
        # The host gives no times: what arrives this soon was spoken into the question.
        return received_at < self._said_by + _SLOWEST_EARLY_YES

    def _words(self, line: Line, name: str | None) -> str:
        if line == "enrolled_ask_memory":
            return f"{self.in_use.enrolled(name)} {self.in_use.ask_memory}"
        return str(getattr(self.in_use, line))


def _begins(begun: str, line: str) -> bool:
    """Whether words are those with which a line begins, but for a recogniser's slips."""
    said, wanted = begun.casefold().split(), line.casefold().split()
    if not 0 < len(said) <= len(wanted):
        return False
    return difflib.SequenceMatcher(None, wanted[: len(said)], said, autojunk=False).ratio() >= _ALIKE
