"""What a backend of a store provides: records and notes, which it does not look into."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence

from opusagent_voiceprint.storage.codec import RecordCodec
from opusagent_voiceprint.storage.damage import Damage
from opusagent_voiceprint.storage.ledger import NewNote
from opusagent_voiceprint.storage.records import CALLER, NewRecord, StoredRecord

__all__ = ["StoreBackend"]


class StoreBackend(ABC):
    """Records under ids and versions, and notes under kinds and keys, in one place."""

    _codec: RecordCodec

    @property
    def codec(self) -> RecordCodec:
        """How records are written."""
        return self._codec

    @abstractmethod
    def count(self) -> int:
        """How many callers there are."""

    @abstractmethod
    def ids_by_phone(self, link: str) -> list[str]:
        """The ids of the callers that this keyed hash of a number is linked to, sorted."""

    @abstractmethod
    def changes(self, since: int) -> tuple[list[str], int]:
        """The ids written or erased after a revision, oldest change first, and the newest revision.

        A newest revision below ``since`` means that the store was emptied or put back to an older state:
        read everything again.
        """

    # Records and notes

    @abstractmethod
    def _read(self, caller_id: str) -> StoredRecord | None:
        """The record of one caller."""

    def _read_many(self, caller_ids: Collection[str]) -> list[StoredRecord]:
        """The records of those of these callers that are there."""
        return [record for caller_id in caller_ids if (record := self._read(caller_id))]

    @abstractmethod
    def _records(self) -> Iterator[StoredRecord]:
        """The records of all callers."""

    @abstractmethod
    def _write(
        self, caller_id: str, expected: int, payload: str, links: list[str], notes: Sequence[NewNote] = ()
    ) -> int:
        """Compare-and-swap, with the links and notes, in one durable step; returns the new version.

        Raises :class:`NoteExistsError`, and writes nothing, if there is one of the notes already, or one of
        its kind with a greater key.
        """

    def _write_many(self, records: Sequence[NewRecord]) -> None:
        """Write several, of different callers, in their order; a conflict may leave some of them written."""
        for each in records:
            self._write(each.caller_id, each.expected, each.payload, each.links)

    @abstractmethod
    def _remove(self, caller_id: str, expected: int | None = None, notes: Sequence[NewNote] = ()) -> bool:
        """Remove a record and its links, and leave its id under a new revision, in one durable step.

        Only if it has version ``expected``, where that is given; whether it was removed. The notes are
        written if it was. Raises :class:`NoteExistsError` as :meth:`_write` does.
        """

    @abstractmethod
    def _note(self, kind: str, key: str) -> str | None:
        """The payload of a note."""

    @abstractmethod
    def _note_keys(self, kind: str) -> list[str]:
        """The keys of all notes of a kind."""

    @abstractmethod
    def _last_note_key(self, kind: str) -> str | None:
        """The greatest key of a kind's notes, which Redis knows of the ledger's only; None without any."""

    @abstractmethod
    def _set_note(self, kind: str, key: str, payload: str | None) -> None:
        """Write a note, or with None remove it."""

    @abstractmethod
    def _add_note(self, kind: str, key: str, payload: str) -> str:
        """Write a note unless there is one already; returns the one that is there then."""

    @abstractmethod
    def _add_notes(self, notes: Sequence[NewNote]) -> None:
        """Write notes that are new and behind all others of their kind, all or none.

        Raises :class:`NoteExistsError`.
        """

    # What `storage check` asks of a backend

    @abstractmethod
    def _damaged(self) -> list[Damage]:
        """Everything that is wrong with what lies there, as far as it can be told without a key."""

    @abstractmethod
    def _quarantine(self, record_id: str, kind: str = CALLER) -> bool:
        """Move a record that cannot be read out of the live ones, into a note; whether it was there."""

    def _rebuild(self) -> None:  # noqa: B027 - not every backend has something that is derived
        """Make anew what is derived from the records."""
