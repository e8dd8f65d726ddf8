"""Committing to SQLite in write-ahead mode, and what is known when that fails."""

from __future__ import annotations

import sqlite3
from typing import Final

from opusagent_voiceprint.errors import StorageError

__all__ = ["commit"]

_NOT_SYNCED: Final = "disk I/O error"
_NOT_WRITTEN: Final = "SQLITE_IOERR_WRITE"


def commit(connection: sqlite3.Connection, what: object) -> None:
    """Commit. :class:`StorageError`, naming ``what``, if it is not known whether that took effect."""
    try:
        connection.execute("COMMIT")
    except sqlite3.OperationalError as exc:
        # What could not be written is not played back; before Python 3.11 there is no telling it apart.
        if _NOT_SYNCED not in str(exc) or getattr(exc, "sqlite_errorname", None) == _NOT_WRITTEN:
            raise
        # The end of the transaction may be in the log, and is played back from it after a crash.
        raise StorageError(
            f"{what}: {exc}; whether the change was made is not known. Read it again before repeating it."
        ) from exc
