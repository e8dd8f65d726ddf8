"""How good the speech of one side of a call is for recognition, as a number in [0, 1]."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["QualityMeter", "SpeechTotals"]

_SILENCE_POWER: Final = 1e-8  # -80 dBFS: digital silence counts as this much noise
_CLIPPED: Final = 0.985  # of full scale
_MAX_SNR_DB: Final = 40.0


@dataclass(frozen=True, slots=True)
class SpeechTotals:
    """What was heard up to some point: energies, samples, and how many of the speech's are at full scale.

    ``refused_samples`` were taken for speech by the voice activity detector and then found to be none
    (:mod:`~opusagent_voiceprint.audio.speechlike`): they are no net speech. The difference of two totals is
    what was heard between, so that a part of a stream has a quality too.
    """

    rate: int
    speech_energy: float = 0.0
    speech_samples: int = 0
    other_energy: float = 0.0
    other_samples: int = 0
    clipped: int = 0
    refused_samples: int = 0

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
    def level_dbfs(self) -> float:
        """The mean level of speech in dBFS, at least -80."""
        power = self.speech_energy / self.speech_samples if self.speech_samples else 0.0
        return 10.0 * math.log10(max(power, _SILENCE_POWER))

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
    def score(self) -> float:
        """The quality in [0, 1]; 0 without any speech.

        The probability that the right caller passes at a false-accept rate of 1 %, by a logistic fit over
        simulated telephone lines: sigmoid(-6.78 + 1.05 ln(net seconds) + 0.077 SNR in dB - 1.71
        log10(clipped fraction + 1e-4)). It is a gate and not an oracle (area under its ROC 0.70), and it does
        not hear reverberation.
        """
        if not self.net_speech_seconds:
            return 0.0
        logit = (
            -6.78
            + 1.05 * math.log(self.net_speech_seconds)
            + 0.077 * self.snr_db
            - 1.71 * math.log10(self.clipped_fraction + 1e-4)
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

    def add(self, frame: npt.NDArray[np.float32], *, speech: bool) -> None:
        """Take one frame of shape (samples,), and whether it is speech."""
        energy = float(np.dot(frame, frame))
        if speech:
            self._speech_energy += energy
            self._speech_samples += frame.size
            self._clipped += int(np.count_nonzero(np.abs(frame) >= _CLIPPED))
        else:
            self._other_energy += energy
            self._other_samples += frame.size

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
