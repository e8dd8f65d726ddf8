"""One entry of the consent ledger: a consent was given, taken back or erased. Nothing personal."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import date, timezone
from enum import Enum
from typing import Final, Literal

from pydantic import Field

from opusagent_voiceprint.models import (
    Caller,
    ConsentDecision,
    ConsentEvidence,
    ConsentRecord,
    Purpose,
    Record,
    utc_now,
)

__all__ = [
    "GENESIS",
    "UNREADABLE",
    "ErasureReason",
    "LedgerEntry",
    "LedgerEvent",
    "commitment_of",
    "consent_entries",
    "erasure_entry",
    "imported_entries",
]

GENESIS: Final = "0" * 64
"""What stands for the hash before the first entry."""

UNREADABLE: Final = "unreadable"
"""What stands for the hash of an entry that could not be read when the next one was written."""

ErasureReason = Literal["withdrawn", "expired", "operator", "undone", "application", "followed", "finished"]
"""Why a caller was erased: at their word, after the time, by an operator, because the enrollment could not be
confirmed, by the application, because they were erased from the store that they came from; or an erasure that
was cut short was finished by whoever read the record."""


class LedgerEvent(str, Enum):
    """What an entry says."""

    GRANTED = "granted"
    WITHDRAWN = "withdrawn"
    RETRACTED = "retracted"
    """The record of a consent was taken out again: it had come too late to be confirmed, say."""
    IMPORTED = "imported"
    """A consent came with a caller from another store, or from a backup."""
    ERASED = "erased"


class LedgerEntry(Record):
    """One entry. Each names the hash of the one before, so that none can be removed or changed unseen.

    ``subject`` is a caller's id, which has to be opaque: nothing can be read from it once they are erased.
    ``commitment`` is a keyed hash of the whole consent record, with the answer's words, the call and the very
    moment: the key is in the record, so that who has the record can prove that it is the one, and nobody can
    guess at it when it is gone. ``decided_on`` is the day on which the caller answered, ``on`` the one of the
    entry, in UTC: by the second either could be found in somebody's list of calls.
    """

    sequence: int = Field(ge=1)
    previous: str
    on: date
    event: LedgerEvent
    subject: str
    purpose: Purpose | None = None
    decided_on: date | None = None
    evidence: ConsentEvidence | None = None
    policy_version: str = ""
    wording_version: str = ""
    wording_hash: str = ""
    language: str = ""
    channel: str = ""
    played_to_end: bool = False
    covers_later_calls: bool = False
    commitment: str = ""
    reason: str = ""
    erased: dict[str, int] = Field(default_factory=dict)
    """How many of what: voiceprints, consents, facts, summaries, phone links, keys."""

    @property
    def hash(self) -> str:
        """SHA-256, in hex, of the entry as JSON with sorted keys; what the next one has as ``previous``."""
        text = json.dumps(self.as_data(), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def as_data(self) -> dict[str, object]:
        """The entry as it is hashed and exported: what is not set is left out."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def placed(self, sequence: int, previous: str) -> LedgerEntry:
        """This entry at its place in the chain."""
        return self.model_copy(update={"sequence": sequence, "previous": previous})


def commitment_of(consent: ConsentRecord) -> str:
    """A keyed hash of a consent record. Its random id is the key, and is nowhere but in the record."""
    data = consent.model_dump(mode="json", exclude_defaults=True, exclude={"consent_id", "at"})
    data["at"] = consent.at.astimezone(timezone.utc).isoformat(timespec="microseconds")
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hmac.new(consent.consent_id.encode(), text.encode(), hashlib.sha256).hexdigest()


def consent_entries(before: Caller | None, after: Caller) -> list[LedgerEntry]:
    """What a change of a caller means for the ledger, in order; not placed yet."""
    old = {commitment_of(each): each for each in before.consents} if before is not None else {}
    new = {commitment_of(each): each for each in after.consents}
    gone = [
        _entry(LedgerEvent.RETRACTED, after.caller_id, each, commitment)
        for commitment, each in old.items()
        if commitment not in new
    ]
    come = [
        _entry(_EVENTS[each.decision], after.caller_id, each, commitment)
        for commitment, each in new.items()
        if commitment not in old
    ]
    return gone + come


def imported_entries(caller: Caller, known: Sequence[str] | set[str]) -> list[LedgerEntry]:
    """Entries for those of a caller's consents whose commitments are not ``known``; not placed yet."""
    consents = {commitment_of(each): each for each in caller.consents}
    return [
        _entry(LedgerEvent.IMPORTED, caller.caller_id, each, commitment)
        for commitment, each in consents.items()
        if commitment not in known
    ]


def erasure_entry(
    caller_id: str, caller: Caller | None, *, reason: ErasureReason, has_key: bool
) -> LedgerEntry:
    """What the ledger keeps of an erasure; ``caller`` is None where the record could not be read."""
    erased = {"keys": 1} if has_key else {}
    if caller is not None:
        counts = {
            "voiceprints": len(caller.voiceprints),
            "consents": len(caller.consents),
            "facts": len(caller.memory.facts),
            "summaries": len(caller.memory.summaries),
            "phone_links": len(caller.phone_links),
        }
        erased.update({what: count for what, count in counts.items() if count})
    return LedgerEntry(
        sequence=1,
        previous=GENESIS,
        on=utc_now().date(),
        event=LedgerEvent.ERASED,
        subject=caller_id,
        reason=reason,
        erased=erased,
    )


_EVENTS: Final = {
    ConsentDecision.GRANTED: LedgerEvent.GRANTED,
    ConsentDecision.WITHDRAWN: LedgerEvent.WITHDRAWN,
}


def _entry(event: LedgerEvent, caller_id: str, consent: ConsentRecord, commitment: str) -> LedgerEntry:
    return LedgerEntry(
        sequence=1,
        previous=GENESIS,
        on=utc_now().date(),
        event=event,
        subject=caller_id,
        purpose=consent.purpose,
        decided_on=consent.at.astimezone(timezone.utc).date(),
        evidence=consent.evidence,
        policy_version=consent.policy_version,
        wording_version=consent.wording_version,
        wording_hash=consent.wording_hash,
        language=consent.language,
        channel=consent.channel,
        played_to_end=consent.played_to_end,
        covers_later_calls=consent.covers_later_calls,
        commitment=commitment,
    )
