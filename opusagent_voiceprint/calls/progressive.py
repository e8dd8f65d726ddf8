"""Progressive enrollment: a call of an enrolled caller that leaves a voiceprint of another line or day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from opusagent_voiceprint.calls.enrollment import new_voiceprint, readiness
from opusagent_voiceprint.calls.tracker import VoiceSample
from opusagent_voiceprint.matching import Gallery
from opusagent_voiceprint.models import Caller, Purpose, Voiceprint
from opusagent_voiceprint.settings import VoiceFingerprintConfig

__all__ = ["sounds_certain", "with_voiceprint"]

_HIGH_CONFIDENCE: Final = 0.95
"""Similarity, that is 3.7 nats above the operating point: one stranger in some hundred thousand."""


def sounds_certain(
    gallery: Gallery,
    sample: VoiceSample,
    caller_id: str,
    known: Collection[str],
    settings: VoiceFingerprintConfig,
) -> bool:
    """Whether all that was heard of a voice is a caller's beyond doubt. Searches the whole gallery.

    The best of all callers it has to be in any case; then with high confidence, or with confidence and on a
    number that is linked to the caller.
    """
    found = gallery.search(sample.probe, k=1)
    if not found or found[0][0] != caller_id:
        return False
    similarity = found[0][1]
    own_number = caller_id in known and similarity >= settings.similarity_threshold
    return own_number or similarity >= max(_HIGH_CONFIDENCE, settings.similarity_threshold)


def with_voiceprint(
    caller: Caller,
    sample: VoiceSample,
    *,
    call_id: str,
    at: datetime,
    settings: VoiceFingerprintConfig,
) -> Caller:
    """The caller with one voiceprint more, if the consent and the maximum allow one and it adds something.

    One that could not be enrolled in the first place is not added either, nor a second one of the same line
    and day.
    """
    mine = [each for each in caller.voiceprints if each.encoder == sample.encoder_id]
    if (
        caller.consent(Purpose.VOICEPRINT) is None
        or len(caller.voiceprints) >= settings.max_voiceprints_per_caller
        or readiness(sample, settings) != "ready"
        or any(_is_alike(each, sample, call_id, at) for each in mine)
    ):
        return caller
    added = new_voiceprint(sample, caller.caller_id, call_id=call_id, source="progressive", at=at)
    return caller.model_copy(update={"voiceprints": [*caller.voiceprints, added]})


def _is_alike(known: Voiceprint, sample: VoiceSample, call_id: str, at: datetime) -> bool:
    same_day = (known.created_at or "")[:10] == at.isoformat()[:10]
    return known.call_id == call_id or (same_day and known.channel == sample.probe.channel)
