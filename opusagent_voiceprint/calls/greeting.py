"""Greeting a caller who was recognised: record, memory and greeting, all within the time a reply may wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from opusagent_hooks import Call
from opusagent_voiceprint.calls.context import Shared
from opusagent_voiceprint.calls.hold import ReplyHold
from opusagent_voiceprint.calls.identity import KnownCaller
from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.memory import context_block, default_greeting, memory_block
from opusagent_voiceprint.models import Caller, Memory

__all__ = ["Greeter", "MemoryCame"]

_MEMORY_SECONDS: Final = 0.2
_GREETING_SECONDS: Final = 0.1
_MOST_READ_AHEAD: Final = 8
"""Callers of one number; of a switchboard's hundreds, reading some ahead would help few."""


@dataclass(frozen=True, slots=True)
class MemoryCame:
    """What is remembered of a caller, who was greeted without it because it took too long."""

    caller_id: str
    memory: Memory = field(repr=False)
    still: Callable[[], bool]


class Greeter:
    """Reads a caller ahead of the recognition where the number names them, and greets.

    A store or a plugin that is slow makes a greeting without memory, not none. ``late`` is given the memory
    that comes afterwards.
    """

    def __init__(
        self,
        call: Call,
        shared: Shared,
        known: KnownCaller,
        hold: ReplyHold,
        late: Callable[[MemoryCame], None],
    ) -> None:
        self._call = call
        self._shared = shared
        self._known = known
        self._hold = hold
        self._late = late
        self._read_ahead: dict[str, Caller] = {}
        self._reading: dict[str, asyncio.Task[Caller | None]] = {}
        self._running: set[asyncio.Task[Any]] = set()

    def read_ahead(self, caller_ids: Iterable[str]) -> None:
        """Begin to read the callers that the number names. Nothing comes of it before a recognition."""
        self._run(self._read_all(list(islice(caller_ids, _MOST_READ_AHEAD))))

    async def read(self, caller_id: str) -> Caller | None:
        """The record of a caller who was recognised; as it was when the call began if the store is slow.

        Raises :class:`StorageError` if there is neither; then the reading goes on, for whoever asks again.
        """
        reading = self._reading.pop(caller_id, None) or self._run(self._shared.records.get(caller_id))
        done, _ = await asyncio.wait({reading}, timeout=self._hold.left_for_store)
        earlier = self._read_ahead.get(caller_id)
        if not done:
            self._reading[caller_id] = reading
            if earlier is None:
                raise StorageError("the store takes longer than a reply may wait")
            return earlier
        try:
            return reading.result()
        except StorageError:
            if earlier is None:
                raise
            return earlier

    async def greet(self, caller: Caller, still: Callable[[], bool]) -> bool:
        """Put one item in, in time for the reply that waits for it.

        Plugins may take their time; nothing personal is put in unless ``still`` says, when they are done,
        that the same voice is speaking. Returns whether the caller was greeted.
        """
        caller = self._known.named(caller)
        memory = await self._load_memory(caller, still)
        greeting = await self._shared.hooks.call_first(
            "voiceprint_greeting", call=self._call, caller=caller, memory=memory, timeout=_GREETING_SECONDS
        )
        now = self._shared.clock()
        if not isinstance(greeting, str) or not greeting.strip():
            greeting = default_greeting(caller.name, caller.last_seen, now)
        if not still():
            return False
        self._known.adopt(caller, recognised=True)
        await self._known.tell(context_block(caller.name, greeting, memory, now, last_seen=caller.last_seen))
        self._hold.end()
        return True

    async def add_memory(self, came: MemoryCame) -> None:
        """Put in what came too late for the greeting, for the replies to come."""
        caller = self._known.caller
        if caller is None or caller.caller_id != came.caller_id or not came.still():
            return
        block = memory_block(came.memory, self._shared.clock())
        if block is not None and self._known.told:
            await self._known.tell(block)

    def drop(self) -> None:
        """Stop, and forget what was read."""
        for task in self._running:
            task.cancel()
        self._read_ahead.clear()
        self._reading.clear()

    async def _read_all(self, caller_ids: list[str]) -> None:
        for caller_id in caller_ids:
            try:
                caller = await self._shared.records.get(caller_id)
            except StorageError:
                return  # it will be read, and reported, when the caller is recognised
            if caller is not None:
                self._read_ahead[caller_id] = caller

    async def _load_memory(self, caller: Caller, still: Callable[[], bool]) -> Memory:
        loading = self._run(
            self._shared.hooks.call_first("voiceprint_load_memory", call=self._call, caller=caller)
        )
        done, _ = await asyncio.wait({loading}, timeout=_MEMORY_SECONDS)
        if done:
            return _as_memory(loading.result())

        def loaded(late: asyncio.Task[Any]) -> None:
            if not late.cancelled() and (memory := _as_memory(late.result())):
                self._late(MemoryCame(caller.caller_id, memory, still))

        loading.add_done_callback(loaded)
        return Memory()

    def _run(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        # Of a reading that nobody asks for again, asyncio is not to log the error's message.
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        return task


def _as_memory(result: object) -> Memory:
    return result if isinstance(result, Memory) else Memory()
