"""The consent ledger: what is written with what, and what shows when somebody changes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from storage_media import NOON, Medium, RedisMedium, a_caller, a_consent

from opusagent_voiceprint.errors import ConsentError, StorageError, VersionConflictError
from opusagent_voiceprint.models import Caller, ConsentDecision, ConsentRecord, Memory, Purpose
from opusagent_voiceprint.storage import CallerStore, RecordCodec
from opusagent_voiceprint.storage.ledger import (
    LEDGER,
    Chain,
    Head,
    LedgerEntry,
    LedgerEvent,
    commitment_of,
    entries_of,
    erased_in,
    verify_ledger,
)
from opusagent_voiceprint.storage.ledger.chain import key_of


def entries(store: CallerStore) -> list[LedgerEntry]:
    found = list(entries_of(store))
    assert all(isinstance(each, LedgerEntry) for each in found), found
    return found  # type: ignore[return-value]


def problems(store: CallerStore, known: Head | None = None) -> list[str]:
    return [str(each) for each in verify_ledger(store, known=known).problems]


def events(store: CallerStore) -> list[tuple[str, str]]:
    return [(each.event.value, each.subject) for each in entries(store)]


def forge(store: CallerStore, sequence: int, entry: LedgerEntry | None) -> None:
    """What somebody can do who has the store, and the keys too."""
    key = key_of(sequence)
    payload = None if entry is None else store.codec.encode(entry, kind=LEDGER, record_id=key)
    store._set_note(LEDGER, key, payload)


def test_p3_a_consent_and_its_entry_are_written_in_one_step(store: CallerStore) -> None:
    store.put(a_caller("a"), expected_version=0)
    first, second = entries(store)
    consent = a_consent(Purpose.VOICEPRINT)
    assert (first.sequence, first.event, first.subject) == (1, LedgerEvent.GRANTED, "a")
    assert (first.purpose, first.decided_on) == (Purpose.VOICEPRINT, NOON.date())
    assert (second.purpose, second.previous) == (Purpose.MEMORY, first.hash)
    assert first.commitment == commitment_of(consent)
    assert problems(store) == []


def test_p3_what_is_refused_leaves_neither_a_caller_nor_an_entry(store: CallerStore) -> None:
    with pytest.raises(ConsentError):
        store.put(a_caller("a", consents=[]), expected_version=0)
    with pytest.raises(VersionConflictError):
        store.put(a_caller("a"), expected_version=7)
    assert entries(store) == []
    assert store.count() == 0


def test_a_write_that_loses_against_another_leaves_no_entry(store: CallerStore) -> None:
    stored = store.put(a_caller("a", consents=[a_consent()], memory=Memory()), expected_version=0)
    withdrawn = a_consent(decision=ConsentDecision.WITHDRAWN)

    def change(caller: Caller) -> Caller:
        if not beaten:
            beaten.append(store.put(stored.model_copy(update={"name": "Faster"}), expected_version=1))
        return caller.model_copy(update={"consents": [*caller.consents, withdrawn], "voiceprints": []})

    beaten: list[Caller] = []
    store.update("a", change)
    assert [event for event, _ in events(store)] == ["granted", "withdrawn"]
    assert problems(store) == []


def test_a_change_that_is_not_about_consent_makes_no_entry(store: CallerStore) -> None:
    store.put(a_caller("a"), expected_version=0)
    store.update("a", lambda caller: caller.model_copy(update={"name": "Another"}))
    assert len(entries(store)) == 2


def test_a_consent_that_is_taken_out_again_is_retracted(store: CallerStore) -> None:
    store.put(a_caller("a"), expected_version=0)
    store.update(
        "a", lambda caller: caller.model_copy(update={"consents": caller.consents[:1], "memory": Memory()})
    )
    last = entries(store)[-1]
    assert (last.event, last.purpose) == (LedgerEvent.RETRACTED, Purpose.MEMORY)
    assert problems(store) == []


def test_p9_an_erasure_is_entered_with_what_was_erased_and_nothing_of_the_person(
    medium: Medium, codec: RecordCodec
) -> None:
    with medium.open(codec) as store:
        store.put(a_caller("a"), expected_version=0)
        assert store.erase("a", reason="withdrawn") is True
        last = entries(store)[-1]
        assert (last.event, last.subject, last.reason) == (LedgerEvent.ERASED, "a", "withdrawn")
        keys = {"keys": 1} if codec.cipher is not None else {}
        assert last.erased == {"voiceprints": 1, "consents": 2, "summaries": 1, "phone_links": 1, **keys}
        assert store.erase("a") is False
        assert len(entries(store)) == 3
        assert problems(store) == []
        text = json.dumps([each.as_data() for each in entries(store)])
        for personal in ("Wilhelmina", "sentinel", "link-of", "yes please", "call_1"):
            assert personal not in text


def test_p9_the_commitment_cannot_be_guessed_without_the_record() -> None:
    one, other = ConsentRecord(**_fields()), ConsentRecord(**_fields())
    assert one.consent_id != other.consent_id
    assert commitment_of(one) != commitment_of(other)
    assert commitment_of(one) == commitment_of(one.model_copy())
    assert commitment_of(one) != commitment_of(one.model_copy(update={"answer": "no"}))


def test_who_comes_back_after_an_erasure_is_granted_anew(store: CallerStore) -> None:
    store.put(a_caller("a"), expected_version=0)
    store.erase("a")
    store.put(a_caller("a"), expected_version=0)
    assert [event for event, _ in events(store)] == ["granted", "granted", "erased", "granted", "granted"]
    assert problems(store) == []


def test_handles_that_write_at_the_same_time_make_one_chain(medium: Medium, codec: RecordCodec) -> None:
    stores = [medium.open(codec) for _ in range(3)]

    def enroll(number: int) -> None:
        for each in range(6):
            stores[number].put(a_caller(f"caller_{number}_{each}"), expected_version=0)
            if each % 2:
                stores[number].erase(f"caller_{number}_{each}")

    with ThreadPoolExecutor(max_workers=3) as pool:
        for done in [pool.submit(enroll, number) for number in range(3)]:
            done.result()
    found = verify_ledger(stores[0])
    assert (found.problems, found.callers, found.head.sequence) == ([], 9, 3 * (6 * 2 + 3))
    for store in stores:
        store.close()


def test_the_end_is_found_by_a_process_that_has_not_seen_it(medium: Medium, codec: RecordCodec) -> None:
    with medium.open(codec) as store:
        for number in range(11):
            store.put(a_caller(f"caller_{number}"), expected_version=0)
        end = Chain(store).head()
        assert end == Head(22, entries(store)[-1].hash)
        with medium.open(codec) as other:
            other.put(a_caller("another"), expected_version=0)
        assert Chain(store).head().sequence == 24
        store.put(a_caller("one_more"), expected_version=0)
        assert problems(store) == []


@pytest.fixture
def written(store: CallerStore) -> CallerStore:
    for number in range(4):
        store.put(a_caller(f"caller_{number}", consents=[a_consent()], memory=Memory()), expected_version=0)
    return store


def test_an_entry_that_was_removed_shows(written: CallerStore) -> None:
    forge(written, 2, None)
    assert "entry 2: is missing" in problems(written)
    assert "caller caller_1: has a consent that the ledger has not" in problems(written)


def test_an_entry_that_was_changed_shows(written: CallerStore) -> None:
    second = entries(written)[1]
    forge(written, 2, second.model_copy(update={"played_to_end": True}))
    assert problems(written) == ["entry 3: does not follow on the one before, which was changed"]


def test_entries_that_were_swapped_show(written: CallerStore) -> None:
    _, second, third, _ = entries(written)
    forge(written, 2, third.placed(2, third.previous))
    forge(written, 3, second.placed(3, second.previous))
    assert len(problems(written)) == 3  # those two, and the one after them


def test_a_payload_at_anothers_place_shows(written: CallerStore) -> None:
    payload = written._note(LEDGER, key_of(2))
    written._set_note(LEDGER, key_of(3), payload)
    assert any(each.startswith("entry 3: cannot be read") for each in problems(written))


def test_a_ledger_that_was_cut_short_shows_by_the_callers(written: CallerStore) -> None:
    forge(written, 4, None)
    assert problems(written) == ["caller caller_3: has a consent that the ledger has not"]


def test_a_ledger_that_was_cut_short_shows_by_a_head_that_was_kept(written: CallerStore) -> None:
    written.erase("caller_3")
    head = verify_ledger(written).head
    forge(written, 5, None)
    forge(written, 4, None)
    assert problems(written) == []  # nothing in the store says so
    assert problems(written, known=head) == [
        "entry 5: has another hash than it had, or is gone: the ledger was replaced"
    ]


def test_a_ledger_that_was_written_anew_shows_by_a_head_that_was_kept(written: CallerStore) -> None:
    head = verify_ledger(written).head
    assert problems(written, known=head) == []
    previous = "0" * 64
    for each in entries(written):
        forged = each.model_copy(update={"language": "de"}).placed(each.sequence, previous)
        forge(written, each.sequence, forged)
        previous = forged.hash
    assert problems(written) == []
    assert len(problems(written, known=head)) == 1


def test_a_caller_who_went_without_an_erasure_shows(written: CallerStore) -> None:
    written._remove("caller_2")
    assert problems(written) == ["caller caller_2: is gone, and the ledger has no erasure"]


def test_p9_a_caller_whom_a_backup_brought_back_shows(medium: Medium) -> None:
    with medium.open() as store:
        stored = store.put(a_caller("a"), expected_version=0)
        payload = medium.payload("a")
        store.erase("a")
        store._write("a", 0, payload, stored.phone_links)
        assert problems(store) == ["caller a: is there, and was erased: a backup was put back"]


def test_damage_of_the_newest_entry_holds_up_neither_consent_nor_erasure(
    medium: Medium, codec: RecordCodec
) -> None:
    with medium.open(codec) as store:
        store.put(a_caller("a"), expected_version=0)
        store._set_note(LEDGER, key_of(2), "{")
        store.put(a_caller("b", consents=[a_consent()], memory=Memory()), expected_version=0)
        store.erase("b")
        found = problems(store)
        assert len(found) == 2
        assert found[0].startswith("entry 2: cannot be read")
        assert found[1] == "caller a: has a consent that the ledger has not"
        store._set_note(LEDGER, key_of(2), None)
    with medium.open(codec) as store:
        assert store.erase("a") is True


def test_who_took_the_newest_entries_out_is_not_helped_by_new_ones(written: CallerStore) -> None:
    for sequence in (4, 3):
        forge(written, sequence, None)
    written.put(a_caller("later", consents=[a_consent()], memory=Memory()), expected_version=0)
    last = [each for each in entries_of(written) if isinstance(each, LedgerEntry)][-1]
    assert last.subject == "later"
    assert {"caller_2", "caller_3"} <= {
        each.caller_id for each in verify_ledger(written).problems if each.caller_id
    }


@pytest.mark.parametrize("key", ["something", "9" * 5000, "99999999999", "000000000000"])
def test_a_note_that_is_no_entry_shows_and_holds_up_nothing(written: CallerStore, key: str) -> None:
    written._set_note(LEDGER, key, "else")
    written.put(a_caller("later", consents=[a_consent()], memory=Memory()), expected_version=0)
    assert written.erase("later") is True
    assert problems(written) == [f"entry 0: has no number, but {key[:40]!r}"]


def test_a_place_that_others_take_again_and_again_is_an_error(store: CallerStore) -> None:
    from opusagent_voiceprint.errors import NoteExistsError

    def never(notes: Sequence[object]) -> None:
        assert len(notes) == 1
        raise NoteExistsError("somebody was faster")

    store.put(a_caller("a", consents=[a_consent()], memory=Memory()), expected_version=0)
    (entry,) = entries(store)
    with pytest.raises(StorageError, match="others wrote to the ledger first"):
        Chain(store).append_with([entry], never)


def _fields() -> dict[str, object]:
    return a_consent().model_dump(exclude={"consent_id"})


# Erasures that are cut short


def test_an_erasure_whose_key_alone_could_be_destroyed_is_entered_by_who_finishes_it(
    medium: Medium, encrypted: RecordCodec
) -> None:
    with medium.open(encrypted) as store:
        store.put(a_caller("a"), expected_version=0)
        store.put(a_caller("b"), expected_version=0)
        for caller_id in "ab":
            encrypted.destroy_key(caller_id)  # the store was not to be reached just then
        assert store.get("a") is None
        assert store.erase("b", reason="withdrawn") is True
        assert [(each.subject, each.reason) for each in entries(store)[4:]] == [
            ("a", "finished"),
            ("b", "withdrawn"),
        ]
        assert problems(store) == []


def test_an_erasure_whose_first_step_had_no_reply_is_done(medium: Medium, encrypted: RecordCodec) -> None:
    with medium.open(encrypted) as store:
        stored = store.put(a_caller("a"), expected_version=0)
        written = store._write

        def loses_the_reply(*arguments: object) -> int:
            written(*arguments)  # type: ignore[arg-type]
            raise StorageError("the reply was lost; whether the change was made is not known")

        store._write = loses_the_reply  # type: ignore[assignment, method-assign]
        assert store.erase("a", expected_version=stored.version, reason="expired") is True
        store._write = written  # type: ignore[method-assign]
        assert store.get("a") is None
        assert store.count() == 0
        assert [event for event, _ in events(store)] == ["granted", "granted", "erased"]
        assert problems(store) == []


# Holes


@pytest.mark.parametrize("missing", [1, 2, 3])
def test_nothing_is_entered_below_the_last_entry_though_one_is_missing(
    medium: Medium, codec: RecordCodec, missing: int
) -> None:
    with medium.open(codec) as store:
        for number in range(4):
            store.put(a_caller(f"c{number}", consents=[a_consent()], memory=Memory()), expected_version=0)
        forge(store, missing, None)
    with medium.open(codec) as store:
        store.erase("c3")
        store.put(a_caller("late"), expected_version=0)
        found = [each for each in entries_of(store) if isinstance(each, LedgerEntry)]
        assert [each.sequence for each in found][-3:] == [5, 6, 7]
        assert erased_in(entries_of(store)) == {"c3"}
        assert f"entry {missing}: is missing" in problems(store)


def test_an_end_that_the_store_does_not_know_is_searched_for(redis_url: str) -> None:
    redis_medium = RedisMedium(redis_url)
    with redis_medium.open() as store, closing(redis_medium.client()) as client:
        store.put(a_caller("a"), expected_version=0)
        for wrong in (b"000000000001", b"nonsense"):
            client.hset(f"{{{redis_medium.namespace}}}:meta", "last", wrong)
            store.put(a_caller(f"after {wrong!r}"), expected_version=0)
        client.hdel(f"{{{redis_medium.namespace}}}:meta", "last")
        store.erase("a")
        assert [each.sequence for each in entries(store)] == list(range(1, 8))
        assert problems(store) == []


def test_what_others_entered_meanwhile_costs_a_writer_no_more_than_one_look(
    medium: Medium, codec: RecordCodec, monkeypatch: pytest.MonkeyPatch
) -> None:
    with medium.open(codec) as idle, medium.open(codec) as busy:
        idle.put(a_caller("a"), expected_version=0)
        for number in range(20):
            busy.put(a_caller(f"caller_{number}"), expected_version=0)
        reads: list[str] = []
        note = idle._note
        monkeypatch.setattr(idle, "_note", lambda kind, key: reads.append(key) or note(kind, key))
        idle.put(a_caller("b"), expected_version=0)
        assert len(reads) == 1
        assert problems(idle) == []
