"""Enrollment on a call: from the voice that was heard to a caller ready to be stored."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from opusagent_voiceprint.calls.tracker import VoiceSample
from opusagent_voiceprint.matching import mean_embedding, one_voice
from opusagent_voiceprint.models import Caller, ConsentRecord, Voiceprint
from opusagent_voiceprint.settings import VoiceFingerprintConfig

__all__ = ["Readiness", "new_caller", "readiness"]

Readiness = Literal["ready", "too_little_speech", "too_poor", "two_voices"]


def readiness(sample: VoiceSample | None, settings: VoiceFingerprintConfig) -> Readiness:
    """Whether a voice can be enrolled, or what is missing."""
    if sample is None or sample.net_speech_seconds < settings.enrollment_duration:
        return "too_little_speech"
    if sample.quality < settings.min_audio_quality:
        return "too_poor"
    if not one_voice(sample.embeddings, sample.channel):
        return "two_voices"
    return "ready"


def new_caller(
    sample: VoiceSample,
    *,
    encoder_id: str,
    name: str | None,
    consent: ConsentRecord,
    phone_link: str | None,
    language: str,
    at: datetime,
) -> Caller:
    """A caller with one voiceprint and the consent to it: one record, stored as a whole or not at all."""
    stamp = at.isoformat(timespec="seconds")
    caller = Caller(
        name=name,
        created_at=at,
        last_seen=at,
        languages=[language],
        phone_links=[phone_link] if phone_link else [],
        consents=[consent],
    )
    voiceprint = Voiceprint(
        caller_id=caller.caller_id,
        embedding=mean_embedding(sample.embeddings),
        created_at=stamp,
        last_seen=stamp,
        encoder=encoder_id,
        channel=sample.channel,
        net_speech_seconds=round(sample.net_speech_seconds, 2),
        quality=round(sample.quality, 3),
    )
    return caller.model_copy(update={"voiceprints": [voiceprint]})
