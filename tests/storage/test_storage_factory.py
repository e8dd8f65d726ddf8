"""From the settings to a store and a phone hasher."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from storage_media import a_caller, a_voiceprint

from opusagent_voiceprint.errors import EncryptionError, StorageError
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage import (
    JSONStorage,
    PhoneHasher,
    RedisStorage,
    SQLiteStorage,
    open_store,
    phone_hasher,
)

KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


@pytest.mark.parametrize(("backend", "kind"), [("json", JSONStorage), ("sqlite", SQLiteStorage)])
def test_the_settings_choose_the_store(tmp_path: Path, backend: str, kind: type) -> None:
    path = tmp_path / "some" / "store"
    settings = VoiceFingerprintConfig(
        storage_backend=backend, storage_path=path, max_voiceprints_per_caller=1, policy_version="9"
    )
    with open_store(settings) as store:
        assert type(store) is kind
        store.save(a_voiceprint("a", 1))
        store.save(a_voiceprint("a", 2))
        caller = store.get("a")
    assert path.exists()
    assert caller is not None
    assert len(caller.voiceprints) == 1
    assert caller.consents[0].policy_version == "9"


def test_redis_is_opened_by_its_url(redis_url: str) -> None:
    settings = VoiceFingerprintConfig(storage_backend="redis", redis_url=redis_url, storage_timeout=5.0)
    with open_store(settings) as store:
        assert type(store) is RedisStorage
        store.put(a_caller("of_factory"), expected_version=0)
        assert store.erase("of_factory") is True


def test_p18_a_key_in_the_settings_encrypts_and_is_needed_again(tmp_path: Path) -> None:
    path = tmp_path / "store.json"
    with open_store(VoiceFingerprintConfig(storage_path=path, encryption_key=KEY)) as store:
        store.put(a_caller(), expected_version=0)
    assert b"Wilhelmina" not in path.read_bytes()
    with pytest.raises(EncryptionError, match="VOICE_ENCRYPTION_KEY is not set"):
        open_store(VoiceFingerprintConfig(storage_path=path))


def test_p18_a_bad_key_stops_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(EncryptionError, match="VOICE_ENCRYPTION_KEY") as caught:
        open_store(VoiceFingerprintConfig(storage_path=tmp_path / "store.json", encryption_key="hunter2"))
    assert "hunter2" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_each_store_hashes_phone_numbers_by_its_own_secret(tmp_path: Path) -> None:
    settings = VoiceFingerprintConfig(storage_path=tmp_path / "one.json")
    elsewhere = VoiceFingerprintConfig(storage_path=tmp_path / "other.json")
    with open_store(settings) as store, open_store(elsewhere) as other:
        link = phone_hasher(store).link("+431234567")
        assert link == PhoneHasher(store.secret("phone")).link("+431234567")
        assert link != phone_hasher(other).link("+431234567")
    with open_store(settings) as store:
        assert phone_hasher(store).link("+431234567") == link


def test_the_secret_of_an_encrypted_store_cannot_be_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    with open_store(VoiceFingerprintConfig(storage_path=path, encryption_key=KEY)) as store:
        secret = store.secret("phone")
    content = path.read_bytes()
    assert secret not in content
    assert secret.hex().encode() not in content


def test_without_redis_py_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(StorageError, match=r'pip install "opusagent-voiceprint\[redis\]"'):
        open_store(VoiceFingerprintConfig(storage_backend="redis"))


def test_importing_the_stores_imports_no_extra() -> None:
    script = "import sys, opusagent_voiceprint.storage; print({'redis', 'faiss', 'torch'} & {*sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, env=dict(os.environ)
    )
    assert done.stdout.strip() == "set()"
