"""Event loops that may run in other threads, or no longer at all."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any

__all__ = ["run_on", "running_loop"]


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The event loop of this thread, if one runs."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def run_on(
    loop: asyncio.AbstractEventLoop | None, coroutine: Coroutine[Any, Any, None]
) -> Future[None] | None:
    """Run a coroutine on an event loop of any thread. None, and nothing is run, if the loop does not run."""
    with contextlib.suppress(RuntimeError):  # it was closed just now
        if loop is not None and loop.is_running():
            return asyncio.run_coroutine_threadsafe(coroutine, loop)
    coroutine.close()
    return None
