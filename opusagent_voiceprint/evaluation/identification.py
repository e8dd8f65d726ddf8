"""Open-set identification: random galleries, and each probe with its speaker enrolled and without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint.evaluation.metrics import far_threshold
from opusagent_voiceprint.evaluation.seeds import seeded
from opusagent_voiceprint.evaluation.trials import Trials

__all__ = ["DRAWS", "Galleries", "draw_galleries"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

DRAWS: Final = 100
"""Of random galleries."""


@dataclass(frozen=True, eq=False)
class Galleries:
    """What random galleries of one size gave for each probe.

    ``own`` is the score of a probe's speaker, shape (probes,), minus infinity where the speaker is not
    enrolled. ``strangers`` are the best and second-best scores of galleries of ``size`` other callers, shape
    (draws, probes, 2), ``others`` those of galleries of ``size - 1``, beside which the speaker is the last.
    ``refused`` says of which probes there is nothing but that they are of enrolled speakers and were refused:
    these are missed, and no strangers. Their scores mean nothing.
    """

    own: Floats
    strangers: Floats
    others: Floats
    speakers: Ints
    size: int
    refused: Flags

    def take(self, probes: Ints) -> Galleries:
        """Some of the probes, by their indices, which may repeat."""
        return Galleries(
            self.own[probes],
            self.strangers[:, probes],
            self.others[:, probes],
            self.speakers[probes],
            self.size,
            self.refused[probes],
        )

    def named_right(self, threshold: Floats | float, margin: float = 0.0) -> float:
        """DIR: the part of probes of enrolled speakers, refused ones too, that are named rightly.

        Args:
            threshold: a speaker is named at or above it; one for all probes or of shape (probes,).
            margin: how far the best must be ahead of the second at least.
        """
        best = self.others[..., 0]
        right = (self.own >= threshold) & (self.own > best) & (self.own - best >= margin)
        return self._mean_of_enrolled(right)

    def named_wrong(self, threshold: Floats | float, margin: float = 0.0) -> float:
        """The part of probes of enrolled speakers, refused ones too, that are named as somebody else."""
        best, second = self.others[..., 0], np.maximum(self.others[..., 1], self.own)
        wrong = (best >= threshold) & (best >= self.own) & (best - second >= margin)
        return self._mean_of_enrolled(wrong)

    def strangers_named(self, threshold: Floats | float, margin: float = 0.0) -> float:
        """FPIR: the part of probes that are named although their speakers are not enrolled.

        Of those that were compared: refused ones, of which none is named, would make it lower.
        """
        best, second = self.strangers[..., 0], self.strangers[..., 1]
        named = ((best >= threshold) & (best - second >= margin))[:, ~self.refused]
        return float(named.mean()) if named.size else float("nan")

    def dir_at_fpir(self, fpir: float) -> float:
        """DIR at the lowest threshold at which at most a part ``fpir`` of strangers is named."""
        best = self.strangers[:, ~self.refused, 0].ravel()
        if not len(best):
            return float("nan")
        exceeded = far_threshold(best, fpir)
        return self.named_right(float(np.nextafter(exceeded, np.inf)))

    def _mean_of_enrolled(self, named: Flags) -> float:
        enrolled = np.isfinite(self.own)
        return float((named & ~self.refused)[:, enrolled].mean()) if enrolled.any() else float("nan")


def draw_galleries(
    trials: Trials, size: int, *, draws: int = DRAWS, seed: str = "", refused: Ints | None = None
) -> Galleries:
    """Draw galleries of ``size`` callers out of all that were enrolled.

    Args:
        trials: scores of all callers, each of them once, and all probes.
        size: callers in a gallery, at least 2 and fewer than there are, since a probe's own caller has to be
            left out of some.
        draws: of galleries.
        seed: of the draws.
        refused: speakers of probes that were refused, shape (refused,). Those of enrolled speakers come after
            all others.
    """
    if not 2 <= size < len(trials.callers):
        raise ValueError(f"size must be 2 to {len(trials.callers) - 1} with {len(trials.callers)} callers")
    rng = seeded("gallery", seed, size)
    same = trials.same
    own = np.where(same, trials.scores, -np.inf).max(axis=0)
    others = np.where(same, -np.inf, trials.scores)
    strangers = np.empty((draws, len(trials.probes), 2))
    beside = np.empty_like(strangers)
    for draw in range(draws):
        # One more than a gallery holds: the probe's own caller may be among them and is passed over.
        ranked = others[rng.permutation(len(trials.callers))[: size + 1]]
        place = np.cumsum(~np.isneginf(ranked), axis=0)
        for found, count in ((strangers, size), (beside, size - 1)):
            part = np.where(place <= count, ranked, -np.inf)
            found[draw] = -np.partition(-part, 1, axis=0)[:2].T
    missed = np.empty(0, dtype=np.int64) if refused is None else refused[np.isin(refused, trials.callers)]
    wide = ((0, 0), (0, len(missed)), (0, 0))
    return Galleries(
        np.pad(own, (0, len(missed))),
        np.pad(strangers, wide),
        np.pad(beside, wide),
        np.concatenate([trials.probes, missed]),
        size,
        np.arange(len(own) + len(missed)) >= len(own),
    )
