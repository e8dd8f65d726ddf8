"""Redis servers and their clients that are killed, and two workers who follow one store."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from redis_servers import RedisServer
from storage_media import a_caller

from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.models import Caller
from opusagent_voiceprint.storage import RedisStorage

# Without a redis-server, these are skipped with a word, as all that need one.
pytestmark = pytest.mark.usefixtures("redis_url")

DURABLE = ("--save", "", "--appendonly", "yes", "--appendfsync", "always")
ROUNDS = 8


def count_and_erase(url: str, pipe: int, first: int) -> None:
    """Enroll and erase callers for ever, and say of each step that it was done."""
    with RedisStorage.from_url(url, timeout=10.0) as store:
        for step in range(first, first + 100_000):
            store.put(a_caller(f"caller_{step}"), expected_version=0)
            os.write(pipe, b"enrolled %d\n" % step)
            store.update("counter", lambda caller, step=step: caller.metadata.update(step=step))
            os.write(pipe, b"counted %d\n" % step)
            if step % 2:
                store.erase(f"caller_{step}")
                os.write(pipe, b"erased %d\n" % step)


def start(url: str, first: int) -> tuple[int, int]:
    reader, writer = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            os.close(reader)
            count_and_erase(url, writer, first)
        finally:
            os._exit(1)
    os.close(writer)
    return process, reader


def test_p9_whatever_is_killed_nothing_acknowledged_is_lost_and_nobody_comes_back(tmp_path: Path) -> None:
    chance = random.Random(20250301)
    enrolled: set[int] = set()
    erased: set[int] = set()
    counted = 0
    server = RedisServer(tmp_path, *DURABLE)
    with server:
        with RedisStorage.from_url(server.url, timeout=10.0) as store:
            store.put(Caller(caller_id="counter", metadata={"step": 0}), expected_version=0)
        first = 1
        for turn in range(ROUNDS):
            process, reader = start(server.url, first)
            with os.fdopen(reader, "rb") as pipe:
                told = pipe.readline()  # it has begun
                time.sleep(chance.uniform(0, 0.03))
                if turn % 2:
                    server.kill()
                    server.start()
                    # It goes on with the same server.
                    told += b"".join(pipe.readline() for _ in range(8))
                os.kill(process, signal.SIGKILL)
                told += pipe.read()
            _, status = os.waitpid(process, 0)
            assert os.WTERMSIG(status) == signal.SIGKILL
            for what, step in (line.split() for line in told.splitlines(keepends=True) if line[-1:] == b"\n"):
                if what == b"counted":
                    counted = int(step)
                (erased if what == b"erased" else enrolled).add(int(step))
            with RedisStorage.from_url(server.url, timeout=10.0) as store:
                there = {int(one.caller_id[7:]) for one in store.all() if one.caller_id != "counter"}
                counter = store.get("counter")
                assert counter is not None
                first = max(enrolled | there) + 1
                # The change that was cut short may have been made or not.
                assert counted <= counter.metadata["step"] < first
                if counted == max(enrolled) and counted % 2 and counted not in there:
                    erased.add(counted)
                assert enrolled - erased <= there
                enrolled |= there
                assert there & erased == set()
                assert store._damaged() == []
    assert len(enrolled) > ROUNDS
    assert len(erased) > ROUNDS // 2


def test_a_server_that_stays_away_is_an_error_within_the_time_and_recovers(tmp_path: Path) -> None:
    server = RedisServer(tmp_path, *DURABLE)
    with server, RedisStorage.from_url(server.url, timeout=1.0) as store:
        store.put(a_caller(), expected_version=0)
        server.kill()
        began = time.monotonic()
        with pytest.raises(StorageError, match="not known"):
            store._write("caller_b", 0, "{}", [])
        with pytest.raises(StorageError, match="ConnectionError"):
            store.put(a_caller("caller_b"), expected_version=0)
        with pytest.raises(StorageError, match="ConnectionError"):
            store.get("caller_a")
        assert time.monotonic() - began < 7
        server.start()
        assert store.get("caller_a") is not None
        store.put(a_caller("caller_b"), expected_version=0)


WORKER = """
import sys, threading, time
import numpy as np
from opusagent_voiceprint.calls.arrears import Arrears
from opusagent_voiceprint.calls.follower import GalleryFollower
from opusagent_voiceprint.calls.store_access import StoreAccess
from opusagent_voiceprint.matching import Backend, Gallery, Probe
from opusagent_voiceprint.models import Voiceprint, utc_now
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage import RedisStorage

store = RedisStorage.from_url(sys.argv[1], timeout=4.0)
gallery = Gallery(Backend.of_cosine("an-encoder", 256))
follower = GalleryFollower(
    StoreAccess.of(store), gallery, Arrears(None, gallery.remove), VoiceFingerprintConfig(), utc_now
)
threading.Thread(target=follower.run, args=(lambda: None,), daemon=True).start()

def voice(caller_id):
    vector = np.random.default_rng(list(caller_id.encode())).normal(size=256)
    return (vector / np.linalg.norm(vector)).astype(np.float32)

print("ready", flush=True)
for line in sys.stdin:
    what, caller_id = line.split()
    if what == "enroll":
        store.save(Voiceprint(caller_id=caller_id, embedding=voice(caller_id), encoder="an-encoder"))
    elif what == "erase":
        store.erase(caller_id)
    else:
        until = time.monotonic() + 10
        while time.monotonic() < until:
            near = gallery.search(Probe(voice(caller_id), None, "narrow", 40.0), 1)
            if bool(near and near[0][0] == caller_id) == (what == "hears"):
                break
            time.sleep(0.005)
    print(time.monotonic(), flush=True)
"""


class Worker:
    def __init__(self, url: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORKER, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, *words: str) -> None:
        assert self.process.stdin is not None
        print(*words, file=self.process.stdin, flush=True)

    def answer(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def __call__(self, *words: str) -> float:
        self.ask(*words)
        return float(self.answer())


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[list[Worker]]:
    with RedisServer(tmp_path, *DURABLE) as server:
        started = [Worker(server.url) for _ in range(2)]
        try:
            assert [worker.answer() for worker in started] == ["ready", "ready"]
            yield started
        finally:
            for worker in started:
                worker.process.kill()
                worker.process.communicate()


def test_p9_who_is_enrolled_in_one_worker_is_known_to_the_other_and_forgotten_by_both(
    workers: list[Worker],
) -> None:
    one, other = workers
    delays = []
    for number in range(4):
        caller_id = f"caller_{number}"
        enrolled = one("enroll", caller_id)
        delays.append(other("hears", caller_id) - enrolled)
        one("hears", caller_id)
        erased = other("erase", caller_id)
        delays += [worker("hears_nobody", caller_id) - erased for worker in workers]
        one, other = other, one
    # The follower looks every half second. How long it takes on a busy machine is measured in benchmarks/.
    assert float(np.median(delays)) < 1.0
    assert max(delays) < 5.0
