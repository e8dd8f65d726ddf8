"""Resampling, in one go and as a stream."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import soxr

__all__ = ["StreamResampler", "resample"]


def resample(samples: npt.NDArray[np.float32], rate: int, target: int) -> npt.NDArray[np.float32]:
    """A whole recording of shape (samples,) from ``rate`` to ``target`` Hz."""
    if rate == target:
        return samples
    result: npt.NDArray[np.float32] = soxr.resample(samples, rate, target)
    return result


class StreamResampler:
    """A stream from ``rate`` to ``target`` Hz: the filter's state is kept between chunks.

    Resampling frame by frame without it would put a click at every frame's edge.
    """

    def __init__(self, rate: int, target: int) -> None:
        self.rate = rate
        self._stream = None if rate == target else soxr.ResampleStream(rate, target, 1, dtype="float32")

    def push(self, samples: npt.NDArray[np.float32], *, last: bool = False) -> npt.NDArray[np.float32]:
        """The next samples, of shape (samples,). With ``last`` the filter is emptied."""
        if self._stream is None:
            return samples
        result: npt.NDArray[np.float32] = self._stream.resample_chunk(samples, last=last)
        return result
