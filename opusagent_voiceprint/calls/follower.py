"""Keeps the gallery in step with the store: loads it, follows other workers' writes, erases what expired."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.matching import Gallery, expired, may_be_matched
from opusagent_voiceprint.models import Caller
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage import CallerStore

__all__ = ["GalleryFollower"]

logger = logging.getLogger(__name__)

_POLL_SECONDS: Final = 0.5
_PURGE_SECONDS: Final = 3600.0


class GalleryFollower:
    """Reads the store on its own thread and writes the gallery.

    Callers who may not be matched are never put in, and those who have not called for the retention period
    are erased. A record that cannot be read is left out and the others are followed. While the store cannot
    be reached, the gallery stays as it is; the follower catches up later.
    """

    def __init__(
        self,
        store: CallerStore,
        gallery: Gallery,
        settings: VoiceFingerprintConfig,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._gallery = gallery
        self._settings = settings
        self._clock = clock
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._overdue: set[str] = set()  # erasures that are asked for and not done
        self._unreadable: set[str] = set()
        self._revision = 0
        self._purged = float("-inf")
        self._failing = False

    def run(self, when_loaded: Callable[[], None]) -> None:
        """Follow until :meth:`stop`; call ``when_loaded`` after the first complete load."""
        loaded = False
        while not self._stopped.is_set():
            if self.step() and not loaded:
                loaded = True
                when_loaded()
            self._stopped.wait(_POLL_SECONDS)

    def step(self) -> bool:
        """Catch up once; false if the store failed."""
        try:
            self._erase_overdue()
            self._catch_up()
            if time.monotonic() - self._purged > _PURGE_SECONDS:
                self._purge()
        except Exception as exc:  # noqa: BLE001 - a follower that dies would leave erased callers recognised
            if not self._failing:
                logger.error(
                    "the store cannot be followed (%s); the voices known so far stay in use",
                    type(exc).__name__,
                )
            self._failing = True
            return False
        if self._failing:
            logger.warning("the store can be followed again")
        self._failing = False
        return True

    def stop(self) -> None:
        """End :meth:`run` soon."""
        self._stopped.set()

    def finish(self) -> None:
        """Try what is overdue a last time, and name to the operator what could not be erased."""
        self._erase_overdue()
        with self._lock:
            overdue = sorted(self._overdue)
        for caller_id in overdue:
            logger.error("caller %s asked to be erased and is still stored: erase it by hand", caller_id)

    def put(self, caller: Caller) -> None:
        """Take in a caller that was just written."""
        if self.live(caller):
            self._gallery.put(caller.caller_id, caller.voiceprints)
        else:
            self._gallery.remove(caller.caller_id)

    def live(self, caller: Caller) -> bool:
        """Whether a caller may be recognised: see ``may_be_matched``, and no erasure was asked for."""
        return caller.caller_id not in self._overdue and may_be_matched(caller, self._settings, self._clock())

    def erasing(self, caller_id: str) -> None:
        """An erasure was asked for: from now on the caller is not live, and is erased until it is done."""
        with self._lock:
            self._overdue.add(caller_id)

    def erased(self, caller_id: str) -> None:
        """It was done."""
        self._gallery.remove(caller_id)
        with self._lock:
            self._overdue.discard(caller_id)

    def _catch_up(self) -> None:
        changed, revision = self._store.changes(self._revision)
        if revision < self._revision:
            # The store was emptied or an older copy put in its place: start over.
            self._gallery.clear()
            changed, revision = self._store.changes(0)
        for caller_id in changed:
            caller = self._read(caller_id)
            if caller is None:
                self._gallery.remove(caller_id)
            else:
                self.put(caller)
        self._revision = revision

    def _read(self, caller_id: str) -> Caller | None:
        try:
            caller = self._store.get(caller_id)
        except StorageError as exc:
            # One damaged record must not hide the others' changes. A store that is gone fails in changes().
            if caller_id not in self._unreadable:
                self._unreadable.add(caller_id)
                logger.error("caller %s cannot be read (%s) and is left out", caller_id, type(exc).__name__)
            return None
        self._unreadable.discard(caller_id)
        return caller

    def _purge(self) -> None:
        everybody, _ = self._store.changes(0)
        for caller_id in everybody:
            caller = self._read(caller_id)
            if caller is not None and expired(caller, self._settings, self._clock()):
                self._gallery.remove(caller_id)
                self._store.erase(caller_id)
                logger.info("caller %s was erased: no call within the retention period", caller_id)
        self._purged = time.monotonic()

    def _erase_overdue(self) -> None:
        with self._lock:
            overdue = list(self._overdue)
        for caller_id in overdue:
            self._gallery.remove(caller_id)
            try:
                self._store.erase(caller_id)
            except StorageError:
                continue  # said when it was asked for; tried again in the next round
            self.erased(caller_id)
            logger.info("caller %s is erased", caller_id)
