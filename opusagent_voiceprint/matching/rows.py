"""What the back-end makes of both sides, so that products compare a probe with every caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Classes", "EnrolledRow", "LineGroup", "ProbeColumns", "Rows", "Vector"]

Vector = npt.NDArray[np.float32]
Rows = npt.NDArray[np.float32]
Classes = npt.NDArray[np.int8]


class LineGroup(NamedTuple):
    """What of an enrolled caller's lines decides the class of a comparison; a gallery has few of these.

    ``unsure_line``: it may be a telephone line just as well; ``wide_line`` is true then. ``has_wide``: the
    encoder for wideband heard it.
    """

    wide_line: bool
    unsure_line: bool
    has_wide: bool
    noisy: bool


@dataclass(frozen=True, slots=True, eq=False)
class EnrolledRow:
    """A caller in the gallery: all of the caller's voiceprints as one.

    ``vector`` of shape (dimension,); ``own`` and ``scale`` are the caller's own parts of the scores;
    ``wide_vector``, of shape (wide_dimension,), is there when some were made over wideband lines by the
    encoder for those. ``handicap`` comes off the ratio above the operating point, in nats.
    """

    group: LineGroup
    vector: Vector
    own: float
    scale: float
    wide_vector: Vector | None
    handicap: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class ProbeColumns:
    """A probe, ready to be multiplied with rows: ``columns`` of shape (dimension, 1 or 2)."""

    columns: Rows
    own: float
    shift: float
    wide_vector: Vector | None
    wide_line: bool
    snr_db: float
