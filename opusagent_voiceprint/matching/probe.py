"""What is compared with the gallery: one voice, as far as it was heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from opusagent_voiceprint.matching.scores import Channel
from opusagent_voiceprint.matching.voices import mean_embedding
from opusagent_voiceprint.models import Embedding

__all__ = ["Probe"]


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """One voice on one line.

    ``embedding``, of shape (dimension,), is of the encoder for every window, ``wide_embedding`` of the one
    for wideband, if there is such an encoder and the line is wideband. Each has length one.
    """

    embedding: Embedding
    wide_embedding: Embedding | None
    channel: Channel
    snr_db: float

    @classmethod
    def of_windows(
        cls, windows: Sequence[Embedding], wide: Sequence[Embedding], channel: Channel, snr_db: float
    ) -> Probe:
        """The probe that windows make, of which ``wide`` has those of the encoder for wideband."""
        return cls(
            mean_embedding(np.stack(windows)),
            mean_embedding(np.stack(wide)) if wide else None,
            channel,
            snr_db,
        )
