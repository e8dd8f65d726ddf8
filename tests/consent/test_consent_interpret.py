"""What a caller's words mean: every utterance has one answer, and nothing but an express yes is a yes."""

from __future__ import annotations

import itertools
import string

import pytest
from consent_utterances import (
    NOT_A_WITHDRAWAL,
    NOT_A_YES,
    OTHER,
    WITHDRAWALS,
    WITHDRAWALS_OUT_OF_THE_BLUE,
    WITHDRAWALS_WHILE_ASKED,
    YES,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

from opusagent_voiceprint.consent import Answer, interpret
from opusagent_voiceprint.consent.interpret import MAX_CHARACTERS, grammar_for

ANSWERS = [
    *((text, Answer.YES) for text in YES),
    *((text, Answer.WITHDRAW) for text in WITHDRAWALS),
    *((text, Answer(kind)) for kind, texts in OTHER.items() for text in texts),
]


def test_the_tables_are_as_large_as_the_requirement_says() -> None:
    assert len({text for text, _ in ANSWERS}) >= 300
    assert len(set(NOT_A_YES)) >= 100
    assert len(set(WITHDRAWALS)) >= 100
    assert len(set(NOT_A_WITHDRAWAL)) >= 40


@pytest.mark.parametrize(("text", "answer"), ANSWERS)
def test_each_utterance_has_its_answer(text: str, answer: Answer) -> None:
    assert interpret(text) is answer


def _as_recognisers_write(text: str) -> list[str]:
    bare = "".join(c for c in text.replace("\u2019", "'") if c not in ".,!'")
    return [text.lower(), text.upper(), bare, text.replace("'", "\u2019"), f"  {text} "]


@pytest.mark.parametrize(("text", "answer"), [pair for pair in ANSWERS if pair[1] is not Answer.UNCLEAR])
def test_case_punctuation_and_apostrophes_do_not_change_an_answer(text: str, answer: Answer) -> None:
    assert {interpret(variant) for variant in _as_recognisers_write(text)} == {answer}


@pytest.mark.parametrize("text", [*NOT_A_YES, *NOT_A_WITHDRAWAL, *itertools.chain(*OTHER.values()), "", " "])
def test_what_is_no_express_yes_is_never_a_yes(text: str) -> None:
    assert interpret(text) is not Answer.YES
    assert interpret(text, asked=False) is not Answer.YES


@pytest.mark.parametrize("text", NOT_A_WITHDRAWAL)
def test_what_only_sounds_like_a_withdrawal_erases_nothing(text: str) -> None:
    assert interpret(text) is not Answer.WITHDRAW
    assert interpret(text, asked=False) is not Answer.WITHDRAW


@pytest.mark.parametrize("text", WITHDRAWALS)
def test_a_withdrawal_is_one_whether_or_not_a_question_is_open(text: str) -> None:
    assert interpret(text, asked=False) is Answer.WITHDRAW


@pytest.mark.parametrize("text", WITHDRAWALS)
@pytest.mark.parametrize(
    "before", ["yes", "no", "never", "I'm twelve", "not now", "what is that", "pardon", "hello"]
)
def test_a_withdrawal_is_heard_whatever_else_is_said_before_it(before: str, text: str) -> None:
    assert interpret(f"{before}. {text}") is Answer.WITHDRAW


@pytest.mark.parametrize("text", WITHDRAWALS_OUT_OF_THE_BLUE)
def test_a_plain_refusal_answers_an_open_question_and_withdraws_out_of_the_blue(text: str) -> None:
    assert interpret(text) is Answer.NO
    assert interpret(text, asked=False) is Answer.WITHDRAW


@pytest.mark.parametrize("text", WITHDRAWALS_WHILE_ASKED)
def test_words_that_name_nothing_of_ours_withdraw_only_while_a_question_of_ours_is_open(text: str) -> None:
    assert interpret(text) is Answer.WITHDRAW
    assert interpret(f"hello. {text}") is Answer.WITHDRAW
    assert interpret(text, asked=False) is not Answer.WITHDRAW


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("never again, I'm twelve", Answer.NEVER),
        ("I'm twelve and I'm calling for my mother", Answer.MINOR),
        ("no, I'm twelve", Answer.MINOR),
        ("no, I'm calling for my mother", Answer.THIRD_PARTY),
        ("no, not now", Answer.NO),
        ("not now, what is that anyway", Answer.NOT_NOW),
        ("sorry what does that mean", Answer.EXPLAIN),
        ("yes, could you say that again", Answer.REPEAT),
    ],
)
def test_of_several_answers_the_more_protective_counts(text: str, answer: Answer) -> None:
    assert interpret(text) is answer


SPOILERS = [
    *("not", "no", "never", "don't", "nothing", "without", "isn't", "won't", "can't", "nor", "neither"),
    *("what", "why", "how", "who", "when", "where", "which", "?", "whether", "if", "unless", "but", "or"),
    *(
        "order",
        "five",
        "7",
        "husband",
        "said",
        "maybe",
        "guess",
        "suppose",
        "whatever",
        "wait",
        "later",
        "today",
    ),
]


@given(text=st.sampled_from(YES), spoiler=st.sampled_from(SPOILERS), data=st.data())
def test_one_foreign_word_anywhere_spoils_a_yes(text: str, spoiler: str, data: st.DataObject) -> None:
    words = text.split()
    place = data.draw(st.integers(0, len(words)))
    assert interpret(" ".join([*words[:place], spoiler, *words[place:]])) is not Answer.YES


@given(
    text=st.sampled_from(YES), word=st.text(string.ascii_lowercase, min_size=3, max_size=12), data=st.data()
)
def test_a_word_that_the_grammar_does_not_know_spoils_a_yes(
    text: str, word: str, data: st.DataObject
) -> None:
    word = f"{word}qx"
    words = text.split()
    place = data.draw(st.integers(0, len(words)))
    assert interpret(" ".join([*words[:place], word, *words[place:]])) is not Answer.YES


@settings(deadline=None)  # what is slow is for benchmarks to say, on a machine that does nothing else
@given(st.text(max_size=300), st.sampled_from(["en", "en-US", "de", "", "\u0000", "x" * 50]))
@example("i" * 10_000, "en")
@example("yes " * 5_000, "en")
@example("no longer " * 3_000, "en")
@example("not want you to " * 2_000, "en")
def test_any_text_in_any_language_has_an_answer(text: str, language: str) -> None:
    assert isinstance(interpret(text, language), Answer)


@given(
    st.lists(
        st.sampled_from(sorted({w for t in [*YES, *WITHDRAWALS, *NOT_A_YES] for w in t.split()})), max_size=40
    )
)
def test_any_order_of_the_callers_words_has_an_answer(words: list[str]) -> None:
    assert isinstance(interpret(" ".join(words)), Answer)


def test_a_very_long_text_is_read_at_both_ends_and_is_never_a_yes() -> None:
    filler = "blah " * MAX_CHARACTERS
    assert interpret(f"forget my voice {filler}") is Answer.WITHDRAW
    assert interpret(f"{filler} forget my voice") is Answer.WITHDRAW
    assert interpret("yes " * MAX_CHARACTERS) is not Answer.YES
    assert interpret("yes" + " " * MAX_CHARACTERS + "blah") is not Answer.YES


@pytest.mark.parametrize("language", ["en", "en-US", "en_GB", "EN"])
def test_regional_english_is_english(language: str) -> None:
    assert interpret("yes please", language) is Answer.YES


@pytest.mark.parametrize("text", ["yes", "no", "forget my voice", "ja", "oui"])
def test_a_language_without_a_grammar_gives_no_consent_and_no_guess(text: str) -> None:
    assert grammar_for("de") is None
    assert interpret(text, "de-CH") is Answer.UNCLEAR
