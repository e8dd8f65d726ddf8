"""The speech of a rotation, enrolled and embedded by the product with the rotation's artefacts, and by stock.

For held_out.py; fitting.rotations deals the speakers.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from fitting.segments import cuts, on_line
from fitting.speech import Corpus, Samples
from stock import import_resemblyzer

from opusagent_voiceprint import OpusAgentVoiceRecognizer, SQLiteStorage, VoiceprintError
from opusagent_voiceprint.encoding import Encoders, ResemblyzerEncoder, TelephoneEncoder, embed_utterance
from opusagent_voiceprint.errors import AudioError
from opusagent_voiceprint.matching import Backend, Calibration, DecisionRule, Gallery, Probe
from opusagent_voiceprint.matching.plda import Plda
from opusagent_voiceprint.models import Voiceprint

__all__ = ["CONDITIONS", "Embedding", "Heard", "Rotation", "stock_encoder"]

CONDITIONS: Final = (
    ("wide", "wide"),
    ("mulaw", "mulaw"),
    ("gsm", "gsm"),
    ("wide", "mulaw"),
    ("mulaw", "gsm"),
    ("mulaw", "white15"),
)
"""The line of the enrollment and that of the probe."""

Embedding = npt.NDArray[np.float32]
Clip = tuple[str, str, str, str]
"""Speaker, recording, kind and line."""


class FittedRecognizer(OpusAgentVoiceRecognizer):
    """The recognizer with other artefacts than those of the package."""

    def __init__(self, storage: Any, artefacts: Path) -> None:
        super().__init__(storage)
        self.encoders = Encoders(TelephoneEncoder(artefacts / "telephone.npz"), ResemblyzerEncoder())
        calibration = Calibration.load(artefacts / "telephone-calibration.json")
        plda = Plda.load(artefacts / "telephone-plda.npz")
        self.backend = Backend(calibration, self.encoders.dimension, plda)

    def _current_backend(self) -> Backend:
        return self.backend


def stock_encoder() -> Callable[[Samples], Embedding]:
    """Resemblyzer's embedding of a recording."""
    resemblyzer = import_resemblyzer()
    encoder = resemblyzer.VoiceEncoder("cpu", verbose=False)

    def embed(samples: Samples) -> Embedding:
        found: Embedding = encoder.embed_utterance(resemblyzer.preprocess_wav(samples, source_sr=16_000))
        return found

    return embed


@dataclass(frozen=True)
class Heard:
    """A probe: what the product makes of it, or None if it is refused, and stock's embedding."""

    speaker: str
    probe: Probe | None
    seconds: float
    quality: float
    clipped_fraction: float
    stock: Embedding
    samples: Samples


class Rotation:
    """The speech of one rotation, enrolled and embedded by product and stock."""

    def __init__(
        self, folder: Path, stock: Callable[[Samples], Embedding], cache: dict[Clip, Embedding]
    ) -> None:
        self.artefacts = folder / "artefacts"
        corpus = Corpus(folder / "test")
        self.names = corpus.names
        self.clips: dict[tuple[str, int], dict[str, Samples]] = defaultdict(dict)  # (line, call): by speaker
        self.stock: dict[tuple[str, int], dict[str, Embedding]] = defaultdict(dict)
        self.heard: dict[str, list[Heard]] = defaultdict(list)
        enrolled = {a for a, _ in CONDITIONS}
        probed = {b for _, b in CONDITIONS}
        with tempfile.TemporaryDirectory() as place, closing(self.recognizer(Path(place))) as recognizer:
            self.backend = recognizer.backend
            self.rule = DecisionRule.of(recognizer.config)
            for index, parts in cuts(corpus):
                recording = corpus.recordings[index]
                name = corpus.names[recording.speaker]
                for kind, clean in parts.items():
                    for line in {"e": enrolled, "p": probed if kind == "probe-5" else set()}[kind[0]]:
                        samples = on_line(corpus, index, kind, line, clean)
                        clip = (name, recording.path.name, kind, line)
                        if clip not in cache:
                            cache[clip] = stock(samples)
                        if kind[0] == "e":
                            self.clips[line, int(kind[-1])][name] = samples
                            self.stock[line, int(kind[-1])][name] = cache[clip]
                        else:
                            self.heard[line].append(_heard(recognizer, name, samples, cache[clip]))
            self.voiceprints = {line: self._stored(line) for line in enrolled}

    def recognizer(self, folder: Path) -> FittedRecognizer:
        """A recognizer with this rotation's artefacts and an empty store."""
        return FittedRecognizer(SQLiteStorage(folder / "voices.db"), self.artefacts)

    def _stored(self, line: str) -> dict[str, list[Voiceprint | None]]:
        """What ``enroll_caller`` stores of everybody, call by call; None where it refuses."""
        with tempfile.TemporaryDirectory() as place, closing(self.recognizer(Path(place))) as recognizer:
            stored = {
                name: [_enrolled(recognizer, name, self.clips[line, call][name]) for call in range(3)]
                for name in self.names
            }
        refused = sum(each is None for calls in stored.values() for each in calls)
        print(f"  {refused} of {3 * len(stored)} enrollments on {line} are refused")
        return stored

    def gallery(self, line: str, calls: int) -> Gallery:
        """Everybody, enrolled by so many calls on a line."""
        gallery = Gallery(self.backend)
        for name, stored in self.voiceprints[line].items():
            gallery.put(name, [each for each in stored[:calls] if each is not None])
        return gallery


def _enrolled(recognizer: FittedRecognizer, name: str, samples: Samples) -> Voiceprint | None:
    try:
        return recognizer.enroll_caller(name, samples)
    except VoiceprintError as exc:
        print(f"  a call of {name} is not enrolled: {type(exc).__name__}: {exc}")
        return None


def _heard(recognizer: FittedRecognizer, name: str, samples: Samples, stock: Embedding) -> Heard:
    try:
        speech = embed_utterance(recognizer.encoders, samples)
    except AudioError as exc:
        print(f"  a probe of {name} is refused: {exc}")
        return Heard(name, None, 0.0, 0.0, 0.0, stock, samples)
    probe = Probe(speech.embedding, speech.wide_embedding, speech.channel, speech.snr_db)
    return Heard(
        name, probe, speech.net_speech_seconds, speech.quality, speech.clipped_fraction, stock, samples
    )
