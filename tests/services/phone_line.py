"""What the phones of all platforms have in common: a connection, a line, and somebody who listens."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
import websockets
from message_log import Message, MessageLog
from playback import Heard

__all__ = ["Phone", "Samples"]

Samples = npt.NDArray[np.float32]
Self = TypeVar("Self", bound="Phone")

_QUIET: Final = 0.3
"""Seconds without audio after which the agent has finished."""


class Phone(ABC):
    """What both platforms have in common.

    ``speed`` is how many times faster than real time the caller's audio goes out; what comes back is heard
    in real time. ``announce`` is told the words of what is said just before it is. ``heard`` is what was
    played to the caller, ``log`` every message without its audio; times are seconds since the phone
    connected.
    """

    def __init__(
        self, url: str, *, speed: float = 1.0, announce: Callable[[str], None] | None = None
    ) -> None:
        self.url = url
        self.speed = speed
        self.announce = announce
        self.log = MessageLog()
        self.heard = Heard()
        self.closed = asyncio.Event()
        self._socket: Any = None
        self._tasks: list[asyncio.Task[None]] = []
        self._last_said = 0.0

    async def __aenter__(self: Self) -> Self:
        self._socket = await websockets.connect(self.url, max_size=None, ping_interval=None)
        self._tasks.append(asyncio.create_task(self._read()))
        await self._begin()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.closed.is_set():
            await self._finish()
        else:
            await self.hang_up()

    async def say(self, samples: Samples, *, rate: int = 16_000, words: str | None = None) -> None:
        """Speak: samples at ``rate`` Hz, as clean as from a studio. Returns when the last of it was sent."""
        if words is not None and self.announce is not None:
            self.announce(words)
        await self._speak(samples, rate)
        self._last_said = self.heard.now

    async def silence(self, seconds: float) -> None:
        """Say nothing for so long, in seconds of the call."""
        await asyncio.sleep(seconds / self.speed)

    async def wait_for_agent(self, timeout: float = 15.0, *, after: float | None = None) -> None:
        """Wait until the agent has spoken, and is silent again.

        Only what is heard ``after`` counts, which is when the caller last spoke unless it is given.
        Raises :class:`TimeoutError` after ``timeout`` seconds.
        """
        since = self._last_said if after is None else after
        deadline = time.monotonic() + timeout
        while not (self.heard.since(since) and self.heard.silent_for >= _QUIET):
            if time.monotonic() > deadline or self.closed.is_set():
                raise TimeoutError(
                    f"the agent did not speak and finish within {timeout:g} s: "
                    f"{self.heard.since(since):.1f} s heard, closed: {self.closed.is_set()}"
                )
            await asyncio.sleep(0.01)

    async def drop(self) -> None:
        """Lose the connection, with no goodbye of any kind."""
        self._socket.transport.abort()
        await self._finish()

    async def hang_up(self) -> None:
        """End the call as the platform does."""
        with contextlib.suppress(websockets.ConnectionClosed):  # the host may have been faster
            await self._say_goodbye()
        await self._socket.close()
        await self._finish()

    # What the platforms differ in

    @abstractmethod
    async def _begin(self) -> None: ...

    @abstractmethod
    async def _speak(self, samples: Samples, rate: int) -> None: ...

    @abstractmethod
    async def _say_goodbye(self) -> None: ...

    @abstractmethod
    async def _receive(self, message: Message) -> None: ...

    # Connections

    async def _send(self, message: Mapping[str, Any], *, audio: bool = False) -> None:
        if not audio:
            self.log.note_sent(message)
        await self._socket.send(json.dumps(message))

    async def _read(self) -> None:
        try:
            async for text in self._socket:
                message = json.loads(text)
                self.log.note_received(message)
                await self._receive(message)
        except websockets.ConnectionClosed:
            return
        finally:
            self.closed.set()
            self.log.changed()

    async def _finish(self) -> None:
        await asyncio.wait_for(self.closed.wait(), 5.0)
        for task in self._tasks:
            task.cancel()
        done = await asyncio.gather(*self._tasks, return_exceptions=True)
        for error in done:
            if isinstance(error, Exception) and not isinstance(error, websockets.ConnectionClosed):
                raise error
