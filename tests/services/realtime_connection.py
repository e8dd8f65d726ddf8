"""One client's connection to the scripted Realtime service."""

from __future__ import annotations

import asyncio
import base64
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from typing import Any, Final, Protocol

import websockets
from message_log import Message, MessageLog
from realtime_audio import InputBuffer, Samples, Voice
from realtime_conversation import Conversation, Stored, new_id
from realtime_dialects import ApiError, Dialect
from realtime_faults import Faults
from realtime_model import Script
from realtime_responder import Responder
from realtime_response import Pace
from realtime_transcripts import Transcriber

__all__ = ["Connection", "Socket"]

_SHORTEST_COMMIT_MS: Final = 100


class Socket(Protocol):
    """What is used of a websocket, of whichever release."""

    async def send(self, message: str) -> None: ...
    async def close(self, code: int = 1000, reason: str = "") -> None: ...
    def __aiter__(self) -> AsyncIterator[str | bytes]: ...


class Connection:
    """One session: made by the service when a client connects.

    ``log`` holds every message but no audio; ``session`` is the effective session. Words that were
    announced are what the next committed audio says.
    """

    def __init__(
        self,
        socket: Socket,
        dialect: Dialect,
        *,
        model: str,
        script: Script,
        hear: Callable[[Samples, int], str],
        pace: Pace,
        faults: Faults,
        voice: Voice | None,
        always_vad: bool,
        failed: Callable[[Exception], None],
    ) -> None:
        self.log = MessageLog()
        self.dialect = dialect
        self.session = dialect.new_session(new_id("sess"), model)
        self.conversation = Conversation(dialect)
        self.is_open = True
        self._socket = socket
        self._hear = hear
        self._faults = faults
        self._always_vad = always_vad
        self._announced: deque[str] = deque()
        self._buffer = InputBuffer(dialect.audio_format(self.session, "input"))
        self._speech_item: str | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.responder = Responder(
            self.emit,
            self.log,
            dialect,
            self.session,
            self.conversation,
            script=script,
            pace=pace,
            faults=faults,
            voice=voice,
            failed=failed,
        )
        self._transcriber = Transcriber(self.emit, self.log, pace, faults)

    def announce(self, words: str) -> None:
        """Say what the caller's next words are."""
        self._announced.append(words)

    async def emit(self, kind: str, **fields: Any) -> None:
        """Send one event."""
        event: Message = {"type": kind, "event_id": new_id("event"), **fields}
        for _ in range(2 if kind in self._faults.duplicate else 1):
            if self.is_open:
                self.log.note_sent(event)
                await self._send(json.dumps(event))

    async def close(self, code: int = 1011, reason: str = "") -> None:
        """Close the connection, as a service that restarts does."""
        self.is_open = False
        await self._socket.close(code, reason)

    async def run(self) -> None:
        """Serve until the client goes away."""
        await self.emit("session.created", session=self.session)
        try:
            async for message in self._socket:
                await self._receive(message)
        finally:
            self.is_open = False
            self.log.changed()
            await self.responder.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _send(self, text: str) -> None:
        try:
            await self._socket.send(text)
        except websockets.ConnectionClosed:
            # Gone in mid-sentence. Whoever reads from the socket notices too, and ends the connection.
            if self.is_open:
                self.is_open = False
                self.log.changed()

    async def _receive(self, text: str | bytes) -> None:
        event: Message = json.loads(text)
        self.log.note_received(event)
        kind = str(event.get("type"))
        try:
            if kind == self._faults.close_on:
                await self.close()
                return
            handler = self._HANDLERS.get(kind)
            if handler is None:
                raise ApiError("invalid_value", f"Invalid value: '{kind}'.", "type")
            await handler(self, event)
        except ApiError as error:
            await self.emit("error", error=error.details(event.get("event_id")))

    # The session and the conversation

    async def _update_session(self, event: Message) -> None:
        changes = event.get("session")
        if not isinstance(changes, Mapping):
            raise ApiError("missing_required_parameter", "Missing required parameter: 'session'.", "session")
        before = self.dialect.turn_detection(self.session)
        self.dialect.update_session(self.session, changes)
        if self._always_vad and self.dialect.turn_detection(self.session) is None and before is not None:
            self.dialect.keep_turn_detection(self.session, before)
        if (wire := self.dialect.audio_format(self.session, "input")) != self._buffer.wire:
            self._buffer = InputBuffer(wire)
        await self.emit("session.updated", session=self.session)

    async def _create_item(self, event: Message) -> None:
        if self._faults.refuse_items:
            raise ApiError("server_error", "The item could not be added.", "item")
        item, previous = self.conversation.create(event.get("item"), event.get("previous_item_id"))
        await self._item_added(item, previous)

    async def _item_added(self, item: Stored, previous: str | None) -> None:
        for kind in self.dialect.item_events:
            await self.emit(kind, previous_item_id=previous, item=item.wire)

    async def _delete_item(self, event: Message) -> None:
        self.conversation.delete(str(event.get("item_id")))
        await self.emit("conversation.item.deleted", item_id=event["item_id"])

    async def _truncate_item(self, event: Message) -> None:
        end = int(event.get("audio_end_ms", 0))
        self.conversation.truncate(str(event.get("item_id")), end)
        await self.emit(
            "conversation.item.truncated", item_id=event["item_id"], content_index=0, audio_end_ms=end
        )

    async def _retrieve_item(self, event: Message) -> None:
        found = self.conversation.get(str(event.get("item_id")))
        await self.emit("conversation.item.retrieved", item=found.wire)

    # The caller's audio

    async def _append_audio(self, event: Message) -> None:
        samples = self._buffer.append(base64.b64decode(event["audio"]))
        detection = self.dialect.turn_detection(self.session)
        if detection is None:
            self._buffer.vad.skip(len(samples))
            return
        prefix = int(detection.get("prefix_padding_ms", 300))
        silence = int(detection.get("silence_duration_ms", 500))
        for found in self._buffer.vad.feed(samples, prefix, silence):
            if found.kind == "started":
                self._speech_item = new_id("item")
                await self.emit(
                    "input_audio_buffer.speech_started", audio_start_ms=found.ms, item_id=self._speech_item
                )
                if detection.get("interrupt_response", True):
                    await self.responder.stop("turn_detected")
            else:
                await self.emit(
                    "input_audio_buffer.speech_stopped", audio_end_ms=found.ms, item_id=self._speech_item
                )
                await self._commit()
                # While a response that may not be interrupted goes on, the service begins no other.
                if detection.get("create_response", True) and not self.responder.is_busy:
                    await self.responder.respond({})
        if not self._buffer.vad.speaking:
            self._buffer.keep_last(prefix)

    async def _commit_audio(self, event: Message) -> None:
        if self._buffer.ms < _SHORTEST_COMMIT_MS:
            raise ApiError(
                "input_audio_buffer_commit_empty",
                "Error committing input audio buffer: buffer too small. Expected at least "
                f"{_SHORTEST_COMMIT_MS}ms of audio, but buffer only has {self._buffer.ms:.2f}ms of audio.",
            )
        await self._commit()

    async def _clear_audio(self, event: Message) -> None:
        self._buffer.take()
        await self.emit("input_audio_buffer.cleared")

    async def _commit(self) -> None:
        samples = self._buffer.take()
        words = self._announced.popleft() if self._announced else self._hear(samples, self._buffer.wire.rate)
        item_id, self._speech_item = self._speech_item or new_id("item"), None
        item = Stored(
            {
                "id": item_id,
                "object": "realtime.item",
                "type": "message",
                "status": "completed",
                "role": "user",
                "content": [{"type": "input_audio", "transcript": None}],
            },
            words=words,
        )
        previous = self.conversation.add(item)
        await self.emit("input_audio_buffer.committed", item_id=item_id, previous_item_id=previous)
        await self._item_added(item, previous)
        if self.dialect.transcribes(self.session):
            self._in_background(self._transcriber.transcribe(item))

    async def _create_response(self, event: Message) -> None:
        await self.responder.create(event.get("response") or {})

    async def _cancel_response(self, event: Message) -> None:
        await self.responder.cancel()

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    _HANDLERS: Final[dict[str, Callable[[Connection, Message], Awaitable[None]]]] = {
        "session.update": _update_session,
        "conversation.item.create": _create_item,
        "conversation.item.delete": _delete_item,
        "conversation.item.truncate": _truncate_item,
        "conversation.item.retrieve": _retrieve_item,
        "input_audio_buffer.append": _append_audio,
        "input_audio_buffer.commit": _commit_audio,
        "input_audio_buffer.clear": _clear_audio,
        "response.create": _create_response,
        "response.cancel": _cancel_response,
    }
