"""Error rates and costs: against values worked out by hand, and what holds whatever the scores are."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opusagent_voiceprint.evaluation.figures import bootstrap, pair_figures
from opusagent_voiceprint.evaluation.fusion import fit_fusion
from opusagent_voiceprint.evaluation.metrics import (
    cllr,
    dcf,
    eer,
    error_rates,
    far_threshold,
    frr,
    min_cllr,
)
from opusagent_voiceprint.evaluation.operating import fit_operating_point, tail_threshold
from opusagent_voiceprint.evaluation.trials import Trials

Floats = npt.NDArray[np.float64]

whole = st.integers(min_value=-50, max_value=50)
some_scores = st.lists(whole, min_size=1, max_size=40).map(lambda each: np.array(each, dtype=np.float64))


def llrs(count: int, separation: float, seed: int) -> tuple[Floats, Floats]:
    """Scores that are log likelihood ratios by construction: of N(m, 2m) and N(-m, 2m)."""
    rng = np.random.default_rng(seed)
    spread = math.sqrt(2 * separation)
    return rng.normal(separation, spread, count), rng.normal(-separation, spread, 10 * count)


def test_the_rates_are_those_counted_by_hand() -> None:
    rates = error_rates(np.array([1.0, 3.0, 4.0, 5.0]), np.array([0.0, 1.0, 2.0, 3.0, 3.0]))
    assert rates.thresholds.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, math.inf]
    assert rates.far == pytest.approx([1.0, 0.8, 0.6, 0.4, 0.0, 0.0, 0.0])
    assert rates.frr == pytest.approx([0.0, 0.0, 0.25, 0.25, 0.5, 0.75, 1.0])


def test_the_eer_is_where_both_rates_are_nearest() -> None:
    # At 3 one of four genuine is rejected and one of four impostors accepted.
    assert eer(np.array([1.0, 3.0, 4.0, 5.0]), np.array([0.0, 1.0, 2.0, 3.5])) == pytest.approx(0.25)


def test_the_least_detection_cost_is_that_worked_out_by_hand() -> None:
    rates = error_rates(np.array([1.0, 3.0, 4.0, 5.0]), np.array([0.0, 1.0, 2.0, 3.5]))
    # At p = 0.5 the threshold 3 costs 0.25 + 0.25, and 4 costs 0.5 + 0; at p = 0.01 only the second is cheap.
    assert rates.min_dcf(0.5) == pytest.approx(0.5)
    assert rates.min_dcf(0.01) == pytest.approx(0.5)
    assert dcf(np.array(0.25), np.array(0.25), 0.01) == pytest.approx(0.25 + 0.25 * 99)


def test_accepting_all_and_accepting_none_cost_one_at_the_prior_that_makes_them_equal() -> None:
    assert dcf(np.array(1.0), np.array(0.0), 0.5) == pytest.approx(1.0)
    assert dcf(np.array(0.0), np.array(1.0), 0.001) == pytest.approx(1.0)


def test_a_far_threshold_is_exceeded_by_no_more_than_was_asked_for() -> None:
    impostor = np.arange(1000.0)
    assert (impostor > far_threshold(impostor, 0.01)).sum() <= 10
    assert frr(np.array([980.0, 995.0]), impostor, 0.01) == pytest.approx(0.5)


def test_scores_that_say_nothing_cost_one_bit_and_certain_ones_nothing() -> None:
    assert cllr(np.zeros(3), np.zeros(4)) == pytest.approx(1.0)
    assert cllr(np.full(3, 50.0), np.full(4, -50.0)) == pytest.approx(0.0, abs=1e-12)
    # log2(1 + e^-1) on one side, log2(1 + e^-2) on the other.
    by_hand = (math.log2(1 + math.exp(-1)) + math.log2(1 + math.exp(-2))) / 2
    assert cllr(np.array([1.0]), np.array([-2.0])) == pytest.approx(by_hand)


def test_the_least_cllr_of_a_small_case_is_that_of_pooling_by_hand() -> None:
    # Impostor 0, genuine 1, impostor 2, genuine 3: the middle two are pooled and say nothing.
    found = min_cllr(np.array([1.0, 3.0]), np.array([0.0, 2.0]))
    assert found == pytest.approx(0.5)


def test_perfect_log_likelihood_ratios_cannot_be_improved_and_shifted_ones_can() -> None:
    genuine, impostor = llrs(4_000, 3.0, 1)
    assert cllr(genuine, impostor) - min_cllr(genuine, impostor) < 0.01
    assert cllr(genuine + 2.0, impostor + 2.0) - min_cllr(genuine + 2.0, impostor + 2.0) > 0.05


@given(some_scores, some_scores)
def test_separable_scores_have_no_errors(genuine: Floats, impostor: Floats) -> None:
    apart = genuine + 101.0
    rates = error_rates(apart, impostor)
    assert rates.eer == 0.0
    assert rates.min_dcf(0.001) == 0.0
    assert min_cllr(apart, impostor) == pytest.approx(0.0, abs=1e-12)


@given(some_scores, some_scores)
def test_an_increasing_function_of_the_scores_changes_no_error_rate(
    genuine: Floats, impostor: Floats
) -> None:
    def bent(scores: Floats) -> Floats:
        return np.expm1(scores / 25.0) + scores

    plain, changed = error_rates(genuine, impostor), error_rates(bent(genuine), bent(impostor))
    assert changed.eer == pytest.approx(plain.eer)
    assert changed.min_dcf(0.01) == pytest.approx(plain.min_dcf(0.01))
    assert min_cllr(bent(genuine), bent(impostor)) == pytest.approx(min_cllr(genuine, impostor))


@given(some_scores, some_scores)
def test_along_the_det_curve_one_rate_falls_as_the_other_rises(genuine: Floats, impostor: Floats) -> None:
    rates = error_rates(genuine, impostor)
    assert (np.diff(rates.far) <= 0).all()
    assert (np.diff(rates.frr) >= 0).all()
    assert (rates.far[0], rates.frr[0]) == (1.0, 0.0)
    assert (rates.far[-1], rates.frr[-1]) == (0.0, 1.0)


@given(some_scores, some_scores)
def test_the_least_cllr_is_at_most_the_cllr_and_at_most_one_bit(genuine: Floats, impostor: Floats) -> None:
    least = min_cllr(genuine, impostor)
    assert -1e-12 <= least <= 1.0 + 1e-12
    assert least <= cllr(genuine, impostor) + 1e-12


def test_a_constant_has_itself_as_interval() -> None:
    found = bootstrap(np.repeat(np.arange(12), 3), lambda rows: {"rate": 0.25}, rounds=50)["rate"]
    assert (found.low, found.value, found.high) == (0.25, 0.25, 0.25)


def test_an_interval_covers_the_rate_of_which_the_rows_are_a_sample() -> None:
    rng = np.random.default_rng(7)
    covered = 0
    for sample in range(60):
        rows = (rng.random(80) < 0.3).astype(np.float64)
        found = bootstrap(
            np.arange(80),
            lambda chosen, rows=rows: {"rate": float(rows[chosen].mean())},
            rounds=200,
            seed=str(sample),
        )["rate"]
        covered += found.low <= 0.3 <= found.high
    assert covered >= 50  # 95 % of 60 are 57


def test_rows_of_one_speaker_stay_together_and_widen_the_interval() -> None:
    values = np.random.default_rng(3).random(20).repeat(20)

    def rate(rows: npt.NDArray[np.int64]) -> dict[str, float]:
        return {"rate": float(values[rows].mean())}

    together = bootstrap(np.arange(20).repeat(20), rate, rounds=300)["rate"]
    apart = bootstrap(np.arange(400), rate, rounds=300)["rate"]
    assert together.high - together.low > 2 * (apart.high - apart.low)


def test_an_interval_of_pairs_contains_the_figure_and_depends_on_the_seed_only() -> None:
    rng = np.random.default_rng(5)
    scores = rng.normal(size=(30, 30)) + 2.0 * np.eye(30)
    trials = Trials(scores, np.arange(30), np.arange(30))

    def rates(own: npt.NDArray[np.int64], others: npt.NDArray[np.int64]) -> dict[str, float]:
        return {"eer": eer(scores.ravel()[own], scores.ravel()[others])}

    first, again = (pair_figures(trials, rates, rounds=100, seed="a")["eer"] for _ in range(2))
    other = pair_figures(trials, rates, rounds=100, seed="b")["eer"]
    assert first == again
    assert (first.low, first.high) != (other.low, other.high)
    assert first.value == pytest.approx(eer(trials.genuine, trials.impostor))
    assert first.low <= first.value <= first.high


def test_a_tail_reaches_beyond_the_trials_as_far_as_their_distribution_does() -> None:
    impostor = np.random.default_rng(2).normal(size=20_000)
    # One in ten thousand of a normal distribution lies above 3.72, one in a hundred thousand above 4.26.
    assert tail_threshold(impostor, 1e-4) == pytest.approx(3.72, abs=0.15)
    assert tail_threshold(impostor, 1e-5) == pytest.approx(4.26, abs=0.3)
    assert tail_threshold(impostor, 0.05) == pytest.approx(1.645, abs=0.05)


def test_a_fusion_gives_back_log_likelihood_ratios_that_were_bent() -> None:
    genuine, impostor = llrs(3_000, 3.0, 4)
    scores = np.concatenate([genuine, impostor])
    same = np.arange(len(scores)) < len(genuine)
    features = np.stack([scores * 0.1 + 5.0, np.random.default_rng(0).normal(size=len(scores))], axis=1)
    fusion = fit_fusion(features, same, np.zeros(len(scores), dtype=np.int64), prior=0.1, positive=2)
    back = fusion.apply(features)
    assert np.abs(back - scores).mean() < 0.25
    assert fusion.weights[0] > 0
    assert 0.0 <= fusion.weights[1] < 0.05 * fusion.weights[0]


def test_a_score_that_speaks_against_gets_no_weight_rather_than_a_negative_one() -> None:
    genuine, impostor = llrs(500, 2.0, 4)
    scores = np.concatenate([genuine, impostor])
    same = np.arange(len(scores)) < len(genuine)
    features = np.stack([scores, -scores], axis=1)
    fusion = fit_fusion(features, same, np.zeros(len(scores), dtype=np.int64), positive=2)
    assert fusion.weights[1] == pytest.approx(0.0, abs=1e-9)


def test_an_operating_point_accepts_the_part_of_strangers_that_was_asked_for() -> None:
    genuine, impostor = llrs(2_000, 3.0, 9)
    features = np.concatenate([genuine, impostor])[:, None]
    same = np.arange(len(features)) < len(genuine)
    groups = np.zeros(len(features), dtype=np.int64)
    point = fit_operating_point(features, same, groups, far=1e-3, positive=1, strict=0.0)
    _, fresh = llrs(20_000, 3.0, 10)
    assert (point.fusion.apply(fresh[:, None]) >= point.threshold).mean() == pytest.approx(1e-3, rel=0.4)


def test_the_strictest_pair_of_lines_raises_the_threshold_as_far_as_asked() -> None:
    genuine, impostor = llrs(600, 3.0, 9)
    features = np.concatenate([genuine, impostor, genuine, impostor + 1.5])[:, None]
    one = np.arange(len(genuine) + len(impostor)) < len(genuine)
    same, groups = np.tile(one, 2), np.repeat(np.arange(2), len(one))
    found = [
        fit_operating_point(features, same, groups, far=1e-3, positive=1, strict=strict).threshold
        for strict in (0.0, 0.5, 1.0)
    ]
    assert found[0] < found[1] < found[2]
    assert found[1] == pytest.approx((found[0] + found[2]) / 2)
