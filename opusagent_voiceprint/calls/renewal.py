"""Re-consent: whose voice said yes again after a change of policy, and what that yes leaves of a caller."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from opusagent_voiceprint.calls.context import Shared
from opusagent_voiceprint.calls.tracker import VoiceSample
from opusagent_voiceprint.matching import Gallery, Standing, standing
from opusagent_voiceprint.models import Caller, ConsentDecision, ConsentRecord, Memory, Purpose

__all__ = ["renewed_caller", "same_voice", "without_consent"]


def same_voice(
    caller_ids: Collection[str], sample: VoiceSample, shared: Shared, language: str
) -> Caller | None:
    """Which of these callers under an earlier policy a voice is, by the rule for anybody.

    The number gives no advantage here: taking one person's yes for another's would be worse than a second
    profile. They are compared in a gallery of their own, which nobody else searches. Reads the store: not for
    the event loop. Raises :class:`StorageError`.
    """
    found = shared.access.store.get_many(caller_ids) if caller_ids else []
    now = shared.clock()
    former = {
        each.caller_id: each
        for each in found
        if not shared.arrears.is_overdue(each.caller_id)
        and standing(each, shared.settings, now) is Standing.EARLIER_POLICY
    }
    gallery = Gallery(shared.models.of(language).gallery.backend)
    gallery.put_many([(each.caller_id, each.voiceprints) for each in former.values()])
    decided = shared.rule.decide(
        gallery.search(sample.probe),
        sample.net_speech_seconds,
        sample.quality,
        clipped_fraction=sample.clipped_fraction,
        final=True,
    )
    gallery.clear()
    return former.get(decided.caller_id or "")


def without_consent(caller: Caller, consent: ConsentRecord, before: Sequence[Caller] = ()) -> Caller:
    """A caller without a consent that did not count, nor what came with it; unchanged if it is not there.

    ``before``: the caller as last read before a renewal, whose name and memory come back.
    """
    if all(each.consent_id != consent.consent_id for each in caller.consents):
        return caller
    # A renewal ends the consent to memory at the same moment.
    end = (ConsentDecision.WITHDRAWN, consent.at, consent.call_id)
    kept = [
        each
        for each in caller.consents
        if each.consent_id != consent.consent_id and (each.decision, each.at, each.call_id) != end
    ]
    last = before[-1] if before else caller
    changed = caller.model_copy(update={"name": last.name, "consents": kept, "memory": last.memory})
    return changed if changed.consent(Purpose.MEMORY) else changed.model_copy(update={"memory": Memory()})


def renewed_caller(caller: Caller, name: str | None, consent: ConsentRecord) -> Caller:
    """A caller with the voiceprints of before under a new consent, and nothing remembered.

    The earlier consent to memory was to the earlier policy: it ends with this one, and has its own question.
    """
    consents = [*caller.consents, consent]
    if caller.consent(Purpose.MEMORY) is not None:
        consents.append(
            ConsentRecord(
                purpose=Purpose.MEMORY,
                decision=ConsentDecision.WITHDRAWN,
                evidence=consent.evidence,
                at=consent.at,
                policy_version=consent.policy_version,
                language=consent.language,
                channel=consent.channel,
                call_id=consent.call_id,
            )
        )
    update = {
        "name": name or caller.name,
        "consents": consents,
        "memory": Memory(),
        "last_seen": max(consent.at, caller.last_seen or caller.created_at),
    }
    return caller.model_copy(update=update)
