"""Voiceprints that OpusAgent's own module wrote are imported, with a consent that somebody answers for."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from moving_world import KINDS, World
from storage_media import a_caller, an_embedding

from opusagent_voiceprint import ConsentError, SettingsError, StorageError
from opusagent_voiceprint.encoding import chosen_encoders
from opusagent_voiceprint.matching import Backend
from opusagent_voiceprint.models import ConsentEvidence, Purpose
from opusagent_voiceprint.storage.moving import Place, is_foreign

REFERENCE = ["--consent-reference", "signed form, folder 12"]

Row = dict[str, Any]


@pytest.fixture
def world(tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, redis_url, monkeypatch)


def theirs(seed: int, **fields: Any) -> Row:
    """One voiceprint as their model holds it."""
    return {
        "embedding": an_embedding(seed),
        "metadata": {"name": f"Sentinel {seed}"},
        "created_at": "2024-05-01T10:00:00",
        "last_seen": "2024-06-01T10:00:00Z",
        **fields,
    }


def write(place: str, rows: dict[str, Row]) -> None:
    """Write them in their format: one JSON object by caller id, a table, or one JSON string a key."""
    kind, _, path = place.partition(":")
    flat = {
        caller_id: {**row, "caller_id": caller_id, "embedding": np.asarray(row["embedding"]).tolist()}
        for caller_id, row in rows.items()
    }
    if kind == "json":
        Path(path).write_text(json.dumps(flat))
    elif kind == "sqlite":
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(
                "CREATE TABLE voiceprints (caller_id TEXT PRIMARY KEY, embedding BLOB, metadata TEXT, "
                "created_at TEXT, last_seen TEXT)"
            )
            for caller_id, row in rows.items():
                blob = np.asarray(row["embedding"]).tobytes()
                metadata = json.dumps(row["metadata"])
                connection.execute(
                    "INSERT INTO voiceprints VALUES (?, ?, ?, ?, ?)",
                    (caller_id, blob, metadata, row["created_at"], row["last_seen"]),
                )
    else:
        import redis

        with closing(redis.Redis.from_url(place)) as client:
            for caller_id, row in flat.items():
                client.set(f"voiceprint:{caller_id}", json.dumps(row))


def bytes_at(place: str) -> bytes:
    kind, _, path = place.partition(":")
    if kind != "redis":
        return Path(path).read_bytes()
    import redis

    with closing(redis.Redis.from_url(place)) as client:
        return b"".join(client.get(key) for key in sorted(client.keys("*")))


@pytest.mark.parametrize("kind", KINDS)
def test_their_voiceprints_are_imported_from_each_of_their_stores(kind: str, world: World) -> None:
    source, target = world.place(kind, "theirs"), world.place("sqlite", "ours")
    write(source, {"user_1": theirs(1), "user_2": theirs(2, created_at=None, last_seen=None, metadata={})})
    before = bytes_at(source)
    result = world.migrate(source, target, *REFERENCE, encrypted=(False, True))
    assert result.exit_code == 0, result.output
    assert "voiceprints list --outdated" in result.output
    assert "--new-ids" in result.output
    assert "Sentinel" not in result.output
    assert bytes_at(source) == before
    with world.open(target, encrypted=True) as store:
        assert store.count() == 2
        caller = store.get("user_1")
        assert caller is not None
        assert caller.metadata == {"name": "Sentinel 1"}
        assert caller.created_at.isoformat() == "2024-05-01T10:00:00+00:00"
        assert caller.last_seen is not None
        assert caller.last_seen.isoformat() == "2024-06-01T10:00:00+00:00"
        np.testing.assert_allclose(caller.voiceprints[0].embedding, an_embedding(1), atol=1e-6)
        consent = caller.consent(Purpose.VOICEPRINT)
        assert consent is not None
        assert consent.evidence is ConsentEvidence.APPLICATION
        assert consent.answer == "signed form, folder 12"
        first = store.changes(0)
    again = world.migrate(source, target, *REFERENCE, encrypted=(False, True))
    assert again.exit_code == 0, again.output
    with world.open(target, encrypted=True) as store:
        assert store.changes(0) == first, "a second run changes nothing"


@pytest.mark.parametrize("encoder", ["telephone", "resemblyzer"])
def test_what_was_embedded_without_our_front_end_is_compared_with_nothing(encoder: str, world: World) -> None:
    source, target = world.place("json", "theirs"), world.place("sqlite", "ours")
    write(source, {"user_1": theirs(1)})
    assert world.migrate(source, target, *REFERENCE, encrypted=(False, False)).exit_code == 0
    backend = Backend.shipped(chosen_encoders(encoder))
    with world.open(target, encrypted=False) as store:
        caller = store.get("user_1")
        assert caller is not None
        assert backend.enroll(caller.voiceprints) is None


@pytest.mark.parametrize("kind", KINDS)
def test_p3_without_a_consent_reference_nothing_is_imported(kind: str, world: World) -> None:
    source, target = world.place(kind, "theirs"), world.place("sqlite", "ours")
    write(source, {"user_1": theirs(1)})
    for options in ([], ["--consent-reference", " "], ["--consent-reference", "x" * 401]):
        result = world.migrate(source, target, *options, encrypted=(False, False))
        assert isinstance(result.exception, ConsentError)
        assert "--consent-reference" in str(result.exception)
        assert not Path(target.partition(":")[2]).exists()


@pytest.mark.parametrize("kind", KINDS)
def test_p20_what_cannot_be_read_is_named_and_the_rest_is_imported(kind: str, world: World) -> None:
    source, target = world.place(kind, "theirs"), world.place("sqlite", "ours")
    bad = np.zeros(256, dtype=np.float32)
    bad[0] = np.nan
    rows = {
        "short": theirs(1, embedding=an_embedding(1)[:255]),
        "long": theirs(1, embedding=np.zeros(100_000, dtype=np.float32)),
        "zeros": theirs(1, embedding=np.zeros(256, dtype=np.float32)),
        "not-a-number": theirs(1, embedding=bad),
        "odd-metadata": theirs(1, metadata=["Sentinel"]),
        "i" * 201: theirs(1),
        "good": theirs(2),
    }
    write(source, rows)
    result = world.migrate(source, target, *REFERENCE, encrypted=(False, False))
    assert result.exit_code == 1
    for name in rows:
        assert (f"not moved: caller {name!r}" in result.output) is (name != "good")
    assert "Sentinel" not in result.output
    with world.open(target, encrypted=False) as store:
        assert [each.caller_id for each in store.all()] == ["good"]


def test_p20_a_pickle_in_the_place_of_an_embedding_is_not_opened(world: World) -> None:
    import pickle

    class Bomb:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (world.directory / "exploded",))

    source, target = world.place("sqlite", "theirs"), world.place("sqlite", "ours")
    write(source, {"user_1": theirs(1)})
    with closing(sqlite3.connect(source.partition(":")[2])) as connection, connection:
        connection.execute("UPDATE voiceprints SET embedding = ?", (pickle.dumps(Bomb()).ljust(1024, b"."),))
    world.migrate(source, target, *REFERENCE, encrypted=(False, False))
    assert not (world.directory / "exploded").exists()


def test_ids_that_are_names_can_be_replaced_by_opaque_ones(world: World) -> None:
    source, target = world.place("json", "theirs"), world.place("sqlite", "ours")
    write(source, {"john_doe": theirs(1)})
    for _ in range(2):
        result = world.migrate(source, target, *REFERENCE, "--new-ids", encrypted=(False, True))
        assert result.exit_code == 0, result.output
        assert "john_doe" not in result.output
    with world.open(target, encrypted=True) as store:
        (caller,) = store.all()
        assert caller.caller_id.startswith("caller_")
        assert caller.metadata["opusagent_caller_id"] == "john_doe"
    assert b"john_doe" not in Path(target.partition(":")[2]).read_bytes()


def test_theirs_beside_ours_in_one_redis_is_read_when_it_is_named(world: World) -> None:
    source, target = world.place("redis", "both"), world.place("sqlite", "ours")
    write(source, {"user_1": theirs(1)})
    with world.open(source, encrypted=False) as store:
        store.put(a_caller("caller_ours"), expected_version=0)
    assert world.migrate(source, target, encrypted=(False, False)).exit_code == 0
    with world.open(target, encrypted=False) as store:
        assert [each.caller_id for each in store.all()] == ["caller_ours"]
    result = world.migrate(f"opusagent:{source}", target, *REFERENCE, encrypted=(False, False))
    assert result.exit_code == 0, result.output
    with world.open(target, encrypted=False) as store:
        assert sorted(each.caller_id for each in store.all()) == ["caller_ours", "user_1"]


def test_a_store_of_ours_needs_no_consent_reference(world: World) -> None:
    source = world.place("sqlite", "ours")
    world.open(source, encrypted=False).close()
    result = world.migrate(source, world.place("json", "new"), *REFERENCE, encrypted=(False, False))
    assert isinstance(result.exception, SettingsError)


def test_what_is_neither_is_refused(world: World) -> None:
    other = world.directory / "other.json"
    other.write_text('{"a": {"b": 1}}')
    database = world.directory / "other.db"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("CREATE TABLE voiceprints (caller_id TEXT)")
    for place in (f"json:{other}", f"sqlite:{database}", f"opusagent:json:{other}", "opusagent:sqlite:gone"):
        assert not is_foreign(Place(*place.removeprefix("opusagent:").split(":", 1)))  # type: ignore[arg-type]
        result = world.migrate(place, world.place("json", "new"), *REFERENCE, encrypted=(False, False))
        assert isinstance(result.exception, StorageError | SettingsError)
        assert not (world.directory / "new.json").exists()
