"""What a consent dialogue writes down: refusals, consents, and the caller they were given for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import timedelta
from typing import Any

from opusagent_hooks import Call
from opusagent_voiceprint.calls.context import Shared, log_failure
from opusagent_voiceprint.calls.enrollment import new_caller
from opusagent_voiceprint.calls.number import CallingNumber
from opusagent_voiceprint.calls.renewal import renewed_caller, same_voice, without_consent
from opusagent_voiceprint.calls.tracker import VoiceSample
from opusagent_voiceprint.consent import ConsentScript
from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.models import (
    Caller,
    ConsentDecision,
    ConsentEvidence,
    ConsentRecord,
    DoNotAsk,
    Memory,
    Purpose,
)

__all__ = ["Ledger"]


class Ledger:
    """The store as the dialogue of one call writes to it. What fails is logged, and said by the result."""

    def __init__(self, call: Call, shared: Shared, *, language: str, number: CallingNumber) -> None:
        self._call = call
        self._shared = shared
        self._language = language
        self._number = number
        self._set_aside = Memory()  # kept under an earlier policy, until its own question is answered
        self.release_reference = ""
        """Where the release is that this caller signed, if one has to be."""

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
            release_reference=self.release_reference if purpose is Purpose.VOICEPRINT else "",
        )

    async def refuse(self, *, forever: bool) -> None:
        """Remember a no beyond this call, where there is a number to remember it by.

        What the store does not take while a reply may wait, it is given later.
        """
        link, records = self._number.link, self._shared.records
        if link is None:
            return
        until = None
        if not forever:
            until = self._shared.clock() + timedelta(days=self._shared.settings.refusal_days)
        refusal = DoNotAsk(subject=link, until=until)
        try:
            await records.remember_refusal(refusal, within=records.patience)
        except StorageError as exc:
            log_failure(self._call.id, "a no could not be stored yet", exc)
            self._shared.arrears.note(refusal)

    async def enroll(
        self, sample: VoiceSample, name: str | None, consent: ConsentRecord, *, renews: bool
    ) -> Caller | None:
        """Store a caller with voiceprint and consent, wholly; None if that failed.

        With ``renews``, a caller of this number who agreed to an earlier policy and whose voice this is keeps
        profile and voiceprints under the new consent.
        """
        if renews and (former := await self._former_caller(sample)) is not None:
            return await self._renew(former, name, consent)
        caller = new_caller(
            sample,
            call_id=self._call.id,
            name=name,
            consent=consent,
            phone_link=self._number.link,
            language=self._language,
            at=self._shared.clock(),
        )

        def unsure(write: Future[Any]) -> None:
            # The store may have it all the same, or in a moment, and the caller is told that it has not.
            self._shared.arrears.landing(caller.caller_id, write)
            self._shared.records.aside_later(lambda: self._shared.arrears.keep(caller.caller_id))

        try:
            return await self._shared.records.add(caller, unsure=unsure)
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

        set_aside = self._set_aside

        def add(caller: Caller) -> Caller:
            if consent in caller.consents:
                return caller  # by a write whose answer was lost
            memory = caller.memory or set_aside
            return caller.model_copy(update={"consents": [*caller.consents, consent], "memory": memory})

        try:
            changed = await self._shared.records.change(
                caller.caller_id, add, unsure=self._taken_back(caller.caller_id, consent)
            )
        except StorageError as exc:
            log_failure(self._call.id, "a consent to memory could not be stored", exc)
            return None
        self._set_aside = Memory()
        return changed

    def drop(self) -> None:
        """The call is over: what was remembered under an earlier policy, and not agreed to again, is gone."""
        self._set_aside, self.release_reference = Memory(), ""

    async def _former_caller(self, sample: VoiceSample) -> Caller | None:
        """The number's caller under an earlier policy whose voice this is. Asked only after a yes."""
        record, shared = self._number.record, self._shared
        ids = record.renewable if record is not None else ()
        try:
            return await shared.records.read(lambda: same_voice(ids, sample, shared, self._language))
        except StorageError as exc:
            log_failure(self._call.id, "who agreed to an earlier policy could not be read", exc)
            return None

    async def _renew(self, former: Caller, name: str | None, consent: ConsentRecord) -> Caller | None:
        """Add the new consent to a caller. What was remembered waits for a yes to its own question.

        Until then it is out of the store, so that nothing said or not said can have it kept.
        """
        before: list[Caller] = []

        def add(caller: Caller) -> Caller:
            if consent in caller.consents:
                return caller  # by a write whose answer was lost
            before[:] = [caller]
            return renewed_caller(caller, name, consent)

        unsure = self._taken_back(former.caller_id, consent, before)
        try:
            changed = await self._shared.records.change(former.caller_id, add, unsure=unsure)
        except StorageError as exc:
            log_failure(self._call.id, "a caller who said yes again could not be stored", exc)
            return None
        if changed is not None:
            self._set_aside = before[-1].memory
        return changed

    def _taken_back(
        self, caller_id: str, consent: ConsentRecord, before: Sequence[Caller] = ()
    ) -> Callable[[Future[Any]], None]:
        """Has a consent that may have been stored all the same taken back, with what came with it."""

        def unsure(write: Future[Any]) -> None:
            self._shared.arrears.changes.note(
                caller_id, write, lambda caller: without_consent(caller, consent, before)
            )

        return unsure
