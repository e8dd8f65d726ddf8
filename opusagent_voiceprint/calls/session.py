"""One call, from its start to its end: an actor whose inbox takes turns, decisions, tools and the hang-up."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any, Final

from opusagent_hooks import AgentError, AudioChunk, Call, Session, Turn
from opusagent_voiceprint.calls.actor import CallActor
from opusagent_voiceprint.calls.assurance import CallIdentity, Vouched
from opusagent_voiceprint.calls.claims import Claims
from opusagent_voiceprint.calls.consented_listening import ConsentedListening
from opusagent_voiceprint.calls.context import Shared
from opusagent_voiceprint.calls.greeting import MemoryCame
from opusagent_voiceprint.calls.hearing import Hearing
from opusagent_voiceprint.calls.offering import OfferTimer
from opusagent_voiceprint.calls.parts import CallParts
from opusagent_voiceprint.calls.progressive import ProgressiveEnrollment
from opusagent_voiceprint.calls.questions import Question
from opusagent_voiceprint.calls.reading import Spoke
from opusagent_voiceprint.calls.recognition import Recognition
from opusagent_voiceprint.calls.tool_answers import ToolAnswers
from opusagent_voiceprint.calls.tools import CallTools, ToolUse
from opusagent_voiceprint.calls.tracker import Heard, Identified, TrackerEvent, VoiceSwitched
from opusagent_voiceprint.consent import Answer

__all__ = ["CallSession"]

_ANSWER_SECONDS: Final = 15.0
_RETRY_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class _OfferDue:
    caller_turns: int


@dataclass(frozen=True, slots=True)
class _LookUpNumber:
    """The store did not say in time what it knows about the number."""


_Item = (
    Spoke | _OfferDue | _LookUpNumber | ToolUse | MemoryCame | Identified | VoiceSwitched | Heard | Vouched
)


class CallSession(CallActor[_Item]):
    """Everything voiceprint does on one call.

    The methods without a leading underscore are called by the plugin's hooks on the event loop and return at
    once, but for :meth:`end`. What goes wrong in here is logged, and the call goes on without it.
    """

    def __init__(self, call: Call, shared: Shared) -> None:
        super().__init__(call.id)
        self._call = call
        self._shared = shared
        self._parts = parts = CallParts(
            call,
            shared,
            post=self._inbox.put_nowait,
            emit=self._emit,
            forget_call=self._forget_call,
        )
        self._known, self._offers, self._dialogue = parts.known, parts.offers, parts.dialogue
        self._offer_timer = OfferTimer(call, self._offer_is_due)
        self._consented_listening = ConsentedListening(parts)
        parts.dialogue.changed = self._consented_listening.follow
        self._claims, self.identity = Claims(parts), CallIdentity(parts.known.evidence)
        self._hearing = Hearing(parts, self._claims, withdraw=self._withdraw)
        self._recognition = Recognition(parts, self._claims, again=self._try_again)
        self._tools = CallTools(call, self._inbox.put_nowait)
        self._tool_answers = ToolAnswers(parts, withdraw=self._withdraw)
        self._progressive = ProgressiveEnrollment(call.id, shared, parts.known, parts.listening, parts.number)
        self._candidates: Any = None
        self._waiting_since: float | None = None
        if shared.settings.identify_scope == "everyone":
            parts.listen()
        else:
            # Nobody's voice is looked at before the number or a yes allows it, so nobody is known.
            self._offers.unknown = True
        self._start()

    # Called by the hooks

    def attach(self, session: Session) -> None:
        """The host created its session state."""
        self._known.attach(session)

    async def offer_tools(self) -> None:
        """The host is about to configure the model."""
        await self._tools.register(self._call, enroll=self._shared.settings.consent_enabled)

    def hear(self, audio: AudioChunk) -> None:
        """One frame."""
        self._parts.listening.hear(audio)

    async def heard_turn(self, turn: Turn) -> None:
        """A final transcript."""
        exchange = self._claims.noted(turn)
        item = Spoke(turn, self._dialogue.stage, self._loop.time(), exchange)
        # First of all, so that it is dealt with whatever becomes of the rest.
        self._inbox.put_nowait(item)
        if await self._withdraws(item) and not self._ended.is_set():
            # Now, not when the actor comes to it: the agent is about to answer these words itself.
            self._known.lapse()
            with contextlib.suppress(AgentError):
                await self._call.agent.take_floor()
        await self._claims.lapse_if_denied(exchange)

    async def end(self) -> None:
        """The call is over: finish what must be, then drop everything."""
        self._parts.listening.close_ears()
        await self._stop()

    # The actor

    def _patience(self) -> float | None:
        if not self._dialogue.stage.waits_for_caller or self._waiting_since is None:
            return None
        return max(0.0, self._waiting_since + _ANSWER_SECONDS - self._loop.time())

    async def _nothing_came(self) -> None:
        await self._dialogue.no_answer()
        self._waiting_since = self._loop.time()

    async def _to_its_end(self, item: _Item) -> bool:
        """A withdrawal is carried out whether or not the caller waits for it."""
        if isinstance(item, ToolUse):
            return item.name == "voiceprint_forget"
        return isinstance(item, Spoke) and await self._withdraws(item)

    async def _withdraws(self, item: Spoke) -> bool:
        return (await item.reading(self._parts.language)).answer is Answer.WITHDRAW

    async def _prepare(self) -> None:
        """What the number says: who may be calling, and who does not want to be asked, or recognised."""
        self._candidates = await self._shared.hooks.call_first("voiceprint_candidates", call=self._call)
        await self._look_up_number()

    async def _look_up_number(self) -> None:
        parts, late = self._parts, self._number_is_late
        found = await parts.number.look_up(self._shared.records.patience, late)
        self._offers.unsure = found is None
        if found is None:
            return
        now = self._shared.clock()
        self._dialogue.number_says(found.events(now))
        self._offers.refused |= found.refused(now)
        if found.suspended:
            self._offers.suspend()
        elif found.matching_stopped(now, self._shared.settings.max_number_failures):
            self._offers.stop_matching()
        if self._offers.suspended or self._offers.matching_stopped:
            parts.stop_listening()
            parts.known.unrecognise()
            return
        candidates = found.caller_ids if self._candidates is None else self._candidates
        known = frozenset(str(each) for each in candidates)
        parts.listening.know(known if found.has_a_say(now) else frozenset())
        may_be_known = found.matchable or (self._candidates is not None and known)
        if may_be_known and self._shared.settings.identify_scope == "known_numbers":
            self._offers.unknown = False
            parts.listen()
        if parts.listening.on:
            parts.greeter.read_ahead(known)

    async def _handle(self, item: _Item) -> None:
        try:
            await self._dealt_with(item)
        finally:
            self._consented_listening.follow()
        await self._known.retract()
        if self._dialogue.stage.waits_for_caller:
            self._waiting_since = self._loop.time()
        if self._offers.allowed:
            self._offer_timer.start(self._offers.turns)

    async def _dealt_with(self, item: _Item) -> None:
        match item:
            case Spoke():
                await self._hearing.heard(item)
            case Identified():
                await self._recognition.decided(item, speak=not self._ended.is_set())
            case VoiceSwitched():
                await self._recognition.voice_switched()
            case Heard():
                await self._dialogue.more_speech()
            case ToolUse():
                await self._tool_answers.answer(item)
            case _LookUpNumber():
                await self._look_up_number()
            case Vouched():
                await self._claims.vouched(item)
            case MemoryCame():
                await self._parts.greeter.add_memory(item)
            case _OfferDue() if item.caller_turns == self._offers.turns:
                await self._offer()

    async def _withdraw(self) -> None:
        withdrawal, tracker = self._parts.withdrawal, self._parts.listening.tracker
        if tracker is not None:
            withdrawal.at = tracker.net_speech_seconds
        self._offers.withdrawn = True
        caller_id = self._known.recognised_id
        if caller_id is not None and self._known.caller is None and await self._recognition.denied(caller_id):
            caller_id = None  # recognised, not read yet: nobody has compared what they said with the name
        # Of somebody not recognised listening goes on: when the voice is recognised after all, it is erased.
        await self._dialogue.withdraw(caller_id, speak=not self._ended.is_set())

    def _forget_call(self) -> None:
        """Nothing of this call is kept or listened to any more."""
        self._parts.transcript.clear()
        self._claims.another_voice()
        self._parts.greeter.drop()
        self._parts.stop_listening()

    # The offer

    def _offer_is_due(self, caller_turns: int) -> None:
        self._inbox.put_nowait(_OfferDue(caller_turns))

    async def _offer(self) -> None:
        if not self._offers.allowed or not self._call.agent.idle:
            return
        question = await self._shared.questions.question(self._call, self._parts.language)
        if isinstance(question, Question) and not self._call.agent.idle:
            return  # somebody spoke while the plugins were asked: it is offered when it is quiet again
        requested, to_be_remembered = self._offers.requested, self._offers.asked_for
        self._offers.made()
        if isinstance(question, Question):
            known = self._parts.number.may_be_a_callers and not to_be_remembered
            recognition = known and self._shared.questions.recognition_is_enough(question)
            await self._dialogue.offer(question, requested=requested, recognition=recognition)

    # Listening

    def _emit(self, event: TrackerEvent) -> None:
        # From the engine's thread. A loop that is closed by now has no call to tell.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._arrived, event)

    def _arrived(self, event: TrackerEvent) -> None:
        if not self._ended.is_set():
            self._recognition.arrived(event)
        self._inbox.put_nowait(event)

    def _try_again(self, item: _Item) -> None:
        self._loop.call_later(_RETRY_SECONDS, self._inbox.put_nowait, item)

    def _number_is_late(self, *, answered: bool) -> None:
        if answered:
            self._inbox.put_nowait(_LookUpNumber())
        elif not self._ended.is_set():
            self._try_again(_LookUpNumber())

    # The end

    async def _finish(self) -> None:
        while not self._inbox.empty():
            item = self._inbox.get_nowait()
            if isinstance(item, VoiceSwitched):
                await self._recognition.voice_switched()
            elif isinstance(item, Identified):
                await self._recognition.at_the_end(item)
            elif isinstance(item, Spoke):
                await self._hearing.at_the_end(item)
        if self._known.caller is not None:
            await self._known.remember(self._known.caller.caller_id, self._parts.transcript.turns)
        await self._progressive.add()
        if not self._offers.withdrawn and self._dialogue.caller is None:
            await self._parts.attempts.finish()
        await self._recognition.finish()

    def _drop(self) -> None:
        self._tools.close()
        self._offer_timer.stop()
        self._claims.drop()
        self._parts.drop()
        while not self._inbox.empty():
            self._inbox.get_nowait()
