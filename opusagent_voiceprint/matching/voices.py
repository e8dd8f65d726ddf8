"""One voice or two: whether speech that is to be enrolled is one person's."""

from __future__ import annotations

from typing import Final

import numpy as np

from opusagent_voiceprint.matching.scores import Channel
from opusagent_voiceprint.models import Embedding

__all__ = ["mean_embedding", "one_voice"]

_SAME_SPEAKER: Final[dict[Channel, float]] = {"wide": 0.72, "narrow": 0.75}
"""The least cosine between the two sides of any split of one speaker's speech.

From benchmarks/operating_points.py: 1 % of recordings of one speaker have a split below 0.74 (wide) and 0.76
(telephone); most of two speakers one below 0.66 and 0.79. Cautious towards false alarms: the watch on the
voice and the later calls are there too.
"""


def mean_embedding(embeddings: Embedding) -> Embedding:
    """The normalised mean, of shape (dimension,), of embeddings of shape (windows, dimension)."""
    total = embeddings.sum(axis=0)
    mean: Embedding = total / max(float(np.linalg.norm(total)), 1e-12)
    return mean


def one_voice(embeddings: Embedding, channel: Channel) -> bool:
    """Whether windows of shape (windows, dimension) hold one speaker only.

    No split of them into a first and a second part, of two windows at least, may look like two people.
    """
    return all(
        float(mean_embedding(embeddings[:cut]) @ mean_embedding(embeddings[cut:])) >= _SAME_SPEAKER[channel]
        for cut in range(2, len(embeddings) - 1)
    )
