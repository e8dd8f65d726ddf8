"""Two-covariance PLDA: how much likelier one speaker is than two, for two embeddings.

Brümmer and De Villiers, "The speaker partitioning problem" (Odyssey 2010): an embedding is its speaker's own
point plus what differs from call to call, both Gaussian. benchmarks/fitting estimates the parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint.errors import EncoderError

__all__ = ["Plda"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Plda:
    """``mean`` of shape (d,); ``basis`` (d, d), in which the covariance within speakers is the identity;
    ``between`` (d,), the variances between speakers in it."""

    mean: Floats
    basis: Floats
    between: Floats

    @classmethod
    def load(cls, path: Path) -> Plda:
        """Read a file of arrays.

        Raises:
            EncoderError: it cannot be read, or holds something else.
        """
        try:
            with np.load(path, allow_pickle=False) as arrays:
                mean, basis, between = (
                    arrays[name].astype(np.float64) for name in ("mean", "basis", "between")
                )
        except Exception as exc:
            # numpy reports a bad file in a dozen ways; all of them mean the same to the reader.
            raise EncoderError(f"the back-end in {path} cannot be loaded: {type(exc).__name__}") from exc
        size = len(mean)
        if basis.shape != (size, size) or between.shape != (size,) or not (between > 0).all():
            raise EncoderError(f"the back-end in {path} has parameters of the wrong shape; reinstall it")
        return cls(mean, basis, between)

    @property
    def dimension(self) -> int:
        """Values of an embedding."""
        return len(self.mean)

    def centred(self, embeddings: npt.NDArray[np.float32]) -> tuple[Floats, Floats]:
        """Embeddings of shape (..., d) less the mean, at length one, and the lengths (...) that they had."""
        differences = embeddings.astype(np.float64) - self.mean
        lengths = np.maximum(np.linalg.norm(differences, axis=-1), 1e-12)
        return differences / lengths[..., None], np.asarray(lengths)

    def project(self, centred: Floats) -> Floats:
        """Centred embeddings of shape (..., d) in the basis."""
        projected: Floats = centred @ self.basis
        return projected

    @cached_property
    def inverse(self) -> Floats:
        """From the basis back."""
        return np.asarray(np.linalg.inv(self.basis), dtype=np.float64)

    # With one enrollment the speaker's own point has the posterior precision 1 / between + 1. The log
    # likelihood ratio then is a product of both sides, a part of each side alone, and a constant.

    @cached_property
    def _precision(self) -> Floats:
        return 1.0 / self.between + 1.0

    @cached_property
    def _variance(self) -> Floats:
        return 1.0 + 1.0 / self._precision

    def of_enrolled(self, projected: Floats) -> Floats:
        """The part of the score, of shape (...), that enrolled sides of shape (..., d) have alone."""
        own: Floats = -0.5 * (projected**2) @ (1.0 / (self._precision**2 * self._variance))
        return own

    def of_probe(self, projected: Floats) -> tuple[Floats, float]:
        """What enrolled sides are multiplied with, of shape (d,), and the probe's own part of the score."""
        alone = 1.0 + self.between
        constant = float(np.log(self._variance).sum() - np.log(alone).sum())
        own = float((projected**2) @ (1.0 / self._variance - 1.0 / alone))
        return projected / (self._precision * self._variance), -0.5 * (own + constant)
