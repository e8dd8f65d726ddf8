"""What the back-end makes of both sides, so that one product compares a probe with every caller."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Classes", "EnrolledRow", "Flags", "ProbeColumns", "RowLines", "Rows", "Vector"]

Vector = npt.NDArray[np.float32]
Rows = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Classes = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class EnrolledRow:
    """A caller in the gallery: all of the caller's voiceprints as one.

    ``vector`` of shape (dimension,); ``own`` and ``scale`` are the caller's own parts of the scores;
    ``wide_vector``, of shape (wide_dimension,), is there when some were made over wideband lines by the
    encoder for those. ``unsure_line``: it may be a telephone line just as well; ``wide_line`` is true then.
    ``handicap`` comes off the ratio above the operating point, in nats.
    """

    vector: Vector
    own: float
    scale: float
    wide_vector: Vector | None
    wide_line: bool
    unsure_line: bool
    snr_db: float
    handicap: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class RowLines:
    """The lines of rows, as :class:`EnrolledRow` says of each; arrays of shape (rows,)."""

    wide_line: Flags
    unsure_line: Flags
    has_wide: Flags
    snr_db: Rows


@dataclass(frozen=True, slots=True, eq=False)
class ProbeColumns:
    """A probe, ready to be multiplied with rows: ``columns`` of shape (dimension, 1 or 2)."""

    columns: Rows
    own: float
    shift: float
    wide_vector: Vector | None
    wide_line: bool
    snr_db: float
