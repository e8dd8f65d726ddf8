"""The connection to the SQLite store's database, and everything about it that is not callers."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from opusagent_voiceprint.errors import StorageError, StoreFormatError
from opusagent_voiceprint.storage import files
from opusagent_voiceprint.storage.codec import RecordCodec
from opusagent_voiceprint.storage.sqlite_commit import commit
from opusagent_voiceprint.storage.sqlite_file import check_header, check_size, create_database
from opusagent_voiceprint.storage.sqlite_migrations import check_tables, migrate
from opusagent_voiceprint.storage.sqlite_rows import ERRORS, store_row, tolerant_text

__all__ = ["SQLiteDatabase"]

logger = logging.getLogger(__name__)

_BUSY_MILLISECONDS: Final = 10_000
_NO_ACCESS: Final = ("unable to open database file", "attempt to write a readonly database")
"""SQLite's words; its codes are not there before Python 3.11."""


class SQLiteDatabase:
    """One connection in write-ahead mode, synchronous to the disk, shared by all threads under a lock.

    Connections of their own would let them read side by side, but reads take microseconds here, and
    connections of pooled threads cannot be closed when they should.
    """

    def __init__(self, path: Path, codec: RecordCodec) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._log_is_dirty = False
        if str(path) == ":memory:":
            raise StorageError(
                "':memory:' is no file, and callers are stored in one: name a file, in a temporary directory "
                "if it need not last"
            )
        files.prepare_parent(path)
        self._is_open = False
        with files.exclusive_lock(path), files.DATABASES.lock:
            if not check_header(path):
                create_database(path, codec.key_id)
            # Taken before SQLite opens it: one that is replaced in between differs at the first use.
            self._identity = files.identity(path)
            try:
                self._connection = sqlite3.connect(
                    path,
                    timeout=_BUSY_MILLISECONDS / 1000,
                    isolation_level=None,
                    check_same_thread=False,
                    cached_statements=0,  # they keep what was last written with them
                )
            except sqlite3.Error as exc:
                raise _storage_error(path, exc) from exc
            files.DATABASES.add(self._identity)
            self._is_open = True
        try:
            self._prepare(codec)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Empty the write-ahead log and close the connection."""
        with self._lock:
            if os.getpid() == self._process and self._is_open:
                self._is_open = False
                self._connection.close()
                files.DATABASES.discard(self._identity)

    @contextlib.contextmanager
    def connected(self) -> Iterator[sqlite3.Connection]:
        """The connection, for this thread alone."""
        with self._lock:
            if os.getpid() != self._process:
                # SQLite's locks do not survive a fork: two processes on one connection destroy the database.
                raise StorageError(f"{self.path} was opened before a fork; open the store in each process")
            self._check_place()
            try:
                yield self._connection
            except ERRORS as exc:
                raise _storage_error(self.path, exc) from exc

    @contextlib.contextmanager
    def transaction(self, begin: str = "BEGIN IMMEDIATE") -> Iterator[sqlite3.Connection]:
        """The connection within a transaction, which is committed at the end and undone by any error."""
        with self.connected() as connection:
            connection.execute(begin)
            try:
                yield connection
                self._check_place()
                commit(connection, self.path)
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """The connection, reading the database as of one moment, however damaged it is."""
        with self.connected() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                with contextlib.suppress(sqlite3.DatabaseError):  # nothing was changed
                    connection.execute("ROLLBACK")

    @contextlib.contextmanager
    def change(self, *, must_scrub: Callable[[], bool], wait: bool = False) -> Iterator[sqlite3.Connection]:
        """A transaction after which the log is emptied, if it holds what was replaced."""
        with self._lock:
            with self.transaction() as connection:
                yield connection
            if must_scrub() or self._log_is_dirty:
                self._scrub(wait=wait)

    def forget_pages(self) -> None:
        """Give back the memory of pages that were read: they may hold who was erased since."""
        with self.connected() as connection:
            connection.execute("PRAGMA shrink_memory")

    def value(self, query: str, *parameters: object) -> Any:
        """The first column of the first row, or None."""
        row = self.row(query, *parameters)
        return None if row is None else row[0]

    def row(self, query: str, *parameters: object) -> Any:
        """The first row, or None."""
        with self.connected() as connection:
            return connection.execute(query, parameters).fetchone()

    def column(self, query: str, *parameters: object) -> list[str]:
        """The first column of all rows."""
        with self.connected() as connection:
            return [str(row[0]) for row in connection.execute(query, parameters)]

    def _prepare(self, codec: RecordCodec) -> None:
        with self.connected() as connection:
            connection.text_factory = tolerant_text
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("PRAGMA cell_size_check = ON")
            migrate(connection, self.path)
            check_tables(connection, self.path)
            found = connection.execute("SELECT key_id, checksum FROM store").fetchone()
        if found is None or not isinstance(found[0], str) or tuple(found) != store_row(found[0]):
            raise StoreFormatError(
                f"{self.path} was changed by something else: the checksum of its key id does not fit. "
                "It was left as it is; restore it from a backup."
            )
        codec.check_key(found[0], self.path)
        self._scrub(wait=False)
        try:
            # SQLite does so for its log, and goes on if that fails.
            files.sync_directory(self.path.parent)
        except OSError as exc:
            raise files.storage_error("make durable", self.path, exc) from exc
        with self.transaction():
            # With the log empty and nobody else writing, the file alone is the database.
            size = self.value("PRAGMA page_count") * self.value("PRAGMA page_size")
            check_size(self.path, size)

    def _scrub(self, *, wait: bool) -> None:
        """Empty the write-ahead log, which still holds the pages as they were before."""
        self._connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS if wait else 0}")
        try:
            self._log_is_dirty = bool(self.value("PRAGMA wal_checkpoint(TRUNCATE)"))
        except StorageError:
            # The change itself is committed, and must not be reported as failed.
            self._log_is_dirty = True
        self._connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
        if self._log_is_dirty and wait:
            logger.warning(
                "%s: the write-ahead log could not be emptied, as when it is in use, and still holds what "
                "was erased; it is emptied with the next change",
                self.path,
            )

    def _check_place(self) -> None:
        """Refuse to go on with a file that is no longer the one at the store's place."""
        found = files.identity(self.path)
        if found is None:
            raise StoreFormatError(
                f"{self.path} was removed while it was in use; put it back, or restart to begin a new one"
            )
        if found != self._identity:
            # SQLite would replay the old file's log into the new one.
            raise StoreFormatError(
                f"{self.path} was replaced while it was in use; stop all that use it, put the file in place "
                f"with no {self.path.name}-wal or {self.path.name}-shm beside it, and restart"
            )


def _storage_error(path: Path, exc: Exception) -> StorageError:
    # SQLite reports damage by the base class itself, and everything else by its children.
    if type(exc) in (sqlite3.DatabaseError, UnicodeDecodeError):
        return StoreFormatError(f"{path} is damaged ({exc}); restore it from a backup")
    if isinstance(exc, UnicodeEncodeError):  # an id that was damaged, or is no text
        return StoreFormatError(f"{path} cannot have what is asked for: it is no UTF-8 text")
    hint = f"; {files.access_hint(path)}" if any(sign in str(exc) for sign in _NO_ACCESS) else ""
    return StorageError(f"{path}: {exc}{hint}")
