"""One encoder a process: recognizers and calls share the loaded weights."""

from __future__ import annotations

from functools import lru_cache

from opusagent_voiceprint.encoding.encoder import SpeakerEncoder
from opusagent_voiceprint.encoding.resemblyzer_encoder import ResemblyzerEncoder

__all__ = ["shared_encoder"]


@lru_cache(maxsize=1)
def shared_encoder() -> SpeakerEncoder:
    """The process's encoder. Making it is cheap; the weights are loaded on first use."""
    return ResemblyzerEncoder()
