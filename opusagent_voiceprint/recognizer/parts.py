"""What a recognizer works with: settings, store and encoder, each made when it is first needed."""

from __future__ import annotations

import threading
from typing import Any

from opusagent_voiceprint.encoding import SpeakerEncoder, shared_encoder
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage import open_store

__all__ = ["Parts"]


class Parts:
    """Settings, store and encoder. Each may be replaced by assigning another one."""

    def __init__(self, storage: Any | None = None) -> None:
        self._lock = threading.RLock()
        self._config: VoiceFingerprintConfig | None = None
        self._storage: Any = storage
        self._encoder: SpeakerEncoder | None = None

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
        """The speaker encoder; its weights are loaded when it is first run."""
        with self._lock:
            if self._encoder is None:
                self._encoder = self._choose_encoder()
            return self._encoder

    @encoder.setter
    def encoder(self, encoder: SpeakerEncoder) -> None:
        self._encoder = encoder
        self._changed()

    def _changed(self) -> None:
        """One of them was replaced."""

    def _read_settings(self) -> VoiceFingerprintConfig:
        return VoiceFingerprintConfig()

    def _open_store(self) -> Any:
        return open_store(self.config)

    def _choose_encoder(self) -> SpeakerEncoder:
        return shared_encoder()

    def close(self) -> None:
        """Close the store, if it was opened."""
        with self._lock:
            close = getattr(self._storage, "close", None)
        if close is not None:
            close()
