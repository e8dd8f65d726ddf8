"""Who asks the other to wait, the caller or the agent: nobody is asked anything meanwhile."""

from __future__ import annotations

import pytest
from utterances.tables import LANGUAGES, as_recognisers_write, each, tables, without_accents
from utterances.whole_tables import for_all

from opusagent_voiceprint.consent import Answer, interpret, puts_on_hold


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tables_are_of_some_size(language: str) -> None:
    assert len(set(tables(language).HOLDS)) >= 25
    assert len(set(tables(language).NO_HOLDS)) >= 15


@for_all(each("HOLDS"))
def test_who_asks_to_wait_is_heard_however_it_is_written(language: str, text: str) -> None:
    several = any(f"{end} " in text for end in ".?")
    for each_way in {*as_recognisers_write(text), *without_accents(text)}:
        if not several or any(f"{end} " in each_way for end in ".?"):
            assert puts_on_hold(each_way, language), each_way


@for_all(each("NO_HOLDS", "YES", "REQUESTS", "WITHDRAWALS", "EMERGENCIES"))
def test_what_only_sounds_like_it_asks_nobody_to_wait(language: str, text: str) -> None:
    for each_way in {*as_recognisers_write(text), *without_accents(text)}:
        assert not puts_on_hold(each_way, language), each_way
        # The English words count on calls in every language.
        assert not puts_on_hold(each_way, "en"), each_way


@for_all(each("HOLDS"))
def test_p6_p7_who_asks_to_wait_agrees_to_nothing_and_refuses_nothing(language: str, text: str) -> None:
    assert interpret(text, language, asked=True) is Answer.UNCLEAR
    assert interpret(text, language, asked=False) is not Answer.WITHDRAW


def test_a_language_without_a_grammar_knows_no_hold() -> None:
    assert puts_on_hold("Hold the line, please.", "en-GB")
    assert not puts_on_hold("Hold the line, please.", "nl")
