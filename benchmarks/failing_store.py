"""Measures what a store that fails costs a call: how long replies wait for it, and how soon it is back.

    python benchmarks/failing_store.py [--calls 5] [--only redis_down]

Needs a redis-server. For each failure, on a store of its own, calls are played as fast as possible, first
with the store working and then with it failing, and these are timed:

setup      call_start and session_create together, for a call from a number that the store knows
greeting   for how long the first reply after a recognition is held
enrolling  from the name, the last answer of the dialogue, to the agent's next words, its own or ours
forgetting from "Forget my voice." to our next words

`added` is what the failing store took more than the working one: the difference of the medians (p50), and of
the worst of the failing to the median of the working (worst). `heard` is what callers were told, `again` the
seconds from the end of the failure to the beginning of a call that is recognised, tried every half second.
Exits with 1 if anybody was told of an enrollment or an erasure that the store, when it works again, does not
have.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import platform
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile

TESTS = Path(__file__).parents[1] / "tests"
sys.path.insert(0, str(TESTS / "calls"))

from failing_stores import FAILURES, Failure, failure_named  # noqa: E402
from worlds import (  # noqa: E402
    REQUEST,
    World,
    agent_says,
    all_windows_embedded,
    enroll,
    speaks,
    until,
    world,
)

from opusagent_hooks import codecs  # noqa: E402
from opusagent_hooks.testing import SimulatedAgent, SimulatedCall  # noqa: E402
from opusagent_voiceprint import VoiceFingerprintConfig  # noqa: E402
from opusagent_voiceprint.audio import resample  # noqa: E402
from opusagent_voiceprint.errors import StorageError  # noqa: E402
from opusagent_voiceprint.models import Caller  # noqa: E402

NUMBER = "+15550100"
MOMENTS = ("setup", "greeting", "enrolling", "forgetting")
ENROLLED, ERASED = "I will know your voice", "Done."
Times = dict[str, list[float]]


def telephone(name: str) -> np.ndarray:
    samples, _ = soundfile.read(TESTS / "voices" / f"{name}.ogg", dtype="float32")
    return codecs.decode(codecs.encode(resample(samples, 16_000, 8_000), "mulaw"), "mulaw")


def told(call: SimulatedCall, sign: str) -> bool:
    return any(turn.speaker == "agent" and sign in turn.text for turn in call.turns)


class Bench:
    """One failure, and what was measured of it."""

    def __init__(self, failure: Failure, calls: int, timeout: float) -> None:
        self.failure = failure
        self.timeout = timeout
        self.calls = calls
        self.working: Times = {moment: [] for moment in MOMENTS}
        self.failing: Times = {moment: [] for moment in MOMENTS}
        self.heard: Counter[str] = Counter()
        self.told_wrongly: list[str] = []
        self.again = float("nan")
        self.enroll_line, self.return_line = telephone("slt_enroll"), telephone("slt_return")

    async def run(self) -> None:
        values = {**self.failure.values, "storage_timeout": self.timeout}
        async with world(self.failure.folder, **values) as ours:
            for _ in range(self.calls):
                await self._round(ours, fails=False)
            for _ in range(self.calls):
                await self._round(ours, fails=True)
            await self._back(ours)

    async def _round(self, ours: World, *, fails: bool) -> None:
        times = self.failing if fails else self.working
        await self._enroll(ours, times, fails=fails)
        await self._settled(ours)
        async with ours.host.call(from_number=NUMBER) as call:
            await enroll(call, self.enroll_line)
        await self._greet(ours, times, fails=fails)
        await self._forget(ours, times, fails=fails)
        await self._settled(ours)

    async def _enroll(self, ours: World, times: Times, *, fails: bool) -> None:
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, REQUEST, self.enroll_line)
            await agent_says(call, "voiceprint")
            await speaks(call, "Yes, please.")
            await agent_says(call, "name")
            await all_windows_embedded(ours)  # else the answer to the name is that more has to be said
            with self._failing(fails):
                seconds = await self._answer(call, "My name is Ada.")
                times["enrolling"].append(seconds)
                await until(
                    call, lambda: any("notes" in each.text or "not work" in each.text for each in call.turns)
                )
                if fails:
                    self._note(call)
            if told(call, ENROLLED) and len(await self._stored(ours)) != 1:
                self.told_wrongly.append("an enrollment")

    async def _greet(self, ours: World, times: Times, *, fails: bool) -> None:
        with self._failing(fails):
            began = time.perf_counter()
            async with ours.host.call(from_number=NUMBER) as call:
                times["setup"].append(time.perf_counter() - began)
                holds: list[float] = []
                with noted_holds(call.agent, holds):
                    await speaks(call, "I am calling about the lamp.", self.return_line)
                    with contextlib.suppress(asyncio.TimeoutError):
                        await asyncio.wait_for(until(call, lambda: bool(call.agent.context)), 2.0)
                    await speaks(call, "Hello?")
                    times["greeting"] += holds[:1]
                    if fails:
                        self.heard["a greeting by name" if call.agent.context else "no greeting"] += 1

    async def _forget(self, ours: World, times: Times, *, fails: bool) -> None:
        async with ours.host.call() as call:
            await call.play(self.return_line)
            await until(call, lambda: bool(call.agent.context))
            with self._failing(fails):
                times["forgetting"].append(await self._answer(call, "Forget my voice."))
                await until(
                    call,
                    lambda: any("Done." in each.text or "tried again" in each.text for each in call.turns),
                )
                if fails:
                    self._note(call)
            if told(call, ERASED) and await self._stored(ours):
                self.told_wrongly.append("an erasure")

    async def _answer(self, call: SimulatedCall, words: str) -> float:
        """Seconds until the agent speaks after these words, be it for us or by itself."""

        def spoken() -> int:
            return len(call.replies) + sum(event.kind == "say_started" for event in call.events)

        before, began = spoken(), time.perf_counter()
        saying = asyncio.create_task(call.caller_says(words))
        await until(call, lambda: spoken() > before)
        seconds = time.perf_counter() - began
        await saying
        return seconds

    def _note(self, call: SimulatedCall) -> None:
        for sign in ("did not work", "will be tried again", ERASED, ENROLLED):
            self.heard[f"“{sign.strip('.')}”"] += told(call, sign)

    async def _stored(self, ours: World) -> list[Caller]:
        """Who is in the store, as soon as it can be read again."""
        deadline = time.perf_counter() + 60.0
        while True:
            try:
                return ours.callers
            except StorageError:
                if time.perf_counter() > deadline:
                    raise
            await asyncio.sleep(0.05)

    @contextlib.contextmanager
    def _failing(self, fails: bool) -> Iterator[None]:
        if fails:
            self.failure.begin()
        try:
            yield
        finally:
            if fails:
                self.failure.end()

    async def _settled(self, ours: World) -> None:
        """The store works again, and nobody is in it."""
        shared, models = ours.service._shared, ours.service.models
        assert shared is not None
        assert models is not None
        arrears, breaker = shared.arrears, shared.access.breaker
        deadline = time.perf_counter() + 60.0
        while time.perf_counter() < deadline:
            with contextlib.suppress(StorageError):
                for caller in ours.callers:
                    ours.service.store.erase(caller.caller_id)
                if not (ours.callers or models.callers or arrears.overdue() or breaker.is_open):
                    return
            await asyncio.sleep(0.1)
        raise TimeoutError("the store did not come back")

    async def _back(self, ours: World) -> None:
        async with ours.host.call(from_number=NUMBER) as call:
            await enroll(call, self.enroll_line)
        with self._failing(True):
            for _ in range(4):
                async with ours.host.call(from_number=NUMBER) as call:
                    await speaks(call, "I am calling about the lamp.", self.return_line)
        ended = time.perf_counter()
        while time.perf_counter() - ended < 90.0:
            began = time.perf_counter()
            async with ours.host.call(from_number=NUMBER) as call:
                await call.play(self.return_line)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(until(call, lambda: bool(call.agent.context)), 0.5)
                if call.agent.context:
                    self.again = max(0.0, began - ended)
                    return
            await asyncio.sleep(max(0.0, 0.5 - (time.perf_counter() - began)))

    def row(self) -> str:
        cells = []
        for moment in MOMENTS:
            working, failing = self.working[moment], self.failing[moment]
            if not failing:
                cells.append("-")  # nobody was recognised, so that no reply was held
                continue
            usual = statistics.median(working)
            p50, worst = statistics.median(failing) - usual, max(failing) - usual
            cells.append(f"{1000 * max(0.0, p50):.0f} / {1000 * max(0.0, worst):.0f}")
        heard = ", ".join(f"{count} x {what}" for what, count in self.heard.items() if count)
        return " | ".join([*cells, heard, f"{self.again:.1f}"])


@contextlib.contextmanager
def noted_holds(agent: SimulatedAgent, holds: list[float]) -> Iterator[None]:
    """Note for how long replies are held."""
    expect_context = agent.expect_context

    @contextlib.contextmanager
    def timed(within: float) -> Iterator[None]:
        began = time.perf_counter()
        try:
            with expect_context(within):
                yield
        finally:
            holds.append(min(within, time.perf_counter() - began))

    agent.expect_context = timed  # type: ignore[method-assign]
    yield


def main() -> int:
    """Print one row a failure; 1 if a caller was told what is not so."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=5, help="calls of each kind, working and failing")
    parser.add_argument(
        "--timeout",
        type=float,
        default=VoiceFingerprintConfig.model_fields["storage_timeout"].default,
        help="VOICE_STORAGE_TIMEOUT, as it is by default",
    )
    parser.add_argument("--only", choices=list(FAILURES), help="this failure alone")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    wrong: list[str] = []
    columns = ["failure", *MOMENTS, "heard", "again (s)"]
    print(f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}")
    for name in [options.only] if options.only else FAILURES:
        with tempfile.TemporaryDirectory() as folder, failure_named(name, Path(folder)) as failure:
            bench = Bench(failure, options.calls, options.timeout)
            asyncio.run(bench.run())
            print(f"| {name} | {bench.row()} |", flush=True)
            wrong += [f"{name}: somebody was told of {what} that was not done" for what in bench.told_wrongly]
    print(
        f"\nAdded ms: p50 / worst. {options.calls} calls of each kind; "
        f"VOICE_STORAGE_TIMEOUT={options.timeout}; {os.cpu_count()} CPUs, "
        f"{platform.platform()}, Python {platform.python_version()}."
    )
    for each in wrong:
        print(each, file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
