"""What hooks are given: the call, its audio, its turns, its session, and the port to its agent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from types import MappingProxyType
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from opusagent_hooks import codecs
from opusagent_hooks.codecs import Encoding
from opusagent_hooks.errors import AudioFormatError

__all__ = ["AgentPort", "AudioChunk", "Call", "Encoding", "Session", "Speaker", "Spoken", "Tool", "Turn"]

Speaker = Literal["caller", "agent"]


def _no_parameters() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the model may call.

    ``parameters`` is a JSON schema. ``handler`` gets the arguments as keywords and returns a mapping that
    JSON can hold; it may be a coroutine function.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    handler: Callable[..., Mapping[str, Any] | Awaitable[Mapping[str, Any]]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Spoken:
    """What became of words that a plugin had the agent say.

    ``completed`` is true only if the whole text was played to the caller uninterrupted and the agent's
    own transcript agrees with it but for slips; whoever asks a question must check it, and compare
    ``text`` where every word counts, before counting the answer.
    ``ended_at`` is when the last word was played, in seconds since the call began, where the host knows:
    words that the caller began before it are no answer.
    """

    text: str = field(repr=False)
    completed: bool
    ended_at: float | None = None


@runtime_checkable
class AgentPort(Protocol):
    """How a plugin reaches the model on one call. Implemented by hosts.

    Every method may raise :class:`opusagent_hooks.errors.AgentUnavailableError` when the call is over,
    and :class:`opusagent_hooks.errors.PersonalContextRefusedError` when the host cannot keep one
    caller's context from another's.
    """

    @property
    def idle(self) -> bool:
        """True when neither side is speaking and the agent owes no reply."""
        ...

    async def wait_idle(self, timeout: float) -> bool:
        """Wait until the agent is idle, at most ``timeout`` seconds; true if it is."""
        ...

    async def add_instructions(self, text: str) -> None:
        """Add to the session's instructions, leaving what the host put there."""
        ...

    async def register_tool(self, tool: Tool) -> None:
        """Offer a tool to the model, on this call only."""
        ...

    async def put_context(self, text: str) -> str:
        """Put one system item into the conversation, before the agent's next reply; returns its id."""
        ...

    async def remove_context(self, item_id: str) -> None:
        """Take such an item back out of the conversation. Unknown ids are ignored."""
        ...

    async def say(self, text: str) -> Spoken:
        """Have the agent say exactly this, and wait until it was played, interrupted or refused."""
        ...

    async def take_floor(self) -> None:
        """Keep the agent from replying on its own until :meth:`yield_floor`: the answer is ours.

        A host gives the floor back by itself some time after the plugin last took it or spoke, so that a
        broken plugin cannot mute an agent.
        """
        ...

    async def yield_floor(self, *, reply: bool = False) -> None:
        """Give the floor back. With ``reply`` the agent answers the caller's last words now."""
        ...

    def expect_context(self, within: float) -> AbstractContextManager[None]:
        """Have the agent's next reply wait for context that is about to be put in.

        It waits until the block is left, at most ``within`` seconds. A reply that a service begins by
        itself, without the host asking for it, does not wait.
        """
        ...

    async def end_call(self, reason: str) -> None:
        """Hang up."""
        ...


class _WeaklyReferable:
    """Lets a slotted dataclass be referred to weakly, which Python 3.10's ``slots=True`` does not."""

    __slots__ = ("__weakref__",)


@dataclass(frozen=True, slots=True, eq=False)
class Call(_WeaklyReferable):
    """One phone call. The same object is given to every hook of the call; it compares by identity.

    ``from_number`` and ``to_number`` are as the platform gave them, or None. ``parameters`` are the
    platform's custom parameters. ``userdata`` is a dictionary for plugins, each under its own name; it
    lives as long as the call.
    """

    id: str
    platform: str
    agent: AgentPort = field(repr=False)
    from_number: str | None = field(default=None, repr=False)
    to_number: str | None = field(default=None, repr=False)
    parameters: Mapping[str, str] = field(default_factory=_no_parameters, repr=False)
    userdata: dict[str, Any] = field(default_factory=dict, repr=False)
    started_at: datetime = field(default_factory=lambda: datetime.now(timezone.utc))


@dataclass(slots=True, eq=False)
class Session:
    """The host's session state of one call; the only event object that plugins write to.

    ``caller_id`` and ``caller_metadata`` are set by whoever recognises the caller; ``metadata`` is free.
    Hosts may subclass it to write through to their own state.
    """

    id: str
    caller_id: str | None = None
    caller_metadata: dict[str, Any] = field(default_factory=dict, repr=False)
    metadata: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """One frame of audio as it came over the wire: mono, undecoded.

    ``data`` is in ``encoding`` (``mulaw``, ``alaw``, or ``pcm16``: signed 16 bit little-endian) at
    ``sample_rate`` Hz (8000, 16000, 24000 or 48000); ``at`` is the chunk's start in seconds since the
    call's audio began. Decoding is left to :meth:`samples`, so that a hook on the event loop pays nothing.
    """

    data: bytes = field(repr=False)
    encoding: Encoding
    sample_rate: int
    speaker: Speaker = "caller"
    at: float = 0.0

    def __post_init__(self) -> None:
        codecs.check_format(self.encoding, self.sample_rate)
        if self.speaker not in ("caller", "agent"):
            raise AudioFormatError(f"speaker must be 'caller' or 'agent', not {self.speaker!r}")
        if self.encoding == "pcm16" and len(self.data) % 2:
            raise AudioFormatError(
                f"pcm16 audio has two bytes a sample, but {len(self.data)} bytes came: "
                "split the stream on even offsets"
            )

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.data) / codecs.BYTES_PER_SAMPLE[self.encoding] / self.sample_rate

    def samples(self) -> npt.NDArray[np.float32]:
        """The audio as float32 of shape (samples,) in [-1, 1]."""
        return codecs.decode(self.data, self.encoding)


@dataclass(frozen=True, slots=True)
class Turn:
    """A final transcript of one side.

    ``interrupted`` is true for an agent's turn that the caller cut short. ``at`` is when its first word was
    spoken, in seconds since the call began, where the host knows.
    """

    speaker: Speaker
    text: str = field(repr=False)
    item_id: str | None = None
    interrupted: bool = False
    at: float | None = None
