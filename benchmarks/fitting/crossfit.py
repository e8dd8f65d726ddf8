"""Scores of everybody against everybody, each by parameters that were fitted on other people.

Speakers are in folds. The score of a caller of fold ``k`` and a probe of fold ``l`` comes from a back-end
that was fitted without both folds, and each embedding comes from a student that never heard its speaker.
What is fitted on scores (fusion, calibration, thresholds) is, for probes of fold ``l``, fitted on trials in
which nobody is of fold ``l``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from fitting.backend import Plda, fit_plda, unit_rows
from fitting.segments import Segments
from fitting.speech import FOLDS

__all__ = ["Backends", "cosine_scores", "fitted_on", "plda_scores"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Rows = Sequence[Ints]
"""The segments of each caller."""


def cosine_scores(embeddings: Floats, callers: Rows, probes: Ints) -> Floats:
    """Cosines of shape (callers, probes); several enrollments of a caller are averaged."""
    means = unit_rows(np.stack([embeddings[rows].mean(axis=0) for rows in callers]))
    result: Floats = means @ embeddings[probes].T
    return result


class Backends:
    """One back-end for each pair of folds, fitted on the speakers of the others."""

    def __init__(
        self,
        fit: Callable[[npt.NDArray[np.bool_]], Plda],
        fold_of_fit: Ints,
        embeddings: Floats,
    ) -> None:
        self._fit = fit
        self._fold = fold_of_fit
        self._embeddings = embeddings
        self._fitted: dict[frozenset[int], tuple[Plda, Floats]] = {}

    def of(self, first: int, second: int) -> tuple[Plda, Floats]:
        """The back-end for speakers of these two folds, and all test embeddings projected by it."""
        # Two folds are always left out: were it one for genuine trials and two for most impostor trials, then
        # better fitted back-ends would tell them apart.
        key = frozenset({first, second if second != first else (first + 1) % FOLDS})
        if key not in self._fitted:
            model = self._fit(~np.isin(self._fold, list(key)))
            self._fitted[key] = (model, model.project(self._embeddings))
        return self._fitted[key]


def plda_scores(
    backends: Backends,
    callers: Rows,
    caller_fold: Ints,
    probes: Ints,
    probe_fold: Ints,
    independence: float = 1.0,
) -> Floats:
    """Log likelihood ratios of shape (callers, probes).

    ``n`` enrollments of a caller count as ``1 + independence * (n - 1)``: by the book with 1, as their mean
    with 0.
    """
    result = np.empty((len(callers), len(probes)))
    calls = np.array([len(rows) for rows in callers])
    counts = 1.0 + independence * (calls - 1)
    for first in range(FOLDS):
        own = np.flatnonzero(caller_fold == first)
        for second in range(FOLDS):
            heard = np.flatnonzero(probe_fold == second)
            if not (len(own) and len(heard)):
                continue
            model, projected = backends.of(first, second)
            sums = np.stack([projected[callers[int(row)]].mean(axis=0) * counts[row] for row in own])
            result[np.ix_(own, heard)] = model.score(sums, counts[own], projected[probes[heard]])
    return result


def fitted_on(
    embeddings: Floats, segments: Segments, within: float, between: float
) -> Callable[[npt.NDArray[np.bool_]], Plda]:
    """Fits a back-end on those of the fitting segments that it is told."""

    def fit(keep: npt.NDArray[np.bool_]) -> Plda:
        return fit_plda(
            embeddings[keep], segments.pseudo[keep], within_shrinkage=within, between_shrinkage=between
        )

    return fit
