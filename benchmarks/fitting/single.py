"""One decision on 5 s, as ``match_caller`` makes it, on cross-fitted scores of everybody.

    python -m fitting.single SPEECH_FOLDER SEGMENTS_FOLDER OUTPUTS_FOLDER STUDENT

What fitting.evaluate reads, decided by the package's rule at default settings, so that speech of this length
and quality has to clear the bar that it has to clear there. Random galleries of 60, each probe with its
speaker and without; intervals of 95 %, by speaker.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from fitting.scores import FAR, INDEPENDENCE, STRICT, Bench
from fitting.segments import Segments
from fitting.speech import Corpus
from opusagent_voiceprint.evaluation.figures import bootstrap
from opusagent_voiceprint.evaluation.seeds import seeded
from opusagent_voiceprint.matching import DecisionRule, similarity_of
from opusagent_voiceprint.settings import VoiceFingerprintConfig

LINES: Final = (
    ("wide", "wide"),
    ("mulaw", "mulaw"),
    ("gsm", "gsm"),
    ("wide", "mulaw"),
    ("mulaw", "gsm"),
    ("mulaw", "white15"),
)
SIZE: Final = 60
HOUSEHOLD: Final = 3


def named(
    rule: DecisionRule,
    above: npt.NDArray[np.float64],
    gallery: npt.NDArray[np.int64],
    known: int,
    heard: npt.NDArray[np.float32],
) -> int | None:
    """Which caller of a gallery is named; ``heard`` is a row of :attr:`Segments.known`."""
    similarity = similarity_of(above[gallery].astype(np.float32))
    best = np.argsort(-similarity)[:5]
    near = {str(gallery[each]): float(similarity[each]) for each in (*best, *range(known))}
    found = rule.decide(
        sorted(near.items(), key=lambda each: -each[1]),
        float(heard[0]),
        float(heard[1]),
        clipped_fraction=float(heard[3]),
        known=[str(each) for each in gallery[:known]],
        final=True,
    )
    return None if found.caller_id is None else int(found.caller_id)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("speech", "segments", "outputs"):
        parser.add_argument(name, type=Path)
    parser.add_argument("student")
    parser.add_argument("--draws", type=int, default=10, help="galleries for each probe (default 10)")
    options = parser.parse_args()
    test, fit = (Segments.load(options.segments / f"{name}.npz") for name in ("test", "fit"))
    bench = Bench(Corpus(options.speech), test, fit, options.outputs, options.student)
    rule = DecisionRule.of(VoiceFingerprintConfig())
    for calls in (1, 3):
        trials = bench.decided(
            "together",
            FAR,
            calls=calls,
            pairs=LINES,
            own_threshold=False,
            independence=INDEPENDENCE,
            strict=STRICT,
        )
        where, _ = bench.scored(calls, "probe-5", INDEPENDENCE)
        for known in (0, HOUSEHOLD):
            print(f"\n{SIZE} enrolled, calls: {calls}" + (f", a known number of {known}" if known else ""))
            for pair, part in trials.items():
                rng = seeded("single", pair, calls, known)
                rates: dict[str, list[float]] = {"DIR": [], "wrong": [], "FPIR": []}
                for column, probe in enumerate(where[pair].probes):
                    own = int(np.flatnonzero(part.callers == part.probes[column])[0])
                    others = np.delete(np.arange(len(part.callers)), own)
                    outcomes = []
                    for _ in range(options.draws):
                        drawn = rng.permutation(others)[:SIZE]
                        heard, above = test.known[probe], part.scores[:, column]
                        found = named(rule, above, np.append(own, drawn[1:]), known, heard)
                        stranger = named(rule, above, drawn, known, heard)
                        outcomes.append((found == own, found not in {None, own}, stranger is not None))
                    for name, share in zip(rates, 100 * np.mean(outcomes, axis=0), strict=True):
                        rates[name].append(float(share))
                shown = bootstrap(
                    part.probes,
                    lambda rows, rates=rates: {  # type: ignore[misc]
                        name: float(np.mean(np.array(values)[rows])) for name, values in rates.items()
                    },
                )
                print(
                    f"  {' / '.join(pair):16s} "
                    + "  ".join(
                        f"{name} {each.value:5.1f} ({each.low:.1f}-{each.high:.1f})"
                        for name, each in shown.items()
                    )
                    + f"  {len(part.probes)} probes of {len(np.unique(part.probes))} speakers",
                    flush=True,
                )


if __name__ == "__main__":
    main()
