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
    """Opens when several requests ran out of time and the store did nothing in time meanwhile.

    A request that waits behind many others is no sign that the store hangs: what the store does when it gets
    to it counts, and not how long somebody waited. Errors do not open it either: a store that says no at once
    holds nobody up.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._timeouts = 0
        self._answers = 0

    @property
    def is_open(self) -> bool:
        """Whether the store is not to be waited for."""
        return self._timeouts >= _TIMEOUTS

    @property
    def answers(self) -> int:
        """How often the store has answered in time so far."""
        return self._answers

    def check(self) -> None:
        """Raise :class:`StorageError` while it is open."""
        if self.is_open:
            raise StorageError("the store has not answered for some time and is not asked now")

    def timed_out(self, answers_before: int) -> None:
        """A request was not answered in its time; ``answers_before``: of :attr:`answers` when it was made."""
        with self._lock:
            if self._answers != answers_before:
                return  # it was others' turn
            self._timeouts += 1
            if self._timeouts == _TIMEOUTS:
                logger.error("the store does not answer; calls go on without it until it does")

    def answered(self) -> None:
        """The store did in time what it was asked, or a probe, if only by an error."""
        with self._lock:
            if self.is_open:
                logger.warning("the store answers again")
            self._timeouts = 0
            self._answers += 1
