"""The keystore in a file of its own: a small SQLite database."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from opusagent_voiceprint.errors import StorageError, StoreFormatError
from opusagent_voiceprint.storage import files
from opusagent_voiceprint.storage.encryption.keys import SealedKey
from opusagent_voiceprint.storage.encryption.keystore import KeyStore
from opusagent_voiceprint.storage.sqlite_commit import commit

__all__ = ["FileKeyStore"]

_APPLICATION_ID: Final = 0x6F764B53  # "ovKS"
_SCHEMA: Final = 1
_BUSY_SECONDS: Final = 5.0
_NAMES_AT_ONCE: Final = 500
_MAGIC: Final = b"SQLite format 3\x00"

_TABLE: Final = """
CREATE TABLE keys (
    name TEXT PRIMARY KEY, key_id TEXT NOT NULL, master_id TEXT NOT NULL, sealed TEXT NOT NULL
) WITHOUT ROWID;
"""


class FileKeyStore(KeyStore):
    """Sealed keys in a SQLite database, made when it is first written to.

    What is destroyed is overwritten with zeros and the write-ahead log emptied after it.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._connection: sqlite3.Connection | None = None
        self._inherited: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        files.prepare_parent(self._path)
        self._open()

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    def get(self, name: str) -> SealedKey | None:
        """A key, or the mark of one that was destroyed; None if there never was one."""
        return self.get_many([name]).get(name)

    def get_many(self, names: Collection[str]) -> dict[str, SealedKey]:
        """Several at once."""
        wanted = list(names)
        found: dict[str, SealedKey] = {}
        for start in range(0, len(wanted), _NAMES_AT_ONCE):
            some = wanted[start : start + _NAMES_AT_ONCE]
            marks = ",".join("?" * len(some))
            query = f"SELECT name, key_id, master_id, sealed FROM keys WHERE name IN ({marks})"  # noqa: S608
            with self._reading() as connection:
                if connection is not None:
                    found.update((row[0], SealedKey(*row[1:])) for row in connection.execute(query, some))
        return found

    def add(self, name: str, key: SealedKey) -> SealedKey:
        """Keep a key unless there is one; returns what is there then."""
        with self._changing() as connection:
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
            return SealedKey(*found)

    def replace(self, name: str, old: SealedKey, new: SealedKey) -> bool:
        """Put a key in place of ``old`` if that is still there; whether it was."""
        with self._changing() as connection:
            done = connection.execute(
                "UPDATE keys SET key_id = ?, master_id = ?, sealed = ? "
                "WHERE name = ? AND key_id = ? AND master_id = ? AND sealed = ?",
                (new.key_id, new.master_id, new.sealed, name, old.key_id, old.master_id, old.sealed),
            )
            replaced = bool(done.rowcount)
        if replaced and new.is_destroyed:
            self._empty_log()
        return replaced

    def destroy(self, name: str) -> bool:
        """Overwrite a key with its mark; whether there was one."""
        self._after_fork()
        with self._lock:
            with self._changing() as connection:
                done = connection.execute(
                    "UPDATE keys SET master_id = '', sealed = '' WHERE name = ? AND sealed <> ''", (name,)
                )
                existed = bool(done.rowcount)
                if not existed:
                    connection.execute("INSERT OR IGNORE INTO keys VALUES (?, '', '', '')", (name,))
            self._empty_log()
            return existed

    def items(self) -> Iterator[tuple[str, SealedKey]]:
        """Everything, sorted by name."""
        last = ""
        while True:
            with self._reading() as connection:
                rows = (
                    []
                    if connection is None
                    else connection.execute(
                        "SELECT name, key_id, master_id, sealed FROM keys "
                        "WHERE name > ? ORDER BY name LIMIT ?",
                        (last, _NAMES_AT_ONCE),
                    ).fetchall()
                )
            yield from ((row[0], SealedKey(*row[1:])) for row in rows)
            if len(rows) < _NAMES_AT_ONCE:
                return
            last = rows[-1][0]

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
                    if not _check_header(self._path):
                        return False
                    self._identity = files.identity(self._path)
                    self._connection = self._connect()
                    files.DATABASES.add(self._identity)
            return True

    def _connect(self) -> sqlite3.Connection:
        try:
            connection = sqlite3.connect(
                self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            try:
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA secure_delete = ON")
                (schema,) = connection.execute("PRAGMA user_version").fetchone()
                # SQLite does so for its log, and goes on if that fails.
                files.sync_directory(self._path.parent)
                if schema != _SCHEMA:
                    raise StoreFormatError(
                        f"the keystore {self._path} has schema {schema}, and this version of "
                        f"opusagent-voiceprint knows {_SCHEMA}: update it"
                    )
            except BaseException:
                connection.close()
                raise
        except OSError as exc:
            raise files.storage_error("make durable", self._path, exc) from exc
        except (sqlite3.Error, UnicodeDecodeError) as exc:
            raise _error(self._path, exc) from exc
        return connection

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
            except sqlite3.Error as exc:
                raise _error(self._path, exc) from exc

    @contextlib.contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        self._after_fork()
        with self._lock:
            self._check_place()
            if not self._open():
                with files.exclusive_lock(self._path):
                    if not self._path.exists():
                        _create(self._path)
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
                raise _error(self._path, exc) from exc

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

    def _empty_log(self) -> None:
        """Overwrite what the log still holds; if somebody reads just now, with the next change."""
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):  # the change itself is done
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def _check_header(path: Path) -> bool:
    """Whether there is a keystore; False if there is nothing. Anything else is refused."""
    if files.DATABASES.has(path):
        return True  # it was looked at when it was opened
    descriptor = files.open_regular(path)
    if descriptor is None:
        return False
    with os.fdopen(descriptor, "rb") as file:
        header = file.read(100)
        if not header.startswith(_MAGIC) or int.from_bytes(header[68:72], "big") != _APPLICATION_ID:
            raise StoreFormatError(
                f"VOICE_KEYSTORE_PATH={path} is there and is no keystore of opusagent-voiceprint: restore "
                "it, or name another file"
            )
        files.make_private(descriptor, path)
    return True


def _create(path: Path) -> None:
    """Make an empty keystore, complete or not at all. The caller holds the lock of ``path``."""
    fresh = path.with_name(f"{path.name}.new")
    try:
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(f"{fresh}{suffix}").unlink(missing_ok=True)  # what a killed process left
        os.close(os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
        with contextlib.closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.executescript(
                f"BEGIN; {_TABLE} PRAGMA application_id = {_APPLICATION_ID}; "
                f"PRAGMA user_version = {_SCHEMA}; COMMIT;"
            )
        os.replace(fresh, path)
        files.sync_directory(path.parent)
    except OSError as exc:
        raise files.storage_error("create the keystore", path, exc) from exc
    except sqlite3.Error as exc:
        raise StorageError(f"cannot create the keystore {path}: {exc}") from exc


def _error(path: Path, exc: sqlite3.Error | UnicodeDecodeError) -> StorageError:
    # SQLite reports damage by the base class itself, and everything else by its children.
    if type(exc) in (sqlite3.DatabaseError, UnicodeDecodeError):
        return StoreFormatError(f"the keystore {path} is damaged ({exc}); restore it from its replica")
    return StorageError(f"the keystore {path}: {exc}")
