"""The plugin: OpusAgent's hooks, each handed on to the service."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from opusagent_hooks import AudioChunk, Call, HookManager, Session, Turn, hookimpl
from opusagent_voiceprint import hookspecs
from opusagent_voiceprint.calls import VoiceprintService
from opusagent_voiceprint.defaults import DefaultHooks
from opusagent_voiceprint.models import utc_now
from opusagent_voiceprint.recognizer import public_names
from opusagent_voiceprint.settings import VoiceFingerprintConfig, switched_off
from opusagent_voiceprint.storage import CallerStore

__all__ = ["VoiceprintPlugin"]


class VoiceprintPlugin:
    """Voiceprint for OpusAgent, configured by the environment unless ``settings`` are given.

    With ``VOICE_FINGERPRINTING_ENABLED=false`` it is inert. Raises :class:`SettingsError` for a value that
    is not allowed, and when registered :class:`VoiceprintError` for a store that cannot be opened.
    """

    def __init__(
        self,
        settings: VoiceFingerprintConfig | None = None,
        *,
        store: CallerStore | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._settings = settings if settings or switched_off() else VoiceFingerprintConfig()
        self._store = store
        self._clock = clock
        self.service: VoiceprintService | None = None

    @property
    def active(self) -> bool:
        """False when it is switched off, and then does nothing on any call."""
        return self._settings is not None and self._settings.enabled

    def stand_ins(self) -> dict[str, dict[str, object]]:
        """What OpusAgent's own parts are to be answered with: part -> public name -> object."""
        return {"voiceprint": public_names(lambda: self.service)} if self.active else {}

    def on_registered(self, manager: HookManager) -> None:
        """Add voiceprint's own hooks and their defaults, and open the store."""
        manager.add_hookspecs(hookspecs)
        if self._settings is not None and self.active:
            self.service = VoiceprintService(self._settings, manager, store=self._store, clock=self._clock)
            manager.register(DefaultHooks(self._settings, self._clock), "voiceprint-defaults")

    def on_ready(self) -> None:
        """All plugins are there: load models and callers before the first call."""
        if self.service is not None:
            self.service.start()

    @hookimpl
    async def call_start(self, call: Call) -> None:
        """Begin to listen."""
        if self.service is not None:
            await self.service.call_started(call)

    @hookimpl
    async def session_create(self, call: Call, session: Session) -> None:
        """Remember where to say who is calling, and offer the tools."""
        if self.service is not None:
            await self.service.session_created(call, session)

    @hookimpl
    def audio_input(self, call: Call, audio: AudioChunk) -> None:
        """Take one frame."""
        if self.service is not None:
            self.service.audio(call, audio)

    @hookimpl
    async def transcript(self, call: Call, turn: Turn) -> None:
        """Take one turn."""
        if self.service is not None:
            await self.service.turn(call, turn)

    @hookimpl
    async def call_end(self, call: Call) -> None:
        """Finish and forget."""
        if self.service is not None:
            await self.service.call_ended(call)

    def close(self) -> None:
        """Stop everything."""
        if self.service is not None:
            self.service.close()
