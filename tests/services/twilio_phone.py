"""A phone behind Twilio Media Streams."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from uuid import uuid4
from xml.etree import ElementTree

import numpy as np
import websockets
from message_log import Message
from phone_line import Phone, Samples

from opusagent_hooks import codecs
from opusagent_voiceprint.audio import resample

__all__ = ["TwilioPhone", "follow_twiml"]


class TwilioPhone(Phone):
    """A call over Twilio Media Streams: mu-law at 8 kHz in frames of 20 ms, silence included."""

    _FRAME: ClassVar[int] = 160
    _SILENCE: ClassVar[bytes] = codecs.encode(np.zeros(160, np.float32), "mulaw")

    def __init__(
        self,
        url: str,
        *,
        from_number: str | None = None,
        parameters: Mapping[str, str] | None = None,
        call_sid: str | None = None,
        speed: float = 1.0,
        announce: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(url, speed=speed, announce=announce)
        self.call_sid = call_sid or f"CA{uuid4().hex}"
        self.stream_sid = f"MZ{uuid4().hex}"
        self.parameters = dict(parameters or {})
        if from_number is not None:
            self.parameters["from_number"] = from_number
        self._frames: deque[tuple[bytes, asyncio.Future[None] | None]] = deque()
        self._sequence = 0
        self._marks: set[asyncio.Task[None]] = set()
        self._cleared = asyncio.Event()

    async def press(self, digit: str) -> None:
        """Press a key."""
        await self._event("dtmf", {"track": "inbound_track", "digit": digit})

    async def silence(self, seconds: float) -> None:
        """Say nothing for so long, in seconds of the call; the line stays open."""
        await self._stream(np.zeros(round(seconds * 8000), np.float32))

    async def _begin(self) -> None:
        await self._send({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        start = {
            "streamSid": self.stream_sid,
            "accountSid": "AC" + "0" * 32,
            "callSid": self.call_sid,
            "tracks": ["inbound"],
            "customParameters": self.parameters,
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        }
        await self._event("start", start)
        self._tasks.append(asyncio.create_task(self._keep_line_open()))

    async def _speak(self, samples: Samples, rate: int) -> None:
        await self._stream(resample(samples, rate, 8000))

    async def _stream(self, samples: Samples) -> None:
        data = codecs.encode(samples, "mulaw")
        frames = [data[at : at + self._FRAME] for at in range(0, len(data), self._FRAME)]
        if not frames:
            return
        frames[-1] += self._SILENCE[len(frames[-1]) :]
        sent: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._frames.extend((frame, None) for frame in frames[:-1])
        self._frames.append((frames[-1], sent))
        gone = asyncio.create_task(self.closed.wait())
        try:
            await asyncio.wait({sent, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()

    async def _keep_line_open(self) -> None:
        """A line carries a frame every 20 ms, whether or not anybody speaks."""
        began = time.monotonic()
        chunk = 0
        while not self.closed.is_set():
            frame, sent = self._frames.popleft() if self._frames else (self._SILENCE, None)
            media = {
                "track": "inbound",
                "chunk": str(chunk + 1),
                "timestamp": str(20 * chunk),
                "payload": base64.b64encode(frame).decode(),
            }
            await self._event("media", media, audio=True)
            if sent is not None and not sent.done():
                sent.set_result(None)
            chunk += 1
            await asyncio.sleep(max(0.0, began + chunk * 0.02 / self.speed - time.monotonic()))

    async def _receive(self, message: Message) -> None:
        match message.get("event"):
            case "media":
                self.heard.play(base64.b64decode(message["media"]["payload"]), "mulaw", 8000)
            case "clear":
                self.heard.clear()
                self._cleared.set()
                self._cleared = asyncio.Event()
            case "mark":
                task = asyncio.create_task(self._return_mark(message["mark"]["name"], self.heard.until))
                self._marks.add(task)
                task.add_done_callback(self._marks.discard)

    async def _return_mark(self, name: str, due: float) -> None:
        """Twilio sends a mark back when what came before it was played, or was cleared."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._cleared.wait(), max(0.0, due - self.heard.now))
        with contextlib.suppress(websockets.ConnectionClosed):
            await self._event("mark", {"name": name})

    async def _say_goodbye(self) -> None:
        await self._event("stop", {"accountSid": "AC" + "0" * 32, "callSid": self.call_sid})

    async def _finish(self) -> None:
        self._cleared.set()
        await super()._finish()

    async def _event(self, kind: str, body: Mapping[str, Any], *, audio: bool = False) -> None:
        self._sequence += 1
        message = {
            "event": kind,
            "sequenceNumber": str(self._sequence),
            "streamSid": self.stream_sid,
            kind: body,
        }
        await self._send(message, audio=audio)


async def follow_twiml(webhook: str, *, from_number: str, call_sid: str) -> tuple[str, dict[str, str]]:
    """Ask a voice webhook as Twilio does; returns the stream's URL and the parameters for ``start``."""
    import httpx

    form = {"CallSid": call_sid, "From": from_number, "To": "+15550199", "Direction": "inbound"}
    async with httpx.AsyncClient() as client:
        answer = await client.post(webhook, data=form)
    answer.raise_for_status()
    stream = ElementTree.fromstring(answer.text).find(".//Stream")  # noqa: S314 - of a server under test
    if stream is None:
        raise ValueError(f"there is no <Stream> in the TwiML: {answer.text}")
    parameters = {each.get("name", ""): each.get("value", "") for each in stream.iter("Parameter")}
    return stream.get("url", ""), parameters
