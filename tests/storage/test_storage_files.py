"""The files of the JSON and SQLite stores: whose they are, who may read them, and what stays in them."""

from __future__ import annotations

import errno
import json
import logging
import os
import random
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NoReturn

import pytest
from storage_media import FileMedium, JSONMedium, SQLiteMedium, a_caller, a_voiceprint

from opusagent_voiceprint.errors import StorageError, StoreFormatError
from opusagent_voiceprint.models import Caller, DoNotAsk
from opusagent_voiceprint.storage import JSONStorage, RecordCodec, SQLiteStorage, json_format


@pytest.fixture
def open_umask() -> Iterator[None]:
    """A process that creates files for everybody unless told otherwise."""
    before = os.umask(0)
    yield
    os.umask(before)


def refused_untouched(medium: FileMedium, said: str) -> None:
    """Opening what lies there fails with this message and changes not a byte of it."""
    before = medium.path.read_bytes()
    with pytest.raises(StoreFormatError, match=said) as caught:
        medium.open()
    assert str(medium.path) in str(caught.value)
    assert medium.path.read_bytes() == before
    assert {path.name for path in medium.directory.iterdir()} <= {
        medium.path.name,
        f"{medium.path.name}.lock",
        f"{medium.path.name}.copy",
    }


# Files that are not ours, or not whole


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\x00" * 500, "not"),
        (b"hello, this is my diary\n" * 20, "not"),
        (b'{"some": "other", "json": [1, 2, 3]}', "not"),
        (b"[]", "not"),
        (b"[" * 100_000, "not"),
        (b"SQLite format 3\x00", "not"),
    ],
)
def test_a_foreign_file_is_refused_and_left_alone(file_medium: FileMedium, content: bytes, said: str) -> None:
    file_medium.directory.mkdir()
    file_medium.path.write_bytes(content)
    refused_untouched(file_medium, said)


OF_OPUSAGENT = (
    "OpusAgent's own voiceprint module. Set VOICE_STORAGE_PATH .*`opusagent-voiceprint storage migrate`"
)


@pytest.mark.parametrize("rows", [1, 0])
def test_the_json_file_of_opusagents_own_module_is_recognised(tmp_path: Path, rows: int) -> None:
    medium = JSONMedium(tmp_path)
    row = {"caller_id": "john", "embedding": [0.1, 0.2], "metadata": {"name": "John Sentinel"}}
    medium.path.write_text(json.dumps({"john": row} if rows else {}))
    refused_untouched(medium, OF_OPUSAGENT)


def test_the_database_of_opusagents_own_module_is_recognised(tmp_path: Path) -> None:
    medium = SQLiteMedium(tmp_path)
    with closing(sqlite3.connect(medium.path)) as connection, connection:
        connection.execute(
            "CREATE TABLE voiceprints (caller_id TEXT PRIMARY KEY, embedding BLOB, metadata TEXT)"
        )
    refused_untouched(medium, OF_OPUSAGENT)


def test_the_database_of_another_program_is_refused(tmp_path: Path) -> None:
    medium = SQLiteMedium(tmp_path)
    with closing(sqlite3.connect(medium.path)) as connection, connection:
        connection.execute("CREATE TABLE callers (caller_id TEXT, version INTEGER, payload TEXT)")
    refused_untouched(medium, "database of something else")


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.6, 0.999])
def test_a_file_that_was_cut_off_is_not_taken_for_an_empty_store(
    file_medium: FileMedium, share: float
) -> None:
    with file_medium.open() as store:
        for number in range(10):
            store.put(a_caller(f"caller_{number}"), expected_version=0)
    size = file_medium.path.stat().st_size
    os.truncate(file_medium.path, int(size * share))
    before = file_medium.path.read_bytes()
    with pytest.raises(StoreFormatError):
        file_medium.open()
    assert file_medium.path.read_bytes() == before


def test_any_changed_byte_of_a_json_store_is_noticed(tmp_path: Path) -> None:
    medium = JSONMedium(tmp_path)
    with medium.open() as store:
        store.put(a_caller(), expected_version=0)
    whole = medium.path.read_bytes()
    for place in random.Random(1).sample(range(len(whole)), 60):
        changed = bytearray(whole)
        changed[place] ^= 1
        medium.path.write_bytes(changed)
        with pytest.raises(StoreFormatError, match="checksum"):
            medium.open()


def test_a_json_store_of_a_newer_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    medium = JSONMedium(tmp_path)
    with medium.open() as store:
        store.put(a_caller(), expected_version=0)
    found = json_format.scan(medium.path.read_bytes()).contents
    with monkeypatch.context() as patch:
        patch.setattr(json_format, "SCHEMA", 3)
        medium.path.write_bytes(json_format.encode(found))
    refused_untouched(medium, "schema 3.*update opusagent-voiceprint")


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    medium = SQLiteMedium(tmp_path)
    with medium.open() as store:
        store.put(a_caller(), expected_version=0)
    with closing(sqlite3.connect(medium.path)) as connection:
        connection.execute("PRAGMA user_version = 3")
    refused_untouched(medium, "schema 3.*update opusagent-voiceprint")


def test_a_log_without_its_database_is_not_played_into_a_new_one(tmp_path: Path) -> None:
    medium = SQLiteMedium(tmp_path)
    log = Path(f"{medium.path}-wal")
    log.write_bytes(b"what was not yet in the database")
    with pytest.raises(StoreFormatError, match=r"is gone, but callers\.sqlite-wal is there"):
        medium.open()
    assert not medium.path.exists()
    assert log.exists()


def test_a_json_store_that_vanishes_while_open_is_not_begun_anew(tmp_path: Path) -> None:
    medium = JSONMedium(tmp_path)
    with medium.open() as store:
        store.put(a_caller(), expected_version=0)
        medium.path.unlink()
        with pytest.raises(StoreFormatError, match="was removed while it was in use"):
            store.put(a_caller("caller_b"), expected_version=0)
        assert not medium.path.exists()


def test_a_database_that_is_removed_while_open_is_not_written_into_the_void(tmp_path: Path) -> None:
    medium = SQLiteMedium(tmp_path)
    with medium.open() as store:
        store.put(a_caller(), expected_version=0)
        medium.path.unlink()
        with pytest.raises(StoreFormatError, match=r"was removed while it was in use; .*restart"):
            store.save(a_voiceprint("caller_b"))
        with pytest.raises(StoreFormatError, match=r"was removed while it was in use; .*restart"):
            store.get("caller_a")
    assert not medium.path.exists()


def test_a_database_that_is_replaced_while_open_gets_nothing_of_the_old_one(tmp_path: Path) -> None:
    medium = SQLiteMedium(tmp_path / "store")
    backup = tmp_path / "backup"
    with medium.open() as store:
        store.save(a_voiceprint("of_the_backup"))
    shutil.copy(medium.path, backup)
    with medium.open() as store:
        os.replace(backup, medium.path)
        with medium.open() as restarted:
            with pytest.raises(StoreFormatError, match="was replaced while it was in use; stop all"):
                store.save(a_voiceprint("too_late"))
            with pytest.raises(StoreFormatError, match="was replaced while it was in use"):
                store.changes(0)
            restarted.save(a_voiceprint("of_the_new_handle"))
            store.close()
            assert restarted.changes(0)[0] == ["of_the_backup", "of_the_new_handle"]
    with medium.open() as store:
        assert store.changes(0)[0] == ["of_the_backup", "of_the_new_handle"]


def test_a_database_that_is_removed_in_the_middle_of_a_write_does_not_acknowledge_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    medium = SQLiteMedium(tmp_path)
    with medium.open() as store:
        really_replace_row = SQLiteStorage._replace_row

        def replace_row_and_lose_the_file(*args: Any) -> int:
            version = really_replace_row(*args)
            medium.path.rename(tmp_path / "moved")
            return version

        with monkeypatch.context() as patch:
            patch.setattr(SQLiteStorage, "_replace_row", replace_row_and_lose_the_file)
            with pytest.raises(StoreFormatError, match="was removed"):
                store.put(a_caller(), expected_version=0)
        # Put back, the same file goes on as it was.
        (tmp_path / "moved").rename(medium.path)
        assert store.count() == 0
        store.put(a_caller(), expected_version=0)
    with medium.open() as store:
        assert store.count() == 1


def test_a_json_store_damaged_while_open_is_noticed(tmp_path: Path) -> None:
    medium = JSONMedium(tmp_path)
    with medium.open() as store:
        written = store.put(a_caller(), expected_version=0)
        os.truncate(medium.path, 700)
        with pytest.raises(StoreFormatError, match="checksum"):
            store.get("caller_a")
        with pytest.raises(StoreFormatError, match="checksum"):
            store.put(a_caller(), expected_version=written.version)
        assert medium.path.stat().st_size == 700


# Who may read them


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("open_umask")
def test_p19_files_and_directory_are_for_this_user_only(file_medium: FileMedium) -> None:
    with file_medium.open() as store:
        written = store.put(a_caller(), expected_version=0)
        store.put(a_caller(name="Again"), expected_version=written.version)
        store.put(a_caller("caller_b"), expected_version=0)
        store.remember_refusal(DoNotAsk(subject="s"))
        modes = {path.name: oct(mode(path)) for path in file_medium.directory.iterdir()}
    assert file_medium.path.name in modes
    assert set(modes.values()) == {"0o600"}
    assert mode(file_medium.directory) == 0o700


def test_p19_a_store_that_others_could_read_is_closed_to_them(file_medium: FileMedium) -> None:
    with file_medium.open() as store:
        store.put(a_caller(), expected_version=0)
    file_medium.path.chmod(0o644)
    with file_medium.open():
        assert mode(file_medium.path) == 0o600


def test_p19_the_mode_of_a_file_that_is_not_ours_is_left_alone(file_medium: FileMedium) -> None:
    file_medium.directory.mkdir()
    file_medium.path.write_text("hello, this is my diary\n" * 20)
    file_medium.path.chmod(0o644)
    with pytest.raises(StoreFormatError):
        file_medium.open()
    assert mode(file_medium.path) == 0o644


@pytest.mark.usefixtures("open_umask")
def test_p19_directories_made_on_the_way_are_for_this_user_only(tmp_path: Path) -> None:
    for number, kind in enumerate((JSONStorage, SQLiteStorage)):
        top = tmp_path / str(number)
        with kind(top / "middle" / "below" / "store"):
            directories = [top, top / "middle", top / "middle" / "below"]
            assert [oct(mode(one)) for one in directories] == ["0o700"] * 3


def refused_by_the_system(*args: object, **options: object) -> NoReturn:
    raise PermissionError(errno.EACCES, "Permission denied")


def test_a_lock_that_may_not_be_opened_is_reported_with_its_owner_and_what_to_do(
    file_medium: FileMedium, monkeypatch: pytest.MonkeyPatch
) -> None:
    with file_medium.open():
        pass
    lock = file_medium.path.with_name(f"{file_medium.path.name}.lock")
    lock.chmod(0o400)
    file_medium.directory.chmod(0o500)
    # Modes do not stop the superuser, as whom these tests may run.
    monkeypatch.setattr(os, "open", refused_by_the_system)
    with pytest.raises(StorageError) as caught:
        file_medium.open()
    file_medium.directory.chmod(0o700)
    said = str(caught.value)
    assert said.startswith(f"cannot lock {lock}: Permission denied; ")
    assert f"{lock} belongs to uid {os.getuid()} with mode 0400" in said
    assert f"{file_medium.directory} belongs to uid {os.getuid()} with mode 0500" in said
    assert f"this process runs as uid {os.geteuid()}" in said
    assert "chown" in said
    assert "VOICE_STORAGE_PATH" in said


def test_a_directory_that_may_not_be_made_is_reported_with_the_one_above_it(
    file_medium: FileMedium, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "mkdir", refused_by_the_system)
    with pytest.raises(StorageError, match="cannot create the directory of") as caught:
        file_medium.open()
    assert f"{file_medium.directory.parent} belongs to uid {os.getuid()} with mode 0" in str(caught.value)


@pytest.mark.parametrize("said", ["unable to open database file", "attempt to write a readonly database"])
def test_a_database_that_sqlite_may_not_open_is_reported_with_its_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    medium = SQLiteMedium(tmp_path)
    with medium.open():
        pass

    def refused_by_sqlite(*args: object, **options: object) -> NoReturn:
        raise sqlite3.OperationalError(said)

    monkeypatch.setattr(sqlite3, "connect", refused_by_sqlite)
    with pytest.raises(StorageError, match=rf"{said}; .*sqlite belongs to uid \d+ with mode 0600.*chown"):
        medium.open()


def test_a_file_of_somebody_else_that_cannot_be_closed_to_others_is_not_used(
    file_medium: FileMedium, monkeypatch: pytest.MonkeyPatch
) -> None:
    with file_medium.open() as store:
        store.put(a_caller(), expected_version=0)
    file_medium.path.chmod(0o644)
    monkeypatch.setattr(os, "fchmod", refused_by_the_system)
    with pytest.raises(StorageError, match=r"cannot close to others .* with mode 0644.*chown"):
        file_medium.open()


@pytest.mark.parametrize("is_there", [True, False])
def test_p19_a_symbolic_link_is_refused(file_medium: FileMedium, tmp_path: Path, is_there: bool) -> None:
    target = tmp_path / "elsewhere"
    if is_there:
        with type(file_medium)(tmp_path / "real").open():
            pass
        target.write_bytes(b"")
    file_medium.directory.mkdir()
    file_medium.path.symlink_to(target)
    with pytest.raises(StorageError, match="symbolic link"):
        file_medium.open()
    assert file_medium.path.is_symlink()
    assert target.exists() is is_there


def test_p19_a_lock_that_is_a_symbolic_link_is_refused(file_medium: FileMedium, tmp_path: Path) -> None:
    file_medium.directory.mkdir()
    target = tmp_path / "victim"
    target.write_text("untouched")
    file_medium.path.with_name(f"{file_medium.path.name}.lock").symlink_to(target)
    with pytest.raises(StorageError, match="symbolic link"):
        file_medium.open()
    assert target.read_text() == "untouched"


def test_a_directory_is_refused(file_medium: FileMedium) -> None:
    file_medium.path.mkdir(parents=True)
    with pytest.raises(StoreFormatError, match=r"callers\..*' is a directory: name a file"):
        file_medium.open()
    assert list(file_medium.directory.iterdir()) == [file_medium.path]


@pytest.mark.parametrize("kind", [JSONStorage, SQLiteStorage])
@pytest.mark.parametrize("path", [".", "/", "", "..", "nowhere/.."])
def test_a_path_without_a_file_name_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type, path: str
) -> None:
    working = tmp_path / "working"
    working.mkdir()
    monkeypatch.chdir(working)
    with pytest.raises(StoreFormatError, match="is a directory: name a file") as caught:
        kind(path)
    assert repr(str(Path(path))) in str(caught.value)
    assert list(tmp_path.rglob("*")) == [working]


@pytest.mark.parametrize("path", [":memory:", "./:memory:"])
def test_a_database_in_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StorageError, match=r"':memory:' is no file.*name a file"):
        SQLiteStorage(path)
    assert list(tmp_path.iterdir()) == []


def test_a_fifo_is_refused_and_does_not_hang(file_medium: FileMedium) -> None:
    file_medium.directory.mkdir()
    os.mkfifo(file_medium.path)
    with pytest.raises(StorageError, match="not a regular file"):
        file_medium.open()


# What stays in them


def marks(payload: str) -> set[bytes]:
    """Pieces of a payload that no other has; several, as a database may cut some in two at a page."""
    runs = re.findall(r"[A-Za-z0-9+/_-]{60,}", payload)
    return {run[at : at + 50].encode() for run in runs for at in range(4, len(run) - 50, 331)}


@pytest.mark.parametrize("size", [0, 900, 3000, 20_000])
def test_p9_nothing_of_an_erased_caller_stays_in_any_file(
    file_medium: FileMedium, codec: RecordCodec, size: int
) -> None:
    chance = random.Random(size)
    now: dict[str, set[bytes]] = {}
    ever: set[bytes] = set()
    with file_medium.open(codec) as store:
        for number in range(12):
            caller_id = f"caller_{number}"
            store.put(a_caller(caller_id, seed=number), expected_version=0)
            for _ in range(2):  # an older state of the record must not survive either
                filler = chance.randbytes(size).hex()
                store.update(caller_id, lambda caller, filler=filler: caller.metadata.update(filler=filler))
                now[caller_id] = marks(file_medium.payload(caller_id))
                ever |= now[caller_id]
        before = file_medium.everything()
        assert all(any(mark in before for mark in found) for found in now.values())

        kept = {"caller_3", "caller_7"}
        for caller_id in now.keys() - kept:
            store.erase(caller_id)
        after = file_medium.everything()
        assert all(any(mark in after for mark in now[caller_id]) for caller_id in kept)
        assert [mark for mark in ever - set().union(*(now[one] for one in kept)) if mark in after] == []


def test_p9_memory_that_was_taken_out_of_a_record_does_not_stay(file_medium: FileMedium) -> None:
    with file_medium.open() as store:
        store.put(a_caller(), expected_version=0)
        assert b"refund-sentinel" in file_medium.everything()
        store.update("caller_a", lambda caller: caller.memory.summaries.clear())
        assert b"refund-sentinel" not in file_medium.everything()


def test_p9_a_database_in_use_elsewhere_is_scrubbed_with_the_next_change(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opusagent_voiceprint.storage.sqlite_database._BUSY_MILLISECONDS", 20)
    medium = SQLiteMedium(tmp_path)
    with medium.open() as store:
        store.put(a_caller(), expected_version=0)
        with closing(sqlite3.connect(medium.path, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM callers").fetchone()
            with caplog.at_level(logging.WARNING):
                assert store.erase("caller_a") is True
            assert "still holds what was erased" in caplog.text
            assert "caller_a" not in caplog.text
            reader.execute("COMMIT")
        store.put(Caller(caller_id="caller_b"), expected_version=0)
        assert b"refund-sentinel" not in medium.everything()


# One process, and another


def test_a_database_is_not_used_across_a_fork(tmp_path: Path) -> None:
    medium = SQLiteMedium(tmp_path)
    with medium.open() as store:
        process = os.fork()
        if process == 0:
            try:
                store.count()
            except StorageError as exc:
                os._exit(0 if "before a fork" in str(exc) else 2)
            finally:
                os._exit(1)
        assert os.waitpid(process, 0)[1] == 0
        assert store.count() == 0


def test_a_handle_sees_what_another_process_wrote(file_medium: FileMedium) -> None:
    with file_medium.open() as store:
        store.save(a_voiceprint("here"))
        script = (
            "import sys; from opusagent_voiceprint.models import Caller; "
            f"from opusagent_voiceprint.storage import {JSONStorage.__name__}, {SQLiteStorage.__name__}; "
            f"store = {'JSONStorage' if file_medium.name == 'json' else 'SQLiteStorage'}(sys.argv[1]); "
            "assert store.count() == 1; store.put(Caller(caller_id='there'), expected_version=0)"
        )
        subprocess.run([sys.executable, "-c", script, str(file_medium.path)], check=True)
        assert store.changes(0)[0] == ["here", "there"]
        assert store.get("there") is not None


def test_a_lock_held_by_another_process_is_waited_for_and_then_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from opusagent_voiceprint.storage import files

    monkeypatch.setattr(files, "_LOCK_TIMEOUT_SECONDS", 0.01)
    medium = JSONMedium(tmp_path)
    with medium.open() as store, files.exclusive_lock(medium.path):
        with pytest.raises(StorageError, match="was held by another process"):
            store.put(a_caller(), expected_version=0)
        assert store.count() == 0
