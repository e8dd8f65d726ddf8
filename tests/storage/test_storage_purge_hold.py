"""Holds of the purge, as every store keeps them: by period, by clock, and none that cannot be read."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from storage_media import Medium

from opusagent_voiceprint.storage import RecordCodec
from opusagent_voiceprint.storage.purge_hold import (
    HOLD,
    PurgeHold,
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
