"""The host's connection to its model, with a link listening in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any, Protocol

import wrapt

from opusagent_hooks.host.mishaps import Mishaps

__all__ = ["Line", "Listener", "Wire"]


class Listener(Protocol):
    """The part of a :class:`~opusagent_hooks.realtime.RealtimeLink` that messages pass."""

    async def outgoing(self, message: str) -> None:
        """What the host sends. Raises what the connection raises, and nothing else."""

    def incoming(self, message: str | bytes) -> bool:
        """What the service sent; False if the host must not see it."""


class Line:
    """Sends for a link, as the connection does at that time."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def send(self, message: str) -> None:
        """Send as the connection does; raises what it raises."""
        await self._connection.send(message)


if TYPE_CHECKING:
    # It takes no type argument before wrapt 2.
    _Proxy = wrapt.ObjectProxy[Any]
else:
    _Proxy = wrapt.ObjectProxy


class Wire(_Proxy):
    """Stands in for the connection, everywhere in the host.

    The host's messages go to the listener, which passes them on and raises only what the connection raises;
    those of the service come past it. Without a listener it is the connection.
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
        await listener.outgoing(message)

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
