"""Many writers at once: threads of one handle, several handles, several processes."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable

from storage_media import Medium, a_caller

from opusagent_voiceprint.errors import VersionConflictError
from opusagent_voiceprint.models import Caller
from opusagent_voiceprint.storage import CallerStore, RecordCodec

ROUNDS = 12


def count_up(caller: Caller) -> None:
    caller.metadata["count"] = caller.metadata.get("count", 0) + 1


def count_up_many_times(store: CallerStore) -> None:
    for _ in range(ROUNDS):
        store.update("caller_a", count_up)


def count_up_in_another_process(medium: Medium, codec: RecordCodec) -> None:
    with medium.open(codec) as store:
        count_up_many_times(store)


def in_threads(*targets: Callable[[], object]) -> None:
    failures: list[BaseException] = []

    def run(target: Callable[[], object]) -> None:
        try:
            target()
        except BaseException as exc:  # noqa: BLE001 - reported by the thread that waits
            failures.append(exc)

    threads = [threading.Thread(target=run, args=(target,)) for target in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def counted(store: CallerStore) -> int:
    caller = store.get("caller_a")
    assert caller is not None
    return int(caller.metadata["count"])


def test_no_increment_of_several_threads_is_lost(medium: Medium, codec: RecordCodec) -> None:
    with medium.open(codec) as one, medium.open(codec) as other:
        one.put(a_caller(metadata={}), expected_version=0)
        in_threads(*[lambda: count_up_many_times(one)] * 3, *[lambda: count_up_many_times(other)] * 2)
        assert counted(one) == counted(other) == 5 * ROUNDS


def test_no_increment_of_several_processes_is_lost(medium: Medium, codec: RecordCodec) -> None:
    with medium.open(codec) as store:
        store.put(a_caller(metadata={}), expected_version=0)
    fork = multiprocessing.get_context("fork")
    workers = [fork.Process(target=count_up_in_another_process, args=(medium, codec)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    with medium.open(codec) as store:
        assert counted(store) == 3 * ROUNDS


def test_of_many_who_create_a_caller_at_once_one_does(medium: Medium, codec: RecordCodec) -> None:
    created: list[str] = []
    barrier = threading.Barrier(4)

    def create(name: str) -> None:
        with medium.open(codec) as store:
            barrier.wait()
            try:
                store.put(a_caller(name=name), expected_version=0)
                created.append(name)
            except VersionConflictError:
                pass

    in_threads(*[lambda name=name: create(name) for name in ("A", "B", "C", "D")])
    with medium.open(codec) as store:
        caller = store.get("caller_a")
    assert caller is not None
    assert created == [caller.name]


def test_of_many_who_ask_for_a_secret_at_once_all_get_the_same(medium: Medium, codec: RecordCodec) -> None:
    secrets: list[bytes] = []
    barrier = threading.Barrier(4)

    def ask() -> None:
        with medium.open(codec) as store:
            barrier.wait()
            secrets.append(store.secret("phone"))

    in_threads(*[ask] * 4)
    assert len(secrets) == 4
    assert len(set(secrets)) == 1


def test_a_reader_never_sees_half_a_change(medium: Medium, codec: RecordCodec) -> None:
    torn: list[tuple[object, object]] = []
    done = threading.Event()

    def write(store: CallerStore) -> None:
        def change(caller: Caller) -> None:
            count_up(caller)
            caller.languages = [str(caller.metadata["count"])]

        for _ in range(ROUNDS):
            store.update("caller_a", change)
        done.set()

    def read() -> None:
        with medium.open(codec) as store:
            while not done.is_set():
                caller = store.get("caller_a")
                assert caller is not None
                if [str(caller.metadata["count"])] != caller.languages:
                    torn.append((caller.metadata["count"], caller.languages))

    with medium.open(codec) as store:
        store.put(a_caller(metadata={"count": 0}, languages=["0"]), expected_version=0)
        in_threads(lambda: write(store), read)
    assert torn == []
