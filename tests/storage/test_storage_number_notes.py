"""What stands under a number's keyed hash: calls that recognised nobody, and suspensions for review."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from storage_media import Medium

from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.models import Caller, DoNotAsk
from opusagent_voiceprint.storage import CallerStore, JSONStorage, RecordCodec
from opusagent_voiceprint.storage.number_failures import (
    FAILURES,
    NumberFailures,
    failures_of,
    forget_failures,
    forget_old_failures,
    note_failure,
    numbers_counted,
)
from opusagent_voiceprint.storage.reviews import release, reviews, suspension, suspension_of

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=timezone.utc)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LINK, OTHER = "a" * 64, "ab" * 32


def fails(store: CallerStore, times: int, at: datetime = NOON) -> NumberFailures:
    for _ in range(times):
        found = note_failure(store, LINK, at)
    return found


def test_p23_the_sixth_call_in_a_row_that_recognises_nobody_stops_for_an_hour_and_each_further_doubles_it(
    medium: Medium, codec: RecordCodec
) -> None:
    with medium.open(codec) as store:
        assert failures_of(store, LINK, NOON) is None
        assert not fails(store, 4).stopped(NOON)
        assert fails(store, 1).stopped_until == NOON + HOUR
        assert fails(store, 1).stopped_until == NOON + 2 * HOUR
        assert fails(store, 1).stopped_until == NOON + 4 * HOUR
        assert failures_of(store, OTHER, NOON) is None
    with medium.open(codec) as store:
        found = failures_of(store, LINK, NOON)
        assert found is not None
        assert found.count == 7
        assert found.stopped(NOON + 4 * HOUR - timedelta(seconds=1))
        assert not found.stopped(NOON + 4 * HOUR)
        forget_failures(store, LINK)
        forget_failures(store, LINK)
        assert failures_of(store, LINK, NOON) is None


@given(st.integers(1, 1000))
def test_p23_no_stop_is_longer_than_64_days_or_shorter_than_one_with_fewer_failures(count: int) -> None:
    counts = count, min(count + 1, 1000)
    stops = [NumberFailures(count=each, last=NOON).stopped_until - NOON for each in counts]
    assert stops[0] <= stops[1] <= 64 * DAY
    assert (count >= 5) == NumberFailures(count=count, last=NOON).stopped(NOON)


def test_p23_what_is_a_week_past_counts_no_more_and_is_removed(medium: Medium, codec: RecordCodec) -> None:
    with medium.open(codec) as store:
        fails(store, 5)
        week = NOON + HOUR + 7 * DAY
        assert failures_of(store, LINK, week - timedelta(seconds=1)) is not None
        assert not forget_old_failures(store, LINK, week - timedelta(seconds=1))
        assert numbers_counted(store) == [LINK]
        assert failures_of(store, LINK, week) is None
        assert forget_old_failures(store, LINK, week)
        assert numbers_counted(store) == []
        assert fails(store, 1, week).count == 1


def test_p23_what_is_counted_and_cannot_be_read_is_removed(medium: Medium, codec: RecordCodec) -> None:
    with medium.open(codec) as store:
        fails(store, 1)
        store._set_note(FAILURES, OTHER, "damaged")
        assert forget_old_failures(store, OTHER, NOON)
        assert not forget_old_failures(store, LINK, NOON)
        assert numbers_counted(store) == [LINK]


def test_p23_a_clock_that_was_put_back_shortens_no_stop(medium: Medium, codec: RecordCodec) -> None:
    with medium.open(codec) as store:
        fails(store, 5)
        assert fails(store, 1, NOON - DAY).stopped_until == NOON + 2 * HOUR


def test_p23_a_failure_counted_by_a_clock_that_was_years_ahead_keeps_no_later_one_from_counting(
    medium: Medium, codec: RecordCodec
) -> None:
    with medium.open(codec) as store:
        fails(store, 1, NOON + 700 * DAY)
        found = fails(store, 9)
        assert (found.count, found.last) == (10, NOON)
        assert found.matching_stopped(NOON, 10)


def test_p23_comparing_stops_for_a_day_and_a_clock_that_was_years_ahead_stops_it_for_no_longer() -> None:
    tenth = NumberFailures(count=10, last=NOON)
    assert tenth.matching_stopped(NOON, 10)
    assert tenth.matching_stopped(NOON + DAY - timedelta(seconds=1), 10)
    assert not tenth.matching_stopped(NOON + DAY, 10)
    assert tenth.matching_stopped(NOON - HOUR, 10)  # put back a little: no shorter
    assert not tenth.matching_stopped(NOON - 3650 * DAY, 10)
    assert not tenth.matching_stopped(NOON, 11)
    assert not tenth.matching_stopped(NOON, 0)


def test_p23_nothing_but_a_count_and_a_time_is_kept(medium: Medium) -> None:
    assert set(NumberFailures.model_fields) == {"count", "last"}
    with medium.open(RecordCodec()) as store:
        fails(store, 2)
        assert store._note("failures", LINK) == NumberFailures(count=2, last=NOON).model_dump_json()


def test_p8_suspended_numbers_are_listed_with_whom_they_may_be_about_the_oldest_first(
    medium: Medium, codec: RecordCodec
) -> None:
    with medium.open(codec) as store:
        caller = store.put(Caller(phone_links=[LINK]), expected_version=0)
        store.remember_refusal(suspension(OTHER, at=NOON + DAY, why="older_record", call_id="CA2"))
        store.remember_refusal(suspension(LINK, at=NOON, why="not_recognised", call_id="CA1"))
        store.remember_refusal(DoNotAsk(subject=LINK))
        first, second = reviews(store)
        assert (first.at, first.why, first.call_id) == (NOON, "not_recognised", "CA1")
        assert first.caller_ids == (caller.caller_id,)
        assert second.caller_ids == ()
        assert LINK not in repr(first)

        assert release(store, first.reference) == first
        assert store.refusal(suspension_of(LINK)) is None
        assert store.refusal(LINK) is not None  # who withdrew is still not asked
        assert [each.reference for each in reviews(store)] == [second.reference]


def test_a_suspension_from_before_reasons_were_kept_is_listed_too(medium: Medium, codec: RecordCodec) -> None:
    with medium.open(codec) as store:
        store.remember_refusal(DoNotAsk(subject=suspension_of(LINK)))
        (found,) = reviews(store)
        assert (found.at, found.why, found.call_id) == (None, "", "")
        release(store, found.reference)
        assert reviews(store) == []


@pytest.mark.parametrize(("reference", "what"), [("", "no "), ("ffff", "no "), ("a", "several ")])
def test_a_reference_that_names_no_suspended_number_or_several_releases_nothing(
    tmp_path: object, reference: str, what: str
) -> None:
    with JSONStorage(f"{tmp_path}/voices.json") as store:
        for link in (LINK, OTHER):
            store.remember_refusal(suspension(link, at=NOON, why="not_recognised"))
        with pytest.raises(StorageError, match=f"{reference!r} names {what}suspended number"):
            release(store, reference)
        assert len(reviews(store)) == 2
