"""The telephone encoder: Resemblyzer's network, fine-tuned so that a window through any line gives what the
original gives for the same window without one. Its card is artefacts/telephone.json; benchmarks/fitting made
it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from opusagent_voiceprint.encoding.lstm_encoder import LstmEncoder

if TYPE_CHECKING:
    import torch

__all__ = ["TELEPHONE_WEIGHTS", "TelephoneEncoder"]

TELEPHONE_WEIGHTS: Final = Path(__file__).parents[1] / "artefacts" / "telephone.npz"
"""float16 arrays, one for each parameter; nothing in the file is code."""


class TelephoneEncoder(LstmEncoder):
    """For speech over telephone lines, wherever either side of a comparison came over one.

    Embeddings may have negative values: what is left of negative outputs carries some of the voice.
    ``weights`` names another file of the same form.
    """

    name: ClassVar[str] = "telephone1"
    leak: ClassVar[float] = 0.1

    def _default_weights(self) -> Path:
        return TELEPHONE_WEIGHTS

    def _read(self, path: Path) -> Mapping[str, torch.Tensor]:
        import torch

        with np.load(path, allow_pickle=False) as arrays:
            return {key: torch.from_numpy(arrays[key].astype(np.float32)) for key in arrays}
