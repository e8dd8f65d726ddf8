"""When the scripted service's transcripts of the caller come, if they do."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Final

from message_log import MessageLog
from realtime_conversation import Stored
from realtime_faults import Faults
from realtime_response import Pace

__all__ = ["Transcriber"]

_PATIENCE: Final = 10.0
"""Seconds that a transcript waits for what it is to come after."""


class Transcriber:
    """Sends the events of each transcript, on time or as the faults have it."""

    def __init__(
        self, emit: Callable[..., Awaitable[None]], log: MessageLog, pace: Pace, faults: Faults
    ) -> None:
        self._emit = emit
        self._log = log
        self._pace = pace
        self._faults = faults
        self._held: asyncio.Event | None = None

    async def transcribe(self, item: Stored) -> None:
        """Send one item's transcript."""
        fault = self._faults.transcripts
        if fault == "missing":
            return
        if fault == "late":
            done = len(self._log.sent("response.done"))
            await self._wait(lambda: len(self._log.sent("response.done")) > done)
        await asyncio.sleep(self._pace.transcript / self._pace.speed)
        if fault == "failed":
            await self._fail(item)
            return
        if fault == "reordered" and self._held is None:
            self._held = asyncio.Event()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._held.wait(), _PATIENCE)
            await self._complete(item)
            return
        await self._complete(item)
        if self._held is not None:
            self._held.set()
            self._held = None

    async def _wait(self, condition: Callable[[], bool]) -> None:
        with contextlib.suppress(TimeoutError):
            await self._log.until(condition, _PATIENCE)

    async def _complete(self, item: Stored) -> None:
        prefix = "conversation.item.input_audio_transcription"
        where = {"item_id": item.id, "content_index": 0}
        item.wire["content"] = [{"type": "input_audio", "transcript": item.words}]
        if item.words:
            await self._emit(f"{prefix}.delta", **where, delta=item.words)
        await self._emit(f"{prefix}.completed", **where, transcript=item.words)

    async def _fail(self, item: Stored) -> None:
        await self._emit(
            "conversation.item.input_audio_transcription.failed",
            item_id=item.id,
            content_index=0,
            error={
                "type": "transcription_error",
                "code": "audio_unintelligible",
                "message": "The audio could not be transcribed.",
                "param": None,
            },
        )
