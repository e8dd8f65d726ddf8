"""Enrollment on a call: from the voice that was heard to a caller ready to be stored."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from opusagent_voiceprint.calls.tracker import VoiceSample
from opusagent_voiceprint.consent.machine import Line
from opusagent_voiceprint.matching import one_voice
from opusagent_voiceprint.models import Caller, ConsentRecord, Voiceprint
from opusagent_voiceprint.settings import VoiceFingerprintConfig

__all__ = ["WORDS_FOR", "Grant", "Readiness", "log_not_ready", "new_caller", "new_voiceprint", "readiness"]

logger = logging.getLogger("opusagent_voiceprint")

Readiness = Literal["ready", "too_little_speech", "agents_voice", "too_poor", "two_voices"]

WORDS_FOR: Final[Mapping[Readiness, Line]] = {
    "too_little_speech": "keep_talking",
    "too_poor": "poor_line",
    "agents_voice": "agents_voice",
    "two_voices": "two_voices",
}
"""What a caller who agreed is told, if a voice cannot be enrolled."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A yes whose enrollment is to follow: of this voice of the call, and of no other.

    ``renews``: it may be the new yes of a caller who agreed to an earlier policy.
    """

    name: str | None = field(repr=False)
    record: ConsentRecord = field(repr=False)
    renews: bool


def readiness(sample: VoiceSample | None, settings: VoiceFingerprintConfig) -> Readiness:
    """Whether a voice can be enrolled, or what is missing."""
    if sample is None or sample.net_speech_seconds < settings.enrollment_duration:
        return "too_little_speech"
    if sample.of_agent:
        return "agents_voice"
    if sample.quality < settings.min_audio_quality:
        return "too_poor"
    if not one_voice(sample.embeddings, sample.encoder_id, sample.probe.snr_db):
        return "two_voices"
    return "ready"


def log_not_ready(call_id: str, what: str, why: Readiness) -> None:
    """One line for whoever wonders why a caller who agreed is not enrolled."""
    logger.info("call %s: %s: %s", call_id, what, why.replace("_", " "))


def new_caller(
    sample: VoiceSample,
    *,
    call_id: str,
    name: str | None,
    consent: ConsentRecord,
    phone_link: str | None,
    language: str,
    at: datetime,
) -> Caller:
    """A caller with one voiceprint and the consent to it: one record, stored as a whole or not at all."""
    caller = Caller(
        name=name,
        created_at=at,
        last_seen=at,
        languages=[language],
        phone_links=[phone_link] if phone_link else [],
        consents=[consent],
    )
    voiceprint = new_voiceprint(sample, caller.caller_id, call_id=call_id, source="conversation", at=at)
    return caller.model_copy(update={"voiceprints": [voiceprint]})


def new_voiceprint(
    sample: VoiceSample,
    caller_id: str,
    *,
    call_id: str,
    source: Literal["conversation", "progressive"],
    at: datetime,
) -> Voiceprint:
    """A voiceprint of the voice that was heard."""
    stamp, probe = at.isoformat(timespec="seconds"), sample.probe
    return Voiceprint(
        caller_id=caller_id,
        embedding=probe.embedding,
        created_at=stamp,
        last_seen=stamp,
        encoder=sample.encoder_id,
        channel=probe.channel,
        net_speech_seconds=round(sample.net_speech_seconds, 2),
        quality=round(sample.quality, 3),
        wide_embedding=probe.wide_embedding,
        wide_encoder=sample.wide_encoder_id if probe.wide_embedding is not None else "",
        snr_db=round(probe.snr_db, 1),
        source=source,
        call_id=call_id,
    )
