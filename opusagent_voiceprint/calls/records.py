"""The store as calls use it: off the event loop, with a deadline, and never half done."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, Final, TypeVar

from opusagent_voiceprint.errors import StorageError, UnknownCallerError
from opusagent_voiceprint.models import Caller, DoNotAsk
from opusagent_voiceprint.storage import CallerStore

__all__ = ["Records"]

logger = logging.getLogger(__name__)

T = TypeVar("T")

_WRITE_TIMEOUT: Final = 5.0
_THREADS: Final = 4


class Records:
    """Awaitable access to a store.

    Reads have ``timeout`` seconds, since a reply may wait for them; writes have more. What takes longer
    raises :class:`StorageError`.
    """

    def __init__(self, store: CallerStore, *, timeout: float) -> None:
        self.store = store
        self._timeout = timeout
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="voiceprint-store")
        self._running: set[Future[Any]] = set()

    async def get(self, caller_id: str, *, within: float | None = None) -> Caller | None:
        """A caller, or None. ``within`` is a shorter time to wait, in seconds."""
        timeout = self._timeout if within is None else min(within, self._timeout)
        return await self._run(lambda: self.store.get(caller_id), timeout)

    async def ids_by_phone(self, link: str) -> list[str]:
        """The callers linked to a number's keyed hash."""
        return await self._run(lambda: self.store.ids_by_phone(link), self._timeout)

    async def refusal(self, subject: str) -> DoNotAsk | None:
        """The remembered no of a number's keyed hash."""
        return await self._run(lambda: self.store.refusal(subject), self._timeout)

    async def remember_refusal(self, refusal: DoNotAsk) -> None:
        """Remember a no."""
        await self._run(lambda: self.store.remember_refusal(refusal), _WRITE_TIMEOUT)

    async def add(self, caller: Caller) -> Caller:
        """Store a new caller, wholly or not at all.

        When the deadline passes the caller is told that it failed, so a write that succeeds after all is
        undone.
        """

        def undo(late: Future[Caller]) -> None:
            if not late.cancelled() and late.exception() is None:
                logger.warning("an enrollment was stored after its deadline and is undone")
                try:
                    self.store.erase(caller.caller_id)
                except StorageError as exc:
                    logger.error(
                        "caller %s could not be erased again: %s", caller.caller_id, type(exc).__name__
                    )

        return await self._run(lambda: self.store.put(caller, expected_version=0), _WRITE_TIMEOUT, undo)

    async def change(
        self,
        caller_id: str,
        change: Callable[[Caller], Caller | None],
        undo: Callable[[Caller], Caller | None] | None = None,
    ) -> Caller | None:
        """Change a caller, again if somebody else does at the same time; None if there is none any more.

        A change that comes through after the deadline, when it was said to have failed, is followed by
        ``undo``.
        """

        def run(change: Callable[[Caller], Caller | None]) -> Caller | None:
            try:
                return self.store.update(caller_id, change)
            except UnknownCallerError:
                return None

        def late(done: Future[Caller | None]) -> None:
            if undo is None or done.cancelled() or done.exception() is not None:
                return
            logger.warning("a change was stored after its deadline and is undone")
            try:
                run(undo)
            except StorageError as exc:
                logger.error(
                    "caller %s: a late change could not be undone: %s", caller_id, type(exc).__name__
                )

        return await self._run(lambda: run(change), _WRITE_TIMEOUT, late)

    async def allow_asking(self, subject: str) -> None:
        """Forget a remembered no."""
        await self._run(lambda: self.store.forget_refusal(subject), _WRITE_TIMEOUT)

    async def erase(self, caller_id: str) -> bool:
        """Erase a caller; true if there was one."""
        return await self._run(lambda: self.store.erase(caller_id), _WRITE_TIMEOUT)

    async def aside(self, work: Callable[[], T]) -> T:
        """Run something beside the store, a change of the gallery, say, off the event loop."""
        return await self._run(work, _WRITE_TIMEOUT)

    def close(self) -> None:
        """Wait a few seconds for what is running, then close the store."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        _, hanging = wait(list(self._running), timeout=_WRITE_TIMEOUT)
        if hanging:
            logger.error("the store does not answer and is left as it is")
            return
        self.store.close()

    async def _run(
        self,
        work: Callable[[], T],
        timeout: float,
        when_late: Callable[[Future[T]], None] | None = None,
    ) -> T:
        try:
            running = self._threads.submit(work)
        except RuntimeError as exc:  # the executor was shut down
            raise StorageError("the store is closed") from exc
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        waiting = asyncio.wrap_future(running)
        # Whatever comes after the deadline is nobody's, and asyncio is not to log its message.
        waiting.add_done_callback(lambda late: late.cancelled() or late.exception())
        try:
            # Shielded: a write that has begun is not to be forgotten when the wait for it ends.
            return await asyncio.wait_for(asyncio.shield(waiting), timeout)
        except (asyncio.TimeoutError, asyncio.CancelledError) as exc:
            if not running.cancel() and when_late is not None:
                running.add_done_callback(when_late)
            if isinstance(exc, asyncio.CancelledError):
                raise
            raise StorageError(f"the store did not answer within {timeout:g} s") from None
