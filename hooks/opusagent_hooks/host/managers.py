"""The manager that a host's calls go to: when it is built, and when it is closed."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Mapping
from functools import cache
from weakref import WeakSet

from opusagent_hooks.manager import HookManager, build_manager

__all__ = ["ManagerSlot"]

_slots: WeakSet[ManagerSlot] = WeakSet()


class ManagerSlot:
    """A manager that is built from ``environ`` when it is first used, or the one that was ``given``.

    What is built here is also closed here, at the latest when the process ends, and built again if it is
    used after that. So it is in a forked child, because a plugin's threads do not survive the fork. What was
    given is closed by whoever made it.
    """

    def __init__(self, given: HookManager | None, environ: Mapping[str, str] | None) -> None:
        self.given = given
        self._environ = environ
        self._built: HookManager | None = None
        self._parents: HookManager | None = None
        self._lock = threading.Lock()
        _watch_forks()
        _slots.add(self)

    def get(self) -> HookManager:
        """The manager. Building it may take seconds, and raise :class:`~opusagent_hooks.PluginError`."""
        if self.given is not None:
            return self.given
        with self._lock:
            if self._built is None:
                self._built = build_manager(self._environ)
                atexit.register(self.close)
            return self._built

    def close(self) -> None:
        """Close what was built here. A second time: nothing."""
        with self._lock:
            built, self._built = self._built, None
        if built is not None:
            atexit.unregister(self.close)
            built.close()

    def forget(self) -> None:
        """This is a forked child: the manager is the parent's, and so may be whoever holds the lock."""
        self._lock = threading.Lock()
        # Neither closed nor collected, which would wait for threads that are not here.
        self._parents, self._built = self._built, None


def _forget_all() -> None:
    for slot in list(_slots):
        slot.forget()


@cache
def _watch_forks() -> None:
    # Once: a process cannot stop watching.
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_forget_all)
