"""What a recognizer works with: settings, store and encoder, each made when it is first needed."""

from __future__ import annotations

import threading
from typing import Any

from opusagent_voiceprint.encoding import Encoders, SpeakerEncoder, chosen_encoders
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage import open_store

__all__ = ["Parts"]


class Parts:
    """Settings, store and encoder. Each may be replaced by assigning another one.

    Other settings mean the encoder that they name, unless one was assigned.
    """

    def __init__(self, storage: Any | None = None) -> None:
        self._lock = threading.RLock()
        self._config: VoiceFingerprintConfig | None = None
        self._storage: Any = storage
        self._encoders: Encoders | None = None
        self._encoders_are_assigned = False

    @property
    def config(self) -> VoiceFingerprintConfig:
        """The settings. Raises :class:`SettingsError` for a value that is not allowed."""
        with self._lock:
            if self._config is None:
                self._config = self._read_settings()
            return self._config

    @config.setter
    def config(self, config: VoiceFingerprintConfig) -> None:
        with self._lock:
            self._config = config
            if not self._encoders_are_assigned:
                self._encoders = None
            self._changed()

    @property
    def storage(self) -> Any:
        """The store. Raises :class:`VoiceprintError` if it cannot be opened."""
        with self._lock:
            if self._storage is None:
                self._storage = self._open_store()
            return self._storage

    @storage.setter
    def storage(self, storage: Any) -> None:
        with self._lock:
            self._storage = storage
            self._changed()

    @property
    def encoder(self) -> SpeakerEncoder:
        """The speaker encoder for every window; its weights are loaded when it is first run."""
        return self.encoders.main

    @encoder.setter
    def encoder(self, encoder: SpeakerEncoder) -> None:
        # One that has a companion for wideband lines keeps it: without, fewer callers are recognised there.
        known = (self._encoders, chosen_encoders())
        self.encoders = next(
            (each for each in known if each is not None and each.main is encoder), Encoders(encoder)
        )

    @property
    def encoders(self) -> Encoders:
        """The encoder, and the one for wideband lines beside it, if there is one."""
        with self._lock:
            if self._encoders is None:
                self._encoders = self._choose_encoders()
            return self._encoders

    @encoders.setter
    def encoders(self, encoders: Encoders) -> None:
        with self._lock:
            self._encoders, self._encoders_are_assigned = encoders, True
            self._changed()

    def _changed(self) -> None:
        """One of them was replaced."""

    def _read_settings(self) -> VoiceFingerprintConfig:
        return VoiceFingerprintConfig()

    def _open_store(self) -> Any:
        return open_store(self.config)

    def _choose_encoders(self) -> Encoders:
        return chosen_encoders(self.config.encoder)

    def close(self) -> None:
        """Close the store, if it was opened."""
        with self._lock:
            close = getattr(self._storage, "close", None)
        if close is not None:
            close()
