"""Keystores in which single keys are damaged, and logs that keep a destroyed key for somebody who reads."""

from __future__ import annotations

import logging
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from storage_media import KEY, Medium, a_caller, encrypted_codec

from opusagent_voiceprint.errors import EncryptionError, StoreFormatError
from opusagent_voiceprint.storage import FileKeyStore, KeyRing, RecordCipher, RecordCodec
from opusagent_voiceprint.storage.encryption import SealedKey
from opusagent_voiceprint.storage.encryption.names import KeyName
from opusagent_voiceprint.storage.encryption.redis_keystore import RedisKeyStore
from opusagent_voiceprint.storage.encryption.rotation import key_status, reseal_all
from opusagent_voiceprint.storage.moving.reading import read_callers

NEW_KEY = bytes(reversed(range(32)))
ONE = SealedKey("id1", "master1", "c2VhbGVk")

Damaging = Callable[[str], None]


@pytest.fixture(params=["file: no text", "file: no UTF-8", "file: sealed", "redis: no JSON", "redis: sealed"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Callable[..., RecordCodec], Damaging]:
    """Codecs with one keystore, and what damages the key of a name in it."""
    kind, _, how = request.param.partition(": ")
    if kind == "file":
        path = tmp_path / "keys"
        value = {"no text": b"\x00\xff", "no UTF-8": b"\xffAAA", "sealed": "AAAA"}[how]

        def damage_row(name: str) -> None:
            with closing(sqlite3.connect(path)) as connection, connection:
                column = "CAST(? AS TEXT)" if how == "no UTF-8" else "?"
                query = f"UPDATE keys SET sealed = {column} WHERE name = ?"  # noqa: S608 - a constant
                connection.execute(query, (value, name))

        return lambda *keys: encrypted_codec(path, *keys), damage_row

    import redis

    url = request.getfixturevalue("redis_url")
    namespace = f"test-{tmp_path.name}-{os.urandom(4).hex()}"

    def codec(*keys: bytes) -> RecordCodec:
        keystore = RedisKeyStore.from_url(url, timeout=5.0, namespace=namespace)
        return RecordCodec(RecordCipher(KeyRing(keys or (KEY,)), keystore))

    def damage_field(name: str) -> None:
        with redis.Redis.from_url(url) as client:
            hash_name = f"{{{namespace}}}:keystore"
            value = client.hget(hash_name, name)
            changed = value[:-9] if how == "no JSON" else value.replace(b'"sealed":"', b'"sealed":"AA')
            client.hset(hash_name, name, changed)

    return codec, damage_field


def test_a_damaged_key_makes_its_own_caller_unreadable_and_nobody_else(
    place: tuple[Callable[..., RecordCodec], Damaging], medium: Medium
) -> None:
    codec, damage = place
    with medium.open(codec()) as store:
        for caller_id in "abc":
            store.put(a_caller(caller_id), expected_version=0)
        damage(str(KeyName("", store.codec.key_id, "b")))
    with medium.open(codec()) as store:
        assert sorted(each.caller_id for each in store.get_many(["a", "b", "c"])) == ["a", "c"]
        found = read_callers(store, ["a", "b", "c"])
        assert (sorted(found.callers), list(found.failures)) == (["a", "c"], ["b"])
        with pytest.raises((EncryptionError, StoreFormatError), match=r"key of .*\bb'"):
            store.get("b")
        assert store.erase("b") is True
        assert sorted(each.caller_id for each in store.all()) == ["a", "c"]
        assert store.put(a_caller("b"), expected_version=0).version
        assert store.get("b") is not None


def test_p17_rotation_goes_on_past_a_damaged_key_and_names_it(
    place: tuple[Callable[..., RecordCodec], Damaging], medium: Medium
) -> None:
    codec, damage = place
    with medium.open(codec()) as store:
        for caller_id in "abc":
            store.put(a_caller(caller_id), expected_version=0)
        name = str(KeyName("", store.codec.key_id, "b"))
        damage(name)
    with closing(codec(NEW_KEY, KEY)) as both:
        cipher = both.cipher
        assert cipher is not None
        told = list(reseal_all(cipher))
        assert sum(each.changed for each in told) == 3  # of two callers, and the store's own
        (failed,) = [each for each in told if each.error]
        assert failed.name == name
        assert name in failed.error
        status = key_status(cipher)
        assert len(status.damaged) + status.to_rotate == 1
    with medium.open(codec(NEW_KEY)) as store:
        assert sorted(each.caller_id for each in store.get_many(["a", "b", "c"])) == ["a", "c"]


def test_a_key_whose_name_is_damaged_hides_no_other(tmp_path: Path) -> None:
    with FileKeyStore(tmp_path / "keys") as keystore:
        cipher = RecordCipher(KeyRing([KEY]), keystore)
        for caller_id in "abc":
            cipher.seal("text", kind="caller", record_id=caller_id, schema=1, is_new=True)
        with closing(sqlite3.connect(keystore.path)) as connection, connection:
            for caller_id, name in (("a", "CAST(X'ff41' AS TEXT)"), ("b", "X'0102'")):
                query = f"UPDATE keys SET name = {name} WHERE name = ?"  # noqa: S608 - a constant
                connection.execute(query, (str(KeyName("", cipher.key_id, caller_id)),))
        status = key_status(cipher)
        assert len(status.damaged) == 2
        assert status.by_store == {cipher.key_id: 1}
        assert len([each for each in reseal_all(cipher) if each.error]) == 2


# What a log keeps


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Somebody who reads the keystore as of before a change."""
    with FileKeyStore(tmp_path / "keys") as keystore:
        keystore.add("a", ONE)
    with closing(sqlite3.connect(tmp_path / "keys", isolation_level=None)) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM keys").fetchone()
        yield connection


def is_in_the_files(directory: Path, key: SealedKey) -> bool:
    return any(key.sealed.encode() in path.read_bytes() for path in directory.iterdir())


def test_p9_a_destroyed_key_that_a_reader_kept_in_the_log_is_gone_with_the_next_change(
    reader: sqlite3.Connection, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with FileKeyStore(tmp_path / "keys") as keystore, caplog.at_level(logging.WARNING):
        assert keystore.destroy("a") is True
        assert "could not be emptied" in caplog.text
        assert is_in_the_files(tmp_path, ONE)
        reader.execute("COMMIT")
        keystore.add("b", SealedKey("id2", "master1", "YW5vdGhlcg=="))
        assert not is_in_the_files(tmp_path, ONE)
        assert keystore.get("b") is not None


DESTROYING = """
import os, sys
from opusagent_voiceprint.storage import FileKeyStore
FileKeyStore(sys.argv[1]).destroy("a")
os._exit(0)  # killed, so that nothing is closed
"""


def test_p9_a_destroyed_key_that_a_killed_process_left_in_the_log_is_gone_when_it_is_opened(
    reader: sqlite3.Connection, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", DESTROYING, str(tmp_path / "keys")]
    subprocess.run(command, check=True, timeout=60, capture_output=True)
    assert is_in_the_files(tmp_path, ONE)
    reader.execute("COMMIT")  # and stays open, so that SQLite does not empty the log by itself
    with FileKeyStore(tmp_path / "keys") as keystore:
        assert not is_in_the_files(tmp_path, ONE)
        mark = keystore.get("a")
        assert mark is not None
        assert mark.is_destroyed
