"""How often nobody of a number's callers was recognised on calls from it: a count under the keyed hash."""

from __future__ import annotations

import logging
import math
from datetime import datetime, timedelta
from typing import Final

from pydantic import AwareDatetime, Field

from opusagent_voiceprint.errors import EncryptionError, StoreFormatError
from opusagent_voiceprint.models import Record
from opusagent_voiceprint.storage.base import CallerStore

__all__ = [
    "FAILURES",
    "NumberFailures",
    "failures_of",
    "forget_failures",
    "forget_old_failures",
    "note_failure",
    "numbers_counted",
    "read_count",
    "write_count",
]

logger = logging.getLogger(__name__)

FAILURES: Final = "failures"
"""The kind of the notes."""

_ALLOWED: Final = 5
"""In a row, as in NIST SP 800-63B, 5.2.3, after which each further attempt is made harder."""

_FIRST_STOP: Final = timedelta(hours=1)
_LONGEST_STOP: Final = timedelta(days=64)
_MATCHING_STOP: Final = timedelta(days=1)
"""No longer, because a number is no proof of who calls: whoever can show it can stop its callers."""

_FORGOTTEN_AFTER: Final = timedelta(days=7)
_MOST: Final = 1000


class NumberFailures(Record):
    """Calls in a row from one number whose voice was none of its callers'. Nothing of the voice is kept."""

    count: int = Field(ge=1, le=_MOST)
    last: AwareDatetime

    @property
    def stopped_until(self) -> datetime:
        """Until when the number counts for nothing: an hour after five failures, doubled by each further."""
        beyond = self.count - _ALLOWED
        if beyond < 0:
            return self.last
        doubled = timedelta(seconds=_FIRST_STOP.total_seconds() * math.pow(2, min(beyond, 16)))
        return self.last + min(doubled, _LONGEST_STOP)

    def stopped(self, now: datetime) -> bool:
        """Whether the number counts for nothing at present."""
        return now < self.stopped_until and self.count >= _ALLOWED

    def matching_stopped(self, now: datetime, most: int) -> bool:
        """Whether no voice is compared on the number's calls: for a day after ``most`` failures, 0 for never.

        A clock that is put back by less than a day does not shorten it; one that was years ahead stops nobody
        for years.
        """
        return 0 < most <= self.count and abs(now - self.last) < _MATCHING_STOP

    def old(self, now: datetime) -> bool:
        """Whether it was so long ago that the next failure is the first again."""
        return now >= self.stopped_until + _FORGOTTEN_AFTER


def failures_of(store: CallerStore, phone_link: str, now: datetime) -> NumberFailures | None:
    """The failures of a number, unless there are none or they are old. Raises :class:`StorageError`."""
    found = read_count(store, phone_link)
    return None if found is None or found.old(now) else found


def note_failure(store: CallerStore, phone_link: str, now: datetime) -> NumberFailures:
    """Count one more. Of several calls that end in the same moment one may go uncounted."""
    before = failures_of(store, phone_link, now)
    count = min(before.count + 1, _MOST) if before is not None else 1
    last = now
    if before is not None and before.last - now <= _MATCHING_STOP:
        last = max(now, before.last)  # a clock that was put back a little shortens nothing
    found = NumberFailures(count=count, last=last)
    write_count(store, phone_link, found)
    return found


def read_count(store: CallerStore, phone_link: str) -> NumberFailures | None:
    """What is noted of a number, however old it is."""
    payload = store._note(FAILURES, phone_link)
    if payload is None:
        return None
    return store.codec.decode(payload, NumberFailures, kind=FAILURES, record_id=phone_link)


def write_count(store: CallerStore, phone_link: str, counted: NumberFailures) -> None:
    """Note a count in place of what is noted."""
    payload = store.codec.encode(counted, kind=FAILURES, record_id=phone_link)
    store._set_note(FAILURES, phone_link, payload)


def forget_failures(store: CallerStore, phone_link: str) -> None:
    """One of the number's callers was recognised."""
    store._set_note(FAILURES, phone_link, None)


def numbers_counted(store: CallerStore) -> list[str]:
    """The keyed hashes of all numbers of which anything is noted. Raises :class:`StorageError`."""
    return store._note_keys(FAILURES)


def forget_old_failures(store: CallerStore, phone_link: str, now: datetime) -> bool:
    """Remove what is noted of a number if it no longer counts, or cannot be read; whether it was.

    Raises :class:`StorageError`.
    """
    try:
        if failures_of(store, phone_link, now) is not None:
            return False
    except (StoreFormatError, EncryptionError):
        logger.warning("what was noted of a number's failed calls cannot be read, and is removed")
    forget_failures(store, phone_link)
    return True
