"""The keystore in Redis."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from redis_servers import LossyLine, RedisServer
from storage_media import KEY

from opusagent_voiceprint.errors import SettingsError, StorageError, StoreFormatError
from opusagent_voiceprint.storage import KeyRing, RecordCipher
from opusagent_voiceprint.storage.encryption import SealedKey
from opusagent_voiceprint.storage.encryption.names import KeyName
from opusagent_voiceprint.storage.encryption.redis_keystore import RedisKeyStore

# Without a redis-server, these are skipped with a word, as all that need one.
pytestmark = pytest.mark.usefixtures("redis_url")


def a_key(name: str, master: str = "master") -> SealedKey:
    return SealedKey(f"id-of-{name}", master, f"sealed-{name}")


@pytest.fixture
def namespace() -> str:
    return f"test-{uuid.uuid4().hex}"


@pytest.fixture
def keystore(redis_url: str, namespace: str) -> Iterator[RedisKeyStore]:
    with RedisKeyStore.from_url(redis_url, timeout=4.0, namespace=namespace) as opened:
        yield opened


def test_the_first_key_of_a_name_stays(keystore: RedisKeyStore) -> None:
    assert keystore.get("caller") is None
    assert keystore.add("caller", a_key("one")) == a_key("one")
    assert keystore.add("caller", a_key("two")) == a_key("one")
    assert keystore.get("caller") == a_key("one")


def test_a_key_is_replaced_only_if_it_is_still_there(keystore: RedisKeyStore) -> None:
    keystore.add("caller", a_key("one"))
    assert not keystore.replace("caller", a_key("two"), a_key("three"))
    assert not keystore.replace("nobody", a_key("one"), a_key("three"))
    assert keystore.get("nobody") is None
    assert keystore.replace("caller", a_key("one"), a_key("one", "newer"))
    assert keystore.get("caller") == a_key("one", "newer")
    keystore.destroy("caller")
    assert not keystore.replace("caller", a_key("one", "newer"), a_key("one", "newest"))


def test_p9_a_destroyed_key_leaves_a_mark_and_nothing_else(
    keystore: RedisKeyStore, redis_url: str, namespace: str
) -> None:
    import redis

    keystore.add("caller", a_key("one"))
    assert keystore.destroy("caller") is True
    assert keystore.destroy("caller") is False
    assert keystore.get("caller") == SealedKey("id-of-one", "", "")
    assert keystore.destroy("never seen") is False
    mark = keystore.get("never seen")
    assert mark is not None
    assert mark.is_destroyed
    with redis.Redis.from_url(redis_url) as client:
        assert b"sealed-one" not in client.dump(f"{{{namespace}}}:keystore")
    # Somebody who comes back gets a new key.
    assert keystore.add("caller", a_key("two")) == a_key("two")


def test_many_keys_come_at_once_and_sorted(keystore: RedisKeyStore) -> None:
    names = [f"caller_{number:04}" for number in range(1200)]
    for name in names:
        keystore.add(name, a_key(name))
    keystore.destroy(names[7])
    found = keystore.get_many([*names, "nobody"])
    assert sorted(found) == names
    assert [name for name, key in found.items() if key.is_destroyed] == [names[7]]
    assert [name for name, _ in keystore.items()] == names


def test_of_many_who_add_a_key_at_once_all_get_the_same(keystore: RedisKeyStore) -> None:
    barrier = threading.Barrier(6)
    got: list[SealedKey] = []

    def add(number: int) -> None:
        barrier.wait()
        got.append(keystore.add("caller", a_key(str(number))))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 6
    assert len(set(got)) == 1


def test_changes_whose_replies_are_lost_are_made_once(redis_url: str, namespace: str) -> None:
    port = int(redis_url.rpartition(":")[2].partition("/")[0])
    with closing(LossyLine(port)) as line:
        with RedisKeyStore.from_url(line.url, timeout=4.0, namespace=namespace) as keystore:
            keystore.add("other", a_key("other"))
            keystore.replace("other", a_key("other"), a_key("other", "newer"))
            keystore.destroy("other")
            line.to_lose = 1
            assert keystore.add("caller", a_key("one")) == a_key("one")
            line.to_lose = 1
            assert keystore.replace("caller", a_key("one"), a_key("one", "newer"))
            line.to_lose = 1
            assert keystore.destroy("caller")
            assert line.lost == 3
            mark = keystore.get("caller")
            assert mark is not None
            assert mark.is_destroyed


def test_p9_a_key_that_was_destroyed_before_its_lost_reply_came_again_does_not_come_back(
    redis_url: str, namespace: str, keystore: RedisKeyStore
) -> None:
    port = int(redis_url.rpartition(":")[2].partition("/")[0])
    with closing(LossyLine(port)) as line:
        with RedisKeyStore.from_url(line.url, timeout=4.0, namespace=namespace) as mine:
            mine.add("head", a_key("head"))
            line.meanwhile = lambda: keystore.destroy("caller")
            line.to_lose = 1
            assert mine.add("caller", a_key("one")).is_destroyed
            assert keystore.get("caller") == SealedKey("id-of-one", "", "")
            assert mine.add("caller", a_key("two")) == a_key("two")


def test_p9_who_is_erased_while_the_reply_to_their_new_key_is_lost_gets_another_one(
    redis_url: str, namespace: str, keystore: RedisKeyStore
) -> None:
    port = int(redis_url.rpartition(":")[2].partition("/")[0])
    with closing(LossyLine(port)) as line:
        with RedisKeyStore.from_url(line.url, timeout=4.0, namespace=namespace) as mine:
            cipher = RecordCipher(KeyRing([KEY]), mine)
            name = str(KeyName("", cipher.key_id, "ada"))
            keystore.destroy(name)
            keystore.add(name, a_key("former"))
            keystore.destroy(name)
            line.meanwhile = lambda: keystore.destroy(name)
            line.to_pass, line.to_lose = 1, 1  # the reply to whether there is a key comes, that to adding not
            sealed = cipher.seal("text", kind="caller", record_id="ada", schema=1, is_new=True)
            assert line.lost == 1
            assert line.meanwhile is None
            assert cipher.unseal(sealed, kind="caller", record_id="ada", schema=1) == "text"
            assert cipher.key_id_of("ada") == sealed.split(":")[1]


def test_a_damaged_key_is_an_error_that_names_it(
    keystore: RedisKeyStore, redis_url: str, namespace: str
) -> None:
    import redis

    keystore.add("caller", a_key("one"))
    with redis.Redis.from_url(redis_url) as client:
        client.hset(f"{{{namespace}}}:keystore", "caller", b'{"key_id": "x"')
    with pytest.raises(StoreFormatError, match="key of 'caller'"):
        keystore.get("caller")
    with pytest.raises(StoreFormatError, match="key of 'caller'"):
        keystore.add("caller", a_key("two"))
    assert keystore.replace("caller", a_key("one"), a_key("two")) is False
    assert keystore.destroy("caller") is True
    assert keystore.add("caller", a_key("two")) == a_key("two")


def test_p9_keys_are_destroyed_in_a_full_server_too(tmp_path: Path) -> None:
    with RedisServer(tmp_path, "--save", "", "--maxmemory-policy", "noeviction") as server:
        with RedisKeyStore.from_url(server.url, timeout=2.0) as keystore, server.client() as client:
            keystore.add("caller", a_key("one"))
            client.config_set("maxmemory", "1")
            with pytest.raises(StorageError, match="OutOfMemoryError"):
                keystore.add("other", a_key("other"))
            assert keystore.destroy("caller")
            mark = keystore.get("caller")
            assert mark is not None
            assert mark.is_destroyed


def test_a_keystore_that_is_not_there_or_has_no_url_is_said() -> None:
    with pytest.raises(StorageError, match=r"keystore .* cannot be used: ConnectionError"):
        RedisKeyStore.from_url("redis://127.0.0.1:1/0", timeout=0.2)
    with pytest.raises(SettingsError, match=r"VOICE_KEYSTORE_PATH=\(hidden\)"):
        RedisKeyStore.from_url("redis+sentinel://:hunter2@host", timeout=0.2)
