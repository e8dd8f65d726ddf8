"""From the settings to a store and a phone hasher."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from redis_servers import RedisServer
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
from opusagent_voiceprint.storage.redis_client import is_same_server

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


SAME_REDIS = "the keys of callers are kept in the same Redis as their data"


def warned(caplog: pytest.LogCaptureFixture, **values: str) -> list[str]:
    """What opening an encrypted store in Redis warns of."""
    caplog.clear()
    settings = VoiceFingerprintConfig(
        storage_backend="redis",
        storage_timeout=5.0,
        encryption_key=KEY,
        tenant=f"factory-{uuid4().hex}",
        **values,
    )
    with caplog.at_level(logging.WARNING), open_store(settings):
        return list(caplog.messages)


@pytest.mark.parametrize("keystore", ["", "{0}", "{1}/7", "redis://localhost:{2}"])
def test_p9_keys_in_the_redis_of_the_data_are_warned_of_however_it_is_named(
    keystore: str, redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    server = redis_url.rpartition("/")[0]
    named = keystore.format(redis_url, server, server.rpartition(":")[2])
    same, of_the_server = warned(caplog, redis_url=redis_url, keystore_path=named)
    assert same.startswith(SAME_REDIS)
    assert of_the_server.startswith("Redis: neither appendonly nor save is set")  # once


def test_p9_of_two_servers_that_can_lose_everything_the_keystore_s_is_named(
    redis_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with RedisServer(tmp_path, "--save", "", "--appendonly", "no") as keystore:
        messages = warned(caplog, redis_url=redis_url, keystore_path=keystore.url)
    of_keys, of_data = messages
    assert of_data.startswith("Redis: neither appendonly nor save is set")
    assert of_keys == f"the keystore's {of_data}"


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("redis://voices:8", "rediss://user:password@voices:8/3?ssl_ca_certs=x", True),
        ("redis://voices", "redis://voices:6379/1", True),
        ("redis://127.0.0.1/0", "redis:///0", True),
        ("redis://voices:8", "redis://voices:9", False),
        ("redis://voices", "redis://keys", False),
        ("unix:///run/a.sock?db=1", "unix://user@/run/a.sock", True),
        ("unix:///run/a.sock", "unix:///run/b.sock", False),
        ("redis+sentinel://a,b:26379/voices/0", "redis+sentinel://:x@b/voices/1", True),
        ("redis+sentinel://a,b/voices", "redis+sentinel://a,b/keys", False),
        ("redis+cluster://a,b:7000", "redis+cluster://b:7000,c", True),
        ("redis+cluster://a,b", "redis+cluster://c,d", False),
        ("redis://[voices", "redis://[voices", False),
    ],
)
def test_urls_of_one_server_are_known_to_be(one: str, other: str, is_same: bool) -> None:
    assert is_same_server(one, other) is is_same
    assert is_same_server(other, one) is is_same


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
