"""Callers in a SQLite database: for one machine, with any number of processes on it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from opusagent_voiceprint.errors import NoteExistsError, StoreFormatError, VersionConflictError
from opusagent_voiceprint.storage import sqlite_check
from opusagent_voiceprint.storage.base import CallerStore, NewRecord, StoredRecord
from opusagent_voiceprint.storage.codec import RecordCodec
from opusagent_voiceprint.storage.damage import QUARANTINE, Damage, quarantine_key
from opusagent_voiceprint.storage.ledger import NewNote
from opusagent_voiceprint.storage.sqlite_database import SQLiteDatabase
from opusagent_voiceprint.storage.sqlite_rows import (
    CALLER_COLUMNS,
    caller_checksum,
    caller_row,
    encode_links,
    is_whole_caller,
    note_payload,
    note_row,
)

__all__ = ["SQLiteStorage"]

_ROWS_AT_ONCE: Final = 256
_CALLER: Final = f"SELECT {CALLER_COLUMNS} FROM callers WHERE caller_id = ?"  # noqa: S608 - a constant
_LAST_REVISION: Final = 2**62
"""What no store reaches; a greater one comes of damage, and would not fit the column when it grows."""


class SQLiteStorage(CallerStore):
    """Callers in a SQLite database in write-ahead mode, synchronous to the disk.

    Every row has a checksum: a damaged one is an error when it is read, and the others stay readable.

    What is replaced or erased is overwritten with zeros, and the write-ahead log emptied after it. Where
    another process is reading just then, the log is emptied with the next change.

    A file that is removed or replaced while it is open is neither read nor written any more: what is written
    would be lost, or mixed into the other file through the write-ahead log, which goes by its name.
    """

    def __init__(
        self,
        db_path: str | os.PathLike[str] = "voiceprints.db",
        *,
        codec: RecordCodec | None = None,
        max_voiceprints: int = 3,
        policy_version: str = "1",
    ) -> None:
        super().__init__(codec=codec, max_voiceprints=max_voiceprints, policy_version=policy_version)
        self._database = SQLiteDatabase(Path(db_path), self._codec)

    @property
    def db_path(self) -> str:
        """The file, as it was named."""
        return str(self._database.path)

    def close(self) -> None:
        """Empty the write-ahead log and close the connection."""
        self._database.close()
        super().close()

    def count(self) -> int:
        """How many callers there are."""
        return int(self._database.value("SELECT count(*) FROM callers WHERE payload IS NOT NULL"))

    def ids_by_phone(self, link: str) -> list[str]:
        """The ids of the callers that this keyed hash of a number is linked to, sorted."""
        query = "SELECT caller_id FROM phone_links WHERE link = ? ORDER BY caller_id"
        return self._database.column(query, link)

    def changes(self, since: int) -> tuple[list[str], int]:
        """The ids written or erased after a revision, and the newest revision."""
        with self._database.transaction("BEGIN"):
            newest = self._revision()
            if newest <= since:
                return [], newest
            query = "SELECT caller_id FROM callers WHERE version > ? ORDER BY version"
            changed = self._database.column(query, since)
        self._database.forget_pages()
        return changed, newest

    def _read(self, caller_id: str) -> StoredRecord | None:
        row = self._database.row(_CALLER, caller_id)
        return None if row is None else caller_row(row)

    def _read_many(self, caller_ids: Collection[str]) -> list[StoredRecord]:
        ids = list(dict.fromkeys(caller_ids))
        found: list[StoredRecord] = []
        for start in range(0, len(ids), _ROWS_AT_ONCE):
            some = ids[start : start + _ROWS_AT_ONCE]
            marks = ",".join("?" * len(some))
            query = f"SELECT {CALLER_COLUMNS} FROM callers WHERE caller_id IN ({marks})"  # noqa: S608
            with self._database.connected() as connection:
                rows = connection.execute(query, some).fetchall()
            found += filter(None, map(caller_row, rows))
        return found

    def _records(self) -> Iterator[StoredRecord]:
        # In pages, so that neither all of a large store is in memory nor the lock held while it is used.
        query = (
            f"SELECT {CALLER_COLUMNS} FROM callers "  # noqa: S608 - a constant
            f"WHERE caller_id > ? ORDER BY caller_id LIMIT {_ROWS_AT_ONCE}"
        )
        last = ""
        while True:
            with self._database.connected() as connection:
                rows = connection.execute(query, (last,)).fetchall()
            yield from filter(None, map(caller_row, rows))
            if len(rows) < _ROWS_AT_ONCE:
                return
            if rows[-1][0] <= last:  # a damaged tree leads to the same rows again, without end
                raise StoreFormatError(
                    f"{self.db_path} is damaged: its callers are not in their order; see "
                    "`opusagent-voiceprint storage check`"
                )
            last = rows[-1][0]

    def _write(
        self, caller_id: str, expected: int, payload: str, links: list[str], notes: Sequence[NewNote] = ()
    ) -> int:
        with self._database.change(must_scrub=lambda: bool(expected)):
            version = self._swap_row(caller_id, expected, payload, links)
            self._insert(notes)
            return version

    def _write_many(self, records: Sequence[NewRecord]) -> None:
        with self._database.change(must_scrub=lambda: any(each.expected for each in records)):
            for each in records:
                self._swap_row(each.caller_id, each.expected, each.payload, each.links)

    def _remove(self, caller_id: str, expected: int | None = None, notes: Sequence[NewNote] = ()) -> bool:
        removed = False
        with self._database.change(must_scrub=lambda: removed, wait=True) as connection:
            # Not by _read(): erasure is not held up by damage.
            row = self._database.row(_CALLER, caller_id)
            is_live = row is not None and (row[2] is not None or not is_whole_caller(row))
            if expected is None or (is_live and row[1] == expected):
                if is_live:
                    self._replace_row(caller_id, None, [])
                aside = (QUARANTINE, quarantine_key("caller", caller_id))
                done = connection.execute("DELETE FROM notes WHERE kind = ? AND key = ?", aside)
                removed = is_live or bool(done.rowcount)
                if removed:
                    self._insert(notes)
        return removed

    def _note(self, kind: str, key: str) -> str | None:
        query = "SELECT kind, key, payload, checksum FROM notes WHERE kind = ? AND key = ?"
        row = self._database.row(query, kind, key)
        return None if row is None else note_payload(row)

    def _note_keys(self, kind: str) -> list[str]:
        return self._database.column("SELECT key FROM notes WHERE kind = ? ORDER BY key", kind)

    def _last_note_key(self, kind: str) -> str | None:
        # What is no number is none of the ledger's, and comes of damage.
        query = f"SELECT max(key) FROM notes WHERE kind = ? AND key GLOB '{'[0-9]' * 12}'"  # noqa: S608
        last = self._database.value(query, kind)
        return None if last is None else str(last)

    def _set_note(self, kind: str, key: str, payload: str | None) -> None:
        with self._database.change(must_scrub=lambda: True) as connection:
            connection.execute("DELETE FROM notes WHERE kind = ? AND key = ?", (kind, key))
            if payload is not None:
                connection.execute("INSERT INTO notes VALUES (?, ?, ?, ?)", note_row(kind, key, payload))

    def _add_note(self, kind: str, key: str, payload: str) -> str:
        with self._database.transaction() as connection:
            row = note_row(kind, key, payload)
            connection.execute("INSERT OR IGNORE INTO notes VALUES (?, ?, ?, ?)", row)
            return self._note(kind, key) or payload

    def _add_notes(self, notes: Sequence[NewNote]) -> None:
        with self._database.transaction():
            self._insert(notes)

    # What `storage check` asks

    def _damaged(self) -> list[Damage]:
        """What is wrong with the database, its rows and its links, as of one moment."""
        with self._database.snapshot() as connection:
            return sqlite_check.find_damage(connection)

    def _quarantine(self, record_id: str, kind: str = "caller") -> bool:
        """Move a record that cannot be read out of the live ones, into a note; whether it was there."""
        with contextlib.suppress(StoreFormatError):
            return self._move_to_quarantine(kind, record_id)
        # An index that does not know the row keeps SQLite from removing it.
        self._rebuild()
        return self._move_to_quarantine(kind, record_id)

    def _rebuild(self) -> None:
        """Make anew what is derived from the rows: indexes, and phone links."""
        with self._database.change(must_scrub=lambda: True) as connection:
            sqlite_check.rebuild(connection)

    def _move_to_quarantine(self, kind: str, record_id: str) -> bool:
        with self._database.change(must_scrub=lambda: True) as connection:
            return sqlite_check.move_to_quarantine(connection, kind, record_id, self._revision() + 1)

    def _insert(self, notes: Sequence[NewNote]) -> None:
        with self._database.connected() as connection:
            for each in notes:
                if (last := self._last_note_key(each.kind)) is not None and last >= each.key:
                    raise NoteExistsError(f"{self.db_path} has {each.kind} notes as far as {last} already")
                row = note_row(each.kind, each.key, each.payload)
                connection.execute("INSERT INTO notes VALUES (?, ?, ?, ?)", row)

    def _revision(self) -> int:
        # Rows are never removed, so the newest version is the store's revision.
        newest = self._database.value("SELECT coalesce(max(version), 0) FROM callers")
        if type(newest) is not int or not 0 <= newest < _LAST_REVISION:
            raise StoreFormatError(
                f"{self.db_path} has a revision that no store reaches: a version was changed by something "
                "else; see `opusagent-voiceprint storage check`"
            )
        return newest

    def _swap_row(self, caller_id: str, expected: int, payload: str, links: list[str]) -> int:
        record = self._read(caller_id)
        found = record.version if record else 0
        if found != expected:
            raise VersionConflictError(caller_id, expected=expected, found=found)
        return self._replace_row(caller_id, payload, links)

    def _replace_row(self, caller_id: str, payload: str | None, links: list[str]) -> int:
        with self._database.connected() as connection:
            version = self._revision() + 1
            text = encode_links(links)
            row = (caller_id, version, payload, text, caller_checksum(caller_id, version, payload, text))
            connection.execute("INSERT OR REPLACE INTO callers VALUES (?, ?, ?, ?, ?)", row)
            connection.execute("DELETE FROM phone_links WHERE caller_id = ?", (caller_id,))
            rows = [(link, caller_id) for link in links]
            connection.executemany("INSERT INTO phone_links VALUES (?, ?)", rows)
            return version
