"""What is left of a store whose writer is killed, or whose disk is full."""

from __future__ import annotations

import errno
import os
import random
import resource
import signal
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from storage_media import (
    FileMedium,
    JSONMedium,
    Medium,
    SQLiteMedium,
    a_caller,
    a_consent,
    a_voiceprint,
    contents,
)

from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.models import Caller, Purpose
from opusagent_voiceprint.storage import CallerStore, RecordCodec

KILLS = 15
STEPS_OF_A_WRITER = 5000


def take_step(store: CallerStore, step: int) -> None:
    """The same for the same step: enrolls, changes or erases one of four callers, and counts in another."""
    caller_id = f"caller_{step % 4}"
    if step % 7 == 6:
        store.erase(caller_id)
    elif store.get(caller_id) is None:
        store.put(enrolled(caller_id, step), expected_version=0)
    else:
        store.update(caller_id, lambda caller: rewrite(caller, step))
    # Every step leaves a trace, whatever it did.
    if store.get("counter") is None:
        store.put(Caller(caller_id="counter", metadata={"step": step}), expected_version=0)
    else:
        store.update("counter", lambda caller: caller.metadata.update(step=step))


def enrolled(caller_id: str, step: int) -> Caller:
    voiceprint = a_voiceprint(caller_id, step % 5, voiceprint_id=f"vp_{step}")
    return Caller(
        caller_id=caller_id,
        metadata={"step": step},
        voiceprints=[voiceprint],
        consents=[a_consent(Purpose.VOICEPRINT)],
        phone_links=[f"link_{step % 3}"],
    )


def rewrite(caller: Caller, step: int) -> Caller:
    fresh = enrolled(caller.caller_id, step)
    return fresh.model_copy(update={"version": caller.version})


def expected_steps(upto: int) -> dict[str, int]:
    """Which step each caller was last written in, after all steps up to this one."""
    state: dict[str, int] = {}
    for step in range(upto + 1):
        caller_id = f"caller_{step % 4}"
        if step % 7 == 6:
            state.pop(caller_id, None)
        else:
            state[caller_id] = step
    return state


def found_steps(store: CallerStore) -> dict[str, int]:
    return {
        caller.caller_id: caller.metadata["step"] for caller in store.all() if caller.caller_id != "counter"
    }


def start_writer(medium: Medium, codec: RecordCodec, first: int) -> tuple[int, int]:
    """A process that takes steps and acknowledges each through a pipe: (its id, the pipe's end)."""
    reader, writer = os.pipe()
    process = os.fork()
    if process == 0:
        status = 1
        try:
            os.close(reader)
            with medium.open(codec) as store:
                for step in range(first, first + STEPS_OF_A_WRITER):
                    take_step(store, step)
                    os.write(writer, b"%d\n" % step)
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    return process, reader


@pytest.mark.parametrize("is_encrypted", [False, True], ids=["plain", "encrypted"])
def test_p3_no_acknowledged_write_is_lost_when_the_writer_is_killed(
    file_medium: FileMedium, encrypted: RecordCodec, is_encrypted: bool
) -> None:
    codec = encrypted if is_encrypted else RecordCodec()
    chance = random.Random(20250301)
    last = -1
    killed_while_writing = 0
    for kill in range(KILLS):
        process, pipe = start_writer(file_medium, codec, last + 1)
        acknowledged = b""
        if kill % 3:  # else it may be killed before it has begun, or while it opens the store
            acknowledged = os.read(pipe, 64)
        time.sleep(chance.uniform(0, 0.02))
        os.kill(process, signal.SIGKILL)
        with os.fdopen(pipe, "rb") as rest:
            acknowledged += rest.read()
        _, status = os.waitpid(process, 0)
        assert os.WTERMSIG(status) == signal.SIGKILL

        # Each step is two writes, so of the step that was cut short none, one or both may be there.
        certain = max([last, *map(int, acknowledged.split())])
        killed_while_writing += certain > last
        with file_medium.open(codec) as store:
            counter = store.get("counter")
            counted = counter.metadata["step"] if counter else -1
            assert counted in (certain, certain + 1)
            found = found_steps(store)
            assert found in (expected_steps(certain), expected_steps(certain + 1))
            if counted == certain + 1:
                assert found == expected_steps(certain + 1)
            for caller in store.all():
                assert not caller.voiceprints or caller.consent(Purpose.VOICEPRINT) is not None
            for link in range(3):
                linked = [one for one, step in found.items() if step % 3 == link]
                assert store.ids_by_phone(f"link_{link}") == sorted(linked)
            # Take the step again that was cut short, so that the next round starts from a whole one.
            last = certain + 1
            take_step(store, last)
    assert killed_while_writing >= KILLS // 2


@contextmanager
def a_full_disk(largest_file: int) -> Iterator[None]:
    """No file of this process may grow beyond a size, as if the disk ended there."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_write_that_does_not_fit_the_disk_leaves_the_old_state(
    file_medium: FileMedium, codec: RecordCodec
) -> None:
    with file_medium.open(codec) as store:
        before = store.put(a_caller(), expected_version=0)
        large = a_caller(metadata={"note": "n" * 300_000})
        with a_full_disk(100_000), pytest.raises(StorageError):
            store.put(large, expected_version=before.version)
        with a_full_disk(100_000), pytest.raises(StorageError):
            store.put(a_caller("other", metadata=large.metadata), expected_version=0)
        assert store.changes(0) == (["caller_a"], before.version)
        # The same handle works again when there is room.
        store.put(large, expected_version=before.version)
    with file_medium.open(codec) as store:
        (read,) = store.all()
        assert contents(read) == contents(large)


def test_a_database_that_does_not_fit_the_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    medium = SQLiteMedium(tmp_path / "store")
    with a_full_disk(5000), pytest.raises(StorageError, match=r"cannot create .*callers\.sqlite"):
        medium.open()
    assert [path.name for path in medium.directory.iterdir()] == ["callers.sqlite.lock"]
    with medium.open() as store:
        assert store.count() == 0


def test_a_json_write_that_may_not_survive_a_power_failure_says_that_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    medium = JSONMedium(tmp_path / "store")
    with medium.open() as store:
        really_sync = os.fsync

        def fail_for_directories(descriptor: int) -> None:
            if stat.S_ISDIR(os.fstat(descriptor).st_mode):
                raise OSError(errno.EIO, "Input/output error")
            really_sync(descriptor)

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", fail_for_directories)
            with pytest.raises(StorageError, match=r"was replaced, but whether .* is not known"):
                store.put(a_caller(), expected_version=0)
        assert contents(next(store.all())) == contents(a_caller())


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_json_write_that_fails_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    medium = JSONMedium(tmp_path / "store")
    with medium.open() as store:
        before = store.put(a_caller(), expected_version=0)
        old = medium.path.read_bytes()

        def fail(*args: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(os, failing, fail)
            with pytest.raises(StorageError, match="No space left"):
                store.put(a_caller(name="New"), expected_version=before.version)
            with pytest.raises(StorageError, match="No space left"):
                store.erase("caller_a")
        assert medium.path.read_bytes() == old
        assert sorted(path.name for path in medium.directory.iterdir()) == [
            "callers.json",
            "callers.json.copy",
            "callers.json.lock",
        ]
        assert contents(next(store.all())) == contents(a_caller())


def test_what_a_killed_json_writer_left_is_removed_at_opening(tmp_path: Path) -> None:
    medium = JSONMedium(tmp_path / "store")
    with medium.open() as store:
        store.put(a_caller(), expected_version=0)
    left = medium.path.with_name("callers.json.writing")
    left.write_bytes(b"half of a file")
    with medium.open() as store:
        assert store.count() == 1
    assert not left.exists()
