"""Waiting for a change of a call's state."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

__all__ = ["Signals"]

_LONGEST_WAIT = 0.05
"""Seconds between two looks at a condition that time alone may fulfil."""


class Signals:
    """Lets many wait for conditions on state that events and time change."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def changed(self) -> None:
        """Have everybody who waits look again."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    async def until(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Wait until a condition holds, at most ``timeout`` seconds; whether it does."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while not condition():
            remaining = deadline - loop.time()
            if remaining <= 0:
                return False
            future: asyncio.Future[None] = loop.create_future()
            self._waiting.add(future)
            try:
                await asyncio.wait({future}, timeout=min(remaining, _LONGEST_WAIT))
            finally:
                self._waiting.discard(future)
        return True
