"""The listener of one call: frames come in on the event loop, windows go out on the engine's thread."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Final, Protocol

import numpy as np

from opusagent_hooks import AudioChunk
from opusagent_voiceprint.audio import SAMPLE_RATE, StreamResampler
from opusagent_voiceprint.encoding import SpeechStream, SpeechWindow, WindowSource, WindowSpec
from opusagent_voiceprint.matching import Channel
from opusagent_voiceprint.models import Embedding

__all__ = ["Listener", "Voice"]

_ANNOUNCE_SECONDS: Final = 0.1
_MAX_FRAMES: Final = 1500  # half a minute of 20 ms frames; older ones go when recognition cannot keep up


class Voice(Protocol):
    """What becomes of the embeddings of a call."""

    def add(
        self,
        window: SpeechWindow,
        embedding: Embedding,
        *,
        channel: Channel,
        heard_at: float,
    ) -> None:
        """One more window, whose last frame came in at ``heard_at`` (``time.perf_counter``)."""
        ...


class Listener:
    """Buffers a call's caller side and prepares it for the engine.

    :meth:`hear` is all that runs on the event loop: an append, and one note to the engine each 0.1 s.
    Everything is dropped by :meth:`close`, after which nothing more is taken in or handed out.
    """

    def __init__(self, spec: WindowSpec, voice: Voice, announce: Callable[[WindowSource], None]) -> None:
        self._voice = voice
        self._announce = announce
        self._frames: deque[AudioChunk] = deque(maxlen=_MAX_FRAMES)
        self._unannounced = 0.0
        self._announced = False
        self._heard_at = 0.0
        self._closed = False
        self.dropped_frames = 0
        # From here on the engine's thread only.
        self._stream = SpeechStream(spec)
        self._resampler: StreamResampler | None = None
        self._taken_at = 0.0

    def hear(self, chunk: AudioChunk) -> None:
        """Take one frame; returns at once. Frames of the agent's side are ignored."""
        if self._closed or chunk.speaker != "caller":
            return
        if len(self._frames) == _MAX_FRAMES:
            self.dropped_frames += 1
        self._frames.append(chunk)
        self._unannounced += chunk.duration
        if self._unannounced >= _ANNOUNCE_SECONDS:
            self._unannounced = 0.0
            self._heard_at = time.perf_counter()
            if not self._announced:
                self._announced = True
                self._announce(self)

    def close(self) -> None:
        """Stop, and drop what waits. The engine lets go of the rest together with the listener."""
        self._closed = True
        self._frames.clear()

    def take_windows(self) -> Sequence[SpeechWindow]:
        """The windows that what was heard completes. Runs on the engine's thread."""
        self._announced = False  # before anything is taken: what comes in from here on is announced again
        self._taken_at = self._heard_at
        # Only this thread takes frames out, but close() may empty the queue at any time.
        chunks: list[AudioChunk] = []
        with contextlib.suppress(IndexError):
            while True:
                chunks.append(self._frames.popleft())
        windows: list[SpeechWindow] = []
        for rate, group in groupby(chunks, key=lambda chunk: chunk.sample_rate):
            if self._closed:
                return []
            if self._resampler is None or self._resampler.rate != rate:
                self._resampler = StreamResampler(rate, SAMPLE_RATE)
            samples = np.concatenate([chunk.samples() for chunk in group])
            windows += self._stream.push(self._resampler.push(samples))
        return windows

    def embedded(self, windows: Sequence[SpeechWindow], embeddings: Sequence[Embedding]) -> None:
        """Hand embeddings on to the voice. Runs on the engine's thread."""
        if self._closed:
            return
        channel = self._stream.band.channel
        for window, embedding in zip(windows, embeddings, strict=True):
            self._voice.add(window, embedding, channel=channel, heard_at=self._taken_at)
