"""Trials: the scores of callers against probes, and which of them are of one person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Trials"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Trials:
    """Scores of shape (callers, probes), and whose the callers and the probes are.

    Where there are any besides: ``ratios`` are calibrated log likelihood ratios of the same shape,
    ``thresholds`` those at or above which a probe is accepted, of shape (probes,).
    """

    scores: Floats
    callers: Ints
    probes: Ints
    ratios: Floats | None = None
    thresholds: Floats | None = None

    @property
    def same(self) -> npt.NDArray[np.bool_]:
        """Shape (callers, probes): whether caller and probe are one person."""
        same: npt.NDArray[np.bool_] = self.callers[:, None] == self.probes[None]
        return same

    @property
    def genuine(self) -> Floats:
        """Scores of one person with herself."""
        return self.scores[self.same]

    @property
    def impostor(self) -> Floats:
        """Scores of two people."""
        return self.scores[~self.same]
