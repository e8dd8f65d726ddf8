"""Keeps the gallery in step with the store: loads it, follows other workers' writes, erases what expired."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from opusagent_voiceprint.errors import VoiceprintError
from opusagent_voiceprint.matching import Gallery
from opusagent_voiceprint.models import Caller, Purpose
from opusagent_voiceprint.storage import CallerStore

__all__ = ["GalleryFollower"]

logger = logging.getLogger(__name__)

_POLL_SECONDS: Final = 0.5
_PURGE_SECONDS: Final = 3600.0


class GalleryFollower:
    """Reads the store on its own thread and writes the gallery.

    Callers without a voiceprint consent in force, and those who have not called for ``retention_days``,
    are never put in; the latter are erased. When the store fails, the gallery stays as it is and the
    follower catches up later.
    """

    def __init__(
        self, store: CallerStore, gallery: Gallery, *, retention_days: int, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._gallery = gallery
        self._retention = timedelta(days=retention_days)
        self._clock = clock
        self._stopped = threading.Event()
        self._overdue: set[str] = set()  # erasures that the store refused
        self._lock = threading.Lock()
        self._revision: int | None = None
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
        except VoiceprintError as exc:
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

    def put(self, caller: Caller) -> None:
        """Take in a caller that was just written."""
        if self.live(caller):
            self._gallery.put(caller.caller_id, caller.voiceprints)
        else:
            self._gallery.remove(caller.caller_id)

    def live(self, caller: Caller) -> bool:
        """Whether a caller may be recognised: consent in force, not expired, no erasure overdue."""
        consented = caller.consent(Purpose.VOICEPRINT) is not None
        return consented and not self._expired(caller) and caller.caller_id not in self._overdue

    def erase_later(self, caller_id: str) -> None:
        """Repeat an erasure that the store refused, until it succeeds. Until then the caller is not live."""
        with self._lock:
            self._overdue.add(caller_id)

    def _catch_up(self) -> None:
        if self._revision is None:
            # The revision is read first: what changes while the callers are read is read again.
            _, revision = self._store.changes(0)
            for caller in self._store.all():
                self.put(caller)
            self._revision = revision
            return
        changed, revision = self._store.changes(self._revision)
        if revision < self._revision:
            # The store was emptied or an older copy put in its place: start over.
            self._gallery.clear()
            self._revision = None
            self._catch_up()
            return
        for caller_id in changed:
            current = self._store.get(caller_id)
            if current is None:
                self._gallery.remove(caller_id)
            else:
                self.put(current)
        self._revision = revision

    def _purge(self) -> None:
        for caller in list(self._store.all()):
            if self._expired(caller):
                self._gallery.remove(caller.caller_id)
                self._store.erase(caller.caller_id)
                logger.info("caller %s was erased: no call within the retention period", caller.caller_id)
        self._purged = time.monotonic()

    def _erase_overdue(self) -> None:
        with self._lock:
            overdue = list(self._overdue)
        for caller_id in overdue:
            self._store.erase(caller_id)
            with self._lock:
                self._overdue.discard(caller_id)
            logger.warning("caller %s is erased now", caller_id)

    def _expired(self, caller: Caller) -> bool:
        return self._clock() - (caller.last_seen or caller.created_at) > self._retention
