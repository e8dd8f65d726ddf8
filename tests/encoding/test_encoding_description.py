"""The description of an ONNX encoder: what it decides, and what is wrong with one that cannot be used."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from onnx_models import DIMENSION, describe, fbank_model

from opusagent_voiceprint import EncoderError
from opusagent_voiceprint.encoding.kaldi_features import FbankOptions
from opusagent_voiceprint.encoding.model_description import (
    ModelDescription,
    read_description,
)
from opusagent_voiceprint.encoding.onnx_encoder import OnnxEncoder


@pytest.fixture
def fbank(tmp_path: Path) -> Path:
    return fbank_model(tmp_path / "tiny.onnx")


def test_the_windows_are_those_of_the_description(fbank: Path) -> None:
    usual = OnnxEncoder(describe(fbank)).window
    assert (usual.length, usual.hop, usual.lead, usual.shortest) == (25_600, 12_320, 0, 12_800)
    longer = OnnxEncoder(describe(fbank, window_seconds=3.0, hop_seconds=1.5)).window
    assert (longer.length, longer.hop, longer.shortest) == (48_000, 24_000, 12_800)


def test_either_file_names_the_encoder(fbank: Path) -> None:
    describe(fbank)
    by_model, by_description = OnnxEncoder(fbank), OnnxEncoder(fbank.with_suffix(".json"))
    assert by_model.encoder_id == by_description.encoder_id


def test_the_id_changes_with_whatever_changes_embeddings_and_with_nothing_else(
    fbank: Path, tmp_path: Path
) -> None:
    usual = OnnxEncoder(describe(fbank)).encoder_id
    assert usual.startswith("onnx-tiny-")
    assert usual.endswith("-win27")
    digest = hashlib.sha256(fbank.read_bytes()).hexdigest()
    same = {"hop_seconds": 0.77, "layout": "batch,frames,bins", "fbank": {"mel_bins": 80}}
    aside = {"operating_point": 0.5, "sha256": digest, "input_name": "x"}
    assert OnnxEncoder(describe(fbank, **same, **aside)).encoder_id == usual
    other: list[dict[str, Any]] = [
        {"name": "other"},
        {"sample_scale": "int16"},
        {"window_seconds": 2.0},
        {"fbank": {"window": "hamming"}},
        {"fbank": {"mean_normalisation": True}},
        {"sample_rate": 8_000, "fbank": {"mel_bins": 40}},
    ]
    ids = {OnnxEncoder(describe(fbank, **fields)).encoder_id for fields in other}
    retrained = fbank_model(tmp_path / "retrained.onnx", shape=("B", 158, 80))
    ids.add(OnnxEncoder(describe(retrained)).encoder_id)
    assert len(ids | {usual}) == len(other) + 2


def test_the_id_of_a_description_stays_what_it_is(tmp_path: Path) -> None:
    # Another id would make every voiceprint of an ONNX encoder useless.
    path = tmp_path / "pinned.onnx"
    path.write_bytes(b"weights")
    assert OnnxEncoder(describe(path, name="pinned")).encoder_id == "onnx-pinned-beee1fdb4a085bc0-win27"


def test_the_operating_point_is_the_descriptions(fbank: Path) -> None:
    assert OnnxEncoder(describe(fbank)).operating_point is None
    assert OnnxEncoder(describe(fbank)).operating_points is None
    one = OnnxEncoder(describe(fbank, operating_point=0.42))
    assert one.operating_point == 0.42
    assert one.operating_points == (0.42, 0.42, 0.42)
    points = {"narrow": 0.7, "mixed": 0.4, "wide": 0.5}
    each = OnnxEncoder(describe(fbank, operating_point=points))
    assert each.operating_points == (0.7, 0.4, 0.5)
    assert each.operating_point == 0.7


BAD_FIELDS: list[tuple[dict[str, Any], str]] = [
    ({"name": ...}, "name: is missing"),
    ({"name": "a b"}, "name: 'a b' is not allowed"),
    ({"input": "mfcc"}, "input: 'mfcc' is not allowed: input should be 'waveform' or 'fbank'"),
    ({"sample_rate": 44_100}, "sample_rate: 44100 is not allowed: input should be 8000 or 16000"),
    ({"dimension": "192"}, "dimension: '192' is not allowed"),
    ({"dimension": 0}, "dimension: 0 is not allowed"),
    ({"layout": "batch,samples"}, "layout='batch,samples' does not fit input='fbank': it must be"),
    ({"input": "waveform", "layout": "batch,bins,frames"}, "it must be 'batch,samples'"),
    ({"input": "waveform", "fbank": {}}, "leave it out for a waveform"),
    ({"sample_scale": "int8"}, "sample_scale: 'int8' is not allowed: input should be 'unit' or 'int16'"),
    ({"fbank": {"window": "hann"}}, "fbank.window: 'hann' is not allowed"),
    ({"fbank": {"mel_bins": 1000}}, "fbank.mel_bins: 1000 is not allowed"),
    ({"fbank": {"energy_floor": 1.0}}, "fbank.energy_floor: no such field; there are mel_bins,"),
    ({"sample_rate": 8_000, "fbank": {"low_hz": 5000.0}}, "leave no band below 4000 Hz"),
    ({"window_seconds": 0.1}, "window_seconds: 0.1 is not allowed"),
    ({"window_seconds": 1.0, "hop_seconds": 2.0}, "hop_seconds=2 must not be more than window_seconds=1"),
    ({"operating_point": 1.5}, "operating_point.narrow: 1.5 is not allowed: input should be less than 1"),
    ({"operating_point": True}, "operating_point: True is not allowed"),
    ({"operating_point": {"narrow": 0.7, "wide": 0.5}}, "operating_point.mixed: is missing"),
    ({"operating_point": {"gsm": 0.7}}, "operating_point.gsm: no such field; there are narrow, mixed, wide"),
    ({"sha256": "abc"}, "sha256: 'abc' is not allowed"),
    ({"windows": 1.6}, "windows: no such field; there are name, input,"),
]


@pytest.mark.parametrize(("fields", "message"), BAD_FIELDS)
def test_a_field_that_is_not_allowed_is_named(fbank: Path, fields: dict[str, Any], message: str) -> None:
    describe(fbank, **fields)
    with pytest.raises(EncoderError) as caught:
        OnnxEncoder(fbank)
    assert str(caught.value).startswith(f"{fbank.with_suffix('.json')}: ")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"", b"{", b'"tiny"', b"[]", b"\xff\xfe", b'{"name": NaN}', b" " * 70_000]
)
def test_a_file_that_is_no_description_is_named(fbank: Path, content: bytes) -> None:
    fbank.with_suffix(".json").write_bytes(content)
    with pytest.raises(EncoderError, match=r"tiny\.json"):
        OnnxEncoder(fbank)


def test_files_that_are_not_there_are_named(fbank: Path, tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"tiny\.json does not exist: .* docs/encoders\.md"):
        OnnxEncoder(fbank)
    with pytest.raises(EncoderError, match=r"alone\.onnx does not exist"):
        OnnxEncoder(describe(tmp_path / "alone.onnx"))
    with pytest.raises(EncoderError, match=r"tiny\.pt is not the path of an ONNX encoder"):
        OnnxEncoder(fbank.with_suffix(".pt"))


DOCUMENT = (Path(__file__).parents[2] / "docs" / "encoders.md").read_text(encoding="utf-8")


def documented(heading: str) -> dict[str, str]:
    """The fields of a table and their defaults."""
    table = DOCUMENT.partition(f"| {heading} |")[2].partition("\n\n")[0]
    return dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", table, flags=re.MULTILINE))


def test_every_field_is_documented_with_its_default() -> None:
    for heading, fields in (
        ("field", ModelDescription.model_fields),
        ("field of `fbank`", FbankOptions.model_fields),
    ):
        told = documented(heading)
        assert list(told) == list(fields)
        for name, field in fields.items():
            if told[name].startswith("`"):
                shown = {"layout": "batch,frames,bins"}.get(name, field.default)
                assert told[name] == f"`{shown if isinstance(shown, str) else json.dumps(shown)}`"
            else:
                # "needed", "none", or where it comes from.
                assert field.is_required() or field.default in {None, FbankOptions()}


@pytest.mark.parametrize("example", re.findall(r"```json\n(.*?)```", DOCUMENT, flags=re.DOTALL))
def test_every_example_of_the_document_is_a_description(example: str, tmp_path: Path) -> None:
    path = tmp_path / "example.json"
    path.write_text(example)
    assert read_description(path).window.length >= 12_800


def test_the_example_of_an_export_toolkit_runs_a_model_of_that_shape(tmp_path: Path) -> None:
    example = json.loads(re.findall(r"```json\n(.*?)```", DOCUMENT, flags=re.DOTALL)[0])
    path = fbank_model(tmp_path / "like.onnx", shape=("batch_size", "frame_num", 80))
    OnnxEncoder(describe(path, **{**example, "dimension": DIMENSION})).warm_up()
