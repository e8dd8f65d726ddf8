"""The consent dialogue's state machine: whatever happens, no enrollment without a heard question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from consent_states import EVENTS, every_state
from hypothesis import given, settings
from hypothesis import strategies as st
from utterances.tables import LANGUAGES, tables

from opusagent_voiceprint.consent import Answer, interpret
from opusagent_voiceprint.consent.machine import (
    Action,
    Answered,
    ConsentState,
    Emergency,
    Enroll,
    Enrolled,
    Erase,
    Event,
    GrantMemory,
    HungUp,
    Line,
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
    Stage,
    Stopped,
    Suspend,
    TakeFloor,
    VoiceChanged,
    Withdrew,
    YieldFloor,
    transition,
)

ASKED = (Offered(), Said("question", completed=True))
RECOGNITION_ASKED = (Offered(recognition=True), Said("recognition_question", completed=True))
YES = Answered(Answer.YES, "yes please")
NO = Answered(Answer.NO, "no")
UNCLEAR = Answered(Answer.UNCLEAR, "hm")
NAMED = Answered(Answer.UNCLEAR, "Ada", "Ada")
AGREED = (*ASKED, YES, NAMED)
STORED = (*AGREED, SpeechReady(), Enrolled(stored=True))
COMPARED = (*RECOGNITION_ASKED, YES)
REFUSING = (Answer.NO, Answer.NOT_NOW, Answer.NEVER, Answer.MINOR, Answer.THIRD_PARTY)

HISTORIES = st.lists(st.sampled_from(EVENTS), max_size=16)


def play(*events: Event) -> tuple[ConsentState, list[Action]]:
    state, actions = ConsentState(), []
    for event in events:
        state, now = transition(state, event)
        actions += now
    return state, actions


def likely(*events: Event) -> st.SearchStrategy[list[Event]]:
    """Histories that begin with these, so that what lies behind them is reached often."""
    return HISTORIES.map(lambda rest: [*events, *rest])


def steps(events: list[Event]) -> Iterator[tuple[ConsentState, Event, ConsentState, tuple[Action, ...]]]:
    state = ConsentState()
    for event in events:
        before = state
        state, actions = transition(state, event)
        yield before, event, state, actions


FROM_ANYWHERE = st.one_of(
    HISTORIES,
    likely(*ASKED),
    likely(*AGREED),
    likely(*STORED),
    likely(*RECOGNITION_ASKED),
    likely(*COMPARED),
    likely(*COMPARED, Offered(requested=True)),
)


@dataclass(frozen=True)
class Witness:
    """What somebody who hears both sides knows, from the events and what is said alone."""

    last_line: str | None = None
    last_heard: bool = False
    question_heard: bool = False
    yes: bool = False

    def sees(self, event: Event, actions: tuple[Action, ...]) -> Witness:
        now = self
        if isinstance(event, Said) and event.line == now.last_line and event.completed:
            asked = now.question_heard or event.line == "question"
            now = replace(now, last_heard=True, question_heard=asked)
        elif isinstance(event, Answered):
            whole = now.question_heard and now.last_heard and bool(event.text)
            now = replace(now, yes=(event.answer is Answer.YES and whole) or (now.yes and not refuses(event)))
        elif isinstance(event, (VoiceChanged, Withdrew, HungUp, Stopped, Emergency)):
            now = Witness()
        for action in actions:
            if isinstance(action, Say) and action.line in ("question", "explanation", "reprompt"):
                now = Witness(action.line, question_heard=now.question_heard and action.line != "question")
            elif isinstance(action, Say) and action.line.startswith("recognition_"):
                now = Witness()  # whatever is heard and said from here on is about something else
        return now


def refuses(event: Answered) -> bool:
    return event.answer in (
        Answer.NO,
        Answer.NOT_NOW,
        Answer.NEVER,
        Answer.MINOR,
        Answer.THIRD_PARTY,
        Answer.WITHDRAW,
    )


def enrolls_rightly(witness: Witness, state: ConsentState, actions: tuple[Action, ...]) -> bool:
    agreed = witness.question_heard and witness.yes and state.played and state.consented
    return agreed or not any(isinstance(action, Enroll) for action in actions)


@settings(max_examples=3000, deadline=None)
@given(FROM_ANYWHERE)
def test_p6_nothing_is_enrolled_but_after_a_yes_to_a_question_heard_to_its_end(events: list[Event]) -> None:
    witness = Witness()
    for _, event, state, actions in steps(events):
        witness = witness.sees(event, actions)
        assert enrolls_rightly(witness, state, actions)


def test_p6_and_that_is_so_in_every_state_that_there_is() -> None:
    # Not some sequences of events but all of them: there are finitely many states, with the witness's, too.
    start = ConsentState(), Witness()
    found, new, enrolled = {start}, [start], 0
    while new:
        state, witness = new.pop()
        for event in EVENTS:
            after, actions = transition(state, event)
            seen = witness.sees(event, actions)
            assert enrolls_rightly(seen, after, actions), (state, event)
            enrolled += any(isinstance(action, Enroll) for action in actions)
            if (after, seen) not in found:
                found.add((after, seen))
                new.append((after, seen))
    assert enrolled > 0
    assert {state for state, _ in found} == every_state()


@settings(max_examples=2000, deadline=None)
@given(FROM_ANYWHERE)
def test_p5_memory_is_granted_only_by_its_own_yes_after_its_own_question(events: list[Event]) -> None:
    for before, event, _, actions in steps(events):
        if any(isinstance(action, GrantMemory) for action in actions):
            assert before.stage in (Stage.MEMORY_ASKED, Stage.MEMORY_REPROMPTED)
            assert before.played
            assert before.heard
            assert isinstance(event, Answered)
            assert event.answer is Answer.YES


@settings(max_examples=2000, deadline=None)
@given(FROM_ANYWHERE)
def test_the_question_is_offered_once_put_twice_at_most_and_every_end_gives_the_floor_back(
    events: list[Event],
) -> None:
    offers, questions, floor = 0, 0, False
    for before, event, state, actions in steps(events):
        if before.stage.over and not isinstance(event, (Offered, Withdrew)):
            assert actions == () or is_withdrawal(event) or still_refuses(before, event)
        if isinstance(event, Offered) and actions:
            assert before.stage.unasked or event.requested
            questions = 0
            offers += not event.requested
        for action in actions:
            questions += isinstance(action, Say) and action.line == "question"
            floor = (floor or isinstance(action, TakeFloor)) and not isinstance(action, YieldFloor)
        assert questions <= 2
        if state.stage.over:
            assert not floor
    assert offers <= 1


@settings(max_examples=1000, deadline=None)
@given(FROM_ANYWHERE)
def test_p6_p7_a_refusal_is_remembered_only_when_there_was_one(events: list[Event]) -> None:
    for _, event, _, actions in steps(events):
        for action in actions:
            if isinstance(action, Refuse):
                assert isinstance(event, (Answered, Emergency))
                assert event.answer in (Answer.NO, Answer.NOT_NOW, Answer.NEVER)
                assert action.forever == (event.answer is Answer.NEVER)


def test_the_states_are_all_reached_and_each_says_what_it_means() -> None:
    assert {state.stage for state in every_state()} == set(Stage)
    assert all(stage.meaning for stage in Stage)
    assert [stage for stage in Stage if stage.unasked + stage.under_way + stage.over != 1] == []


def test_p6_no_yes_and_no_name_outlives_the_end_of_a_consent() -> None:
    for state in every_state():
        if state.stage.over and state.stage not in (Stage.ENROLLED, Stage.COMPARING):
            assert not state.consented
            assert state.name is None


KEEPS = (Enroll, GrantMemory)


@settings(max_examples=3000, deadline=None)
@given(FROM_ANYWHERE)
def test_p3_p6_a_yes_to_the_recognition_question_enrolls_nobody_whatever_happens(events: list[Event]) -> None:
    about_recognition = False
    for _, event, state, actions in steps(events):
        for action in actions:
            if isinstance(action, Say) and action.line in ("question", "recognition_question"):
                about_recognition = action.line == "recognition_question"
        if about_recognition and not isinstance(event, Withdrew):
            assert not any(isinstance(action, KEEPS) for action in actions)
            assert not any(isinstance(action, Say) and action.line == "ask_name" for action in actions)
            assert state.name is None


def test_p3_p6_and_that_is_so_in_every_state_that_there_is() -> None:
    stages = set()
    for state in (each for each in every_state() if each.recognition):
        stages.add(state.stage)
        assert state.consented is (state.stage is Stage.COMPARING)
        for event in EVENTS:
            after, actions = transition(state, event)
            if not isinstance(event, Withdrew):
                assert not any(isinstance(action, KEEPS) for action in actions), (state, event)
            put = [action for action in actions if action == Say("question")]
            assert after.recognition or after.stage.over or put, (state, event)
    under_way = {Stage.OFFERED, Stage.ASKED, Stage.EXPLAINED, Stage.REPROMPTED}
    # Enrolled: where the call had stored a caller before.
    assert stages == {*under_way, Stage.COMPARING, Stage.ENROLLED}


@settings(max_examples=2000, deadline=None)
@given(FROM_ANYWHERE)
def test_p1_a_voice_is_listened_to_only_after_a_yes_to_a_question_heard_to_its_end(
    events: list[Event],
) -> None:
    heard = False
    for before, event, state, actions in steps(events):
        if isinstance(event, Said) and event.completed and before.stage is Stage.OFFERED:
            heard |= event.line == ("recognition_question" if before.recognition else "question")
        if state.consented and not before.consented:
            assert heard
            assert before.heard
            assert isinstance(event, Answered)
            assert event.answer is Answer.YES
        if any(isinstance(action, TakeFloor) for action in actions) and state.stage is Stage.OFFERED:
            heard = False


def test_p1_a_yes_to_the_recognition_question_lets_the_voice_be_compared_and_the_agent_goes_on() -> None:
    state, actions = play(*COMPARED)
    assert state.stage is Stage.COMPARING
    assert state.consented
    assert actions == [
        TakeFloor(),
        Say("recognition_question"),
        Say("recognition_granted"),
        YieldFloor(),
    ]
    # Nobody waits for an answer any more: whatever comes but another voice and a no changes nothing.
    for event in EVENTS:
        if isinstance(event, (VoiceChanged, Withdrew, Offered)) or is_withdrawal(event):
            continue
        after, actions = transition(state, event)
        if still_refuses(state, event):
            assert after.stage in (Stage.DECLINED, Stage.SNOOZED, Stage.NEVER, Stage.EXCLUDED)
            assert not after.consented
        else:
            assert (after, actions) == (state, ())


def is_withdrawal(event: Event) -> bool:
    return isinstance(event, (Answered, Emergency)) and event.answer is Answer.WITHDRAW


def still_refuses(state: ConsentState, event: Event) -> bool:
    """Whether it is a no that counts though the agent has the floor."""
    still_open = state.stage in (Stage.COMPARING, Stage.PUT_OFF)
    return still_open and isinstance(event, (Answered, Emergency)) and event.answer in REFUSING


@pytest.mark.parametrize("question", [ASKED, RECOGNITION_ASKED])
def test_p6_p7_after_a_hold_nobody_is_pressed_a_no_counts_and_a_yes_does_not(
    question: tuple[Event, ...],
) -> None:
    state, actions = play(*question, PutOff())
    assert state.stage is Stage.PUT_OFF
    assert actions[-1] == YieldFloor(reply=True)
    for event in (event for event in EVENTS if isinstance(event, Answered) and not is_withdrawal(event)):
        after, actions = transition(state, event)
        assert not after.consented
        if event.answer in (Answer.NO, Answer.NOT_NOW, Answer.NEVER):
            assert actions == (Refuse(forever=event.answer is Answer.NEVER),)
        else:
            assert actions == ()
            assert after.stage is (Stage.EXCLUDED if event.answer in REFUSING else Stage.UNANSWERED)


def test_a_hold_at_the_question_about_notes_ends_it_and_at_that_for_a_name_changes_nothing() -> None:
    state, actions = play(*AGREED, SpeechReady(), Enrolled(stored=True), PutOff())
    assert state.stage is Stage.ENROLLED
    assert actions[-1] == YieldFloor(reply=True)
    named, _ = play(*ASKED, YES)
    assert named.stage is Stage.GRANTED
    assert transition(named, PutOff()) == (named, ())


@pytest.mark.parametrize(
    ("before", "answer"),
    [
        ((Offered(recognition=True),), YES),
        ((Offered(recognition=True), Said("recognition_question", completed=False)), YES),
        ((Offered(recognition=True), Said("question", completed=True)), YES),
        (RECOGNITION_ASKED, Answered(Answer.YES, "")),
        ((*RECOGNITION_ASKED, UNCLEAR, Said("recognition_reprompt", completed=False)), YES),
        ((*RECOGNITION_ASKED, UNCLEAR, Said("reprompt", completed=True)), YES),
    ],
)
def test_p1_p6_a_yes_to_less_than_the_whole_recognition_question_is_none(
    before: tuple[Event, ...], answer: Event
) -> None:
    state, _ = play(*before, answer)
    assert not state.consented


def test_what_recognition_comes_to_is_explained_and_asked_again_in_its_own_words() -> None:
    _, actions = play(*RECOGNITION_ASKED, Answered(Answer.EXPLAIN, "what is that"))
    assert actions[-1] == Say("recognition_explanation")
    _, actions = play(*RECOGNITION_ASKED, UNCLEAR)
    assert actions[-1] == Say("recognition_reprompt")
    _, actions = play(*RECOGNITION_ASKED, Answered(Answer.REPEAT, "again"))
    assert actions[-1] == Say("recognition_question")


@pytest.mark.parametrize(
    ("answer", "end", "remembered", "line"),
    [
        (Answer.NO, Stage.DECLINED, [Refuse(forever=False)], "recognition_declined"),
        (Answer.NOT_NOW, Stage.SNOOZED, [Refuse(forever=False)], "recognition_declined"),
        (Answer.NEVER, Stage.NEVER, [Refuse(forever=True)], "recognition_never_again"),
        (Answer.MINOR, Stage.EXCLUDED, [], "recognition_declined"),
        (Answer.THIRD_PARTY, Stage.EXCLUDED, [], "recognition_declined"),
    ],
)
@pytest.mark.parametrize("before", [RECOGNITION_ASKED[:1], RECOGNITION_ASKED, (*RECOGNITION_ASKED, UNCLEAR)])
def test_p7_a_no_to_the_recognition_question_is_remembered_and_promises_nothing_about_a_voiceprint(
    before: tuple[Event, ...], answer: Answer, end: Stage, remembered: list[Action], line: Line
) -> None:
    already = play(*before)[1]
    state, actions = play(*before, Answered(answer, "no"))
    assert state == ConsentState(end)
    assert actions[len(already) :] == [*remembered, Say(line), YieldFloor()]


def test_p1_whoever_speaks_after_the_voice_that_said_yes_is_not_listened_to() -> None:
    state, _ = play(*COMPARED)
    assert transition(state, VoiceChanged()) == (ConsentState(Stage.UNANSWERED), ())


def test_p21_who_asks_to_be_remembered_is_asked_about_voiceprints_and_needs_a_yes_to_that() -> None:
    requested = Offered(requested=True, recognition=True)
    for before in ((), COMPARED, (*RECOGNITION_ASKED, NO)):
        state, actions = play(*before, requested)
        assert actions[-1] == Say("question")
        assert not state.consented
        _, actions = play(*before, requested, *ASKED[1:], YES, NAMED)
        assert actions[-1] == Enroll("Ada", "yes please")


def test_p11_where_a_consent_may_be_renewed_the_question_is_the_one_about_voiceprints() -> None:
    _, actions = play(PolicyChanged(), Offered(recognition=True))
    assert actions == [TakeFloor(), Say("question")]


def test_the_way_through() -> None:
    state, actions = play(*STORED, Said("enrolled_ask_memory", True), YES, MemoryStored(True))
    assert state.stage is Stage.ENROLLED
    assert [action for action in actions if isinstance(action, (Enroll, GrantMemory))] == [
        Enroll("Ada", "yes please"),
        GrantMemory("yes please"),
    ]


@pytest.mark.parametrize("before", [(Offered(),), ASKED, (*ASKED, YES), (*ASKED, YES, NAMED)])
@pytest.mark.parametrize(
    ("answer", "end"),
    [
        (Answer.NO, Stage.DECLINED),
        (Answer.NOT_NOW, Stage.SNOOZED),
        (Answer.NEVER, Stage.NEVER),
        (Answer.MINOR, Stage.EXCLUDED),
        (Answer.THIRD_PARTY, Stage.EXCLUDED),
    ],
)
def test_p6_a_refusal_counts_at_every_moment(before: tuple[Event, ...], answer: Answer, end: Stage) -> None:
    state, _ = play(*before, Answered(answer, "no"))
    assert state.stage is end
    assert not state.consented
    assert transition(state, SpeechReady()) == (state, ())


@pytest.mark.parametrize("first", [Answer.UNCLEAR, Answer.REPEAT])
def test_one_reprompt_and_then_the_agent_answers(first: Answer) -> None:
    state, actions = play(*ASKED, Answered(first, "hm"), Said("question", True), UNCLEAR)
    assert state.stage is Stage.UNANSWERED
    assert actions[-1] == YieldFloor(reply=True)


@pytest.mark.parametrize(
    ("answer", "line", "stage"),
    [
        (Answer.EXPLAIN, "explanation", Stage.EXPLAINED),
        (Answer.UNCLEAR, "reprompt", Stage.REPROMPTED),
    ],
)
def test_p6_a_yes_to_what_was_said_after_the_question_counts_if_that_was_heard_too(
    answer: Answer, line: Line, stage: Stage
) -> None:
    state, _ = play(*ASKED, Answered(answer, "hm"))
    assert state.stage is stage
    heard, _ = transition(state, Said(line, completed=True))
    assert transition(heard, YES)[0].stage is Stage.GRANTED
    cut_short, _ = transition(state, Said(line, completed=False))
    assert not transition(cut_short, YES)[0].consented


def test_a_store_that_failed_is_said_and_memory_is_not_asked_for() -> None:
    state, actions = play(*AGREED, SpeechReady(), Enrolled(False))
    assert state.stage is Stage.FAILED
    assert actions[-2:] == [Say("failed"), YieldFloor()]


@pytest.mark.parametrize("line", ["two_voices", "agents_voice"])
def test_p21_a_voice_that_could_not_be_enrolled_is_said_with_the_reason(line: Line) -> None:
    state, actions = play(*AGREED, SpeechReady(), Enrolled(False, otherwise=line))
    assert state.stage is Stage.FAILED
    assert actions[-2:] == [Say(line), YieldFloor()]


def test_p6_silence_and_transcripts_that_never_come_are_no_answer() -> None:
    state, _ = play(*ASKED, NoAnswer(), Said("reprompt", True), NoAnswer())
    assert state.stage is Stage.UNANSWERED
    _, actions = play(*ASKED, YES, NoAnswer())
    assert actions[-1] == Enroll(None, "yes please")


@pytest.mark.parametrize("before", [(Offered(),), ASKED, (*ASKED, YES), AGREED])
@pytest.mark.parametrize("broken", [VoiceChanged(), HungUp(stored=False), Stopped(stored=False)])
def test_p6_a_hang_up_a_changed_voice_and_a_failing_agent_end_without_consent(
    before: tuple[Event, ...], broken: Event
) -> None:
    state, _ = play(*before, broken)
    assert state.stage is Stage.UNANSWERED
    assert not state.consented
    _, actions = play(*before, broken, *ASKED[1:], YES, NAMED, SpeechReady(), Enrolled(True))
    assert sum(isinstance(action, Enroll) for action in actions) == (before == AGREED)


ENDS_IT = {Answer.NO, Answer.NOT_NOW, Answer.NEVER, Answer.MINOR, Answer.THIRD_PARTY}


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage.under_way])
@pytest.mark.parametrize("answer", [answer for answer in Answer if answer is not Answer.WITHDRAW])
def test_p6_p7_an_emergency_ends_every_state_with_nothing_asked_and_nothing_agreed_to(
    stage: Stage, answer: Answer
) -> None:
    for state in (each for each in every_state() if each.stage is stage):
        after, actions = transition(state, Emergency(answer, stored=False))
        if stage is Stage.COLLECTING and answer not in ENDS_IT:
            assert (after, actions) == (state, ())  # nobody is kept waiting, and the yes stands
            continue
        assert actions[0] == YieldFloor(reply=True)
        if stage in (
            Stage.MEMORY_OFFERED,
            Stage.MEMORY_ASKED,
            Stage.MEMORY_REPROMPTED,
            Stage.STORING_MEMORY,
        ):
            assert (after.stage, actions[1:]) == (Stage.ENROLLED, ())
            continue
        ends = {Answer.NO: Stage.DECLINED, Answer.NOT_NOW: Stage.SNOOZED, Answer.NEVER: Stage.NEVER}
        nobody = dict.fromkeys((Answer.MINOR, Answer.THIRD_PARTY), Stage.EXCLUDED)
        assert after.stage is {**ends, **nobody}.get(answer, Stage.UNANSWERED)
        assert actions[1:] == ((Refuse(answer is Answer.NEVER),) if answer in ends else ())
        assert (after.consented, after.name) == (False, None)
        # Whatever comes next, nothing is enrolled and nothing asked.
        for event in (YES, NAMED, SpeechReady(), Said("question", True), Offered(), NoAnswer()):
            assert transition(after, event) == (after, ())


def test_an_emergency_before_the_question_or_after_the_end_changes_nothing() -> None:
    for state in every_state():
        event = Emergency(Answer.NO, stored=False)
        if not state.stage.under_way and not still_refuses(state, event):
            assert transition(state, event) == (state, ())


def test_p8_a_withdrawal_in_an_emergency_is_one() -> None:
    for state in every_state():
        after, actions = transition(state, Emergency(Answer.WITHDRAW, stored=False))
        assert (after.stage, actions) == (Stage.SUSPENDED, (Suspend(), YieldFloor()))


def test_what_was_stored_before_an_emergency_stays_stored() -> None:
    state, actions = play(*AGREED, SpeechReady(), Emergency(Answer.UNCLEAR, stored=True))
    assert state.stage is Stage.ENROLLED
    assert actions[-1] == YieldFloor(reply=True)


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("language", LANGUAGES)
def test_p8_every_withdrawal_phrase_erases_or_suspends_in_one_step_from_every_state(
    language: str, stage: Stage
) -> None:
    phrases = sorted(set(tables(language).WITHDRAWALS))
    assert len(phrases) >= 120
    states = [state for state in every_state() if state.stage is stage]
    for phrase in phrases:
        answer = interpret(phrase, language, asked=stage.waits_for_caller)
        assert answer is Answer.WITHDRAW, phrase
        for state in states:
            after, actions = transition(state, Answered(answer, phrase))
            assert after.stage is Stage.SUSPENDED
            assert actions == (Suspend(), YieldFloor())
    for state in states:
        after, actions = transition(state, Withdrew(recognised=True))
        assert after.stage is Stage.WITHDRAWN
        assert actions == (Erase(), YieldFloor())
        assert not after.consented
        assert after.name is None


def test_p8_who_is_recognised_after_the_withdrawal_is_erased() -> None:
    state, actions = play(Withdrew(recognised=False), Withdrew(recognised=True))
    assert state.stage is Stage.WITHDRAWN
    assert actions == [Suspend(), YieldFloor(), Erase(), YieldFloor()]


@pytest.mark.parametrize(
    "known",
    [RefusedBefore(forever=False), RefusedBefore(forever=True), NumberSuspended()],
)
def test_p7_p8_a_remembered_no_and_a_suspended_number_are_not_asked(known: Event) -> None:
    state, actions = play(known, Offered())
    assert actions == []
    assert state.stage.over


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        (RefusedBefore(forever=False), True),
        (RefusedBefore(forever=True), True),
        (NumberSuspended(), False),
        (Withdrew(recognised=True), False),
        (Withdrew(recognised=False), False),
    ],
)
def test_p7_p8_who_wants_to_be_asked_is_unless_the_consent_was_taken_back(known: Event, asked: bool) -> None:
    state, _ = play(known, Offered(requested=True))
    assert (state.stage is Stage.OFFERED) is asked


@pytest.mark.parametrize("order", [0, 1])
def test_p8_p11_a_suspended_number_is_suspended_whatever_else_is_known_of_it(order: int) -> None:
    known: list[Event] = [PolicyChanged(), NumberSuspended()]
    state, actions = play(*(known[::-1] if order else known), Offered())
    assert state.stage is Stage.SUSPENDED
    assert actions == []


def test_p11_a_caller_of_an_earlier_policy_renews_by_the_same_question_and_yes() -> None:
    state, _ = play(PolicyChanged())
    assert state.stage is Stage.RECONSENT
    _, actions = play(PolicyChanged(), *AGREED)
    assert actions[-1] == Enroll("Ada", "yes please", renews=True)


def test_p10_a_caller_past_the_retention_period_is_asked_like_anybody() -> None:
    state, _ = play(RetentionOver())
    assert state.stage is Stage.EXPIRED
    _, actions = play(RetentionOver(), *AGREED)
    assert actions[-1] == Enroll("Ada", "yes please", renews=False)


@pytest.mark.parametrize("answers", [(), (NO,)])
def test_p1_the_yes_of_who_enrolled_is_not_the_next_voices(answers: tuple[Event, ...]) -> None:
    state, _ = play(*STORED, Said("enrolled_ask_memory", completed=True), *answers, VoiceChanged())
    assert state.stage is Stage.ENROLLED
    assert not state.consented


def test_p7_who_is_recognised_after_a_hold_has_nothing_to_say_no_to() -> None:
    state, _ = play(*ASKED, PutOff(), Stopped(stored=False))
    assert state.stage is Stage.UNANSWERED
    assert transition(state, NO) == (state, ())
