"""Changes in Redis: made once though their replies are lost, and followed though a failover lost some."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from redis_servers import LossyLine, RedisServer
from storage_media import RedisMedium, a_caller, contents

from opusagent_voiceprint.errors import StorageError, VersionConflictError
from opusagent_voiceprint.models import Caller, DoNotAsk
from opusagent_voiceprint.storage import RedisStorage, redis_journal

# Without a redis-server, these are skipped with a word, as all that need one.
pytestmark = pytest.mark.usefixtures("redis_url")


@pytest.fixture
def line(redis_url: str) -> Iterator[LossyLine]:
    with closing(LossyLine(int(redis_url.rpartition(":")[2].partition("/")[0]))) as opened:
        yield opened


@pytest.fixture
def medium(redis_url: str) -> RedisMedium:
    return RedisMedium(redis_url)


@pytest.fixture
def store(line: LossyLine, medium: RedisMedium) -> Iterator[RedisStorage]:
    """A store over the lossy line."""
    with RedisStorage.from_url(line.url, timeout=4.0, namespace=medium.namespace) as opened:
        # Once over, so that the scripts are known to the server and no reply of loading them is lost instead.
        opened.put(Caller(caller_id="somebody"), expected_version=0)
        opened.erase("somebody")
        opened.remember_refusal(DoNotAsk(subject="somebody"))
        yield opened


def the_client(medium: RedisMedium) -> Any:
    return closing(medium.client())


def test_a_write_whose_reply_is_lost_is_made_once(
    store: RedisStorage, line: LossyLine, medium: RedisMedium
) -> None:
    before = store.changes(0)[1]
    line.to_lose = 1
    written = store.put(a_caller(), expected_version=0)
    assert line.lost == 1
    assert written.version == before + 1
    assert store.changes(0)[1] == before + 1
    with medium.open() as other:
        read = other.get("caller_a")
    assert read is not None
    assert read.version == written.version


def test_an_increment_whose_reply_is_lost_counts_once_though_another_writes_in_between(
    store: RedisStorage, line: LossyLine, medium: RedisMedium, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put(a_caller(metadata={"count": 0}), expected_version=0)

    def count_up(caller: Caller) -> None:
        caller.metadata["count"] += 1

    with medium.open() as other:
        paused = time.sleep

        def write_meanwhile(seconds: float) -> None:
            monkeypatch.setattr(time, "sleep", paused)
            other.update("caller_a", count_up)

        def lose_and_count(caller: Caller) -> None:
            count_up(caller)
            line.to_lose = 1
            # The other writes while ours waits before it is sent again.
            monkeypatch.setattr(time, "sleep", write_meanwhile)

        store.update("caller_a", lose_and_count)
        read = other.get("caller_a")
    assert line.lost == 1
    assert read is not None
    assert read.metadata["count"] == 2


def test_an_erasure_whose_reply_is_lost_says_that_there_was_somebody(
    store: RedisStorage, line: LossyLine
) -> None:
    store.put(a_caller(), expected_version=0)
    line.to_lose = 1
    assert store.erase("caller_a") is True
    assert line.lost == 1
    assert store.count() == 0


def test_notes_whose_replies_are_lost_are_changed_once(store: RedisStorage, line: LossyLine) -> None:
    line.to_lose = 1
    store.remember_refusal(DoNotAsk(subject="s"))
    line.to_lose = 1
    store.forget_refusal("s")
    assert store.refusal("s") is None
    line.to_lose = 1
    secret = store.secret("new")
    assert line.lost == 3
    assert store.secret("new") == secret


def test_p7_a_no_that_is_remembered_meanwhile_is_not_forgotten_by_what_is_sent_again(
    store: RedisStorage, line: LossyLine, medium: RedisMedium, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.remember_refusal(DoNotAsk(subject="s"))
    with medium.open() as other:
        paused = time.sleep

        def remember_meanwhile(seconds: float) -> None:
            monkeypatch.setattr(time, "sleep", paused)
            other.remember_refusal(DoNotAsk(subject="s"))

        monkeypatch.setattr(time, "sleep", remember_meanwhile)
        line.to_lose = 1
        store.forget_refusal("s")
        assert line.lost == 1
        assert other.refusal("s") is not None


def test_a_read_whose_reply_is_lost_is_read_again(store: RedisStorage, line: LossyLine) -> None:
    store.put(a_caller(), expected_version=0)
    line.to_lose = 2
    read = store.get("caller_a")
    assert line.lost == 2
    assert read is not None
    assert contents(read) == contents(a_caller())


def test_a_conflict_after_a_lost_reply_is_not_known_once_tokens_may_be_forgotten(
    store: RedisStorage, line: LossyLine, medium: RedisMedium, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_journal, "TOKENS", 2)
    written = store.put(a_caller(), expected_version=0)
    with medium.open() as other:
        paused = time.sleep

        def write_much_meanwhile(seconds: float) -> None:
            monkeypatch.setattr(time, "sleep", paused)
            for number in range(4):
                other.update("caller_a", lambda caller, n=number: caller.metadata.update(n=n))

        monkeypatch.setattr(time, "sleep", write_much_meanwhile)
        line.to_lose = 1
        with pytest.raises(StorageError, match="whether the change was made is not known") as caught:
            store._write("caller_a", written.version, medium.payload("caller_a"), [])
    assert not isinstance(caught.value, VersionConflictError)


def test_a_conflict_after_a_lost_reply_is_one_if_every_change_since_is_known(
    store: RedisStorage, line: LossyLine, medium: RedisMedium
) -> None:
    written = store.put(a_caller(), expected_version=0)
    with medium.open() as other:
        other.update("caller_a", lambda caller: caller.metadata.update(n=1))
    line.to_lose = 1
    with pytest.raises(VersionConflictError):
        store._write("caller_a", written.version, "{}", [])
    assert line.lost == 1


def test_a_server_that_restarts_meanwhile_costs_no_write(tmp_path: Path) -> None:
    server = RedisServer(tmp_path, "--save", "", "--appendonly", "yes", "--appendfsync", "always")
    with server, RedisStorage.from_url(server.url, timeout=8.0) as store:
        store.put(a_caller(), expected_version=0)
        server.kill()
        server.start(wait=False)
        store.put(a_caller("caller_b"), expected_version=0)
        assert store.count() == 2


def test_who_follows_starts_over_when_others_took_the_revisions_that_were_lost(medium: RedisMedium) -> None:
    """As after a failover to a replica that had not got the last changes."""
    with medium.open() as store, the_client(medium) as client:
        store.put(a_caller(), expected_version=0)
        kept = {key: client.dump(key) for key in client.keys(f"*{medium.namespace}*")}
        store.put(a_caller("lost"), expected_version=0)
        _, revision = store.changes(0)
        assert store.changes(revision) == ([], revision)
        for key in client.keys(f"*{medium.namespace}*"):
            client.delete(key)
        for key, value in kept.items():
            client.restore(key, 0, value)
        assert store.changes(revision)[1] < revision
        with medium.open() as other:
            other.put(a_caller("new_1"), expected_version=0)
            other.put(a_caller("new_2"), expected_version=0)
        # By its number alone the revision would seem to be one that was seen.
        changed, newest = store.changes(revision)
        assert changed == []
        assert newest < revision
        assert store.changes(0) == (["caller_a", "new_1", "new_2"], revision + 1)
        assert store.changes(revision + 1) == ([], revision + 1)


def test_who_slept_too_long_to_tell_starts_over(medium: RedisMedium, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_journal, "TOKENS", 2)
    with medium.open() as store:
        _, revision = store.changes(0)
        store.put(a_caller(), expected_version=0)
        changed, revision = store.changes(revision)
        assert changed == ["caller_a"]
        for _ in range(3):
            store.update("caller_a", lambda caller: caller.metadata.update(n=caller.version))
        assert store.changes(revision)[1] < revision
        assert store.changes(0) == (["caller_a"], revision + 3)


def test_changes_come_whole_and_in_order_though_they_are_read_in_parts(
    medium: RedisMedium, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_journal, "_CHANGES_AT_ONCE", 3)
    with medium.open() as store:
        for number in range(10):
            store.put(Caller(caller_id=f"caller_{number}"), expected_version=0)
        store.erase("caller_4")
        expected = [f"caller_{number}" for number in range(10) if number != 4] + ["caller_4"]
        assert store.changes(0) == (expected, 11)
        assert store.changes(9) == (["caller_9", "caller_4"], 11)


def test_a_store_in_whose_place_another_was_made_is_not_written_to(medium: RedisMedium) -> None:
    with medium.open() as store, the_client(medium) as client:
        written = store.put(a_caller(), expected_version=0)
        client.delete(*client.keys(f"*{medium.namespace}*"))
        with medium.open() as new:
            for change in (
                lambda: store.put(a_caller("caller_b"), expected_version=0),
                lambda: store.erase("caller_a"),
                lambda: store.remember_refusal(DoNotAsk(subject="s")),
            ):
                with pytest.raises(StorageError, match="emptied or replaced"):
                    change()
            assert new.changes(0) == ([], 0)
            assert new.refusal("s") is None
            assert store.changes(written.version)[1] < written.version


def test_a_full_server_refuses_writes_and_lets_people_be_erased(tmp_path: Path) -> None:
    with RedisServer(tmp_path, "--save", "", "--maxmemory-policy", "noeviction") as server:
        with RedisStorage.from_url(server.url, timeout=2.0) as store, server.client() as client:
            before = store.put(a_caller(), expected_version=0)
            store.put(a_caller("caller_b"), expected_version=0)
            client.config_set("maxmemory", "1")
            with pytest.raises(StorageError, match="OutOfMemoryError") as caught:
                store.put(before.model_copy(update={"name": "New"}), expected_version=before.version)
            assert "not known" not in str(caught.value)
            with pytest.raises(StorageError, match="OutOfMemoryError"):
                store.remember_refusal(DoNotAsk(subject="s"))
            assert contents(store.get("caller_a")) == contents(a_caller())  # type: ignore[arg-type]
            assert store.changes(0)[1] == 2
            assert store._damaged() == []
            assert store.erase("caller_a")
            assert store.get("caller_a") is None
            client.config_set("maxmemory", "0")
            assert [caller.caller_id for caller in store.all()] == ["caller_b"]
            assert store._damaged() == []
