"""Whether the clock that ages are reckoned by was moved while the process ran."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

__all__ = ["WallClock"]

_ALLOWED: Final = timedelta(hours=1)


class WallClock:
    """Compares a wall clock with the time that has gone by since this was made."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._began = self._started()

    @property
    def moved(self) -> timedelta:
        """By how much it was moved, forwards or back; nothing if by no more than an hour."""
        moved = self._started() - self._began
        return moved if abs(moved) > _ALLOWED else timedelta()

    def trust(self) -> None:
        """Take it to be right as it is now."""
        self._began = self._started()

    def _started(self) -> datetime:
        return self._clock() - timedelta(seconds=time.monotonic())
