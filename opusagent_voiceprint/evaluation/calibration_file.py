"""The file of a calibration: the one before it is kept, and can be brought back."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

from opusagent_voiceprint.errors import EvaluationError, SettingsError
from opusagent_voiceprint.matching import Calibration

__all__ = ["check_place", "keep_and_save", "previous_of", "undo"]

_NONE: Final = b'{"before": "no calibration"}\n'
"""What is kept where there was no file. Emptiness does not say so: a full disk leaves empty files as well."""


def previous_of(path: Path) -> Path:
    """Where the file before is kept, or that there was none."""
    return path.with_name(f"{path.name}.previous")


def check_place(path: Path) -> None:
    """Check before work is done whose result could not be written.

    Raises:
        EvaluationError: the folder does not exist, a folder is where the file should be, or what is there,
            or beside it where the file before is kept, is no calibration.
    """
    if not path.parent.is_dir():
        raise EvaluationError(f"the calibration cannot be written to {path}: {path.parent} is not a folder")
    if path.is_dir():
        raise EvaluationError(
            f"the calibration cannot be written to {path}: it is a folder; name a file in it"
        )
    _check_ours(path)
    _says_none(previous_of(path))


def keep_and_save(calibration: Calibration, path: Path) -> None:
    """Write a calibration, and keep what was there before.

    Both are written beside their places first: whatever fails, what is there is a calibration or none, as it
    was, and undoing brings back what was there.

    Raises:
        EvaluationError: the place cannot be used, or what was there before cannot be kept.
        SettingsError: the calibration cannot be written.
    """
    check_place(path)
    previous = previous_of(path)
    try:
        with tempfile.TemporaryDirectory(
            dir=path.parent, prefix=".calibration-", ignore_cleanup_errors=True
        ) as folder:
            fresh, kept = Path(folder, path.name), Path(folder, previous.name)
            calibration.save(fresh)
            with kept.open("wb") as file:
                file.write(path.read_bytes() if path.exists() else _NONE)
                file.flush()
                os.fsync(file.fileno())
            kept.replace(previous)
            fresh.replace(path)
    except OSError as exc:
        raise EvaluationError(
            f"the calibration cannot be written to {path}, or the one before to {previous}: {exc.strerror}; "
            f"{path.name} is as it was"
        ) from exc


def undo(path: Path) -> bool:
    """Bring back what was there before the last calibration; false if there was none and the file is gone.

    Raises:
        EvaluationError: there is nothing to undo, it is not ours, or the files cannot be changed.
    """
    previous = previous_of(path)
    if not previous.is_file():
        raise EvaluationError(
            f"there is no calibration of {path} to undo: {previous} does not exist. Only the last one can "
            "be undone"
        )
    none_before = _says_none(previous)
    if none_before:
        _check_ours(path)
    try:
        if not none_before:
            previous.replace(path)
            return True
        path.unlink(missing_ok=True)
        previous.unlink()
    except OSError as exc:
        raise EvaluationError(f"{path} cannot be put back: {exc.strerror}") from exc
    return False


def _says_none(previous: Path) -> bool:
    """Whether what is kept says that there was no calibration."""
    try:
        with previous.open("rb") as file:
            if file.read(len(_NONE) + 1) == _NONE:
                return True
    except FileNotFoundError:
        return False
    except OSError as exc:
        raise EvaluationError(f"{previous} cannot be read: {exc.strerror}") from exc
    _check_ours(previous)
    return False


def _check_ours(path: Path) -> None:
    """What is no calibration is somebody's file, and neither overwritten nor deleted."""
    if not path.exists():
        return
    try:
        Calibration.load(path)
    except SettingsError as exc:
        raise EvaluationError(
            f"{path} is there and would be lost: {exc}. Move it away, or name another file with --out"
        ) from exc
