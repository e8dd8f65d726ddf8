"""Enrollment: callers' voiceprints as rows of the gallery, many callers at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint.matching.rows import EnrolledRow, LineGroup, Rows
from opusagent_voiceprint.models import Voiceprint

if TYPE_CHECKING:
    from opusagent_voiceprint.matching.backend import Backend

__all__ = ["enroll_many"]

_OF_LOG_COUNT: Final = 0.45
"""Nats for each e-fold of voiceprints. The more speech a row stands on, the further strangers' scores spread:
without it galleries of people with three voiceprints named twice as many (benchmarks/fitting)."""

Counts = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]


def enroll_many(backend: Backend, callers: Sequence[Sequence[Voiceprint]]) -> list[EnrolledRow | None]:
    """Each caller's voiceprints as one row, or None where none of them fits the back-end.

    Their mean: calls of one person are alike in more than the voice, so that counting them as independent
    would let more strangers in (benchmarks/fitting).
    """
    usable = [[each for each in voiceprints if backend.fits(each)] for voiceprints in callers]
    enrolled = iter(_enrolled(backend, [each for each in usable if each]))
    return [next(enrolled) if each else None for each in usable]


def _enrolled(backend: Backend, callers: list[list[Voiceprint]]) -> list[EnrolledRow]:
    if not callers:
        return []
    counts = np.array([len(each) for each in callers], dtype=np.intp)
    units = _units(np.stack([each.embedding for voiceprints in callers for each in voiceprints]))
    means = _means(units, counts)
    vectors, own, scale = means, np.zeros(len(counts)), np.ones(len(counts))
    if backend.plda is not None:
        centred, _ = backend.plda.centred(units)
        # How far they agree: the projected mean of several is shorter than that of one.
        agreement = np.linalg.norm(_sums(centred, counts) / counts[:, None], axis=1)
        directions, lengths = backend.plda.centred(means)
        projected = agreement[:, None] * backend.plda.project(directions)
        own, scale = backend.plda.of_enrolled(projected), lengths / np.maximum(agreement, 1e-6)
        vectors = projected.astype(np.float32)
    wides = _wide_means(backend, callers)
    return [
        EnrolledRow(
            group=_group(backend, voiceprints, has_wide=index in wides),
            vector=vectors[index],
            own=float(own[index]),
            scale=float(scale[index]),
            wide_vector=wides.get(index),
            handicap=_OF_LOG_COUNT * float(np.log(len(voiceprints))),
        )
        for index, voiceprints in enumerate(callers)
    ]


def _group(backend: Backend, voiceprints: list[Voiceprint], *, has_wide: bool) -> LineGroup:
    lines = [each.channel for each in voiceprints]
    wide, narrow = lines.count("wide"), lines.count("narrow")
    unknown = len(lines) - wide - narrow
    snr_db = sum(each.snr_db for each in voiceprints) / len(voiceprints)
    return LineGroup(
        # Those of an unknown line may be of either.
        wide_line=wide + unknown > narrow,
        unsure_line=wide - unknown <= narrow < wide + unknown,
        has_wide=has_wide,
        noisy=snr_db < backend.calibration.noisy_below_db,
    )


def _wide_means(backend: Backend, callers: list[list[Voiceprint]]) -> dict[int, Rows]:
    """By the caller's place, the mean of what the encoder for wideband heard, where it heard anything."""
    found = [
        (index, vector)
        for index, voiceprints in enumerate(callers)
        for each in voiceprints
        if (vector := backend.wide_vector(each)) is not None
    ]
    if not found:
        return {}
    places, counts = np.unique([index for index, _ in found], return_counts=True)
    return dict(zip(places.tolist(), _means(np.stack([vector for _, vector in found]), counts), strict=True))


def _sums(rows: npt.NDArray[np.floating], counts: Counts) -> npt.NDArray[np.floating]:
    """The sums of runs of rows, each of ``counts`` rows, of which there is one at least."""
    return np.asarray(np.add.reduceat(rows, np.cumsum(counts) - counts, axis=0))


def _means(rows: Rows, counts: Counts) -> Rows:
    return _units(_sums(rows, counts).astype(np.float32))


def _units(rows: Rows) -> Rows:
    units: Rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-12))
    return units
