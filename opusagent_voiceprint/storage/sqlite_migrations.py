"""The tables of the SQLite store, and how those of an earlier schema become them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final, NoReturn

from opusagent_voiceprint.errors import StoreFormatError
from opusagent_voiceprint.storage.sqlite_rows import register_checksums

__all__ = ["OLDEST_SCHEMA", "SCHEMA", "TABLES", "check_tables", "migrate", "refuse_schema"]

OLDEST_SCHEMA: Final = 1
SCHEMA: Final = 2

# An erased caller keeps its row, without a payload, as the mark for other workers. Its links lie in the row,
# under its checksum; phone_links is made from them, to find them by.
TABLES: Final = {
    "store": "CREATE TABLE store (key_id TEXT NOT NULL, checksum TEXT NOT NULL)",
    "callers": "CREATE TABLE callers (caller_id TEXT PRIMARY KEY, version INTEGER NOT NULL UNIQUE, "
    "payload TEXT, links TEXT NOT NULL, checksum TEXT NOT NULL)",
    "phone_links": "CREATE TABLE phone_links (link TEXT NOT NULL, caller_id TEXT NOT NULL, "
    "PRIMARY KEY (link, caller_id)) WITHOUT ROWID",
    "phone_links_by_caller": "CREATE INDEX phone_links_by_caller ON phone_links (caller_id)",
    "notes": "CREATE TABLE notes (kind TEXT NOT NULL, key TEXT NOT NULL, payload TEXT NOT NULL, "
    "checksum TEXT NOT NULL, PRIMARY KEY (kind, key))",
}


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring a database to :data:`SCHEMA`, one step after the other.

    Each step is one transaction that ends with its number: whenever it is killed, it was made or not begun.
    Raises :class:`StoreFormatError` for a newer schema, and what cannot be brought to this one.
    """
    while (schema := _schema(connection)) != SCHEMA:
        step = _STEPS.get(schema)
        if step is None:
            refuse_schema(path, schema)
        connection.execute("BEGIN IMMEDIATE")
        try:
            if _schema(connection) == schema:  # else another process was faster
                step(connection, path)
                connection.execute(f"PRAGMA user_version = {schema + 1}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def check_tables(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a database whose tables are not as they were made: SQLite itself would take them as they are."""
    query = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite^_%' ESCAPE '^'"
    if dict(connection.execute(query).fetchall()) != TABLES:
        raise StoreFormatError(
            f"the tables in {path} are not those of a store of ours: they were damaged, or changed by "
            "something else. It was left as it is; restore it from a backup."
        )


def refuse_schema(path: Path, schema: object) -> NoReturn:
    """Raise the error for a store of another version."""
    raise StoreFormatError(
        f"{path} has schema {schema}, and this version of opusagent-voiceprint knows {SCHEMA}. "
        "It was left as it is; update opusagent-voiceprint."
    )


def _schema(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _add_checksums(connection: sqlite3.Connection, path: Path) -> None:
    """Schema 2: every row has a checksum, and the links are also in the row."""
    if connection.execute("SELECT 1 FROM store WHERE key_id <> ''").fetchone():
        raise StoreFormatError(
            f"{path} is encrypted and of schema 1, which only development versions of opusagent-voiceprint "
            "encrypted. It was left as it is; set VOICE_STORAGE_PATH to another file."
        )
    register_checksums(connection)
    for table in ("store", "callers", "notes"):
        connection.execute(f"ALTER TABLE {table} RENAME TO former_{table}")
        connection.execute(TABLES[table])
    connection.execute("INSERT INTO store SELECT key_id, store_checksum(key_id) FROM former_store")
    connection.execute(
        "INSERT INTO notes SELECT kind, key, payload, note_checksum(kind, key, payload) FROM former_notes"
    )
    connection.execute(
        "INSERT INTO callers SELECT caller_id, version, payload, links, "
        "caller_checksum(caller_id, version, payload, links) FROM (SELECT caller_id, version, payload, "
        "(SELECT json_group_array(link) FROM (SELECT link FROM phone_links "
        "WHERE phone_links.caller_id = former_callers.caller_id ORDER BY link)) AS links FROM former_callers)"
    )
    for table in ("store", "callers", "notes"):
        connection.execute(f"DROP TABLE former_{table}")
    # Made anew, since a renamed table's is rewritten in the schema: check_tables() compares its text.
    connection.execute("ALTER TABLE phone_links RENAME TO former_phone_links")
    connection.execute("DROP INDEX phone_links_by_caller")
    connection.execute(TABLES["phone_links"])
    connection.execute("INSERT INTO phone_links SELECT link, caller_id FROM former_phone_links")
    connection.execute("DROP TABLE former_phone_links")
    connection.execute(TABLES["phone_links_by_caller"])


_STEPS: Final[dict[int, Callable[[sqlite3.Connection, Path], None]]] = {1: _add_checksums}
