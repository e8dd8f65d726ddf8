"""What an evaluation found, as data: conditions with their figures, and what they rest on."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from opusagent_voiceprint.errors import EvaluationError

__all__ = ["FIGURES", "Condition", "Curves", "Data", "Evaluation", "Interval", "System", "write_csv"]

FIGURES: Final = {
    "eer": "EER",
    "min_dcf_1e-2": "minDCF (p = 0.01)",
    "min_dcf_1e-3": "minDCF (p = 0.001)",
    "far": "FAR at the threshold",
    "frr": "FRR at the threshold",
    "cllr": "Cllr",
    "min_cllr": "min Cllr",
    "dir_at_fpir_1e-2": "DIR at FPIR 1 %",
    "dir_at_fpir_1e-3": "DIR at FPIR 0.1 %",
    "dir": "DIR at the threshold",
    "wrong": "wrong name at the threshold",
    "fpir": "FPIR at the threshold",
}
"""Names of figures, and what they are called in reports. All are parts of 1 but DCF and Cllr."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Interval(_Data):
    """A figure, and its 95 % interval if there is one."""

    value: float
    low: float | None = None
    high: float | None = None


class Curves(_Data):
    """Points of the DET curve, and histograms over the scores; each histogram adds up to 1."""

    far: list[float] = []
    frr: list[float] = []
    edges: list[float] = []
    genuine: list[float] = []
    impostor: list[float] = []


class Condition(_Data):
    """What was measured of one pair of lines and one length of probes.

    ``refused`` counts probes that the product refused (too little net speech, or clipped to nothing). They
    are not among ``probes`` and in no figure but the parts of probes of enrolled speakers that are named,
    rightly or wrongly: there they are named as nobody. ``relations`` says how many probes stand how to the
    enrollments, ``classes`` in which class of lines genuine trials fell. ``net_seconds`` is the median, least
    and most net speech of probes. ``gallery`` is how many callers the galleries of the open set had.
    """

    enroll: str
    probe: str
    seconds: float
    callers: int
    probes: int
    genuine: int
    impostor: int
    refused: int
    gallery: int
    relations: dict[str, int]
    classes: dict[str, int]
    net_seconds: Interval
    figures: dict[str, Interval]
    curves: Curves

    @property
    def lines(self) -> str:
        """Both lines."""
        return f"{self.enroll} / {self.probe}"


class Data(_Data):
    """The recordings. ``relations`` counts planned probes, others what could not be used and why.

    ``enrollments`` counts those of all lines, ``poor_enrollments`` those among them that the recogniser would
    refuse for their quality; they are measured all the same. ``refused_enrollments``, which are not among
    them, have too little net speech or are clipped to nothing.
    """

    corpus: str
    speakers: int
    recordings: int
    enrolled: int
    enrollments: int
    poor_enrollments: int
    relations: dict[str, int]
    unreadable: list[str]
    too_short: list[str]
    unused_speakers: int
    overlapping_calls: int
    fewer_calls: int
    notes: list[str]
    refused_enrollments: int = 0


class System(_Data):
    """What was measured: encoders, calibration (``shipped`` or a file's name), operating point.

    ``known_number`` says that the threshold is the one for callers of a number that is known to be calling.
    """

    encoder: str
    encoder_id: str
    wide_encoder_id: str
    calibration: str
    similarity_threshold: float
    known_number: bool
    recognition_margin: float


class Evaluation(_Data):
    """A whole evaluation. ``options`` are those it was asked with.

    ``not_measured`` names conditions without anything to compare, since all their probes, or all enrollments,
    were refused.
    """

    format: int = 1
    title: str = ""
    made_at: str
    seconds_taken: float
    machine: str
    versions: dict[str, str]
    system: System
    data: Data
    options: dict[str, str]
    conditions: list[Condition] = Field(min_length=1)
    not_measured: list[str] = []

    def save(self, path: Path) -> None:
        """Write it as JSON.

        Raises:
            EvaluationError: the file cannot be written.
        """
        try:
            path.write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")
        except OSError as exc:
            raise EvaluationError(f"{path} cannot be written: {exc.strerror}") from exc

    @classmethod
    def load(cls, path: Path) -> Evaluation:
        """Read what :meth:`save` wrote.

        Raises:
            EvaluationError: it cannot be read, or is something else.
        """
        try:
            return cls.model_validate_json(path.read_bytes())
        except OSError as exc:
            raise EvaluationError(f"{path} cannot be read: {exc.strerror}") from exc
        except ValidationError as exc:
            raise EvaluationError(
                f"{path} is not an evaluation of this version: {exc.error_count()} fields are not as expected"
            ) from None


def write_csv(evaluation: Evaluation, path: Path) -> None:
    """One row a condition, three columns a figure: value and interval.

    Raises:
        EvaluationError: the file cannot be written.
    """
    counts = ("enroll", "probe", "seconds", "callers", "probes", "genuine", "impostor", "refused", "gallery")
    heading = [*counts, *(f"{name}{part}" for name in FIGURES for part in ("", "_low", "_high"))]
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(heading)
            for condition in evaluation.conditions:
                row = [getattr(condition, name) for name in counts]
                for name in FIGURES:
                    figure = condition.figures.get(name)
                    row += ["", "", ""] if figure is None else [figure.value, figure.low, figure.high]
                writer.writerow(row)
    except OSError as exc:
        raise EvaluationError(f"{path} cannot be written: {exc.strerror}") from exc
