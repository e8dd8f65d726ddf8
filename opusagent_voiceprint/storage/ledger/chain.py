"""The end of the ledger's chain, and what is put behind it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from opusagent_voiceprint.errors import EncryptionError, NoteExistsError, StoreFormatError
from opusagent_voiceprint.storage.codec import RecordCodec
from opusagent_voiceprint.storage.ledger.entry import GENESIS, UNREADABLE, LedgerEntry

__all__ = ["ARCHIVE", "LEDGER", "Chain", "Head", "NewNote", "Notes", "is_key", "key_of", "read_entry"]

LEDGER: Final = "ledger"
"""The kind of the notes that are entries; their keys are sequence numbers."""

ARCHIVE: Final = "ledger archive"
"""The kind of the notes that are entries of ledgers which could not be taken over; their keys are the hash of
that ledger's last entry, a colon, and the sequence number."""

_DIGITS: Final = 12
_ATTEMPTS: Final = 50
_TRUSTED: Final = 10
"""After so many attempts at a place that is taken, the store's word on which is the last is not believed."""
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

    def _last_note_key(self, kind: str) -> str | None: ...

    def _note_keys(self, kind: str) -> list[str]: ...


def key_of(sequence: int) -> str:
    """The key of an entry's note; keys sort as the entries do."""
    return f"{sequence:0{_DIGITS}d}"


def is_key(key: str) -> bool:
    """Whether a note's key is that of an entry."""
    return len(key) == _DIGITS and key.isascii() and key.isdigit() and int(key) > 0


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

    Who writes the next entry is who finds its place free. None is ever written below the last: where one is
    missing, its place stays empty, for :func:`verify_ledger` to find.
    """

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def head(self, *, search: bool = False) -> Head:
        """The end of the chain as of now; with ``search`` by looking at all that there is."""
        key = "" if search else self._notes._last_note_key(LEDGER) or "0"
        if not is_key(key):
            # Something that is no entry is behind them, or the store's word is not to be trusted.
            key = max(filter(is_key, self._notes._note_keys(LEDGER)), default="0")
        return Head(int(key), self._hash_of(int(key)))

    def append_with(self, entries: Sequence[LedgerEntry], write: Callable[[Sequence[NewNote]], T]) -> T:
        """``write`` gets the entries as notes at the end of the chain, to write with what they are about.

        It is called again, with other places, if it raises :class:`NoteExistsError`, and in the end that is
        raised.
        """
        if not entries:
            return write(())
        for attempt in range(_ATTEMPTS):
            head = self.head(search=attempt >= _TRUSTED)
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
                return write(notes)
            except NoteExistsError:
                # Random, so that writers who met once do not meet again.
                time.sleep(random.uniform(0, min(_LONGEST_PAUSE_SECONDS, 0.001 * 2**attempt)))  # noqa: S311
        raise NoteExistsError(
            f"others wrote to the ledger first {_ATTEMPTS} times in a row; nothing was written: try again"
        )

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
