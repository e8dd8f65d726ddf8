"""Calibration to a site's callers: what is fitted, what is refused and why, and undoing it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from opusagent_voiceprint.errors import EvaluationError
from opusagent_voiceprint.evaluation.calibrate import TrialTable, calibrate
from opusagent_voiceprint.evaluation.calibration_file import check_place, keep_and_save, previous_of, undo
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


def test_the_file_before_is_kept_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    calibration(offset=1.0).save(path)
    before = path.read_bytes()
    keep_and_save(calibration(offset=2.0), path)
    assert Calibration.load(path).of(0).offset == 2.0
    assert previous_of(path).read_bytes() == before
    assert undo(path)
    assert path.read_bytes() == before
    with pytest.raises(EvaluationError, match="to undo"):
        undo(path)
    assert path.read_bytes() == before  # what was there first is not taken for a calibration of ours


def test_where_there_was_no_file_undoing_leaves_none(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    keep_and_save(calibration(), path)
    assert path.exists()
    assert not undo(path)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_hold_a_file_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="is not a folder"):
        check_place(tmp_path / "nowhere" / "calibration.json")
    with pytest.raises(EvaluationError, match="name a file in it"):
        check_place(tmp_path)
    check_place(tmp_path / "calibration.json")
