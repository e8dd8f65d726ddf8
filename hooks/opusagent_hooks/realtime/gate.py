"""The gate on ``response.create``: one response at a time, none while a plugin has the floor."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from opusagent_hooks.realtime.events import ResponseCreated, ResponseDone, ServiceError
from opusagent_hooks.realtime.signals import Signals

__all__ = ["TOKEN_KEY", "OwnResponse", "ResponseGate"]

logger = logging.getLogger("opusagent_hooks")

TOKEN_KEY: Final = "opusagent_hooks"  # noqa: S105 - no password, a key of a mapping
"""The key in a response's metadata by which it is known as a plugin's."""

_LOST_AFTER: Final = 10.0
"""Seconds after which a response that was asked for and never began no longer holds up the next."""

_SILENT_FOR: Final = 60.0
"""Seconds without a word of a response after which it no longer holds up the next."""

_AUTOMATIC_WITHIN: Final = 3.0
"""Seconds in which a service that answers by itself begins to."""

_LOOK_AGAIN: Final = 0.5

_FORM: Final = frozenset(
    {
        "audio",
        "max_output_tokens",
        "max_response_output_tokens",
        "modalities",
        "output_audio_format",
        "output_modalities",
        "temperature",
        "voice",
    }
)
"""The fields of a request that say how to answer, and not what."""

_ALREADY_ACTIVE: Final = "conversation_already_has_active_response"

Forward = Callable[[Mapping[str, Any]], Awaitable[None]]


@dataclass(eq=False, slots=True)
class OwnResponse:
    """A response that a plugin asked for, and what becomes of it."""

    token: str = field(default_factory=lambda: uuid4().hex)
    began: bool = False
    status: str | None = None
    interrupted: bool = False
    words: str = field(default="", repr=False)

    @property
    def over(self) -> bool:
        """True when it is generated, or never will be."""
        return self.status is not None


@dataclass(frozen=True, slots=True)
class _Asked:
    """A ``response.create`` that was sent and has not begun."""

    event_id: str
    own: OwnResponse | None
    at: float


class ResponseGate:
    """Lets ``response.create`` through when there is no other response, and keeps it otherwise.

    What the host asks for is kept while a response is under way, while :attr:`floor` is taken, and for
    as long as context is expected; the last such request is sent when nothing of this holds any more.
    Nothing is ever cancelled. A host's request during a response is dropped if nothing was said since that
    began: the service would refuse it.
    """

    def __init__(self, forward: Forward, clock: Callable[[], float], signals: Signals) -> None:
        self._forward = forward
        self._clock = clock
        self._signals = signals
        self._asked: list[_Asked] = []
        self._active: str | None = None
        self._waiting: dict[str, Any] | None = None
        self._form: dict[str, Any] = {}
        self._asides: list[Any] = []
        self._inputs = 0
        self._answered = 0
        self._heard_at = 0.0
        self._expecting: object | None = None
        self._automatic_until = float("-inf")
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self.floor = False
        self.closed = False

    @property
    def free(self) -> bool:
        """True when no response is under way, asked for, or about to begin by itself."""
        now = self._clock()
        self._asked = [each for each in self._asked if now - each.at < _LOST_AFTER]
        if self._active is not None and now - self._heard_at >= _SILENT_FOR:
            self._active = None
        return not self._asked and self._active is None and now >= self._automatic_until

    @property
    def owes(self) -> bool:
        """True while a reply that the host asked for is kept."""
        return self._waiting is not None

    def input_came(self) -> None:
        """The conversation has something new that may be answered."""
        self._inputs += 1

    def speaks(self) -> None:
        """The response that is under way goes on."""
        self._heard_at = self._clock()

    def answers_by_itself(self) -> None:
        """The service is about to answer without being asked."""
        self._automatic_until = self._clock() + _AUTOMATIC_WITHIN

    async def host_asks(self, message: Mapping[str, Any]) -> None:
        """The host sends a ``response.create``. Returns when it is sent, or kept for later."""
        message = {**message, "event_id": message.get("event_id") or _host_event_id()}
        response = message.get("response")
        response = response if isinstance(response, Mapping) else {}
        if response.get("conversation") == "none":
            # Outside of the conversation a service does several things at once, and nobody hears them.
            self._asides.append(response.get("metadata"))
            await self._forward(message)
            return
        self._form = {key: value for key, value in response.items() if key in _FORM}
        if not self.floor and not self.free and self._inputs <= self._answered:
            logger.debug("a response.create with nothing new to answer was dropped: one is under way")
            return
        if self.floor or not self.free or self._expecting is not None:
            self._waiting = message
            self._look_again()
            return
        await self._send(message, None)

    async def plugin_asks(self, message: Mapping[str, Any], own: OwnResponse) -> None:
        """A plugin's ``response.create``, which must only be sent while :attr:`free`."""
        await self._send({**message, "event_id": f"own_{own.token[:24]}"}, own)

    def reply_now(self) -> None:
        """Have the agent answer what was said last, as soon as may be."""
        if self._waiting is None:
            message = {"type": "response.create", "event_id": _host_event_id()}
            self._waiting = {**message, "response": self._form} if self._form else message
        self.pump()
        self._look_again()

    def forget_owed(self) -> None:
        """What the host asked for while the floor was taken needs no answer any more."""
        self._waiting = None

    @contextmanager
    def expecting(self, within: float) -> Iterator[None]:
        """Keep the host's next request until the block is left, at most ``within`` seconds."""
        self._expecting = mark = object()

        def over() -> None:
            if self._expecting is mark:
                self._expecting = None
                self.pump()

        timer = asyncio.get_running_loop().call_later(within, over)
        try:
            yield
        finally:
            timer.cancel()
            over()

    def pump(self) -> None:
        """Send what was kept, if nothing is against it any more."""
        if self._waiting is None or self.floor or self.closed or self._expecting is not None or not self.free:
            return
        message, self._waiting = self._waiting, None
        task = asyncio.get_running_loop().create_task(self._send_later(message))
        # Asked for from now on, not from when the task runs: nothing may come between.
        self._note(message, None)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def is_aside(self, event: ResponseCreated) -> bool:
        """Whether a response that began is one that the host asked for outside of the conversation."""
        for metadata in self._asides:
            if event.aside or (metadata and dict(event.metadata) == metadata):
                self._asides.remove(metadata)
                return True
        return False

    def created(self, event: ResponseCreated, *, automatic: bool) -> OwnResponse | None:
        """A response began; the plugin's own that it is, or None. ``automatic``: the service may answer
        by itself."""
        self._active = event.response_id
        self._automatic_until = float("-inf")
        self.speaks()
        token = event.metadata.get(TOKEN_KEY)
        for asked in self._asked:
            if asked.own is not None and asked.own.token == token:
                return self._began(asked)
        oldest = self._asked[0] if self._asked else None
        # It would have sent our token back: this one is the service's own.
        if oldest is None or (oldest.own is not None and automatic and event.has_metadata):
            # It answers everything so far, also what the host was about to ask for.
            self._answered = self._inputs
            self._waiting = None
            return None
        return self._began(oldest)

    def done(self, event: ResponseDone) -> None:
        """A response is generated."""
        if self._active in (event.response_id, None) or not event.response_id:
            self._active = None
        self.pump()
        self._signals.changed()

    def refused(self, event: ServiceError) -> bool:
        """The service refused something; whether that was a plugin's request."""
        asked = next((each for each in self._asked if each.event_id == event.event_id), None)
        if asked is None and event.event_id is None and event.code == _ALREADY_ACTIVE and self._asked:
            asked = self._asked[-1]
        if asked is None:
            return False
        self._asked.remove(asked)
        if asked.own is not None:
            asked.own.status = "failed"
        self.pump()
        self._signals.changed()
        return asked.own is not None

    def take_owed(self) -> Mapping[str, Any] | None:
        """What is kept, which whoever takes it sends."""
        owed, self._waiting = self._waiting, None
        return owed

    def close(self) -> None:
        """The call is over."""
        self.closed = True
        self._waiting = None
        for asked in self._asked:
            if asked.own is not None:
                asked.own.status = "cancelled"
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()

    def _look_again(self) -> None:
        """See to it that what is kept goes out even if what it waits for never comes."""
        if self._waiting is not None and self._timer is None and not self.closed:
            self._timer = asyncio.get_running_loop().call_later(_LOOK_AGAIN, self._looked)

    def _looked(self) -> None:
        self._timer = None
        self.pump()
        self._look_again()

    def _began(self, asked: _Asked) -> OwnResponse | None:
        self._asked.remove(asked)
        if asked.own is not None:
            asked.own.began = True
        return asked.own

    def _note(self, message: Mapping[str, Any], own: OwnResponse | None) -> None:
        self._answered = self._inputs
        self._asked.append(_Asked(str(message["event_id"]), own, self._clock()))
        self._signals.changed()

    async def _send(self, message: Mapping[str, Any], own: OwnResponse | None) -> None:
        self._note(message, own)
        try:
            await self._forward(message)
        except BaseException:
            self._asked = [each for each in self._asked if each.event_id != message["event_id"]]
            raise

    async def _send_later(self, message: Mapping[str, Any]) -> None:
        try:
            await self._forward(message)
        except Exception as error:  # noqa: BLE001 - the host learns of a dead connection where it reads
            logger.warning("a kept response.create could not be sent: %s", type(error).__qualname__)
            self._asked = [each for each in self._asked if each.event_id != message["event_id"]]


def _host_event_id() -> str:
    """An id for a host's request that has none, by which an error tells what it is about."""
    return f"host_{uuid4().hex[:24]}"
