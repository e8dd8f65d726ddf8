"""Small speaker encoders as ONNX files, with their descriptions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from opusagent_voiceprint import EncoderError
from opusagent_voiceprint.encoding import SpeakerEncoder
from opusagent_voiceprint.encoding.onnx_encoder import OnnxEncoder

Floats = npt.NDArray[np.float32]
Shape = Sequence[str | int]

DIMENSION = 24
FILTERS, TAPS = 24, 320


def save(
    path: Path,
    nodes: Sequence[onnx.NodeProto],
    weights: dict[str, Floats],
    inputs: dict[str, Shape],
    outputs: dict[str, Shape],
    kind: int = TensorProto.FLOAT,
) -> Path:
    graph = helper.make_graph(
        nodes,
        "speaker",
        [helper.make_tensor_value_info(name, kind, list(shape)) for name, shape in inputs.items()],
        [helper.make_tensor_value_info(name, kind, list(shape)) for name, shape in outputs.items()],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())
    return path


def describe(path: Path, **fields: Any) -> Path:
    values = {"name": "tiny", "input": "fbank", "sample_rate": 16_000, "dimension": DIMENSION, **fields}
    path.with_suffix(".json").write_text(json.dumps({k: v for k, v in values.items() if v is not ...}))
    return path


def projection(rows: int) -> Floats:
    return np.random.default_rng(7).normal(0.0, 1.0, (rows, DIMENSION)).astype(np.float32)


def spread_over_time(axis: int, rows: int) -> tuple[list[onnx.NodeProto], dict[str, Floats]]:
    """Nodes from ``x`` to ``embs``: the spread of each bin over time, projected at random."""
    nodes = [
        helper.make_node("ReduceMean", ["x"], ["mean"], axes=[axis], keepdims=1),
        helper.make_node("Sub", ["x", "mean"], ["centred"]),
        helper.make_node("Mul", ["centred", "centred"], ["square"]),
        helper.make_node("ReduceMean", ["square"], ["variance"], axes=[axis], keepdims=0),
        helper.make_node("ReduceMean", ["variance"], ["overall"], axes=[1], keepdims=1),
        helper.make_node("Sub", ["variance", "overall"], ["profile"]),
        helper.make_node("MatMul", ["profile", "projection"], ["embs"]),
    ]
    return nodes, {"projection": projection(rows)}


def fbank_model(path: Path, layout: str = "batch,frames,bins", bins: int = 80, shape: Shape = ()) -> Path:
    """The variance over time of each filter, less their mean, projected at random."""
    time_first = layout == "batch,frames,bins"
    nodes, weights = spread_over_time(1 if time_first else 2, bins)
    found = shape or (("B", "T", bins) if time_first else ("B", bins, "T"))
    return save(path, nodes, weights, {"x": found}, {"embs": [found[0], DIMENSION]})


def waveform_model(path: Path) -> Path:
    """The logarithm of the power in bands of 125 Hz, its mean over time, projected at random."""
    time = np.arange(TAPS) / 16_000
    taper = np.hanning(TAPS)
    waves = [
        [taper * turn(2 * np.pi * 125.0 * (n + 2) * time) for turn in (np.cos, np.sin)]
        for n in range(FILTERS)
    ]
    weights = {
        "filters": np.array(waves, dtype=np.float32).reshape(2 * FILTERS, 1, TAPS),
        "floor": np.array([1e-6], dtype=np.float32),
        "axis": np.array([1]),
        "pairs": np.array([0, FILTERS, 2, -1]),
        "projection": projection(FILTERS),
    }
    nodes = [
        helper.make_node("Unsqueeze", ["x", "axis"], ["channel"]),
        helper.make_node("Conv", ["channel", "filters"], ["bands"], strides=[160]),
        helper.make_node("Mul", ["bands", "bands"], ["square"]),
        helper.make_node("Reshape", ["square", "pairs"], ["both"]),
        helper.make_node("ReduceMean", ["both"], ["power"], axes=[2, 3], keepdims=0),
        helper.make_node("Add", ["power", "floor"], ["audible"]),
        helper.make_node("Log", ["audible"], ["level"]),
        helper.make_node("ReduceMean", ["level"], ["overall"], axes=[1], keepdims=1),
        helper.make_node("Sub", ["level", "overall"], ["profile"]),
        helper.make_node("MatMul", ["profile", "projection"], ["embs"]),
    ]
    return save(path, nodes, weights, {"x": ["B", "N"]}, {"embs": ["B", DIMENSION]})


def sound(encoder: SpeakerEncoder, count: int = 3) -> Floats:
    """Windows of noise of one colour each."""
    rng = np.random.default_rng(3)
    windows = rng.normal(0.0, 0.05, (count, encoder.window.length))
    for index, window in enumerate(windows):
        windows[index] = np.convolve(window, np.ones(2 + index), "same")
    return windows.astype(np.float32)


def fails(path: Path) -> str:
    with pytest.raises(EncoderError) as caught:
        OnnxEncoder(path).warm_up()
    return str(caught.value)
