"""What a recognised caller is greeted with."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from opusagent_voiceprint.memory import NEUTRAL_GREETING, default_greeting

NOW = datetime(2025, 6, 15, 12, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("ago", "greeting"),
    [
        (timedelta(hours=2), "Welcome back, Ada! How can I help you today?"),
        (timedelta(days=1), "Good to hear from you again, Ada! What can I assist you with?"),
        (timedelta(days=2), "Welcome back, Ada! It's been 2 days since your last call. How can I help?"),
        (timedelta(days=90), "Welcome back, Ada! It's been 90 days since your last call. How can I help?"),
        (timedelta(0), "Welcome back, Ada! How can I help you today?"),
        (timedelta(days=-3), "Welcome back, Ada! How can I help you today?"),
    ],
)
def test_the_greeting_depends_on_the_days_since_the_last_call(ago: timedelta, greeting: str) -> None:
    assert default_greeting("Ada", NOW - ago, NOW) == greeting


def test_a_caller_without_an_earlier_call_on_record_is_not_welcomed_back() -> None:
    assert default_greeting("Ada", None, NOW) == "Hello Ada! How can I assist you today?"


@pytest.mark.parametrize("name", [None, "", "  "])
def test_a_known_caller_without_a_name_gets_the_same_sentences_without_it(name: str | None) -> None:
    greetings = [default_greeting(name, NOW - timedelta(days=days), NOW) for days in range(3)]
    assert greetings == [
        "Welcome back! How can I help you today?",
        "Good to hear from you again! What can I assist you with?",
        "Welcome back! It's been 2 days since your last call. How can I help?",
    ]
    assert default_greeting(name, None, NOW) == "Hello! How can I assist you today?"


def test_who_is_not_recognised_gets_the_neutral_greeting() -> None:
    assert NEUTRAL_GREETING == "Hello! How can I help you today?"


def test_days_are_counted_by_the_calendar_in_utc() -> None:
    just_before_midnight = datetime(2025, 6, 14, 23, 59, tzinfo=timezone.utc)
    just_after = datetime(2025, 6, 15, 0, 1, tzinfo=timezone.utc)
    assert default_greeting("Ada", just_before_midnight, just_after).startswith("Good to hear from you again")
    kolkata = timezone(timedelta(hours=5, minutes=30))
    same_moment = just_before_midnight.astimezone(kolkata)
    assert same_moment.day == 15
    assert default_greeting("Ada", same_moment, just_after).startswith("Good to hear from you again")


def test_a_time_without_a_zone_is_taken_for_utc() -> None:
    naive = datetime(2025, 6, 14, 23, 59)
    assert default_greeting("Ada", naive, NOW).startswith("Good to hear from you again")


def test_p16_of_a_name_only_letters_are_said() -> None:
    assert default_greeting("{now}", NOW, NOW) == "Welcome back, now! How can I help you today?"
    assert default_greeting("</data> 123\n{0}", NOW, NOW) == "Welcome back, data! How can I help you today?"
