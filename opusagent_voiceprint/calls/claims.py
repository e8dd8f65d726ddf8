"""What a caller says of who they are, carried out: confirmed, or recognised no more."""

from __future__ import annotations

from typing import Final

from opusagent_hooks import AgentError, Turn
from opusagent_voiceprint.assurance import Assurance
from opusagent_voiceprint.calls.assurance import Vouched
from opusagent_voiceprint.calls.context import log_failure
from opusagent_voiceprint.calls.parts import CallParts
from opusagent_voiceprint.calls.reading import Exchange, read_claim
from opusagent_voiceprint.consent.identity import Claim
from opusagent_voiceprint.memory import verification_notice
from opusagent_voiceprint.models import Caller, Decision

__all__ = ["Claims"]

_MOST_KEPT: Final = 100
"""Turns of one voice, of the oldest as of the latest: who is not the caller may say so early or late."""

_TURNS_NAMED: Final = 3
"""For how many of the caller's turns it counts that the agent used the name."""

_MOST_EARLIER: Final = 8


class Claims:
    """Hears every turn of a call. :meth:`noted`, :meth:`lapse_if_denied` and :meth:`another_voice` are called
    as things come in; all else from the call's own task, one at a time.

    What a voice said before it was recognised counts as well: :meth:`said_before`. Nobody is recognised again
    on this call as whom somebody denied to be: who hands the phone back and forth cannot be told apart.
    """

    def __init__(self, parts: CallParts) -> None:
        self._call = parts.call
        self._shared = parts.shared
        self._language = parts.language
        self._known = parts.known
        self._offers = parts.offers
        self._attempts = parts.attempts
        self._asked: Turn | None = None
        self._earlier: list[tuple[Turn, int]] = []
        self._said: list[Exchange] = []
        self._denied: set[str] = set()
        self._voice_since: float | None = None
        self._may_be_the_voice_before = False

    def noted(self, turn: Turn) -> Exchange | None:
        """Either side spoke: a caller's turn with all that it is to be read with."""
        if turn.speaker == "agent":
            if self._asked is not None:
                self._earlier.append((self._asked, 0))
            self._asked = turn
            return None
        earlier = tuple(each for each, _ in self._earlier)
        exchange = Exchange(self._asked, turn, earlier, self._is_the_present_voice(turn))
        if self._asked is not None:
            self._earlier.append((self._asked, 0))
            self._asked = None
        still = [(each, turns + 1) for each, turns in self._earlier if turns + 1 < _TURNS_NAMED]
        self._earlier = still[-_MOST_EARLIER:]
        self._said.append(exchange)
        if len(self._said) > 2 * _MOST_KEPT:
            del self._said[_MOST_KEPT]
        return exchange

    async def lapse_if_denied(self, exchange: Exchange | None) -> None:
        """A denial counts when it is said, whatever this call is busy with; the rest of it follows."""
        caller = self._known.taken_for
        if exchange is None or caller is None or await self._read(exchange, caller) is not Claim.IS_NOT:
            return
        if self._known.evidence.now.caller_id == caller.caller_id:
            self._known.lapse()

    async def heard(self, exchange: Exchange | None, *, live: bool = True) -> None:
        """The caller spoke, or the agent (None). ``live``: there is still an agent to be told."""
        # Not only while it is known whose voice this is: what was said before a change of voice counts.
        caller = self._known.taken_for
        if exchange is None or caller is None:
            return
        claim = await self._read(exchange, caller)
        if claim is Claim.IS_NOT:
            await self._is_not(caller.caller_id, live=live)
        elif claim is Claim.IS:
            await self.confirm(caller)

    async def said_before(self, caller: Caller) -> Claim:
        """What the voice said so far; a denial bars its recognition as this caller's."""
        name = self._known.named(caller).name
        if name is None or not self._said:
            return Claim.NONE
        claim = await read_claim(list(self._said), self._language, name)
        if claim is Claim.IS_NOT:
            self._denied.add(caller.caller_id)
        return claim

    def denied(self, caller_id: str) -> bool:
        """Whether somebody on this call said that they are not this caller."""
        return caller_id in self._denied

    async def confirm(self, caller: Caller) -> None:
        """The recognised caller said in person who they are."""
        if self._known.confirm(caller.caller_id):
            await self._raised(Assurance.CONFIRMED)

    async def vouched(self, item: Vouched) -> None:
        """Tell the model and the plugins, unless it lapsed meanwhile."""
        verification = item.evidence.verification
        if self._known.evidence.now.caller_id != item.evidence.caller_id or verification is None:
            return
        if self._known.told:
            try:
                await self._known.tell(verification_notice(verification.method))
            except AgentError as exc:
                log_failure(self._call.id, "the model could not be told that the caller is verified", exc)
        await self._raised(Assurance.VERIFIED)

    def another_voice(self, at: float | None = None) -> None:
        """What one voice said is not another's. ``at``: when it was noticed, in seconds since the call began.

        What began before that may be the voice before: its transcript is still to come.
        """
        self._said.clear()
        self._earlier.clear()
        self._asked = None
        if at is not None:
            self._voice_since, self._may_be_the_voice_before = at, True

    def drop(self) -> None:
        """The call is over."""
        self.another_voice()
        self._denied.clear()

    async def _read(self, exchange: Exchange, caller: Caller) -> Claim:
        if caller.name is None:
            return Claim.NONE
        return await read_claim([exchange], self._language, caller.name)

    def _is_the_present_voice(self, turn: Turn) -> bool:
        if self._voice_since is None:
            return True
        if turn.at is not None:
            return turn.at >= self._voice_since
        doubtful, self._may_be_the_voice_before = self._may_be_the_voice_before, False
        return not doubtful

    async def _is_not(self, caller_id: str, *, live: bool) -> None:
        self._denied.add(caller_id)
        self._known.forget()
        # The voice is like the caller's all the same, so that it is not to be enrolled as somebody new.
        self._known.decide(Decision.AMBIGUOUS)
        self._offers.another_voice()
        self._attempts.disowned(caller_id)
        if live:  # before the plugins, which may take their time
            await self._known.retract()
        await self._shared.hooks.call_all("voiceprint_unknown", call=self._call)

    async def _raised(self, assurance: Assurance) -> None:
        caller = self._known.recognised
        if caller is not None and self._known.evidence.now.assurance >= assurance:
            await self._shared.hooks.call_all(
                "voiceprint_assurance", call=self._call, caller=caller, assurance=assurance
            )
