"""Calls on OpusAgent's bridges: what plugins have of each, from its announcement to its end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any, Final
from uuid import uuid4
from weakref import WeakSet, WeakValueDictionary

from opusagent_hooks.codecs import Encoding
from opusagent_hooks.errors import AgentError
from opusagent_hooks.events import Call, Tool, Turn
from opusagent_hooks.host import frames
from opusagent_hooks.host.announcements import Announcement, read_announcement
from opusagent_hooks.host.connections import Connections, is_local_double
from opusagent_hooks.host.loops import run_on, running_loop
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

_GIVING_BACK: Final = 2.0
"""Seconds that a connection has to take what was kept for the host, when a bridge goes on without plugins."""


class CallBook:
    """The calls of a process: those that are live, by id, and those whose end is still being seen to."""

    def __init__(self, managers: ManagerSlot, mishaps: Mishaps) -> None:
        self.managers = managers
        self.mishaps = mishaps
        self.connections = Connections()
        self.live: WeakValueDictionary[str, BridgeCall] = WeakValueDictionary()
        self._calls: WeakSet[BridgeCall] = WeakSet()
        self._endings: set[asyncio.Task[None]] = set()
        self._lock = threading.Lock()  # bridges may be made on several event loops

    def open(self, bridge: Any, connection: Any) -> BridgeCall:
        """What plugins are to have of a bridge that is being made."""
        call = BridgeCall(self, bridge, connection)
        vars(bridge)[_STATE] = call
        with self._lock:
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

    def leave_all(self, reason: str, timeout: float) -> dict[asyncio.AbstractEventLoop, Future[None]]:
        """End every call for plugins, on its own event loop, while its bridge goes on as the host's.

        Each loop's future is done when the calls that ended there are seen to, for which they have
        ``timeout`` seconds. Calls whose loop no longer runs are forgotten at once.
        """
        with self._lock:
            calls = [call for call in self._calls if not call.is_over]
        leaving = {}
        for loop in {call.loop for call in calls} | {task.get_loop() for task in list(self._endings)}:
            here = [call for call in calls if call.loop is loop]
            future = run_on(loop, self._leave(here, reason, timeout))
            if loop is not None and future is not None:
                leaving[loop] = future
                continue
            for call in here:
                call.forget()
        return leaving

    async def _leave(self, calls: list[BridgeCall], reason: str, timeout: float) -> None:
        await asyncio.gather(*(call.leave(reason) for call in calls))
        here = asyncio.get_running_loop()
        endings = {task for task in self._endings if task.get_loop() is here}
        if endings:
            await asyncio.wait(endings, timeout=timeout)


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
            on_agent_audio=self._agent_audio if self._manager.has_implementations("audio_input") else None,
        )
        self._hosted: HostedCall | None = None
        self._session: HostSession | None = None
        self._reason: str | None = None
        self._twilio: frames.Format | None = None
        self._vaic: frames.Format | None = None
        self._vaic_name: object = None
        self._platform_has_agent = False
        self.is_over = False
        self.loop = running_loop()
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
        self._platform_has_agent |= frame.speaker == "agent"
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
        return self._ended(reason)

    async def leave(self, reason: str) -> None:
        """The call is over for plugins, and the host goes on with it."""
        if self.is_over:
            return
        self.is_over = True
        try:
            await asyncio.wait_for(self._link.release(), _GIVING_BACK)
        except asyncio.CancelledError:
            self._forgotten()
            raise
        except Exception as error:  # noqa: BLE001 - the host learns of a dead connection by itself
            self._book.mishaps.report("giving a call back to the host", error)
        self._ended(reason)

    def forget(self) -> None:
        """Nothing can be run for the call any more: neither its plugins nor its messages. Raises nothing."""
        if self.is_over:
            return
        self.is_over = True
        # What the agent was saying is no turn any more.
        hosted, self._hosted = self._hosted, None
        try:
            self._link.close()
        except Exception as error:  # noqa: BLE001 - what it waits for may belong to a closed event loop
            self._book.mishaps.report("forgetting a call", error)
        self._hosted = hosted
        self._forgotten()

    def _forgotten(self) -> None:
        hosted = self._let_go()
        if hosted is not None:
            self._manager.end_call_state(hosted.call)

    def _ended(self, reason: str) -> asyncio.Task[None] | None:
        hosted = self._let_go()
        if hosted is None:
            return None
        ending = hosted.end(self._reason or reason)
        self._book.sees_to(ending)
        return ending

    def _let_go(self) -> HostedCall | None:
        """The connection is the host's again, and the id free. Returns the call, if it was announced."""
        if self.wire is not None:
            self.wire._self_release()
        hosted = self._hosted
        if hosted is not None and self._book.live.get(hosted.call.id) is self:
            del self._book.live[hosted.call.id]
        return hosted

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

    def _agent_audio(self, data: bytes, encoding: Encoding, sample_rate: int, at: float) -> None:
        # Some platforms send back what they play: plugins get one of the two, and not both mixed.
        if self._hosted is not None and not self._platform_has_agent:
            self._hosted.audio(data, encoding, sample_rate, "agent", at)

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
