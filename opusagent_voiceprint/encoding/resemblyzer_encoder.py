"""Resemblyzer's network with the weights of the installed resemblyzer distribution.

The package ``resemblyzer`` itself is not imported: it would bring librosa, numba and ``pkg_resources`` into
the process. Only its file of weights is read. The network is the one of "Generalized End-to-End Loss for
Speaker Verification" (Wan et al., 2018): three LSTM layers of 256, a projection, ReLU, length one.
"""

from __future__ import annotations

import hashlib
import importlib.util
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint.audio import read_audio
from opusagent_voiceprint.encoding.encoder import WindowSpec
from opusagent_voiceprint.encoding.features import BANDS, FRAME, HOP, mel_frames
from opusagent_voiceprint.encoding.speech import FRONT_END
from opusagent_voiceprint.encoding.utterance import embed_utterance
from opusagent_voiceprint.errors import EncoderError

if TYPE_CHECKING:
    import torch

__all__ = ["ResemblyzerEncoder", "installed_weights"]

_HIDDEN: Final = 256
_LAYERS: Final = 3
_DIMENSION: Final = 256
_WINDOW_FRAMES: Final = 160
_HOP_FRAMES: Final = 77  # Resemblyzer's default rate of 1.3 windows a second
_NET_PARAMETERS: Final = ("lstm.", "linear.")


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


class ResemblyzerEncoder:
    """Resemblyzer's speaker encoder, loaded on first use or by :meth:`warm_up`.

    ``weights`` names another file of the same architecture (a mapping ``model_state`` of tensors).
    """

    def __init__(self, weights: Path | None = None) -> None:
        self._weights = weights
        self._lock = threading.Lock()
        self._network: tuple[Any, Any] | None = None
        self._encoder_id = ""

    @property
    def encoder_id(self) -> str:
        """``resemblyzer-``, 16 digits of the SHA-256 of the weights' file, and the front end."""
        if not self._encoder_id:
            path = self._path()
            try:
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
            except OSError as exc:
                raise EncoderError(f"the weights in {path} cannot be read: {exc.strerror}") from exc
            self._encoder_id = f"resemblyzer-{digest[:16]}-{FRONT_END}"
        return self._encoder_id

    @property
    def dimension(self) -> int:
        """256."""
        return _DIMENSION

    @property
    def window(self) -> WindowSpec:
        """1.6 s windows every 0.77 s; the frames at a window's edges reach 200 samples beyond it."""
        return WindowSpec(
            length=HOP * (_WINDOW_FRAMES - 1) + FRAME,
            hop=HOP * _HOP_FRAMES,
            lead=FRAME // 2,
            shortest=HOP * _WINDOW_FRAMES // 2,
        )

    def embed(self, windows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Embeddings of shape (windows, 256), each of length one, of windows of shape (windows, 25840)."""
        if windows.ndim != 2 or windows.shape[1] != self.window.length:
            raise ValueError(f"windows must have shape (n, {self.window.length}), not {windows.shape}")
        if not len(windows):
            return np.zeros((0, _DIMENSION), dtype=np.float32)
        return self.embed_features(mel_frames(windows))

    def embed_features(self, mels: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Embeddings of shape (windows, 256) of mel frames of shape (windows, 160, 40)."""
        lstm, linear = self._loaded()
        import torch

        with torch.inference_mode():
            _, (hidden, _) = lstm(torch.from_numpy(np.ascontiguousarray(mels)))
            raw: npt.NDArray[np.float32] = torch.relu(linear(hidden[-1])).numpy()
        # All-zero outputs do not occur for speech; the floor keeps a freak window from becoming NaN.
        lengths = np.maximum(np.linalg.norm(raw, axis=1, keepdims=True), np.float32(1e-6))
        embeddings: npt.NDArray[np.float32] = raw / lengths
        return embeddings

    def embed_utterance(self, wav: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """The embedding of one recording, of shape (256,) and length one, as ``VoiceEncoder`` offers it.

        ``wav`` is float (in [-1, 1]) or int16 of shape (samples,) at 16 kHz. It is prepared as enrollments
        are, so that the two can be compared; audio without enough speech raises an :class:`AudioError`.
        """
        return embed_utterance(self, read_audio(wav)).embedding

    def warm_up(self) -> None:
        """Load the weights and run the network once."""
        self.embed_features(np.full((1, _WINDOW_FRAMES, BANDS), 1e-3, dtype=np.float32))
        _ = self.encoder_id

    def _path(self) -> Path:
        return self._weights or installed_weights()

    def _loaded(self) -> tuple[Any, Any]:
        with self._lock:
            if self._network is None:
                self._network = self._load()
            return self._network

    def _load(self) -> tuple[torch.nn.LSTM, torch.nn.Linear]:
        import torch

        path = self._path()
        try:
            checkpoint = torch.load(path, map_location="cpu", weights_only=True)
            state = checkpoint["model_state"]
            lstm = torch.nn.LSTM(BANDS, _HIDDEN, _LAYERS, batch_first=True)
            linear = torch.nn.Linear(_HIDDEN, _DIMENSION)
            for prefix, module in zip(_NET_PARAMETERS, (lstm, linear), strict=True):
                module.load_state_dict(
                    {
                        key.removeprefix(prefix): value.float()
                        for key, value in state.items()
                        if key.startswith(prefix)
                    }
                )
        except Exception as exc:
            # torch reports a bad file in a dozen ways; all of them mean the same to the reader.
            raise EncoderError(
                f"the weights in {path} cannot be loaded: {type(exc).__name__}: {exc}"
            ) from exc
        return lstm.eval(), linear.eval()
