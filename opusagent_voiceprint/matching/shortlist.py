"""The shortlist: the rows of a search that may be among the best, by bounds on their ratios."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint.matching.judging import Bounds

__all__ = ["Shortlist"]

Floats = npt.NDArray[np.float32]


class Shortlist:
    """Takes bounds of part after part, and keeps every row that may be one of the ``wanted`` best.

    ``floor`` is a bound that so many rows reach at least; a row whose upper bound lies below it is none of
    the best.
    """

    def __init__(self, wanted: int) -> None:
        self._wanted = wanted
        self._best: Floats = np.empty(0, dtype=np.float32)
        self._kept: list[tuple[int, npt.NDArray[np.intp], Floats]] = []
        self.floor = -math.inf

    def add(self, part: int, found: Bounds) -> None:
        """The bounds of a part's rows."""
        if self.floor == -math.inf:
            self._raise_floor(found.leaders(self._wanted))
            rows, _, upper = found.reaching(self.floor)
        else:
            rows, lower, upper = found.reaching(self.floor)
            self._raise_floor(lower)
        if len(rows):
            self._kept.append((part, rows, upper))

    def rows(self) -> dict[int, npt.NDArray[np.intp]]:
        """By part, the rows that may be among the best of all parts."""
        return {part: rows[upper >= self.floor] for part, rows, upper in self._kept}

    def _raise_floor(self, lower: Floats) -> None:
        best = np.concatenate([self._best, lower])
        if len(best) > self._wanted:
            best = np.partition(best, len(best) - self._wanted)[-self._wanted :]
        self._best = best
        if len(best) == self._wanted:
            self.floor = float(best.min())
