"""Who asks, unasked, to be remembered: a request lets the question be put, and is no consent."""

from __future__ import annotations

import itertools

import pytest
from utterances.tables import LANGUAGES, as_recognisers_write, each, tables, without_accents
from utterances.whole_tables import for_all

from opusagent_voiceprint.consent import Answer, asks_to_be_remembered, interpret

NO_REQUESTS = [
    *each("NO_REQUESTS", "WITHDRAWALS"),
    *(
        (language, text)
        for language in LANGUAGES
        for text in ("", *tables(language).NOT_A_YES, *itertools.chain(*tables(language).OTHER.values()))
        if not any(word in text.lower() for word in tables(language).WORDS_OF_REQUESTS)
    ),
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tables_are_of_some_size(language: str) -> None:
    assert len(set(tables(language).REQUESTS)) >= 50
    assert len(set(tables(language).NO_REQUESTS)) >= 60


@for_all(each("REQUESTS"))
def test_a_request_is_heard_however_it_is_written(language: str, text: str) -> None:
    for each_way in {*as_recognisers_write(text), *without_accents(text)}:
        if ". " not in text or "." in each_way:
            assert asks_to_be_remembered(each_way, language), each_way


@for_all(NO_REQUESTS)
def test_what_only_sounds_like_a_request_is_none(language: str, text: str) -> None:
    for each_way in as_recognisers_write(text):
        assert not asks_to_be_remembered(each_way, language), each_way


@for_all(each("REQUESTS"))
def test_a_request_does_not_outweigh_what_protects_the_caller(language: str, text: str) -> None:
    for after in tables(language).AFTER_A_REQUEST:
        assert not asks_to_be_remembered(f"{text} {after}", language), after


@for_all(each("REQUESTS"))
def test_a_request_withdraws_nothing_and_asks_nobody_never_to_ask(language: str, text: str) -> None:
    assert interpret(text, language, asked=False) not in (Answer.WITHDRAW, Answer.NEVER)


def test_a_language_without_a_grammar_has_no_requests() -> None:
    assert asks_to_be_remembered("Remember my voice.", "en-GB")
    assert not asks_to_be_remembered("Remember my voice.", "nl")
