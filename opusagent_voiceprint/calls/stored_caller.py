"""The caller whom a call's dialogue stores: with voiceprint and consent, and later the consent to notes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from opusagent_hooks import Call
from opusagent_voiceprint.calls.context import Shared
from opusagent_voiceprint.calls.enrollment import Grant
from opusagent_voiceprint.calls.floor import Floor
from opusagent_voiceprint.calls.ledger import Ledger
from opusagent_voiceprint.calls.tracker import VoiceSample, VoiceTracker
from opusagent_voiceprint.models import Caller, ConsentRecord

__all__ = ["StoredCaller"]


class StoredCaller:
    """Stores, and holds on to who was stored. ``enrolled`` is awaited with the caller once it is."""

    def __init__(
        self,
        call: Call,
        shared: Shared,
        *,
        ledger: Ledger,
        floor: Floor,
        enrolled: Callable[[Caller], Awaitable[None]],
    ) -> None:
        self._call = call
        self._shared = shared
        self._ledger = ledger
        self._floor = floor
        self._enrolled = enrolled
        self.caller: Caller | None = None
        """None before the store has it, and after the call."""

    async def store(self, sample: VoiceSample, grant: Grant, tracker: VoiceTracker) -> bool:
        """Store the voice that said yes; whether that came about."""
        # Before anybody can find the new caller: nobody is recognised on the call that enrolled them.
        # Whoever has the phone by now is not who said yes, if it was handed on this moment.
        if not tracker.settle(sample.voice):
            return False
        enrolling = self._ledger.enroll(sample, grant.name, grant.record, renews=grant.renews)
        stored = await self._floor.not_in_silence(enrolling)
        if stored is None:
            tracker.unsettle(sample.voice)
            return False
        self.caller = stored
        await self._enrolled(stored)
        await self._ledger.make_known(stored)
        return True

    async def grant_memory(self, record: ConsentRecord) -> bool:
        """Add the consent to notes; whether that came about."""
        if self.caller is None:
            return False
        changed = await self._floor.not_in_silence(self._ledger.grant_memory(self.caller, record))
        if changed is None:
            return False
        self.caller = changed
        await self._shared.hooks.call_all("voiceprint_consent", call=self._call, record=record)
        return True
