"""What a caller says of who they are, carried out: confirmed, or recognised no more."""

from __future__ import annotations

from collections import deque
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

_MOST_BEFORE: Final = 16
"""Turns of a voice that is not recognised yet: who gives a name does it early."""


class Claims:
    """Hears every turn of a call. Called from the call's own task, one at a time.

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
        self._before: deque[Exchange] = deque(maxlen=_MOST_BEFORE)
        self._denied: set[str] = set()

    async def heard(self, turn: Turn, *, live: bool = True) -> None:
        """Either side spoke. ``live``: there is still an agent to be told."""
        if turn.speaker == "agent":
            self._asked = turn
            return
        exchange, self._asked = Exchange(self._asked, turn), None
        caller = self._known.recognised
        if caller is None:
            self._before.append(exchange)
        elif caller.name is not None:
            claim = await read_claim([exchange], self._language, caller.name)
            if claim is Claim.IS_NOT:
                await self._is_not(caller.caller_id, live=live)
            elif claim is Claim.IS:
                await self.confirm(caller)

    async def said_before(self, caller: Caller) -> Claim:
        """What the voice said before it was found to be this caller's; a denial bars the recognition."""
        exchanges = list(self._before)
        self._before.clear()
        name = self._known.named(caller).name
        if name is None or not exchanges:
            return Claim.NONE
        claim = await read_claim(exchanges, self._language, name)
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

    def another_voice(self) -> None:
        """What one voice said is not another's."""
        self._before.clear()
        self._asked = None

    def drop(self) -> None:
        """The call is over."""
        self.another_voice()
        self._denied.clear()

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
