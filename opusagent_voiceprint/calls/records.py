"""The store as calls use it: off the event loop, with a deadline, and never half done."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Any, Final, TypeVar

from opusagent_voiceprint.calls.store_access import StoreAccess
from opusagent_voiceprint.calls.workers import DaemonPool, within_seconds
from opusagent_voiceprint.errors import StorageError, StoreReplacedError, UnknownCallerError
from opusagent_voiceprint.models import Caller, DoNotAsk

__all__ = ["Records"]

logger = logging.getLogger(__name__)

T = TypeVar("T")

_READ_TIMEOUT: Final = 2.0
_WRITE_TIMEOUT: Final = 5.0
_CLOSE_SECONDS: Final = 5.0
_THREADS: Final = 4
_MOST_WAITING: Final = 1024


class Records:
    """Awaitable access to a store.

    A read has 2 seconds and a write 5; what takes longer raises :class:`StorageError`, as everything does at
    once while the store hangs. No reply waits as long as that: see :attr:`patience`.
    """

    def __init__(self, access: StoreAccess, *, patience: float) -> None:
        self._access = access
        self.patience = patience
        """Seconds that a reply may wait for the store, for all that it needs of it together."""
        self._threads = DaemonPool("voiceprint-store", threads=_THREADS, most_waiting=_MOST_WAITING)
        # Of its own: it must not wait behind a store that hangs.
        self._beside = DaemonPool("voiceprint-beside-store", threads=1, most_waiting=_MOST_WAITING)

    async def read(self, read: Callable[[], T], *, within: float | None = None) -> T:
        """Several reads in one go. ``within`` is a shorter time to wait, in seconds, here and below."""
        return await self._run(read, _READ_TIMEOUT, within=within)

    async def write(self, write: Callable[[], T]) -> T:
        """Several reads and writes in one go."""
        return await self._write(write)

    async def get(self, caller_id: str) -> Caller | None:
        """A caller, or None."""
        return await self._run(lambda: self._access.store.get(caller_id), _READ_TIMEOUT)

    async def ids_by_phone(self, link: str) -> list[str]:
        """The callers linked to a number's keyed hash."""
        return await self._run(lambda: self._access.store.ids_by_phone(link), _READ_TIMEOUT)

    async def refusal(self, subject: str) -> DoNotAsk | None:
        """The remembered no of a number's keyed hash."""
        return await self._run(lambda: self._access.store.refusal(subject), _READ_TIMEOUT)

    async def remember_refusal(self, refusal: DoNotAsk, *, within: float | None = None) -> None:
        """Remember a no."""
        await self._write(lambda: self._access.store.remember_refusal(refusal), within=within)

    async def add(self, caller: Caller, *, left_behind: Callable[[str], object]) -> Caller:
        """Store a new caller, wholly or not at all.

        When the deadline passes the caller is told that it failed, so a write that succeeds after all is
        undone; if that fails, ``left_behind`` is given the caller's id, on another thread.
        """

        def undo(late: Future[Caller]) -> None:
            if not late.cancelled() and late.exception() is None:
                logger.warning("an enrollment was stored after its deadline and is undone")
                try:
                    self._access.store.erase(caller.caller_id)
                except StorageError as exc:
                    logger.error(
                        "caller %s could not be erased again: %s", caller.caller_id, type(exc).__name__
                    )
                    left_behind(caller.caller_id)

        return await self._write(lambda: self._access.store.put(caller, expected_version=0), undo)

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
                return self._access.store.update(caller_id, change)
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

        return await self._write(lambda: run(change), late)

    async def allow_asking(self, subject: str, *, within: float | None = None) -> None:
        """Forget a remembered no."""
        await self._write(lambda: self._access.store.forget_refusal(subject), within=within)

    async def erase(self, caller_id: str, *, within: float | None = None) -> bool:
        """Erase a caller; true if there was one."""
        return await self._write(lambda: self._access.store.erase(caller_id), within=within)

    async def aside(self, work: Callable[[], T]) -> T:
        """Run something beside the store, a change of the gallery, say, off the event loop."""
        return await self._wait(self._beside.submit(work), _WRITE_TIMEOUT)

    def aside_later(self, work: Callable[[], object]) -> None:
        """The same for what nobody waits for."""
        with contextlib.suppress(StorageError):  # closed: what is overdue is named by the follower
            self._beside.submit(work)

    def close(self) -> None:
        """Wait a few seconds for what is running, then close the store."""
        deadline = time.monotonic() + _CLOSE_SECONDS
        for pool in (self._threads, self._beside):
            pool.close()
        running = self._threads.running | self._beside.running
        _, hanging = wait(running, timeout=_CLOSE_SECONDS)
        left = deadline - time.monotonic()
        if hanging or not within_seconds("voiceprint-close-store", self._close_store, left):
            logger.error("the store does not answer and is left as it is")

    def _close_store(self) -> None:
        try:
            self._access.close()
        except StorageError as exc:
            logger.error("the store could not be closed: %s", type(exc).__name__)

    async def _write(
        self,
        work: Callable[[], T],
        when_late: Callable[[Future[T]], None] | None = None,
        within: float | None = None,
    ) -> T:
        try:
            return await self._run(work, _WRITE_TIMEOUT, when_late, within)
        except StoreReplacedError:
            self._access.note_replaced()
            raise

    async def _run(
        self,
        work: Callable[[], T],
        deadline: float,
        when_late: Callable[[Future[T]], None] | None = None,
        within: float | None = None,
    ) -> T:
        breaker = self._access.breaker
        breaker.check()
        running = self._threads.submit(work)
        patience = deadline if within is None else min(within, deadline)
        try:
            result = await self._wait(running, patience, when_late)
        except _NotAnsweredError:
            if patience == deadline:
                breaker.timed_out()
            raise
        except StorageError:
            breaker.answered()
            raise
        breaker.answered()
        return result

    async def _wait(
        self, running: Future[T], seconds: float, when_late: Callable[[Future[T]], None] | None = None
    ) -> T:
        waiting = asyncio.wrap_future(running)
        # Whatever comes after the deadline is nobody's, and asyncio is not to log its message.
        waiting.add_done_callback(lambda late: late.cancelled() or late.exception())
        try:
            # A write that has begun goes on when the wait for it ends.
            done, _ = await asyncio.wait({waiting}, timeout=seconds)
        except asyncio.CancelledError:
            _give_up(running, when_late)
            raise
        if done:
            return waiting.result()
        _give_up(running, when_late)
        raise _NotAnsweredError(f"the store did not answer within {seconds:g} s")


class _NotAnsweredError(StorageError):
    """The deadline passed."""


def _give_up(running: Future[Any], when_late: Callable[[Future[Any]], None] | None) -> None:
    """Take it out of the queue; if it has begun already, see to what comes of it."""
    if not running.cancel() and when_late is not None:
        running.add_done_callback(when_late)
