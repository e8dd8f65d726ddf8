"""A phone behind AudioCodes VoiceAI Connect."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Callable
from typing import Any, ClassVar
from uuid import uuid4

from message_log import Message
from phone_line import Phone, Samples

from opusagent_hooks import codecs
from opusagent_hooks.codecs import Encoding
from opusagent_voiceprint.audio import resample

__all__ = ["AudioCodesPhone"]


class AudioCodesPhone(Phone):
    """A call over AudioCodes VoiceAI Connect: each utterance is a user stream of its own.

    ``formats`` are what is offered, best first; ``media_format`` is what the host chose of them.
    """

    FORMATS: ClassVar[dict[str, tuple[Encoding, int]]] = {
        "raw/lpcm16": ("pcm16", 16_000),
        "raw/lpcm16_24": ("pcm16", 24_000),
        "raw/lpcm16_8": ("pcm16", 8_000),
        "raw/mulaw": ("mulaw", 8_000),
    }
    _CHUNK_SECONDS: ClassVar[float] = 0.1

    def __init__(
        self,
        url: str,
        *,
        caller: str | None = None,
        formats: tuple[str, ...] = ("raw/lpcm16",),
        conversation_id: str | None = None,
        resume: bool = False,
        speed: float = 1.0,
        announce: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(url, speed=speed, announce=announce)
        self.conversation_id = conversation_id or str(uuid4())
        self.media_format = formats[0]
        self.hung_up_by_agent = False
        self._caller = caller
        self._formats = formats
        self._resume = resume
        self._played_format = formats[0]

    async def initiate(self) -> None:
        """Announce the call, or resume it; once more than once, as platforms sometimes do."""
        kind = "session.resume" if self._resume else "session.initiate"
        message: Message = {
            "botName": "agent",
            "expectAudioMessages": True,
            "supportedMediaFormats": list(self._formats),
        }
        if self._caller is not None:
            message["caller"] = self._caller
        await self._message(kind, **message)

    async def _begin(self) -> None:
        await self.initiate()
        answer = await self.log.wait_for(
            lambda entry: entry.type in ("session.accepted", "session.resumed"), timeout=30.0
        )
        self.media_format = answer.message.get("mediaFormat", self.media_format)
        self._played_format = self.media_format

    async def _speak(self, samples: Samples, rate: int) -> None:
        encoding, wire_rate = self.FORMATS[self.media_format]
        started = len(self.log.received("userStream.started"))
        await self._message("userStream.start", participant="caller")
        # A host may be busy with its first audio for half a minute.
        await self.log.until(lambda: len(self.log.received("userStream.started")) > started, 90.0)
        data = codecs.encode(resample(samples, rate, wire_rate), encoding)
        step = round(self._CHUNK_SECONDS * wire_rate) * codecs.BYTES_PER_SAMPLE[encoding]
        began = time.monotonic()
        for count, at in enumerate(range(0, len(data), step), 1):
            chunk = base64.b64encode(data[at : at + step]).decode()
            await self._message("userStream.chunk", audio=True, participant="caller", audioChunk=chunk)
            due = began + count * self._CHUNK_SECONDS / self.speed
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        await self._message("userStream.stop", participant="caller")

    async def _receive(self, message: Message) -> None:
        match message.get("type"):
            case "playStream.start":
                self._played_format = message.get("mediaFormat", self.media_format)
            case "playStream.chunk":
                self.heard.play(base64.b64decode(message["audioChunk"]), *self.FORMATS[self._played_format])
            case "activities" if any(each.get("name") == "hangup" for each in message["activities"]):
                self.hung_up_by_agent = True
                await self._say_goodbye()
                await self._socket.close()

    async def _say_goodbye(self) -> None:
        await self._message("session.end", reasonCode="client-disconnected", reason="Client Side")

    async def _message(self, kind: str, *, audio: bool = False, **fields: Any) -> None:
        await self._send({"type": kind, "conversationId": self.conversation_id, **fields}, audio=audio)
