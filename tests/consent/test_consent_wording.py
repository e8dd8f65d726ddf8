"""The agent's sentences: the question says everything it must, and a changed question is noticed."""

from __future__ import annotations

import re
import unicodedata
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from utterances.tables import LANGUAGES, each, tables

from opusagent_voiceprint.calls.withdrawal import WithdrawalLine
from opusagent_voiceprint.consent import Answer, ConsentScript, default_script, interpret, matches_script
from opusagent_voiceprint.consent.machine import Line
from opusagent_voiceprint.consent.shortcomings import MOST_WORDS
from opusagent_voiceprint.consent.wording import retention_in_words


def _script(
    language: str = "en", organization: str = "Acme Bank", retention_days: int = 365
) -> ConsentScript:
    script = default_script(language, organization, retention_days)
    assert script is not None
    return script


QUESTION = _script().question
IN_ALL_LANGUAGES = pytest.mark.parametrize("language", LANGUAGES)


@pytest.mark.parametrize(("language", "said"), [*each("QUESTION_SAYS")])
def test_the_question_says_who_what_for_how_long_and_that_it_is_optional(language: str, said: str) -> None:
    assert said in _script(language).question


@IN_ALL_LANGUAGES
@pytest.mark.parametrize("organization", ["we", "Acme Bank", "Stadtwerke Graz Customer Care"])
@pytest.mark.parametrize("days", [30, 182, 365, 730])
def test_the_questions_take_about_twelve_seconds_to_say(language: str, organization: str, days: int) -> None:
    script = _script(language, organization, days)
    for question in (script.question, script.ask_memory):
        assert len(question.replace(organization, "").split()) <= MOST_WORDS


@pytest.mark.parametrize(("language", "said"), [*each("MEMORY_QUESTION_SAYS")])
def test_the_memory_question_says_its_own_purpose_and_way_out(language: str, said: str) -> None:
    assert said in _script(language).ask_memory


@pytest.mark.parametrize(("language", "said"), [*each("RECOGNITION_QUESTION_SAYS")])
def test_the_recognition_question_says_who_what_for_how_long_and_that_nothing_is_kept(
    language: str, said: str
) -> None:
    assert said in str(_script(language).recognition_question)


@IN_ALL_LANGUAGES
@pytest.mark.parametrize(
    "field",
    [
        *("question", "explanation", "reprompt", "ask_memory", "memory_reprompt"),
        *("recognition_question", "recognition_explanation", "recognition_reprompt"),
    ],
)
def test_whatever_is_answered_with_yes_ends_in_the_question(language: str, field: str) -> None:
    assert re.search(tables(language).ENDS_IN, getattr(_script(language), field), re.IGNORECASE)


@IN_ALL_LANGUAGES
@pytest.mark.parametrize("organization", ["we", "We", "us", " "])
def test_without_an_organization_the_agent_speaks_of_itself(language: str, organization: str) -> None:
    script = _script(language, organization)
    question, memory, recognition = tables(language).OF_ITSELF
    assert script.question.startswith(question)
    assert script.ask_memory.startswith(memory)
    assert str(script.recognition_question).startswith(recognition)
    words = " ".join(str(value) for value in script.model_dump().values())
    assert not re.search(r"\bwe\b", words) or language == "en"
    assert "  " not in words


@IN_ALL_LANGUAGES
def test_what_the_script_promises_works_when_it_is_said(language: str) -> None:
    script = _script(language)
    words = " ".join(str(value) for value in script.model_dump().values())
    promised = set(re.findall(tables(language).PROMISED_AS, words))
    assert promised == tables(language).PROMISED
    assert all(interpret(text, language) is Answer.WITHDRAW for text in promised)
    assert all(interpret(text, language, asked=False) is Answer.WITHDRAW for text in promised)


@IN_ALL_LANGUAGES
def test_the_agents_own_sentences_are_no_answer_that_a_grammar_takes_for_consent(language: str) -> None:
    for text in _script(language).model_dump().values():
        assert interpret(str(text), language) is not Answer.YES


@IN_ALL_LANGUAGES
def test_every_line_of_the_dialogue_has_words(language: str) -> None:
    script = _script(language)
    assert script.language == language
    for line in get_args(Line):
        if line != "enrolled_ask_memory":
            assert getattr(script, line).strip()
    for after in get_args(WithdrawalLine):
        assert getattr(script, after).strip()


@IN_ALL_LANGUAGES
def test_an_enrolled_caller_is_named_if_there_is_a_name(language: str) -> None:
    assert "Ada" in _script(language).enrolled("Ada")
    assert "{" not in _script(language).enrolled(None)
    assert _script(language).enrolled("{name}").count("{name}") == 1


@pytest.mark.parametrize("language", ["nl", "pt-BR", "", "english"])
def test_a_language_without_a_script_has_none(language: str) -> None:
    assert default_script(language, "we", 365) is None


@IN_ALL_LANGUAGES
def test_a_regional_variant_has_the_script_of_its_language(language: str) -> None:
    for tag in (f"{language}-XY", f"{language}_XY", language.upper()):
        assert default_script(tag, "we", 365) == _script(language, "we")


@pytest.mark.parametrize(("language", "days", "words"), [*each("RETENTION")])
def test_retention_is_said_exactly(language: str, days: int, words: str) -> None:
    assert retention_in_words(days, language) == words
    assert words in _script(language, retention_days=days).question


def test_retention_has_no_words_in_a_language_without_a_script() -> None:
    with pytest.raises(ValueError, match="'nl'"):
        retention_in_words(365, "nl")


def test_the_hash_is_of_every_word() -> None:
    script = _script()
    assert re.fullmatch(r"[0-9a-f]{64}", script.hash)
    assert script.hash == _script().hash
    for field in ConsentScript.model_fields:
        other: str | bool = "other words" if isinstance(getattr(script, field), str) else False
        assert script.model_copy(update={field: other}).hash != script.hash


def test_p4_words_that_were_written_before_there_was_a_recognition_question_keep_their_hash() -> None:
    written = {field: f"The words of {field}." for field in _script().model_dump() if field in REQUIRED}
    script = ConsentScript(**{**written, "version": "acme-3", "language": "en"})
    assert not script.recognises
    assert script.hash == "20c409a5ffcc50ec2741c728708a61a30e287b8ed5c072bb3ea83b239b3723d1"


REQUIRED = [name for name, field in ConsentScript.model_fields.items() if field.is_required()]


def test_a_script_has_all_of_the_words_about_recognition_or_none() -> None:
    values = _script().model_dump()
    about = {name for name in values if name.startswith("recognition_")}
    assert len(about) == 6
    assert _script().recognises
    assert not ConsentScript(**{name: values[name] for name in values if name not in about}).recognises
    for one in sorted(about):
        with pytest.raises(ValidationError, match=f"{one}: missing; give all of the lines recognition_"):
            ConsentScript(**{name: values[name] for name in values if name != one})
        with pytest.raises(ValidationError, match="blank"):
            ConsentScript(**{**values, one: " "})


def test_a_script_with_a_blank_or_unknown_line_is_refused() -> None:
    values = _script().model_dump()
    with pytest.raises(ValidationError, match="blank"):
        ConsentScript(**{**values, "declined": " "})
    with pytest.raises(ValidationError):
        ConsentScript(**{**values, "joke": "Knock knock."})


@IN_ALL_LANGUAGES
def test_a_question_that_was_said_as_written_matches(language: str) -> None:
    question = _script(language).question
    for spoken in (
        question,
        question.upper(),
        question.lower().replace(",", "").replace("'", ""),
        question.replace("'", "\u2019"),
        unicodedata.normalize("NFD", question),
        f"  {question}\n",
    ):
        assert matches_script(spoken, question, language), spoken


@pytest.mark.parametrize(("language", "written", "otherwise"), [*each("WRITTEN_OTHERWISE")])
def test_a_question_that_is_only_spelt_otherwise_matches(language: str, written: str, otherwise: str) -> None:
    question = _script(language).question
    assert written in question
    assert matches_script(question.replace(written, otherwise), question, language)


def test_number_words_and_digits_are_the_same() -> None:
    assert matches_script("we keep it for ninety days is that fine", "We keep it for 90 days. Is that fine?")


@IN_ALL_LANGUAGES
@pytest.mark.parametrize("days", [30, 90, 365, 730])
def test_p6_a_question_that_promises_another_time_does_not_match(language: str, days: int) -> None:
    question = _script(language, retention_days=days).question
    words, other = retention_in_words(days, language), retention_in_words(days + 3000, language)
    assert not matches_script(question.replace(words, other), question, language)


@pytest.mark.parametrize(("language", "left_out"), [*each("LEFT_OUT")])
def test_p6_a_question_with_something_left_out_does_not_match(language: str, left_out: str) -> None:
    question = _script(language).question
    assert left_out in question
    assert not matches_script(question.replace(left_out, ""), question, language)


@pytest.mark.parametrize(("language", "instead", "of"), [*each("SAID_INSTEAD")])
def test_p6_a_question_with_other_words_does_not_match(language: str, instead: str, of: str) -> None:
    question = _script(language).question
    assert of in question
    assert not matches_script(question.replace(of, instead), question, language)


@pytest.mark.parametrize(("language", "left_out"), [*each("RECOGNITION_LEFT_OUT")])
def test_p6_nor_does_a_recognition_question(language: str, left_out: str) -> None:
    question = str(_script(language).recognition_question)
    assert left_out in question
    assert matches_script(question.upper(), question, language)
    assert not matches_script(question.replace(left_out, ""), question, language)


@IN_ALL_LANGUAGES
@pytest.mark.parametrize("field", ["question", "recognition_question"])
def test_p6_a_question_cut_short_anywhere_does_not_match(language: str, field: str) -> None:
    question = getattr(_script(language), field)
    for words in range(len(question.split())):
        assert not matches_script(" ".join(question.split()[:words]), question, language)


@given(st.text(max_size=200), st.sampled_from(LANGUAGES))
def test_other_words_do_not_match(spoken: str, language: str) -> None:
    assert not matches_script(spoken, _script(language).question, language)


def test_in_a_language_that_nobody_wrote_words_for_every_word_counts() -> None:
    assert matches_script(
        "Mogen wij uw stem bewaren? Ja of nee?", "Mogen wij uw stem bewaren, ja of nee?", "nl"
    )
    assert not matches_script(
        "Mogen uw stem bewaren? Ja of nee?", "Mogen wij uw stem bewaren? Ja of nee?", "nl"
    )


def test_nothing_matches_no_script() -> None:
    assert not matches_script("anything", "")
    assert not matches_script("", QUESTION)
