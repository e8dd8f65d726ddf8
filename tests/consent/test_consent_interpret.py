"""What a caller's words mean: every utterance has one answer, and nothing but an express yes is a yes."""

from __future__ import annotations

import itertools
import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from utterances.tables import LANGUAGES, as_recognisers_write, each, tables, without_accents
from utterances.whole_tables import for_all

from opusagent_voiceprint.consent import Answer, interpret
from opusagent_voiceprint.consent.interpret import MAX_CHARACTERS, grammar_for

OTHER = [
    (language, text, Answer(kind))
    for language in LANGUAGES
    for kind, texts in tables(language).OTHER.items()
    for text in texts
]
ANSWERS = [
    *((language, text, Answer.YES) for language, text in each("YES")),
    *((language, text, Answer.WITHDRAW) for language, text in each("WITHDRAWALS")),
    *OTHER,
]
NEVER_A_YES = [
    *each("NOT_A_YES", "NOT_A_WITHDRAWAL"),
    *((language, text) for language, text, _ in OTHER),
    *itertools.product(LANGUAGES, ["", " "]),
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_p6_p8_the_tables_are_as_large_as_the_requirements_say(language: str) -> None:
    ours = tables(language)
    assert len({text for code, text, _ in ANSWERS if code == language}) >= 300
    assert len(set(ours.NOT_A_YES)) >= 100
    assert len(set(ours.WITHDRAWALS)) >= 120
    assert len(set(ours.NOT_A_WITHDRAWAL)) >= 60
    assert set(ours.OTHER) == {each.value for each in Answer} - {"yes", "withdraw", "unclear"}


@for_all(ANSWERS)
def test_p6_each_utterance_has_its_answer(language: str, text: str, answer: Answer) -> None:
    assert interpret(text, language) is answer


@for_all(ANSWERS)
def test_p6_case_punctuation_and_apostrophes_do_not_change_an_answer(
    language: str, text: str, answer: Answer
) -> None:
    assert {interpret(variant, language) for variant in as_recognisers_write(text)} == {answer}


@for_all(ANSWERS)
def test_p6_an_answer_that_refuses_does_so_without_its_accents(
    language: str, text: str, answer: Answer
) -> None:
    heard = {interpret(variant, language) for variant in without_accents(text)}
    if answer is Answer.YES:
        assert heard <= {Answer.YES, Answer.UNCLEAR}
    elif answer in (Answer.EXPLAIN, Answer.REPEAT):
        assert Answer.YES not in heard
    else:
        assert heard == {answer}


@for_all(NEVER_A_YES)
def test_p6_what_is_no_express_yes_is_never_a_yes(language: str, text: str) -> None:
    for variant in {text, text.lower(), text.upper(), *without_accents(text)}:
        assert interpret(variant, language) is not Answer.YES
        assert interpret(variant, language, asked=False) is not Answer.YES


@for_all(OTHER)
def test_p6_what_refuses_in_one_language_is_a_yes_in_no_other(
    language: str, text: str, answer: Answer
) -> None:
    assert answer is not Answer.YES
    assert Answer.YES not in {interpret(text, other) for other in LANGUAGES}


@for_all(each("NOT_A_WITHDRAWAL"))
def test_p8_what_only_sounds_like_a_withdrawal_erases_nothing(language: str, text: str) -> None:
    assert interpret(text, language) is not Answer.WITHDRAW
    assert interpret(text, language, asked=False) is not Answer.WITHDRAW


@for_all(each("WITHDRAWALS"))
def test_p8_a_withdrawal_is_one_whether_or_not_a_question_is_open(language: str, text: str) -> None:
    assert interpret(text, language, asked=False) is Answer.WITHDRAW


@for_all(each("WITHDRAWALS"))
def test_p8_a_withdrawal_is_heard_whatever_else_is_said_before_it(language: str, text: str) -> None:
    for before in tables(language).BEFORE_A_WITHDRAWAL:
        assert interpret(f"{before}. {text}", language) is Answer.WITHDRAW, before


@for_all(each("WITHDRAWALS_OUT_OF_THE_BLUE"))
def test_p8_a_plain_refusal_answers_an_open_question_and_withdraws_out_of_the_blue(
    language: str, text: str
) -> None:
    for variant in {*as_recognisers_write(text), *without_accents(text)}:
        assert interpret(variant, language) is Answer.NO
        assert interpret(variant, language, asked=False) is Answer.WITHDRAW


@for_all(each("WITHDRAWALS_WHILE_ASKED"))
def test_p8_words_that_name_nothing_of_ours_withdraw_only_while_a_question_of_ours_is_open(
    language: str, text: str
) -> None:
    assert interpret(text, language) is Answer.WITHDRAW
    assert interpret(f"hello. {text}", language) is Answer.WITHDRAW
    assert interpret(text, language, asked=False) is not Answer.WITHDRAW


@for_all(each("SEVERAL_ANSWERS"))
def test_p7_of_several_answers_the_more_protective_counts(language: str, text: str, answer: str) -> None:
    assert interpret(text, language) is Answer(answer)


@pytest.mark.parametrize("language", LANGUAGES)
@given(data=st.data())
def test_p6_one_foreign_word_anywhere_spoils_a_yes(language: str, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(tables(language).YES))
    spoiler = data.draw(st.sampled_from(tables(language).SPOILERS))
    words = text.split()
    place = data.draw(st.integers(0, len(words)))
    assert interpret(" ".join([*words[:place], spoiler, *words[place:]]), language) is not Answer.YES


@pytest.mark.parametrize("language", LANGUAGES)
@given(word=st.text(string.ascii_lowercase, min_size=3, max_size=12), data=st.data())
def test_p6_a_word_that_the_grammar_does_not_know_spoils_a_yes(
    language: str, word: str, data: st.DataObject
) -> None:
    words = data.draw(st.sampled_from(tables(language).YES)).split()
    place = data.draw(st.integers(0, len(words)))
    assert interpret(" ".join([*words[:place], f"{word}qx", *words[place:]]), language) is not Answer.YES


@settings(deadline=None)  # what is slow is for benchmarks to say, on a machine that does nothing else
@given(st.text(max_size=300), st.sampled_from([*LANGUAGES, "en-US", "nl", "", "\u0000", "x" * 50]))
@example("i" * 10_000, "en")
@example("yes " * 5_000, "en")
@example("no longer " * 3_000, "en")
@example("not want you to " * 2_000, "en")
def test_any_text_in_any_language_has_an_answer(text: str, language: str) -> None:
    assert isinstance(interpret(text, language), Answer)


@pytest.mark.parametrize("language", LANGUAGES)
@given(data=st.data())
def test_any_order_of_the_callers_words_has_an_answer(language: str, data: st.DataObject) -> None:
    ours = tables(language)
    vocabulary = sorted(
        {word for text in [*ours.YES, *ours.WITHDRAWALS, *ours.NOT_A_YES] for word in text.split()}
    )
    words = data.draw(st.lists(st.sampled_from(vocabulary), max_size=40))
    assert isinstance(interpret(" ".join(words), language), Answer)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_very_long_text_is_read_at_both_ends_and_is_never_a_yes(language: str) -> None:
    ours = tables(language)
    yes, withdrawal, filler = ours.YES[0], ours.WITHDRAWALS[0], "blah " * MAX_CHARACTERS
    assert interpret(f"{withdrawal} {filler}", language) is Answer.WITHDRAW
    assert interpret(f"{filler} {withdrawal}", language) is Answer.WITHDRAW
    assert interpret(f"{yes} " * MAX_CHARACTERS, language) is not Answer.YES
    assert interpret(yes + " " * MAX_CHARACTERS + "blah", language) is not Answer.YES


@for_all([(code, tables(code).YES[0]) for code in LANGUAGES])
def test_a_regional_variant_is_the_language(language: str, text: str) -> None:
    for tag in (language, f"{language}-XY", f"{language}_XY", language.upper()):
        assert interpret(text, tag) is Answer.YES


@pytest.mark.parametrize("text", ["yes", "no", "forget my voice", "ja", "oui"])
def test_a_language_without_a_grammar_gives_no_consent_and_no_guess(text: str) -> None:
    assert grammar_for("nl") is None
    assert interpret(text, "nl-BE") is Answer.UNCLEAR
