"""Encoders that nothing was fitted for: the cosine, with the operating points that they name themselves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real
from typing import Any, Final

from opusagent_voiceprint.errors import EncoderError
from opusagent_voiceprint.matching.calibration import CLASSES, Calibration, LineClass

__all__ = ["CAUTIOUS_POINTS", "Points", "cosine_calibration", "points_of"]

Points = tuple[float, float, float]
"""Cosines that one stranger in ten thousand reaches, for telephone lines on both sides, on one, on none."""

CAUTIOUS_POINTS: Final[Points] = (0.75, 0.75, 0.75)

_SLOPE: Final = 30.0
_RATIO_AT_THE_POINT: Final = 5.0
"""Nats at the operating point: about what they are with every encoder that was fitted."""
_NOISY_BELOW_DB: Final = 18.0


def cosine_calibration(encoder_id: str, points: Points) -> Calibration:
    """A calibration by the cosine alone; noise changes nothing in it."""
    narrow, mixed, wide = points
    classes = {
        name: LineClass(
            offset=_RATIO_AT_THE_POINT - _SLOPE * point, weights=(0.0, _SLOPE), threshold=_RATIO_AT_THE_POINT
        )
        for name, point in zip(CLASSES, (narrow, mixed, wide, narrow, mixed), strict=True)
    }
    return Calibration(encoder_id=encoder_id, noisy_below_db=_NOISY_BELOW_DB, classes=classes)


def points_of(encoder: Any) -> Points | None:
    """What an encoder says as ``operating_points`` or, one for all lines, as ``operating_point``.

    Raises:
        EncoderError: it says something that is no cosine between -1 and 1.
    """
    points = getattr(encoder, "operating_points", None)
    if points is not None:
        if not isinstance(points, Sequence) or len(points) != 3 or not all(map(_is_cosine, points)):
            raise _not_allowed(encoder, "operating_points", points, "three numbers")
        narrow, mixed, wide = map(float, points)
        return narrow, mixed, wide
    point = getattr(encoder, "operating_point", None)
    if point is None:
        return None
    if not _is_cosine(point):
        raise _not_allowed(encoder, "operating_point", point, "a number")
    return (float(point),) * 3


def _is_cosine(value: object) -> bool:
    if not isinstance(value, Real) or isinstance(value, bool):
        return False
    return math.isfinite(value) and -1.0 < float(value) < 1.0


def _not_allowed(encoder: Any, name: str, value: object, allowed: str) -> EncoderError:
    lines = " (telephone lines on both sides, on one, on none)" if name.endswith("s") else ""
    return EncoderError(
        f"the encoder {encoder.encoder_id} has {name}={value!r}: it must be {allowed} between -1 and "
        f"1{lines}; leave it out where it is not known"
    )
