"""Fits and measures the refusal of what is no speech (``audio/speechlike.py``).

    python benchmarks/speechlike.py SPEECH_FOLDER [--music FOLDER] [--unseen-music FOLDER] [--save FILE.npz]

Speech: a folder with one folder a speaker, 10 s of each recording, on simulated lines with and without noise;
and synthesised voices, some of them as monotonous as a machine, from the project's tests. No speech:
``benchmarks/nonspeech.py``, and instrumental music from a folder of recordings (six pieces of 12 s of each),
wide, through mu-law and through GSM. Music of ``--unseen-music`` is only measured on. All of it goes through
the product's voice activity detector and windows first: what that drops needs no refusal.

A logistic regression on the measures and their products is fitted, each fold of speakers and sounds by the
others; then the shipped one is measured. ``--save`` writes what is fitted on everything but the unseen music.
The shipped file was fitted with the music of Debian's packages frozen-bubble-data and extremetuxracer-data;
the unseen music was that of asterisk-moh-opsound-wav.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from fitting.lines import fixed_line, random_line
from fitting.speech import FOLDS, Corpus, Samples, net_speech, seeded
from nonspeech import sounds

from opusagent_voiceprint.audio import read_audio
from opusagent_voiceprint.audio.speechlike import Fit, SpeechGate, measures, speech_likeness
from opusagent_voiceprint.encoding import ResemblyzerEncoder

Floats = npt.NDArray[np.float64]
_RATE: Final = 16_000
_SPEC: Final = ResemblyzerEncoder().window
_LINES: Final = ("wide", "mulaw", "gsm", "white15", "white10", "babble10", "random")
_VOICES: Final = Path(__file__).parents[1] / "tests" / "voices"
_VOICE_LINES: Final = ("wide", "mulaw", "gsm", "white15")
_SOUND_LINES: Final = ("wide", "mulaw", "gsm")
_REFUSED: Final = 0.005
_SHARES: Final = {"speech": 0.3 / 7, "synthesised voices": 0.2 / 4}  # of a line
_SPOKEN: Final = tuple(_SHARES)


@dataclass
class Windows:
    """Windows of streams: which family each stream is of, which line, which fold; and what was measured."""

    family: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    fold: list[int] = field(default_factory=list)
    stream: list[int] = field(default_factory=list)
    measured: list[Floats] = field(default_factory=list)
    likeness: list[float] = field(default_factory=list)
    admitted: list[bool] = field(default_factory=list)

    def add(self, samples: Samples, family: str, line: str, fold: int) -> None:
        number = self.stream[-1] + 1 if self.stream else 0
        gate = SpeechGate()
        for window in windows_of(samples):
            self.family.append(family)
            self.line.append(line)
            self.fold.append(fold)
            self.stream.append(number)
            self.measured.append(measures(window[None])[0].astype(np.float64))
            self.likeness.append(float(speech_likeness(window[None])[0]))
            self.admitted.append(gate.admits(window))


def windows_of(samples: Samples) -> list[Samples]:
    """The windows of net speech, cut as ``SpeechStream`` does, none of them refused."""
    speech = np.concatenate([np.zeros(_SPEC.lead, np.float32), net_speech(samples)])
    return [speech[at : at + _SPEC.length] for at in range(0, len(speech) - _SPEC.length + 1, _SPEC.hop)]


def gather(corpus: Corpus, music: Path | None, unseen: Path | None, draws: int) -> Windows:
    found = Windows()
    voices = sorted({path.stem.rpartition("_")[0] for path in _VOICES.glob("*.ogg")})
    for path in sorted(_VOICES.glob("*.ogg")):
        for line in _VOICE_LINES:
            heard = fixed_line(read_audio(path), line, seeded("voice", path.stem))
            found.add(heard, "synthesised voices", line, voices.index(path.stem.rpartition("_")[0]) % FOLDS)
    for number, recording in enumerate(corpus.recordings):
        fold = int(corpus.fold[recording.speaker])
        others = [r.samples for r in corpus.of_fold(fold) if r.speaker != recording.speaker]
        for line in _LINES:
            rng = seeded("speech", number, line)
            speech = recording.samples[: 10 * _RATE]
            heard = (
                random_line(speech, rng, others)[0]
                if line == "random"
                else fixed_line(speech, line, rng, others)
            )
            found.add(heard, "speech", line, fold)
    for number, (family, sound) in enumerate(sounds(draws)):
        for line in _SOUND_LINES:
            found.add(fixed_line(sound, line, seeded("sound", number)), family, line, number % FOLDS)
    for family, folder in (("recorded music", music), ("unseen music", unseen)):
        paths = (
            []
            if folder is None
            else sorted(p for p in folder.rglob("*") if p.suffix in {".wav", ".ogg", ".flac"})
        )
        for number, path in enumerate(paths):
            piece = read_audio(path)
            if len(piece) < 15 * _RATE:
                continue
            for begin in np.linspace(0, len(piece) - 12 * _RATE, 6).astype(int):
                for line in _SOUND_LINES:
                    part = fixed_line(piece[begin : begin + 12 * _RATE], line, seeded("music", number))
                    found.add(part, family, line, number % FOLDS)
    return found


def logistic(rows: Floats, truth: Floats, weight: Floats, ridge: float = 1e-4, steps: int = 15) -> Floats:
    """Weighted logistic regression with a ridge, by Newton's method."""
    weights = np.zeros(rows.shape[1])
    penalty = np.diag([ridge] * (rows.shape[1] - 1) + [0.0])
    for _ in range(steps):
        chance = 1.0 / (1.0 + np.exp(-rows @ weights))
        slope = rows.T @ (weight * (truth - chance)) - penalty @ weights
        curvature = (rows * (weight * chance * (1 - chance) + 1e-12)[:, None]).T @ rows + penalty
        weights += np.linalg.solve(curvature, slope)
    return weights


def balanced(family: npt.NDArray[np.str_], line: npt.NDArray[np.str_]) -> Floats:
    """Voices weigh as much as all else, two fifths of it synthesised ones; music three times other sounds."""
    weight = np.zeros(len(family))
    for name in np.unique(family):
        rows = family == name
        share = _SHARES.get(str(name), 0.05 * (3 if "music" in str(name) else 1))
        for kind in np.unique(line[rows]):
            part = rows & (line == kind)
            weight[part] = share / part.sum()
    scaled: Floats = weight / weight.sum()
    return scaled


def smoothed(likeness: Floats, stream: npt.NDArray[np.int64]) -> Floats:
    result = np.empty_like(likeness)
    for at in range(len(likeness)):
        begin = max(at - 2, int(np.searchsorted(stream, stream[at])))
        result[at] = np.clip(likeness[begin : at + 1], -6, 6).mean()
    return result


def report(
    title: str, refused: npt.NDArray[np.bool_], family: npt.NDArray[np.str_], line: npt.NDArray[np.str_]
) -> None:
    print(f"\n{title}")
    for name in (*_SPOKEN, *sorted(set(family) - set(_SPOKEN))):
        rows = family == name
        share = refused if name in _SPOKEN else ~refused
        word = "refused" if name in _SPOKEN else "passed"
        lines = "  ".join(
            f"{kind} {100 * share[rows & (line == kind)].mean():.2f}" for kind in np.unique(line[rows])
        )
        print(f"{name:20s} {word} {100 * share[rows].mean():6.2f} % of {rows.sum():5d} windows;  {lines}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("speech", type=Path)
    parser.add_argument("--music", type=Path)
    parser.add_argument("--unseen-music", type=Path)
    parser.add_argument("--draws", type=int, default=48, help="sounds of each family (default 48)")
    parser.add_argument("--save", type=Path)
    options = parser.parse_args()
    found = gather(Corpus(options.speech), options.music, options.unseen_music, options.draws)
    family, line = np.array(found.family), np.array(found.line)
    fold, stream = np.array(found.fold), np.array(found.stream)
    measured = np.stack(found.measured)
    truth = np.isin(family, _SPOKEN).astype(np.float64)
    spoken, known = family == "speech", family != "unseen music"
    start = Fit(measured[spoken].mean(axis=0), measured[spoken].std(axis=0), np.zeros(0))
    rows = start.terms(measured).astype(np.float64)

    def fitted(keep: npt.NDArray[np.bool_]) -> Floats:
        keep = keep & known
        return logistic(rows[keep], truth[keep], balanced(family[keep], line[keep]))

    likeness = np.empty(len(rows))
    for number in range(FOLDS):
        likeness[fold == number] = rows[fold == number] @ fitted(fold != number)
    for title, values in (("one window", likeness), ("mean of three windows", smoothed(likeness, stream))):
        least = float(np.quantile(values[spoken], _REFUSED))
        report(f"Cross-fitted, {title}, {100 * _REFUSED:g} % of speech refused", values < least, family, line)
    report("As shipped, by SpeechGate", ~np.array(found.admitted), family, line)
    if options.save:
        weights = fitted(known)
        # 0 is the operating point.
        weights[-1] -= np.quantile(smoothed(rows @ weights, stream)[spoken], _REFUSED)
        np.savez(
            options.save,
            mean=start.mean.astype(np.float32),
            spread=start.spread.astype(np.float32),
            weights=weights.astype(np.float32),
        )


if __name__ == "__main__":
    main()
