"""One voice as a stream: 16 kHz audio in, windows of net speech out, each exactly once."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint.audio.band import BandDetector
from opusagent_voiceprint.audio.buffers import SAMPLE_RATE
from opusagent_voiceprint.audio.quality import QualityMeter, SpeechTotals
from opusagent_voiceprint.audio.speechlike import SpeechGate
from opusagent_voiceprint.audio.vad import FRAME_SAMPLES, VoiceActivityDetector
from opusagent_voiceprint.encoding.encoder import WindowSpec

__all__ = ["FRONT_END", "SpeechStream", "SpeechWindow"]

FRONT_END: Final = "win27"
"""Names what is done to speech before the network. It is part of what makes embeddings comparable."""

_TARGET_RMS: Final = 10.0 ** (-27.0 / 20.0)
_NOTHING: Final = SpeechTotals(SAMPLE_RATE)

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class SpeechWindow:
    """One window ready to be embedded.

    ``samples`` has shape (window.length,); ``net_speech_seconds`` is the net speech up to its end. ``before``
    and ``heard`` are all that was heard of the stream up to its beginning and to its end. ``wide``: the line
    was found to be wideband by then. ``heard_at``: when the audio that completed it came in, on the clock of
    whoever streams it.
    """

    samples: Samples
    net_speech_seconds: float
    before: SpeechTotals = _NOTHING
    heard: SpeechTotals = _NOTHING
    wide: bool = False
    heard_at: float = 0.0


class SpeechStream:
    """Voice activity detection, level and windowing of one voice.

    What the detector takes for speech and is none (tones, noise, music) gives no windows and does not count
    as net speech, as far as whole windows of it come.

    Resemblyzer raises quiet audio and leaves loud audio loud, and the network's features are powers, so
    that loudness leaks into the embedding. Here every window is brought to -27 dBFS, whichever it was.
    """

    def __init__(self, spec: WindowSpec) -> None:
        self._spec = spec
        self._vad = VoiceActivityDetector()
        self.quality = QualityMeter(SAMPLE_RATE)
        self.band = BandDetector()
        self._speech: Samples = np.zeros(spec.lead, dtype=np.float32)
        self._start = -spec.lead  # where self._speech starts in the net speech
        self._next = -spec.lead  # where the next window starts
        self._windows = 0
        self._gate = SpeechGate()
        self._covered = 0  # the end of the last window, in the net speech
        # Ends of windows that were not like speech, and how much was refused by then.
        self._refusals: list[tuple[int, int]] = []
        self._heard_at = 0.0
        # What was heard up to each frame of speech that a window may still begin or end with.
        self._marks: list[tuple[int, SpeechTotals]] = [(0, _NOTHING)]

    @property
    def net_speech_seconds(self) -> float:
        """Seconds of net speech so far."""
        return self.quality.net_speech_seconds

    @staticmethod
    def warm_up(spec: WindowSpec) -> None:
        """Load what is needed beside an encoder, so that the first call need not wait."""
        SpeechGate().admits(np.zeros(spec.length, dtype=np.float32))

    @property
    def next_window_in(self) -> float:
        """Seconds of audio before which there is no further window, even if all of it is speech."""
        missing = self._next + self._spec.length - self._start - len(self._speech)
        frames = -(-missing // FRAME_SAMPLES)
        return (frames * FRAME_SAMPLES - self._vad.partial_samples) / SAMPLE_RATE

    def push(self, samples: Samples, heard_at: float = 0.0) -> list[SpeechWindow]:
        """Take the next samples of shape (samples,) at 16 kHz; return the windows complete by now."""
        self._heard_at = heard_at
        self._keep(self._vad.push(samples))
        return self._complete()

    def finish(self) -> list[SpeechWindow]:
        """End the stream and return its last windows.

        What is left over after the last whole window gets one more, aligned to the end. Speech shorter than
        a window is repeated until it fills one; less than ``spec.shortest`` gets none.
        """
        self._keep(self._vad.flush())
        windows = self._complete()
        total = self._start + len(self._speech)  # net speech in samples
        covered = self._next - self._spec.hop + self._spec.length
        if self._windows == 0:
            if total >= self._spec.shortest:
                speech = self._speech[self._spec.lead :]
                repeats = -(-self._spec.length // len(speech))
                windows += self._window(np.tile(speech, repeats)[: self._spec.length], total)
        elif total - covered >= FRAME_SAMPLES:
            windows += self._window(self._speech[-self._spec.length :], total)
        return windows

    def _keep(self, frames: list[tuple[Samples, bool]]) -> None:
        spoken = []
        for frame, speech in frames:
            self.quality.add(frame, speech=speech)
            if speech:
                spoken.append(frame)
                totals = self.quality.totals
                self._marks.append((totals.speech_samples, totals))
        if spoken:
            self._speech = np.concatenate([self._speech, *spoken])

    def _complete(self) -> list[SpeechWindow]:
        windows = []
        while self._next + self._spec.length <= self._start + len(self._speech):
            begin = self._next - self._start
            samples = self._speech[begin : begin + self._spec.length]
            windows += self._window(samples, self._next + self._spec.length)
            self._next += self._spec.hop
        # Only what later windows can still reach is kept: up to one window back from the end.
        spare = min(self._next - self._start, len(self._speech) - self._spec.length)
        if spare > 0:
            self._speech = self._speech[spare:].copy()
            self._start += spare
            del self._marks[: self._mark(self._start)]
            # The last refusal before what can still be reached says how much was refused by then.
            del self._refusals[: max(0, self._refused_by(self._start) - 1)]
        return windows

    def _window(self, samples: Samples, end: int) -> list[SpeechWindow]:
        """The window that ends here, or none if it is not like speech."""
        self._windows += 1
        fresh, self._covered = end - self._covered, end
        if not self._gate.admits(samples):
            self.quality.refuse(fresh)
            self._refusals.append((end, self.quality.totals.refused_samples))
            return []
        self.band.add(samples)
        rms = float(np.sqrt(np.dot(samples, samples) / len(samples)))
        gain = np.float32(_TARGET_RMS / max(rms, 1e-6))
        before, heard = (self._heard_up_to(at) for at in (end - len(samples), end))
        wide = self.band.channel == "wide"
        seconds = (end - heard.refused_samples) / SAMPLE_RATE
        return [SpeechWindow(samples * gain, seconds, before, heard, wide, self._heard_at)]

    def _heard_up_to(self, net_samples: int) -> SpeechTotals:
        totals = self._marks[self._mark(net_samples)][1]
        at = self._refused_by(net_samples)
        return replace(totals, refused_samples=self._refusals[at - 1][1] if at else 0)

    def _refused_by(self, net_samples: int) -> int:
        """How many refusals there were by so much net speech, of those that are kept."""
        return bisect_right(self._refusals, net_samples, key=lambda refusal: refusal[0])

    def _mark(self, net_samples: int) -> int:
        """The first mark at or after so much net speech; the last one if there is none."""
        return min(bisect_left(self._marks, net_samples, key=lambda mark: mark[0]), len(self._marks) - 1)
