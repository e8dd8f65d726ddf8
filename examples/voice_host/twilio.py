"""Twilio Media Streams: what the caller says comes in, what the agent says goes out at its own pace."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

__all__ = ["Start", "TwilioStream"]

FRAME: Final = 160
"""Bytes of 20 ms of mu-law at 8 kHz."""

_FRAME_SECONDS: Final = 0.02
_SILENCE: Final = b"\xff"
_AHEAD: Final = 0.1
"""Seconds that Twilio is given in advance, so that a late frame is not heard as a gap."""


@dataclass(frozen=True, slots=True)
class Start:
    """The call that a stream belongs to."""

    call_sid: str
    parameters: Mapping[str, str] = field(repr=False)


class TwilioStream:
    """One stream. ``send`` sends a JSON object, ``messages`` are Twilio's as they come."""

    def __init__(
        self, send: Callable[[Mapping[str, Any]], Awaitable[None]], messages: AsyncIterator[str]
    ) -> None:
        self._send = send
        self._messages = messages
        self._stream_sid = ""
        self._queue: deque[tuple[str, bytes]] = deque()  # item and frame; no frame is the item's end
        self._rest = b""
        self._more = asyncio.Event()
        self._heard_until = 0.0
        self._playing: str | None = None
        self._sent_frames = 0
        self._unplayed: set[str] = set()
        self._cut: set[str] = set()
        self._all_played = asyncio.Event()
        self._all_played.set()

    async def start(self) -> Start | None:
        """Wait for the call to be announced; None if the stream ends before."""
        async for message in self.messages():
            if message["event"] == "start":
                start = message["start"]
                self._stream_sid = start["streamSid"]
                return Start(start["callSid"], dict(start.get("customParameters") or {}))
        return None

    async def messages(self) -> AsyncIterator[dict[str, Any]]:
        """Everything that Twilio sends, up to the end of the stream."""
        async for text in self._messages:
            message = json.loads(text)
            if message["event"] == "mark":
                self._played(message["mark"]["name"])
            yield message

    def play(self, item: str, audio: bytes) -> None:
        """Append to what is to be played: mu-law at 8 kHz, of this item of the conversation."""
        if item in self._cut:
            return  # said before the service knew that it was interrupted
        self._all_played.clear()
        self._unplayed.add(item)
        self._rest += audio
        while len(self._rest) >= FRAME:
            self._queue.append((item, self._rest[:FRAME]))
            self._rest = self._rest[FRAME:]
        self._more.set()

    def finish(self, item: str) -> None:
        """The item's audio is complete. A mark comes back from Twilio when the caller has heard it."""
        if item in self._cut:
            return
        if self._rest:
            self._queue.append((item, self._rest.ljust(FRAME, _SILENCE)))
            self._rest = b""
        self._queue.append((item, b""))
        self._more.set()

    async def clear(self) -> tuple[str, int] | None:
        """Play nothing more; which item was cut short, and after how many milliseconds, if one was."""
        if self._all_played.is_set():
            return None
        self._queue.clear()
        self._rest = b""
        ahead = max(0.0, self._heard_until - time.monotonic())
        heard = max(0, round(1000 * (self._sent_frames * _FRAME_SECONDS - ahead)))
        cut = (self._playing, heard) if self._playing is not None else None
        self._cut, self._unplayed = self._unplayed, set()
        self._all_played.set()
        await self._event("clear")
        return cut

    async def wait_played(self, timeout: float) -> None:
        """Wait until the caller has heard everything, at most ``timeout`` seconds."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._all_played.wait(), timeout)

    async def pace(self) -> None:
        """Send what is to be played as fast as it is heard. Runs until it is cancelled."""
        while True:
            while not self._queue:
                self._more.clear()
                await self._more.wait()
            item, frame = self._queue.popleft()
            if not frame:
                await self._event("mark", mark={"name": item})
                continue
            if item != self._playing:
                self._playing, self._sent_frames = item, 0
            self._sent_frames += 1
            self._heard_until = max(self._heard_until, time.monotonic()) + _FRAME_SECONDS
            await self._event("media", media={"payload": base64.b64encode(frame).decode()})
            await asyncio.sleep(max(0.0, self._heard_until - time.monotonic() - _AHEAD))

    def _played(self, item: str) -> None:
        self._unplayed.discard(item)
        if not self._unplayed:
            self._all_played.set()

    async def _event(self, event: str, **body: Any) -> None:
        await self._send({"event": event, "streamSid": self._stream_sid, **body})
