"""Figures with bootstrap intervals by speaker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint.evaluation.seeds import seeded
from opusagent_voiceprint.evaluation.trials import Trials

__all__ = ["ROUNDS", "Figure", "bootstrap", "pair_figures"]

Ints = npt.NDArray[np.int64]

ROUNDS: Final = 200
"""Bootstrap samples behind an interval."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float


def bootstrap(
    speakers: Ints,
    rates: Callable[[Ints], Mapping[str, float]],
    *,
    rounds: int = ROUNDS,
    seed: str = "",
) -> dict[str, Figure]:
    """Figures of rows, and their intervals when speakers are drawn with replacement.

    Percentiles of the bootstrap (Efron, 1979); all rows of a speaker stay together, since they are not
    independent.

    Args:
        speakers: of each row, shape (rows,).
        rates: of chosen rows, given by their indices; a row can be chosen several times. NaN where there is
            nothing to measure.
        rounds: how many samples are drawn.
        seed: of the draws.
    """
    who = np.unique(speakers)
    rows = [np.flatnonzero(speakers == each) for each in who]
    rng = seeded("bootstrap", seed)
    drawn = [
        rates(np.concatenate([rows[k] for k in rng.integers(len(who), size=len(who))])) for _ in range(rounds)
    ]
    return {
        name: _figure(value, np.array([each[name] for each in drawn]))
        for name, value in rates(np.arange(len(speakers))).items()
    }


def _figure(value: float, drawn: npt.NDArray[np.float64]) -> Figure:
    known = drawn[np.isfinite(drawn)]
    if not len(known):
        return Figure(value, float("nan"), float("nan"))
    low, high = np.percentile(known, [2.5, 97.5])
    return Figure(value, float(low), float(high))


def pair_figures(
    trials: Trials,
    rates: Callable[[Ints, Ints], Mapping[str, float]],
    *,
    rounds: int = ROUNDS,
    seed: str = "",
) -> dict[str, Figure]:
    """Figures of pairs of voices, and their intervals.

    Speakers are drawn with replacement as callers and in their probes alike: what is of one speaker counts as
    often as the speaker is drawn, what is of two as often as both are together.

    Args:
        trials: all of them.
        rates: of chosen genuine and impostor trials, given by their indices into the flattened scores; a
            trial can be chosen several times.
        rounds: how many samples are drawn.
        seed: of the draws.
    """
    callers, probes = (each.ravel() for each in np.broadcast_arrays(trials.callers[:, None], trials.probes))
    genuine, impostor = np.flatnonzero(callers == probes), np.flatnonzero(callers != probes)
    speakers = np.unique(np.concatenate([trials.callers, trials.probes]))
    place = np.searchsorted(speakers, callers), np.searchsorted(speakers, probes)
    rng = seeded("bootstrap", seed)
    drawn = []
    for _ in range(rounds):
        times = np.bincount(rng.integers(len(speakers), size=len(speakers)), minlength=len(speakers))
        own = np.repeat(genuine, times[place[0][genuine]])
        others = np.repeat(impostor, times[place[0][impostor]] * times[place[1][impostor]])
        # A sample may have drawn nobody who has a genuine trial.
        if len(own) and len(others):
            drawn.append(rates(own, others))
    return {
        name: _figure(value, np.array([each[name] for each in drawn]))
        for name, value in rates(genuine, impostor).items()
    }
