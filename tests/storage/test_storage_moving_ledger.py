"""The consent ledger, and counts of failures, in stores that are moved, backed up and put back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moving_world import KINDS, World, fill
from storage_media import NOON, a_caller, a_consent

from opusagent_voiceprint.models import ConsentDecision, Memory, Purpose
from opusagent_voiceprint.storage import CallerStore
from opusagent_voiceprint.storage.ledger import (
    LEDGER,
    LedgerEntry,
    LedgerEvent,
    Verification,
    archived_entries,
    entries_of,
    exported,
    verify_ledger,
)
from opusagent_voiceprint.storage.ledger.chain import key_of, read_entry
from opusagent_voiceprint.storage.moving import backup
from opusagent_voiceprint.storage.moving.migration import Migration
from opusagent_voiceprint.storage.number_failures import failures_of, note_failure


@pytest.fixture
def world(tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, redis_url, monkeypatch)


def whole(store: CallerStore) -> Verification:
    found = verify_ledger(store)
    assert found.problems == []
    return found


def events(store: CallerStore) -> list[str]:
    return [each.event.value for each in entries_of(store)]  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", KINDS)
def test_the_ledger_is_moved_as_it_is_and_a_head_that_was_kept_stays_true(kind: str, world: World) -> None:
    source, target = world.place(kind, "a"), world.place("sqlite", "b")
    with world.open(source, encrypted=False) as store:
        fill(store)
        head = whole(store).head
        note_failure(store, "link", NOON)
    for _ in range(2):
        done = world.migrate(source, target, encrypted=(False, True))
        assert done.exit_code == 0, done.output
        with world.open(target, encrypted=True) as store:
            assert whole(store).head == head
            assert failures_of(store, "link", NOON) is not None
    with world.open(source, encrypted=False) as store:
        store.put(a_caller("later"), expected_version=0)
        store.erase("caller_1")
        head = whole(store).head
    assert world.migrate(source, target, encrypted=(False, True)).exit_code == 0
    with world.open(target, encrypted=True) as store:
        assert events(store)[-3:] == ["granted", "granted", "erased"]
        assert whole(store).head == head


def test_a_target_with_a_ledger_of_its_own_keeps_it_and_enters_who_came(world: World) -> None:
    source, target = world.place("json", "a"), world.place("sqlite", "b")
    with world.open(source, encrypted=False) as store:
        store.put(a_caller("a"), expected_version=0)
    with world.open(target, encrypted=False) as store:
        store.put(a_caller("b"), expected_version=0)
        before = whole(store).head
    done = world.migrate(source, target, encrypted=(False, False))
    assert done.exit_code == 0, done.output
    with world.open(target, encrypted=False) as store:
        assert events(store) == ["granted", "granted", "imported", "imported"]
        assert verify_ledger(store, known=before).problems == []
        assert read_entry(store, 3).subject == "a"  # type: ignore[union-attr]


@pytest.mark.parametrize("encrypted", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_p9_a_backup_has_the_ledger_and_what_is_newer_in_the_store_stays(
    kind: str, encrypted: bool, world: World
) -> None:
    keys = ["--key-file", str(world.key_file)] if encrypted else []
    place, file = world.place(kind, "store"), world.directory / "callers.backup"
    with world.open(place, encrypted=encrypted) as store:
        fill(store)
    assert world.run("backup", str(file), place, *keys).exit_code == 0
    with world.open(place, encrypted=encrypted) as store:
        store.erase("caller_1")
        head = whole(store).head
    done = world.run("restore", str(file), place, "--replace", *keys)
    assert done.exit_code == 0, done.output
    with world.open(place, encrypted=encrypted) as store:
        assert whole(store).head == head
        assert store.get("caller_1") is None


@pytest.mark.parametrize("kind", KINDS)
def test_p9_an_exported_ledger_keeps_who_was_erased_out_of_a_new_store(kind: str, world: World) -> None:
    place, new = world.place(kind, "store"), world.place(kind, "new")
    file, ledger = world.directory / "callers.backup", world.directory / "ledger.jsonl"
    with world.open(place, encrypted=False) as store:
        fill(store)
        before = whole(store)
    assert world.run("backup", str(file), place).exit_code == 0
    with world.open(place, encrypted=False) as store:
        store.erase("caller_1")
        store.erase("caller_2")
        store.put(a_caller("caller_2"), expected_version=0)
        ledger.write_text(exported(entries_of(store)))  # type: ignore[arg-type]
    done = world.run("restore", str(file), new, "--plain", "--ledger", str(ledger))
    assert done.exit_code == 0, done.output
    with world.open(new, encrypted=False) as store:
        assert store.get("caller_1") is None
        assert store.get("caller_2") is not None
        assert verify_ledger(store, known=before.head).problems == []
        assert events(store)[before.head.sequence :] == ["erased"]
        assert read_entry(store, before.head.sequence + 1).subject == "caller_1"  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_entry_is_named_by_check_and_left_where_it_is(kind: str, world: World) -> None:
    place = world.place(kind, "store")
    with world.open(place, encrypted=False) as store:
        fill(store)
        store._set_note(LEDGER, key_of(2), "{")
    done = world.run("check", place, "--repair")
    assert done.exit_code == 1
    assert f"ledger '{key_of(2)}'" in done.output
    with world.open(place, encrypted=False) as store:
        assert store._note(LEDGER, key_of(2)) == "{"
        assert [each.sequence for each in verify_ledger(store).problems if each.sequence] == [2]
        entries = [each for each in entries_of(store) if not hasattr(each, "what")]
        assert LedgerEvent.ERASED in [each.event for each in entries]  # type: ignore[union-attr]


def test_what_changes_in_the_source_after_its_ledger_was_read_is_entered_behind_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = world.place("sqlite", "a"), world.place("json", "b")
    with world.open(source, encrypted=False) as store:
        fill(store)
    copied = Migration._copy

    def copy_and_change(self: Migration, ids: list[str], step: str) -> None:
        copied(self, ids, step)
        if step == "moving":
            with world.open(source, encrypted=False) as used:
                used.erase("caller_2")
                used.put(a_caller("newcomer"), expected_version=0)

    monkeypatch.setattr(Migration, "_copy", copy_and_change)
    assert world.migrate(source, target, encrypted=(False, False)).exit_code == 0
    with world.open(target, encrypted=False) as store:
        assert store.get("caller_2") is None
        assert store.get("newcomer") is not None
        assert sorted(events(store)[-3:]) == ["erased", "imported", "imported"]
        whole(store)
    monkeypatch.undo()
    # From here on the two ledgers differ. The other is kept beside, once.
    for _ in range(2):
        done = world.migrate(source, target, encrypted=(False, False))
        assert done.exit_code == 0, done.output
        assert "consents export --archived" in done.output
    with world.open(source, encrypted=False) as store, world.open(target, encrypted=False) as moved:
        theirs = [each for each in entries_of(store) if isinstance(each, LedgerEntry)]
        assert [entry for _, entry in archived_entries(moved)] == theirs
        whole(moved)
        store.erase("caller_1")
    assert world.migrate(source, target, encrypted=(False, False)).exit_code == 0
    with world.open(target, encrypted=False) as store:
        assert len(list(archived_entries(store))) == len(theirs) + 1
        assert store.get("caller_1") is None
        whole(store)


def test_restoring_enters_nobody_whom_it_did_not_restore(world: World) -> None:
    place, file = world.place("json", "store"), world.directory / "callers.backup"
    with world.open(place, encrypted=False) as store:
        fill(store)
    assert world.run("backup", str(file), place).exit_code == 0
    with world.open(place, encrypted=False) as store:
        forged = store.codec.encode(a_caller("forged"), kind="caller", record_id="forged")
        store._write("forged", 0, forged, [])
        before = [str(each) for each in verify_ledger(store).problems]
        assert before == ["caller forged: has a consent that the ledger has not"]
    assert world.run("restore", str(file), place, "--merge").exit_code == 0
    with world.open(place, encrypted=False) as store:
        assert [str(each) for each in verify_ledger(store).problems] == before


@pytest.mark.parametrize("kind", KINDS)
def test_p9_who_was_erased_by_a_backups_own_ledger_is_not_restored(kind: str, world: World) -> None:
    place, new = world.place(kind, "store"), world.place(kind, "new")
    file = world.directory / "callers.backup"
    with world.open(place, encrypted=False) as store:
        fill(store)
        stored = store.get("caller_1")
        assert stored is not None
        payload = store._read("caller_1").payload  # type: ignore[union-attr]
        store.erase("caller_1")
        store._write("caller_1", 0, payload, [])  # as a backup that was not of one moment would have it
    assert world.run("backup", str(file), place).exit_code == 0
    assert world.run("restore", str(file), new, "--plain").exit_code == 0
    with world.open(new, encrypted=False) as store:
        assert store.get("caller_1") is None
        whole(store)


def test_p8_a_consent_that_was_taken_back_since_is_not_put_back_in_force(world: World) -> None:
    place, file = world.place("sqlite", "store"), world.directory / "callers.backup"
    with world.open(place, encrypted=False) as store:
        store.put(a_caller("a"), expected_version=0)
        store.put(a_caller("b", name="Before"), expected_version=0)
        store.put(a_caller("c"), expected_version=0)
    assert world.run("backup", str(file), place).exit_code == 0
    withdrawn = a_consent(Purpose.MEMORY, ConsentDecision.WITHDRAWN)
    with world.open(place, encrypted=False) as store:
        store.update(
            "a",
            lambda caller: caller.model_copy(
                update={"consents": [*caller.consents, withdrawn], "memory": Memory()}
            ),
        )
        anew = a_consent(Purpose.MEMORY).model_copy(update={"consent_id": "anew"})
        store.update(
            "c",
            lambda caller: caller.model_copy(
                update={"consents": [*caller.consents, withdrawn, anew], "memory": Memory()}
            ),
        )
        other = a_consent(Purpose.MEMORY).model_copy(update={"consent_id": "another", "language": "de"})
        store.update(
            "b",
            lambda caller: caller.model_copy(update={"consents": [*caller.consents, other], "name": "After"}),
        )
    assert world.run("restore", str(file), place, "--replace").exit_code == 0
    with world.open(place, encrypted=False) as store:
        first, second, third = store.get("a"), store.get("b"), store.get("c")
        assert third is not None
        assert not third.memory, "what was deleted stays so, though consent was given anew"
        assert first is not None
        assert first.consent(Purpose.MEMORY) is None
        assert second is not None
        assert second.name == "Before"
        assert events(store)[-1] == "retracted"
        whole(store)


def test_a_backup_of_a_store_in_use_has_the_ledger_of_its_callers(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, new = world.place("sqlite", "store"), world.place("sqlite", "new")
    file = world.directory / "callers.backup"
    with world.open(place, encrypted=False) as store:
        fill(store)
    read, changes = backup._notes, []

    def read_while_calls_go_on(store: CallerStore, failures: Any) -> Iterator[Any]:
        if not changes:
            with world.open(place, encrypted=False) as used:
                used.erase("caller_1")
                used.put(a_caller("newcomer"), expected_version=0)
        changes.append(None)
        return read(store, failures)

    monkeypatch.setattr(backup, "_notes", read_while_calls_go_on)
    assert world.run("backup", str(file), place).exit_code == 0
    assert len(changes) == 2
    assert world.run("restore", str(file), new, "--plain").exit_code == 0
    with world.open(new, encrypted=False) as store:
        assert store.get("caller_1") is None
        assert store.get("newcomer") is not None
        whole(store)


def test_p9_who_is_erased_by_a_ledger_that_is_kept_beside_is_not_restored(world: World) -> None:
    first, second, third = (world.place("sqlite", name) for name in ("a", "b", "c"))
    file = world.directory / "callers.backup"
    with world.open(first, encrypted=False) as store:
        fill(store)
    assert world.run("backup", str(file), first).exit_code == 0
    with world.open(first, encrypted=False) as store:
        store.erase("caller_1")
    with world.open(second, encrypted=False) as store:
        store.put(a_caller("own"), expected_version=0)
    assert world.migrate(first, second, encrypted=(False, False)).exit_code == 0
    assert world.run("restore", str(file), second, "--merge").exit_code == 0
    with world.open(second, encrypted=False) as store:
        assert store.get("caller_1") is None
        whole(store)
        kept = [key for key, _ in archived_entries(store)]
        assert kept
    # What is kept beside goes along with the next move, and with a backup.
    assert world.migrate(second, third, encrypted=(False, False)).exit_code == 0
    other, new = world.directory / "second.backup", world.place("json", "d")
    assert world.run("backup", str(other), second).exit_code == 0
    assert world.run("restore", str(other), new, "--plain").exit_code == 0
    for place in (third, new):
        with world.open(place, encrypted=False) as store:
            assert set(kept) <= {key for key, _ in archived_entries(store)}
            whole(store)


def test_a_consent_that_the_source_gets_while_it_is_verified_is_entered(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = world.place("sqlite", "a"), world.place("sqlite", "b")
    with world.open(source, encrypted=False) as store:
        store.put(a_caller("a", consents=[a_consent()], memory=Memory()), expected_version=0)
    verify = Migration._verify

    def verify_while_calls_go_on(self: Migration) -> int:
        found = verify(self)
        with world.open(source, encrypted=False) as used:
            used.update(
                "a",
                lambda caller: caller.model_copy(
                    update={"consents": [*caller.consents, a_consent(Purpose.MEMORY)]}
                ),
            )
        return found

    monkeypatch.setattr(Migration, "_verify", verify_while_calls_go_on)
    assert world.migrate(source, target, encrypted=(False, False)).exit_code == 0
    with world.open(target, encrypted=False) as store:
        caller = store.get("a")
        assert caller is not None
        assert caller.consent(Purpose.MEMORY) is not None
        whole(store)
