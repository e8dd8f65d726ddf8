"""Encoders given as ONNX files, with small models that are made for it."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from onnx_models import (
    DIMENSION,
    Floats,
    Shape,
    describe,
    fails,
    fbank_model,
    projection,
    save,
    sound,
    spread_over_time,
    waveform_model,
)

from opusagent_voiceprint import EncoderError
from opusagent_voiceprint.encoding import SpeakerEncoder
from opusagent_voiceprint.encoding.kaldi_features import FbankOptions, log_mel_frames
from opusagent_voiceprint.encoding.onnx_encoder import OnnxEncoder


@pytest.fixture
def fbank(tmp_path: Path) -> Path:
    return fbank_model(tmp_path / "tiny.onnx")


@pytest.fixture
def waveform(tmp_path: Path) -> Path:
    return waveform_model(tmp_path / "tiny.onnx")


def test_it_is_a_speaker_encoder_and_gives_embeddings_of_length_one(fbank: Path) -> None:
    encoder = OnnxEncoder(describe(fbank))
    assert isinstance(encoder, SpeakerEncoder)
    assert encoder.dimension == DIMENSION
    embeddings = encoder.embed(sound(encoder))
    assert embeddings.shape == (3, DIMENSION)
    assert embeddings.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(embeddings, axis=1), 1.0, atol=1e-6)
    assert float(embeddings[0] @ embeddings[1]) < 0.99


def test_the_model_is_given_the_filter_banks_of_the_description(fbank: Path) -> None:
    options = {"window": "hamming", "mean_normalisation": True}
    encoder = OnnxEncoder(describe(fbank, sample_scale="int16", fbank=options))
    windows = sound(encoder)
    mel = log_mel_frames(windows * np.float32(32768), FbankOptions(**options), 16_000).astype(np.float64)  # type: ignore[arg-type]
    variance = mel.var(axis=1)
    expected = (variance - variance.mean(axis=1, keepdims=True)) @ projection(80)
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(encoder.embed(windows), expected, atol=1e-4)


def test_the_scale_of_the_samples_reaches_the_model(tmp_path: Path) -> None:
    # The first samples of a window are the embedding here.
    nodes = [
        helper.make_node("Slice", ["x", "from", "to", "axis"], ["first"]),
        helper.make_node("Add", ["first", "one"], ["embs"]),
    ]
    weights = {
        "from": np.array([0]),
        "to": np.array([4]),
        "axis": np.array([1]),
        "one": np.ones(1, np.float32),
    }
    path = save(tmp_path / "first.onnx", nodes, weights, {"x": ["B", "N"]}, {"embs": ["B", 4]})
    for scale, factor in (("unit", 1.0), ("int16", 32768.0)):
        encoder = OnnxEncoder(describe(path, input="waveform", dimension=4, sample_scale=scale))
        windows = sound(encoder)
        expected = windows[:, :4] * factor + 1.0
        expected /= np.linalg.norm(expected, axis=1, keepdims=True)
        np.testing.assert_allclose(encoder.embed(windows), expected, atol=1e-5)


@pytest.mark.parametrize("kind", ["fbank", "waveform"])
def test_a_batch_gives_what_its_windows_give_by_themselves(kind: str, tmp_path: Path) -> None:
    model = fbank_model if kind == "fbank" else waveform_model
    encoder = OnnxEncoder(describe(model(tmp_path / "tiny.onnx"), input=kind))
    windows = sound(encoder, 5)
    alone = np.concatenate([encoder.embed(window[None]) for window in windows])
    np.testing.assert_allclose(encoder.embed(windows), alone, atol=1e-5)


def test_both_layouts_of_filter_banks_give_the_same(tmp_path: Path) -> None:
    first = OnnxEncoder(describe(fbank_model(tmp_path / "frames.onnx")))
    layout = "batch,bins,frames"
    second = OnnxEncoder(describe(fbank_model(tmp_path / "bins.onnx", layout), layout=layout))
    np.testing.assert_allclose(first.embed(sound(first)), second.embed(sound(second)), atol=1e-5)


def test_a_model_for_8_khz_gets_speech_at_8_khz(waveform: Path) -> None:
    # The bands of the model are cut out at twice the frequency when it hears half the rate.
    encoder = OnnxEncoder(describe(waveform, input="waveform"))
    time = np.arange(encoder.window.length) / 16_000
    low, high = (0.1 * np.sin(2 * np.pi * tone * time).astype(np.float32)[None] for tone in (800.0, 1600.0))
    expected = encoder.embed(high)
    assert encoder.window.length == 25_600
    half = OnnxEncoder(describe(waveform, input="waveform", sample_rate=8_000))
    assert half.window == encoder.window
    assert float((half.embed(low) @ expected.T).item()) > 0.99
    assert float((half.embed(high) @ expected.T).item()) < 0.9


def test_filter_banks_at_8_khz_fit_the_model(tmp_path: Path) -> None:
    path = fbank_model(tmp_path / "eight.onnx", bins=40, shape=("B", 158, 40))
    encoder = OnnxEncoder(describe(path, sample_rate=8_000, fbank={"mel_bins": 40}))
    assert encoder.embed(sound(encoder)).shape == (3, DIMENSION)


def test_a_model_with_a_batch_of_one_takes_its_windows_one_by_one(tmp_path: Path, fbank: Path) -> None:
    one = OnnxEncoder(describe(fbank_model(tmp_path / "one.onnx", shape=(1, "T", 80))))
    free = OnnxEncoder(describe(fbank))
    np.testing.assert_allclose(one.embed(sound(one)), free.embed(sound(free)), atol=1e-5)


def test_the_output_may_have_more_axes_of_length_one(tmp_path: Path) -> None:
    nodes, weights = spread_over_time(1, 80)
    nodes.append(helper.make_node("Unsqueeze", ["embs", "axis"], ["tall"]))
    weights["axis"] = np.array([2])
    path = save(tmp_path / "tall.onnx", nodes, weights, {"x": ["B", "T", 80]}, {"tall": ["B", DIMENSION, 1]})
    encoder = OnnxEncoder(describe(path))
    assert encoder.embed(sound(encoder)).shape == (3, DIMENSION)


def test_no_windows_give_no_embeddings_and_others_are_refused(fbank: Path) -> None:
    encoder = OnnxEncoder(describe(fbank))
    assert encoder.embed(np.zeros((0, encoder.window.length), np.float32)).shape == (0, DIMENSION)
    with pytest.raises(ValueError, match=r"windows must have shape \(n, 25600\), not \(2, 25000\)"):
        encoder.embed(np.zeros((2, 25_000), np.float32))


def test_it_runs_in_several_threads_at_once(fbank: Path) -> None:
    encoder = OnnxEncoder(describe(fbank))
    windows = sound(encoder)
    expected = OnnxEncoder(fbank, threads=2).embed(windows)
    found: list[Floats] = []
    threads = [threading.Thread(target=lambda: found.append(encoder.embed(windows))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 4
    for embeddings in found:
        np.testing.assert_allclose(embeddings, expected, atol=1e-6)


@pytest.mark.parametrize("content", [b"", b"not a model", None], ids=["empty", "text", "half"])
def test_a_file_that_is_no_model_is_named(fbank: Path, content: bytes | None) -> None:
    whole = fbank.read_bytes()
    fbank.write_bytes(whole[: len(whole) // 2] if content is None else content)
    assert f"the model {fbank} cannot be loaded" in fails(describe(fbank))


def test_weights_in_another_file_are_refused(fbank: Path) -> None:
    model = onnx.load(fbank)
    onnx.save(model, fbank, save_as_external_data=True, location="tiny.data", size_threshold=0)
    assert (fbank.parent / "tiny.data").is_file()
    assert "it must be one ONNX file that holds its weights" in fails(describe(fbank))


def test_another_model_than_the_description_is_for_is_refused(fbank: Path) -> None:
    digest = hashlib.sha256(fbank.read_bytes()).hexdigest()
    OnnxEncoder(describe(fbank, sha256=digest)).warm_up()
    fbank_model(fbank, shape=("B", 158, 80))
    message = fails(fbank)
    assert f"tiny.json: sha256: {digest} is not that of tiny.onnx, which is " in message
    assert hashlib.sha256(fbank.read_bytes()).hexdigest() in message


def test_a_model_that_is_exchanged_between_id_and_loading_is_refused(fbank: Path) -> None:
    encoder = OnnxEncoder(describe(fbank))
    assert encoder.encoder_id
    fbank_model(fbank, shape=("B", 158, 80))
    with pytest.raises(EncoderError, match="was changed while the process ran"):
        encoder.warm_up()


def test_a_wrong_dimension_is_found_at_loading(fbank: Path) -> None:
    message = fails(describe(fbank, dimension=192))
    assert "tiny.json: dimension: 192 is not what tiny.onnx gives: embs has shape (2, 24)" in message


@pytest.mark.parametrize(
    ("shape", "fields", "field", "given"),
    [
        (("B", "T", 40), {}, "layout, fbank.mel_bins", "['batch', 158, 80]"),
        (("B", 200, 80), {}, "layout, window_seconds", "['batch', 158, 80]"),
        (("B", "T", 80), {"layout": "batch,bins,frames"}, "layout, window_seconds", "['batch', 80, 158]"),
        ((16, "T", 80), {}, "layout", "['batch', 158, 80]"),
        (("B", "T", 80), {"input": "waveform"}, "input", "['batch', 25600]"),
    ],
)
def test_an_input_of_another_shape_is_shown(
    tmp_path: Path, shape: Shape, fields: dict[str, Any], field: str, given: str
) -> None:
    path = fbank_model(tmp_path / "other.onnx", bins=int(shape[2]), shape=shape)
    message = fails(describe(path, **fields))
    assert f"other.json: {field}: the model takes x tensor(float) [" in message
    assert f"= {given}; correct the description" in message


def test_an_input_of_another_type_is_shown(tmp_path: Path) -> None:
    nodes = [helper.make_node("ReduceMean", ["x"], ["embs"], axes=[1], keepdims=0)]
    ends = {"x": ["B", "T", 80]}, {"embs": ["B", 80]}
    path = save(tmp_path / "double.onnx", nodes, {}, *ends, kind=TensorProto.DOUBLE)
    assert "the model takes x tensor(double) ['B', 'T', 80]" in fails(describe(path, dimension=80))


def two_of(tmp_path: Path, *, inputs: bool) -> Path:
    nodes, weights = spread_over_time(1, 80)
    takes: dict[str, Shape] = {"x": ["B", "T", 80]}
    gives: dict[str, Shape] = {"embs": ["B", DIMENSION]}
    if inputs:
        takes["weight"] = ["B", DIMENSION]
        nodes.append(helper.make_node("Mul", ["embs", "weight"], ["weighted"]))
        gives = {"weighted": ["B", DIMENSION]}
    else:
        gives["profile"] = ["B", 80]
    return save(tmp_path / "two.onnx", nodes, weights, takes, gives)


def test_a_model_with_two_inputs_is_refused_and_they_are_shown(tmp_path: Path) -> None:
    message = fails(describe(two_of(tmp_path, inputs=True)))
    assert "has 2 inputs: x tensor(float) ['B', 'T', 80], weight tensor(float)" in message


def test_of_two_outputs_the_description_has_to_name_one(tmp_path: Path) -> None:
    path = two_of(tmp_path, inputs=False)
    message = fails(describe(path))
    assert "two.json: output_name: None does not say which output is the embedding" in message
    assert "embs tensor(float) ['B', 24], profile tensor(float) ['B', 80]" in message
    encoder = OnnxEncoder(describe(path, output_name="profile", dimension=80))
    assert encoder.embed(sound(encoder)).shape == (3, 80)


def test_names_that_the_model_does_not_have_are_refused(fbank: Path) -> None:
    message = fails(describe(fbank, input_name="feats"))
    assert "input_name: 'feats' is not an input of the model; it has x tensor(float)" in message
    assert "output_name: 'out' does not say which" in fails(describe(fbank, output_name="out"))
    OnnxEncoder(describe(fbank, input_name="x", output_name="embs")).warm_up()


def root_of_mean(path: Path, floor: float) -> Path:
    """The square root of the mean of the samples above ``-floor``, twice: not a number below."""
    nodes = [
        helper.make_node("ReduceMean", ["x"], ["mean"], axes=[1], keepdims=1),
        helper.make_node("Add", ["mean", "floor"], ["above"]),
        helper.make_node("Sqrt", ["above"], ["root"]),
        helper.make_node("MatMul", ["root", "both"], ["embs"]),
    ]
    weights = {"both": np.ones((1, 2), np.float32), "floor": np.array([floor], np.float32)}
    return describe(
        save(path, nodes, weights, {"x": ["B", "N"]}, {"embs": ["B", 2]}), input="waveform", dimension=2
    )


@pytest.mark.parametrize("offset", [-0.2, -0.1], ids=["not a number", "zero"])
def test_values_that_are_not_numbers_or_all_zero_are_an_error(tmp_path: Path, offset: float) -> None:
    encoder = OnnxEncoder(root_of_mean(tmp_path / "root.onnx", floor=0.1))
    good = sound(encoder)
    bad = np.full_like(good, np.float32(offset))
    encoder.embed(good)
    with pytest.raises(
        EncoderError, match=r"root\.onnx gives embeddings that are not numbers, or zero: check"
    ):
        encoder.embed(np.concatenate([good, bad]))
    np.testing.assert_allclose(encoder.embed(good), np.sqrt(0.5), atol=1e-6)


def test_a_model_that_gives_no_numbers_at_all_is_refused_at_loading(tmp_path: Path) -> None:
    assert "gives embeddings that are not numbers" in fails(root_of_mean(tmp_path / "root.onnx", floor=-1.0))


def test_without_onnxruntime_the_error_names_the_extra(fbank: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(EncoderError, match=r"pip install 'opusagent-voiceprint\[onnx\]'"):
        OnnxEncoder(describe(fbank))


ALONE = """
import sys
from pathlib import Path
from opusagent_voiceprint.encoding.onnx_encoder import OnnxEncoder
OnnxEncoder(Path(sys.argv[1])).warm_up()
print(sorted({"onnx", "torch", "onnxruntime"} & set(sys.modules)))
"""


def test_it_runs_without_torch_and_without_the_package_that_makes_models(fbank: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", ALONE, str(describe(fbank))],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.stdout, ran.stderr) == ("['onnxruntime']\n", "")
