"""Erases who has not called for the retention period, a few at a time, unless the clock looks wrong."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from opusagent_voiceprint.calls.wall_clock import WallClock
from opusagent_voiceprint.errors import StorageError, VersionConflictError
from opusagent_voiceprint.matching import Standing, expired, standing
from opusagent_voiceprint.models import Caller
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage import CallerStore
from opusagent_voiceprint.storage.number_failures import forget_old_failures
from opusagent_voiceprint.storage.purge_hold import end_hold, held_since, hold

__all__ = ["RetentionPurge"]

logger = logging.getLogger(__name__)

_EVERY: Final = 3600.0
_READ_AT_ONCE: Final = 256
_ERASED_AT_ONCE: Final = 8
_HELD: Final = timedelta(days=3)
"""A weekend."""


class RetentionPurge:
    """Reads everybody once an hour, and erases who is expired. One thread calls it.

    Erasure is for ever and a clock may be wrong: where more than half of all callers would go at once, or
    this machine's clock was moved while the process ran, the log says so and nobody is erased until that has
    been so for three days on end, restarts or not. Nobody expired is recognised meanwhile. ``force``: do not
    wait.
    ``erases``: whether anybody is erased, or only found.
    """

    def __init__(
        self,
        settings: VoiceFingerprintConfig,
        clock: Callable[[], datetime],
        removed: Callable[[str], object],
        *,
        force: bool = False,
        erases: bool = True,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._removed = removed
        self._force = force
        self._erases = erases
        self.found: tuple[str, ...] = ()
        """Who was expired the last time that everybody had been read."""
        self._wall_clock = WallClock(clock)
        self._store: CallerStore | None = None
        self._next = float("-inf")
        self._unread: deque[str] | None = None
        self._expired: deque[tuple[str, int]] = deque()
        self._seen = self._ahead = 0
        self._may_erase = False
        self._moved_since: float | None = None
        self._held = False

    @property
    def under_way(self) -> bool:
        """Whether :meth:`step` has more to do at once."""
        return self._unread is not None

    @property
    def held(self) -> bool:
        """Whether nobody was erased because the clock looks wrong."""
        return self._held

    def step(self, store: CallerStore) -> None:
        """Do a little of it, if it is time. Raises :class:`StorageError` if the store cannot be read."""
        if store is not self._store:
            self._store, self._unread, self._next = store, None, float("-inf")
        if self._unread is None:
            if time.monotonic() < self._next:
                return
            everybody, _ = store.changes(0)
            self._unread, self._seen, self._ahead = deque(everybody), 0, 0
            self._expired.clear()
            self._may_erase = False
        if self._unread:
            self._read_some(store, self._unread)
        if self._unread:
            return
        if not self._may_erase:
            self._report_ahead()
            self.found = tuple(caller_id for caller_id, _ in self._expired)
            self._held = not self._force and self._is_held(store)
            self._may_erase = self._erases and not self._held
            if self._may_erase:
                forget_old_failures(store, self._clock())
            else:
                self._expired.clear()
        self._erase_some(store)
        if not self._expired:
            self._unread, self._next = None, time.monotonic() + _EVERY

    def _read_some(self, store: CallerStore, unread: deque[str]) -> None:
        some = [unread[each] for each in range(min(_READ_AT_ONCE, len(unread)))]
        # Who cannot be read is named by whoever follows the store, and is not known to be expired.
        for caller in store.get_many(some):
            self._seen += 1
            if self._is_expired(caller):
                self._expired.append((caller.caller_id, caller.version))
            elif standing(caller, self._settings, self._clock()) is Standing.AHEAD_OF_CLOCK:
                self._ahead += 1
        for _ in some:
            unread.popleft()

    def _erase_some(self, store: CallerStore) -> None:
        for _ in range(min(_ERASED_AT_ONCE, len(self._expired))):
            caller_id, version = self._expired.popleft()
            self._removed(caller_id)
            try:
                store.erase(caller_id, expected_version=version, reason="expired")
            except VersionConflictError:
                continue  # called since it was read, and is followed again
            except StorageError as exc:
                logger.error(
                    "caller %s is past the retention period and could not be erased (%s)",
                    caller_id,
                    type(exc).__name__,
                )
                continue  # tried again with the next purge
            logger.info("caller %s was erased: no call within the retention period", caller_id)

    def _is_expired(self, caller: Caller) -> bool:
        return expired(caller, self._settings, self._clock())

    def _is_held(self, store: CallerStore) -> bool:
        moved = self._wall_clock.moved
        if not self._expired or not (moved or 2 * len(self._expired) > self._seen):
            self._moved_since = None
            if self._erases:
                end_hold(store)
            return False
        held = self._for_a_moved_clock() if moved else self._for_too_many(store)
        if held and not self._held:
            self._report_hold(moved)
        return held

    def _for_a_moved_clock(self) -> bool:
        now = time.monotonic()
        if self._moved_since is None:
            self._moved_since = now
        if now - self._moved_since < _HELD.total_seconds():
            return True
        self._wall_clock.trust()
        return False

    def _for_too_many(self, store: CallerStore) -> bool:
        now, since = self._clock(), held_since(store)
        if since is None or since > now:  # noted by a clock that was ahead
            since = now
            if self._erases:
                hold(store, since)
        return now - since < _HELD

    def _report_hold(self, moved: timedelta) -> None:
        by = f"this machine's clock was moved by {_in_words(moved)}"
        why = by if moved else "it is more than half of all"
        logger.error(
            "%d of %d callers are past the retention period, but %s: nobody is erased before it has been so "
            "for %d days. If the clock is wrong, set it right; if it is right, they can be erased now with "
            "`opusagent-voiceprint retention run --force`",
            len(self._expired),
            self._seen,
            why,
            _HELD.days,
        )

    def _report_ahead(self) -> None:
        if self._ahead:
            logger.error(
                "%d callers have times in their records that are ahead of this machine's clock and are not "
                "recognised; set the clock right",
                self._ahead,
            )


def _in_words(moved: timedelta) -> str:
    hours = round(moved.total_seconds() / 3600)
    return f"{abs(hours)} hours {'forwards' if hours > 0 else 'back'}"
