"""The description beside an ONNX file: what a speaker encoder takes and gives (docs/encoders.md)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from opusagent_voiceprint.audio.buffers import SAMPLE_RATE
from opusagent_voiceprint.encoding.encoder import WindowSpec
from opusagent_voiceprint.encoding.kaldi_features import FbankOptions
from opusagent_voiceprint.errors import EncoderError

__all__ = ["Layout", "ModelDescription", "OperatingPoints", "model_files", "read_description"]

_MAX_BYTES: Final = 65_536
_SHORTEST_SECONDS: Final = 0.8
# What cannot change an embedding, and so does not make another encoder of it.
_NOT_IN_THE_ID: Final = frozenset({"input_name", "operating_point", "sha256"})

Layout = Literal["batch,frames,bins", "batch,bins,frames", "batch,samples"]


Cosine = Annotated[float, Field(gt=-1.0, lt=1.0)]


class OperatingPoints(BaseModel):
    """Operating points for telephone lines on both sides, on one of them, and on none."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    narrow: Cosine
    mixed: Cosine
    wide: Cosine


class ModelDescription(BaseModel):
    """What an ONNX file with a speaker encoder takes and gives."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    input: Literal["waveform", "fbank"]
    sample_rate: Literal[8000, 16000]
    dimension: int = Field(ge=2, le=8192)
    layout: Layout
    sample_scale: Literal["unit", "int16"] = "unit"
    """The range of samples: [-1, 1], or that of int16."""
    fbank: FbankOptions = FbankOptions()
    input_name: str | None = None
    output_name: str | None = None
    window_seconds: float = Field(default=1.6, ge=0.8, le=10.0)
    hop_seconds: float = Field(default=0.77, ge=0.1, le=10.0)
    operating_point: OperatingPoints | None = None
    """The cosine that one stranger in ten thousand reaches; in a file also one number for all lines."""
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")

    @model_validator(mode="before")
    @classmethod
    def _layout_of_the_input(cls, values: Any) -> Any:
        if isinstance(values, dict) and "layout" not in values:
            waveform = values.get("input") == "waveform"
            return {**values, "layout": "batch,samples" if waveform else "batch,frames,bins"}
        return values

    @field_validator("operating_point", mode="before")
    @classmethod
    def _one_number_is_for_all_lines(cls, value: Any) -> Any:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return dict.fromkeys(OperatingPoints.model_fields, value)
        return value

    @model_validator(mode="after")
    def _fields_fit_together(self) -> ModelDescription:
        waveform = self.input == "waveform"
        if waveform != (self.layout == "batch,samples"):
            allowed = "'batch,samples'" if waveform else "'batch,frames,bins' or 'batch,bins,frames'"
            raise ValueError(
                f"layout={self.layout!r} does not fit input={self.input!r}: it must be {allowed}"
            )
        if waveform and "fbank" in self.model_fields_set:
            raise ValueError("fbank is for input='fbank'; leave it out for a waveform")
        if self.hop_seconds > self.window_seconds:
            raise ValueError(
                f"hop_seconds={self.hop_seconds:g} must not be more than "
                f"window_seconds={self.window_seconds:g}"
            )
        if not waveform:
            self.fbank.check(self.sample_rate)
        return self

    @property
    def window(self) -> WindowSpec:
        """How speech at 16 kHz is cut for the model."""
        length = round(self.window_seconds * SAMPLE_RATE)
        # An even number of samples, so that half the rate gives a whole one.
        length += length % 2
        return WindowSpec(
            length=length,
            hop=round(self.hop_seconds * SAMPLE_RATE),
            lead=0,
            shortest=min(length, round(_SHORTEST_SECONDS * SAMPLE_RATE)),
        )

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of one window as the model takes it, without the batch."""
        samples = self.window.length * self.sample_rate // SAMPLE_RATE
        if self.input == "waveform":
            return (samples,)
        frames, bins = self.fbank.frames(samples, self.sample_rate), self.fbank.mel_bins
        return (bins, frames) if self.layout == "batch,bins,frames" else (frames, bins)

    def canonical(self) -> bytes:
        """The same bytes for all descriptions that give the same embeddings, however they are written."""
        fields = self.model_dump(mode="json", exclude=set(_NOT_IN_THE_ID))
        return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


_NESTED: Final[dict[str, type[BaseModel]]] = {"fbank": FbankOptions, "operating_point": OperatingPoints}


def model_files(path: Path) -> tuple[Path, Path]:
    """The model's file and its description's, whichever of the two ``path`` names.

    Raises:
        EncoderError: it names neither.
    """
    path = path.expanduser()
    if path.suffix not in {".onnx", ".json"}:
        raise EncoderError(
            f"{path} is not the path of an ONNX encoder: give MODEL.onnx, or the description MODEL.json "
            "beside it"
        )
    return path.with_suffix(".onnx"), path.with_suffix(".json")


def read_description(path: Path) -> ModelDescription:
    """Read and check a description.

    Raises:
        EncoderError: missing, unreadable, or with a field that is not allowed.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        raise EncoderError(
            f"{path} does not exist: an ONNX encoder needs this description of its input; "
            "docs/encoders.md has examples"
        ) from None
    except OSError as exc:
        raise EncoderError(f"the description {path} cannot be read: {exc.strerror}") from exc
    if len(content) > _MAX_BYTES:
        raise EncoderError(f"{path} is not a description: it is larger than {_MAX_BYTES} bytes")
    try:
        return ModelDescription.model_validate_json(content)
    except ValidationError as exc:
        raise EncoderError(f"{path}: {_explain(exc)}") from None


def _explain(exc: ValidationError) -> str:
    lines = []
    for error in exc.errors(include_url=False, include_context=False):
        field = ".".join(str(part) for part in error["loc"])
        message = error["msg"].removeprefix("Value error, ")
        if error["type"] == "extra_forbidden":
            owner = _NESTED[str(error["loc"][0])] if len(error["loc"]) > 1 else ModelDescription
            message = f"no such field; there are {', '.join(owner.model_fields)}"
        elif error["type"] == "missing":
            message = "is missing"
        elif field:
            message = f"{error['input']!r} is not allowed: {message[:1].lower()}{message[1:]}"
        lines.append(f"{field}: {message}" if field else message)
    return "; ".join(lines)
