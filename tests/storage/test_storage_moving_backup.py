"""Backups of a store while it is in use, and what comes back of them."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Collection
from pathlib import Path

import pytest
from moving_world import KINDS, World, everybody, fill, fill_with
from storage_media import a_caller, encrypted_codec

from opusagent_voiceprint import EncryptionError, SettingsError, StorageError, StoreFormatError
from opusagent_voiceprint.storage import RecordCodec, SQLiteStorage, StoredRecord
from opusagent_voiceprint.storage.checksum import checksum
from opusagent_voiceprint.storage.moving import BackupReader, Restore, back_up


@pytest.fixture
def world(tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, redis_url, monkeypatch)


def quiet(*_: object) -> None:
    """Nobody looks on."""


def keys(world: World, encrypted: bool) -> list[str]:
    return ["--key-file", str(world.key_file)] if encrypted else []


@pytest.mark.parametrize("encrypted", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_p9_a_backup_brings_everything_back_but_who_was_erased_since(
    kind: str, encrypted: bool, world: World
) -> None:
    place, file = world.place(kind, "store"), world.directory / "callers.backup"
    with world.open(place, encrypted=encrypted) as store:
        fill(store)
        before, secret = everybody(store), store.secret("phone")
        refusals = {each.subject for each in store.refusals()}
    result = world.run("backup", str(file), place, *keys(world, encrypted))
    assert result.exit_code == 0, result.output
    assert ("not encrypted" in result.output) is not encrypted
    assert file.stat().st_mode & 0o777 == 0o600
    with world.open(place, encrypted=encrypted) as store:
        store.erase("caller_1")
        store.forget_refusal("subject_1")
        store.update("caller_2", lambda caller: caller.model_copy(update={"name": "Renamed"}))
    result = world.run("restore", str(file), place, "--replace", *keys(world, encrypted))
    assert result.exit_code == 0, result.output
    with world.open(place, encrypted=encrypted) as store:
        assert store.get("caller_1") is None
        assert everybody(store) == {each: text for each, text in before.items() if each != "caller_1"}
        assert store.secret("phone") == secret
        assert {each.subject for each in store.refusals()} == refusals
        assert store.ids_by_phone("link-of-caller_0") == ["caller_0"]


@pytest.mark.parametrize("kind", KINDS)
def test_p9_a_store_that_was_lost_comes_back_without_who_was_erased(kind: str, world: World) -> None:
    keystore = str(world.directory / "kept.keys")
    options = ["--keystore", keystore, *keys(world, True)]
    place, file = world.place(kind, "store"), world.directory / "callers.backup"
    source = world.place("sqlite", "source")
    with world.open(source, encrypted=False) as store:
        fill(store)
        before = everybody(store)
    assert (
        world.run(
            "migrate", source, place, "--to-keystore", keystore, "--to-key-file", str(world.key_file)
        ).exit_code
        == 0
    )
    assert world.run("backup", str(file), place, *options).exit_code == 0
    assert b"entinel" not in file.read_bytes()
    access = world.access(place, encrypted=True)
    access.settings.keystore_path = keystore  # type: ignore[assignment]
    with access.open_existing() as store:
        store.erase("caller_1")
    new = world.place(kind, "new")
    result = world.run("restore", str(file), new, *options)
    assert result.exit_code == 0, result.output
    access = world.access(new, encrypted=True)
    access.settings.keystore_path = keystore  # type: ignore[assignment]
    with access.open_existing() as store:
        assert everybody(store) == {each: text for each, text in before.items() if each != "caller_1"}


def test_who_was_erased_and_enrolled_anew_keeps_the_new_record(world: World) -> None:
    place, file = world.place("sqlite", "store"), world.directory / "callers.backup"
    with world.open(place, encrypted=True) as store:
        fill(store)
    assert world.run("backup", str(file), place, *keys(world, True)).exit_code == 0
    with world.open(place, encrypted=True) as store:
        store.erase("caller_1")
        store.put(a_caller("caller_1", name="Anew"), expected_version=0)
        before = everybody(store)
    result = world.run("restore", str(file), place, "--replace", *keys(world, True))
    assert result.exit_code == 0, result.output
    with world.open(place, encrypted=True) as store:
        assert everybody(store) == before


def test_a_store_with_callers_is_merged_into_only_when_that_is_said(world: World) -> None:
    place, file = world.place("sqlite", "store"), world.directory / "callers.backup"
    with world.open(place, encrypted=False) as store:
        fill(store)
    assert world.run("backup", str(file), place).exit_code == 0
    other = world.place("json", "other")
    with world.open(other, encrypted=False) as store:
        store.put(a_caller("caller_1", name="Theirs"), expected_version=0)
        store.put(a_caller("caller_own"), expected_version=0)
        before = store.changes(0)
    refused = world.run("restore", str(file), other)
    assert isinstance(refused.exception, StorageError)
    assert "--merge" in str(refused.exception)
    with world.open(other, encrypted=False) as store:
        assert store.changes(0) == before
    assert world.run("restore", str(file), other, "--merge").exit_code == 0
    with world.open(other, encrypted=False) as store:
        assert store.count() == 5
        kept = store.get("caller_1")
        assert kept is not None
        assert kept.name == "Theirs"


@pytest.mark.parametrize("kind", KINDS)
def test_what_changes_while_a_backup_is_made_is_in_it_as_it_is_at_the_end(kind: str, world: World) -> None:
    file = world.directory / "callers.backup"
    with world.open(world.place(kind, "store"), encrypted=False) as store:
        fill(store)
        happened = []

        def meanwhile(step: str, done: int, total: int) -> None:
            if done == total and not happened:
                happened.append(step)
                store.erase("caller_2")
                store.update("caller_1", lambda caller: caller.model_copy(update={"name": "Later"}))
                store.put(a_caller("caller_late", name="Newcomer"), expected_version=0)

        head, failures = back_up(store, file, overwrite=False, on_step=meanwhile)
        assert failures == []
        assert head.callers == 4
        assert head.revision == store.changes(0)[1]
        assert b"vp_caller_2_2" not in file.read_bytes(), "nothing of the erased caller is left in the file"
        with world.open(world.place("json", "new"), encrypted=False) as new, BackupReader(file) as backup:
            Restore(backup, new, merge=False, replace=False, on_step=quiet).run()
            assert everybody(new) == everybody(store)


def test_a_file_is_overwritten_only_when_that_is_said(world: World) -> None:
    place, file = world.place("sqlite", "store"), world.directory / "callers.backup"
    world.open(place, encrypted=False).close()
    file.write_text("something of theirs")
    assert "--force" in str(world.run("backup", str(file), place).exception)
    assert file.read_text() == "something of theirs"
    assert world.run("backup", str(file), place, "--force").exit_code == 0
    assert [each.name for each in world.directory.glob("callers.backup*")] == ["callers.backup"]


def test_p19_a_backup_is_not_written_through_a_link(world: World) -> None:
    place, file = world.place("sqlite", "store"), world.directory / "callers.backup"
    world.open(place, encrypted=False).close()
    target = world.directory / "elsewhere"
    target.write_text("theirs")
    file.symlink_to(target)
    assert isinstance(world.run("backup", str(file), place, "--force").exception, StorageError)
    assert target.read_text() == "theirs"


def test_every_cut_and_every_changed_line_is_found_and_the_target_stays_as_it_was(world: World) -> None:
    place, file = world.place("sqlite", "store"), world.directory / "callers.backup"
    with world.open(place, encrypted=False) as store:
        fill(store)
    assert world.run("backup", str(file), place).exit_code == 0
    whole = file.read_bytes()
    lines = whole.splitlines(keepends=True)
    broken = [whole[: len(whole) * part // 40] for part in range(40)]
    broken += [b"".join([*lines[:number], *lines[number + 1 :]]) for number in range(1, len(lines))]
    broken += [whole + lines[-1], whole + b"\n", b"".join([lines[0], *reversed(lines[1:])])]
    broken += [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(7, len(whole), 997)]
    for raw in broken:
        file.write_bytes(raw)
        with pytest.raises(StoreFormatError):
            BackupReader(file)
    new = world.place("sqlite", "new")
    assert isinstance(world.run("restore", str(file), new).exception, StoreFormatError)
    assert not Path(new.partition(":")[2]).exists()


@pytest.mark.parametrize(
    "foreign", [b"", b"{}\n", b"SQLite format 3\x00", b'{"format":"opusagent-voiceprint"}\n']
)
def test_a_file_that_is_no_backup_is_refused(foreign: bytes, world: World) -> None:
    file = world.directory / "callers.backup"
    file.write_bytes(foreign)
    with pytest.raises(StoreFormatError, match="no backup"):
        BackupReader(file)


def test_a_backup_of_a_newer_version_is_refused(world: World) -> None:
    place, file = world.place("sqlite", "store"), world.directory / "callers.backup"
    world.open(place, encrypted=False).close()
    assert world.run("backup", str(file), place).exit_code == 0
    head = json.loads(file.read_bytes().splitlines()[0])
    del head["checksum"]
    text = json.dumps({**head, "format": 2}, separators=(",", ":")).encode()[:-1]
    file.write_bytes(text + b',"checksum":"' + checksum(text).encode() + b'"}\n')
    with pytest.raises(StoreFormatError, match="format 2"):
        BackupReader(file)


def test_p18_a_wrong_key_keystore_or_tenant_is_said_and_nothing_is_made(world: World) -> None:
    sealed, file = world.place("sqlite", "sealed"), world.directory / "sealed.backup"
    with world.open(sealed, encrypted=True) as store:
        fill(store)
    assert world.run("backup", str(file), sealed, *keys(world, True)).exit_code == 0
    kept = str(world.directory / "kept.keys")
    shutil.copy(f"{sealed.partition(':')[2]}.keys", kept)
    other = world.place("json", "other")
    world.open(other, encrypted=True).close()
    new = world.place("sqlite", "new")
    key = keys(world, True)
    for options, error, said in (
        ([], EncryptionError, "VOICE_ENCRYPTION_KEY is not set"),
        (key, EncryptionError, "VOICE_KEYSTORE_PATH"),
        ([*key, "--keystore", f"{other.partition(':')[2]}.keys"], EncryptionError, "VOICE_KEYSTORE_PATH"),
        ([*key, "--keystore", kept, "--tenant", "acme"], SettingsError, "tenant"),
        ([*key, "--keystore", kept, "--plain"], EncryptionError, "VOICE_ENCRYPTION_KEY is not set"),
    ):
        result = world.run("restore", str(file), new, *options)
        assert isinstance(result.exception, error), options
        assert said in str(result.exception)
        assert not Path(new.partition(":")[2]).exists()
    assert world.run("restore", str(file), new, *key, "--keystore", kept).exit_code == 0


RESTORING = """
import sys
from opusagent_voiceprint.cli.app import app
app(["storage", "restore", *sys.argv[1:]])
"""


@pytest.mark.parametrize("kind", ["sqlite", "redis"])
def test_a_restore_that_is_killed_goes_on_and_brings_nobody_back(kind: str, world: World) -> None:
    source, file = world.place("sqlite", "old"), world.directory / "callers.backup"
    with world.open(source, encrypted=False) as store:
        fill_with(store, 3000)
        before = everybody(store)
        back_up(store, file, overwrite=False, on_step=quiet)
    place = world.place(kind, "new")
    command = [sys.executable, "-c", RESTORING, str(file), place]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        while world.access(place, encrypted=False).key_id is None:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        with world.open(place, encrypted=False) as store:
            while store.count() < 600:
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    with world.open(place, encrypted=False) as store:
        assert store.count() < 3000
        assert store.erase("caller_0100")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with world.open(place, encrypted=False) as store:
        assert everybody(store) == {each: text for each, text in before.items() if each != "caller_0100"}


@pytest.mark.parametrize("encrypted", [False, True])
def test_p9_who_is_erased_while_a_backup_is_put_back_stays_erased(encrypted: bool, world: World) -> None:
    file = world.directory / "callers.backup"
    with world.open(world.place("sqlite", "store"), encrypted=encrypted) as store:
        fill_with(store, 1200)
        back_up(store, file, overwrite=False, on_step=quiet)

        def meanwhile(step: str, done: int, total: int) -> None:
            if step == "restoring" and done == 500:
                assert store.erase("caller_1100")

        with BackupReader(file) as backup:
            outcome = Restore(backup, store, merge=True, replace=False, on_step=meanwhile).run()
        assert outcome.erased == {"caller_1100"}
        assert store.get("caller_1100") is None
        assert store.count() == 1199


class ErasedMeanwhile(SQLiteStorage):
    """Another process erases a caller as it is begun to read who is there."""

    meanwhile = False

    def _read_many(self, caller_ids: Collection[str]) -> list[StoredRecord]:
        if self.meanwhile:
            self.meanwhile = False
            self.erase("caller_1")
        return super()._read_many(caller_ids)


@pytest.mark.parametrize("encrypted", [False, True])
def test_p9_who_is_erased_as_a_backup_begins_to_be_put_back_stays_erased(
    encrypted: bool, tmp_path: Path
) -> None:
    codec = encrypted_codec(tmp_path / "keys") if encrypted else RecordCodec()
    with ErasedMeanwhile(tmp_path / "store.db", codec=codec) as store:
        fill(store)
        back_up(store, tmp_path / "callers.backup", overwrite=False, on_step=quiet)
        with BackupReader(tmp_path / "callers.backup") as backup:
            restore = Restore(backup, store, merge=True, replace=True, on_step=quiet)
            store.meanwhile = True
            outcome = restore.run()
        assert not store.meanwhile
        assert outcome.erased == {"caller_1"}
        assert outcome.failures == []
        assert store.get("caller_1") is None
