"""Trials of one pair of lines: what the product's gallery says of every probe beside every caller."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint.encoding import Utterance
from opusagent_voiceprint.encoding.encoders import Encoders
from opusagent_voiceprint.evaluation.listening import Heard, Pair
from opusagent_voiceprint.evaluation.plan import Cut, Plan
from opusagent_voiceprint.evaluation.trials import Trials
from opusagent_voiceprint.matching import CLASSES, Backend, DecisionRule, Gallery, Probe, log_odds
from opusagent_voiceprint.matching.decision import SHORTEST_SPEECH
from opusagent_voiceprint.matching.scores import OPERATING_SIMILARITY, similarity_of
from opusagent_voiceprint.models import Voiceprint
from opusagent_voiceprint.settings import VoiceFingerprintConfig

__all__ = ["OperatingRule", "Scored", "score_pair", "voiceprint_of"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class OperatingRule:
    """The product's decision on a finished probe, on log likelihood ratios above the operating point.

    ``margin`` is how far the best caller has to be ahead of the second, in nats; ``prior``, in log odds of
    similarity, is what a known number's callers have in their favour.
    """

    rule: DecisionRule
    margin: float
    nats_per_unit: float
    prior: float = 0.0

    @classmethod
    def of(cls, settings: VoiceFingerprintConfig, *, known_number: bool = False) -> OperatingRule:
        """What the settings say, for everybody or for the callers of a known number."""
        rule = DecisionRule.of(settings)
        a_nat_up = float(similarity_of(np.ones(1, dtype=np.float32))[0])
        nats_per_unit = 1.0 / (log_odds(a_nat_up) - log_odds(OPERATING_SIMILARITY))
        ahead = 2.0 * math.atanh(min(rule.margin, 1.0 - 1e-12))
        prior = log_odds(rule.threshold) - log_odds(rule.known_number_threshold) if known_number else 0.0
        return cls(rule, nats_per_unit * ahead, nats_per_unit, prior)

    def needed(self, net_seconds: float, clipped_fraction: float) -> float:
        """What names a caller on so much speech, in nats; infinite where nothing does."""
        if net_seconds < SHORTEST_SPEECH:
            return math.inf
        bar = self.rule.bar(net_seconds, clipped_fraction, final=True)
        return self.nats_per_unit * (bar - self.prior - log_odds(OPERATING_SIMILARITY))


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """What is known of all trials of one pair of lines; arrays of shape (callers, probes) unless said.

    ``trials`` have the log likelihood ratios above the operating point as scores, and for each probe the
    threshold of the product. ``plda`` and ``cosine`` are what they were made of, ``classes`` indices into
    ``CLASSES``. ``net_seconds``, of shape (probes,), is net speech. ``cuts`` are the probes' cuts.
    ``refused``, of shape (refused,), are the speakers of the probes that the product refuses, which are in
    nothing else.
    """

    trials: Trials
    plda: Floats
    cosine: Floats
    classes: Ints
    net_seconds: Floats
    cuts: list[Cut]
    refused: Ints


def voiceprint_of(caller_id: str, utterance: Utterance, encoders: Encoders) -> Voiceprint:
    """The voiceprint that enrolling on this speech stores."""
    return Voiceprint(
        caller_id=caller_id,
        embedding=utterance.embedding,
        encoder=encoders.encoder_id,
        channel=utterance.channel,
        net_speech_seconds=utterance.net_speech_seconds,
        quality=utterance.quality,
        wide_embedding=utterance.wide_embedding,
        wide_encoder=encoders.wide_encoder_id if utterance.wide_embedding is not None else "",
        snr_db=utterance.snr_db,
    )


def score_pair(
    plan: Plan,
    heard: Heard,
    pair: Pair,
    seconds: float,
    encoders: Encoders,
    backend: Backend,
    rule: OperatingRule,
) -> Scored | None:
    """Enroll everybody on the first line and compare all probes of the second; None without any trial."""
    gallery = Gallery(backend)
    for speaker, cuts in plan.enrollments.items():
        utterances = [heard.of(cut, pair[0], cut.seconds) for cut in cuts]
        voiceprints = [voiceprint_of(str(speaker), each, encoders) for each in utterances if each is not None]
        if voiceprints:
            gallery.put(str(speaker), voiceprints)
    unreadable = set(heard.unreadable)
    found = [
        (cut, heard.of(cut, pair[1], seconds)) for cut in plan.probes if cut.recording.name not in unreadable
    ]
    known = [(cut, utterance) for cut, utterance in found if utterance is not None]
    if not known or not gallery.callers:
        return None
    comparisons = [gallery.compare(_probe(utterance)) for _, utterance in known]
    callers = np.array([int(each) for each in comparisons[0].callers])
    above, plda, cosine, classes = (
        np.stack([np.asarray(getattr(each, name), dtype=np.float64) for each in comparisons], axis=1)
        for name in ("above", "plda", "cosine", "classes")
    )
    thresholds = np.array([backend.calibration.of(index).threshold for index in range(len(CLASSES))])
    index = classes.astype(np.int64)
    speakers = np.array([cut.recording.speaker for cut, _ in known])
    net_seconds = np.array([utterance.net_speech_seconds for _, utterance in known])
    needed = np.array([rule.needed(each.net_speech_seconds, each.clipped_fraction) for _, each in known])
    return Scored(
        Trials(above, callers, speakers, above + thresholds[index], needed),
        plda,
        cosine,
        index,
        net_seconds,
        [cut for cut, _ in known],
        np.array([cut.recording.speaker for cut, utterance in found if utterance is None], dtype=np.int64),
    )


def _probe(utterance: Utterance) -> Probe:
    return Probe(utterance.embedding, utterance.wide_embedding, utterance.channel, utterance.snr_db)
