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

    ``dimension`` is that of the embeddings. Voiceprints of different encoders are never compared: each
    encoder has an index of its own. Nothing is written to disk. Needs the extra ``faiss``. Safe to use from
    several threads. To add, replace and remove rebuilds nothing; what takes the place of what was removed
    overwrites it.
    """

    def __init__(self, dimension: int = 256) -> None:
        try:
            import faiss
        except ImportError as exc:
            raise StorageError(
                'FAISSVoiceStorage needs FAISS: pip install "opusagent-voiceprint[faiss]"'
            ) from exc
        self.dimension = dimension
        self._faiss: Any = faiss
        self._encoders: dict[str, _OfOneEncoder] = {}
        self._encoder_of: dict[str, str] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._encoder_of)

    def add_voiceprint(self, voiceprint: Voiceprint) -> None:
        """Add a voiceprint; one with the same ``voiceprint_id`` is replaced.

        Raises :class:`StorageError` for an embedding that does not fit, or cannot be compared.
        """
        vector = self._unit(voiceprint.embedding)
        with self._lock:
            self._remove(voiceprint.voiceprint_id)
            if voiceprint.encoder not in self._encoders:
                self._encoders[voiceprint.encoder] = _OfOneEncoder(self._faiss.IndexFlatIP(self.dimension))
            self._encoders[voiceprint.encoder].add(vector, voiceprint.model_copy(deep=True))
            self._encoder_of[voiceprint.voiceprint_id] = voiceprint.encoder

    def search_similar(
        self, query: npt.NDArray[np.float32], k: int = 5, *, encoder: str | None = None
    ) -> list[tuple[Voiceprint, float]]:
        """The ``k`` voiceprints most like ``query``, with their cosines, best first.

        Args:
            query: an embedding of shape (dimension,).
            k: how many at most.
            encoder: whose embedding it is, as the voiceprints name it; may be left out while all of them
                name the same.

        Raises:
            StorageError: the query does not fit or cannot be compared, or the voiceprints are of several
                encoders and ``encoder`` does not say of which it is.
        """
        vector = self._unit(query)
        with self._lock:
            if encoder is None:
                if len(self._encoders) > 1:
                    raise StorageError(
                        f"the voiceprints are of {len(self._encoders)} encoders, whose embeddings cannot be "
                        f"compared: name the query's as encoder=, one of {sorted(self._encoders)}"
                    )
                encoder = next(iter(self._encoders), "")
            found = self._encoders.get(encoder)
            if found is None or k < 1:
                return []
            return [(each.model_copy(deep=True), score) for each, score in found.search(vector, k)]

    def remove(self, caller_id: str) -> int:
        """Remove all voiceprints of a caller; how many there were."""
        with self._lock:
            gone = [
                voiceprint_id
                for each in self._encoders.values()
                for voiceprint_id in each.by_caller.get(caller_id, ())
            ]
            for voiceprint_id in gone:
                self._remove(voiceprint_id)
            return len(gone)

    def remove_voiceprint(self, voiceprint_id: str) -> bool:
        """Remove one voiceprint; whether it was there."""
        with self._lock:
            return self._remove(voiceprint_id)

    def _remove(self, voiceprint_id: str) -> bool:
        encoder = self._encoder_of.pop(voiceprint_id, None)
        if encoder is None:
            return False
        self._encoders[encoder].remove(voiceprint_id)
        if not self._encoders[encoder].voiceprints:
            del self._encoders[encoder]
        return True

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


class _OfOneEncoder:
    """An index, and the voiceprint of each of its rows."""

    def __init__(self, index: Any) -> None:
        self._index = index
        self.voiceprints: list[Voiceprint] = []
        self.by_caller: dict[str, set[str]] = {}
        self._rows: dict[str, int] = {}

    def add(self, vector: npt.NDArray[np.float32], voiceprint: Voiceprint) -> None:
        self._index.add(vector)
        self._rows[voiceprint.voiceprint_id] = len(self.voiceprints)
        self.voiceprints.append(voiceprint)
        self.by_caller.setdefault(voiceprint.caller_id, set()).add(voiceprint.voiceprint_id)

    def search(self, vector: npt.NDArray[np.float32], k: int) -> list[tuple[Voiceprint, float]]:
        scores, rows = self._index.search(vector, min(k, len(self.voiceprints)))
        return [
            (self.voiceprints[int(row)], float(score)) for row, score in zip(rows[0], scores[0], strict=True)
        ]

    def remove(self, voiceprint_id: str) -> None:
        row = self._rows.pop(voiceprint_id)
        owner = self.voiceprints[row].caller_id
        self.by_caller[owner].discard(voiceprint_id)
        if not self.by_caller[owner]:
            del self.by_caller[owner]
        # The last row moves into the gap: removing by id would move all that follow.
        last = len(self.voiceprints) - 1
        vectors = self._rows_of_index()
        mover = self.voiceprints.pop()
        if row != last:
            vectors[row] = vectors[last]
            self.voiceprints[row] = mover
            self._rows[mover.voiceprint_id] = row
        vectors[last] = 0.0
        self._index.codes.resize(last * self._index.code_size)
        self._index.ntotal = last

    def _rows_of_index(self) -> npt.NDArray[np.float32]:
        """The index's own memory, of shape (rows, dimension)."""
        import faiss

        rows: npt.NDArray[np.float32] = faiss.rev_swig_ptr(
            self._index.get_xb(), self._index.ntotal * self._index.d
        ).reshape(self._index.ntotal, self._index.d)
        return rows
