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
from opusagent_voiceprint.calls.purge import RetentionPurge
from opusagent_voiceprint.calls.store_access import StoreAccess
from opusagent_voiceprint.calls.wall_clock import WallClock
from opusagent_voiceprint.calls.workers import within_seconds
from opusagent_voiceprint.errors import StorageError, VoiceprintError
from opusagent_voiceprint.matching import (
    StoreView,
    VoiceIndex,
    may_be_matched,
)
from opusagent_voiceprint.models import Caller
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage import CallerStore

__all__ = ["GalleryFollower"]

logger = logging.getLogger(__name__)

_POLL_SECONDS: Final = 0.5
_POLL_SECONDS_IN_A_PURGE: Final = 0.05
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
        self._purge = RetentionPurge(settings, clock, gallery.remove)
        self._wall_clock = WallClock(clock)
        self._failing = False
        self._followed: tuple[CallerStore, StoreView] | None = None
        self._loaded: StoreView | None = None

    def run(self, when_loaded: Callable[[], None]) -> None:
        """Follow until :meth:`stop`; call ``when_loaded`` after the first complete load."""
        loaded, pause = False, _POLL_SECONDS
        while not self._stopped.is_set():
            if self.step():
                pause = _POLL_SECONDS
                if not loaded:
                    loaded = True
                    when_loaded()
                self._stopped.wait(_POLL_SECONDS_IN_A_PURGE if self._purge.under_way else _POLL_SECONDS)
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
            store, view = self._access.store, self._view()
            view.catch_up()
            self._probe()
            if view is self._loaded:  # nobody waits for the first load any more
                self._purge.step(store)
            self._loaded = view
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
        changes = self._arrears.changes
        if self._arrears.overdue() or changes.callers():
            # On a thread of its own: a store that hangs must not keep the process from ending.
            within_seconds("voiceprint-last-erasures", self._settle_last, _LAST_TRY_SECONDS)
        for caller_id in self._arrears.overdue():
            journalled = self._arrears.is_journalled(caller_id)
            what = "the next start tries it again" if journalled else "erase it by hand"
            logger.error("caller %s is to be erased and may still be stored: %s", caller_id, what)
        for caller_id in changes.callers():
            logger.error(
                "caller %s was told that a consent could not be stored, and it may be stored all the same: "
                "see to the caller's consents by hand",
                caller_id,
            )

    def put(self, caller: Caller) -> None:
        """Take in a caller that was just written."""
        self._view().put(caller)

    def live(self, caller: Caller) -> bool:
        """Whether a caller may be recognised: see ``may_be_matched``, and the store owes them nothing."""
        arrears, caller_id = self._arrears, caller.caller_id
        if arrears.is_overdue(caller_id) or arrears.changes.concerns(caller_id):
            return False
        return may_be_matched(caller, self._settings, self._clock())

    def _view(self) -> StoreView:
        """The view of the store in use; of one that was begun anew, a new one on an empty gallery.

        A new one, too, which reads everybody, when the clock was moved.
        """
        store, followed = self._access.store, self._followed
        is_same = followed is not None and followed[0] is store
        if followed is not None and not is_same:
            self._gallery.clear()
        if followed is None or not is_same or self._wall_clock.moved:
            self._wall_clock.trust()  # who may be matched by it is seen when everybody is read again
            self._followed = followed = store, StoreView(store, self._gallery, self.live)
        return followed[1]

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
        self._arrears.keep_all()
