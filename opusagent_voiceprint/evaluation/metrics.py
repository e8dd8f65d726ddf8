"""Error rates and costs of scores, higher meaning more alike: EER, DCF, FAR, FRR, Cllr.

A trial is accepted at or above a threshold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = [
    "ErrorRates",
    "cllr",
    "dcf",
    "eer",
    "error_rates",
    "far_threshold",
    "frr",
    "min_cllr",
]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ErrorRates:
    """FAR and FRR at every threshold that makes a difference, lowest first; all of shape (thresholds,)."""

    thresholds: Floats
    far: Floats
    frr: Floats

    @property
    def eer(self) -> float:
        """The rate at which as many genuine trials are rejected as impostor trials are accepted.

        With few trials there may be no threshold at which both are equal: the mean of the two nearest.
        """
        at = int(np.argmin(np.abs(self.frr - self.far)))
        return float((self.frr[at] + self.far[at]) / 2)

    def min_dcf(self, prior: float) -> float:
        """The detection cost at the best threshold; see :func:`dcf`."""
        return float(dcf(self.far, self.frr, prior).min())


def error_rates(genuine: Floats, impostor: Floats) -> ErrorRates:
    """All points of the DET curve (Martin et al., 1997), from accepting everything to accepting nothing.

    Args:
        genuine: scores of trials of one speaker, shape (g,), at least one.
        impostor: scores of trials of two speakers, shape (i,), at least one.
    """
    thresholds = np.append(np.unique(np.concatenate([genuine, impostor])), np.inf)
    accepted = 1.0 - np.searchsorted(np.sort(impostor), thresholds) / len(impostor)
    rejected = np.searchsorted(np.sort(genuine), thresholds) / len(genuine)
    return ErrorRates(thresholds, accepted, rejected)


def eer(genuine: Floats, impostor: Floats) -> float:
    """The equal error rate; see :attr:`ErrorRates.eer`."""
    return error_rates(genuine, impostor).eer


def dcf(far: Floats, frr: Floats, prior: float) -> Floats:
    """The detection cost for a prior of genuine trials, both errors costing the same (NIST SRE).

    1 is the cost of the better of accepting and rejecting everything.
    """
    cost: Floats = (prior * frr + (1.0 - prior) * far) / min(prior, 1.0 - prior)
    return cost


def far_threshold(impostor: Floats, far: float) -> float:
    """The score that at most a part ``far`` of impostor trials exceeds."""
    return float(np.quantile(impostor, 1.0 - far, method="higher"))


def frr(genuine: Floats, impostor: Floats, far: float = 0.001) -> float:
    """The part of genuine trials rejected where at most a part ``far`` of impostor trials is accepted."""
    return float((genuine <= far_threshold(impostor, far)).mean())


def cllr(genuine: Floats, impostor: Floats) -> float:
    """The cost of log likelihood ratios in bits; 1 for a system that says nothing.

    Brummer and Du Preez, "Application-independent evaluation of speaker detection" (2006).
    """
    lost = np.logaddexp(0.0, -genuine).mean() + np.logaddexp(0.0, impostor).mean()
    return float(lost / 2 / np.log(2))


def min_cllr(genuine: Floats, impostor: Floats) -> float:
    """The least Cllr that any increasing function of these scores has.

    The pool adjacent violators algorithm gives that function (Brummer and Du Preez, 2006).
    """
    scores = np.concatenate([genuine, impostor])
    _, place = np.unique(scores, return_inverse=True)
    own = np.bincount(place[: len(genuine)], minlength=int(place.max()) + 1) / len(genuine)
    others = np.bincount(place[len(genuine) :], minlength=len(own)) / len(impostor)
    blocks: list[tuple[float, float]] = []
    for block in _runs(own, others):
        blocks.append(block)
        # A block may not be less likely genuine than the one before it.
        while len(blocks) > 1 and blocks[-1][0] * blocks[-2][1] <= blocks[-2][0] * blocks[-1][1]:
            last, before = blocks.pop(), blocks.pop()
            blocks.append((last[0] + before[0], last[1] + before[1]))
    g, i = np.array(blocks).T
    with np.errstate(divide="ignore"):
        ratio = np.log(g) - np.log(i)
    lost = np.zeros(len(blocks))
    for part, cost in ((g, np.logaddexp(0.0, -ratio)), (i, np.logaddexp(0.0, ratio))):
        lost[part > 0] += part[part > 0] * cost[part > 0]
    return float(lost.sum() / 2 / np.log(2))


def _runs(own: Floats, others: Floats) -> list[tuple[float, float]]:
    """Neighbouring scores of one kind of trial only, taken together: they would be pooled anyway."""
    kind = np.where(own == 0, 0, np.where(others == 0, 1, 2 + np.arange(len(own))))
    starts = np.flatnonzero(np.append(True, kind[1:] != kind[:-1]))
    return list(
        zip(np.add.reduceat(own, starts).tolist(), np.add.reduceat(others, starts).tolist(), strict=True)
    )
