"""The gallery: every caller's voice in memory, searched exactly, or above a size with an index first."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from weakref import WeakSet

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint.matching.backend import Backend
from opusagent_voiceprint.matching.candidates import PROPOSED
from opusagent_voiceprint.matching.indexes import Indexes
from opusagent_voiceprint.matching.judging import Product, bounds, judge, products_of
from opusagent_voiceprint.matching.probe import Probe
from opusagent_voiceprint.matching.reading import Found, Place, Places, Reading, best_of
from opusagent_voiceprint.matching.rows import EnrolledRow, LineGroup, ProbeColumns
from opusagent_voiceprint.matching.segment import Segment
from opusagent_voiceprint.matching.shortlist import Shortlist
from opusagent_voiceprint.models import Voiceprint

__all__ = ["Comparison", "Gallery"]

_EXACT_LIMIT: Final = 200_000
_PUT_AT_ONCE: Final = 64
"""Callers that are put in before a search gets its turn."""

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


class Gallery:
    """The callers that may be recognised, one row each. Safe to use from several threads.

    Voiceprints of another encoder, or of another dimension, are left out: their embeddings cannot be
    compared. ``nameless`` counts those that are left out because they name no encoder.

    It is built from the store at each start. Nothing of it is written to disk: that would be one more place
    with embeddings in it, which could be out of step with the store, and outlive an erasure.

    Above ``exact_limit`` callers an index of FAISS (extra ``faiss``), which is approximate, proposes whom to
    compare; scores are exact there too, and so is the search of callers who are named by ``among``.

    Searches and writes hardly wait for each other: a search reads the rows as they are, and at its end looks
    again at those that were written meanwhile.
    """

    def __init__(self, backend: Backend, exact_limit: int = _EXACT_LIMIT) -> None:
        self.backend = backend
        self._lock = threading.Lock()
        self._segments: list[Segment] = []
        self._places: dict[str, Place] = {}
        self._nameless: dict[str, int] = {}
        self._readings: WeakSet[Reading] = WeakSet()
        self._indexes = Indexes(exact_limit, self._lock, self._segments)

    def __len__(self) -> int:
        return len(self._places)

    @property
    def callers(self) -> int:
        """How many callers are here."""
        return len(self._places)

    @property
    def indexed_callers(self) -> int:
        """How many callers are searched with an index."""
        with self._lock:
            return sum(map(len, self._indexes.ready.values()))

    @property
    def nameless(self) -> int:
        """How many voiceprints are left out because nobody can tell which encoder made them."""
        with self._lock:
            return sum(self._nameless.values())

    def put(self, caller_id: str, voiceprints: Sequence[Voiceprint]) -> None:
        """Make these the caller's voiceprints, whatever was there before."""
        self.put_many([(caller_id, voiceprints)])

    def put_many(self, callers: Sequence[tuple[str, Sequence[Voiceprint]]]) -> None:
        """The same for several callers, which takes less time for each; some hundred are enough."""
        enrolled = self.backend.enroll_many([voiceprints for _, voiceprints in callers])
        fits = self.backend.fits
        put = [
            (caller_id, row, sum(not each.encoder and not fits(each) for each in voiceprints))
            for (caller_id, voiceprints), row in zip(callers, enrolled, strict=True)
        ]
        for first in range(0, len(put), _PUT_AT_ONCE):
            with self._lock:
                for caller_id, row, nameless in put[first : first + _PUT_AT_ONCE]:
                    self._put(caller_id, row, nameless)
                self._indexes.keep_up()

    def settle(self) -> None:
        """Wait until the indexes that are being built are there."""
        while (building := self._indexes.building) is not None:
            building.join()

    def remove(self, caller_id: str) -> bool:
        """Take a caller out and overwrite the row; true if there was one."""
        with self._lock:
            self._nameless.pop(caller_id, None)
            return self._remove(caller_id)

    def clear(self) -> None:
        """Take everybody out, and overwrite the rows."""
        with self._lock:
            for segment in self._segments:
                for row in range(len(segment)) if self._readings else ():
                    self._touch(Place(segment, row))
                segment.clear()
            self._segments.clear()
            self._places.clear()
            self._nameless.clear()
            self._indexes.clear()

    def search(
        self, probe: Probe, k: int = 5, among: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """The ``k`` most similar callers as (caller_id, similarity), best first; only ``among`` these."""
        if k < 1:
            return []
        ready = self.backend.prepare(probe)
        if among is not None:
            with self._lock:
                return best_of(self._judged(ready, self._rows_of(among)), k)
        with self._lock:
            reading = Reading(self._segments, self._indexes.ready)
            self._readings.add(reading)
        found, floor = self._shortlisted(ready, reading, k)
        proposed = self._proposed(ready, reading, k)
        with self._lock:
            self._readings.discard(reading)
            found = self._settled(ready, found, reading.touched)
            if proposed:
                found += self._judged(ready, self._rows_of(self._indexes.callers(proposed)))
            if sum(np.count_nonzero(each.above >= floor) for each in found) < min(k, len(self._places)):
                # Some of the best were taken out meanwhile, and others come up that were not shortlisted.
                found = self._judged(ready, {segment: _all_rows(segment) for segment in self._segments})
            return best_of(found, k)

    def compare(self, probe: Probe, among: Collection[str] | None = None) -> Comparison:
        """A probe beside every caller, or beside those ``among`` these. Nobody is put in meanwhile."""
        ready = self.backend.prepare(probe)
        with self._lock:
            chosen = self._places.keys() if among is None else self._places.keys() & set(among)
            callers = [caller_id for caller_id in self._places if caller_id in chosen]
            result = Comparison(
                callers,
                plda=np.zeros(len(callers), dtype=np.float32),
                cosine=np.zeros(len(callers), dtype=np.float32),
                classes=np.zeros(len(callers), dtype=np.int8),
                above=np.zeros(len(callers), dtype=np.float32),
            )
            order = {caller_id: index for index, caller_id in enumerate(callers)}
            for segment, rows in self._rows_of(callers).items():
                judged = judge(self.backend, ready, segment.rows(rows))
                places = [order[segment.callers[row]] for row in rows]
                result.plda[places], result.cosine[places] = judged.plda, judged.cosine
                result.classes[places], result.above[places] = judged.classes, judged.above
        return result

    def _shortlisted(self, ready: ProbeColumns, reading: Reading, k: int) -> tuple[list[Found], float]:
        """Every row that may be among the best, and a ratio that ``k`` of them reach."""
        shortlist = Shortlist(k)
        longest = max((rows.longest for _, rows in reading.parts), default=0.0)
        scratch = np.empty(
            (3, max((len(rows.own) for _, rows in reading.parts), default=0)), dtype=np.float32
        )
        products: dict[LineGroup, list[Product]] = {}
        for part, (_, rows) in enumerate(reading.parts):
            if rows.group not in products:
                products[rows.group] = products_of(self.backend, ready, rows.group, rows.typical, longest)
            shortlist.add(part, bounds(rows, products[rows.group], scratch))
        found = []
        for part, chosen in shortlist.rows().items():
            segment, rows = reading.parts[part]
            found.append(Found(segment, chosen, judge(self.backend, ready, rows.take(chosen)).above))
        return found, shortlist.floor

    def _proposed(self, ready: ProbeColumns, reading: Reading, k: int) -> list[int]:
        """The ids of those whom the indexes find."""
        proposed: list[int] = []
        for group, index in reading.indexes.items():
            # Where two classes are possible, the order is nearly the same in both.
            product = products_of(self.backend, ready, group, index.typical, 0.0)[0]
            proposed += index.propose(product, max(PROPOSED, 10 * k))
        return proposed

    def _settled(
        self, ready: ProbeColumns, found: list[Found], touched: dict[Segment, set[int]]
    ) -> list[Found]:
        """What was found, as it is now."""
        if not touched:
            return found
        settled = []
        for segment, rows, above in found:
            stale = touched.get(segment, set())
            fresh = np.array([int(row) not in stale for row in rows], dtype=np.bool_)
            settled.append(Found(segment, rows[fresh], above[fresh]))
        again = {
            segment: np.array(sorted(row for row in rows if row < len(segment)), dtype=np.intp)
            for segment, rows in touched.items()
        }
        return settled + self._judged(ready, again)

    def _judged(self, ready: ProbeColumns, chosen: Mapping[Segment, Places]) -> list[Found]:
        return [
            Found(segment, rows, judge(self.backend, ready, segment.rows(rows)).above)
            for segment, rows in chosen.items()
        ]

    def _rows_of(self, callers: Iterable[str]) -> dict[Segment, Places]:
        """The rows of these callers, those of them that are here."""
        rows: dict[Segment, set[int]] = {}
        for caller_id in callers:
            if (place := self._places.get(caller_id)) is not None:
                rows.setdefault(place.segment, set()).add(place.row)
        return {segment: np.array(sorted(chosen), dtype=np.intp) for segment, chosen in rows.items()}

    def _put(self, caller_id: str, enrolled: EnrolledRow | None, nameless: int) -> None:
        self._nameless.pop(caller_id, None)
        if nameless:
            self._nameless[caller_id] = nameless
        place = self._places.get(caller_id)
        if enrolled is None:
            self._remove(caller_id)
        elif place is not None and place.segment.group == enrolled.group:
            place.segment.set(place.row, enrolled)
            self._touch(place)
            self._indexes.written(caller_id, *place)
        else:
            self._remove(caller_id)
            segment = self._room_for(enrolled)
            self._places[caller_id] = place = Place(segment, segment.append(caller_id, enrolled))
            self._touch(place)
            self._indexes.written(caller_id, *place)

    def _room_for(self, enrolled: EnrolledRow) -> Segment:
        for segment in reversed(self._segments):
            if segment.group == enrolled.group and not segment.is_full:
                return segment
        self._segments.append(Segment(enrolled))
        return self._segments[-1]

    def _remove(self, caller_id: str) -> bool:
        place = self._places.pop(caller_id, None)
        if place is None:
            return False
        segment, row = place
        self._touch(place)
        self._touch(Place(segment, len(segment) - 1))
        mover = segment.remove(row)
        self._indexes.removed(caller_id, segment.group)
        if mover is not None:
            self._places[mover] = place
            self._indexes.moved(mover)
        if not len(segment):
            self._segments.remove(segment)
        return True

    def _touch(self, place: Place) -> None:
        for reading in self._readings:
            if place.segment.group not in reading.indexes:
                reading.touched.setdefault(place.segment, set()).add(place.row)


def _all_rows(segment: Segment) -> Places:
    return np.arange(len(segment), dtype=np.intp)
