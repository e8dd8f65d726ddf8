"""A folder of speech, one folder a speaker: recordings, folds of speakers, and where speech is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint.audio import read_audio
from opusagent_voiceprint.audio.vad import VoiceActivityDetector
from opusagent_voiceprint.evaluation.seeds import seeded

__all__ = ["FOLDS", "Corpus", "Recording", "Samples", "net_speech", "seeded"]

Samples = npt.NDArray[np.float32]
FOLDS: Final = 4
"""Disjoint sets of speakers: a quarter each, so that a student without one still has three to learn from."""


def net_speech(samples: Samples) -> Samples:
    """The speech in samples of shape (samples,) at 16 kHz, by the project's own voice activity detector."""
    vad = VoiceActivityDetector()
    frames = [frame for frame, speech in [*vad.push(samples), *vad.flush()] if speech]
    return np.concatenate(frames) if frames else np.zeros(0, dtype=np.float32)


@dataclass(frozen=True)
class Recording:
    """One recording of one speaker; ``samples`` has shape (samples,) at 16 kHz."""

    speaker: int
    path: Path
    samples: Samples


class Corpus:
    """All recordings under a folder, one folder a speaker.

    Speakers are dealt to :data:`FOLDS` by name and seed; those with several recordings are dealt first, so
    that each fold has its share of them.
    """

    def __init__(self, folder: Path, seed: int = 0) -> None:
        self.folder = folder
        self.recordings: list[Recording] = []
        self.names: list[str] = []
        for place in sorted({path.parent for path in folder.rglob("*.flac")}):
            speaker = len(self.names)
            self.names.append(place.name)
            self.recordings += [
                Recording(speaker, path, read_audio(path)) for path in sorted(place.glob("*.flac"))
            ]
        self.several = np.bincount([each.speaker for each in self.recordings]) > 1
        order = seeded("folds", seed).permutation(len(self.names))
        order = np.concatenate([order[self.several[order]], order[~self.several[order]]])
        self.fold = np.empty(len(self.names), dtype=np.int64)
        self.fold[order] = np.arange(len(order)) % FOLDS
        self._order = order

    @cached_property
    def speakers(self) -> int:
        """How many speakers there are."""
        return len(self.names)

    def parts(self, count: int = FOLDS) -> npt.NDArray[np.int64]:
        """The part of each speaker, of so many; with a multiple of :data:`FOLDS`, each inside one fold."""
        parts = np.empty_like(self.fold)
        parts[self._order] = np.arange(len(parts)) % count
        return parts

    def of_fold(self, fold: int) -> list[Recording]:
        """The recordings of the speakers of one fold."""
        return [each for each in self.recordings if self.fold[each.speaker] == fold]
