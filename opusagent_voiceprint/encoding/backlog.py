"""The windows that wait for the network: how long each may, which go together, and which are left out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from opusagent_voiceprint.encoding.encoders import WindowEmbedding
from opusagent_voiceprint.encoding.speech import SpeechWindow

__all__ = ["DEADLINE", "FULL_BATCH", "LAZY", "LIMIT", "MAX_BATCH", "Backlog", "Waiting", "WindowSource"]

FULL_BATCH: Final = 16
"""Windows that are not waited with: a window of a larger batch is hardly cheaper."""

MAX_BATCH: Final = 32
"""Windows in one run of the network: the calls in front would wait longer, and gain nothing."""

LAZY: Final = 0.8
"""Seconds that a window may wait for company when no decision waits for it: about one more of its call."""

DEADLINE: Final = 2.0
"""Seconds after which a window is left out: what the caller says now tells more."""

LIMIT: Final = 256
"""Windows that wait at most, 26 MB of samples at Resemblyzer's length."""

_CROWDED: Final = 2 * MAX_BATCH
_LINGER: Final = 0.08
_LINGERS_FROM: Final = 2.0  # windows a second: two calls with somebody speaking
_LINGERS_MOST_AT: Final = 10.0
_RATE_MEMORY: Final = 2.0  # seconds


class WindowSource(Protocol):
    """A call, as the engine sees it. The methods run in the engine's thread."""

    @property
    def urgent(self) -> bool:
        """Whether a decision waits for its windows: they go first, and are left out last."""
        ...

    @property
    def closed(self) -> bool:
        """Whether it is over: what waits of it is dropped."""
        ...

    def take_windows(self) -> Sequence[SpeechWindow]:
        """Windows that became complete since the last time."""
        ...

    def embedded(self, windows: Sequence[SpeechWindow], embeddings: Sequence[WindowEmbedding]) -> None:
        """The embeddings of windows that were taken, in the same order; some may have been left out."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """A window of a call, and when it came (``time.monotonic``)."""

    source: WindowSource
    window: SpeechWindow
    since: float


class Backlog:
    """A bounded queue with deadlines. Used by one thread; ``now`` is that thread's monotonic clock.

    A run of the network costs as much as several windows in it, so that windows wait for company: those of
    urgent calls not at all while few come, and up to 0.08 s when many do; the others for :data:`LAZY`
    seconds, unless a run takes place anyway. More than can be embedded is left out: first of calls that are
    not urgent, of each call the oldest first.
    """

    def __init__(self) -> None:
        self._waiting: list[Waiting] = []
        self._rate = 0.0  # windows a second, lately
        self._counted_at = 0.0
        self.shed = 0
        """Windows left out so far."""

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, source: WindowSource, windows: Sequence[SpeechWindow], now: float) -> None:
        """Take in what a call completed."""
        self._rate *= math.exp((self._counted_at - now) / _RATE_MEMORY)
        self._rate += len(windows) / _RATE_MEMORY
        self._counted_at = now
        if len(self._waiting) >= _CROWDED and not source.urgent:
            # Calls that are only watched are watched at a lower rate.
            self._shed([each for each in self._waiting if each.source is source])
            self.shed += max(0, len(windows) - 1)
            windows = windows[-1:]
        self._waiting += [Waiting(source, window, now) for window in windows]
        if (over := len(self._waiting) - LIMIT) > 0:
            self._shed(sorted(self._waiting, key=lambda each: (each.source.urgent, each.since))[:over])

    def drop(self, source: WindowSource) -> None:
        """Drop what waits of a call."""
        self._waiting = [each for each in self._waiting if each.source is not source]

    def clear(self) -> None:
        """Drop everything."""
        self._waiting.clear()

    def due_in(self, now: float) -> float | None:
        """Seconds until the network is to run, 0 for at once, None while nothing waits."""
        if not self._waiting:
            return None
        if len(self._waiting) >= FULL_BATCH:
            return 0.0
        linger = self._linger()
        due = min(each.since + (linger if each.source.urgent else LAZY) for each in self._waiting)
        return max(0.0, due - now)

    def take(self, now: float) -> list[Waiting]:
        """The windows of the next run, those of a call in their order."""
        self._waiting = [each for each in self._waiting if not each.source.closed]
        late = [each for each in self._waiting if now - each.since > self._patience(each.source)]
        self._shed(late)
        self._waiting.sort(key=lambda each: not each.source.urgent)  # stable: the oldest first otherwise
        urgent = sum(each.source.urgent for each in self._waiting)
        count = min(MAX_BATCH, max(urgent, FULL_BATCH))
        batch, self._waiting = self._waiting[:count], self._waiting[count:]
        return batch

    def _patience(self, source: WindowSource) -> float:
        return DEADLINE if source.urgent else DEADLINE + LAZY

    def _linger(self) -> float:
        part = (self._rate - _LINGERS_FROM) / (_LINGERS_MOST_AT - _LINGERS_FROM)
        return _LINGER * min(1.0, max(0.0, part))

    def _shed(self, out: Sequence[Waiting]) -> None:
        if out:
            gone = set(map(id, out))
            self._waiting = [each for each in self._waiting if id(each) not in gone]
            self.shed += len(out)
