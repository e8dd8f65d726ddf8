"""The known caller of a call: greeted, remembered, and let go when somebody else takes the phone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from opusagent_hooks import Call, PersonalContextRefusedError, Session, Turn
from opusagent_voiceprint.calls.context import Shared, log_failure
from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.memory import context_block, default_greeting, remember, withdrawal_notice
from opusagent_voiceprint.models import Caller, CallNotes, Memory, Purpose

__all__ = ["KnownCaller"]

logger = logging.getLogger("opusagent_voiceprint")


class KnownCaller:
    """Who the call's voice belongs to, and what the model and the host were told about it."""

    def __init__(self, call: Call, shared: Shared) -> None:
        self._call = call
        self._shared = shared
        self._context_items: list[str] = []
        self._stale_items: list[str] = []
        self.caller: Caller | None = None
        self.session: Session | None = None

    async def greet(self, caller: Caller, still: Callable[[], bool]) -> None:
        """A caller was recognised: memory, greeting, one context item, session metadata, hooks.

        Plugins may take their time; nothing personal is put in unless ``still`` says, when they are done,
        that the same voice is speaking.
        """
        hooks = self._shared.hooks
        memory = await hooks.call_first("voiceprint_load_memory", call=self._call, caller=caller)
        if not isinstance(memory, Memory):
            memory = Memory()
        now = self._shared.clock()
        greeting = await hooks.call_first(
            "voiceprint_greeting", call=self._call, caller=caller, memory=memory
        )
        if not isinstance(greeting, str) or not greeting.strip():
            greeting = default_greeting(caller.name, caller.last_seen, now)
        if not still():
            return
        self.adopt(caller)
        try:
            self._context_items.append(
                await self._call.agent.put_context(context_block(caller.name, greeting, memory, now))
            )
        except PersonalContextRefusedError:
            logger.warning("call %s: the host takes no personal context; no greeting by name", self._call.id)
        await hooks.call_all("voiceprint_identified", call=self._call, caller=caller)

    def adopt(self, caller: Caller) -> None:
        """This is who is calling: recognised, or enrolled just now."""
        self.caller = caller
        self.attach(self.session)

    def attach(self, session: Session | None) -> None:
        """Keep the host's session state in step, whichever comes first, session or caller."""
        self.session = session
        if session is not None and self.caller is not None:
            session.caller_id = self.caller.caller_id
            session.caller_metadata = {**self.caller.metadata, "name": self.caller.name}

    def forget(self) -> None:
        """Nobody is known any more: clears the session's state at once."""
        self.caller = None
        self._stale_items += self._context_items
        self._context_items = []
        if self.session is not None:
            self.session.caller_id = None
            self.session.caller_metadata = {}

    async def retract(self) -> None:
        """Take what is stale back out of the conversation. What fails is tried again with the next event."""
        while self._stale_items:
            try:
                await self._call.agent.remove_context(self._stale_items[0])
            except Exception as exc:  # noqa: BLE001 - an erasure goes on, whatever the host raises
                log_failure(self._call.id, "personal context could not be taken back yet", exc)
                return
            del self._stale_items[0]
            try:
                await self._call.agent.put_context(withdrawal_notice())
            except Exception as exc:  # noqa: BLE001 - see above
                log_failure(self._call.id, "the model could not be told that the caller is not known", exc)

    async def remember(self, turns: Sequence[Turn]) -> None:
        """Note that the caller called, and what about, as far as the consents go."""
        if self.caller is None:
            return
        caller_id = self.caller.caller_id
        try:
            # Read again: consents may have been given or taken back since the caller was recognised.
            caller = await self._shared.records.get(caller_id)
        except StorageError as exc:
            log_failure(self._call.id, "the call could not be remembered", exc)
            return
        if caller is None:
            return
        notes = CallNotes()
        if caller.consent(Purpose.MEMORY) and turns:
            notes = _as_notes(
                await self._shared.hooks.call_first(
                    "voiceprint_summarize", call=self._call, turns=tuple(turns)
                )
            )
        now = self._shared.clock()

        def change(current: Caller) -> Caller | None:
            # The summary took time, and another worker may have changed the caller meanwhile.
            if current.consent(Purpose.VOICEPRINT) is None:
                return None
            last_seen = max(now, current.last_seen) if current.last_seen else now
            memory = current.memory
            if current.consent(Purpose.MEMORY):
                memory = remember(memory, notes, self._call.id, now)
            return current.model_copy(update={"last_seen": last_seen, "memory": memory})

        try:
            await self._shared.records.change(caller_id, change)
        except StorageError as exc:
            log_failure(self._call.id, "the call could not be remembered", exc)


def _as_notes(result: object) -> CallNotes:
    if isinstance(result, CallNotes):
        return result
    return CallNotes(summary=result) if isinstance(result, str) else CallNotes()
