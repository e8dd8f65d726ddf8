"""The voice on a call: who it is, and whether it is still the same."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from opusagent_voiceprint.audio import SAMPLE_RATE, SpeechTotals
from opusagent_voiceprint.calls.echo import EchoJudge, IsAgent, nobody_is_the_agent
from opusagent_voiceprint.encoding import SpeechWindow, WindowEmbedding
from opusagent_voiceprint.matching import Channel, DecisionRule, Gallery, Probe, VoiceWatch
from opusagent_voiceprint.models import Decision, Embedding, Identification

__all__ = ["Heard", "Identified", "VoiceSample", "VoiceSwitched", "VoiceTracker"]

_NEXT_WINDOW: Final = 0.8  # seconds of net speech
_MAX_WINDOWS: Final = 80  # a minute of one voice; more adds nothing to a mean


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
    """What was heard of one voice: embeddings of shape (windows, dimension) and whose they are,
    what they make together, seconds, and quality.

    ``voice`` counts the voices of the call, from 0: whoever was asked is not whoever speaks after a switch.
    ``of_agent``: it is the agent's own voice, come back from the caller's side.
    """

    voice: int
    embeddings: Embedding
    probe: Probe
    net_speech_seconds: float
    quality: float
    clipped_fraction: float
    encoder_id: str
    wide_encoder_id: str
    of_agent: bool = False


class VoiceTracker:
    """Scores a voice as its windows arrive, decides, and then watches that it stays the same.

    :meth:`add` runs on the engine's thread; events go to ``emit``, which must be safe to call from there.
    What ``is_agent`` takes for the agent's voice is nobody's: it is not decided about, and not counted.
    """

    def __init__(
        self,
        gallery: Gallery,
        rule: DecisionRule,
        emit: Callable[[TrackerEvent], None],
        is_agent: IsAgent = nobody_is_the_agent,
    ) -> None:
        self._gallery = gallery
        self._rule = rule
        self._emit = emit
        self._lock = threading.Lock()
        self._embeddings: list[WindowEmbedding] = []
        self._begins: list[float] = []  # where each window begins, in net speech of the call
        self._befores: list[SpeechTotals] = []  # what was heard of the call before each window
        self.voice = 0
        """Which voice of the call is speaking, counted from 0."""
        self._since = 0.0  # where this voice begins, in net speech of the call
        self._before = 0.0  # net speech of earlier voices on this call
        self._heard_in_all = 0.0  # net speech of the call
        self._left_out = 0.0  # seconds of the agent in between
        self._echo = EchoJudge(is_agent)
        self._of_others = SpeechTotals(SAMPLE_RATE)  # what was heard of them
        self._seconds = 0.0
        self._embedded = 0.0  # of them, what was embedded: the rest is no evidence
        self._channel: Channel = "narrow"
        self._heard = SpeechTotals(SAMPLE_RATE)  # what was heard of this one
        self._decision = Decision.PENDING
        self._watch = VoiceWatch(gallery.backend.encoder_id)
        self._far = False  # from everybody enrolled, by the last look
        self._closed = False
        self.known: frozenset[str] = frozenset()
        """Callers linked to the calling number."""
        self.report_speech = False
        """Whether to send :class:`Heard`."""

    def add(
        self,
        window: SpeechWindow,
        embedding: WindowEmbedding,
        *,
        channel: Channel,
        heard_at: float,
    ) -> None:
        """One more window, whose last frame came in at ``heard_at`` (``time.perf_counter``)."""
        with self._lock:
            if self._closed:
                return
            echo = self._echo.add([each.main for each in self._embeddings], embedding.main, channel)
            fresh = window.net_speech_seconds - self._heard_in_all
            self._heard_in_all = window.net_speech_seconds
            if echo == "agent_again":
                self._left_out += fresh
                return
            if echo == "caller_begins":
                self._begin_anew(window)
            self._embeddings = [*self._embeddings[1 - _MAX_WINDOWS :], embedding]
            begins_at = window.net_speech_seconds - len(window.samples) / SAMPLE_RATE
            self._begins = [*self._begins[1 - _MAX_WINDOWS :], begins_at]
            self._befores = [*self._befores[1 - _MAX_WINDOWS :], window.before]
            self._seconds = window.net_speech_seconds - self._before - self._left_out
            self._channel = channel
            if echo == "only_agent":
                switched = self._take_back_name()
            elif switched := self._watch.add(embedding.main):
                self._switch(window.net_speech_seconds)
            self._heard = heard = window.heard.since(self._of_others)
            seconds = self._embedded = min(self._seconds, self._embedded_seconds(window))
            voice, since = self.voice, self._since
            scored = not switched and echo != "only_agent" and self._undecided()
            probe = self._probe() if scored else None
        if switched:
            self._emit(VoiceSwitched())
        elif probe is not None:
            found = self._decide(probe, seconds, heard)
            if found is not None:
                self._emit(Identified(found, time.perf_counter() - heard_at, voice, since))
        if self.report_speech:
            self._emit(Heard(seconds))
        if self._closed:
            self._forget_all()  # closed while this window was being added

    @property
    def urgent(self) -> bool:
        """Whether the next window may bring what somebody waits for.

        Otherwise it can wait for others. A voice that is like nobody's is unknown after ``min_speech``, and
        once it is, the next window hardly changes that.
        """
        if self.report_speech or not self._far:
            return self.report_speech or self._undecided()
        too_short = self._seconds + _NEXT_WINDOW < self._rule.min_speech
        return self._decision is Decision.PENDING and not too_short

    @property
    def net_speech_seconds(self) -> float:
        """Seconds of the call's speech so far, whoever spoke."""
        with self._lock:
            return self._heard_in_all

    def sample(self) -> VoiceSample | None:
        """What was heard of the present voice, or None if nothing was."""
        with self._lock:
            if not self._embeddings:
                return None
            mains = [each.main for each in self._embeddings]
            backend = self._gallery.backend
            return VoiceSample(
                self.voice,
                np.stack(mains),
                self._probe(),
                self._embedded,
                self._heard.score,
                self._heard.clipped_fraction,
                backend.encoder_id,
                backend.wide_encoder_id,
                of_agent=self._echo.only_agent(mains, self._channel),
            )

    def settle(self, voice: int) -> bool:
        """Take a voice for known: it is being enrolled. From now on it is only watched.

        False if it is not the one that speaks any more; then nothing changes.
        """
        with self._lock:
            if self.voice != voice:
                return False
            self._decision = Decision.RECOGNISED
            return True

    def unsettle(self, voice: int) -> None:
        """It was not enrolled after all."""
        with self._lock:
            if self.voice == voice:
                self._decision = Decision.UNKNOWN

    def close(self) -> None:
        """Drop everything. Never waits for the engine."""
        self._closed = True
        self._forget_all()

    def _forget_all(self) -> None:
        self._forget()
        self._watch = VoiceWatch(self._gallery.backend.encoder_id)
        self._echo = EchoJudge(nobody_is_the_agent)

    def _forget(self) -> None:
        self._embeddings, self._begins, self._befores, self._embedded = [], [], [], 0.0

    def _probe(self) -> Probe:
        mains = [each.main for each in self._embeddings]
        wides = [each.wide for each in self._embeddings if each.wide is not None]
        return Probe.of_windows(mains, wides, self._channel, self._heard.snr_db)

    def _embedded_seconds(self, window: SpeechWindow) -> float:
        """Net speech of this voice in windows that were embedded: what was left out is no evidence."""
        length = len(window.samples) / SAMPLE_RATE
        steps = (min(length, later - begin) for begin, later in pairwise(self._begins))
        return length + sum(steps)

    def _undecided(self) -> bool:
        if self._decision is Decision.PENDING:
            return True
        # An unknown voice is still scored for a while: more speech may show who it is. The reverse, from a
        # name to none, is for the watch.
        return self._decision is not Decision.RECOGNISED and self._seconds <= 2 * self._rule.max_speech

    def _decide(self, probe: Probe, seconds: float, heard: SpeechTotals) -> Identification | None:
        # Searched without the lock, which the event loop takes too: a large gallery takes milliseconds.
        candidates = self._gallery.search(probe)
        if self.known:
            # Whoever the number is linked to competes even when five others are nearer.
            near = dict(candidates)
            near.update(self._gallery.search(probe, among=self.known))
            candidates = sorted(near.items(), key=lambda each: -each[1])
        clipped = heard.clipped_fraction
        found = self._rule.decide(
            candidates, seconds, heard.score, clipped_fraction=clipped, known=self.known
        )
        self._far = not self.known and self._rule.is_far(found, clipped)
        with self._lock:
            if self._closed or not self._undecided() or found.decision is Decision.PENDING:
                return None
            if self._decision is not Decision.PENDING and found.decision is not Decision.RECOGNISED:
                return None
            self._decision = found.decision
        return found

    def _take_back_name(self) -> bool:
        """A name that was given before it was known that only the agent had been heard; true if there was."""
        named = self._decision is Decision.RECOGNISED
        if named:
            self.voice += 1
            self._decision, self._far = Decision.PENDING, False
        return named

    def _begin_anew(self, window: SpeechWindow) -> None:
        """After the agent alone, somebody: nothing that was heard before is counted."""
        self._forget()
        self._before = max(0.0, window.net_speech_seconds - len(window.samples) / SAMPLE_RATE)
        self._of_others, self._left_out = window.before, 0.0
        self._decision, self._far = Decision.PENDING, False
        self._watch = VoiceWatch(self._gallery.backend.encoder_id)

    def _switch(self, net_speech_seconds: float) -> None:
        """Somebody else is speaking: the new voice starts with the windows that gave it away.

        All but the first of them, in which the voice before may still be heard.
        """
        earlier = len(self._embeddings) - self._watch.recent + 1
        self.voice += 1
        self._embeddings, self._begins = self._embeddings[earlier:], self._begins[earlier:]
        self._befores = self._befores[earlier:]
        self._since = self._before = max(0.0, self._begins[0])
        self._of_others, self._left_out = self._befores[0], 0.0
        self._seconds = net_speech_seconds - self._before
        self._decision, self._far = Decision.PENDING, False
