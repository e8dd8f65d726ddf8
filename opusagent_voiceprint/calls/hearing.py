"""What the turns of a call are taken for: an answer to us, words to the agent, or a withdrawal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from opusagent_voiceprint.calls.claims import Claims
from opusagent_voiceprint.calls.parts import CallParts
from opusagent_voiceprint.calls.reading import Reading, Spoke
from opusagent_voiceprint.consent import Answer
from opusagent_voiceprint.consent.machine import Stage
from opusagent_voiceprint.models import Decision

__all__ = ["Hearing"]

_REFUSALS: Final = frozenset({Answer.NO, Answer.NOT_NOW, Answer.NEVER, Answer.MINOR, Answer.THIRD_PARTY})
_MAY_BE_TO_THE_AGENT: Final = frozenset({Answer.NO, Answer.NOT_NOW})


class Hearing:
    """Hears every turn of a call. Called from the call's own task, one at a time."""

    def __init__(self, parts: CallParts, claims: Claims, *, withdraw: Callable[[], Awaitable[None]]) -> None:
        self._language = parts.language
        self._known = parts.known
        self._offers = parts.offers
        self._dialogue = parts.dialogue
        self._transcript = parts.transcript
        self._claims = claims
        self._withdraw = withdraw

    async def heard(self, item: Spoke) -> None:
        """Either side spoke."""
        turn, reading = item.turn, await item.reading(self._language)
        # First: "I'm not Ada. Forget my voice." is not to have Ada erased.
        await self._claims.heard(item.exchange)
        to_us = acute = waits = False
        if turn.speaker == "caller":
            self._offers.hear(reading, item.received_at)
            if reading.answer is Answer.WITHDRAW:
                await self._withdraw()
                return
            to_us = self._is_to_us(reading)
            acute = reading.acute and not self._dialogue.gives_a_name(turn)
            waits = to_us and reading.only_asks_to_wait and self._dialogue.stage is not Stage.GRANTED
            if to_us and not (acute or waits):
                await self._dialogue.heard(turn, reading.answer, item.received_at)
                return
        else:
            self._dialogue.agent_spoke(turn)
        # Before the agent is given the floor, which may fail: nobody is asked in an emergency all the same.
        self._offers.note(turn, reading)
        self._transcript.add(turn)
        if acute:
            await self._dialogue.emergency(reading.answer if to_us else Answer.UNCLEAR)
        elif waits:
            await self._dialogue.put_off()
        elif (stage := self._refuses_late(item, reading)) is not None:
            await self._dialogue.refused_late(reading.answer, stage)
        elif turn.speaker == "caller" and not reading.only_asks_to_wait:
            await self._dialogue.went_on(turn)
        await self._dialogue.confirm()

    async def at_the_end(self, item: Spoke) -> None:
        """Either side spoke, and the call was over before it was heard: what lets go of something counts."""
        turn, reading = item.turn, await item.reading(self._language)
        await self._claims.heard(item.exchange, live=False)
        if turn.speaker == "caller" and reading.answer is Answer.WITHDRAW:
            await self._withdraw()
        elif turn.speaker == "caller" and reading.answer in _REFUSALS and self._is_to_us(reading):
            await self._dialogue.refused_late(reading.answer, self._dialogue.stage)
        elif (stage := self._refuses_late(item, reading)) is not None:
            await self._dialogue.refused_late(reading.answer, stage)
        else:
            self._transcript.add(turn)
            if turn.speaker == "agent":
                self._dialogue.agent_spoke(turn)
            elif not reading.only_asks_to_wait:
                await self._dialogue.went_on(turn)

    def _refuses_late(self, item: Spoke, reading: Reading) -> Stage | None:
        """To which question it is a no, if to one that was given up before the words were heard."""
        if item.turn.speaker != "caller" or reading.answer not in _REFUSALS:
            return None
        if self._dialogue.stage is not Stage.UNANSWERED:
            return None
        return item.stage if item.stage.under_way else self._dialogue.broken_off_at

    def _is_to_us(self, reading: Reading) -> bool:
        """Whether a caller's words answer us; where the agent has the floor again, only a no may."""
        stage, answer = self._dialogue.stage, reading.answer
        if stage.waits_for_caller or answer not in _REFUSALS:
            return stage.waits_for_caller
        plain = answer in _MAY_BE_TO_THE_AGENT
        if stage is Stage.COMPARING:
            # Until the voice is known or not, and a plain no only where the agent has said nothing since.
            to_us = not (plain and self._dialogue.agent_went_on)
            return to_us and self._known.decision is Decision.PENDING
        if stage is Stage.PUT_OFF:
            return not (plain and self._dialogue.agent_asked)
        return stage is Stage.COLLECTING
