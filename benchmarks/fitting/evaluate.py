"""Cross-fitted tables: each lever alone and all of them together, on every pair of lines.

    python -m fitting.evaluate SPEECH_FOLDER SEGMENTS_FOLDER OUTPUTS_FOLDER STUDENT TABLES

Reads ``test.npz`` and ``fit.npz`` of fitting.segments, and the encoders' outputs ``stock.test.npy``,
``stock.fit.npy``, ``STUDENT.test.npy`` and ``STUDENT.fit.npy`` of fitting.embed. Writes ``TABLES.txt`` and
``TABLES.json``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from fitting.scores import ALONE, COLUMNS, FAR, INDEPENDENCE, PAIRS, STRICT, SYSTEMS, Bench
from fitting.segments import Segments
from fitting.speech import Corpus
from opusagent_voiceprint.evaluation.figures import Figure, bootstrap, pair_figures
from opusagent_voiceprint.evaluation.identification import Galleries, draw_galleries
from opusagent_voiceprint.evaluation.metrics import cllr, eer, frr
from opusagent_voiceprint.evaluation.trials import Trials

Ints = npt.NDArray[np.int64]
Pair = tuple[str, str]

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
