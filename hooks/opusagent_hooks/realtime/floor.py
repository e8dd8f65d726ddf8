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

Change = Callable[[Callable[[Mapping[str, Any]], Mapping[str, Any]]], Awaitable[None]]


class Floor:
    """Holds the agent's own replies back while a plugin has the floor, and never for ever.

    Where the service finds the ends of turns it would answer by itself, so that is switched off meanwhile:
    ``set_turn_detection`` is given a function of the turn detection in force.
    """

    def __init__(self, gate: ResponseGate, set_turn_detection: Change) -> None:
        self._gate = gate
        self._set_turn_detection = set_turn_detection
        self._timer: asyncio.TimerHandle | None = None
        self._muted = False
        self._before: Any = True
        self._returning: asyncio.Task[None] | None = None

    async def take(self) -> None:
        """Take it, or keep it for longer."""
        taken, self._gate.floor = self._gate.floor, True
        self.touch()
        if not taken:
            await self._set_turn_detection(self._mute)

    def touch(self) -> None:
        """The time after which it comes back begins anew."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._gate.floor:
            self._timer = asyncio.get_running_loop().call_later(FLOOR_SECONDS, self._come_back)

    async def give_back(self, *, reply: bool) -> None:
        """Give it back; what the caller said meanwhile is answered only with ``reply``."""
        if not self._gate.floor:
            if reply:
                self._gate.reply_now()
            return
        self._release()
        try:
            await self._set_turn_detection(self._unmute)
        finally:
            if reply:
                self._gate.reply_now()
            else:
                self._gate.forget_owed()

    def muted(self, detection: Mapping[str, Any]) -> dict[str, Any]:
        """Turn detection after which the service does not answer by itself."""
        return dict(self._mute(detection))

    def close(self) -> None:
        """The call is over."""
        self._release()
        if self._returning is not None:
            self._returning.cancel()

    def _release(self) -> None:
        self._gate.floor = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _come_back(self) -> None:
        logger.warning("a plugin kept the floor for %g s without a word; the agent goes on", FLOOR_SECONDS)
        self._release()

        async def go_on() -> None:
            with contextlib.suppress(Exception):  # a dead connection is for the host to notice
                await self._set_turn_detection(self._unmute)
            self._gate.pump()

        self._returning = asyncio.get_running_loop().create_task(go_on())

    def _mute(self, detection: Mapping[str, Any]) -> Mapping[str, Any]:
        self._before = detection.get("create_response", True)
        self._muted = self._before is not False
        return {**detection, "create_response": False} if self._muted else detection

    def _unmute(self, detection: Mapping[str, Any]) -> Mapping[str, Any]:
        muted, self._muted = self._muted, False
        return {**detection, "create_response": self._before} if muted else detection
