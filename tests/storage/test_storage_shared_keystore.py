"""One keystore for several stores and tenants, and a keystore that loses its keys while it is in use."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from moving_world import World, everybody, fill
from storage_media import KEY, Medium, SQLiteMedium, a_caller, encrypted_codec

from opusagent_voiceprint.errors import EncryptionError, StorageError, StoreReplacedError
from opusagent_voiceprint.storage import (
    FileKeyStore,
    JSONStorage,
    KeyRing,
    KeyStore,
    RecordCipher,
    RecordCodec,
)
from opusagent_voiceprint.storage.encryption import SealedKey
from opusagent_voiceprint.storage.encryption.names import KeyName
from opusagent_voiceprint.storage.encryption.redis_keystore import RedisKeyStore
from opusagent_voiceprint.storage.encryption.rotation import key_status, reseal_all

NEW_KEY = bytes(reversed(range(32)))


@pytest.fixture
def world(tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, redis_url, monkeypatch)


@pytest.fixture(params=["file", "redis"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], RecordCodec]:
    """Codecs with one keystore."""
    if request.param == "file":
        return lambda: encrypted_codec(tmp_path / "shared.keys")
    url = request.getfixturevalue("redis_url")
    namespace = f"test-{tmp_path.name}-{os.urandom(4).hex()}"

    def codec() -> RecordCodec:
        keystore = RedisKeyStore.from_url(url, timeout=5.0, namespace=namespace)
        return RecordCodec(RecordCipher(KeyRing([KEY]), keystore))

    return codec


def test_p9_erasing_a_caller_in_one_store_leaves_that_of_the_same_id_in_another(
    new_medium: Callable[[], Medium], shared: Callable[[], RecordCodec]
) -> None:
    places = [new_medium(), new_medium()]
    for number, place in enumerate(places):
        with place.open(shared()) as store:
            store.put(a_caller("ada", name=f"Ada of {number}"), expected_version=0)
            store.secret("phone")
    with places[0].open(shared()) as first, places[1].open(shared()) as second:
        assert first.secret("phone") != second.secret("phone")
        assert first.erase("ada") is True
        found = second.get("ada")
        assert found is not None
        assert found.name == "Ada of 1"
        assert second.put(found, expected_version=found.version).version > found.version
    with places[0].open(shared()) as first:
        assert first.get("ada") is None


def test_p17_a_record_of_one_store_does_not_open_in_another_with_the_same_keystore(
    new_medium: Callable[[], Medium], shared: Callable[[], RecordCodec]
) -> None:
    places = [new_medium(), new_medium()]
    for place in places:
        with place.open(shared()) as store:
            store.put(a_caller("ada"), expected_version=0)
    places[1].set_payload("ada", places[0].payload("ada"))
    with places[1].open(shared()) as store, pytest.raises(EncryptionError, match="under another key"):
        store.get("ada")


def test_of_many_who_begin_a_store_at_once_all_use_the_same_keys(
    medium: Medium, shared: Callable[[], RecordCodec]
) -> None:
    barrier = threading.Barrier(6)
    found: list[str] = []

    def begin(number: int) -> None:
        barrier.wait()
        with medium.open(shared()) as store:
            store.put(a_caller(f"caller_{number}"), expected_version=0)
            found.append(store.codec.key_id)

    threads = [threading.Thread(target=begin, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    codec = shared()
    assert codec.cipher is not None
    assert codec.cipher.stores() == sorted(set(found))
    assert len(set(found)) == 1
    with medium.open(codec) as store:
        assert len(list(store.all())) == 6


@pytest.mark.parametrize("to", ["json", "sqlite"])
@pytest.mark.parametrize("erased_from", ["source", "target"])
def test_p9_stores_that_were_migrated_with_one_keystore_are_erased_from_each_by_itself(
    to: str, erased_from: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    keystore = world.directory / "shared.keys"
    monkeypatch.setenv("VOICE_KEYSTORE_PATH", str(keystore))
    monkeypatch.setenv("VOICE_ENCRYPTION_KEY_FILE", str(world.key_file))
    places = {"source": world.place("sqlite", "old"), "target": world.place(to, "new")}
    with world.open(places["source"], encrypted=True) as store:
        fill(store)
        before = everybody(store)
    assert world.run("migrate", places["source"], places["target"]).exit_code == 0
    assert [path.name for path in world.directory.glob("*.keys")] == ["shared.keys"]
    with world.open(places[erased_from], encrypted=True) as store:
        assert store.erase("caller_1") is True
    (other,) = {"source", "target"} - {erased_from}
    with world.open(places[other], encrypted=True) as store:
        assert everybody(store) == before
    # Moved once more, the erasure is followed or kept, and hits nobody else.
    assert world.run("migrate", places["source"], places["target"]).exit_code == 0
    with world.open(places["target"], encrypted=True) as store:
        assert everybody(store) == {each: text for each, text in before.items() if each != "caller_1"}


def test_p9_a_backup_is_put_back_into_a_store_that_was_begun_anew_with_the_same_keystore(
    world: World,
) -> None:
    place, file = world.place("sqlite", "store"), world.directory / "callers.backup"
    path = Path(place.partition(":")[2])
    key = ["--key-file", str(world.key_file)]
    with world.open(place, encrypted=True) as store:
        fill(store)
        before, lost = everybody(store), store.codec.key_id
    assert world.run("backup", str(file), place, *key).exit_code == 0
    with world.open(place, encrypted=True) as store:
        store.erase("caller_1")
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    with world.open(place, encrypted=True) as store:  # as a process does that is restarted
        store.put(a_caller("caller_new"), expected_version=0)
        assert store.codec.key_id != lost
        kept = everybody(store)
    result = world.run("restore", str(file), place, "--merge", *key)
    assert result.exit_code == 0, result.output
    assert f"keys forget {lost}" in result.output
    with world.open(place, encrypted=True) as store:
        assert everybody(store) == {
            **kept,
            **{each: text for each, text in before.items() if each != "caller_1"},
        }
        assert store.erase("caller_2") is True
    assert world.run("restore", str(file), place, "--merge", *key).exit_code == 0
    with world.open(place, encrypted=True) as store:
        assert store.get("caller_2") is None


def test_a_store_that_a_backup_is_put_back_into_goes_on_with_the_keys_of_the_backup(world: World) -> None:
    place, file = world.place("sqlite", "store"), world.directory / "callers.backup"
    keystore = world.directory / "kept.keys"
    key = ["--key-file", str(world.key_file), "--keystore", str(keystore)]
    with world.open(place, encrypted=True) as store:
        fill(store)
        key_id = store.codec.key_id
    shutil.copy(f"{place.partition(':')[2]}.keys", keystore)
    assert world.run("backup", str(file), place, *key).exit_code == 0
    first, second = world.place("json", "first"), world.place("sqlite", "second")
    assert world.run("restore", str(file), first, *key).exit_code == 0
    with JSONStorage(first.partition(":")[2], codec=encrypted_codec(keystore)) as store:
        assert store.codec.key_id == key_id
        store.erase("caller_1")
    assert world.run("restore", str(file), second, *key).exit_code == 0
    with FileKeyStore(keystore) as keys:
        assert RecordCipher(KeyRing([KEY]), keys).stores() == [key_id]
    result = world.run("check", second, *key)
    assert result.exit_code == 0, result.output


def test_p17_rotation_reaches_every_store_of_the_tenant_and_nobody_elses(tmp_path: Path) -> None:
    media = [SQLiteMedium(tmp_path / name) for name in ("one", "two")]
    for medium in media:
        with medium.open(encrypted_codec(tmp_path / "keys")) as store:
            store.put(a_caller("ada"), expected_version=0)
    theirs = SQLiteMedium(tmp_path / "theirs")
    with theirs.open(encrypted_codec(tmp_path / "keys", tenant="acme")) as store:
        store.put(a_caller("ada"), expected_version=0)
    with FileKeyStore(tmp_path / "keys") as keystore:
        cipher = RecordCipher(KeyRing([NEW_KEY, KEY]), keystore)
        assert len(cipher.stores()) == 2
        assert [each.error for each in reseal_all(cipher)] == [""] * 4
        status = key_status(cipher)
        assert (status.to_rotate, status.unknown) == (0, 0)
        assert list(status.by_store.values()) == [1, 1]
    for medium in media:
        with medium.open(encrypted_codec(tmp_path / "keys", NEW_KEY)) as store:
            assert store.get("ada") is not None
    with theirs.open(encrypted_codec(tmp_path / "keys", tenant="acme")) as store:
        assert store.get("ada") is not None


def test_a_json_file_without_its_heads_is_repaired_though_the_keystore_has_other_stores(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICE_KEYSTORE_PATH", str(world.directory / "shared.keys"))
    monkeypatch.setenv("VOICE_ENCRYPTION_KEY_FILE", str(world.key_file))
    places = [world.place("json", name) for name in ("one", "two", "three")]
    for place in places:
        with world.open(place, encrypted=True) as store:
            fill(store, 2)
            before = everybody(store)
    path = Path(places[1].partition(":")[2])
    raw = path.read_bytes()
    for file in (path, path.with_name(f"{path.name}.copy")):
        file.write_bytes(raw[:40] + bytes([raw[40] ^ 1]) + raw[41:])
    assert world.run("check", places[1]).exit_code == 1
    result = world.run("check", places[1], "--repair")
    assert result.exit_code == 0, result.output
    with world.open(places[1], encrypted=True) as store:
        assert everybody(store).keys() == before.keys()


# What is lost while it is in use


def test_no_key_is_added_to_a_keystore_that_was_emptied_while_it_was_in_use(
    medium: Medium, shared: Callable[[], RecordCodec], redis_url: str
) -> None:
    codec = shared()
    with medium.open(codec) as store:
        store.put(a_caller("ada"), expected_version=0)
        empty(codec, redis_url)
        with pytest.raises(StoreReplacedError, match=r"keystore .* was emptied or replaced .* replicated"):
            store.put(a_caller("bob"), expected_version=0)
        with pytest.raises(EncryptionError, match="not in the keystore"):
            store.update("ada", lambda caller: caller.model_copy(update={"name": "Ada"}))
        cipher = codec.cipher
        assert cipher is not None
        assert list(cipher.keystore.items()) == []
        assert store.count() == 1
    with pytest.raises(EncryptionError, match="not in the keystore"):
        medium.open(shared())


def empty(codec: RecordCodec, redis_url: str) -> None:
    """As FLUSHALL, or somebody with SQL."""
    keystore: KeyStore | None = codec.cipher.keystore if codec.cipher else None
    if isinstance(keystore, FileKeyStore):
        with closing(sqlite3.connect(keystore.path)) as connection, connection:
            connection.execute("DELETE FROM keys")
        return
    import redis

    assert isinstance(keystore, RedisKeyStore)
    with redis.Redis.from_url(redis_url) as client:
        client.delete(keystore._place)


def test_no_keystore_is_made_for_a_store_whose_keystore_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    with FileKeyStore(path) as keystore:
        cipher = RecordCipher(KeyRing([KEY]), keystore)
        assert cipher.key_id
    path.unlink()  # and the process goes on with a handle that opens the file again
    with pytest.raises(StorageError, match="emptied or replaced"):
        cipher.seal("text", kind="caller", record_id="ada", schema=1, is_new=True)
    assert not path.exists()


def test_p9_a_key_is_not_added_where_the_stores_own_was_destroyed(shared: Callable[[], RecordCodec]) -> None:
    cipher = shared().cipher
    assert cipher is not None
    head = str(KeyName("", cipher.key_id))
    cipher.keystore.destroy(head)
    with pytest.raises(StoreReplacedError):
        cipher.keystore.add("caller", SealedKey("id", "m", "c2VhbGVk"), head=head)


RENEWING = """
import sys
from opusagent_voiceprint.storage import FileKeyStore
from opusagent_voiceprint.storage.encryption import SealedKey
with FileKeyStore(sys.argv[1]) as keystore:
    for name in sys.argv[2:]:
        keystore.add(name, SealedKey("i", "m", "s"))
    print(sorted(name for name, key in keystore.items() if not key.is_destroyed))
"""


def test_a_keystore_that_is_opened_again_before_the_first_is_closed_is_shared_with_other_processes(
    tmp_path: Path,
) -> None:
    """As a store is opened anew after a failure: the locks must outlive the first opening."""

    def elsewhere(*names: str) -> str:
        command = [sys.executable, "-c", RENEWING, str(tmp_path / "keys"), *names]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        return done.stdout.strip()

    first = FileKeyStore(tmp_path / "keys")
    first.add("a", SealedKey("i", "m", "s"))
    second = FileKeyStore(tmp_path / "keys")
    assert second.get("a") is not None
    first.close()
    with second:
        assert elsewhere() == "['a']"
        second.destroy("a")
        second.add("b", SealedKey("i", "m", "s"))
        assert elsewhere("c") == "['b', 'c']"
        assert second.get("c") is not None
    assert elsewhere() == "['b', 'c']"
