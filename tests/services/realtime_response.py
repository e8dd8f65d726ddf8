"""One response of the scripted service: its events in the service's order, and its interruption."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from realtime_audio import OUTPUT_RATE, Voice, to_wire, tone
from realtime_conversation import Conversation, Stored, new_id
from realtime_dialects import Dialect
from realtime_model import Action, CallTool, Say

__all__ = ["Pace", "Response", "StopReason"]

StopReason = Literal["turn_detected", "client_cancelled"]
Emit = Callable[..., Awaitable[None]]

_RATE_LIMITS: Final = [{"name": "tokens", "limit": 40000, "remaining": 39000, "reset_seconds": 1.0}]


@dataclass(slots=True)
class Pace:
    """How fast the service works, in seconds at ``speed`` 1.

    A response's first audio comes after ``latency``, and then ``generation`` seconds of audio a second.
    A transcript of the caller comes ``transcript`` after the words were committed.
    """

    seconds_per_character: float = 0.06
    latency: float = 0.1
    generation: float = 8.0
    transcript: float = 0.1
    speed: float = 1.0


class Response:
    """One response, from ``response.created`` to ``response.done``."""

    def __init__(
        self,
        emit: Emit,
        dialect: Dialect,
        session: Mapping[str, Any],
        options: Mapping[str, Any],
        conversation: Conversation,
        pace: Pace,
        voice: Voice | None,
    ) -> None:
        self.id = new_id("resp")
        self.in_conversation = options.get("conversation", "auto") != "none"
        self._emit = emit
        self._dialect = dialect
        self._wire = dialect.audio_format(session, "output")
        self._modalities = options.get(dialect.modalities) or session[dialect.modalities]
        self._metadata = options.get("metadata")
        self._conversation = conversation
        self._pace = pace
        self._voice = voice
        self._stop: StopReason | None = None
        self._stopped = asyncio.Event()
        self._output: list[dict[str, Any]] = []

    def stop(self, reason: StopReason) -> None:
        """Cut it short."""
        if self._stop is None:
            self._stop = reason
            self._stopped.set()

    async def run(self, action: Action | None, *, verbatim: bool = False) -> None:
        """Carry an action out; None fails the response."""
        await self._emit("response.created", response=self._summary("in_progress"))
        await self._emit("rate_limits.updated", rate_limits=_RATE_LIMITS)
        await self._sleep(self._pace.latency)
        if self._stop is None:
            match action:
                case Say():
                    await self._say(action.text, verbatim=verbatim)
                case CallTool():
                    await self._call_tool(action)
        status = "failed" if action is None else "cancelled" if self._stop else "completed"
        await self._emit("response.done", response=self._summary(status))

    def _summary(self, status: str) -> dict[str, Any]:
        details: dict[str, Any] | None = None
        if status == "cancelled":
            details = {"type": "cancelled", "reason": self._stop}
        elif status == "failed":
            details = {"type": "failed", "error": {"type": "server_error", "code": None}}
        return {
            "object": "realtime.response",
            "id": self.id,
            "status": status,
            "status_details": details,
            "output": list(self._output),
            "conversation_id": "conv_1" if self.in_conversation else None,
            self._dialect.modalities: self._modalities,
            "metadata": self._metadata,
            "usage": None if status == "in_progress" else {"total_tokens": 0},
        }

    async def _sleep(self, seconds: float) -> None:
        """Sleep unless, or until, it is stopped."""
        try:
            await asyncio.wait_for(self._stopped.wait(), seconds / self._pace.speed)
        except asyncio.TimeoutError:
            return

    async def _say(self, text: str, *, verbatim: bool) -> None:
        item = self._new_item({"type": "message", "role": "assistant", "content": []})
        item.verbatim = verbatim
        await self._add_item(item)
        aloud = "audio" in self._modalities
        part = {"type": "audio", "transcript": ""} if aloud else {"type": "text", "text": ""}
        where = {"response_id": self.id, "item_id": item.id, "output_index": 0, "content_index": 0}
        await self._emit("response.content_part.added", **where, part=part)
        said = await self._stream(text, item, where, aloud=aloud)
        field = "transcript" if aloud else "text"
        if aloud:
            await self._emit(f"{self._dialect.audio_event}.done", **where)
            await self._emit(f"{self._dialect.transcript_event}.done", **where, transcript=said)
        else:
            await self._emit(f"{self._dialect.text_event}.done", **where, text=said)
        await self._emit("response.content_part.done", **where, part={**part, field: said})
        content = self._dialect.assistant_audio if aloud else self._dialect.assistant_text
        item.wire["content"] = [{"type": content, field: said}]
        await self._finish_item(item)

    async def _stream(self, text: str, item: Stored, where: Mapping[str, Any], *, aloud: bool) -> str:
        """Words and their audio, as the service interleaves them; returns what was generated."""
        said = ""
        audio = self._audio(text) if aloud else np.zeros(0, np.float32)
        words = text.split()
        characters = sum(len(word) + 1 for word in words)
        begin = counted = 0
        for word in words:
            if self._stop:
                break
            delta = f" {word}" if said else word
            counted += len(word) + 1
            end = len(audio) * counted // characters
            samples, begin = audio[begin:end], end
            said += delta
            item.words = said
            if not aloud:
                await self._emit(f"{self._dialect.text_event}.delta", **where, delta=delta)
                continue
            seconds = len(samples) / OUTPUT_RATE
            item.audio_ms += round(1000 * seconds)
            await self._emit(f"{self._dialect.transcript_event}.delta", **where, delta=delta)
            encoded = base64.b64encode(to_wire(samples, self._wire)).decode()
            await self._emit(f"{self._dialect.audio_event}.delta", **where, delta=encoded)
            await self._sleep(seconds / self._pace.generation)
        return said

    def _audio(self, text: str) -> np.ndarray[Any, np.dtype[np.float32]]:
        return self._voice(text) if self._voice else tone(len(text) * self._pace.seconds_per_character)

    async def _call_tool(self, call: CallTool) -> None:
        arguments = json.dumps(dict(call.arguments))
        call_id = new_id("call")
        wire = {"type": "function_call", "name": call.name, "call_id": call_id, "arguments": ""}
        item = self._new_item(wire)
        await self._add_item(item)
        where = {"response_id": self.id, "item_id": item.id, "output_index": 0, "call_id": call_id}
        await self._emit("response.function_call_arguments.delta", **where, delta=arguments)
        named = {"name": call.name} if self._dialect.name == "ga" else {}
        await self._emit("response.function_call_arguments.done", **where, arguments=arguments, **named)
        item.wire["arguments"] = arguments
        await self._finish_item(item)

    def _new_item(self, wire: dict[str, Any]) -> Stored:
        return Stored({"id": new_id("item"), "object": "realtime.item", "status": "in_progress", **wire})

    async def _add_item(self, item: Stored) -> None:
        await self._emit(
            "response.output_item.added", response_id=self.id, output_index=0, item=dict(item.wire)
        )
        if self.in_conversation:
            previous = self._conversation.add(item)
            await self._emit(self._dialect.item_events[0], previous_item_id=previous, item=dict(item.wire))

    async def _finish_item(self, item: Stored) -> None:
        item.wire["status"] = "incomplete" if self._stop else "completed"
        self._output.append(dict(item.wire))
        if self.in_conversation:
            for event in self._dialect.item_events[1:]:
                await self._emit(event, previous_item_id=None, item=dict(item.wire))
        await self._emit(
            "response.output_item.done", response_id=self.id, output_index=0, item=dict(item.wire)
        )
