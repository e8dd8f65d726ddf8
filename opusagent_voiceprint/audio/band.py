"""Which band speech fills: a telephone's, up to 4 kHz, or more."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
import numpy.typing as npt

__all__ = ["BandDetector"]

_RATE: Final = 16_000
_LOW_HZ: Final = (300.0, 3400.0)
_HIGH_HZ: Final = (4300.0, 7500.0)
_WIDE_ABOVE_DB: Final = -43.0


class BandDetector:
    """Tells wideband from narrowband speech at 16 kHz, whatever rate it came at.

    Platforms hand narrowband calls over at 16 or 24 kHz too. One window with consonants above 4 kHz shows a
    wide line; a telephone's never has any, whichever codec: what resampling leaves there is 60 dB down.
    """

    def __init__(self) -> None:
        self._highest_db = -np.inf

    def add(self, samples: npt.NDArray[np.float32]) -> None:
        """Take one window of speech of shape (samples,) at 16 kHz."""
        power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
        frequency = np.fft.rfftfreq(len(samples), 1.0 / _RATE)
        low = power[(frequency >= _LOW_HZ[0]) & (frequency <= _LOW_HZ[1])].sum()
        high = power[(frequency >= _HIGH_HZ[0]) & (frequency <= _HIGH_HZ[1])].sum()
        if low > 0.0:
            self._highest_db = max(self._highest_db, float(10.0 * np.log10(high / low + 1e-12)))

    @property
    def channel(self) -> Literal["wide", "narrow"]:
        """``wide`` as soon as one window was; ``narrow`` until then."""
        return "wide" if self._highest_db > _WIDE_ABOVE_DB else "narrow"

    @property
    def high_band_db(self) -> float:
        """The most that any window had above 4.3 kHz against 0.3 to 3.4 kHz, in dB."""
        return self._highest_db
