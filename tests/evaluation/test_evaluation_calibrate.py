"""Calibration to a site's callers: what is fitted, what is refused and why."""

from __future__ import annotations

import math

import numpy as np
import pytest

from opusagent_voiceprint.evaluation.calibrate import HeldOut, TrialTable, calibrate
from opusagent_voiceprint.evaluation.operating import tail_threshold
from opusagent_voiceprint.matching import CLASSES, Calibration, LineClass

NARROW, MIXED, WIDE = 0, 1, 2


def calibration(offset: float = 0.0, slope: float = 10.0, threshold: float = 5.0) -> Calibration:
    one = LineClass(offset=offset, weights=(0.0, slope), threshold=threshold)
    return Calibration(encoder_id="e", noisy_below_db=18.0, classes=dict.fromkeys(CLASSES, one))


def table(
    speakers: int, *, probes: int = 2, line_class: int = NARROW, separation: float = 4.0, seed: int = 0
) -> TrialTable:
    """Everybody against everybody; ten times the cosine is the log likelihood ratio."""
    rng = np.random.default_rng(seed)
    callers = np.repeat(np.arange(speakers), speakers * probes)
    heard = np.tile(np.repeat(np.arange(speakers), probes), speakers)
    ratios = rng.normal(np.where(callers == heard, separation, -separation), math.sqrt(2 * separation))
    count = len(callers)
    return TrialTable(
        np.stack([np.zeros(count), ratios / 10.0], axis=1),
        np.full(count, line_class),
        np.zeros(count, dtype=np.int64),
        callers,
        heard,
    )


def test_what_is_off_is_put_right_and_confirmed_by_held_out_speakers() -> None:
    current = calibration(offset=6.0)  # takes everybody for six nats more alike than they are
    fitted = calibrate(table(60), current, far=1e-3)
    assert fitted.calibration is not None
    assert fitted.before is not None
    assert fitted.after is not None
    narrow = fitted.calibration.of(NARROW)
    assert abs(narrow.offset) < 1.5
    assert narrow.weights[1] == pytest.approx(10.0, rel=0.2)
    assert fitted.after.cllr < fitted.before.cllr - 0.2
    assert fitted.after.cllr - fitted.after.min_cllr < 0.06
    assert fitted.before.far > 0.03
    assert fitted.after.far == pytest.approx(1e-3, abs=1e-3)


def test_fresh_speakers_are_recognised_as_the_held_out_ones_promised() -> None:
    fitted = calibrate(table(60, seed=1), calibration(offset=6.0), far=1e-3)
    assert fitted.calibration is not None
    assert fitted.after is not None
    fresh = table(80, seed=2)
    narrow = fitted.calibration.of(NARROW)
    above = narrow.offset + fresh.features @ np.array(narrow.weights) - narrow.threshold
    assert (above[~fresh.same] >= 0).mean() == pytest.approx(1e-3, abs=1e-3)
    assert (above[fresh.same] < 0).mean() == pytest.approx(fitted.after.frr, abs=0.1)


def test_classes_without_trials_keep_what_they_have_and_say_so() -> None:
    current = calibration(offset=6.0)
    fitted = calibrate(table(60), current, far=1e-3)
    assert fitted.calibration is not None
    kept = {each.name: each.kept for each in fitted.verdicts}
    assert kept["narrow"] == ""
    assert kept["wide"] == kept["mixed"] == "no trials"
    assert fitted.calibration.of(WIDE) == current.of(WIDE)
    assert fitted.calibration.of(NARROW) != current.of(NARROW)
    assert fitted.calibration.encoder_id == "e"


@pytest.mark.parametrize(
    ("speakers", "far", "why"),
    [
        (19, 0.01, "19 speakers have genuine trials; 20 are needed"),
        (30, 1e-4, "870 pairs of different speakers; a FAR of 0.0001 needs 2,500, which 51 speakers make"),
    ],
)
def test_too_little_data_for_the_far_is_refused_with_numbers(speakers: int, far: float, why: str) -> None:
    fitted = calibrate(table(speakers, probes=9), calibration(offset=6.0), far=far)
    assert fitted.calibration is None
    assert {each.name: each.kept for each in fitted.verdicts}["narrow"] == why


def test_the_number_of_speakers_that_is_asked_for_suffices() -> None:
    assert calibrate(table(20), calibration(offset=6.0), far=0.01).calibration is not None
    assert calibrate(table(51), calibration(offset=6.0), far=1e-4).calibration is not None


def test_more_probes_of_the_same_few_speakers_are_not_more_pairs() -> None:
    few = calibrate(table(30, probes=1), calibration(offset=6.0), far=1e-4)
    many = calibrate(table(30, probes=12), calibration(offset=6.0), far=1e-4)
    assert few.verdicts[NARROW].impostor * 12 == many.verdicts[NARROW].impostor
    assert few.verdicts[NARROW].pairs == many.verdicts[NARROW].pairs == 870
    assert many.calibration is None


def test_what_held_out_speakers_do_not_confirm_is_refused_with_the_figures() -> None:
    # Told apart with certainty already: nothing that is fitted can be better, and its doubts cost something.
    certain = table(40, separation=40.0)
    fitted = calibrate(certain, calibration(), far=1e-3)
    assert fitted.calibration is None
    narrow = fitted.verdicts[NARROW]
    assert narrow.before is not None
    assert narrow.after is not None
    assert narrow.after.worse_than(narrow.before)
    assert narrow.kept.startswith("held-out figures get worse (Cllr 0.000 -> ")


def test_a_class_that_gets_better_does_not_take_a_worse_one_with_it() -> None:
    parts = [table(40, separation=40.0), table(40, line_class=MIXED, seed=3)]
    both = TrialTable(
        *(
            np.concatenate([getattr(each, name) for each in parts])
            for name in ("features", "classes", "groups", "callers", "probes")
        )
    )
    one = LineClass(offset=0.0, weights=(0.0, 10.0), threshold=5.0)
    current = calibration(offset=6.0)
    current = current.model_copy(update={"classes": {**current.classes, "narrow": one}})
    fitted = calibrate(both, current, far=1e-3)
    assert fitted.calibration is not None
    assert fitted.calibration.of(NARROW) == one
    assert fitted.calibration.of(MIXED) != current.of(MIXED)
    assert fitted.before is not None
    assert fitted.after is not None
    assert fitted.after.cllr < fitted.before.cllr


def test_held_out_speakers_are_on_neither_side_of_what_was_fitted(monkeypatch: pytest.MonkeyPatch) -> None:
    from opusagent_voiceprint.evaluation import calibrate as module

    fits: list[TrialTable] = []
    applied: list[TrialTable] = []
    fit, apply = module._fit, module._applied

    def noting_fit(part: TrialTable, far: float) -> LineClass:
        fits.append(part)
        return fit(part, far)

    def noting_apply(line_class: LineClass, part: TrialTable) -> object:
        applied.append(part)
        return apply(line_class, part)

    monkeypatch.setattr(module, "_fit", noting_fit)
    monkeypatch.setattr(module, "_applied", noting_apply)
    assert calibrate(table(40), calibration(offset=6.0), far=1e-3).calibration is not None
    held_out = [part for part in applied if 0 < len(np.unique(part.probes)) < 40]
    assert len(held_out) == 5
    assert len(fits) == 6  # five folds, then everybody
    for trained, tested in zip(fits[:5], held_out, strict=True):
        out = set(tested.probes.tolist())
        assert not out & (set(trained.callers.tolist()) | set(trained.probes.tolist()))
    assert set().union(*(part.probes.tolist() for part in held_out)) == set(range(40))


def test_another_baseline_than_what_is_in_force_can_be_the_one_to_beat() -> None:
    in_force, baseline = calibration(offset=1.0), calibration(offset=6.0)
    trials = table(60)
    fitted = calibrate(trials, in_force, baseline=baseline, far=1e-3)
    alone = calibrate(trials, baseline, far=1e-3)
    assert fitted.calibration is not None
    assert fitted.verdicts == alone.verdicts
    assert (fitted.before, fitted.after) == (alone.before, alone.after)
    assert fitted.calibration.of(WIDE) == in_force.of(WIDE)
    assert calibrate(trials, baseline, baseline=calibration(), far=1e-3).calibration is None


@pytest.mark.parametrize(
    ("better", "costlier"),
    [((0.1, 0.3), (0.1, 0.4)), ((0.1, 0.3), (0.05, 0.4)), ((0.1, 0.3), (0.2, 0.2))],
    ids=["cost", "cost, for a better Cllr", "Cllr, for a better cost"],
)
def test_either_cost_alone_makes_a_fit_worse(
    better: tuple[float, float], costlier: tuple[float, float]
) -> None:
    one, other = (HeldOut(cllr, 0.0, 0.0, 0.0, cost) for cllr, cost in (better, costlier))
    assert other.worse_than(one)
    assert not one.worse_than(one)


def test_a_better_likelihood_ratio_does_not_make_up_for_a_costlier_operating_point() -> None:
    trials = table(51, seed=4)
    ratios = 10.0 * trials.features[:, 1]
    impostor = ratios[~trials.same]
    # Two nats off, with the very threshold that none of these strangers reaches: nobody can know it before.
    offset = 2.0
    current = calibration(offset=offset, threshold=float(np.nextafter(impostor.max(), np.inf)) + offset)
    narrow = calibrate(trials, current, far=1e-4).verdicts[NARROW]
    assert narrow.before is not None
    assert narrow.after is not None
    assert narrow.after.cllr < narrow.before.cllr - 0.05
    assert narrow.after.cost > narrow.before.cost + 0.005
    assert narrow.kept.startswith("held-out figures get worse")


def useless(kind: str) -> TrialTable:
    """Trials of sixty speakers whose scores do not say who speaks."""
    trials = table(60)
    rng = np.random.default_rng(5)
    count = len(trials.callers)
    cosine = {
        "all scores alike": np.full(count, 0.7),
        "only noise": rng.normal(0.5, 0.1, count),
        "labels of others": np.roll(trials.features[:, 1].reshape(60, -1), 2, axis=1).ravel(),
        "the wrong way round": -trials.features[:, 1],
        "alike but for rounding": 0.7 + 1e-16 * rng.integers(0, 3, count),
    }[kind]
    features = np.stack([np.zeros(count), cosine], axis=1)
    return TrialTable(features, trials.classes, trials.groups, trials.callers, trials.probes)


@pytest.mark.parametrize(
    "kind",
    [
        "all scores alike",
        "only noise",
        "labels of others",
        "the wrong way round",
        "alike but for rounding",
    ],
)
@pytest.mark.filterwarnings("error")
def test_scores_that_do_not_say_who_speaks_are_not_fitted(kind: str) -> None:
    # So far off that saying nothing has the lower Cllr.
    fitted = calibrate(useless(kind), calibration(offset=20.0), far=1e-3)
    assert fitted.calibration is None
    kept = fitted.verdicts[NARROW].kept
    assert kept.startswith("held-out speakers are not told apart")
    assert kept.endswith("check the labels")


def test_hard_lines_are_fitted_all_the_same() -> None:
    fitted = calibrate(table(60, separation=2.0), calibration(offset=6.0), far=1e-3)
    after = fitted.verdicts[NARROW].after
    assert after is not None
    assert after.min_cllr > 0.3
    assert fitted.calibration is not None


@pytest.mark.parametrize("count", [20, 2_000])
def test_a_tail_of_equal_scores_has_its_threshold_above_them(count: int) -> None:
    assert tail_threshold(np.full(count, 3.0), 1e-4) == pytest.approx(3.0)
    assert tail_threshold(np.full(count, 3.0), 1e-4) > 3.0
    assert tail_threshold(np.repeat([1.0, 3.0], count), 1e-4) > 3.0
