"""Resemblyzer's network, opened up: its outputs before the ReLU, and its weights for fine-tuning."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from opusagent_voiceprint.encoding.features import BANDS
from opusagent_voiceprint.encoding.resemblyzer_encoder import installed_weights

__all__ = ["LEAK", "SpeakerNetwork", "load_weights", "outputs", "save_weights", "stock_network"]

LEAK: Final = 0.1
"""What is left of negative outputs. Resemblyzer's ReLU throws them away, and with them some of the voice."""

_HIDDEN: Final = 256
_LAYERS: Final = 3
_DIMENSION: Final = 256


class SpeakerNetwork(torch.nn.Module):
    """Three LSTM layers and a projection, as in Wan et al. (2018), without the activation at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = torch.nn.LSTM(BANDS, _HIDDEN, _LAYERS, batch_first=True)
        self.linear = torch.nn.Linear(_HIDDEN, _DIMENSION)

    def forward(self, mels: torch.Tensor) -> torch.Tensor:
        """Outputs of shape (windows, 256), before the ReLU, of mel frames of shape (windows, frames, 40)."""
        _, (hidden, _) = self.lstm(mels)
        result: torch.Tensor = self.linear(hidden[-1])
        return result


def stock_network() -> SpeakerNetwork:
    """The network with the installed resemblyzer's weights."""
    state = torch.load(installed_weights(), map_location="cpu", weights_only=True)["model_state"]
    network = SpeakerNetwork()
    network.load_state_dict({key: state[key] for key in network.state_dict()})
    return network.eval()


def save_weights(path: Path, state: Mapping[str, torch.Tensor]) -> None:
    """Save weights as float16 arrays, one for each parameter; nothing in the file is code."""
    arrays: dict[str, npt.NDArray[np.float16]] = {
        key: value.detach().numpy().astype(np.float16) for key, value in state.items()
    }
    np.savez(path, **arrays)  # type: ignore[arg-type]


def load_weights(path: Path) -> SpeakerNetwork:
    """A network with weights that :func:`save_weights` saved."""
    network = SpeakerNetwork()
    with np.load(path, allow_pickle=False) as arrays:
        network.load_state_dict({key: torch.from_numpy(arrays[key].astype(np.float32)) for key in arrays})
    return network.eval()


def outputs(
    network: SpeakerNetwork, mels: npt.NDArray[np.float16] | npt.NDArray[np.float32], *, fast: bool = False
) -> npt.NDArray[np.float32]:
    """Outputs before the ReLU, of shape (windows, 256), of mels of shape (windows, frames, 40).

    ``fast`` computes in bfloat16, for figures that need no more.
    """
    parts = []
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=fast):
        for start in range(0, len(mels), 256):
            batch = torch.from_numpy(mels[start : start + 256].astype(np.float32))
            parts.append(network(batch).float().numpy())
    return np.concatenate(parts) if parts else np.zeros((0, _DIMENSION), dtype=np.float32)
