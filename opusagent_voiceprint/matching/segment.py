"""A segment of the gallery: rows of callers whose lines are of one group, column by column."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint.matching.rows import EnrolledRow, LineGroup, Rows, Vector

__all__ = ["SEGMENT_ROWS", "RowSet", "Segment"]

SEGMENT_ROWS: Final = 65_536
"""Few enough to fill a new one in milliseconds and to keep scores of one in the cache; many enough that a
search is spent in products and not between them."""

_INITIAL_ROWS: Final = 64
_LARGEST_SCALE: Final = 2.0
"""Of one voiceprint, or of several that agree: the distance of an embedding from the mean."""
_MOVES: Final = 0.01


class RowSet(NamedTuple):
    """Rows of one group: arrays of shape (rows, dimension), (rows,) and (rows, wide_dimension).

    ``longest`` is at least the length of each vector; ``typical`` a scale that most are near, and all are
    between both of ``scales``.
    """

    group: LineGroup
    vector: Rows
    own: Vector
    scale: Vector
    handicap: Vector
    wide: Rows | None
    longest: float
    typical: float
    scales: tuple[float, float]

    def take(self, chosen: npt.NDArray[np.intp]) -> RowSet:
        """Some of the rows, copied."""
        return RowSet(
            self.group,
            self.vector[chosen],
            self.own[chosen],
            self.scale[chosen],
            self.handicap[chosen],
            None if self.wide is None else self.wide[chosen],
            self.longest,
            self.typical,
            self.scales,
        )


class Segment:
    """Up to :data:`SEGMENT_ROWS` callers. Rows have no gaps: the last one moves into each that comes.

    Not locked: the gallery does that.
    """

    def __init__(self, like: EnrolledRow) -> None:
        self.group = like.group
        self.callers: list[str] = []
        self._longest = 0.0
        self._typical = like.scale
        self._scales = (like.scale, like.scale)
        self._vector = np.zeros((_INITIAL_ROWS, len(like.vector)), dtype=np.float32)
        self._own, self._scale, self._handicap = np.zeros((3, _INITIAL_ROWS), dtype=np.float32)
        self._wide: Rows | None = None
        if like.wide_vector is not None:
            self._wide = np.zeros((_INITIAL_ROWS, len(like.wide_vector)), dtype=np.float32)

    def __len__(self) -> int:
        return len(self.callers)

    @property
    def is_full(self) -> bool:
        """Whether there is no room for another caller."""
        return len(self.callers) == SEGMENT_ROWS

    @property
    def columns(self) -> list[npt.NDArray[np.float32]]:
        """Every array, with the rows that nobody is in, which are zeros."""
        found = [self._vector, self._own, self._scale, self._handicap]
        return found if self._wide is None else [*found, self._wide]

    def rows(self, chosen: npt.NDArray[np.intp] | None = None) -> RowSet:
        """Copies of the chosen rows, or all of them: not copied, they change when callers do."""
        count = len(self.callers)
        everything = RowSet(
            self.group,
            self._vector[:count],
            self._own[:count],
            self._scale[:count],
            self._handicap[:count],
            None if self._wide is None else self._wide[:count],
            self._longest,
            self._typical,
            self._scales,
        )
        return everything if chosen is None else everything.take(chosen)

    def append(self, caller_id: str, enrolled: EnrolledRow) -> int:
        """Take in a caller; returns the row."""
        row = len(self.callers)
        if row == len(self._own):
            self._grow()
        self.callers.append(caller_id)
        self.set(row, enrolled)
        return row

    def set(self, row: int, enrolled: EnrolledRow) -> None:
        """Replace a row by one of the same group."""
        self._vector[row] = enrolled.vector
        self._own[row], self._scale[row] = enrolled.own, enrolled.scale
        self._handicap[row] = enrolled.handicap
        if self._wide is not None and enrolled.wide_vector is not None:
            self._wide[row] = enrolled.wide_vector
        self._longest = max(self._longest, math.sqrt(float(enrolled.vector @ enrolled.vector)))
        self._scales = (min(self._scales[0], enrolled.scale), max(self._scales[1], enrolled.scale))
        # Voiceprints that disagree wholly have scales without bounds, which must not move it much.
        self._typical += (min(enrolled.scale, _LARGEST_SCALE) - self._typical) * _MOVES

    def remove(self, row: int) -> str | None:
        """Take a caller out; returns who moved into the row, if anybody did."""
        # What the last row leaves behind is overwritten, not just forgotten.
        last = len(self.callers) - 1
        mover = self.callers.pop()
        for column in self.columns:
            column[row] = column[last]
            column[last] = 0
        if row == last:
            return None
        self.callers[row] = mover
        return mover

    def clear(self) -> None:
        """Take everybody out, and overwrite the rows."""
        self.callers.clear()
        for column in self.columns:
            column[:] = 0

    def _grow(self) -> None:
        def grown(column: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
            larger = np.zeros((min(2 * len(column), SEGMENT_ROWS), *column.shape[1:]), dtype=np.float32)
            larger[: len(column)] = column
            return larger

        # A search that is under way reads the old arrays to its end; what they hold goes with them.
        self._vector, self._own = grown(self._vector), grown(self._own)
        self._scale, self._handicap = grown(self._scale), grown(self._handicap)
        self._wide = None if self._wide is None else grown(self._wide)
