"""Between a host and its Realtime service: sees every message both ways, and is the call's agent."""

from __future__ import annotations

import difflib
import json
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Final
from uuid import uuid4

from opusagent_hooks.errors import AgentUnavailableError, PersonalContextRefusedError
from opusagent_hooks.events import Spoken, Tool, Turn
from opusagent_hooks.realtime import dialects, events
from opusagent_hooks.realtime.agent_audio import OnAgentAudio
from opusagent_hooks.realtime.conversation import Conversation
from opusagent_hooks.realtime.dialects import Dialect
from opusagent_hooks.realtime.floor import Floor
from opusagent_hooks.realtime.session import SessionAdditions

__all__ = ["RealtimeLink"]

logger = logging.getLogger("opusagent_hooks")

_TYPE: Final = re.compile(r'"type"\s*:\s*"([a-z_.]+)"')
_WORD: Final = re.compile(r"\w+")
_ALIKE: Final = 0.8
"""Share of words in common from which on a transcript is of the same words."""

_APPEND: Final = "input_audio_buffer.append"


class RealtimeLink:
    """An :class:`~opusagent_hooks.AgentPort` over the messages of one Realtime session.

    The host passes what it sends to :meth:`outgoing` instead of to the service, and shows each message of
    the service to :meth:`incoming` before it reads it. ``send`` passes a message on to the service.

    Args:
        dialect: None finds it out from the session; ``local`` is OpusAgent's double, which can neither take
            context nor speak given words.
        on_turn: gets the turns of both sides.
        on_session: awaited once, before the host's first ``session.update`` goes out.
        on_tool: makes a tool callable on the host's side.
        on_end_call: hangs up.
        refuse_context: says why nothing personal may go in, or None.
        transcribe: switch the transcription of the caller on where the host has not.
        on_agent_audio: gets the agent's speech as it comes, which is earlier than it is played: bytes,
            encoding, sample rate, and from when on it is played if nobody interrupts.
    """

    def __init__(
        self,
        send: Callable[[str], Awaitable[None]],
        *,
        dialect: Dialect | None = None,
        on_turn: Callable[[Turn], None] | None = None,
        on_session: Callable[[], Awaitable[None]] | None = None,
        on_tool: Callable[[Tool], None] | None = None,
        on_end_call: Callable[[str], Awaitable[None]] | None = None,
        refuse_context: Callable[[], str | None] | None = None,
        transcribe: bool = False,
        on_agent_audio: OnAgentAudio | None = None,
    ) -> None:
        self._send = send
        self._on_session = on_session
        self._on_tool = on_tool
        self._on_end_call = on_end_call
        self._refuse_context = refuse_context or (lambda: None)
        self._additions = SessionAdditions(transcribe=transcribe)
        self._now = _Clock()
        self._talk = Conversation(
            self._forward, self._now, on_turn or (lambda turn: None), dialect, on_agent_audio
        )
        self._floor = Floor(self._talk.gate, lambda: self._talk.automatic, self._set_turn_detection)
        self._items: set[str] = set()
        self._event_ids: set[str] = set()
        self._closed = False

    # The host's side

    @property
    def now(self) -> float:
        """Seconds since the call began."""
        return self._now()

    @property
    def dialect(self) -> Dialect:
        """The dialect of the session, as far as it shows."""
        return self._talk.dialect

    def start_clock(self) -> None:
        """The call begins now. A second time: nothing."""
        self._now.start()

    async def outgoing(self, message: str) -> None:
        """Pass on what the host sends, with what plugins added, or keep it until its time.

        Raises what ``send`` raises.
        """
        if self._closed or not isinstance(message, str):
            await self._send(message)
            return
        size = _appended(message)
        if size is not None:
            self._talk.host_appended(size)
            await self._send(message)
            return
        data = _parsed(message)
        match data.get("type"):
            case "session.update" if isinstance(data.get("session"), dict):
                await self._announce_session()
                await self._send(self._or_as_it_is(self._configured, message, data))
                return
            case "response.create":
                await self._talk.gate.host_asks(self._with_instructions(data))
                return
            case "input_audio_buffer.commit":
                self._talk.host_committed()
            case "conversation.item.create" if isinstance(data.get("item"), dict):
                self._talk.host_added(data["item"])
        await self._send(message)

    def incoming(self, message: str | bytes) -> bool:
        """Take note of what the service sent. False for what concerns only plugins, and not the host.

        Raises nothing.
        """
        if self._closed:
            return True
        try:
            event = events.read_event(json.loads(message))
            if event is not None:
                self._talk.apply(event)
            return not self._concerns_only_us(event)
        except Exception as error:  # noqa: BLE001 - the host reads the message whatever happens here
            logger.warning("a message of the service was not understood: %s", type(error).__qualname__)
            return True

    def caller_hears_nothing_more(self) -> None:
        """What the agent said and was not played yet never will be: the host dropped it."""
        self._talk.playback.drop()
        self._talk.signals.changed()

    async def release(self) -> None:
        """The host goes on without plugins: it gets what was kept for it, and the service as it was.

        From then on messages only pass. Raises what ``send`` raises.
        """
        if self._closed:
            return
        owed = self._talk.gate.take_owed()
        self.close()
        await self._floor.unmute()
        if owed is not None:
            await self._forward(owed)

    def close(self) -> None:
        """The call is over. A second time: nothing."""
        if not self._closed:
            self._closed = True
            self._floor.close()
            self._talk.close()

    # The agent

    @property
    def idle(self) -> bool:
        """True when neither side is speaking and the agent owes no reply."""
        return not self._closed and self._talk.idle

    async def wait_idle(self, timeout: float) -> bool:
        """Wait until the agent is idle, at most ``timeout`` seconds; true if it is."""
        self._check_open()
        await self._talk.signals.until(lambda: self._closed or self._talk.idle, timeout)
        return self.idle

    async def add_instructions(self, text: str) -> None:
        """Add to the session's instructions, behind the host's."""
        self._check_open()
        self._additions.add_instructions(text)
        if self._talk.configured:
            await self._update(self._additions.instruction_fields())

    async def register_tool(self, tool: Tool) -> None:
        """Offer a tool to the model, on this call only. Raises :class:`AgentError` for a name in use."""
        self._check_open()
        self._additions.check_tool(tool)
        if self._on_tool is not None:
            self._on_tool(tool)
        self._additions.add_tool(tool)
        if self._talk.configured:
            await self._update(self._additions.tool_fields())

    async def put_context(self, text: str) -> str:
        """Put a system item into the conversation, before the next reply; returns its id."""
        self._check_open()
        refused = self._refuse_context()
        if refused is not None:
            raise PersonalContextRefusedError(refused)
        item_id = f"ctx_{uuid4().hex[:28]}"  # a service takes at most 32 characters
        self._items.add(item_id)
        if self.dialect != "local":
            content = [{"type": "input_text", "text": text}]
            item = {"id": item_id, "type": "message", "role": "system", "content": content}
            await self._send_own({"type": "conversation.item.create", "item": item})
        return item_id

    async def remove_context(self, item_id: str) -> None:
        """Take such an item out again. Unknown ids are ignored."""
        self._check_open()
        if item_id in self._items and self.dialect != "local":
            await self._send_own({"type": "conversation.item.delete", "item_id": item_id})

    async def say(self, text: str) -> Spoken:
        """Have the agent say exactly this, and wait until it was played, interrupted or refused."""
        self._check_open()
        if self.dialect == "local":
            return Spoken("", completed=False)
        self._floor.pause()
        try:
            own = await self._talk.mouth.say(text, self.dialect, lambda: self._closed)
        except Exception as error:
            raise AgentUnavailableError("the connection to the model is gone") from error
        finally:
            if not self._closed:
                self._floor.touch()
        self._check_open()
        heard = own.status == "completed" and not own.interrupted
        return Spoken(own.words, heard and _same_words(own.words, text), self.now)

    async def take_floor(self) -> None:
        """Keep the agent from replying on its own, for at most 20 s after this or the last words said."""
        self._check_open()
        await self._floor.take()

    async def yield_floor(self, *, reply: bool = False) -> None:
        """Give the floor back. With ``reply`` the agent answers the caller's last words now."""
        self._check_open()
        # What a function gave is not the caller's answer to a plugin's question: it is still to be told.
        untold = self._talk.tool_untold and self._talk.gate.owes
        await self._floor.give_back(reply=reply or untold)

    def expect_context(self, within: float) -> AbstractContextManager[None]:
        """Have the next reply that the host asks for wait, until the block is left."""
        self._check_open()
        return self._talk.gate.expecting(within)

    async def end_call(self, reason: str) -> None:
        """Hang up."""
        self._check_open()
        if self._on_end_call is not None:
            await self._on_end_call(reason)

    # Helpers

    async def _announce_session(self) -> None:
        """The host configures its session for the first time."""
        on_session, self._on_session = self._on_session, None
        if on_session is not None:
            try:
                await on_session()
            except Exception as error:  # noqa: BLE001 - the session is configured whatever happens here
                logger.error("the session was not announced to plugins: %s", type(error).__qualname__)

    def _or_as_it_is(
        self, change: Callable[[dict[str, Any]], dict[str, Any]], message: str, data: dict[str, Any]
    ) -> str:
        """A message of the host, changed; or unchanged if that fails, because the host's own must go out."""
        try:
            changed = change(data)
        except Exception as error:  # noqa: BLE001 - what is not understood here may be understood there
            logger.warning("a message of the host went out unchanged: %s", type(error).__qualname__)
            return message
        return message if changed == data else json.dumps(changed)

    def _configured(self, data: dict[str, Any]) -> dict[str, Any]:
        """The host's ``session.update``, with what plugins add."""
        session, first = data["session"], not self._talk.configured
        self._talk.configured = True
        self._talk.note_session(session, by_host=True)
        transcribed = self._talk.turns.transcribed
        changed = self._additions.apply(session, self.dialect, first=first, transcribed=transcribed)
        detection = dialects.turn_detection(self.dialect, session)
        if detection is not None:
            quiet = self._floor.kept_quiet(detection)
            if quiet != detection:
                changed.update(dialects.turn_detection_fields(self.dialect, quiet, changed))
        self._talk.note_session(changed, by_host=True)
        return {**data, "session": changed}

    def _with_instructions(self, data: dict[str, Any]) -> dict[str, Any]:
        """A response's own instructions replace the session's, and with them what plugins added."""
        response = data.get("response")
        if self._additions.instructions and isinstance(response, dict) and response.get("instructions"):
            text = f"{response['instructions']}\n\n{self._additions.instructions}"
            return {**data, "response": {**response, "instructions": text}}
        return data

    def _concerns_only_us(self, event: events.Event | None) -> bool:
        match event:
            case events.SessionSeen():
                self._additions.seen(event.session, configured=self._talk.configured)
            case events.ItemSeen():
                return event.item_id in self._items
            case events.ServiceError():
                if self._talk.gate.refused(event) or event.event_id in self._event_ids:
                    logger.warning("the service refused what a plugin asked for: %s", event.code)
                    return True
        return False

    async def _set_turn_detection(self, detection: Mapping[str, Any]) -> None:
        """Have the service answer by itself, or not, where it decides when a turn is over."""
        await self._update(dialects.turn_detection_fields(self.dialect, detection))

    async def _update(self, fields: Mapping[str, Any]) -> None:
        # Noted at once: the service confirms it later, and the next change builds on it.
        self._talk.note_session(fields, by_host=True)
        if self.dialect != "local":
            await self._send_own(dialects.session_update(self.dialect, fields))

    async def _send_own(self, message: dict[str, Any]) -> None:
        event_id = f"own_{uuid4().hex[:24]}"
        self._event_ids.add(event_id)
        try:
            await self._forward({**message, "event_id": event_id})
        except Exception as error:
            raise AgentUnavailableError("the connection to the model is gone") from error

    async def _forward(self, message: Mapping[str, Any]) -> None:
        await self._send(json.dumps(message))

    def _check_open(self) -> None:
        if self._closed:
            raise AgentUnavailableError("the call is over")


class _Clock:
    """Seconds since the call began, or since it was made."""

    def __init__(self) -> None:
        self._zero = time.monotonic()
        self._started = False

    def start(self) -> None:
        if not self._started:
            self._zero, self._started = time.monotonic(), True

    def __call__(self) -> float:
        return time.monotonic() - self._zero


def _parsed(message: str) -> dict[str, Any]:
    """A message's object, or an empty one: what is not understood here may still be understood there."""
    try:
        data = json.loads(message)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _same_words(spoken: str, text: str) -> bool:
    """Whether a transcript says what was to be said, but for slips of whoever transcribed it."""
    said, wanted = (_WORD.findall(each.casefold()) for each in (spoken, text))
    return difflib.SequenceMatcher(None, wanted, said, autojunk=False).ratio() >= _ALIKE


def _appended(message: str) -> int | None:
    """How many bytes of audio a message appends; None for any other message. Not a parser: 50 a second."""
    kind = _TYPE.search(message, 0, 200)
    if kind is None or kind.group(1) != _APPEND:
        return None
    key = message.find('"audio"')
    start = message.find('"', message.find(":", key + 7)) + 1
    end = message.find('"', start)
    if key < 0 or start <= 0 or end < 0:
        return None
    return max(0, (end - start) * 3 // 4 - message.count("=", end - 2, end))
