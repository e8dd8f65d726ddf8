"""The file of weights: where it is found, and what happens when it is not one."""

from __future__ import annotations

import importlib.util
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from opusagent_voiceprint import EncoderError
from opusagent_voiceprint.encoding import (
    ResemblyzerEncoder,
    SpeakerEncoder,
    TelephoneEncoder,
    lstm_network,
    shared_encoder,
)
from opusagent_voiceprint.encoding.lstm_network import BFLOAT16_AGREEMENT, LstmNetwork, Precision
from opusagent_voiceprint.encoding.resemblyzer_encoder import installed_weights
from opusagent_voiceprint.encoding.telephone_encoder import TELEPHONE_WEIGHTS


def test_the_weights_are_those_of_the_installed_distribution() -> None:
    assert installed_weights().name == "pretrained.pt"
    assert installed_weights().stat().st_size > 1_000_000


def test_missing_weights_are_named(tmp_path: Path) -> None:
    path = tmp_path / "nowhere.pt"
    with pytest.raises(EncoderError, match=r"nowhere\.pt"):
        ResemblyzerEncoder(path).warm_up()
    with pytest.raises(EncoderError, match=r"nowhere\.pt"):
        _ = ResemblyzerEncoder(path).encoder_id


def test_a_distribution_without_weights_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "resemblyzer").mkdir()
    (tmp_path / "resemblyzer" / "__init__.py").write_text("raise RuntimeError('must not be imported')\n")
    monkeypatch.delitem(sys.modules, "resemblyzer", raising=False)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    with pytest.raises(EncoderError, match=r"pretrained\.pt does not exist; reinstall it"):
        ResemblyzerEncoder().warm_up()


def test_without_resemblyzer_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "resemblyzer", raising=False)
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(EncoderError, match="pip install 'resemblyzer"):
        installed_weights()


@pytest.mark.parametrize("content", [b"", b"not weights", b"PK\x03\x04 torn"], ids=["empty", "text", "torn"])
def test_corrupt_weights_are_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "corrupt.pt"
    path.write_bytes(content)
    with pytest.raises(EncoderError, match=r"corrupt\.pt cannot be loaded"):
        ResemblyzerEncoder(path).warm_up()


def test_half_of_the_real_weights_are_named(tmp_path: Path) -> None:
    path = tmp_path / "half.pt"
    whole = installed_weights().read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(EncoderError, match=r"half\.pt cannot be loaded"):
        ResemblyzerEncoder(path).warm_up()


def test_weights_of_another_architecture_are_named(tmp_path: Path) -> None:
    import torch

    path = tmp_path / "other.pt"
    torch.save({"model_state": torch.nn.LSTM(20, 64).state_dict()}, path)
    with pytest.raises(EncoderError, match=r"other\.pt cannot be loaded"):
        ResemblyzerEncoder(path).warm_up()


class Exploit:
    """What unpickling would run: it creates a file, the proof that code was executed."""

    def __init__(self, proof: Path) -> None:
        self.proof = proof

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.proof),)


@pytest.mark.parametrize("form", ["plain pickle", "torch archive", "legacy torch"])
def test_p20_a_pickle_that_would_execute_code_is_refused_and_not_executed(tmp_path: Path, form: str) -> None:
    import torch

    path, proof = tmp_path / "malicious.pt", tmp_path / "executed"
    if form == "plain pickle":
        path.write_bytes(pickle.dumps({"model_state": Exploit(proof)}, protocol=2))
    else:
        archive = form == "torch archive"
        torch.save({"model_state": Exploit(proof)}, path, _use_new_zipfile_serialization=archive)
    with pytest.raises(EncoderError, match=r"malicious\.pt cannot be loaded"):
        ResemblyzerEncoder(path).warm_up()
    assert not proof.exists()


def test_p20_the_exploit_would_have_worked(tmp_path: Path) -> None:
    proof = tmp_path / "executed"
    pickle.loads(pickle.dumps(Exploit(proof)))  # noqa: S301 - shows that the test above can fail
    assert proof.exists()


def test_the_process_has_one_encoder() -> None:
    assert shared_encoder() is shared_encoder()


def test_it_is_a_speaker_encoder_and_gives_embeddings_of_length_one(encoder: SpeakerEncoder) -> None:
    assert isinstance(encoder, SpeakerEncoder)
    windows = np.random.default_rng(0).normal(0, 0.05, (3, encoder.window.length)).astype(np.float32)
    embeddings = encoder.embed(windows)
    assert embeddings.shape == (3, 256)
    assert embeddings.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(embeddings, axis=1), 1.0, atol=1e-5)


@pytest.mark.parametrize(
    ("precision", "agreement"), [("float32", 0.999999), ("bfloat16", BFLOAT16_AGREEMENT)]
)
def test_a_batch_gives_what_its_windows_give_by_themselves(precision: Precision, agreement: float) -> None:
    encoder = TelephoneEncoder(precision=precision)
    windows = np.random.default_rng(1).normal(0, 0.05, (70, encoder.window.length)).astype(np.float32)
    together = encoder.embed(windows)
    for index in (0, 1, 63, 64, 69):
        assert encoder.embed(windows[index][None])[0] @ together[index] >= agreement


def test_a_network_takes_one_thread_and_leaves_the_process_its_own() -> None:
    import torch

    encoder = TelephoneEncoder()
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(3)
        encoder.embed(np.zeros((1, encoder.window.length), np.float32))
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)


def test_without_matrix_units_the_network_computes_in_float32(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    flags = tmp_path / "cpuinfo"
    monkeypatch.setattr(lstm_network, "_CPU_FLAGS", flags)
    parameters = TelephoneEncoder()._read(TELEPHONE_WEIGHTS)

    def precision() -> Precision:
        network = LstmNetwork(parameters, shape=(40, 256, 3, 256), leak=0.1)
        return network.precision

    assert precision() == "float32"  # no such file, as outside Linux
    flags.write_text("flags : sse sse2 avx avx2 fma\n")
    assert precision() == "float32"


@pytest.mark.parametrize(
    ("half_costs", "half_agrees", "expected"),
    [(0.5, 0.9997, "bfloat16"), (0.9, 0.9997, "float32"), (0.5, 0.99, "float32")],
)
def test_bfloat16_has_to_be_cheaper_and_to_agree(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    half_costs: float,
    half_agrees: float,
    expected: Precision,
) -> None:
    # A processor whose matrix units are as fast, and as exact, as the case says.
    flags = tmp_path / "cpuinfo"
    flags.write_text("flags : avx512_bf16 amx_bf16\n")
    monkeypatch.setattr(lstm_network, "_CPU_FLAGS", flags)
    off = float(np.sqrt(1.0 - half_agrees**2))
    trials = iter([(1.0, np.array([[1.0, 0.0]])), (half_costs, np.array([[half_agrees, off]]))])
    monkeypatch.setattr(lstm_network, "_cost", lambda run: next(trials))
    network = LstmNetwork(TelephoneEncoder()._read(TELEPHONE_WEIGHTS), shape=(40, 256, 3, 256), leak=0.1)
    assert network.precision == expected


def test_no_windows_give_no_embeddings(encoder: SpeakerEncoder) -> None:
    assert encoder.embed(np.zeros((0, encoder.window.length), np.float32)).shape == (0, 256)


def test_silent_windows_give_finite_embeddings(encoder: SpeakerEncoder) -> None:
    assert np.isfinite(encoder.embed(np.zeros((1, encoder.window.length), np.float32))).all()


@pytest.mark.parametrize("shape", [(25_840,), (1, 25_600), (1, 1, 25_840)])
def test_windows_of_another_shape_are_refused(encoder: SpeakerEncoder, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="windows must have shape"):
        encoder.embed(np.zeros(shape, np.float32))


WHOLE_PATH = """
import json, sys
import soundfile
from opusagent_voiceprint import JSONStorage, OpusAgentVoiceRecognizer
recognizer = OpusAgentVoiceRecognizer(JSONStorage(sys.argv[1]))
recognizer.enroll_caller("ada", sys.argv[2])
found = recognizer.identify(sys.argv[3])
unwanted = {"librosa", "numba", "pkg_resources", "webrtcvad", "resemblyzer"}
print(json.dumps([found.caller_id, sorted(unwanted & set(sys.modules))]))
"""


def test_enrolling_and_identifying_need_neither_librosa_nor_pkg_resources(
    tmp_path: Path, voices_folder: Path
) -> None:
    # The environment is a new one: setuptools 82 and later come without pkg_resources.
    assert importlib.util.find_spec("pkg_resources") is None
    recordings = [str(voices_folder / f"slt_{take}.ogg") for take in ("enroll", "return")]
    ran = subprocess.run(
        [sys.executable, "-c", WHOLE_PATH, str(tmp_path / "callers.json"), *recordings],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == ["ada", []]
    assert ran.stderr == ""
