"""Trials and figures: galleries, probes, EER and FRR at a FAR."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fitting.segments import Segments

__all__ = ["Trials", "eer", "far_threshold", "frr", "gallery_rows", "probe_rows"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Trials:
    """Scores of shape (callers, probes), and which of them are genuine."""

    scores: Floats
    callers: Ints
    probes: Ints

    @property
    def same(self) -> npt.NDArray[np.bool_]:
        """Shape (callers, probes): whether caller and probe are one person."""
        same: npt.NDArray[np.bool_] = self.callers[:, None] == self.probes[None]
        return same

    @property
    def genuine(self) -> Floats:
        """Scores of one person with herself."""
        return self.scores[self.same]

    @property
    def impostor(self) -> Floats:
        """Scores of two people."""
        return self.scores[~self.same]


def gallery_rows(segments: Segments, line: str, calls: int, speakers: Ints) -> dict[int, Ints]:
    """Each speaker's enrollment segments on a line: the first ``calls`` of them."""
    kinds = [f"enroll-{call}" for call in range(calls)]
    chosen = np.isin(segments.kind, kinds) & (segments.line == line)
    rows = {int(who): np.flatnonzero(chosen & (segments.speaker == who)) for who in speakers}
    return {who: found for who, found in rows.items() if len(found)}


def probe_rows(segments: Segments, line: str, kind: str, speakers: Ints) -> Ints:
    """The probe segments of these speakers on a line."""
    return np.flatnonzero(
        (segments.kind == kind) & (segments.line == line) & np.isin(segments.speaker, speakers)
    )


def eer(genuine: Floats, impostor: Floats) -> float:
    """The rate at which as many genuine trials are rejected as impostor trials are accepted."""
    points = np.sort(np.concatenate([genuine, impostor]))
    rejected = np.searchsorted(np.sort(genuine), points) / len(genuine)
    accepted = 1.0 - np.searchsorted(np.sort(impostor), points) / len(impostor)
    at = int(np.argmin(np.abs(rejected - accepted)))
    return float((rejected[at] + accepted[at]) / 2)


def far_threshold(impostor: Floats, far: float) -> float:
    """The score that a part ``far`` of impostor trials reaches."""
    return float(np.quantile(impostor, 1.0 - far, method="higher"))


def frr(genuine: Floats, impostor: Floats, far: float = 0.001) -> float:
    """The part of genuine trials rejected where a part ``far`` of impostor trials is accepted."""
    return float((genuine <= far_threshold(impostor, far)).mean())
