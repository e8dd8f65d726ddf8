"""A task of a call's own that takes one thing at a time from an inbox, until the call ends."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from typing import Any, Final, Generic, TypeVar

from opusagent_hooks import AgentError
from opusagent_voiceprint.calls.context import log_failure

__all__ = ["CallActor"]

_GRACE_SECONDS: Final = 1.0
_END_SECONDS: Final = 8.0

Item = TypeVar("Item")


class CallActor(ABC, Generic[Item]):
    """Prepares, handles items one after the other, finishes, and drops everything.

    Nothing that a step raises goes further than the log, and nothing keeps the end of the call waiting long:
    a step that is running then has a second, unless :meth:`_to_its_end` says that it must not be cut short.
    """

    def __init__(self, call_id: str) -> None:
        self._call_id = call_id
        self._loop = asyncio.get_running_loop()
        self._inbox: asyncio.Queue[Item | None] = asyncio.Queue()
        self._ended = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def _start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=f"voiceprint-call-{self._call_id}")
        self._task.add_done_callback(self._report)

    async def _stop(self) -> None:
        """The call is over: wait, for a few seconds at most, until all is finished and dropped."""
        self._ended.set()
        self._inbox.put_nowait(None)
        if self._task is None:
            return
        done, _ = await asyncio.wait({self._task}, timeout=_END_SECONDS)
        if not done:
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=_GRACE_SECONDS)

    @abstractmethod
    async def _prepare(self) -> None:
        """Before the first item."""

    @abstractmethod
    async def _handle(self, item: Item) -> None:
        """One item."""

    @abstractmethod
    async def _to_its_end(self, item: Item) -> bool:
        """Whether handling this item is not to be cut short by the end of the call."""

    @abstractmethod
    def _patience(self) -> float | None:
        """Seconds to wait for the next item before :meth:`_nothing_came`; None for ever."""

    @abstractmethod
    async def _nothing_came(self) -> None:
        """Nothing came for as long as :meth:`_patience` said."""

    @abstractmethod
    async def _finish(self) -> None:
        """After the end of the call; the inbox may hold items that were not handled."""

    @abstractmethod
    def _drop(self) -> None:
        """Let go of everything, whatever happened before."""

    async def _run(self) -> None:
        try:
            await self._guard(self._prepare())
            while not self._ended.is_set():
                try:
                    item = await asyncio.wait_for(self._inbox.get(), self._patience())
                except asyncio.TimeoutError:
                    await self._guard(self._nothing_came())
                    continue
                if item is not None:
                    until_end = not await self._to_its_end(item)
                    await self._guard(self._handle(item), until_end=until_end)
            await self._guard(self._finish(), until_end=False)
        finally:
            self._drop()

    async def _guard(self, work: Coroutine[Any, Any, None], *, until_end: bool = True) -> None:
        step = asyncio.create_task(work)
        ended = asyncio.create_task(self._ended.wait())
        try:
            await asyncio.wait({step, ended} if until_end else {step}, return_when=asyncio.FIRST_COMPLETED)
            if not step.done():
                await asyncio.wait({step}, timeout=_GRACE_SECONDS)
        finally:
            ended.cancel()
            step.add_done_callback(self._report)
            if not step.done():
                step.cancel()
                await asyncio.wait({step}, timeout=_GRACE_SECONDS)

    def _report(self, task: asyncio.Task[None]) -> None:
        """Log what a task failed with; asyncio would log the message, which may be personal."""
        if task.cancelled() or (error := task.exception()) is None:
            return
        if isinstance(error, AgentError) and self._ended.is_set():
            return  # the agent is gone because the call is
        log_failure(self._call_id, "a step of voiceprint failed", error)
