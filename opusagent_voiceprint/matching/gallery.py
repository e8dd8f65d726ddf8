"""The gallery: every caller's voice in memory, searched exactly."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint.matching.backend import Backend
from opusagent_voiceprint.matching.probe import Probe
from opusagent_voiceprint.matching.rows import EnrolledRow, ProbeColumns, RowLines
from opusagent_voiceprint.matching.scores import similarity_of
from opusagent_voiceprint.models import Voiceprint

__all__ = ["Comparison", "Gallery"]

_INITIAL_ROWS: Final = 256

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """A probe beside callers; arrays of shape (callers,).

    ``plda`` (zeros without one) and ``cosine`` are the scores, ``classes`` indices into
    ``calibration.CLASSES``, ``above`` the log likelihood ratios above the operating point.
    """

    callers: Sequence[str]
    plda: Floats
    cosine: Floats
    classes: npt.NDArray[np.int8]
    above: Floats


class _Columns:
    """The rows of the gallery, column by column."""

    def __init__(self, rows: int, dimension: int) -> None:
        self.vector = np.zeros((rows, dimension), dtype=np.float32)
        self.own = np.zeros(rows, dtype=np.float32)
        self.scale = np.zeros(rows, dtype=np.float32)
        self.snr_db = np.zeros(rows, dtype=np.float32)
        self.handicap = np.zeros(rows, dtype=np.float32)
        self.wide_line = np.zeros(rows, dtype=np.bool_)
        self.unsure_line = np.zeros(rows, dtype=np.bool_)
        self.has_wide = np.zeros(rows, dtype=np.bool_)
        self.wide: Floats | None = None  # only where wideband has an encoder of its own

    def all(self) -> list[npt.NDArray[np.generic]]:
        return [column for column in vars(self).values() if column is not None]

    def grow(self) -> None:
        for name, column in list(vars(self).items()):
            if column is not None:
                setattr(self, name, np.concatenate([column, np.zeros_like(column)]))

    def set(self, row: int, enrolled: EnrolledRow) -> None:
        if self.wide is None and enrolled.wide_vector is not None:
            self.wide = np.zeros((len(self.own), len(enrolled.wide_vector)), dtype=np.float32)
        self.vector[row] = enrolled.vector
        self.own[row], self.scale[row], self.snr_db[row] = enrolled.own, enrolled.scale, enrolled.snr_db
        self.handicap[row] = enrolled.handicap
        self.wide_line[row], self.unsure_line[row] = enrolled.wide_line, enrolled.unsure_line
        self.has_wide[row] = enrolled.wide_vector is not None
        if self.wide is not None:
            self.wide[row] = 0.0 if enrolled.wide_vector is None else enrolled.wide_vector

    def move(self, source: int, target: int) -> None:
        for column in self.all():
            column[target] = column[source]

    def clear(self, rows: int | slice) -> None:
        for column in self.all():
            column[rows] = 0


class Gallery:
    """The callers that may be recognised, one row each. Safe to use from several threads.

    Voiceprints of another encoder, or of another dimension, are left out: their embeddings cannot be
    compared. ``nameless`` counts those that are left out because they name no encoder.
    """

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self._lock = threading.Lock()
        self._columns = _Columns(_INITIAL_ROWS, backend.dimension)
        self._callers: list[str] = []
        self._row: dict[str, int] = {}
        self._nameless: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._callers)

    @property
    def callers(self) -> int:
        """How many callers are here."""
        return len(self._callers)

    @property
    def nameless(self) -> int:
        """How many voiceprints are left out because nobody can tell which encoder made them."""
        with self._lock:
            return sum(self._nameless.values())

    def put(self, caller_id: str, voiceprints: Sequence[Voiceprint]) -> None:
        """Make these the caller's voiceprints, whatever was there before."""
        enrolled = self.backend.enroll(voiceprints)
        nameless = sum(not each.encoder and not self.backend.fits(each) for each in voiceprints)
        with self._lock:
            self._nameless.pop(caller_id, None)
            if nameless:
                self._nameless[caller_id] = nameless
            if enrolled is None:
                self._remove(caller_id)
                return
            row = self._row.get(caller_id, len(self._callers))
            if row == len(self._columns.own):
                self._columns.grow()
            self._columns.set(row, enrolled)
            if row == len(self._callers):
                self._row[caller_id] = row
                self._callers.append(caller_id)

    def remove(self, caller_id: str) -> bool:
        """Take a caller out and overwrite the row; true if there was one."""
        with self._lock:
            self._nameless.pop(caller_id, None)
            return self._remove(caller_id)

    def clear(self) -> None:
        """Take everybody out."""
        with self._lock:
            self._columns.clear(slice(None))
            self._callers.clear()
            self._row.clear()
            self._nameless.clear()

    def search(
        self, probe: Probe, k: int = 5, among: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """The ``k`` most similar callers as (caller_id, similarity), best first; only ``among`` these."""
        if k < 1:
            return []
        ready = self.backend.prepare(probe)
        with self._lock:
            found, rows = self._compare(ready, among)
            above = found.above
            wanted = min(len(above), k)
            if not wanted:
                return []
            top = np.argpartition(-above, wanted - 1)[:wanted]
            top = top[np.argsort(-above[top], kind="stable")]
            named = top if isinstance(rows, slice) else rows[top]
            callers = [self._callers[int(row)] for row in named]
        return list(zip(callers, map(float, similarity_of(above[top])), strict=True))

    def compare(self, probe: Probe, among: Collection[str] | None = None) -> Comparison:
        """A probe beside every caller, or beside those ``among`` these."""
        ready = self.backend.prepare(probe)
        with self._lock:
            found, rows = self._compare(ready, among)
            callers = self._callers[rows] if isinstance(rows, slice) else [self._callers[r] for r in rows]
        return replace(found, callers=callers)

    def _compare(
        self, ready: ProbeColumns, among: Collection[str] | None
    ) -> tuple[Comparison, slice | npt.NDArray[np.intp]]:
        """Without the callers' ids; they are many, and a search needs few."""
        backend, columns = self.backend, self._columns
        rows: slice | npt.NDArray[np.intp] = slice(len(self._callers))
        if among is not None:
            chosen = sorted(self._row[caller_id] for caller_id in set(among) & self._row.keys())
            rows = np.array(chosen, dtype=np.intp)
        products = columns.vector[rows] @ ready.columns
        plda = np.zeros(len(products), dtype=np.float32)
        cosine: Floats = products[:, -1]
        if backend.plda is not None:
            plda = products[:, 0] + columns.own[rows] + np.float32(ready.own)
            cosine = cosine * columns.scale[rows] + np.float32(ready.shift)
        lines = RowLines(
            columns.wide_line[rows], columns.unsure_line[rows], columns.has_wide[rows], columns.snr_db[rows]
        )
        if ready.wide_vector is not None and columns.wide is not None:
            cosine = np.where(lines.has_wide, columns.wide[rows] @ ready.wide_vector, cosine)
        classes, above = backend.judge(ready, lines, plda, cosine)
        return Comparison((), plda, cosine, classes, above - columns.handicap[rows]), rows

    def _remove(self, caller_id: str) -> bool:
        row = self._row.pop(caller_id, None)
        if row is None:
            return False
        # The last row moves into the gap; what it leaves behind is overwritten, not just forgotten.
        last = len(self._callers) - 1
        mover = self._callers.pop()
        if row != last:
            self._columns.move(last, row)
            self._callers[row] = mover
            self._row[mover] = row
        self._columns.clear(last)
        return True
