"""The consent dialogue as a pure state machine: (state, event) to (state, actions).

Nothing here speaks, listens or stores; whoever runs the call carries the actions out and feeds what happened
back as events. The one promise it has to keep: :class:`Enroll` follows only an express yes to a question that
was played to its end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from opusagent_voiceprint.consent.events import (
    Action,
    Answered,
    Emergency,
    Enroll,
    Enrolled,
    Erase,
    Event,
    GrantMemory,
    HungUp,
    MemoryStored,
    NoAnswer,
    NumberSuspended,
    Offered,
    PolicyChanged,
    PutOff,
    Refuse,
    RefusedBefore,
    RetentionOver,
    Said,
    Say,
    SpeechReady,
    Stopped,
    Suspend,
    TakeFloor,
    VoiceChanged,
    Withdrew,
    YieldFloor,
)
from opusagent_voiceprint.consent.grammar import Answer
from opusagent_voiceprint.consent.memory_question import memory_asked, memory_offered, storing_memory
from opusagent_voiceprint.consent.question import (
    asked,
    collecting,
    comparing,
    granted,
    offered,
    put_off,
    put_question,
    storing,
)
from opusagent_voiceprint.consent.states import ConsentState, Line, Stage
from opusagent_voiceprint.consent.steps import Step, at, settled

__all__ = [
    "Action",
    "Answered",
    "ConsentState",
    "Emergency",
    "Enroll",
    "Enrolled",
    "Erase",
    "Event",
    "GrantMemory",
    "HungUp",
    "Line",
    "MemoryStored",
    "NoAnswer",
    "NumberSuspended",
    "Offered",
    "PolicyChanged",
    "PutOff",
    "Refuse",
    "RefusedBefore",
    "RetentionOver",
    "Said",
    "Say",
    "SpeechReady",
    "Stage",
    "Step",
    "Stopped",
    "Suspend",
    "TakeFloor",
    "VoiceChanged",
    "Withdrew",
    "YieldFloor",
    "transition",
]

_AFTER_STORING = frozenset(
    {Stage.MEMORY_OFFERED, Stage.MEMORY_ASKED, Stage.MEMORY_REPROMPTED, Stage.STORING_MEMORY}
)
_ASKED_ON_REQUEST = frozenset(
    {
        Stage.PUT_OFF,
        Stage.COMPARING,
        Stage.ENROLLED,
        Stage.DECLINED,
        Stage.SNOOZED,
        Stage.NEVER,
        Stage.UNANSWERED,
        Stage.FAILED,
    }
)
"""Ends after which whoever wants to be asked is. The other ends hold for the whole call."""
_OPEN_TO_A_NO = frozenset({Stage.PUT_OFF, Stage.COMPARING})
"""Ends after which a no still counts, though the agent has the floor."""
_REFUSALS = {Answer.NO: Stage.DECLINED, Answer.NOT_NOW: Stage.SNOOZED, Answer.NEVER: Stage.NEVER}


def transition(state: ConsentState, event: Event) -> Step:
    """The next state and what is to be done for any event in any state. What does not fit changes nothing."""
    match event:
        case Withdrew():
            return _withdrew(state, event.recognised)
        case Answered(answer=Answer.WITHDRAW):
            return _withdrew(state, recognised=False)
        case Emergency():
            return _emergency(state, event)
        case PutOff():
            return _put_off(state)
        case VoiceChanged():
            return _voice_changed(state)
        case Stopped() | HungUp():
            return _broken_off(state, stored=event.stored)
        case Offered(requested=True) if state.stage in _ASKED_ON_REQUEST:
            return put_question(ConsentState(renews=state.renews), recognition=False)
    handler = _HANDLERS.get(state.stage)
    return handler(state, event) if handler else (state, ())


# Before the question


def _unasked(state: ConsentState, event: Event) -> Step:
    match event:
        case Offered(requested, recognition):
            return put_question(state, recognition=recognition and not (requested or state.renews))
        case RefusedBefore(forever):
            return at(state, Stage.NEVER if forever else Stage.DECLINED)
        case NumberSuspended():
            return at(state, Stage.SUSPENDED)
        case PolicyChanged():
            return at(replace(state, renews=True), Stage.RECONSENT)
        case RetentionOver() if state.stage is Stage.IDLE:
            return at(state, Stage.EXPIRED)
    return state, ()


def _remembered_no(state: ConsentState, event: Event) -> Step:
    """What the store says of the number may come in later than the first of it."""
    match event:
        case NumberSuspended():
            return at(state, Stage.SUSPENDED)
        case PolicyChanged():
            return replace(state, renews=True), ()
    return state, ()


# In any state


def _withdrew(state: ConsentState, recognised: bool) -> Step:
    """At once, whatever is being said, and without a second question."""
    if recognised:
        return settled(state, Stage.WITHDRAWN, Erase(), YieldFloor())
    return settled(state, Stage.SUSPENDED, Suspend(), YieldFloor())


def _emergency(state: ConsentState, event: Emergency) -> Step:
    """Nothing more is said or asked: the agent answers. A no in the same words is remembered all the same."""
    under_way = state.stage.under_way
    let_go = (YieldFloor(reply=True),) if under_way else ()
    if event.answer is Answer.WITHDRAW:
        return _withdrew(state, recognised=False)
    if not under_way and state.stage not in _OPEN_TO_A_NO:
        return state, ()
    if under_way and (event.stored or state.stage in _AFTER_STORING):
        return at(state, Stage.ENROLLED, *let_go)
    if event.answer in _REFUSALS:
        forever = event.answer is Answer.NEVER
        return settled(state, _REFUSALS[event.answer], *let_go, Refuse(forever))
    if event.answer in (Answer.MINOR, Answer.THIRD_PARTY):
        return settled(state, Stage.EXCLUDED, *let_go)
    if state.stage in (Stage.COLLECTING, Stage.COMPARING):
        return state, ()  # the agent has the floor, and the yes that was given stands
    return settled(state, Stage.UNANSWERED, *let_go)


def _put_off(state: ConsentState) -> Step:
    """Nobody is pressed for an answer meanwhile."""
    if state.stage in (Stage.MEMORY_OFFERED, Stage.MEMORY_ASKED, Stage.MEMORY_REPROMPTED):
        return at(state, Stage.ENROLLED, YieldFloor(reply=True))
    if state.stage.waits_for_caller and state.stage is not Stage.GRANTED:
        return settled(state, Stage.PUT_OFF, YieldFloor(reply=True))
    return state, ()


def _voice_changed(state: ConsentState) -> Step:
    """Whoever answers now is not who was asked: nothing they say counts, and nothing is stored."""
    if state.stage in (Stage.MEMORY_OFFERED, Stage.MEMORY_ASKED, Stage.MEMORY_REPROMPTED):
        return settled(state, Stage.ENROLLED, YieldFloor(reply=True))
    if state.stage is Stage.ENROLLED:
        return settled(state, Stage.ENROLLED)
    if state.stage in _OPEN_TO_A_NO:
        return settled(state, Stage.UNANSWERED)  # who speaks now was not asked, and did not say yes
    if state.stage.waits_for_caller or state.stage is Stage.COLLECTING:
        return settled(state, Stage.UNANSWERED, YieldFloor(reply=True))
    return state, ()


def _broken_off(state: ConsentState, *, stored: bool) -> Step:
    if state.stage is Stage.PUT_OFF:
        return settled(state, Stage.UNANSWERED)
    if not state.stage.under_way:
        return state, ()
    if stored or state.stage in _AFTER_STORING:
        return at(state, Stage.ENROLLED, YieldFloor())
    return settled(state, Stage.UNANSWERED, YieldFloor())


_HANDLERS: dict[Stage, Callable[[ConsentState, Event], Step]] = {
    Stage.IDLE: _unasked,
    Stage.EXPIRED: _unasked,
    Stage.RECONSENT: _unasked,
    Stage.DECLINED: _remembered_no,
    Stage.NEVER: _remembered_no,
    Stage.OFFERED: offered,
    Stage.ASKED: asked,
    Stage.EXPLAINED: asked,
    Stage.REPROMPTED: asked,
    Stage.PUT_OFF: put_off,
    Stage.COMPARING: comparing,
    Stage.GRANTED: granted,
    Stage.COLLECTING: collecting,
    Stage.STORING: storing,
    Stage.MEMORY_OFFERED: memory_offered,
    Stage.MEMORY_ASKED: memory_asked,
    Stage.MEMORY_REPROMPTED: memory_asked,
    Stage.STORING_MEMORY: storing_memory,
}
