"""Many callers written at once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from moving_world import everybody
from storage_media import Medium, RedisMedium, SQLiteMedium, a_caller

from opusagent_voiceprint.storage import CallerStore
from opusagent_voiceprint.storage.moving import Outcome
from opusagent_voiceprint.storage.moving.writing import as_record, write_records


def test_callers_that_are_written_at_once_are_there_in_their_order(store: CallerStore) -> None:
    callers = [a_caller(f"caller_{number}") for number in (3, 1, 2)]
    outcome = Outcome()
    write_records(store, [as_record(store, each, 0) for each in callers], outcome)
    assert outcome.failures == []
    assert store.changes(0)[0] == ["caller_3", "caller_1", "caller_2"]
    assert everybody(store) == {each.caller_id: each.model_dump_json(exclude={"version"}) for each in callers}
    assert store.ids_by_phone("link-of-caller_1") == ["caller_1"]
    versions = [caller.version for caller in store.get_many(["caller_3", "caller_1", "caller_2"])]
    assert len(set(versions)) == 3
    assert max(versions) == store.changes(0)[1]


def test_one_that_was_changed_meanwhile_keeps_none_of_the_others_back(store: CallerStore) -> None:
    store.put(a_caller("caller_2", name="Theirs"), expected_version=0)
    callers = [a_caller(f"caller_{number}") for number in (1, 2, 3)]
    outcome = Outcome()
    write_records(store, [as_record(store, each, 0) for each in callers], outcome)
    assert outcome.moved == {"caller_1", "caller_3"}
    assert [failure.record_id for failure in outcome.failures] == ["caller_2"]
    kept = store.get("caller_2")
    assert kept is not None
    assert kept.name == "Theirs"
    assert store.count() == 3


def test_p3_a_caller_without_a_consent_is_not_written(store: CallerStore) -> None:
    outcome = Outcome()
    records = [
        as_record(store, a_caller("caller_1", consents=[]), 0),
        as_record(store, a_caller("caller_2"), 0),
    ]
    write_records(store, records, outcome)
    assert outcome.moved == {"caller_2"}
    assert "no voiceprint consent" in outcome.failures[0].reason


@pytest.mark.parametrize("kind", ["sqlite", "redis"])
def test_a_damaged_one_that_is_there_keeps_none_of_the_others_back(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if kind == "sqlite":
        medium: Medium = SQLiteMedium(tmp_path / "store")
    else:
        medium = RedisMedium(request.getfixturevalue("redis_url"))
    with medium.open() as store:
        there = store.put(a_caller("caller_2"), expected_version=0)
        if isinstance(medium, SQLiteMedium):
            with closing(sqlite3.connect(medium.path)) as connection, connection:
                connection.execute("UPDATE callers SET checksum = 'other' WHERE caller_id = 'caller_2'")
        elif isinstance(medium, RedisMedium):
            with closing(medium.client()) as client:
                client.hset(f"{{{medium.namespace}}}:callers", "caller_2", b"9:damaged")
        outcome = Outcome()
        versions = {"caller_2": there.version}
        records = [
            as_record(store, a_caller(caller_id, name="Moved"), versions.get(caller_id, 0))
            for caller_id in ("caller_1", "caller_2", "caller_3")
        ]
        write_records(store, records, outcome)
        assert outcome.moved == {"caller_1", "caller_3"}
        assert [failure.record_id for failure in outcome.failures] == ["caller_2"]
        assert {each.caller_id for each in store.get_many(["caller_1", "caller_2", "caller_3"])} == {
            "caller_1",
            "caller_3",
        }
