"""A small world for call tests: a manager with voiceprint, a store on disk, callers with real voices."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np

from opusagent_hooks import Call, HookManager
from opusagent_hooks.testing import Event, SimulatedCall, SimulatedHost
from opusagent_voiceprint import VoiceFingerprintConfig, hookimpl
from opusagent_voiceprint.calls import VoiceprintService
from opusagent_voiceprint.encoding.backlog import LAZY
from opusagent_voiceprint.models import Caller, ConsentRecord, utc_now
from opusagent_voiceprint.plugin import VoiceprintPlugin
from opusagent_voiceprint.storage import CallerStore

Samples = np.ndarray[Any, np.dtype[np.float32]]

REQUEST = "I would like to know when my order will be delivered, it should have come on Tuesday."
PATIENCE = 20.0


class Clock:
    """A clock that tests set. ``right``: to the time it is, as applications that enroll have it."""

    def __init__(self, *, right: bool = False) -> None:
        self.now = utc_now() if right else datetime(2026, 3, 2, 12, 0, tzinfo=timezone.utc)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


class Witness:
    """Notes which of voiceprint's hooks are called, with what."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.consents: list[ConsentRecord] = []
        self.forgotten: list[str] = []
        self.identified: dict[str, str] = {}

    @hookimpl
    def voiceprint_identified(self, call: Call, caller: Caller) -> None:
        self.seen.append("identified")
        self.identified[call.id] = caller.caller_id

    @hookimpl
    def voiceprint_unknown(self, call: Call) -> None:
        self.seen.append("unknown")

    @hookimpl
    def voiceprint_enrolled(self, call: Call, caller: Caller) -> None:
        self.seen.append("enrolled")

    @hookimpl
    def voiceprint_consent(self, call: Call, record: ConsentRecord) -> None:
        self.consents.append(record)

    @hookimpl
    def voiceprint_forgotten(self, caller_id: str) -> None:
        self.seen.append("forgotten")
        self.forgotten.append(caller_id)


@dataclass
class World:
    """What a test talks to."""

    manager: HookManager
    service: VoiceprintService
    witness: Witness
    host: SimulatedHost
    clock: Clock
    folder: Path
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def callers(self) -> list[Caller]:
        return list(self.service.store.all())


def settings(folder: Path, **values: Any) -> VoiceFingerprintConfig:
    usual: dict[str, Any] = {
        "storage_backend": "sqlite",
        "storage_path": folder / "voices.db",
        "storage_timeout": 10.0,  # a busy machine is not to change what a call comes to
    }
    return VoiceFingerprintConfig(_env_file=None, **{**usual, **values})


@asynccontextmanager
async def world(
    folder: Path,
    *plugins: object,
    clock: Clock | None = None,
    store: CallerStore | None = None,
    speed: float | None = None,
    host: dict[str, Any] | None = None,
    ready: bool = True,
    **values: Any,
) -> AsyncIterator[World]:
    """Voiceprint on a store in ``folder``, loaded and ready, unless the store is not to be there yet."""
    clock = clock or Clock()
    manager, witness = HookManager(), Witness()
    plugin = VoiceprintPlugin(settings(folder, **values), store=store, clock=clock)
    manager.register(plugin, "voiceprint")
    manager.register(witness, "witness")
    for other in plugins:
        manager.register(other)
    manager.ready()
    assert plugin.service is not None
    try:
        assert not ready or plugin.service.wait_until_ready(60.0)
        yield World(
            manager,
            plugin.service,
            witness,
            SimulatedHost(manager, speed=speed, **(host or {})),
            clock,
            folder,
        )
    finally:
        manager.close()


async def until(call: SimulatedCall, happened: Callable[[], bool]) -> None:
    """Wait until something that voiceprint does has happened."""
    import asyncio

    deadline = asyncio.get_running_loop().time() + PATIENCE
    while not happened():
        if asyncio.get_running_loop().time() > deadline:
            said = [turn.text for turn in call.turns]
            raise TimeoutError(f"it did not happen within {PATIENCE} s; said so far: {said}")
        await asyncio.sleep(0.005)


def said(event: Event, words: str) -> bool:
    return event.kind == "say" and words in event.data.text  # type: ignore[union-attr]


async def agent_says(call: SimulatedCall, words: str) -> None:
    await call.wait_for(lambda event: said(event, words), PATIENCE)


async def speaks(call: SimulatedCall, text: str, samples: Samples | None = None) -> None:
    """The caller says this over a G.711 line, and voiceprint has heard it."""
    await call.caller_says(text, samples, sample_rate=8000, encoding="mulaw")
    await call.settle()


async def enroll(
    call: SimulatedCall, samples: Samples, *, name: str | None = "Ada", memory: bool = True
) -> None:
    """An unknown caller goes through the whole dialogue."""
    await speaks(call, REQUEST, samples)
    await agent_says(call, "voiceprint")
    await speaks(call, "Yes, please.")
    await agent_says(call, "name")
    if name is None:
        await speaks(call, "It is a difficult one to spell for most people on the phone.")
        await agent_says(call, "catch")
        await speaks(call, "Something or other that people find hard to write down.")
    else:
        await speaks(call, f"My name is {name}.")
    await agent_says(call, "notes")
    await speaks(call, "Yes, please." if memory else "No.")
    await agent_says(call, "I will keep notes" if memory else "I will not keep notes")


async def all_windows_embedded(ours: World) -> None:
    """Wait until no window waits for the network: those of a voice that is only watched wait a while."""
    import asyncio

    models = ours.service.models
    assert models is not None
    before, seen = -1, 0
    while before != seen:
        before = seen
        await asyncio.sleep(LAZY + 0.4)
        seen = sum(model.engine.embedded_windows for model in models.all)
