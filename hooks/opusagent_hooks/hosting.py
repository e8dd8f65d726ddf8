"""One call as a host runs it: every hook once and in order, whatever the host does twice."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from opusagent_hooks.codecs import Encoding
from opusagent_hooks.errors import AudioFormatError
from opusagent_hooks.events import AudioChunk, Call, Session, Speaker, Turn
from opusagent_hooks.manager import HookManager

__all__ = ["HostedCall"]

logger = logging.getLogger("opusagent_hooks")

_TURNS_AT_THE_END: Final = 8.0
"""Seconds that turns have to be handled once the call is over, before ``call_end`` is called regardless."""


class HostedCall:
    """Dispatches the hooks of one call for a host.

    A host may announce, configure and end a call as often as it likes: plugins hear of each once. Audio and
    turns are given only between the start and the end. Nothing here raises what a plugin did wrong, and
    :meth:`audio` raises nothing at all. To be used on one event loop.
    """

    def __init__(self, manager: HookManager, call: Call) -> None:
        self.call = call
        self._manager = manager
        self._began = False
        self._configured = False
        self._turns: asyncio.Queue[Turn | None] = asyncio.Queue()
        self._worker: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._started = asyncio.Event()
        self._heard: dict[Speaker, float] = {"caller": 0.0, "agent": 0.0}
        self._odd_byte: dict[Speaker, bytes] = {"caller": b"", "agent": b""}
        self._bad_audio = False

    @property
    def begun(self) -> bool:
        """True from the first :meth:`start` on."""
        return self._began

    @property
    def is_over(self) -> bool:
        """True from the first :meth:`end` on."""
        return self._ending is not None

    async def start(self) -> None:
        """The call is announced. Returns when plugins have taken note of it."""
        if self._began or self.is_over:
            return
        self._began = True
        try:
            await self._manager.call_all("call_start", call=self.call)
        finally:
            self._started.set()

    async def create_session(self, session: Session) -> None:
        """The host has session state, and is about to configure the model."""
        if self._configured or not self._began or self.is_over:
            return
        self._configured = True
        await self._manager.call_all("session_create", call=self.call, session=session)

    def audio(
        self,
        data: bytes,
        encoding: Encoding,
        sample_rate: int,
        speaker: Speaker = "caller",
        at: float | None = None,
    ) -> None:
        """One frame, ``at`` seconds into the audio if the platform says so. Half a sample waits for the rest.

        Audio in a format that is not supported is left out, and said so once.
        """
        if self.is_over or not self._started.is_set():
            return
        if encoding == "pcm16":
            data = self._odd_byte[speaker] + data
            whole = len(data) & ~1
            self._odd_byte[speaker] = data[whole:]
            data = data[:whole]
        start = self._heard[speaker] if at is None else at
        try:
            chunk = AudioChunk(data, encoding, sample_rate, speaker, start)
        except AudioFormatError as error:
            if not self._bad_audio:
                self._bad_audio = True
                logger.error("call %s: audio_input is not called: %s", self.call.id, error)
            return
        self._heard[speaker] = start + chunk.duration
        if data:
            self._manager.audio_input(self.call, chunk)

    def turn(self, turn: Turn) -> None:
        """One side's words are final."""
        if not self._began or self.is_over:
            return
        self._turns.put_nowait(turn)
        if self._worker is None:
            self._worker = asyncio.create_task(self._handle_turns(), name=f"turns-{self.call.id}")

    def end(self, reason: str) -> asyncio.Task[None]:
        """The call is over. Returns the task that sees to it, which nobody has to wait for."""
        if self._ending is None:
            self._ending = asyncio.create_task(self._finish(reason), name=f"end-{self.call.id}")
        return self._ending

    async def _handle_turns(self) -> None:
        await self._started.wait()
        while (turn := await self._turns.get()) is not None:
            await self._manager.call_all("transcript", call=self.call, turn=turn)

    async def _finish(self, reason: str) -> None:
        if not self._began:
            return
        await self._started.wait()
        if self._worker is not None:
            self._turns.put_nowait(None)
            await asyncio.wait({self._worker}, timeout=_TURNS_AT_THE_END)
            self._worker.cancel()
        await self._manager.call_all("call_end", call=self.call, reason=reason)
