"""Databases of schema 1: they become schema 2 whole or not at all, however the migration ends."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from storage_media import SQLiteMedium, a_caller, contents

from opusagent_voiceprint.errors import StoreFormatError
from opusagent_voiceprint.models import DoNotAsk
from opusagent_voiceprint.storage import SQLiteStorage
from opusagent_voiceprint.storage.sqlite_file import APPLICATION_ID
from opusagent_voiceprint.storage.sqlite_migrations import SCHEMA, migrate

TABLES_OF_SCHEMA_1 = """
CREATE TABLE store (key_id TEXT NOT NULL);
CREATE TABLE callers (caller_id TEXT PRIMARY KEY, version INTEGER NOT NULL UNIQUE, payload TEXT);
CREATE TABLE phone_links (
    link TEXT NOT NULL, caller_id TEXT NOT NULL, PRIMARY KEY (link, caller_id)
) WITHOUT ROWID;
CREATE INDEX phone_links_by_caller ON phone_links (caller_id);
CREATE TABLE notes (kind TEXT NOT NULL, key TEXT NOT NULL, payload TEXT NOT NULL, PRIMARY KEY (kind, key));
"""
CALLERS = [
    a_caller(f"caller_{number}", seed=number, phone_links=["b", "a", f"{number}"]) for number in range(5)
]
SECRET = bytes(range(32))


def write_schema_1(path: Path, *, key_id: str = "") -> None:
    path.parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(
            f"BEGIN; {TABLES_OF_SCHEMA_1} PRAGMA application_id = {APPLICATION_ID}; "
            "PRAGMA user_version = 1; COMMIT;"
        )
        connection.execute("INSERT INTO store VALUES (?)", (key_id,))
        for version, caller in enumerate(CALLERS, 1):
            payload = caller.model_dump_json(exclude={"version"})
            connection.execute("INSERT INTO callers VALUES (?, ?, ?)", (caller.caller_id, version, payload))
            links = [(link, caller.caller_id) for link in caller.phone_links]
            connection.executemany("INSERT INTO phone_links VALUES (?, ?)", links)
        connection.execute("INSERT INTO callers VALUES ('gone', 9, NULL)")
        notes = [("refusal", "s", DoNotAsk(subject="s").model_dump_json())]
        notes.append(("secret", "phone", f'{{"value":"{SECRET.hex()}"}}'))
        connection.executemany("INSERT INTO notes VALUES (?, ?, ?)", notes)


def assert_is_what_was_written(medium: SQLiteMedium) -> None:
    with medium.open() as store:
        assert isinstance(store, SQLiteStorage)
        assert [contents(caller) for caller in store.all()] == [contents(caller) for caller in CALLERS]
        assert store.changes(0) == ([*(caller.caller_id for caller in CALLERS), "gone"], 9)
        assert store.ids_by_phone("a") == [caller.caller_id for caller in CALLERS]
        assert store.ids_by_phone("3") == ["caller_3"]
        assert [each.subject for each in store.refusals()] == ["s"]
        assert store.secret("phone") == SECRET
        assert store._damaged() == []


def schema(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_a_database_of_schema_1_is_migrated_at_opening(tmp_path: Path) -> None:
    medium = SQLiteMedium(tmp_path / "store")
    write_schema_1(medium.path)
    assert_is_what_was_written(medium)
    assert schema(medium.path) == SCHEMA
    assert_is_what_was_written(medium)


def test_an_encrypted_database_of_schema_1_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    medium = SQLiteMedium(tmp_path / "store")
    write_schema_1(medium.path, key_id="0123456789abcdef")
    with pytest.raises(StoreFormatError, match="only development versions"):
        medium.open()
    assert schema(medium.path) == 1


def migrate_until_killed(path: Path, steps: int) -> bool:
    """Migrate in a process that kills itself before its n-th statement; whether it came that far."""
    process = os.fork()
    if process == 0:
        left = steps

        def count(_: str) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            connection = sqlite3.connect(path, isolation_level=None)
            connection.set_trace_callback(count)
            migrate(connection, path)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(process, 0)[1])


def test_a_migration_that_is_killed_at_any_statement_was_made_or_not_begun(tmp_path: Path) -> None:
    write_schema_1(tmp_path / "original" / "callers.sqlite")
    found = []
    statements = 0
    while True:
        statements += 1
        medium = SQLiteMedium(tmp_path / f"{statements}")
        shutil.copytree(tmp_path / "original", medium.directory)
        was_killed = migrate_until_killed(medium.path, statements)
        found.append(schema(medium.path))
        assert_is_what_was_written(medium)
        if not was_killed:
            break
    assert statements > 15
    assert found == sorted(found)
    assert set(found) == {1, SCHEMA}


def test_what_a_migration_leaves_behind_holds_nothing_that_is_erased_later(tmp_path: Path) -> None:
    medium = SQLiteMedium(tmp_path / "store")
    write_schema_1(medium.path)
    with medium.open() as store:
        for caller in CALLERS:
            store.erase(caller.caller_id)
        assert b"refund-sentinel" not in medium.everything()
