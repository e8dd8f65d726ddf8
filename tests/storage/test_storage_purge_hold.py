"""Holds of the purge, as every store keeps them: by period, by clock, and none that cannot be read."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from storage_media import Medium

from opusagent_voiceprint.storage import RecordCodec
from opusagent_voiceprint.storage.purge_hold import (
    HOLD,
    PurgeHold,
    doubt_holds,
    end_hold,
    end_holds,
    hold,
    latest_hold,
)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=timezone.utc)
DAY = timedelta(days=1)


def test_p10_a_hold_is_found_by_its_period_and_by_clocks_that_have_reached_it(
    medium: Medium, codec: RecordCodec
) -> None:
    first, second, other = (
        PurgeHold(since=since, retention_days=days)
        for since, days in ((NOON, 365), (NOON + DAY, 365), (NOON + DAY, 30))
    )
    with medium.open(codec) as store:
        assert latest_hold(store, 365, NOON) is None
        for each in (second, other, first):
            hold(store, each)
    with medium.open(codec) as store:
        assert latest_hold(store, 365, NOON - DAY) is None
        assert latest_hold(store, 365, NOON) == first
        assert latest_hold(store, 365, NOON + 35 * DAY) == second
        assert latest_hold(store, 365, NOON + 36 * DAY) is None
        assert latest_hold(store, 30, NOON + DAY) == other
        end_holds(store, 365, NOON)
        assert latest_hold(store, 365, NOON) is None
        end_hold(store, second)
        end_hold(store, second)
        assert latest_hold(store, 365, NOON + DAY) is None
        assert latest_hold(store, 30, NOON + DAY) == other


def test_p10_a_hold_that_cannot_be_read_counts_as_none_and_hides_no_other(
    medium: Medium, codec: RecordCodec
) -> None:
    whole = PurgeHold(since=NOON, retention_days=365)
    with medium.open(codec) as store:
        store._set_note(HOLD, "365 days, damaged", "damaged")
        assert latest_hold(store, 365, NOON) is None
        hold(store, whole)
        assert latest_hold(store, 365, NOON) == whole


def test_p10_what_a_hold_has_waited_is_kept_and_counts_no_more_once_it_is_doubted_and_not_looked_at(
    medium: Medium, codec: RecordCodec
) -> None:
    begun = PurgeHold(since=NOON, retention_days=365)
    other = PurgeHold(since=NOON, retention_days=30)
    looked_at = begun.found_waiting(NOON + DAY, DAY)
    with medium.open(codec) as store:
        hold(store, begun)
        hold(store, other)
        hold(store, looked_at)
    with medium.open(codec) as store:
        assert latest_hold(store, 365, NOON + DAY) == looked_at
        doubt_holds(store, 365, NOON + DAY)
        assert latest_hold(store, 365, NOON + DAY) == looked_at
        doubt_holds(store, 365, NOON - DAY)
        doubted = latest_hold(store, 365, NOON + DAY)
        assert doubted == looked_at.model_copy(update={"doubted": True})
        assert doubted is not None
        assert doubted.waited_by(NOON + DAY + timedelta(hours=1)) == timedelta(hours=25)
        assert doubted.waited_by(NOON + DAY + timedelta(hours=2)) is None
        assert latest_hold(store, 30, NOON) == other
        assert latest_hold(store, 365, NOON + timedelta(hours=22)) is None


def test_p10_of_a_time_in_which_nobody_looked_a_day_and_an_hour_count_as_waited() -> None:
    begun = PurgeHold(since=NOON, retention_days=365)
    assert begun.waited_by(NOON - timedelta(minutes=1)) == timedelta()
    assert begun.waited_by(NOON + DAY) == DAY
    assert begun.waited_by(NOON + 20 * DAY) == timedelta(hours=25)
