"""The question about notes, which follows a stored voiceprint and is a consent of its own."""

from __future__ import annotations

from dataclasses import replace

from opusagent_voiceprint.consent.events import (
    Answered,
    Event,
    GrantMemory,
    MemoryStored,
    NoAnswer,
    Said,
    Say,
    YieldFloor,
)
from opusagent_voiceprint.consent.grammar import Answer
from opusagent_voiceprint.consent.states import ConsentState, Line, Stage
from opusagent_voiceprint.consent.steps import Step, at

__all__ = ["memory_asked", "memory_offered", "storing_memory"]


def memory_offered(state: ConsentState, event: Event) -> Step:
    """The question is being spoken."""
    match event:
        case Said("enrolled_ask_memory", completed=True):
            return at(replace(state, played=True, heard=True), Stage.MEMORY_ASKED)
        case Answered() | NoAnswer():
            # The voiceprint is settled; a question that was talked over is not pressed.
            reply = isinstance(event, Answered) and event.answer is Answer.UNCLEAR
            return at(state, Stage.ENROLLED, YieldFloor(reply=reply))
    return state, ()


def memory_asked(state: ConsentState, event: Event) -> Step:
    """The whole question was heard."""
    match event:
        case Said("memory_reprompt", completed=True) if state.stage is Stage.MEMORY_REPROMPTED:
            return replace(state, heard=True), ()
        case NoAnswer():
            return at(state, Stage.ENROLLED, YieldFloor())
        case Answered(Answer.YES, text=answer) if state.played and state.heard and answer:
            return at(state, Stage.STORING_MEMORY, GrantMemory(answer))
        case Answered(Answer.UNCLEAR | Answer.REPEAT | Answer.EXPLAIN) if not state.asked_again:
            again = replace(state, asked_again=True, heard=False)
            return at(again, Stage.MEMORY_REPROMPTED, Say("memory_reprompt"))
        case Answered(Answer.UNCLEAR):
            return at(state, Stage.ENROLLED, YieldFloor(reply=True))
        case Answered():
            return at(state, Stage.ENROLLED, Say("memory_declined"), YieldFloor())
    return state, ()


def storing_memory(state: ConsentState, event: Event) -> Step:
    """The store has it."""
    match event:
        case MemoryStored(stored):
            line: Line = "memory_granted" if stored else "memory_failed"
            return at(state, Stage.ENROLLED, Say(line), YieldFloor())
    return state, ()
