"""Open-set identification: the figures of random galleries are those of deciding one by one."""

from __future__ import annotations

import numpy as np
import pytest

from opusagent_voiceprint.evaluation.identification import draw_galleries
from opusagent_voiceprint.evaluation.scoring import OperatingRule
from opusagent_voiceprint.evaluation.trials import Trials
from opusagent_voiceprint.matching import DecisionRule
from opusagent_voiceprint.matching.scores import similarity_of
from opusagent_voiceprint.models import Decision
from opusagent_voiceprint.settings import VoiceFingerprintConfig


def some_trials(callers: int = 20, probes: int = 30, seed: int = 1) -> Trials:
    rng = np.random.default_rng(seed)
    speakers = rng.integers(callers + 4, size=probes)  # a few of nobody who is enrolled
    scores = rng.normal(-3.0, 3.0, (callers, probes))
    scores[np.arange(callers)[:, None] == speakers] += 6.0
    return Trials(scores, np.arange(callers), speakers)


@pytest.mark.parametrize("threshold", [0.5, 0.6, 0.75])
def test_the_decisions_are_those_of_the_product(threshold: float) -> None:
    settings = VoiceFingerprintConfig(similarity_threshold=threshold)
    rule, product = OperatingRule.of(settings), DecisionRule.of(settings)
    drawn = draw_galleries(some_trials(), 12, draws=15)
    probes, enrolled = len(drawn.own), np.isfinite(drawn.own)
    rng = np.random.default_rng(3)
    speech = list(zip(rng.uniform(1.0, 12.0, probes), rng.uniform(0.0, 0.0055, probes), strict=True))
    needed = np.array([rule.needed(*each) for each in speech])
    named = {"right": 0, "wrong": 0, "stranger": 0}

    def decided(scores: dict[str, float], probe: int) -> str | None:
        similar = similarity_of(np.array(list(scores.values())))
        ranked = sorted(zip(scores, similar.tolist(), strict=True), key=lambda each: -each[1])
        seconds, clipped = speech[probe]
        found = product.decide(ranked, seconds, 0.9, clipped_fraction=clipped, final=True)
        return found.caller_id if found.decision is Decision.RECOGNISED else None

    for draw in range(15):
        for probe in range(probes):
            others, strangers = (
                {f"other {place}": score for place, score in enumerate(part[draw, probe].tolist())}
                for part in (drawn.others, drawn.strangers)
            )
            if enrolled[probe]:
                who = decided({"own": float(drawn.own[probe]), **others}, probe)
                named["right"] += who == "own"
                named["wrong"] += who not in (None, "own")
            named["stranger"] += decided(strangers, probe) is not None
    assert all(named.values())
    assert np.isinf(needed).any()  # on too little speech nobody is named
    rates = {name: count / 15 / probes for name, count in named.items()}
    part = probes / enrolled.sum()
    assert drawn.named_right(needed, rule.margin) == pytest.approx(rates["right"] * part)
    assert drawn.named_wrong(needed, rule.margin) == pytest.approx(rates["wrong"] * part)
    assert drawn.strangers_named(needed, rule.margin) == pytest.approx(rates["stranger"])


def test_callers_of_a_known_number_need_what_the_product_asks_of_them() -> None:
    settings = VoiceFingerprintConfig()
    rule, product = OperatingRule.of(settings, known_number=True), DecisionRule.of(settings)
    needed = rule.needed(4.0, 0.0)
    assert needed < OperatingRule.of(settings).needed(4.0, 0.0) - 1.0
    for above, named in ((needed + 0.01, True), (needed - 0.01, False)):
        similarity = float(similarity_of(np.array([above], dtype=np.float32))[0])
        found = product.decide([("a", similarity)], 4.0, 0.9, known=["a"], final=True)
        assert (found.decision is Decision.RECOGNISED) is named


def test_with_everybody_else_enrolled_the_strangers_best_is_the_best_of_all_others() -> None:
    trials = some_trials()
    drawn = draw_galleries(trials, 19, draws=3)
    same = trials.same
    others = np.where(same, -np.inf, trials.scores)
    has_own = same.any(axis=0)
    best = np.sort(others, axis=0)[::-1][:2].T
    # Of a speaker who is enrolled, all 19 others are in the gallery whichever is drawn.
    for draw in range(3):
        assert np.array_equal(drawn.strangers[draw][has_own], best[has_own])


def test_a_threshold_at_an_fpir_names_no_more_strangers_than_that() -> None:
    trials = some_trials(callers=40, probes=60)
    drawn = draw_galleries(trials, 25, draws=50)
    scores = drawn.strangers[..., 0]
    for fpir in (0.01, 0.1, 0.5):
        exceeded = np.quantile(scores, 1 - fpir, method="higher")
        assert (scores > exceeded).mean() <= fpir
        assert drawn.dir_at_fpir(fpir) == drawn.named_right(float(np.nextafter(exceeded, np.inf)))
    assert drawn.dir_at_fpir(0.01) <= drawn.dir_at_fpir(0.1) <= drawn.dir_at_fpir(0.5)


def test_voices_far_apart_are_all_named_and_no_stranger_is() -> None:
    scores = np.where(np.eye(10, dtype=bool), 9.0, -9.0)
    drawn = draw_galleries(Trials(scores, np.arange(10), np.arange(10)), 6, draws=20)
    assert drawn.named_right(0.0, 0.8) == 1.0
    assert drawn.named_wrong(0.0, 0.8) == 0.0
    assert drawn.strangers_named(0.0, 0.8) == 0.0
    assert drawn.dir_at_fpir(0.001) == 1.0


def test_two_callers_who_are_equally_like_a_probe_are_ambiguous() -> None:
    scores = np.full((4, 4), 5.0)
    drawn = draw_galleries(Trials(scores, np.arange(4), np.arange(4)), 3, draws=5)
    assert drawn.strangers_named(0.0) == 1.0
    assert drawn.strangers_named(0.0, 0.1) == 0.0
    assert drawn.named_right(0.0, 0.1) == 0.0


def test_a_refused_probe_of_an_enrolled_speaker_is_missed_and_no_stranger() -> None:
    trials = some_trials(callers=10, probes=12)
    plain = draw_galleries(trials, 6, draws=20)
    # Two of one caller, one of another, and one of somebody who is not enrolled.
    drawn = draw_galleries(trials, 6, draws=20, refused=np.array([3, 3, 7, 99]))
    assert drawn.speakers.tolist() == [*trials.probes.tolist(), 3, 3, 7]
    enrolled = int(np.isfinite(plain.own).sum())
    missed = enrolled / (enrolled + 3)
    for threshold in (-3.0, 0.0, 2.0):
        assert plain.named_right(threshold) > 0.0
        assert drawn.named_right(threshold) == pytest.approx(missed * plain.named_right(threshold))
        assert drawn.named_wrong(threshold) == pytest.approx(missed * plain.named_wrong(threshold))
        assert drawn.strangers_named(threshold) == plain.strangers_named(threshold) > 0.0
    assert drawn.dir_at_fpir(0.01) == pytest.approx(missed * plain.dir_at_fpir(0.01))


def test_samples_of_refused_probes_only_have_no_strangers() -> None:
    drawn = draw_galleries(some_trials(), 6, draws=5, refused=np.array([3, 4]))
    part = drawn.take(np.array([30, 31, 31]))
    assert part.named_right(0.0) == part.named_wrong(0.0) == 0.0
    assert np.isnan(part.strangers_named(0.0))
    assert np.isnan(part.dir_at_fpir(0.01))


@pytest.mark.parametrize("size", [1, 20, 50])
def test_a_gallery_that_cannot_be_drawn_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="2 to 19 with 20 callers"):
        draw_galleries(some_trials(), size)
