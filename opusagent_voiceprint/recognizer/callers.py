"""A store of this package, as a recognizer works with it."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import Final

from opusagent_voiceprint.errors import StorageError, UnknownCallerError
from opusagent_voiceprint.matching import Backend, Gallery, StoreView, may_be_matched
from opusagent_voiceprint.models import Caller, Voiceprint, utc_now
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage import CallerStore

__all__ = ["StoredCallers"]

logger = logging.getLogger("opusagent_voiceprint")

_A_DAY: Final = timedelta(days=1)


class StoredCallers:
    """The callers of a store, those that may be matched in a gallery. Safe to use from several threads."""

    def __init__(self, store: CallerStore, backend: Backend, config: VoiceFingerprintConfig) -> None:
        self.backend = backend
        self._store = store
        self._config = config
        self._lock = threading.Lock()
        self._gallery = Gallery(backend)
        self._view = StoreView(store, self._gallery, self._live)

    def gallery(self) -> Gallery:
        """The gallery, with what others wrote since the last time."""
        with self._lock:
            self._view.catch_up()
            return self._gallery

    def may_still_be_matched(self, caller_id: str) -> bool:
        """Whether a caller found in the gallery may be named: read again, and not expired."""
        with self._lock:  # another thread may be taking in a caller who just came back
            try:
                caller = self._store.get(caller_id)
            except StorageError as exc:
                # It stays in the gallery: the next time it may be read again.
                logger.error("a caller could not be read and is not matched: %s", type(exc).__name__)
                return False
            if caller is not None and self._live(caller):
                return True
            self._gallery.remove(caller_id)
            return False

    def note_seen(self, caller_id: str) -> None:
        """Keep who is matched from expiring. Once a day is enough, and matching must not fail for it."""
        now = utc_now()

        def seen(caller: Caller) -> Caller | None:
            if not self._live(caller):
                return None
            latest = caller.last_seen or caller.created_at
            return caller.model_copy(update={"last_seen": now}) if now - latest > _A_DAY else None

        try:
            self._store.update(caller_id, seen)
        except (StorageError, UnknownCallerError) as exc:
            logger.error("a matched caller could not be noted as seen: %s", type(exc).__name__)

    def voiceprints_of(self, caller_id: str) -> list[Voiceprint]:
        """A caller's voiceprints, each with the caller's metadata under its own."""
        caller = self._store.get(caller_id)
        if caller is None:
            return []
        return [
            voiceprint.model_copy(update={"metadata": {**caller.metadata, **voiceprint.metadata}})
            for voiceprint in caller.voiceprints
        ]

    def save(self, voiceprint: Voiceprint) -> None:
        """Add a voiceprint, up to the maximum of the settings."""
        self._store.save(
            voiceprint,
            max_voiceprints=self._config.max_voiceprints_per_caller,
            policy_version=self._config.policy_version,
        )

    def erased(self, caller_id: str) -> None:
        """A caller was erased from the store."""
        self._gallery.remove(caller_id)

    def _live(self, caller: Caller) -> bool:
        return may_be_matched(caller, self._config, utc_now())
