"""Enrollment on a call: from the voice that was heard to a caller ready to be stored."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from opusagent_voiceprint.calls.tracker import VoiceSample, mean_embedding
from opusagent_voiceprint.models import Caller, ConsentRecord, Embedding, Voiceprint
from opusagent_voiceprint.settings import VoiceFingerprintConfig

__all__ = ["Readiness", "new_caller", "one_voice", "readiness"]

Readiness = Literal["ready", "too_little_speech", "too_poor", "two_voices"]

_SAME_SPEAKER: Final = {"wide": 0.72, "narrow": 0.75}
"""The least cosine between the two sides of any split of one speaker's speech.

From benchmarks/operating_points.py: 1 % of recordings of one speaker have a split below 0.74 (wide) and 0.76
(telephone); most of two speakers one below 0.66 and 0.79. Cautious towards false alarms: the watch on the
voice and the later calls are there too.
"""


def one_voice(embeddings: Embedding, channel: str) -> bool:
    """Whether windows of shape (windows, dimension) hold one speaker only.

    No split of them into a first and a second part, of two windows at least, may look like two people.
    """
    return all(
        float(mean_embedding(embeddings[:cut]) @ mean_embedding(embeddings[cut:])) >= _SAME_SPEAKER[channel]
        for cut in range(2, len(embeddings) - 1)
    )


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
