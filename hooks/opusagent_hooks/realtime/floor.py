"""Who may speak next: the agent by itself, or a plugin."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from opusagent_hooks.realtime.gate import ResponseGate

__all__ = ["FLOOR_SECONDS", "Floor"]

logger = logging.getLogger("opusagent_hooks")

FLOOR_SECONDS: Final = 20.0
"""Seconds after which a floor comes back that a plugin took and then left alone."""

Detection = Mapping[str, Any]


class Floor:
    """Holds the agent's own replies back while a plugin has the floor, and never for ever.

    Where the service finds the ends of turns it would answer by itself, so that is switched off meanwhile:
    ``detection`` is the turn detection in force, ``set_detection`` sets another.
    """

    def __init__(
        self,
        gate: ResponseGate,
        detection: Callable[[], Detection | None],
        set_detection: Callable[[Detection], Awaitable[None]],
    ) -> None:
        self._gate = gate
        self._detection = detection
        self._set_detection = set_detection
        self._timer: asyncio.TimerHandle | None = None
        self._before: Detection | None = None
        self._returning: asyncio.Task[None] | None = None

    async def take(self) -> None:
        """Take it, or keep it for longer."""
        self._gate.floor = True
        self.touch()
        detection = self._detection()
        if self._before is None and detection is not None and _answers(detection):
            self._before = dict(detection)
            await self._set_detection(_muted(detection))

    def touch(self) -> None:
        """The time after which it comes back begins anew."""
        self.pause()
        if self._gate.floor:
            self._timer = asyncio.get_running_loop().call_later(FLOOR_SECONDS, self._come_back)

    def pause(self) -> None:
        """It does not come back before the next :meth:`touch`."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def give_back(self, *, reply: bool) -> None:
        """Give it back; what the caller said meanwhile is answered only with ``reply``."""
        taken, self._gate.floor = self._gate.floor, False
        self.pause()
        try:
            await self.unmute()
        finally:
            if reply:
                self._gate.reply_now()
            elif taken:
                self._gate.forget_owed()

    async def unmute(self) -> None:
        """Let the service answer by itself again, if it did before."""
        before, self._before = self._before, None
        if before is not None:
            # In so many words: a service that only changes what it is told would stay quiet.
            await self._set_detection({"create_response": True, **before})

    def kept_quiet(self, detection: Detection) -> Detection:
        """What to set in place of a turn detection that the host sets while the service is to be quiet."""
        if not self._gate.floor or not _answers(detection):
            return detection
        self._before = dict(detection)
        return _muted(detection)

    def close(self) -> None:
        """The call is over."""
        self._gate.floor = False
        self.pause()
        if self._returning is not None:
            self._returning.cancel()

    def _come_back(self) -> None:
        logger.warning("a plugin kept the floor for %g s without a word; the agent goes on", FLOOR_SECONDS)
        self._gate.floor = False
        self._timer = None

        async def go_on() -> None:
            if self._gate.floor:
                return  # taken again meanwhile
            with contextlib.suppress(Exception):  # a dead connection is for the host to notice
                await self.unmute()
            self._gate.pump()

        self._returning = asyncio.get_running_loop().create_task(go_on())


def _answers(detection: Detection) -> bool:
    """Whether a service with this turn detection says anything without being asked."""
    return detection.get("create_response", True) is not False or bool(detection.get("idle_timeout_ms"))


def _muted(detection: Detection) -> Detection:
    """The same turn detection, with which the service says nothing by itself."""
    muted = {**detection, "create_response": False}
    if "idle_timeout_ms" in muted:
        muted["idle_timeout_ms"] = None
    return muted
