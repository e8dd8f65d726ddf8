"""The decision while listening: who is named when, and how many strangers are named over a whole call.

    python sequential.py SPEECH_FOLDER SEGMENTS_FOLDER OUTPUTS_FOLDER STUDENT

Every window of a stream is scored as on a call, by cross-fitted parameters (fitting.evaluate), and the rule
is asked after each. Needs ``streams.npz`` of fitting.streams and ``stock.streams.npy`` and
``STUDENT.streams.npy`` of fitting.embed besides what fitting.evaluate reads.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from fitting.backend import unit_rows
from fitting.crossfit import plda_scores
from fitting.embed import window_embeddings
from fitting.scores import FAR, INDEPENDENCE, STRICT, Bench
from fitting.segments import Segments
from fitting.speech import FOLDS, Corpus
from fitting.streams import Streams
from fitting.system import NOISY_BELOW_DB, WIDE_ABOVE_DB, Operating, fit_operating
from fitting.trials import gallery_rows

from opusagent_voiceprint.evaluation.operating import tail_threshold
from opusagent_voiceprint.evaluation.seeds import seeded
from opusagent_voiceprint.matching import DecisionRule, similarity_of
from opusagent_voiceprint.models import Decision
from opusagent_voiceprint.settings import VoiceFingerprintConfig

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Pair = tuple[str, str]

LINES: Final[tuple[Pair, ...]] = (
    ("wide", "wide"),
    ("mulaw", "mulaw"),
    ("gsm", "gsm"),
    ("wide", "mulaw"),
    ("mulaw", "gsm"),
    ("mulaw", "white15"),
    ("mulaw", "babble15"),
    ("mulaw", "white10"),
    ("mulaw", "clipped"),
    ("random", "random"),
)
REPEATED: Final = LINES[:6]
"""Where callers are enrolled by three calls as well, to see how many strangers are named then."""
TAILS: Final = ((1.5, 1.8), (2.9, 3.3), (4.4, 5.0), (6.6, 8.2))
HOUSEHOLD: Final = 3
"""Callers whose number is calling, where it is known."""


@dataclass(frozen=True)
class Calls:
    """Scored streams of one pair of lines.

    ``above``: log likelihood ratios above the operating point, shape (calls, callers, windows); ``seconds``
    of net speech, ``quality`` and ``clipped`` fraction: shape (calls, windows); all are NaN after a stream's
    end. ``own``: of each call, the index of the speaker among the callers.
    """

    above: Floats
    seconds: Floats
    quality: Floats
    clipped: Floats
    own: Ints


class Scorer:
    """Scores the windows of streams against everybody enrolled."""

    def __init__(self, bench: Bench, streams: Streams, outputs: Path, student: str) -> None:
        self._bench, self._streams = bench, streams
        self._student, self._stock = (
            self._running(np.load(outputs / f"{name}.streams.npy"), leak)
            for name, leak in ((student, 0.1), ("stock", 0.0))
        )
        self._offset = len(bench.student)
        self._backends = bench.backends["distilled PLDA"].with_embeddings(
            np.concatenate([bench.student, self._student])
        )
        self._operating = [self._fitted(fold) for fold in range(FOLDS)]

    def _running(self, raw: npt.NDArray[np.float32], leak: float) -> Floats:
        """The embedding of each stream up to each window, shape (windows, 256)."""
        windows = window_embeddings(raw, leak)
        start = self._streams.start
        parts = [windows[a:b].cumsum(axis=0) for a, b in pairwise(start)]
        return unit_rows(np.concatenate(parts))

    def _fitted(self, left_out: int) -> Operating:
        """Calibration and thresholds for probes of one fold, fitted as they are shipped."""
        bench = self._bench
        where, scores = bench.scored(1, "probe-5", 1.0)
        features = bench.features(scores, where, "together", net=False)
        bands = bench.bands(where)
        xs, ys, bs = [], [], []
        for pair, part in where.items():
            grid = np.ix_(bench.fold[part.callers] != left_out, bench.fold[part.speakers] != left_out)
            xs.append(features[pair][grid].reshape(-1, 2))
            ys.append((part.callers[:, None] == part.speakers[None])[grid].ravel())
            bs.append(bands[pair][grid].ravel())
        return fit_operating(xs, ys, bs, far=FAR, scores=2, strict=STRICT)

    def calls(self, pair: Pair, kind: str, enrollments: int = 1) -> Calls:
        """All streams of a kind on the second of two lines, against callers enrolled on the first."""
        bench, streams = self._bench, self._streams
        gallery = gallery_rows(bench.test, pair[0], enrollments, bench.speakers)
        callers = np.array(list(gallery))
        rows = list(gallery.values())
        of_callers = bench.test.known
        chosen = np.flatnonzero((streams.kind == kind) & (streams.line == pair[1]))
        windows = np.concatenate([np.arange(streams.start[i], streams.start[i + 1]) for i in chosen])
        speakers = np.repeat(streams.speaker[chosen], np.diff(streams.start)[chosen])
        heard = streams.heard[windows].astype(np.float64)
        plda = plda_scores(
            self._backends,
            rows,
            bench.part[callers],
            self._offset + windows,
            bench.part[speakers],
            INDEPENDENCE,
        )
        wide = np.array([(of_callers[each, 4] > WIDE_ABOVE_DB).mean() > 0.5 for each in rows])
        bands = wide[:, None].astype(np.int64) + (heard[:, 4] > WIDE_ABOVE_DB)[None]
        snr_db = np.array([of_callers[each, 2].mean() for each in rows])
        least = np.minimum(snr_db[:, None], heard[None, :, 2])
        stock, student = (
            unit_rows(np.stack([enrolled[each].mean(axis=0) for each in rows])) @ heard_by[windows].T
            for enrolled, heard_by in ((bench.stock, self._stock), (bench.student, self._student))
        )
        cosine = np.where(bands == 2, stock, student)
        bands = np.where((least < NOISY_BELOW_DB) & (bands < 2), bands + 3, bands)
        features = np.stack([plda, cosine], axis=-1)
        above = np.empty(bands.shape)
        for fold, operating in enumerate(self._operating):
            own = bench.fold[speakers] == fold
            above[:, own] = operating.apply(features[:, own], bands[:, own])
        lengths = np.diff(streams.start)[chosen]
        filled = np.arange(lengths.max())[None] < lengths[:, None]
        padded = np.full((len(chosen), lengths.max(), len(callers)), np.nan)
        padded[filled] = above.T
        known = np.full((3, *filled.shape), np.nan)
        known[:, filled] = heard[:, [0, 1, 3]].T
        index = np.searchsorted(callers, streams.speaker[chosen])
        return Calls(padded.transpose(0, 2, 1), known[0], known[1], known[2], index)


def tails(strangers: dict[Pair, Calls]) -> None:
    """Print which log likelihood ratio one pair of strangers in ten thousand exceeds, by seconds."""
    print("\nnats above the operating point that a pair of strangers in 10,000 exceeds, by net speech")
    for pair, calls in strangers.items():
        row = f"  {' / '.join(pair):16s}"
        for low, high in TAILS:
            chosen = (calls.seconds >= low) & (calls.seconds < high)
            scores = calls.above.transpose(0, 2, 1)[chosen]
            own = np.repeat(calls.own[:, None], chosen.shape[1], axis=1)[chosen]
            others = np.arange(scores.shape[1])[None] != own[:, None]
            row += f"  {low:.1f}-{high:.1f} s {tail_threshold(scores[others], FAR):5.1f}"
        print(row, flush=True)


@dataclass(frozen=True)
class Result:
    """How a call ended: its decision, who was named if anybody, and on how much net speech.

    PENDING where the speech ended before a decision.
    """

    decision: Decision
    named: int | None
    seconds: float


def listened(rule: DecisionRule, calls: Calls, row: int, gallery: Ints, known: int) -> Result:
    """Decide one call window by window, as calls do; the first ``known`` of a gallery have its number."""
    seconds = calls.seconds[row][~np.isnan(calls.seconds[row])]
    household = [str(each) for each in gallery[:known]]
    result = Result(Decision.PENDING, None, float(seconds[-1]))
    for window, now in enumerate(seconds):
        similarity = similarity_of(calls.above[row, gallery, window])
        best = np.argsort(-similarity)[:5]
        near = {str(gallery[each]): float(similarity[each]) for each in (*best, *range(known))}
        found = rule.decide(
            sorted(near.items(), key=lambda each: -each[1]),
            float(now),
            float(calls.quality[row, window]),
            clipped_fraction=float(calls.clipped[row, window]),
            known=household,
        )
        if found.caller_id is not None:
            return Result(found.decision, int(found.caller_id), float(now))
        if result.decision is Decision.PENDING and found.decision is not Decision.PENDING:
            result = Result(found.decision, None, float(now))
        # As in calls: an unknown voice is scored for a while yet.
        if now > 2 * rule.max_speech:
            break
    return result


def _galleries(calls: Calls, row: int, size: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """A random gallery with the caller of a call, first in it, and one without."""
    own = int(calls.own[row])
    others = rng.permutation(np.delete(np.arange(calls.above.shape[1]), own))
    return np.append(own, others[: size - 1]), others[:size]


def report(
    rule: DecisionRule,
    returning: dict[Pair, Calls],
    strangers: dict[Pair, Calls],
    *,
    size: int,
    known: int,
    draws: int,
) -> None:
    """Print a table."""
    print(f"\n{size} enrolled" + (f", the number known as that of {known}" if known else ""))
    for pair, own in returning.items():
        other = strangers[pair]
        rng = seeded("sequential", pair, size, known)
        mine, theirs = [], []
        for _ in range(draws):
            for row in range(len(own.own)):
                gallery, _ = _galleries(own, row, size, rng)
                mine.append((listened(rule, own, row, gallery, known), int(own.own[row])))
            for row in range(len(other.own)):
                _, gallery = _galleries(other, row, size, rng)
                theirs.append(listened(rule, other, row, gallery, known))
        right = np.array([found.named == who for found, who in mine])
        wrong = np.array([found.named not in {None, who} for found, who in mine])
        ambiguous = np.array([found.decision is Decision.AMBIGUOUS for found, _ in mine])
        after = np.array([found.seconds for found, _ in mine])
        named = np.array([found.named is not None for found in theirs])
        given_up = np.array([found.seconds for found in theirs])[~named]
        everybody = np.where(right, after, np.inf)
        print(
            f"  {' / '.join(pair):16s} right {100 * right.mean():5.1f}  wrong {100 * wrong.mean():4.1f}"
            f"  ambiguous {100 * ambiguous.mean():4.1f}  FPIR over the call {100 * named.mean():4.1f}"
            f"  seconds to the name: median {np.median(after[right]):.1f}, 90 %"
            f" {np.quantile(after[right], 0.9):.1f}, of all callers {np.median(everybody):.1f};"
            f" to unknown {np.median(given_up):.1f}"
            f"  ({len(own.own)} calls, {len(other.own)} of strangers)",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("speech", "segments", "outputs"):
        parser.add_argument(name, type=Path)
    parser.add_argument("student")
    parser.add_argument("--draws", type=int, default=5, help="galleries for each call (default 5)")
    options = parser.parse_args()
    test, fit = (Segments.load(options.segments / f"{name}.npz") for name in ("test", "fit"))
    bench = Bench(Corpus(options.speech), test, fit, options.outputs, options.student)
    streams = Streams.load(options.segments / "streams.npz")
    scorer = Scorer(bench, streams, options.outputs, options.student)
    returning = {pair: scorer.calls(pair, "returning") for pair in LINES}
    strangers = {pair: scorer.calls(pair, "whole") for pair in LINES}
    rule = DecisionRule.of(VoiceFingerprintConfig())
    print(rule)
    for size, known, draws in ((60, 0, options.draws), (98, 0, 1), (60, HOUSEHOLD, options.draws)):
        report(rule, returning, strangers, size=size, known=known, draws=draws)
    tails(strangers)
    # Where there is one recording of a speaker, the second and third enrollment overlap what is returned
    # with, so that only strangers can be told.
    print("\n60 enrolled by three calls, strangers:")
    for pair in REPEATED:
        calls = scorer.calls(pair, "whole", 3)
        rng = seeded("sequential", pair, "three calls")
        named = [
            listened(rule, calls, row, _galleries(calls, row, 60, rng)[1], 0).named is not None
            for _ in range(options.draws)
            for row in range(len(calls.own))
        ]
        print(f"  {' / '.join(pair):16s} FPIR over the call {100 * np.mean(named):.1f}", flush=True)


if __name__ == "__main__":
    main()
