"""Voice activity: which audio is speech, decided as it streams in.

The detector is WebRTC's, at its most aggressive mode, smoothed and dilated as Resemblyzer does before it
embeds, so that a stream keeps exactly the samples that Resemblyzer would keep of the whole recording. The C
extension ``_webrtcvad`` is used directly: the Python module ``webrtcvad`` around it imports
``pkg_resources``, which setuptools 82 removed.
"""

from __future__ import annotations

import math
from typing import Final

import _webrtcvad
import numpy as np
import numpy.typing as npt

__all__ = ["FRAME_SAMPLES", "VoiceActivityDetector"]

_RATE: Final = 16_000
FRAME_SAMPLES: Final = 480
"""30 ms, the detector's longest frame."""

_MODE: Final = 3
# A frame counts when more than half of the eight around it (three before, four after) are voiced,
# and so do the three on either side of such a frame.
_BEFORE: Final = 3
_AFTER: Final = 4
_MAJORITY: Final = 5
_DILATION: Final = 3
_LOOKAHEAD: Final = _AFTER + _DILATION

# The loudest frame of the last seconds is brought to this level before detection. WebRTC's detector has an
# absolute floor, so that without it quiet lines would have no speech. Audio under the floor stays silence.
_TARGET_DBFS: Final = -20.0
_FLOOR_DBFS: Final = -55.0
_GAIN_LIMITS_DB: Final = (-20.0, 30.0)
_LEVEL_MEMORY_FRAMES: Final = 100

Samples = npt.NDArray[np.float32]


class VoiceActivityDetector:
    """Splits a 16 kHz stream into speech and the rest, 0.21 s behind the input.

    ``level=False`` switches the automatic gain in front of the detector off.
    """

    def __init__(self, *, level: bool = True) -> None:
        self._vad = _webrtcvad.create()
        _webrtcvad.init(self._vad)
        _webrtcvad.set_mode(self._vad, _MODE)
        self._level = level
        self._recent_peaks: list[float] = []
        self._partial: Samples = np.zeros(0, dtype=np.float32)
        self._frames: list[Samples] = []  # not decided yet, oldest first
        self._flags: list[bool] = [False] * (_BEFORE + _DILATION)  # ... and those around them
        self._finished = False

    @property
    def partial_samples(self) -> int:
        """Samples of the frame that is not complete yet."""
        return self._partial.size

    def push(self, samples: Samples) -> list[tuple[Samples, bool]]:
        """Take the next samples of shape (samples,); return the frames decided by now.

        Each is (samples of shape (480,), is it speech), in order and without gaps.
        """
        if self._finished:
            raise ValueError("this stream has ended: flush() was called")
        joined = np.concatenate([self._partial, samples]) if self._partial.size else samples
        whole = len(joined) // FRAME_SAMPLES
        frames = joined[: whole * FRAME_SAMPLES].reshape(whole, FRAME_SAMPLES)
        self._frames.extend(frames)
        self._flags.extend(self._voiced(frames))
        # A copy, lest a view of a few samples keep a long recording alive.
        self._partial = joined[whole * FRAME_SAMPLES :].copy()
        return self._decided()

    def flush(self) -> list[tuple[Samples, bool]]:
        """End the stream and return the frames that were still undecided; a partial frame is dropped."""
        self._finished = True
        self._flags.extend([False] * _LOOKAHEAD)
        return self._decided()

    def _decided(self) -> list[tuple[Samples, bool]]:
        # _flags holds the six frames before the first undecided one, then the undecided ones.
        context = _BEFORE + _DILATION
        count = min(len(self._frames), len(self._flags) - context - _LOOKAHEAD)
        if count <= 0:
            return []
        flags = np.array(self._flags, dtype=np.int32)
        sums = np.convolve(flags, np.ones(_BEFORE + _AFTER + 1, dtype=np.int32), mode="valid")
        smoothed = sums >= _MAJORITY  # index 0 is the frame _DILATION before the first undecided one
        dilated = np.convolve(smoothed, np.ones(2 * _DILATION + 1, dtype=np.int32), mode="valid") > 0
        result = [(self._frames[index], bool(dilated[index])) for index in range(count)]
        del self._frames[:count]
        del self._flags[:count]
        return result

    def _voiced(self, frames: Samples) -> list[bool]:
        # One detector a direction of time: its noise model needs every frame, silent ones too.
        gains = np.ones((len(frames), 1), dtype=np.float32)
        if self._level:
            gains[:, 0] = [self._gain(frame) for frame in frames]
        pcm = np.rint(np.clip(frames * gains, -1.0, 1.0) * 32767).astype("<i2").tobytes()
        size = 2 * FRAME_SAMPLES
        return [
            bool(_webrtcvad.process(self._vad, _RATE, pcm[at : at + size], FRAME_SAMPLES))
            for at in range(0, len(pcm), size)
        ]

    def _gain(self, frame: Samples) -> float:
        power = float(np.dot(frame, frame)) / FRAME_SAMPLES
        self._recent_peaks.append(10.0 * math.log10(power + 1e-12))
        if len(self._recent_peaks) > _LEVEL_MEMORY_FRAMES:
            del self._recent_peaks[0]
        loudest = max(self._recent_peaks)
        if loudest < _FLOOR_DBFS:
            return 1.0
        low, high = _GAIN_LIMITS_DB
        return float(10.0 ** (min(max(_TARGET_DBFS - loudest, low), high) / 20.0))
