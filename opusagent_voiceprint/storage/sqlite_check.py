"""Checking a SQLite store's rows, putting damaged ones aside, and making anew what is derived from them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any, Final

from opusagent_voiceprint.errors import StoreFormatError
from opusagent_voiceprint.storage.damage import QUARANTINE, Damage, add_to_quarantine, quarantine_key
from opusagent_voiceprint.storage.sqlite_rows import (
    CALLER_COLUMNS,
    ERRORS,
    caller_checksum,
    is_whole_caller,
    is_whole_note,
    note_row,
    readable,
)

__all__ = ["find_damage", "move_to_quarantine", "rebuild"]

_ROWS_AT_ONCE: Final = 256
_MOST_FINDINGS: Final = 100
_NOTE_COLUMNS: Final = "kind, key, payload, checksum"
_FIT: Final = "its checksum does not fit"


def find_damage(connection: sqlite3.Connection) -> list[Damage]:
    """Everything that is wrong, as of one moment: the caller is in a transaction."""
    found = list(_pages(connection))
    links: set[tuple[object, object]] = set()
    for rowid, row in _rows(connection, "callers", CALLER_COLUMNS):
        where = f"callers, row {rowid}"
        if isinstance(row, ERRORS):
            found.append(Damage(None, where, f"it cannot be read ({row})"))
        elif not is_whole_caller(row):
            found.append(Damage(readable(row[0]), where, _FIT, "caller"))
        else:
            links.update((link, row[0]) for link in json.loads(row[3]))
    for rowid, row in _rows(connection, "notes", _NOTE_COLUMNS):
        where = f"notes, row {rowid}"
        if isinstance(row, ERRORS):
            found.append(Damage(None, where, f"it cannot be read ({row})"))
        elif not is_whole_note(row):
            found.append(Damage(readable(row[1]), where, _FIT, readable(row[0])))
    found += _links(connection, links)
    return found


def move_to_quarantine(connection: sqlite3.Connection, kind: str, record_id: str, revision: int) -> bool:
    """Move the rows of one record into a note; whether there were any. The caller is in a transaction.

    ``revision`` is the version of the mark that a caller leaves, so that others drop who they hold.
    """
    table, columns = ("callers", CALLER_COLUMNS) if kind == "caller" else ("notes", _NOTE_COLUMNS)
    matching = [
        (rowid, row)
        for rowid, row in _rows(connection, table, columns)
        if not isinstance(row, ERRORS) and _is_of(row, kind, record_id)
    ]
    for rowid, row in matching:
        if kind == "caller" and row[2] is None and is_whole_caller(row):
            return False  # a mark
        aside: dict[str, object] = {
            name: value if isinstance(value, str | int | float | None) else repr(value)
            for name, value in zip(columns.split(", "), row, strict=True)
        }
        key = quarantine_key(kind, record_id)
        query = "SELECT payload FROM notes WHERE kind = ? AND key = ?"
        earlier = connection.execute(query, (QUARANTINE, key)).fetchone()
        payload = add_to_quarantine(earlier[0] if earlier else None, aside)
        connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (rowid,))  # noqa: S608 - one of two names
        connection.execute(
            "INSERT OR REPLACE INTO notes VALUES (?, ?, ?, ?)", note_row(QUARANTINE, key, payload)
        )
    if matching and kind == "caller":
        connection.execute("DELETE FROM phone_links WHERE caller_id = ?", (record_id,))
        mark = caller_checksum(record_id, revision, None, "[]")
        connection.execute(
            "INSERT OR REPLACE INTO callers VALUES (?, ?, NULL, '[]', ?)", (record_id, revision, mark)
        )
    return bool(matching)


def rebuild(connection: sqlite3.Connection) -> None:
    """Make the indexes and the phone links anew from the rows. The caller is in a transaction."""
    connection.execute("REINDEX")
    connection.execute("DELETE FROM phone_links")
    for _, row in _rows(connection, "callers", CALLER_COLUMNS):
        if isinstance(row, ERRORS):
            raise StoreFormatError(f"a row cannot be read ({row}); restore the database from a backup")
        if is_whole_caller(row):
            rows = [(link, row[0]) for link in json.loads(row[3])]
            connection.executemany("INSERT OR REPLACE INTO phone_links VALUES (?, ?)", rows)


def _pages(connection: sqlite3.Connection) -> Iterator[Damage]:
    try:
        for (text,) in connection.execute(f"PRAGMA integrity_check({_MOST_FINDINGS})"):
            if text != "ok":
                yield Damage(None, "the database", readable(text))
    except ERRORS as exc:
        yield Damage(None, "the database", str(exc))


def _rows(connection: sqlite3.Connection, table: str, columns: str) -> Iterator[tuple[int, Any]]:
    """Every row by its number, past the indexes: the columns, or the error where they cannot be read."""
    query = f"SELECT rowid FROM {table} NOT INDEXED WHERE rowid > ? ORDER BY rowid LIMIT {_ROWS_AT_ONCE}"  # noqa: S608
    whole = f"SELECT {columns} FROM {table} WHERE rowid = ?"  # noqa: S608 - of names in this module
    last = -(2**63)
    while True:
        try:
            numbers = [number for (number,) in connection.execute(query, (last,))]
        except ERRORS as exc:
            # What follows in the table cannot be reached.
            yield last + 1, exc
            return
        for number in numbers:
            if number <= last:  # a damaged tree leads to the same rows again, without end
                yield last + 1, sqlite3.DatabaseError("its rows are not in their order")
                return
            last = number
            try:
                row = connection.execute(whole, (number,)).fetchone()
            except ERRORS as exc:
                yield number, exc
                continue
            yield number, sqlite3.DatabaseError("it is not where the table says") if row is None else row
        if len(numbers) < _ROWS_AT_ONCE:
            return


def _is_of(row: tuple[Any, ...], kind: str, record_id: str) -> bool:
    if kind == "caller":
        return readable(row[0]) == record_id
    return (readable(row[0]), readable(row[1])) == (kind, record_id)


def _links(connection: sqlite3.Connection, expected: set[tuple[object, object]]) -> Iterator[Damage]:
    try:
        found = set(connection.execute("SELECT link, caller_id FROM phone_links"))
    except ERRORS as exc:
        yield Damage(None, "phone_links", f"it cannot be read ({exc})")
        return
    for _, caller_id in sorted(found ^ expected, key=repr):
        reason = "a phone link is not as in the caller's row"
        yield Damage(readable(caller_id), "phone_links", reason, "phone link")
