"""Puts calls on voiceprint in real time: what it costs the event loop, and how soon each voice is decided.

    python benchmarks/load.py [--calls 50 200] [--seconds 30] [--rounds 2] [--json FILE]

Needs no data: the voices are those of the tests. Each caller speaks without a pause, in mu-law frames of
20 ms at 8 kHz, hangs up after 15 s, and the next one calls: of twenty voices ten are enrolled, beside
strangers who never call. With voiceprint and without it are measured in turns, each in a process of its own,
so that what else the machine does meets both. What a probe waits beyond its time is the delay of the loop:
the generator of the calls runs on that loop too, and its own cost is in both.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
VOICES = ROOT / "tests" / "voices"
STEP = 160
CALL_SECONDS = 15.0
RAMP_SECONDS = 5.0
TICK = 0.005
GROUPS = 4
PROBE = 0.002
ENROLLED_STRANGERS = 90
QUANTILES = (0.5, 0.99, 0.999)


# In the process with the calls


def frames(name: str) -> list[Any]:
    """A voice as it comes over a telephone line, for ever."""
    import soundfile

    from opusagent_hooks import AudioChunk, codecs
    from opusagent_voiceprint.audio import resample

    samples, rate = soundfile.read(VOICES / f"{name}_return.ogg", dtype="float32")
    data = codecs.encode(resample(samples, rate, 8_000), "mulaw")
    return [AudioChunk(data[at : at + STEP], "mulaw", 8_000) for at in range(0, len(data) - STEP, STEP)]


def names() -> list[str]:
    return sorted(path.stem.removesuffix("_return") for path in VOICES.glob("*_return.ogg"))


def enroll(path: Path) -> None:
    """Every other voice, and strangers."""
    from opusagent_voiceprint import OpusAgentVoiceRecognizer, SQLiteStorage, Voiceprint
    from opusagent_voiceprint.encoding import chosen_encoders

    encoders, random = chosen_encoders(), np.random.default_rng(0)
    with SQLiteStorage(path) as store:
        recognizer = OpusAgentVoiceRecognizer(store)
        for name in names()[::2]:
            recognizer.enroll_caller(name, VOICES / f"{name}_enroll.ogg")
        for index in range(ENROLLED_STRANGERS):
            vector = random.normal(size=encoders.dimension).astype(np.float32)
            embedding = vector / np.linalg.norm(vector)
            store.save(
                Voiceprint(
                    caller_id=f"stranger-{index}",
                    embedding=embedding,
                    encoder=encoders.encoder_id,
                    channel="narrow",
                )
            )


class Line:
    """One line on which one call follows another."""

    def __init__(self, host: Any, chunks: list[list[Any]], number: int, lines: int) -> None:
        self.host = host
        self.chunks = chunks
        self.turn = number
        # Calls begin one after the other, and end so.
        self.waits = round(number / lines * RAMP_SECONDS / 0.02)
        self.left = round((1 + number) / lines * CALL_SECONDS / 0.02)
        self.call: Any = None
        self.found: list[dict[str, Any]] = []
        self.stack = contextlib.AsyncExitStack()
        self.changing: asyncio.Task[None] | None = None
        self.frames: Any = iter(())

    async def begin(self) -> None:
        self.call = await self.stack.enter_async_context(self.host.call())
        self.frames = itertools.cycle(self.chunks[self.turn % len(self.chunks)])
        self.turn += 7

    async def end(self) -> None:
        call, self.call = self.call, None
        self.found.append(dict(call.session.metadata.get("voiceprint", {})))
        await self.stack.aclose()

    async def change(self) -> None:
        await self.end()
        self.left = round(CALL_SECONDS / 0.02)
        await self.begin()

    def send(self) -> None:
        if self.call is None or self.waits:
            self.waits = max(0, self.waits - 1)
            return
        self.host.manager.audio_input(self.call.call, next(self.frames))
        self.left -= 1
        if self.left == 0:
            self.changing = asyncio.create_task(self.change())


async def probe(delays: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(PROBE)
        delays.append(time.perf_counter() - began - PROBE)


async def carry(manager: Any, lines: int, seconds: float) -> dict[str, Any]:
    from opusagent_hooks.testing import SimulatedHost

    host = SimulatedHost(manager, greeting="")
    chunks = [frames(name) for name in names()]
    all_lines = [Line(host, chunks, number, lines) for number in range(lines)]
    for line in all_lines:
        await line.begin()
    delays: list[float] = []
    sending, latest = 0.0, 0.0
    watching = asyncio.create_task(probe(delays))
    began, cpu, ramping = time.perf_counter(), 0.0, True
    for tick in itertools.count(1):
        before = time.perf_counter()
        latest = max(latest, before - began - (tick - 1) * TICK)
        for line in all_lines[tick % GROUPS :: GROUPS]:
            line.send()
        after = time.perf_counter()
        sending += after - before
        if ramping and after - began > RAMP_SECONDS:
            ramping, sending, latest, cpu = False, 0.0, 0.0, time.process_time()
            delays.clear()
        if after - began > RAMP_SECONDS + seconds:
            break
        await asyncio.sleep(max(0.0, began + tick * TICK - after))
    cpu = time.process_time() - cpu
    watching.cancel()
    await asyncio.gather(*(line.changing for line in all_lines if line.changing is not None))
    for line in all_lines:
        await line.end()
    found = [each for line in all_lines for each in line.found if "latency_ms" in each]
    return {
        "calls": sum(len(line.found) for line in all_lines),
        "delays_ms": [1000 * float(np.quantile(delays, q)) for q in QUANTILES],
        "worst_delay_ms": 1000 * max(delays),
        "sending_part": sending / seconds,
        "generator_latest_ms": 1000 * latest,
        "cpu_ms_a_call_second": 1000 * cpu / seconds / lines,
        "latencies_ms": sorted(each["latency_ms"] for each in found),
        "recognised": sum(each["decision"] == "recognised" for each in found),
        "net_speech": sorted(each["net_speech_seconds"] for each in found),
    }


def child(store: Path | None, lines: int, seconds: float) -> None:
    from opusagent_hooks import HookManager
    from opusagent_voiceprint import VoiceFingerprintConfig
    from opusagent_voiceprint.plugin import VoiceprintPlugin

    manager = HookManager()
    plugin = None
    if store is not None:
        settings = VoiceFingerprintConfig(
            _env_file=None,
            storage_backend="sqlite",
            storage_path=store,
            max_concurrent_calls=10 + 2 * lines,
            progressive_enrollment=False,
        )
        plugin = VoiceprintPlugin(settings)
        manager.register(plugin, "voiceprint")
    manager.ready()
    if plugin is not None and (plugin.service is None or not plugin.service.wait_until_ready(120)):
        raise SystemExit("voiceprint did not start")
    result = asyncio.run(carry(manager, lines, seconds))
    if plugin is not None and plugin.service is not None and plugin.service._shared is not None:
        engine = plugin.service._shared.models.default.engine
        result["windows"] = engine.embedded_windows
        result["windows_a_batch"] = engine.embedded_windows / max(1, engine.batches)
        result["shed_windows"] = engine.shed_windows
    manager.close()
    print(json.dumps(result))


# In ours


def run(store: Path | None, lines: int, seconds: float) -> dict[str, Any]:
    command = [sys.executable, __file__, "--child", str(lines), "--seconds", str(seconds)]
    ran = subprocess.run(
        [*command, *(["--store", str(store)] if store else [])], capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise SystemExit(ran.stderr[-3000:])
    result: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return result


def measure(store: Path, lines: int, seconds: float, rounds: int) -> dict[str, Any]:
    """With and without, in turns; the round that the machine disturbed least counts for the loop."""
    without, having = [], []
    for _ in range(rounds):
        without.append(run(None, lines, seconds))
        having.append(run(store, lines, seconds))
    latencies = sorted(each for one in having for each in one["latencies_ms"])
    added = [
        [one - two for one, two in zip(a["delays_ms"], b["delays_ms"], strict=True)]
        for a, b in zip(having, without, strict=True)
    ]
    return {
        "lines": lines,
        "calls": sum(each["calls"] for each in having),
        "added_ms": min(added, key=lambda each: each[1]),
        "added_ms_rounds": added,
        "without": without,
        "with": having,
        "decisions": len(latencies),
        "latency_ms": {
            "median": float(np.median(latencies)),
            "p99": float(np.quantile(latencies, 0.99)),
            "worst": max(latencies),
        },
    }


def report(found: dict[str, Any]) -> str:
    having, without = found["with"], found["without"]

    def both(name: str) -> str:
        pairs = [f"{b[name]:.1f} / {a[name]:.1f}" for a, b in zip(having, without, strict=True)]
        return ", ".join(pairs)

    lines = [
        f"{found['lines']} calls at once, {found['calls']} in all, every caller speaking without a pause",
        "  delay of the event loop added at p50 / p99 / p99.9, ms, by round: "
        + "; ".join(" / ".join(f"{each:.2f}" for each in one) for one in found["added_ms_rounds"]),
        f"  longest delay without / with, ms, by round: {both('worst_delay_ms')}",
        f"  CPU of the process without / with, ms a second of call: {both('cpu_ms_a_call_second')}",
        f"  decision after the frame that brought it, {found['decisions']} calls: median "
        f"{found['latency_ms']['median']:.0f} ms, p99 {found['latency_ms']['p99']:.0f} ms, "
        f"worst {found['latency_ms']['worst']:.0f} ms",
        f"  windows a batch {np.mean([each['windows_a_batch'] for each in having]):.1f}, left out "
        f"{sum(each['shed_windows'] for each in having)} of "
        f"{sum(each['windows'] + each['shed_windows'] for each in having)}",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, nargs="+", default=[50, 200])
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--store", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.store, options.child, options.seconds)
        return
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores")
    results = []
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "voices.db"
        enroll(store)
        for lines in options.calls:
            results.append(measure(store, lines, options.seconds, options.rounds))
            print(report(results[-1]), flush=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
