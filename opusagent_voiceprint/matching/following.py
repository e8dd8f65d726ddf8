"""A gallery in step with a store: what changed since the last time is read, and nothing else."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.models import Caller, Voiceprint
from opusagent_voiceprint.storage import CallerStore

__all__ = ["StoreView", "VoiceIndex"]

logger = logging.getLogger(__name__)

_READ_AT_ONCE: Final = 512
"""Callers; with their records a few MiB."""


class VoiceIndex(Protocol):
    """A gallery, or several."""

    def put(self, caller_id: str, voiceprints: Sequence[Voiceprint]) -> None:
        """Make these the caller's voiceprints, whatever was there before."""
        ...

    def put_many(self, callers: Sequence[tuple[str, Sequence[Voiceprint]]]) -> None:
        """The same for several callers. Raises whatever keeps one of them from being compared."""
        ...

    def remove(self, caller_id: str) -> bool:
        """Take a caller out; true if there was one."""
        ...

    def clear(self) -> None:
        """Take everybody out."""
        ...


class StoreView:
    """Brings a store's callers into a gallery. Used by one thread at a time.

    ``live`` says which callers may be matched; the others are left out. A record that cannot be read does not
    hide the others' changes and is tried again each time; what is known of that caller stays, since whoever
    is matched is read again before anything comes of it.
    """

    def __init__(self, store: CallerStore, gallery: VoiceIndex, live: Callable[[Caller], bool]) -> None:
        self._store = store
        self._gallery = gallery
        self._live = live
        self._unreadable: set[str] = set()
        self._revision = 0

    def catch_up(self) -> None:
        """Read what changed. Raises :class:`StorageError` if the store cannot be reached at all."""
        changed, revision = self._store.changes(self._revision)
        if revision < self._revision:
            # The store was emptied or an older copy put in its place: start over.
            self._gallery.clear()
            changed, revision = self._store.changes(0)
        wanted = list(dict.fromkeys([*changed, *self._unreadable]))
        for first in range(0, len(wanted), _READ_AT_ONCE):
            self._follow(wanted[first : first + _READ_AT_ONCE])
        self._revision = revision

    def _follow(self, caller_ids: Sequence[str]) -> None:
        found = {caller.caller_id: caller for caller in self._store.get_many(caller_ids)}
        self._unreadable.difference_update(found)
        for caller_id in caller_ids:
            if caller_id in found:
                continue
            # Gone, or not to be read together with the others.
            caller = self.read(caller_id)
            if caller is not None:
                found[caller_id] = caller
            elif caller_id not in self._unreadable:
                self._gallery.remove(caller_id)
        try:
            live = [caller for caller in found.values() if self._live(caller)]
            self._gallery.put_many([(caller.caller_id, caller.voiceprints) for caller in live])
        except Exception:  # noqa: BLE001 - which of them it is shows when they are put in one by one
            live = []
        taken_in = {caller.caller_id for caller in live}
        for caller_id, caller in found.items():
            if caller_id not in taken_in:
                self._put_or_report(caller)

    def _put_or_report(self, caller: Caller) -> None:
        """One caller that cannot be compared must not keep the others from being followed."""
        try:
            self.put(caller)
        except Exception as exc:  # noqa: BLE001 - whatever is wrong with it is wrong with it alone
            self._gallery.remove(caller.caller_id)
            logger.error("caller %s cannot be recognised (%s)", caller.caller_id, type(exc).__name__)

    def read(self, caller_id: str) -> Caller | None:
        """A caller, or None if there is none or the record cannot be read, which is logged once."""
        try:
            caller = self._store.get(caller_id)
        except StorageError as exc:
            if caller_id not in self._unreadable:
                self._unreadable.add(caller_id)
                logger.error("caller %s cannot be read (%s); the others are", caller_id, type(exc).__name__)
            return None
        self._unreadable.discard(caller_id)
        return caller

    def put(self, caller: Caller) -> None:
        """Take in a caller that was just read or written, if the caller may be matched."""
        if self._live(caller):
            self._gallery.put(caller.caller_id, caller.voiceprints)
        else:
            self._gallery.remove(caller.caller_id)
