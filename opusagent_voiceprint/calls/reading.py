"""What a caller's words mean to the consent dialogue, read off the event loop when they are many."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from opusagent_voiceprint.consent import Answer, interpret, is_emergency

__all__ = ["Reading", "read"]

_AT_ONCE: Final = 100  # characters: the grammar takes a few microseconds for each


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer, and whether the words tell of an emergency."""

    answer: Answer = Answer.UNCLEAR
    emergency: bool = False


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
        # Our own sentences promise the English words, whatever the call's language is.
        answer = Answer.WITHDRAW
    return Reading(answer, is_emergency(text, language))
