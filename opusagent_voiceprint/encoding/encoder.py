"""The speaker encoder's interface, so that another network can take Resemblyzer's place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

__all__ = ["SpeakerEncoder", "WindowSpec"]


@dataclass(frozen=True, slots=True)
class WindowSpec:
    """How a stream of net speech at 16 kHz is cut for an encoder, in samples.

    Windows are ``length`` long and start every ``hop``; the first one starts ``lead`` before the first
    sample, where zeros are put. ``shortest`` is the least speech that an embedding may rest on; less
    than a window is repeated until it fills one.
    """

    length: int
    hop: int
    lead: int
    shortest: int


@runtime_checkable
class SpeakerEncoder(Protocol):
    """A network from windows of speech to speaker embeddings. Called from one worker thread."""

    @property
    def encoder_id(self) -> str:
        """Names network, weights and front end. Embeddings of different encoders are never compared."""
        ...

    @property
    def dimension(self) -> int:
        """Values of an embedding."""
        ...

    @property
    def window(self) -> WindowSpec:
        """How speech is cut for it."""
        ...

    def embed(self, windows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Embeddings of shape (windows, dimension), each of length one.

        ``windows`` is float32 of shape (windows, window.length) at 16 kHz.
        """
        ...

    def warm_up(self) -> None:
        """Load and run once, so that the first call need not wait. May be called more than once."""
        ...
