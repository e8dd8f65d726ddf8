"""A corpus: whose recordings are where."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from opusagent_voiceprint.errors import EvaluationError

__all__ = ["SUFFIXES", "Corpus", "Recording", "read_corpus"]

SUFFIXES: Final = (".wav", ".flac", ".ogg")
"""Of the recordings that are looked for in folders; an index may name others that libsndfile reads."""
_COLUMNS: Final = ("path", "speaker")


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording. ``session`` is empty where it is not known; ``name`` is for reports."""

    speaker: int
    path: Path
    name: str
    session: str = ""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Recordings of speakers; ``speakers`` are their names, which recordings refer to by index."""

    name: str
    speakers: list[str]
    recordings: list[Recording]
    notes: list[str] = field(default_factory=list)

    def of(self, speaker: int) -> list[Recording]:
        """The recordings of one speaker."""
        return [each for each in self.recordings if each.speaker == speaker]


def read_corpus(path: Path, speaker_depth: int | None = None) -> Corpus:
    """Read a folder with one folder a speaker, or an index of recordings.

    Args:
        path: a folder, or a CSV file with the columns ``path`` (relative to the file) and ``speaker``, and
            perhaps ``session``.
        speaker_depth: how deep under the folder a speaker's folder is, 1 for right below it; folders under
            a speaker's are then sessions. By default the folder that holds recordings is the speaker's.

    Raises:
        EvaluationError: no such folder or file, no recordings, fewer than two speakers, or a recording that
            is named twice.
    """
    if path.is_dir():
        rows = _of_folder(path, speaker_depth)
    elif path.is_file():
        rows = _of_index(path)
    else:
        raise EvaluationError(
            f"{path} does not exist: name a folder with one folder a speaker, or a CSV index"
        )
    names = sorted({speaker for _, speaker, _ in rows})
    if not names:
        raise EvaluationError(
            f"there are no recordings in {path}: expected one folder a speaker with {', '.join(SUFFIXES)} "
            "files" + (f" at least {speaker_depth} deep" if speaker_depth else "")
        )
    if len(names) == 1:
        raise EvaluationError(
            f"{path} has recordings of one speaker only ({names[0]!r}): telling people apart takes at least "
            "two; expected one folder a speaker"
        )
    index = {name: number for number, name in enumerate(names)}
    base = path if path.is_dir() else path.parent
    _check_once(path, base, rows)
    recordings = [
        Recording(index[speaker], file, _shown(file, base), session) for file, speaker, session in rows
    ]
    return Corpus(path.name or str(path), names, recordings, _notes(path, names, speaker_depth))


def _of_folder(folder: Path, depth: int | None) -> list[tuple[Path, str, str]]:
    rows = []
    for file in sorted(folder.rglob("*")):
        if file.suffix.lower() not in SUFFIXES or not file.is_file():
            continue
        parts = file.relative_to(folder).parts[:-1]
        level = len(parts) if depth is None else depth
        if 1 <= level <= len(parts):
            rows.append((file, "/".join(parts[:level]), "/".join(parts[level:])))
    return rows


def _of_index(file: Path) -> list[tuple[Path, str, str]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened)
            missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise EvaluationError(
                    f"{file} has no column {missing[0]!r} in its first line; expected path,speaker[,session]"
                )
            rows = [(row["path"], row["speaker"], row.get("session") or "") for row in reader]
    except (UnicodeDecodeError, csv.Error) as exc:
        raise EvaluationError(f"{file} is not a CSV file in UTF-8") from exc
    for number, (path, speaker, _) in enumerate(rows, start=2):
        if not path or not speaker:
            raise EvaluationError(f"line {number} of {file} has no path or no speaker")
    return [(file.parent / path, speaker.strip(), session.strip()) for path, speaker, session in rows]


def _check_once(corpus: Path, base: Path, rows: list[tuple[Path, str, str]]) -> None:
    """One file under two names would enroll a speaker and be recognised, or be a stranger to itself."""
    seen: dict[object, tuple[Path, str]] = {}
    for file, speaker, _ in rows:
        key = _identity(file)
        if key not in seen:
            seen[key] = file, speaker
            continue
        first, whose = seen[key]
        of = f"{speaker!r}" if speaker == whose else f"{whose!r} and {speaker!r}"
        raise EvaluationError(
            f"{corpus} has a recording twice, of {of}: {_shown(first, base)} and {_shown(file, base)} are "
            "one file; leave out one of them"
        )


def _identity(file: Path) -> object:
    """What links and other ways to write a path have in common."""
    try:
        found = file.stat()
    except (OSError, ValueError):
        return os.path.abspath(file)  # counted as unreadable later
    return (found.st_dev, found.st_ino) if found.st_ino else file.resolve()


def _shown(file: Path, base: Path) -> str:
    return file.relative_to(base).as_posix() if file.is_relative_to(base) else file.as_posix()


def _notes(path: Path, names: list[str], depth: int | None) -> list[str]:
    """What may have been misunderstood: folders of folders may be sessions of one speaker."""
    nested = [name for name in names if "/" in name]
    if not path.is_dir() or depth is not None or not nested:
        return []
    return [
        f"each of the {len(names)} folders that hold recordings was taken for a speaker, "
        f"{nested[0]!r} for one; if they are sessions of a speaker, say how deep speakers' folders are "
        "(--speaker-depth)"
    ]
