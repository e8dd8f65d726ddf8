"""Segments of speech on telephone lines, cut by the product's front end: to fit a back-end on, and to
measure on.

    python -m fitting.segments fit SPEECH_FOLDER SEGMENTS_FOLDER
    python -m fitting.segments test SPEECH_FOLDER SEGMENTS_FOLDER

A segment is what one call or enrollment would be: it is sent through a line, then through ``SpeechStream``
(voice activity detection, windows of 1.6 s at -27 dBFS). The mel frames of its windows are kept, so that any
encoder can be tried on them; beside them what the product knows of a segment: net speech, quality, SNR,
clipping, and the level of the band above a telephone's.

For fitting, each speaker at each of five speeds is a pseudo-speaker with segments of 2 to 7 s on random
lines. For measuring, recordings give enrollments of 6 s from their beginning and probes of 5 and 3 s from
their end, on fixed lines. Where a speaker has one recording only, all of them are of one session, which
flatters. With ``--strangers`` those whose recording is too short for both give one of them, in turn: more
pairs of two people to fit thresholds on.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from fitting.lines import FIXED, fixed_line, random_line
from fitting.pool import SPEEDS
from fitting.speech import Corpus, Samples, seeded
from opusagent_voiceprint.audio import resample
from opusagent_voiceprint.encoding import ResemblyzerEncoder, SpeechStream
from opusagent_voiceprint.encoding.features import mel_frames
from opusagent_voiceprint.evaluation.codecs import available

__all__ = ["Segments", "cuts", "on_line"]

_RATE: Final = 16_000
_SPEC: Final = ResemblyzerEncoder().window
_REPEATED: Final = ("wide", "mulaw", "gsm", "random")
_ENROLLMENTS: Final = (*_REPEATED, "alaw", "opus")
_PART_OF_WIDE: Final = 0.15

# what, speaker, pseudo-speaker or -1, recording, line (index or -1)
Row = tuple[str, int, int, int, str]


@dataclass(frozen=True)
class Segments:
    """Segments and the mel frames of their windows.

    ``mels`` has shape (windows, 160, 40); segment ``i`` has windows ``start[i]`` to ``start[i + 1]``.
    ``kind`` is ``fit``, ``enroll-0`` to ``enroll-2``, ``probe-5`` or ``probe-3``. ``known`` has shape
    (segments, 5): net speech in seconds, quality, SNR in dB, clipped fraction, high band in dB.
    """

    mels: npt.NDArray[np.float16]
    start: npt.NDArray[np.int64]
    kind: npt.NDArray[np.str_]
    speaker: npt.NDArray[np.int64]
    pseudo: npt.NDArray[np.int64]
    recording: npt.NDArray[np.int64]
    line: npt.NDArray[np.str_]
    known: npt.NDArray[np.float32]

    @classmethod
    def load(cls, path: Path) -> Segments:
        """What ``main`` saved."""
        with np.load(path, allow_pickle=False) as arrays:
            return cls(**{name: arrays[name] for name in cls.__dataclass_fields__})


class _Collector:
    def __init__(self) -> None:
        self.mels: list[npt.NDArray[np.float16]] = []
        self.rows: list[Row] = []
        self.known: list[tuple[float, ...]] = []

    def add(self, samples: Samples, row: Row) -> bool:
        stream = SpeechStream(_SPEC)
        windows = [*stream.push(samples), *stream.finish()]
        if not windows:
            return False
        self.mels.append(mel_frames(np.stack([each.samples for each in windows])).astype(np.float16))
        self.rows.append(row)
        quality = stream.quality
        self.known.append(
            (
                quality.net_speech_seconds,
                quality.score,
                quality.snr_db,
                quality.clipped_fraction,
                stream.band.high_band_db,
            )
        )
        return True

    def save(self, path: Path) -> None:
        kind, speaker, pseudo, recording, line = zip(*self.rows, strict=True)
        np.savez(
            path,
            mels=np.concatenate(self.mels),
            start=np.cumsum([0, *map(len, self.mels)]),
            kind=np.array(kind),
            speaker=np.array(speaker),
            pseudo=np.array(pseudo),
            recording=np.array(recording),
            line=np.array(line),
            known=np.array(self.known, dtype=np.float32),
        )


def _fit(corpus: Corpus, each: int, seed: int) -> _Collector:
    collected = _Collector()
    own = {who: [r for r in corpus.recordings if r.speaker == who] for who in range(corpus.speakers)}
    for who in range(corpus.speakers):
        others = [r.samples for r in corpus.of_fold(int(corpus.fold[who])) if r.speaker != who]
        for speed, factor in enumerate(SPEEDS):
            rng = seeded("fit", seed, corpus.names[who], speed)
            sources: dict[int, Samples] = {}
            for _ in range(each):
                which = int(rng.integers(len(own[who])))
                if which not in sources:
                    sources[which] = resample(own[who][which].samples, int(_RATE * factor), _RATE)
                source = sources[which]
                length = min(int(rng.uniform(2.2, 7.0) * _RATE), len(source))
                at = int(rng.integers(len(source) - length + 1))
                samples, line = source[at : at + length], "wide"
                if rng.random() > _PART_OF_WIDE:
                    samples, info = random_line(samples, rng, others)
                    line = "narrow" if info.narrow else "wide"
                    line += f" {info.codecs} {info.noise}"
                collected.add(samples, ("fit", who, who * len(SPEEDS) + speed, which, line))
    return collected


def _lines_of(kind: str) -> list[str]:
    """The fixed lines that this machine has codecs for, and ``random``, as far as a kind is measured on
    them."""
    if kind == "enroll-0":
        names: tuple[str, ...] = _ENROLLMENTS
    elif kind.startswith("enroll"):
        names = _REPEATED
    elif kind == "probe-3":
        names = ("wide", "mulaw", "gsm", "white15")
    else:
        names = (*FIXED, "random")
    return [name for name in names if name == "random" or FIXED[name].codec in {"", *available()}]


def cuts(corpus: Corpus, *, strangers: bool = False) -> Iterator[tuple[int, dict[str, Samples]]]:
    """What each recording gives to measure on: its index, and clean samples by kind."""
    count = [0] * corpus.speakers
    short = 0
    for index, recording in enumerate(corpus.recordings):
        who, speech = recording.speaker, recording.samples
        count[who] += 1
        parts: dict[str, Samples] = {}
        if corpus.several[who]:
            if count[who] <= 3:
                parts[f"enroll-{count[who] - 1}"] = speech[: 6 * _RATE]
            elif len(speech) >= 5 * _RATE:
                parts["probe-5"] = speech[-5 * _RATE :]
                parts["probe-3"] = speech[-3 * _RATE :]
        elif len(speech) >= 11 * _RATE:
            room = len(speech) - 11 * _RATE  # what is left beside 6 s and 5 s
            for call in range(3):
                parts[f"enroll-{call}"] = speech[call * room // 2 :][: 6 * _RATE]
            parts["probe-5"] = speech[-5 * _RATE :]
            parts["probe-3"] = speech[-3 * _RATE :]
        elif strangers:
            short += 1
            parts = {"enroll-0": speech[: 6 * _RATE]} if short % 2 else {"probe-5": speech[-5 * _RATE :]}
        yield index, parts


def on_line(corpus: Corpus, index: int, kind: str, line: str, samples: Samples) -> Samples:
    """A cut of a recording over a line; what is random in it depends on recording, kind and line only."""
    recording = corpus.recordings[index]
    rng = seeded("test", line, recording.path.name, kind)
    fold = int(corpus.fold[recording.speaker])
    others = [r.samples for r in corpus.of_fold(fold) if r.speaker != recording.speaker]
    if line == "random":
        return random_line(samples, rng, others)[0]
    return fixed_line(samples, line, rng, others)


def _test(corpus: Corpus, *, strangers: bool) -> _Collector:
    collected = _Collector()
    for index, parts in cuts(corpus, strangers=strangers):
        who = corpus.recordings[index].speaker
        for kind, samples in parts.items():
            for line in _lines_of(kind):
                heard = on_line(corpus, index, kind, line, samples)
                collected.add(heard, (kind, who, -1, index, line))
    return collected


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["fit", "test"])
    parser.add_argument("speech", type=Path)
    parser.add_argument("segments", type=Path)
    parser.add_argument("--each", type=int, default=8, help="segments of a pseudo-speaker (default 8)")
    parser.add_argument("--strangers", action="store_true", help="take those with short recordings in")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    started = time.monotonic()
    corpus = Corpus(options.speech)
    options.segments.mkdir(parents=True, exist_ok=True)
    if options.what == "fit":
        collected = _fit(corpus, options.each, options.seed)
    else:
        collected = _test(corpus, strangers=options.strangers)
    collected.save(options.segments / f"{options.what}.npz")
    windows = sum(map(len, collected.mels))
    print(f"{len(collected.rows)} segments, {windows} windows, {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
