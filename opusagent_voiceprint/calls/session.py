"""One call, from its start to its end: an actor whose inbox takes turns, decisions and the hang-up."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Final

from opusagent_hooks import AgentError, AudioChunk, Call, Session, Turn
from opusagent_voiceprint.calls.context import Shared, log_failure
from opusagent_voiceprint.calls.dialogue import ConsentDialogue
from opusagent_voiceprint.calls.identity import KnownCaller
from opusagent_voiceprint.calls.listener import Listener
from opusagent_voiceprint.calls.offering import OfferRules
from opusagent_voiceprint.calls.tracker import Heard, Identified, TrackerEvent, VoiceSwitched, VoiceTracker
from opusagent_voiceprint.calls.withdrawal import Withdrawal
from opusagent_voiceprint.consent import Answer, ConsentScript, interpret
from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.models import Caller, Decision

__all__ = ["CallSession"]

_ANSWER_SECONDS: Final = 15.0
_IDLE_SECONDS: Final = 30.0
_GRACE_SECONDS: Final = 1.0
_END_SECONDS: Final = 8.0
_MAX_TURNS: Final = 400


@dataclass(frozen=True, slots=True)
class _Spoke:
    turn: Turn
    answer: Answer
    received_at: float


@dataclass(frozen=True, slots=True)
class _OfferDue:
    caller_turns: int


_Item = _Spoke | _OfferDue | Identified | VoiceSwitched | Heard | None


class CallSession:
    """Everything voiceprint does on one call.

    The methods without a leading underscore are called by the plugin's hooks on the event loop and return at
    once, but for :meth:`end`. What goes wrong in here is logged, and the call goes on without it.
    """

    def __init__(self, call: Call, shared: Shared) -> None:
        self._call = call
        self._shared = shared
        self._loop = asyncio.get_running_loop()
        self._inbox: asyncio.Queue[_Item] = asyncio.Queue()
        self._ended = asyncio.Event()
        self._language = call.parameters.get("language") or shared.settings.default_language
        self._phone_link = shared.phones.link(call.from_number or "")
        self._turns: list[Turn] = []
        self._offers = OfferRules(enabled=shared.settings.consent_enabled)
        self._known = KnownCaller(call, shared)
        self._dialogue = ConsentDialogue(
            call, shared, language=self._language, phone_link=self._phone_link, enrolled=self._enrolled
        )
        self._withdrawal = Withdrawal(call, shared, self._known, self._phone_link, self._language)
        self._tracker: VoiceTracker | None = None
        self._listener: Listener | None = None
        self._candidates: frozenset[str] = frozenset()
        self._decision = Decision.PENDING
        self._waiting_since: float | None = None
        self._offer_timer: asyncio.Task[None] | None = None
        if shared.settings.identify_scope == "everyone":
            self._listen()
        else:
            # Nobody's voice is looked at before the number or a yes allows it, so nobody is known.
            self._offers.unknown = True
        self._task = asyncio.create_task(self._run(), name=f"voiceprint-call-{call.id}")

    # Called by the hooks

    def attach(self, session: Session) -> None:
        """The host created its session state."""
        self._known.attach(session)

    def hear(self, audio: AudioChunk) -> None:
        """One frame."""
        if self._listener is not None:
            self._listener.hear(audio)

    async def heard_turn(self, turn: Turn) -> None:
        """A final transcript."""
        received_at = self._loop.time()
        answer = Answer.UNCLEAR
        if turn.speaker == "caller":
            asked = self._dialogue.stage.waits_for_caller
            answer = interpret(turn.text, self._language, asked=asked)
        if answer is Answer.WITHDRAW:
            # Now, not when the actor comes to it: the agent is about to answer these words itself.
            with contextlib.suppress(AgentError):
                await self._call.agent.take_floor()
        self._inbox.put_nowait(_Spoke(turn, answer, received_at))

    async def end(self) -> None:
        """The call is over: finish what must be, then drop everything."""
        self._ended.set()
        self._inbox.put_nowait(None)
        if self._listener is not None:
            self._listener.close()
        done, _ = await asyncio.wait({self._task}, timeout=_END_SECONDS)
        if not done:
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=_GRACE_SECONDS)

    # The actor

    async def _run(self) -> None:
        try:
            await self._guard(self._look_up())
            while not self._ended.is_set():
                item = await self._next()
                if item is not None:
                    await self._guard(self._handle(item))
            await self._guard(self._finish(), until_end=False)
        finally:
            self._drop()

    async def _guard(self, work: Coroutine[Any, Any, None], *, until_end: bool = True) -> None:
        """Run one step; nothing it raises goes further, and the end of the call interrupts it."""
        step = asyncio.create_task(work)
        ended = asyncio.create_task(self._ended.wait())
        try:
            await asyncio.wait({step, ended} if until_end else {step}, return_when=asyncio.FIRST_COMPLETED)
            if not step.done():
                await asyncio.wait({step}, timeout=_GRACE_SECONDS)
        finally:
            ended.cancel()
            if not step.done():
                step.cancel()
                await asyncio.wait({step}, timeout=_GRACE_SECONDS)
        if step.done() and not step.cancelled() and (error := step.exception()) is not None:
            if isinstance(error, AgentError) and self._ended.is_set():
                return  # the agent is gone because the call is
            log_failure(self._call.id, "a step of voiceprint failed", error)

    async def _next(self) -> _Item:
        timeout = None
        if self._dialogue.stage.waits_for_caller and self._waiting_since is not None:
            timeout = max(0.0, self._waiting_since + _ANSWER_SECONDS - self._loop.time())
        try:
            return await asyncio.wait_for(self._inbox.get(), timeout)
        except asyncio.TimeoutError:
            await self._guard(self._dialogue.no_answer())
            self._waiting_since = self._loop.time()
            return None

    async def _look_up(self) -> None:
        """What the number says: who may be calling, and who does not want to be asked."""
        candidates = await self._shared.hooks.call_first("voiceprint_candidates", call=self._call)
        if self._phone_link is not None:
            try:
                self._offers.heed(await self._shared.records.refusal(self._phone_link), self._shared.clock())
                if candidates is None:
                    candidates = await self._shared.records.ids_by_phone(self._phone_link)
            except StorageError as exc:
                # Whether this caller said no is not known, so this caller is not asked.
                self._offers.refused = True
                log_failure(self._call.id, "the calling number could not be looked up", exc)
        self._candidates = known = frozenset(str(each) for each in candidates or ())
        if known and self._shared.settings.identify_scope == "known_numbers":
            self._offers.unknown = False
            self._listen()
        if self._tracker is not None:
            self._tracker.known = known

    async def _handle(self, item: _Item) -> None:
        match item:
            case _Spoke():
                await self._spoke(item)
            case Identified():
                await self._identified(item)
            case VoiceSwitched():
                await self._voice_switched()
            case Heard():
                await self._dialogue.more_speech()
            case _OfferDue() if item.caller_turns == self._offers.turns:
                await self._offer()
        if self._dialogue.stage.waits_for_caller:
            self._waiting_since = self._loop.time()
        self._schedule_offer()

    async def _spoke(self, item: _Spoke) -> None:
        turn = item.turn
        if turn.speaker == "caller":
            if item.answer is Answer.WITHDRAW:
                await self._withdraw()
                return
            if self._dialogue.stage.waits_for_caller:
                await self._dialogue.heard(turn, item.answer, item.received_at)
                await self._listen_after_yes()
                return
        self._offers.note(turn, self._language)
        self._turns.append(turn)
        del self._turns[:-_MAX_TURNS]

    async def _identified(self, item: Identified) -> None:
        found = item.identification
        self._decision = found.decision
        self._note_decision(
            net_speech_seconds=round(found.net_speech_seconds, 2), latency_ms=round(1000 * item.latency, 1)
        )
        if found.decision is Decision.RECOGNISED and found.caller_id is not None:
            caller = await self._shared.records.get(found.caller_id)
            if caller is not None and self._shared.follower.live(caller):
                await self._recognised(caller)
                return
            # Erased or withdrawn by another worker a moment ago.
            self._decision = Decision.UNKNOWN
            self._note_decision()
        if self._withdrawal.requested:
            await self._withdraw()
            return
        self._offers.unknown = self._decision is Decision.UNKNOWN
        await self._shared.hooks.call_all("voiceprint_unknown", call=self._call)

    async def _recognised(self, caller: Caller) -> None:
        self._offers.unknown = False
        if not self._dialogue.stage.over:
            await self._dialogue.abandon()
        if self._withdrawal.requested:
            self._known.adopt(caller)
            await self._withdraw()
            return
        await self._known.greet(caller)

    async def _voice_switched(self) -> None:
        """Another person: what is personal goes, and so does the memory of who spoke before."""
        self._decision = Decision.PENDING
        self._note_decision()
        self._offers.unknown = False
        await self._dialogue.voice_changed()
        if self._known.caller is not None:
            await self._known.remember(self._turns)
            await self._known.release()
        self._turns.clear()

    async def _enrolled(self, caller: Caller) -> None:
        if self._tracker is not None:
            self._tracker.settle()
        self._known.adopt(caller)
        hooks = self._shared.hooks
        await hooks.call_all("voiceprint_consent", call=self._call, record=caller.consents[0])
        await hooks.call_all("voiceprint_enrolled", call=self._call, caller=caller)

    async def _withdraw(self) -> None:
        self._offers.withdrawn = True
        # The floor, which was taken when the words came in, is given back after the confirmation.
        await self._dialogue.abandon(keep_floor=True)
        if self._known.caller is None and self._decision is Decision.PENDING and self._listener is not None:
            # Whose voice it is will be known when more was said; then it is erased.
            await self._withdrawal.note(speak=not self._ended.is_set())
            return
        await self._withdrawal.carry_out(speak=not self._ended.is_set())
        self._turns.clear()
        self._stop_listening()

    # The offer

    def _schedule_offer(self) -> None:
        if self._offers.allowed and self._offer_timer is None:
            self._offer_timer = asyncio.create_task(self._when_idle(self._offers.turns))

    async def _when_idle(self, caller_turns: int) -> None:
        try:
            if await self._call.agent.wait_idle(_IDLE_SECONDS):
                self._inbox.put_nowait(_OfferDue(caller_turns))
        except AgentError as exc:
            if not self._ended.is_set():
                log_failure(self._call.id, "the agent could not be waited for", exc)
        finally:
            self._offer_timer = None

    async def _offer(self) -> None:
        if not self._offers.allowed or not self._call.agent.idle:
            return
        self._offers.offered = True
        script = await self._shared.hooks.call_first(
            "voiceprint_consent_script", call=self._call, language=self._language
        )
        if isinstance(script, ConsentScript):
            await self._dialogue.offer(script)

    async def _listen_after_yes(self) -> None:
        if self._listener is None and self._dialogue.consented:
            self._listen()

    # Listening

    def _listen(self) -> None:
        shared = self._shared
        self._tracker = VoiceTracker(shared.gallery, shared.rule, self._emit)
        self._tracker.known = self._candidates
        self._dialogue.tracker = self._tracker
        self._listener = Listener(shared.engine.encoder.window, self._tracker, shared.engine.announce)

    def _emit(self, event: TrackerEvent) -> None:
        # From the engine's thread. A loop that is closed by now has no call to tell.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._inbox.put_nowait, event)

    def _stop_listening(self) -> None:
        if self._listener is not None:
            self._listener.close()
        if self._tracker is not None:
            self._tracker.close()
        self._listener = self._tracker = self._dialogue.tracker = None

    # The end

    async def _finish(self) -> None:
        while not self._inbox.empty():
            item = self._inbox.get_nowait()
            if isinstance(item, _Spoke) and item.turn.speaker == "caller":
                # "Forget my voice", and the receiver is down: it counts.
                if item.answer is Answer.WITHDRAW:
                    await self._withdraw()
                else:
                    self._turns.append(item.turn)
        if self._withdrawal.requested:
            await self._withdrawal.carry_out(speak=False)
        await self._known.remember(self._turns)

    def _drop(self) -> None:
        self._stop_listening()
        if self._offer_timer is not None:
            self._offer_timer.cancel()
        self._turns.clear()
        while not self._inbox.empty():
            self._inbox.get_nowait()

    def _note_decision(self, **evidence: float) -> None:
        # For the host: what is decided and on how much speech, never how alike.
        if self._known.session is not None:
            self._known.session.metadata["voiceprint"] = {"decision": self._decision.value, **evidence}
