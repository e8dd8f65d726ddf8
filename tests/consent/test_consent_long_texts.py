"""Long and hostile texts are read in a time that grows with their length, not with its powers."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from utterances.tables import LANGUAGES, tables

from opusagent_voiceprint.consent import (
    asks_to_be_remembered,
    interpret,
    is_emergency,
    puts_on_hold,
    spoken_name,
)
from opusagent_voiceprint.consent.interpret import MAX_CHARACTERS

# A pattern that backtracks exponentially takes hours; one that does not, some hundredths of a second.
ENOUGH_SECONDS = 2.0

without_deadline = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def read_all(text: str, language: str) -> float:
    """How long everything that reads a caller's words takes over these, in seconds."""
    began = time.perf_counter()
    for asked in (True, False):
        interpret(text, language, asked=asked)
    asks_to_be_remembered(text, language)
    is_emergency(text, language)
    puts_on_hold(text, language)
    spoken_name(text[:200], language)
    return time.perf_counter() - began


@pytest.mark.parametrize("language", LANGUAGES)
@without_deadline
@given(data=st.data())
def test_a_phrase_said_again_and_again_is_read_in_no_time(language: str, data: st.DataObject) -> None:
    ours = tables(language)
    phrases = [*ours.YES, *ours.WITHDRAWALS, *ours.WITHDRAWALS_OUT_OF_THE_BLUE, *ours.NOT_A_WITHDRAWAL]
    words = data.draw(st.sampled_from([*phrases, *ours.REQUESTS, *ours.HOLDS])).split()
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    text = " ".join([*words[start:end], ""]) * MAX_CHARACTERS
    assert read_all(text[:MAX_CHARACTERS], language) < ENOUGH_SECONDS


@pytest.mark.parametrize("language", LANGUAGES)
@without_deadline
@given(data=st.data())
def test_any_words_of_callers_in_any_order_are_read_in_no_time(language: str, data: st.DataObject) -> None:
    ours = tables(language)
    vocabulary = sorted(
        {
            word
            for text in [*ours.WITHDRAWALS, *ours.REQUESTS, *ours.YES, *ours.HOLDS]
            for word in text.split()
        }
    )
    words = data.draw(st.lists(st.sampled_from(vocabulary), min_size=1, max_size=60))
    text = " ".join([*words, ""]) * MAX_CHARACTERS
    assert read_all(text[:MAX_CHARACTERS], language) < ENOUGH_SECONDS


@pytest.mark.parametrize("language", LANGUAGES)
@without_deadline
@given(st.text(max_size=300))
@example("a" * MAX_CHARACTERS)
@example("a " * MAX_CHARACTERS)
@example("." * MAX_CHARACTERS)
@example("can you " * 2000)
@example("remember " * 2000)
@example("i want you to " * 2000 + "x")
@example("so and but then also " * 500)
def test_any_text_is_read_in_no_time(language: str, text: str) -> None:
    assert read_all(text, language) < ENOUGH_SECONDS
