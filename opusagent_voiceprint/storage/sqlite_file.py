"""The SQLite store's file: how it comes into being, and how it is told from every other."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import Final

from opusagent_voiceprint.errors import StorageError, StoreFormatError
from opusagent_voiceprint.storage import files
from opusagent_voiceprint.storage.compat import HOW_TO_IMPORT
from opusagent_voiceprint.storage.sqlite_migrations import OLDEST_SCHEMA, SCHEMA, TABLES, refuse_schema
from opusagent_voiceprint.storage.sqlite_rows import ERRORS, store_row

__all__ = ["APPLICATION_ID", "check_header", "check_size", "create_database"]

APPLICATION_ID: Final = 0x6F764350  # "ovCP"

_MAGIC: Final = b"SQLite format 3\x00"
_HEADER_BYTES: Final = 100
_SIDE_FILES: Final = ("-wal", "-shm", "-journal")


def check_header(path: Path) -> bool:
    """Whether there is a store of ours at ``path``; False if there is nothing.

    Anything else is refused with :class:`StoreFormatError`, from its first bytes, before SQLite touches it.
    """
    if files.DATABASES.has(path):
        return True  # it was looked at when it was opened
    descriptor = files.open_regular(path)
    if descriptor is None:
        left = [path.name + suffix for suffix in _SIDE_FILES if os.path.lexists(f"{path}{suffix}")]
        if left:
            # SQLite would replay this log into the new, empty database.
            raise StoreFormatError(
                f"{path} is gone, but {left[0]} is there; restore the database, or remove what is left of it"
            )
        return False
    with os.fdopen(descriptor, "rb") as file:
        header = file.read(_HEADER_BYTES)
        if not header:
            raise StoreFormatError(
                f"{path} is empty, which no store of ours is. Restore it from a backup, "
                "or remove it to begin a new one."
            )
        if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC):
            raise StoreFormatError(
                f"{path} is not a SQLite database, or only the start of one. It was left as it is; "
                "restore it from a backup, or set VOICE_STORAGE_PATH to a file of its own."
            )
        if int.from_bytes(header[68:72], "big") != APPLICATION_ID:
            raise StoreFormatError(f"{path} {_describe(path)}. It was left as it is.")
        schema = int.from_bytes(header[60:64], "big")
        if not OLDEST_SCHEMA <= schema <= SCHEMA:
            refuse_schema(path, schema)
        files.make_private(descriptor, path)
    return True


def check_size(path: Path, size: int) -> None:
    """Refuse a database whose last page is cut off, which SQLite would read as zeros.

    ``size`` is in bytes, as SQLite sees it. While there is something in the log, nothing can be said.
    """
    log = Path(f"{path}-wal")
    try:
        if log.exists() and log.stat().st_size:
            return
        found = path.stat().st_size
    except OSError as exc:
        raise files.storage_error("open", path, exc) from exc
    if found < size:
        raise StoreFormatError(
            f"{path} was cut off: it has {found} bytes of {size}. It was left as it is; "
            "restore it from a backup."
        )


def create_database(path: Path, key_id: str) -> None:
    """Create an empty store, complete or not at all. The caller holds the lock of ``path``."""
    fresh = path.with_name(f"{path.name}.new")
    try:
        _remove_database(fresh)  # what a killed process left
        # SQLite itself would create it for everybody to read; its log inherits the mode.
        os.close(os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
        with contextlib.closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.executescript(
                f"BEGIN; {'; '.join(TABLES.values())}; PRAGMA application_id = {APPLICATION_ID}; "
                f"PRAGMA user_version = {SCHEMA}; COMMIT;"
            )
            connection.execute("INSERT INTO store VALUES (?, ?)", store_row(key_id))
        os.replace(fresh, path)
        files.sync_directory(path.parent)
    except (OSError, sqlite3.Error) as exc:
        with contextlib.suppress(OSError):
            _remove_database(fresh)
        if isinstance(exc, OSError):
            raise files.storage_error("create", path, exc) from exc
        raise StorageError(f"cannot create {path}: {exc}") from exc


def _remove_database(path: Path) -> None:
    for suffix in ("", *_SIDE_FILES):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def _describe(path: Path) -> str:
    with contextlib.suppress(*ERRORS):
        # immutable keeps SQLite from creating files beside a database that is not ours.
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as connection:
            columns = {row[1] for row in connection.execute("PRAGMA table_info(voiceprints)")}
            if {"caller_id", "embedding"} <= columns:
                return (
                    "is the database of OpusAgent's own voiceprint module. Set VOICE_STORAGE_PATH to another "
                    f"file; {HOW_TO_IMPORT}"
                )
    return "is a SQLite database of something else. Set VOICE_STORAGE_PATH to a file of its own"
