"""Calls on OpusAgent's bridges: what plugins have of each, from its announcement to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4
from weakref import WeakSet, WeakValueDictionary

from opusagent_hooks.errors import AgentError
from opusagent_hooks.events import Call, Tool, Turn
from opusagent_hooks.host import frames
from opusagent_hooks.host.announcements import Announcement, read_announcement
from opusagent_hooks.host.connections import Connections, is_local_double
from opusagent_hooks.host.managers import ManagerSlot
from opusagent_hooks.host.mishaps import Mishaps
from opusagent_hooks.host.session import HostSession
from opusagent_hooks.host.tools import HANGS_UP, function_of
from opusagent_hooks.host.wire import Line, Wire
from opusagent_hooks.hosting import HostedCall
from opusagent_hooks.realtime import RealtimeLink

__all__ = ["BridgeCall", "CallBook"]

_STATE: Final = "_opusagent_hooks"

_HANDOVER: Final = 0.1
"""Seconds that a resumed call waits for the end of what it resumes, so that plugins hear of that first."""


class CallBook:
    """The calls of a process: those that are live, by id, and those whose end is still being seen to."""

    def __init__(self, managers: ManagerSlot, mishaps: Mishaps) -> None:
        self.managers = managers
        self.mishaps = mishaps
        self.connections = Connections(mishaps)
        self.live: WeakValueDictionary[str, BridgeCall] = WeakValueDictionary()
        self._calls: WeakSet[BridgeCall] = WeakSet()
        self._endings: set[asyncio.Task[None]] = set()

    def open(self, bridge: Any, connection: Any) -> BridgeCall:
        """What plugins are to have of a bridge that is being made."""
        call = BridgeCall(self, bridge, connection)
        vars(bridge)[_STATE] = call
        self._calls.add(call)
        return call

    def of(self, bridge: Any) -> BridgeCall | None:
        """What :meth:`open` made for a bridge, and None for those that are none of ours."""
        call = getattr(bridge, "__dict__", {}).get(_STATE)
        return call if isinstance(call, BridgeCall) and not call.is_over else None

    def sees_to(self, ending: asyncio.Task[None]) -> None:
        """Keep hold of the task that ends a call."""
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)

    async def finish(self, timeout: float) -> None:
        """Wait until the calls that ended are seen to, at most ``timeout`` seconds."""
        if self._endings:
            await asyncio.wait(set(self._endings), timeout=timeout)

    def end_all(self, reason: str) -> None:
        """End every call, and leave the bridges to the host. To be called where they run."""
        for call in list(self._calls):
            call.end(reason)

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """The running event loop of some live call; None if there is no such call."""
        loops = (call.loop for call in list(self._calls) if not call.is_over)
        return next((loop for loop in loops if loop is not None and loop.is_running()), None)


class BridgeCall:
    """One bridge's link to its model, and its call once the platform announced it."""

    def __init__(self, book: CallBook, bridge: Any, connection: Any) -> None:
        self._book = book
        self._bridge = bridge
        self._manager = book.managers.get()
        self._link = RealtimeLink(
            Line(connection).send,
            dialect="local" if is_local_double(connection) else None,
            on_turn=self._turn,
            on_session=self._session_begins,
            on_tool=self._make_callable,
            on_end_call=self._hang_up,
            refuse_context=lambda: book.connections.why_shared(connection),
            transcribe=self._manager.has_implementations("transcript"),
        )
        self._hosted: HostedCall | None = None
        self._session: HostSession | None = None
        self._reason: str | None = None
        self._twilio: frames.Format | None = None
        self._vaic: frames.Format | None = None
        self._vaic_name: object = None
        self.is_over = False
        self.loop: asyncio.AbstractEventLoop | None = None
        self.wire = None if connection is None else Wire(connection, self._link, book.mishaps)

    async def announced(self, message: Mapping[str, Any]) -> None:
        """The platform said that a call begins or goes on. The same bridge is always the same call."""
        said = read_announcement(message)
        if said.media_format is not None or self._twilio is None:
            self._twilio = frames.format_of_twilio(said.media_format)
        await self._begin(said)

    def audio(self, message: Mapping[str, Any]) -> None:
        """The platform sent a frame."""
        hosted = self._hosted
        if hosted is None:
            return
        frame = frames.read_frame(message)
        if frame is None:
            self._no_audio("for messages that hold neither media nor an audioChunk")
            return
        form = self._format(message)
        if form is None:
            self._no_audio(f"in a call whose format is {self._bridge.media_format}")
            return
        data = frames.without_header(frame.data) if form.riff else frame.data
        hosted.audio(data, form.encoding, form.sample_rate, frame.speaker, frame.at)

    def note_reason(self, reason: str) -> None:
        """Whatever ends the call now does so because of this. The first word counts."""
        self._reason = self._reason or reason

    def follow_session(self) -> None:
        """The host may have made its session state anew."""
        if self._session is not None:
            self._session.follow()

    def end(self, reason: str) -> asyncio.Task[None] | None:
        """The call is over, for ``reason`` unless another was noted. The task is what plugins still do."""
        if self.is_over:
            return None
        self.is_over = True
        self._link.close()
        if self.wire is not None:
            self.wire._self_release()
        hosted = self._hosted
        if hosted is None:
            return None
        if self._book.live.get(hosted.call.id) is self:
            del self._book.live[hosted.call.id]
        ending = hosted.end(self._reason or reason)
        self._book.sees_to(ending)
        return ending

    async def _begin(self, said: Announcement) -> None:
        if self._hosted is not None:
            return
        call_id = said.id or getattr(self._bridge, "conversation_id", None) or uuid4().hex
        earlier = self._book.live.get(call_id)
        if earlier is not None:
            earlier.note_reason("resumed")
            if (ending := earlier.end("resumed")) is not None:
                await asyncio.wait({ending}, timeout=_HANDOVER)
            if self.is_over:
                return
        call = Call(
            call_id,
            platform=str(self._bridge.bridge_type),
            agent=self._link,
            from_number=said.from_number,
            to_number=said.to_number,
            parameters=said.parameters,
        )
        self._hosted = HostedCall(self._manager, call)
        self.loop = asyncio.get_running_loop()
        self._book.live[call_id] = self
        self._link.start_clock()
        await self._hosted.start()

    async def _session_begins(self) -> None:
        """The host is about to configure the model."""
        try:
            await self._begin(Announcement())
            if self._hosted is not None and not self.is_over:
                self._session = HostSession(self._hosted.call.id, self._bridge)
                await self._hosted.create_session(self._session)
        except Exception as error:  # noqa: BLE001 - the model is configured without plugins then
            self._book.mishaps.report("session_create", error)

    def _turn(self, turn: Turn) -> None:
        if self._hosted is not None:
            self._hosted.turn(turn)

    def _make_callable(self, tool: Tool) -> None:
        handler = getattr(self._bridge, "function_handler", None)
        if handler is None:
            raise AgentError("this bridge cannot call functions")
        if tool.name in HANGS_UP or tool.name in handler.get_registered_functions():
            raise AgentError(
                f"OpusAgent has a function called {tool.name!r} already; give yours another name"
            )
        handler.register_function(tool.name, function_of(tool))

    def _no_audio(self, where: str) -> None:
        bridge = type(self._bridge).__name__
        self._book.mishaps.say_once(f"audio_input does not fire on {bridge} {where}: that is not supported")

    async def _hang_up(self, reason: str) -> None:
        await self._bridge.hang_up(reason)

    def _format(self, message: Mapping[str, Any]) -> frames.Format | None:
        if "media" in message:
            return self._twilio
        name = self._bridge.media_format
        if name != self._vaic_name:
            self._vaic_name = name
            self._vaic = frames.format_of_vaic(name)
        return self._vaic
