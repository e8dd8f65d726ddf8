"""What answers the calls: any OpenAI-compatible Realtime endpoint, or the scripted agent."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Protocol

import websockets

from examples.voice_host.scripted_agent import ScriptedAgent

__all__ = ["Connect", "Service", "Unreachable", "connect_from", "session_config"]

INSTRUCTIONS = (
    "You are the telephone agent of a small shop. Begin the call by saying: Hello! How can I help you today? "
    "Then answer in one or two short sentences."
)


class Unreachable(Exception):
    """There is no service to answer a call."""


class Service(Protocol):
    """One Realtime session: JSON messages both ways."""

    async def send(self, message: str) -> None:
        """Send a message."""

    async def press(self, key: str) -> None:
        """The caller pressed a key."""

    def __aiter__(self) -> AsyncIterator[str | bytes]:
        """What the service sends, until it closes."""


Connect = Callable[[], contextlib.AbstractAsyncContextManager[Service]]


def connect_from(environ: Mapping[str, str] | None = None) -> Connect:
    """How to reach what ``REALTIME_URL`` names; without it, the scripted agent."""
    environ = os.environ if environ is None else environ
    url, key = environ.get("REALTIME_URL"), environ.get("OPENAI_API_KEY", "")
    return (lambda: _endpoint(url, key)) if url else _scripted


def session_config(dialect: str) -> dict[str, Any]:
    """The session, in the dialect that the service speaks.

    Audio is mu-law both ways, as Twilio has it: nothing is converted. The service finds the ends of the
    caller's turns, and leaves it to the host to ask for the replies (``create_response``), so that a plugin
    can have one wait for context, or keep the floor.
    """
    detection = {"type": "server_vad", "create_response": False, "interrupt_response": True}
    if dialect == "ga":
        pcmu = {"type": "audio/pcmu"}
        audio = {"input": {"format": pcmu, "turn_detection": detection}, "output": {"format": pcmu}}
        return {"type": "realtime", "instructions": INSTRUCTIONS, "audio": audio}
    return {
        "instructions": INSTRUCTIONS,
        "input_audio_format": "g711_ulaw",
        "output_audio_format": "g711_ulaw",
        "turn_detection": detection,
    }


@contextlib.asynccontextmanager
async def _endpoint(url: str, key: str) -> AsyncIterator[Service]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        socket = await websockets.connect(url, additional_headers=headers, max_size=None)
    except (OSError, TimeoutError, websockets.WebSocketException) as error:
        raise Unreachable(type(error).__qualname__) from error
    async with socket:
        yield _Endpoint(socket)


class _Endpoint:
    def __init__(self, socket: websockets.ClientConnection) -> None:
        self.send = socket.send
        self._socket = socket

    async def press(self, key: str) -> None:
        """Models know nothing of keys."""

    def __aiter__(self) -> AsyncIterator[str | bytes]:
        return aiter(self._socket)


@contextlib.asynccontextmanager
async def _scripted() -> AsyncIterator[Service]:
    yield ScriptedAgent()
