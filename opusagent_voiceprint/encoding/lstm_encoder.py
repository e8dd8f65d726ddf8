"""The speaker network of "Generalized End-to-End Loss for Speaker Verification" (Wan et al., 2018), as
Resemblyzer sizes it, whichever weights it runs with."""

from __future__ import annotations

import hashlib
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint.audio import read_audio
from opusagent_voiceprint.encoding.encoder import WindowSpec
from opusagent_voiceprint.encoding.encoders import Encoders
from opusagent_voiceprint.encoding.features import BANDS, FRAME, HOP, mel_frames
from opusagent_voiceprint.encoding.lstm_network import LstmNetwork, Precision
from opusagent_voiceprint.encoding.speech import FRONT_END
from opusagent_voiceprint.encoding.utterance import embed_utterance
from opusagent_voiceprint.errors import EncoderError

if TYPE_CHECKING:
    import torch

__all__ = ["DIMENSION", "LSTM_WINDOW", "LstmEncoder"]

DIMENSION: Final = 256
"""Values of an embedding."""

_BLOCK: Final = 64  # windows whose spectra are in memory at once; more are no cheaper
_HIDDEN: Final = 256
_LAYERS: Final = 3
_WINDOW_FRAMES: Final = 160
_HOP_FRAMES: Final = 77  # Resemblyzer's default rate of 1.3 windows a second

LSTM_WINDOW: Final = WindowSpec(
    length=HOP * (_WINDOW_FRAMES - 1) + FRAME,
    hop=HOP * _HOP_FRAMES,
    lead=FRAME // 2,
    shortest=HOP * _WINDOW_FRAMES // 2,
)
"""1.6 s windows every 0.77 s; the frames at a window's edges reach 200 samples beyond it."""


class LstmEncoder(ABC):
    """Three LSTM layers of 256 cells over 40 mel bands, and a projection to 256 values.

    The weights are loaded on first use or by :meth:`warm_up`. What is left of negative outputs is
    ``leak``; embeddings have length one. ``precision`` is chosen to suit the processor unless it is given:
    see :class:`LstmNetwork`.
    """

    name: ClassVar[str]
    leak: ClassVar[float]

    def __init__(self, weights: Path | None = None, *, precision: Precision | None = None) -> None:
        self._weights = weights
        self._precision = precision
        self._lock = threading.Lock()
        self._network: LstmNetwork | None = None
        self._encoder_id = ""

    @property
    def encoder_id(self) -> str:
        """The name, 16 digits of the SHA-256 of the weights' file, and the front end."""
        if not self._encoder_id:
            path = self._path()
            try:
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
            except OSError as exc:
                raise EncoderError(f"the weights in {path} cannot be read: {exc.strerror}") from exc
            self._encoder_id = f"{self.name}-{digest[:16]}-{FRONT_END}"
        return self._encoder_id

    @property
    def dimension(self) -> int:
        """256."""
        return DIMENSION

    @property
    def window(self) -> WindowSpec:
        """See :data:`LSTM_WINDOW`."""
        return LSTM_WINDOW

    def embed(self, windows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Embeddings of shape (windows, 256), each of length one, of windows of shape (windows, 25840)."""
        if windows.ndim != 2 or windows.shape[1] != self.window.length:
            raise ValueError(f"windows must have shape (n, {self.window.length}), not {windows.shape}")
        if not len(windows):
            return np.zeros((0, DIMENSION), dtype=np.float32)
        blocks = [windows[start : start + _BLOCK] for start in range(0, len(windows), _BLOCK)]
        return np.concatenate([self.embed_features(mel_frames(block)) for block in blocks])

    def embed_features(self, mels: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Embeddings of shape (windows, 256), each of length one, of mel frames (windows, 160, 40)."""
        return self._loaded().embed(mels)

    def embed_utterance(self, wav: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """The embedding of one recording, of shape (256,) and length one, as ``VoiceEncoder`` offers it.

        ``wav`` is float (in [-1, 1]) or int16 of shape (samples,) at 16 kHz. It is prepared as enrollments
        are, so that the two can be compared; audio without enough speech raises an :class:`AudioError`.
        """
        return embed_utterance(Encoders(self), read_audio(wav)).embedding

    def warm_up(self) -> None:
        """Load the weights and run once what a window goes through."""
        self.embed_features(mel_frames(np.zeros((1, self.window.length), dtype=np.float32)))
        _ = self.encoder_id

    def _path(self) -> Path:
        return self._weights or self._default_weights()

    @abstractmethod
    def _default_weights(self) -> Path:
        """The file of weights where none was named."""

    @abstractmethod
    def _read(self, path: Path) -> Mapping[str, torch.Tensor]:
        """The parameters in a file by name: ``lstm.`` and ``linear.``; anything else is left out."""

    def _loaded(self) -> LstmNetwork:
        with self._lock:
            if self._network is None:
                self._network = self._load()
            return self._network

    def _load(self) -> LstmNetwork:
        path = self._path()
        shape = (BANDS, _HIDDEN, _LAYERS, DIMENSION)
        try:
            return LstmNetwork(self._read(path), shape=shape, leak=self.leak, precision=self._precision)
        except Exception as exc:
            # torch and numpy report a bad file in a dozen ways; all of them mean the same to the reader.
            raise EncoderError(
                f"the weights in {path} cannot be loaded: {type(exc).__name__}: {exc}"
            ) from exc
