"""Cross-fitted tables: each lever alone and all of them together, on every pair of lines.

    python -m fitting.evaluate SPEECH_FOLDER SEGMENTS_FOLDER OUTPUTS_FOLDER STUDENT TABLES

Reads ``test.npz`` and ``fit.npz`` of fitting.segments, and the encoders' outputs ``stock.test.npy``,
``stock.fit.npy``, ``STUDENT.test.npy`` and ``STUDENT.fit.npy`` of fitting.embed. Writes ``TABLES.txt`` and
``TABLES.json``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from fitting.crossfit import Backends, cosine_scores, fitted_on, plda_scores
from fitting.embed import segment_embeddings
from fitting.segments import Segments
from fitting.speech import FOLDS, Corpus
from fitting.system import Conditions, band_pairs, crossfitted, net_terms
from fitting.trials import gallery_rows, probe_rows
from opusagent_voiceprint.evaluation.figures import Figure, bootstrap, pair_figures
from opusagent_voiceprint.evaluation.identification import Galleries, draw_galleries
from opusagent_voiceprint.evaluation.metrics import cllr, eer, frr
from opusagent_voiceprint.evaluation.trials import Trials

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Pair = tuple[str, str]
Scores = dict[Pair, Floats]

PAIRS: Final[tuple[Pair, ...]] = (
    ("wide", "wide"),
    ("mulaw", "mulaw"),
    ("alaw", "alaw"),
    ("gsm", "gsm"),
    ("wide", "mulaw"),
    ("mulaw", "wide"),
    ("wide", "gsm"),
    ("mulaw", "gsm"),
    ("gsm", "mulaw"),
    ("mulaw", "white15"),
    ("mulaw", "babble15"),
    ("mulaw", "white10"),
    ("mulaw", "babble10"),
    ("gsm", "gsm-babble15"),
    ("mulaw", "opus"),
    ("opus", "opus"),
    ("mulaw", "g723"),
    ("random", "random"),
)
OPEN: Final[tuple[Pair, ...]] = (
    ("wide", "wide"),
    ("mulaw", "mulaw"),
    ("gsm", "gsm"),
    ("wide", "mulaw"),
    ("mulaw", "gsm"),
    ("mulaw", "white15"),
    ("mulaw", "babble15"),
    ("random", "random"),
)
WITHIN: Final = 0.5
BETWEEN: Final = 0.3
FAR: Final = 1e-4
"""Of pairs, at the shipped operating point: at most 1 % of strangers named among 100 enrolled callers."""
STRICT: Final = 0.25
"""How far the shipped thresholds go from those of all lines together to those of the strictest pair."""
INDEPENDENCE: Final = 0.0
"""Several enrollments count as their mean; see :func:`~fitting.crossfit.plda_scores`."""
STOCK_PART: Final = 0.3
"""Of the stock network's embedding in the squared length of both networks' together."""
ALONE: Final = ("stock cosine", "distilled cosine", "stock PLDA", "distilled PLDA", "both PLDA")
SYSTEMS: Final = (*ALONE, "together", "both together")
"""``together`` runs the stock network for wideband only, ``both together`` runs both for everything."""
COLUMNS: Final = {"together": 2, "both together": 4}


def joined(student: Floats, stock: Floats) -> Floats:
    """Both networks' embeddings as one, of length one, shape (n, 512)."""
    return np.concatenate([np.sqrt(1 - STOCK_PART) * student, np.sqrt(STOCK_PART) * stock], axis=1)


class Bench:
    """All scores of all systems, for one or three enrollment calls and for probes of one kind."""

    def __init__(
        self, corpus: Corpus, test: Segments, fit: Segments, outputs: Path, student: str, parts: int = FOLDS
    ) -> None:
        self.fold, self.part, self.test = corpus.fold, corpus.parts(parts), test
        self._cache: dict[tuple[int, str, float], tuple[dict[Pair, Conditions], dict[str, Scores]]] = {}
        self.speakers = np.unique(test.speaker)

        def embeddings(name: str, leak: float) -> tuple[Floats, Floats]:
            return tuple(  # type: ignore[return-value]
                segment_embeddings(np.load(outputs / f"{name}.{which}.npy"), segments.start, leak)
                for which, segments in (("test", test), ("fit", fit))
            )

        self.stock, _ = embeddings("stock", 0.0)
        stock_leaky, stock_fit = embeddings("stock", 0.1)
        self.student, student_fit = embeddings(student, 0.1)
        part_of_fit = self.part[fit.speaker]
        self.backends = {
            "stock PLDA": Backends(fitted_on(stock_fit, fit, 0.3, 0.1), part_of_fit, stock_leaky),
            "distilled PLDA": Backends(
                fitted_on(student_fit, fit, WITHIN, BETWEEN), part_of_fit, self.student
            ),
            "both PLDA": Backends(
                fitted_on(joined(student_fit, stock_fit), fit, WITHIN, BETWEEN),
                part_of_fit,
                joined(self.student, stock_leaky),
            ),
        }

    def conditions(self, calls: int, kind: str, pairs: Sequence[Pair]) -> dict[Pair, Conditions]:
        found = {}
        for pair in pairs:
            gallery = gallery_rows(self.test, pair[0], calls, self.speakers)
            probes = probe_rows(self.test, pair[1], kind, self.speakers)
            if len(probes):
                found[pair] = Conditions(
                    np.array(list(gallery)), list(gallery.values()), probes, self.test.speaker[probes]
                )
        return found

    def scores(self, where: Mapping[Pair, Conditions], independence: float = 1.0) -> dict[str, Scores]:
        result: dict[str, Scores] = {name: {} for name in ALONE}
        for pair, part in where.items():
            result["stock cosine"][pair] = cosine_scores(self.stock, part.rows, part.probes)
            result["distilled cosine"][pair] = cosine_scores(self.student, part.rows, part.probes)
            for name, backends in self.backends.items():
                result[name][pair] = plda_scores(
                    backends,
                    part.rows,
                    self.part[part.callers],
                    part.probes,
                    self.part[part.speakers],
                    independence,
                )
        return result

    def features(
        self, scores: dict[str, Scores], where: Mapping[Pair, Conditions], system: str, *, net: bool
    ) -> dict[Pair, Floats]:
        """What a system's calibration sees: its score alone, or for ``together`` what the bands ask for."""
        result = {}
        for pair, part in where.items():
            if system == "both together":
                columns = [
                    scores[name][pair]
                    for name in ("both PLDA", "distilled PLDA", "distilled cosine", "stock cosine")
                ]
            elif system != "together":
                columns = [scores[system][pair]]
            else:
                both_wide = band_pairs(self.test, part) == 2
                columns = [
                    scores["distilled PLDA"][pair],
                    np.where(both_wide, scores["stock cosine"][pair], scores["distilled cosine"][pair]),
                ]
            stacked = np.stack(columns, axis=-1)
            result[pair] = np.concatenate([stacked, net_terms(self.test, part)], axis=-1) if net else stacked
        return result

    def bands(self, where: Mapping[Pair, Conditions]) -> dict[Pair, Ints]:
        return {pair: band_pairs(self.test, part) for pair, part in where.items()}

    def decided(
        self,
        system: str,
        far: float,
        *,
        calls: int = 1,
        kind: str = "probe-5",
        pairs: Sequence[Pair] = PAIRS,
        own_threshold: bool = True,
        independence: float = 1.0,
        net: bool = False,
        above_threshold: bool = True,
        strict: float = 0.0,
    ) -> dict[Pair, Trials]:
        """A system's calibrated scores of some pairs of lines, fitted on all of :data:`PAIRS`.

        Without ``own_threshold`` everything is fitted on trials with one enrollment call.
        """
        where, scores = self.scored(calls, kind, independence)
        single, scores_of_single = self.scored(calls if own_threshold else 1, kind, independence)
        wanted = {pair: where[pair] for pair in pairs if pair in where}
        return crossfitted(
            self.features(scores, wanted, system, net=net),
            self.bands(wanted),
            wanted,
            self.fold,
            far=far,
            scores=COLUMNS.get(system, 1),
            fit_on=(
                self.features(scores_of_single, single, system, net=net),
                self.bands(single),
                single,
            ),
            above_threshold=above_threshold,
            strict=strict,
        )

    def scored(
        self, calls: int, kind: str, independence: float
    ) -> tuple[dict[Pair, Conditions], dict[str, Scores]]:
        """All scores of :data:`PAIRS`, computed once."""
        key = (calls, kind, independence if calls > 1 else 1.0)
        if key not in self._cache:
            where = self.conditions(calls, kind, PAIRS)
            self._cache[key] = (where, self.scores(where, independence))
        return self._cache[key]


def error_rates(trials: Trials, rounds: int) -> tuple[Figure, Figure]:
    """EER, and FRR at FAR 0.1 %, in percent."""
    scores = trials.scores.ravel()
    found = pair_figures(
        trials,
        lambda own, others: {
            "EER": 100 * eer(scores[own], scores[others]),
            "FRR": 100 * frr(scores[own], scores[others]),
        },
        rounds=rounds,
    )
    return found["EER"], found["FRR"]


def shown(figure: Figure) -> str:
    return f"{figure.value:.1f} ({figure.low:.1f}-{figure.high:.1f})"


def identified(trials: dict[Pair, Trials], size: int, rounds: int = 200) -> dict[Pair, dict[str, Figure]]:
    """DIR, wrong names and FPIR in percent, at threshold 0 for galleries of ``size``."""
    result = {}
    for pair, part in trials.items():
        drawn = draw_galleries(part, size, seed=str(pair))

        def rates(rows: Ints, drawn: Galleries = drawn) -> dict[str, float]:
            taken = drawn.take(rows)
            return {
                "DIR": 100 * taken.named_right(0.0),
                "wrong": 100 * taken.named_wrong(0.0),
                "FPIR": 100 * taken.strangers_named(0.0),
            }

        result[pair] = bootstrap(drawn.speakers, rates, rounds=rounds, seed=str(pair))
    return result


def _pair_tables(bench: Bench, say: Callable[[str], None], data: dict[str, Any]) -> None:
    """Error rates of pairs."""
    single = bench.conditions(1, "probe-5", PAIRS)
    probes, callers = (len(getattr(single["mulaw", "mulaw"], each)) for each in ("probes", "callers"))
    impostors = (callers - 1) * probes
    trials = f"{probes} genuine and {impostors} impostor trials a row"
    say(f"{callers} callers, {trials}; intervals of 95 % by speaker.")
    say("Enrollment 6 s and probe 5 s of audio (median net speech 5.1 and 4.2 s). Lines are simulated.")
    for kind, pairs in (("probe-5", PAIRS), ("probe-3", PAIRS)):
        say(f"\nEER / FRR at FAR 0.1 % in percent, {kind[-1]} s probes, one enrollment call")
        heading = f"{'enroll / probe':22s}" + "".join(f"{name:>17s}" for name in SYSTEMS)
        say(heading + "   the last with intervals")
        where = bench.conditions(1, kind, pairs)
        plain = bench.scores(where)
        raw = {
            name: {p: Trials(plain[name][p], w.callers, w.speakers) for p, w in where.items()}
            for name in ALONE
        }
        for name in COLUMNS:
            raw[name] = bench.decided(name, FAR, kind=kind, pairs=pairs, above_threshold=False)
        means: dict[str, list[tuple[float, float]]] = {name: [] for name in SYSTEMS}
        for pair in where:
            row = f"{pair[0] + ' / ' + pair[1]:22s}"
            for name in SYSTEMS:
                rates = error_rates(raw[name][pair], 100 if name in {SYSTEMS[0], *COLUMNS} else 1)
                means[name].append((rates[0].value, rates[1].value))
                data.setdefault(f"pairs {kind}", {}).setdefault(" / ".join(pair), {})[name] = {
                    "EER": asdict(rates[0]),
                    "FRR at FAR 0.1 %": asdict(rates[1]),
                }
                row += f"{rates[0].value:11.1f} /{rates[1].value:4.0f}"
            say(row + f"   {shown(rates[0])} / {shown(rates[1])}")
        say(
            f"{'mean':22s}" + "".join("{:11.2f} /{:4.0f}".format(*np.mean(means[n], axis=0)) for n in SYSTEMS)
        )


def _open_tables(bench: Bench, say: Callable[[str], None], data: dict[str, Any]) -> None:
    """Open-set identification."""
    shipped: dict[str, Any] = {"strict": STRICT}
    returned: dict[str, Any] = {"calls": 3, "own_threshold": False, "independence": INDEPENDENCE}
    tables: list[tuple[str, int, float, dict[str, Any]]] = [
        ("60 enrolled, one call, thresholds for FPIR 1 % of 60", 60, 0.01 / 60, {}),
        ("60 enrolled, one call, thresholds for FPIR 1 % of 100", 60, FAR, {}),
        ("60 enrolled, one call, the shipped operating point", 60, FAR, shipped),
        ("60 enrolled, three calls, the shipped operating point", 60, FAR, shipped | returned),
        (
            "60 enrolled, three calls by the book, thresholds of one call",
            60,
            FAR,
            returned | {"independence": 1.0},
        ),
        ("60 enrolled, three calls, thresholds of their own", 60, 0.01 / 60, {"calls": 3}),
        ("a known number of three, one call, FPIR 1 % of 3", 3, 0.01 / 3, shipped),
        ("a known number of three, three calls, thresholds of one call", 3, 0.01 / 3, shipped | returned),
    ]
    for title, size, far, extra in tables:
        say(f"\n{title}: DIR / wrong name / FPIR in percent")
        say(" " * 24 + "".join(f"{a + '/' + b:>18s}" for a, b in OPEN))
        for name in SYSTEMS:
            found = identified(bench.decided(name, far, pairs=OPEN, **extra), size)
            row = f"{name:24s}"
            for pair in OPEN:
                named = found[pair]
                row += "{:9.0f} /{:3.0f} /{:4.1f}".format(*(named[k].value for k in ("DIR", "wrong", "FPIR")))
                data.setdefault(title, {}).setdefault(name, {})[" / ".join(pair)] = {
                    key: asdict(rate) for key, rate in named.items()
                }
            say(row)
            if name in COLUMNS:
                spans = [
                    f"{r['DIR'].low:.0f}-{r['DIR'].high:.0f} / {r['FPIR'].low:.1f}-{r['FPIR'].high:.1f}"
                    for r in found.values()
                ]
                say(" " * 24 + "".join(f"{span:>18s}" for span in spans))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("speech", "segments", "outputs"):
        parser.add_argument(name, type=Path)
    parser.add_argument("student")
    parser.add_argument("tables", type=Path)
    options = parser.parse_args()
    test, fit = (Segments.load(options.segments / f"{name}.npz") for name in ("test", "fit"))
    bench = Bench(Corpus(options.speech), test, fit, options.outputs, options.student)
    lines: list[str] = []
    data: dict[str, Any] = {}

    def say(text: str) -> None:
        lines.append(text)
        print(text, flush=True)

    _pair_tables(bench, say, data)
    for name in SYSTEMS:
        ratios = bench.decided(name, FAR, above_threshold=False)
        lost = float(np.mean([cllr(part.genuine, part.impostor) for part in ratios.values()]))
        say(f"Cllr of {name}, calibrated, mean over the pairs of lines: {lost:.3f}")
        data.setdefault("Cllr", {})[name] = lost
    _open_tables(bench, say, data)
    options.tables.with_suffix(".txt").write_text("\n".join(lines) + "\n")
    options.tables.with_suffix(".json").write_text(json.dumps(data, indent=1) + "\n")


if __name__ == "__main__":
    main()
