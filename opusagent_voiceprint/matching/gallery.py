"""The gallery: every live voiceprint in memory, searched exactly."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint.matching.scores import Channel, similarity_of
from opusagent_voiceprint.models import Embedding, Voiceprint

__all__ = ["Gallery"]

_CHANNELS: Final[tuple[Channel, ...]] = ("wide", "narrow")
_INITIAL_ROWS: Final = 256


class Gallery:
    """Voiceprints of one encoder, as one matrix. Safe to use from several threads.

    Voiceprints made by another encoder, or of another dimension, are left out: their embeddings cannot be
    compared. One that names no encoder was saved by an application, which vouches that it is of this
    one. A caller's score is that of the caller's best voiceprint.
    """

    def __init__(self, encoder_id: str, dimension: int) -> None:
        self.encoder_id = encoder_id
        self._dimension = dimension
        self._lock = threading.Lock()
        self._matrix = np.zeros((_INITIAL_ROWS, dimension), dtype=np.float32)
        self._channel = np.zeros(_INITIAL_ROWS, dtype=np.int8)
        self._owner: list[str] = []
        self._rows: dict[str, set[int]] = {}

    def __len__(self) -> int:
        return len(self._owner)

    @property
    def callers(self) -> int:
        """How many callers have a voiceprint here."""
        return len(self._rows)

    def put(self, caller_id: str, voiceprints: Iterable[Voiceprint]) -> None:
        """Make these the caller's voiceprints, whatever was there before."""
        usable = [
            (voiceprint.embedding, _CHANNELS.index("narrow" if voiceprint.channel == "narrow" else "wide"))
            for voiceprint in voiceprints
            if voiceprint.encoder in ("", self.encoder_id)
            and voiceprint.embedding.shape == (self._dimension,)
        ]
        with self._lock:
            self._remove(caller_id)
            for embedding, channel in usable:
                self._append(caller_id, embedding, channel)

    def remove(self, caller_id: str) -> bool:
        """Take a caller out and overwrite the rows; true if there was one."""
        with self._lock:
            return self._remove(caller_id)

    def clear(self) -> None:
        """Take everybody out."""
        with self._lock:
            self._matrix[:] = 0.0
            self._owner.clear()
            self._rows.clear()

    def search(
        self, probe: Embedding, channel: Channel, k: int = 5, among: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """The ``k`` most similar callers as (caller_id, similarity), best first.

        Args:
            probe: speaker embedding of shape (dimension,), of length one.
            channel: the band of the probe's speech.
            k: how many callers at most.
            among: only these callers.
        """
        with self._lock:
            rows = self._selected(among)
            if not len(rows):
                return []
            matrix = self._matrix[: len(self._owner)] if among is None else self._matrix[rows]
            channels = self._channel[: len(self._owner)] if among is None else self._channel[rows]
            cosine: npt.NDArray[np.float32] = matrix @ probe.astype(np.float32)
            similarity = np.zeros_like(cosine)
            for index, enrolled in enumerate(_CHANNELS):
                chosen = channels == index
                if chosen.any():
                    similarity[chosen] = similarity_of(cosine[chosen], enrolled, channel)
            most = max(map(len, self._rows.values()))
            wanted = min(len(similarity), k * most)
            top = np.argpartition(-similarity, wanted - 1)[:wanted]
            best: dict[str, float] = {}
            for index in top[np.argsort(-similarity[top], kind="stable")]:
                best.setdefault(self._owner[int(rows[index])], float(similarity[index]))
        return list(best.items())[:k]

    def _selected(self, among: Collection[str] | None) -> npt.NDArray[np.intp]:
        if among is None:
            return np.arange(len(self._owner), dtype=np.intp)
        rows = sorted({row for caller_id in among for row in self._rows.get(caller_id, ())})
        return np.array(rows, dtype=np.intp)

    def _append(self, caller_id: str, embedding: Embedding, channel: int) -> None:
        row = len(self._owner)
        if row == len(self._matrix):
            self._matrix = np.concatenate([self._matrix, np.zeros_like(self._matrix)])
            self._channel = np.concatenate([self._channel, np.zeros_like(self._channel)])
        length = float(np.linalg.norm(embedding))
        self._matrix[row] = embedding / max(length, 1e-12)
        self._channel[row] = channel
        self._owner.append(caller_id)
        self._rows.setdefault(caller_id, set()).add(row)

    def _remove(self, caller_id: str) -> bool:
        rows = self._rows.pop(caller_id, None)
        if rows is None:
            return False
        for row in sorted(rows, reverse=True):
            # The last row moves into the gap; what it leaves behind is overwritten, not just forgotten.
            last = len(self._owner) - 1
            if row != last:
                mover = self._owner[last]
                self._matrix[row] = self._matrix[last]
                self._channel[row] = self._channel[last]
                self._owner[row] = mover
                self._rows[mover].discard(last)
                self._rows[mover].add(row)
            self._matrix[last] = 0.0
            self._owner.pop()
        return True
