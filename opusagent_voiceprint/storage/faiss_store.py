"""Voiceprints in a FAISS index in memory, for searching many of them at once."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.models import Voiceprint

__all__ = ["FAISSVoiceStorage"]


class FAISSVoiceStorage:
    """An exact inner-product index over voiceprints scaled to length one, so scores are cosines.

    ``dimension`` is that of the embeddings; all must come from one encoder. Nothing is written to disk.
    Needs the extra ``faiss``. Safe to use from several threads.
    """

    def __init__(self, dimension: int = 256) -> None:
        try:
            import faiss
        except ImportError as exc:
            raise StorageError(
                'FAISSVoiceStorage needs FAISS: pip install "opusagent-voiceprint[faiss]"'
            ) from exc
        self.dimension = dimension
        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
        self._voiceprints: dict[int, Voiceprint] = {}
        self._rows: dict[str, int] = {}
        self._next_row = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._voiceprints)

    def add_voiceprint(self, voiceprint: Voiceprint) -> None:
        """Add a voiceprint; one with the same ``voiceprint_id`` is replaced."""
        vector = self._unit(voiceprint.embedding)
        with self._lock:
            old = self._rows.pop(voiceprint.voiceprint_id, None)
            if old is not None:
                self._drop([old])
            row = self._next_row
            self._next_row += 1
            self._index.add_with_ids(vector, np.array([row], dtype=np.int64))
            self._voiceprints[row] = voiceprint.model_copy(deep=True)
            self._rows[voiceprint.voiceprint_id] = row

    def search_similar(self, query: npt.NDArray[np.float32], k: int = 5) -> list[tuple[Voiceprint, float]]:
        """The ``k`` voiceprints most like ``query`` of shape (dimension,), with their cosines, best first."""
        vector = self._unit(query)
        with self._lock:
            count = min(k, len(self._voiceprints))
            if count < 1:
                return []
            scores, rows = self._index.search(vector, count)
            return [
                (self._voiceprints[int(row)].model_copy(deep=True), float(score))
                for row, score in zip(rows[0], scores[0], strict=True)
            ]

    def remove(self, caller_id: str) -> int:
        """Remove all voiceprints of a caller; how many there were."""
        with self._lock:
            rows = [row for row, kept in self._voiceprints.items() if kept.caller_id == caller_id]
            for row in rows:
                del self._rows[self._voiceprints[row].voiceprint_id]
            self._drop(rows)
            return len(rows)

    def _drop(self, rows: list[int]) -> None:
        if rows:
            self._index.remove_ids(np.array(rows, dtype=np.int64))
        for row in rows:
            del self._voiceprints[row]

    def _unit(self, embedding: npt.ArrayLike) -> npt.NDArray[np.float32]:
        vector = np.asarray(embedding, dtype=np.float32)
        if vector.shape != (self.dimension,):
            raise StorageError(
                f"an embedding of shape {vector.shape} does not fit; ({self.dimension},) is needed"
            )
        length = float(np.linalg.norm(vector))
        if not np.isfinite(length) or length == 0.0:
            raise StorageError("an embedding of length zero, or not of finite numbers, cannot be compared")
        return (vector / np.float32(length)).reshape(1, -1)
