"""Writes that come through after callers were told that they failed: nothing of them stays."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
import time
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from test_calls_follower import Followed, a_caller
from worlds import REQUEST, Clock, agent_says, speaks, until, world

from opusagent_hooks.testing import SimulatedCall
from opusagent_voiceprint.calls import records as records_module
from opusagent_voiceprint.calls.arrears import Arrears
from opusagent_voiceprint.calls.late_changes import LateChanges
from opusagent_voiceprint.calls.records import Records
from opusagent_voiceprint.calls.renewal import renewed_caller, without_consent
from opusagent_voiceprint.calls.store_access import StoreAccess
from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.models import Caller, Memory, Purpose
from opusagent_voiceprint.storage import SQLiteStorage
from opusagent_voiceprint.storage.erasure_journal import ErasureJournal


class LateStore(SQLiteStorage):
    """Writes come through when a test lets them, or their answers are lost, or neither erases nor writes."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.may_write = threading.Event()
        self.may_write.set()
        self.begun: list[str] = []
        self.loses_answers = False
        self.refuses = False

    def _write(self, caller_id: str, *record: Any) -> int:
        self.begun.append(caller_id)
        self.may_write.wait(30.0)
        if self.refuses:
            raise StorageError("the disk is full")
        version = super()._write(caller_id, *record)
        if self.loses_answers:
            raise StorageError("the server did not answer")
        return version

    def _remove(self, *record: Any) -> bool:
        if self.refuses:
            raise StorageError("the disk is full")
        return super()._remove(*record)


@pytest.fixture
def store(tmp_path: Path) -> LateStore:
    return LateStore(tmp_path / "voices.db")


@pytest.fixture
def short_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records_module, "_WRITE_TIMEOUT", 0.3)


async def agrees_and_gives_a_name(call: SimulatedCall, samples: Any) -> None:
    await speaks(call, REQUEST, samples)
    await agent_says(call, "voiceprint")
    await speaks(call, "Yes, please.")
    await agent_says(call, "name")
    await speaks(call, "My name is Ada.")


async def begun(store: LateStore, writes: int = 1) -> None:
    deadline = time.monotonic() + 20.0
    while len(store.begun) < writes:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.005)


def journalled(folder: Path) -> bytes:
    path = folder / "voiceprint-erasures.journal"
    return path.read_bytes() if path.exists() else b""


async def test_p3_an_enrollment_that_comes_through_late_is_erased_after_the_call(
    tmp_path: Path, store: LateStore, short_deadline: None, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path, store=store) as ours:
        async with ours.host.call() as call:
            store.may_write.clear()
            await agrees_and_gives_a_name(call, telephone(voice("slt", "enroll")))
            await agent_says(call, "did not work")
        (caller_id,) = store.begun
        await until(call, lambda: caller_id.encode() in journalled(tmp_path))
        store.may_write.set()
        await until(call, lambda: not journalled(tmp_path))
        assert store.changes(0)[0] == [caller_id]  # it was there, and is there no more
        assert ours.callers == []


async def test_p3_an_enrollment_that_comes_through_while_the_plugin_closes_is_erased_before_it_is_closed(
    tmp_path: Path, store: LateStore, short_deadline: None, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path, store=store) as ours:
        async with ours.host.call() as call:
            store.may_write.clear()
            await agrees_and_gives_a_name(call, telephone(voice("slt", "enroll")))
            await agent_says(call, "did not work")
        (caller_id,) = store.begun
        threading.Timer(1.5, store.may_write.set).start()
    with SQLiteStorage(tmp_path / "voices.db") as after:
        assert after.changes(0)[0] == [caller_id]
        assert after.count() == 0
    assert not journalled(tmp_path)


async def test_p3_an_enrollment_that_comes_through_after_the_plugin_closed_is_erased_by_the_next_start(
    tmp_path: Path,
    store: LateStore,
    short_deadline: None,
    monkeypatch: pytest.MonkeyPatch,
    voice: Any,
    telephone: Any,
) -> None:
    monkeypatch.setattr(records_module, "_CLOSE_SECONDS", 0.2)
    async with world(tmp_path, store=store) as ours:
        async with ours.host.call() as call:
            store.may_write.clear()
            await agrees_and_gives_a_name(call, telephone(voice("slt", "enroll")))
            await agent_says(call, "did not work")
        (caller_id,) = store.begun
    store.may_write.set()
    with SQLiteStorage(tmp_path / "voices.db") as other:
        deadline = time.monotonic() + 20.0
        while other.get(caller_id) is None:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.01)
    async with world(tmp_path) as ours:
        assert ours.callers == []
    assert not journalled(tmp_path)


async def test_p3_an_enrollment_of_somebody_who_hangs_up_while_it_is_stored_is_erased(
    tmp_path: Path, store: LateStore, voice: Any, telephone: Any
) -> None:
    unhandled: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context))
    async with world(tmp_path, store=store) as ours:
        async with ours.host.call() as call:
            store.may_write.clear()
            await agrees_and_gives_a_name(call, telephone(voice("slt", "enroll")))
            await begun(store)
        assert not any("I will know your voice" in turn.text for turn in call.turns)
        store.may_write.set()
        await until(call, lambda: not journalled(tmp_path) and store.changes(0)[0] == store.begun)
        await until(call, lambda: ours.callers == [])
    gc.collect()
    assert unhandled == []


async def test_p3_an_enrollment_whose_answer_was_lost_is_erased(
    tmp_path: Path, store: LateStore, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path, store=store) as ours, ours.host.call() as call:
        store.loses_answers = True
        await agrees_and_gives_a_name(call, telephone(voice("slt", "enroll")))
        await agent_says(call, "did not work")
        await until(call, lambda: ours.callers == [])
        assert store.begun


def test_p3_what_is_still_being_written_stays_overdue_whatever_another_process_says(
    tmp_path: Path, store: LateStore
) -> None:
    journal = ErasureJournal(tmp_path / "erasures", store="a store")
    arrears, write = Arrears(journal, lambda _: None), Future[Caller]()
    caller = a_caller("Ada", Clock())
    arrears.landing(caller.caller_id, write)
    arrears.settle(store, None)
    assert journal.pending() == [caller.caller_id]
    journal.remove([caller.caller_id])  # another process found nobody
    arrears.erased(caller.caller_id)  # nor did this one
    arrears.settle(store, None)
    assert arrears.is_overdue(caller.caller_id)
    assert journal.pending() == [caller.caller_id]
    write.set_result(store.put(caller, expected_version=0))
    store.refuses = True
    arrears.settle(store, None)
    assert arrears.is_overdue(caller.caller_id)
    store.refuses = False
    arrears.settle(store, None)
    assert not arrears.is_overdue(caller.caller_id)
    assert store.count() == 0
    assert journal.pending() == []


@pytest.mark.parametrize("fails", ["comes through late", "answer lost"])
async def test_p6_a_consent_to_memory_that_was_said_to_have_failed_is_taken_back(
    fails: str, tmp_path: Path, store: LateStore, short_deadline: None, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path, store=store) as ours:
        async with ours.host.call() as call:
            await agrees_and_gives_a_name(call, telephone(voice("slt", "enroll")))
            await agent_says(call, "notes")
            begun = len(store.begun)
            store.loses_answers = fails == "answer lost"
            if fails == "comes through late":
                store.may_write.clear()
            await speaks(call, "Yes, please.")
            await until(call, lambda: len(store.begun) > begun)
            shared = ours.service._shared
            assert shared is not None
            await until(call, lambda: bool(shared.arrears.changes.callers()))
            assert not any("I will keep notes" in turn.text for turn in call.turns)
            store.loses_answers = False
            store.may_write.set()
            await until(call, lambda: not shared.arrears.changes.callers())
        (caller,) = ours.callers
        assert caller.name == "Ada"
        assert caller.consent(Purpose.VOICEPRINT) is not None
        assert caller.consent(Purpose.MEMORY) is None
        assert not caller.memory
        assert shared.follower.live(caller)


def test_a_change_that_cannot_be_taken_back_is_tried_until_it_is_and_its_caller_is_nobody_meanwhile(
    store: LateStore, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    before = store.put(a_caller("Ada", clock), expected_version=0)
    again = a_caller("Ada", clock).consents[0]
    store.update(before.caller_id, lambda caller: renewed_caller(caller, "Eve", again))
    followed, write = Followed(store, clock), Future[None]()
    changes = followed.arrears.changes
    changes.note(before.caller_id, write, lambda caller: without_consent(caller, again, [before]))
    assert followed.follower.step()
    assert changes.callers() == [before.caller_id]
    assert not followed.knows(before)
    write.set_result(None)
    store.refuses = True
    for _ in range(3):
        assert followed.follower.step()
    assert changes.callers() == [before.caller_id]
    said = [each for each in caplog.records if "cannot be taken back yet" in each.getMessage()]
    assert len(said) == 1
    followed.follower.finish()
    (line,) = [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]
    assert before.caller_id in line
    assert "by hand" in line
    store.refuses = False
    assert followed.follower.step()
    assert changes.callers() == []
    after = store.get(before.caller_id)
    assert after is not None
    assert (after.name, after.consents) == (before.name, before.consents)
    assert followed.knows(before)


class CountedId(str):
    """Counts what it is compared with."""

    __slots__ = ()
    compared = 0
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        CountedId.compared += 1
        return str.__eq__(self, other)


def test_whether_a_late_change_concerns_a_caller_takes_no_longer_where_there_are_many() -> None:
    changes, write = LateChanges(), Future[None]()
    for each in range(1000):
        changes.note(f"caller_{each}", write, lambda caller: caller)
    asked = CountedId("caller_999")
    assert changes.concerns(asked)
    assert 1 <= CountedId.compared < 10


def test_whom_a_late_change_concerns_can_be_asked_while_others_are_settled(store: LateStore) -> None:
    clock, changes = Clock(), LateChanges()
    ids = [store.put(a_caller(f"caller {each}", clock), expected_version=0).caller_id for each in range(30)]
    write = Future[None]()
    for caller_id in (*ids, *ids):
        changes.note(caller_id, write, lambda caller: caller)
    asked: list[bool] = []

    def take_back(caller: Caller) -> Caller:
        asked.extend(changes.concerns(each) for each in ids)
        return caller

    changes.note(ids[0], write, take_back)
    write.set_result(None)
    changes.settle(store)
    assert asked == [True] + [False] * 29  # all but the one that is being taken back
    assert changes.callers() == []
    assert not any(changes.concerns(each) for each in ids)


def test_p11_a_renewal_that_is_taken_back_leaves_the_caller_as_before() -> None:
    clock = Clock()
    caller = a_caller("Ada", clock)
    memory_consent = caller.consents[0].model_copy(update={"purpose": Purpose.MEMORY, "consent_id": "memory"})
    caller = caller.model_copy(
        update={
            "consents": [*caller.consents, memory_consent],
            "memory": Memory.model_validate({"facts": []}),
        }
    )
    clock.forward(days=1)
    again = a_caller("Ada", clock, policy_version="2").consents[0]
    renewed = renewed_caller(caller, "Eve", again)
    assert renewed.consent(Purpose.MEMORY) is None
    back = without_consent(renewed, again, [caller])
    assert back.model_copy(update={"last_seen": caller.last_seen}) == caller
    assert without_consent(caller, again, [caller]) is caller


async def test_a_wait_that_is_cancelled_leaves_nothing_half_done_and_nothing_to_the_loop_s_log(
    store: LateStore,
) -> None:
    unhandled: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context))
    records, arrears = Records(StoreAccess.of(store), patience=1.0), Arrears(None, lambda _: None)
    store.may_write.clear()
    caller = a_caller("Ada", Clock())
    adding = asyncio.create_task(
        records.add(caller, unsure=lambda write: arrears.landing(caller.caller_id, write))
    )
    await begun(store)
    adding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await adding
    assert arrears.overdue() == [caller.caller_id]
    store.loses_answers = True  # whose error nobody waits for either
    store.may_write.set()
    deadline = time.monotonic() + 20.0
    while arrears.overdue():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)
        arrears.settle(store, None)
    assert store.count() == 0
    del adding
    gc.collect()
    await asyncio.sleep(0.01)
    assert unhandled == []
    records.close()


def test_a_loop_that_ends_before_a_write_does_is_not_missed(
    store: LateStore, caplog: pytest.LogCaptureFixture
) -> None:
    records = Records(StoreAccess.of(store), patience=1.0)
    landing: list[Future[Any]] = []

    async def call() -> None:
        adding = asyncio.create_task(records.add(a_caller("Ada", Clock()), unsure=landing.append))
        await begun(store)
        adding.cancel()

    store.may_write.clear()
    asyncio.run(call())
    store.may_write.set()
    (write,) = landing
    write.result(20.0)
    records.close()
    assert [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR] == []


async def test_what_waits_when_the_store_is_closed_fails_and_is_not_taken_for_cancelled(
    store: LateStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records_module, "_CLOSE_SECONDS", 0.1)
    records = Records(StoreAccess.of(store), patience=1.0)
    store.may_write.clear()
    landing: list[Future[Any]] = []
    clock = Clock()
    adding = [
        asyncio.create_task(records.add(a_caller(f"caller {each}", clock), unsure=landing.append))
        for each in range(records_module._THREADS + 1)
    ]
    await begun(store, records_module._THREADS)
    records.drain()
    with pytest.raises(StorageError, match="closed"):
        await adding[-1]
    assert landing == []  # it was never begun
    store.may_write.set()
    stored = await asyncio.gather(*adding[:-1])
    assert {each.caller_id for each in store.all()} == {each.caller_id for each in stored}
    records.close()
