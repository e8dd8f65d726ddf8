"""The tests of whole tables: they try every row, and say of each that fails which it is and why."""

from __future__ import annotations

import inspect

import pytest
from utterances.whole_tables import failures, for_all

from opusagent_voiceprint.consent import Answer

ROWS = [
    ("en", "yes", Answer.YES),
    ("en", "not at all", Answer.NO),
    ("en", "sure", Answer.YES),
    ("de", "ja", Answer.YES),
]
tried: list[tuple[str, str, Answer]] = []


@for_all(ROWS)
def test_every_row_is_tried_in_the_group_of_its_language_and_answer(
    language: str, text: str, answer: Answer
) -> None:
    tried.append((language, text, answer))


def test_a_group_has_all_of_its_rows_and_none_twice() -> None:
    whole = test_every_row_is_tried_in_the_group_of_its_language_and_answer
    assert list(inspect.signature(whole).parameters) == ["group"]
    tried.clear()
    for group, rows in (("en-yes", [ROWS[0], ROWS[2]]), ("en-no", [ROWS[1]]), ("de-yes", [ROWS[3]])):
        whole(group)
        assert tried == rows
        tried.clear()


def test_of_a_table_each_row_that_fails_is_named_with_its_reason_and_none_that_passes() -> None:
    def longer_than_four_letters(language: str, text: str, answer: Answer) -> None:
        assert len(text) > 4, f"{len(text)} letters"
        if answer is Answer.NO:
            raise LookupError("no such answer")

    lines = failures(longer_than_four_letters, ROWS)
    assert [line.partition(": ")[0] for line in lines] == [
        "'en', 'yes', YES",
        "'en', 'not at all', NO",
        "'en', 'sure', YES",
        "'de', 'ja', YES",
    ]
    assert "AssertionError: 3 letters" in lines[0]
    assert "LookupError: no such answer" in lines[1]
    assert failures(longer_than_four_letters, [("en", "of course", Answer.YES)]) == []


def test_the_test_of_a_group_fails_with_all_of_its_failures() -> None:
    @for_all(ROWS)
    def no_row_is_english(language: str, text: str, answer: Answer) -> None:
        assert language != "en"

    with pytest.raises(pytest.fail.Exception) as caught:
        no_row_is_english("en-yes")
    message = str(caught.value)
    assert message.startswith("2 of 2 rows fail in no_row_is_english[en-yes]:")
    assert "'yes'" in message
    assert "'sure'" in message
    no_row_is_english("de-yes")
