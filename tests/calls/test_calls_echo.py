"""Which windows of a line are the agent's own: by all so far, two in a row, or the last five."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from opusagent_voiceprint.calls.echo import EchoJudge, nobody_is_the_agent
from opusagent_voiceprint.models import Embedding

AGENT, CALLER = np.eye(2, dtype=np.float32)


def sounds_like_the_agent(embeddings: Embedding, channel: str) -> bool:
    total = embeddings.sum(axis=0)
    return bool(total[0] / np.linalg.norm(total) >= 0.88)


def judged(line: str, is_agent: Any = sounds_like_the_agent) -> list[str]:
    """A line of A for windows of the agent's and C for the caller's, as a tracker has it judged."""
    judge, so_far, found = EchoJudge(is_agent), list[Embedding](), []
    for letter in line:
        new = AGENT if letter == "A" else CALLER
        verdict = judge.add(so_far, new, "narrow")
        if verdict == "caller_begins":
            so_far = []
        if verdict != "agent_again":
            so_far.append(new)
        found.append(verdict)
    return found


@pytest.mark.parametrize("echoed", [1, 2, 10, 40])
def test_after_the_agent_alone_a_caller_begins_within_three_windows_however_long_it_was(echoed: int) -> None:
    verdicts = judged("A" * echoed + "CCC")
    assert verdicts[:echoed] == ["only_agent"] * echoed
    assert verdicts[echoed:].index("caller_begins") <= 1
    assert verdicts[-1] == "caller"


def test_the_agent_in_between_is_left_out_but_for_its_first_window() -> None:
    assert judged("CCCCAAAC")[4:] == ["caller", "agent_again", "agent_again", "caller"]


def test_a_caller_alone_is_a_caller_from_the_first_window_on() -> None:
    assert judged("CCCC") == ["caller"] * 4


def test_where_the_agent_is_not_known_everybody_is_a_caller() -> None:
    assert judged("AACCAA", nobody_is_the_agent) == ["caller"] * 6


def test_an_agent_that_becomes_known_late_is_known_by_all_that_was_heard_before() -> None:
    judge, known = EchoJudge(lambda heard, channel: known and sounds_like_the_agent(heard, channel)), False
    so_far = [AGENT] * 5
    assert judge.add(so_far[:4], AGENT, "narrow") == "caller"
    assert not judge.only_agent(so_far, "narrow")
    known = True
    assert judge.only_agent(so_far, "narrow")
    assert judge.add(so_far, AGENT, "narrow") == "only_agent"
