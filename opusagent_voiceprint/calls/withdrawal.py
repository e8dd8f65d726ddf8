"""Withdrawal: "forget my voice", at any moment, in one utterance, without a second question."""

from __future__ import annotations

from typing import Literal

from opusagent_hooks import AgentError, Call
from opusagent_voiceprint.calls.context import Shared, log_failure
from opusagent_voiceprint.calls.identity import KnownCaller
from opusagent_voiceprint.consent import ConsentScript, english_script
from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.models import (
    ConsentDecision,
    ConsentEvidence,
    ConsentRecord,
    DoNotAsk,
    Purpose,
)

__all__ = ["Withdrawal"]

WithdrawalLine = Literal["withdrawn", "withdrawal_noted", "withdrawal_pending", "nothing_to_withdraw"]


class Withdrawal:
    """Erases the caller of a call, and sees to it that this number is not asked again."""

    def __init__(
        self, call: Call, shared: Shared, known: KnownCaller, phone_link: str | None, language: str
    ) -> None:
        self._call = call
        self._shared = shared
        self._known = known
        self._phone_link = phone_link
        self._language = language
        self.requested = False
        """Asked for before it is known whose voice it is."""

    async def note(self, *, speak: bool) -> None:
        """Remember that it was asked for: the voice is not recognised yet, and may be in a moment."""
        self.requested = True
        if speak:
            await self._say("withdrawal_noted")

    async def carry_out(self, *, speak: bool) -> None:
        """Erase, tell, confirm. An erasure that the store refuses is repeated until it succeeds."""
        self.requested = False
        caller = self._known.caller
        line: WithdrawalLine = "nothing_to_withdraw"
        if caller is not None:
            line = "withdrawn" if await self._erase(caller.caller_id) else "withdrawal_pending"
            await self._known.release(tell_model=speak)
            await self._shared.hooks.call_all("voiceprint_forgotten", caller_id=caller.caller_id)
            await self._shared.hooks.call_all("voiceprint_consent", call=self._call, record=self._record())
        if self._phone_link is not None:
            try:
                await self._shared.records.remember_refusal(DoNotAsk(subject=self._phone_link, until=None))
            except StorageError as exc:
                log_failure(self._call.id, "a withdrawal could not be remembered beyond this call", exc)
        if speak:
            await self._say(line)

    async def _erase(self, caller_id: str) -> bool:
        records, gallery = self._shared.records, self._shared.gallery
        try:
            await records.aside(lambda: gallery.remove(caller_id))
            await records.erase(caller_id)
        except StorageError as exc:
            log_failure(self._call.id, "an erasure failed and will be repeated", exc)
            self._shared.follower.erase_later(caller_id)
            return False
        return True

    async def _say(self, line: WithdrawalLine) -> None:
        agent = self._call.agent
        try:
            await agent.take_floor()
            try:
                await agent.say(str(getattr(await self._script(), line)))
            finally:
                await agent.yield_floor()
        except AgentError as exc:
            log_failure(self._call.id, "a withdrawal was taken but not confirmed aloud", exc)

    async def _script(self) -> ConsentScript:
        script = await self._shared.hooks.call_first(
            "voiceprint_consent_script", call=self._call, language=self._language
        )
        if isinstance(script, ConsentScript):
            return script
        # Nobody is asked in this language, but whoever wants to be forgotten gets an answer.
        settings = self._shared.settings
        return english_script(settings.organization, settings.retention_days)

    def _record(self) -> ConsentRecord:
        return ConsentRecord(
            purpose=Purpose.VOICEPRINT,
            decision=ConsentDecision.WITHDRAWN,
            evidence=ConsentEvidence.CONVERSATION,
            at=self._shared.clock(),
            policy_version=self._shared.settings.policy_version,
            language=self._language,
            channel=self._call.platform,
            call_id=self._call.id,
        )
