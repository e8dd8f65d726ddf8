"""The indexes of a large gallery: built beside the searches, and kept in step with the rows."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from opusagent_voiceprint.errors import SettingsError
from opusagent_voiceprint.matching.candidates import GroupIndex, load_faiss
from opusagent_voiceprint.matching.rows import LineGroup
from opusagent_voiceprint.matching.segment import Segment

__all__ = ["Indexes"]

logger = logging.getLogger(__name__)

_PART_OF_LIMIT: Final = 4
"""A group of a gallery above the limit has an index from this part of the limit on."""


class Indexes:
    """An index for each large group of rows, once there are more callers than ``limit``.

    They are built on a thread of their own. Until one is there, and without FAISS, which is said once, the
    rows are searched exactly. All but that thread's work is called under the gallery's lock.
    """

    def __init__(self, limit: int, lock: threading.Lock, segments: Sequence[Segment]) -> None:
        self._limit = limit
        self._lock = lock
        self._segments = segments
        self._ready: dict[LineGroup, GroupIndex] = {}
        self._ids: dict[str, int] = {}
        self._callers: dict[int, str] = {}
        self._next = itertools.count()
        self._changed: set[str] = set()
        self._gone: list[int] = []
        self._builder: threading.Thread | None = None
        self._is_off = False
        self._cleared = 0

    @property
    def ready(self) -> Mapping[LineGroup, GroupIndex]:
        """The indexes that are there now."""
        return dict(self._ready)

    @property
    def building(self) -> threading.Thread | None:
        """The thread that builds, while there is one."""
        return self._builder

    def callers(self, ids: Sequence[int]) -> list[str]:
        """Those of these ids who are still here."""
        return [self._callers[each] for each in ids if each in self._callers]

    def written(self, caller_id: str, segment: Segment, row: int) -> None:
        """A caller has a new row."""
        if self._builder is not None:
            self._changed.add(caller_id)
        if (index := self._ready.get(segment.group)) is not None:
            index.put(self._id(caller_id), segment.rows(np.array([row], dtype=np.intp)))

    def moved(self, caller_id: str) -> None:
        """A caller has another row, with the same in it."""
        if self._builder is not None:
            self._changed.add(caller_id)

    def removed(self, caller_id: str, group: LineGroup) -> None:
        """A caller has no row any more."""
        row_id = self._ids.pop(caller_id, None)
        if row_id is None:
            return
        del self._callers[row_id]
        if self._builder is not None:
            self._gone.append(row_id)
        if (index := self._ready.get(group)) is not None:
            index.remove(row_id)

    def clear(self) -> None:
        """Nobody is here any more."""
        self._cleared += 1
        for held in (self._ready, self._ids, self._callers, self._changed):
            held.clear()

    def keep_up(self) -> None:
        """Have built what is missing, or has outgrown its cells."""
        if self._builder is None and not self._is_off and self._missing():
            self._builder = threading.Thread(target=self._build, name="voiceprint-index", daemon=True)
            self._builder.start()

    def _missing(self) -> list[LineGroup]:
        rows: dict[LineGroup, int] = {}
        for segment in self._segments:
            rows[segment.group] = rows.get(segment.group, 0) + len(segment)
        if sum(rows.values()) <= self._limit:
            return []
        return [
            group
            for group, count in rows.items()
            if count * _PART_OF_LIMIT > self._limit
            and (group not in self._ready or self._ready[group].has_outgrown_its_cells)
        ]

    def _build(self) -> None:
        try:
            load_faiss()
            while self._build_one():
                pass
        except Exception as exc:  # noqa: BLE001 - an index that fails must not keep anybody from being found
            said = str(exc) if isinstance(exc, SettingsError) else f"no index was built: {type(exc).__name__}"
            logger.warning("%s; until then the gallery is searched exactly, which takes longer", said)
            with self._lock:
                self._is_off, self._builder = True, None

    def _build_one(self) -> bool:
        with self._lock:
            missing = self._missing()
            if not missing:
                self._builder = None
                return False
            group, cleared = missing[0], self._cleared
            self._changed.clear()
            self._gone.clear()
            # Not copied: rows that are written while they are read are put in again at the end.
            segments = [segment for segment in self._segments if segment.group == group]
            parts = [segment.rows() for segment in segments]
            ids = [self._id(caller_id) for segment in segments for caller_id in segment.callers]
        index = GroupIndex(group, parts, np.array(ids, dtype=np.int64))
        with self._lock:
            if cleared != self._cleared:
                return True
            for row_id in self._gone:
                index.remove(row_id)
            rows = {
                caller_id: (segment, row)
                for segment in self._segments
                if segment.group == group
                for row, caller_id in enumerate(segment.callers)
                if caller_id in self._changed
            }
            for caller_id in self._changed:
                if caller_id in rows:
                    segment, row = rows[caller_id]
                    index.put(self._id(caller_id), segment.rows(np.array([row], dtype=np.intp)))
                elif caller_id in self._ids:
                    index.remove(self._ids[caller_id])
            self._ready[group] = index
        return True

    def _id(self, caller_id: str) -> int:
        row_id = self._ids.get(caller_id)
        if row_id is None:
            row_id = self._ids[caller_id] = next(self._next)
            self._callers[row_id] = caller_id
        return row_id
