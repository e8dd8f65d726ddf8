"""``opusagent-voiceprint keys``."""

from __future__ import annotations

import itertools
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from opusagent_voiceprint import VoiceFingerprintConfig, Voiceprint
from opusagent_voiceprint.cli.app import app
from opusagent_voiceprint.errors import EncryptionError
from opusagent_voiceprint.models import Caller
from opusagent_voiceprint.storage import CallerStore, RecordCodec, SQLiteStorage, generate_key, open_store
from opusagent_voiceprint.storage.encryption import (
    FileKeyStore,
    KeyRing,
    RecordCipher,
    SealedKey,
    parse_key,
    read_keys,
)
from opusagent_voiceprint.storage.encryption.names import KeyName
from opusagent_voiceprint.storage.encryption.rotation import destroy_store, key_status


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VOICE_STORAGE_BACKEND", "sqlite")
    monkeypatch.setenv("VOICE_STORAGE_PATH", str(tmp_path / "voices.db"))
    return tmp_path


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def the_store() -> CallerStore:
    return open_store(VoiceFingerprintConfig())


def enroll(*caller_ids: str) -> None:
    with the_store() as store:
        for caller_id in caller_ids:
            store.save(Voiceprint(caller_id=caller_id, embedding=[1.0, 0.0]))


def test_p17_a_new_key_is_printed() -> None:
    first, second = invoke("keys", "generate"), invoke("keys", "generate")
    assert first.exit_code == second.exit_code == 0
    assert len(parse_key(first.stdout)) == 32
    assert first.stdout != second.stdout


def test_p17_a_new_key_is_put_in_front_of_those_in_a_file(place: Path) -> None:
    file = place / "master.keys"
    assert invoke("keys", "generate", "--file", str(file)).exit_code == 0
    (first,) = read_keys(file)
    assert file.stat().st_mode & 0o777 == 0o600
    again = invoke("keys", "generate", "--file", str(file))
    assert "keys rotate" in again.stdout
    newest, older = read_keys(file)
    assert older == first
    assert newest != first
    assert file.read_text().splitlines()[0] not in again.output


def test_p17_a_new_key_is_put_at_the_end_of_a_file_for_workers_to_learn_it_first(place: Path) -> None:
    file = place / "master.keys"
    old = generate_key()
    file.write_text(f"{old}  # since March, without an end of line")
    file.chmod(0o600)
    again = invoke("keys", "generate", "--file", str(file), "--last")
    assert again.exit_code == 0
    assert "move the key to the front" in again.stdout
    first, last = read_keys(file)
    assert first == parse_key(old)
    assert last != first


def test_a_file_that_holds_something_else_is_left(place: Path) -> None:
    file = place / "notes.txt"
    file.write_text("remember the milk")
    result = invoke("keys", "generate", "--file", str(file))
    assert isinstance(result.exception, EncryptionError)
    assert file.read_text() == "remember the milk"


def test_p17_rotating_seals_everything_with_the_newest_key(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = generate_key(), generate_key()
    monkeypatch.setenv("VOICE_ENCRYPTION_KEY", old)
    enroll("ada", "bob", "cyd")
    with the_store() as store:
        store.erase("cyd")
    monkeypatch.setenv("VOICE_ENCRYPTION_KEY", f"{new},{old}")
    status = json.loads(invoke("keys", "status", "--json").stdout)
    assert status["by_master"] == {status["given"][1]: 3}
    assert status["destroyed"] == 1
    rotated = invoke("keys", "rotate")
    assert rotated.exit_code == 0, rotated.output
    assert "3 keys are sealed with" in rotated.stdout
    assert f"{status['given'][1]} seals nothing any more" in rotated.stdout
    assert "0 keys are sealed" in invoke("keys", "rotate").stdout
    monkeypatch.setenv("VOICE_ENCRYPTION_KEY", new)
    shown = invoke("keys", "status")
    assert shown.exit_code == 0
    assert "newest" in shown.stdout
    assert "1 was destroyed: its caller was erased" in shown.stdout
    with the_store() as store:
        assert {each.caller_id for each in store.all()} == {"ada", "bob"}


def test_p18_rotating_without_the_old_key_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = generate_key(), generate_key()
    monkeypatch.setenv("VOICE_ENCRYPTION_KEY", old)
    enroll("ada")
    monkeypatch.setenv("VOICE_ENCRYPTION_KEY", new)
    result = invoke("keys", "rotate")
    assert isinstance(result.exception, EncryptionError)
    assert "Nothing was changed" in str(result.exception)
    status = invoke("keys", "status")
    assert status.exit_code == 1
    assert "not given" in status.stdout
    monkeypatch.setenv("VOICE_ENCRYPTION_KEY", old)
    with the_store() as store:
        assert store.get("ada") is not None


@pytest.mark.parametrize("command", ["rotate", "status"])
def test_without_a_key_there_is_nothing_to_rotate(command: str) -> None:
    result = invoke("keys", command)
    assert isinstance(result.exception, EncryptionError)
    assert "VOICE_ENCRYPTION_KEY is not set" in str(result.exception)


def test_no_key_is_ever_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = generate_key(), generate_key()
    monkeypatch.setenv("VOICE_ENCRYPTION_KEY", old)
    enroll("ada")
    monkeypatch.setenv("VOICE_ENCRYPTION_KEY", f"{new},{old}")
    said = invoke("keys", "status").output + invoke("keys", "rotate").output
    assert old not in said
    assert new not in said


def test_p18_a_key_and_a_file_of_keys_at_once_are_refused(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoke("keys", "generate", "--file", str(place / "master.keys"))
    monkeypatch.setenv("VOICE_ENCRYPTION_KEY_FILE", str(place / "master.keys"))
    enroll("ada")
    monkeypatch.setenv("VOICE_ENCRYPTION_KEY", generate_key())
    with pytest.raises(ValueError, match="both set"):
        the_store()


def test_p18_a_keystore_without_a_key_is_not_passed_over(
    monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    monkeypatch.setenv("VOICE_ENCRYPTION_KEY", generate_key())
    enroll("ada")
    monkeypatch.delenv("VOICE_ENCRYPTION_KEY")
    for path in place.glob("voices.db*"):
        if ".keys" not in path.name:
            path.unlink()
    with pytest.raises(EncryptionError, match="there is a keystore at"):
        the_store()


def test_the_keystore_lies_where_the_settings_say(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    monkeypatch.setenv("VOICE_ENCRYPTION_KEY", generate_key())
    monkeypatch.setenv("VOICE_KEYSTORE_PATH", str(place / "elsewhere" / "keys"))
    enroll("ada")
    assert (place / "elsewhere" / "keys").exists()
    assert not (place / "voices.db.keys").exists()


def test_p17_a_damaged_key_is_named_and_the_others_are_rotated(
    monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    old, new = generate_key(), generate_key()
    monkeypatch.setenv("VOICE_ENCRYPTION_KEY", old)
    enroll("ada", "bob", "cyd")
    with closing(sqlite3.connect(place / "voices.db.keys")) as connection, connection:
        connection.execute("UPDATE keys SET sealed = X'00ff' WHERE name LIKE '%:bob'")
    monkeypatch.setenv("VOICE_ENCRYPTION_KEY", f"{new},{old}")
    shown = invoke("keys", "status")
    assert shown.exit_code == 1
    assert re.search(r"damaged, so that its caller cannot be read: caller:.*:bob", shown.stdout)
    (damaged,) = json.loads(invoke("keys", "status", "--json").stdout)["damaged"]
    assert damaged.endswith(":bob")
    rotated = invoke("keys", "rotate")
    assert rotated.exit_code == 1
    assert "3 keys are sealed with" in rotated.stdout
    assert "1 is damaged" in rotated.stdout
    assert damaged in rotated.output
    monkeypatch.setenv("VOICE_ENCRYPTION_KEY", new)
    with the_store() as store:
        assert {each.caller_id for each in store.get_many(["ada", "bob", "cyd"])} == {"ada", "cyd"}


def test_p9_the_keys_of_a_store_that_was_moved_are_destroyed_on_request(
    monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    monkeypatch.setenv("VOICE_ENCRYPTION_KEY", generate_key())
    monkeypatch.setenv("VOICE_KEYSTORE_PATH", str(place / "kept.keys"))
    enroll("ada", "bob")
    with the_store() as store:
        old = store.codec.key_id
    assert invoke("storage", "migrate", "settings", f"json:{place / 'new.json'}").exit_code == 0
    refused = invoke("keys", "forget", old, "--yes")
    assert "is the store that is in use" in str(refused.exception)
    monkeypatch.setenv("VOICE_STORAGE_BACKEND", "json")
    monkeypatch.setenv("VOICE_STORAGE_PATH", str(place / "new.json"))
    assert "no keys of a store 'other'" in str(invoke("keys", "forget", "other", "--yes").exception)
    assert CliRunner().invoke(app, ["keys", "forget", old], input="n\n").exit_code == 1
    assert f"2 are of callers of store {old}" in invoke("keys", "status").stdout
    done = invoke("keys", "forget", old, "--yes")
    assert done.exit_code == 0, done.output
    assert "2 callers' keys were destroyed" in done.stdout
    assert old not in invoke("keys", "status").stdout
    with the_store() as store:
        assert {each.caller_id for each in store.all()} == {"ada", "bob"}
    monkeypatch.setenv("VOICE_STORAGE_BACKEND", "sqlite")
    monkeypatch.setenv("VOICE_STORAGE_PATH", str(place / "voices.db"))
    with pytest.raises(EncryptionError, match="not in the keystore"):
        the_store()


def test_p9_keys_are_not_destroyed_where_the_store_in_use_is_not_found(
    monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    monkeypatch.setenv("VOICE_ENCRYPTION_KEY", generate_key())
    monkeypatch.setenv("VOICE_KEYSTORE_PATH", str(place / "kept.keys"))
    monkeypatch.delenv("VOICE_STORAGE_PATH")
    enroll("ada")
    with the_store() as store:
        in_use = store.codec.key_id
    (place / "elsewhere").mkdir()
    monkeypatch.chdir(place / "elsewhere")
    refused = invoke("keys", "forget", in_use, "--yes")
    assert isinstance(refused.exception, EncryptionError)
    assert f"there is no store at {place / 'elsewhere' / 'voiceprints.db'}" in str(refused.exception)
    assert "Nothing was destroyed" in str(refused.exception)
    assert list((place / "elsewhere").iterdir()) == []
    monkeypatch.chdir(place)
    with the_store() as store:
        assert [each.caller_id for each in store.all()] == ["ada"]


class BusyKeyStore(FileKeyStore):
    """A worker adds a key just after all had been gone over the first time."""

    late: list[str]

    def items(self) -> Iterator[tuple[str, SealedKey]]:
        yield from super().items()
        while self.late:
            head, key = next(each for each in super().items() if each[0].startswith("store:"))
            self.add(self.late.pop(), key, head=head)


def test_p9_a_key_that_is_added_while_a_store_s_are_destroyed_is_destroyed_too(place: Path) -> None:
    ring, keystore = KeyRing.parse(generate_key()), BusyKeyStore(place / "kept.keys")
    keystore.late = []
    cipher = RecordCipher(ring, keystore)
    with SQLiteStorage(place / "old.db", codec=RecordCodec(cipher)) as store:
        store.put(Caller(caller_id="ada"), expected_version=0)
        old = store.codec.key_id
        keystore.late = [str(KeyName("", old, "bob"))]
        assert destroy_store(cipher, old) == 2
        assert all(key.is_destroyed for _, key in keystore.items())
        assert key_status(cipher).by_store == {}


@pytest.mark.parametrize("keystore", ["redis://127.0.0.1:1/0", "elsewhere.keys"])
def test_p18_a_keystore_that_is_named_without_a_key_stops_the_start(
    keystore: str, monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    monkeypatch.setenv("VOICE_KEYSTORE_PATH", keystore)
    with pytest.raises(EncryptionError, match="VOICE_KEYSTORE_PATH is set, but VOICE_ENCRYPTION_KEY is not"):
        the_store()
    assert not (place / "voices.db").exists()


def test_p17_workers_that_learn_a_new_key_at_the_end_of_the_list_first_read_each_other_all_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The order of docs/storage.md: two workers, restarted one after the other at each step."""
    old, new = generate_key(), generate_key()
    lists = [old, f"{old},{new}", f"{new},{old}", new]
    people = 0
    for before, after in itertools.pairwise(lists):
        for pair in ((before, before), (before, after), (after, after)):
            workers = []
            for keys in pair:
                monkeypatch.setenv("VOICE_ENCRYPTION_KEY", keys)
                workers.append(the_store())
            for writer in workers:
                people += 1
                writer.save(Voiceprint(caller_id=f"caller_{people}", embedding=[1.0, 0.0]))
            for reader in workers:
                assert len(list(reader.all())) == people
            for worker in workers:
                worker.close()
        if after == f"{new},{old}":
            monkeypatch.setenv("VOICE_ENCRYPTION_KEY", after)
            assert invoke("keys", "rotate").exit_code == 0
