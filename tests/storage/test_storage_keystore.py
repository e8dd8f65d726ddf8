"""The keystore: sealed keys by name, what destroying leaves, and rotation of the master key."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from storage_media import KEY, Medium, a_caller, encrypted_codec

from opusagent_voiceprint.errors import EncryptionError, StorageError, StoreFormatError
from opusagent_voiceprint.storage import FileKeyStore, KeyRing, KeyStore, RecordCipher
from opusagent_voiceprint.storage.encryption import SealedKey
from opusagent_voiceprint.storage.encryption.redis_keystore import RedisKeyStore
from opusagent_voiceprint.storage.encryption.rotation import key_status, reseal_all

NEW_KEY = bytes(reversed(range(32)))
ONE = SealedKey("id1", "master1", "c2VhbGVk")
TWO = SealedKey("id2", "master1", "YW5vdGhlcg==")


@pytest.fixture(params=["file", "redis"])
def open_keystore(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], KeyStore]:
    """Opens the same keystore again and again."""
    if request.param == "file":
        return lambda: FileKeyStore(tmp_path / "place" / "keys")
    url = request.getfixturevalue("redis_url")
    namespace = f"test-{tmp_path.name}-{os.urandom(4).hex()}"
    return lambda: RedisKeyStore.from_url(url, timeout=5.0, namespace=namespace)


@pytest.fixture
def keystore(open_keystore: Callable[[], KeyStore]) -> Iterator[KeyStore]:
    with open_keystore() as opened:
        yield opened


def test_a_key_is_there_after_the_keystore_was_closed(open_keystore: Callable[[], KeyStore]) -> None:
    with open_keystore() as first:
        assert first.get("a") is None
        assert first.add("a", ONE) == ONE
    with open_keystore() as second:
        assert second.get("a") == ONE
        assert list(second.items()) == [("a", ONE)]


def test_a_key_that_is_there_is_not_replaced_by_adding(keystore: KeyStore) -> None:
    keystore.add("a", ONE)
    assert keystore.add("a", TWO) == ONE
    assert keystore.get("a") == ONE


def test_of_many_who_add_a_key_at_once_all_get_the_same(open_keystore: Callable[[], KeyStore]) -> None:
    found: list[SealedKey] = []

    def add(number: int) -> None:
        with open_keystore() as mine:
            found.append(mine.add("a", SealedKey(f"id{number}", "m", "c2VhbGVk")))

    threads = [threading.Thread(target=add, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_p9_a_destroyed_key_leaves_a_mark_and_makes_room(keystore: KeyStore) -> None:
    keystore.add("a", ONE)
    assert keystore.destroy("a") is True
    mark = keystore.get("a")
    assert mark is not None
    assert mark.is_destroyed
    assert keystore.destroy("a") is False
    assert keystore.add("a", TWO) == TWO
    assert keystore.get("a") == TWO


def test_p9_who_never_had_a_key_can_be_marked_too(keystore: KeyStore) -> None:
    assert keystore.destroy("a") is False
    mark = keystore.get("a")
    assert mark is not None
    assert mark.is_destroyed


def test_a_key_is_replaced_only_if_it_is_still_the_same(keystore: KeyStore) -> None:
    keystore.add("a", ONE)
    assert keystore.replace("a", TWO, ONE) is False
    assert keystore.replace("a", ONE, TWO) is True
    assert keystore.get("a") == TWO
    keystore.destroy("a")
    assert keystore.replace("a", TWO, ONE) is False
    assert keystore.replace("nobody", TWO, ONE) is False


def test_many_are_read_at_once_in_whatever_number(keystore: KeyStore) -> None:
    keys = {f"caller:{number:04d}": SealedKey(f"id{number}", "m", "c2VhbGVk") for number in range(1100)}
    for name, key in keys.items():
        keystore.add(name, key)
    assert keystore.get_many([*keys, "nobody"]) == keys
    assert list(keystore.items()) == sorted(keys.items())
    assert keystore.get_many([]) == {}


# The file


def test_p9_a_destroyed_key_is_not_in_the_files_any_more(tmp_path: Path) -> None:
    with FileKeyStore(tmp_path / "keys") as keystore:
        keystore.add("a", ONE)
        found = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert ONE.sealed.encode() in found
        keystore.destroy("a")
        left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert ONE.sealed.encode() not in left


def test_p19_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        with FileKeyStore(tmp_path / "place" / "keys") as keystore:
            keystore.add("a", ONE)
            modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "place").iterdir()}
    finally:
        os.umask(old)
    assert modes == {0o600}
    assert (tmp_path / "place").stat().st_mode & 0o777 == 0o700


def test_p19_a_keystore_behind_a_link_is_refused(tmp_path: Path) -> None:
    with FileKeyStore(tmp_path / "keys") as keystore:
        keystore.add("a", ONE)
    (tmp_path / "link").symlink_to(tmp_path / "keys")
    with pytest.raises(StorageError, match="symbolic link"):
        FileKeyStore(tmp_path / "link")


@pytest.mark.parametrize("content", [b"", b"something else", b"SQLite format 3\x00" + bytes(84)])
def test_what_is_no_keystore_is_refused_and_left(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "keys"
    path.write_bytes(content)
    with pytest.raises(StoreFormatError, match="no keystore"):
        FileKeyStore(path)
    assert path.read_bytes() == content


def test_a_newer_keystore_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    with FileKeyStore(path) as keystore:
        keystore.add("a", ONE)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreFormatError, match="schema 99"):
        FileKeyStore(path)


def test_a_keystore_that_is_removed_while_it_is_open_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    with FileKeyStore(tmp_path / "keys") as keystore:
        keystore.add("a", ONE)
        (tmp_path / "keys").unlink()
        with pytest.raises(StoreFormatError, match="removed or replaced"):
            keystore.get("a")
        with pytest.raises(StoreFormatError, match="removed or replaced"):
            keystore.add("b", TWO)


# Rotation


def test_p17_rotation_seals_every_key_anew_and_leaves_the_data(medium: Medium, tmp_path: Path) -> None:
    with medium.open(encrypted_codec(tmp_path / "keys")) as store:
        for number in range(5):
            store.put(a_caller(f"c{number}"), expected_version=0)
        store.erase("c4")
        secret = store.secret("phone")
    payloads = [medium.payload(f"c{number}") for number in range(4)]
    with FileKeyStore(tmp_path / "keys") as keystore:
        cipher = RecordCipher(KeyRing([NEW_KEY, KEY]), keystore)
        assert key_status(cipher).to_rotate == 5  # of four callers, and the store's own
        assert [each.changed for each in reseal_all(cipher)] == [True] * 5
        assert [each.changed for each in reseal_all(cipher)] == [False] * 5
        status = key_status(cipher)
        assert (status.to_rotate, status.destroyed) == (0, 1)
        assert status.unused == (KeyRing([KEY]).newest.key_id,)
    assert [medium.payload(f"c{number}") for number in range(4)] == payloads
    with medium.open(encrypted_codec(tmp_path / "keys", NEW_KEY)) as store:
        assert {each.caller_id for each in store.all()} == {"c0", "c1", "c2", "c3"}
        assert store.secret("phone") == secret
    with pytest.raises(EncryptionError, match="sealed with master key"):
        medium.open(encrypted_codec(tmp_path / "keys", KEY))


def test_p17_a_rotation_that_was_stopped_goes_on(medium: Medium, tmp_path: Path) -> None:
    both = encrypted_codec(tmp_path / "keys", NEW_KEY, KEY)
    with medium.open(encrypted_codec(tmp_path / "keys")) as store:
        for number in range(6):
            store.put(a_caller(f"c{number}"), expected_version=0)
    cipher = both.cipher
    assert cipher is not None
    rotation = reseal_all(cipher)
    for _ in range(3):
        next(rotation)
    with medium.open(both) as store:  # with both keys everybody is read at any time
        assert len(list(store.all())) == 6
        store.put(a_caller("during"), expected_version=0)
        store.erase("c5")
    changed = sum(each.changed for each in reseal_all(cipher))
    assert changed == 6 - 3
    assert key_status(cipher).to_rotate == 0
    with medium.open(encrypted_codec(tmp_path / "keys", NEW_KEY)) as store:
        assert len(list(store.all())) == 6


def test_p17_a_rotation_while_callers_are_written_loses_nobody(medium: Medium, tmp_path: Path) -> None:
    # The writer's process was not restarted with the new key in front: it goes on sealing with the old one.
    with medium.open(encrypted_codec(tmp_path / "keys", KEY, NEW_KEY)) as store:
        for number in range(20):
            store.put(a_caller(f"c{number}"), expected_version=0)
        stop = threading.Event()
        failures: list[Exception] = []

        def write() -> None:
            number = 0
            while not stop.is_set():
                try:
                    store.update(
                        f"c{number % 20}", lambda caller: caller.model_copy(update={"name": "Again"})
                    )
                    store.put(a_caller(f"new{number}"), expected_version=0)
                    store.erase(f"new{number}")
                except Exception as exc:  # noqa: BLE001 - reported below
                    failures.append(exc)
                number += 1

        writer = threading.Thread(target=write)
        writer.start()
        with FileKeyStore(tmp_path / "keys") as keystore:
            cipher = RecordCipher(KeyRing([NEW_KEY, KEY]), keystore)
            for _ in range(5):
                assert not [each.error for each in reseal_all(cipher) if each.error]
            stop.set()
            writer.join()
            assert not [each.error for each in reseal_all(cipher) if each.error]
    assert failures == []
    with medium.open(encrypted_codec(tmp_path / "keys", NEW_KEY)) as store:
        assert len(list(store.all())) == 20


def test_p17_a_key_that_no_given_master_opens_is_told_and_left(tmp_path: Path) -> None:
    with FileKeyStore(tmp_path / "keys") as keystore:
        RecordCipher(KeyRing([KEY]), keystore).seal("t", kind="caller", record_id="a", schema=1, is_new=True)
        before = list(keystore.items())
        told = list(reseal_all(RecordCipher(KeyRing([NEW_KEY]), keystore)))
        assert len(told) == 2  # the caller's, and the store's own
        assert not any(each.changed for each in told)
        assert all("sealed with master key" in each.error for each in told)
        assert list(keystore.items()) == before


def test_p17_a_rotation_that_is_killed_anywhere_leaves_every_key_readable(tmp_path: Path) -> None:
    with FileKeyStore(tmp_path / "keys") as keystore:
        cipher = RecordCipher(KeyRing([KEY]), keystore)
        sealed = {
            f"c{number}": cipher.seal("t", kind="caller", record_id=f"c{number}", schema=1, is_new=True)
            for number in range(300)
        }
        store = cipher.key_id
    script = (
        "import os, sys; from pathlib import Path\n"
        "from opusagent_voiceprint.storage import FileKeyStore, KeyRing, RecordCipher\n"
        "from opusagent_voiceprint.storage.encryption.rotation import reseal_all\n"
        "ring = KeyRing([bytes(reversed(range(32))), bytes(range(32))])\n"
        "cipher = RecordCipher(ring, FileKeyStore(sys.argv[1]))\n"
        "print('begun', flush=True)\n"
        "for _ in reseal_all(cipher): print('.', flush=True)\n"
    )
    changed = 0
    for kill_after in (0, 1, 40, 200):
        child = subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path / "keys")], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        for _ in range(kill_after + 1):
            child.stdout.readline()
        child.kill()
        child.wait()
        child.stdout.close()
        with FileKeyStore(tmp_path / "keys") as keystore:
            both = RecordCipher(KeyRing([NEW_KEY, KEY]), keystore, store=store)
            for caller_id, text in sealed.items():
                assert both.unseal(text, kind="caller", record_id=caller_id, schema=1) == "t"
            left = key_status(both).to_rotate
            assert left <= 301 - changed  # the store's own, too
            changed = 301 - left
    assert changed >= 200
