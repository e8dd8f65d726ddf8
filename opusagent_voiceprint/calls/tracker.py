"""The voice on a call: who it is, and whether it is still the same."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from opusagent_voiceprint.audio import SAMPLE_RATE, SpeechTotals
from opusagent_voiceprint.encoding import SpeechWindow
from opusagent_voiceprint.matching import Channel, DecisionRule, Gallery, mean_embedding, similarity_of
from opusagent_voiceprint.models import Decision, Embedding, Identification

__all__ = ["Heard", "Identified", "VoiceSample", "VoiceSwitched", "VoiceTracker"]

_MAX_WINDOWS: Final = 80  # a minute of one voice; more adds nothing to a mean
_WATCHED_WINDOWS: Final = 3
_STRANGE_WINDOWS: Final = 2
_SAME_VOICE: Final = 0.64
"""Similarity of three windows to the voice so far, under which they are somebody else's.

Both come over the same line. benchmarks/operating_points.py gives the cosines: 1 % of three windows of the
same speaker lie below 0.81 on a telephone, half of another speaker's above 0.65; 0.64 stands for 0.755.
"""


@dataclass(frozen=True, slots=True)
class Identified:
    """A decision about a voice, and how many seconds after the frame that brought it, it fell.

    ``since`` is where that voice begins, in seconds of the call's net speech.
    """

    identification: Identification
    latency: float
    voice: int
    since: float


@dataclass(frozen=True, slots=True)
class VoiceSwitched:
    """Somebody else is speaking now."""


@dataclass(frozen=True, slots=True)
class Heard:
    """More speech of the voice: sent only while somebody waits for it."""

    net_speech_seconds: float


TrackerEvent = Identified | VoiceSwitched | Heard


@dataclass(frozen=True, slots=True, eq=False)
class VoiceSample:
    """What was heard of one voice: embeddings of shape (windows, dimension), seconds, line and quality.

    ``voice`` counts the voices of the call, from 0: whoever was asked is not whoever speaks after a switch.
    """

    voice: int
    embeddings: Embedding
    net_speech_seconds: float
    channel: Channel
    quality: float


class VoiceTracker:
    """Scores a voice as its windows arrive, decides, and then watches that it stays the same.

    :meth:`add` runs on the engine's thread; events go to ``emit``, which must be safe to call from there.
    """

    def __init__(self, gallery: Gallery, rule: DecisionRule, emit: Callable[[TrackerEvent], None]) -> None:
        self._gallery = gallery
        self._rule = rule
        self._emit = emit
        self._lock = threading.Lock()
        self._embeddings: list[Embedding] = []
        self._begins: list[float] = []  # where each window begins, in net speech of the call
        self._befores: list[SpeechTotals] = []  # what was heard of the call before each window
        self.voice = 0
        """Which voice of the call is speaking, counted from 0."""
        self._before = 0.0  # net speech of earlier voices on this call
        self._of_others = SpeechTotals(SAMPLE_RATE)  # what was heard of them
        self._seconds = 0.0
        self._channel: Channel = "narrow"
        self._quality = 0.0
        self._decision = Decision.PENDING
        self._strange = 0
        self._closed = False
        self.known: frozenset[str] = frozenset()
        """Callers linked to the calling number."""
        self.report_speech = False
        """Whether to send :class:`Heard`."""

    def add(
        self,
        window: SpeechWindow,
        embedding: Embedding,
        *,
        channel: Channel,
        heard_at: float,
    ) -> None:
        """One more window, whose last frame came in at ``heard_at`` (``time.perf_counter``)."""
        with self._lock:
            if self._closed:
                return
            self._embeddings = [*self._embeddings[1 - _MAX_WINDOWS :], embedding]
            begins_at = window.net_speech_seconds - len(window.samples) / SAMPLE_RATE
            self._begins = [*self._begins[1 - _MAX_WINDOWS :], begins_at]
            self._befores = [*self._befores[1 - _MAX_WINDOWS :], window.before]
            self._seconds = window.net_speech_seconds - self._before
            self._channel = channel
            switched = self._watch(window.net_speech_seconds)
            self._quality = quality = window.heard.since(self._of_others).score
            seconds, voice, since = self._seconds, self.voice, self._before
            probe = None
            if not switched and self._undecided():
                probe = mean_embedding(np.stack(self._embeddings))
        if switched:
            self._emit(VoiceSwitched())
        elif probe is not None:
            found = self._decide(probe, channel, seconds, quality)
            if found is not None:
                self._emit(Identified(found, time.perf_counter() - heard_at, voice, since))
        if self.report_speech:
            self._emit(Heard(seconds))
        if self._closed:
            self._forget()  # closed while this window was being added

    @property
    def net_speech_seconds(self) -> float:
        """Seconds of the call's speech so far, whoever spoke."""
        with self._lock:
            return self._before + self._seconds

    def sample(self) -> VoiceSample | None:
        """What was heard of the present voice, or None if nothing was."""
        with self._lock:
            if not self._embeddings:
                return None
            return VoiceSample(
                self.voice, np.stack(self._embeddings), self._seconds, self._channel, self._quality
            )

    def settle(self) -> None:
        """Take the present voice for known: it is being enrolled. From now on it is only watched."""
        with self._lock:
            self._decision = Decision.RECOGNISED

    def unsettle(self) -> None:
        """It was not enrolled after all."""
        with self._lock:
            self._decision = Decision.UNKNOWN

    def close(self) -> None:
        """Drop everything. Never waits for the engine."""
        self._closed = True
        self._forget()

    def _forget(self) -> None:
        self._embeddings, self._begins, self._befores = [], [], []

    def _undecided(self) -> bool:
        if self._decision is Decision.PENDING:
            return True
        # An unknown voice is still scored for a while: more speech may show who it is. The reverse, from a
        # name to none, is for the watch.
        return self._decision is not Decision.RECOGNISED and self._seconds <= 2 * self._rule.max_speech

    def _decide(
        self, probe: Embedding, channel: Channel, seconds: float, quality: float
    ) -> Identification | None:
        # Searched without the lock, which the event loop takes too: a large gallery takes milliseconds.
        candidates = self._gallery.search(probe, channel)
        if self.known:
            # Whoever the number is linked to competes even when five others are nearer.
            near = dict(candidates)
            near.update(self._gallery.search(probe, channel, among=self.known))
            candidates = sorted(near.items(), key=lambda each: -each[1])
        found = self._rule.decide(candidates, seconds, quality, known=self.known)
        with self._lock:
            if self._closed or not self._undecided() or found.decision is Decision.PENDING:
                return None
            if self._decision is not Decision.PENDING and found.decision is not Decision.RECOGNISED:
                return None
            self._decision = found.decision
        return found

    def _watch(self, net_speech_seconds: float) -> bool:
        earlier = len(self._embeddings) - _WATCHED_WINDOWS
        if earlier < _WATCHED_WINDOWS:
            return False
        voices = np.stack(self._embeddings)
        cosine = mean_embedding(voices[:earlier]) @ mean_embedding(voices[earlier:])
        alike = float(similarity_of(np.asarray(cosine, dtype=np.float32), self._channel, self._channel))
        self._strange = self._strange + 1 if alike < _SAME_VOICE else 0
        if self._strange < _STRANGE_WINDOWS:
            return False
        # The new voice starts with the windows that gave it away.
        self.voice += 1
        self._embeddings, self._begins = self._embeddings[earlier:], self._begins[earlier:]
        self._befores = self._befores[earlier:]
        self._before, self._of_others = max(0.0, self._begins[0]), self._befores[0]
        self._seconds = net_speech_seconds - self._before
        self._decision = Decision.PENDING
        self._strange = 0
        return True
