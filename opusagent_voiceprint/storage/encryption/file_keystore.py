"""The keystore in a file of its own: a small SQLite database."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import threading
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from opusagent_voiceprint.errors import StorageError, StoreFormatError
from opusagent_voiceprint.storage import files
from opusagent_voiceprint.storage.encryption.keys import SealedKey
from opusagent_voiceprint.storage.encryption.keystore import KeyStore, lost_keys, whole
from opusagent_voiceprint.storage.encryption.keystore_file import (
    check_header,
    connect,
    create,
    key_of_row,
    keystore_error,
    readable,
)
from opusagent_voiceprint.storage.sqlite_commit import commit

__all__ = ["FileKeyStore"]

logger = logging.getLogger(__name__)

_BUSY_MILLISECONDS: Final = 5_000
_LOG_BUSY_MILLISECONDS: Final = 1_000
"""Of those who read just then; after that the log is emptied later."""
_NAMES_AT_ONCE: Final = 500
_LONGEST_SEALED: Final = 256


class FileKeyStore(KeyStore):
    """Sealed keys in a SQLite database, made when it is first written to.

    What is destroyed is overwritten with zeros and the write-ahead log emptied after it. Where another
    process is reading just then, the log is emptied with the next change, or when it is opened next.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._connection: sqlite3.Connection | None = None
        self._inherited: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        self._log_is_dirty = False
        files.prepare_parent(self._path)
        self._open()

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    def get_many(self, names: Collection[str]) -> dict[str, SealedKey]:
        """Several at once; names that there never were are left out, and damaged ones say so."""
        wanted = list(names)
        found: dict[str, SealedKey] = {}
        for start in range(0, len(wanted), _NAMES_AT_ONCE):
            some = wanted[start : start + _NAMES_AT_ONCE]
            marks = ",".join("?" * len(some))
            query = f"SELECT name, key_id, master_id, sealed FROM keys WHERE name IN ({marks})"  # noqa: S608
            with self._reading() as connection:
                if connection is not None:
                    rows = connection.execute(query, some)
                    found.update((row[0], key_of_row(self._path, row[0], row[1:])) for row in rows)
        return found

    def add(self, name: str, key: SealedKey, *, head: str = "") -> SealedKey:
        """Keep a key unless there is one; returns what is there then."""
        with self._changing(may_create=not head) as connection:
            query = "SELECT 1 FROM keys WHERE name = ? AND sealed <> ''"
            if head and connection.execute(query, (head,)).fetchone() is None:
                raise lost_keys(f"the keystore {self._path}")
            row = connection.execute(
                "INSERT INTO keys VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET "
                "key_id = excluded.key_id, master_id = excluded.master_id, sealed = excluded.sealed "
                "WHERE sealed = ''",
                (name, key.key_id, key.master_id, key.sealed),
            )
            if row.rowcount:
                return key
            found = connection.execute(
                "SELECT key_id, master_id, sealed FROM keys WHERE name = ?", (name,)
            ).fetchone()
            return whole(key_of_row(self._path, name, found))

    def replace(self, name: str, old: SealedKey, new: SealedKey) -> bool:
        """Put a key in place of ``old`` if that is still there; whether it was."""
        with self._changing(must_empty_log=new.is_destroyed) as connection:
            done = connection.execute(
                "UPDATE keys SET key_id = ?, master_id = ?, sealed = ? "
                "WHERE name = ? AND key_id = ? AND master_id = ? AND sealed = ?",
                (new.key_id, new.master_id, new.sealed, name, old.key_id, old.master_id, old.sealed),
            )
            if done.rowcount and new.is_destroyed:
                _write_over(connection, name)
            return bool(done.rowcount)

    def destroy(self, name: str) -> bool:
        """Overwrite a key with its mark; whether there was one."""
        with self._changing(must_empty_log=True) as connection:
            done = connection.execute(
                "UPDATE keys SET master_id = '', sealed = '' WHERE name = ? AND sealed <> ''", (name,)
            )
            existed = bool(done.rowcount)
            _write_over(connection, name)
            if not existed:
                connection.execute("INSERT OR IGNORE INTO keys VALUES (?, '', '', '')", (name,))
            return existed

    def items(self) -> Iterator[tuple[str, SealedKey]]:
        """Everything, sorted by name; damaged ones say so, and those with damaged names come last."""
        query = (
            "SELECT name, key_id, master_id, sealed FROM keys WHERE typeof(name) = 'text' "
            "AND name > CAST(? AS TEXT) ORDER BY name LIMIT ?"
        )
        last = ""
        while True:
            with self._reading() as connection:
                if connection is None:
                    return
                at = (last.encode("utf-8", "surrogateescape"), _NAMES_AT_ONCE)
                rows = connection.execute(query, at).fetchall()
            yield from ((readable(row[0]), key_of_row(self._path, row[0], row[1:])) for row in rows)
            if len(rows) < _NAMES_AT_ONCE:
                break
            last = rows[-1][0]
        with self._reading() as connection:
            if connection is None:
                return
            others = connection.execute("SELECT name FROM keys WHERE typeof(name) <> 'text'").fetchall()
        yield from ((readable(name), key_of_row(self._path, name, ())) for (name,) in others)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._connection is not None and os.getpid() == self._process:
                self._connection.close()
                self._connection = None
                files.DATABASES.discard(self._identity)

    def _open(self) -> bool:
        """Open the file if it is there."""
        with self._lock:
            if self._connection is None:
                with files.DATABASES.lock:
                    if not check_header(self._path):
                        return False
                    self._identity = files.identity(self._path)
                    self._connection = connect(self._path)
                    files.DATABASES.add(self._identity)
                # A process that was killed, or met somebody who read, may have left it.
                self._empty_log(self._connection, wait=False)
            return True

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        """The connection, or None if there is no file yet."""
        self._after_fork()
        with self._lock:
            self._check_place()
            if not self._open():
                yield None
                return
            try:
                yield self._connection
                if self._connection is not None:
                    # Another process may destroy keys that stand in the pages which were read.
                    self._connection.execute("PRAGMA shrink_memory")
            except sqlite3.Error as exc:
                raise keystore_error(self._path, exc) from exc

    @contextlib.contextmanager
    def _changing(
        self, *, may_create: bool = True, must_empty_log: bool = False
    ) -> Iterator[sqlite3.Connection]:
        self._after_fork()
        with self._lock:
            self._check_place()
            if not self._open():
                if not may_create:
                    raise lost_keys(f"the keystore {self._path}")
                with files.exclusive_lock(self._path):
                    if not self._path.exists():
                        create(self._path)
                self._open()
            connection = self._connection
            if connection is None:
                raise StorageError(f"the keystore {self._path} could not be made")
            try:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    self._check_place()
                    commit(connection, f"the keystore {self._path}")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
            except sqlite3.Error as exc:
                raise keystore_error(self._path, exc) from exc
            if must_empty_log or self._log_is_dirty:
                self._empty_log(connection, wait=must_empty_log)

    def _after_fork(self) -> None:
        """In a child process, begin with a connection of its own: SQLite's locks do not survive a fork."""
        if os.getpid() != self._process:
            # Not even closed: that would take the database away from the parent.
            self._inherited = self._connection
            self._connection = None
            self._lock = threading.RLock()  # a thread that is not here may hold the other
            self._process = os.getpid()

    def _check_place(self) -> None:
        if self._connection is not None and files.identity(self._path) != self._identity:
            raise StoreFormatError(
                f"the keystore {self._path} was removed or replaced while it was in use; put it back "
                "and restart"
            )

    def _empty_log(self, connection: sqlite3.Connection, *, wait: bool) -> None:
        """Overwrite what the log still holds of keys that were destroyed."""
        try:
            connection.execute(f"PRAGMA busy_timeout = {_LOG_BUSY_MILLISECONDS if wait else 0}")
            try:
                (is_busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
            connection.execute("PRAGMA shrink_memory")  # pages that were read hold them, too
            self._log_is_dirty = bool(is_busy)
        except sqlite3.Error:
            self._log_is_dirty = True  # the change itself is done, and must not be reported as failed
        if self._log_is_dirty and wait:
            logger.warning(
                "%s: the write-ahead log could not be emptied, as when it is in use, and still holds a "
                "destroyed key, sealed; it is emptied with the next change",
                self._path,
            )


def _write_over(connection: sqlite3.Connection, name: str) -> None:
    """Write a row as long as any over the one of a key that was destroyed.

    SQLite keeps the row that it wrote last in memory, and a shorter one leaves the end of it there.
    """
    connection.execute("UPDATE keys SET sealed = ? WHERE name = ?", ("0" * _LONGEST_SEALED, name))
    connection.execute("UPDATE keys SET sealed = '' WHERE name = ?", (name,))
