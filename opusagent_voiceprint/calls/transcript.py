"""What both sides said on a call, for its summary."""

from __future__ import annotations

from collections import deque
from typing import Final

from opusagent_hooks import Turn

__all__ = ["Transcript"]

_MAX_TURNS: Final = 400


class Transcript:
    """The latest turns of a call, the oldest first, without those that answered us."""

    def __init__(self) -> None:
        self._turns: deque[Turn] = deque(maxlen=_MAX_TURNS)

    def add(self, turn: Turn) -> None:
        """One side has spoken."""
        self._turns.append(turn)

    def clear(self) -> None:
        """Forget everything."""
        self._turns.clear()

    @property
    def turns(self) -> tuple[Turn, ...]:
        """All of them."""
        return tuple(self._turns)

    @property
    def before_the_switch(self) -> tuple[Turn, ...]:
        """All before the caller's last two turns: a change of voice is noticed some seconds after it."""
        spoken = [index for index, turn in enumerate(self._turns) if turn.speaker == "caller"]
        return self.turns[: spoken[-2]] if len(spoken) > 2 else ()
