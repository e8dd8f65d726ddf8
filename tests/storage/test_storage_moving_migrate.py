"""Moving callers from any store to any other, plain or encrypted."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from moving_world import KINDS, World, everybody, fill, fill_with
from storage_media import NOON, RedisMedium, SQLiteMedium, a_caller

from opusagent_voiceprint import EncryptionError, SettingsError, StorageError, VoiceFingerprintConfig
from opusagent_voiceprint.models import DoNotAsk
from opusagent_voiceprint.storage import CallerStore, generate_key
from opusagent_voiceprint.storage.moving import Access, Migration, Place
from opusagent_voiceprint.storage.moving.reading import Reading, StoreSource


@pytest.fixture
def world(tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, redis_url, monkeypatch)


def moved(source: CallerStore, target: CallerStore, identity: str = "source") -> Migration:
    return Migration(StoreSource(source), target, identity=identity, on_step=lambda *_: None)


@pytest.mark.parametrize("encrypted", [(False, False), (False, True), (True, False), (True, True)])
@pytest.mark.parametrize("to", KINDS)
@pytest.mark.parametrize("from_", KINDS)
def test_everything_of_any_store_is_moved_to_any_other(
    from_: str, to: str, encrypted: tuple[bool, bool], world: World
) -> None:
    source, target = world.place(from_, "old"), world.place(to, "new")
    with world.open(source, encrypted=encrypted[0]) as store:
        fill(store)
        before, secret = everybody(store), store.secret("phone")
        revision = store.changes(0)[1]
    result = world.migrate(source, target, encrypted=encrypted)
    assert result.exit_code == 0, result.output
    assert f"VOICE_STORAGE_BACKEND={to}" in result.output
    assert "sentinel" not in result.output.lower()
    with world.open(target, encrypted=encrypted[1]) as store:
        assert everybody(store) == before
        assert store.ids_by_phone("link-of-caller_1") == ["caller_1"]
        assert store.secret("phone") == secret
        assert {each.subject: each.until for each in store.refusals()} == {
            "subject_1": NOON + timedelta(days=30),
            "subject_2": None,
        }
        assert store.changes(0)[0][-1] == "caller_0", "the order of the last writes is kept"
        assert (store.codec.cipher is not None) is encrypted[1]
    with world.open(source, encrypted=encrypted[0]) as store:
        assert everybody(store) == before
        assert store.changes(0)[1] == revision, "the source is not changed"


@pytest.mark.parametrize("to", KINDS)
def test_a_second_run_changes_nothing_and_duplicates_nothing(to: str, world: World) -> None:
    source, target = world.place("sqlite", "old"), world.place(to, "new")
    with world.open(source, encrypted=False) as store:
        fill(store)
    assert world.migrate(source, target, encrypted=(False, True)).exit_code == 0
    with world.open(target, encrypted=True) as store:
        first = store.changes(0)
    result = world.migrate(source, target, encrypted=(False, True))
    assert result.exit_code == 0, result.output
    with world.open(target, encrypted=True) as store:
        assert store.changes(0) == first


def test_what_was_written_and_erased_since_the_last_run_is_followed(world: World) -> None:
    source, target = world.place("sqlite", "old"), world.place("json", "new")
    with world.open(source, encrypted=True) as store:
        fill(store)
    assert world.migrate(source, target, encrypted=(True, True)).exit_code == 0
    with world.open(source, encrypted=True) as store:
        store.erase("caller_1")
        store.update("caller_2", lambda caller: caller.model_copy(update={"name": "Renamed"}))
        store.put(a_caller("caller_late"), expected_version=0)
        before = everybody(store)
    result = world.migrate(source, target, encrypted=(True, True))
    assert result.exit_code == 0, result.output
    with world.open(target, encrypted=True) as store:
        assert everybody(store) == before
        assert store.get("caller_1") is None


@pytest.mark.parametrize("encrypted", [False, True])
def test_who_is_erased_from_the_source_while_it_is_moved_is_not_in_the_target(
    encrypted: bool, world: World
) -> None:
    source = world.open(world.place("sqlite", "old"), encrypted=encrypted)
    target = world.open(world.place("sqlite", "new"), encrypted=encrypted)
    fill(source)

    def meanwhile(step: str, done: int, total: int) -> None:
        if step == "moving" and done and source.get("caller_2"):
            assert target.get("caller_2") is not None
            source.erase("caller_2")
            source.update("caller_3", lambda caller: caller.model_copy(update={"name": "Renamed"}))

    with source, target:
        outcome = Migration(StoreSource(source), target, identity="s", on_step=meanwhile).run()
        assert outcome.failures == []
        assert outcome.erased == {"caller_2"}
        assert target.get("caller_2") is None
        assert everybody(target) == everybody(source)


def test_who_was_erased_from_the_target_is_not_brought_back(world: World) -> None:
    with (
        world.open(world.place("sqlite", "old"), encrypted=True) as source,
        world.open(world.place("redis", "new"), encrypted=True) as target,
    ):
        fill(source)
        moved(source, target).run()
        target.erase("caller_1")
        outcome = moved(source, target).run()
        assert outcome.erased == {"caller_1"}
        assert outcome.failures == []
        assert target.get("caller_1") is None


def test_what_was_changed_in_the_target_since_is_not_overwritten(world: World) -> None:
    with (
        world.open(world.place("sqlite", "old"), encrypted=False) as source,
        world.open(world.place("json", "new"), encrypted=False) as target,
    ):
        fill(source)
        moved(source, target).run()
        target.update("caller_1", lambda caller: caller.model_copy(update={"name": "Newer"}))
        outcome = moved(source, target).run()
        assert [failure.record_id for failure in outcome.failures] == ["caller_1"]
        found = target.get("caller_1")
        assert found is not None
        assert found.name == "Newer"


@pytest.mark.parametrize("kind", ["sqlite", "redis"])
def test_a_damaged_record_is_named_and_the_rest_is_moved(kind: str, world: World, redis_url: str) -> None:
    if kind == "sqlite":
        medium: SQLiteMedium | RedisMedium = SQLiteMedium(world.directory / "damaged")
    else:
        medium = RedisMedium(redis_url)
    with medium.open() as source, world.open(world.place("sqlite", "new"), encrypted=False) as target:
        fill(source)
        medium.set_payload("caller_2", '{"caller_id": "caller_2", "name": 7}')
        outcome = moved(source, target).run()
        assert [failure.record_id for failure in outcome.failures] == ["caller_2"]
        assert "cannot be read" in outcome.failures[0].reason
        assert sorted(everybody(target)) == ["caller_0", "caller_1", "caller_3"]
        assert outcome.verified == 3


def test_the_command_exits_with_1_when_a_record_was_not_moved(world: World) -> None:
    medium = SQLiteMedium(world.directory / "damaged")
    with medium.open() as store:
        fill(store)
    medium.set_payload("caller_2", "Sentinel")
    result = world.migrate(f"sqlite:{medium.path}", world.place("json", "new"), encrypted=(False, False))
    assert result.exit_code == 1
    assert "not moved: caller 'caller_2'" in result.output
    assert "Sentinel" not in result.output


def test_a_target_with_another_secret_and_callers_is_refused_and_left_as_it_is(world: World) -> None:
    source, target = world.place("sqlite", "old"), world.place("json", "new")
    for place in (source, target):
        with world.open(place, encrypted=False) as store:
            fill(store, 2)
    with world.open(target, encrypted=False) as store:
        before = store.changes(0)
    result = world.migrate(source, target, encrypted=(False, False))
    assert isinstance(result.exception, StorageError)
    assert "another secret 'phone'" in str(result.exception)
    with world.open(target, encrypted=False) as store:
        assert store.changes(0) == before


def test_an_empty_target_takes_the_sources_secret(world: World) -> None:
    source, target = world.place("sqlite", "old"), world.place("json", "new")
    with world.open(source, encrypted=False) as store:
        fill(store)
        secret = store.secret("phone")
    with world.open(target, encrypted=False) as store:
        assert store.secret("phone") != secret
    assert world.migrate(source, target, encrypted=(False, False)).exit_code == 0
    with world.open(target, encrypted=False) as store:
        assert store.secret("phone") == secret


def test_of_two_refusals_the_one_that_holds_longer_stays(world: World) -> None:
    with (
        world.open(world.place("sqlite", "old"), encrypted=False) as source,
        world.open(world.place("json", "new"), encrypted=False) as target,
    ):
        for subject, ours, theirs in (("a", 1, 2), ("b", 2, 1), ("c", None, 1), ("d", 1, None)):
            for store, days in ((source, ours), (target, theirs)):
                until = None if days is None else NOON + timedelta(days=days)
                store.remember_refusal(DoNotAsk(subject=subject, until=until))
        assert moved(source, target).run().failures == []
        assert {each.subject: each.until for each in target.refusals()} == {
            "a": NOON + timedelta(days=2),
            "b": NOON + timedelta(days=2),
            "c": None,
            "d": None,
        }


def test_keys_and_plain_are_never_mixed_up_silently(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, sealed = world.place("sqlite", "plain"), world.place("sqlite", "sealed")
    for place, encrypted in ((plain, False), (sealed, True)):
        with world.open(place, encrypted=encrypted) as store:
            store.secret("other")
    new = world.place("json", "new")
    keys = ["--to-key-file", str(world.key_file)]
    for arguments, said in (
        ([sealed, new], "VOICE_ENCRYPTION_KEY is not set"),
        ([new, plain], "there is no store"),
        ([plain, sealed], "VOICE_ENCRYPTION_KEY is not set"),
        ([plain, sealed, "--plain", *keys], "leave out --plain"),
        ([sealed, plain, "--from-key-file", str(world.key_file), *keys], "a store without encryption"),
    ):
        result = world.run("migrate", *arguments)
        assert isinstance(result.exception, EncryptionError | StorageError), arguments
        assert said in str(result.exception)
        assert not Path(new.partition(":")[2]).exists()
    monkeypatch.setenv("VOICE_ENCRYPTION_KEY_FILE", str(world.key_file))
    assert "NOT encrypted" in world.run("migrate", plain, new, "--plain").output


@pytest.mark.parametrize("name", ["voices.db", "redis:/secret@host", "json:", "mysql://me:pw@host/db"])
def test_what_names_no_store_is_refused_and_not_repeated(name: str, world: World) -> None:
    result = world.run("migrate", name, "json:new.json")
    assert isinstance(result.exception, SettingsError)
    assert "json:PATH" in str(result.exception)
    assert "secret" not in str(result.exception)
    assert "pw" not in str(result.exception)


def test_a_store_is_not_moved_onto_itself(world: World) -> None:
    place = world.place("sqlite", "one")
    world.open(place, encrypted=False).close()
    assert "the same store" in str(world.run("migrate", place, place).exception)


MOVING = """
import sys
from opusagent_voiceprint.cli.app import app
app(["storage", "migrate", *sys.argv[1:]])
"""


@pytest.mark.parametrize("to", KINDS)
def test_p17_a_migration_that_is_killed_goes_on_and_brings_nobody_back(to: str, world: World) -> None:
    source, target = world.place("sqlite", "old"), world.place(to, "new")
    with world.open(source, encrypted=False) as store:
        fill_with(store, 1800)
    command = [sys.executable, "-c", MOVING, source, target, "--to-key-file", str(world.key_file)]
    cut_short = 0
    for attempt in range(3):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            deadline = time.monotonic() + 60
            while process.poll() is None and _count(world, target) <= 500 * attempt:
                assert time.monotonic() < deadline
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
        cut_short += process.returncode == -signal.SIGKILL
        with world.open(source, encrypted=False) as store:
            store.erase(f"caller_{attempt:04}")
    assert cut_short >= 2
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ})
    assert done.returncode == 0, done.stdout + done.stderr
    with (
        world.open(source, encrypted=False) as old,
        world.open(target, encrypted=True) as new,
    ):
        assert everybody(new) == everybody(old)
        assert new.count() == 1797


def _count(world: World, place: str) -> int:
    access = world.access(place, encrypted=True)
    if access.key_id is None:
        return 0
    try:
        with access.open_existing() as store:
            return store.count()
    except EncryptionError:  # the keystore is not made yet
        return 0


def test_each_side_has_its_own_keys_whatever_the_settings_say(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = world.place("sqlite", "old"), world.place("json", "new")
    with world.open(source, encrypted=True) as store:
        fill(store)
        before = everybody(store)
    old = world.key_file.read_text()
    monkeypatch.setenv("VOICE_ENCRYPTION_KEY", generate_key())
    result = world.run("migrate", source, target, "--from-key-file", str(world.key_file))
    assert result.exit_code == 0, result.output
    settings = VoiceFingerprintConfig()
    with Access(Place.parse(target, settings), settings).open_existing() as store:
        assert everybody(store) == before
    monkeypatch.setenv("VOICE_ENCRYPTION_KEY", old)
    with pytest.raises(EncryptionError):
        Access(Place.parse(target, settings), VoiceFingerprintConfig()).open_existing()


def test_p9_who_is_yet_to_be_erased_is_not_moved_nor_backed_up(world: World) -> None:
    source, target = world.place("sqlite", "old"), world.place("json", "new")
    with world.open(source, encrypted=False) as store:
        fill(store)
    erasures = world.access(source, encrypted=False).erasures
    erasures.add("caller_1")
    assert world.migrate(source, target, encrypted=(False, False)).exit_code == 0
    with world.open(target, encrypted=False) as store:
        assert sorted(everybody(store)) == ["caller_0", "caller_2", "caller_3"]
    file = world.directory / "callers.backup"
    assert world.run("backup", str(file), source).exit_code == 0
    assert b"vp_caller_1_1" not in file.read_bytes()
    assert "to be erased: caller 'caller_1'" in world.run("check", source).output
    assert world.run("check", source, "--repair").exit_code == 0
    assert erasures.pending() == []
    with world.open(source, encrypted=False) as store:
        assert store.get("caller_1") is None


def test_p9_who_is_yet_to_be_erased_from_the_target_is_not_brought_back(world: World) -> None:
    source, target = world.place("sqlite", "old"), world.place("json", "new")
    with world.open(source, encrypted=False) as store:
        fill(store)
    world.access(target, encrypted=False).erasures.add("caller_1")
    file = world.directory / "callers.backup"
    assert world.run("backup", str(file), source).exit_code == 0
    assert world.run("restore", str(file), target).exit_code == 0
    assert world.migrate(source, target, encrypted=(False, False)).exit_code == 0
    with world.open(target, encrypted=False) as store:
        assert sorted(everybody(store)) == ["caller_0", "caller_2", "caller_3"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("step", range(4))
def test_wherever_it_is_stopped_the_next_run_ends_with_the_same(step: int, kind: str, world: World) -> None:
    class StoppedError(BaseException):
        pass

    left = [step]

    def stop(*_: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise StoppedError

    with (
        world.open(world.place("sqlite", "old"), encrypted=True) as source,
        world.open(world.place(kind, "new"), encrypted=True) as target,
    ):
        fill(source)
        with pytest.raises(StoppedError):
            Migration(StoreSource(source), target, identity="source", on_step=stop).run()
        source.erase("caller_1")
        source.update("caller_2", lambda caller: caller.model_copy(update={"name": "Renamed"}))
        outcome = moved(source, target).run()
        assert outcome.failures == []
        assert outcome.verified == 3
        assert everybody(target) == everybody(source)


def test_what_the_target_lost_before_it_was_read_back_is_written_again(world: World) -> None:
    place = world.place("sqlite", "new")
    path = place.partition(":")[2]

    def lose(step: str, done: int, total: int) -> None:
        if step == "verifying" and not done and total > 1:
            with closing(sqlite3.connect(path)) as connection, connection:
                connection.execute("DELETE FROM callers WHERE caller_id = 'caller_2'")

    with (
        world.open(world.place("sqlite", "old"), encrypted=False) as source,
        world.open(place, encrypted=False) as target,
    ):
        fill(source)
        outcome = Migration(StoreSource(source), target, identity="source", on_step=lose).run()
        assert outcome.failures == []
        assert outcome.verified == 4
        assert everybody(target) == everybody(source)


def test_what_the_target_does_not_keep_as_it_was_written_is_named(world: World) -> None:
    place = world.place("sqlite", "new")

    def spoil(step: str, done: int, total: int) -> None:
        if step == "verifying" and not done:
            with closing(sqlite3.connect(place.partition(":")[2])) as connection, connection:
                connection.execute("UPDATE callers SET payload = 'spoilt' WHERE caller_id = 'caller_2'")

    with (
        world.open(world.place("sqlite", "old"), encrypted=False) as source,
        world.open(place, encrypted=False) as target,
    ):
        fill(source)
        outcome = Migration(StoreSource(source), target, identity="source", on_step=spoil).run()
        assert {failure.record_id for failure in outcome.failures} == {"caller_2"}
        assert outcome.verified == 3


@pytest.mark.parametrize("encrypted", [False, True])
def test_p9_who_is_erased_from_the_target_while_it_is_filled_is_not_brought_back(
    encrypted: bool, world: World
) -> None:
    with (
        world.open(world.place("sqlite", "old"), encrypted=False) as source,
        world.open(world.place("json", "new"), encrypted=encrypted) as target,
    ):
        fill(source)

        def meanwhile(step: str, done: int, total: int) -> None:
            if step == "verifying" and not done and target.get("caller_2"):
                target.erase("caller_2")

        outcome = Migration(StoreSource(source), target, identity="source", on_step=meanwhile).run()
        assert outcome.erased == {"caller_2"}
        assert outcome.failures == []
        assert target.get("caller_2") is None


def test_who_is_erased_from_the_source_and_enrolled_anew_there_is_moved_as_anew(world: World) -> None:
    with (
        world.open(world.place("sqlite", "old"), encrypted=True) as source,
        world.open(world.place("json", "new"), encrypted=True) as target,
    ):
        fill(source)
        happened: list[str] = []

        def meanwhile(step: str, done: int, total: int) -> None:
            if step == "moving" and done and not happened:
                happened.append("erased")
                source.erase("caller_2")
            elif step.startswith("moving what") and done and len(happened) == 1:
                happened.append("anew")
                source.put(a_caller("caller_2", name="Anew"), expected_version=0)

        outcome = Migration(StoreSource(source), target, identity="source", on_step=meanwhile).run()
        assert happened == ["erased", "anew"]
        assert outcome.failures == []
        assert outcome.erased == set()
        assert everybody(target) == everybody(source)


@pytest.mark.parametrize("kind", KINDS)
def test_p9_an_erasure_that_was_cut_short_in_the_target_is_finished_and_the_rest_is_moved(
    kind: str, world: World
) -> None:
    with (
        world.open(world.place("sqlite", "old"), encrypted=True) as source,
        world.open(world.place(kind, "new"), encrypted=True) as target,
    ):
        fill(source)
        moved(source, target).run()
        there = target.get("caller_1")
        assert there is not None
        payload, _ = target.codec.being_erased("caller_1")
        target._write("caller_1", there.version, payload, [])  # and killed here
        source.put(a_caller("caller_late"), expected_version=0)
        outcome = moved(source, target).run()
        assert outcome.failures == []
        assert outcome.erased == {"caller_1"}
        assert target.count() == 4
        assert target.codec.key_id_of("caller_1") == ""
        assert target.get("caller_late") is not None


class ErasedMeanwhile(StoreSource):
    """Somebody erases a caller from the target as it is begun to read the source."""

    def __init__(self, store: CallerStore, target: CallerStore) -> None:
        super().__init__(store)
        self._target = target

    def read(self, caller_ids: Sequence[str]) -> Reading:
        self._target.erase("caller_1")
        return super().read(caller_ids)


@pytest.mark.parametrize("encrypted", [False, True])
def test_p9_who_is_erased_from_the_target_while_the_source_is_read_is_not_brought_back(
    encrypted: bool, world: World
) -> None:
    with (
        world.open(world.place("sqlite", "old"), encrypted=encrypted) as source,
        world.open(world.place("sqlite", "new"), encrypted=encrypted) as target,
    ):
        fill(source)
        moved(source, target).run()
        meanwhile = ErasedMeanwhile(source, target)
        outcome = Migration(meanwhile, target, identity="source", on_step=lambda *_: None).run()
        assert outcome.erased == {"caller_1"}
        assert outcome.failures == []
        assert target.get("caller_1") is None
