"""A host of OpusAgent's shape with the hooks on, and what is around it: a phone, a model, a plugin."""

from __future__ import annotations

import asyncio
import base64
import importlib
import json
import logging
import sys
from pathlib import Path
from types import SimpleNamespace

from opusagent_hooks import HookManager, attach, hookimpl

CHECKOUT = Path(__file__).parent / "checkout"

logger = logging.getLogger("tests")


def forget_the_host():
    for name in list(sys.modules):
        if name == "opusagent" or name.startswith("opusagent."):
            del sys.modules[name]


def host(name):
    """One of the host's modules."""
    return importlib.import_module(f"opusagent.{name}")


class Recorder:
    """A plugin that writes down what it is told, each call under its id."""

    def __init__(self):
        self.events = []
        self.calls = {}
        self.sessions = {}
        self.chunks = []
        self.closed = 0
        self.at_session = None

    def close(self):
        self.closed += 1

    @hookimpl
    def call_start(self, call):
        self.calls[call.id] = call
        self.events.append(("call_start", call.id))

    @hookimpl
    async def session_create(self, call, session):
        self.sessions[call.id] = session
        self.events.append(("session_create", call.id))
        if self.at_session is not None:
            await self.at_session(call, session)

    @hookimpl
    def audio_input(self, call, audio):
        self.chunks.append(audio)
        if ("audio_input", call.id) not in self.events:
            self.events.append(("audio_input", call.id))

    @hookimpl
    def transcript(self, call, turn):
        self.events.append(("transcript", turn.speaker))

    @hookimpl
    def call_end(self, call, reason):
        self.events.append(("call_end", call.id, reason))

    def named(self, hook):
        return [event for event in self.events if event[0] == hook]


def manager_with(*plugins):
    manager = HookManager()
    for number, plugin in enumerate(plugins):
        manager.register(plugin, f"plugin-{number}")
    return manager


def attached_with(plugin):
    return attach(manager_with(plugin))


class Phone:
    """The platform's side of a bridge."""

    def __init__(self):
        self.messages = asyncio.Queue()

    def send(self, **message):
        self.messages.put_nowait(json.dumps(message))

    def send_raw(self, text):
        self.messages.put_nowait(text)

    def drop(self):
        self.messages.put_nowait(None)

    async def iter_text(self):
        while (message := await self.messages.get()) is not None:
            yield message

    # Twilio

    def start(self, call_sid="CA1", **parameters):
        form = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
        start = {"callSid": call_sid, "customParameters": parameters, "mediaFormat": form}
        self.send(event="start", start=start)

    def media(self, data=b"\xff" * 160, **fields):
        payload = base64.b64encode(data).decode()
        self.send(event="media", media={"track": "inbound", "payload": payload, **fields})

    def stop(self):
        self.send(event="stop")

    # AudioCodes

    def initiate(self, conversation_id="c1", caller="+15551230001", formats=("raw/lpcm16",), **fields):
        self.send(
            type="session.initiate",
            conversationId=conversation_id,
            caller=caller,
            supportedMediaFormats=list(formats),
            **fields,
        )

    def chunk(self, data=bytes(320), **fields):
        self.send(type="userStream.chunk", audioChunk=base64.b64encode(data).decode(), **fields)


class Model:
    """The service's side of a bridge: keeps what it is sent, says what it is told to."""

    def __init__(self):
        self.sent = []
        self.messages = asyncio.Queue()

    async def send(self, message):
        self.sent.append(json.loads(message))

    def say(self, **event):
        self.messages.put_nowait(json.dumps(event))

    def hang_up(self):
        self.messages.put_nowait(None)

    async def recv(self):
        return await self.messages.get()

    def __aiter__(self):
        return self

    async def __anext__(self):
        message = await self.messages.get()
        if message is None:
            raise StopAsyncIteration
        return message

    def types(self):
        return [message["type"] for message in self.sent]


def new_bridge(bridge_class, model=None, **kwargs):
    """A bridge of a class of the host, with a phone and a model at its ends."""
    phone, model = Phone(), model or Model()
    bridge = bridge_class(phone, model, host("agents").session_config, **kwargs)
    return SimpleNamespace(bridge=bridge, phone=phone, model=model)


def twilio(**kwargs):
    return new_bridge(host("bridges.twilio_bridge").TwilioBridge, **kwargs)


def audiocodes(**kwargs):
    return new_bridge(host("bridges.audiocodes_bridge").AudioCodesBridge, **kwargs)


async def run(line, *, until_end=True):
    """Let the host handle what the phone said, and plugins what comes of it."""
    if until_end:
        line.phone.drop()
        await line.bridge.receive_from_platform()
    await settle()


async def settle():
    for _ in range(20):
        await asyncio.sleep(0)
    await asyncio.sleep(0.01)
