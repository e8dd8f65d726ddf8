"""Everything that is measured of one condition: a pair of lines and a length of probes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint.evaluation.figures import Figure, bootstrap, pair_figures
from opusagent_voiceprint.evaluation.identification import Galleries, draw_galleries
from opusagent_voiceprint.evaluation.metrics import cllr, error_rates, min_cllr
from opusagent_voiceprint.evaluation.results import Condition, Curves, Interval
from opusagent_voiceprint.evaluation.scoring import Scored
from opusagent_voiceprint.evaluation.trials import Trials
from opusagent_voiceprint.matching import CLASSES

__all__ = ["measure"]

Ints = npt.NDArray[np.int64]

_DET_POINTS: Final = 400
_BINS: Final = 60


def _of_pairs(trials: Trials) -> Callable[[Ints, Ints], Mapping[str, float]]:
    scores = trials.scores.ravel()
    ratios = (trials.scores if trials.ratios is None else trials.ratios).ravel()
    thresholds = np.zeros(len(trials.probes)) if trials.thresholds is None else trials.thresholds
    accepted = (trials.scores >= thresholds).ravel()

    def of(genuine: Ints, impostor: Ints) -> Mapping[str, float]:
        rates = error_rates(scores[genuine], scores[impostor])
        return {
            "eer": rates.eer,
            "min_dcf_1e-2": rates.min_dcf(0.01),
            "min_dcf_1e-3": rates.min_dcf(0.001),
            "far": float(accepted[impostor].mean()),
            "frr": float((~accepted[genuine]).mean()),
            "cllr": cllr(ratios[genuine], ratios[impostor]),
            "min_cllr": min_cllr(ratios[genuine], ratios[impostor]),
        }

    return of


def _of_galleries(trials: Trials, drawn: Galleries, margin: float) -> Callable[[Ints], Mapping[str, float]]:
    thresholds = np.zeros(len(trials.probes)) if trials.thresholds is None else trials.thresholds
    thresholds = np.append(thresholds, np.full(int(drawn.refused.sum()), np.inf))

    def of(rows: Ints) -> Mapping[str, float]:
        part, needed = drawn.take(rows), thresholds[rows]
        return {
            "dir_at_fpir_1e-2": part.dir_at_fpir(0.01),
            "dir_at_fpir_1e-3": part.dir_at_fpir(0.001),
            "dir": part.named_right(needed, margin),
            "wrong": part.named_wrong(needed, margin),
            "fpir": part.strangers_named(needed, margin),
        }

    return of


def measure(
    scored: Scored,
    *,
    enroll: str,
    probe: str,
    seconds: float,
    gallery: int,
    margin: float,
    rounds: int,
    draws: int,
    seed: int,
) -> Condition:
    """Measure one condition.

    Args:
        scored: all trials.
        enroll: line of the enrollments.
        probe: line of the probes.
        seconds: of audio of the probes.
        gallery: callers in a gallery; all but one of those there are, if they are not more.
        margin: of the product's decision, in nats.
        rounds: of the bootstrap.
        draws: of galleries.
        seed: of both.
    """
    trials = scored.trials
    label = f"{seed} {enroll} {probe} {seconds:g}"
    same = trials.same
    figures: dict[str, Figure] = {}
    if same.any() and not same.all():
        figures |= pair_figures(trials, _of_pairs(trials), rounds=rounds, seed=label)
    size = min(gallery, len(trials.callers) - 1)
    if size >= 2:
        drawn = draw_galleries(trials, size, draws=draws, seed=label, refused=scored.refused)
        figures |= bootstrap(drawn.speakers, _of_galleries(trials, drawn, margin), rounds=rounds, seed=label)
    relations: dict[str, int] = {}
    for cut in scored.cuts:
        relations[cut.relation] = relations.get(cut.relation, 0) + 1
    classes = np.bincount(scored.classes[same], minlength=len(CLASSES))
    net = scored.net_seconds
    return Condition(
        enroll=enroll,
        probe=probe,
        seconds=seconds,
        callers=len(trials.callers),
        probes=len(trials.probes),
        genuine=int(same.sum()),
        impostor=int((~same).sum()),
        refused=len(scored.refused),
        gallery=size,
        relations=relations,
        classes={name: int(count) for name, count in zip(CLASSES, classes, strict=True) if count},
        net_seconds=Interval(value=float(np.median(net)), low=float(net.min()), high=float(net.max())),
        figures={name: _interval(each) for name, each in figures.items() if np.isfinite(each.value)},
        curves=_curves(trials),
    )


def _interval(figure: Figure) -> Interval:
    low, high = (each if np.isfinite(each) else None for each in (figure.low, figure.high))
    return Interval(value=figure.value, low=low, high=high)


def _curves(trials: Trials) -> Curves:
    genuine, impostor = trials.genuine, trials.impostor
    if not (len(genuine) and len(impostor)):
        return Curves()
    rates = error_rates(genuine, impostor)
    # Every step of the FRR, and of the FAR as many as a plot shows.
    steps = np.flatnonzero(np.diff(rates.frr, prepend=-1.0))
    spread = np.geomspace(1, len(rates.far), _DET_POINTS).astype(int)
    chosen = np.unique(np.concatenate([steps, len(rates.far) - spread]))
    edges = np.histogram_bin_edges(trials.scores, _BINS)
    return Curves(
        far=rates.far[chosen].round(6).tolist(),
        frr=rates.frr[chosen].round(6).tolist(),
        edges=edges.round(3).tolist(),
        genuine=(np.histogram(genuine, edges)[0] / len(genuine)).round(6).tolist(),
        impostor=(np.histogram(impostor, edges)[0] / len(impostor)).round(6).tolist(),
    )
