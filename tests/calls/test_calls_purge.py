"""The purge of who has not called for the retention period: in slices, and by no clock that looks wrong."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

import pytest
from test_calls_follower import Followed, a_caller
from worlds import Clock, settings

from opusagent_voiceprint.calls import purge as purge_module
from opusagent_voiceprint.calls.purge import RetentionPurge
from opusagent_voiceprint.models import Caller
from opusagent_voiceprint.storage import CallerStore, SQLiteStorage
from opusagent_voiceprint.storage.purge_hold import held_since, hold


class WatchedStore(SQLiteStorage):
    """Notes how many callers are read at once."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.read_at_once: list[int] = []

    def get_many(self, caller_ids: Collection[str]) -> list[Caller]:
        self.read_at_once.append(len(caller_ids))
        return super().get_many(caller_ids)


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
    assert line.startswith("3 of 5 callers are past the retention period, but it is more than half of all")
    assert "set it right" in line
    assert not any(each.caller_id in line or (each.name or "") in line for each in old)
    clock.forward(days=2, hours=23)
    again = Followed(store, clock)  # a restart does not begin the three days anew
    again.purge()
    assert store.count() == 5
    clock.forward(hours=1)
    last = Followed(store, clock)
    last.purge()
    assert store.count() == 2
    assert len(errors(caplog)) == 2
    assert held_since(store) is not None
    last.purge()
    assert held_since(store) is None


def test_p10_a_hold_that_a_wrong_clock_noted_is_begun_anew(store: WatchedStore, clock: Clock) -> None:
    put(store, clock, "Ada")
    clock.forward(days=366)
    hold(store, clock() + timedelta(days=4000))
    Followed(store, clock).purge()
    assert store.count() == 1
    assert held_since(store) == clock()


def test_p10_looking_who_is_expired_notes_nothing(tmp_path: Path, store: WatchedStore, clock: Clock) -> None:
    put(store, clock, "Ada")
    clock.forward(days=366)
    purge = RetentionPurge(settings(tmp_path), clock, lambda _: None, erases=False)
    purge.step(store)
    assert purge.held
    assert len(purge.found) == 1
    assert held_since(store) is None
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
