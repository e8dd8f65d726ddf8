"""Which segments are galleries and probes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fitting.segments import Segments

__all__ = ["gallery_rows", "probe_rows"]

Ints = npt.NDArray[np.int64]


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
