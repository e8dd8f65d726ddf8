"""Enrolls one caller in a process of its own, and says aloud how far it is, to be killed there."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import soundfile

sys.path.insert(0, str(Path(__file__).parent))

from worlds import REQUEST, agent_says, speaks, world

from opusagent_hooks import codecs
from opusagent_voiceprint.audio import resample
from opusagent_voiceprint.models import Caller
from opusagent_voiceprint.storage import JSONStorage, SQLiteStorage

KILLED_AT = sys.argv[3]


def say(moment: str) -> None:
    print(moment, flush=True)  # noqa: T201 - the parent reads it
    if moment == KILLED_AT and moment in ("asked", "named"):
        time.sleep(60.0)  # a parent that is slow to kill must not find more than this


class _Telling:
    """A store that says when it begins and when it is done."""

    def put(self, caller: Caller, *, expected_version: int) -> Caller:
        say("storing")
        stored = super().put(caller, expected_version=expected_version)  # type: ignore[misc]
        say("stored")
        return stored  # type: ignore[no-any-return]


class TellingSQLite(_Telling, SQLiteStorage):
    """On SQLite."""


class TellingJSON(_Telling, JSONStorage):
    """On JSON."""


async def main(folder: Path, backend: str) -> None:
    samples, _ = soundfile.read(Path(__file__).parents[1] / "voices" / "slt_enroll.ogg", dtype="float32")
    line = codecs.decode(codecs.encode(resample(samples, 16_000, 8_000), "mulaw"), "mulaw")
    store = (
        TellingSQLite(folder / "voices.db") if backend == "sqlite" else TellingJSON(folder / "voices.json")
    )
    async with world(folder, store=store) as ours, ours.host.call(from_number="+15550100") as call:
        await speaks(call, REQUEST, line)
        await agent_says(call, "voiceprint")
        say("asked")
        await speaks(call, "Yes, please.")
        await agent_says(call, "name")
        say("named")
        await speaks(call, "My name is Ada.")
        await agent_says(call, "notes")
        say("confirmed")
        await speaks(call, "Yes, please.")
        await agent_says(call, "I will keep notes")
        say("memory")
    say("ended")


asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
