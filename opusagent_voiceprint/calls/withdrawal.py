"""Withdrawal: "forget my voice", at any moment, in one utterance, without a second question."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from typing import Literal

from opusagent_hooks import AgentError, Call
from opusagent_voiceprint.calls.context import Shared, log_failure
from opusagent_voiceprint.calls.identity import KnownCaller
from opusagent_voiceprint.calls.listening import Listening
from opusagent_voiceprint.calls.number import CallingNumber
from opusagent_voiceprint.calls.patience import Patience
from opusagent_voiceprint.consent import ConsentScript, english_script
from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.models import (
    Caller,
    ConsentDecision,
    ConsentEvidence,
    ConsentRecord,
    DoNotAsk,
    Purpose,
)
from opusagent_voiceprint.storage.reviews import Why, suspension, suspension_of

__all__ = ["Withdrawal"]

logger = logging.getLogger("opusagent_voiceprint")

Outcome = Literal["deleted", "deletion_pending", "noted"]
WithdrawalLine = Literal[
    "withdrawn",
    "withdrawn_in_part",
    "withdrawal_noted",
    "withdrawal_noted_unheard",
    "withdrawal_pending",
    "withdrawal_suspended",
    "withdrawal_suspended_unheard",
]


class Withdrawal:
    """Erases the caller of a call, and sees to it that this number is not asked again.

    ``forget_call`` has nothing of the call kept or listened to any more, once it is clear who withdrew. The
    confirmation waits for the store no longer than a reply may; what is not done by then is done later.
    """

    def __init__(
        self,
        call: Call,
        shared: Shared,
        known: KnownCaller,
        *,
        number: CallingNumber,
        listening: Listening,
        language: str,
        forget_call: Callable[[], None],
    ) -> None:
        self._call = call
        self._shared = shared
        self._known = known
        self._number = number
        self._listening = listening
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
        self._shared.arrears.erasing(caller_id)
        self._known.forget()
        self._forget_call()
        patience = Patience(self._shared.records.patience)
        erased = await self._erase(caller_id, patience)
        self.outcome = "deleted" if erased else "deletion_pending"
        await self._known.retract()
        await self._shared.hooks.call_all("voiceprint_forgotten", caller_id=caller_id)
        await self._shared.hooks.call_all("voiceprint_consent", call=self._call, record=self._record())
        line: WithdrawalLine = "withdrawn" if erased else "withdrawal_pending"
        if (link := self._number.link) is not None:
            await self._note(DoNotAsk(subject=link), patience)
            if await self._may_be_kept_elsewhere(link, caller_id, patience):
                await self._note(self._suspension(link, "older_record"), patience)
                line = "withdrawn_in_part" if erased else line
            elif self.requested:
                await self._lift_suspension(link, patience)
        self.requested = False
        if speak:
            await self._say(line)

    async def request(self, *, speak: bool) -> None:
        """It is not known whose voice it is. If it becomes known on this call, it is erased then."""
        self.requested = True
        self.outcome = "noted"
        # Nobody is told of a recognition that cannot come.
        hears = self._listening.goes_on
        line: WithdrawalLine = "withdrawal_noted" if hears else "withdrawal_noted_unheard"
        patience = Patience(self._shared.records.patience)
        if (link := self._number.link) is None:
            self._shared.arrears.suspend(self._call.from_number)
        else:
            await self._note(DoNotAsk(subject=link), patience)
            if await self._note(self._suspension(link, "not_recognised"), patience):
                line = "withdrawal_suspended" if hears else "withdrawal_suspended_unheard"
                logger.warning(
                    "call %s: a caller who was not recognised withdrew; nobody is recognised from this "
                    "number until it is reviewed",
                    self._call.id,
                )
        if speak:
            await self._say(line)

    async def _erase(self, caller_id: str, patience: Patience) -> bool:
        arrears, records = self._shared.arrears, self._shared.records
        try:
            await records.erase(caller_id, within=patience.left)
        except StorageError as exc:
            log_failure(self._call.id, "an erasure failed and will be repeated", exc)
            # Not waited for: the caller is told that it is tried again, and a disk may hang as well.
            records.aside_later(lambda: arrears.keep(caller_id))
            return False
        with contextlib.suppress(StorageError):  # then the follower finds it erased already
            await records.aside(lambda: arrears.erased(caller_id))
        return True

    async def _may_be_kept_elsewhere(self, phone_link: str, erased_id: str, patience: Patience) -> bool:
        """Whether the number has a record whose voice this one cannot be compared with.

        It may be the same person's, from before a change of encoder or in another language's.
        """
        gallery, access = self._gallery, self._shared.access

        def others() -> list[Caller]:
            ids = [each for each in access.store.ids_by_phone(phone_link) if each != erased_id]
            callers = (access.store.get(each) for each in ids)
            return [each for each in callers if each is not None and each.voiceprints]

        try:
            found = await self._shared.records.read(others, within=patience.left)
        except StorageError as exc:
            log_failure(self._call.id, "it is not known whether the number has other records", exc)
            return False
        other = [each for each in found if not any(map(gallery.backend.fits, each.voiceprints))]
        for caller in other:
            logger.warning(
                "call %s: its caller withdrew; caller %s has the same number and voiceprints of another "
                "encoder: review whether it is the same person's and is to be erased",
                self._call.id,
                caller.caller_id,
            )
        return bool(other)

    def _suspension(self, phone_link: str, why: Why) -> DoNotAsk:
        return suspension(phone_link, at=self._shared.clock(), why=why, call_id=self._call.id)

    async def _note(self, refusal: DoNotAsk, patience: Patience) -> bool:
        try:
            await self._shared.records.remember_refusal(refusal, within=patience.left)
        except StorageError as exc:
            log_failure(self._call.id, "a withdrawal could not be stored yet", exc)
            self._shared.arrears.note(refusal)
            return False
        return True

    async def _lift_suspension(self, phone_link: str, patience: Patience) -> None:
        suspension = suspension_of(phone_link)
        self._shared.arrears.forget_note(suspension)
        try:
            await self._shared.records.allow_asking(suspension, within=patience.left)
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
