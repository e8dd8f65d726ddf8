"""What words on a call mean to the consent dialogue, read off the event loop when they are many."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from opusagent_hooks import Turn
from opusagent_voiceprint.consent import (
    Answer,
    asks_to_be_remembered,
    interpret,
    is_acute,
    is_emergency,
    puts_on_hold,
)
from opusagent_voiceprint.consent.identity import Addressed, Claim, addressed, asks_something_else, claim_of
from opusagent_voiceprint.consent.states import Stage

__all__ = ["Exchange", "Reading", "Spoke", "read", "read_claim"]

T = TypeVar("T")

_AT_ONCE: Final = (
    30  # characters: what the call's grammar and the English one read in well under a millisecond
)


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer, and whether the words tell of an emergency, ask to be remembered, or ask to wait.

    ``acute``: of one that is happening this moment.
    """

    answer: Answer = Answer.UNCLEAR
    emergency: bool = False
    request: bool = False
    hold: bool = False
    acute: bool = False

    @property
    def only_asks_to_wait(self) -> bool:
        """Whether the words ask to wait, and answer nothing."""
        return self.hold and self.answer is Answer.UNCLEAR


@dataclass(slots=True)
class Spoke:
    """A turn, which came in ``received_at`` on the event loop's clock, when our dialogue was at ``stage``."""

    turn: Turn = field(repr=False)
    stage: Stage
    received_at: float
    exchange: Exchange | None = None
    _reading: Reading | None = None

    async def reading(self, language: str) -> Reading:
        """What it means, read once. Of the agent's words only whether they ask the caller to wait counts."""
        text = self.turn.text
        if self._reading is None and self.turn.speaker == "caller":
            self._reading = await read(text, language, asked=self.stage.waits_for_caller)
        elif self._reading is None:
            self._reading = await _off_the_loop(text, lambda: Reading(hold=_hold(text, language)))
        return self._reading


async def read(text: str, language: str, *, asked: bool) -> Reading:
    """Read a caller's words. ``asked``: a question of ours is open."""
    return await _off_the_loop(text, lambda: _read(text, language, asked))


@dataclass(slots=True, eq=False)
class Exchange:
    """A caller's turn, and what the agent said directly before it, if anything.

    ``earlier`` is what else the agent said up to a few of the caller's turns before. ``may_confirm``: the
    turn is the present voice's beyond doubt.
    """

    agent: Turn | None = field(repr=False)
    caller: Turn = field(repr=False)
    earlier: tuple[Turn, ...] = field(default=(), repr=False)
    may_confirm: bool = True
    _read: tuple[str, Claim] | None = field(default=None, repr=False)

    def claim(self, language: str, name: str) -> Claim:
        """What it says of being the person of this name; read once, off the event loop."""
        if self._read is None or self._read[0] != name:
            found = _claim(self, language, name)
            self._read = name, Claim.NONE if found is Claim.IS and not self.may_confirm else found
        return self._read[1]


async def read_claim(exchanges: Sequence[Exchange], language: str, name: str) -> Claim:
    """What a caller says of being the person of this name. One denial outweighs everything."""
    claims = await asyncio.to_thread(lambda: {each.claim(language, name) for each in exchanges})
    return next((each for each in (Claim.IS_NOT, Claim.IS) if each in claims), Claim.NONE)


def _claim(exchange: Exchange, language: str, name: str) -> Claim:
    agent, turn = exchange.agent, exchange.caller
    after, early = Addressed.NOT, None
    if agent is not None:
        after = addressed(agent.text, language, name, interrupted=agent.interrupted)
        early = None if turn.at is None or agent.at is None else turn.at < agent.at
    if after is Addressed.NOT and any(
        addressed(each.text, language, name) is not Addressed.NOT for each in exchange.earlier
    ):
        asked_else = agent is not None and asks_something_else(agent.text, language)
        after = Addressed.QUESTIONED if asked_else else Addressed.NAMED
    return claim_of(turn.text, language, name, after=after, early=early)


async def _off_the_loop(text: str, read_it: Callable[[], T]) -> T:
    return read_it() if len(text) <= _AT_ONCE else await asyncio.to_thread(read_it)


def _hold(text: str, language: str) -> bool:
    return puts_on_hold(text, language) or (not _is_english(language) and puts_on_hold(text, "en"))


def _is_english(language: str) -> bool:
    return language.lower().startswith("en")


def _read(text: str, language: str, asked: bool) -> Reading:
    answer = interpret(text, language, asked=asked)
    english = _is_english(language)
    if (
        not english
        and answer is not Answer.WITHDRAW
        and interpret(text, "en", asked=asked) is Answer.WITHDRAW
    ):
        # Somebody who was told the English words may say them on a call in any language.
        answer = Answer.WITHDRAW
    request = asks_to_be_remembered(text, language)
    # Of the English words only the narrow ones: a "police" is a contract in French.
    acute = is_acute(text, language) or (not english and is_acute(text, "en"))
    emergency = acute or is_emergency(text, language)
    return Reading(answer, emergency, request, _hold(text, language), acute)
