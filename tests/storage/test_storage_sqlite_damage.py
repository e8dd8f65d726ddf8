"""Damaged rows of the SQLite store: each is noticed, named and put aside, and the others stay readable."""

from __future__ import annotations

import itertools
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from storage_media import SQLiteMedium, a_caller, contents

from opusagent_voiceprint.errors import StorageError, StoreFormatError
from opusagent_voiceprint.models import DoNotAsk
from opusagent_voiceprint.storage import SQLiteStorage, sqlite_check


@pytest.fixture
def medium(tmp_path: Path) -> SQLiteMedium:
    """A store of three callers, one erased, and a refusal."""
    medium = SQLiteMedium(tmp_path / "store")
    with medium.open() as store:
        for number in range(4):
            store.put(a_caller(f"caller_{number}", seed=number), expected_version=0)
        store.erase("caller_3")
        store.remember_refusal(DoNotAsk(subject="subject"))
    return medium


def behind_its_back(medium: SQLiteMedium, *statements: str) -> None:
    with closing(sqlite3.connect(medium.path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def opened(medium: SQLiteMedium) -> SQLiteStorage:
    store = medium.open()
    assert isinstance(store, SQLiteStorage)
    return store


@pytest.mark.parametrize(
    "change",
    [
        "payload = replace(payload, 'Wilhelmina', 'Wilhelmine')",
        "payload = NULL",
        "payload = CAST(payload AS BLOB)",
        "payload = CAST(x'ff' || CAST(payload AS BLOB) AS TEXT)",
        "version = version + 100",
        "links = '[]'",
        "checksum = 'x' || substr(checksum, 2)",
        "checksum = ''",
    ],
)
def test_a_row_that_was_changed_in_any_column_is_an_error_and_the_others_are_not(
    medium: SQLiteMedium, change: str
) -> None:
    behind_its_back(medium, f"UPDATE callers SET {change} WHERE caller_id = 'caller_1'")  # noqa: S608
    with opened(medium) as store:
        for read in (store.get, store._read, lambda caller_id: store._read_many([caller_id])):
            with pytest.raises(StoreFormatError, match=r"caller record 'caller_1' was changed.*checksum"):
                read("caller_1")
        with pytest.raises(StoreFormatError, match="'caller_1'"):
            list(store.all())
        for whole in (0, 2):
            found = store.get(f"caller_{whole}")
            assert found is not None
            assert contents(found) == contents(a_caller(f"caller_{whole}", seed=whole))
        assert [caller.caller_id for caller in store.get_many([f"caller_{n}" for n in range(4)])] == [
            "caller_0",
            "caller_2",
        ]
        (damage, *_) = store._damaged()
        assert (damage.record_id, damage.kind, damage.where) == ("caller_1", "caller", "callers, row 2")


def test_a_mark_that_came_to_life_is_an_error(medium: SQLiteMedium) -> None:
    behind_its_back(medium, "UPDATE callers SET payload = '{}' WHERE caller_id = 'caller_3'")
    with opened(medium) as store, pytest.raises(StoreFormatError, match="'caller_3'"):
        store.get("caller_3")


def test_a_row_under_another_id_is_named_by_check(medium: SQLiteMedium) -> None:
    behind_its_back(medium, "UPDATE callers SET caller_id = 'caller_x' WHERE caller_id = 'caller_1'")
    with opened(medium) as store:
        with pytest.raises(StoreFormatError, match="'caller_x'"):
            store.get("caller_x")
        assert [one.record_id for one in store._damaged() if one.kind == "caller"] == ["caller_x"]


def test_a_changed_note_is_an_error(medium: SQLiteMedium) -> None:
    change = "UPDATE notes SET payload = replace(payload, 'subject', 'another') WHERE kind = 'refusal'"
    behind_its_back(medium, change)
    with opened(medium) as store:
        with pytest.raises(StoreFormatError, match="refusal record 'subject' was changed"):
            store.refusal("subject")
        (damage,) = store._damaged()
        assert (damage.record_id, damage.kind) == ("subject", "refusal")
        assert store._quarantine("subject", "refusal") is True
        assert store.refusal("subject") is None
        assert store._damaged() == []


def test_a_phone_link_that_is_not_the_callers_is_named_and_put_right(medium: SQLiteMedium) -> None:
    behind_its_back(medium, "UPDATE phone_links SET caller_id = 'caller_2' WHERE caller_id = 'caller_1'")
    with opened(medium) as store:
        assert {one.record_id for one in store._damaged()} == {"caller_1", "caller_2"}
        store._rebuild()
        assert store._damaged() == []
        assert store.ids_by_phone("link-of-caller_1") == ["caller_1"]


def test_a_key_id_that_was_changed_is_damage_and_not_another_key(medium: SQLiteMedium) -> None:
    behind_its_back(medium, "UPDATE store SET key_id = 'other'")
    with pytest.raises(StoreFormatError, match="checksum of its key id"):
        medium.open()


def test_tables_that_are_not_ours_are_refused(medium: SQLiteMedium) -> None:
    behind_its_back(medium, "CREATE TABLE diary (line TEXT)")
    with pytest.raises(StoreFormatError, match=r"tables in .* are not those"):
        medium.open()


def test_a_version_that_no_store_reaches_is_an_error_of_ours(medium: SQLiteMedium) -> None:
    behind_its_back(medium, "UPDATE callers SET version = 9223372036854775807 WHERE version = 2")
    with opened(medium) as store:
        with pytest.raises(StoreFormatError, match="a revision that no store reaches"):
            store.put(a_caller("new"), expected_version=0)
        assert store.get("caller_0") is not None


# Putting aside


def test_a_damaged_row_is_put_aside_and_the_store_is_whole_again(medium: SQLiteMedium) -> None:
    behind_its_back(
        medium, "UPDATE callers SET payload = replace(payload, 'platinum', 'platinym') WHERE version = 2"
    )
    with opened(medium) as store:
        revision = store.changes(0)[1]
        assert store._quarantine("caller_1") is True
        assert store._damaged() == []
        assert store.get("caller_1") is None
        assert store.ids_by_phone("link-of-caller_1") == []
        assert store.changes(revision) == (["caller_1"], revision + 1)
        assert sorted(caller.caller_id for caller in store.all()) == ["caller_0", "caller_2"]
        (row,) = json.loads(store._note("quarantine", "caller_1") or "")
        assert "platinym" in row["payload"]
        assert store._quarantine("caller_1") is False
        # What was put aside goes when its caller goes.
        assert store.erase("caller_1") is True
        assert b"platinym" not in medium.everything()
        assert store.erase("caller_1") is False


def test_a_caller_that_is_damaged_again_is_put_aside_again(medium: SQLiteMedium) -> None:
    with opened(medium) as store:
        assert store._quarantine("caller_0") is True
        store.put(a_caller("caller_0"), expected_version=0)
        assert store._quarantine("caller_0") is True
        assert len(json.loads(store._note("quarantine", "caller_0") or "")) == 2


def test_a_damaged_row_is_erased_without_being_read(medium: SQLiteMedium) -> None:
    behind_its_back(medium, "UPDATE callers SET checksum = '' WHERE caller_id = 'caller_1'")
    with opened(medium) as store:
        assert store.erase("caller_1") is True
        assert store._damaged() == []
        assert store.get("caller_1") is None


def test_a_row_that_its_index_does_not_know_is_named_and_put_aside(medium: SQLiteMedium) -> None:
    changed = bytearray(medium.path.read_bytes())
    # Id, version and payload in the row: in the index the id stands without the payload.
    changed[changed.index(b'caller_1\x02{"caller_id"')] ^= 0x02
    medium.path.write_bytes(changed)
    with opened(medium) as store:
        found = store._damaged()
        assert [one.record_id for one in found if one.kind == "caller"] == ["aaller_1"]
        assert any("missing from index" in one.reason for one in found)
        assert store._quarantine("aaller_1") is True
        assert store._damaged() == []
        assert sorted(caller.caller_id for caller in store.all()) == ["caller_0", "caller_2"]


def test_an_index_that_lost_a_row_is_named_and_made_anew(medium: SQLiteMedium) -> None:
    whole = medium.path.read_bytes()
    at = whole.index(b"caller_1\x02", 0, whole.index(b'caller_1\x02{"caller_id"'))
    medium.path.write_bytes(whole[:at] + b"C" + whole[at + 1 :])
    with opened(medium) as store:
        assert any("missing from index" in one.reason for one in store._damaged())
        store._rebuild()
        assert store._damaged() == []
        found = store.get("caller_1")
        assert found is not None
        assert contents(found) == contents(a_caller("caller_1", seed=1))


def test_only_the_version_that_is_expected_is_removed(medium: SQLiteMedium) -> None:
    with opened(medium) as store:
        assert store._remove("caller_0", 99) is False
        assert store._remove("caller_9", 0) is False
        assert store._remove("caller_0", 1) is True
        assert store._remove("caller_0", 1) is False


def test_reading_many_is_reading_each(medium: SQLiteMedium) -> None:
    with opened(medium) as store:
        for number in range(10, 600):
            store._add_note("filler", str(number), "x")
        ids = [f"caller_{number}" for number in range(1000)]
        assert [record.caller_id for record in store._read_many(ids)] == ["caller_0", "caller_1", "caller_2"]
        assert store._read_many([]) == []


def test_a_schema_that_is_not_even_text_is_an_error_of_ours(medium: SQLiteMedium) -> None:
    """SQLite quotes it in its message, which cannot be decoded then."""
    whole = medium.path.read_bytes()
    name = whole.index(b"CREATE TABLE store")
    for at in range(name, name + 18):
        medium.path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x80]) + whole[at + 1 :])
        with pytest.raises(StoreFormatError):
            medium.open()


def test_a_page_that_cannot_be_read_is_an_error_of_ours(medium: SQLiteMedium) -> None:
    size = 4096
    whole = medium.path.read_bytes()
    for page in range(1, len(whole) // size):
        medium.path.write_bytes(whole[: page * size] + b"\xff" * size + whole[(page + 1) * size :])
        try:
            with opened(medium) as store:
                assert store._damaged(), page
        except StorageError:
            continue


class CircularTable:
    """A connection to a table whose tree leads from its last page to its first, for ever."""

    def execute(self, query: str, values: tuple[int, ...] = ()) -> Any:
        rows = [(number,) for number in range(1, 10_001)]
        return iter(rows) if "rowid >" in query else SimpleNamespace(fetchone=lambda: ("a row",))


def test_rows_that_come_again_and_again_end_with_an_error() -> None:
    found = list(itertools.islice(sqlite_check._rows(CircularTable(), "notes", "key"), 50_000))  # type: ignore[arg-type]
    assert len(found) == 10_001
    assert isinstance(found[-1][1], sqlite3.DatabaseError)


def test_a_note_whose_key_is_no_text_is_an_error_of_its_own(medium: SQLiteMedium) -> None:
    behind_its_back(medium, "UPDATE notes SET key = CAST(x'ff61' AS TEXT) WHERE kind = 'refusal'")
    with opened(medium) as store:
        with pytest.raises(StoreFormatError, match="no UTF-8 text"):
            list(store.refusals())
        assert store.count() == 3
        assert [each.kind for each in store._damaged()] == ["refusal"]
        with pytest.raises(StoreFormatError, match="no UTF-8 text"):
            store.get("caller_\udcff")
