"""Whose voiceprints may be matched at all."""

from __future__ import annotations

from datetime import datetime, timedelta

from opusagent_voiceprint.models import Caller, ConsentEvidence, Purpose
from opusagent_voiceprint.settings import VoiceFingerprintConfig

__all__ = ["expired", "may_be_matched"]


def expired(caller: Caller, settings: VoiceFingerprintConfig, now: datetime) -> bool:
    """Whether a caller has not called for longer than ``VOICE_RETENTION_DAYS``."""
    return now - (caller.last_seen or caller.created_at) > timedelta(days=settings.retention_days)


def may_be_matched(caller: Caller, settings: VoiceFingerprintConfig, now: datetime) -> bool:
    """Whether consent to the voiceprint is in force, under the present policy, and not expired."""
    consent = caller.consent(Purpose.VOICEPRINT)
    if consent is None or expired(caller, settings, now):
        return False
    # An application that vouches for a consent vouches for the policy that it was given under, too.
    vouched = consent.evidence is ConsentEvidence.APPLICATION
    return vouched or consent.policy_version == settings.policy_version
