"""The back-end as it is shipped and configured: what belongs together, and what is refused."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from opusagent_voiceprint.encoding import Encoders, chosen_encoders
from opusagent_voiceprint.errors import EncoderError, SettingsError
from opusagent_voiceprint.matching import CLASSES, Backend, Calibration, Gallery, LineClass, Probe
from opusagent_voiceprint.matching.backend import ARTEFACTS
from opusagent_voiceprint.matching.plda import Plda
from opusagent_voiceprint.models import Voiceprint


def a_calibration(**fields: Any) -> Calibration:
    shipped = Calibration.load(ARTEFACTS / "telephone-calibration.json")
    return shipped.model_copy(update=fields)


def test_what_is_shipped_was_fitted_for_the_encoders_that_are_shipped() -> None:
    for name, has_plda in (("telephone", True), ("resemblyzer", False)):
        encoders = chosen_encoders(name)
        backend = Backend.shipped(encoders)
        assert (backend.encoder_id, backend.wide_encoder_id) == (
            encoders.encoder_id,
            encoders.wide_encoder_id,
        )
        assert (backend.plda is not None) == has_plda
        assert set(backend.calibration.classes) == set(CLASSES)


def test_the_cards_are_of_the_files_beside_them() -> None:
    import hashlib

    for name in ("telephone", "telephone-plda"):
        card = json.loads((ARTEFACTS / f"{name}.json").read_text())
        told = card["sha256"]
        whole = told if isinstance(told, str) else told[f"{name}.npz"]
        assert whole == hashlib.sha256((ARTEFACTS / f"{name}.npz").read_bytes()).hexdigest(), name
        assert card["what"]
        assert card["data"]


def test_an_encoder_that_nothing_was_fitted_for_is_compared_by_its_cosine(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        backend = Backend.shipped(Encoders(AnotherEncoder()))
    assert "calibrate" in caplog.text
    gallery = Gallery(backend)
    gallery.put("ada", [Voiceprint(caller_id="ada", embedding=np.eye(4)[0], encoder="another-1")])
    for cosine, similar in ((0.76, True), (0.74, False)):
        probe = np.array([cosine, np.sqrt(1 - cosine**2), 0, 0], dtype=np.float32)
        ((_, similarity),) = gallery.search(Probe(probe, None, "narrow", 5.0))
        assert (similarity > 0.75) is similar


def test_an_encoder_may_say_where_its_operating_point_is(caplog: pytest.LogCaptureFixture) -> None:
    encoder = AnotherEncoder()
    encoder.operating_point = 0.4
    with caplog.at_level(logging.WARNING):
        backend = Backend.shipped(Encoders(encoder))
    assert caplog.text == ""
    gallery = Gallery(backend)
    gallery.put("ada", [Voiceprint(caller_id="ada", embedding=np.eye(4)[0], encoder="another-1")])
    probe = np.array([0.4, np.sqrt(1 - 0.16), 0, 0], dtype=np.float32)
    assert gallery.search(Probe(probe, None, "wide", 40.0))[0][1] == pytest.approx(0.75, abs=1e-4)


class AnotherEncoder:
    encoder_id, dimension = "another-1", 4
    operating_point: Any = None
    operating_points: Any = None
    window = chosen_encoders().window

    def embed(self, windows: Any) -> Any:
        return np.eye(4, dtype=np.float32)[np.zeros(len(windows), dtype=int)]

    def warm_up(self) -> None:
        """Nothing is loaded."""


def test_an_encoder_may_say_it_for_each_pair_of_lines(caplog: pytest.LogCaptureFixture) -> None:
    encoder = AnotherEncoder()
    encoder.operating_points = [np.float32(0.7), 0, 0.5]
    with caplog.at_level(logging.WARNING):
        backend = Backend.shipped(Encoders(encoder))
    assert caplog.text == ""
    nothing = np.zeros(5, np.float32)
    cosines = np.array([0.7, 0.0, 0.5, 0.7, 0.0], np.float32)
    np.testing.assert_allclose(backend.above(np.arange(5, dtype=np.int8), nothing, cosines), 0.0, atol=1e-4)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1.0, -1.0, 75, False, "0.5", [0.5]])
@pytest.mark.parametrize("name", ["operating_point", "operating_points"])
def test_an_encoders_operating_point_has_to_be_a_cosine(name: str, value: Any) -> None:
    encoder = AnotherEncoder()
    setattr(encoder, name, value if name == "operating_point" else (0.5, 0.5, value))
    with pytest.raises(EncoderError, match=rf"the encoder another-1 has {name}=.* between -1 and 1"):
        Backend.shipped(Encoders(encoder))


@pytest.mark.parametrize("points", [(), (0.4, 0.5), (0.4,) * 4, 0.5, "abc", np.array([[0.4, 0.5, 0.6]])])
def test_an_encoder_has_three_operating_points_or_none(points: Any) -> None:
    encoder = AnotherEncoder()
    encoder.operating_points = points
    with pytest.raises(EncoderError, match=r"the encoder another-1 has operating_points=.* three numbers"):
        Backend.configured(Encoders(encoder), "")


SECOND_ENCODERS: dict[str, Any] = {"none": None, "another": AnotherEncoder()}


@pytest.mark.parametrize("second", SECOND_ENCODERS)
def test_without_the_encoder_that_wideband_was_fitted_with_it_is_compared_more_strictly(
    second: str, caplog: pytest.LogCaptureFixture
) -> None:
    whole, wide = chosen_encoders(), SECOND_ENCODERS[second]
    with caplog.at_level(logging.WARNING):
        assert Backend.shipped(whole).compares_wide
        assert caplog.text == ""
        backend = Backend.shipped(Encoders(whole.main, wide))
    assert f"runs with {'none' if wide is None else 'another-1'}" in caplog.text
    assert (backend.wide_encoder_id, backend.compares_wide) == ("" if wide is None else "another-1", False)
    gallery, random = Gallery(backend), np.random.default_rng(3)
    common, size = random.normal(size=256), 256 if wide is None else 4
    for seed in range(200):
        embedding = common * random.uniform(0, 1) + 0.2 * random.normal(size=256)
        # What is enrolled with whatever stands beside it is not compared by that either.
        fields = {
            "channel": "wide",
            "wide_encoder": backend.wide_encoder_id,
            "wide_embedding": np.ones(size),
        }
        gallery.put(
            str(seed),
            [Voiceprint(caller_id="", embedding=embedding, encoder=backend.encoder_id, **fields)],
        )
    heard = (common / np.linalg.norm(common)).astype(np.float32)
    found = gallery.compare(Probe(heard, np.ones(size, np.float32), "wide", 40.0))
    each_way = []
    for name in ("narrow", "mixed"):
        line = backend.calibration.classes[name]
        ratio = line.offset + line.weights[0] * found.plda + line.weights[1] * found.cosine
        each_way.append(ratio - line.threshold)
    np.testing.assert_allclose(found.above, np.min(each_way, axis=0), atol=1e-2)
    assert (found.above < each_way[1] - 0.5).any()


def test_wideband_heard_by_the_encoder_for_it_on_both_sides_is_compared_by_nothing_else() -> None:
    backend, vector = Backend.shipped(chosen_encoders()), np.ones(256, np.float32)
    gallery = Gallery(backend)
    for channel in ("wide", ""):
        fields = {"wide_embedding": vector, "wide_encoder": backend.wide_encoder_id, "channel": channel}
        gallery.put(
            channel, [Voiceprint(caller_id="", embedding=vector, encoder=backend.encoder_id, **fields)]
        )
    other = np.random.default_rng(1).normal(size=256).astype(np.float32)
    found = gallery.compare(Probe(other, vector / 16, "wide", 40.0))
    assert [CLASSES[each] for each in found.classes] == ["wide", "wide"]
    # Though another class would be stricter here.
    mixed = backend.calibration.classes["mixed"]
    ratio = mixed.offset + mixed.weights[0] * found.plda + mixed.weights[1] * found.cosine
    assert (ratio - mixed.threshold < found.above).all()


def test_an_encoder_beside_one_that_was_fitted_alone_is_told_to_be_of_no_use(
    caplog: pytest.LogCaptureFixture,
) -> None:
    resemblyzer = chosen_encoders("resemblyzer")
    other = AnotherEncoder()
    with caplog.at_level(logging.WARNING):
        backend = Backend.shipped(Encoders(resemblyzer.main, other))
    assert "fitted with no other encoder" in caplog.text
    gallery = Gallery(backend)
    vector = np.ones(256, np.float32)
    gallery.put("ada", [Voiceprint(caller_id="", embedding=vector, channel="wide")])
    (found,) = gallery.compare(Probe(vector, np.ones(4, np.float32), "wide", 40.0)).classes
    assert CLASSES[found] == "wide"


def test_a_calibration_of_ones_own_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    encoders = chosen_encoders()
    strict = {
        name: LineClass(offset=line.offset, weights=line.weights, threshold=line.threshold + 2.0)
        for name, line in a_calibration().classes.items()
    }
    path = tmp_path / "calibration.json"
    a_calibration(classes=strict).save(path)
    own = Backend.configured(encoders, str(path))
    vector = np.random.default_rng(0).normal(size=256).astype(np.float32)
    found = []
    for backend in (Backend.configured(encoders, ""), own):
        gallery = Gallery(backend)
        named = {"encoder": backend.encoder_id, "channel": "narrow"}
        gallery.put("ada", [Voiceprint(caller_id="ada", embedding=vector, **named)])
        found.append(gallery.compare(Probe(vector + np.float32(0.5), None, "narrow", 40.0)).above[0])
    assert found[0] - found[1] == pytest.approx(2.0, abs=1e-4)


def test_a_calibration_for_another_encoder_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    a_calibration(encoder_id="telephone0-0123456789abcdef-win27").save(path)
    with pytest.raises(SettingsError, match=r"VOICE_CALIBRATION was made for .*telephone0.*make it anew"):
        Backend.configured(chosen_encoders(), str(path))


def test_a_calibration_for_another_encoder_on_wideband_lines_is_refused(tmp_path: Path) -> None:
    path, whole = tmp_path / "calibration.json", chosen_encoders()
    alone = Encoders(whole.main)
    a_calibration(wide_encoder_id="resemblyzer-of-other-weights").save(path)
    with pytest.raises(SettingsError, match="resemblyzer-of-other-weights, not"):
        Backend.configured(whole, str(path))
    a_calibration().save(path)
    with pytest.raises(SettingsError, match="make it anew"):
        Backend.configured(alone, str(path))
    a_calibration(wide_encoder_id="").save(path)
    with pytest.raises(SettingsError, match="make it anew"):
        Backend.configured(whole, str(path))


def test_with_a_calibration_of_ones_own_nothing_is_said_of_what_was_not_fitted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "calibration.json"
    alone, another = Encoders(chosen_encoders().main), Encoders(AnotherEncoder())
    with caplog.at_level(logging.WARNING):
        for encoders in (alone, another):
            a_calibration(encoder_id=encoders.encoder_id, wide_encoder_id="").save(path)
            assert Backend.configured(encoders, str(path)).calibration == Calibration.load(path)
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "cannot be read"),
        ("", "is not a calibration"),
        ("[]", "is not a calibration"),
        ('{"encoder_id": "x", "noisy_below_db": 18, "classes": {}}', "has no class 'narrow'"),
        ('{"encoder_id": "x", "noisy_below_db": "loud", "classes": {}}', "noisy_below_db"),
    ],
)
def test_a_file_that_is_no_calibration_is_refused(
    tmp_path: Path, content: str | None, complaint: str
) -> None:
    path = tmp_path / "calibration.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SettingsError, match=complaint) as raised:
        Calibration.load(path)
    assert "calibration.json" in str(raised.value)


@pytest.mark.parametrize(
    "line",
    [
        {"offset": 0.0, "weights": [1.0, -1.0], "threshold": 0.0},
        {"offset": float("nan"), "weights": [1.0, 1.0], "threshold": 0.0},
        {"offset": 0.0, "weights": [1.0], "threshold": 0.0},
        {"offset": 0.0, "weights": [1.0, 1.0]},
    ],
    ids=["a likeness that counts against", "not a number", "one weight", "no threshold"],
)
def test_a_calibration_with_impossible_values_is_refused(tmp_path: Path, line: dict[str, Any]) -> None:
    path = tmp_path / "calibration.json"
    whole = json.loads(a_calibration().model_dump_json())
    whole["classes"]["wide"] = line
    path.write_text(json.dumps(whole))
    with pytest.raises(SettingsError, match=r"classes\.wide"):
        Calibration.load(path)


def test_a_calibration_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    a_calibration().save(path)
    assert Calibration.load(path) == a_calibration()
    assert [each.name for each in tmp_path.iterdir()] == ["calibration.json"]
    with pytest.raises(SettingsError, match="cannot be written"):
        a_calibration().save(tmp_path / "no folder" / "calibration.json")


@pytest.mark.parametrize("damage", ["missing", "text", "shape", "variances"])
def test_a_back_end_that_is_damaged_is_named(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "plda.npz"
    whole = {"mean": np.zeros(3), "basis": np.eye(3), "between": np.ones(3)}
    if damage == "text":
        path.write_text("no arrays")
    elif damage == "shape":
        np.savez(path, **(whole | {"basis": np.eye(4)}))  # type: ignore[arg-type]
    elif damage == "variances":
        np.savez(path, **(whole | {"between": np.array([1.0, 0.0, 1.0])}))  # type: ignore[arg-type]
    with pytest.raises(EncoderError, match=r"plda\.npz"):
        Plda.load(path)


def test_encoders_that_need_speech_cut_otherwise_are_not_put_together() -> None:
    other = AnotherEncoder()
    other.window = SimpleNamespace(length=1, hop=1, lead=0, shortest=1)
    with pytest.raises(EncoderError, match="cut in different ways"):
        Encoders(chosen_encoders().main, other)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_an_encoder_that_gives_no_numbers_is_an_error_and_no_embedding(value: float) -> None:
    class Broken(AnotherEncoder):
        def embed(self, windows: Any) -> Any:
            embeddings = super().embed(windows)
            embeddings[-1, 0] = value
            return embeddings

    windows = np.zeros((3, AnotherEncoder.window.length), np.float32)
    with pytest.raises(EncoderError, match="not finite numbers"):
        Encoders(Broken()).embed(windows, np.zeros(3, bool))
