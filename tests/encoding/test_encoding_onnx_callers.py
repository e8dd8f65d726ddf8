"""Callers are enrolled and recognised with an encoder given as an ONNX file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from onnx_models import DIMENSION, describe, fbank_model, waveform_model

from opusagent_voiceprint import EncoderError, JSONStorage, OpusAgentVoiceRecognizer
from opusagent_voiceprint.encoding import chosen_encoders
from opusagent_voiceprint.encoding.onnx_encoder import OnnxEncoder
from opusagent_voiceprint.matching import Backend
from opusagent_voiceprint.matching.calibration import CLASSES

POINTS = {"fbank": 0.8, "waveform": 0.85}
# Models this small tell few voices apart: two callers, and two strangers unlike them.
VOICES = {
    "fbank": (("grandma", "whisperf"), ("slt", "awb")),
    "waveform": (("anxious_andy", "kal16"), ("norbert", "whisperf")),
}


def model(kind: str, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    make = fbank_model if kind == "fbank" else waveform_model
    return describe(make(folder / f"{kind}.onnx"), input=kind, operating_point=POINTS[kind])


def recognizer(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> OpusAgentVoiceRecognizer:
    monkeypatch.setenv("VOICE_ENCODER", name)
    return OpusAgentVoiceRecognizer(JSONStorage(folder / "voices.json"))


@pytest.mark.parametrize("kind", POINTS)
def test_returning_callers_are_recognised_and_strangers_are_not(
    kind: str, tmp_path: Path, voices_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = model(kind, tmp_path)
    ours = recognizer(tmp_path, f"onnx:{path}", monkeypatch)
    callers, strangers = VOICES[kind]
    for name in callers:
        voiceprint = ours.enroll_caller(name, voices_folder / f"{name}_enroll.ogg")
        assert voiceprint.embedding.shape == (DIMENSION,)
        assert voiceprint.encoder == OnnxEncoder(path).encoder_id
    for name in callers:
        found = ours.match_caller(voices_folder / f"{name}_return.ogg")
        assert found is not None
        assert found[0] == name
        assert found[1] >= 0.75
    for name in strangers:
        assert ours.match_caller(voices_folder / f"{name}_return.ogg") is None


def test_voiceprints_of_another_encoder_are_not_compared(
    tmp_path: Path, voices_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = recognizer(tmp_path, f"onnx:{model('fbank', tmp_path)}", monkeypatch)
    before.enroll_caller("grandma", voices_folder / "grandma_enroll.ogg")
    assert before.match_caller(voices_folder / "grandma_return.ogg") is not None
    after = recognizer(tmp_path, f"onnx:{model('waveform', tmp_path)}", monkeypatch)
    assert after.match_caller(voices_folder / "grandma_return.ogg") is None


def test_each_pair_of_lines_has_the_operating_point_of_the_description(tmp_path: Path) -> None:
    points = {"narrow": 0.7, "mixed": 0.4, "wide": 0.5}
    path = describe(fbank_model(tmp_path / "tiny.onnx"), operating_point=points)
    backend = Backend.shipped(chosen_encoders(f"onnx:{path}"))
    nothing = np.zeros(5, np.float32)
    cosines = np.array([points[name.partition(" ")[0]] for name in CLASSES], np.float32)
    above = backend.above(np.arange(5, dtype=np.int8), nothing, cosines)
    np.testing.assert_allclose(above, 0.0, atol=1e-4)
    assert (backend.above(np.arange(5, dtype=np.int8), nothing, cosines + np.float32(0.1)) > 1.0).all()


def test_the_process_has_one_encoder_for_a_path(tmp_path: Path) -> None:
    name = f"onnx:{model('fbank', tmp_path)}"
    assert chosen_encoders(name) is chosen_encoders(name)
    encoders = chosen_encoders(name)
    assert isinstance(encoders.main, OnnxEncoder)
    assert encoders.wide is None
    assert encoders.window == encoders.main.window


def test_a_model_that_is_not_there_is_named_when_it_is_needed(
    tmp_path: Path, voices_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = recognizer(tmp_path, f"onnx:{tmp_path / 'nowhere.onnx'}", monkeypatch)
    with pytest.raises(EncoderError, match=r"nowhere\.json does not exist"):
        ours.match_caller(voices_folder / "slt_return.ogg")
