"""How long it takes to save one voiceprint in a store that holds many callers.

    python benchmarks/reliability/saving.py [--rounds 200] [--callers 10000] [--store json sqlite]

Each caller has one voiceprint of 256 numbers. What is measured is ``save`` of one voiceprint more: half of
them of new callers, half of callers who are there. Beside it stand a bare write and fsync of one page to a
file in the same directory, since no store that keeps what it acknowledged can be faster.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from places import PLACES, JSONPlace, Place, a_caller, a_directory, a_voiceprint, arguments, conditions, table

from opusagent_voiceprint.storage import SQLiteStorage, json_format

BATCH = 500


def fill(place: Place, callers: int) -> None:
    """Put callers into a new store, many in one step where that can be done: what is measured comes later."""
    ids = [f"caller_{number}" for number in range(callers)]
    with place.open() as store:
        store.put(a_caller(ids[0]), expected_version=0)
        if isinstance(place, JSONPlace):
            contents = json_format.scan(place.path.read_bytes()).contents
            for version, caller_id in enumerate(ids[1:], 2):
                line = json_format.CallerLine.of(
                    caller_id, version, [f"link-{caller_id}"], encoded(place, store._codec, caller_id)
                )
                contents.callers[caller_id] = line
            place.path.write_bytes(json_format.encode(contents))
        elif isinstance(store, SQLiteStorage):
            for start in range(1, callers, BATCH):
                payloads = {each: encoded(place, store._codec, each) for each in ids[start : start + BATCH]}
                with store._database.transaction():
                    for caller_id, payload in payloads.items():
                        store._replace_row(caller_id, payload, [f"link-{caller_id}"])
        else:
            for caller_id in ids[1:]:
                store.put(a_caller(caller_id), expected_version=0)


def encoded(place: Place, codec: object, caller_id: str) -> str:
    caller = a_caller(caller_id)
    return codec.encode(caller, kind="caller", record_id=caller_id, is_new=True)  # type: ignore[attr-defined, no-any-return]


def measure(place: Place, callers: int, rounds: int, seed: int) -> list[float]:
    """Milliseconds of each save."""
    chance = random.Random(seed)
    took = []
    with place.open() as store:
        for number in range(rounds):
            is_new = number % 2 == 0
            caller_id = f"new_{number}" if is_new else f"caller_{chance.randrange(callers)}"
            voiceprint = a_voiceprint(caller_id, 10_000 + number)
            began = time.perf_counter()
            store.save(voiceprint)
            took.append((time.perf_counter() - began) * 1000)
        assert store.count() == callers + (rounds + 1) // 2
    return took


def bare_writes(directory: Path, rounds: int) -> list[float]:
    """Milliseconds of writing one page and having it on the disk."""
    took = []
    with (directory / "bare").open("wb", buffering=0) as file:
        for _ in range(rounds):
            began = time.perf_counter()
            file.write(bytes(4096))
            os.fsync(file.fileno())
            took.append((time.perf_counter() - began) * 1000)
    return took


def row(name: str, callers: str, took: Sequence[float]) -> list[str]:
    return [name, callers, *(f"{value:.1f}" for value in np.percentile(took, [50, 99]))]


def main(options: list[str] | None = None) -> int:
    parser = arguments(__doc__, rounds=200, rounds_are="how many voiceprints are saved")
    parser.add_argument("--callers", type=int, default=10_000)
    chosen = parser.parse_args(options)
    rows = []
    with a_directory(chosen.directory) as directory:
        for kind in chosen.store:
            for encrypted in (False, True):
                folder = directory / f"{kind}-{encrypted}"
                folder.mkdir(mode=0o700)
                place = PLACES[kind](folder, encrypted=encrypted)
                fill(place, chosen.callers)
                took = measure(place, chosen.callers, chosen.rounds, chosen.seed)
                rows.append(row(place.name, f"{chosen.callers:,}", took))
        rows.append(row("one page and fsync, no store", "", bare_writes(directory, chosen.rounds)))
        print(table(["store", "callers", "p50 [ms]", "p99 [ms]"], rows))
        print(f"\n{chosen.rounds} saves; seed {chosen.seed}; {conditions(directory)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
