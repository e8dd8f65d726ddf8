"""What is particular to Redis: its keys, its clients, and a server that is not there."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from storage_media import RedisMedium, a_caller, contents

from opusagent_voiceprint.errors import SettingsError, StorageError, StoreFormatError
from opusagent_voiceprint.models import DoNotAsk
from opusagent_voiceprint.storage import RedisStorage


@pytest.fixture
def redis_medium(redis_url: str) -> RedisMedium:
    return RedisMedium(redis_url)


def keys_of(client: Any, namespace: str) -> set[str]:
    return {key.decode() for key in client.keys(f"*{namespace}*")}


def test_all_keys_carry_the_namespace_in_one_slot(redis_medium: RedisMedium) -> None:
    with redis_medium.open() as store, closing(redis_medium.client()) as client:
        store.put(a_caller(), expected_version=0)
        store.remember_refusal(DoNotAsk(subject="s"))
        store.secret("phone")
        keys = keys_of(client, redis_medium.namespace)
        assert len(keys) == 9
        assert all(key.startswith(f"{{{redis_medium.namespace}}}:") for key in keys)
        # Neither callers nor links have keys of their own, so nothing needs KEYS or SCAN.
        store.put(a_caller("caller_b"), expected_version=0)
        assert keys_of(client, redis_medium.namespace) == keys


def test_two_namespaces_do_not_see_each_other(redis_url: str) -> None:
    with RedisMedium(redis_url).open() as one, RedisMedium(redis_url).open() as other:
        one.put(a_caller(), expected_version=0)
        assert other.count() == 0
        assert other.ids_by_phone("link-of-caller_a") == []


def test_a_client_that_decodes_replies_works_too(redis_medium: RedisMedium) -> None:
    with closing(redis_medium.client(decode_responses=True)) as client:
        store = RedisStorage(client, namespace=redis_medium.namespace)
        written = store.put(a_caller("ü"), expected_version=0)
        store.put(a_caller("ü", name="Second"), expected_version=written.version)
        store.remember_refusal(DoNotAsk(subject="s"))
        assert store.refusal("s") == DoNotAsk(subject="s")
        assert store.ids_by_phone("link-of-ü") == ["ü"]
        assert store.changes(0)[0] == ["ü"]
        assert [contents(one) for one in store.all()] == [contents(a_caller("ü", name="Second"))]


def test_the_applications_client_stays_open(redis_medium: RedisMedium) -> None:
    with closing(redis_medium.client()) as client:
        with RedisStorage(client, namespace=redis_medium.namespace) as store:
            store.put(a_caller(), expected_version=0)
            assert store.redis is client
        assert client.ping()


def test_a_server_that_is_not_there_is_a_storage_error() -> None:
    with pytest.raises(StorageError, match="cannot be used: ConnectionError"):
        RedisStorage.from_url("redis://127.0.0.1:1/0", timeout=0.5)


def test_a_change_whose_reply_does_not_come_is_reported_as_unknown(redis_medium: RedisMedium) -> None:
    with closing(redis_medium.client()) as admin, closing(redis_medium.client(socket_timeout=0.2)) as client:
        store = RedisStorage(client, namespace=redis_medium.namespace, timeout=0.3)
        admin.execute_command("CLIENT", "PAUSE", "60000", "WRITE")
        try:
            with pytest.raises(StorageError, match="whether the change was made is not known"):
                store.put(a_caller(), expected_version=0)
            with pytest.raises(StorageError, match="whether the change was made is not known"):
                store.remember_refusal(DoNotAsk(subject="s"))
        finally:
            admin.execute_command("CLIENT", "UNPAUSE")


def test_a_url_that_is_none_is_refused_without_being_quoted() -> None:
    with pytest.raises(SettingsError, match="VOICE_REDIS_URL") as caught:
        RedisStorage.from_url("http://:hunter2@somewhere", timeout=0.5)
    assert "hunter2" not in str(caught.value)


def test_a_store_that_is_emptied_while_in_use_is_not_begun_anew(redis_medium: RedisMedium) -> None:
    with redis_medium.open() as store, closing(redis_medium.client()) as client:
        written = store.put(a_caller(), expected_version=0)
        client.delete(*keys_of(client, redis_medium.namespace))
        with pytest.raises(StorageError, match="emptied or replaced"):
            store.put(a_caller("caller_b"), expected_version=0)
        assert keys_of(client, redis_medium.namespace) == set()
        # Who follows the store sees that its revision fell.
        assert store.changes(written.version) == ([], 0)


def test_a_store_without_its_head_is_refused(redis_medium: RedisMedium) -> None:
    with redis_medium.open() as store, closing(redis_medium.client()) as client:
        store.put(a_caller(), expected_version=0)
        client.delete(f"{{{redis_medium.namespace}}}:meta")
        with pytest.raises(StoreFormatError, match="lost its head"):
            redis_medium.open()


def test_a_store_of_a_newer_version_is_refused(redis_medium: RedisMedium) -> None:
    with redis_medium.open(), closing(redis_medium.client()) as client:
        client.hset(f"{{{redis_medium.namespace}}}:meta", "schema", "3")
        with pytest.raises(StoreFormatError, match=r"schema 3.*update opusagent-voiceprint"):
            redis_medium.open()


def test_keys_of_something_else_under_the_namespace_are_an_error(redis_medium: RedisMedium) -> None:
    with closing(redis_medium.client()) as client:
        client.set(f"{{{redis_medium.namespace}}}:meta", "a string")
        with pytest.raises(StorageError):
            redis_medium.open()


def test_revisions_stay_exact_beyond_what_lua_prints(redis_medium: RedisMedium) -> None:
    with redis_medium.open() as store, closing(redis_medium.client()) as client:
        client.hset(f"{{{redis_medium.namespace}}}:meta", "revision", str(10**15))
        first = store.put(a_caller(), expected_version=0)
        second = store.put(a_caller(name="Second"), expected_version=first.version)
        assert (first.version, second.version) == (10**15 + 1, 10**15 + 2)
        assert store.changes(first.version) == (["caller_a"], second.version)


def test_after_a_lost_connection_the_store_goes_on(redis_medium: RedisMedium) -> None:
    with redis_medium.open() as store, closing(redis_medium.client()) as other:
        store.put(a_caller(), expected_version=0)
        other.client_kill_filter(_type="normal", skipme=True)
        other.script_flush()
        assert store.count() == 1
        store.put(a_caller("caller_b"), expected_version=0)
        assert store.count() == 2
