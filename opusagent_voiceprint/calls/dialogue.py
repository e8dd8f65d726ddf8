"""Carries the consent dialogue out on a call: speaks, listens, stores, and feeds the state machine."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from opusagent_hooks import AgentError, Call, Turn
from opusagent_voiceprint.calls.context import Shared, log_failure
from opusagent_voiceprint.calls.enrollment import WORDS_FOR, Readiness, log_not_ready, readiness
from opusagent_voiceprint.calls.ledger import Ledger
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
from opusagent_voiceprint.models import Caller, ConsentRecord, Purpose

__all__ = ["ConsentDialogue"]

_SLOWEST_EARLY_YES: Final = 0.7
"""Seconds after our last word in which no answer to it can have been spoken, ended and transcribed."""

_IDLE_SECONDS: Final = 5.0
_CONFIRMATIONS: Final = 3
"""How often it is tried to say what became of an enrollment."""

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
        self._ledger = Ledger(call, shared, language=language, phone_link=phone_link)
        self._enrolled = enrolled
        self._script: ConsentScript | None = None
        self._state = ConsentState()
        self._grant: _Grant | None = None
        self._outcome: bool | None = None  # of an enrollment, until the caller was told
        self._ready: Readiness = "too_little_speech"
        self._confirmations = _CONFIRMATIONS
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
        """Ask the question; again from the start if the caller has asked to be asked after a no."""
        if self.stage.over:
            self._state = ConsentState()
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

    async def confirm(self) -> None:
        """Say what became of an enrollment, if that has not been possible yet."""
        if self._outcome is not None and self.stage is Stage.STORING:
            await self._announce()

    async def abandon(self, *, keep_floor: bool = False) -> None:
        """Stop without storing anything more, and let the agent go on unless the floor is to be kept."""
        self._grant = self._outcome = None
        self._stop_waiting_for_speech()
        if not self.stage.over and self.stage is not Stage.IDLE:
            self._state = ConsentState(stage=Stage.UNANSWERED if self.caller is None else Stage.ENROLLED)
        if keep_floor:
            self._holds_floor = False
            return
        # Whatever comes next, an erasure maybe, must not depend on whether the agent is still there.
        with contextlib.suppress(AgentError):
            await self._give_floor(reply=False)

    def drop(self) -> None:
        """The call is over: nothing the caller said is held on to."""
        if self._grant is not None:
            log_not_ready(self._call.id, "no voiceprint was made", self._ready)
        self._state = ConsentState()
        self._grant = self._outcome = self._script = self.caller = self.tracker = None

    async def _feed(self, event: Event) -> None:
        self._state, actions = transition(self._state, event)
        try:
            for action in actions:
                await self._perform(action)
        except BaseException:
            # What was begun cannot be gone on with, and a mute agent would be worse than no answer.
            await self.abandon()
            raise
        finally:
            self._stop_waiting_for_speech()

    def _stop_waiting_for_speech(self) -> None:
        if self.tracker is not None and (self._grant is None or self.stage is not Stage.COLLECTING):
            self.tracker.report_speech = False

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
                await self._ledger.refuse(forever=action.forever)
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

    def _consent(self, purpose: Purpose, answer: str) -> ConsentRecord:
        return self._ledger.consent(purpose, answer, self._require_script(), played=self._state.played)

    async def _enroll_if_ready(self, *, first: bool = False) -> None:
        grant, tracker = self._grant, self.tracker
        if grant is None or self.stage is not Stage.COLLECTING:
            return
        sample = tracker.sample() if tracker is not None else None
        self._hold_voice()
        if sample is not None and sample.voice != self._asked_voice:
            await self.voice_changed()
            return
        self._ready = ready = readiness(sample, self._shared.settings)
        # While the caller is awaited, an agent that answers and comes back from the line is not the caller.
        waits = ready in ("too_little_speech", "too_poor") or (ready == "agents_voice" and not first)
        if sample is None or tracker is None or waits:
            if tracker is not None:
                tracker.report_speech = True
            if first:
                log_not_ready(self._call.id, "a voiceprint waits", ready)
                await self._say(WORDS_FOR[ready])
                await self._give_floor(reply=False)
            return
        tracker.report_speech = False
        self._grant = None
        await self._feed(SpeechReady())
        # Two voices in what was heard, or the agent's own: nobody can say whose the yes was.
        self._outcome = ready == "ready" and await self._store(sample, grant, tracker)
        if ready != "ready":
            log_not_ready(self._call.id, "no voiceprint is made", ready)
        await self._announce()

    async def _announce(self) -> None:
        """Tell the caller the outcome. Where the agent cannot be reached, it is tried again later."""
        stored, before = self._outcome is True, self._state
        self._confirmations -= 1
        try:
            await self._call.agent.wait_idle(_IDLE_SECONDS)
            await self._feed(Enrolled(stored, WORDS_FOR.get(self._ready, "failed")))
        except Exception as exc:  # noqa: BLE001 - whatever the host raises, what was stored is stored
            log_failure(self._call.id, "what became of an enrollment could not be said yet", exc)
            if self._confirmations > 0:
                self._state, self._outcome = before, stored
                with contextlib.suppress(AgentError):
                    await self._give_floor(reply=False)
                return
            await self.abandon()
        self._outcome = None

    async def _store(self, sample: VoiceSample, grant: _Grant, tracker: VoiceTracker) -> bool:
        # Before anybody can find the new caller: nobody is recognised on the call that enrolled them.
        # Whoever has the phone by now is not who said yes, if it was handed on this moment.
        if not tracker.settle(sample.voice):
            return False
        stored = await self._ledger.enroll(sample, grant.name, grant.record)
        if stored is None:
            tracker.unsettle(sample.voice)
            return False
        self.caller = stored
        await self._enrolled(stored)
        await self._ledger.make_known(stored)
        return True

    async def _grant_memory(self, answer: str) -> bool:
        if self.caller is None:
            return False
        record = self._consent(Purpose.MEMORY, answer)
        changed = await self._ledger.grant_memory(self.caller, record)
        if changed is None:
            return False
        self.caller = changed
        await self._shared.hooks.call_all("voiceprint_consent", call=self._call, record=record)
        return True
