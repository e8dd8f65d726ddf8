"""One call: what passes between the caller's stream, the Realtime service and the hooks."""

from __future__ import annotations

import asyncio
import base64
import inspect
import json
import logging
from collections.abc import Coroutine, Mapping
from typing import Any, Final

from examples.voice_host.service import Connect, Service, Unreachable, session_config
from examples.voice_host.twilio import Start, TwilioStream
from opusagent_hooks import Call, Encoding, HookManager, Session, Tool, Turn
from opusagent_hooks.hosting import HostedCall
from opusagent_hooks.numbers import known_number
from opusagent_hooks.realtime import RealtimeLink

__all__ = ["PhoneCall"]

logger = logging.getLogger("voice_host")

_LAST_WORDS: Final = 30.0
"""Seconds that the agent's last words may take before a call that it ends is over."""


class PhoneCall:
    """A call, from Twilio's ``start`` to the end of its stream.

    Two tasks read, one from the caller and one from the service, and whichever ends first ends the call.
    All that goes to the service goes through the link, and all that comes from it is shown to the link first.
    """

    def __init__(self, hooks: HookManager, stream: TwilioStream, connect: Connect) -> None:
        self._hooks = hooks
        self._stream = stream
        self._connect = connect
        self._tools: dict[str, Tool] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._greeted = False
        self._hung_up = asyncio.Event()
        self._reason = "agent_unavailable"

    async def run(self) -> asyncio.Task[None] | None:
        """Carry the call out. Returns the task in which plugins finish with it, if it began."""
        start = await self._stream.start()
        if start is None:
            return None
        try:
            async with self._connect() as self._service:
                return await self._converse(start, self._service)
        except Unreachable as error:
            logger.error("call %s: no service answers: %s", start.call_sid, error)
            return None

    async def _converse(self, start: Start, service: Service) -> asyncio.Task[None]:
        self._link = link = RealtimeLink(
            service.send,
            on_turn=self._turn,
            on_session=self._session_begins,
            on_tool=self._offer,
            on_end_call=self._hang_up,
            transcribe=True,
            on_agent_audio=self._agent_audio,
        )
        call = Call(
            id=start.call_sid,
            platform="twilio",
            agent=link,
            # A withheld number comes as a word, the same for all such callers.
            from_number=known_number(start.parameters.get("from_number")),
            to_number=known_number(start.parameters.get("to_number")),
            parameters=start.parameters,
        )
        self._hosted = HostedCall(self._hooks, call)
        link.start_clock()
        await self._hosted.start()
        playing = asyncio.create_task(self._stream.pace(), name=f"playback-{call.id}")
        reading: set[asyncio.Task[Any]] = {
            asyncio.create_task(self._hear_caller(), name=f"caller-{call.id}"),
            asyncio.create_task(self._hear_agent(), name=f"agent-{call.id}"),
            asyncio.create_task(self._hung_up.wait(), name=f"hang-up-{call.id}"),
        }
        try:
            await asyncio.wait(reading, return_when=asyncio.FIRST_COMPLETED)
        finally:
            link.close()  # before the end: it gives the agent's last words as a turn
            ending = self._hosted.end(self._reason)
            await _cancel({playing, *reading, *self._running}, call.id)
        return ending

    # What the link asks for

    def _turn(self, turn: Turn) -> None:
        self._hosted.turn(turn)

    async def _session_begins(self) -> None:
        # Plugins note in it who is calling, as soon as they know.
        self.session = Session(self._hosted.call.id)
        await self._hosted.create_session(self.session)

    def _agent_audio(self, data: bytes, encoding: Encoding, sample_rate: int, at: float) -> None:
        # Plugins know the agent's voice by it, should a loudspeaker bring it back from the caller's side.
        self._hosted.audio(data, encoding, sample_rate, "agent", at)

    def _offer(self, tool: Tool) -> None:
        self._tools[tool.name] = tool

    async def _hang_up(self, reason: str) -> None:
        self._reason = reason
        self._in_background(self._end_when_heard())

    async def _end_when_heard(self) -> None:
        await self._stream.wait_played(_LAST_WORDS)
        self._hung_up.set()

    # The caller

    async def _hear_caller(self) -> None:
        async for message in self._stream.messages():
            match message["event"]:
                case "media":
                    media = message["media"]
                    audio, at = base64.b64decode(media["payload"]), int(media["timestamp"]) / 1000
                    self._hosted.audio(audio, "mulaw", 8000, at=at)
                    await self._tell_agent("input_audio_buffer.append", audio=media["payload"])
                case "dtmf":
                    await self._service.press(message["dtmf"]["digit"])
                case "stop":
                    self._reason = "caller_hung_up"
                    return
        self._reason = "connection_lost"

    # The agent

    async def _tell_agent(self, kind: str, **fields: Any) -> None:
        await self._link.outgoing(json.dumps({"type": kind, **fields}))

    async def _hear_agent(self) -> None:
        async for message in self._service:
            if self._link.incoming(message):
                await self._handle(json.loads(message))

    async def _handle(self, event: Mapping[str, Any]) -> None:
        match event["type"]:
            case "session.created":
                await self._tell_agent("session.update", session=session_config(self._link.dialect))
            case "session.updated" if not self._greeted:
                self._greeted = True
                await self._tell_agent("response.create")
            case "input_audio_buffer.speech_started":
                await self._interrupt()
            case "input_audio_buffer.committed":
                await self._tell_agent("response.create")
            case "response.audio.delta" | "response.output_audio.delta":
                self._stream.play(event["item_id"], base64.b64decode(event["delta"]))
            case "response.audio.done" | "response.output_audio.done":
                self._stream.finish(event["item_id"])
            case "response.done" if event["response"].get("status") == "completed":
                for item in event["response"].get("output") or []:
                    if item["type"] == "function_call":
                        self._in_background(self._use_tool(item))
            case "error":
                logger.warning("call %s: %s", self._hosted.call.id, event["error"].get("code"))

    async def _interrupt(self) -> None:
        """The caller speaks: the agent falls silent, and knows what of its words was heard."""
        cut = await self._stream.clear()
        self._link.caller_hears_nothing_more()
        if cut is not None:
            item, heard = cut
            await self._tell_agent(
                "conversation.item.truncate", item_id=item, content_index=0, audio_end_ms=heard
            )

    # Tools

    async def _use_tool(self, item: Mapping[str, Any]) -> None:
        output = {"type": "function_call_output", "call_id": item["call_id"]}
        output["output"] = await self._result_of(item["name"], item["arguments"])
        await self._tell_agent("conversation.item.create", item=output)
        await self._tell_agent("response.create")

    async def _result_of(self, name: str, arguments: str) -> str:
        tool = self._tools.get(name)
        if tool is None:
            return json.dumps({"error": "there is no such tool"})
        try:
            result = tool.handler(**json.loads(arguments or "{}"))
            return json.dumps(await result if inspect.isawaitable(result) else result)
        except Exception as error:  # noqa: BLE001 - a tool's failure is something to tell the model
            logger.error("tool %s failed: %s", name, type(error).__qualname__)
            return json.dumps({"error": "the tool failed"})

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.warning("call %s: %s", self._hosted.call.id, type(error).__qualname__)


async def _cancel(tasks: set[asyncio.Task[Any]], call_id: str) -> None:
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, Exception):
            logger.warning("call %s: ended by %s", call_id, type(result).__qualname__)
