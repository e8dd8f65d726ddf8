"""A wire without a service: what goes out is kept, and what comes in is written by the test."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from typing import Any

from opusagent_hooks import Turn
from opusagent_hooks.realtime import Dialect, RealtimeLink

BETA_SESSION = {
    "modalities": ["text", "audio"],
    "instructions": "You work for a bank.",
    "voice": "verse",
    "turn_detection": None,
    "input_audio_transcription": {"model": "whisper-1"},
    "tools": [{"type": "function", "name": "get_balance", "description": "", "parameters": {}}],
}
GA_SESSION = {
    "type": "realtime",
    "output_modalities": ["audio"],
    "instructions": "You work for a bank.",
    "audio": {
        "input": {
            "format": {"type": "audio/pcm", "rate": 24000},
            "transcription": {"model": "gpt-4o-mini-transcribe"},
            "turn_detection": None,
        },
        "output": {"voice": "marin"},
    },
    "tools": [],
}
VAD = {"type": "server_vad", "threshold": 0.5, "create_response": True}

AUDIO = {"beta": "response.audio", "ga": "response.output_audio"}
WORDS = {"beta": "response.audio_transcript", "ga": "response.output_audio_transcript"}


class Wire:
    """One link, what it sent, and short ways to write what a service says."""

    def __init__(self, dialect: Dialect = "beta", **options: Any) -> None:
        self.sent: list[dict[str, Any]] = []
        self.raw: list[str] = []
        self.turns: list[Turn] = []
        self.broken: Exception | None = None
        self.dialect = dialect
        self.responses = 0
        self.link = RealtimeLink(self._send, on_turn=self.turns.append, **options)
        self.link.start_clock()

    async def _send(self, message: str) -> None:
        if self.broken is not None:
            raise self.broken
        self.raw.append(message)
        self.sent.append(json.loads(message))

    def of(self, kind: str) -> list[dict[str, Any]]:
        """What was sent of one type."""
        return [each for each in self.sent if each["type"] == kind]

    async def host(self, kind: str, **fields: Any) -> None:
        """The host sends."""
        await self.link.outgoing(json.dumps({"type": kind, **fields}))

    def service(self, kind: str, **fields: Any) -> bool:
        """The service sends; whether the host is to see it."""
        return self.link.incoming(json.dumps({"type": kind, **fields}))

    async def configure(self, vad: bool = False, **fields: Any) -> None:
        """The host configures its session, and greets."""
        session = json.loads(json.dumps(BETA_SESSION if self.dialect == "beta" else GA_SESSION))
        if vad and self.dialect == "beta":
            session["turn_detection"] = VAD
        elif vad:
            session["audio"]["input"]["turn_detection"] = VAD
        session.update(fields)
        await self.host("session.update", session=session)
        self.service("session.updated", session=self.of("session.update")[-1]["session"])

    async def greet(self) -> None:
        """The agent's first words."""
        await self.host("conversation.item.create", item={"type": "message", "role": "user"})
        await self.host("response.create", response={})
        self.respond("Hello!")

    def begin(self, metadata: Any = ...) -> str:
        """The service begins a response, by itself or because it was asked."""
        self.responses += 1
        response_id = f"resp_{self.responses}"
        response: dict[str, Any] = {"id": response_id, "status": "in_progress"}
        if metadata is not ...:
            response["metadata"] = metadata
        self.service("response.created", response=response)
        return response_id

    def speak(self, response_id: str, text: str, seconds: float = 0.0) -> None:
        """Words and their sound."""
        part = {"response_id": response_id, "item_id": f"item_{response_id}", "output_index": 0}
        self.service(f"{WORDS[self.dialect]}.delta", delta=text, **part)
        if seconds:
            pcm = base64.b64encode(bytes(round(48_000 * seconds))).decode()
            self.service(f"{AUDIO[self.dialect]}.delta", delta=pcm, **part)
        self.service(f"{WORDS[self.dialect]}.done", transcript=text, **part)

    def finish(self, response_id: str, status: str = "completed") -> None:
        """The response is generated."""
        self.service("response.done", response={"id": response_id, "status": status, "output": []})

    def respond(self, text: str, seconds: float = 0.0, status: str = "completed") -> None:
        """A whole response."""
        response_id = self.begin()
        self.speak(response_id, text, seconds)
        self.finish(response_id, status)

    async def caller_says(self, text: str | None, item_id: str = "item_c1") -> None:
        """A turn of the caller that the host commits, and its transcript."""
        await self.host("input_audio_buffer.commit")
        self.service("input_audio_buffer.committed", item_id=item_id)
        if text is not None:
            self.transcribe(text, item_id)

    def transcribe(self, text: str, item_id: str = "item_c1") -> None:
        """The transcript of a turn."""
        kind = "conversation.item.input_audio_transcription.completed"
        self.service(kind, item_id=item_id, content_index=0, transcript=text)

    async def until(self, condition: Callable[[], object], timeout: float = 5.0) -> None:
        """Wait, for at most ``timeout`` seconds."""
        deadline = self.link.now + timeout
        while not condition():
            assert self.link.now < deadline, "this did not come about in time"
            await asyncio.sleep(0.002)


def texts(turns: list[Turn]) -> list[tuple[str, str]]:
    """Who said what."""
    return [(turn.speaker, turn.text) for turn in turns]
