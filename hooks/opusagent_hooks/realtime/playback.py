"""When things are heard: the end of the agent's speech, and the caller's audio on the call's clock."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

__all__ = ["InputClock", "Playback"]

_STEP_MS = 100.0
_KEPT_STEPS = 3000


class Playback:
    """Estimates until when the caller hears what the agent said, in seconds of ``clock``.

    A service sends speech faster than it is played; a host that paces it passes it on later. Either way a
    piece is played after those before it, and not before it came.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.bytes_per_second = 48_000.0
        self.until = 0.0

    @property
    def playing(self) -> bool:
        """True while the caller hears the agent."""
        return self._clock() < self.until

    def add(self, size: int) -> float:
        """A piece of ``size`` bytes came; when it begins to be played."""
        begins = max(self.until, self._clock())
        self.until = begins + size / self.bytes_per_second
        return begins

    def reached(self, time: float) -> bool:
        """True when what was to be heard until ``time`` was heard, or dropped."""
        return self._clock() >= min(time, self.until)

    def drop(self) -> None:
        """What was not played yet never will be."""
        self.until = min(self.until, self._clock())


class InputClock:
    """Turns positions in the audio sent to a service into times of the call.

    What counts is when audio was sent: a host that mislabels its rate, or pads, does not mislead it.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.bytes_per_second = 48_000.0
        self._sent_ms = 0.0
        self._positions: list[float] = []
        self._times: list[float] = []
        self.last_sent = float("-inf")

    def add(self, size: int) -> None:
        """``size`` bytes are sent now."""
        self.last_sent = now = self._clock()
        if not self._positions or self._sent_ms - self._positions[-1] >= _STEP_MS:
            self._positions.append(self._sent_ms)
            self._times.append(now)
            if len(self._positions) > _KEPT_STEPS:
                del self._positions[: _KEPT_STEPS // 2], self._times[: _KEPT_STEPS // 2]
        self._sent_ms += 1000.0 * size / self.bytes_per_second

    def time_of(self, position_ms: float) -> float | None:
        """When the audio at this position was sent; None before any was."""
        if not self._positions:
            return None
        index = bisect_right(self._positions, position_ms) - 1
        if index < 0:
            return self._times[0]
        start, end = self._positions[index], self._sent_ms
        until = self.last_sent
        if index + 1 < len(self._positions):
            end, until = self._positions[index + 1], self._times[index + 1]
        share = min(1.0, (position_ms - start) / (end - start)) if end > start else 0.0
        return self._times[index] + share * (until - self._times[index])
