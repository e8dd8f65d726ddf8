"""Several processes change the same callers of one store; none of what they did may be lost.

    python benchmarks/reliability/processes.py [--rounds 2000] [--processes 8] [--store json sqlite]

Each process adds one to its own count in a caller picked at random out of eight, again and again. The counts
must add up to what was done. Exits with 1 if they do not.
"""

from __future__ import annotations

import mmap
import os
import random
import sys
import time

from places import PLACES, Place, a_caller, a_directory, arguments, conditions, table

from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.storage import CallerStore

CALLERS = 8


def count(store: CallerStore, process: int, updates: int, seed: int, acknowledged: mmap.mmap) -> None:
    chance = random.Random(seed)

    def add_one(caller: object) -> None:
        metadata = caller.metadata  # type: ignore[attr-defined]
        metadata[f"process_{process}"] = metadata.get(f"process_{process}", 0) + 1

    for done in range(1, updates + 1):
        store.update(f"caller_{chance.randrange(CALLERS)}", add_one, attempts=10_000)
        acknowledged[process * 8 : process * 8 + 8] = done.to_bytes(8, "big")


def run(place: Place, processes: int, updates: int, seed: int) -> tuple[int, int, float, int]:
    """How many updates were acknowledged and how many are there, how long it took, and who failed."""
    acknowledged = mmap.mmap(-1, processes * 8)  # shared with the children
    with place.open() as store:
        for number in range(CALLERS):
            store.put(a_caller(f"caller_{number}"), expected_version=0)
    began = time.perf_counter()
    started = []
    for process in range(processes):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                with place.open() as store:
                    count(store, process, updates, seed * 1000 + process, acknowledged)
                status = 0
            except StorageError as exc:
                os.write(2, f"{type(exc).__name__}: {exc}\n".encode())
            finally:
                os._exit(status)
        started.append(child)
    failed = sum(os.waitpid(child, 0)[1] != 0 for child in started)
    seconds = time.perf_counter() - began
    with place.open() as store:
        there = sum(
            value
            for caller in store.all()
            for key, value in caller.metadata.items()
            if key.startswith("process_")
        )
    counts = [int.from_bytes(acknowledged[at : at + 8], "big") for at in range(0, processes * 8, 8)]
    return sum(counts), there, seconds, failed


def main(options: list[str] | None = None) -> int:
    parser = arguments(__doc__, rounds=2000, rounds_are="updates of each process")
    parser.add_argument("--processes", type=int, default=8)
    chosen = parser.parse_args(options)
    rows = []
    lost = 0
    with a_directory(chosen.directory) as directory:
        for kind in chosen.store:
            for encrypted in (False, True):
                folder = directory / f"{kind}-{encrypted}"
                folder.mkdir(mode=0o700)
                place = PLACES[kind](folder, encrypted=encrypted)
                acknowledged, there, seconds, failed = run(
                    place, chosen.processes, chosen.rounds, chosen.seed
                )
                lost += abs(acknowledged - there) + failed
                rows.append(
                    [place.name, f"{acknowledged:,}", acknowledged - there, failed, f"{there / seconds:,.0f}"]
                )
        print(table(["store", "acknowledged", "lost", "processes that failed", "updates/s"], rows))
        print(f"\n{chosen.processes} processes; seed {chosen.seed}; {conditions(directory)}.")
    return int(lost > 0)


if __name__ == "__main__":
    sys.exit(main())
