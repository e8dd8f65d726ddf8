"""The back-end: two-covariance PLDA on speaker embeddings, for one or several enrollments.

Brummer and De Villiers, "The speaker partitioning problem" (Odyssey 2010): an embedding is a speaker's own
point plus what differs from call to call, both Gaussian. The score is the log likelihood ratio of "one
speaker" against "two speakers". Both covariances are shrunk towards a multiple of the identity, since the
speakers are fewer than the dimensions (Ledoit and Wolf, 2004, for the idea). numpy only at scoring.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import linalg

__all__ = ["Plda", "fit_plda", "unit_rows"]

Floats = npt.NDArray[np.float64]


def unit_rows(rows: Floats) -> Floats:
    """Rows of length one."""
    result: Floats = rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-12)
    return result


def _shrunk(covariance: Floats, part: float) -> Floats:
    size = len(covariance)
    shrunk: Floats = (1 - part) * covariance + part * np.trace(covariance) / size * np.eye(size)
    return shrunk


@dataclass(frozen=True)
class Plda:
    """Parameters: ``mean`` (d,), ``basis`` (d, k) in which the within covariance is the identity,
    ``between`` (k,)."""

    mean: Floats
    basis: Floats
    between: Floats

    def project(self, embeddings: Floats) -> Floats:
        """Embeddings of shape (n, d), centred, brought to length one and into the basis: shape (n, k)."""
        projected: Floats = unit_rows(embeddings - self.mean) @ self.basis
        return projected

    def score(self, sums: Floats, counts: Floats, probes: Floats) -> Floats:
        """Log likelihood ratios of shape (callers, probes).

        By the book for several enrollments: given ``n`` of one caller, the caller's own point has the
        posterior precision ``1 / between + n`` in each dimension.

        Args:
            sums: each caller's projected enrollments, added up, shape (callers, k).
            counts: how many there were, shape (callers,).
            probes: projected probes, shape (probes, k).
        """
        result = np.empty((len(sums), len(probes)))
        square = probes**2
        alone = 1.0 + self.between
        for count in np.unique(counts):
            rows = counts == count
            precision = 1.0 / self.between + count
            mean = sums[rows] / precision
            variance = 1.0 + 1.0 / precision
            constant = np.log(variance).sum() - np.log(alone).sum()
            result[rows] = -0.5 * (
                (square @ (1.0 / variance - 1.0 / alone))[None]
                - 2.0 * (mean / variance) @ probes.T
                + ((mean**2) @ (1.0 / variance))[:, None]
                + constant
            )
        return result

    def arrays(self) -> Mapping[str, npt.NDArray[np.float32]]:
        """The parameters as float32, for a file."""
        return {
            name: np.asarray(getattr(self, name), dtype=np.float32) for name in ("mean", "basis", "between")
        }


def fit_plda(
    embeddings: Floats,
    speakers: npt.NDArray[np.int64],
    *,
    within_shrinkage: float = 0.3,
    between_shrinkage: float = 0.1,
    dimensions: int | None = None,
) -> Plda:
    """Estimate the model by moments, every speaker with the same weight.

    Args:
        embeddings: shape (n, d).
        speakers: shape (n,).
        within_shrinkage: towards the identity, in [0, 1]. Grows what separates sessions beyond what a few
            recordings show.
        between_shrinkage: likewise, between speakers.
        dimensions: how many of the basis are kept; all of them by default.
    """
    _, index = np.unique(speakers, return_inverse=True)
    counts = np.bincount(index)

    def means(rows: Floats) -> Floats:
        total = np.zeros((len(counts), rows.shape[1]))
        np.add.at(total, index, rows)
        return total / counts[:, None]

    mean = means(embeddings).mean(axis=0)
    rows = unit_rows(embeddings - mean)
    centres = means(rows)
    weight = np.sqrt(1.0 / np.maximum(counts - 1, 1) / len(counts))
    residual = (rows - centres[index]) * weight[index, None]
    within = residual.T @ residual
    spread = centres - centres.mean(axis=0)
    between = spread.T @ spread / (len(counts) - 1) - within / counts.mean()
    within = _shrunk(within, within_shrinkage)
    between = _shrunk(between, between_shrinkage)
    values, vectors = linalg.eigh(between, within)
    order = np.argsort(-values)[:dimensions]
    return Plda(mean, vectors[:, order], np.maximum(values[order], 1e-6))
