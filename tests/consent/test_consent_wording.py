"""The agent's sentences: the question says everything it must, and a changed question is noticed."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from opusagent_voiceprint.consent import Answer, ConsentScript, default_script, interpret, matches_script
from opusagent_voiceprint.consent.machine import Line
from opusagent_voiceprint.consent.wording import retention_in_words


def _script(organization: str = "Acme Bank", retention_days: int = 365) -> ConsentScript:
    script = default_script("en", organization, retention_days)
    assert script is not None
    return script


QUESTION = _script().question


@pytest.mark.parametrize(
    "said",
    [
        "Acme Bank",
        "voiceprint",
        "from your calls",
        "biometric data",
        "not a recording",
        "recognise and greet",
        "next time",
        "optional",
        "changes nothing else",
        "deleted after a year without calls",
        "forget my voice",
        "Yes or no?",
    ],
)
def test_the_question_says_who_what_for_how_long_and_that_it_is_optional(said: str) -> None:
    assert said in QUESTION


@pytest.mark.parametrize("organization", ["we", "Acme Bank", "Stadtwerke Graz Customer Care"])
@pytest.mark.parametrize("days", [30, 182, 365, 730])
def test_the_question_takes_about_twelve_seconds_to_say(organization: str, days: int) -> None:
    assert len(_script(organization, days).question.split()) <= 45


def test_the_memory_question_says_its_own_purpose_and_way_out() -> None:
    question = _script().ask_memory
    assert len(question.split()) <= 45
    for said in ("Acme Bank", "short notes", "optional", "a year without calls", "forget me", "Yes or no?"):
        assert said in question


@pytest.mark.parametrize("field", ["question", "explanation", "reprompt", "ask_memory", "memory_reprompt"])
def test_whatever_is_answered_with_yes_ends_in_the_question(field: str) -> None:
    assert re.search(r"yes or no[.?]$", getattr(_script(), field), re.IGNORECASE)


@pytest.mark.parametrize("organization", ["we", "We", "us", " "])
def test_without_an_organization_the_agent_speaks_of_itself(organization: str) -> None:
    script = _script(organization)
    assert script.question.startswith("May we keep")
    assert script.ask_memory.startswith("May we also keep")


def test_what_the_script_promises_works_when_it_is_said() -> None:
    script = _script()
    words = " ".join(str(value) for value in script.model_dump().values())
    promised = set(re.findall(r"say '([^']+)'", words))
    assert promised == {"forget my voice", "forget me"}
    assert all(interpret(text) is Answer.WITHDRAW for text in promised)


def test_every_line_of_the_dialogue_has_words() -> None:
    script = _script()
    for line in get_args(Line):
        if line != "enrolled_ask_memory":
            assert getattr(script, line).strip()
    for after in ("withdrawn", "withdrawn_in_part", "withdrawal_noted", "withdrawal_suspended"):
        assert getattr(script, after).strip()


def test_an_enrolled_caller_is_named_if_there_is_a_name() -> None:
    assert "Ada" in _script().enrolled("Ada")
    assert "{" not in _script().enrolled(None)
    assert _script().enrolled("{name}").count("{name}") == 1


@pytest.mark.parametrize("language", ["de", "fr-CH", "", "english"])
def test_a_language_without_a_script_has_none(language: str) -> None:
    assert default_script(language, "we", 365) is None


@pytest.mark.parametrize("language", ["en", "en-US", "en_GB", "EN"])
def test_regional_english_has_the_english_script(language: str) -> None:
    assert default_script(language, "we", 365) == _script("we")


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (1, "one day"),
        (2, "two days"),
        (30, "thirty days"),
        (90, "ninety days"),
        (182, "182 days"),
        (364, "364 days"),
        (365, "a year"),
        (366, "366 days"),
        (730, "two years"),
        (3650, "ten years"),
    ],
)
def test_retention_is_said_exactly(days: int, words: str) -> None:
    assert retention_in_words(days) == words
    assert words in _script(retention_days=days).question


def test_the_hash_is_of_every_word() -> None:
    script = _script()
    assert re.fullmatch(r"[0-9a-f]{64}", script.hash)
    assert script.hash == _script().hash
    for field in ConsentScript.model_fields:
        other: str | bool = "other words" if isinstance(getattr(script, field), str) else False
        assert script.model_copy(update={field: other}).hash != script.hash


def test_a_script_with_a_blank_or_unknown_line_is_refused() -> None:
    values = _script().model_dump()
    with pytest.raises(ValidationError, match="blank"):
        ConsentScript(**{**values, "declined": " "})
    with pytest.raises(ValidationError):
        ConsentScript(**{**values, "joke": "Knock knock."})


@pytest.mark.parametrize(
    "spoken",
    [
        QUESTION,
        QUESTION.upper(),
        QUESTION.lower().replace(",", "").replace("'", ""),
        QUESTION.replace("'", "\u2019"),
        QUESTION.replace("recognise", "recognize"),
        QUESTION.replace("voiceprint", "voice print"),
        QUESTION.replace("It's", "It is"),
        f"  {QUESTION}\n",
    ],
)
def test_a_question_that_was_said_as_written_matches(spoken: str) -> None:
    assert matches_script(spoken, QUESTION)


def test_number_words_and_digits_are_the_same() -> None:
    assert matches_script("we keep it for ninety days is that fine", "We keep it for 90 days. Is that fine?")


@pytest.mark.parametrize(
    "left_out",
    [
        "Yes or no?",
        "no?",
        "or whenever you say 'forget my voice'. Yes or no?",
        "not ",
        "biometric ",
        "It's optional, ",
        "optional, ",
        "biometric data, ",
        "changes nothing else, ",
        " after a year without calls",
        "Acme Bank ",
        "greet ",
    ],
)
def test_a_question_with_something_left_out_does_not_match(left_out: str) -> None:
    assert left_out in QUESTION
    assert not matches_script(QUESTION.replace(left_out, ""), QUESTION)


@pytest.mark.parametrize(
    ("instead", "of"),
    [
        ("mandatory", "optional"),
        ("everything else", "nothing else"),
        ("Yes or yes?", "Yes or no?"),
        ("Evil Corp", "Acme Bank"),
        ("never deleted", "deleted"),
        ("with calls", "without calls"),
    ],
)
def test_a_question_with_other_words_does_not_match(instead: str, of: str) -> None:
    assert of in QUESTION
    assert not matches_script(QUESTION.replace(of, instead), QUESTION)


@given(st.integers(0, len(QUESTION.split()) - 1))
def test_a_question_cut_short_anywhere_does_not_match(words: int) -> None:
    assert not matches_script(" ".join(QUESTION.split()[:words]), QUESTION)


@given(st.text(max_size=200))
def test_other_words_do_not_match(spoken: str) -> None:
    assert not matches_script(spoken, QUESTION)


def test_nothing_matches_no_script() -> None:
    assert not matches_script("anything", "")
    assert not matches_script("", QUESTION)
