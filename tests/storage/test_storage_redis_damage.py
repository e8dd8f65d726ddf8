"""Damage in a Redis store is found, named and put aside; one of the first schema is brought up to date."""

from __future__ import annotations

import json
import random
from contextlib import closing
from typing import Any

import pytest
from storage_media import RedisMedium, a_caller, contents

from opusagent_voiceprint.errors import StorageError, StoreFormatError
from opusagent_voiceprint.models import DoNotAsk
from opusagent_voiceprint.storage import RecordCodec, redis_migration


@pytest.fixture
def medium(redis_url: str) -> RedisMedium:
    return RedisMedium(redis_url)


def key(medium: RedisMedium, part: str) -> str:
    return f"{{{medium.namespace}}}:{part}"


def flip(value: bytes, bit: int) -> bytes:
    changed = bytearray(value)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def in_redis(client: Any, name: str) -> bytes:
    value: bytes = client.hget(name, "caller_a")
    return value


def test_every_flipped_bit_of_a_plain_record_is_found_and_named(medium: RedisMedium) -> None:
    chance = random.Random(20250301)
    with medium.open() as store, closing(medium.client()) as client:
        store.put(a_caller(), expected_version=0)
        store.put(a_caller("caller_b"), expected_version=0)
        callers = key(medium, "callers")
        whole = in_redis(client, callers)
        # Every bit of the head, and some of what follows.
        for bit in [*range(60 * 8), *chance.sample(range(60 * 8, len(whole) * 8), 300)]:
            client.hset(callers, "caller_a", flip(whole, bit))
            with pytest.raises(StoreFormatError, match=r"'caller_a'.* is damaged"):
                store.get("caller_a")
            assert [one.caller_id for one in store.get_many(["caller_a", "caller_b"])] == ["caller_b"]
        assert [(one.record_id, one.kind) for one in store._damaged()] == [("caller_a", "caller")]
        client.hset(callers, "caller_a", whole)
        assert store._damaged() == []


def test_a_damaged_record_is_not_written_over_but_put_aside_or_erased(medium: RedisMedium) -> None:
    with medium.open() as store, closing(medium.client()) as client:
        before = store.put(a_caller(), expected_version=0)
        store.put(a_caller("b:caller_a"), expected_version=0)
        damaged = flip(in_redis(client, key(medium, "callers")), 500 * 8)
        client.hset(key(medium, "callers"), "caller_a", damaged)
        with pytest.raises(StoreFormatError, match=r"'caller_a'.* is damaged"):
            store.put(before, expected_version=before.version)
        with pytest.raises(StoreFormatError, match="was left as it is"):
            store._write("caller_a", before.version, "{}", [])
        assert in_redis(client, key(medium, "callers")) == damaged

        _, revision = store.changes(0)
        assert store._quarantine("caller_a")
        assert store.get("caller_a") is None
        assert store.changes(revision) == (["caller_a"], revision + 1)
        # Neither the links of the damaged one are left, nor those of the other taken.
        assert client.zcard(key(medium, "phones")) == 1
        assert store.ids_by_phone("link-of-b:caller_a") == ["b:caller_a"]
        assert store._damaged() == []
        kept = json.loads(store._note("quarantine", "caller_a") or "")
        assert kept == [{"value": damaged.decode("utf-8", "surrogateescape")}]
        assert not store._quarantine("caller_a")

        # An erasure takes what was put aside along.
        assert store.erase("caller_a")
        assert store._note("quarantine", "caller_a") is None
        assert not store.erase("caller_a")


def test_a_damaged_record_can_be_erased_with_its_links(medium: RedisMedium) -> None:
    with medium.open() as store, closing(medium.client()) as client:
        store.put(a_caller(phone_links=["one", "two-ü"]), expected_version=0)
        client.hset(key(medium, "callers"), "caller_a", b"\xff" * 100)
        assert store.erase("caller_a")
        assert client.zcard(key(medium, "phones")) == 0
        assert store.get("caller_a") is None
        assert store._damaged() == []


def test_links_and_changes_that_do_not_agree_with_a_record_are_found_and_mended(medium: RedisMedium) -> None:
    with medium.open() as store, closing(medium.client()) as client:
        for caller_id in ("no_link", "no_change", "stray"):
            store.put(a_caller(caller_id), expected_version=0)
        client.zrem(key(medium, "phones"), "15:link-of-no_link:no_link")
        client.zrem(key(medium, "changes"), "no_change")
        client.zadd(key(medium, "phones"), {"5:other:stray": 0, "4:gone:nobody": 0, "nonsense": 0})
        found = store._damaged()
        assert sorted(str(one.record_id) for one in found) == [
            "None", "no_change", "no_link", "nobody", "stray",
        ]  # fmt: skip
        for one in found:
            if one.record_id is not None:
                assert not store._quarantine(one.record_id)
        assert [one.record_id for one in store._damaged()] == [None]
        assert store.ids_by_phone("link-of-no_link") == ["no_link"]
        assert store.ids_by_phone("other") == []
        assert store.count() == 3
        assert "no_change" in store.changes(0)[0]


def test_a_damaged_note_is_found_and_not_used(medium: RedisMedium) -> None:
    with medium.open() as store, closing(medium.client()) as client:
        store.secret("phone")
        store.remember_refusal(DoNotAsk(subject="s"))
        notes = key(medium, "notes:secret")
        whole = client.hget(notes, "phone")
        client.hset(notes, "phone", flip(whole, 60 * 8))
        with pytest.raises(StoreFormatError, match=r"secret record 'phone'.* is damaged"):
            store.secret("phone")
        assert [(one.kind, one.record_id) for one in store._damaged()] == [("secret", "phone")]
        assert store._quarantine("phone", "secret")
        assert store._damaged() == []
        assert store.refusal("s") == DoNotAsk(subject="s")


def test_a_head_that_is_older_than_its_records_is_not_written_to(medium: RedisMedium) -> None:
    with medium.open() as store, closing(medium.client()) as client:
        store.put(a_caller(), expected_version=0)
        store.put(a_caller("caller_b"), expected_version=0)
        client.hset(key(medium, "meta"), "revision", "1")
        with pytest.raises(StoreFormatError, match="older than its records"):
            store.put(a_caller("caller_c"), expected_version=0)
        assert store.count() == 2


def a_store_of_schema_1(medium: RedisMedium, callers: int, key_id: str = "") -> dict[str, str]:
    """As the first version wrote it; returns the callers' contents."""
    codec = RecordCodec()
    written = {}
    with closing(medium.client()) as client:
        revision = 0
        for number in range(callers):
            revision += 1
            caller = a_caller(f"caller_{number}:ü", metadata={"note": '2:{"\n'})
            payload = codec.encode(caller, kind="caller", record_id=caller.caller_id)
            link = caller.phone_links[0]
            entry = f"{len(link)}:{link}:{caller.caller_id}"
            client.hset(key(medium, "callers"), caller.caller_id, f"{revision}:{payload}")
            client.hset(key(medium, "links"), caller.caller_id, json.dumps([entry]))
            client.zadd(key(medium, "phones"), {entry: 0})
            client.zadd(key(medium, "changes"), {caller.caller_id: revision})
            written[caller.caller_id] = contents(caller)
        client.zadd(key(medium, "changes"), {"erased": revision + 1})
        client.hset(
            key(medium, "meta"), mapping={"schema": 1, "key_id": key_id, "revision": str(revision + 1)}
        )
        refusal = DoNotAsk(subject="s")
        client.hset(key(medium, "notes:refusal"), "s", codec.encode(refusal, kind="refusal", record_id="s"))
        client.hset(key(medium, "notes:secret"), "phone", json.dumps({"value": "ab" * 32}))
    return written


def test_a_store_of_the_first_schema_is_brought_up_to_date(medium: RedisMedium) -> None:
    written = a_store_of_schema_1(medium, 150)
    with medium.open() as store, closing(medium.client()) as client:
        assert {caller.caller_id: contents(caller) for caller in store.all()} == written
        assert store._damaged() == []
        assert store.refusal("s") == DoNotAsk(subject="s")
        assert store.secret("phone") == b"\xab" * 32
        changed, revision = store.changes(0)
        assert (changed[-1], revision) == ("erased", 151)
        assert store.ids_by_phone("link-of-caller_7:ü") == ["caller_7:ü"]
        assert not client.exists(key(medium, "links"))
        # What the first version's scripts look at is gone, so that they refuse to write.
        assert client.hget(key(medium, "meta"), "key_id") is None
        assert store.erase("caller_7:ü")
        assert store.ids_by_phone("link-of-caller_7:ü") == []


def test_bringing_up_to_date_goes_on_where_it_was_cut_short(
    medium: RedisMedium, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = a_store_of_schema_1(medium, 20)
    monkeypatch.setattr(redis_migration, "_RECORDS_AT_ONCE", 3)
    really = redis_migration.RedisCalls.read
    steps = 0

    class Killed(BaseException):
        pass

    def read(self: Any, call: Any, *args: Any, **options: Any) -> Any:
        nonlocal left, steps
        if left == 0:
            raise Killed
        left -= 1
        steps += 1
        return really(self, call, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(redis_migration.RedisCalls, "read", read)
        for allowed in range(2, 40):
            left = allowed
            try:
                medium.open().close()
                break
            except Killed:
                continue
    assert steps > 100
    with medium.open() as store, closing(medium.client()) as client:
        assert client.hget(key(medium, "meta"), "migrating") is None
        assert {caller.caller_id: contents(caller) for caller in store.all()} == written
        assert store.refusal("s") == DoNotAsk(subject="s")
        assert store._damaged() == []


def test_an_encrypted_store_of_the_first_schema_is_refused_and_left_alone(medium: RedisMedium) -> None:
    a_store_of_schema_1(medium, 2, key_id="0123456789abcdef")
    before = medium.everything()
    with pytest.raises(StorageError, match="development version"):
        medium.open()
    assert medium.everything() == before
