"""Erases who has not called for the retention period, a few at a time, unless the clock looks wrong."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Final

from opusagent_voiceprint.calls.purge_wait import HELD, PurgeWait
from opusagent_voiceprint.errors import StorageError, VersionConflictError
from opusagent_voiceprint.matching import Standing, expired, standing
from opusagent_voiceprint.models import Caller
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage import CallerStore
from opusagent_voiceprint.storage.number_failures import forget_old_failures, numbers_counted

__all__ = ["RetentionPurge"]

logger = logging.getLogger(__name__)

_EVERY: Final = 3600.0
_SAID_EVERY: Final = 86400.0
_READ_AT_ONCE: Final = 256
_ERASED_AT_ONCE: Final = 8
_NUMBERS_AT_ONCE: Final = 16


class RetentionPurge:
    """Reads everybody once an hour, and erases who is expired. One thread calls it.

    Erasure is for ever and a clock may be wrong: where :class:`PurgeWait` has it wait, the log says so once a
    day and nobody is erased. Nobody expired is recognised meanwhile. Afterwards what is counted of numbers is
    removed where it is old, or cannot be read.

    ``force``: do not wait. ``erases``: whether anybody is erased, or only found.
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
        self.why_held = ""
        """Why nobody was erased then; empty if they may be."""
        self._wait = PurgeWait(settings, clock, notes=erases)
        self._store: CallerStore | None = None
        self._next = self._said = float("-inf")
        self._unread: deque[str] | None = None
        self._expired: deque[tuple[str, int]] = deque()
        self._numbers: deque[str] | None = None
        self._seen = self._ahead = 0
        self._may_erase = self._numbers_failed = False

    @property
    def under_way(self) -> bool:
        """Whether :meth:`step` has more to do at once."""
        return self._unread is not None

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
            self._numbers = None
            self._may_erase = self._numbers_failed = False
        if self._unread:
            self._read_some(store, self._unread)
        if self._unread:
            return
        if not self._may_erase and not self._decide(store):
            self._finish()
            return
        self._erase_some(store)
        if not self._expired and not self._forget_some_numbers(store):
            self._finish()

    def _decide(self, store: CallerStore) -> bool:
        """Whether what is expired may be erased."""
        self._report_ahead()
        self.found = tuple(caller_id for caller_id, _ in self._expired)
        if not self._force:
            self.why_held = self._wait.why(store, len(self._expired), self._seen)
        elif self._erases:
            self._wait.overruled(store)
        if self.why_held:
            self._report_hold()
        self._may_erase = self._erases and not self.why_held
        return self._may_erase

    def _finish(self) -> None:
        self._expired.clear()
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
                if not store.erase(caller_id, expected_version=version, reason="expired"):
                    continue  # by another process
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

    def _forget_some_numbers(self, store: CallerStore) -> bool:
        """Whether there are more."""
        try:
            if self._numbers is None:
                self._numbers = deque(numbers_counted(store))
            for _ in range(min(_NUMBERS_AT_ONCE, len(self._numbers))):
                forget_old_failures(store, self._numbers.popleft(), self._clock())
        except StorageError as exc:
            if not self._numbers_failed:
                logger.error("what is counted of numbers cannot be gone over (%s)", type(exc).__name__)
            self._numbers_failed = True
        return bool(self._numbers)

    def _is_expired(self, caller: Caller) -> bool:
        return expired(caller, self._settings, self._clock())

    def _report_hold(self) -> None:
        if time.monotonic() < self._said + _SAID_EVERY:
            return
        self._said = time.monotonic()
        logger.error(
            "%d of %d callers are past the retention period, but %s: nobody is erased before it has been so "
            "for %d days. If the clock is wrong, set it right; if it is right, they can be erased now with "
            "`opusagent-voiceprint retention run --force`",
            len(self._expired),
            self._seen,
            self.why_held,
            HELD.days,
        )

    def _report_ahead(self) -> None:
        if self._ahead:
            logger.error(
                "%d callers have times in their records that are ahead of this machine's clock and are not "
                "recognised; set the clock right",
                self._ahead,
            )
