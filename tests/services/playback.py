"""What a phone plays to its caller: audio comes in faster than it can be heard, and may be cleared."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from opusagent_hooks import codecs
from opusagent_hooks.codecs import Encoding

__all__ = ["Chunk", "Heard"]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Audio that is heard from ``at`` to ``until``, in seconds since the phone connected."""

    at: float
    until: float
    data: bytes = field(repr=False)
    encoding: Encoding
    rate: int


class Heard:
    """The audio that was played, in real time however fast it came. Lengths are in seconds."""

    def __init__(self) -> None:
        self.chunks: list[Chunk] = []
        self._began = time.monotonic()

    @property
    def now(self) -> float:
        """Seconds since the phone connected."""
        return time.monotonic() - self._began

    @property
    def until(self) -> float:
        """When the last that came will have been heard."""
        return self.chunks[-1].until if self.chunks else 0.0

    @property
    def bytes(self) -> int:
        """How much came and was not cleared."""
        return sum(len(chunk.data) for chunk in self.chunks)

    @property
    def seconds(self) -> float:
        """How much speech was heard so far."""
        return self.since(0.0)

    @property
    def silent_for(self) -> float:
        """How long nothing has been heard; negative while something is."""
        return self.now - self.until

    def since(self, at: float) -> float:
        """How much of it was heard from ``at`` on."""
        now = self.now
        return sum(max(0.0, min(chunk.until, now) - max(chunk.at, at)) for chunk in self.chunks)

    def samples(self) -> npt.NDArray[np.float32]:
        """All of it decoded, at the rate it came in."""
        decoded = [codecs.decode(chunk.data, chunk.encoding) for chunk in self.chunks]
        return np.concatenate(decoded) if decoded else np.zeros(0, np.float32)

    def play(self, data: bytes, encoding: Encoding, rate: int) -> None:
        """Append to what is to be heard."""
        seconds = len(data) / codecs.BYTES_PER_SAMPLE[encoding] / rate
        at = max(self.now, self.until)
        self.chunks.append(Chunk(at, at + seconds, data, encoding, rate))

    def clear(self) -> None:
        """Drop what was not heard yet."""
        now = self.now
        self.chunks = [chunk for chunk in self.chunks if chunk.at < now]
        if self.chunks and (last := self.chunks[-1]).until > now:
            part = (now - last.at) / (last.until - last.at)
            width = codecs.BYTES_PER_SAMPLE[last.encoding]
            kept = last.data[: int(len(last.data) * part) // width * width]
            self.chunks[-1] = Chunk(last.at, now, kept, last.encoding, last.rate)
