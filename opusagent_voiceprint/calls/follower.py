"""Keeps the gallery in step with the store: loads it, follows other workers' writes, erases what expired."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

from opusagent_voiceprint.calls.arrears import Arrears
from opusagent_voiceprint.calls.store_access import StoreAccess
from opusagent_voiceprint.calls.workers import within_seconds
from opusagent_voiceprint.errors import StorageError, VersionConflictError, VoiceprintError
from opusagent_voiceprint.matching import (
    Standing,
    StoreView,
    VoiceIndex,
    expired,
    may_be_matched,
    standing,
)
from opusagent_voiceprint.models import Caller
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage import CallerStore
from opusagent_voiceprint.storage.number_failures import forget_old_failures

__all__ = ["GalleryFollower"]

logger = logging.getLogger(__name__)

_POLL_SECONDS: Final = 0.5
_PURGE_SECONDS: Final = 3600.0
_LAST_TRY_SECONDS: Final = 5.0
_LONGEST_PAUSE: Final = 5.0
_LONGEST_PAUSE_BEFORE_OPENING: Final = 30.0
_PROBE_SECONDS: Final = 0.5


class GalleryFollower:
    """Reads the store on its own thread and writes the gallery; opens the store if it was not there at first.

    Callers who may not be matched are never put in, and those who have not called for the retention period
    are erased. A record that cannot be read does not keep the others from being followed. While the store
    cannot be reached, the gallery stays as it is; the follower tries at growing intervals and catches up.
    What is in arrears is settled first.
    """

    def __init__(
        self,
        access: StoreAccess,
        gallery: VoiceIndex,
        arrears: Arrears,
        settings: VoiceFingerprintConfig,
        clock: Callable[[], datetime],
    ) -> None:
        self._access = access
        self._gallery = gallery
        self._arrears = arrears
        self._settings = settings
        self._clock = clock
        self._stopped = threading.Event()
        self._purged = float("-inf")
        self._failing = False
        self._followed: tuple[CallerStore, StoreView] | None = None

    def run(self, when_loaded: Callable[[], None]) -> None:
        """Follow until :meth:`stop`; call ``when_loaded`` after the first complete load."""
        loaded, pause = False, _POLL_SECONDS
        while not self._stopped.is_set():
            if self.step():
                pause = _POLL_SECONDS
                if not loaded:
                    loaded = True
                    when_loaded()
                self._stopped.wait(pause)
                continue
            # Spread, so that the workers do not all come at once to a server that has just begun.
            self._stopped.wait(pause * random.uniform(0.75, 1.25))  # noqa: S311
            longest = _LONGEST_PAUSE if self._access.is_open else _LONGEST_PAUSE_BEFORE_OPENING
            pause = min(2.0 * pause, longest)

    def step(self) -> bool:
        """Catch up once; false if the store failed."""
        try:
            self._access.open()
            self._access.renew()
        except VoiceprintError as exc:
            self._access.report(exc)
            return False
        try:
            self._arrears.settle(self._access.store, self._access.phones)
            self._view().catch_up()
            self._probe()
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
        if self._arrears.overdue():
            # On a thread of its own: a store that hangs must not keep the process from ending.
            within_seconds("voiceprint-last-erasures", self._settle_last, _LAST_TRY_SECONDS)
        for caller_id in self._arrears.overdue():
            journalled = self._arrears.is_journalled(caller_id)
            what = "the next start tries it again" if journalled else "erase it by hand"
            logger.error("caller %s asked to be erased and is still stored: %s", caller_id, what)

    def put(self, caller: Caller) -> None:
        """Take in a caller that was just written."""
        self._view().put(caller)

    def live(self, caller: Caller) -> bool:
        """Whether a caller may be recognised: see ``may_be_matched``, and no erasure was asked for."""
        return not self._arrears.is_overdue(caller.caller_id) and may_be_matched(
            caller, self._settings, self._clock()
        )

    def _view(self) -> StoreView:
        """The view of the store in use; of one that was begun anew, a new one on an empty gallery."""
        store = self._access.store
        if self._followed is None or self._followed[0] is not store:
            if self._followed is not None:
                self._gallery.clear()
            self._followed = store, StoreView(store, self._gallery, self.live)
        return self._followed[1]

    def _probe(self) -> None:
        """See whether the store, which calls do not wait for, has become quick again."""
        breaker = self._access.breaker
        if breaker.is_open:
            began = time.monotonic()
            self._access.store.refusal("")
            if time.monotonic() - began < _PROBE_SECONDS:
                breaker.answered()

    def _settle_last(self) -> None:
        try:
            self._arrears.settle(self._access.store, self._access.phones)
        except StorageError as exc:
            logger.error("the last erasures could not be tried (%s)", type(exc).__name__)

    def _purge(self) -> None:
        store, view = self._access.store, self._view()
        everybody, _ = store.changes(0)
        forget_old_failures(store, self._clock())
        ahead = 0
        for caller_id in everybody:
            caller = view.read(caller_id)
            if caller is not None:
                ahead += standing(caller, self._settings, self._clock()) is Standing.AHEAD_OF_CLOCK
            if caller is not None and expired(caller, self._settings, self._clock()):
                self._gallery.remove(caller_id)
                try:
                    store.erase(caller_id, expected_version=caller.version)
                except VersionConflictError:
                    continue  # called since it was read, and is followed again
                except StorageError as exc:
                    logger.error(
                        "caller %s is past the retention period and could not be erased (%s)",
                        caller_id,
                        type(exc).__name__,
                    )
                    continue  # tried again with the next purge
                logger.info("caller %s was erased: no call within the retention period", caller_id)
        if ahead:
            logger.error(
                "%d callers have times in their records that are ahead of this machine's clock and are not "
                "recognised; set the clock right",
                ahead,
            )
        self._purged = time.monotonic()
