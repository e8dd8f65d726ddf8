"""Scores of everybody against everybody, each by parameters that were fitted on other people.

Speakers are in folds, and in as many parts or more, each inside one fold. The score of a caller of part ``k``
and a probe of part ``l`` comes from a back-end that was fitted without both parts, and each embedding from a
student that never heard its speaker's fold. What is fitted on scores (fusion, calibration, thresholds) is,
for probes of fold ``l``, fitted on trials in which nobody is of fold ``l``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from fitting.backend import Plda, fit_plda, unit_rows
from fitting.segments import Segments

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
    """One back-end for each pair of parts, fitted on the speakers of the others."""

    def __init__(
        self,
        fit: Callable[[npt.NDArray[np.bool_]], Plda],
        part_of_fit: Ints,
        embeddings: Floats,
    ) -> None:
        self.fit, self.part_of_fit, self.embeddings = fit, part_of_fit, embeddings
        self._parts = int(part_of_fit.max()) + 1
        self._fitted: dict[frozenset[int], Plda] = {}

    def of(self, first: int, second: int) -> Plda:
        """The back-end for speakers of these two parts."""
        # Two parts are always left out: were it one for genuine trials and two for most impostor trials, then
        # better fitted back-ends would tell them apart.
        key = frozenset({first, second if second != first else (first + 1) % self._parts})
        if key not in self._fitted:
            self._fitted[key] = self.fit(~np.isin(self.part_of_fit, list(key)))
        return self._fitted[key]

    def with_embeddings(self, embeddings: Floats) -> Backends:
        """The same back-ends for other embeddings."""
        other = Backends(self.fit, self.part_of_fit, embeddings)
        other._fitted = self._fitted
        return other


def plda_scores(
    backends: Backends,
    callers: Rows,
    caller_part: Ints,
    probes: Ints,
    probe_part: Ints,
    independence: float = 1.0,
) -> Floats:
    """Log likelihood ratios of shape (callers, probes).

    ``n`` enrollments of a caller count as ``1 + independence * (n - 1)``: by the book with 1, as their mean
    with 0.
    """
    result = np.empty((len(callers), len(probes)))
    calls = np.array([len(rows) for rows in callers])
    counts = 1.0 + independence * (calls - 1)
    for first in np.unique(caller_part):
        own = np.flatnonzero(caller_part == first)
        rows = np.concatenate([callers[int(each)] for each in own])
        starts = np.cumsum([0, *calls[own][:-1]])
        for second in np.unique(probe_part):
            heard = np.flatnonzero(probe_part == second)
            model = backends.of(int(first), int(second))
            enrolled = np.add.reduceat(model.project(backends.embeddings[rows]), starts, axis=0)
            sums = enrolled * (counts[own] / calls[own])[:, None]
            projected = model.project(backends.embeddings[probes[heard]])
            result[np.ix_(own, heard)] = model.score(sums, counts[own], projected)
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
