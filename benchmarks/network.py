"""Measures the LSTM: batches, threads, precisions, ONNX Runtime; and how far the precisions agree.

    python benchmarks/network.py [--isa AVX2]

Prints CPU of this process a window, at best of several runs, for batches of 1 to 32: in torch in float32 on
one thread and on all, in bfloat16, in int8 (weights and activations, dynamic), and in ONNX Runtime in float32
and int8 if ``onnx`` and ``onnxruntime`` are installed. Then, over the voices of the tests on telephone lines,
the cosine of each window's embeddings with those in float32, and how far scores move between voices, where
one side is in float32. ``--isa`` has oneDNN leave out newer instructions: AVX2, AVX512_CORE,
AVX512_CORE_BF16. ONNX Runtime has no such switch.
"""

from __future__ import annotations

import argparse
import copy
import os
import platform
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Run = Callable[[Floats], Floats]

VOICES = Path(__file__).parents[1] / "tests" / "voices"
BATCHES = (1, 2, 4, 8, 16, 32)
RUNS = 6


def torch_runs(lstm: Any) -> dict[str, Run]:
    import torch

    half = copy.deepcopy(lstm).to(torch.bfloat16)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        small = torch.ao.quantization.quantize_dynamic(
            torch.nn.Sequential(copy.deepcopy(lstm)), {torch.nn.LSTM}, dtype=torch.qint8
        )[0]
    everything = os.cpu_count() or 1

    def runner(module: Any, dtype: Any = torch.float32, threads: int = 1) -> Run:
        def run(mels: Floats) -> Floats:
            torch.set_num_threads(threads)
            with torch.inference_mode():
                return module(torch.from_numpy(mels).to(dtype))[1][0][-1].float().numpy()  # type: ignore[no-any-return]

        return run

    return {
        "float32": runner(lstm),
        f"float32, {everything} threads": runner(lstm, threads=everything),
        "bfloat16": runner(half, torch.bfloat16),
        "int8": runner(small),
    }


def onnx_runs(lstm: Any, folder: Path) -> dict[str, Run]:
    try:
        import onnx
        import onnxruntime
        from onnx import TensorProto, helper, numpy_helper
        from onnxruntime.quantization import QuantType, quantize_dynamic
    except ImportError:
        print("onnx and onnxruntime are not installed: left out")
        return {}

    def gates(name: str) -> Floats:
        i, f, g, o = np.split(getattr(lstm, name).detach().numpy(), 4)
        return np.concatenate([i, o, f, g])

    nodes = [helper.make_node("Transpose", ["mels"], ["x0"], perm=[1, 0, 2])]
    constants = [numpy_helper.from_array(np.array([axis]), f"axis{axis}") for axis in (0, 1)]
    for layer in range(lstm.num_layers):
        bias = np.concatenate([gates(f"bias_ih_l{layer}"), gates(f"bias_hh_l{layer}")])
        parts = {"W": gates(f"weight_ih_l{layer}"), "R": gates(f"weight_hh_l{layer}"), "B": bias}
        constants += [numpy_helper.from_array(part[None], f"{key}{layer}") for key, part in parts.items()]
        inputs = [f"x{layer}", *(f"{key}{layer}" for key in parts)]
        nodes.append(
            helper.make_node("LSTM", inputs, [f"y{layer}", f"h{layer}"], hidden_size=lstm.hidden_size)
        )
        nodes.append(helper.make_node("Squeeze", [f"y{layer}", "axis1"], [f"x{layer + 1}"]))
    nodes.append(helper.make_node("Squeeze", [f"h{lstm.num_layers - 1}", "axis0"], ["hidden"]))
    shapes = {"mels": ["n", 160, lstm.input_size], "hidden": ["n", lstm.hidden_size]}
    given, made = (
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)] for name, shape in shapes.items()
    )
    model = helper.make_model(
        helper.make_graph(nodes, "lstm", given, made, constants),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=9,
    )
    whole, small = str(folder / "lstm.onnx"), str(folder / "lstm8.onnx")
    onnx.save(model, whole)
    quantize_dynamic(whole, small, weight_type=QuantType.QInt8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    runs: dict[str, Run] = {}
    for name, path in (("ONNX Runtime", whole), ("ONNX Runtime, int8", small)):
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        runs[name] = lambda mels, session=session: session.run(None, {"mels": mels})[0]  # type: ignore[misc]
    return runs


def speech() -> tuple[Floats, npt.NDArray[np.intp]]:
    """Mel frames of every voice of the tests on a telephone line, and whose they are."""
    import soundfile

    from opusagent_hooks import codecs
    from opusagent_voiceprint.audio import resample
    from opusagent_voiceprint.encoding import SpeechStream, TelephoneEncoder
    from opusagent_voiceprint.encoding.features import mel_frames

    found, owners = [], []
    for index, path in enumerate(sorted(VOICES.glob("*.ogg"))):
        samples, rate = soundfile.read(path, dtype="float32")
        line = codecs.decode(codecs.encode(resample(samples, rate, 8_000), "mulaw"), "mulaw")
        stream = SpeechStream(TelephoneEncoder().window)
        windows = [*stream.push(resample(line, 8_000, 16_000)), *stream.finish()]
        found.append(mel_frames(np.stack([window.samples for window in windows])))
        owners += [index] * len(windows)
    return np.concatenate(found), np.array(owners)


def costs(runs: dict[str, Run], mels: Floats) -> None:
    print(f"{'CPU ms a window, batch of':32s}" + "".join(f"{batch:8d}" for batch in BATCHES))
    best = {name: [float("inf")] * len(BATCHES) for name in runs}
    for column, batch in enumerate(BATCHES):
        for _ in range(RUNS):
            for name, run in runs.items():
                began = time.process_time()
                run(mels[:batch])
                spent = 1000 * (time.process_time() - began) / batch
                best[name][column] = min(best[name][column], spent)
    for name, row in best.items():
        print(f"{name:32s}" + "".join(f"{each:8.2f}" for each in row))


def agreement(encoder: Any, runs: dict[str, Run], mels: Floats, owners: npt.NDArray[np.intp]) -> None:
    linear, leak = encoder._loaded()._linear, encoder.leak
    weight, bias = (parameter.detach().numpy() for parameter in (linear.weight, linear.bias))

    def embed(run: Run) -> Floats:
        hidden = np.concatenate([run(mels[start : start + 16]) for start in range(0, len(mels), 16)])
        raw = hidden @ weight.T + bias
        raw = np.where(raw > 0, raw, leak * raw)
        return raw / np.linalg.norm(raw, axis=1, keepdims=True)

    def voices(rows: Floats) -> Floats:
        means = np.stack([rows[owners == owner].mean(axis=0) for owner in np.unique(owners)])
        return means / np.linalg.norm(means, axis=1, keepdims=True)

    whole = embed(runs["float32"])
    print(f"{encoder.name}: {len(mels)} windows of {len(np.unique(owners))} recordings, against float32")
    for name, run in runs.items():
        other = embed(run)
        cosine = (whole * other).sum(axis=1)
        moved = np.abs(voices(whole) @ voices(other).T - voices(whole) @ voices(whole).T)
        print(
            f"  {name:30s} cosine a window: least {cosine.min():.5f}, median {np.median(cosine):.5f}; "
            f"scores move by at most {moved.max():.4f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--isa", help="the newest instructions that oneDNN may use")
    options = parser.parse_args()
    if options.isa:
        os.environ["ONEDNN_MAX_CPU_ISA"] = options.isa
    import torch

    from opusagent_voiceprint.encoding import ResemblyzerEncoder, TelephoneEncoder

    isa = options.isa or "every instruction"
    print(f"torch {torch.__version__}, {platform.machine()}, {os.cpu_count()} cores, {isa}")
    mels, owners = speech()
    with tempfile.TemporaryDirectory() as folder:
        for encoder in (TelephoneEncoder(precision="float32"), ResemblyzerEncoder(precision="float32")):
            lstm = encoder._loaded()._lstm
            runs = {**torch_runs(lstm), **onnx_runs(lstm, Path(folder))}
            if encoder.name == TelephoneEncoder.name:
                costs(runs, mels)
            agreement(encoder, runs, mels, owners)


if __name__ == "__main__":
    main()
