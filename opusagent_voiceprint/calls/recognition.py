"""What comes of a decision about the voice, and of a change of voice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from opusagent_voiceprint.calls.claims import Claims
from opusagent_voiceprint.calls.context import log_failure
from opusagent_voiceprint.calls.parts import CallParts
from opusagent_voiceprint.calls.tracker import Identified, TrackerEvent, VoiceSwitched
from opusagent_voiceprint.consent.identity import Claim
from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.models import Decision

__all__ = ["Recognition"]


class Recognition:
    """Carries out what the tracker found. ``again`` takes a decision whose caller could not be read yet.

    All but :meth:`arrived` is called from the call's own task, one at a time.
    """

    def __init__(self, parts: CallParts, claims: Claims, *, again: Callable[[Identified], object]) -> None:
        self._call = parts.call
        self._shared = parts.shared
        self._known = parts.known
        self._greeter = parts.greeter
        self._hold = parts.hold
        self._offers = parts.offers
        self._dialogue = parts.dialogue
        self._withdrawal = parts.withdrawal
        self._listening = parts.listening
        self._transcript = parts.transcript
        self._number = parts.number
        self._attempts = parts.attempts
        self._remembering: set[asyncio.Task[None]] = set()
        self._claims = claims
        self._again = again

    def arrived(self, item: TrackerEvent) -> None:
        """A decision came in. The reply to what the caller just said may be on its way: it is held now.

        After a change of voice nobody is known at once: an application may ask before it is carried out.
        """
        if isinstance(item, VoiceSwitched):
            self._known.lapse()
            self._claims.another_voice(self._listening.heard_at)
        if not isinstance(item, Identified):
            return
        recognised = item.identification.decision is Decision.RECOGNISED
        if recognised and not self._offers.withdrawn and self._listening.is_voice(item.voice):
            self._hold.begin()

    async def decided(self, item: Identified, *, speak: bool) -> None:
        """Carry a decision out; ``speak`` says whether there is still somebody to speak to."""
        try:
            await self._decided(item, speak=speak)
        finally:
            self._hold.end()

    async def at_the_end(self, item: Identified) -> None:
        """A decision that the call's end overtook: nobody is greeted, but who withdrew is erased."""
        caller_id = item.identification.caller_id
        if caller_id is None or not self._listening.is_voice(item.voice) or await self.denied(caller_id):
            return
        self._known.recognised_id = caller_id
        if self._offers.withdrawn and item.since <= self._withdrawal.at:
            await self._dialogue.withdraw(caller_id, speak=False)

    async def voice_switched(self) -> None:
        """Another person: what is personal goes, and so does the memory of who spoke before."""
        self._known.decide(Decision.PENDING)
        self._known.recognised_id = None
        self._offers.another_voice()
        await self._dialogue.voice_changed()
        if (caller := self._known.caller) is not None:
            turns = self._transcript.before_the_switch
            self._known.forget()
            await self._known.retract()
            # The next voice is not kept waiting for what is written about the one before.
            self._remembering.add(task := asyncio.create_task(self._known.remember(caller.caller_id, turns)))
            task.add_done_callback(self._remembered)
        self._transcript.clear()

    async def denied(self, caller_id: str) -> bool:
        """Whether somebody on this call said that they are not this caller.

        Of a record that cannot be read nobody knows the name. Then nothing is denied: most who ask to be
        forgotten are the person that their voice says.
        """
        if self._claims.denied(caller_id):
            return True
        try:
            caller = await self._greeter.read(caller_id)
        except StorageError as exc:
            log_failure(self._call.id, "whether a caller said to be somebody else could not be read", exc)
            return False
        return caller is not None and await self._claims.said_before(caller) is Claim.IS_NOT

    async def finish(self) -> None:
        """Wait until what a change of voice set off is written."""
        if self._remembering:
            await asyncio.wait(self._remembering)

    def _remembered(self, task: asyncio.Task[None]) -> None:
        self._remembering.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log_failure(self._call.id, "what was said before a change of voice is not remembered", error)

    async def _decided(self, item: Identified, *, speak: bool) -> None:
        found = item.identification
        if not self._listening.is_voice(item.voice):
            return  # of somebody who has handed the phone on since
        self._known.decide(
            found.decision,
            net_speech_seconds=round(found.net_speech_seconds, 2),
            latency_ms=round(1000 * item.latency, 1),
        )
        if found.decision is Decision.RECOGNISED and found.caller_id is not None:
            if await self._recognised(found.caller_id, item, speak=speak):
                return
            # Erased or withdrawn by another worker a moment ago, or denied: then the voice is like theirs.
            self._known.recognised_id = None
            disowned = self._claims.denied(found.caller_id)
            self._known.decide(Decision.AMBIGUOUS if disowned else Decision.UNKNOWN)
        self._attempts.nobody_recognised()
        if not self._offers.withdrawn:
            self._offers.unknown = self._known.decision is Decision.UNKNOWN
        await self._shared.hooks.call_all("voiceprint_unknown", call=self._call)

    async def _recognised(self, caller_id: str, item: Identified, *, speak: bool) -> bool:
        """Greet a caller, or erase them if they asked for it; false if there is no such caller."""
        if self._claims.denied(caller_id):
            return False
        self._known.recognised_id = caller_id
        self._offers.unknown = self._offers.requested = False
        if self._offers.withdrawn:
            if item.since > self._withdrawal.at:
                # Who asked to be forgotten was somebody else, who had the phone before.
                return False
            if await self.denied(caller_id):
                return False
            await self._dialogue.withdraw(caller_id, speak=speak)
            return True
        if self._number.record is None:
            # The number's caller may have withdrawn on an earlier call, and then nobody is recognised.
            self._again(item)
            return True
        try:
            caller = await self._greeter.read(caller_id)
        except StorageError as exc:
            log_failure(self._call.id, "a recognised caller could not be read yet", exc)
            self._again(item)
            return True
        if caller is None or not self._shared.follower.live(caller):
            return False
        if await self._claims.said_before(caller) is Claim.IS_NOT:
            return False
        self._attempts.recognised(caller_id)
        await self._dialogue.abandon()
        if await self._greeter.greet(caller, partial(self._listening.is_voice, item.voice)):
            # What the caller said while the greeting was made waits to be heard; it counts from now on.
            claim = await self._claims.said_before(caller)
            if claim is Claim.IS_NOT:
                self._known.lapse()
                return True
            await self._shared.hooks.call_all(
                "voiceprint_identified", call=self._call, caller=self._known.caller or caller
            )
            if claim is Claim.IS:
                await self._claims.confirm(caller)
        return True
