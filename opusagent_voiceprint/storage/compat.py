"""Flat voiceprints, as OpusAgent's own voiceprint module knows them, to callers and back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Final

from opusagent_voiceprint.models import (
    Caller,
    ConsentDecision,
    ConsentEvidence,
    ConsentRecord,
    Purpose,
    Voiceprint,
    utc_now,
)

__all__ = ["HOW_TO_IMPORT", "add_voiceprint", "flat_voiceprints", "new_caller", "parse_time"]

HOW_TO_IMPORT: Final = (
    "its voiceprints come without a consent, so their callers have to be asked again. Where you have a "
    "record of their consent, see `opusagent-voiceprint storage migrate`"
)
"""What can be done with voiceprints of OpusAgent's own module."""


def new_caller(voiceprint: Voiceprint) -> Caller:
    """The caller of a voiceprint whose caller is not known yet; the voiceprint itself is not in it."""
    return Caller(
        caller_id=voiceprint.caller_id,
        metadata=dict(voiceprint.metadata),
        created_at=parse_time(voiceprint.created_at) or utc_now(),
    )


def add_voiceprint(
    caller: Caller, voiceprint: Voiceprint, *, limit: int, policy_version: str, renew: bool = False
) -> None:
    """Put a voiceprint into its caller, with the consent that the calling application vouches for.

    One with the same id is replaced where it stands; beyond ``limit`` those first added go. With ``renew`` a
    consent that an application vouched for under another policy version is vouched for again.
    """
    now = utc_now()
    kept = voiceprint.model_copy(deep=True)
    # What the caller's own metadata says already is not kept twice: a later change to it would be hidden.
    kept.metadata = {
        key: value
        for key, value in kept.metadata.items()
        if key not in caller.metadata or caller.metadata[key] != value
    }
    kept.created_at = kept.created_at or now.isoformat()
    ids = [known.voiceprint_id for known in caller.voiceprints]
    if kept.voiceprint_id in ids:
        caller.voiceprints[ids.index(kept.voiceprint_id)] = kept
    else:
        caller.voiceprints = [*caller.voiceprints, kept][-limit:]

    seen = parse_time(voiceprint.last_seen)
    if seen is not None and (caller.last_seen is None or caller.last_seen < seen):
        caller.last_seen = seen
    consent = caller.consent(Purpose.VOICEPRINT)
    is_outdated = (
        consent is not None
        and consent.evidence is ConsentEvidence.APPLICATION
        and consent.policy_version != policy_version
    )
    if consent is None or (renew and is_outdated):
        caller.consents.append(
            ConsentRecord(
                purpose=Purpose.VOICEPRINT,
                decision=ConsentDecision.GRANTED,
                evidence=ConsentEvidence.APPLICATION,
                at=now,
                policy_version=policy_version,
            )
        )


def flat_voiceprints(caller: Caller) -> Iterator[Voiceprint]:
    """Copies of a caller's voiceprints, each with the caller's metadata under its own, and last seen."""
    for voiceprint in caller.voiceprints:
        flat = voiceprint.model_copy(deep=True)
        flat.metadata = {**caller.metadata, **flat.metadata}
        if flat.last_seen is None and caller.last_seen is not None:
            flat.last_seen = caller.last_seen.isoformat()
        yield flat


def parse_time(text: str | None) -> datetime | None:
    """An ISO 8601 time; UTC if it does not say. None if it is none: applications may write what they like."""
    if not text:
        return None
    try:
        time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=timezone.utc)
