"""Whose voiceprints may be matched: retention, policy, and clocks that are wrong."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opusagent_voiceprint import VoiceFingerprintConfig
from opusagent_voiceprint.matching import Standing, expired, may_be_matched, standing
from opusagent_voiceprint.models import (
    Caller,
    ConsentDecision,
    ConsentEvidence,
    ConsentRecord,
    Purpose,
    Voiceprint,
)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=timezone.utc)
SECOND = timedelta(seconds=1)
DAYS = 365
TEN_YEARS = timedelta(days=3653)


def config(**values: Any) -> VoiceFingerprintConfig:
    return VoiceFingerprintConfig(_env_file=None, retention_days=DAYS, **values)


def a_caller(at: datetime = NOON, *, last_seen: datetime | None = NOON, **consent: Any) -> Caller:
    usual: dict[str, Any] = {
        "purpose": Purpose.VOICEPRINT,
        "decision": ConsentDecision.GRANTED,
        "evidence": ConsentEvidence.CONVERSATION,
        "at": at,
        "policy_version": "1",
    }
    caller = Caller(created_at=at, last_seen=last_seen, consents=[ConsentRecord(**{**usual, **consent})])
    voiceprint = Voiceprint(
        caller_id=caller.caller_id, embedding=np.ones(4, dtype=np.float32) / 2, created_at=at.isoformat()
    )
    return caller.model_copy(update={"voiceprints": [voiceprint]})


@pytest.mark.parametrize("last_seen", [NOON, None])
def test_p10_the_last_second_of_the_retention_period_and_the_first_after_it(
    last_seen: datetime | None,
) -> None:
    caller, end = a_caller(last_seen=last_seen), NOON + timedelta(days=DAYS)
    assert standing(caller, config(), end - SECOND) is Standing.LIVE
    assert standing(caller, config(), end) is Standing.LIVE
    assert standing(caller, config(), end + SECOND) is Standing.EXPIRED
    assert not may_be_matched(caller, config(), end + SECOND)
    assert not expired(caller, config(), end - SECOND)
    assert expired(caller, config(), end + SECOND)


@pytest.mark.parametrize("ahead", [timedelta(minutes=5) + SECOND, timedelta(days=1), TEN_YEARS])
@pytest.mark.parametrize("field", ["created_at", "last_seen", "consents", "voiceprints"])
def test_p10_a_time_ahead_of_the_clock_makes_nothing_fresh(field: str, ahead: timedelta) -> None:
    caller, then = a_caller(), NOON + ahead
    values: dict[str, Any] = {
        "created_at": then,
        "last_seen": then,
        "consents": a_caller(then).consents,
        "voiceprints": [
            caller.voiceprints[0].model_copy(update={"created_at": then.isoformat()}),
        ],
    }
    caller = caller.model_copy(update={field: values[field]})
    assert standing(caller, config(), NOON) is Standing.AHEAD_OF_CLOCK
    assert not may_be_matched(caller, config(), NOON)
    # It is not known to be old either, so that nothing is purged for a clock that is wrong.
    assert not expired(caller, config(), NOON)


def test_p10_clocks_of_workers_may_be_a_few_minutes_apart() -> None:
    assert may_be_matched(a_caller(), config(), NOON - timedelta(minutes=5))
    assert not may_be_matched(a_caller(), config(), NOON - timedelta(minutes=5) - SECOND)


@pytest.mark.parametrize("off", [TEN_YEARS, -TEN_YEARS])
def test_p10_a_clock_that_is_ten_years_off_matches_nobody(off: timedelta) -> None:
    assert not may_be_matched(a_caller(), config(), NOON + off)


@given(st.timedeltas(min_value=-2 * TEN_YEARS, max_value=2 * TEN_YEARS), st.timedeltas(-TEN_YEARS, TEN_YEARS))
def test_p10_whatever_the_clock_says_nobody_is_matched_longer_than_the_retention_period(
    called: timedelta, off: timedelta
) -> None:
    caller, now = a_caller(NOON - TEN_YEARS * 3, last_seen=NOON + called), NOON + off
    if may_be_matched(caller, config(), now):
        age = now - (NOON + called)
        assert -timedelta(minutes=5) <= age <= timedelta(days=DAYS)


def test_p11_a_consent_to_an_earlier_policy_suspends_and_a_vouched_one_does_not() -> None:
    now = config(policy_version="2")
    assert standing(a_caller(), now, NOON) is Standing.EARLIER_POLICY
    assert standing(a_caller(evidence=ConsentEvidence.APPLICATION), now, NOON) is Standing.LIVE
    assert standing(a_caller(policy_version="2"), now, NOON) is Standing.LIVE


def test_p3_p8_without_a_consent_in_force_nobody_is_matched() -> None:
    assert standing(a_caller(decision=ConsentDecision.WITHDRAWN), config(), NOON) is Standing.NO_CONSENT


@pytest.mark.parametrize("written", ["yesterday", "", None])
def test_a_voiceprint_with_a_time_that_cannot_be_read_is_judged_by_the_caller_s(written: str | None) -> None:
    caller = a_caller()
    caller.voiceprints[0].created_at = written
    assert may_be_matched(caller, config(), NOON)


def test_p11_under_a_law_that_wants_a_written_release_who_has_none_is_suspended() -> None:
    illinois = config(policy="us-il", organization="Acme Bank")
    texas = VoiceFingerprintConfig(_env_file=None, policy="us-tx", organization="Acme Bank")
    assert standing(a_caller(), illinois, NOON) is Standing.EARLIER_POLICY
    assert standing(a_caller(release_reference="R-17"), illinois, NOON) is Standing.LIVE
    assert standing(a_caller(evidence=ConsentEvidence.APPLICATION), illinois, NOON) is Standing.LIVE
    assert standing(a_caller(), texas, NOON) is Standing.LIVE


def test_p10_a_shorter_period_of_a_profile_holds_for_who_was_enrolled_before_it() -> None:
    texas = VoiceFingerprintConfig(_env_file=None, policy="us-tx", organization="Acme Bank")
    caller, now = a_caller(), NOON + timedelta(days=texas.retention_days)
    longer = VoiceFingerprintConfig(_env_file=None, retention_days=3650)
    assert standing(caller, longer, now + SECOND) is Standing.LIVE
    assert standing(caller, texas, now - SECOND) is Standing.LIVE
    assert standing(caller, texas, now + SECOND) is Standing.EXPIRED
