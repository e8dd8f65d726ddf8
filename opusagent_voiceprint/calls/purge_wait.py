"""Whether a purge waits, because the clock that says who is expired may be wrong."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from opusagent_voiceprint.calls.wall_clock import WallClock
from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage import CallerStore
from opusagent_voiceprint.storage.purge_hold import (
    PurgeHold,
    doubt_holds,
    end_hold,
    end_holds,
    hold,
    is_held,
    latest_hold,
)

__all__ = ["HELD", "MORE_THAN_HALF", "PurgeWait"]

logger = logging.getLogger(__name__)

HELD: Final = timedelta(days=3)
"""A weekend."""

MORE_THAN_HALF: Final = "they are more than half of all callers"

_MOVED_AGAIN: Final = timedelta(days=7)
"""At once. Less is a machine that sleeps at night and at weekends: it would wait for ever."""


class PurgeWait:
    """Has a purge wait for three days where the clock may be wrong. One thread calls it.

    A hold begins where more than half of all callers would go at once, or this machine's clock was moved
    while the process ran; it is noted in the store with the retention period. By these rules:

    - Who finds more than half expired takes over the newest hold of the same period that its clock has
      reached, and waits for what is left of it, if anything. So does a process that begins, whatever the
      share: it cannot know whether its clock was moved before. A clock that is moved begins a new
      one, and so does one that is moved on by more than a week.
    - Who waits notes so with every look, and who has not reached a hold notes that it doubts it. Of one that
      was doubted and not looked at since, nothing is left that counts: it begins anew. Of a time in which
      nobody looked a day counts at most.
    - What is taken over or begun lasts whatever the share, by a clock that cannot be set. It ends sooner
      where nobody is expired any more, or the clock that was moved is right again.
    - From the store, a process removes the hold that it began or took over; those of its period that its
      clock has reached where the clock was not moved and nobody is expired; and where somebody is, but no
      reason to wait, those that are over. It leaves alone another period's, and those of clocks that are
      ahead.

    ``notes``: whether holds are noted and removed, or only looked at.
    """

    def __init__(
        self, settings: VoiceFingerprintConfig, clock: Callable[[], datetime], *, notes: bool
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._notes = notes
        self._wall_clock = WallClock(clock)
        self._asked: CallerStore | None = None
        self._moved = timedelta()
        self._own: PurgeHold | None = None
        self._noted = False
        self._until: float | None = None
        self._why = ""

    def why(self, store: CallerStore, expired: int, callers: int) -> str:
        """Why nobody may be erased now, of so many callers; empty if they may be.

        Raises :class:`StorageError` if the store cannot be read.
        """
        now, moved = self._clock(), self._wall_clock.moved
        self._doubt(store, now)
        if not expired:
            self._asked = store
            self._end(store, None if moved else now)
            return ""
        if self._moved and not moved:
            self._end(store, None)
        many = 2 * expired > callers
        if self._is_news(moved):
            self._begin(store, now, f"this machine's clock was moved by {_in_words(moved)}")
        elif self._until is None and (many or store is not self._asked):
            self._take_over(store, now, many=many)
        self._asked, self._moved = store, moved
        if self._until is not None and (left := self._until - time.monotonic()) > 0:
            self._look_at_own(store, now, HELD - timedelta(seconds=left))
            return self._why
        if moved:
            self._wall_clock.trust()
            self._moved = timedelta()
        if not many:
            self._until = None
            self._remove(store, now - HELD)
        return ""

    def overruled(self, store: CallerStore) -> None:
        """An operator says that the clock is right: no hold that it has reached counts any more."""
        self._end(store, self._clock())

    def _is_news(self, moved: timedelta) -> bool:
        return abs(moved - self._moved) > _MOVED_AGAIN if self._moved else bool(moved)

    def _take_over(self, store: CallerStore, now: datetime, *, many: bool) -> None:
        why = MORE_THAN_HALF if many else "a purge was held before this process began"
        found = latest_hold(store, self._settings.retention_days, now)
        waited = None if found is None else found.waited_by(now)
        if waited is not None:
            self._until, self._why = time.monotonic() + (HELD - waited).total_seconds(), why
            self._own, self._noted = found if self._notes else None, True
        elif many or found is not None:
            self._begin(store, now, why)

    def _begin(self, store: CallerStore, now: datetime, why: str) -> None:
        self._end(store, None)
        self._until, self._why = time.monotonic() + HELD.total_seconds(), why
        if not self._notes:
            return
        self._own = PurgeHold(since=now, retention_days=self._settings.retention_days)
        self._noted = False
        self._note(store, self._own)

    def _look_at_own(self, store: CallerStore, now: datetime, waited: timedelta) -> None:
        if self._own is not None and self._own.last_seen != now:
            self._own = self._own.found_waiting(now, waited)
            self._note(store, self._own)

    def _note(self, store: CallerStore, own: PurgeHold) -> None:
        try:
            if self._noted and not is_held(store, own):
                return  # an operator, or a clock that is right, ended it
            hold(store, own)
            self._noted = True
        except StorageError as exc:
            logger.error(
                "that a purge is held could not be stored (%s): a restart would not know of it",
                type(exc).__name__,
            )

    def _doubt(self, store: CallerStore, now: datetime) -> None:
        if not self._notes:
            return
        try:
            doubt_holds(store, self._settings.retention_days, now)
        except StorageError as exc:
            logger.warning("that a hold is doubted could not be noted (%s)", type(exc).__name__)

    def _end(self, store: CallerStore, until: datetime | None) -> None:
        """Wait no longer; remove the own hold, and those that began ``until`` then."""
        self._until, self._moved = None, timedelta()
        self._remove(store, until)

    def _remove(self, store: CallerStore, until: datetime | None) -> None:
        if not self._notes:
            return
        try:
            if self._own is not None:
                end_hold(store, self._own)
                self._own = None
            if until is not None:
                end_holds(store, self._settings.retention_days, until)
        except StorageError as exc:
            logger.warning("a hold that is over could not be removed (%s)", type(exc).__name__)


def _in_words(moved: timedelta) -> str:
    hours = round(moved.total_seconds() / 3600)
    return f"{abs(hours)} hours {'forwards' if hours > 0 else 'back'}"
