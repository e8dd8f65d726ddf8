"""The public names of OpusAgent's own voiceprint package, answered by ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from opusagent_voiceprint.encoding import Encoders
from opusagent_voiceprint.models import Voiceprint
from opusagent_voiceprint.recognizer.recognizer import OpusAgentVoiceRecognizer
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage import CallerStore, JSONStorage, RedisStorage, SQLiteStorage

__all__ = ["RunningService", "public_names"]


class RunningService(Protocol):
    """What a recognizer shares with the service of its process."""

    @property
    def settings(self) -> VoiceFingerprintConfig:
        """Its settings."""
        ...

    @property
    def store(self) -> CallerStore:
        """Its store, which stays its own to close."""
        ...

    @property
    def encoders(self) -> Encoders | None:
        """Its encoders, once it has chosen them."""
        ...


def public_names(service: Callable[[], RunningService | None]) -> dict[str, object]:
    """The objects by name. Recognizers made from them use what ``service`` runs with at their first use.

    Without a service they are configured by the environment, like any other recognizer.
    """

    class SharingRecognizer(OpusAgentVoiceRecognizer):
        """Recognises callers by their voice; see :class:`OpusAgentVoiceRecognizer`."""

        _store_of_service: CallerStore | None = None

        def _read_settings(self) -> VoiceFingerprintConfig:
            running = service()
            return running.settings if running is not None else super()._read_settings()

        def _open_store(self) -> Any:
            running = service()
            if running is None:
                return super()._open_store()
            self._store_of_service = running.store
            return running.store

        def _choose_encoders(self) -> Encoders:
            running = service()
            # Settings that were assigned and name another encoder than the service's mean what they name.
            if running is None or running.settings.encoder != self.config.encoder:
                return super()._choose_encoders()
            return running.encoders or super()._choose_encoders()

        def close(self) -> None:
            """Close the store, unless it is the service's."""
            if self._store_of_service is None or self._storage is not self._store_of_service:
                super().close()

    SharingRecognizer.__name__ = SharingRecognizer.__qualname__ = OpusAgentVoiceRecognizer.__name__
    return {
        "Config": VoiceFingerprintConfig,
        "JSONStorage": JSONStorage,
        "OpusAgentVoiceRecognizer": SharingRecognizer,
        "RedisStorage": RedisStorage,
        "SQLiteStorage": SQLiteStorage,
        "VoiceFingerprintConfig": VoiceFingerprintConfig,
        "Voiceprint": Voiceprint,
    }
