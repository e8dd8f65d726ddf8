"""Carries the consent dialogue out on a call: speaks, listens, stores, and feeds the state machine."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import Final

from opusagent_hooks import AgentError, Call, Turn
from opusagent_voiceprint.calls.asked_voice import AskedVoice
from opusagent_voiceprint.calls.context import Shared, log_failure
from opusagent_voiceprint.calls.enrollment import WORDS_FOR, Grant, Readiness, log_not_ready, readiness
from opusagent_voiceprint.calls.floor import IDLE_SECONDS, Floor, Lines
from opusagent_voiceprint.calls.ledger import Ledger
from opusagent_voiceprint.calls.number import CallingNumber
from opusagent_voiceprint.calls.questions import Question
from opusagent_voiceprint.calls.stored_caller import StoredCaller
from opusagent_voiceprint.calls.withdrawal import Withdrawal
from opusagent_voiceprint.consent import Answer, events, spoken_name
from opusagent_voiceprint.consent.machine import ConsentState, Line, Stage, transition
from opusagent_voiceprint.models import Caller, ConsentRecord, Purpose

__all__ = ["ConsentDialogue"]

_CONFIRMATIONS: Final = 3
"""How often it is tried to say what became of an enrollment."""


class ConsentDialogue:
    """One call's dialogue, from the question to the stored caller, and to the erased one.

    All methods are called from the call's own task, one at a time. ``enrolled`` is awaited with the caller
    once it is stored; ``withdrawal`` carries out what a withdrawal comes to.
    """

    def __init__(
        self,
        call: Call,
        shared: Shared,
        *,
        language: str,
        number: CallingNumber,
        withdrawal: Withdrawal,
        enrolled: Callable[[Caller], Awaitable[None]],
    ) -> None:
        self._call, self._shared, self._language = call, shared, language
        self._ledger = Ledger(call, shared, language=language, number=number)
        self._withdrawal = withdrawal
        self._withdrawing: tuple[str | None, bool] = None, False
        self._floor, self._lines = Floor(call, shared.records.patience), Lines(call)
        self._stored = StoredCaller(call, shared, ledger=self._ledger, floor=self._floor, enrolled=enrolled)
        self._state = ConsentState()
        self._grant: Grant | None = None
        self._outcome: bool | None = None  # of an enrollment, until the caller was told
        self._ready: Readiness = "too_little_speech"
        self._confirmations = _CONFIRMATIONS
        self._quiet = False  # in an emergency, until somebody asks to be asked
        self._broken_off_at: Stage | None = None
        # Whether the agent has said something of its own since our last line, and asked something last.
        self.agent_went_on = self.agent_asked = False
        self.voice = AskedVoice()
        """The voice to enroll; it has a tracker while the call is listened to."""
        self.changed: Callable[[], None] = lambda: None
        """Called after each step, before anything is said: what was consented to may be another."""

    @property
    def caller(self) -> Caller | None:
        """The caller this dialogue enrolled."""
        return self._stored.caller

    @property
    def stage(self) -> Stage:
        """Where the dialogue stands."""
        return self._state.stage

    @property
    def consented(self) -> bool:
        """True from the yes on, while nothing took it back."""
        return self._state.consented

    def number_says(self, found: Iterable[events.Event]) -> None:
        """What the store knows about the calling number; nothing is to be done about it."""
        for event in found:
            self._state, _ = transition(self._state, event)

    async def offer(self, question: Question, *, requested: bool, recognition: bool) -> None:
        """Ask the question, if it may be put; the arguments are those of :class:`Offered`."""
        self._lines.script = question.script
        self._ledger.release_reference = question.release_reference
        self._quiet, self._broken_off_at = False, None
        self.voice.ask()
        await self._feed(events.Offered(requested, recognition))

    async def heard(self, turn: Turn, answer: Answer, received_at: float) -> None:
        """The caller spoke, ``received_at`` on the event loop's clock, while an answer was awaited."""
        if answer is Answer.YES and self._lines.too_early(turn, received_at):
            answer = Answer.UNCLEAR
        if self.voice.is_another():
            await self.voice_changed()
            return
        name = spoken_name(turn.text, self._language) if self.stage is Stage.GRANTED else None
        await self._feed(events.Answered(answer, turn.text, name))
        if self.stage not in (Stage.GRANTED, Stage.COLLECTING):
            self._grant = None

    async def put_off(self) -> None:
        """The caller asks to wait."""
        await self._feed(events.PutOff())

    @property
    def broken_off_at(self) -> Stage | None:
        """Where the dialogue stood when the agent failed, or was gone; until somebody says something else."""
        return None if self.agent_went_on else self._broken_off_at

    async def went_on(self, turn: Turn) -> None:
        """The caller said something that is no answer of theirs to us."""
        self._broken_off_at = None
        if self.stage is Stage.PUT_OFF:
            await self._feed(events.Answered(Answer.UNCLEAR, turn.text))

    def agent_spoke(self, turn: Turn) -> None:
        """The agent's words came in, in its own or in ours."""
        if not turn.text.strip():
            return  # cut short before its first word
        self.agent_went_on = self.agent_went_on or not self._lines.is_ours(turn)
        self.agent_asked = self.agent_went_on and turn.text.rstrip().endswith("?")

    async def refused_late(self, answer: Answer, stage: Stage) -> None:
        """The caller said no to us at that stage, and it is too late to say a word about it."""
        if not self.voice.is_another():
            self._grant = None
            stage = Stage.COLLECTING if stage is Stage.STORING else stage  # which came to nothing
            self._state = replace(self._state, stage=stage)
            for action in self._step(events.Answered(answer)):
                if isinstance(action, events.Refuse):
                    await self._perform(action)

    async def emergency(self, answer: Answer) -> None:
        """The caller is in an emergency: nothing more is asked or told, and the agent answers.

        While speech is awaited the yes that was given stands; it is stored without another word.
        """
        if self.voice.is_another():
            answer = Answer.UNCLEAR  # a no that nobody was asked for
        self._quiet = True
        await self._feed(events.Emergency(answer, stored=self.caller is not None))
        if self.stage is not Stage.COLLECTING:
            self._grant = self._outcome = None
            self._stop_waiting_for_speech()

    def gives_a_name(self, turn: Turn) -> bool:
        """Whether the caller, asked for a name, says one in so many words."""
        asked = self.stage is Stage.GRANTED
        return asked and spoken_name(turn.text, self._language, expected=False) is not None

    async def no_answer(self) -> None:
        """The caller has been silent for too long."""
        await self._feed(events.NoAnswer())

    async def voice_changed(self) -> None:
        """Somebody else is on the line."""
        self._grant = None
        await self._feed(events.VoiceChanged())

    async def confirm(self) -> None:
        """Say what became of an enrollment, if that has not been possible yet."""
        if self._outcome is not None and self.stage is Stage.STORING:
            await self._announce()

    async def withdraw(self, recognised_id: str | None, *, speak: bool) -> None:
        """The caller took a consent back: erase or suspend, then let the agent go on, whatever came of it."""
        self._grant = self._outcome = None
        self._ledger.drop()
        self._withdrawing = recognised_id, speak
        actions = self._step(events.Withdrew(recognised_id is not None))
        self._stop_waiting_for_speech()
        self._floor.held = True  # also if it was taken when the words came in
        try:
            for action in actions:
                await self._perform(action)
        finally:
            with contextlib.suppress(AgentError):
                await self._floor.give(reply=False)

    async def abandon(self) -> None:
        """Stop without storing anything more, and let the agent go on."""
        self._grant = self._outcome = None
        self._stop_waiting_for_speech()
        self._step(events.Stopped(stored=self.caller is not None))
        # Whatever comes next, an erasure maybe, must not depend on whether the agent is still there.
        with contextlib.suppress(AgentError):
            await self._floor.give(reply=False)

    def drop(self) -> None:
        """The call is over: nothing the caller said is held on to."""
        if self._grant is not None:
            log_not_ready(self._call.id, "no voiceprint was made", self._ready)
        self._ledger.drop()
        ended, _ = transition(self._state, events.HungUp(stored=self.caller is not None))
        self._state = ConsentState(ended.stage)
        self._lines.drop()
        self._grant = self._outcome = self._stored.caller = self.voice.tracker = None

    def _step(self, event: events.Event) -> tuple[events.Action, ...]:
        self._state, actions = transition(self._state, event)
        try:
            self.changed()
        except Exception as exc:  # noqa: BLE001 - what is to be done now, an erasure maybe, is done all the same
            log_failure(self._call.id, "listening could not follow the dialogue yet", exc)
        return actions

    async def _feed(self, event: events.Event) -> None:
        actions = self._step(event)
        try:
            for action in actions:
                await self._perform(action)
        except BaseException:
            # What was begun cannot be gone on with, and a mute agent would be worse than no answer.
            self._broken_off_at = self.stage if self.stage.under_way else self._broken_off_at
            await self.abandon()
            raise
        finally:
            self._stop_waiting_for_speech()

    def _stop_waiting_for_speech(self) -> None:
        if self._grant is None or self.stage is not Stage.COLLECTING:
            self.voice.expect_speech(False)

    async def _perform(self, action: events.Action) -> None:
        match action:
            case events.TakeFloor():
                await self._floor.take()
            case events.YieldFloor():
                await self._floor.give(reply=action.reply)
            case events.Say():
                await self._say(action.line)
            case events.Refuse():
                await self._ledger.refuse(forever=action.forever)
            case events.Enroll():
                consent = self._consent(Purpose.VOICEPRINT, action.answer)
                self._grant = Grant(action.name, consent, action.renews)
                await self.more_speech(first=True)
            case events.GrantMemory():
                record = self._consent(Purpose.MEMORY, action.answer)
                await self._feed(events.MemoryStored(await self._stored.grant_memory(record)))
            case events.Erase() | events.Suspend():
                caller_id, speak = self._withdrawing
                if caller_id is None:
                    await self._withdrawal.request(speak=speak)
                else:
                    await self._withdrawal.erase(caller_id, speak=speak)

    async def _say(self, line: Line) -> None:
        self.agent_went_on = self.agent_asked = False
        await self._feed(events.Said(line, await self._lines.say(line, self._state.name)))

    def _consent(self, purpose: Purpose, answer: str) -> ConsentRecord:
        return self._ledger.consent(purpose, answer, self._lines.in_use, played=self._state.played)

    async def more_speech(self, *, first: bool = False) -> None:
        """Enroll if there is enough net speech now; ``first``: say that it is awaited, if there is not."""
        grant, tracker = self._grant, self.voice.tracker
        if grant is None or self.stage is not Stage.COLLECTING:
            return
        sample = self.voice.sample()
        if sample is not None and self.voice.is_another(sample):
            await self.voice_changed()
            return
        self._ready = ready = readiness(sample, self._shared.settings)
        # While the caller is awaited, an agent that answers and comes back from the line is not the caller.
        waits = ready in ("too_little_speech", "too_poor") or (ready == "agents_voice" and not first)
        if sample is None or tracker is None or waits:
            self.voice.expect_speech(True)
            if first:
                log_not_ready(self._call.id, "a voiceprint waits", ready)
                await self._say(WORDS_FOR[ready])
                await self._floor.give(reply=False)
            return
        self.voice.expect_speech(False)
        self._grant = None
        await self._feed(events.SpeechReady())
        # Two voices in what was heard, or the agent's own: nobody can say whose the yes was.
        self._outcome = ready == "ready" and await self._stored.store(sample, grant, tracker)
        if ready != "ready":
            log_not_ready(self._call.id, "no voiceprint is made", ready)
        await self._announce()

    async def _announce(self) -> None:
        """Tell the caller the outcome. Where the agent cannot be reached, it is tried again later."""
        if self._quiet:
            await self.abandon()
            return
        stored, before = self._outcome is True, self._state
        self._confirmations -= 1
        try:
            await self._call.agent.wait_idle(IDLE_SECONDS)
            await self._feed(events.Enrolled(stored, WORDS_FOR.get(self._ready, "failed")))
        except Exception as exc:  # noqa: BLE001 - whatever the host raises, what was stored is stored
            log_failure(self._call.id, "what became of an enrollment could not be said yet", exc)
            if self._confirmations > 0:
                self._state, self._outcome = before, stored
                with contextlib.suppress(AgentError):
                    await self._floor.give(reply=False)
                return
            await self.abandon()
        self._outcome = None
