"""Eight processes change the same callers of one Redis store; and what one save costs beside 10,000 callers.

    python benchmarks/reliability/redis_processes.py [--rounds 2000] [--processes 8] [--callers 10000]

The first table is that of processes.py; exits with 1 if an update is lost. The second saves one voiceprint at
a time into a store with many callers, of three voiceprints each, and syncs each to the disk.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from places import a_caller, a_directory, a_voiceprint, arguments, conditions, table
from processes import run
from redis_places import RedisPlace, server_version


def saves(place: RedisPlace, callers: int, rounds: int) -> np.ndarray:
    """Milliseconds of each save."""
    took = []
    with place.open() as store:
        for number in range(callers):
            store.put(a_caller(f"caller_{number}", voiceprints=3), expected_version=0)
        for number in range(rounds):
            voiceprint = a_voiceprint(f"caller_{number * 37 % callers}", seed=1000 + number)
            began = time.perf_counter()
            store.save(voiceprint)
            took.append(1000 * (time.perf_counter() - began))
    return np.array(took)


def main(options: list[str] | None = None) -> int:
    parser = arguments(__doc__, rounds=2000, rounds_are="updates of each process")
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--callers", type=int, default=10_000)
    chosen = parser.parse_args(options)
    updates, costs = [], []
    lost = 0
    with a_directory(chosen.directory) as directory:
        for encrypted in (False, True):
            folder = directory / f"{encrypted}"
            folder.mkdir()
            with RedisPlace(folder, encrypted=encrypted) as place:
                acknowledged, there, seconds, failed = run(
                    place, chosen.processes, chosen.rounds, chosen.seed
                )
                lost += abs(acknowledged - there) + failed
                updates.append(
                    [place.name, f"{acknowledged:,}", acknowledged - there, failed, f"{there / seconds:,.0f}"]
                )
                with place.client() as client:
                    client.flushall()
                took = saves(place, chosen.callers, 200)
                costs.append(
                    [
                        place.name,
                        f"{chosen.callers:,}",
                        *(f"{np.percentile(took, at):.1f}" for at in (50, 99)),
                    ]
                )
                versions = server_version(place)
        print(table(["store", "acknowledged", "lost", "processes that failed", "updates/s"], updates), "\n")
        print(table(["store", "callers", "save p50 (ms)", "p99"], costs))
        print(f"\n{chosen.processes} processes; seed {chosen.seed}; {versions}; {conditions(directory)}.")
    return int(lost > 0)


if __name__ == "__main__":
    sys.exit(main())
