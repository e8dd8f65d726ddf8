"""One call, from its start to its end: an actor whose inbox takes turns, decisions and the hang-up."""

from __future__ import annotations

import asyncio
import contextlib
import re
from dataclasses import dataclass, field
from typing import Final

from opusagent_hooks import AgentError, AudioChunk, Call, Session, Turn
from opusagent_voiceprint.calls.actor import CallActor
from opusagent_voiceprint.calls.context import Shared, log_failure
from opusagent_voiceprint.calls.dialogue import ConsentDialogue
from opusagent_voiceprint.calls.identity import KnownCaller
from opusagent_voiceprint.calls.listener import Listener
from opusagent_voiceprint.calls.offering import OfferRules
from opusagent_voiceprint.calls.reading import Reading, read
from opusagent_voiceprint.calls.tracker import Heard, Identified, TrackerEvent, VoiceSwitched, VoiceTracker
from opusagent_voiceprint.calls.withdrawal import Withdrawal, suspension_of
from opusagent_voiceprint.consent import Answer, ConsentScript
from opusagent_voiceprint.consent.machine import Stage
from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.models import Caller, Decision

__all__ = ["CallSession"]

_ANSWER_SECONDS: Final = 15.0
_IDLE_SECONDS: Final = 30.0
_RETRY_SECONDS: Final = 1.0
_MAX_TURNS: Final = 400
_LANGUAGE_TAG: Final = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}")
_REFUSALS: Final = frozenset({Answer.NO, Answer.NOT_NOW, Answer.NEVER, Answer.MINOR, Answer.THIRD_PARTY})


@dataclass(slots=True)
class _Spoke:
    turn: Turn = field(repr=False)
    asked: bool
    received_at: float
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class _OfferDue:
    caller_turns: int


_Item = _Spoke | _OfferDue | Identified | VoiceSwitched | Heard


class CallSession(CallActor[_Item]):
    """Everything voiceprint does on one call.

    The methods without a leading underscore are called by the plugin's hooks on the event loop and return at
    once, but for :meth:`end`. What goes wrong in here is logged, and the call goes on without it.
    """

    def __init__(self, call: Call, shared: Shared) -> None:
        super().__init__(call.id)
        self._call = call
        self._shared = shared
        self._language = _language_of(call, shared.settings.default_language)
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
        self._recognised_id: str | None = None
        self._listens_by_consent = False
        self._withdrawn_at = 0.0  # in seconds of the call's speech
        self._waiting_since: float | None = None
        self._offer_timer: asyncio.Task[None] | None = None
        if shared.settings.identify_scope == "everyone":
            self._listen()
        else:
            # Nobody's voice is looked at before the number or a yes allows it, so nobody is known.
            self._offers.unknown = True
        self._start()

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
        item = _Spoke(turn, self._dialogue.stage.waits_for_caller, self._loop.time())
        # First of all, so that it is dealt with whatever becomes of the rest.
        self._inbox.put_nowait(item)
        if (await self._read(item)).answer is Answer.WITHDRAW and not self._ended.is_set():
            # Now, not when the actor comes to it: the agent is about to answer these words itself.
            with contextlib.suppress(AgentError):
                await self._call.agent.take_floor()

    async def _read(self, item: _Spoke) -> Reading:
        if item.reading is None and item.turn.speaker == "caller":
            item.reading = await read(item.turn.text, self._language, asked=item.asked)
        return item.reading or Reading()

    async def end(self) -> None:
        """The call is over: finish what must be, then drop everything."""
        if self._listener is not None:
            self._listener.close()
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
        return isinstance(item, _Spoke) and (await self._read(item)).answer is Answer.WITHDRAW

    async def _prepare(self) -> None:
        """What the number says: who may be calling, and who does not want to be asked, or recognised."""
        candidates = await self._shared.hooks.call_first("voiceprint_candidates", call=self._call)
        link, records = self._phone_link, self._shared.records
        if link is not None:
            try:
                self._offers.heed(await records.refusal(link), self._shared.clock())
                if await records.refusal(suspension_of(link)) is not None:
                    self._offers.refused = True
                    self._stop_listening()
                    return
                if candidates is None:
                    candidates = await records.ids_by_phone(link)
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
        await self._known.retract()
        self._listen_as_far_as_consent_goes()
        if self._dialogue.stage.waits_for_caller:
            self._waiting_since = self._loop.time()
        self._schedule_offer()

    async def _spoke(self, item: _Spoke) -> None:
        turn, reading = item.turn, await self._read(item)
        if turn.speaker == "caller":
            if reading.answer is Answer.WITHDRAW:
                await self._withdraw()
                return
            collecting = self._dialogue.stage is Stage.COLLECTING
            if self._dialogue.stage.waits_for_caller or (collecting and reading.answer in _REFUSALS):
                await self._dialogue.heard(turn, reading.answer, item.received_at)
                return
        self._offers.note(turn, reading)
        self._turns.append(turn)
        del self._turns[:-_MAX_TURNS]

    async def _identified(self, item: Identified) -> None:
        found = item.identification
        if self._tracker is None or item.voice != self._tracker.voice:
            return  # of somebody who has handed the phone on since
        self._decision = found.decision
        self._note_decision(
            net_speech_seconds=round(found.net_speech_seconds, 2), latency_ms=round(1000 * item.latency, 1)
        )
        if found.decision is Decision.RECOGNISED and found.caller_id is not None:
            if await self._recognised(found.caller_id, item):
                return
            # Erased or withdrawn by another worker a moment ago.
            self._decision = Decision.UNKNOWN
            self._note_decision()
        if not self._offers.withdrawn:
            self._offers.unknown = self._decision is Decision.UNKNOWN
        await self._shared.hooks.call_all("voiceprint_unknown", call=self._call)

    async def _recognised(self, caller_id: str, item: Identified) -> bool:
        """Greet a caller, or erase them if they asked for it; false if there is no such caller."""
        self._recognised_id = caller_id
        self._offers.unknown = False
        if self._offers.withdrawn:
            if item.since > self._withdrawn_at:
                # Who asked to be forgotten was somebody else, who had the phone before.
                self._recognised_id = None
                return False
            await self._withdrawal.erase(caller_id, speak=not self._ended.is_set())
            self._forget_call()
            return True
        try:
            caller = await self._shared.records.get(caller_id)
        except StorageError as exc:
            log_failure(self._call.id, "a recognised caller could not be read yet", exc)
            self._loop.call_later(_RETRY_SECONDS, self._inbox.put_nowait, item)
            return True
        if caller is None or not self._shared.follower.live(caller):
            self._recognised_id = None
            return False
        if not self._dialogue.stage.over:
            await self._dialogue.abandon()
        tracker, voice = self._tracker, item.voice
        await self._known.greet(caller, lambda: tracker is not None and tracker.voice == voice)
        return True

    async def _voice_switched(self) -> None:
        """Another person: what is personal goes, and so does the memory of who spoke before."""
        self._decision = Decision.PENDING
        self._note_decision()
        self._recognised_id = None
        self._offers.unknown = False
        await self._dialogue.voice_changed()
        if self._known.caller is not None:
            await self._known.remember(self._turns_before_the_switch())
            self._known.forget()
            await self._known.retract()
        self._turns.clear()

    def _turns_before_the_switch(self) -> list[Turn]:
        """All but the caller's last two turns: a switch is noticed some seconds after it happened."""
        spoken = [index for index, turn in enumerate(self._turns) if turn.speaker == "caller"]
        return self._turns[: spoken[-2]] if len(spoken) > 2 else []

    async def _enrolled(self, caller: Caller) -> None:
        self._recognised_id = caller.caller_id
        self._known.adopt(caller)
        hooks = self._shared.hooks
        await hooks.call_all("voiceprint_consent", call=self._call, record=caller.consents[0])
        await hooks.call_all("voiceprint_enrolled", call=self._call, caller=caller)

    async def _withdraw(self) -> None:
        if self._tracker is not None:
            self._withdrawn_at = self._tracker.net_speech_seconds
        self._offers.withdrawn = True
        # The floor, which was taken when the words came in, is given back after the confirmation.
        await self._dialogue.abandon(keep_floor=True)
        speak = not self._ended.is_set()
        try:
            if self._recognised_id is None:
                # Listening goes on: when the voice is recognised after all, it is erased then.
                await self._withdrawal.request(speak=speak)
            else:
                await self._withdrawal.erase(self._recognised_id, speak=speak)
                self._forget_call()
        finally:
            with contextlib.suppress(AgentError):
                await self._call.agent.yield_floor()

    def _forget_call(self) -> None:
        """After an erasure: nothing of this call is kept or listened to any more."""
        self._recognised_id = None
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
        except Exception as exc:  # noqa: BLE001 - a host's errors may hold what P15 keeps out of the log
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

    # Listening

    def _listen(self) -> None:
        shared = self._shared
        self._tracker = VoiceTracker(shared.gallery, shared.rule, self._emit)
        self._tracker.known = self._candidates
        self._dialogue.tracker = self._tracker
        self._listener = Listener(shared.engine.encoder.window, self._tracker, shared.engine.announce)

    def _listen_as_far_as_consent_goes(self) -> None:
        """Where only a yes allows listening, it begins with the yes and ends when it is taken back."""
        if self._listener is None and self._dialogue.consented and not self._offers.withdrawn:
            self._listen()
            self._listens_by_consent = True
        elif self._listens_by_consent and not self._dialogue.consented and self._known.caller is None:
            self._listens_by_consent = False
            self._stop_listening()

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
            if isinstance(item, VoiceSwitched):
                await self._voice_switched()
            elif item is not None and await self._to_its_end(item):
                await self._withdraw()  # "Forget my voice", and the receiver is down: it counts
            elif isinstance(item, _Spoke):
                self._turns.append(item.turn)
        await self._known.remember(self._turns)

    def _drop(self) -> None:
        self._stop_listening()
        if self._offer_timer is not None:
            self._offer_timer.cancel()
        self._turns.clear()
        self._known.caller = self._known.session = None
        self._recognised_id = None
        self._candidates = frozenset()
        self._dialogue.drop()
        while not self._inbox.empty():
            self._inbox.get_nowait()

    def _note_decision(self, **evidence: float) -> None:
        # For the host: what is decided and on how much speech, never how alike.
        if self._known.session is not None:
            self._known.session.metadata["voiceprint"] = {"decision": self._decision.value, **evidence}


def _language_of(call: Call, default: str) -> str:
    """The call's language, if what the platform says is a language tag."""
    given = str(call.parameters.get("language", ""))
    return given if _LANGUAGE_TAG.fullmatch(given) else default
