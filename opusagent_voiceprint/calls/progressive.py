"""Progressive enrollment: a call of an enrolled caller that leaves a voiceprint of another line or day."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final, Literal

from opusagent_voiceprint.calls.context import Shared, log_failure
from opusagent_voiceprint.calls.enrollment import new_voiceprint, readiness
from opusagent_voiceprint.calls.identity import KnownCaller
from opusagent_voiceprint.calls.listening import Listening
from opusagent_voiceprint.calls.number import CallingNumber
from opusagent_voiceprint.calls.tracker import VoiceSample
from opusagent_voiceprint.matching import DecisionRule, Gallery, log_odds
from opusagent_voiceprint.models import Caller, ConsentEvidence, Purpose, Voiceprint
from opusagent_voiceprint.settings import VoiceFingerprintConfig

__all__ = ["Certainty", "ProgressiveEnrollment", "certainty", "may_have_another"]

Certainty = Literal["high", "recognised", "none"]

_HIGH: Final = math.log(19.0 / 3.0)
"""Log odds of similarity above the bar: what 0.95 is above 0.75, or 3.7 nats."""


class ProgressiveEnrollment:
    """Adds a voiceprint to the caller of a call that is over."""

    def __init__(
        self, call_id: str, shared: Shared, known: KnownCaller, listening: Listening, number: CallingNumber
    ) -> None:
        self._call_id = call_id
        self._shared = shared
        self._known = known
        self._listening = listening
        self._number = number

    async def add(self) -> None:
        """Add one if the call's voice is the caller's beyond doubt; what fails is only logged."""
        try:
            await self._add()
        except Exception as exc:  # noqa: BLE001 - a call's end goes on without it
            log_failure(self._call_id, "no voiceprint could be added", exc)

    async def _add(self) -> None:
        shared, caller, tracker = self._shared, self._known.caller, self._listening.tracker
        sample = tracker.sample() if tracker is not None else None
        if caller is None or sample is None or not shared.settings.progressive_enrollment:
            return
        if self._listening.only_compares:
            return  # "no new voiceprint is kept", whatever an earlier consent covers
        caller_id, settings, at = caller.caller_id, shared.settings, shared.clock()
        link = self._number.link
        if not may_have_another(caller, sample, self._call_id, at, settings):
            return

        def judged() -> Certainty:
            # Searches the whole gallery: not for the event loop.
            if readiness(sample, settings) != "ready":
                return "none"
            return certainty(self._listening.gallery, shared.rule, sample, caller)

        sure = await shared.records.aside(judged)
        if sure == "none":
            return
        added = new_voiceprint(sample, caller_id, call_id=self._call_id, source="progressive", at=at)

        def change(current: Caller) -> Caller | None:
            own_number = link is not None and link in current.phone_links
            if sure != "high" and not own_number:
                return None
            if not may_have_another(current, sample, self._call_id, at, settings):
                return None
            return current.model_copy(update={"voiceprints": [*current.voiceprints, added]})

        await shared.records.change(caller_id, change)


def certainty(gallery: Gallery, rule: DecisionRule, sample: VoiceSample, caller: Caller) -> Certainty:
    """How sure it is that all that was heard of a voice is a caller's.

    The rule has to name the caller without counting the number for anything: ``recognised``; ``high`` where
    the voice is far above the bar. Where voiceprints were added already, it has to by the others alone too,
    so that no step away from the voice that enrolled is taken from an earlier step.
    """
    ahead = _ahead(gallery, rule, sample, caller.caller_id)
    anchors = [each for each in caller.voiceprints if each.source != "progressive"]
    if len(anchors) < len(caller.voiceprints):
        own = Gallery(gallery.backend)
        own.put(caller.caller_id, anchors)
        ahead = min(ahead, _ahead(own, rule, sample, caller.caller_id))
        own.clear()
    if ahead == -math.inf:
        return "none"
    return "high" if ahead >= _HIGH else "recognised"


def _ahead(gallery: Gallery, rule: DecisionRule, sample: VoiceSample, caller_id: str) -> float:
    """How far above the bar a caller is, in log odds; minus infinity for one whom the rule does not name."""
    found = gallery.search(sample.probe)
    seconds, clipped = sample.net_speech_seconds, sample.clipped_fraction
    decided = rule.decide(found, seconds, sample.quality, clipped_fraction=clipped, final=True)
    if decided.caller_id != caller_id:
        return -math.inf
    return log_odds(dict(found)[caller_id]) - rule.bar(seconds, clipped, final=True)


def may_have_another(
    caller: Caller, sample: VoiceSample, call_id: str, at: datetime, settings: VoiceFingerprintConfig
) -> bool:
    """Whether consent and maximum allow one voiceprint more, and it is of another line or day.

    The maximum is of the encoder in use: what others made is of no use to it. An application that vouches for
    a consent vouches for later calls, too; in a conversation the words have to have been about them.
    """
    consent = caller.consent(Purpose.VOICEPRINT)
    if consent is None:
        return False
    covered = consent.covers_later_calls or consent.evidence is ConsentEvidence.APPLICATION
    mine = [each for each in caller.voiceprints if each.encoder == sample.encoder_id]
    return (
        covered
        and len(mine) < settings.max_voiceprints_per_caller
        and not any(_is_alike(each, sample, call_id, at) for each in mine)
    )


def _is_alike(known: Voiceprint, sample: VoiceSample, call_id: str, at: datetime) -> bool:
    same_day = (known.created_at or "")[:10] == at.isoformat()[:10]
    return known.call_id == call_id or (same_day and known.channel == sample.probe.channel)
