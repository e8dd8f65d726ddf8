"""Recognition put together: which scores count between which bands, their calibration, and the operating
point.

Wide meets wide by the stock network's cosine, with the back-end's score beside it. Whatever touches a
telephone is scored by PLDA on the distilled network's embeddings. For each pair of bands, noisy speech
apart, a logistic regression on the scores gives a log likelihood ratio, and the tail of the strangers'
ratios gives the threshold. What is left is shifted so that 0 is the operating point everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from fitting.segments import Segments
from fitting.speech import FOLDS
from opusagent_voiceprint.evaluation.fusion import Fusion
from opusagent_voiceprint.evaluation.operating import GENUINE_A_GROUP, fit_operating_point
from opusagent_voiceprint.evaluation.trials import Trials

__all__ = [
    "BANDS",
    "Conditions",
    "Operating",
    "band_pairs",
    "crossfitted",
    "fit_operating",
    "net_terms",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Pair = tuple[str, str]

BANDS: Final = ("narrow", "mixed", "wide", "narrow and noisy", "mixed and noisy")
"""What is calibrated apart: the bands of both sides, and whether either is noisy where one is narrow."""
WIDE_ABOVE_DB: Final = -33.0
"""Of the band above 4.3 kHz: noise on a telephone reached -39 dB, wideband speech never fell below -25 dB."""
NOISY_BELOW_DB: Final = 18.0
"""Of the SNR that the quality meter measures."""


@dataclass(frozen=True)
class Conditions:
    """One pair of lines: the callers' segments, the probes', and whose they are."""

    callers: Ints
    rows: Sequence[Ints]
    probes: Ints
    speakers: Ints


def band_pairs(segments: Segments, where: Conditions) -> Ints:
    """Indices into :data:`BANDS`, shape (callers, probes)."""
    wide = segments.known[:, 4] > WIDE_ABOVE_DB
    enrolled = np.array([wide[rows].mean() > 0.5 for rows in where.rows])
    bands = enrolled[:, None].astype(np.int64) + wide[where.probes][None].astype(np.int64)
    snr_db = segments.known[:, 2]
    least = np.minimum(
        np.array([snr_db[rows].mean() for rows in where.rows])[:, None], snr_db[where.probes][None]
    )
    noisy: Ints = np.where((least < NOISY_BELOW_DB) & (bands < 2), bands + 3, bands)
    return noisy


def net_terms(segments: Segments, where: Conditions) -> Floats:
    """Logarithms of net speech of both sides, shape (callers, probes, 2). An enrollment counts its mean
    call."""
    seconds = segments.known[:, 0]
    enrolled = np.log([seconds[rows].mean() for rows in where.rows])
    probe = np.log(seconds[where.probes])
    return np.stack(np.broadcast_arrays(enrolled[:, None], probe[None]), axis=-1).astype(np.float64)


@dataclass(frozen=True)
class Operating:
    """A calibration and the threshold on its log likelihood ratio for each pair of bands."""

    calibrations: Mapping[int, Fusion]
    thresholds: Mapping[int, float]

    def apply(self, features: Floats, bands: Ints, *, above_threshold: bool = True) -> Floats:
        """Log likelihood ratios, by default less the threshold, of features (..., k) and bands (...)."""
        result = np.empty(bands.shape)
        for band, calibration in self.calibrations.items():
            chosen = bands == band
            shift = self.thresholds[band] if above_threshold else 0.0
            result[chosen] = calibration.apply(features[chosen]) - shift
        return result


def fit_operating(
    features: Sequence[Floats],
    same: Sequence[npt.NDArray[np.bool_]],
    bands: Sequence[Ints],
    *,
    far: float,
    scores: int,
    prior: float = 0.01,
    strict: float = 0.0,
) -> Operating:
    """Fit both for each pair of bands. The sequences hold one entry for each pair of lines.

    Args:
        features: shape (trials, k) each; the first ``scores`` columns are scores.
        same: shape (trials,) each.
        bands: shape (trials,) each.
        far: of pairs, at the threshold.
        scores: how many of the columns may only count in favour.
        prior: see :func:`~opusagent_voiceprint.evaluation.fusion.fit_fusion`.
        strict: 0 takes the threshold of all pairs of lines together, 1 that of the strictest pair of them.
    """
    calibrations, thresholds = {}, {}
    for band in range(len(BANDS)):
        parts: list[tuple[Floats, npt.NDArray[np.bool_], Ints]] = []
        for number, (x, y, b) in enumerate(zip(features, same, bands, strict=True)):
            chosen = b == band
            if (y & chosen).sum() >= GENUINE_A_GROUP:
                parts.append((x[chosen], y[chosen], np.full(chosen.sum(), number)))
        x, y, g = (np.concatenate(each) for each in zip(*parts, strict=True))
        point = fit_operating_point(x, y, g, far=far, positive=scores, prior=prior, strict=strict)
        calibrations[band], thresholds[band] = point.fusion, point.threshold
    return Operating(calibrations, thresholds)


def crossfitted(
    features: Mapping[Pair, Floats],
    bands: Mapping[Pair, Ints],
    where: Mapping[Pair, Conditions],
    fold: Ints,
    *,
    far: float,
    scores: int,
    above_threshold: bool = True,
    strict: float = 0.0,
    fit_on: tuple[Mapping[Pair, Floats], Mapping[Pair, Ints], Mapping[Pair, Conditions]] | None = None,
) -> dict[Pair, Trials]:
    """Calibrated scores of every pair of lines; probes of a fold by what was fitted without that fold.

    ``strict`` is :func:`fit_operating`'s. ``fit_on`` are other trials to fit on, such as those with one
    enrollment call where these have three.
    """
    fit_features, fit_bands, fit_where = fit_on or (features, bands, where)
    result = {pair: np.empty(bands[pair].shape) for pair in features}
    for left_out in range(FOLDS):
        xs, ys, bs = [], [], []
        for pair, part in fit_where.items():
            grid = np.ix_(fold[part.callers] != left_out, fold[part.speakers] != left_out)
            same = part.callers[:, None] == part.speakers[None]
            xs.append(fit_features[pair][grid].reshape(-1, fit_features[pair].shape[-1]))
            ys.append(same[grid].ravel())
            bs.append(fit_bands[pair][grid].ravel())
        operating = fit_operating(xs, ys, bs, far=far, scores=scores, strict=strict)
        for pair, part in where.items():
            probes = fold[part.speakers] == left_out
            result[pair][:, probes] = operating.apply(
                features[pair][:, probes], bands[pair][:, probes], above_threshold=above_threshold
            )
    return {pair: Trials(result[pair], part.callers, part.speakers) for pair, part in where.items()}
