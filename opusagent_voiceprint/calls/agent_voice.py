"""The agent's own voice on a call, listened to so that its echo from the caller's side is known for it."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from opusagent_hooks import AudioChunk
from opusagent_voiceprint.audio import SAMPLE_RATE, StreamResampler
from opusagent_voiceprint.encoding import (
    SpeechStream,
    SpeechWindow,
    WindowEmbedding,
    WindowSource,
    WindowSpec,
)
from opusagent_voiceprint.matching import AgentVoice, Channel
from opusagent_voiceprint.models import Embedding

__all__ = ["AgentEars", "AgentListener"]

Samples = npt.NDArray[np.float32]

_TELEPHONE: Final = 8_000

_MOST_WAITING: Final = 15.0
"""Seconds of audio that wait: 720 kB of 16 bit at 24 kHz. A service sends it faster than it is played."""

_AT_ONCE: Final = 4
"""Windows that are handed to the engine at a time, so that callers' need not wait for many of an agent."""

_SECONDS_AT_ONCE: Final = 5.0
"""Audio that is prepared at a time, for the same reason."""

_LOST_AFTER: Final = 3.0
"""Seconds after which windows have been left out by the engine, if they are not embedded."""


class AgentEars:
    """Knows how the agent sounds over the caller's line.

    A telephone line lets through less of a voice than a service sends. Over which band the caller's line goes
    shows in its first windows, so that on lines of more than 8 kHz the agent is listened to over both.
    """

    def __init__(self, encoder_id: str, spec: WindowSpec, announce: Callable[[WindowSource], None]) -> None:
        self._narrow = AgentListener(spec, AgentVoice(encoder_id), announce, telephone=True)
        self._wide = AgentListener(spec, AgentVoice(encoder_id), announce)
        self._line_rate: int | None = None

    def hear(self, chunk: AudioChunk) -> None:
        """One frame of the agent's speech; returns at once."""
        self._narrow.hear(chunk)
        self._wide.hear(chunk)

    def note_line(self, sample_rate: int) -> None:
        """The caller's frames come at this rate."""
        if sample_rate == self._line_rate:
            return
        first, self._line_rate = self._line_rate is None, sample_rate
        if sample_rate == _TELEPHONE:
            self._wide.close()
        if first:
            self._narrow.begin()
            self._wide.begin()

    def is_in(self, embeddings: Embedding, channel: Channel) -> bool:
        """Whether windows of the caller's side, of shape (windows, dimension), are the agent's voice."""
        if channel == "wide":
            self._narrow.close()  # a wide line stays one
            return self._wide.voice.is_in(embeddings, channel)
        return self._narrow.voice.is_in(embeddings, channel)

    def close(self) -> None:
        """Stop, and drop what waits."""
        self._narrow.close()
        self._wide.close()


class AgentListener:
    """Windows of the agent's speech over one band, until its voice is known well enough.

    :meth:`hear` is all that runs on the event loop for a frame. No more than :data:`_MOST_WAITING` seconds
    wait: what comes then is left out, and all that comes once the voice is known well enough.
    """

    def __init__(
        self,
        spec: WindowSpec,
        voice: AgentVoice,
        announce: Callable[[WindowSource], None],
        *,
        telephone: bool = False,
    ) -> None:
        self.voice = voice
        self._announce = announce
        self._telephone = telephone
        self._chunks: deque[AudioChunk] = deque()
        self._heard = 0.0  # seconds that came in, on the event loop
        self._may_begin = False
        self._announced = False
        self.closed = False
        # From here on the engine's thread writes.
        self._stream = SpeechStream(spec)
        self._resamplers: list[StreamResampler] = []
        self._taken = 0.0
        self._wake_at = spec.length / SAMPLE_RATE
        self._handed_out = 0
        self._lost_at = 0.0

    @property
    def urgent(self) -> bool:
        """Never: callers go first."""
        return False

    @property
    def waiting(self) -> float:
        """Seconds of audio that wait."""
        return self._heard - self._taken

    def begin(self) -> None:
        """Windows may be made from now on."""
        self._may_begin = True
        self._look()

    def hear(self, chunk: AudioChunk) -> None:
        """Take one frame; returns at once."""
        if self.closed or self.voice.full:
            return
        if self.waiting + chunk.duration <= _MOST_WAITING:
            self._heard += chunk.duration
            self._chunks.append(chunk)
        self._look()  # also where nothing more fits: what is waited for may be lost

    def close(self) -> None:
        """Stop, and drop what waits, here and in the engine. A second time: nothing."""
        if self.closed:
            return
        self.closed = True
        self._chunks.clear()
        if self._handed_out:
            self._announce(self)

    def take_windows(self) -> Sequence[SpeechWindow]:
        """Some of the windows that what was heard completes. Runs on the engine's thread."""
        self._announced = False
        windows: list[SpeechWindow] = []
        until = self._taken + _SECONDS_AT_ONCE
        # close() may empty the queue at any time.
        with contextlib.suppress(IndexError):
            while len(windows) < _AT_ONCE and self._taken < until and not (self.closed or self.voice.full):
                chunk = self._chunks.popleft()
                self._taken += chunk.duration
                # Of a wide window the second encoder would make an embedding that nobody needs.
                windows += [replace(each, wide=False) for each in self._stream.push(self._prepared(chunk))]
        if self.voice.full:
            self._chunks.clear()
        self._wake_at = self._taken + self._stream.next_window_in
        if windows:
            self._handed_out = len(windows)  # what was handed out before is done, or lost
            self._lost_at = time.monotonic() + _LOST_AFTER
        else:
            self._look()
        return windows

    def embedded(self, windows: Sequence[SpeechWindow], embeddings: Sequence[WindowEmbedding]) -> None:
        """Add to what is known of the voice. Runs on the engine's thread."""
        self._handed_out = max(0, self._handed_out - len(windows))
        if self.closed:
            return
        for each in embeddings:
            self.voice.add(each.main)
        self._look()

    def _look(self) -> None:
        """Tell the engine if there may be a window, and none is on its way."""
        if self.closed or self._announced or not self._may_begin or not self._chunks:
            return
        if self._heard >= self._wake_at and not (self._handed_out and time.monotonic() < self._lost_at):
            self._announced = True
            self._announce(self)

    def _prepared(self, chunk: AudioChunk) -> Samples:
        """The frame's samples at 16 kHz, over the band of the line."""
        rate = chunk.sample_rate
        if not self._resamplers or self._resamplers[0].rate != rate:
            over = [_TELEPHONE] if self._telephone and rate > _TELEPHONE else []
            rates = [rate, *over, SAMPLE_RATE]
            self._resamplers = [StreamResampler(*pair) for pair in pairwise(rates)]
        samples = chunk.samples()
        for resampler in self._resamplers:
            samples = resampler.push(samples)
        return samples
