"""Kills a Redis server and the writers of its store at random moments, and looks what is left.

    python benchmarks/reliability/redis_kill.py [--rounds 300] [--seed 1]

As kill.py does it with files, with a server that appends each change to its file and syncs it. By turns the
writers are killed; or the server, which is started again while they go on; or all of them. Exits with 1 if an
acknowledged write is lost, somebody who was erased is back, or the store cannot be read.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections import Counter

from kill import COUNTER, LONGEST_ROUND, WRITERS, Expected, compare, start
from places import a_directory, arguments, conditions, table
from redis_places import RedisPlace, server_version

from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.models import Caller


def one_round(place: RedisPlace, expected: Expected, chance: random.Random, turn: int) -> Counter[str]:
    found: Counter[str] = Counter()
    writers = [start(place, number, chance.getrandbits(32)) for number in range(WRITERS)]
    time.sleep(chance.uniform(0, LONGEST_ROUND))
    if turn != 0:
        place.kill()
        found["server kills"] += 1
    if turn == 1:
        place.start()
        time.sleep(chance.uniform(0, LONGEST_ROUND))
    for process, _ in writers:
        os.kill(process, signal.SIGKILL)
    if turn == 2:
        place.start()
    for process, reader in writers:
        with os.fdopen(reader, "rb") as pipe:
            found["acknowledged"] += expected.take(pipe.read())
        _, status = os.waitpid(process, 0)
        found["writer kills"] += os.WIFSIGNALED(status)
        found["writers that failed"] += not os.WIFSIGNALED(status)
    place.tidy()
    try:
        with place.open() as store:
            compare(store, expected, found)
            found["damaged"] += len(store._damaged())
    except StorageError as exc:
        print(f"{place.name}: {type(exc).__name__}: {exc}", file=sys.stderr)
        found["unreadable"] += 1
    return found


def main(options: list[str] | None = None) -> int:
    parser = arguments(__doc__, rounds=300, rounds_are="how often something is killed")
    chosen = parser.parse_args(options)
    columns = ["server kills", "writer kills", "acknowledged", "erased", "lost", "came back", "damaged",
               "unreadable", "writers that failed"]  # fmt: skip
    rows = []
    failed = 0
    with a_directory(chosen.directory) as directory:
        for encrypted in (False, True):
            folder = directory / f"{encrypted}"
            folder.mkdir()
            chance = random.Random(chosen.seed)
            expected = Expected()
            total: Counter[str] = Counter()
            with RedisPlace(folder, encrypted=encrypted) as place:
                with place.open() as store:
                    store.put(Caller(caller_id=COUNTER, metadata={"step": 0}), expected_version=0)
                for number in range(chosen.rounds):
                    total["erased"] = 0  # counted over all rounds by compare()
                    total.update(one_round(place, expected, chance, number % 3))
                    if total["unreadable"]:
                        break
                name, versions = place.name, server_version(place)
            rows.append([name, chosen.rounds, *(f"{total[column]:,}" for column in columns)])
            failed += sum(total[column] for column in columns[4:])
        print(table(["store", "rounds", *columns], rows))
        print(f"\n{WRITERS} writers; seed {chosen.seed}; {versions}; {conditions(directory)}.")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
