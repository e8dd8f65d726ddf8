"""The back-end: from embeddings to scores, and from scores to log likelihood ratios above the operating
point."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint.errors import SettingsError
from opusagent_voiceprint.matching.calibration import CLASSES, Calibration, LineClass
from opusagent_voiceprint.matching.plda import Plda
from opusagent_voiceprint.matching.probe import Probe
from opusagent_voiceprint.matching.voices import mean_embedding
from opusagent_voiceprint.models import Voiceprint

__all__ = ["Backend", "EncoderPair", "EnrolledRow", "ProbeColumns"]

logger = logging.getLogger(__name__)

ARTEFACTS: Final = Path(__file__).parents[1] / "artefacts"
_FITTED: Final = ("telephone", "resemblyzer")
_UNKNOWN_POINT: Final = 0.75
_UNKNOWN_SLOPE: Final = 30.0
_UNKNOWN_RATIO: Final = 5.0
"""Nats at the operating point: about what they are with every encoder that was fitted."""
_NOISY_BELOW_DB: Final = 18.0

_NARROW, _MIXED, _WIDE = 0, 1, 2
_NOISY: Final = 3  # from a class to its noisy one

Vector = npt.NDArray[np.float32]
Rows = npt.NDArray[np.float32]


class EncoderPair(Protocol):
    """What the back-end has to know of a process's encoders."""

    @property
    def encoder_id(self) -> str:
        """Of the encoder for every window."""
        ...

    @property
    def wide_encoder_id(self) -> str:
        """Of the encoder for wideband; empty if there is none."""
        ...

    @property
    def dimension(self) -> int:
        """Values of an embedding of the encoder for every window."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class EnrolledRow:
    """A caller in the gallery: all of the caller's voiceprints as one.

    ``vector`` of shape (dimension,); ``own`` and ``scale`` are the caller's own parts of the scores;
    ``wide_vector`` is there when some were made over wideband lines by the encoder for those.
    """

    vector: Vector
    own: float
    scale: float
    wide_vector: Vector | None
    wide_line: bool
    snr_db: float


@dataclass(frozen=True, slots=True, eq=False)
class ProbeColumns:
    """A probe, ready to be multiplied with rows: ``columns`` of shape (dimension, 1 or 2)."""

    columns: Rows
    own: float
    shift: float
    wide_vector: Vector | None
    wide_line: bool
    snr_db: float


@dataclass(frozen=True, eq=False)
class Backend:
    """Scores probes against enrolled callers. ``plda`` is None where the cosine is all there is."""

    calibration: Calibration
    dimension: int
    plda: Plda | None = None

    @classmethod
    def shipped(cls, encoders: EncoderPair) -> Backend:
        """What was fitted for these encoders; for any others the cosine, with a cautious operating point.

        An encoder that was not fitted may say as ``operating_point`` which cosine one stranger in ten
        thousand exceeds, or as ``operating_points`` for telephone lines on both sides, on one, on none.
        """
        for name in _FITTED:
            calibration = Calibration.load(ARTEFACTS / f"{name}-calibration.json")
            if calibration.encoder_id == encoders.encoder_id:
                path = ARTEFACTS / f"{name}-plda.npz"
                return cls(calibration, encoders.dimension, Plda.load(path) if path.exists() else None)
        main = getattr(encoders, "main", None)
        point = getattr(main, "operating_point", None)
        if point is None:
            point = _UNKNOWN_POINT
            logger.warning(
                "nothing was fitted for the encoder %s: callers are recognised above a cosine of %g; fit "
                "it with `opusagent-voiceprint calibrate`",
                encoders.encoder_id,
                point,
            )
        points = getattr(main, "operating_points", None) or (float(point),) * 3
        return cls.of_cosine(encoders.encoder_id, encoders.dimension, points)

    @classmethod
    def of_cosine(
        cls, encoder_id: str, dimension: int, points: Sequence[float] = (_UNKNOWN_POINT,) * 3
    ) -> Backend:
        """The cosine alone, with its operating points for narrow, mixed and wide pairs of lines."""
        classes = {
            name: LineClass(
                offset=_UNKNOWN_RATIO - _UNKNOWN_SLOPE * point,
                weights=(0.0, _UNKNOWN_SLOPE),
                threshold=_UNKNOWN_RATIO,
            )
            for name, point in zip(CLASSES, (*points, *points[:_WIDE]), strict=True)
        }
        calibration = Calibration(encoder_id=encoder_id, noisy_below_db=_NOISY_BELOW_DB, classes=classes)
        return cls(calibration, dimension)

    @classmethod
    def configured(cls, encoders: EncoderPair, path: str) -> Backend:
        """As shipped, with the calibration of a file if ``path`` names one.

        Raises:
            SettingsError: the file cannot be used, or was made for other encoders.
        """
        shipped = cls.shipped(encoders)
        return shipped.with_calibration(Calibration.load(Path(path).expanduser())) if path else shipped

    def with_calibration(self, calibration: Calibration) -> Backend:
        """The same scores, calibrated otherwise.

        Raises:
            SettingsError: it was made for other encoders.
        """
        mine = (self.encoder_id, self.wide_encoder_id)
        theirs = (calibration.encoder_id, calibration.wide_encoder_id)
        if mine != theirs:
            raise SettingsError(
                f"VOICE_CALIBRATION was made for the encoders {' and '.join(filter(None, theirs))}, not "
                f"{' and '.join(filter(None, mine))}; make it anew with `opusagent-voiceprint calibrate`"
            )
        return replace(self, calibration=calibration)

    @property
    def encoder_id(self) -> str:
        """Whose embeddings are scored."""
        return self.calibration.encoder_id

    @property
    def wide_encoder_id(self) -> str:
        """Whose embeddings are scored between wideband lines; empty for the same as everywhere."""
        return self.calibration.wide_encoder_id

    def fits(self, voiceprint: Voiceprint) -> bool:
        """Whether a voiceprint can be compared. One that names no encoder is of an application, which
        vouches that it is of this one."""
        return voiceprint.encoder in ("", self.encoder_id) and voiceprint.embedding.shape == (self.dimension,)

    def enroll(self, voiceprints: Sequence[Voiceprint]) -> EnrolledRow | None:
        """A caller's voiceprints as one, or None if none of them fits.

        Their mean: calls of one person are alike in more than the voice, so that counting them as
        independent would let more strangers in (benchmarks/fitting).
        """
        usable = [each for each in voiceprints if self.fits(each)]
        if not usable:
            return None
        mean = mean_embedding(np.stack([_unit(each.embedding) for each in usable]))
        wides = [
            _unit(each.wide_embedding)
            for each in usable
            if each.wide_embedding is not None and each.wide_encoder == self.wide_encoder_id != ""
        ]
        lines = [each.channel != "narrow" for each in usable]
        vector, own, scale = mean, 0.0, 1.0
        if self.plda is not None:
            centred = [self.plda.centred(_unit(each.embedding))[0] for each in usable]
            # How far they agree: the projected mean of several is shorter than that of one.
            agreement = float(np.linalg.norm(np.mean(centred, axis=0)))
            direction, length = self.plda.centred(mean)
            projected = agreement * self.plda.project(direction)
            own, scale = self.plda.of_enrolled(projected), length / max(agreement, 1e-6)
            vector = projected.astype(np.float32)
        return EnrolledRow(
            vector=vector,
            own=own,
            scale=scale,
            wide_vector=mean_embedding(np.stack(wides)) if wides else None,
            wide_line=2 * sum(lines) > len(lines),
            snr_db=float(np.mean([each.snr_db for each in usable])),
        )

    def prepare(self, probe: Probe) -> ProbeColumns:
        """A probe, ready to be multiplied with rows of the gallery."""
        embedding = _unit(probe.embedding)
        wide = None if probe.wide_embedding is None else _unit(probe.wide_embedding)
        own = shift = 0.0
        columns = embedding[:, None]
        if self.plda is not None:
            direction, _ = self.plda.centred(embedding)
            multiplier, own = self.plda.of_probe(self.plda.project(direction))
            # The cosine is a product with the projected row too, so that one pass over the gallery does.
            columns = np.stack([multiplier, self.plda.inverse @ embedding], axis=1).astype(np.float32)
            shift = float(self.plda.mean @ embedding)
        return ProbeColumns(columns, own, shift, wide, probe.channel == "wide", probe.snr_db)

    def classes(
        self,
        probe: ProbeColumns,
        wide_line: npt.NDArray[np.bool_],
        has_wide: npt.NDArray[np.bool_],
        snr_db: npt.NDArray[np.float32],
    ) -> npt.NDArray[np.int8]:
        """The class of each row with this probe, as an index into ``CLASSES``; arrays of shape (rows,)."""
        noisy = np.minimum(snr_db, probe.snr_db) < self.calibration.noisy_below_db
        bands = wide_line.astype(np.int8) + np.int8(probe.wide_line)
        if self.wide_encoder_id:
            compared_wide = has_wide & (probe.wide_vector is not None)
            bands = np.where(compared_wide, np.int8(_WIDE), np.minimum(bands, np.int8(_MIXED)))
        noisy_class = bands + np.int8(_NOISY)
        result: npt.NDArray[np.int8] = np.where(noisy & (bands < _WIDE), noisy_class, bands)
        return result

    def above(self, classes: npt.NDArray[np.int8], plda: Rows, cosine: Rows) -> npt.NDArray[np.float32]:
        """Log likelihood ratios above the operating point, in nats; everything of shape (rows,)."""
        table = [self.calibration.of(index) for index in range(len(CLASSES))]
        base = np.array([each.offset - each.threshold for each in table], dtype=np.float32)[classes]
        of_cosine = np.array([each.weights[1] for each in table], dtype=np.float32)[classes]
        base += of_cosine * cosine
        if self.plda is not None:
            base += np.array([each.weights[0] for each in table], dtype=np.float32)[classes] * plda
        return base


def _unit(vector: Vector) -> Vector:
    length = max(float(np.linalg.norm(vector)), 1e-12)
    unit: Vector = (vector / length).astype(np.float32)
    return unit
