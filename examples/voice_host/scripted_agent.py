"""An agent without a service: it speaks from a script, and understands nothing but the keys of the phone.

It speaks as much of the Realtime protocol as the host does, so that everything else is as with a service.
Speech is heard, and by its level it is known when a turn is over, but not understood; keys stand for words.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final
from uuid import uuid4

import numpy as np
import numpy.typing as npt

from opusagent_hooks import codecs

__all__ = ["KEYS", "ScriptedAgent", "speak"]

KEYS: Final = {
    "0": "I have a question about my order.",
    "1": "Yes, please.",
    "2": "No, thank you.",
    "3": "My name is Ada.",
    "9": "Forget my voice.",
}
"""What the caller says by pressing a key."""

GREETING: Final = "Hello! How can I help you today?"
NOTED: Final = "Thank you, I have made a note of that."
NOT_UNDERSTOOD: Final = "I heard you, but I understand keys only. Zero is a question, one is yes, two is no."

_RATE: Final = 8000
_FRAME: Final = 160
_LOUD: Final = 0.01
_ONSET_FRAMES: Final = 3
_PAUSE_FRAMES: Final = 30
_VERBATIM: Final = re.compile(r"<say>(.*?)</say>", re.DOTALL)
_OPENING: Final = re.compile(r'^Begin your next reply with: ("(?:[^"\\]|\\.)*")', re.MULTILINE)
_SYNTHESISERS: Final = (
    ("espeak-ng", "--stdout", "--"),
    ("flite", "-o", "/dev/stdout", "-t"),
)

Samples = npt.NDArray[np.float32]


async def speak(text: str) -> Samples:
    """Speech of shape (samples,) at 8 kHz, by espeak-ng or flite; a tone where neither is installed."""
    command = next((each for each in _SYNTHESISERS if shutil.which(each[0])), None)
    if command is None:
        return tone(len(text) * 0.06)
    process = await asyncio.create_subprocess_exec(*command, text, stdout=asyncio.subprocess.PIPE)
    wav, _ = await process.communicate()
    return await asyncio.to_thread(_read, wav)


def tone(seconds: float) -> Samples:
    """A quiet tone at 8 kHz."""
    samples: Samples = 0.1 * np.sin(np.arange(round(seconds * _RATE), dtype=np.float32) * np.float32(0.25))
    return samples


def _read(wav: bytes) -> Samples:
    import soundfile
    import soxr

    samples, rate = soundfile.read(io.BytesIO(wav), dtype="float32")
    resampled: Samples = np.asarray(soxr.resample(samples, rate, _RATE), np.float32)
    return resampled


class ScriptedAgent:
    """A session with the agent. Speaks as it is told or as a system item wants it, else from its script."""

    def __init__(self, speak: Callable[[str], Awaitable[Samples]] = speak) -> None:
        self._speak = speak
        self._events: asyncio.Queue[str] = asyncio.Queue()
        self._openings: dict[str, str] = {}
        self._next_words = GREETING
        self._frames = self._loud = self._quiet = 0
        self._turns = 0
        self._turn: str | None = None
        self._emit("session.created", session={"type": "realtime"})

    async def send(self, message: str) -> None:
        """What a client sends."""
        event = json.loads(message)
        match event["type"]:
            case "session.update":
                self._emit("session.updated", session=event["session"])
            case "input_audio_buffer.append":
                self._hear(base64.b64decode(event["audio"]))
            case "conversation.item.create":
                self._take(event["item"])
            case "conversation.item.delete":
                self._openings.pop(event["item_id"], None)
                self._emit("conversation.item.deleted", item_id=event["item_id"])
            case "response.create":
                await self._respond(event.get("response") or {})

    async def press(self, key: str) -> None:
        """The caller says what a key stands for."""
        if words := KEYS.get(key):
            self._begin_turn()
            self._end_turn(words)

    async def __aiter__(self) -> AsyncIterator[str]:
        while True:
            yield await self._events.get()

    def _emit(self, kind: str, **fields: Any) -> None:
        self._events.put_nowait(json.dumps({"type": kind, "event_id": uuid4().hex, **fields}))

    def _take(self, item: dict[str, Any]) -> None:
        text = " ".join(str(part.get("text", "")) for part in item.get("content", []))
        if item.get("role") == "system" and (found := _OPENING.search(text)):
            self._openings[item["id"]] = json.loads(found.group(1))
        self._emit("conversation.item.added", item=item)
        self._emit("conversation.item.done", item=item)

    def _hear(self, audio: bytes) -> None:
        level = float(np.sqrt(np.mean(codecs.decode(audio, "mulaw") ** 2))) if audio else 0.0
        self._frames += 1
        self._loud, self._quiet = (self._loud + 1, 0) if level > _LOUD else (0, self._quiet + 1)
        if self._turn is None and self._loud >= _ONSET_FRAMES:
            self._begin_turn()
        elif self._turn is not None and self._quiet >= _PAUSE_FRAMES:
            self._end_turn(None)

    def _begin_turn(self) -> None:
        if self._turn is None:
            self._turns += 1
            self._turn = f"item_{uuid4().hex[:24]}"
            start = max(0, self._frames - self._loud) * 20
            self._emit("input_audio_buffer.speech_started", audio_start_ms=start, item_id=self._turn)

    def _end_turn(self, words: str | None) -> None:
        item, self._turn = {"item_id": self._turn}, None
        self._emit("input_audio_buffer.speech_stopped", audio_end_ms=self._frames * 20, **item)
        self._emit("input_audio_buffer.committed", **item)
        transcription = "conversation.item.input_audio_transcription"
        if words is None:
            self._emit(f"{transcription}.failed", **item, error={"code": "not_understood"})
        else:
            self._emit(f"{transcription}.completed", **item, transcript=words)
        self._next_words = NOT_UNDERSTOOD if words is None else NOTED

    async def _respond(self, options: dict[str, Any]) -> None:
        text = self._words(str(options.get("instructions", "")))
        response_id, turns = f"resp_{uuid4().hex[:24]}", self._turns
        response: dict[str, Any] = {"id": response_id, "metadata": options.get("metadata"), "output": []}
        where = {"response_id": response_id, "item_id": f"item_{uuid4().hex[:24]}"}
        self._emit("response.created", response={**response, "status": "in_progress"})
        audio = codecs.encode(await self._speak(text), "mulaw")
        if self._turns != turns:
            self._emit("response.done", response={**response, "status": "cancelled"})
            return  # the caller spoke first
        for at in range(0, len(audio), 10 * _FRAME):
            delta = base64.b64encode(audio[at : at + 10 * _FRAME]).decode()
            self._emit("response.output_audio.delta", **where, delta=delta)
        self._emit("response.output_audio.done", **where)
        self._emit("response.output_audio_transcript.done", **where, transcript=text)
        self._emit("response.done", response={**response, "status": "completed"})

    def _words(self, instructions: str) -> str:
        if verbatim := _VERBATIM.findall(instructions):
            return str(verbatim[-1]).strip()
        openings = list(self._openings.values())
        self._openings = dict.fromkeys(self._openings, "")
        opening = next((each for each in reversed(openings) if each), "")
        return f"{opening} {self._next_words}".strip()
