"""The consent dialogue's state machine: whatever happens, no enrollment without a heard question."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opusagent_voiceprint.consent import Answer
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

LINES = [
    "question",
    "reprompt",
    "explanation",
    "ask_name",
    "enrolled_ask_memory",
    "memory_reprompt",
    "failed",
]

EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.just(Offered()),
    st.builds(Said, st.sampled_from(LINES), st.booleans()),
    st.builds(
        Answered,
        st.sampled_from(Answer),
        st.sampled_from(["yes", "no", "hm"]),
        st.sampled_from([None, "Ada"]),
    ),
    st.just(NoAnswer()),
    st.just(SpeechReady()),
    st.builds(Enrolled, st.booleans()),
    st.builds(MemoryStored, st.booleans()),
    st.just(VoiceChanged()),
)


def play(*events: Event) -> tuple[ConsentState, list[Action]]:
    state, actions = ConsentState(), []
    for event in events:
        state, now = transition(state, event)
        actions += now
    return state, actions


ASKED = (Offered(), Said("question", completed=True))
YES = Answered(Answer.YES, "yes please")
NAMED = Answered(Answer.UNCLEAR, "Ada", "Ada")


@settings(max_examples=2000, deadline=None)
@given(st.lists(EVENTS, max_size=14))
def test_p6_nothing_is_enrolled_but_after_a_yes_to_a_question_heard_to_its_end(events: list[Event]) -> None:
    state, heard, yes = ConsentState(), False, False
    for event in events:
        before = state
        state, actions = transition(state, event)
        if any(isinstance(action, Say) and action.line == "question" for action in actions):
            heard = False
        if before.stage is Stage.ASKING and isinstance(event, Said):
            heard = event.completed
        if before.stage is Stage.ASKED and isinstance(event, Answered) and event.answer is Answer.YES:
            yes = heard
        if isinstance(event, VoiceChanged) and before.stage not in (Stage.STORING, Stage.ENROLLED):
            yes = yes and before.stage not in (Stage.ASKING, Stage.ASKED, Stage.NAMING, Stage.COLLECTING)
        if any(isinstance(action, Enroll) for action in actions):
            assert heard
            assert yes


@settings(max_examples=1000, deadline=None)
@given(st.lists(EVENTS, max_size=14))
def test_p5_memory_is_granted_only_by_its_own_yes_after_its_own_question(events: list[Event]) -> None:
    state = ConsentState()
    for event in events:
        before = state
        state, actions = transition(state, event)
        if any(isinstance(action, GrantMemory) for action in actions):
            assert before.stage is Stage.MEMORY_ASKED
            assert before.played
            assert isinstance(event, Answered)
            assert event.answer is Answer.YES


@settings(max_examples=1000, deadline=None)
@given(st.lists(EVENTS, max_size=20))
def test_the_question_is_put_twice_at_most_and_every_end_gives_the_floor_back(events: list[Event]) -> None:
    state, questions, floor = ConsentState(), 0, False
    for event in events:
        was_over = state.stage.over
        state, actions = transition(state, event)
        if was_over:
            assert actions == ()
        for action in actions:
            questions += isinstance(action, Say) and action.line == "question"
            if isinstance(action, TakeFloor):
                floor = True
            if isinstance(action, YieldFloor):
                floor = False
    assert questions <= 2
    if state.stage.over:
        assert not floor


@settings(max_examples=500, deadline=None)
@given(st.lists(EVENTS, max_size=14))
def test_p6_a_refusal_is_remembered_only_when_there_was_one(events: list[Event]) -> None:
    state = ConsentState()
    for event in events:
        state, actions = transition(state, event)
        for action in actions:
            if isinstance(action, Refuse):
                assert isinstance(event, Answered)
                assert event.answer in (Answer.NO, Answer.NOT_NOW, Answer.NEVER)
                assert action.forever == (event.answer is Answer.NEVER)


def test_the_way_through() -> None:
    state, actions = play(
        *ASKED,
        YES,
        NAMED,
        SpeechReady(),
        Enrolled(True),
        Said("enrolled_ask_memory", True),
        YES,
        MemoryStored(True),
    )
    assert state.stage is Stage.ENROLLED
    assert [action for action in actions if isinstance(action, (Enroll, GrantMemory))] == [
        Enroll("Ada", "yes please"),
        GrantMemory("yes please"),
    ]


@pytest.mark.parametrize("stage", ["asking", "asked", "naming"])
@pytest.mark.parametrize(
    ("answer", "end"),
    [
        (Answer.NO, Stage.DECLINED),
        (Answer.NOT_NOW, Stage.DECLINED),
        (Answer.NEVER, Stage.NEVER),
        (Answer.MINOR, Stage.EXCLUDED),
        (Answer.THIRD_PARTY, Stage.EXCLUDED),
    ],
)
def test_a_refusal_counts_at_every_moment(stage: str, answer: Answer, end: Stage) -> None:
    before = {"asking": [Offered()], "asked": [*ASKED], "naming": [*ASKED, YES]}[stage]
    state, actions = play(*before, Answered(answer, "no"))
    assert state.stage is end
    assert not any(isinstance(action, Enroll) for action in actions)


@pytest.mark.parametrize("first", [Answer.UNCLEAR, Answer.REPEAT])
def test_one_reprompt_and_then_the_agent_answers(first: Answer) -> None:
    state, actions = play(*ASKED, Answered(first), Said("question", True), Answered(Answer.UNCLEAR))
    assert state.stage is Stage.UNANSWERED
    assert actions[-1] == YieldFloor(reply=True)


def test_a_store_that_failed_is_said_and_memory_is_not_asked_for() -> None:
    state, actions = play(*ASKED, YES, NAMED, SpeechReady(), Enrolled(False))
    assert state.stage is Stage.FAILED
    assert actions[-2:] == [Say("failed"), YieldFloor()]


@pytest.mark.parametrize("line", ["two_voices", "agents_voice"])
def test_a_voice_that_could_not_be_enrolled_is_said_with_the_reason(line: Line) -> None:
    state, actions = play(*ASKED, YES, NAMED, SpeechReady(), Enrolled(False, otherwise=line))
    assert state.stage is Stage.FAILED
    assert actions[-2:] == [Say(line), YieldFloor()]


def test_silence_is_not_an_answer() -> None:
    state, _ = play(*ASKED, NoAnswer(), NoAnswer())
    assert state.stage is Stage.UNANSWERED
    _, actions = play(*ASKED, YES, NoAnswer())
    assert actions[-1] == Enroll(None, "yes please")
