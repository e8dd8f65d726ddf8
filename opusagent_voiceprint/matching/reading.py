"""What a search of the gallery reads and finds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint.matching.candidates import GroupIndex
from opusagent_voiceprint.matching.rows import LineGroup
from opusagent_voiceprint.matching.scores import similarity_of
from opusagent_voiceprint.matching.segment import Segment

__all__ = ["Found", "Place", "Places", "Reading", "best_of"]

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]


class Place(NamedTuple):
    """Where a caller's row is."""

    segment: Segment
    row: int


class Found(NamedTuple):
    """Rows of a segment, and their ratios above the operating point."""

    segment: Segment
    rows: Places
    above: Floats


class Reading:
    """The rows as a search finds them, and which of them were written since."""

    def __init__(self, segments: Iterable[Segment], indexes: Mapping[LineGroup, GroupIndex]) -> None:
        self.indexes = indexes
        self.parts = [(each, each.rows()) for each in segments if each.group not in indexes]
        self.touched: dict[Segment, set[int]] = {}


def best_of(found: Sequence[Found], k: int) -> list[tuple[str, float]]:
    """The ``k`` best as (caller_id, similarity), best first."""
    if not found:
        return []
    above = np.concatenate([each.above for each in found])
    top = np.argsort(-above, kind="stable")[:k]
    starts = np.cumsum([0, *(len(each.above) for each in found)])
    parts = np.searchsorted(starts, top, side="right") - 1
    callers = [
        found[part].segment.callers[int(found[part].rows[index - starts[part]])]
        for part, index in zip(parts, top, strict=True)
    ]
    return list(zip(callers, map(float, similarity_of(above[top])), strict=True))
