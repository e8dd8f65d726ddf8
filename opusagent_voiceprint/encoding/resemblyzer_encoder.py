"""Resemblyzer's network with the weights of the installed resemblyzer distribution.

The package ``resemblyzer`` itself is not imported: it would bring librosa, numba and ``pkg_resources`` into
the process. Only its file of weights is read.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from opusagent_voiceprint.encoding.lstm_encoder import LstmEncoder
from opusagent_voiceprint.errors import EncoderError

if TYPE_CHECKING:
    import torch

__all__ = ["ResemblyzerEncoder", "installed_weights"]


def installed_weights() -> Path:
    """The file of weights in the installed resemblyzer distribution.

    Raises:
        EncoderError: resemblyzer is not installed, or its weights are missing.
    """
    # find_spec locates a top-level package without importing it.
    spec = importlib.util.find_spec("resemblyzer")
    if spec is None or not spec.submodule_search_locations:
        raise EncoderError("resemblyzer is not installed: pip install 'resemblyzer>=0.1.4'")
    path = Path(next(iter(spec.submodule_search_locations))) / "pretrained.pt"
    if not path.is_file():
        raise EncoderError(f"the weights of resemblyzer are missing: {path} does not exist; reinstall it")
    return path


class ResemblyzerEncoder(LstmEncoder):
    """Resemblyzer's speaker encoder: trained on clean wideband speech.

    ``weights`` names another file of the same architecture (a mapping ``model_state`` of tensors).
    """

    name: ClassVar[str] = "resemblyzer"
    leak: ClassVar[float] = 0.0

    def _default_weights(self) -> Path:
        return installed_weights()

    def _read(self, path: Path) -> Mapping[str, torch.Tensor]:
        import torch

        state: Mapping[str, torch.Tensor] = torch.load(path, map_location="cpu", weights_only=True)[
            "model_state"
        ]
        return state
