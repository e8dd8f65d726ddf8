"""Corpora made of the synthetic voices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

Corpus = Callable[[Path, Sequence[str]], Path]


@pytest.fixture(scope="session")
def make_corpus(voices_folder: Path) -> Corpus:
    """A folder with one folder for each of these voices, with its two recordings."""

    def make(folder: Path, voices: Sequence[str]) -> Path:
        for voice in voices:
            (folder / voice).mkdir(parents=True)
            for take in ("enroll", "return"):
                name = f"{voice}_{take}.ogg"
                (folder / voice / name).write_bytes((voices_folder / name).read_bytes())
        return folder

    return make
