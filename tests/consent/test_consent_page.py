"""docs/consent.md is what the code draws, and the question says what has to be said before a yes."""

from __future__ import annotations

import runpy
import typing
from pathlib import Path
from typing import Any

import pytest
from consent_states import EVENTS, every_state

from opusagent_voiceprint.consent.machine import Event, Stage

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def drawing() -> dict[str, Any]:
    return runpy.run_path(str(DOCS / "draw_consent.py"))


def test_the_page_on_consent_is_as_the_code_draws_it(drawing: dict[str, Any]) -> None:
    page = (DOCS / "consent.md").read_text(encoding="utf-8")
    assert page == drawing["page"](), "run `python docs/draw_consent.py`"


def test_every_event_and_every_state_is_drawn(drawing: dict[str, Any]) -> None:
    drawn = (*drawing["EVENTS"].values(), *drawing["WITHDRAWALS"].values())
    assert (
        {type(event) for event in drawn} == {type(event) for event in EVENTS} == set(typing.get_args(Event))
    )
    assert {(state.stage, state.renews, state.recognition) for state in drawing["every_state"]()} == {
        (state.stage, state.renews, state.recognition)
        for state in every_state()
        # Not drawn: an end that something else was stored before, on the same call.
        if not (state.recognition and state.stage is Stage.ENROLLED)
    }
    page = drawing["page"]()
    assert all(f"| `{stage.value}` |" in page for stage in Stage)


def test_p4_what_has_to_be_said_before_a_yes_is_marked_in_the_question(drawing: dict[str, Any]) -> None:
    question = drawing["marked_question"]()
    assert len(drawing["REQUIRED"]) == 6
    assert all(f"**{words}**" in question for words in drawing["REQUIRED"].values())
