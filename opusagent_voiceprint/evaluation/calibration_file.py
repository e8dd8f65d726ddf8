"""The file of a calibration: the one before it is kept, and can be brought back."""

from __future__ import annotations

from pathlib import Path

from opusagent_voiceprint.errors import EvaluationError
from opusagent_voiceprint.matching import Calibration

__all__ = ["check_place", "keep_and_save", "previous_of", "undo"]


def previous_of(path: Path) -> Path:
    """Where the file before is kept. An empty one stands for there having been none."""
    return path.with_name(f"{path.name}.previous")


def check_place(path: Path) -> None:
    """Check before work is done whose result could not be written.

    Raises:
        EvaluationError: the folder does not exist, or a folder is where the file should be.
    """
    if not path.parent.is_dir():
        raise EvaluationError(f"the calibration cannot be written to {path}: {path.parent} is not a folder")
    if path.is_dir():
        raise EvaluationError(
            f"the calibration cannot be written to {path}: it is a folder; name a file in it"
        )


def keep_and_save(calibration: Calibration, path: Path) -> None:
    """Write a calibration, and keep what was there before.

    Raises:
        EvaluationError: what was there before cannot be kept; nothing was changed.
        SettingsError: the calibration cannot be written.
    """
    previous = previous_of(path)
    try:
        previous.write_bytes(path.read_bytes() if path.exists() else b"")
    except OSError as exc:
        raise EvaluationError(f"{previous} cannot be written: {exc.strerror}") from exc
    calibration.save(path)


def undo(path: Path) -> bool:
    """Bring back what was there before the last calibration; false if there was none and the file is gone.

    Raises:
        EvaluationError: there is nothing to undo, or the files cannot be changed.
    """
    previous = previous_of(path)
    if not previous.is_file():
        raise EvaluationError(
            f"there is no calibration of {path} to undo: {previous} does not exist. Only the last one can "
            "be undone"
        )
    try:
        if previous.stat().st_size:
            previous.replace(path)
            return True
        path.unlink(missing_ok=True)
        previous.unlink()
    except OSError as exc:
        raise EvaluationError(f"{path} cannot be put back: {exc.strerror}") from exc
    return False
