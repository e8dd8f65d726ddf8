"""The host's connection to its model, with a link listening in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Protocol

import wrapt

from opusagent_hooks.errors import AgentUnavailableError
from opusagent_hooks.host.mishaps import Mishaps

__all__ = ["Line", "Listener", "Wire"]


class Listener(Protocol):
    """The part of a :class:`~opusagent_hooks.realtime.RealtimeLink` that messages pass."""

    async def outgoing(self, message: str) -> None:
        """What the host sends."""

    def incoming(self, message: str | bytes) -> bool:
        """What the service sent; False if the host must not see it."""


class _Attempt:
    """One message of the host on its way: whether anything went out, and what the connection raised."""

    __slots__ = ("error", "sent")

    def __init__(self) -> None:
        self.sent = False
        self.error: Exception | None = None


_attempt: ContextVar[_Attempt | None] = ContextVar("opusagent_hooks_attempt", default=None)


class Line:
    """Sends to the connection for a link, and remembers what became of the host's own messages."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def send(self, message: str) -> None:
        """Send as the connection does.

        Raises what it raises for a message of the host's, and :class:`AgentUnavailableError` for others.
        """
        attempt = _attempt.get()
        try:
            await self._connection.send(message)
        except Exception as error:
            if attempt is None:
                raise AgentUnavailableError("the connection to the model is gone") from error
            attempt.error = error
            raise
        if attempt is not None:
            attempt.sent = True


if TYPE_CHECKING:
    # It takes no type argument before wrapt 2.
    _Proxy = wrapt.ObjectProxy[Any]
else:
    _Proxy = wrapt.ObjectProxy


class Wire(_Proxy):
    """Stands in for the connection, everywhere in the host.

    The host's messages go to the listener, which passes them on; those of the service come past it. Without
    a listener it is the connection. What goes wrong in the listener is never seen by the host.
    """

    def __init__(self, connection: Any, listener: Listener, mishaps: Mishaps) -> None:
        super().__init__(connection)
        self._self_listener: Listener | None = listener
        self._self_mishaps = mishaps

    def _self_release(self) -> None:
        self._self_listener = None

    async def send(self, message: Any, *args: Any, **kwargs: Any) -> None:
        """Send one message."""
        listener = self._self_listener
        if listener is None or args or kwargs or not isinstance(message, str):
            await self.__wrapped__.send(message, *args, **kwargs)
            return
        attempt = _Attempt()
        token = _attempt.set(attempt)
        try:
            await listener.outgoing(message)
        except Exception as error:  # noqa: BLE001 - the connection's own errors are told apart
            if attempt.error is not None:
                raise attempt.error from None
            self._self_mishaps.report("passing a message to the model", error)
            if not attempt.sent:
                await self.__wrapped__.send(message)
        finally:
            _attempt.reset(token)

    async def recv(self, *args: Any, **kwargs: Any) -> Any:
        """Receive the next message that is the host's."""
        while True:
            message = await self.__wrapped__.recv(*args, **kwargs)
            if self._self_is_the_hosts(message):
                return message

    def __aiter__(self) -> AsyncIterator[Any]:
        return _Messages(aiter(self.__wrapped__), self._self_is_the_hosts)

    async def __anext__(self) -> Any:
        while True:
            message = await anext(self.__wrapped__)
            if self._self_is_the_hosts(message):
                return message

    def _self_is_the_hosts(self, message: Any) -> bool:
        listener = self._self_listener
        if listener is None or not isinstance(message, str | bytes):
            return True
        try:
            return listener.incoming(message)
        except Exception as error:  # noqa: BLE001 - the host reads on, whatever happens here
            self._self_mishaps.report("reading a message of the model", error)
            return True


class _Messages:
    """What a connection iterates over, without what is not the host's."""

    def __init__(self, messages: AsyncIterator[Any], is_the_hosts: Callable[[Any], bool]) -> None:
        self._messages = messages
        self._is_the_hosts = is_the_hosts

    def __aiter__(self) -> _Messages:
        return self

    async def __anext__(self) -> Any:
        while True:
            message = await anext(self._messages)
            if self._is_the_hosts(message):
                return message
