"""The decision: when the evidence names a caller, when it names nobody, and when to listen on."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from opusagent_voiceprint.matching.scores import log_odds
from opusagent_voiceprint.models import Decision, Identification
from opusagent_voiceprint.settings import VoiceFingerprintConfig

__all__ = ["SHORTEST_SPEECH", "DecisionRule"]

SHORTEST_SPEECH: Final = 1.6
"""Seconds of net speech under which nobody is named: one window of the encoder."""

# In log odds of similarity, of which one is two nats of log likelihood ratio; measured by
# benchmarks/sequential.py. Strangers' scores spread with the speech behind them, so that the same share of
# them passes a bar that rises with it; and each further look is one more chance to be taken for somebody.
PER_E_FOLD: Final = 0.5
FROM_SECONDS: Final = 3.0
CLIPPED: Final = 1.0
CLIPPED_ABOVE: Final = 0.005
"""The part of speech at full scale from which strangers come nearer."""
LATE: Final = 0.5
HOPELESS: Final = 2.0


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """A sequential rule over similarity, margin and seconds of net speech.

    Everything is reckoned in log odds of similarity. The bar is the threshold's. It rises with the logarithm
    of the seconds beyond three, and is higher for clipped speech; short and noisy speech lowers similarities
    by itself, and noise has its own calibration. A voice that lies far below the bar after ``min_speech`` is
    unknown; at ``max_speech`` everything is decided. Callers linked to the calling number have
    ``known_number_threshold``, since few candidates are confused less than many. The best caller's odds
    have to be ahead of the second's by ``margin``, as (best - second) / (best + second).
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
        clipped_fraction: float = 0.0,
        known: Collection[str] = (),
        final: bool = False,
    ) -> Identification:
        """Decide on the evidence so far.

        Args:
            candidates: (caller_id, similarity), best first.
            net_speech_seconds: seconds of voice behind them.
            quality: of that speech, in [0, 1]; goes with the result.
            clipped_fraction: the part of it at full scale, in [0, 1].
            known: callers linked to the number that is calling.
            final: no more speech will come, so that PENDING is not an answer.
        """
        # The number is a prior: its callers' odds are better by as much as their threshold is lower.
        prior = log_odds(self.threshold) - log_odds(self.known_number_threshold)
        ranked = sorted(
            (
                (log_odds(similarity) + (prior if caller_id in known else 0.0), caller_id)
                for caller_id, similarity in candidates
            ),
            key=lambda each: -each[0],
        )
        best, best_id = ranked[0] if ranked else (-math.inf, "")
        ahead = math.tanh((best - ranked[1][0]) / 2.0) if len(ranked) > 1 else 1.0
        bar = self.bar(net_speech_seconds, clipped_fraction, final=final)
        decision = self._decision(best - bar, net_speech_seconds, clear=ahead >= self.margin, final=final)
        return Identification(
            decision=decision,
            caller_id=best_id if decision is Decision.RECOGNISED else None,
            similarity=dict(candidates).get(best_id, 0.0),
            margin=ahead if ranked else 0.0,
            net_speech_seconds=net_speech_seconds,
            quality=quality,
            candidates=tuple(candidates[:5]),
        )

    def bar(self, net_speech_seconds: float, clipped_fraction: float, *, final: bool = False) -> float:
        """The log odds of similarity that a caller has to reach after so much speech.

        ``final``: this is the only look at the voice, and no late one of many.
        """
        bar = log_odds(self.threshold)
        bar += PER_E_FOLD * math.log(max(net_speech_seconds, FROM_SECONDS) / FROM_SECONDS)
        if clipped_fraction > CLIPPED_ABOVE:
            bar += CLIPPED
        if net_speech_seconds > self.max_speech and not final:
            bar += LATE
        # Rounding on the way to odds and back must not refuse what lies on it.
        return bar - 1e-9

    def is_far(self, found: Identification, clipped_fraction: float) -> bool:
        """Whether what was found lies so far below the bar that one more window will not name anybody."""
        bar = self.bar(found.net_speech_seconds, clipped_fraction)
        return log_odds(found.similarity) - bar < -HOPELESS

    def _decision(self, above: float, seconds: float, *, clear: bool, final: bool) -> Decision:
        if seconds < SHORTEST_SPEECH:
            return Decision.NOT_ENOUGH_SPEECH if final else Decision.PENDING
        if above >= 0.0 and clear:
            return Decision.RECOGNISED
        if final or seconds >= self.max_speech:
            return Decision.AMBIGUOUS if above >= 0.0 else Decision.UNKNOWN
        if seconds >= self.min_speech and above < -HOPELESS:
            return Decision.UNKNOWN
        return Decision.PENDING
