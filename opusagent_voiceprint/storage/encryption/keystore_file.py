"""The file of a keystore: what is accepted as one, how one is made, and what its errors mean."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from opusagent_voiceprint.errors import StorageError, StoreFormatError
from opusagent_voiceprint.storage import files
from opusagent_voiceprint.storage.encryption.keys import SealedKey

__all__ = ["check_header", "connect", "create", "key_of_row", "keystore_error", "readable"]

_APPLICATION_ID: Final = 0x6F764B53  # "ovKS"
_SCHEMA: Final = 1
_BUSY_SECONDS: Final = 5.0
_MAGIC: Final = b"SQLite format 3\x00"

_TABLE: Final = """
CREATE TABLE keys (
    name TEXT PRIMARY KEY, key_id TEXT NOT NULL, master_id TEXT NOT NULL, sealed TEXT NOT NULL
) WITHOUT ROWID;
"""


def check_header(path: Path) -> bool:
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


def connect(path: Path) -> sqlite3.Connection:
    """Open a keystore that is there."""
    try:
        connection = sqlite3.connect(
            path,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=0,  # they keep the keys that were last written with them
        )
        try:
            connection.text_factory = _tolerant_text
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")
            (schema,) = connection.execute("PRAGMA user_version").fetchone()
            # SQLite does so for its log, and goes on if that fails.
            files.sync_directory(path.parent)
            if schema != _SCHEMA:
                raise StoreFormatError(
                    f"the keystore {path} has schema {schema}, and this version of opusagent-voiceprint "
                    f"knows {_SCHEMA}: update it"
                )
        except BaseException:
            connection.close()
            raise
    except OSError as exc:
        raise files.storage_error("make durable", path, exc) from exc
    except (sqlite3.Error, UnicodeDecodeError) as exc:
        raise keystore_error(path, exc) from exc
    return connection


def create(path: Path) -> None:
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


def key_of_row(path: Path, name: object, columns: Sequence[Any]) -> SealedKey:
    """The key in a row, or what is wrong with it."""
    if isinstance(name, str) and all(isinstance(each, str) and each.isascii() for each in columns):
        return SealedKey(*columns)
    return SealedKey.damaged(
        f"the key of {readable(name)!r} in the keystore {path} is damaged; put it back from where it is "
        "replicated"
    )


def readable(name: object) -> str:
    """A name as far as it can be shown."""
    raw = name.encode("utf-8", "surrogateescape") if isinstance(name, str) else repr(name).encode("ascii")
    return raw.decode("utf-8", "backslashreplace")


def keystore_error(path: Path, exc: sqlite3.Error | UnicodeDecodeError) -> StorageError:
    """The error for one of SQLite's."""
    # SQLite reports damage by the base class itself, and everything else by its children.
    if type(exc) in (sqlite3.DatabaseError, UnicodeDecodeError):
        return StoreFormatError(f"the keystore {path} is damaged ({exc}); restore it from its replica")
    return StorageError(f"the keystore {path}: {exc}")


def _tolerant_text(raw: bytes) -> str:
    """One text that is damaged must not keep the others from being read."""
    return raw.decode("utf-8", "surrogateescape")
