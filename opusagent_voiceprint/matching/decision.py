"""The decision: when the evidence names a caller, when it names nobody, and when to listen on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from opusagent_voiceprint.models import Decision, Identification
from opusagent_voiceprint.settings import VoiceFingerprintConfig

__all__ = ["SHORTEST_SPEECH", "DecisionRule"]

SHORTEST_SPEECH: Final = 1.6
"""Seconds of net speech under which nobody is named: one window of the encoder."""

_EARLY: Final = 0.07
_HOPELESS: Final = 0.15


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """A sequential rule over similarity, margin and seconds of net speech.

    Before ``min_speech`` a voice must be clearer than the threshold by 0.07; after it the threshold
    serves, and a voice 0.15 below it is unknown; at ``max_speech`` everything is decided. Callers linked to
    the calling number have ``known_number_threshold``, since few candidates are confused less than many.
    """

    threshold: float
    known_number_threshold: float
    margin: float
    min_speech: float
    max_speech: float

    @classmethod
    def of(cls, settings: VoiceFingerprintConfig) -> DecisionRule:
        """The rule that the settings ask for."""
        return cls(
            threshold=settings.similarity_threshold,
            known_number_threshold=settings.threshold_for_known_number,
            margin=settings.recognition_margin,
            min_speech=settings.decision_min_speech,
            max_speech=settings.decision_max_speech,
        )

    def decide(
        self,
        candidates: Sequence[tuple[str, float]],
        net_speech_seconds: float,
        quality: float,
        *,
        known: Collection[str] = (),
        final: bool = False,
    ) -> Identification:
        """Decide on the evidence so far.

        Args:
            candidates: (caller_id, similarity), best first.
            net_speech_seconds: seconds of voice behind them.
            quality: of that speech, in [0, 1].
            known: callers linked to the number that is calling.
            final: no more speech will come, so that PENDING is not an answer.
        """
        # The number is a prior: its callers stand as much higher as their threshold stands lower.
        prior = self.threshold - self.known_number_threshold
        ranked = sorted(
            (
                (similarity + (prior if caller_id in known else 0.0), caller_id)
                for caller_id, similarity in candidates
            ),
            key=lambda each: -each[0],
        )
        best, best_id = ranked[0] if ranked else (0.0, "")
        second = ranked[1][0] if len(ranked) > 1 else 0.0
        clear = best - second >= self.margin
        decision = self._decision(
            best, self.threshold, net_speech_seconds, clear=clear, anybody=bool(candidates), final=final
        )
        return Identification(
            decision=decision,
            caller_id=best_id if decision is Decision.RECOGNISED else None,
            similarity=dict(candidates).get(best_id, 0.0),
            margin=best - second,
            net_speech_seconds=net_speech_seconds,
            quality=quality,
            candidates=tuple(candidates[:5]),
        )

    def _decision(
        self, best: float, threshold: float, seconds: float, *, clear: bool, anybody: bool, final: bool
    ) -> Decision:
        if seconds < SHORTEST_SPEECH:
            return Decision.NOT_ENOUGH_SPEECH if final else Decision.PENDING
        must_decide = final or seconds >= self.max_speech
        enough = must_decide or seconds >= self.min_speech
        needed = threshold if enough else threshold + _EARLY
        if anybody and best >= needed and clear:
            return Decision.RECOGNISED
        if must_decide:
            return Decision.AMBIGUOUS if anybody and best >= threshold else Decision.UNKNOWN
        if enough and (not anybody or best < threshold - _HOPELESS):
            return Decision.UNKNOWN
        return Decision.PENDING
