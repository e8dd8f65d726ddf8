"""The rows of the SQLite store, each with a checksum over all of its columns."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, Final, NoReturn

from opusagent_voiceprint.errors import StoreFormatError
from opusagent_voiceprint.storage.base import StoredRecord
from opusagent_voiceprint.storage.checksum import checksum_of_parts

__all__ = [
    "CALLER_COLUMNS",
    "ERRORS",
    "caller_checksum",
    "caller_row",
    "encode_links",
    "is_whole_caller",
    "is_whole_note",
    "note_payload",
    "note_row",
    "readable",
    "register_checksums",
    "store_row",
    "tolerant_text",
]

ERRORS: Final = (sqlite3.Error, UnicodeError)
"""What reading a database may raise: SQLite quotes in its message what is damaged, which is no UTF-8; nor is
a key that is damaged and looked up as it was read."""

CALLER_COLUMNS: Final = "caller_id, version, payload, links, checksum"


def tolerant_text(raw: bytes) -> str:
    """The text factory of connections: a damaged text is read, so that its checksum can be found wrong."""
    return raw.decode("utf-8", "surrogateescape")


def readable(text: object) -> str:
    """An id as far as it can be shown."""
    raw = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else repr(text).encode("ascii")
    return raw.decode("utf-8", "backslashreplace")


def encode_links(links: Iterable[str]) -> str:
    """The phone links of a row as they lie in its column."""
    return json.dumps(list(links), separators=(",", ":"))


def caller_checksum(caller_id: str, version: int, payload: str | None, links: str) -> str:
    """The checksum of a caller's row, or of the mark that an erased one leaves."""
    return checksum_of_parts("caller", caller_id, str(version), payload, links)


def is_whole_caller(row: Sequence[Any]) -> bool:
    """Whether a row of :data:`CALLER_COLUMNS` is as it was written."""
    caller_id, version, payload, links, found = row
    return (
        isinstance(caller_id, str)
        and type(version) is int
        and isinstance(payload, str | None)
        and isinstance(links, str)
        and found == caller_checksum(caller_id, version, payload, links)
    )


def caller_row(row: Sequence[Any]) -> StoredRecord | None:
    """The record of a row of :data:`CALLER_COLUMNS`; None for a mark.

    Raises :class:`StoreFormatError` if the row is damaged.
    """
    if not is_whole_caller(row):
        _damaged("caller", row[0])
    caller_id, version, payload, _, _ = row
    return None if payload is None else StoredRecord(caller_id, version, payload)


def note_row(kind: str, key: str, payload: str) -> tuple[str, str, str, str]:
    """The row of a note."""
    return kind, key, payload, checksum_of_parts("note", kind, key, payload)


def is_whole_note(row: Sequence[Any]) -> bool:
    """Whether a row of the notes is as it was written."""
    return all(isinstance(part, str) for part in row) and tuple(row) == note_row(row[0], row[1], row[2])


def note_payload(row: Sequence[Any]) -> str:
    """The payload of a note's row. :class:`StoreFormatError` if it is damaged."""
    if not is_whole_note(row):
        _damaged(readable(row[0]), row[1])
    return str(row[2])


def store_row(key_id: str) -> tuple[str, str]:
    """The row of the store itself."""
    return key_id, checksum_of_parts("store", key_id)


def register_checksums(connection: sqlite3.Connection) -> None:
    """Make the checksums known to SQL."""
    connection.create_function("caller_checksum", 4, caller_checksum, deterministic=True)
    connection.create_function(
        "note_checksum", 3, lambda kind, key, payload: note_row(kind, key, payload)[3], deterministic=True
    )
    connection.create_function("store_checksum", 1, lambda key_id: store_row(key_id)[1], deterministic=True)


def _damaged(kind: str, record_id: object) -> NoReturn:
    raise StoreFormatError(
        f"the {kind} record {readable(record_id)!r} was changed after it was written: its checksum does not "
        "fit. The others can be read; see `opusagent-voiceprint storage check`"
    )
