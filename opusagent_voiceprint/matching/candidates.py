"""Candidates of large galleries: an approximate index proposes whom to compare exactly."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint.errors import SettingsError
from opusagent_voiceprint.matching.judging import Product
from opusagent_voiceprint.matching.rows import LineGroup
from opusagent_voiceprint.matching.segment import RowSet

__all__ = ["PROPOSED", "GroupIndex", "load_faiss"]

PROPOSED: Final = 200
"""Rows that are compared exactly. benchmarks/gallery.py says how often the best two are among them."""

_ROWS_OF_A_CELL: Final = 50  # at least
_PART_SEARCHED: Final = 0.5
_FEWEST_CELLS: Final = 16
_TRAINED_ON: Final = 40  # rows of each cell
_ROUNDS: Final = 8
_GROWN: Final = 2.0

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]


def load_faiss() -> Any:
    """The module. Raises :class:`SettingsError` where it is not installed."""
    try:
        import faiss
    except ImportError:
        raise SettingsError(
            "a gallery above VOICE_INDEX_EXACT_LIMIT is searched with FAISS, which is not installed: "
            'pip install "opusagent-voiceprint[faiss]", or raise the limit'
        ) from None
    return faiss


class GroupIndex:
    """An inverted file over the rows of one group, one byte a value, by id. Safe to use from several threads.

    A row's own terms are further values of it, and a probe's weights for them further values of the query, so
    that the order is nearly that of the ratios: only the scale of each cosine is taken for a typical one.
    """

    def __init__(self, group: LineGroup, parts: Sequence[RowSet], ids: Ids) -> None:
        faiss = load_faiss()
        self.group = group
        self.trained_on = len(ids)
        self.typical = parts[0].typical
        self._lock = threading.Lock()
        self._faiss = faiss
        self._dimension = parts[0].vector.shape[1]
        self._own = float(np.mean([part.own.mean() for part in parts]))
        size = _values(self._own, parts[0])[:1].shape[1]
        cells = max(1, min(len(ids) // _ROWS_OF_A_CELL, int(2 * math.sqrt(len(ids)))))
        quantizer = faiss.IndexFlatIP(size)
        self._index = faiss.IndexIVFScalarQuantizer(
            quantizer, size, cells, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
        )
        self._index.cp.niter = _ROUNDS
        self._index.cp.min_points_per_centroid = 1
        self._index.nprobe = max(_FEWEST_CELLS, math.ceil(cells * _PART_SEARCHED))
        # Every part is looked at, since callers of one kind may have come one after the other.
        step = max(1, len(ids) // (_TRAINED_ON * cells))
        faiss.omp_set_num_threads(1)
        self._index.train(
            np.concatenate([_values(self._own, part.take(_every(part, step))) for part in parts])
        )
        self._index.set_direct_map_type(faiss.DirectMap.Hashtable)
        first = 0
        for part in parts:
            count = len(part.own)
            self._index.add_with_ids(_values(self._own, part), ids[first : first + count])
            first += count

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def has_outgrown_its_cells(self) -> bool:
        """Whether so many rows came that the cells should be found anew."""
        return len(self) > _GROWN * self.trained_on

    def put(self, row_id: int, row: RowSet) -> None:
        """Take in one row, in place of the one with this id if there is one."""
        values = _values(self._own, row)
        ids = np.array([row_id], dtype=np.int64)
        with self._lock:
            self._faiss.omp_set_num_threads(1)
            self._index.remove_ids(ids)
            self._index.add_with_ids(values, ids)

    def remove(self, row_id: int) -> None:
        """Take a row out, if it is there."""
        with self._lock:
            self._index.remove_ids(np.array([row_id], dtype=np.int64))

    def propose(self, product: Product, count: int) -> list[int]:
        """The ids of rows that are probably the best for a product, as many as ``count`` at most."""
        size = self._index.d
        query = np.zeros((1, size), dtype=np.float32)
        if product.of_vector is not None:
            query[0, : len(product.of_vector)] = product.of_vector
        query[0, -2:] = product.of_own, -1.0
        if product.of_wide is not None:
            query[0, self._dimension : self._dimension + len(product.of_wide)] = product.of_wide
        with self._lock:
            # Threads of its own for each of many searching threads would be more than the machine has.
            self._faiss.omp_set_num_threads(1)
            _, found = self._index.search(query, count)
        return [int(row_id) for row_id in found[0] if row_id >= 0]


def _values(own: float, rows: RowSet) -> Floats:
    found = [rows.vector] if rows.wide is None else [rows.vector, rows.wide]
    values = sum(each.shape[1] for each in found) + 2
    # FAISS compares one byte a value fast only where there is a multiple of sixteen.
    padding = np.zeros((len(rows.own), -values % 16), dtype=np.float32)
    return np.concatenate([*found, padding, (rows.own - own)[:, None], rows.handicap[:, None]], axis=1)


def _every(rows: RowSet, step: int) -> npt.NDArray[np.intp]:
    return np.arange(0, len(rows.own), step, dtype=np.intp)
