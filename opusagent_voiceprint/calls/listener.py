"""The listener of one call: frames come in on the event loop, windows go out on the engine's thread."""

from __future__ import annotations

import contextlib
import time
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Final, Protocol

from opusagent_hooks import AudioChunk, codecs
from opusagent_voiceprint.audio import SAMPLE_RATE, StreamResampler
from opusagent_voiceprint.encoding import (
    SpeechStream,
    SpeechWindow,
    WindowEmbedding,
    WindowSource,
    WindowSpec,
)
from opusagent_voiceprint.matching import Channel

__all__ = ["Listener", "Voice"]

_PAUSE_SECONDS: Final = 0.1
_SOON_SECONDS: Final = 0.05
_MOST_WAITING: Final = 30.0  # seconds of audio; older ones go when recognition cannot keep up


class Voice(Protocol):
    """What becomes of the embeddings of a call."""

    @property
    def urgent(self) -> bool:
        """Whether a decision waits for the next window."""
        ...

    def add(
        self,
        window: SpeechWindow,
        embedding: WindowEmbedding,
        *,
        channel: Channel,
        heard_at: float,
    ) -> None:
        """One more window, whose last frame came in at ``heard_at`` (``time.perf_counter``)."""
        ...


class Listener:
    """Buffers a call's caller side and prepares it for the engine.

    :meth:`hear` is all that runs on the event loop: an append, and a note to the engine when there may be a
    new window. Everything is dropped by :meth:`close`, after which nothing more is taken in or handed out.
    """

    def __init__(self, spec: WindowSpec, voice: Voice, announce: Callable[[WindowSource], None]) -> None:
        self._voice = voice
        self._announce = announce
        self._frames: deque[tuple[AudioChunk, float]] = deque()
        self._heard = 0.0  # seconds of audio that came in
        self._announced = False
        self.closed = False
        self.dropped_frames = 0
        # From here on the engine's thread writes; positions are in seconds of the call's audio.
        self._stream = SpeechStream(spec)
        self._resampler: StreamResampler | None = None
        self._taken = 0.0
        self._resampled = 0.0
        self._arrivals: list[tuple[float, float]] = []  # ends of the latest frames, and when they came in
        self._wake_at = self._earliest = self._stream.next_window_in
        self._handed_out = 0  # windows that are in the engine

    @property
    def urgent(self) -> bool:
        """Whether a decision waits for the next window."""
        return self._voice.urgent

    def hear(self, chunk: AudioChunk) -> None:
        """Take one frame; returns at once. Frames of the agent's side are ignored."""
        if self.closed or chunk.speaker != "caller":
            return
        self._heard += chunk.duration
        self._frames.append((chunk, time.perf_counter()))
        with contextlib.suppress(IndexError):  # the engine may have taken them meanwhile
            while self._heard - self._taken > _MOST_WAITING:
                self._heard -= self._frames.popleft()[0].duration
                self.dropped_frames += 1
        if self._heard >= self._wake_at and not self._announced:
            self._announced = True
            self._announce(self)

    def close(self) -> None:
        """Stop, and drop what waits, here and in the engine."""
        self.closed = True
        self._frames.clear()
        if self._handed_out:
            self._announce(self)

    def take_windows(self) -> Sequence[SpeechWindow]:
        """The windows that what was heard completes. Runs on the engine's thread."""
        self._announced = False  # before anything is taken: what comes in from here on is announced again
        # Only this thread takes frames out, but close() may empty the queue at any time.
        position, chunks = self._taken, list[AudioChunk]()
        with contextlib.suppress(IndexError):
            while True:
                chunk, came_at = self._frames.popleft()
                chunks.append(chunk)
                self._taken += chunk.duration
                self._arrivals.append((self._taken, came_at))
        windows: list[SpeechWindow] = []
        for (encoding, rate), group in groupby(chunks, key=lambda each: (each.encoding, each.sample_rate)):
            if self.closed:
                return []
            if self._resampler is None or self._resampler.rate != rate:
                self._resampler, self._resampled = StreamResampler(rate, SAMPLE_RATE), position
            samples = codecs.decode(b"".join(each.data for each in group), encoding)
            position += len(samples) / rate
            samples = self._resampler.push(samples)
            self._resampled += len(samples) / SAMPLE_RATE
            windows += self._stream.push(samples, self._came_at(self._earliest))
        self._handed_out += len(windows)
        self._plan()
        return [] if self.closed else windows

    def embedded(self, windows: Sequence[SpeechWindow], embeddings: Sequence[WindowEmbedding]) -> None:
        """Hand embeddings on to the voice. Runs on the engine's thread."""
        self._handed_out -= len(windows)
        if self.closed:
            return
        channel = self._stream.band.channel
        for window, embedding in zip(windows, embeddings, strict=True):
            self._voice.add(window, embedding, channel=channel, heard_at=window.heard_at)

    def _came_at(self, position: float) -> float:
        """When the frame came in that reaches this position in the audio."""
        return self._arrivals[min(self._arrival(position), len(self._arrivals) - 1)][1]

    def _arrival(self, position: float) -> int:
        return bisect_left(self._arrivals, position, key=lambda each: each[0])

    def _plan(self) -> None:
        """Reckon when there can be a window again, were all that comes speech."""
        self._earliest = self._resampled + self._stream.next_window_in
        del self._arrivals[: max(0, self._arrival(self._earliest) - 1)]
        # The resampler gives audio out in blocks of 0.1 s: what completes the window may be in it already,
        # and is seldom out at the first moment. In a pause the next window stays near: it is looked for less.
        within = self._earliest <= self._taken
        least = self._taken + (_SOON_SECONDS if within else _PAUSE_SECONDS)
        self._wake_at = max(self._earliest + _SOON_SECONDS / 2, least)
