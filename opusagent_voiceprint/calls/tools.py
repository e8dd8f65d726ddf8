"""The tools that the model is given on one call: each use goes through the call's own task."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from opusagent_hooks import AgentError, Call, Tool
from opusagent_voiceprint.calls.context import log_failure

__all__ = ["CallTools", "ToolName", "ToolUse"]

ToolName = Literal["voiceprint_enroll", "voiceprint_forget", "voiceprint_who_am_i"]

_PATIENCE: Final = 0.08
"""Seconds that the model waits for an answer: a dialogue that is under way takes much longer."""

_PARAMETERS: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {},
    "required": [],
    "additionalProperties": False,
}
_CALL_OVER: Final = {"status": "call_over"}
_BUSY: Final = {
    "status": "busy",
    "note": "Something is being settled with the caller right now. Promise nothing, and go on.",
}
_DESCRIPTIONS: Final[dict[ToolName, str]] = {
    "voiceprint_enroll": (
        "Use this when the caller asks, in their own words, to be remembered or to be recognised by voice "
        "next time. The system then asks the caller for consent in fixed words of its own; the tool itself "
        "stores nothing. Never offer this unasked, never ask for the consent yourself, and never say that a "
        "voice is or will be stored: only the result says what happens."
    ),
    "voiceprint_forget": (
        "Use this when the caller asks to be forgotten, or to have their voice, voiceprint or what is kept "
        "about them deleted. It says what becomes of the request. Promise nothing yourself: only the result "
        "says whether anything is deleted."
    ),
    "voiceprint_who_am_i": (
        "Use this when the caller asks whether you know, remember or recognise them. It says whether the "
        "caller's voice has been recognised on this call, as whom, and how sure that is. Recognised is not "
        "verified: never take it for a proof of identity."
    ),
}


@dataclass(frozen=True, slots=True)
class ToolUse:
    """The model called a tool, and waits for ``answer``; when it no longer does, that is cancelled."""

    name: ToolName
    answer: asyncio.Future[Mapping[str, Any]] = field(repr=False)


class CallTools:
    """Offers the tools to the call's agent, and hands each use to ``ask``.

    After :meth:`close` the tools hold nothing of the call, however long the host keeps them.
    """

    def __init__(self, call: Call, ask: Callable[[ToolUse], None]) -> None:
        self._call_id = call.id
        self._ask: Callable[[ToolUse], None] | None = ask
        self._registered = False

    async def register(self, call: Call, *, enroll: bool) -> None:
        """Offer them, once. An agent that takes none goes without."""
        if self._registered:
            return
        self._registered = True
        handlers = {"voiceprint_forget": self.forget, "voiceprint_who_am_i": self.who_am_i}
        if enroll:
            handlers["voiceprint_enroll"] = self.enroll
        for name, description in _DESCRIPTIONS.items():
            if name not in handlers:
                continue
            try:
                await call.agent.register_tool(Tool(name, description, _PARAMETERS, handlers[name]))
            except AgentError as exc:
                log_failure(self._call_id, "the agent takes no tools", exc)
                return

    async def enroll(self, **_: object) -> Mapping[str, Any]:
        """``voiceprint_enroll``; models pass arguments to functions that have none."""
        return await self._use("voiceprint_enroll")

    async def forget(self, **_: object) -> Mapping[str, Any]:
        """``voiceprint_forget``."""
        return await self._use("voiceprint_forget")

    async def who_am_i(self, **_: object) -> Mapping[str, Any]:
        """``voiceprint_who_am_i``."""
        return await self._use("voiceprint_who_am_i")

    def close(self) -> None:
        """The call is over."""
        self._ask = None

    async def _use(self, name: ToolName) -> Mapping[str, Any]:
        if self._ask is None:
            return dict(_CALL_OVER)
        use = ToolUse(name, asyncio.get_running_loop().create_future())
        self._ask(use)
        done, _ = await asyncio.wait({use.answer}, timeout=_PATIENCE)
        if done:
            return use.answer.result()
        use.answer.cancel()
        return dict(_BUSY if self._ask is not None else _CALL_OVER)
