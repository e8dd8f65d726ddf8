"""Fails fast while a store hangs: nobody waits for what nobody expects to come."""

from __future__ import annotations

import logging
import threading
from typing import Final

from opusagent_voiceprint.errors import StorageError

__all__ = ["StoreBreaker"]

logger = logging.getLogger("opusagent_voiceprint")

_TIMEOUTS: Final = 3


class StoreBreaker:
    """Opens when several requests in a row ran out of time, and closes when a probe was answered in time.

    Errors do not open it: a store that says no at once holds nobody up.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._timeouts = 0

    @property
    def is_open(self) -> bool:
        """Whether the store is not to be waited for."""
        return self._timeouts >= _TIMEOUTS

    def check(self) -> None:
        """Raise :class:`StorageError` while it is open."""
        if self.is_open:
            raise StorageError("the store has not answered for some time and is not asked now")

    def timed_out(self) -> None:
        """A request was not answered in its time."""
        with self._lock:
            self._timeouts += 1
            if self._timeouts == _TIMEOUTS:
                logger.error("the store does not answer; calls go on without it until it does")

    def answered(self) -> None:
        """A request or a probe was answered, if only by an error."""
        with self._lock:
            if self.is_open:
                logger.warning("the store answers again")
            self._timeouts = 0
