"""Withdrawal: "forget my voice", at any moment, in one utterance, without a second question."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from typing import Final, Literal

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

__all__ = ["Withdrawal", "suspension_of"]

logger = logging.getLogger("opusagent_voiceprint")

_SUSPENDED: Final = "suspended:"

Outcome = Literal["deleted", "deletion_pending", "noted"]
WithdrawalLine = Literal[
    "withdrawn", "withdrawn_in_part", "withdrawal_noted", "withdrawal_pending", "withdrawal_suspended"
]


def suspension_of(phone_link: str) -> str:
    """The note under which a number stands whose caller withdrew without being recognised.

    Nobody is recognised on calls from it, and whose voiceprint is to be erased is for a person to review.
    """
    return f"{_SUSPENDED}{phone_link}"


class Withdrawal:
    """Erases the caller of a call, and sees to it that this number is not asked again.

    ``forget_call`` has nothing of the call kept or listened to any more, once it is clear who withdrew.
    """

    def __init__(
        self,
        call: Call,
        shared: Shared,
        known: KnownCaller,
        *,
        phone_link: str | None,
        language: str,
        forget_call: Callable[[], None],
    ) -> None:
        self._call = call
        self._shared = shared
        self._known = known
        self._phone_link = phone_link
        self._language = language
        self._gallery = shared.models.of(language).gallery
        self._forget_call = forget_call
        self.at = 0.0
        """When it was asked for, in seconds of the call's speech."""
        self.requested = False
        """Asked for while it was not known whose voice it is."""
        self.outcome: Outcome | None = None
        """What became of it, so far."""

    async def erase(self, caller_id: str, *, speak: bool) -> None:
        """Erase, tell, confirm. From the first line on the caller is recognised no more, whatever fails."""
        self._shared.follower.erasing(caller_id)
        self._known.forget()
        self._forget_call()
        erased = await self._erase(caller_id)
        self.outcome = "deleted" if erased else "deletion_pending"
        await self._known.retract()
        await self._shared.hooks.call_all("voiceprint_forgotten", caller_id=caller_id)
        await self._shared.hooks.call_all("voiceprint_consent", call=self._call, record=self._record())
        line: WithdrawalLine = "withdrawn" if erased else "withdrawal_pending"
        if self._phone_link is not None:
            await self._note(self._phone_link)
            if await self._may_be_kept_elsewhere(self._phone_link, caller_id):
                await self._note(suspension_of(self._phone_link))
                line = "withdrawn_in_part" if erased else line
            elif self.requested:
                await self._lift_suspension(self._phone_link)
        self.requested = False
        if speak:
            await self._say(line)

    async def request(self, *, speak: bool) -> None:
        """It is not known whose voice it is. If it becomes known on this call, it is erased then."""
        self.requested = True
        self.outcome = "noted"
        line: WithdrawalLine = "withdrawal_noted"
        if self._phone_link is not None:
            await self._note(self._phone_link)
            if await self._note(suspension_of(self._phone_link)):
                line = "withdrawal_suspended"
                logger.warning(
                    "call %s: a caller who was not recognised withdrew; nobody is recognised from this "
                    "number until it is reviewed",
                    self._call.id,
                )
        if speak:
            await self._say(line)

    async def _erase(self, caller_id: str) -> bool:
        try:
            await self._shared.records.erase(caller_id)
        except StorageError as exc:
            log_failure(self._call.id, "an erasure failed and will be repeated", exc)
            return False
        with contextlib.suppress(StorageError):  # then the follower finds it erased already
            await self._shared.records.aside(lambda: self._shared.follower.erased(caller_id))
        return True

    async def _may_be_kept_elsewhere(self, phone_link: str, erased_id: str) -> bool:
        """Whether the number has a record whose voice this one cannot be compared with.

        It may be the same person's, from before a change of encoder or in another language's.
        """
        gallery, found = self._gallery, False
        try:
            for caller_id in await self._shared.records.ids_by_phone(phone_link):
                caller = await self._shared.records.get(caller_id) if caller_id != erased_id else None
                if (
                    caller is None
                    or not caller.voiceprints
                    or any(map(gallery.backend.fits, caller.voiceprints))
                ):
                    continue
                found = True
                logger.warning(
                    "call %s: its caller withdrew; caller %s has the same number and voiceprints of another "
                    "encoder: review whether it is the same person's and is to be erased",
                    self._call.id,
                    caller_id,
                )
        except StorageError as exc:
            log_failure(self._call.id, "it is not known whether the number has other records", exc)
        return found

    async def _note(self, subject: str) -> bool:
        try:
            await self._shared.records.remember_refusal(DoNotAsk(subject=subject, until=None))
        except StorageError as exc:
            log_failure(self._call.id, "a withdrawal could not be remembered beyond this call", exc)
            return False
        return True

    async def _lift_suspension(self, phone_link: str) -> None:
        try:
            await self._shared.records.allow_asking(suspension_of(phone_link))
        except StorageError as exc:
            log_failure(self._call.id, "a number stays suspended although its caller was erased", exc)

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
