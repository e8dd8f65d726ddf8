"""Which response of a connection is active, what it answers, and when it is cut short."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from message_log import MessageLog
from realtime_audio import Voice
from realtime_conversation import Conversation
from realtime_dialects import ApiError, Dialect
from realtime_faults import Faults
from realtime_model import Action, ModelTurn, Say, Script
from realtime_response import Emit, Pace, Response, StopReason

__all__ = ["Responder"]


class Responder:
    """The connection's responses: one at a time in the conversation, and any number out of band."""

    def __init__(
        self,
        emit: Emit,
        log: MessageLog,
        dialect: Dialect,
        session: Mapping[str, Any],
        conversation: Conversation,
        *,
        script: Script,
        pace: Pace,
        faults: Faults,
        voice: Voice | None,
        failed: Callable[[Exception], None],
    ) -> None:
        self.count = 0
        self._emit = emit
        self._log = log
        self._dialect = dialect
        self._session = session
        self._conversation = conversation
        self._script = script
        self._pace = pace
        self._faults = faults
        self._voice = voice
        self._failed = failed
        self._active: Response | None = None
        self._tasks: dict[Response, asyncio.Task[None]] = {}

    @property
    def is_busy(self) -> bool:
        """True while a response in the conversation is active."""
        return self._active is not None

    async def create(self, options: Mapping[str, Any]) -> None:
        """What a client asks for."""
        self._dialect.check_response(options)
        if self._faults.never_answer:
            return
        if self.is_busy and options.get("conversation") != "none":
            raise ApiError(
                "conversation_already_has_active_response",
                "Conversation already has an active response in progress. Wait until the response is "
                "finished before creating a new one.",
            )
        await self.respond(options)

    async def respond(self, options: Mapping[str, Any]) -> None:
        """Begin a response."""
        if self._faults.unknown_events:
            await self._emit("response.something_new", detail={"of": "no concern"})
        turn = self._turn(options)
        response = Response(
            self._emit, self._dialect, self._session, options, self._conversation, self._pace, self._voice
        )
        if response.in_conversation:
            self._active = response
        verbatim = turn.verbatim is not None
        work = self._run(response, self._decide(turn), verbatim=verbatim)
        self._tasks[response] = asyncio.create_task(work)

    async def cancel(self) -> None:
        """What a client asks for."""
        if self._active is None:
            raise ApiError("response_cancel_not_active", "Cancellation failed: no active response found")
        await self.stop("client_cancelled")

    async def stop(self, reason: StopReason) -> None:
        """Cut the active response short, if there is one, and wait until its last event was sent."""
        if self._active is not None:
            self._active.stop(reason)
            await asyncio.wait({self._tasks[self._active]})

    async def close(self) -> None:
        """The client is gone."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, response: Response, action: Action | None, *, verbatim: bool) -> None:
        try:
            await response.run(action, verbatim=verbatim)
        finally:
            if self._active is response:
                self._active = None
            del self._tasks[response]
            self._log.changed()

    def _turn(self, options: Mapping[str, Any]) -> ModelTurn:
        self.count += 1
        given, tools = options.get("input"), options.get("tools")
        conversation, session = self._conversation, self._session
        return ModelTurn(
            index=self.count,
            instructions=options.get("instructions") or session["instructions"],
            tools=tuple(session["tools"] if tools is None else tools),
            tool_choice=options.get("tool_choice", session["tool_choice"]),
            items=conversation.read() if given is None else conversation.parse_all(given),
            caller_words=conversation.caller_words,
            metadata=dict(options.get("metadata") or {}),
        )

    def _decide(self, turn: ModelTurn) -> Action | None:
        try:
            action = self._script(turn)
        except Exception as error:  # noqa: BLE001 - raised again by the service when the test ends
            self._failed(error)
            return None
        if self._faults.paraphrase and turn.verbatim is not None:
            return Say(f"So, in other words: {' '.join(reversed(turn.verbatim.split()))}")
        return action
