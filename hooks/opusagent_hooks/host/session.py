"""The host's session state of one call, as plugins see it."""

from __future__ import annotations

from typing import Any, Final

from opusagent_hooks.events import Session

__all__ = ["HostSession"]

_WRITTEN_THROUGH: Final = frozenset({"caller_id", "caller_metadata"})
_UNKNOWN: Final = "unknown"


class HostSession(Session):
    """Writes who is calling through to OpusAgent's bridge and to its session state.

    ``bridge.caller`` and ``session_state.caller`` go back to what they were when ``caller_id`` becomes None.
    """

    __slots__ = ("_bridge", "_caller_before", "_state", "_state_caller_before")

    def __init__(self, id: str, bridge: Any) -> None:
        self._bridge: Any = None
        self._state: Any = None
        self._caller_before = getattr(bridge, "caller", _UNKNOWN)
        self._state_caller_before = _UNKNOWN
        super().__init__(id)
        self._bridge = bridge
        self.follow()

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name in _WRITTEN_THROUGH and self._bridge is not None:
            self._write()

    def follow(self) -> None:
        """Take over the bridge's session state, which a host that resumes makes anew."""
        state = getattr(self._bridge, "session_state", None)
        if state is None or state is self._state:
            return
        self._state = state
        self._state_caller_before = getattr(state, "caller", _UNKNOWN)
        metadata = getattr(state, "metadata", None)
        if isinstance(metadata, dict):
            # One dictionary for both: what a plugin adds later shows on the host's side too.
            metadata.update(self.metadata)
            self.metadata = metadata
        if self.caller_id is not None:
            self._write()

    def _write(self) -> None:
        known = self.caller_id is not None
        self._bridge.caller = self.caller_id if known else self._caller_before
        if self._state is not None:
            self._state.caller = self.caller_id if known else self._state_caller_before
            self._state.caller_id = self.caller_id
            self._state.caller_metadata = self.caller_metadata
        for name in _WRITTEN_THROUGH:
            if known:
                self.metadata[name] = getattr(self, name)
            else:
                self.metadata.pop(name, None)
