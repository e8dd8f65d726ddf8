"""Who asks, unasked, to be remembered: a request lets the question be put, and is no consent."""

from __future__ import annotations

import itertools
import time

import pytest
from consent_utterances import NO_REQUESTS, NOT_A_YES, OTHER, REQUESTS, WITHDRAWALS
from hypothesis import example, given
from hypothesis import strategies as st

from opusagent_voiceprint.consent import Answer, asks_to_be_remembered, interpret


def test_the_tables_are_of_some_size() -> None:
    assert len(set(REQUESTS)) >= 50
    assert len(set(NO_REQUESTS)) >= 60


def _as_recognisers_write(text: str) -> list[str]:
    bare = "".join(c for c in text if c not in ".,!'")
    return [text, text.lower(), text.upper(), bare, text.replace("'", "\u2019"), f"  {text} "]


@pytest.mark.parametrize("text", REQUESTS)
def test_a_request_is_heard_however_it_is_written(text: str) -> None:
    variants = [each for each in _as_recognisers_write(text) if ". " not in text or "." in each]
    assert all(asks_to_be_remembered(each) for each in variants)


@pytest.mark.parametrize("text", [*NO_REQUESTS, *WITHDRAWALS, ""])
def test_what_only_sounds_like_a_request_is_none(text: str) -> None:
    assert not any(asks_to_be_remembered(each) for each in _as_recognisers_write(text))


@pytest.mark.parametrize(
    "text", [text for text in itertools.chain(NOT_A_YES, *OTHER.values()) if "remember" not in text.lower()]
)
def test_what_is_said_to_the_question_or_about_orders_is_no_request(text: str) -> None:
    assert not asks_to_be_remembered(text)


@pytest.mark.parametrize("text", REQUESTS)
@pytest.mark.parametrize("after", ["No, forget my voice.", "Never ask me again.", "I'm twelve years old."])
def test_a_request_does_not_outweigh_what_protects_the_caller(text: str, after: str) -> None:
    assert not asks_to_be_remembered(f"{text} {after}")


@pytest.mark.parametrize("text", REQUESTS)
def test_a_request_withdraws_nothing_and_asks_nobody_never_to_ask(text: str) -> None:
    assert interpret(text, asked=False) not in (Answer.WITHDRAW, Answer.NEVER)


def test_a_language_without_a_grammar_has_no_requests() -> None:
    assert asks_to_be_remembered("Remember my voice.", "en-GB")
    assert not asks_to_be_remembered("Remember my voice.", "de")


@given(st.text(max_size=300))
@example("can you " * 2000)
@example("remember " * 2000)
@example("i want you to " * 2000 + "x")
@example("so and but then also " * 500)
def test_any_text_is_read_in_no_time(text: str) -> None:
    began = time.perf_counter()
    assert asks_to_be_remembered(text) in (True, False)
    assert time.perf_counter() - began < 1.0
