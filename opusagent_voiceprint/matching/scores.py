"""Similarity: what a log likelihood ratio above an operating point says, in [0, 1].

Between strangers on one kind of telephone line cosines are as high as those of one person across two kinds
of line, so that no single threshold on them can serve. Scores are therefore calibrated for each class of
lines (:mod:`~opusagent_voiceprint.matching.calibration`), and similarity is a logistic function of what is
left above the class's operating point, where it is 0.75.
"""

from __future__ import annotations

import math
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

__all__ = ["OPERATING_SIMILARITY", "Channel", "log_odds", "similarity_of"]

Channel = Literal["wide", "narrow"]
"""The band of the speech: ``narrow`` is a telephone's, up to 4 kHz."""

OPERATING_SIMILARITY: Final = 0.75

_AT_THE_POINT: Final = math.log(OPERATING_SIMILARITY / (1.0 - OPERATING_SIMILARITY))
_NATS_PER_UNIT: Final = 2.0
"""Half the slope of a probability: the ratios of enrolled callers fill the range above the threshold then."""
_LEAST: Final = 1e-12


def similarity_of(above: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Similarities in [0, 1] of log likelihood ratios above their operating points, of any shape."""
    odds = np.clip(_AT_THE_POINT + above.astype(np.float64) / _NATS_PER_UNIT, -30.0, 30.0)
    similarity: npt.NDArray[np.float64] = 1.0 / (1.0 + np.exp(-odds))
    return similarity


def log_odds(similarity: float) -> float:
    """The logarithm of a similarity's odds; finite for 0 and 1 as well."""
    inside = min(max(similarity, _LEAST), 1.0 - _LEAST)
    return math.log(inside / (1.0 - inside))
