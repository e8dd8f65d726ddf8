"""Operating points: a threshold where fewer strangers are accepted than there are trials to count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint.evaluation.fusion import Fusion, fit_fusion

__all__ = [
    "FAR",
    "GENUINE_A_GROUP",
    "STRICT",
    "TAIL",
    "OperatingPoint",
    "fit_operating_point",
    "tail_threshold",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FAR: Final = 1e-4
"""Of pairs, at the shipped operating point: at most 1 % of strangers named among 100 enrolled callers."""
STRICT: Final = 0.25
"""How far the shipped thresholds go from those of all lines together to those of the strictest pair."""
TAIL: Final = 0.02
"""The part of impostor trials, the highest, that the tail is fitted on."""
_TAIL_TRIALS: Final = 10
GENUINE_A_GROUP: Final = 10
"""A pair of lines with fewer genuine trials is left out of a fit, unless all have fewer."""


def tail_threshold(impostor: Floats, far: float) -> float:
    """The score that a part ``far`` of impostor trials reaches, where that may be less than one trial.

    A generalised Pareto tail above the 98th percentile (Pickands, 1975), or above a lower one where there are
    fewer than 500 trials; never heavier than an exponential one.
    """
    from scipy import stats

    tail = min(0.5, max(TAIL, _TAIL_TRIALS / len(impostor)))
    base = float(np.quantile(impostor, 1 - tail))
    if far >= tail:
        return float(np.quantile(impostor, 1 - far))
    beyond = impostor[impostor > base]
    if not len(beyond):
        # The highest are all alike: nothing is known of what lies above, and they themselves are too many.
        return float(np.nextafter(base, np.inf))
    shape, _, scale = stats.genpareto.fit(beyond - base, floc=0)
    part = far / tail
    if shape > -1e-6:
        return base - float(scale * np.log(part))
    return base + float(scale / shape * (part**-shape - 1))


@dataclass(frozen=True, eq=False)
class OperatingPoint:
    """A fusion, and the threshold on its log likelihood ratio."""

    fusion: Fusion
    threshold: float


def fit_operating_point(
    features: Floats,
    same: npt.NDArray[np.bool_],
    groups: Ints,
    *,
    far: float = FAR,
    positive: int,
    prior: float = 0.01,
    strict: float = STRICT,
) -> OperatingPoint:
    """Fit both on the trials of one class of lines.

    Args:
        features: shape (trials, k).
        same: whether a trial is genuine, shape (trials,).
        groups: the pair of lines of each trial, shape (trials,).
        far: of pairs, at the threshold.
        positive: the first so many features are scores, which may only count in favour.
        prior: see :func:`~opusagent_voiceprint.evaluation.fusion.fit_fusion`.
        strict: 0 takes the threshold of all pairs of lines together, 1 that of the strictest pair of them.
            The strictest alone rests on a few unlucky pairs of voices, all of them on thousands.
    """
    bearing = [each for each in np.unique(groups) if (same & (groups == each)).sum() >= GENUINE_A_GROUP]
    if bearing:
        chosen = np.isin(groups, bearing)
        features, same, groups = features[chosen], same[chosen], groups[chosen]
    else:
        groups = np.zeros_like(groups)
    fusion = fit_fusion(features, same, groups, prior=prior, positive=positive)
    ratios = fusion.apply(features)
    together = tail_threshold(ratios[~same], far)
    strictest = max([together, *_thresholds(ratios[~same], groups[~same], far)])
    return OperatingPoint(fusion, (1 - strict) * together + strict * strictest)


def _thresholds(ratios: Floats, groups: Ints, far: float) -> Sequence[float]:
    parts = [ratios[groups == each] for each in np.unique(groups)]
    return [tail_threshold(part, far) for part in parts if len(part) * TAIL >= _TAIL_TRIALS]
