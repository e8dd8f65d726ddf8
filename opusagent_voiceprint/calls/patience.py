"""How long one reply may wait for the store, however many requests it takes."""

from __future__ import annotations

import time

__all__ = ["Patience"]


class Patience:
    """So many seconds from now."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds left, 0 when they are over."""
        return max(0.0, self._until - time.monotonic())
