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
Unsure = Callable[[Future[Any]], object]

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
        self._close_by: float | None = None
        self._hanging: set[Future[Any]] = set()

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

    async def add(self, caller: Caller, *, unsure: Unsure) -> Caller:
        """Store a new caller, wholly or not at all.

        When it fails, or the wait for it ends, without its being sure that nothing is stored nor will be,
        ``unsure`` is given the write, which may not be done yet. It is called on the event loop.
        """
        return await self._write(lambda: self._access.store.put(caller, expected_version=0), unsure=unsure)

    async def change(
        self, caller_id: str, change: Callable[[Caller], Caller | None], *, unsure: Unsure | None = None
    ) -> Caller | None:
        """Change a caller, again if somebody else does at the same time; None if there is none any more.

        ``unsure`` as above.
        """

        def run() -> Caller | None:
            try:
                return self._access.store.update(caller_id, change)
            except UnknownCallerError:
                return None

        return await self._write(run, unsure=unsure)

    async def allow_asking(self, subject: str, *, within: float | None = None) -> None:
        """Forget a remembered no."""
        await self._write(lambda: self._access.store.forget_refusal(subject), within=within)

    async def erase(self, caller_id: str, *, within: float | None = None) -> bool:
        """Erase a caller who withdrew; true if there was one."""
        erase = self._access.store.erase
        return await self._write(lambda: erase(caller_id, reason="withdrawn"), within=within)

    async def aside(self, work: Callable[[], T]) -> T:
        """Run something beside the store, a change of the gallery, say, off the event loop."""
        return await self._wait(self._beside.submit(work), _WRITE_TIMEOUT)

    def aside_later(self, work: Callable[[], object]) -> None:
        """The same for what nobody waits for."""
        with contextlib.suppress(StorageError):  # closed: what is overdue is named by the follower
            self._beside.submit(work)

    def drain(self) -> None:
        """Begin nothing more, and wait a few seconds for what is running."""
        if self._close_by is None:
            self._close_by = time.monotonic() + _CLOSE_SECONDS
            for pool in (self._threads, self._beside):
                pool.close()
        running = self._threads.running | self._beside.running
        _, self._hanging = wait(running, timeout=max(0.0, self._close_by - time.monotonic()))

    def close(self) -> None:
        """Wait a few seconds for what is running, then close the store."""
        self.drain()
        left = (self._close_by or 0.0) - time.monotonic()
        if self._hanging or not within_seconds("voiceprint-close-store", self._close_store, left):
            logger.error("the store does not answer and is left as it is")

    def _close_store(self) -> None:
        try:
            self._access.close()
        except StorageError as exc:
            logger.error("the store could not be closed: %s", type(exc).__name__)

    async def _write(
        self, work: Callable[[], T], *, within: float | None = None, unsure: Unsure | None = None
    ) -> T:
        try:
            return await self._run(work, _WRITE_TIMEOUT, within=within, unsure=unsure)
        except StoreReplacedError:
            self._access.note_replaced()
            raise

    async def _run(
        self,
        work: Callable[[], T],
        deadline: float,
        *,
        within: float | None = None,
        unsure: Unsure | None = None,
    ) -> T:
        breaker = self._access.breaker
        breaker.check()
        answers = breaker.answers

        def run() -> T:
            began = time.monotonic()
            try:
                return work()
            finally:
                if time.monotonic() - began < deadline:
                    breaker.answered()

        running = self._threads.submit(run)
        patience = deadline if within is None else min(within, deadline)
        try:
            return await self._wait(running, patience, unsure)
        except _NotAnsweredError:
            # How long somebody waits says nothing about the store: it has all of its time.
            if patience < deadline:
                asyncio.get_running_loop().call_later(deadline - patience, breaker.timed_out, answers)
            else:
                breaker.timed_out(answers)
            raise

    async def _wait(self, running: Future[T], seconds: float, unsure: Unsure | None = None) -> T:
        waiting = asyncio.wrap_future(running)
        try:
            # A write that has begun goes on when the wait for it ends.
            done, _ = await asyncio.wait({waiting}, timeout=seconds)
            if not done:
                raise _NotAnsweredError(f"the store did not answer within {seconds:g} s")
            if running.cancelled():
                raise StorageError("the store is closed")
            return waiting.result()
        except BaseException:
            # Out of the queue; if it has begun, what comes of it may be known later, or never.
            if not running.cancel() and unsure is not None:
                unsure(running)
            raise
        finally:
            # What comes after the deadline is nobody's: asyncio is neither to log it, nor to miss its loop.
            if not waiting.cancel() and not waiting.cancelled():
                waiting.exception()


class _NotAnsweredError(StorageError):
    """The deadline passed."""
