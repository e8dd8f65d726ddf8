"""Whose voiceprints may be matched at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from opusagent_voiceprint.models import Caller, ConsentEvidence, Purpose
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage.compat import parse_time

__all__ = ["Standing", "expired", "may_be_matched", "standing"]

_CLOCKS_APART: Final = timedelta(minutes=5)
"""How far the clocks of the workers that write one store may be apart."""


class Standing(str, Enum):
    """Whether a caller may be matched, or why not.

    ``AHEAD_OF_CLOCK``: a time in the record lies in the future, so that a clock is or was wrong and nobody
    can tell how old the record is. It is not matched, and not purged either. ``EARLIER_POLICY``: the consent
    is to another ``VOICE_POLICY_VERSION``, or lacks the written release that ``VOICE_POLICY`` wants.
    """

    LIVE = "live"
    NO_CONSENT = "no_consent"
    EXPIRED = "expired"
    EARLIER_POLICY = "earlier_policy"
    AHEAD_OF_CLOCK = "ahead_of_clock"


def expired(caller: Caller, settings: VoiceFingerprintConfig, now: datetime) -> bool:
    """Whether a caller has not called for longer than ``VOICE_RETENTION_DAYS``."""
    return now - (caller.last_seen or caller.created_at) > timedelta(days=settings.retention_days)


def standing(caller: Caller, settings: VoiceFingerprintConfig, now: datetime) -> Standing:
    """How a caller stands at a time: consent in force, under the present policy, and not expired."""
    consent = caller.consent(Purpose.VOICEPRINT)
    if consent is None:
        return Standing.NO_CONSENT
    if expired(caller, settings, now):
        return Standing.EXPIRED
    if any(each > now + _CLOCKS_APART for each in _times(caller)):
        return Standing.AHEAD_OF_CLOCK
    # An application that vouches for a consent vouches for the policy that it was given under, too.
    vouched = consent.evidence is ConsentEvidence.APPLICATION
    released = bool(consent.release_reference) or not settings.jurisdiction.written_release
    if vouched or (consent.policy_version == settings.policy_version and released):
        return Standing.LIVE
    return Standing.EARLIER_POLICY


def may_be_matched(caller: Caller, settings: VoiceFingerprintConfig, now: datetime) -> bool:
    """Whether a caller's standing is ``LIVE``."""
    return standing(caller, settings, now) is Standing.LIVE


def _times(caller: Caller) -> Iterator[datetime]:
    """Every time that the age of what is kept is reckoned from."""
    yield caller.created_at
    if caller.last_seen is not None:
        yield caller.last_seen
    yield from (record.at for record in caller.consents)
    for voiceprint in caller.voiceprints:
        if (made := parse_time(voiceprint.created_at)) is not None:
            yield made
