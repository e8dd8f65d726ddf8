"""The follower: the gallery stays in step with the store past bad records, refusals and rolled back files."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from worlds import Clock, settings

from opusagent_voiceprint.calls.arrears import Arrears
from opusagent_voiceprint.calls.follower import GalleryFollower
from opusagent_voiceprint.calls.store_access import StoreAccess
from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.matching import Backend, Gallery, Probe
from opusagent_voiceprint.models import (
    Caller,
    ConsentDecision,
    ConsentEvidence,
    ConsentRecord,
    DoNotAsk,
    Purpose,
    Voiceprint,
)
from opusagent_voiceprint.storage import CallerStore, JSONStorage, SQLiteStorage
from opusagent_voiceprint.storage.number_failures import note_failure

ENCODER = "an-encoder"
DIMENSION = 16


class FaultyStore(SQLiteStorage):
    """A store with damaged records, and one that refuses erasures, when a test says so."""

    damaged: frozenset[str] = frozenset()
    refuses_erasures = False

    def get(self, caller_id: str) -> Caller | None:
        if caller_id in self.damaged:
            raise StorageError("the record is damaged")
        return super().get(caller_id)

    def get_many(self, caller_ids: Collection[str]) -> list[Caller]:
        return super().get_many([each for each in caller_ids if each not in self.damaged])

    def erase(self, caller_id: str, **options: Any) -> bool:
        if self.refuses_erasures:
            raise StorageError("the disk is read-only")
        return super().erase(caller_id, **options)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> FaultyStore:
    return FaultyStore(tmp_path / "voices.db")


@pytest.fixture
def another_worker(tmp_path: Path, store: FaultyStore) -> SQLiteStorage:
    return SQLiteStorage(tmp_path / "voices.db")


def voice_of(name: str) -> Any:
    embedding = np.random.default_rng(list(name.encode())).standard_normal(DIMENSION).astype(np.float32)
    return embedding / np.linalg.norm(embedding)


def a_caller(
    name: str,
    clock: Clock,
    *,
    evidence: ConsentEvidence = ConsentEvidence.CONVERSATION,
    policy_version: str = "1",
) -> Caller:
    consent = ConsentRecord(
        purpose=Purpose.VOICEPRINT,
        decision=ConsentDecision.GRANTED,
        evidence=evidence,
        at=clock.now,
        policy_version=policy_version,
    )
    caller = Caller(name=name, created_at=clock.now, last_seen=clock.now, consents=[consent])
    voiceprint = Voiceprint(
        caller_id=caller.caller_id,
        embedding=voice_of(name),
        encoder=ENCODER,
        channel="narrow",
        created_at=clock.now.isoformat(),
    )
    return caller.model_copy(update={"voiceprints": [voiceprint]})


class Followed:
    """A gallery that follows a store."""

    def __init__(self, store: CallerStore, clock: Clock, **values: Any) -> None:
        self.gallery = Gallery(Backend.of_cosine(ENCODER, DIMENSION))
        self.arrears = Arrears(None, self.gallery.remove)
        self.follower = GalleryFollower(
            StoreAccess.of(store), self.gallery, self.arrears, settings(Path(), **values), clock
        )

    def purge(self) -> None:
        """A first load, and all of the purge that follows it."""
        assert self.follower.step()
        assert self.follower.step()
        while self.follower._purge.under_way:
            assert self.follower.step()

    def knows(self, caller: Caller) -> bool:
        probe = Probe(voice_of(caller.name or ""), None, "narrow", 40.0)
        return bool(self.gallery.search(probe, among=[caller.caller_id]))


def test_one_record_that_cannot_be_read_does_not_hide_the_changes_of_others(
    store: FaultyStore, another_worker: SQLiteStorage, clock: Clock
) -> None:
    ada, bob = (store.put(a_caller(name, clock), expected_version=0) for name in ("Ada", "Bob"))
    followed = Followed(store, clock)
    assert followed.follower.step()
    assert followed.knows(ada)
    assert followed.knows(bob)
    another_worker.update(ada.caller_id, lambda caller: caller.model_copy(update={"languages": ["en"]}))
    store.damaged = frozenset({ada.caller_id})
    another_worker.erase(bob.caller_id)
    eve = another_worker.put(a_caller("Eve", clock), expected_version=0)
    assert followed.follower.step()
    assert not followed.knows(bob)
    assert followed.knows(eve)
    assert followed.knows(ada)  # whoever is matched is read again before anything comes of it


def test_the_first_load_succeeds_past_a_damaged_record_and_says_so_once(
    store: FaultyStore, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    ada, bob = (store.put(a_caller(name, clock), expected_version=0) for name in ("Ada", "Bob"))
    store.damaged = frozenset({ada.caller_id})
    followed = Followed(store, clock)
    assert followed.follower.step()
    assert followed.follower.step()
    assert followed.knows(bob)
    assert not followed.knows(ada)
    (line,) = [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]
    assert ada.caller_id in line
    assert "Ada" not in line


def test_a_record_that_could_not_be_read_for_a_moment_is_known_again_without_being_written(
    store: FaultyStore, clock: Clock
) -> None:
    ada = store.put(a_caller("Ada", clock), expected_version=0)
    store.damaged = frozenset({ada.caller_id})
    followed = Followed(store, clock)
    assert followed.follower.step()
    assert not followed.knows(ada)
    store.damaged = frozenset()
    assert followed.follower.step()
    assert followed.knows(ada)


def test_a_refused_erasure_does_not_stop_the_following_and_is_repeated(
    store: FaultyStore, another_worker: SQLiteStorage, clock: Clock
) -> None:
    ada, bob = (store.put(a_caller(name, clock), expected_version=0) for name in ("Ada", "Bob"))
    followed = Followed(store, clock)
    assert followed.follower.step()
    store.refuses_erasures = True
    followed.arrears.erasing(ada.caller_id)
    another_worker.erase(bob.caller_id)
    eve = another_worker.put(a_caller("Eve", clock), expected_version=0)
    assert followed.follower.step()
    assert not followed.knows(bob)
    assert followed.knows(eve)
    assert not followed.knows(ada)
    assert another_worker.get(ada.caller_id) is not None
    store.refuses_erasures = False
    assert followed.follower.step()
    assert another_worker.get(ada.caller_id) is None


def test_a_caller_whose_erasure_is_overdue_is_not_live_even_when_written_again(
    store: FaultyStore, another_worker: SQLiteStorage, clock: Clock
) -> None:
    ada = store.put(a_caller("Ada", clock), expected_version=0)
    followed = Followed(store, clock)
    assert followed.follower.step()
    assert followed.follower.live(ada)
    store.refuses_erasures = True
    followed.arrears.erasing(ada.caller_id)
    assert not followed.follower.live(ada)
    changed = another_worker.update(
        ada.caller_id, lambda caller: caller.model_copy(update={"languages": ["en"]})
    )
    assert followed.follower.step()
    followed.follower.put(changed)
    assert not followed.knows(ada)


def test_an_expired_caller_whom_the_store_will_not_erase_does_not_stop_the_first_load(
    store: FaultyStore, clock: Clock
) -> None:
    ada = store.put(a_caller("Ada", clock), expected_version=0)
    clock.forward(days=366)
    bob = store.put(a_caller("Bob", clock), expected_version=0)
    store.refuses_erasures = True
    followed = Followed(store, clock, retention_days=365)
    followed.purge()
    assert followed.knows(bob)
    assert not followed.knows(ada)


def test_a_store_put_back_to_an_older_state_is_read_from_the_start(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "voices.json"
    store = JSONStorage(path)
    ada = store.put(a_caller("Ada", clock), expected_version=0)
    older = shutil.copy(path, tmp_path / "older.json")
    bob = store.put(a_caller("Bob", clock), expected_version=0)
    followed = Followed(store, clock)
    assert followed.follower.step()
    assert followed.knows(bob)
    Path(older).replace(path)
    assert followed.follower.step()
    assert followed.knows(ada)
    assert not followed.knows(bob)


def test_p11_callers_who_agreed_to_another_policy_are_not_matched_until_they_agree_again(
    store: FaultyStore, clock: Clock
) -> None:
    before = store.put(a_caller("Ada", clock, policy_version="1"), expected_version=0)
    now = store.put(a_caller("Bob", clock, policy_version="2"), expected_version=0)
    vouched = store.put(
        a_caller("Eve", clock, policy_version="1", evidence=ConsentEvidence.APPLICATION), expected_version=0
    )
    followed = Followed(store, clock, policy_version="2")
    assert followed.follower.step()
    assert not followed.knows(before)
    assert followed.knows(now)
    assert followed.knows(vouched)
    assert store.get(before.caller_id) is not None
    again = a_caller("Ada", clock, policy_version="2").consents
    store.update(
        before.caller_id, lambda caller: caller.model_copy(update={"consents": caller.consents + again})
    )
    assert followed.follower.step()
    assert followed.knows(before)


def test_p10_a_caller_is_live_through_the_last_moment_of_the_retention_period_and_not_after(
    store: FaultyStore, clock: Clock
) -> None:
    ada = store.put(a_caller("Ada", clock), expected_version=0)
    clock.forward(days=365)
    followed = Followed(store, clock, retention_days=365)
    assert followed.follower.step()
    assert followed.knows(ada)
    assert followed.follower.live(ada)
    clock.now += timedelta(microseconds=1)
    assert not followed.follower.live(ada)
    store.put(a_caller("Bob", clock), expected_version=0)
    late = Followed(store, clock, retention_days=365)
    assert late.follower.step()
    assert not late.knows(ada)
    late.purge()
    assert store.get(ada.caller_id) is None


def test_p10_a_caller_from_ahead_of_the_clock_is_neither_known_nor_erased_and_the_operator_is_told(
    store: FaultyStore, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    clock.forward(days=3653)
    ada = store.put(a_caller("Ada", clock), expected_version=0)
    clock.forward(days=-3653)
    bob = store.put(a_caller("Bob", clock), expected_version=0)
    followed = Followed(store, clock)
    followed.purge()
    assert followed.knows(bob)
    assert not followed.knows(ada)
    assert not followed.follower.live(ada)
    assert store.get(ada.caller_id) is not None
    (line,) = [each.getMessage() for each in caplog.records if "clock" in each.getMessage()]
    assert line.startswith("1 callers have times")
    assert ada.caller_id not in line


def test_p23_what_is_counted_of_a_number_is_removed_when_it_is_old(store: FaultyStore, clock: Clock) -> None:
    note_failure(store, "link", clock.now)
    clock.forward(days=7, seconds=-1)
    Followed(store, clock).purge()
    assert store._note_keys("failures") == ["link"]
    clock.forward(seconds=1)
    Followed(store, clock).purge()
    assert store._note_keys("failures") == []


class FailsOnce(SQLiteStorage):
    """The next write of each sort fails."""

    fails: frozenset[str] = frozenset()

    def remember_refusal(self, refusal: DoNotAsk) -> None:
        self._fail("refusal", StorageError("the disk is full"))
        super().remember_refusal(refusal)

    def _remove(self, *record: Any) -> bool:
        self._fail("erasure", StorageError("the disk is full"))
        return super()._remove(*record)

    def changes(self, since: int) -> tuple[list[str], int]:
        self._fail("reading", RuntimeError("a driver's own error"))
        return super().changes(since)

    def _fail(self, sort: str, error: Exception) -> None:
        if sort in self.fails:
            self.fails -= {sort}
            raise error


def test_what_failed_once_is_done_by_the_next_step_and_nobody_is_lost(tmp_path: Path, clock: Clock) -> None:
    store = FailsOnce(tmp_path / "voices.db")
    ada, bob = (store.put(a_caller(name, clock), expected_version=0) for name in ("Ada", "Bob"))
    followed = Followed(store, clock)
    assert followed.follower.step()
    followed.arrears.erasing(ada.caller_id)
    followed.arrears.note(DoNotAsk(subject="link"))
    eve = store.put(a_caller("Eve", clock), expected_version=0)
    store.fails = frozenset({"refusal", "erasure", "reading"})
    assert not followed.follower.step()
    assert not followed.knows(ada)
    assert followed.knows(bob)
    assert followed.follower.step()
    assert store.fails == frozenset()
    assert [followed.knows(each) for each in (ada, bob, eve)] == [False, True, True]
    assert store.get(ada.caller_id) is None
    assert store.refusal("link") is not None
    assert followed.arrears.overdue() == []
