"""Figures with bootstrap intervals by speaker: error rates of pairs, and open-set identification."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fitting.speech import seeded
from fitting.trials import Trials, eer, frr

__all__ = ["Figure", "OpenSet", "bootstrap", "open_set", "pair_figures"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Figure:
    """A rate and its 95 % interval, in percent."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.1f} ({self.low:.1f}-{self.high:.1f})"


def bootstrap(
    speakers: npt.NDArray[np.int64],
    rate: Callable[[npt.NDArray[np.int64]], float],
    *,
    rounds: int = 100,
    seed: str = "",
) -> Figure:
    """A rate of rows, and its interval when speakers are drawn with replacement.

    Args:
        speakers: of each row, shape (rows,).
        rate: of chosen rows, given by their indices; a row can be chosen several times.
    """
    who = np.unique(speakers)
    rows = [np.flatnonzero(speakers == each) for each in who]
    rng = seeded("bootstrap", seed)
    drawn = [
        100 * rate(np.concatenate([rows[k] for k in rng.integers(len(who), size=len(who))]))
        for _ in range(rounds)
    ]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Figure(100 * rate(np.arange(len(speakers))), float(low), float(high))


def pair_figures(trials: Trials, *, rounds: int = 100) -> tuple[Figure, Figure]:
    """EER, and FRR at FAR 0.1 %. Speakers are drawn for probes and callers alike."""
    same = trials.same

    def chosen(who: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
        counts = np.bincount(trials.probes[who], minlength=int(trials.callers.max()) + 1)
        # Each caller as often as the speaker's probes were drawn, in proportion to how many there are.
        once = np.maximum(np.bincount(trials.probes, minlength=len(counts)), 1)
        callers = np.repeat(np.arange(len(trials.callers)), (counts // once)[trials.callers])
        scores, own = trials.scores[np.ix_(callers, who)], same[np.ix_(callers, who)]
        return scores[own], scores[~own]

    return (
        bootstrap(trials.probes, lambda who: eer(*chosen(who)), rounds=rounds),
        bootstrap(trials.probes, lambda who: frr(*chosen(who)), rounds=rounds),
    )


@dataclass(frozen=True)
class OpenSet:
    """Of each probe: how often it is named rightly, wrongly, and named when its speaker is not enrolled."""

    right: Floats
    wrong: Floats
    stranger: Floats
    speakers: npt.NDArray[np.int64]


def open_set(trials: Trials, thresholds: Floats, *, size: int, draws: int = 100, seed: str = "") -> OpenSet:
    """Open-set identification with random galleries of ``size`` callers, of all that were enrolled.

    Every probe is tried with galleries that hold its speaker and with galleries that do not.

    Args:
        trials: scores of all callers and probes.
        thresholds: one for each probe, shape (probes,).
        size: callers in a gallery; a probe's own included where the speaker is enrolled.
        draws: of galleries.
        seed: of the galleries.
    """
    rng = seeded("gallery", seed, size)
    same = trials.same
    own = np.where(same, trials.scores, -np.inf).max(axis=0)
    others = np.where(same, -np.inf, trials.scores)
    right, wrong, stranger = np.zeros((3, len(trials.probes)))
    for _ in range(draws):
        ranked = others[rng.permutation(len(trials.callers))]
        place = np.cumsum(~np.isneginf(ranked), axis=0)
        full = np.where(place <= size, ranked, -np.inf).max(axis=0)
        rest = np.where(place <= size - 1, ranked, -np.inf).max(axis=0)
        stranger += full >= thresholds
        right += (own >= thresholds) & (own >= rest)
        wrong += (rest >= thresholds) & (rest > own)
    return OpenSet(right / draws, wrong / draws, stranger / draws, trials.probes)
