"""Which band speech fills: a telephone's, up to 4 kHz, or more."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

__all__ = ["BandDetector"]

_RATE: Final = 16_000
_LOW_HZ: Final = (300.0, 3400.0)
_HIGH_HZ: Final = (4300.0, 7500.0)
# Over 99 speakers, noise on telephone lines reached -39 dB and the highest window of wideband speech never
# fell below -25 dB (benchmarks/fitting). A lost packet or two make edges that reach -30 dB in one window.
_WIDE_ABOVE_DB: Final = -33.0
_ONE_WINDOW_ABOVE_DB: Final = -25.0


@lru_cache(maxsize=2)
def _analysis(length: int) -> tuple[npt.NDArray[np.float32], slice, slice]:
    """The window function of shape (length,), and the bins of the low and the high band."""
    low, high = (
        slice(math.ceil(from_hz * length / _RATE), math.floor(to_hz * length / _RATE) + 1)
        for from_hz, to_hz in (_LOW_HZ, _HIGH_HZ)
    )
    return np.hanning(length).astype(np.float32), low, high


class BandDetector:
    """Tells wideband from narrowband speech at 16 kHz, whatever rate it came at.

    Platforms hand narrowband calls over at 16 or 24 kHz too. One window with strong consonants above 4 kHz
    shows a wide line, or two with weaker ones; a telephone's has none, whichever codec: what resampling
    leaves there is 60 dB down. What is clipped or torn after resampling may be taken for wide.
    """

    def __init__(self) -> None:
        self._highest_db = self._second_db = -np.inf

    def add(self, samples: npt.NDArray[np.float32]) -> None:
        """Take one window of speech of shape (samples,) at 16 kHz."""
        hann, low_bins, high_bins = _analysis(len(samples))
        spectrum = np.fft.rfft(samples * hann)
        low, high = (float(np.vdot(spectrum[bins], spectrum[bins]).real) for bins in (low_bins, high_bins))
        if low > 0.0:
            level = 10.0 * math.log10(high / low + 1e-12)
            self._second_db = max(self._second_db, min(level, self._highest_db))
            self._highest_db = max(self._highest_db, level)

    @property
    def channel(self) -> Literal["wide", "narrow"]:
        """``wide`` as soon as that is shown; ``narrow`` until then."""
        is_wide = self._highest_db > _ONE_WINDOW_ABOVE_DB or self._second_db > _WIDE_ABOVE_DB
        return "wide" if is_wide else "narrow"

    @property
    def high_band_db(self) -> float:
        """The most that any window had above 4.3 kHz against 0.3 to 3.4 kHz, in dB."""
        return self._highest_db
