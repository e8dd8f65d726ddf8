"""The default greetings: what the agent says first to a caller whose voice it knows."""

from __future__ import annotations

from datetime import date, datetime, timezone

from opusagent_voiceprint.memory.text import shown_name

__all__ = ["NEUTRAL_GREETING", "days_since", "default_greeting"]

NEUTRAL_GREETING = "Hello! How can I help you today?"
"""For everybody who was not recognised."""


def default_greeting(name: str | None, last_seen: datetime | None, now: datetime) -> str:
    """The greeting of a recognised caller, by the days since the last call; with the name if it is known.

    Of the name only what :func:`shown_name` leaves of it.
    """
    name = shown_name(name)
    named = f", {name}" if name else ""
    if last_seen is None:
        return f"Hello{' ' + name if name else ''}! How can I assist you today?"
    days = days_since(last_seen, now)
    if days == 0:
        return f"Welcome back{named}! How can I help you today?"
    if days == 1:
        return f"Good to hear from you again{named}! What can I assist you with?"
    return f"Welcome back{named}! It's been {days} days since your last call. How can I help?"


def days_since(then: datetime, now: datetime) -> int:
    """Whole days between two moments by their calendar dates in UTC; a moment to come counts as today."""
    return max(0, (_utc_date(now) - _utc_date(then)).days)


def _utc_date(moment: datetime) -> date:
    # A clock without a zone is taken for UTC: the host's own zone must not change what callers hear.
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(timezone.utc).date()
