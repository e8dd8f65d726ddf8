"""A worker process with the gallery of a store, for tests that look into its memory.

It reads lines and answers each with the same one when it is done: ``live`` is a call that enrolls a caller,
and one that recognises them; ``forget`` one in which the caller takes it back; ``hold`` and ``gone`` wait
until the gallery has one caller, or none.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import soundfile
from worlds import World, agent_says, enroll, speaks, until, world

from opusagent_hooks import codecs
from opusagent_voiceprint.audio import resample

# Backwards: the environment itself stays in memory.
EMAN, REBMUN = os.environ["WORKER_EMAN"], os.environ["WORKER_REBMUN"]
VOICES = Path(__file__).parent.parent / "voices"
PATIENCE = 30.0
TWO_LOOKS_AT_THE_STORE = 1.2


def line(take: str) -> Any:
    samples, _ = soundfile.read(VOICES / f"slt_{take}.ogg", dtype="float32")
    return codecs.decode(codecs.encode(resample(samples, 16_000, 8_000), "mulaw"), "mulaw")


async def live(ours: World) -> None:
    async with ours.host.call(from_number=REBMUN[::-1]) as call:
        await enroll(call, line("enroll"), name=EMAN[::-1])
    async with ours.host.call(from_number=REBMUN[::-1]) as call:
        await call.play(line("return"))
        await until(call, lambda: bool(call.agent.context))


async def forget(ours: World) -> None:
    async with ours.host.call(from_number=REBMUN[::-1]) as call:
        await call.play(line("return"))
        await until(call, lambda: bool(call.agent.context))
        await speaks(call, "Forget my voice.")
        await agent_says(call, "deleted")


async def holding(ours: World, callers: int) -> None:
    models = ours.service.models
    assert models is not None
    deadline = time.monotonic() + PATIENCE
    while models.callers != callers:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
    await asyncio.sleep(0 if callers else TWO_LOOKS_AT_THE_STORE)
    ours.witness.consents.clear()
    gc.collect()


def answer(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


async def main() -> None:
    settings = json.loads(os.environ["WORKER_SETTINGS"])
    async with world(Path(os.environ["WORKER_FOLDER"]), **settings) as ours:
        answer("ready")
        while told := (await asyncio.to_thread(sys.stdin.readline)).strip():
            match told:
                case "live":
                    await live(ours)
                case "forget":
                    await forget(ours)
                case "hold" | "gone":
                    await holding(ours, int(told == "hold"))
            answer(told)


if __name__ == "__main__":
    asyncio.run(main())
