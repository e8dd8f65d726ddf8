"""The back-end: from embeddings to scores, and from scores to log likelihood ratios above the operating
point."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from opusagent_voiceprint.errors import SettingsError
from opusagent_voiceprint.matching.calibration import CLASSES, Calibration
from opusagent_voiceprint.matching.enrolling import enroll_many
from opusagent_voiceprint.matching.plda import Plda
from opusagent_voiceprint.matching.probe import Probe
from opusagent_voiceprint.matching.rows import Classes, EnrolledRow, LineGroup, ProbeColumns, Rows, Vector
from opusagent_voiceprint.matching.unfitted import CAUTIOUS_POINTS, Points, cosine_calibration, points_of
from opusagent_voiceprint.models import Voiceprint

__all__ = ["Backend", "EncoderPair"]

logger = logging.getLogger(__name__)

ARTEFACTS: Final = Path(__file__).parents[1] / "artefacts"
_FITTED: Final = ("telephone", "resemblyzer")
_NAMELESS_ARE: Final = "resemblyzer-"
"""Whose voiceprints name no encoder: OpusAgent's own module has no other."""

_MIXED, _WIDE = 1, 2  # as in CLASSES; one less is a telephone line more
_NOISY: Final = 3  # from a class to its noisy one


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

    @property
    def wide_dimension(self) -> int:
        """Values of an embedding of the one for wideband; 0 if there is none."""
        ...


@dataclass(frozen=True, eq=False)
class Backend:
    """Scores probes against enrolled callers. ``plda`` is None where the cosine is all there is.

    ``wide_encoder`` is the process's encoder for wideband, where that is not the one of the calibration:
    None for that one, empty for none at all. ``wide_dimension`` is None where it is ``dimension``.
    """

    calibration: Calibration
    dimension: int
    plda: Plda | None = None
    wide_encoder: str | None = None
    wide_dimension: int | None = None

    @classmethod
    def shipped(cls, encoders: EncoderPair) -> Backend:
        """What was fitted for these encoders; for any others the cosine, with a cautious operating point.

        An encoder that was not fitted may say as ``operating_point`` which cosine one stranger in ten
        thousand exceeds, or as ``operating_points`` for telephone lines on both sides, on one, on none.

        Raises:
            EncoderError: these are no cosines.
        """
        backend, complaint = cls._of(encoders)
        if complaint:
            logger.warning("%s", complaint)
        return backend

    @classmethod
    def of_cosine(cls, encoder_id: str, dimension: int, points: Points = CAUTIOUS_POINTS) -> Backend:
        """The cosine alone, with its operating points for narrow, mixed and wide pairs of lines."""
        return cls(cosine_calibration(encoder_id, points), dimension)

    @classmethod
    def configured(cls, encoders: EncoderPair, path: str) -> Backend:
        """As shipped, with the calibration of a file if ``path`` names one.

        Raises:
            SettingsError: the file cannot be used, or was made for other encoders.
            EncoderError: as :meth:`shipped`.
        """
        if not path:
            return cls.shipped(encoders)
        # What this is without a file of its own is not to be complained about.
        backend, _ = cls._of(encoders)
        return backend.with_calibration(Calibration.load(Path(path).expanduser()))

    @classmethod
    def _of(cls, encoders: EncoderPair) -> tuple[Backend, str]:
        """The back-end, and what is to be said of it, if anything."""
        named, wide, complaint = encoders.encoder_id, encoders.wide_encoder_id, ""
        fitted = _fitted_for(named)
        if fitted is None:
            points = points_of(getattr(encoders, "main", None))
            if points is None:
                complaint = (
                    f"nothing was fitted for the encoder {named}: callers are recognised above a cosine of "
                    f"{max(CAUTIOUS_POINTS):g}; fit it with `opusagent-voiceprint calibrate`"
                )
            fitted = cosine_calibration(named, points or CAUTIOUS_POINTS), None
        elif fitted[0].wide_encoder_id != wide:
            complaint = (
                f"{named} was fitted with {fitted[0].wide_encoder_id or 'no other encoder'} beside it for "
                f"wideband lines and runs with {wide or 'none'}: wideband callers are recognised less often"
            )
        return cls(fitted[0], encoders.dimension, fitted[1], wide, encoders.wide_dimension), complaint

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
        """The process's encoder for wideband lines; empty if there is none."""
        return self.calibration.wide_encoder_id if self.wide_encoder is None else self.wide_encoder

    @property
    def compares_wide(self) -> bool:
        """Whether wideband meets wideband by an encoder of its own: there is one, and it was calibrated."""
        return self.calibration.wide_encoder_id == self.wide_encoder_id != ""

    def fits(self, voiceprint: Voiceprint) -> bool:
        """Whether a voiceprint is of this encoder, and of its dimension.

        One that names no encoder is taken for one of Resemblyzer's, as OpusAgent's own module makes them.
        """
        theirs = voiceprint.encoder == self.encoder_id
        if not voiceprint.encoder:
            theirs = self.encoder_id.startswith(_NAMELESS_ARE)
        return theirs and voiceprint.embedding.shape == (self.dimension,)

    def enroll(self, voiceprints: Sequence[Voiceprint]) -> EnrolledRow | None:
        """A caller's voiceprints as one, or None if none of them fits."""
        (row,) = self.enroll_many([voiceprints])
        return row

    def enroll_many(self, callers: Sequence[Sequence[Voiceprint]]) -> list[EnrolledRow | None]:
        """The voiceprints of several callers, each caller's as one; None where none fits."""
        return enroll_many(self, callers)

    def prepare(self, probe: Probe) -> ProbeColumns:
        """A probe, ready to be multiplied with rows of the gallery."""
        embedding = _unit(probe.embedding)
        own = shift = 0.0
        columns = embedding[:, None]
        if self.plda is not None:
            direction, _ = self.plda.centred(embedding)
            multiplier, own = self.plda.of_probe(self.plda.project(direction))
            # The cosine is a product with the projected row too, so that one pass over the gallery does.
            columns = np.stack([multiplier, self.plda.inverse @ embedding], axis=1).astype(np.float32)
            shift = float(self.plda.mean @ embedding)
        wide = self._comparable(probe.wide_embedding)
        return ProbeColumns(columns, own, shift, wide, probe.channel == "wide", probe.snr_db)

    def classes_of(self, group: LineGroup, probe: ProbeColumns) -> tuple[int, ...]:
        """The classes, as indices into ``CLASSES``, that rows of a group may be of with this probe.

        Where there are two, the stricter one counts for each row: where its line is not known, and where
        both lines are wideband and the encoder for those has not embedded both sides.
        """
        noisy = group.noisy or probe.snr_db < self.calibration.noisy_below_db
        band = int(group.wide_line) + int(probe.wide_line)
        unsure = group.unsure_line
        if self.calibration.wide_encoder_id:
            if group.has_wide and probe.wide_vector is not None:
                band, unsure = _WIDE, False
            else:
                band = min(band, _MIXED)
                unsure = unsure or (group.wide_line and probe.wide_line)
        possible = (band, band - 1) if unsure else (band,)
        return tuple(each + _NOISY if noisy and each < _WIDE else each for each in possible)

    def above(self, classes: Classes, plda: Rows, cosine: Rows) -> Rows:
        """Log likelihood ratios above the operating point, in nats; everything of shape (rows,)."""
        table = [self.calibration.of(index) for index in range(len(CLASSES))]
        base = np.array([each.offset - each.threshold for each in table], dtype=np.float32)[classes]
        of_cosine = np.array([each.weights[1] for each in table], dtype=np.float32)[classes]
        base += of_cosine * cosine
        if self.plda is not None:
            base += np.array([each.weights[0] for each in table], dtype=np.float32)[classes] * plda
        return base

    def wide_vector(self, voiceprint: Voiceprint) -> Vector | None:
        """A voiceprint's embedding for wideband at length one; None if it has none that can be compared."""
        if voiceprint.wide_encoder != self.wide_encoder_id:
            return None
        return self._comparable(voiceprint.wide_embedding)

    def _comparable(self, wide: Vector | None) -> Vector | None:
        """An embedding of the encoder for wideband at length one; None if it is not to be compared."""
        size = self.dimension if self.wide_dimension is None else self.wide_dimension
        if wide is None or not self.compares_wide or wide.shape != (size,):
            return None
        return _unit(wide)


def _fitted_for(encoder_id: str) -> tuple[Calibration, Plda | None] | None:
    for name in _FITTED:
        calibration = Calibration.load(ARTEFACTS / f"{name}-calibration.json")
        if calibration.encoder_id == encoder_id:
            path = ARTEFACTS / f"{name}-plda.npz"
            return calibration, Plda.load(path) if path.exists() else None
    return None


def _unit(vector: Vector) -> Vector:
    length = max(float(np.linalg.norm(vector)), 1e-12)
    unit: Vector = (vector / length).astype(np.float32)
    return unit
