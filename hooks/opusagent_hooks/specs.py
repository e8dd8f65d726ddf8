"""The hooks of a call. An implementation names the arguments it wants, and may be a coroutine function."""

from __future__ import annotations

from collections.abc import Awaitable

from opusagent_hooks.events import AudioChunk, Call, Session, Turn
from opusagent_hooks.markers import hookspec

__all__ = ["audio_input", "call_end", "call_start", "session_create", "transcript"]


@hookspec
def call_start(call: Call) -> Awaitable[None] | None:
    """The platform announced a call; nothing has been said yet."""


@hookspec
def session_create(call: Call, session: Session) -> Awaitable[None] | None:
    """The host is about to configure the model: add instructions, tools and metadata."""


@hookspec
def audio_input(call: Call, audio: AudioChunk) -> None:
    """One frame of audio of either side. Never a coroutine: it must return at once, at fifty frames a second.

    ``audio.speaker`` says whose. The agent's come as the service makes them, before they are played.
    """


@hookspec
def transcript(call: Call, turn: Turn) -> Awaitable[None] | None:
    """One side's words are final. Turns of one call come in order, each after the one before was handled."""


@hookspec
def call_end(call: Call, reason: str) -> Awaitable[None] | None:
    """The call is over, whatever ended it. Given exactly once; the agent can no longer be reached."""
