"""Scores of every system on every pair of lines, cross-fitted: each lever alone and all of them together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from fitting.crossfit import Backends, cosine_scores, fitted_on, plda_scores
from fitting.embed import segment_embeddings
from fitting.segments import Segments
from fitting.speech import FOLDS, Corpus
from fitting.system import Conditions, band_pairs, crossfitted, net_terms
from fitting.trials import gallery_rows, probe_rows
from opusagent_voiceprint.evaluation.trials import Trials

__all__ = [
    "ALONE",
    "BETWEEN",
    "COLUMNS",
    "FAR",
    "INDEPENDENCE",
    "PAIRS",
    "STRICT",
    "SYSTEMS",
    "WITHIN",
    "Bench",
]

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
