"""How good the speech of one side of a call is for recognition, as a number in [0, 1]."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["QualityMeter", "SpeechTotals"]

_SILENCE_POWER: Final = 1e-8  # -80 dBFS: digital silence counts as this much noise
_CLIPPED: Final = 0.975  # of full scale; the highest codes of mu-law and A-law are 0.980 and 0.984 of it
_MAX_SNR_DB: Final = 40.0

# benchmarks/quality.py fitted these; more spread or crest than that is no better.
_OFFSET: Final = -7.44
_OF_LOG_SECONDS: Final = 0.96
_OF_SPREAD: Final = 0.60
_OF_CREST: Final = 0.35
_MOST_SPREAD_DB: Final = 8.0
_MOST_CREST_DB: Final = 12.0


@dataclass(frozen=True, slots=True)
class SpeechTotals:
    """What was heard up to some point: energies, samples, and how many of the speech's are at full scale.

    Of the frames of speech there are also the sums of their levels, of the squares of these, and of their
    crests (peak over level), in dB. ``refused_samples`` were taken for speech by the voice activity detector
    and then found to be none (:mod:`~opusagent_voiceprint.audio.speechlike`): they are no net speech. The
    difference of two totals is what was heard between, so that a part of a stream has a quality too.
    """

    rate: int
    speech_energy: float = 0.0
    speech_samples: int = 0
    other_energy: float = 0.0
    other_samples: int = 0
    clipped: int = 0
    refused_samples: int = 0
    frames: int = 0
    levels: float = 0.0
    levels_squared: float = 0.0
    crests: float = 0.0

    def since(self, earlier: SpeechTotals) -> SpeechTotals:
        """What was heard after ``earlier``."""
        return SpeechTotals(
            self.rate,
            self.speech_energy - earlier.speech_energy,
            self.speech_samples - earlier.speech_samples,
            self.other_energy - earlier.other_energy,
            self.other_samples - earlier.other_samples,
            self.clipped - earlier.clipped,
            self.refused_samples - earlier.refused_samples,
            self.frames - earlier.frames,
            self.levels - earlier.levels,
            self.levels_squared - earlier.levels_squared,
            self.crests - earlier.crests,
        )

    @property
    def net_speech_seconds(self) -> float:
        """Seconds of voice."""
        return max(0, self.speech_samples - self.refused_samples) / self.rate

    @property
    def clipped_fraction(self) -> float:
        """The part of speech samples at full scale, in [0, 1]."""
        return self.clipped / self.speech_samples if self.speech_samples else 0.0

    @property
    def snr_db(self) -> float:
        """Speech over the rest in dB, at most 40; 40 too while nothing but speech was heard."""
        if not self.speech_samples:
            return 0.0
        speech = self.speech_energy / self.speech_samples
        # Less than 0.3 s of pauses say nothing reliable about the noise under the speech.
        if self.other_samples < 0.3 * self.rate:
            return _MAX_SNR_DB
        noise = max(self.other_energy / self.other_samples, _SILENCE_POWER)
        ratio = max(speech - noise, _SILENCE_POWER) / noise
        return min(_MAX_SNR_DB, 10.0 * math.log10(ratio))

    @property
    def level_spread_db(self) -> float:
        """Standard deviation of the levels of frames of speech. Noise fills a voice's gaps and lowers it."""
        if not self.frames:
            return 0.0
        mean = self.levels / self.frames
        return math.sqrt(max(0.0, self.levels_squared / self.frames - mean * mean))

    @property
    def crest_db(self) -> float:
        """The mean of peak over level of frames of speech. Clipping, wherever it happened, lowers it."""
        return self.crests / self.frames if self.frames else 0.0

    @property
    def score(self) -> float:
        """The quality in [0, 1]; 0 without any speech.

        The chance that the right caller, enrolled on 6 s over a clean line of the same band, passes with
        this speech at a false-accept rate of 1 %: sigmoid(-7.44 + 0.96 ln(net seconds) + 0.60 min(level
        spread, 8 dB) + 0.35 min(crest, 12 dB)), a logistic fit by benchmarks/quality.py over simulated
        lines. It is a gate and not an oracle: the area under its ROC is 0.83. It hears neither reverberation
        nor codecs, nor clipping that a telephone's filter has smoothed since. How loud speech is does not
        count: that is evened out before it is embedded. What the pauses tell of the noise is left out: the
        more noise there is, the more of it is taken for speech, until there are no pauses.
        """
        if not self.net_speech_seconds:
            return 0.0
        logit = (
            _OFFSET
            + _OF_LOG_SECONDS * math.log(self.net_speech_seconds)
            + _OF_SPREAD * min(self.level_spread_db, _MOST_SPREAD_DB)
            + _OF_CREST * min(self.crest_db, _MOST_CREST_DB)
        )
        return 1.0 / (1.0 + math.exp(-logit))


class QualityMeter:
    """Follows net speech, noise and clipping of a stream, frame by frame."""

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate
        self._speech_energy = 0.0
        self._speech_samples = 0
        self._other_energy = 0.0
        self._other_samples = 0
        self._clipped = 0
        self._refused_samples = 0
        self._frames = 0
        self._levels = 0.0
        self._levels_squared = 0.0
        self._crests = 0.0

    def add(self, frame: npt.NDArray[np.float32], *, speech: bool) -> None:
        """Take one frame of shape (samples,), of some 30 ms, and whether it is speech."""
        energy = float(np.dot(frame, frame))
        if not speech:
            self._other_energy += energy
            self._other_samples += frame.size
            return
        self._speech_energy += energy
        self._speech_samples += frame.size
        loudness = np.abs(frame)
        peak = float(loudness.max(initial=0.0))
        if peak >= _CLIPPED:
            self._clipped += int(np.count_nonzero(loudness >= _CLIPPED))
        level = 10.0 * math.log10(max(energy / max(frame.size, 1), _SILENCE_POWER))
        self._frames += 1
        self._levels += level
        self._levels_squared += level * level
        self._crests += max(0.0, 10.0 * math.log10(max(peak * peak, _SILENCE_POWER)) - level)

    def refuse(self, samples: int) -> None:
        """So many samples of what was added as speech were none."""
        self._refused_samples += samples

    @property
    def totals(self) -> SpeechTotals:
        """Everything heard so far."""
        return SpeechTotals(
            self._rate,
            self._speech_energy,
            self._speech_samples,
            self._other_energy,
            self._other_samples,
            self._clipped,
            self._refused_samples,
            self._frames,
            self._levels,
            self._levels_squared,
            self._crests,
        )

    @property
    def net_speech_seconds(self) -> float:
        """Seconds of voice."""
        return self.totals.net_speech_seconds

    @property
    def clipped_fraction(self) -> float:
        """The part of speech samples at full scale, in [0, 1]."""
        return self.totals.clipped_fraction

    @property
    def snr_db(self) -> float:
        """Speech over the rest in dB; see :class:`SpeechTotals`."""
        return self.totals.snr_db

    @property
    def score(self) -> float:
        """The quality in [0, 1]; see :class:`SpeechTotals`."""
        return self.totals.score
