"""The known caller of a call: told, remembered, and let go when somebody else takes the phone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from opusagent_hooks import Call, PersonalContextRefusedError, Session, Turn
from opusagent_voiceprint.calls.assurance import CallEvidence, Evidence
from opusagent_voiceprint.calls.context import Shared, log_failure
from opusagent_voiceprint.consent import clean_name
from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.memory import remember, withdrawal_notice
from opusagent_voiceprint.models import Caller, CallNotes, Decision, Purpose

__all__ = ["KnownCaller"]

logger = logging.getLogger("opusagent_voiceprint")


class KnownCaller:
    """Who the call's voice belongs to, how sure that is, and what the model and the host were told about it.

    ``vouched`` is given the evidence when the application has verified the caller.
    """

    def __init__(self, call: Call, shared: Shared, vouched: Callable[[Evidence], object]) -> None:
        self._call = call
        self._shared = shared
        self._context_items: list[str] = []
        self._stale_items: list[str] = []
        self._refused = False
        self.decision = Decision.PENDING
        self.recognised_id: str | None = None
        """Set as soon as the voice is recognised, or enrolled; ``caller`` when the record was read."""
        self.caller: Caller | None = None
        self.session: Session | None = None
        self._by_voice = False
        self._vouched = vouched
        self.evidence = CallEvidence(self._verified)
        """How sure it is; the session's metadata follow it."""

    @property
    def somebody(self) -> bool:
        """Whether the voice is a caller's, whose record may still have to be read."""
        return self.caller is not None or self.recognised_id is not None

    @property
    def recognised(self) -> Caller | None:
        """The caller, if recognised on this call, and not only enrolled."""
        caller = self.caller
        return caller if caller is not None and caller.caller_id == self.evidence.now.caller_id else None

    @property
    def taken_for(self) -> Caller | None:
        """Whom the voice was recognised as; until that is carried out, also when it has lapsed already."""
        return self.caller if self._by_voice else None

    @property
    def told(self) -> bool:
        """Whether the host took personal context, so that the model knows who is calling."""
        return bool(self._context_items)

    def decide(self, decision: Decision, **evidence: float) -> None:
        """Note for the host what is decided, and on how much speech; never how alike."""
        self.decision = decision
        if self.session is not None:
            self.session.metadata["voiceprint"] = {"decision": decision.value, **evidence}

    def unrecognise(self) -> None:
        """A recognition that came before it was known that nobody is to be recognised on this call."""
        if self.recognised_id is not None:
            self.recognised_id = None
            self.decide(Decision.PENDING)

    def named(self, caller: Caller) -> Caller:
        """The caller with a name fit to be said and shown: theirs, or the one of an application; or none."""
        given = caller.metadata.get("name")
        names = (caller.name, given if isinstance(given, str) else None)
        name = next((clean for each in names if each and (clean := clean_name(each))), None)
        return caller if name == caller.name else caller.model_copy(update={"name": name})

    def adopt(self, caller: Caller, *, recognised: bool = False) -> None:
        """This is who is calling: recognised, or enrolled just now, on nothing but their own word."""
        self.caller, self._by_voice = self.named(caller), recognised
        if recognised:
            self.evidence.recognised(caller.caller_id)
        self.recognised_id = caller.caller_id
        self.attach(self.session)

    async def enrolled(self, caller: Caller) -> None:
        """This caller is stored."""
        self.adopt(caller)
        hooks, record = self._shared.hooks, caller.consent(Purpose.VOICEPRINT)
        await hooks.call_all("voiceprint_consent", call=self._call, record=record)
        await hooks.call_all("voiceprint_enrolled", call=self._call, caller=caller)

    def attach(self, session: Session | None) -> None:
        """Keep the host's session state in step, whichever comes first, session or caller."""
        self.session = session
        if session is not None and self.caller is not None:
            session.caller_id = self.caller.caller_id
            session.caller_metadata = {**_metadata(self.caller), **self._level}

    def confirm(self, caller_id: str) -> bool:
        """The recognised caller said who they are; whether that made it surer."""
        raised = self.evidence.confirm(caller_id)
        self._show_level()
        return raised

    def lapse(self) -> None:
        """Whose voice this is, is not known any more; what follows from it is still to be carried out."""
        self.evidence.lapse()
        self._show_level()

    def _verified(self) -> None:
        self._show_level()
        self._vouched(self.evidence.now)

    @property
    def _level(self) -> dict[str, str]:
        return {"assurance": self.evidence.now.assurance.value}

    def _show_level(self) -> None:
        if self.session is not None and self.caller is not None:
            self.session.caller_metadata = {**self.session.caller_metadata, **self._level}

    async def tell(self, text: str) -> None:
        """Put one item into the conversation, unless the host takes none."""
        try:
            self._context_items.append(await self._call.agent.put_context(text))
        except PersonalContextRefusedError:
            if not self._refused:
                logger.warning(
                    "call %s: the host takes no personal context; no greeting by name", self._call.id
                )
            self._refused = True

    def forget(self) -> None:
        """Nobody is known any more: clears the session's state at once."""
        self.evidence.lapse()
        self.caller = self.recognised_id = None
        self._by_voice = False
        self._stale_items += self._context_items
        self._context_items = []
        if self.session is not None:
            self.session.caller_id = None
            self.session.caller_metadata = {}

    def drop(self) -> None:
        """The call is over: hold on to nobody."""
        self.evidence.close()
        self._show_level()
        self._by_voice = False
        self.caller = self.session = self.recognised_id = None

    async def retract(self) -> None:
        """Take what is stale back out of the conversation. What fails is tried again with the next event."""
        said = False
        while self._stale_items:
            try:
                await self._call.agent.remove_context(self._stale_items[0])
            except Exception as exc:  # noqa: BLE001 - an erasure goes on, whatever the host raises
                log_failure(self._call.id, "personal context could not be taken back yet", exc)
                return
            del self._stale_items[0]
            if said:
                continue
            said = True
            try:
                await self._call.agent.put_context(withdrawal_notice())
            except Exception as exc:  # noqa: BLE001 - see above
                log_failure(self._call.id, "the model could not be told that the caller is not known", exc)

    async def remember(self, caller_id: str, turns: Sequence[Turn]) -> None:
        """Note that a caller called, and what about, as far as the consents go."""
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


def _metadata(caller: Caller) -> dict[str, Any]:
    """What a host's own code may want to know, as JSON can hold it; nothing that is hashed or secret."""
    return {
        **caller.metadata,
        "name": caller.name,
        "last_seen": caller.last_seen.isoformat() if caller.last_seen is not None else None,
        "languages": list(caller.languages),
    }
