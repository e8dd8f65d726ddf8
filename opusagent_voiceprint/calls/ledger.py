"""What a consent dialogue writes down: refusals, consents, and the caller they were given for."""

from __future__ import annotations

from datetime import timedelta

from opusagent_hooks import Call
from opusagent_voiceprint.calls.context import Shared, log_failure
from opusagent_voiceprint.calls.enrollment import new_caller
from opusagent_voiceprint.calls.tracker import VoiceSample
from opusagent_voiceprint.consent import ConsentScript
from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.models import (
    Caller,
    ConsentDecision,
    ConsentEvidence,
    ConsentRecord,
    DoNotAsk,
    Purpose,
)

__all__ = ["Ledger"]


class Ledger:
    """The store as the dialogue of one call writes to it. What fails is logged, and said by the result."""

    def __init__(self, call: Call, shared: Shared, *, language: str, phone_link: str | None) -> None:
        self._call = call
        self._shared = shared
        self._language = language
        self._phone_link = phone_link

    def consent(self, purpose: Purpose, answer: str, script: ConsentScript, *, played: bool) -> ConsentRecord:
        """The proof of a yes: what was asked in which words, and what was answered."""
        return ConsentRecord(
            purpose=purpose,
            decision=ConsentDecision.GRANTED,
            evidence=ConsentEvidence.CONVERSATION,
            at=self._shared.clock(),
            policy_version=self._shared.settings.policy_version,
            wording_version=script.version,
            wording_hash=script.hash,
            language=self._language,
            channel=self._call.platform,
            call_id=self._call.id,
            answer=answer[:400],
            played_to_end=played,
            covers_later_calls=script.covers_later_calls,
        )

    async def refuse(self, *, forever: bool) -> None:
        """Remember a no beyond this call, where there is a number to remember it by."""
        if self._phone_link is None:
            return
        until = None
        if not forever:
            until = self._shared.clock() + timedelta(days=self._shared.settings.refusal_days)
        try:
            await self._shared.records.remember_refusal(DoNotAsk(subject=self._phone_link, until=until))
        except StorageError as exc:
            log_failure(self._call.id, "a no could not be remembered beyond this call", exc)

    async def enroll(self, sample: VoiceSample, name: str | None, consent: ConsentRecord) -> Caller | None:
        """Store a caller with voiceprint and consent, wholly; None if that failed."""
        caller = new_caller(
            sample,
            call_id=self._call.id,
            name=name,
            consent=consent,
            phone_link=self._phone_link,
            language=self._language,
            at=self._shared.clock(),
        )
        try:
            return await self._shared.records.add(caller)
        except StorageError as exc:
            log_failure(self._call.id, "a caller who said yes could not be stored", exc)
            return None

    async def make_known(self, caller: Caller) -> None:
        """Have a caller who was stored recognised from the next call on, without waiting for the follower."""
        try:
            await self._shared.records.aside(lambda: self._shared.follower.put(caller))
        except StorageError as exc:
            log_failure(self._call.id, "a new voice will be known a moment later", exc)

    async def grant_memory(self, caller: Caller, consent: ConsentRecord) -> Caller | None:
        """Add the consent to memory; None if that failed, or the caller is there no more."""

        def add(caller: Caller) -> Caller:
            return caller.model_copy(update={"consents": [*caller.consents, consent]})

        def take_back(caller: Caller) -> Caller:
            kept = [each for each in caller.consents if each.consent_id != consent.consent_id]
            return caller.model_copy(update={"consents": kept})

        try:
            return await self._shared.records.change(caller.caller_id, add, undo=take_back)
        except StorageError as exc:
            log_failure(self._call.id, "a consent to memory could not be stored", exc)
            return None
