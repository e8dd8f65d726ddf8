"""Given words, spoken by the model, one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from opusagent_hooks.realtime.dialects import Dialect, spoken_response
from opusagent_hooks.realtime.gate import TOKEN_KEY, OwnResponse, ResponseGate
from opusagent_hooks.realtime.playback import Playback
from opusagent_hooks.realtime.signals import Signals

__all__ = ["Mouth"]

_TURN_COMES_WITHIN: Final = 30.0
_BEGINS_WITHIN: Final = 8.0
_GENERATED_WITHIN: Final = 60.0
_PLAYED_WITHIN: Final = 120.0

_VERBATIM: Final = (
    "Say exactly the words that are marked below, word for word and in their language. Add nothing before or "
    "after them, leave nothing out, and do not answer anything that was said.\n<say>{text}</say>"
)


class Mouth:
    """Speaks given words through the model, when nobody else is speaking."""

    def __init__(self, gate: ResponseGate, playback: Playback, signals: Signals) -> None:
        self._gate = gate
        self._playback = playback
        self._signals = signals
        self._one_at_a_time = asyncio.Lock()
        self._speaking: OwnResponse | None = None
        self._response_id: str | None = None

    async def say(self, text: str, dialect: Dialect, stop: Callable[[], bool]) -> OwnResponse:
        """Speak, after what is being said was said, and wait until it was heard; what became of it.

        ``stop`` says that the call is over.
        """
        own = OwnResponse()
        async with self._one_at_a_time:
            await self._signals.until(
                lambda: stop() or (self._gate.free and not self._playback.playing), _TURN_COMES_WITHIN
            )
            if stop() or not self._gate.free:
                return own
            self._speaking = own
            try:
                instructions = _VERBATIM.format(text=text)
                message = spoken_response(dialect, instructions, {TOKEN_KEY: own.token})
                await self._gate.plugin_asks(message, own)
                await self._wait(own, stop)
                return own
            finally:
                self._speaking = self._response_id = None

    def began(self, own: OwnResponse | None, response_id: str) -> None:
        """A response began; perhaps the one that was asked for."""
        if own is not None and own is self._speaking:
            self._response_id = response_id

    def interrupt(self) -> None:
        """The caller speaks."""
        if self._speaking is not None and self._response_id is not None:
            self._speaking.interrupted = True
            self._signals.changed()

    def done(self, response_id: str, status: str, words: str) -> None:
        """A response is generated."""
        if self._speaking is not None and response_id == self._response_id:
            self._speaking.words = words
            self._speaking.status = status

    async def _wait(self, own: OwnResponse, stop: Callable[[], bool]) -> None:
        def ended() -> bool:
            return stop() or own.over

        if not await self._signals.until(lambda: ended() or own.began, _BEGINS_WITHIN):
            return
        if not await self._signals.until(ended, _GENERATED_WITHIN):
            return
        until = self._playback.until
        await self._signals.until(
            lambda: stop() or own.interrupted or self._playback.reached(until), _PLAYED_WITHIN
        )
