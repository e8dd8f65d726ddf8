"""The question about the voiceprint, from its first word to the stored caller; and the one about recognition.

The latter goes the same way up to its answer, in words of its own, and its yes leads to no enrollment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from opusagent_voiceprint.consent.events import (
    Answered,
    Enroll,
    Enrolled,
    Event,
    NoAnswer,
    Refuse,
    Said,
    Say,
    SpeechReady,
    TakeFloor,
    YieldFloor,
)
from opusagent_voiceprint.consent.grammar import Answer
from opusagent_voiceprint.consent.states import ConsentState, Line, Stage
from opusagent_voiceprint.consent.steps import Step, at, settled

__all__ = ["asked", "collecting", "comparing", "granted", "offered", "put_off", "put_question", "storing"]

_SPOKEN: Final[Mapping[Stage, Line]] = {Stage.EXPLAINED: "explanation", Stage.REPROMPTED: "reprompt"}
_ABOUT_RECOGNITION: Final[Mapping[Line, Line]] = {
    "question": "recognition_question",
    "explanation": "recognition_explanation",
    "reprompt": "recognition_reprompt",
    "declined": "recognition_declined",
    "minor": "recognition_declined",
    "third_party": "recognition_declined",
    "never_again": "recognition_never_again",
}


def put_question(state: ConsentState, *, recognition: bool) -> Step:
    """Have the question spoken; ``recognition``: the one about being recognised on this call."""
    asking = replace(state, recognition=recognition)
    return at(asking, Stage.OFFERED, TakeFloor(), _say(asking, "question"))


def _say(state: ConsentState, line: Line) -> Say:
    return Say(_words(state, line))


def _words(state: ConsentState, line: Line) -> Line:
    """The line, of the question that is put."""
    return _ABOUT_RECOGNITION[line] if state.recognition else line


def offered(state: ConsentState, event: Event) -> Step:
    """The question is being spoken. A no counts at once, a yes never does."""
    match event:
        case Said(line, completed=True) if line == _words(state, "question"):
            return at(replace(state, played=True, heard=True), Stage.ASKED)
        case Answered():
            return _refusal(state, event) or _ask_again(state, Stage.OFFERED, "question")
        case NoAnswer():
            return _ask_again(state, Stage.OFFERED, "question")
    return state, ()  # cut short: what the caller said comes next


def asked(state: ConsentState, event: Event) -> Step:
    """The whole question was heard."""
    match event:
        case Said(line, completed=True) if line == _spoken(state):
            return replace(state, heard=True), ()
        case NoAnswer():
            return _ask_again(state, Stage.REPROMPTED, "reprompt")
        case Answered():
            return _refusal(state, event) or _asked_and_not_refused(state, event)
    return state, ()


def _spoken(state: ConsentState) -> Line | None:
    """The line after the question that has to be heard to its end, too."""
    line = _SPOKEN.get(state.stage)
    return None if line is None else _words(state, line)


def _asked_and_not_refused(state: ConsentState, event: Answered) -> Step:
    if event.answer is Answer.YES and state.played and state.heard and event.text:
        granted = replace(state, answer=event.text, asked_again=False)
        if state.recognition:
            return at(granted, Stage.COMPARING, Say("recognition_granted"), YieldFloor())
        return at(granted, Stage.GRANTED, Say("ask_name"))
    if event.answer is Answer.EXPLAIN and not state.explained:
        return at(replace(state, explained=True, heard=False), Stage.EXPLAINED, _say(state, "explanation"))
    if event.answer is Answer.REPEAT:
        return _ask_again(replace(state, played=False), Stage.OFFERED, "question")
    return _ask_again(state, Stage.REPROMPTED, "reprompt")


def _ask_again(state: ConsentState, stage: Stage, line: Line) -> Step:
    """Once; after that the agent simply answers whatever the caller said."""
    if state.asked_again:
        return settled(state, Stage.UNANSWERED, YieldFloor(reply=True))
    return at(replace(state, asked_again=True, heard=False), stage, _say(state, line))


def _refusal(state: ConsentState, event: Answered) -> Step | None:
    match event.answer:
        case Answer.NEVER:
            told = Refuse(forever=True), _say(state, "never_again"), YieldFloor()
            return settled(state, Stage.NEVER, *told)
        case Answer.NO:
            return settled(
                state, Stage.DECLINED, Refuse(forever=False), _say(state, "declined"), YieldFloor()
            )
        case Answer.NOT_NOW:
            return settled(state, Stage.SNOOZED, Refuse(forever=False), _say(state, "declined"), YieldFloor())
        case Answer.MINOR:
            return settled(state, Stage.EXCLUDED, _say(state, "minor"), YieldFloor())
        case Answer.THIRD_PARTY:
            return settled(state, Stage.EXCLUDED, _say(state, "third_party"), YieldFloor())
    return None


def put_off(state: ConsentState, event: Event) -> Step:
    """The caller asked to wait: a no in the next words is remembered, and the agent answers all of them."""
    if not isinstance(event, Answered):
        return state, ()
    if (refusal := _refusal(state, event)) is None:
        return settled(state, Stage.UNANSWERED)
    after, actions = refusal
    return after, tuple(each for each in actions if isinstance(each, Refuse))


def comparing(state: ConsentState, event: Event) -> Step:
    """The voice is compared: an ordinary no takes the yes back."""
    return (_refusal(state, event) if isinstance(event, Answered) else None) or (state, ())


def granted(state: ConsentState, event: Event) -> Step:
    """The name is asked for."""
    match event:
        case NoAnswer():
            return _collect(state, None)
        case Answered(name=name):
            # Whoever says no, even with a name, may mean the name or everything; the cautious reading wins.
            if (refusal := _refusal(state, event)) is not None:
                return refusal
            if name is not None or state.asked_again:
                return _collect(state, name)
            return replace(state, asked_again=True), (Say("ask_name_again"),)
    return state, ()


def _collect(state: ConsentState, name: str | None) -> Step:
    return at(replace(state, name=name), Stage.COLLECTING, Enroll(name, state.answer, state.renews))


def collecting(state: ConsentState, event: Event) -> Step:
    """Speech is awaited."""
    match event:
        case SpeechReady():
            return at(state, Stage.STORING)
        case Answered():
            # Until it is stored, the yes can be taken back by an ordinary no.
            return _refusal(state, event) or (state, ())
    return state, ()


def storing(state: ConsentState, event: Event) -> Step:
    """The store has it."""
    match event:
        case Enrolled(stored=True):
            asking = replace(state, played=False, heard=False, asked_again=False)
            return at(asking, Stage.MEMORY_OFFERED, TakeFloor(), Say("enrolled_ask_memory"))
        case Enrolled(otherwise=line):
            return settled(state, Stage.FAILED, Say(line), YieldFloor())
    return state, ()
