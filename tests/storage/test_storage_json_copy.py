"""The JSON store's copy, what is said of a damaged file, and how it is repaired without losing a record."""

from __future__ import annotations

import hashlib
import json
import os
import random
import stat
from pathlib import Path
from typing import Any

import pytest
from storage_media import JSONMedium, a_caller, contents

from opusagent_voiceprint.errors import StorageError, StoreFormatError
from opusagent_voiceprint.models import DoNotAsk
from opusagent_voiceprint.storage import JSONStorage, files
from opusagent_voiceprint.storage.json_repair import check_json, repair_json


@pytest.fixture
def medium(tmp_path: Path) -> JSONMedium:
    """A store of three callers, one erased, and a refusal."""
    medium = JSONMedium(tmp_path / "store")
    with medium.open() as store:
        for number in range(4):
            store.put(a_caller(f"caller_{number}", seed=number), expected_version=0)
        store.erase("caller_3")
        store.remember_refusal(DoNotAsk(subject="subject"))
    return medium


def copy_of(medium: JSONMedium) -> Path:
    return medium.directory / "callers.json.copy"


def quarantine_of(medium: JSONMedium) -> Path:
    return medium.directory / "callers.json.quarantine"


def flip(path: Path, line: int, at: int = 40) -> None:
    """Flip a bit in one line of a file, counted from 1 for the head."""
    lines = path.read_bytes().split(b"\n")
    damaged = bytearray(lines[line - 1])
    damaged[at] ^= 1
    path.write_bytes(b"\n".join([*lines[: line - 1], bytes(damaged), *lines[line:]]))


def whole_state(store: Any) -> tuple[object, ...]:
    return (
        sorted(contents(caller) for caller in store.all()),
        store.changes(0),
        [each.subject for each in store.refusals()],
    )


# The copy


def test_the_copy_is_the_file(medium: JSONMedium) -> None:
    assert copy_of(medium).read_bytes() == medium.path.read_bytes()
    assert stat.S_IMODE(copy_of(medium).stat().st_mode) == 0o600


def test_p9_the_copy_keeps_nothing_that_was_erased_or_replaced(medium: JSONMedium) -> None:
    with medium.open() as store:
        store.put(a_caller("leaving", name="Ottoline Sentinel"), expected_version=0)
        assert b"Ottoline" in copy_of(medium).read_bytes()
        store.update("leaving", lambda caller: setattr(caller, "name", "Marmaduke Sentinel"))
        assert b"Ottoline" not in copy_of(medium).read_bytes()
        store.erase("leaving")
        assert b"Marmaduke" not in medium.everything()


def test_a_copy_that_differs_is_made_anew_at_opening(medium: JSONMedium) -> None:
    old = copy_of(medium).read_bytes()
    with medium.open() as store:
        store.erase("caller_0")
    copy_of(medium).write_bytes(old)  # as if the writer had been killed between the two
    with medium.open():
        assert copy_of(medium).read_bytes() == medium.path.read_bytes()
    copy_of(medium).unlink()
    with medium.open():
        assert copy_of(medium).read_bytes() == medium.path.read_bytes()


def test_p9_a_copy_that_cannot_be_made_anew_is_removed(
    medium: JSONMedium, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_of(medium).write_bytes(b"what was erased")

    def fail(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with medium.open() as store:
        assert store.count() == 3
    assert not copy_of(medium).exists()


def test_p19_a_copy_that_is_a_symbolic_link_is_replaced_and_not_followed(
    medium: JSONMedium, tmp_path: Path
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    copy_of(medium).unlink()
    copy_of(medium).symlink_to(victim)
    with medium.open() as store:
        store.erase("caller_0")
    assert victim.read_text() == "untouched"
    assert not copy_of(medium).is_symlink()


# What is said of a damaged file


def test_a_damaged_file_is_refused_with_the_place_and_how_to_put_the_copy_back(medium: JSONMedium) -> None:
    flip(medium.path, 3)
    with pytest.raises(StoreFormatError) as caught:
        medium.open()
    said = str(caught.value)
    assert "line 3 (caller 'caller_1'): its checksum does not fit" in said
    assert f"copy {copy_of(medium)} is whole, with 3 callers" in said
    assert f"cp {copy_of(medium)} {medium.path}" in said
    assert "storage check --repair" in said


def test_the_copy_is_put_back_as_the_message_says(medium: JSONMedium) -> None:
    with medium.open() as store:
        before = whole_state(store)
    os.truncate(medium.path, 900)
    with pytest.raises(StoreFormatError, match="cut off"):
        medium.open()
    medium.path.write_bytes(copy_of(medium).read_bytes())
    with medium.open() as store:
        assert whole_state(store) == before


def test_a_file_that_is_gone_while_its_copy_is_there_is_not_begun_anew(medium: JSONMedium) -> None:
    medium.path.unlink()
    with pytest.raises(StoreFormatError, match=r"is gone, but callers\.json\.copy is there.*cp .*remove"):
        medium.open()
    assert not medium.path.exists()
    copy_of(medium).unlink()
    with medium.open() as store:
        assert store.count() == 0


def test_a_copy_that_is_damaged_too_is_not_recommended(medium: JSONMedium) -> None:
    flip(medium.path, 3)
    flip(copy_of(medium), 4)
    with pytest.raises(StoreFormatError, match="is damaged too") as caught:
        medium.open()
    assert "`cp" not in str(caught.value)


def test_lines_that_were_taken_out_or_swapped_in_from_another_state_are_noticed(medium: JSONMedium) -> None:
    lines = medium.path.read_bytes().split(b"\n")
    medium.path.write_bytes(b"\n".join([*lines[:2], *lines[3:]]))
    with pytest.raises(StoreFormatError, match="it has 13 records of 14"):
        medium.open()
    medium.path.write_bytes(b"\n".join([lines[0], lines[2], lines[1], *lines[3:]]))
    with pytest.raises(StoreFormatError, match="the checksum over all its records does not fit"):
        medium.open()


# Check and repair


def test_a_whole_store_has_no_damage(medium: JSONMedium) -> None:
    assert check_json(medium.path) == []
    with medium.open() as store:
        assert store._damaged() == []


def test_check_names_every_damaged_record_and_the_copy(medium: JSONMedium) -> None:
    flip(medium.path, 2)
    flip(medium.path, 4)
    found = check_json(medium.path)
    assert [(one.record_id, one.where) for one in found[:2]] == [
        ("caller_0", "line 2"),
        ("caller_2", "line 4"),
    ]
    assert found[2].where == "the copy"
    flip(copy_of(medium), 1)
    assert "the head" in check_json(medium.path)[2].reason


def test_what_is_damaged_in_the_file_is_taken_from_the_copy(medium: JSONMedium) -> None:
    with medium.open() as store:
        before = whole_state(store)
    flip(medium.path, 2)
    flip(medium.path, 3, at=13)  # in the id itself
    repair = repair_json(medium.path)
    assert (repair.callers, repair.restored, repair.put_aside) == (3, ["caller_0", "caller_1"], 0)
    assert not quarantine_of(medium).exists()
    with medium.open() as store:
        assert whole_state(store) == before
        assert store._damaged() == []


def test_records_that_are_whole_in_one_of_two_damaged_files_are_all_there_after_a_repair(
    medium: JSONMedium,
) -> None:
    with medium.open() as store:
        before = whole_state(store)
    flip(medium.path, 2)
    flip(copy_of(medium), 4)
    flip(copy_of(medium), 1)
    assert repair_json(medium.path).put_aside == 0
    with medium.open() as store:
        assert whole_state(store) == before


def test_a_record_that_is_whole_in_neither_is_put_aside_and_the_others_stay(medium: JSONMedium) -> None:
    flip(medium.path, 3)
    damaged = medium.path.read_bytes().split(b"\n")[2]
    copy_of(medium).write_bytes(medium.path.read_bytes())
    repair = repair_json(medium.path)
    assert (repair.callers, repair.put_aside, repair.quarantine) == (2, 1, quarantine_of(medium))
    assert quarantine_of(medium).read_bytes() == damaged + b"\n"
    assert stat.S_IMODE(quarantine_of(medium).stat().st_mode) == 0o600
    with medium.open() as store:
        assert sorted(caller.caller_id for caller in store.all()) == ["caller_0", "caller_2"]
        # Other workers drop the one that is lost.
        assert store.changes(5) == (["caller_1"], 6)
        (found,) = store._damaged()
        assert (found.where, found.reason) == (
            "callers.json.quarantine",
            "1 damaged lines; remove it when it is not needed",
        )
        assert store.erase("caller_1") is True
    assert not quarantine_of(medium).exists()


def test_a_repair_does_not_bring_back_who_was_erased(medium: JSONMedium) -> None:
    older = medium.path.read_bytes()
    with medium.open() as store:
        store.erase("caller_1")
    copy_of(medium).write_bytes(older)
    flip(medium.path, 2)
    repair = repair_json(medium.path)
    assert repair.restored == ["caller_0"]
    with medium.open() as store:
        assert store.get("caller_1") is None


def test_a_file_that_is_gone_is_repaired_from_its_copy(medium: JSONMedium) -> None:
    with medium.open() as store:
        before = whole_state(store)
    medium.path.unlink()
    repair_json(medium.path)
    with medium.open() as store:
        assert whole_state(store) == before


def test_a_repair_without_a_whole_head_needs_to_be_told_the_key(medium: JSONMedium) -> None:
    flip(medium.path, 1)
    copy_of(medium).unlink()
    before = medium.path.read_bytes()
    with pytest.raises(StoreFormatError, match="nothing says which key"):
        repair_json(medium.path)
    assert medium.path.read_bytes() == before
    assert repair_json(medium.path, key_id="").callers == 3
    with medium.open() as store:
        assert store.count() == 3


def test_what_is_no_store_of_ours_is_not_repaired(tmp_path: Path) -> None:
    diary = tmp_path / "diary.json"
    diary.write_text("dear diary\n" * 50)
    for attempt in (check_json, repair_json):
        with pytest.raises(StorageError, match="are not JSON, but not a store of opusagent-voiceprint"):
            attempt(diary)
    assert diary.read_text() == "dear diary\n" * 50


@pytest.mark.parametrize("seed", range(5))
def test_no_repair_loses_a_record_that_is_whole_somewhere(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    medium = JSONMedium(tmp_path / "store")
    with medium.open() as store:
        written = {
            f"caller_{number}": contents(
                store.put(a_caller(f"caller_{number}", seed=number), expected_version=0)
            )
            for number in range(12)
        }
    damaged = {path: set(chance.sample(range(2, 14), 5)) for path in (medium.path, copy_of(medium))}
    for path, lines in damaged.items():
        for line in lines:
            flip(path, line, at=chance.randrange(30, 300))
    lost = {f"caller_{line - 2}" for line in set.intersection(*damaged.values())}
    repair = repair_json(medium.path)
    with medium.open() as store:
        assert {caller.caller_id: contents(caller) for caller in store.all()} == {
            caller_id: whole for caller_id, whole in written.items() if caller_id not in lost
        }
    # The same record is damaged differently in the two files, and both remains are kept.
    assert repair.put_aside == 2 * len(lost)


# Files of schema 1


def write_schema_1(path: Path, *, key_id: str = "") -> None:
    caller = a_caller("from_before")
    body = json.dumps(
        {
            "revision": 7,
            "callers": {
                "from_before": {
                    "version": 7,
                    "payload": caller.model_dump_json(exclude={"version"}),
                    "links": caller.phone_links,
                },
                "gone": {"version": 6, "payload": None, "links": []},
            },
            "notes": {"refusal": {"s": DoNotAsk(subject="s").model_dump_json()}},
        },
        separators=(",", ":"),
    )
    checksum = hashlib.sha256(body.encode()).hexdigest()
    head = f'{{"format":"opusagent-voiceprint","schema":1,"key_id":"{key_id}","sha256":"{checksum}"'
    path.parent.mkdir(exist_ok=True)
    path.write_text(f'{head},"body":{body}}}\n')


def test_a_file_of_schema_1_is_read_and_rewritten(tmp_path: Path) -> None:
    medium = JSONMedium(tmp_path / "store")
    write_schema_1(medium.path)
    with medium.open() as store:
        assert medium.path.read_bytes().startswith(b'{"format":"opusagent-voiceprint","schema":2,')
        assert copy_of(medium).read_bytes() == medium.path.read_bytes()
        (caller,) = store.all()
        assert contents(caller) == contents(a_caller("from_before"))
        assert store.ids_by_phone("link-of-from_before") == ["from_before"]
        assert store.changes(0) == (["gone", "from_before"], 7)
        assert [each.subject for each in store.refusals()] == ["s"]


def test_a_damaged_file_of_schema_1_is_refused(tmp_path: Path) -> None:
    medium = JSONMedium(tmp_path / "store")
    write_schema_1(medium.path)
    flip(medium.path, 1, at=400)
    before = medium.path.read_bytes()
    with pytest.raises(StoreFormatError, match=r"schema 1 that was cut off or changed.*checksum"):
        medium.open()
    assert medium.path.read_bytes() == before


def test_an_encrypted_file_of_schema_1_is_refused(tmp_path: Path) -> None:
    medium = JSONMedium(tmp_path / "store")
    write_schema_1(medium.path, key_id="0123456789abcdef")
    with pytest.raises(StoreFormatError, match="only development versions"):
        medium.open()


# Records that cannot be read although their line is whole


def test_a_quarantined_record_is_kept_until_its_caller_is_erased(tmp_path: Path) -> None:
    medium = JSONMedium(tmp_path / "store")
    with medium.open() as store:
        assert isinstance(store, JSONStorage)
        store.put(a_caller(), expected_version=0)
        assert store._quarantine("caller_a") is True
        assert store._quarantine("caller_a") is False
        assert store.get("caller_a") is None
        assert store.ids_by_phone("link-of-caller_a") == []
        assert store.changes(1) == (["caller_a"], 2)
        assert b"refund-sentinel" in medium.everything()
        # Enrolled again, and damaged again: both are kept.
        store.put(a_caller(), expected_version=0)
        assert store._quarantine("caller_a") is True
        rows = json.loads(store._note("quarantine", "caller_a") or "")
        assert [row["version"] for row in rows] == [1, 3]
        assert store.erase("caller_a") is True
        assert b"refund-sentinel" not in medium.everything()
        assert store.erase("caller_a") is False


def test_what_a_killed_writer_of_the_copy_left_is_removed_at_opening(medium: JSONMedium) -> None:
    left = [files.unfinished(medium.path), files.unfinished(copy_of(medium))]
    for path in left:
        path.write_bytes(b"half of a file")
    with medium.open():
        assert not any(path.exists() for path in left)
