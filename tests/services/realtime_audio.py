"""Audio of the scripted service: who is speaking, by level, and what its own speech sounds like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
from realtime_dialects import AudioFormat

from opusagent_hooks import codecs
from opusagent_voiceprint.audio import resample

__all__ = ["InputBuffer", "LevelVad", "Samples", "SpeechEvent", "Voice", "tone"]

Samples = npt.NDArray[np.float32]
Voice = Callable[[str], Samples]
"""Speech for a text: samples at 24 kHz."""

OUTPUT_RATE: Final = 24_000
FRAME_SECONDS: Final = 0.02
LOUD: Final = 0.008
"""Root mean square of a frame that counts as speech."""

_ONSET_FRAMES: Final = 3
_TONE_HZ: Final = 300.0
_TONE_PEAK: Final = 0.05


def tone(seconds: float) -> Samples:
    """A quiet tone at 24 kHz, in place of speech."""
    t = np.arange(round(seconds * OUTPUT_RATE), dtype=np.float32) / OUTPUT_RATE
    return (_TONE_PEAK * np.sin(2 * np.pi * _TONE_HZ * t)).astype(np.float32)


def to_wire(samples: Samples, wire: AudioFormat) -> bytes:
    """Samples at 24 kHz in the session's output format."""
    return codecs.encode(resample(samples, OUTPUT_RATE, wire.rate), wire.encoding)


@dataclass(frozen=True, slots=True)
class SpeechEvent:
    """Speech began or ended, ``ms`` into all the audio that was appended."""

    kind: Literal["started", "stopped"]
    ms: int


class LevelVad:
    """Voice activity by level, with the timing of the service's server VAD.

    As the service has it, a start lies ``prefix_padding_ms`` before the speech, and an end
    ``silence_duration_ms`` behind it.
    """

    def __init__(self, rate: int) -> None:
        self._frame = round(FRAME_SECONDS * rate)
        self._rate = rate
        self._rest = np.zeros(0, np.float32)
        self._position = 0
        self._run = 0
        self._last_loud = 0
        self.speaking = False

    def feed(self, samples: Samples, prefix_ms: int, silence_ms: int) -> list[SpeechEvent]:
        """The events in the next samples."""
        samples = np.concatenate([self._rest, samples])
        count = len(samples) // self._frame
        self._rest = samples[count * self._frame :]
        frames = samples[: count * self._frame].reshape(count, self._frame)
        events: list[SpeechEvent] = []
        for loud in np.sqrt(np.square(frames).mean(axis=1)) > LOUD:
            self._position += self._frame
            self._run = self._run + 1 if loud else 0
            if loud:
                self._last_loud = self._position
            if not self.speaking and self._run >= _ONSET_FRAMES:
                self.speaking = True
                onset = self._ms(self._position - self._run * self._frame)
                events.append(SpeechEvent("started", max(0, onset - prefix_ms)))
            elif self.speaking and self._ms(self._position - self._last_loud) >= silence_ms:
                self.speaking = False
                events.append(SpeechEvent("stopped", self._ms(self._last_loud) + silence_ms))
        return events

    def skip(self, samples: int) -> None:
        """Audio went by while nobody looked."""
        self._position += samples
        self.speaking, self._run, self._rest = False, 0, self._rest[:0]

    def _ms(self, samples: int) -> int:
        return round(1000 * samples / self._rate)


class InputBuffer:
    """The input audio buffer: what was appended since the last commit, in the session's format."""

    def __init__(self, wire: AudioFormat) -> None:
        self.wire = wire
        self.vad = LevelVad(wire.rate)
        self._chunks: list[Samples] = []

    def append(self, data: bytes) -> Samples:
        """Decode and keep; half a sample at the end is dropped, as nobody says what it would mean."""
        if self.wire.encoding == "pcm16":
            data = data[: len(data) & ~1]
        samples = codecs.decode(data, self.wire.encoding)
        self._chunks.append(samples)
        return samples

    @property
    def ms(self) -> int:
        """How much there is, in milliseconds."""
        return round(1000 * sum(map(len, self._chunks)) / self.wire.rate)

    def take(self) -> Samples:
        """Everything, and empty the buffer."""
        taken: npt.NDArray[Any] = np.concatenate(self._chunks) if self._chunks else np.zeros(0, np.float32)
        self._chunks.clear()
        return taken.astype(np.float32, copy=False)

    def keep_last(self, ms: int) -> None:
        """Forget what was there before any speech began."""
        samples = self.take()
        self._chunks.append(samples[max(0, len(samples) - round(ms * self.wire.rate / 1000)) :])
