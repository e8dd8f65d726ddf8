"""How good the speech of one side of a call is for recognition, as a number in [0, 1]."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["QualityMeter"]

_SILENCE_POWER: Final = 1e-8  # -80 dBFS: digital silence counts as this much noise
_CLIPPED: Final = 0.985  # of full scale
_MAX_SNR_DB: Final = 40.0


class QualityMeter:
    """Follows net speech, noise and clipping, and says how likely the right caller is to pass.

    ``score`` is the probability that the right caller passes at a false-accept rate of 1 %, by a logistic
    fit over simulated telephone lines: sigmoid(-6.78 + 1.05 ln(net seconds) + 0.077 SNR in dB - 1.71
    log10(clipped fraction + 1e-4)). It is a gate and not an oracle (area under its ROC 0.70), and it does not
    hear reverberation.
    """

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate
        self._speech_energy = 0.0
        self._speech_samples = 0
        self._other_energy = 0.0
        self._other_samples = 0
        self._clipped = 0

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

    @property
    def net_speech_seconds(self) -> float:
        """Seconds of voice."""
        return self._speech_samples / self._rate

    @property
    def clipped_fraction(self) -> float:
        """The part of speech samples at full scale, in [0, 1]."""
        return self._clipped / self._speech_samples if self._speech_samples else 0.0

    @property
    def snr_db(self) -> float:
        """Speech over the rest in dB, at most 40; 40 too while nothing but speech was heard."""
        if not self._speech_samples:
            return 0.0
        speech = self._speech_energy / self._speech_samples
        # Less than 0.3 s of pauses say nothing reliable about the noise under the speech.
        if self._other_samples < 0.3 * self._rate:
            return _MAX_SNR_DB
        noise = max(self._other_energy / self._other_samples, _SILENCE_POWER)
        ratio = max(speech - noise, _SILENCE_POWER) / noise
        return min(_MAX_SNR_DB, 10.0 * math.log10(ratio))

    @property
    def score(self) -> float:
        """The quality in [0, 1]; 0 without any speech."""
        if not self._speech_samples:
            return 0.0
        logit = (
            -6.78
            + 1.05 * math.log(self.net_speech_seconds)
            + 0.077 * self.snr_db
            - 1.71 * math.log10(self.clipped_fraction + 1e-4)
        )
        return 1.0 / (1.0 + math.exp(-logit))
