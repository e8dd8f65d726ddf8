"""The defaults of voiceprint's own hooks: a plugin like any other, asked last."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from opusagent_hooks import Call, Turn
from opusagent_voiceprint.consent import ConsentScript, default_script
from opusagent_voiceprint.hookspecs import hookimpl
from opusagent_voiceprint.memory import default_greeting, default_notes
from opusagent_voiceprint.models import Caller, CallNotes, Memory, Purpose
from opusagent_voiceprint.settings import VoiceFingerprintConfig

__all__ = ["DefaultHooks"]


class DefaultHooks:
    """What happens when nobody overrides it."""

    def __init__(self, settings: VoiceFingerprintConfig, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._clock = clock

    @hookimpl(trylast=True)
    def voiceprint_greeting(self, caller: Caller) -> str:
        """By days since the last call."""
        return default_greeting(caller.name, caller.last_seen, self._clock())

    @hookimpl(trylast=True)
    def voiceprint_consent_script(self, language: str) -> ConsentScript | None:
        """The built-in script of this language."""
        return default_script(language, self._settings.organization, self._settings.retention_days)

    @hookimpl(trylast=True)
    def voiceprint_load_memory(self, caller: Caller) -> Memory:
        """The stored memory, if its consent is in force."""
        return caller.memory if caller.consent(Purpose.MEMORY) else Memory()

    @hookimpl(trylast=True)
    async def voiceprint_summarize(self, call: Call, turns: Sequence[Turn]) -> CallNotes:
        """Sentences that the caller said; a long call takes too long for the event loop."""
        said = [(turn.speaker, turn.text) for turn in turns]
        return await asyncio.to_thread(default_notes, call.id, said)
