"""The example host as a server in this process, and what tests wait for on its calls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from phone import TwilioPhone
from realtime_connection import Connection
from realtime_response import Pace
from scripted_realtime import ScriptedRealtime
from starlette.applications import Starlette

from examples.voice_host.app import create_app
from examples.voice_host.service import connect_from
from opusagent_hooks import Call, HookManager, Session, Turn, hookimpl

PATIENCE = 20.0
SPEED = 12.0
QUICK = Pace(seconds_per_character=0.0015, latency=0.02, transcript=0.02)


@asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[str]:
    """The application behind a real server; yields its address, without a scheme."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    try:
        while not server.started:
            assert not task.done(), "the server did not start"
            await asyncio.sleep(0.005)
        yield f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def hosting(
    manager: HookManager, dialect: Any = "ga", **options: Any
) -> AsyncIterator[tuple[str, ScriptedRealtime]]:
    """The host with a scripted Realtime service; yields the address of its stream, and the service."""
    async with ScriptedRealtime(dialect, **{"pace": QUICK, **options}) as service:
        connect = connect_from({"REALTIME_URL": f"{service.url}/v1/realtime?model=m"})
        async with serving(create_app(manager=manager, connect=connect)) as address:
            yield f"ws://{address}/twilio-agent", service


class Caller:
    """Somebody who calls: a phone, and the session that its call has with the service."""

    def __init__(self, phone: TwilioPhone, session: Connection) -> None:
        self.phone = phone
        self.session = session

    async def says(self, words: str, samples: Any) -> None:
        """Speak, in so many words."""
        await self.phone.say(samples, words=words)

    async def hears(self, words: str, count: int = 1) -> str:
        """Hear the agent say something with these words in it, to the end; returns all it said then."""

        def said() -> list[dict[str, Any]]:
            return [each for each in spoken(self.session) if words in each["transcript"]]

        await self.session.log.until(lambda: len(said()) >= count, PATIENCE)
        item = said()[count - 1]
        await self.phone.log.wait_for(
            lambda entry: (
                entry.direction == "sent"
                and entry.type == "mark"
                and entry.message["mark"]["name"] == item["item_id"]
            ),
            PATIENCE,
        )
        await asyncio.sleep(0.12)  # nobody answers before the question is over
        return str(item["transcript"])


@asynccontextmanager
async def calling(url: str, service: ScriptedRealtime, **options: Any) -> AsyncIterator[Caller]:
    """A call that the host has taken."""
    index = len(service.connections)
    async with TwilioPhone(url, **{"speed": SPEED, **options}) as phone:
        session = await service.connection(index)
        phone.announce = session.announce
        yield Caller(phone, session)


def spoken(session: Connection) -> list[dict[str, Any]]:
    """What the agent said, as the service's events have it."""
    return [message for message in session.log.sent() if message["type"].endswith("audio_transcript.done")]


def replies(session: Connection) -> list[str]:
    """The words of what the agent said, in their order."""
    return [message["transcript"] for message in spoken(session)]


def context(session: Connection) -> list[str]:
    """The system items that were put into the conversation, whatever became of them."""
    items = [message["item"] for message in session.log.received("conversation.item.create")]
    return [item["content"][0]["text"] for item in items if item.get("role") == "system"]


async def until(condition: Any) -> None:
    """Wait for something that makes no message."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, "it did not happen"
        await asyncio.sleep(0.005)


class Recorder:
    """A plugin that notes which hooks are called, for which call, and with what."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str]] = []
        self.calls: list[Call] = []
        self.heard = self.said = 0.0
        self.turns: list[Turn] = []
        self.reasons: list[str] = []

    def names(self) -> list[str]:
        return [name for name, _ in self.events]

    @hookimpl
    def call_start(self, call: Call) -> None:
        self.calls.append(call)
        self.events.append(("call_start", call.id))

    @hookimpl
    async def session_create(self, call: Call, session: Session) -> None:
        self.events.append(("session_create", call.id))

    @hookimpl
    def audio_input(self, call: Call, audio: Any) -> None:
        if audio.speaker == "agent":
            self.said += audio.duration
        else:
            self.heard = audio.at + audio.duration

    @hookimpl
    def transcript(self, call: Call, turn: Turn) -> None:
        self.turns.append(turn)
        self.events.append(("transcript", call.id))

    @hookimpl
    def call_end(self, call: Call, reason: str) -> None:
        self.reasons.append(reason)
        self.events.append(("call_end", call.id))


def manager_with(*plugins: object) -> HookManager:
    """A manager with these plugins and no others."""
    manager = HookManager()
    for plugin in plugins:
        manager.register(plugin)
    manager.ready()
    return manager
