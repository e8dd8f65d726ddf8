"""The end of the ledger's chain, and what is put behind it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from opusagent_voiceprint.errors import EncryptionError, NoteExistsError, StoreFormatError
from opusagent_voiceprint.storage.codec import RecordCodec
from opusagent_voiceprint.storage.ledger.entry import GENESIS, UNREADABLE, LedgerEntry

__all__ = ["LEDGER", "Chain", "Head", "NewNote", "Notes", "key_of", "read_entry"]

LEDGER: Final = "ledger"
"""The kind of the notes that are entries; their keys are sequence numbers."""

_ATTEMPTS: Final = 50
_LONGEST_PAUSE_SECONDS: Final = 0.05

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class NewNote:
    """A note that is written together with a record, if there is none under its key."""

    kind: str
    key: str
    payload: str


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry: its sequence number, 0 for none, and its hash."""

    sequence: int
    hash: str


class Notes(Protocol):
    """What the chain needs of a store."""

    @property
    def codec(self) -> RecordCodec:
        """How entries are written."""

    def _note(self, kind: str, key: str) -> str | None: ...

    def _note_keys(self, kind: str) -> list[str]: ...


def key_of(sequence: int) -> str:
    """The key of an entry's note; keys sort as the entries do."""
    return f"{sequence:012d}"


def read_entry(notes: Notes, sequence: int) -> LedgerEntry | None:
    """An entry, or None if there is none. Raises :class:`StoreFormatError` if it is damaged."""
    key = key_of(sequence)
    payload = notes._note(LEDGER, key)
    if payload is None:
        return None
    entry = notes.codec.decode(payload, LedgerEntry, kind=LEDGER, record_id=key)
    if entry.sequence != sequence:
        raise StoreFormatError(
            f"entry {sequence} of the ledger says that it is {entry.sequence}: the store was changed from "
            "outside; see `opusagent-voiceprint consents verify`"
        )
    return entry


class Chain:
    """Entries behind entries, written by any number of processes.

    There is no head that could be wrong: the end is the entry after which there is none, and who writes the
    next one is who finds its place free. From where this process saw the end last it is a step or two away.
    """

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._lock = threading.Lock()
        self._seen = 0

    def head(self) -> Head:
        """The end of the chain as of now."""
        with self._lock:
            last = self._seen
        if last and not self._is_there(last):
            last = 0  # the store was put back to an older state
        last = self._from(last) if last else self._search()
        with self._lock:
            self._seen = last
        return Head(last, self._hash_of(last))

    def append_with(self, entries: Sequence[LedgerEntry], write: Callable[[Sequence[NewNote]], T]) -> T:
        """``write`` gets the entries as notes at the end of the chain, to write with what they are about.

        It is called again, with other places, if it raises :class:`NoteExistsError`, and in the end that is
        raised.
        """
        if not entries:
            return write(())
        for attempt in range(_ATTEMPTS):
            head = self.head()
            placed = _placed(head, entries)
            notes = [
                NewNote(
                    LEDGER,
                    key_of(each.sequence),
                    self._notes.codec.encode(each, kind=LEDGER, record_id=key_of(each.sequence)),
                )
                for each in placed
            ]
            try:
                done = write(notes)
            except NoteExistsError:
                # Random, so that writers who met once do not meet again.
                time.sleep(random.uniform(0, min(_LONGEST_PAUSE_SECONDS, 0.001 * 2**attempt)))  # noqa: S311
            else:
                with self._lock:
                    self._seen = max(self._seen, placed[-1].sequence)
                return done
        raise NoteExistsError(
            f"others wrote to the ledger first {_ATTEMPTS} times in a row; nothing was written: try again"
        )

    def _is_there(self, sequence: int) -> bool:
        try:
            return self._notes._note(LEDGER, key_of(sequence)) is not None
        except (StoreFormatError, EncryptionError):
            # There, and damaged; or the whole store is, which this raises.
            return key_of(sequence) in self._notes._note_keys(LEDGER)

    def _from(self, last: int) -> int:
        while self._is_there(last + 1):
            last += 1
        return last

    def _search(self) -> int:
        """The last entry by doubling and halving: some forty reads among a million entries."""
        if not self._is_there(1):
            return 0
        there = 1
        while self._is_there(there * 2):
            there *= 2
        missing = there * 2
        while missing - there > 1:
            middle = (there + missing) // 2
            if self._is_there(middle):
                there = middle
            else:
                missing = middle
        return there

    def _hash_of(self, sequence: int) -> str:
        if not sequence:
            return GENESIS
        try:
            entry = read_entry(self._notes, sequence)
        except (StoreFormatError, EncryptionError):
            return UNREADABLE  # which verification finds as well; nobody is kept from erasing for it
        return entry.hash if entry is not None else UNREADABLE


def _placed(head: Head, entries: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    placed: list[LedgerEntry] = []
    sequence, previous = head.sequence, head.hash
    for each in entries:
        sequence += 1
        placed.append(each.placed(sequence, previous))
        previous = placed[-1].hash
    return placed
