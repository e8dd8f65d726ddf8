"""What recognition costs, beside stock Resemblyzer in the same run: CPU, start, memory, search.

    python benchmarks/bench.py [--json FILE]

Needs no data: the voices are those of the tests. Both sides get the same 8 kHz mu-law frames of 20 ms and
decide with the frame that completes five seconds of net speech. Stock is resemblyzer 0.1.4 in a plain
integration: frames are decoded and buffered, and at the decision ``preprocess_wav`` (resampling, level,
voice activity), ``embed_utterance`` and one cosine an enrolled caller run once over everything, on a worker
thread; as it comes, with as many threads as torch and BLAS take, and limited to one. Ours is the path of a
call from the listener to the decision, of a stranger to everybody enrolled, with every window embedded and
scored on the way. On both sides frames come in real time. CPU is of the whole process, all threads, but for
what sleeping between frames costs.
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
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from pacing import OurCall, WorkedCall, a_gallery, an_engine, at_once, frames_of, in_turns, names, random_rows
from stock import StockCall, import_resemblyzer

ENROLLED = 100
LINES = (1, 16, 64)
ENOUGH = 400  # frames, with five seconds of net speech in them
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
SIZES = (1_000, 10_000, 100_000)


def path_of_ours(lines: int) -> dict[str, Any]:
    engine, gallery = an_engine(), a_gallery(ENROLLED)
    at_once([OurCall(engine, gallery)], [frames_of("slt")])  # first calls are another table
    batches, windows = engine.batches, engine.embedded_windows
    cpu, frames, calls = in_turns(lambda index: OurCall(engine, gallery), lines)
    net_speech = sum(call.net_speech for call in calls)
    result = {
        "cpu_ms": 1000 * cpu / net_speech,
        "net_speech": net_speech,
        "frames": frames,
        "windows_a_batch": (engine.embedded_windows - windows) / (engine.batches - batches),
    }
    engine.stop()
    return result


def path_of_stock(lines: int, ours: dict[str, Any]) -> dict[str, Any]:
    resemblyzer = import_resemblyzer()
    encoder, rows = resemblyzer.VoiceEncoder("cpu", verbose=False), random_rows(ENROLLED)
    with ThreadPoolExecutor(1) as worker:

        def make(index: int) -> WorkedCall:
            return WorkedCall(StockCall(resemblyzer, encoder, rows), ours["frames"][index], worker)

        at_once([make(0)], [frames_of("slt")])
        cpu, _, _ = in_turns(make, lines)
    return {"cpu_ms": 1000 * cpu / ours["net_speech"]}


# From the start of a process to its first decision


def start_of_ours() -> list[float]:
    engine, gallery = an_engine(), a_gallery(ENROLLED)
    ends = []
    for name in names()[:10]:
        call, chunks = OurCall(engine, gallery), frames_of(name)[:ENOUGH]
        ends.append(time.monotonic())
        for chunk in chunks:
            call.hear(chunk)
        if not call.decided.wait(60):
            raise SystemExit(f"{name} was not decided")
        ends.append(time.monotonic())
        call.listener.close()
    engine.stop()
    return ends


def start_of_stock() -> list[float]:
    resemblyzer = import_resemblyzer()
    encoder, rows = resemblyzer.VoiceEncoder("cpu", verbose=False), random_rows(ENROLLED)
    ends = []
    for name in names()[:10]:
        call, chunks = StockCall(resemblyzer, encoder, rows), frames_of(name)[:ENOUGH]
        ends.append(time.monotonic())
        for chunk in chunks:
            call.hear(chunk.data)
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
    row = random_rows(1)[0]
    probe = Probe(embedding=row, wide_embedding=None, channel="narrow", snr_db=40.0)
    for size in SIZES:
        gallery, rows = a_gallery(size), random_rows(size)
        result.append(
            {
                "voiceprints": size,
                "search_ms": median_ms(gallery.search, probe),
                "product_ms": median_ms(rows.__matmul__, row),
            }
        )
    return result


def median_ms(run: Callable[[Any], object], given: object, runs: int = 30) -> float:
    run(given)
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        run(given)
        times.append(time.perf_counter() - began)
    return 1000 * float(np.median(times))


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
    options = parser.parse_args()
    match options.child:
        case "ours":
            print(json.dumps(path_of_ours(options.lines)))
        case "stock":
            print(json.dumps(path_of_stock(options.lines, options.given)))
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
        given = ("--child", "stock", "--lines", str(lines), "--given", json.dumps(ours))
        stock, single = child(*given), child(*given, **ONE_THREAD)
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
