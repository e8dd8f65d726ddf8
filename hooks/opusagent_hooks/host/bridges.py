"""OpusAgent's bridges, made to tell what happens on them."""

from __future__ import annotations

import inspect
from abc import ABC
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextvars import ContextVar
from functools import wraps
from types import FunctionType
from typing import Any, Final

from opusagent_hooks.host.announcements import as_without_hooks
from opusagent_hooks.host.calls import BridgeCall, CallBook
from opusagent_hooks.host.patches import Patches, changing_arguments
from opusagent_hooks.host.wire import Wire

__all__ = ["BridgeHooks", "is_left_alone"]

Method = Callable[..., Awaitable[Any]]

_SYNTHETIC: Final = ("opusagent.bridges.call_agent_bridge", "CallAgentBridge")
"""OpusAgent's own callers, for simulations."""

_ANNOUNCING: Final = ("handle_session_start", "handle_session_resume")
"""Wrapped on bridges that are left alone as well: what they are told is then only what the host asked for."""

_frame_of: ContextVar[object] = ContextVar("opusagent_hooks_frame_of", default=None)


def is_left_alone(bridge_class: type) -> bool:
    """True for OpusAgent's synthetic callers, and for classes that say ``opusagent_hooks = False``."""
    if getattr(bridge_class, "opusagent_hooks", True) is False:
        return True
    return any((each.__module__, each.__name__) == _SYNTHETIC for each in bridge_class.__mro__)


class BridgeHooks:
    """Wraps the base class's ``__init__``, and with each bridge that is made the methods of its classes.

    Platform handlers are bound in ``__init__``, so that classes are wrapped in time, whoever defines them
    and whenever.
    """

    def __init__(self, patches: Patches, book: CallBook, before_each: Callable[[], None]) -> None:
        self._patches = patches
        self._book = book
        self._before_each = before_each
        self._ours: set[object] = set()
        self._wrappers: Mapping[str, Callable[[Method], Method]] = {
            **dict.fromkeys(_ANNOUNCING, self._announcing),
            "handle_audio_data": self._tapped,
            "handle_session_end": self._noting(lambda message: "caller_hung_up"),
            "handle_activities": self._noting(_reason_in_activities),
            "hang_up": self._noting(lambda message: "agent_hung_up"),
            "receive_from_platform": self._ending_after,
            "close": self._ending_before,
        }

    def install(self, base: Any) -> None:
        """Wrap ``BaseRealtimeBridge``."""

        def change(bridge: Any, arguments: dict[str, Any]) -> None:
            try:
                self._equip(bridge, arguments)
            except Exception as error:  # noqa: BLE001 - the bridge is made without plugins then
                self._book.mishaps.report("attaching to a bridge", error)

        self._patches.set(base, "__init__", changing_arguments(base.__init__, change))

    def _equip(self, bridge: Any, arguments: dict[str, Any]) -> None:
        self._before_each()
        connection = arguments.get("realtime_websocket")
        if isinstance(connection, Wire):
            connection = connection.__wrapped__
        if connection is not None:
            self._book.connections.used_by_a_bridge(connection)
        if is_left_alone(type(bridge)):
            self._wrap(type(bridge), _ANNOUNCING)
            return
        self._wrap(type(bridge), self._wrappers)
        wire = self._book.open(bridge, connection).wire
        if wire is not None:
            arguments["realtime_websocket"] = wire
        if "session_config" in arguments:
            arguments["session_config"] = own_copy(arguments["session_config"])

    def _wrap(self, bridge_class: type, names: Iterable[str]) -> None:
        """Wrap what is not wrapped yet of these methods, in the class and its bases."""
        for owner in bridge_class.__mro__:
            if owner in (object, ABC):
                continue
            for name in names:
                method = vars(owner).get(name)
                if not isinstance(method, FunctionType) or method in self._ours:
                    continue
                if inspect.iscoroutinefunction(method) and not getattr(method, "__isabstractmethod__", False):
                    wrapped = self._wrappers[name](method)
                    self._ours.add(wrapped)
                    self._patches.set(owner, name, wrapped)

    # The wrappers. Each is a coroutine function by ``async def``: the host awaits no others.

    def _announcing(self, original: Method) -> Method:
        @wraps(original)
        async def handle(bridge: Any, *args: Any, **kwargs: Any) -> Any:
            call = self._book.of(bridge)
            try:
                message = _message(args, kwargs)
                args, kwargs = _exchanged(args, kwargs, as_without_hooks(message))
                if call is not None:
                    await call.announced(message)
            except Exception as error:  # noqa: BLE001 - the host takes the call without plugins
                self._book.mishaps.report("call_start", error)
            try:
                return await original(bridge, *args, **kwargs)
            finally:
                if call is not None:
                    self._guarded(call.follow_session)

        return handle

    def _tapped(self, original: Method) -> Method:
        @wraps(original)
        async def handle(bridge: Any, *args: Any, **kwargs: Any) -> Any:
            call = self._book.of(bridge)
            # A subclass's method may call its base's, with the same frame or a copy of it.
            if call is None or _frame_of.get() is call:
                return await original(bridge, *args, **kwargs)
            token = _frame_of.set(call)
            try:
                self._guarded(call.audio, _message(args, kwargs))
                return await original(bridge, *args, **kwargs)
            finally:
                _frame_of.reset(token)

        return handle

    def _noting(self, reason_of: Callable[[Mapping[str, Any]], str | None]) -> Callable[[Method], Method]:
        def note(call: BridgeCall, message: Mapping[str, Any]) -> None:
            reason = reason_of(message)
            if reason is not None:
                call.note_reason(reason)

        def wrapper(original: Method) -> Method:
            @wraps(original)
            async def handle(bridge: Any, *args: Any, **kwargs: Any) -> Any:
                call = self._book.of(bridge)
                if call is not None:
                    self._guarded(note, call, _message(args, kwargs))
                return await original(bridge, *args, **kwargs)

            return handle

        return wrapper

    def _ending_after(self, original: Method) -> Method:
        @wraps(original)
        async def run(bridge: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return await original(bridge, *args, **kwargs)
            finally:
                call = self._book.of(bridge)
                if call is not None:
                    self._guarded(call.end, "connection_lost")

        return run

    def _ending_before(self, original: Method) -> Method:
        @wraps(original)
        async def close(bridge: Any, *args: Any, **kwargs: Any) -> Any:
            call = self._book.of(bridge)
            if call is not None:
                self._guarded(call.end, "closed")
            return await original(bridge, *args, **kwargs)

        return close

    def _guarded(self, act: Callable[..., object], *args: Any) -> None:
        try:
            act(*args)
        except Exception as error:  # noqa: BLE001 - the host goes on, whatever happens here
            self._book.mishaps.report(act.__name__, error)


def own_copy(session_config: Any) -> Any:
    """A copy that a call may change: OpusAgent's configurations are globals, shared by all calls."""
    if not callable(getattr(type(session_config), "model_copy", None)):
        return session_config
    return session_config.model_copy(deep=True)


def _message(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
    """The platform's message: a handler's only argument."""
    given = args[0] if args else next(iter(kwargs.values()), None)
    return given if isinstance(given, Mapping) else {}


def _exchanged(
    args: tuple[Any, ...], kwargs: dict[str, Any], message: Mapping[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """A handler's arguments, with another message in place of the platform's."""
    if args:
        return ((message, *args[1:]) if isinstance(args[0], Mapping) else args), kwargs
    name = next(iter(kwargs), None)
    return args, {**kwargs, name: message} if name and isinstance(kwargs[name], Mapping) else kwargs


def _reason_in_activities(message: Mapping[str, Any]) -> str | None:
    activities = message.get("activities")
    if not isinstance(activities, list):
        return None
    names = [each.get("name") for each in activities if isinstance(each, Mapping)]
    return "caller_hung_up" if "hangup" in names else None
