"""Which of what comes from the caller's side is the agent's own voice."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, Literal

import numpy as np

from opusagent_voiceprint.matching import Channel
from opusagent_voiceprint.models import Embedding

__all__ = ["Echo", "EchoJudge", "IsAgent", "nobody_is_the_agent"]

IsAgent = Callable[[Embedding, Channel], bool]
"""Whether windows of shape (windows, dimension) are the agent's voice, over a line of this band."""

Echo = Literal["caller", "only_agent", "caller_begins", "agent_again"]
"""A window is the caller's; or all so far was the agent's; or was until this one; or this one is again."""


_IN_A_ROW: Final = 2
_NO_LONGER: Final = 5  # with fewer, more of an echo is taken for a caller's (benchmarks/voices_apart.py)


def nobody_is_the_agent(embeddings: Embedding, channel: Channel) -> bool:
    """For hosts that do not give the agent's audio."""
    return False


class EchoJudge:
    """Judges the windows of a line in their order. Not for several threads.

    All that was heard of a voice is looked at together. A single window tells little: the agent in between is
    known by two in a row, so that an echo's first window is taken for the caller's; and somebody who speaks
    after the agent alone by the last five, of which the first are the agent's still.
    """

    def __init__(self, is_agent: IsAgent) -> None:
        self._is_agent = is_agent
        self._recent: deque[Embedding] = deque(maxlen=_NO_LONGER)
        self._only_agent = False

    def add(self, so_far: Sequence[Embedding], new: Embedding, channel: Channel) -> Echo:
        """Judge the next window, of shape (dimension,); ``so_far`` are those counted as of its voice."""
        self._recent.append(new)
        recent = list(self._recent)
        if self._only_agent:
            self._only_agent = self._is_agent(np.stack(recent), channel)
            return "only_agent" if self._only_agent else "caller_begins"
        if self._is_agent(np.stack([*so_far, new]), channel):
            self._only_agent = True
            return "only_agent"
        again = len(recent) >= _IN_A_ROW and self._is_agent(np.stack(recent[-_IN_A_ROW:]), channel)
        return "agent_again" if again else "caller"

    def only_agent(self, so_far: Sequence[Embedding], channel: Channel) -> bool:
        """Whether all that was heard so far is the agent's."""
        return self._only_agent or self._is_agent(np.stack(so_far), channel)
