"""Carries the consent dialogue out on a call: speaks, listens, stores, and feeds the state machine."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from opusagent_hooks import AgentError, Call, Turn
from opusagent_voiceprint.calls.context import Shared, log_failure
from opusagent_voiceprint.calls.enrollment import new_caller, readiness
from opusagent_voiceprint.calls.tracker import VoiceSample, VoiceTracker
from opusagent_voiceprint.consent import Answer, ConsentScript, matches_script, spoken_name
from opusagent_voiceprint.consent.machine import (
    Action,
    Answered,
    ConsentState,
    Enroll,
    Enrolled,
    Event,
    GrantMemory,
    Line,
    MemoryStored,
    NoAnswer,
    Offered,
    Refuse,
    Said,
    Say,
    SpeechReady,
    Stage,
    TakeFloor,
    VoiceChanged,
    YieldFloor,
    transition,
)
from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.models import (
    Caller,
    ConsentDecision,
    ConsentEvidence,
    ConsentRecord,
    DoNotAsk,
    Purpose,
)

__all__ = ["ConsentDialogue"]

_SLOWEST_EARLY_YES: Final = 0.7
"""Seconds after our last word in which no answer to it can have been spoken, ended and transcribed."""

_IDLE_SECONDS: Final = 5.0
_WITHOUT_CONSENT: Final = frozenset({Stage.DECLINED, Stage.NEVER, Stage.EXCLUDED, Stage.UNANSWERED})


@dataclass(slots=True)
class _Grant:
    """A yes whose enrollment is to follow: of this voice of the call, and of no other."""

    name: str | None = field(repr=False)
    record: ConsentRecord = field(repr=False)


class ConsentDialogue:
    """One call's dialogue, from the question to the stored caller.

    All methods are called from the call's own task, one at a time. ``enrolled`` is awaited with the caller
    once it is stored.
    """

    def __init__(
        self,
        call: Call,
        shared: Shared,
        *,
        language: str,
        phone_link: str | None,
        enrolled: Callable[[Caller], Awaitable[None]],
    ) -> None:
        self._call = call
        self._shared = shared
        self._language = language
        self._phone_link = phone_link
        self._enrolled = enrolled
        self._script: ConsentScript | None = None
        self._state = ConsentState()
        self._grant: _Grant | None = None
        self._holds_floor = False
        self._asked_voice: int | None = None
        self._said_by = 0.0  # on the event loop's clock
        self._said_until: float | None = None  # in the call, where the host knows
        self.caller: Caller | None = None
        """The caller this dialogue enrolled."""
        self.tracker: VoiceTracker | None = None
        """The voice to enroll; set as soon as the call is listened to."""

    @property
    def stage(self) -> Stage:
        """Where the dialogue stands."""
        return self._state.stage

    @property
    def consented(self) -> bool:
        """True from the yes on, while nothing took it back."""
        return bool(self._state.answer) and self.stage not in _WITHOUT_CONSENT

    async def offer(self, script: ConsentScript) -> None:
        """Ask the question."""
        self._script = script
        self._asked_voice = None
        self._hold_voice()
        await self._feed(Offered())

    async def heard(self, turn: Turn, answer: Answer, received_at: float) -> None:
        """The caller spoke, ``received_at`` on the event loop's clock, while an answer was awaited."""
        if answer is Answer.YES and self._too_early(turn, received_at):
            answer = Answer.UNCLEAR
        self._hold_voice()
        if self._another_voice():
            await self.voice_changed()
            return
        name = spoken_name(turn.text, self._language) if self.stage is Stage.NAMING else None
        await self._feed(Answered(answer, turn.text, name))
        if self.stage not in (Stage.NAMING, Stage.COLLECTING):
            self._grant = None

    async def no_answer(self) -> None:
        """The caller has been silent for too long."""
        await self._feed(NoAnswer())

    async def voice_changed(self) -> None:
        """Somebody else is on the line."""
        self._grant = None
        await self._feed(VoiceChanged())

    async def more_speech(self) -> None:
        """There is more net speech: enroll if it is enough now."""
        await self._enroll_if_ready()

    async def abandon(self, *, keep_floor: bool = False) -> None:
        """Stop without storing anything, and let the agent go on unless the floor is to be kept."""
        self._grant = None
        if not self.stage.over and self.stage is not Stage.IDLE:
            self._state = ConsentState(stage=Stage.UNANSWERED)
        if keep_floor:
            self._holds_floor = False
            return
        # Whatever comes next, an erasure maybe, must not depend on whether the agent is still there.
        with contextlib.suppress(AgentError):
            await self._give_floor(reply=False)

    def drop(self) -> None:
        """The call is over: nothing the caller said is held on to."""
        self._state = ConsentState()
        self._grant = self._script = self.caller = self.tracker = None

    async def _feed(self, event: Event) -> None:
        self._state, actions = transition(self._state, event)
        try:
            for action in actions:
                await self._perform(action)
        except BaseException:
            # What was begun cannot be gone on with, and a mute agent would be worse than no answer.
            await self.abandon()
            raise

    def _hold_voice(self) -> None:
        """Remember whose voice is asked, as soon as there is one to listen to."""
        if self._asked_voice is None and self.tracker is not None:
            self._asked_voice = self.tracker.voice

    def _another_voice(self) -> bool:
        return self.tracker is not None and self.tracker.voice != self._asked_voice

    def _too_early(self, turn: Turn, received_at: float) -> bool:
        """Whether words were begun before ours were over, whenever their transcript arrives here."""
        if self._said_until is not None and turn.at is not None:
            return turn.at < self._said_until or received_at < self._said_by
        # The host gives no times: what arrives this soon was spoken into the question.
        return received_at < self._said_by + _SLOWEST_EARLY_YES

    async def _perform(self, action: Action) -> None:
        match action:
            case TakeFloor():
                self._holds_floor = True
                await self._call.agent.take_floor()
            case YieldFloor():
                await self._give_floor(reply=action.reply)
            case Say():
                await self._say(action.line)
            case Refuse():
                await self._refuse(forever=action.forever)
            case Enroll():
                self._grant = _Grant(action.name, self._consent(Purpose.VOICEPRINT, action.answer))
                await self._enroll_if_ready(first=True)
            case GrantMemory():
                await self._feed(MemoryStored(await self._grant_memory(action.answer)))

    async def _give_floor(self, *, reply: bool) -> None:
        if self._holds_floor:
            self._holds_floor = False
            await self._call.agent.yield_floor(reply=reply)

    async def _say(self, line: Line) -> None:
        text = self._words(line)
        spoken = await self._call.agent.say(text)
        self._said_by = asyncio.get_running_loop().time()
        self._said_until = spoken.ended_at
        # The model is only the mouth: words that differ from the script did not ask the question.
        await self._feed(Said(line, spoken.completed and matches_script(spoken.text, text)))

    def _words(self, line: Line) -> str:
        script = self._require_script()
        if line == "enrolled_ask_memory":
            return f"{script.enrolled(self._state.name)} {script.ask_memory}"
        return str(getattr(script, line))

    def _require_script(self) -> ConsentScript:
        if self._script is None:
            raise RuntimeError("the dialogue speaks before it was offered")
        return self._script

    async def _refuse(self, *, forever: bool) -> None:
        if self._phone_link is None:
            return
        until = None
        if not forever:
            until = self._shared.clock() + timedelta(days=self._shared.settings.refusal_days)
        try:
            await self._shared.records.remember_refusal(DoNotAsk(subject=self._phone_link, until=until))
        except StorageError as exc:
            log_failure(self._call.id, "a no could not be remembered beyond this call", exc)

    def _consent(self, purpose: Purpose, answer: str) -> ConsentRecord:
        script = self._require_script()
        return ConsentRecord(
            purpose=purpose,
            decision=ConsentDecision.GRANTED,
            evidence=ConsentEvidence.CONVERSATION,
            at=self._shared.clock(),
            policy_version=self._shared.settings.policy_version,
            wording_version=script.version,
            wording_hash=script.hash,
            language=self._language,
            channel=self._call.platform,
            call_id=self._call.id,
            answer=answer[:400],
            played_to_end=self._state.played,
        )

    async def _enroll_if_ready(self, *, first: bool = False) -> None:
        grant, tracker = self._grant, self.tracker
        if grant is None or self.stage is not Stage.COLLECTING:
            return
        sample = tracker.sample() if tracker is not None else None
        self._hold_voice()
        if sample is not None and sample.voice != self._asked_voice:
            await self.voice_changed()
            return
        ready = readiness(sample, self._shared.settings)
        if sample is None or tracker is None or ready in ("too_little_speech", "too_poor"):
            if tracker is not None:
                tracker.report_speech = True
            if first:
                await self._say("keep_talking")
                await self._give_floor(reply=False)
            return
        tracker.report_speech = False
        self._grant = None
        await self._feed(SpeechReady())
        # Two voices in what was heard: nobody can say whose the yes was.
        stored = ready == "ready" and await self._store(sample, grant, tracker)
        await self._call.agent.wait_idle(_IDLE_SECONDS)
        await self._feed(Enrolled(stored))

    async def _store(self, sample: VoiceSample, grant: _Grant, tracker: VoiceTracker) -> bool:
        caller = new_caller(
            sample,
            encoder_id=self._shared.engine.encoder.encoder_id,
            name=grant.name,
            consent=grant.record,
            phone_link=self._phone_link,
            language=self._language,
            at=self._shared.clock(),
        )
        records, follower = self._shared.records, self._shared.follower
        # Before anybody can find the new caller: nobody is recognised on the call that enrolled them.
        tracker.settle()
        try:
            stored = await records.add(caller)
        except StorageError as exc:
            tracker.unsettle()
            log_failure(self._call.id, "a caller who said yes could not be stored", exc)
            return False
        self.caller = stored
        await self._enrolled(stored)
        try:
            await records.aside(lambda: follower.put(stored))
        except StorageError as exc:
            log_failure(self._call.id, "a new voice will be known a moment later", exc)
        return True

    async def _grant_memory(self, answer: str) -> bool:
        if self.caller is None:
            return False
        record = self._consent(Purpose.MEMORY, answer)

        def add(caller: Caller) -> Caller:
            return caller.model_copy(update={"consents": [*caller.consents, record]})

        def take_back(caller: Caller) -> Caller:
            kept = [each for each in caller.consents if each.consent_id != record.consent_id]
            return caller.model_copy(update={"consents": kept})

        try:
            changed = await self._shared.records.change(self.caller.caller_id, add, undo=take_back)
        except StorageError as exc:
            log_failure(self._call.id, "a consent to memory could not be stored", exc)
            return False
        if changed is None:
            return False
        self.caller = changed
        await self._shared.hooks.call_all("voiceprint_consent", call=self._call, record=record)
        return True
