"""``opusagent-voiceprint keys``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from opusagent_voiceprint import VoiceFingerprintConfig, Voiceprint
from opusagent_voiceprint.cli.app import app
from opusagent_voiceprint.errors import EncryptionError
from opusagent_voiceprint.storage import CallerStore, generate_key, open_store
from opusagent_voiceprint.storage.encryption import parse_key, read_keys


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
    assert "1 were destroyed" in shown.stdout
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
