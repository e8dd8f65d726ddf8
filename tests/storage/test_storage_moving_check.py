"""Checking a store: what is damaged is named and can be put aside, and the rest is served."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from moving_world import KINDS, World, everybody, fill
from storage_media import Medium, RedisMedium, SQLiteMedium, a_caller
from typer.testing import CliRunner

from opusagent_voiceprint import StorageError, StoreFormatError
from opusagent_voiceprint.cli.app import app
from opusagent_voiceprint.models import Purpose
from opusagent_voiceprint.storage import CallerStore, RecordCodec
from opusagent_voiceprint.storage.moving import Remedy, Report, check_store, repair_store


@pytest.fixture
def world(tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, redis_url, monkeypatch)


def checked(store: CallerStore) -> Report:
    return check_store(store, lambda *_: None)


def wrong(report: Report) -> list[tuple[str | None, Remedy]]:
    return [(each.damage.record_id, each.remedy) for each in report.findings]


def test_a_whole_store_has_nothing_to_find(store: CallerStore) -> None:
    fill(store)
    report = checked(store)
    assert report.findings == []
    assert report.callers == 4
    assert report.keys_without_record == []
    assert report.put_aside == []


def test_swapped_records_are_found_and_put_aside_and_nothing_of_them_is_lost(
    medium: Medium, encrypted: RecordCodec
) -> None:
    with medium.open(encrypted) as store:
        fill(store)
    payload = medium.payload("caller_1")
    medium.set_payload("caller_2", payload)
    with medium.open(encrypted) as store:
        report = checked(store)
        assert wrong(report) == [("caller_2", Remedy.PUT_ASIDE)]
        assert "sentinel" not in str(report.findings[0]).lower()
        assert repair_store(store, report)[Remedy.PUT_ASIDE] == 1
        again = checked(store)
        assert again.findings == []
        assert again.put_aside == ["caller_2"]
        assert again.keys_without_record == []
        assert sorted(everybody(store)) == ["caller_0", "caller_1", "caller_3"]
        assert payload in str(store._note("quarantine", "caller_2"))
        assert store.erase("caller_2")
        assert checked(store).put_aside == []


@pytest.mark.parametrize("hidden", ["consents", "voiceprints"])
def test_p3_a_voiceprint_without_a_consent_is_found(hidden: str, medium: Medium, codec: RecordCodec) -> None:
    with medium.open(codec) as store:
        fill(store)
        bad = a_caller("caller_1")
        if hidden == "consents":
            bad.consents = [each for each in bad.consents if each.purpose is Purpose.MEMORY]
        else:
            bad.voiceprints = a_caller("caller_2").voiceprints
        medium.set_payload("caller_1", store.codec.encode(bad, kind="caller", record_id="caller_1"))
    with medium.open(codec) as store:
        assert wrong(checked(store)) == [("caller_1", Remedy.PUT_ASIDE)]


def test_p9_an_erasure_that_was_cut_short_is_finished(medium: Medium, encrypted: RecordCodec) -> None:
    with medium.open(encrypted) as store:
        fill(store)
        encrypted.destroy_key("caller_1")
        report = checked(store)
        assert wrong(report) == [("caller_1", Remedy.ERASE)]
        assert store.count() == 4, "checking changes nothing"
        assert repair_store(store, report)[Remedy.ERASE] == 1
        assert checked(store).findings == []
        assert store.count() == 3


def test_keys_without_a_record_are_listed_and_left(store: CallerStore) -> None:
    fill(store)
    if store.codec.cipher is None:
        assert checked(store).keys_without_record == []
        return
    store.codec.encode(a_caller("caller_lost"), kind="caller", record_id="caller_lost", is_new=True)
    report = checked(store)
    assert report.keys_without_record == ["caller_lost"]
    assert report.findings == []
    repair_store(store, report)
    assert checked(store).keys_without_record == ["caller_lost"]


@pytest.mark.parametrize("kind", ["refusal", "secret"])
def test_a_note_that_cannot_be_read_is_found_and_put_aside(kind: str, store: CallerStore) -> None:
    fill(store)
    store._set_note(kind, "broken", "something else")
    report = checked(store)
    assert [(each.damage.kind, each.damage.record_id) for each in report.findings] == [(kind, "broken")]
    repair_store(store, report)
    after = checked(store)
    assert after.findings == []
    assert after.put_aside == [f"{kind}:broken"]


def test_a_phone_link_that_is_missing_is_written_again(tmp_path: Path) -> None:
    medium = SQLiteMedium(tmp_path / "store")
    with medium.open() as store:
        fill(store)
    with closing(sqlite3.connect(medium.path)) as connection, connection:
        connection.execute("DELETE FROM phone_links WHERE caller_id = 'caller_1'")
        connection.execute("INSERT INTO phone_links VALUES ('stray', 'caller_2')")
    with medium.open() as store:
        assert store.ids_by_phone("link-of-caller_1") == []
        report = checked(store)
        assert {each.damage.record_id for each in report.findings} == {"caller_1", "caller_2"}
        repair_store(store, report)
        assert checked(store).findings == []
        assert store.ids_by_phone("link-of-caller_1") == ["caller_1"]
        assert store.ids_by_phone("stray") == []


def test_damage_in_redis_beside_the_records_is_mended(redis_url: str) -> None:
    medium = RedisMedium(redis_url)
    with medium.open() as store:
        fill(store)
        with closing(medium.client()) as client:
            client.delete(f"{{{medium.namespace}}}:phones")
            client.zrem(f"{{{medium.namespace}}}:changes", "caller_2")
        report = checked(store)
        assert {each.damage.record_id for each in report.findings} >= {"caller_1", "caller_2"}
        repair_store(store, report)
        assert checked(store).findings == []
        assert store.ids_by_phone("link-of-caller_2") == ["caller_2"]
        assert store.count() == 4


def _flip(path: Path, text: bytes) -> None:
    raw = bytearray(path.read_bytes())
    raw[raw.index(text) + 3] ^= 1
    path.write_bytes(raw)


@pytest.mark.parametrize("kind", KINDS)
def test_the_command_names_what_is_damaged_and_with_repair_the_store_serves_the_rest(
    kind: str, world: World
) -> None:
    place = world.place(kind, "store")
    path = Path(place.partition(":")[2])
    with world.open(place, encrypted=False) as store:
        fill(store)
    result = world.run("check", place)
    assert result.exit_code == 0, result.output
    assert re.search(r"callers that can be read\s+│ 4", result.output)
    if kind == "redis":
        import redis

        with closing(redis.Redis.from_url(place)) as client:
            key = "{opusagent-voiceprint}:callers"
            client.hset(key, "caller_2", client.hget(key, "caller_2")[:-5])
    else:
        _flip(path, b"vp_caller_2_2")
    result = world.run("check", place)
    text = result.output + str(result.exception)
    assert result.exit_code == 1
    assert "caller_2" in text
    assert "entinel" not in text
    repaired = world.run("check", place, "--repair")
    assert repaired.exit_code == 0, repaired.output
    assert world.run("check", place).exit_code == 0
    with world.open(place, encrypted=False) as store:
        # A JSON file has a copy, from which nobody is lost.
        rest = 4 if kind == "json" else 3
        assert store.count() == len(everybody(store)) == rest


def test_a_json_file_whose_copy_is_damaged_too_loses_one_record_only(world: World) -> None:
    place = world.place("json", "store")
    path = Path(place.partition(":")[2])
    with world.open(place, encrypted=True) as store:
        fill(store)
    raw = path.read_bytes()
    at = raw.index(b'"caller_2"') + 200
    for file in (path, path.with_name(f"{path.name}.copy")):
        file.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
    key = ["--key-file", str(world.key_file)]
    assert isinstance(world.run("check", place, *key).exception, StoreFormatError)
    result = world.run("check", place, "--repair", *key)
    assert result.exit_code == 0, result.output
    with world.open(place, encrypted=True) as store:
        assert sorted(everybody(store)) == ["caller_0", "caller_1", "caller_3"]
    assert raw[at + 1 : at + 100] in path.with_name(f"{path.name}.quarantine").read_bytes()


def test_a_store_that_is_not_there_is_not_made(world: World) -> None:
    for kind in ("json", "sqlite"):
        place = world.place(kind, "nothing")
        assert isinstance(world.run("check", place).exception, StorageError)
        assert not Path(place.partition(":")[2]).exists()


def test_a_file_of_opusagents_own_module_is_told_what_to_do_with_and_left(world: World) -> None:
    place = world.place("json", "voiceprints")
    path = Path(place.partition(":")[2])
    path.write_text(json.dumps({"john": {"caller_id": "john", "embedding": [0.1, 0.2], "metadata": {}}}))
    before = path.read_bytes()
    for options in ([], ["--repair"]):
        refused = world.run("check", place, *options).exception
        assert isinstance(refused, StoreFormatError)
        assert "OpusAgent's own voiceprint module" in str(refused)
        assert "`opusagent-voiceprint storage migrate`" in str(refused)
    assert path.read_bytes() == before


def test_a_ledger_entry_that_is_gone_is_for_another_command_to_find_and_it_is_named(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = world.place("sqlite", "store")
    with world.open(place, encrypted=False) as store:
        fill(store)
        assert store._note_keys("ledger")
        store._set_note("ledger", store._note_keys("ledger")[0], None)
    checked = world.run("check", place)
    assert checked.exit_code == 0, checked.output
    assert "opusagent-voiceprint consents verify" in checked.stdout.splitlines()[-1]
    monkeypatch.setenv("VOICE_STORAGE_BACKEND", "sqlite")
    monkeypatch.setenv("VOICE_STORAGE_PATH", place.partition(":")[2])
    verified = CliRunner().invoke(app, ["consents", "verify"])
    assert verified.exit_code == 1
    assert "entry 1: is missing" in verified.stderr


def test_the_store_of_the_settings_is_checked_when_none_is_named(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = world.place("sqlite", "store")
    with world.open(place, encrypted=False) as store:
        fill(store)
    monkeypatch.setenv("VOICE_STORAGE_BACKEND", "sqlite")
    monkeypatch.setenv("VOICE_STORAGE_PATH", place.partition(":")[2])
    result = world.run("check")
    assert result.exit_code == 0, result.output
    assert re.search(r"callers that can be read\s+│ 4", result.output)
