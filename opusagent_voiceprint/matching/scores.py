"""From cosine to similarity: what a cosine means depends on the lines it was measured across.

Between strangers on one kind of telephone line the cosine of Resemblyzer's embeddings is as high as that of
one person across two kinds of line, so that no single threshold on it can serve. Similarity is therefore the
cosine stretched for each pair of channels, so that 0.75 is where one stranger in a thousand is let through.
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
import numpy.typing as npt

__all__ = ["OPERATING_POINTS", "OPERATING_SIMILARITY", "Channel", "similarity_of"]

Channel = Literal["wide", "narrow"]
"""The band of the speech: ``narrow`` is a telephone's, up to 4 kHz."""

OPERATING_SIMILARITY: Final = 0.75

OPERATING_POINTS: Final[dict[frozenset[str], float]] = {
    frozenset({"wide"}): 0.81,
    frozenset({"narrow"}): 0.885,
    frozenset({"wide", "narrow"}): 0.77,
}
"""The cosine that 0.1 % of pairs of different speakers exceed, by channels; benchmarks/operating_points.py
measures it."""


def similarity_of(
    cosine: npt.NDArray[np.float32], enrolled: Channel, probe: Channel
) -> npt.NDArray[np.float32]:
    """Similarities in [0, 1] of cosines of any shape, between these two channels.

    A piecewise linear stretch through (0, 0), (operating point, 0.75) and (1, 1).
    """
    point = OPERATING_POINTS[frozenset({enrolled, probe})]
    stretched = np.interp(cosine, [0.0, point, 1.0], [0.0, OPERATING_SIMILARITY, 1.0])
    similarity: npt.NDArray[np.float32] = stretched.astype(np.float32)
    return similarity
