"""The networks that a process recognises with: one for every window, and perhaps one more for wideband."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint.encoding.encoder import SpeakerEncoder, WindowSpec
from opusagent_voiceprint.errors import EncoderError
from opusagent_voiceprint.models import Embedding

__all__ = ["Encoders", "WindowEmbedding"]


@dataclass(frozen=True, slots=True, eq=False)
class WindowEmbedding:
    """A window's embeddings, each of length one: ``main``, and on a wideband line ``wide`` beside it."""

    main: Embedding
    wide: Embedding | None = None


@dataclass(frozen=True, eq=False)
class Encoders:
    """``main`` embeds every window; ``wide``, if there is one, those of wideband lines as well.

    Both see the same windows, so that they have to ask for the same.
    """

    main: SpeakerEncoder
    wide: SpeakerEncoder | None = None

    def __post_init__(self) -> None:
        if self.wide is not None and self.wide.window != self.main.window:
            raise EncoderError(
                f"{self.wide.encoder_id} and {self.main.encoder_id} cannot be used together: "
                "they need speech cut in different ways"
            )

    @property
    def encoder_id(self) -> str:
        """Of the network for every window."""
        return self.main.encoder_id

    @property
    def wide_encoder_id(self) -> str:
        """Of the one for wideband; empty if there is none."""
        return self.wide.encoder_id if self.wide is not None else ""

    @property
    def dimension(self) -> int:
        """Values of ``main``'s embeddings."""
        return self.main.dimension

    @property
    def wide_dimension(self) -> int:
        """Values of ``wide``'s embeddings; 0 if there is none."""
        return self.wide.dimension if self.wide is not None else 0

    @property
    def window(self) -> WindowSpec:
        """How speech is cut."""
        return self.main.window

    def embed(self, windows: npt.NDArray[np.float32], wide: npt.NDArray[np.bool_]) -> list[WindowEmbedding]:
        """Embed windows of shape (n, window.length); ``wide``, of shape (n,), says whose line is wideband.

        Raises:
            EncoderError: an encoder gave something of another shape than it promised.
        """
        mains = _checked(self.main, windows)
        wides: list[Embedding | None] = [None] * len(windows)
        if self.wide is not None and wide.any():
            for row, embedding in zip(np.flatnonzero(wide), _checked(self.wide, windows[wide]), strict=True):
                wides[int(row)] = embedding
        return [WindowEmbedding(*pair) for pair in zip(mains, wides, strict=True)]

    def warm_up(self) -> None:
        """Load and run everything once."""
        self.main.warm_up()
        if self.wide is not None:
            self.wide.warm_up()


def _checked(encoder: SpeakerEncoder, windows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    embeddings = encoder.embed(windows)
    if embeddings.shape != (len(windows), encoder.dimension):
        raise EncoderError(
            f"{encoder.encoder_id} gave shape {embeddings.shape} for {len(windows)} windows, "
            f"not {(len(windows), encoder.dimension)}"
        )
    if not np.isfinite(embeddings).all():
        # One such value would make nobody of a voice, and deaf what watches it.
        raise EncoderError(f"{encoder.encoder_id} gave values that are not finite numbers")
    return embeddings
