"""Who needs help this moment, and who only speaks of it: the one ends a dialogue, the other does not."""

from __future__ import annotations

import pytest
from utterances.tables import LANGUAGES, as_recognisers_write, each, tables, without_accents
from utterances.whole_tables import for_all

from opusagent_voiceprint.consent import is_acute, is_emergency


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tables_are_of_some_size(language: str) -> None:
    assert len(set(tables(language).ACUTE)) >= 15
    assert len(set(tables(language).NOT_ACUTE)) >= 8


@for_all(each("ACUTE"))
def test_who_needs_help_this_moment_is_heard_however_it_is_written(language: str, text: str) -> None:
    for each_way in {*as_recognisers_write(text), *without_accents(text)}:
        assert is_acute(each_way, language), each_way


@for_all(each("NOT_ACUTE", "NO_EMERGENCIES", "YES", "REQUESTS", "WITHDRAWALS", "HOLDS"))
def test_who_reports_or_asks_for_something_else_ends_no_dialogue(language: str, text: str) -> None:
    for each_way in {*as_recognisers_write(text), *without_accents(text)}:
        assert not is_acute(each_way, language), each_way
        assert not is_acute(each_way, "en"), each_way


@for_all(each("NAMES"))
def test_who_says_a_name_needs_no_help(language: str, text: str, name: str) -> None:
    assert not is_acute(text, language), name
    assert not is_acute(text, "en"), name


def test_what_is_reported_may_still_put_a_question_off() -> None:
    text = "I had a car accident."
    assert is_emergency(text)
    assert not is_acute(text)


def test_a_language_without_a_grammar_knows_no_help() -> None:
    assert is_acute("Call an ambulance!", "en-GB")
    assert not is_acute("Call an ambulance!", "nl")
