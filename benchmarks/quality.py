"""Fits and checks the quality score (``audio/quality.py``): the chance that the right caller passes.

    python benchmarks/quality.py SPEECH SEGMENTS_FOLDER OUTPUTS_FOLDER STUDENT CACHE.npz --students MODEL...

Needs what fitting.segments and fitting.embed made. Probes are drawn from the last 5 s of speakers who are
enrolled on 6 s over mu-law (wideband probes: over a wide line): 1 to 5 s, over wide, mu-law and GSM lines,
with and without noise (0 to 25 dB), overdriven before or after the line, at -60 to -15 dBFS. A trial passes
when its PLDA score exceeds what 1 % of strangers reach, all probes of a band together. Encoder and back-end
are cross-fitted: nobody is scored by anything that was fitted on them. A logistic regression on what the
product knows of a probe is fitted by the other folds; reliability by band of score, and the area under the
ROC, are printed; and what part of enrollments of 5 and 6 s the default VOICE_MIN_AUDIO_QUALITY refuses.
"""

from __future__ import annotations

import argparse
import itertools
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from fitting.crossfit import Backends, fitted_on, plda_scores
from fitting.embed import segment_embeddings
from fitting.network import load_weights, outputs
from fitting.segments import Segments
from fitting.speech import FOLDS, Corpus, Samples, seeded
from fitting.trials import gallery_rows

from opusagent_voiceprint.audio import SpeechTotals
from opusagent_voiceprint.encoding import ResemblyzerEncoder, SpeechStream
from opusagent_voiceprint.encoding.features import mel_frames
from opusagent_voiceprint.evaluation.lines import Line, through_line

Floats = npt.NDArray[np.float64]
_RATE: Final = 16_000
_SPEC: Final = ResemblyzerEncoder().window
_DRAWS: Final = 40
_MIN_QUALITY: Final = 0.6
_ENROLLMENT_LINES: Final = (
    "wide",
    "mulaw",
    "alaw",
    "gsm",
    "mulaw+white20",
    "mulaw+white15",
    "mulaw+babble15",
    "mulaw+white10",
)
_KNOWN: Final = ("net_speech_seconds", "level_spread_db", "crest_db", "snr_db", "clipped_fraction", "score")


def totals_of(samples: Samples) -> tuple[SpeechTotals, list[Samples]]:
    stream = SpeechStream(_SPEC)
    windows = [*stream.push(samples), *stream.finish()]
    return stream.quality.totals, [each.samples for each in windows]


def degraded(speech: Samples, rng: np.random.Generator, others: list[Samples]) -> tuple[Samples, str]:
    """A piece of speech over a random line, noisy, overdriven or quiet."""
    seconds = rng.uniform(1.0, 5.0)
    at = int(rng.uniform(0, max(1, len(speech) - seconds * _RATE)))
    piece = speech[at : at + int(seconds * _RATE)]
    line = str(rng.choice(["wide", "mulaw", "mulaw", "gsm"]))
    level = 10 ** (rng.uniform(-60, -15) / 20) / np.sqrt(np.mean(piece**2) + 1e-12)
    if rng.random() < 0.4:
        level = 10 ** (rng.uniform(0, 24) / 20) / np.abs(piece).max()
    piece = np.clip(piece * level, -1.0, 1.0).astype(np.float32)
    name = line
    if line != "wide" and rng.random() < 0.6:
        name += f"+{rng.choice(['white', 'pink', 'babble', 'brown'])}{int(rng.integers(0, 26))}"
    heard = through_line(piece, Line.named(name), rng, others)
    if rng.random() < 0.25:
        # Overdriven where it is received, after the line.
        gain = 10 ** (rng.uniform(0, 30) / 20) / np.abs(heard).max()
        heard = np.clip(heard * gain, -1.0, 1.0).astype(np.float32)
    return heard, line


def prepare(corpus: Corpus, test: Segments, students: list[Path], cache: Path) -> None:
    networks = [load_weights(path) for path in students]
    raw, count, rows = [], [], []
    for who in np.unique(test.speaker[test.kind == "probe-5"]):
        recording = [r for r in corpus.recordings if r.speaker == who][-1]
        fold = int(corpus.fold[who])
        others = [r.samples for r in corpus.of_fold(fold) if r.speaker != who]
        for draw in range(_DRAWS):
            heard, line = degraded(recording.samples[-5 * _RATE :], seeded("quality", who, draw), others)
            totals, windows = totals_of(heard)
            if windows:
                raw.append(outputs(networks[fold], mel_frames(np.stack(windows)), fast=True))
                count.append(len(windows))
                rows.append((who, line == "wide", *(getattr(totals, name) for name in _KNOWN)))
    np.savez(
        cache, raw=np.concatenate(raw), start=np.cumsum([0, *count]), rows=np.array(rows, dtype=np.float64)
    )


def enrollments_refused(corpus: Corpus) -> None:
    for seconds in (5, 6):
        parts = []
        for line in (
            "wide",
            "mulaw",
            "alaw",
            "gsm",
            "mulaw+white20",
            "mulaw+white15",
            "mulaw+babble15",
            "mulaw+white10",
        ):
            scores, net = [], []
            for recording in corpus.recordings:
                if len(recording.samples) >= seconds * _RATE:
                    rng = seeded("enroll", line, recording.path.name)
                    others = [r.samples for r in corpus.recordings[:40] if r.speaker != recording.speaker]
                    totals, _ = totals_of(
                        through_line(recording.samples[: seconds * _RATE], Line.named(line), rng, others)
                    )
                    scores.append(totals.score)
                    net.append(totals.net_speech_seconds)
            refused = 100 * np.mean(np.array(scores) < _MIN_QUALITY)
            parts.append(f"{line} {refused:.1f} of {len(scores)} (median net {np.median(net):.1f} s)")
        print(f"refused at {_MIN_QUALITY} of {seconds} s of audio, in percent: " + "; ".join(parts))


def area(score: Floats, passed: npt.NDArray[np.bool_]) -> float:
    order = np.argsort(np.argsort(score)) + 1.0
    good, bad = passed.sum(), (~passed).sum()
    return float((order[passed].sum() - good * (good + 1) / 2) / (good * bad))


def reliability(title: str, score: Floats, passed: npt.NDArray[np.bool_]) -> None:
    print(f"\n{title}: area under the ROC {area(score, passed):.3f}")
    edges = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0001)
    for low, high in itertools.pairwise(edges):
        rows = (score >= low) & (score < high)
        if rows.any():
            rate = 100 * passed[rows].mean()
            print(f"  {low:.1f} to {high:.1f}: {rows.sum():5d} probes, passed {rate:3.0f} %")


def terms(known: Floats) -> Floats:
    """What is weighted: 1, log of net seconds, level spread and crest, as far as they matter."""
    net, spread, crest = known.T[:3]
    columns = [np.ones(len(net)), np.log(net), np.minimum(spread, 8.0), np.minimum(crest, 12.0)]
    return np.stack(columns, axis=1)


def terms_of_pauses(known: Floats) -> Floats:
    """For comparison: 1, log of net seconds, SNR by the pauses, log of the part at full scale."""
    net, _, _, snr, clipped = known.T[:5]
    return np.stack([np.ones(len(net)), np.log(net), snr, np.log10(clipped + 1e-4)], axis=1)


def crossfitted(design: Floats, fold: npt.NDArray[np.int64], passed: npt.NDArray[np.bool_]) -> Floats:
    """The chance of each probe, by what was fitted on the other folds."""
    chance = np.empty(len(design))
    for number in range(FOLDS):
        keep = fold != number
        weights = logistic(design[keep], passed[keep].astype(np.float64))
        chance[~keep] = 1 / (1 + np.exp(-design[~keep] @ weights))
    return chance


def logistic(rows: Floats, truth: Floats) -> Floats:
    weights = np.zeros(rows.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-rows @ weights))
        curvature = (rows * (chance * (1 - chance))[:, None]).T @ rows + 1e-6 * np.eye(rows.shape[1])
        weights += np.linalg.solve(curvature, rows.T @ (truth - chance))
    return weights


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("speech", "segments", "outputs"):
        parser.add_argument(name, type=Path)
    parser.add_argument("student")
    parser.add_argument("cache", type=Path)
    parser.add_argument("--students", type=Path, nargs=FOLDS, required=True)
    options = parser.parse_args()
    torch.set_num_threads(1)
    corpus = Corpus(options.speech)
    test = Segments.load(options.segments / "test.npz")
    if not options.cache.exists():
        prepare(corpus, test, options.students, options.cache)
    enrollments_refused(corpus)
    with np.load(options.cache) as arrays:
        probes, rows = segment_embeddings(arrays["raw"], arrays["start"]), arrays["rows"]
    speaker, wide, known = rows[:, 0].astype(int), rows[:, 1] > 0, rows[:, 2:]
    enrolled = segment_embeddings(np.load(options.outputs / f"{options.student}.test.npy"), test.start)
    fit = Segments.load(options.segments / "fit.npz")
    of_fit = segment_embeddings(np.load(options.outputs / f"{options.student}.fit.npy"), fit.start)
    backends = Backends(
        fitted_on(of_fit, fit, 0.5, 0.3), corpus.fold[fit.speaker], np.concatenate([enrolled, probes])
    )
    passed = np.zeros(len(rows), dtype=bool)
    for band, line in ((True, "wide"), (False, "mulaw")):
        gallery = gallery_rows(test, line, 1, np.unique(speaker))
        callers, mine = np.array(list(gallery)), np.flatnonzero(wide == band)
        scores = plda_scores(
            backends,
            list(gallery.values()),
            corpus.fold[callers],
            mine + len(enrolled),
            corpus.fold[speaker[mine]],
        )
        own = callers[:, None] == speaker[mine][None]
        least = np.quantile(scores[~own], 0.99)
        passed[mine] = (scores * own).sum(axis=0) >= least
    print(f"\n{len(rows)} probes of {len(set(speaker))} speakers, passed {100 * passed.mean():.0f} %")
    reliability("The score as shipped", known[:, -1], passed)
    fold = corpus.fold[speaker]
    fitted = crossfitted(terms(known), fold, passed)
    reliability("Fitted by the other folds", fitted, passed)
    for name, part in (("wide", wide), ("telephone", ~wide)):
        reliability(f"Fitted by the other folds, {name} lines", fitted[part], passed[part])
    by_pauses = crossfitted(terms_of_pauses(known), fold, passed)
    reliability("By SNR of the pauses and samples at full scale, likewise", by_pauses, passed)
    print("\nweights fitted on everything:", logistic(terms(known), passed.astype(np.float64)).round(3))


if __name__ == "__main__":
    main()
