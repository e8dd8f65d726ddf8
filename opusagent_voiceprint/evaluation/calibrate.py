"""Calibration to a site's own callers: fitted, cross-validated by speaker, and refused where data do not bear
it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from opusagent_voiceprint.evaluation.metrics import cllr, dcf, min_cllr
from opusagent_voiceprint.evaluation.operating import FAR, STRICT, fit_operating_point
from opusagent_voiceprint.evaluation.scoring import Scored
from opusagent_voiceprint.evaluation.seeds import seeded
from opusagent_voiceprint.matching import CLASSES, Calibration, LineClass

__all__ = ["FOLDS", "MIN_SPEAKERS", "Fitted", "HeldOut", "TrialTable", "Verdict", "calibrate", "table_of"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

FOLDS: Final = 5
MIN_SPEAKERS: Final = 20
"""With a genuine trial, in a class of lines."""
_MIN_PAIRS: Final = MIN_SPEAKERS * (MIN_SPEAKERS - 1)
_EXTRAPOLATION: Final = 4.0
"""How far beyond one in all pairs of speakers the tail is trusted."""
_TOLERANCE: Final = 1e-3
"""Of costs, that are 1 for a system that says nothing."""
_TOLD_APART: Final = 0.5
"""The min Cllr up to which scores say who speaks; where labels are mixed up it is near 1. The Cllr does not
show it: that of a fit that says nothing is lower than that of a calibration which labels seem to refute."""
_MIXED_UP: Final = "held-out speakers are not told apart{}: check the labels"


@dataclass(frozen=True, slots=True, eq=False)
class TrialTable:
    """Trials as rows: ``features`` (back-end score, cosine) of shape (trials, 2); the rest (trials,).

    ``classes`` are indices into ``CLASSES``, ``groups`` say which pair of lines, ``callers`` and ``probes``
    are speakers.
    """

    features: Floats
    classes: Ints
    groups: Ints
    callers: Ints
    probes: Ints

    @property
    def same(self) -> Flags:
        """Whether a trial is genuine."""
        same: Flags = self.callers == self.probes
        return same

    def where(self, rows: Flags) -> TrialTable:
        """Some of the rows."""
        return TrialTable(
            self.features[rows],
            self.classes[rows],
            self.groups[rows],
            self.callers[rows],
            self.probes[rows],
        )


def table_of(pairs: Sequence[Scored]) -> TrialTable:
    """All trials of some pairs of lines."""
    columns = []
    for number, each in enumerate(pairs):
        grid = np.broadcast_arrays(each.trials.callers[:, None], each.trials.probes[None])
        callers, probes = (speakers.ravel() for speakers in grid)
        features = np.stack([each.plda.ravel(), each.cosine.ravel()], axis=1)
        columns.append((features, each.classes.ravel(), np.full(len(callers), number), callers, probes))
    return TrialTable(*(np.concatenate(column) for column in zip(*columns, strict=True)))


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Figures of trials whose probes' speakers nothing was fitted on. ``cost`` is the detection cost at the
    threshold for a prior of ten times the FAR asked for: an acceptance at that FAR costs a tenth."""

    cllr: float
    min_cllr: float
    far: float
    frr: float
    cost: float

    def worse_than(self, other: HeldOut) -> bool:
        """Whether either cost is."""
        return self.cllr > other.cllr + _TOLERANCE or self.cost > other.cost + _TOLERANCE


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one class. ``kept`` says why its values stay, and is empty where new ones are better."""

    name: str
    speakers: int
    pairs: int
    genuine: int
    impostor: int
    kept: str
    before: HeldOut | None = None
    after: HeldOut | None = None


@dataclass(frozen=True, slots=True)
class Fitted:
    """A verdict on each class, and the calibration with those that got better; None if none did.

    ``before`` and ``after`` are of all held-out trials of these classes together.
    """

    calibration: Calibration | None
    verdicts: list[Verdict]
    before: HeldOut | None
    after: HeldOut | None


def calibrate(
    table: TrialTable,
    current: Calibration,
    *,
    baseline: Calibration | None = None,
    far: float = FAR,
    seed: int = 0,
) -> Fitted:
    """Fit each class of lines that the data bear, keep those that held-out speakers confirm.

    A probe's held-out figures come from what was fitted without its speaker and the others of a fifth of all
    speakers, neither as callers nor as probes.

    Args:
        table: trials.
        current: the calibration in force, of which the classes stay that are not fitted.
        baseline: what every class has to beat; ``current`` if it is None. It may not have been fitted to any
            of these speakers, who would not be held out of it.
        far: of pairs, that the thresholds are to have.
        seed: of the division into folds.
    """
    speakers = np.unique(np.concatenate([table.callers, table.probes]))
    fold_of = dict(
        zip(speakers.tolist(), seeded("folds", seed).permutation(len(speakers)) % FOLDS, strict=True)
    )
    caller_fold, probe_fold = (
        np.array([fold_of[int(each)] for each in column]) for column in (table.callers, table.probes)
    )
    verdicts, classes = [], dict(current.classes)
    before, after = (np.full((len(table.callers), 2), np.nan) for _ in range(2))
    for number, name in enumerate(CLASSES):
        rows = np.flatnonzero(table.classes == number)
        part = table.where(table.classes == number)
        counts = _counts(part)
        kept = _unsupported(counts, far)
        if kept:
            verdicts.append(Verdict(name, *counts, kept))
            continue
        found = _cross_fitted(part, caller_fold[rows], probe_fold[rows], far)
        fitted = _fit(part, far)
        if found is None or fitted is None:
            verdicts.append(Verdict(name, *counts, _MIXED_UP.format("")))
            continue
        was = _applied((baseline or current).of(number), part)
        old, new = (_held_out(values, part.same, far) for values in (was, found))
        kept = _rejected(old, new)
        if not kept:
            classes[name] = fitted
            before[rows], after[rows] = was, found
        verdicts.append(Verdict(name, *counts, kept, old, new))
    known = np.isfinite(before[:, 0])
    if not known.any():
        return Fitted(None, verdicts, None, None)
    old, new = (_held_out(values[known], table.same[known], far) for values in (before, after))
    return Fitted(current.model_copy(update={"classes": classes}), verdicts, old, new)


def _cross_fitted(part: TrialTable, caller_fold: Ints, probe_fold: Ints, far: float) -> Floats | None:
    """:func:`_applied` of every trial, by what was fitted without its probe's fold; None as :func:`_fit`."""
    found = np.full((len(part.callers), 2), np.nan)
    for fold in range(FOLDS):
        train, test = (caller_fold != fold) & (probe_fold != fold), probe_fold == fold
        if test.any():
            fitted = _fit(part.where(train), far)
            if fitted is None:
                return None
            found[test] = _applied(fitted, part.where(test))
    return found


def _rejected(old: HeldOut, new: HeldOut) -> str:
    """Why held-out figures speak against a class; empty if they do not."""
    if new.min_cllr > _TOLD_APART:
        return _MIXED_UP.format(f" (min Cllr {new.min_cllr:.3f})")
    if new.worse_than(old):
        return (
            f"held-out figures get worse (Cllr {old.cllr:.3f} -> {new.cllr:.3f}, "
            f"cost {old.cost:.3f} -> {new.cost:.3f})"
        )
    return ""


def _counts(table: TrialTable) -> tuple[int, int, int, int]:
    """Speakers with a genuine trial, pairs of speakers, genuine and impostor trials."""
    same = table.same
    pairs = np.unique(np.stack([table.callers[~same], table.probes[~same]]), axis=1).shape[1]
    return len(np.unique(table.callers[same])), pairs, int(same.sum()), int((~same).sum())


def _unsupported(counts: tuple[int, int, int, int], far: float) -> str:
    """Why a class cannot be fitted; empty if it can."""
    speakers, pairs, genuine, impostor = counts
    if not genuine and not impostor:
        return "no trials"
    if speakers < MIN_SPEAKERS:
        return f"{speakers} speakers have genuine trials; {MIN_SPEAKERS} are needed"
    needed = max(_MIN_PAIRS, round(1.0 / far / _EXTRAPOLATION))
    if pairs < needed:
        return (
            f"{pairs:,} pairs of different speakers; a FAR of {far:g} needs {needed:,}, which "
            f"{int(np.ceil(np.sqrt(needed + 0.25) + 0.5))} speakers make"
        )
    return ""


def _fit(table: TrialTable, far: float) -> LineClass | None:
    """The values of a class; None where its scores tell nobody apart, so that there are no usable ones."""
    point = fit_operating_point(
        table.features, table.same, table.groups, far=far, positive=table.features.shape[1], strict=STRICT
    )
    plda, cosine = (max(0.0, float(each)) for each in point.fusion.weights)
    try:
        return LineClass(offset=point.fusion.offset, weights=(plda, cosine), threshold=point.threshold)
    except ValidationError:
        return None


def _applied(line_class: LineClass, table: TrialTable) -> Floats:
    """Log likelihood ratios, and what of them is above the operating point: shape (trials, 2)."""
    ratios = line_class.offset + table.features @ np.array(line_class.weights)
    return np.stack([ratios, ratios - line_class.threshold], axis=1)


def _held_out(values: Floats, same: Flags, far: float) -> HeldOut:
    ratios, accepted = values[:, 0], values[:, 1] >= 0.0
    own, others = ratios[same], ratios[~same]
    accepts, rejects = float(accepted[~same].mean()), float((~accepted[same]).mean())
    cost = float(dcf(np.array(accepts), np.array(rejects), min(0.5, 10.0 * far)))
    return HeldOut(cllr(own, others), min_cllr(own, others), accepts, rejects, cost)
