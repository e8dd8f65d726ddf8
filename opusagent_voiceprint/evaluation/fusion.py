"""Fusion and calibration: several scores of a trial become one log likelihood ratio."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Fusion", "fit_fusion"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fusion:
    """``offset + features @ weights`` is the log likelihood ratio."""

    offset: float
    weights: Floats

    def apply(self, features: Floats) -> Floats:
        """Log likelihood ratios of shape (...) of features of shape (..., k)."""
        result: Floats = features @ self.weights + self.offset
        return result


def fit_fusion(
    features: Floats,
    same: npt.NDArray[np.bool_],
    groups: npt.NDArray[np.int64],
    *,
    prior: float = 0.01,
    penalty: float = 1e-3,
    positive: int = 0,
) -> Fusion:
    """Fit by logistic regression with a low prior, and the same weight for every pair of lines.

    Brummer and Du Preez, "Application-independent evaluation of speaker detection" (2006): weighted so that
    the fit cares for the region where one stranger in a thousand or fewer is accepted.

    Args:
        features: shape (trials, k).
        same: whether a trial is genuine, shape (trials,).
        groups: the pair of lines of each trial, shape (trials,); all have the same weight.
        prior: of genuine trials, for the weights and taken out of the result again.
        penalty: on the squares of the weights of standardised features.
        positive: the first so many weights may not be negative: a higher score never counts against.
    """
    from scipy import optimize, special

    centre, spread = features.mean(axis=0), features.std(axis=0) + 1e-9
    rows = np.column_stack([np.ones(len(features)), (features - centre) / spread])
    weight = np.zeros(len(features))
    for group in np.unique(groups):
        for genuine, part in ((True, prior), (False, 1 - prior)):
            chosen = (groups == group) & (same == genuine)
            weight[chosen] = part / max(1, chosen.sum())
    weight /= weight.sum()
    sign = np.where(same, 1.0, -1.0)
    odds = np.log(prior / (1 - prior))

    def loss(theta: Floats) -> tuple[float, Floats]:
        margin = sign * (rows @ theta + odds)
        value = float(weight @ np.logaddexp(0.0, -margin)) + penalty * prior * float(theta[1:] @ theta[1:])
        slope = rows.T @ (-weight * sign * special.expit(-margin))
        slope[1:] += 2 * penalty * prior * theta[1:]
        return value, slope

    bounds = [(None, None)] + [(0.0 if k < positive else None, None) for k in range(features.shape[1])]
    found = optimize.minimize(
        loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500}
    )
    weights = found.x[1:] / spread
    return Fusion(float(found.x[0] - centre @ weights), weights)
