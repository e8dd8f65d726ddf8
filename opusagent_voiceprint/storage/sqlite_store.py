"""Callers in a SQLite database: for one machine, with any number of processes on it."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from opusagent_voiceprint.errors import StorageError, StoreFormatError, VersionConflictError
from opusagent_voiceprint.storage import files
from opusagent_voiceprint.storage.base import CallerStore, StoredRecord
from opusagent_voiceprint.storage.codec import RecordCodec
from opusagent_voiceprint.storage.sqlite_file import (
    SCHEMA,
    check_header,
    check_size,
    create_database,
    refuse_schema,
)

__all__ = ["SQLiteStorage"]

logger = logging.getLogger(__name__)

_BUSY_MILLISECONDS: Final = 5000
_ROWS_AT_ONCE: Final = 256
_NO_ACCESS: Final = ("unable to open database file", "attempt to write a readonly database")
"""SQLite's words; its codes are not there before Python 3.11."""


class SQLiteStorage(CallerStore):
    """Callers in a SQLite database in write-ahead mode, synchronous to the disk.

    All threads share one connection under a lock. Connections of their own would let them read side by side,
    but reads take microseconds here, and connections of pooled threads cannot be closed when they should.

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
        self._path = Path(db_path)
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._log_is_dirty = False
        if str(self._path) == ":memory:":
            raise StorageError(
                "':memory:' is no file, and callers are stored in one: name a file, in a temporary directory "
                "if it need not last"
            )
        files.prepare_parent(self._path)
        with files.exclusive_lock(self._path):
            if not check_header(self._path):
                create_database(self._path, self._codec.key_id)
            # Taken before SQLite opens it: one that is replaced in between differs at the first use.
            self._identity = files.identity(self._path)
        try:
            self._connection = sqlite3.connect(
                self._path, timeout=_BUSY_MILLISECONDS / 1000, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as exc:
            raise _storage_error(self._path, exc) from exc
        try:
            self._prepare_connection()
        except BaseException:
            self._connection.close()
            raise

    @property
    def db_path(self) -> str:
        """The file, as it was named."""
        return str(self._path)

    def close(self) -> None:
        """Empty the write-ahead log and close the connection."""
        with self._lock:
            if os.getpid() == self._process:
                self._connection.close()

    def count(self) -> int:
        """How many callers there are."""
        return int(self._value("SELECT count(*) FROM callers WHERE payload IS NOT NULL"))

    def ids_by_phone(self, link: str) -> list[str]:
        """The ids of the callers that this keyed hash of a number is linked to, sorted."""
        return self._column("SELECT caller_id FROM phone_links WHERE link = ? ORDER BY caller_id", link)

    def changes(self, since: int) -> tuple[list[str], int]:
        """The ids written or erased after a revision, and the newest revision."""
        with self._transaction("BEGIN"):
            newest = self._revision()
            if newest <= since:
                return [], newest
            changed = self._column("SELECT caller_id FROM callers WHERE version > ? ORDER BY version", since)
            return changed, newest

    def _read(self, caller_id: str) -> StoredRecord | None:
        with self._connected() as connection:
            row = connection.execute(
                "SELECT caller_id, version, payload FROM callers WHERE caller_id = ? AND payload IS NOT NULL",
                (caller_id,),
            ).fetchone()
        return None if row is None else StoredRecord(*row)

    def _records(self) -> Iterator[StoredRecord]:
        # In pages, so that neither all of a large store is in memory nor the lock held while it is used.
        last = ""
        while True:
            with self._connected() as connection:
                rows = connection.execute(
                    "SELECT caller_id, version, payload FROM callers "
                    "WHERE payload IS NOT NULL AND caller_id > ? ORDER BY caller_id LIMIT ?",
                    (last, _ROWS_AT_ONCE),
                ).fetchall()
            yield from (StoredRecord(*row) for row in rows)
            if len(rows) < _ROWS_AT_ONCE:
                return
            last = rows[-1][0]

    def _write(self, caller_id: str, expected: int, payload: str, links: list[str]) -> int:
        with self._lock:
            with self._transaction():
                found = self._live_version(caller_id)
                if found != expected:
                    raise VersionConflictError(caller_id, expected=expected, found=found)
                version = self._replace_row(caller_id, payload, links)
            if expected or self._log_is_dirty:
                self._scrub(wait=False)
            return version

    def _remove(self, caller_id: str) -> bool:
        with self._lock:
            with self._transaction():
                if not self._live_version(caller_id):
                    return False
                self._replace_row(caller_id, None, [])
            self._scrub(wait=True)
            return True

    def _note(self, kind: str, key: str) -> str | None:
        found = self._value("SELECT payload FROM notes WHERE kind = ? AND key = ?", kind, key)
        return None if found is None else str(found)

    def _note_keys(self, kind: str) -> list[str]:
        return self._column("SELECT key FROM notes WHERE kind = ? ORDER BY key", kind)

    def _set_note(self, kind: str, key: str, payload: str | None) -> None:
        with self._lock:
            with self._transaction() as connection:
                connection.execute("DELETE FROM notes WHERE kind = ? AND key = ?", (kind, key))
                if payload is not None:
                    connection.execute("INSERT INTO notes VALUES (?, ?, ?)", (kind, key, payload))
            self._scrub(wait=False)

    def _add_note(self, kind: str, key: str, payload: str) -> str:
        with self._transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO notes VALUES (?, ?, ?)", (kind, key, payload))
            return self._note(kind, key) or payload

    def _live_version(self, caller_id: str) -> int:
        """0 for a caller that is not there, or was erased."""
        record = self._read(caller_id)
        return record.version if record else 0

    def _revision(self) -> int:
        # Rows are never removed, so the newest version is the store's revision.
        return int(self._value("SELECT coalesce(max(version), 0) FROM callers"))

    def _replace_row(self, caller_id: str, payload: str | None, links: list[str]) -> int:
        connection = self._connection
        version = self._revision() + 1
        connection.execute("INSERT OR REPLACE INTO callers VALUES (?, ?, ?)", (caller_id, version, payload))
        connection.execute("DELETE FROM phone_links WHERE caller_id = ?", (caller_id,))
        connection.executemany("INSERT INTO phone_links VALUES (?, ?)", [(link, caller_id) for link in links])
        return version

    def _prepare_connection(self) -> None:
        with self._connected() as connection:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")
            schema = self._value("PRAGMA user_version")
            if schema != SCHEMA:
                refuse_schema(self._path, schema)
            self._codec.check_key(str(self._value("SELECT key_id FROM store")), self._path)
        self._scrub(wait=False)
        with self._transaction():
            # With the log empty and nobody else writing, the file alone is the database.
            size = self._value("PRAGMA page_count") * self._value("PRAGMA page_size")
            check_size(self._path, size)

    def _scrub(self, *, wait: bool) -> None:
        """Empty the write-ahead log, which still holds the pages as they were before."""
        with self._lock:
            self._connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS if wait else 0}")
            try:
                self._log_is_dirty = bool(self._value("PRAGMA wal_checkpoint(TRUNCATE)"))
            except StorageError:
                # The change itself is committed, and must not be reported as failed.
                self._log_is_dirty = True
            self._connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
        if self._log_is_dirty and wait:
            logger.warning(
                "%s: the write-ahead log is in use and still holds what was erased; "
                "it is emptied with the next change",
                self._path,
            )

    def _value(self, query: str, *parameters: object) -> Any:
        """The first column of the first row, or None."""
        with self._connected() as connection:
            row = connection.execute(query, parameters).fetchone()
        return None if row is None else row[0]

    def _column(self, query: str, *parameters: object) -> list[str]:
        with self._connected() as connection:
            return [str(row[0]) for row in connection.execute(query, parameters)]

    @contextlib.contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if os.getpid() != self._process:
                # SQLite's locks do not survive a fork: two processes on one connection destroy the database.
                raise StorageError(f"{self._path} was opened before a fork; open the store in each process")
            self._check_place()
            try:
                yield self._connection
            except sqlite3.Error as exc:
                raise _storage_error(self._path, exc) from exc

    def _check_place(self) -> None:
        """Refuse to go on with a file that is no longer the one at the store's place."""
        found = files.identity(self._path)
        if found is None:
            raise StoreFormatError(
                f"{self._path} was removed while it was in use; put it back, or restart to begin a new one"
            )
        if found != self._identity:
            # SQLite would replay the old file's log into the new one.
            raise StoreFormatError(
                f"{self._path} was replaced while it was in use; stop all that use it, put the file in place "
                f"with no {self._path.name}-wal or {self._path.name}-shm beside it, and restart"
            )

    @contextlib.contextmanager
    def _transaction(self, begin: str = "BEGIN IMMEDIATE") -> Iterator[sqlite3.Connection]:
        with self._connected() as connection:
            connection.execute(begin)
            try:
                yield connection
                self._check_place()
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise


def _storage_error(path: Path, exc: sqlite3.Error) -> StorageError:
    # SQLite reports damage by the base class itself, and everything else by its children.
    if type(exc) is sqlite3.DatabaseError:
        return StoreFormatError(f"{path} is damaged ({exc}); restore it from a backup")
    hint = f"; {files.access_hint(path)}" if any(sign in str(exc) for sign in _NO_ACCESS) else ""
    return StorageError(f"{path}: {exc}{hint}")
