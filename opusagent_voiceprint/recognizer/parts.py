"""What a recognizer works with: settings, store and encoder, each made when it is first needed."""

from __future__ import annotations

import threading
from typing import Any

from opusagent_voiceprint.encoding import Encoders, SpeakerEncoder, chosen_encoders
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage import open_store

__all__ = ["Parts"]


class Parts:
    """Settings, store and encoder. Each may be replaced by assigning another one."""

    def __init__(self, storage: Any | None = None) -> None:
        self._lock = threading.RLock()
        self._config: VoiceFingerprintConfig | None = None
        self._storage: Any = storage
        self._encoders: Encoders | None = None

    @property
    def config(self) -> VoiceFingerprintConfig:
        """The settings. Raises :class:`SettingsError` for a value that is not allowed."""
        with self._lock:
            if self._config is None:
                self._config = self._read_settings()
            return self._config

    @config.setter
    def config(self, config: VoiceFingerprintConfig) -> None:
        self._config = config
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
        self._storage = storage
        self._changed()

    @property
    def encoder(self) -> SpeakerEncoder:
        """The speaker encoder for every window; its weights are loaded when it is first run."""
        return self.encoders.main

    @encoder.setter
    def encoder(self, encoder: SpeakerEncoder) -> None:
        self._encoders = Encoders(encoder)
        self._changed()

    @property
    def encoders(self) -> Encoders:
        """The encoder, and the one for wideband lines beside it, if there is one."""
        with self._lock:
            if self._encoders is None:
                self._encoders = self._choose_encoders()
            return self._encoders

    @encoders.setter
    def encoders(self, encoders: Encoders) -> None:
        self._encoders = encoders
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
