"""Keeps the gallery in step with the store: loads it, follows other workers' writes, erases what expired."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.matching import StoreView, VoiceIndex, expired, may_be_matched
from opusagent_voiceprint.models import Caller
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage import CallerStore

__all__ = ["GalleryFollower"]

logger = logging.getLogger(__name__)

_POLL_SECONDS: Final = 0.5
_PURGE_SECONDS: Final = 3600.0
_LAST_TRY_SECONDS: Final = 5.0


class GalleryFollower:
    """Reads the store on its own thread and writes the gallery.

    Callers who may not be matched are never put in, and those who have not called for the retention period
    are erased. A record that cannot be read does not keep the others from being followed. While the store
    cannot be reached, the gallery stays as it is; the follower catches up later.
    """

    def __init__(
        self,
        store: CallerStore,
        gallery: VoiceIndex,
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
        self._purged = float("-inf")
        self._failing = False
        self._view = StoreView(store, gallery, self.live)

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
            self._view.catch_up()
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
        # On a thread of its own: a store that hangs must not keep the process from ending.
        last_try = threading.Thread(target=self._erase_overdue, name="voiceprint-last-erasures", daemon=True)
        last_try.start()
        last_try.join(_LAST_TRY_SECONDS)
        with self._lock:
            overdue = sorted(self._overdue)
        for caller_id in overdue:
            logger.error("caller %s asked to be erased and is still stored: erase it by hand", caller_id)

    def put(self, caller: Caller) -> None:
        """Take in a caller that was just written."""
        self._view.put(caller)

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

    def _purge(self) -> None:
        everybody, _ = self._store.changes(0)
        for caller_id in everybody:
            caller = self._view.read(caller_id)
            if caller is not None and expired(caller, self._settings, self._clock()):
                self._gallery.remove(caller_id)
                try:
                    self._store.erase(caller_id)
                except StorageError as exc:
                    logger.error(
                        "caller %s is past the retention period and could not be erased (%s)",
                        caller_id,
                        type(exc).__name__,
                    )
                    continue  # tried again with the next purge
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
