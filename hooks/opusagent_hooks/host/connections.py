"""Which bridges share a connection to the model: OpusAgent's pool gives one to several calls."""

from __future__ import annotations

import logging
import sys
from typing import Any, Final
from weakref import WeakKeyDictionary

__all__ = ["Connections", "is_local_double"]

logger = logging.getLogger("opusagent_hooks")

_SETTING: Final = "WEBSOCKET_MAX_SESSIONS_PER_CONNECTION"
_DOUBLES: Final = (
    ("opusagent.local.realtime.websocket_mock", "MockWebSocketConnection"),
    ("opusagent.handlers.websocket_manager", "MockWebSocketWrapper"),
)


def is_local_double(connection: object) -> bool:
    """True for OpusAgent's own double of the Realtime service."""
    return any(_is_a(connection, *double) for double in _DOUBLES)


class Connections:
    """Counts the bridges that used each connection."""

    def __init__(self) -> None:
        self._said = False
        self._bridges: WeakKeyDictionary[Any, int] = WeakKeyDictionary()

    def used_by_a_bridge(self, connection: Any) -> None:
        """A bridge was made for this connection."""
        try:
            self._bridges[connection] = self._bridges.get(connection, 0) + 1
        except TypeError:
            # It cannot be referred to weakly, so nobody knows who else uses it: see why_shared.
            return

    def why_shared(self, connection: Any) -> str | None:
        """Why the conversation behind a connection may be another caller's too; None if it is one call's own.

        The first time it is said as a warning.
        """
        reason = self._reason(connection)
        if reason is not None and not self._said:
            self._said = True
            logger.warning("nothing personal is put into conversations: %s", reason)
        return reason

    def _reason(self, connection: Any) -> str | None:
        if connection is None:
            return "the call has no connection to a model"
        try:
            bridges = self._bridges.get(connection, 0)
        except TypeError:
            return "nobody knows which calls use this connection to the model"
        if bridges != 1:
            return f"another call has used this connection to the model; set {_SETTING}=1"
        if _is_a(connection, *_DOUBLES[0]) or _sessions_per_connection() == 1:
            return None
        return f"OpusAgent may give one connection to several calls; set {_SETTING}=1"


def _is_a(connection: object, module_name: str, class_name: str) -> bool:
    cls = getattr(sys.modules.get(module_name), class_name, None)
    return isinstance(cls, type) and isinstance(connection, cls)


def _sessions_per_connection() -> object:
    """The setting as the pool knows it; None if it cannot be read."""
    config: Any = sys.modules.get("opusagent.config")
    try:
        setting: object = config.get_config().websocket.max_sessions_per_connection
        return setting
    except Exception:  # noqa: BLE001 - whatever the host's settings do, what is not known to be safe is refused
        return None
