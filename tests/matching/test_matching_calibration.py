"""Calibration files: values and sizes that are refused, and that the largest values allowed still score."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from opusagent_voiceprint.errors import SettingsError
from opusagent_voiceprint.matching import CLASSES, Backend, Calibration, Gallery, LineClass, Probe
from opusagent_voiceprint.models import Voiceprint


def a_file(folder: Path, top: dict[str, Any], **values: Any) -> Path:
    line = {"offset": 0.0, "weights": [0.1, 10.0], "threshold": 5.0, **values}
    whole = {"encoder_id": "e", "noisy_below_db": 18.0, "classes": dict.fromkeys(CLASSES, line), **top}
    path = folder / "calibration.json"
    path.write_text(json.dumps(whole))
    return path


@pytest.mark.parametrize(
    ("values", "allowed"),
    [
        ({"offset": 1e308}, "less than or equal to 10000"),
        ({"offset": -10_001.0}, "greater than or equal to -10000"),
        ({"threshold": 1e308}, "less than or equal to 10000"),
        ({"threshold": -1e5}, "greater than or equal to -10000"),
        ({"weights": [0.0, 1e308]}, "less than or equal to 10000"),
        ({"weights": [20_000.0, 1.0]}, "less than or equal to 10000"),
        ({"weights": [0.0, 0.0]}, "both weights are 0"),
        ({"weights": [0.0, -0.0]}, "both weights are 0"),
    ],
)
def test_values_that_no_scores_have_are_refused_with_what_is_allowed(
    tmp_path: Path, values: dict[str, Any], allowed: str
) -> None:
    with pytest.raises(SettingsError, match=rf"classes\.narrow.*{allowed}"):
        Calibration.load(a_file(tmp_path, {}, **values))


def test_a_limit_of_noise_that_is_out_of_reach_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="noisy_below_db"):
        Calibration.load(a_file(tmp_path, {"noisy_below_db": 1e39}))


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.filterwarnings("error")
def test_the_largest_values_give_similarities_that_are_numbers(tmp_path: Path, sign: float) -> None:
    path = a_file(tmp_path, {}, offset=sign * 1e4, weights=[1e4, 1e4], threshold=-sign * 1e4)
    gallery = Gallery(Backend(Calibration.load(path), 4))
    rows = np.eye(4, dtype=np.float32)
    for name, row in zip("ab", rows, strict=False):
        gallery.put(name, [Voiceprint(caller_id=name, embedding=row, encoder="e", channel="narrow")])
    found = gallery.search(Probe(rows[0], None, "narrow", 40.0))
    assert len(found) == 2
    assert all(0.0 <= similarity <= 1.0 for _, similarity in found)


def test_a_class_without_any_weight_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="everybody would be alike"):
        LineClass(offset=0.0, weights=(0.0, 0.0), threshold=0.0)


def test_a_file_of_64_kib_is_read_and_a_larger_one_is_not(tmp_path: Path) -> None:
    path = a_file(tmp_path, {})
    whole = path.read_text()
    path.write_text(whole.ljust(64 * 1024))
    assert Calibration.load(path).encoder_id == "e"
    path.write_text(whole.ljust(64 * 1024 + 1))
    with pytest.raises(SettingsError, match="larger than 64 KiB"):
        Calibration.load(path)


def test_a_huge_file_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    with path.open("wb") as file:
        os.truncate(file.fileno(), 1 << 42)  # more than there is memory, and nothing on the disk
    with pytest.raises(SettingsError, match="larger than 64 KiB"):
        Calibration.load(path)
