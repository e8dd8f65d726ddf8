"""Callers read from a store without stopping at damage, and without finishing erasures in it."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from opusagent_voiceprint.errors import EncryptionError, StoreFormatError
from opusagent_voiceprint.models import Caller
from opusagent_voiceprint.storage.base import CALLER, CallerStore, StoredRecord
from opusagent_voiceprint.storage.damage import QUARANTINE, quarantine_key
from opusagent_voiceprint.storage.encryption import KeyDestroyedError
from opusagent_voiceprint.storage.moving.outcome import Failure

__all__ = [
    "ErasureWatch",
    "Reading",
    "Source",
    "StoreSource",
    "content",
    "in_parts",
    "read_callers",
    "read_records",
]

_AT_ONCE: Final = 500


@dataclass(slots=True)
class Reading:
    """Who of some callers is there, by id; ``erased`` are those of whom only an unreadable record is left."""

    callers: dict[str, Caller] = field(default_factory=dict)
    erased: dict[str, int] = field(default_factory=dict)
    """With the version of what is left."""
    failures: dict[str, Failure] = field(default_factory=dict)


class Source(Protocol):
    """Where callers come from."""

    @property
    def store(self) -> CallerStore | None:
        """The store, which has notes too; None if it is no store of ours."""

    def changes(self, since: int) -> tuple[list[str], int]:
        """As :meth:`CallerStore.changes`."""

    def read(self, caller_ids: Sequence[str]) -> Reading:
        """Some of the callers."""

    def count(self) -> int:
        """How many callers there are, readable or not."""


class StoreSource:
    """A store of ours as a source, which is not changed. Who is in ``erased`` counts as erased from it."""

    def __init__(self, store: CallerStore, *, erased: Collection[str] = ()) -> None:
        self.store: CallerStore | None = store
        self._store = store
        self._erased = frozenset(erased)
        self.changes = store.changes
        self.count = store.count

    def read(self, caller_ids: Sequence[str]) -> Reading:
        """Some of the callers."""
        found = read_callers(self._store, caller_ids)
        for caller_id in self._erased.intersection(found.callers.keys() | found.failures.keys()):
            found.callers.pop(caller_id, None)
            found.failures.pop(caller_id, None)
            found.erased[caller_id] = 0
        return found


def read_records(
    store: CallerStore, caller_ids: Sequence[str]
) -> tuple[list[StoredRecord], dict[str, Failure]]:
    """The records of some callers, and those that are there and damaged."""
    try:
        return store._read_many(caller_ids), {}
    except (StoreFormatError, EncryptionError):
        records, failures = [], {}
        for caller_id in caller_ids:
            try:
                record = store._read(caller_id)
            except (StoreFormatError, EncryptionError) as exc:  # noqa: PERF203 - each by itself
                failures[caller_id] = Failure(caller_id, str(exc))
            else:
                if record is not None:
                    records.append(record)
        return records, failures


def read_callers(store: CallerStore, caller_ids: Sequence[str]) -> Reading:
    """Some of a store's callers."""
    records, failures = read_records(store, caller_ids)
    found = Reading(failures=failures)
    keys = None
    with contextlib.suppress(StoreFormatError):  # a damaged key: found again below, with its caller
        keys = store.codec.keys_of([record.caller_id for record in records])
    for record in records:
        try:
            found.callers[record.caller_id] = store._open_record(record, keys)
        except KeyDestroyedError:  # noqa: PERF203 - each by itself
            found.erased[record.caller_id] = record.version
        except (StoreFormatError, EncryptionError) as exc:
            found.failures[record.caller_id] = Failure(record.caller_id, str(exc))
    return found


class ErasureWatch:
    """Whom a store knows to have been erased: by their marks, and at first by their destroyed keys too."""

    def __init__(self, store: CallerStore) -> None:
        self._store = store
        self._seen = 0

    def new(self) -> set[str]:
        """Those erased since it was last asked, as far as they are not there again."""
        ids, newest = self._store.changes(self._seen)
        put_aside = set(self._store._note_keys(QUARANTINE)) if ids else set()
        erased: set[str] = set()
        for some in in_parts(ids):
            records, failures = read_records(self._store, some)
            gone = set(some).difference((record.caller_id for record in records), failures)
            erased |= {each for each in gone if quarantine_key(CALLER, each) not in put_aside}
        if not self._seen and self._store.codec.cipher is not None:
            erased |= set(self._store.codec.cipher.callers(destroyed=True))
        self._seen = newest
        return erased


def content(caller: Caller) -> str:
    """All of a caller but the version, for comparison."""
    return caller.model_dump_json(exclude={"version"})


def in_parts(ids: Sequence[str]) -> Iterator[list[str]]:
    """The ids in lists of a few hundred."""
    for start in range(0, len(ids), _AT_ONCE):
        yield list(ids[start : start + _AT_ONCE])
