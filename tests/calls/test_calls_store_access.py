"""How calls reach their store: within bounds, past a store that hangs, and as soon as there is one."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_calls_follower import Followed, a_caller
from worlds import Clock, enroll, settings, speaks, until, world

from opusagent_hooks import HookManager
from opusagent_voiceprint.calls import records as records_module
from opusagent_voiceprint.calls.arrears import Arrears
from opusagent_voiceprint.calls.follower import GalleryFollower
from opusagent_voiceprint.calls.records import Records
from opusagent_voiceprint.calls.store_access import StoreAccess
from opusagent_voiceprint.calls.workers import DaemonPool
from opusagent_voiceprint.errors import SettingsError, StorageError, StoreFormatError
from opusagent_voiceprint.matching import Backend, Gallery
from opusagent_voiceprint.models import Caller
from opusagent_voiceprint.plugin import VoiceprintPlugin
from opusagent_voiceprint.storage import CallerStore, SQLiteStorage

CHILD = Path(__file__).parent / "hang_in_a_process.py"


class SlowStore(SQLiteStorage):
    """Reads of callers, or of everything, wait while a test says so."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.answers = threading.Event()
        self.answers.set()
        self.reads = 0

    def get(self, caller_id: str) -> Caller | None:
        self.reads += 1
        self.answers.wait(30.0)
        return super().get(caller_id)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SlowStore]:
    store = SlowStore(tmp_path / "voices.db")
    yield store
    store.answers.set()


def a_follower(access: StoreAccess, tmp_path: Path) -> GalleryFollower:
    gallery = Gallery(Backend.of_cosine("an-encoder", 16))
    return GalleryFollower(access, gallery, Arrears(None, gallery.remove), settings(tmp_path), Clock())


def test_a_store_that_never_answers_keeps_neither_close_nor_the_process_from_ending(tmp_path: Path) -> None:
    began = time.monotonic()
    child = subprocess.run(
        [sys.executable, str(CHILD), str(tmp_path)],
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)),
        capture_output=True,
        text=True,
        timeout=60.0,
        check=True,
    )
    assert child.stdout.startswith("closed"), child.stderr
    assert time.monotonic() - began < 60.0


async def test_a_store_that_hangs_is_not_waited_for_any_more_until_a_probe_is_answered(
    store: SlowStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(records_module, "_READ_TIMEOUT", 0.05)
    access = StoreAccess.of(store)
    records, follower = Records(access, patience=0.05), a_follower(access, tmp_path)
    store.answers.clear()
    for _ in range(3):
        with pytest.raises(StorageError, match="did not answer"):
            await records.get("somebody")
    asked = store.reads
    for _ in range(100):
        with pytest.raises(StorageError, match="is not asked now"):
            await records.get("somebody")
    assert store.reads == asked
    store.answers.set()
    assert follower.step()
    assert await records.get("somebody") is None
    said = [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]
    assert said == [
        "the store does not answer; calls go on without it until it does",
        "the store answers again",
    ]
    records.close()


def test_what_waits_for_a_store_that_hangs_is_bounded_and_what_was_given_up_makes_room() -> None:
    hangs = threading.Event()
    pool = DaemonPool("test", threads=2, most_waiting=3)
    before = threading.active_count()
    running = [pool.submit(lambda: hangs.wait(30.0)) for _ in range(2)]
    while not all(each.running() for each in running):
        time.sleep(0.001)
    waiting = [pool.submit(lambda: True) for _ in range(3)]
    with pytest.raises(StorageError, match="3 requests wait"):
        pool.submit(lambda: True)
    assert waiting[0].cancel()
    kept = pool.submit(lambda: True)
    assert threading.active_count() - before <= 2
    hangs.set()
    assert kept.result(20.0)
    assert waiting[1].result(20.0)
    pool.close()
    with pytest.raises(StorageError, match="closed"):
        pool.submit(lambda: True)


async def test_a_reply_is_held_for_a_slow_store_no_longer_than_allowed_and_the_next_one_greets(
    store: SlowStore, tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path, store=store, storage_timeout=0.12) as ours:
        async with ours.host.call() as call:
            await enroll(call, telephone(voice("slt", "enroll")))
        await asyncio.sleep(1.2)  # the follower has taken the caller in
        store.answers.clear()
        async with ours.host.call() as call:
            await call.play(telephone(voice("slt", "return")))
            await until(call, lambda: "decision" in call.session.metadata.get("voiceprint", {}))
            await speaks(call, "Hello?")
            assert call.replies[-1].to == "Hello?"
            assert not call.replies[-1].context
            store.answers.set()
            await until(call, lambda: bool(call.agent.context))
            await speaks(call, "It is about the lamp.")
            assert "Welcome back, Ada!" in call.replies[-1].context[0].text


def test_a_store_that_is_wrong_once_it_is_there_is_reported_once_and_tried_until_it_is_right(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    errors: list[Exception] = [
        StorageError("the server is down"),
        StorageError("the server is down"),
        StoreFormatError("it is a store of something else"),
        StoreFormatError("it is a store of something else"),
    ]

    def open_store() -> CallerStore:
        if errors:
            raise errors.pop(0)
        return SQLiteStorage(tmp_path / "voices.db")

    access = StoreAccess(open_store)
    follower = a_follower(access, tmp_path)
    assert [follower.step() for _ in range(5)] == [False, False, False, False, True]
    said = [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]
    assert len(said) == 2
    assert "not there yet" in said[0]
    assert "is not right" in said[1]
    assert "something else" in said[1]
    assert "the store is open" in caplog.text
    access.close()


def start(tmp_path: Path, **values: Any) -> None:
    VoiceprintPlugin(settings(tmp_path, **values)).on_registered(HookManager())


@pytest.mark.parametrize("content", [b"dear diary", b""])
def test_p18_a_foreign_file_still_stops_the_start(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "voices.db").write_bytes(content)
    with pytest.raises(StoreFormatError):
        start(tmp_path)


def test_p18_a_journal_that_is_none_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "voiceprint-erasures.journal").write_bytes(b"dear diary")
    with pytest.raises(StoreFormatError, match="VOICE_ERASURE_JOURNAL"):
        start(tmp_path)
    assert not (tmp_path / "voices.db").exists()


def test_a_redis_url_that_is_none_still_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="VOICE_REDIS_URL"):
        start(tmp_path, storage_backend="redis", redis_url="nonsense")


def test_p19_a_link_in_the_place_of_the_store_still_stops_the_start(tmp_path: Path) -> None:
    SQLiteStorage(tmp_path / "real.db").close()
    (tmp_path / "voices.db").symlink_to(tmp_path / "real.db")
    with pytest.raises(StorageError, match="symbolic link"):
        start(tmp_path)


class CallsWhilePurged(SQLiteStorage):
    """A store in which an expired caller calls, in another worker, just when the purge has judged them."""

    calls: Any = None

    def erase(self, caller_id: str, **options: Any) -> bool:
        if self.calls is not None:
            self.calls()
        return super().erase(caller_id, **options)


def test_p10_an_expired_caller_who_calls_while_the_purge_runs_is_not_erased(tmp_path: Path) -> None:
    clock = Clock()
    store, other = CallsWhilePurged(tmp_path / "voices.db"), SQLiteStorage(tmp_path / "voices.db")
    ada, bob = (store.put(a_caller(name, clock), expected_version=0) for name in ("Ada", "Bob"))
    clock.forward(days=366)
    for name in ("Eve", "Joe"):
        store.put(a_caller(name, clock), expected_version=0)

    def ada_calls() -> None:
        other.update(ada.caller_id, lambda caller: caller.model_copy(update={"last_seen": clock.now}))

    store.calls = ada_calls
    followed = Followed(store, clock, retention_days=365)
    followed.purge()
    assert other.get(ada.caller_id) is not None
    assert other.get(bob.caller_id) is None
    assert followed.follower.step()
    assert followed.knows(ada)
    other.close()


class BusyStore(SQLiteStorage):
    """Every read of a caller takes a while."""

    def __init__(self, path: Path, seconds: float) -> None:
        super().__init__(path)
        self.seconds = seconds

    def get(self, caller_id: str) -> Caller | None:
        time.sleep(self.seconds)
        return super().get(caller_id)


async def test_a_burst_that_a_store_works_off_does_not_have_it_taken_for_hanging(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(records_module, "_READ_TIMEOUT", 0.5)
    access = StoreAccess.of(BusyStore(tmp_path / "voices.db", 0.05))
    records = Records(access, patience=0.1)
    burst = await asyncio.gather(*(records.get("somebody") for _ in range(200)), return_exceptions=True)
    late = [each for each in burst if each is not None]
    assert len(late) > 10
    assert all("did not answer" in str(each) for each in late)
    assert not access.breaker.is_open
    assert await records.get("somebody") is None
    assert caplog.text == ""
    records.close()


async def test_a_store_that_is_slower_than_replies_may_wait_is_asked_again_and_one_that_hangs_is_not(
    tmp_path: Path, store: SlowStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records_module, "_READ_TIMEOUT", 1.0)
    slow = Records(StoreAccess.of(BusyStore(tmp_path / "other.db", 0.1)), patience=0.01)
    for _ in range(8):
        with pytest.raises(StorageError, match="did not answer"):
            await slow.read(lambda: slow._access.store.get("somebody"), within=0.01)
    await asyncio.sleep(1.2)
    assert not slow._access.breaker.is_open
    slow.close()

    access = StoreAccess.of(store)
    records = Records(access, patience=0.01)
    store.answers.clear()
    for _ in range(8):
        with pytest.raises(StorageError, match="did not answer"):
            await records.read(lambda: access.store.get("somebody"), within=0.01)
    assert not access.breaker.is_open
    await asyncio.sleep(1.2)
    assert access.breaker.is_open
    store.answers.set()
    records.close()


class OpenStore(SQLiteStorage):
    """Says when it is closed; ``secrets`` are given when a test lets them."""

    def __init__(self, path: Path, secrets: threading.Event, *, refuses: bool) -> None:
        super().__init__(path)
        self.closed = threading.Event()
        self._secrets = secrets
        self._refuses = refuses

    def secret(self, name: str) -> bytes:
        self._secrets.wait(30.0)
        if self._refuses:
            raise StorageError("the server is down")
        return super().secret(name)

    def close(self) -> None:
        super().close()
        self.closed.set()


@pytest.mark.parametrize("ends", ["before the end", "after the end"])
@pytest.mark.parametrize("refuses", [False, True])
def test_a_store_that_is_opened_when_nobody_waits_for_it_any_more_is_closed(
    tmp_path: Path, ends: str, refuses: bool
) -> None:
    secrets = threading.Event()
    stores: list[OpenStore] = []

    def open_store() -> CallerStore:
        stores.append(OpenStore(tmp_path / "voices.db", secrets, refuses=refuses))
        return stores[-1]

    access = StoreAccess(open_store)
    with pytest.raises(StorageError, match="was not opened within"):
        access.open(0.05)
    attempt = access._attempt
    assert attempt is not None
    if ends == "before the end":
        secrets.set()
        attempt.exception(20.0)
    access.close()
    secrets.set()
    attempt.exception(20.0)
    assert stores[0].closed.wait(20.0)
    with pytest.raises(StorageError):
        access.open(20.0)
    assert all(each.closed.wait(20.0) for each in stores)
