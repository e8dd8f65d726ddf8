"""The purge of who has not called for the retention period: in slices, and by no clock that looks wrong."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from test_calls_follower import Followed, a_caller
from worlds import Clock, settings

from opusagent_voiceprint.calls import purge as purge_module
from opusagent_voiceprint.calls import purge_wait as wait_module
from opusagent_voiceprint.calls import wall_clock as wall_clock_module
from opusagent_voiceprint.calls.purge import RetentionPurge
from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.models import Caller
from opusagent_voiceprint.policies import DAYS_FOR_ERASING
from opusagent_voiceprint.storage import CallerStore, SQLiteStorage
from opusagent_voiceprint.storage.number_failures import FAILURES, note_failure, numbers_counted
from opusagent_voiceprint.storage.purge_hold import HOLD, PurgeHold, hold, latest_hold


class WatchedStore(SQLiteStorage):
    """Notes how many callers are read at once."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.read_at_once: list[int] = []

    def get_many(self, caller_ids: Collection[str]) -> list[Caller]:
        self.read_at_once.append(len(caller_ids))
        return super().get_many(caller_ids)


class TimeThatNobodySets:
    """Of the machine; it goes on with the clock, but for what a clock is set by."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        for module in (purge_module, wait_module, wall_clock_module):
            monkeypatch.setattr(module, "time", self)

    def monotonic(self) -> float:
        return self.now

    def forward(self, *clocks: Clock, **by: float) -> None:
        self.now += timedelta(**by).total_seconds()
        for clock in clocks:
            clock.forward(**by)


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> TimeThatNobodySets:
    return TimeThatNobodySets(monkeypatch)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> WatchedStore:
    return WatchedStore(tmp_path / "voices.db")


def put(store: CallerStore, clock: Clock, *names: str) -> list[Caller]:
    return [store.put(a_caller(name, clock), expected_version=0) for name in names]


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]


def test_p10_everybody_is_followed_between_the_slices_of_a_purge_and_known_before_it(
    tmp_path: Path, store: WatchedStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge_module, "_READ_AT_ONCE", 4)
    monkeypatch.setattr(purge_module, "_ERASED_AT_ONCE", 2)
    old = put(store, clock, *(f"old {each}" for each in range(9)))
    clock.forward(days=366)
    put(store, clock, *(f"new {each}" for each in range(11)))
    followed = Followed(store, clock)
    assert followed.follower.step()
    assert followed.gallery.callers == 11
    assert store.count() == 20  # the purge has not begun
    store.read_at_once.clear()
    assert followed.follower.step()
    assert store.read_at_once == [4]
    assert followed.follower._purge.under_way
    with SQLiteStorage(tmp_path / "voices.db") as another_worker:
        (eve,) = put(another_worker, clock, "Eve")
    assert followed.follower.step()
    assert followed.knows(eve)
    assert store.count() == 21
    counts = []
    while followed.follower._purge.under_way:
        assert followed.follower.step()
        counts.append(store.count())
    assert max(store.read_at_once) == 4
    assert [before - after for before, after in itertools.pairwise(counts)].count(2) >= 3
    assert store.count() == 12
    assert store.get_many([each.caller_id for each in old]) == []


def test_p10_a_purge_of_more_than_half_waits_for_the_operator_and_is_done_after_three_days(
    store: WatchedStore, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(purge_module, "_EVERY", 0.0)
    old = put(store, clock, "Ada", "Bob", "Charles")
    clock.forward(days=3653)
    put(store, clock, "Eve", "Joe")
    followed = Followed(store, clock)
    for _ in range(3):
        followed.purge()
    assert store.count() == 5
    assert not any(followed.knows(each) or followed.follower.live(each) for each in old)
    (line,) = errors(caplog)
    assert line.startswith("3 of 5 callers are past the retention period, but they are more than half of all")
    assert "set it right" in line
    assert not any(each.caller_id in line or (each.name or "") in line for each in old)
    for by in (24, 24, 23):
        clock.forward(hours=by)
        again = Followed(store, clock)  # a restart does not begin the three days anew
        again.purge()
        assert store.count() == 5
    clock.forward(hours=1)
    last = Followed(store, clock)
    last.purge()
    assert store.count() == 2
    assert len(errors(caplog)) == 4
    assert len(store._note_keys(HOLD)) == 1
    last.purge()
    assert store._note_keys(HOLD) == []


def test_p10_a_hold_that_a_wrong_clock_noted_is_begun_anew(store: WatchedStore, clock: Clock) -> None:
    put(store, clock, "Ada")
    clock.forward(days=366)
    ahead = PurgeHold(since=clock() + timedelta(days=4000), retention_days=365)
    hold(store, ahead)
    Followed(store, clock).purge()
    assert store.count() == 1
    assert latest_hold(store, 365, clock()) == PurgeHold(since=clock(), retention_days=365)
    assert latest_hold(store, 365, ahead.since) == ahead.model_copy(update={"doubted": True})
    for _ in range(3):
        assert store.count() == 1
        clock.forward(days=1)
        Followed(store, clock).purge()
    assert store.count() == 0


def test_p10_looking_who_is_expired_notes_nothing(tmp_path: Path, store: WatchedStore, clock: Clock) -> None:
    put(store, clock, "Ada")
    clock.forward(days=366)
    purge = RetentionPurge(settings(tmp_path), clock, lambda _: None, erases=False)
    purge.step(store)
    assert purge.why_held
    assert len(purge.found) == 1
    assert store._note_keys(HOLD) == []
    assert store.count() == 1


def test_p10_half_of_all_callers_are_purged_at_once(store: WatchedStore, clock: Clock) -> None:
    put(store, clock, "Ada", "Bob")
    clock.forward(days=366)
    put(store, clock, "Eve", "Joe")
    Followed(store, clock).purge()
    assert store.count() == 2


def test_p10_a_clock_that_jumps_while_the_process_runs_purges_nobody_and_all_are_known_again_once_it_is_right(
    store: WatchedStore, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(purge_module, "_EVERY", 0.0)
    (ada,) = put(store, clock, "Ada")
    clock.forward(days=300)
    (bob, eve) = put(store, clock, "Bob", "Eve")
    followed = Followed(store, clock)
    followed.purge()
    clock.forward(days=90)  # Ada alone would be too old
    followed.purge()
    assert store.count() == 3
    assert not followed.follower.live(ada)
    assert not followed.knows(ada)
    assert followed.knows(eve)
    (line,) = errors(caplog)
    assert "1 of 3 callers" in line
    assert "moved by 2160 hours forwards" in line
    clock.forward(days=-90)
    followed.purge()
    assert followed.knows(ada)
    assert followed.knows(bob)
    assert store.count() == 3
    assert len(errors(caplog)) == 1


def test_p10_an_operator_can_purge_without_waiting(tmp_path: Path, store: WatchedStore, clock: Clock) -> None:
    put(store, clock, "Ada", "Bob")
    clock.forward(days=366)
    removed: list[str] = []
    purge = RetentionPurge(settings(tmp_path), clock, removed.append, force=True)
    purge.step(store)
    assert not purge.under_way
    assert len(removed) == 2
    assert store.count() == 0


def purged(purge: RetentionPurge, store: CallerStore) -> RetentionPurge:
    """Once, to its end."""
    purge.step(store)
    while purge.under_way:
        purge.step(store)
    return purge


def a_purge(tmp_path: Path, clock: Clock, **values: Any) -> RetentionPurge:
    return RetentionPurge(settings(tmp_path, **values), clock, lambda _: None)


def four_of_ten_are_older(store: CallerStore, clock: Clock) -> None:
    put(store, clock, *(f"old {each}" for each in range(4)))
    clock.forward(days=290)
    put(store, clock, *(f"new {each}" for each in range(6)))
    clock.forward(days=10)


def test_p10_the_hold_after_a_moved_clock_outlives_restarts_and_is_over_after_three_days(
    tmp_path: Path,
    store: WatchedStore,
    clock: Clock,
    hours: TimeThatNobodySets,
    caplog: pytest.LogCaptureFixture,
) -> None:
    four_of_ten_are_older(store, clock)
    purge = purged(a_purge(tmp_path, clock), store)
    clock.forward(days=90)
    hours.forward(clock, hours=1)
    assert "was moved by 2160 hours forwards" in purged(purge, store).why_held
    assert store.count() == 10
    for _ in range(2):
        again = a_purge(tmp_path, clock)
        assert "was held before this process began" in purged(again, store).why_held
        assert store.count() == 10
        for _ in range(35):
            hours.forward(clock, hours=1)
            assert purged(again, store).why_held
    assert "before this process began" in errors(caplog)[-1]
    hours.forward(clock, hours=1)
    assert purged(again, store).why_held
    hours.forward(clock, hours=1)
    assert not purged(again, store).why_held
    assert store.count() == 6
    hours.forward(clock, hours=1)
    purged(again, store)
    assert store._note_keys(HOLD) == []


def test_p10_a_clock_that_is_right_again_ends_its_own_hold_and_who_is_really_expired_is_erased(
    tmp_path: Path, store: WatchedStore, clock: Clock, hours: TimeThatNobodySets
) -> None:
    four_of_ten_are_older(store, clock)
    clock.forward(days=65)
    put(store, clock, "Zoe")
    purge = a_purge(tmp_path, clock)
    assert not purged(purge, store).found
    clock.forward(days=300)
    hours.forward(clock, hours=1)
    assert purged(purge, store).why_held
    assert len(purge.found) == 10
    clock.forward(days=-300)
    hours.forward(clock, hours=2)
    purged(purge, store)
    assert (store.count(), len(purge.found)) == (7, 4)
    assert store._note_keys(HOLD) == []


def test_p10_a_clock_that_is_moved_further_begins_the_three_days_anew(
    tmp_path: Path, store: WatchedStore, clock: Clock, hours: TimeThatNobodySets
) -> None:
    four_of_ten_are_older(store, clock)
    purge = purged(a_purge(tmp_path, clock), store)
    clock.forward(days=90)
    hours.forward(clock, hours=1)
    assert purged(purge, store).why_held
    hours.forward(clock, hours=71)
    clock.forward(days=300)
    assert purged(purge, store).why_held
    hours.forward(clock, hours=71)
    assert purged(purge, store).why_held
    assert store.count() == 10
    hours.forward(clock, hours=1)
    assert not purged(purge, store).why_held
    assert store.count() == 0
    hours.forward(clock, hours=1)
    put(store, clock, *(f"later {each}" for each in range(2)))
    hours.forward(clock, days=366)
    put(store, clock, *(f"last {each}" for each in range(3)))
    assert not purged(purge, store).why_held  # the clock is trusted again
    assert store.count() == 3


def test_p10_a_machine_that_sleeps_every_night_erases_after_three_days_all_the_same(
    tmp_path: Path, store: WatchedStore, clock: Clock, hours: TimeThatNobodySets
) -> None:
    four_of_ten_are_older(store, clock)
    purge = purged(a_purge(tmp_path, clock), store)
    clock.forward(days=90)
    days = 0
    while store.count() == 10:
        hours.forward(clock, hours=16)
        purged(purge, store)
        clock.forward(hours=8)
        days += 1
        assert days <= 6
    assert days == 6  # of 16 hours; the first begins the hold
    assert store.count() == 6


def test_p10_a_hold_of_another_period_is_not_taken_over(
    tmp_path: Path, store: WatchedStore, clock: Clock
) -> None:
    put(store, clock, "Ada")
    clock.forward(days=366)
    hold(store, PurgeHold(since=clock() - timedelta(days=4), retention_days=500))
    assert purged(a_purge(tmp_path, clock), store).why_held
    assert store.count() == 1


def test_p10_of_several_holds_the_newest_counts(tmp_path: Path, store: WatchedStore, clock: Clock) -> None:
    put(store, clock, "Ada")
    clock.forward(days=366)
    for days in (2, 4, 1, 3):
        hold(store, PurgeHold(since=clock() - timedelta(days=days), retention_days=365))
    for _ in range(2):
        assert purged(a_purge(tmp_path, clock), store).why_held
        clock.forward(days=1)
    assert not purged(a_purge(tmp_path, clock), store).why_held


def test_p10_a_process_whose_clock_was_not_moved_erases_and_leaves_another_s_hold_until_it_is_over(
    tmp_path: Path, store: WatchedStore, clock: Clock, hours: TimeThatNobodySets
) -> None:
    put(store, clock, "Ada")
    hours.forward(clock, days=200)
    put(store, clock, "Bob", "Eve", "Joe")
    purge = purged(a_purge(tmp_path, clock), store)
    hours.forward(clock, days=165, hours=1)
    hold(store, PurgeHold(since=clock(), retention_days=365))
    purged(purge, store)
    assert store.count() == 3
    assert len(store._note_keys(HOLD)) == 1
    hours.forward(clock, hours=72)
    put(store, Clock(), "Zoe")  # who did not call since the beginning
    purged(purge, store)
    assert store.count() == 3
    assert store._note_keys(HOLD) == []


def test_p10_a_clock_that_was_moved_ends_no_other_process_s_hold(
    tmp_path: Path, store: WatchedStore, clock: Clock, hours: TimeThatNobodySets
) -> None:
    put(store, clock, "Ada")
    purge = purged(a_purge(tmp_path, clock), store)
    hold(store, PurgeHold(since=clock(), retention_days=365))
    hours.forward(hours=1)
    clock.forward(hours=10)
    assert not purged(purge, store).found
    assert len(store._note_keys(HOLD)) == 1
    clock.forward(hours=-9)
    hours.forward(clock, hours=1)
    purged(purge, store)
    assert store._note_keys(HOLD) == []


@pytest.mark.parametrize("other", ["a longer period", "a clock that is behind"])
def test_p10_a_process_with_another_clock_or_period_does_not_keep_the_others_from_erasing(
    other: str, tmp_path: Path, store: WatchedStore, clock: Clock, hours: TimeThatNobodySets
) -> None:
    behind = Clock()
    put(store, clock, "Ada", "Bob", "Charles")
    clock.forward(days=400)
    put(store, clock, "Eve")
    if other == "a longer period":
        behind.forward(days=400)
    ours = a_purge(tmp_path, clock, retention_days=365)
    theirs = a_purge(tmp_path, behind, retention_days=500 if other == "a longer period" else 365)
    for _ in range(72):
        assert purged(ours, store).why_held
        assert not purged(theirs, store).found
        restarted = a_purge(tmp_path, clock, retention_days=365)
        assert purged(restarted, store).why_held
        hours.forward(clock, behind, hours=1)
    assert store.count() == 4
    purged(restarted, store)
    assert store.count() == 1


def test_p10_a_hold_of_long_ago_does_not_spare_anybody_the_three_days(
    tmp_path: Path, store: WatchedStore, clock: Clock
) -> None:
    put(store, clock, "Ada")
    clock.forward(days=366)
    hold(store, PurgeHold(since=clock() - timedelta(days=36), retention_days=365))
    assert purged(a_purge(tmp_path, clock), store).why_held
    assert store.count() == 1


def test_p10_a_purge_that_is_held_is_in_the_log_once_a_day(
    tmp_path: Path,
    store: WatchedStore,
    clock: Clock,
    hours: TimeThatNobodySets,
    caplog: pytest.LogCaptureFixture,
) -> None:
    put(store, clock, "Ada")
    clock.forward(days=366)
    purge = a_purge(tmp_path, clock)
    for _ in range(72):
        purged(purge, store)
        hours.forward(clock, hours=1)
    assert len(errors(caplog)) == 3
    assert store.count() == 1


class ForgetfulStore(WatchedStore):
    """Takes no notes, and has a note that it does not remove, when a test says so."""

    takes_notes = True
    kept = ""

    def _set_note(self, kind: str, key: str, payload: str | None) -> None:
        if not self.takes_notes or key == self.kept:
            raise StorageError("the disk is full")
        super()._set_note(kind, key, payload)


def test_p10_a_hold_that_cannot_be_noted_holds_until_a_restart(
    tmp_path: Path, clock: Clock, hours: TimeThatNobodySets, caplog: pytest.LogCaptureFixture
) -> None:
    store = ForgetfulStore(tmp_path / "voices.db")
    put(store, clock, "Ada")
    clock.forward(days=366)
    store.takes_notes = False
    purge = a_purge(tmp_path, clock)
    assert purged(purge, store).why_held
    assert "a restart would not know of it" in errors(caplog)[0]
    hours.forward(clock, hours=71)
    assert purged(purge, store).why_held
    hours.forward(clock, hours=1)
    assert not purged(purge, store).why_held
    assert store.count() == 0


def test_p23_notes_of_numbers_that_are_old_or_damaged_go_a_few_at_a_time_after_the_erasures(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(purge_module, "_NUMBERS_AT_ONCE", 2)
    store = ForgetfulStore(tmp_path / "voices.db")
    put(store, clock, "Ada", "Bob")
    clock.forward(days=366)
    put(store, clock, "Eve", "Joe")
    for number in range(8):
        note_failure(store, f"old {number}", clock() - timedelta(days=60))
    note_failure(store, "young", clock())
    store._set_note(FAILURES, "old 3", "damaged")
    store.kept = "old 5"
    purge = a_purge(tmp_path, clock)
    counts = []
    purge.step(store)
    while purge.under_way:
        assert store.count() == 2
        counts.append(len(numbers_counted(store)))
        purge.step(store)
    assert max(before - after for before, after in itertools.pairwise([9, *counts])) == 2
    assert numbers_counted(store) == ["old 5", "young"]
    assert errors(caplog) == ["what is counted of numbers cannot be gone over (StorageError)"]


def test_p10_a_clock_that_is_wrong_right_and_wrong_again_begins_the_three_days_anew(
    tmp_path: Path, store: WatchedStore, clock: Clock
) -> None:
    four_of_ten_are_older(store, clock)
    clock.forward(days=400)
    assert purged(a_purge(tmp_path, clock), store).why_held
    clock.forward(days=-400, hours=1)
    assert not purged(a_purge(tmp_path, clock), store).found
    for _ in range(5):  # what was waited in one of its errors counts nothing in the next
        clock.forward(days=400, hours=23)
        again = purged(a_purge(tmp_path, clock), store)
        assert len(again.found) == 10
        assert again.why_held
        clock.forward(days=-400, hours=1)
        assert not purged(a_purge(tmp_path, clock), store).found
    assert store.count() == 10


def test_p10_a_clock_that_is_wrong_at_each_second_look_never_has_its_three_days(
    tmp_path: Path, store: WatchedStore, clock: Clock
) -> None:
    four_of_ten_are_older(store, clock)
    for _ in range(80):
        clock.forward(days=400, hours=1)
        assert purged(a_purge(tmp_path, clock), store).why_held
        clock.forward(days=-400, hours=1)
        assert not purged(a_purge(tmp_path, clock), store).found
    assert store.count() == 10


def test_p10_time_in_which_nobody_looked_counts_as_a_day_of_the_three(
    tmp_path: Path, store: WatchedStore, clock: Clock
) -> None:
    put(store, clock, "Ada")
    clock.forward(days=366)
    for days in (0, 20, 7):
        clock.forward(days=days)
        assert purged(a_purge(tmp_path, clock), store).why_held
        assert store.count() == 1
    clock.forward(days=7)
    assert not purged(a_purge(tmp_path, clock), store).why_held
    assert store.count() == 0


def test_p10_a_hold_that_was_taken_over_ends_with_the_error_of_the_clock_that_took_it(
    tmp_path: Path, store: WatchedStore, clock: Clock, hours: TimeThatNobodySets
) -> None:
    four_of_ten_are_older(store, clock)
    clock.forward(days=400)
    assert purged(a_purge(tmp_path, clock), store).why_held
    hours.forward(clock, hours=24)
    later = a_purge(tmp_path, clock)
    assert purged(later, store).why_held
    clock.forward(days=-400)
    hours.forward(clock, hours=1)
    assert not purged(later, store).found
    assert store._note_keys(HOLD) == []


def test_p10_a_hold_that_an_operator_ended_is_not_noted_again_by_who_still_waits(
    tmp_path: Path, store: WatchedStore, clock: Clock, hours: TimeThatNobodySets
) -> None:
    put(store, clock, "Ada")
    clock.forward(days=366)
    waits = a_purge(tmp_path, clock)
    assert purged(waits, store).why_held
    purged(RetentionPurge(settings(tmp_path), clock, lambda _: None, force=True), store)
    assert (store.count(), store._note_keys(HOLD)) == (0, [])
    put(store, Clock(), "Bob")  # who did not call since the beginning
    hours.forward(clock, hours=1)
    assert purged(waits, store).why_held
    assert store._note_keys(HOLD) == []


def test_p10_a_hold_that_could_not_be_noted_is_noted_with_the_next_look(
    tmp_path: Path, clock: Clock, hours: TimeThatNobodySets
) -> None:
    store = ForgetfulStore(tmp_path / "voices.db")
    put(store, clock, "Ada")
    clock.forward(days=366)
    store.takes_notes = False
    purge = purged(a_purge(tmp_path, clock), store)
    assert purge.why_held
    store.takes_notes = True
    hours.forward(clock, hours=1)
    assert purged(purge, store).why_held
    found = latest_hold(store, 365, clock())
    assert found is not None
    assert (found.seen, found.waited) == (clock(), timedelta(hours=1))


@pytest.mark.parametrize(("hours_awake", "hour", "days"), [(12, 12, 6.55), (16, 12, 4.75), (24, 0, 0.05)])
def test_p10_a_machine_that_sleeps_for_half_of_each_day_erases_within_what_a_law_s_period_leaves_for_it(
    hours_awake: int,
    hour: int,
    days: float,
    tmp_path: Path,
    store: WatchedStore,
    clock: Clock,
    hours: TimeThatNobodySets,
) -> None:
    four_of_ten_are_older(store, clock)
    clock.forward(days=64)
    expires = clock() + timedelta(days=1)  # at the hour at which it takes longest
    purge = purged(a_purge(tmp_path, clock), store)
    while store.count() == 10:
        if hour % 24 < hours_awake:
            hours.forward(clock, hours=1)
            purged(purge, store)
        else:
            clock.forward(hours=1)
        hour += 1
    late = clock() - expires
    assert timedelta(days=days - 0.05) <= late <= timedelta(days=days) < timedelta(days=DAYS_FOR_ERASING)


def test_p10_where_only_retention_run_looks_once_a_day_who_is_expired_is_erased_within_five_days(
    tmp_path: Path, store: WatchedStore, clock: Clock
) -> None:
    put(store, clock, "Ada")
    expires = clock() + timedelta(days=365)
    clock.forward(days=365, hours=24)
    while True:
        purged(a_purge(tmp_path, clock), store)
        if not store.count():
            break
        clock.forward(hours=24, seconds=-1)
    assert clock() - expires <= timedelta(days=5) < timedelta(days=DAYS_FOR_ERASING)
