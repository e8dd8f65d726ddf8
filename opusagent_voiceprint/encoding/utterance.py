"""One whole recording: its windows embedded, and what is to be known of the speech in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint.audio import SAMPLE_RATE
from opusagent_voiceprint.encoding.encoders import Encoders
from opusagent_voiceprint.encoding.speech import SpeechStream
from opusagent_voiceprint.errors import AudioQualityError, NotEnoughSpeechError
from opusagent_voiceprint.models import Embedding

__all__ = ["Utterance", "embed_utterance"]

_SILENT: Final = 10.0 ** (-60.0 / 20.0)
_CLIPPED_TO_NOTHING: Final = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Utterance:
    """What was found in one recording.

    ``windows`` are embeddings of shape (windows, dimension), ``wide_windows`` those of the encoder for
    wideband, if the line is wideband and there is such an encoder.
    """

    windows: Embedding
    wide_windows: Embedding | None
    net_speech_seconds: float
    channel: Literal["wide", "narrow"]
    snr_db: float
    quality: float
    clipped_fraction: float

    @property
    def embedding(self) -> Embedding:
        """The normalised mean of the windows, of shape (dimension,)."""
        return _mean(self.windows)

    @property
    def wide_embedding(self) -> Embedding | None:
        """Likewise of ``wide_windows``."""
        return None if self.wide_windows is None else _mean(self.wide_windows)


def embed_utterance(
    encoders: Encoders, samples: npt.NDArray[np.float32], needed_seconds: float | None = None
) -> Utterance:
    """Embed the speech in samples of shape (samples,) at 16 kHz.

    Raises:
        NotEnoughSpeechError: silent, or less net speech than ``needed_seconds``; by default, than the encoder
            needs.
        AudioQualityError: clipped to nothing.
    """
    spec = encoders.window
    needed = needed_seconds if needed_seconds is not None else spec.shortest / SAMPLE_RATE
    peak = float(np.abs(samples).max(initial=0.0))
    if peak < _SILENT:
        raise NotEnoughSpeechError("the audio is silent", net_speech_seconds=0.0, needed_seconds=needed)
    stream = SpeechStream(spec)
    windows = [*stream.push(samples), *stream.finish()]
    seconds = stream.net_speech_seconds
    if stream.quality.clipped_fraction > _CLIPPED_TO_NOTHING:
        raise AudioQualityError(
            f"the audio is clipped to nothing: {stream.quality.clipped_fraction:.0%} of the speech is at "
            "full scale; lower the recording level",
            quality=stream.quality.score,
        )
    if not windows or seconds < needed:
        raise NotEnoughSpeechError(
            f"the audio has {seconds:.1f} s of net speech in {len(samples) / SAMPLE_RATE:.1f} s; "
            f"at least {needed:.1f} s are needed",
            net_speech_seconds=seconds,
            needed_seconds=needed,
        )
    # What the line is, is known by now: unlike on a call, that counts for its beginning too.
    wide = np.full(len(windows), stream.band.channel == "wide")
    embeddings = encoders.embed(np.stack([window.samples for window in windows]), wide)
    wides = [each.wide for each in embeddings if each.wide is not None]
    return Utterance(
        windows=np.stack([each.main for each in embeddings]),
        wide_windows=np.stack(wides) if wides else None,
        net_speech_seconds=seconds,
        channel=stream.band.channel,
        snr_db=stream.quality.snr_db,
        quality=stream.quality.score,
        clipped_fraction=stream.quality.clipped_fraction,
    )


def _mean(windows: Embedding) -> Embedding:
    total = windows.sum(axis=0)
    mean: Embedding = total / max(float(np.linalg.norm(total)), 1e-12)
    return mean
