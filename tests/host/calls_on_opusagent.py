"""What the tests of real calls share: the service, the phones, and how a first call goes."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
from opusagent_server import OpusAgentServer
from phone import AudioCodesPhone, Phone, TwilioPhone
from scripted_realtime import Pace, ScriptedRealtime

Samples = np.ndarray[Any, np.dtype[np.float32]]
Voice = Callable[[str, str], Samples]

RATE = 16_000
PACE = Pace(seconds_per_character=0.01, latency=0.05)


@asynccontextmanager
async def realtime(server: OpusAgentServer, **options: Any) -> AsyncIterator[ScriptedRealtime]:
    """The service that ``server`` connects to.

    For Twilio ``always_vad`` is needed: OpusAgent switches turn detection off, and says nothing of the ends
    of turns there, so that only a service which detects them all the same can converse.
    """
    options = {"pace": PACE, **options}
    async with ScriptedRealtime("beta", port=server.realtime_port, **options) as service:
        yield service


def phone(
    platform: str, server: OpusAgentServer, service: ScriptedRealtime, number: str | None, **options: Any
) -> Phone:
    """A phone that tells the service what it is about to say."""
    options.setdefault("announce", service.announce)
    if platform == "twilio":
        return TwilioPhone(server.twilio, from_number=number, **options)
    return AudioCodesPhone(server.audiocodes, caller=number, **options)


def said_exactly(service: ScriptedRealtime, index: int) -> list[str]:
    """The words that the model was told to say exactly, on one connection."""
    asked = service.connections[index].log.received("response.create")
    found = (
        re.search(r"<say>(.*)</say>", str(each.get("response", {}).get("instructions"))) for each in asked
    )
    return [each.group(1) for each in found if each]


def spoken(service: ScriptedRealtime, index: int) -> list[str]:
    """What the agent said, on one connection."""
    done = service.connections[index].log.sent("response.audio_transcript.done")
    return [each["transcript"] for each in done]


def context_of(service: ScriptedRealtime, index: int) -> list[str]:
    """The system items that were put into one connection's conversation."""
    created = service.connections[index].log.received("conversation.item.create")
    items = [each["item"] for each in created if each["item"].get("role") == "system"]
    return [item["content"][0]["text"] for item in items]


async def wait_for_words(service: ScriptedRealtime, index: int, words: str, timeout: float = 25.0) -> None:
    """Wait until the agent said these, as one who was told to say them exactly."""
    log = service.connections[index].log
    await log.until(lambda: any(words in each for each in said_exactly(service, index)), timeout)
    await log.until(lambda: any(words in each for each in spoken(service, index)), timeout)


async def enroll(caller: Phone, service: ScriptedRealtime, index: int, voice: Samples, name: str) -> None:
    """A first call: a request, then yes, a name, and yes to being remembered."""
    await caller.wait_for_agent(30.0, after=0.0)
    await caller.say(voice, words="I have lost my card and need a new one.")
    await wait_for_words(service, index, "keep voiceprints")
    await caller.wait_for_agent(30.0)
    for answer, words in (("Yes, please.", "name"), (f"My name is {name}.", name), ("Yes, please.", "")):
        before = len(said_exactly(service, index))
        await caller.say(voice[: 2 * RATE], words=answer)
        log = service.connections[index].log
        await log.until(lambda before=before: len(said_exactly(service, index)) > before, 25.0)
        await wait_for_words(service, index, words)
        await caller.wait_for_agent(30.0)


def callers(server: OpusAgentServer) -> int:
    """How many callers are stored."""
    with sqlite3.connect(server.folder / "voices.db") as database:
        found: int = database.execute("select count(*) from callers where payload is not null").fetchone()[0]
        return found
