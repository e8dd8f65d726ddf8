"""Measures the path of a call: import, start, frames on the event loop, embedding, and time to decide.

    python benchmarks/call_path.py

Needs no data: the voices are those of the tests. Prints what it measured and on what machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import timeit
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile

from opusagent_hooks import AudioChunk, HookManager, codecs
from opusagent_hooks.testing import SimulatedAgent, SimulatedHost
from opusagent_voiceprint import OpusAgentVoiceRecognizer, SQLiteStorage, VoiceFingerprintConfig
from opusagent_voiceprint.audio import resample
from opusagent_voiceprint.encoding import SpeechStream, shared_encoder
from opusagent_voiceprint.plugin import VoiceprintPlugin

VOICES = Path(__file__).parents[1] / "tests" / "voices"


def import_seconds(code: str, runs: int = 5) -> float:
    """The median time of importing in a fresh interpreter, without the interpreter's own start."""
    script = f"import time; began = time.perf_counter()\n{code}\nprint(time.perf_counter() - began)"
    times = [
        float(
            subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
        )
        for _ in range(runs)
    ]
    return statistics.median(times)


def telephone(name: str) -> np.ndarray:
    samples, _ = soundfile.read(VOICES / f"{name}.ogg", dtype="float32")
    return resample(samples, 16_000, 8_000)


def note_waits(agent: SimulatedAgent, waits: list[float]) -> None:
    """Note for how long the agent is asked to hold its next reply."""
    expect_context = agent.expect_context

    @contextlib.contextmanager
    def timed(within: float) -> Iterator[None]:
        began = time.perf_counter()
        with expect_context(within):
            yield
        waits.append(time.perf_counter() - began)

    agent.expect_context = timed  # type: ignore[method-assign]


async def calls(folder: Path) -> None:
    settings = VoiceFingerprintConfig(
        _env_file=None, storage_backend="sqlite", storage_path=folder / "voices.db"
    )
    manager = HookManager()
    plugin = VoiceprintPlugin(settings)
    manager.register(plugin, "voiceprint")
    began = time.perf_counter()
    manager.ready()
    print(f"start-up on the caller's thread: {1000 * (time.perf_counter() - began):.1f} ms")
    if plugin.service is None or not plugin.service.wait_until_ready(60):
        raise SystemExit("voiceprint did not start")
    print(f"models and callers loaded in the background after {time.perf_counter() - began:.2f} s")

    host = SimulatedHost(manager, speed=1.0)
    latencies, waits = [], []
    for name in ("slt", "rms", "awb", "kal16", "slt", "rms", "awb", "kal16"):
        async with host.call() as call:
            note_waits(call.agent, waits)
            speech = telephone(f"{name}_return")[: 8000 * 6]
            await call.play(speech)
            await call.wait_for(lambda event: event.kind == "context_added", 20.0)
            found = call.session.metadata["voiceprint"]
            assert found["decision"] == "recognised"
            latencies.append((found["latency_ms"], found["net_speech_seconds"]))
    print(
        f"decision after its frame came in, {len(latencies)} calls in real time: median "
        f"{statistics.median(ms for ms, _ in latencies):.0f} ms, "
        f"worst {max(ms for ms, _ in latencies):.0f} ms; "
        f"net speech it took: median {statistics.median(s for _, s in latencies):.1f} s"
    )
    print(
        "a reply waits for the greeting of a caller who was recognised: median "
        f"{1000 * statistics.median(waits):.1f} ms, worst {1000 * max(waits):.1f} ms of at most 300"
    )

    async with SimulatedHost(manager, speed=None).call() as call:
        data = codecs.encode(telephone("slt_return"), "mulaw")
        chunks = [AudioChunk(data[i : i + 160], "mulaw", 8000) for i in range(0, len(data) - 160, 160)] * 4
        times = []
        for chunk in chunks:
            began = time.perf_counter()
            manager.audio_input(call.call, chunk)
            times.append(time.perf_counter() - began)
            await asyncio.sleep(0.0005)
        micro = np.array(times) * 1e6
        print(
            f"one frame on the event loop, {len(times)} frames: median {np.median(micro):.1f} us, "
            f"p99 {np.quantile(micro, 0.99):.1f} us, worst {micro.max():.0f} us"
        )
    manager.close()


def embedding() -> None:
    encoder = shared_encoder()
    stream = SpeechStream(encoder.window)
    speech = resample(telephone("slt_return"), 8_000, 16_000)
    began = time.process_time()
    windows = [*stream.push(speech), *stream.finish()]
    front = time.process_time() - began
    samples = np.stack([window.samples for window in windows])
    for batch in (1, 16):
        block = np.concatenate([samples] * (1 + batch // len(samples)))[:batch]
        encoder.embed(block)
        began = time.perf_counter()
        runs = 10
        for _ in range(runs):
            encoder.embed(block)
        print(
            f"embedding in batches of {batch}: "
            f"{1000 * (time.perf_counter() - began) / runs / batch:.1f} ms a window"
        )
    print(
        f"resampled audio to windows: {1000 * front / stream.net_speech_seconds:.2f} ms CPU "
        "a second of net speech"
    )


def main() -> None:
    print(
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores, "
        f"numpy {np.__version__}"
    )
    print(f"import opusagent_voiceprint: {1000 * import_seconds('import opusagent_voiceprint'):.0f} ms")
    plugin = import_seconds("import opusagent_voiceprint.plugin")
    print(f"import of the whole plugin: {1000 * plugin:.0f} ms")
    making = min(timeit.repeat(OpusAgentVoiceRecognizer, number=1000, repeat=5)) / 1000
    print(f"making a recognizer: {1e6 * making:.1f} us")
    with tempfile.TemporaryDirectory() as folder:
        with SQLiteStorage(Path(folder) / "voices.db") as store:
            recognizer = OpusAgentVoiceRecognizer(store)
            for name in ("slt", "rms", "awb", "kal16"):
                recognizer.enroll_caller(name, telephone(f"{name}_enroll"), sample_rate=8_000)
        asyncio.run(calls(Path(folder)))
    embedding()


if __name__ == "__main__":
    main()
