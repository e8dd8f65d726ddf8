"""Measures OpusAgent with the hooks and without them: bridges, the first call, the loop, frames, replies.

    OPUSAGENT_SRC=... OPUSAGENT_PYTHON=... python benchmarks/host.py [--rounds 3]

OPUSAGENT_SRC is a checkout of OpusAgent, OPUSAGENT_PYTHON an interpreter with its requirements and this
project. The Realtime service is the tests' scripted one; voices are those of the tests. With and without are
measured in turns, so that what else the machine does meets both.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RATE = 16_000
FRAMES = 1500


# In OpusAgent's process


class GapMonitor:
    """The longest time for which an event loop did not come round."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def run(self) -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            self.longest = max(self.longest, now - last - 0.001)
            last = now


def serve(port: int, report: Path, hooks: bool) -> None:
    """Run the server; on SIGTERM write what the loop went through since it was ready."""
    if hooks:
        import opusagent_hooks

        opusagent_hooks.attach()
    import uvicorn
    from opusagent.main import app

    async def run() -> None:
        server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", loop="asyncio"))
        serving = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        monitor = GapMonitor()
        watching = asyncio.create_task(monitor.run())
        while not serving.done():
            await asyncio.wait({serving}, timeout=0.05)
            report.write_text(json.dumps({"longest_gap": monitor.longest}))  # noqa: ASYNC240 - 0.1 ms
        watching.cancel()
        await serving

    asyncio.run(run())


class _Socket:
    """What a bridge needs of its two connections to take frames."""

    close_code = None
    closed = False
    client_state = None

    async def send(self, message: str) -> None:
        await asyncio.sleep(0)

    async def send_json(self, message: object) -> None:
        await asyncio.sleep(0)

    async def close(self) -> None: ...


def bridges(hooks: bool) -> dict[str, Any]:
    """Times of making bridges, and of a frame's way through them."""
    if hooks:
        import opusagent_hooks

        opusagent_hooks.attach()
    from opusagent.agents.banking_agent import session_config
    from opusagent.bridges.twilio_bridge import TwilioBridge

    async def run() -> dict[str, Any]:
        times = []
        for _ in range(20):
            began = time.perf_counter()
            bridge = TwilioBridge(_Socket(), _Socket(), session_config)
            times.append(time.perf_counter() - began)
        result: dict[str, Any] = {"first": times[0], "later": statistics.median(times[1:])}
        if hooks:
            result["tap"] = await taps(bridge)
        return result

    return asyncio.run(run())


async def taps(bridge: Any) -> list[float]:
    """How long the hooks hold up each frame of a call in real time, sorted; the engine works beside it."""
    import base64

    import soundfile

    from opusagent_hooks import codecs
    from opusagent_hooks.host.calls import BridgeCall
    from opusagent_voiceprint.audio import resample

    times = []
    tap = BridgeCall.audio

    def timed(call: BridgeCall, message: Any) -> None:
        began = time.perf_counter()
        tap(call, message)
        times.append(time.perf_counter() - began)

    BridgeCall.audio = timed  # type: ignore[method-assign]
    sid = {"streamSid": "MZ1", "sequenceNumber": "1"}
    start = {
        "streamSid": "MZ1",
        "accountSid": "AC1",
        "callSid": "CA1",
        "tracks": ["inbound"],
        "customParameters": {},
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
    }
    await bridge.handle_session_start({"event": "start", **sid, "start": start})
    samples, _ = soundfile.read(ROOT / "tests" / "voices" / "slt_enroll.ogg", dtype="float32")
    data = codecs.encode(resample(samples, RATE, 8000), "mulaw")
    began = time.perf_counter()
    for number in range(FRAMES):
        at = (number * 160) % (len(data) - 160)
        media = {
            "track": "inbound",
            "chunk": str(number),
            "timestamp": str(20 * number),
            "payload": base64.b64encode(data[at : at + 160]).decode(),
        }
        await bridge.handle_audio_data({"event": "media", **sid, "media": media})
        await asyncio.sleep(max(0.0, began + 0.02 * (number + 1) - time.perf_counter()))
    return sorted(times)


# In ours


def child(arguments: list[str], hooks: bool, folder: Path, **environment: str) -> subprocess.Popen[bytes]:
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    env = {
        **kept,
        "PYTHONPATH": os.environ["OPUSAGENT_SRC"],
        "USE_LOCAL_REALTIME": "false",
        "OPUSAGENT_USE_MOCK": "false",
        "OPENAI_API_KEY": "sk-nobodys",
        "WEBSOCKET_MAX_SESSIONS_PER_CONNECTION": "1",
        "VOICE_STORAGE_BACKEND": "sqlite",
        "VOICE_STORAGE_PATH": str(folder / "voices.db"),
        # Compiled functions are cached by folder: each server starts as on its first day.
        "NUMBA_CACHE_DIR": str(folder / "numba"),
        **environment,
    }
    python = os.environ.get("OPUSAGENT_PYTHON", sys.executable)
    command = [python, str(Path(__file__).resolve()), *arguments, *(["--hooks"] if hooks else [])]
    # Into files: OpusAgent writes so much that a pipe which nobody reads would stop it.
    with (folder / "out").open("wb") as out, (folder / "log").open("wb") as log:
        return subprocess.Popen(command, cwd=folder, env=env, stdout=out, stderr=log)


def measure_bridges(hooks: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        process = child(["--bridges"], hooks, Path(name))
        if process.wait(timeout=300):
            raise SystemExit((Path(name) / "log").read_text()[-3000:])
        found: dict[str, Any] = json.loads((Path(name) / "out").read_text().splitlines()[-1])
        return found


async def measure_call(hooks: bool) -> dict[str, float]:
    """Start a server, and make its first call."""
    import soundfile
    from calls_on_opusagent import PACE
    from opusagent_server import free_port
    from phone import AudioCodesPhone
    from scripted_realtime import ScriptedRealtime

    samples, _ = soundfile.read(ROOT / "tests" / "voices" / "slt_enroll.ogg", dtype="float32")
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        async with ScriptedRealtime("beta", pace=PACE) as service:
            report = folder / "report.json"
            began = time.perf_counter()
            process = child(
                ["--serve", str(port), "--report", str(report)],
                hooks,
                folder,
                OPENAI_API_BASE_URL=service.url,
            )
            while not report.exists():
                if process.poll() is not None:
                    raise SystemExit((folder / "log").read_text()[-3000:])
                await asyncio.sleep(0.05)
            result = {"start": time.perf_counter() - began}
            url = f"ws://127.0.0.1:{port}/ws/telephony"
            for ordinal in ("first", "second"):
                began = time.perf_counter()
                async with AudioCodesPhone(url, announce=service.announce) as caller:
                    result[f"{ordinal}_accepted"] = time.perf_counter() - began
                    await caller.wait_for_agent(180.0, after=0.0)
                    began = time.perf_counter()
                    await caller.say(samples[: 4 * RATE], words="I have lost my card.")
                    log = service.connections[-1].log
                    await log.until(lambda log=log: len(log.received("response.create")) > 1, 180.0)
                    result[f"{ordinal}_reply_asked"] = time.perf_counter() - began - 4.0
                    await caller.wait_for_agent(180.0)
            await asyncio.sleep(0.2)
            result["longest_gap"] = json.loads(report.read_text())["longest_gap"]
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
            return result


def parent(rounds: int) -> None:
    sys.path[:0] = [str(ROOT / "tests" / "services"), str(ROOT / "tests" / "host")]
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    kinds = {"without": False, "with": True}
    made: dict[str, list[dict[str, Any]]] = {kind: [] for kind in kinds}
    called: dict[str, list[dict[str, float]]] = {kind: [] for kind in kinds}
    for _ in range(rounds):
        for kind, hooks in kinds.items():
            made[kind].append(measure_bridges(hooks))
            called[kind].append(asyncio.run(measure_call(hooks)))
    print(f"medians of {rounds} rounds, in ms     {'without':>10} {'with':>10}")
    for key, text in (("first", "building the first bridge"), ("later", "building a bridge")):
        row(text, [statistics.median(each[key] for each in made[kind]) for kind in kinds])
    for key, text in (
        ("start", "start until ready"),
        ("first_accepted", "first call until accepted"),
        ("first_reply_asked", "... until its first reply is asked for"),
        ("second_accepted", "second call until accepted"),
        ("second_reply_asked", "... until its first reply is asked for"),
        ("longest_gap", "longest gap of the event loop since ready"),
    ):
        row(text, [statistics.median(each[key] for each in called[kind]) for kind in kinds])
    times = sorted(value for each in made["with"] for value in each["tap"])
    print(
        f"the hooks' part of a frame on the loop ({len(times)} frames in real time): "
        f"median {1e6 * times[len(times) // 2]:.0f} us, p99 {1e6 * times[len(times) * 99 // 100]:.0f} us, "
        f"worst {1e6 * times[-1]:.0f} us"
    )


def row(text: str, values: list[float]) -> None:
    print(f"{text:<36}" + "".join(f"{1000 * value:>11.1f}" for value in values))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--report", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--bridges", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--hooks", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve, options.report, options.hooks)
    elif options.bridges:
        print(json.dumps(bridges(options.hooks)))
    elif not os.environ.get("OPUSAGENT_SRC"):
        raise SystemExit("OPUSAGENT_SRC does not name a checkout of OpusAgent")
    else:
        parent(options.rounds)


if __name__ == "__main__":
    main()
