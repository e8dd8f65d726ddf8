"""What a caller's words mean to the consent dialogue, read off the event loop when they are many."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Final

from opusagent_hooks import Turn
from opusagent_voiceprint.consent import Answer, asks_to_be_remembered, interpret, is_emergency

__all__ = ["Reading", "Spoke", "read"]

_AT_ONCE: Final = 30  # characters: the call's grammar and the English one take about 20 microseconds for each


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer, whether the words tell of an emergency, and whether they ask to be remembered."""

    answer: Answer = Answer.UNCLEAR
    emergency: bool = False
    request: bool = False


@dataclass(slots=True)
class Spoke:
    """A turn, which came in ``received_at`` on the event loop's clock; ``asked``: into a question of ours."""

    turn: Turn = field(repr=False)
    asked: bool
    received_at: float
    _reading: Reading | None = None

    async def reading(self, language: str) -> Reading:
        """What it means if it is the caller's, read once."""
        if self.turn.speaker != "caller":
            return Reading()
        if self._reading is None:
            self._reading = await read(self.turn.text, language, asked=self.asked)
        return self._reading


async def read(text: str, language: str, *, asked: bool) -> Reading:
    """Read a caller's words. ``asked``: a question of ours is open."""
    if len(text) <= _AT_ONCE:
        return _read(text, language, asked)
    return await asyncio.to_thread(_read, text, language, asked)


def _read(text: str, language: str, asked: bool) -> Reading:
    answer = interpret(text, language, asked=asked)
    english = language.lower().startswith("en")
    if (
        not english
        and answer is not Answer.WITHDRAW
        and interpret(text, "en", asked=asked) is Answer.WITHDRAW
    ):
        # Somebody who was told the English words may say them on a call in any language.
        answer = Answer.WITHDRAW
    request = asks_to_be_remembered(text, language)
    return Reading(answer, is_emergency(text, language), request)
