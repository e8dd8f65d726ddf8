"""The calibration: for each class of lines, from scores to a log likelihood ratio and the operating point."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from opusagent_voiceprint.errors import SettingsError

__all__ = ["CLASSES", "Calibration", "LineClass"]

CLASSES: Final = ("narrow", "mixed", "wide", "narrow and noisy", "mixed and noisy")
"""What is calibrated apart: telephone lines on both sides, on one, on none; and whether the noisier side is
noisy, where wideband does not meet wideband."""

_FARTHEST: Final = 1e4
"""Beyond any ratio in nats; scores are single precision, which larger values would overflow."""
_LARGEST_FILE: Final = 64 * 1024


def _any(weights: tuple[float, float]) -> tuple[float, float]:
    if not any(weights):
        raise ValueError("both weights are 0, so that everybody would be alike")
    return weights


Bounded = Annotated[float, Field(ge=-_FARTHEST, le=_FARTHEST, allow_inf_nan=False)]
Weight = Annotated[float, Field(ge=0.0, le=_FARTHEST, allow_inf_nan=False)]


class LineClass(BaseModel):
    """``offset + weights . (back-end score, cosine)`` is the log likelihood ratio in nats.

    ``threshold`` is its operating point: one stranger in ten thousand pairs, so that at most one in a
    hundred is named among a hundred callers. Offset and threshold are from -10,000 to 10,000, weights from
    0 to 10,000, and one of them is not 0.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    offset: Bounded
    weights: Annotated[tuple[Weight, Weight], AfterValidator(_any)]
    threshold: Bounded


class Calibration(BaseModel):
    """Fitted for these encoders, for each of :data:`CLASSES`. Noisy is an SNR under ``noisy_below_db``."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    encoder_id: str
    wide_encoder_id: str = ""
    noisy_below_db: Bounded
    classes: dict[str, LineClass]

    def of(self, index: int) -> LineClass:
        """The class at this place of :data:`CLASSES`."""
        return self.classes[CLASSES[index]]

    @classmethod
    def load(cls, path: Path) -> Calibration:
        """Read a file.

        Raises:
            SettingsError: it cannot be read, is not a calibration, or larger than 64 KiB.
        """
        try:
            with path.open("rb") as file:
                content = file.read(_LARGEST_FILE + 1)
        except OSError as exc:
            raise SettingsError(f"the calibration {path} cannot be read: {exc.strerror}") from None
        if len(content) > _LARGEST_FILE:
            raise SettingsError(
                f"{path} is not a calibration: it is larger than {_LARGEST_FILE // 1024} KiB; make one with "
                "`opusagent-voiceprint calibrate`"
            )
        try:
            found = cls.model_validate_json(content)
        except ValidationError as exc:
            first = exc.errors(include_url=False, include_context=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"])) or "the file"
            raise SettingsError(
                f"{path} is not a calibration: {where}: {first['msg']}; make one with "
                "`opusagent-voiceprint calibrate`"
            ) from None
        if missing := [name for name in CLASSES if name not in found.classes]:
            raise SettingsError(f"the calibration {path} has no class {missing[0]!r}; make it anew")
        return found

    def save(self, path: Path) -> None:
        """Write a file, whole or not at all.

        Raises:
            SettingsError: it cannot be written.
        """
        temporary = None
        try:
            with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
                temporary = Path(file.name)
                file.write(self.model_dump_json(indent=2) + "\n")
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except OSError as exc:
            if temporary is not None:
                temporary.unlink(missing_ok=True)
            raise SettingsError(f"the calibration {path} cannot be written: {exc.strerror}") from None
