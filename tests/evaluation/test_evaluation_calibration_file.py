"""The file of a calibration: what was there before is kept, comes back, and is never somebody else's."""

from __future__ import annotations

import errno
import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from opusagent_voiceprint.errors import EvaluationError, SettingsError
from opusagent_voiceprint.evaluation.calibration_file import check_place, keep_and_save, previous_of, undo
from opusagent_voiceprint.matching import CLASSES, Calibration, LineClass


def calibration(offset: float = 0.0) -> Calibration:
    one = LineClass(offset=offset, weights=(0.0, 10.0), threshold=5.0)
    return Calibration(encoder_id="e", noisy_below_db=18.0, classes=dict.fromkeys(CLASSES, one))


@contextmanager
def full_disk() -> Iterator[None]:
    """No file may have a byte, as on a disk that is full."""
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_file_before_is_kept_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    calibration(offset=1.0).save(path)
    before = path.read_bytes()
    keep_and_save(calibration(offset=2.0), path)
    assert Calibration.load(path).of(0).offset == 2.0
    assert previous_of(path).read_bytes() == before
    assert sorted(tmp_path.iterdir()) == [path, previous_of(path)]
    assert undo(path)
    assert path.read_bytes() == before
    with pytest.raises(EvaluationError, match="to undo"):
        undo(path)
    assert path.read_bytes() == before  # what was there first is not taken for a calibration of ours


def test_where_there_was_no_file_undoing_leaves_none(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    keep_and_save(calibration(), path)
    assert path.exists()
    assert not undo(path)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_hold_a_file_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="is not a folder"):
        check_place(tmp_path / "nowhere" / "calibration.json")
    with pytest.raises(EvaluationError, match="name a file in it"):
        check_place(tmp_path)
    check_place(tmp_path / "calibration.json")


def test_what_cannot_be_written_changes_nothing_and_undoing_brings_back_the_one_before(
    tmp_path: Path,
) -> None:
    path = tmp_path / "calibration.json"
    calibration(offset=1.0).save(path)
    keep_and_save(calibration(offset=2.0), path)
    there = contents(tmp_path)
    with full_disk(), pytest.raises(SettingsError, match="cannot be written: File too large"):
        keep_and_save(calibration(offset=3.0), path)
    assert contents(tmp_path) == there
    assert undo(path)
    assert Calibration.load(path).of(0).offset == 1.0


def test_a_failed_first_calibration_leaves_nothing_to_undo(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    with full_disk(), pytest.raises(SettingsError):
        keep_and_save(calibration(), path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("failing", [1, 2])
def test_a_place_that_cannot_be_taken_keeps_the_calibration_in_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    path = tmp_path / "calibration.json"
    calibration(offset=1.0).save(path)
    before = path.read_bytes()
    calls = 0

    def refusing(source: str, target: str) -> None:
        nonlocal calls
        # Calibration.save takes the place of nothing that was there.
        calls += Path(target).parent == tmp_path
        if calls == failing and Path(target).parent == tmp_path:
            raise OSError(errno.EPERM, "Operation not permitted")
        rename(source, target)

    rename = os.replace
    monkeypatch.setattr(os, "replace", refusing)
    with pytest.raises(EvaluationError, match=r"not permitted; calibration\.json is as it was"):
        keep_and_save(calibration(offset=2.0), path)
    assert calls == failing
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert {each.name for each in tmp_path.iterdir()} <= {path.name, previous_of(path).name}
    if previous_of(path).exists():
        assert undo(path)
        assert path.read_bytes() == before


def test_an_empty_file_is_not_taken_for_there_having_been_none(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    calibration().save(path)
    previous_of(path).touch()
    with pytest.raises(EvaluationError, match="is not a calibration"):
        undo(path)
    assert path.exists()


@pytest.mark.parametrize("content", [b"", b"path,speaker\n", b"{}", b"x" * 100_000])
def test_files_that_are_not_ours_are_neither_overwritten_nor_deleted(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "calibration.json"
    for place, other in ((path, previous_of(path)), (previous_of(path), path)):
        for each in tmp_path.iterdir():
            each.unlink()
        calibration().save(other)
        place.write_bytes(content)
        there = contents(tmp_path)
        for attempt in (lambda: check_place(path), lambda: keep_and_save(calibration(offset=9.0), path)):
            with pytest.raises(EvaluationError, match=f"{place.name} is there and would be lost"):
                attempt()
        assert contents(tmp_path) == there


def test_undoing_does_not_delete_what_took_the_place_of_the_first_calibration(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    keep_and_save(calibration(), path)
    path.write_text("mine")
    with pytest.raises(EvaluationError, match="would be lost"):
        undo(path)
    assert path.read_text() == "mine"


def test_a_calibration_that_was_torn_later_can_be_undone(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    calibration(offset=1.0).save(path)
    keep_and_save(calibration(offset=2.0), path)
    path.write_text("{")
    assert undo(path)
    assert Calibration.load(path).of(0).offset == 1.0
