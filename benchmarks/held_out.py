"""Open-set identification by the product on people that nothing was fitted on, beside stock Resemblyzer.

    python held_out.py ROTATION_FOLDER ROTATION_FOLDER ...

A rotation (fitting.rotations) has speech to test on in ``test/``, and in ``artefacts/`` what was fitted on
the other speakers. Callers are enrolled by ``enroll_caller`` on 6 s of audio, at default settings; probes are
5 s. Each probe is tried against random galleries of 60 with its speaker and of 60 without, decided as
``match_caller`` decides; for one gallery of each condition ``match_caller`` itself is asked, and every answer
has to be the same. Stock is Resemblyzer's ``embed_utterance`` of its own ``preprocess_wav``, and whose best
cosine is the highest is named from 0.75. Intervals are of 95 %, by speaker.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from fitting.segments import cuts, on_line
from fitting.speech import Corpus, Samples

from opusagent_voiceprint import OpusAgentVoiceRecognizer, SQLiteStorage, VoiceprintError
from opusagent_voiceprint.encoding import Encoders, ResemblyzerEncoder, TelephoneEncoder, embed_utterance
from opusagent_voiceprint.errors import AudioError
from opusagent_voiceprint.evaluation.figures import Figure, bootstrap
from opusagent_voiceprint.evaluation.seeds import seeded
from opusagent_voiceprint.matching import Backend, Calibration, DecisionRule, Gallery, Probe
from opusagent_voiceprint.matching.plda import Plda
from opusagent_voiceprint.models import Voiceprint

CONDITIONS: Final = (
    ("wide", "wide"),
    ("mulaw", "mulaw"),
    ("gsm", "gsm"),
    ("wide", "mulaw"),
    ("mulaw", "gsm"),
    ("mulaw", "white15"),
)
SIZE: Final = 60
HOUSEHOLD: Final = 3
STOCK_THRESHOLD: Final = 0.75
TABLES: Final = (
    ("one call", 1, False),
    ("three calls", 3, False),
    ("known number of three, one call", 1, True),
    ("known number of three, three calls", 3, True),
)

Embedding = npt.NDArray[np.float32]
Clip = tuple[str, str, str, str]
"""Speaker, recording, kind and line."""


class FittedRecognizer(OpusAgentVoiceRecognizer):
    """The recognizer with other artefacts than those of the package."""

    def __init__(self, storage: Any, artefacts: Path) -> None:
        super().__init__(storage)
        self.encoders = Encoders(TelephoneEncoder(artefacts / "telephone.npz"), ResemblyzerEncoder())
        calibration = Calibration.load(artefacts / "telephone-calibration.json").model_copy(
            update={"encoder_id": self.encoders.encoder_id, "wide_encoder_id": self.encoders.wide_encoder_id}
        )
        plda = Plda.load(artefacts / "telephone-plda.npz")
        self.backend = Backend(calibration, self.encoders.dimension, plda)

    def _current_backend(self) -> Backend:
        return self.backend


def stock_encoder() -> Callable[[Samples], Embedding]:
    """Resemblyzer's embedding of a recording.

    It imports ``webrtcvad``, which asks ``pkg_resources`` for its own version; setuptools 82 removed that.
    """
    stand_in = ModuleType("pkg_resources")
    stand_in.get_distribution = lambda name: SimpleNamespace(version=version(name))  # type: ignore[attr-defined]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        sys.modules.setdefault("pkg_resources", stand_in)
        import resemblyzer
    encoder = resemblyzer.VoiceEncoder("cpu", verbose=False)

    def embed(samples: Samples) -> Embedding:
        found: Embedding = encoder.embed_utterance(resemblyzer.preprocess_wav(samples))
        return found

    return embed


@dataclass(frozen=True)
class Heard:
    """A probe: what the product makes of it, or None if it is refused, and stock's embedding."""

    speaker: str
    probe: Probe | None
    seconds: float
    quality: float
    stock: Embedding
    samples: Samples


@dataclass
class Outcomes:
    """Of each trial of a probe with one gallery: how it went, and whose probe it was."""

    speakers: list[str]
    right: list[bool]
    wrong: list[bool]
    stranger: list[bool]

    def figures(self) -> dict[str, Figure]:
        """DIR, wrong names and FPIR in percent, with intervals."""
        rates = {
            name: 100 * np.array(values, dtype=np.float64)
            for name, values in (("DIR", self.right), ("wrong", self.wrong), ("FPIR", self.stranger))
        }
        _, who = np.unique(self.speakers, return_inverse=True)
        return bootstrap(
            who.astype(np.int64),
            lambda rows: {name: float(each[rows].mean()) for name, each in rates.items()},
        )


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

    def _stored(self, line: str) -> dict[str, list[Voiceprint]]:
        """What ``enroll_caller`` stores of everybody, call by call."""
        stored: dict[str, list[Voiceprint]] = defaultdict(list)
        with tempfile.TemporaryDirectory() as place, closing(self.recognizer(Path(place))) as recognizer:
            for name in self.names:
                for call in range(3):
                    stored[name] += _enrolled(recognizer, name, self.clips[line, call][name])
        return stored


def _enrolled(recognizer: FittedRecognizer, name: str, samples: Samples) -> list[Voiceprint]:
    try:
        return [recognizer.enroll_caller(name, samples)]
    except VoiceprintError as exc:
        print(f"  a call of {name} is not enrolled: {type(exc).__name__}: {exc}")
        return []


def _heard(recognizer: FittedRecognizer, name: str, samples: Samples, stock: Embedding) -> Heard:
    try:
        speech = embed_utterance(recognizer.encoders, samples)
    except AudioError as exc:
        print(f"  a probe of {name} is refused: {exc}")
        return Heard(name, None, 0.0, 0.0, stock, samples)
    probe = Probe(speech.embedding, speech.wide_embedding, speech.channel, speech.snr_db)
    return Heard(name, probe, speech.net_speech_seconds, speech.quality, stock, samples)


def named_by_product(
    rule: DecisionRule, gallery: Gallery, heard: Heard, among: Sequence[str], known: Sequence[str]
) -> str | None:
    """Whom the product names, of these callers."""
    if heard.probe is None:
        return None
    candidates = gallery.search(heard.probe, among=among)
    if known:
        near = dict(candidates) | dict(gallery.search(heard.probe, among=known))
        candidates = sorted(near.items(), key=lambda each: -each[1])
    return rule.decide(candidates, heard.seconds, heard.quality, known=known, final=True).caller_id


def named_by_stock(voices: dict[str, list[Embedding]], heard: Heard, among: Sequence[str]) -> str | None:
    """Whom stock Resemblyzer names: whose best voiceprint has the highest cosine, from 0.75."""
    best, name = max((max(float(each @ heard.stock) for each in voices[who]), who) for who in among)
    return name if best >= STOCK_THRESHOLD else None


def tried(
    rotation: Rotation, pair: tuple[str, str], calls: int, known: bool, draws: int, stock: bool
) -> Outcomes:
    """Every probe of a condition against random galleries, with its speaker and without."""
    gallery = Gallery(rotation.backend)
    for name, voiceprints in rotation.voiceprints[pair[0]].items():
        gallery.put(name, voiceprints[:calls])
    voices = {name: [rotation.stock[pair[0], call][name] for call in range(calls)] for name in rotation.names}
    outcomes = Outcomes([], [], [], [])
    rng = seeded("held out", pair, calls, known)
    for heard in rotation.heard[pair[1]]:
        others = [name for name in rotation.names if name != heard.speaker]
        for _ in range(draws):
            drawn = [others[index] for index in rng.permutation(len(others))[:SIZE]]

            def name_of(among: list[str]) -> str | None:
                household = among[:HOUSEHOLD] if known else []
                if stock:
                    return named_by_stock(voices, heard, household or among)  # noqa: B023
                return named_by_product(rotation.rule, gallery, heard, among, household)  # noqa: B023

            own = name_of([heard.speaker, *drawn[: SIZE - 1]])
            outcomes.speakers.append(heard.speaker)
            outcomes.right.append(own == heard.speaker)
            outcomes.wrong.append(own not in {None, heard.speaker})
            outcomes.stranger.append(name_of(drawn) is not None)
    return outcomes


def verify(rotation: Rotation, pair: tuple[str, str]) -> int:
    """How many answers of ``match_caller`` were compared. Raises RuntimeError where one is another."""
    among = rotation.names[:SIZE]
    gallery = Gallery(rotation.backend)
    with tempfile.TemporaryDirectory() as place, closing(rotation.recognizer(Path(place))) as recognizer:
        for name in among:
            gallery.put(name, rotation.voiceprints[pair[0]][name][:1])
            if rotation.voiceprints[pair[0]][name]:
                recognizer.enroll_caller(name, rotation.clips[pair[0], 0][name])
        for heard in rotation.heard[pair[1]]:
            expected = named_by_product(rotation.rule, gallery, heard, among, [])
            try:
                found = recognizer.match_caller(heard.samples)
            except AudioError:
                found = None
            if (found[0] if found else None) != expected:
                raise RuntimeError(f"match_caller and the trials differ for {heard.speaker} on {pair}")
    return len(rotation.heard[pair[1]])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rotations", type=Path, nargs="+")
    parser.add_argument("--draws", type=int, default=10, help="galleries for each probe (default 10)")
    options = parser.parse_args()
    stock, cache = stock_encoder(), dict[Clip, Embedding]()
    rotations = []
    for folder in options.rotations:
        rotation = Rotation(folder, stock, cache)
        answers = sum(verify(rotation, pair) for pair in CONDITIONS)
        print(f"{folder.name}: {len(rotation.names)} speakers; {answers} answers of match_caller the same")
        rotations.append(rotation)
    for pair in CONDITIONS:
        seconds = [heard.seconds for rotation in rotations for heard in rotation.heard[pair[1]]]
        print(f"{' / '.join(pair)}: median net speech of a probe {np.median(seconds):.1f} s")
    for title, calls, known in TABLES:
        for who in ("product", "stock"):
            print(f"\n{title}, {SIZE} enrolled, {who}")
            for pair in CONDITIONS:
                parts = [tried(each, pair, calls, known, options.draws, who == "stock") for each in rotations]
                together = Outcomes(
                    *(
                        [value for part in parts for value in getattr(part, name)]
                        for name in ("speakers", "right", "wrong", "stranger")
                    )
                )
                shown = "  ".join(
                    f"{name} {each.value:5.1f} ({each.low:.1f}-{each.high:.1f})"
                    for name, each in together.figures().items()
                )
                counts = (
                    f"{len(set(together.speakers))} speakers, {len(together.speakers)} trials of each kind"
                )
                print(f"  {' / '.join(pair):16s} {shown}  {counts}", flush=True)


if __name__ == "__main__":
    main()
