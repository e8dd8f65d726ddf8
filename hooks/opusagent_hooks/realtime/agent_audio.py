"""The agent's speech, as a service sends it, for whoever wants to know what the agent sounds like."""

from __future__ import annotations

import binascii
import logging
from collections.abc import Callable
from typing import Final

from opusagent_hooks.codecs import Encoding

__all__ = ["AgentAudio", "OnAgentAudio"]

logger = logging.getLogger("opusagent_hooks")

OnAgentAudio = Callable[[bytes, Encoding, int, float], None]
"""Gets wire bytes, their encoding and sample rate, and when they are played, in seconds of the call."""

_LARGEST: Final = 96_000
"""Bytes of one piece, two seconds of 16 bit at 24 kHz: a larger one would hold the event loop up."""


class AgentAudio:
    """Decodes pieces of base64 and hands them on. What cannot be read is left out, and said so once."""

    def __init__(self, on_audio: OnAgentAudio | None) -> None:
        self._on_audio = on_audio
        self._said = False
        self.format: tuple[Encoding, int] | None = ("pcm16", 24_000)
        """Encoding and sample rate of what comes; None if they are unknown."""

    def add(self, encoded: str, size: int, at: float) -> None:
        """One piece of ``size`` bytes that is played from ``at`` on. Raises nothing."""
        if self._on_audio is None or size == 0:
            return
        if self.format is None:
            self._leave_out("its format is not known")
        elif size > _LARGEST:
            self._leave_out(f"a piece of it has more than {_LARGEST} bytes")
        else:
            try:
                data = binascii.a2b_base64(encoded)
                # What is no base64 is passed over in decoding, and missing afterwards.
                if len(data) != size:
                    raise ValueError("not base64 throughout")
                self._on_audio(data, *self.format, at)
            except Exception as error:  # noqa: BLE001 - the conversation goes on whatever becomes of this
                self._leave_out(type(error).__qualname__)

    def _leave_out(self, why: str) -> None:
        if not self._said:
            self._said = True
            logger.warning("audio of the agent is left out: %s", why)
