"""Voices told apart on one line: one voice or two, somebody else from here on, the agent's own.

What is compared was heard over one line in one call, so that no calibration across lines is needed: cosines
of means of windows are enough, and did better than PLDA (benchmarks/voices_apart.py).
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint.matching.scores import Channel
from opusagent_voiceprint.models import Embedding

__all__ = ["AgentVoice", "VoiceWatch", "mean_embedding", "one_voice"]

Sum = npt.NDArray[np.float64]

_NOISY_BELOW_DB: Final = 18.0


@dataclass(frozen=True, slots=True)
class _Limits:
    """Cosines: of two sides of speech (on a clean and a noisy line) and of what is watched, under which there
    are two voices; and with the agent's (on a telephone and on a wide line), over which it is the agent."""

    split: tuple[float, float]
    watch: float
    agent: tuple[float, float]


_LIMITS: Final[dict[str, _Limits]] = {
    "telephone": _Limits(split=(0.795, 0.765), watch=0.84, agent=(0.88, 0.86)),
    "resemblyzer": _Limits(split=(0.765, 0.72), watch=0.79, agent=(0.86, 0.80)),
}
"""By the encoder's name, the first part of its id. benchmarks/voices_apart.py measures what they do."""

# Of any other encoder nothing is known but how far a voice's windows lie from their own mean. So many times
# that far is somebody else: it is the same for each encoder and line that was tried.
_TIMES_SPLIT: Final = 2.2
_TIMES_WATCH: Final = 1.65

_SHORTEST_SIDE: Final = 2
_WATCHED: Final = 3
_FEWEST_BEFORE: Final = 3
_STRANGE: Final = 2
_AGENT_NEEDS: Final = 4
_AGENT_ENOUGH: Final = 16


def mean_embedding(embeddings: Embedding) -> Embedding:
    """The normalised mean, of shape (dimension,), of embeddings of shape (windows, dimension)."""
    total = embeddings.sum(axis=0)
    mean: Embedding = total / max(float(np.linalg.norm(total)), 1e-12)
    return mean


def one_voice(embeddings: Embedding, encoder_id: str, snr_db: float = math.inf) -> bool:
    """Whether windows hold one speaker only.

    No run of windows, of two at least and of a tenth of all, may differ from the rest as two people do: a
    second voice is heard at either end or in between.

    Args:
        embeddings: each of length one, shape (windows, dimension), in the order of speech. Fewer than four
            say nothing about a second voice.
        encoder_id: whose they are.
        snr_db: speech over noise in dB. Noise makes windows differ.
    """
    count = len(embeddings)
    shortest = max(_SHORTEST_SIDE, math.ceil(count / 10))
    starts, ends = np.triu_indices(count + 1, shortest)
    fits = ends - starts <= count - shortest
    starts, ends = starts[fits], ends[fits]
    if not len(starts):
        return True
    rows = embeddings.astype(np.float64)
    total = rows.sum(axis=0)
    with_all = np.concatenate([[0.0], np.cumsum(rows @ total)])
    products = np.zeros((count + 1, count + 1))
    products[1:, 1:] = (rows @ rows.T).cumsum(axis=0).cumsum(axis=1)
    # Of the run's sum a and the rest's b: a.a, a.b, b.b.
    run = products[ends, ends] - 2.0 * products[starts, ends] + products[starts, starts]
    across = with_all[ends] - with_all[starts] - run
    rest = with_all[-1] - 2.0 * across - run
    cosine = across / np.sqrt(np.maximum(run * rest, 1e-24))
    limits = _limits(encoder_id)
    if limits is not None:
        return bool(cosine.min() >= limits.split[snr_db < _NOISY_BELOW_DB])
    length = ends - starts
    scatter = (length * _scatter(run, length) + (count - length) * _scatter(rest, count - length)) / count
    return bool((1.0 - cosine <= _TIMES_SPLIT * scatter).all())


class VoiceWatch:
    """Notices that somebody else is speaking: the last three windows differ from all before, twice in a
    row.

    One follows the voice of a call, from the first window that is taken for its. Not for several threads.
    """

    recent: Final = _WATCHED
    """How many windows are the other voice's when it is noticed, the last one added among them."""

    def __init__(self, encoder_id: str) -> None:
        self._limits = _limits(encoder_id)
        self._latest: deque[Sum] = deque()
        self._before: Sum | float = 0.0  # the sum of all but the latest
        self._count = 0
        self._strange = 0

    def add(self, embedding: Embedding) -> bool:
        """Take the next window's embedding, of shape (dimension,) and length one.

        True when somebody else speaks: the last :attr:`recent` windows are the new voice's, and the watch
        goes on with them as what that voice sounds like.
        """
        self._latest.append(embedding.astype(np.float64))
        if len(self._latest) > _WATCHED:
            self._before = self._before + self._latest.popleft()
            self._count += 1
        if self._count < _FEWEST_BEFORE or len(self._latest) < _WATCHED:
            return False
        self._strange = self._strange + 1 if self._differs() else 0
        if self._strange < _STRANGE:
            return False
        self._before, self._count, self._strange = 0.0, 0, 0
        return True

    def _differs(self) -> bool:
        now = np.sum(self._latest, axis=0)
        square = float(np.dot(self._before, self._before))
        cosine = float(np.dot(self._before, now)) / max(math.sqrt(square * float(now @ now)), 1e-12)
        if self._limits is not None:
            return cosine < self._limits.watch
        return 1.0 - cosine > _TIMES_WATCH * float(_scatter(np.array([square]), np.array([self._count]))[0])


class AgentVoice:
    """How the agent sounds on this call, to know its echo by.

    Its windows have to come through the band of the caller's line: over a telephone a voice sounds different.
    """

    def __init__(self, encoder_id: str) -> None:
        self._limits = _limits(encoder_id)
        self._sum: Sum | float = 0.0
        self._count = 0

    @property
    def known(self) -> bool:
        """Whether enough was heard to know it by."""
        return self._count >= _AGENT_NEEDS

    @property
    def full(self) -> bool:
        """Whether more windows are of no use."""
        return self._limits is None or self._count >= _AGENT_ENOUGH

    def add(self, embedding: Embedding) -> None:
        """One window of the agent's speech, of shape (dimension,) and length one."""
        if not self.full:
            self._sum = self._sum + embedding.astype(np.float64)
            self._count += 1

    def is_in(self, embeddings: Embedding, channel: Channel) -> bool:
        """Whether windows of the caller's side, of shape (windows, dimension), are the agent's voice.

        False while it is not known, and with encoders for which nothing was measured.
        """
        if self._limits is None or not self.known or not len(embeddings):
            return False
        heard = embeddings.astype(np.float64).sum(axis=0)
        lengths = math.sqrt(float(heard @ heard) * float(np.dot(self._sum, self._sum)))
        return float(np.dot(self._sum, heard)) >= self._limits.agent[channel == "wide"] * lengths


def _limits(encoder_id: str) -> _Limits | None:
    return _LIMITS.get(encoder_id.partition("-")[0].rstrip("0123456789"))


def _scatter(square: npt.NDArray[np.float64], count: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """How far windows lie from the mean of the others, as 1 - cosine, of the square of their sum's length.

    Of n unit vectors w with the sum S, w (S - w) is S.S / n - 1 on average, (S - w)^2 S.S - 2 S.S / n + 1.
    """
    others = np.sqrt(np.maximum(square - 2.0 * square / count + 1.0, 1e-12))
    scatter: npt.NDArray[np.float64] = 1.0 - (square / count - 1.0) / others
    return scatter
