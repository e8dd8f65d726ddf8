"""The journal of erasures: durable, private, shared, and never taken for something else."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from storage_media import a_caller

from opusagent_voiceprint import VoiceFingerprintConfig
from opusagent_voiceprint.calls.arrears import Arrears
from opusagent_voiceprint.errors import StorageError, StoreFormatError
from opusagent_voiceprint.storage import SQLiteStorage
from opusagent_voiceprint.storage.erasure_journal import ErasureJournal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "erasures.journal"


def test_there_is_no_file_before_there_is_something_in_it_and_none_after(path: Path) -> None:
    journal = ErasureJournal(path, store="a")
    assert journal.pending() == []
    journal.remove(["caller_1"])
    assert not path.exists()
    journal.add("caller_1")
    assert path.exists()
    journal.remove(["caller_1"])
    assert not path.exists()


def test_what_was_added_is_there_for_the_next_process_once_and_in_order(path: Path) -> None:
    journal = ErasureJournal(path, store="a")
    for caller_id in ("caller_2", "caller_1", "caller_2", 'a "quoted"\nid'):
        journal.add(caller_id)
    again = ErasureJournal(path, store="a")
    assert again.pending() == ["caller_2", "caller_1", 'a "quoted"\nid']
    again.remove(["caller_1"])
    assert journal.pending() == ["caller_2", 'a "quoted"\nid']


def test_a_torn_last_line_is_passed_over_and_what_comes_after_it_is_not(path: Path) -> None:
    journal = ErasureJournal(path, store="a")
    journal.add("caller_1")
    journal.add("caller_22")
    whole = path.read_bytes()
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        before = journal.pending()
        assert before == ["caller_1", "caller_22"][: whole[:cut].count(b'"') // 2]
        journal.add("caller_3")
        assert journal.pending() == [*before, "caller_3"]
        journal.remove(before)
        assert journal.pending() == ["caller_3"]


def test_entries_of_another_store_in_the_same_file_are_left_alone(path: Path) -> None:
    ours, theirs = ErasureJournal(path, store="a"), ErasureJournal(path, store="b")
    ours.add("ada")
    theirs.add("ada")
    assert ours.pending() == theirs.pending() == ["ada"]
    ours.remove(["ada"])
    assert ours.pending() == []
    assert theirs.pending() == ["ada"]


@pytest.mark.parametrize("content", [b"dear diary\n", b"\x00" * 64, b"opusagent-voiceprint erasures 2\n"])
def test_a_foreign_file_is_refused_and_left_as_it_is(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    journal = ErasureJournal(path, store="a")
    for use in (journal.pending, lambda: journal.add("caller_1"), lambda: journal.remove(["caller_1"])):
        with pytest.raises(StoreFormatError, match="VOICE_ERASURE_JOURNAL"):
            use()
    assert path.read_bytes() == content


def test_p19_it_is_private_whatever_the_umask_and_no_link_is_followed(path: Path, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        ErasureJournal(path, store="a").add("caller_1")
    finally:
        os.umask(before)
    assert oct(path.stat().st_mode)[-3:] == "600"
    link = tmp_path / "link.journal"
    link.symlink_to(path)
    journal = ErasureJournal(link, store="a")
    with pytest.raises(StorageError, match="VOICE_ERASURE_JOURNAL"):
        journal.pending()
    with pytest.raises(StorageError):
        journal.add("caller_2")
    assert ErasureJournal(path, store="a").pending() == ["caller_1"]


def test_a_full_disk_is_said_and_leaves_what_was_there(path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    journal = ErasureJournal(path, store="a")
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
        with pytest.raises(StorageError, match="cannot write the journal"):
            journal.add("caller_1")
        assert not path.exists()
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        journal.add("caller_1")
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 5, hard))
        with pytest.raises(StorageError, match="cannot write the journal"):
            journal.add("caller_2")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert journal.pending() == ["caller_1"]
    journal.add("caller_2")
    assert journal.pending() == ["caller_1", "caller_2"]


def test_processes_that_add_at_the_same_time_lose_nothing(path: Path) -> None:
    code = (
        "import sys; from opusagent_voiceprint.storage.erasure_journal import ErasureJournal\n"
        "journal = ErasureJournal(sys.argv[1], store='a')\n"
        "for n in range(20):\n"
        "    journal.add(f'caller_{sys.argv[2]}_{n}'); journal.add('gone'); journal.remove(['gone'])\n"
    )
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
    children = [
        subprocess.Popen([sys.executable, "-c", code, str(path), str(each)], env=environment)
        for each in range(3)
    ]
    assert [child.wait(timeout=60) for child in children] == [0, 0, 0]
    found = ErasureJournal(path, store="a").pending()
    assert sorted(found) == sorted(f"caller_{each}_{n}" for each in range(3) for n in range(20))


def test_a_relative_path_is_beside_the_store_and_a_password_does_not_change_whose_entries_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = VoiceFingerprintConfig(_env_file=None, storage_path="stores/voices.json")
    assert ErasureJournal.configured(file).path == tmp_path / "stores" / "voiceprint-erasures.journal"
    absolute = file.model_copy(update={"erasure_journal": str(tmp_path / "elsewhere")})
    assert ErasureJournal.configured(absolute).path == tmp_path / "elsewhere"

    def on_redis(url: str) -> ErasureJournal:
        return ErasureJournal.configured(
            VoiceFingerprintConfig(_env_file=None, storage_backend="redis", redis_url=url)
        )

    on_redis("redis://me:old@db:6379/0").add("caller_1")
    assert on_redis("redis://me:new@db:6379/0").pending() == ["caller_1"]
    assert on_redis("redis://me:new@db:6379/1").pending() == []


class AddedToMeanwhile(ErasureJournal):
    """Another process adds a caller of its own right after this one did."""

    def add(self, caller_id: str) -> None:
        super().add(caller_id)
        ErasureJournal(self.path, store="s").add("theirs")


def test_p9_what_another_process_adds_right_after_this_one_is_not_missed(path: Path) -> None:
    arrears = Arrears(AddedToMeanwhile(path, store="s"), lambda caller_id: None)
    arrears.erasing("mine")
    arrears.keep("mine")
    with SQLiteStorage(path.with_name("store.db")) as store:
        for caller_id in ("mine", "theirs"):
            store.put(a_caller(caller_id), expected_version=0)
        arrears.settle(store, None)
        assert store.count() == 0
    assert arrears.overdue() == []
    assert not path.exists()


def test_p9_who_enrolls_anew_after_one_process_made_up_for_the_erasure_is_not_erased_by_another(
    path: Path,
) -> None:
    with SQLiteStorage(path.with_name("store.db")) as store:
        store.put(a_caller("ada"), expected_version=0)
        one = Arrears(ErasureJournal(path, store="s"), lambda caller_id: None)
        one.erasing("ada")
        one.keep("ada")
        other = Arrears(ErasureJournal(path, store="s"), lambda caller_id: None)
        assert other.overdue() == ["ada"]
        one.settle(store, None)
        assert store.get("ada") is None
        store.put(a_caller("ada", name="Anew"), expected_version=0)
        other.settle(store, None)
        assert other.overdue() == []
        found = store.get("ada")
        assert found is not None
        assert found.name == "Anew"
