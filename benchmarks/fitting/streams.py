"""Speech as a call brings it, window by window: what is known after each, to measure sequential decisions on.

    python -m fitting.streams SPEECH_FOLDER SEGMENTS_FOLDER

Writes ``streams.npz``: segments as of fitting.segments, of two kinds. ``returning`` is what follows the 6 s
that a caller is enrolled on (where a speaker has several recordings, each from the fourth on); ``whole`` is a
whole recording, for calls of people who are not enrolled. ``fitting.embed`` runs on it as on the others.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from fitting.lines import fixed_line, random_line
from fitting.segments import Segments
from fitting.speech import Corpus, Samples, seeded
from opusagent_voiceprint.encoding import ResemblyzerEncoder, SpeechStream
from opusagent_voiceprint.encoding.features import mel_frames

__all__ = ["Streams"]

_RATE: Final = 16_000
_FRAME: Final = 320
_SPEC: Final = ResemblyzerEncoder().window
_LINES: Final = ("wide", "mulaw", "gsm", "white15", "babble15", "white10", "clipped", "random")
_CLIPPED_DB: Final = 15.0
"""How far a clipped line's peaks are above full scale."""


@dataclass(frozen=True)
class Streams(Segments):
    """Segments; ``heard`` is what was known after each window, shape (windows, 5), columns as ``known``."""

    heard: npt.NDArray[np.float32]

    @classmethod
    def load(cls, path: Path) -> Streams:
        """What ``main`` saved."""
        with np.load(path, allow_pickle=False) as arrays:
            return cls(**{name: arrays[name] for name in cls.__dataclass_fields__})


def _over(samples: Samples, name: str, rng: np.random.Generator, others: list[Samples]) -> Samples:
    if name == "random":
        return random_line(samples, rng, others)[0]
    if name == "clipped":
        heard = fixed_line(samples, "mulaw", rng, others)
        gain = 10 ** (_CLIPPED_DB / 20) / max(float(np.abs(heard).max()), 1e-6)
        clipped: Samples = np.clip(heard * gain, -1.0, 1.0).astype(np.float32)
        return clipped
    return fixed_line(samples, name, rng, others)


def _heard(samples: Samples) -> tuple[npt.NDArray[np.float16], list[tuple[float, ...]]]:
    """Mel frames of the windows, and after each: net speech, quality, SNR, clipped fraction, high band."""
    stream = SpeechStream(_SPEC)
    windows: list[Samples] = []
    known: list[tuple[float, ...]] = []
    for begin in range(0, len(samples), _FRAME):
        for window in stream.push(samples[begin : begin + _FRAME]):
            windows.append(window.samples)
            totals = window.heard
            known.append(
                (
                    window.net_speech_seconds,
                    totals.score,
                    totals.snr_db,
                    totals.clipped_fraction,
                    stream.band.high_band_db,
                )
            )
    if not windows:
        return np.zeros((0, 160, 40), dtype=np.float16), []
    return mel_frames(np.stack(windows)).astype(np.float16), known


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("speech", type=Path)
    parser.add_argument("segments", type=Path)
    options = parser.parse_args()
    started = time.monotonic()
    corpus = Corpus(options.speech)
    mels, rows = [], []
    heard: list[tuple[float, ...]] = []
    count = [0] * corpus.speakers
    for index, recording in enumerate(corpus.recordings):
        who, speech = recording.speaker, recording.samples
        count[who] += 1
        parts: dict[str, Samples] = {}
        if corpus.several[who]:
            if count[who] > 3:
                parts = {"returning": speech, "whole": speech}
        elif len(speech) >= 11 * _RATE:
            parts = {"returning": speech[6 * _RATE :], "whole": speech}
        others = [r.samples for r in corpus.of_fold(int(corpus.fold[who])) if r.speaker != who]
        for kind, samples in parts.items():
            for line in _LINES:
                rng = seeded("streams", line, recording.path.name, kind)
                frames, known = _heard(_over(samples, line, rng, others))
                if known:
                    mels.append(frames)
                    heard += known
                    rows.append((kind, who, index, line))
    kinds, speakers, recordings, lines = zip(*rows, strict=True)
    ends = np.cumsum([0, *map(len, mels)])
    after = np.array(heard, dtype=np.float32)
    np.savez(
        options.segments / "streams.npz",
        mels=np.concatenate(mels),
        start=ends,
        kind=np.array(kinds),
        speaker=np.array(speakers),
        pseudo=np.full(len(rows), -1),
        recording=np.array(recordings),
        line=np.array(lines),
        known=after[ends[1:] - 1],
        heard=after,
    )
    print(f"{len(rows)} streams, {len(after)} windows, {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
