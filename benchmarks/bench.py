"""What recognition costs, beside stock Resemblyzer in the same run: CPU, start, memory, search.

    python benchmarks/bench.py [--json FILE]

Needs no data: the voices are those of the tests. Both sides get the same 8 kHz mu-law frames of 20 ms and
decide with the frame that completes five seconds of net speech. Stock is resemblyzer 0.1.4 in a plain
integration: frames are decoded and buffered, and at the decision ``preprocess_wav`` (resampling, level, voice
activity), ``embed_utterance`` and one cosine an enrolled caller run once over everything; as it comes, with as
many threads as torch takes, and limited to one. Ours is the path of a call from the listener to the decision,
in real time, with every window scored as it comes. CPU is of the whole process, all threads.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile

from opusagent_hooks import AudioChunk, codecs
from opusagent_voiceprint.audio import resample

Floats = npt.NDArray[np.float32]

VOICES = Path(__file__).parents[1] / "tests" / "voices"
STEP = 160
SPEECH = 5.0
ENROLLED = 100
LINES = (1, 16, 64)
ALONE = 5  # calls one after the other, where only one is at once
SIZES = (1_000, 10_000, 100_000)


def mulaw(name: str) -> bytes:
    """A voice over a telephone line; twice, so that there is enough of everybody."""
    samples, rate = soundfile.read(VOICES / f"{name}_return.ogg", dtype="float32")
    return codecs.encode(resample(samples, rate, 8_000), "mulaw") * 2


def names() -> list[str]:
    return sorted(path.stem.removesuffix("_return") for path in VOICES.glob("*_return.ogg"))


def random_rows(count: int) -> Floats:
    rows = np.random.default_rng(0).normal(size=(count, 256)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def a_gallery(count: int) -> Any:
    """Ours, with voiceprints of nobody."""
    from opusagent_voiceprint import Voiceprint
    from opusagent_voiceprint.encoding import chosen_encoders
    from opusagent_voiceprint.matching import Backend, Gallery

    encoders = chosen_encoders()
    gallery = Gallery(Backend.shipped(encoders))
    for index, row in enumerate(random_rows(count)):
        name = f"nobody-{index}"
        print_of = Voiceprint(caller_id=name, embedding=row, encoder=encoders.encoder_id, channel="narrow")
        gallery.put(name, [print_of])
    return gallery


# Ours


class OurCall:
    """A call from its frames to its decision: the listener, the engine's thread, the tracker."""

    def __init__(self, engine: Any, gallery: Any, seconds: float) -> None:
        from opusagent_voiceprint.calls.listener import Listener
        from opusagent_voiceprint.calls.tracker import VoiceTracker
        from opusagent_voiceprint.matching import DecisionRule

        # Whoever is a stranger to everybody is decided at the end, so that every window is scored.
        rule = DecisionRule(
            threshold=0.75, known_number_threshold=0.5, margin=0.0, min_speech=seconds, max_speech=seconds
        )
        self.decided = threading.Event()
        self.tracker = VoiceTracker(gallery, rule, self._arrived)
        self.listener = Listener(engine.encoders.window, self.tracker, engine.announce)
        self.net_speech = 0.0

    def _arrived(self, event: Any) -> None:
        self.net_speech = event.identification.net_speech_seconds
        self.decided.set()


def an_engine() -> Any:
    from opusagent_voiceprint.encoding import RecognitionEngine, chosen_encoders

    encoders = chosen_encoders()
    encoders.warm_up()
    engine = RecognitionEngine(encoders)
    engine.start()
    return engine


def ours_at_once(engine: Any, gallery: Any, speech: list[bytes]) -> tuple[float, list[tuple[int, float]]]:
    """CPU seconds of calls in real time, and each one's frames and net speech until its decision."""
    calls = [OurCall(engine, gallery, SPEECH) for _ in speech]
    sent = [0] * len(speech)
    cpu, began = time.process_time(), time.perf_counter()
    for tick in range(2 * 50 * 20):
        if all(call.decided.is_set() for call in calls):
            break
        for index, (call, data) in enumerate(zip(calls, speech, strict=True)):
            # Calls begin one after the other within 0.77 s, the time between two windows of one.
            if tick < index * 38 // len(calls) or call.decided.is_set():
                continue
            at = sent[index] * STEP
            call.listener.hear(AudioChunk(data[at : at + STEP], "mulaw", 8_000))
            sent[index] += 1
        time.sleep(max(0.0, began + 0.02 * (tick + 1) - time.perf_counter()))
    cpu = time.process_time() - cpu
    for call in calls:
        call.listener.close()
    return cpu, [(count, call.net_speech) for count, call in zip(sent, calls, strict=True)]


def one_by_one(engine: Any, gallery: Any, speech: list[bytes]) -> tuple[float, list[tuple[int, float]]]:
    runs = [ours_at_once(engine, gallery, [data]) for data in speech]
    return sum(cpu for cpu, _ in runs), [each for _, found in runs for each in found]


def path_of_ours(lines: int) -> dict[str, Any]:
    voices = [mulaw(name) for name in names()]
    engine, gallery = an_engine(), a_gallery(ENROLLED)
    count = ALONE if lines == 1 else lines
    speech = [voices[index % len(voices)] for index in range(count)]
    ours_at_once(engine, gallery, voices[:1])  # the first call of a process is measured by start()
    batches, windows = engine.batches, engine.embedded_windows
    cpu, found = (one_by_one if lines == 1 else ours_at_once)(engine, gallery, speech)
    result = {
        "cpu_ms": 1000 * cpu / sum(net for _, net in found),
        "frames": [frames for frames, _ in found],
        "net_speech": [net for _, net in found],
        "windows_a_batch": (engine.embedded_windows - windows) / max(1, engine.batches - batches),
    }
    engine.stop()
    return result


def path_of_stock(ours: dict[str, Any], threads: int) -> dict[str, Any]:
    """The same frames, decided at the same one. Calls one after the other: at once they are no cheaper."""
    from stock import StockCall, import_resemblyzer

    resemblyzer = import_resemblyzer()
    import torch

    if threads:
        torch.set_num_threads(threads)
    encoder, rows = resemblyzer.VoiceEncoder("cpu", verbose=False), random_rows(ENROLLED)
    voices = [mulaw(name) for name in names()]

    def decide(data: bytes, frames: int) -> None:
        call = StockCall(resemblyzer, encoder, rows)
        for at in range(0, frames * STEP, STEP):
            call.hear(data[at : at + STEP])
        call.decide()

    for _ in range(2):
        decide(voices[0], 300)
    began = time.process_time()
    for index, frames in enumerate(ours["frames"]):
        decide(voices[index % len(voices)], frames)
    cpu = time.process_time() - began
    return {"cpu_ms": 1000 * cpu / sum(ours["net_speech"]), "threads": torch.get_num_threads()}


# From the start of a process to its first decision


def start_of_ours() -> list[float]:
    engine, gallery = an_engine(), a_gallery(ENROLLED)
    ends = []
    for name in (names() * 2)[:11]:
        call, data = OurCall(engine, gallery, SPEECH), mulaw(name)
        ends.append(time.monotonic())
        for at in range(0, len(data) - STEP, STEP):
            call.listener.hear(AudioChunk(data[at : at + STEP], "mulaw", 8_000))
        call.decided.wait(60)
        ends.append(time.monotonic())
        call.listener.close()
    engine.stop()
    return ends


def start_of_stock() -> list[float]:
    from stock import StockCall, import_resemblyzer

    resemblyzer = import_resemblyzer()
    encoder, rows = resemblyzer.VoiceEncoder("cpu", verbose=False), random_rows(ENROLLED)
    ends = []
    for name in (names() * 2)[:11]:
        call, data = StockCall(resemblyzer, encoder, rows), mulaw(name)
        ends.append(time.monotonic())
        for at in range(0, 300 * STEP, STEP):
            call.hear(data[at : at + STEP])
        call.decide()
        ends.append(time.monotonic())
    return ends


def start_report(run: Callable[[], list[float]]) -> dict[str, Any]:
    ends = run()
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return {
        "first_at": ends[1],
        "cpu_s": time.process_time(),
        "first_ms": 1000 * (ends[1] - ends[0]),
        "tenth_ms": 1000 * (ends[19] - ends[18]),
        "resident_mb": resident / 1e6,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
    }


# Search


def search() -> list[dict[str, Any]]:
    from opusagent_voiceprint.matching import Probe

    result = []
    probe_row = random_rows(1)[0]
    for size in SIZES:
        gallery, rows = a_gallery(size), random_rows(size)
        probe = Probe(embedding=probe_row, wide_embedding=None, channel="narrow", snr_db=40.0)

        def best(run: Callable[[], object], runs: int = 30) -> float:
            run()
            times = []
            for _ in range(runs):
                began = time.perf_counter()
                run()
                times.append(time.perf_counter() - began)
            return 1000 * float(np.median(times))

        result.append(
            {
                "voiceprints": size,
                "search_ms": best(lambda gallery=gallery: gallery.search(probe)),  # type: ignore[misc]
                "product_ms": best(lambda rows=rows: rows @ probe_row),  # type: ignore[misc]
            }
        )
    return result


# Putting it together


def child(*arguments: str, **environment: str) -> dict[str, Any]:
    """One measurement in a process of its own; ``first_at`` becomes seconds since its start."""
    began = time.monotonic()
    ran = subprocess.run(
        [sys.executable, __file__, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    if ran.returncode:
        raise SystemExit(ran.stderr[-3000:])
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    if "first_at" in found:
        found["first_s"] = found.pop("first_at") - began
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path)
    parser.add_argument("--child", choices=("ours", "stock", "start-ours", "start-stock", "search"))
    parser.add_argument("--lines", type=int, default=1, help=argparse.SUPPRESS)
    parser.add_argument("--given", type=json.loads, help=argparse.SUPPRESS)
    parser.add_argument("--threads", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    match options.child:
        case "ours":
            print(json.dumps(path_of_ours(options.lines)))
        case "stock":
            print(json.dumps(path_of_stock(options.given, options.threads)))
        case "start-ours":
            print(json.dumps(start_report(start_of_ours)))
        case "start-stock":
            print(json.dumps(start_report(start_of_stock)))
        case "search":
            print(json.dumps({"rows": search()}))
        case None:
            everything(options.json)


def everything(target: Path | None) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(width=110)
    console.print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores")
    results: dict[str, Any] = {"path": {}, "start": {}}

    table = Table(
        title="CPU from mu-law frames to the decision, ms a second of net speech", title_justify="left"
    )
    for heading in (
        "calls at once",
        "ours",
        "windows a batch",
        "stock",
        "ratio",
        "stock, one thread",
        "ratio",
    ):
        table.add_column(heading, justify="right")
    for lines in LINES:
        ours = child("--child", "ours", "--lines", str(lines))
        stock, single = (
            child("--child", "stock", "--given", json.dumps(ours), "--threads", threads) for threads in "01"
        )
        results["path"][lines] = {"ours": ours, "stock": stock, "stock_one_thread": single}
        table.add_row(
            str(lines),
            f"{ours['cpu_ms']:.1f}",
            f"{ours['windows_a_batch']:.1f}",
            f"{stock['cpu_ms']:.1f}",
            f"{stock['cpu_ms'] / ours['cpu_ms']:.1f}",
            f"{single['cpu_ms']:.1f}",
            f"{single['cpu_ms'] / ours['cpu_ms']:.1f}",
        )
    console.print(table)

    with tempfile.TemporaryDirectory() as cache:
        runs = {
            "ours": child("--child", "start-ours"),
            "ours, again": child("--child", "start-ours"),
            "stock, first day": child("--child", "start-stock", NUMBA_CACHE_DIR=cache),
            "stock, later": child("--child", "start-stock", NUMBA_CACHE_DIR=cache),
        }
    results["start"] = runs
    table = Table(title="A fresh process, and its memory", title_justify="left")
    for heading in (
        "",
        "start to decision, s",
        "first decision, ms",
        "tenth, ms",
        "resident, MB",
        "peak, MB",
    ):
        table.add_column(heading, justify="right" if heading else "left")
    for name, run in runs.items():
        table.add_row(
            name,
            f"{run['first_s']:.2f}",
            *(f"{run[key]:.0f}" for key in ("first_ms", "tenth_ms", "resident_mb", "peak_mb")),
        )
    console.print(table)

    results["search"] = child("--child", "search")["rows"]
    table = Table(title="A search, median ms", title_justify="left")
    for heading in ("voiceprints", "search", "matrix @ vector alone", "ratio"):
        table.add_column(heading, justify="right")
    for row in results["search"]:
        ratio = row["search_ms"] / row["product_ms"]
        table.add_row(
            f"{row['voiceprints']:,}", f"{row['search_ms']:.2f}", f"{row['product_ms']:.2f}", f"{ratio:.1f}"
        )
    console.print(table)
    if target is not None:
        target.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
