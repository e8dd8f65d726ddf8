"""Kills writers of a store at random moments, and looks what is left of what they were told was stored.

    python benchmarks/reliability/kill.py [--rounds 300] [--seed 1] [--store json sqlite] [--directory DIR]

In each round three processes open the store and enroll, change and erase callers of their own, and count in
one that all share. They say what they are about to do, and then that it was done. All of them are killed with
SIGKILL at a random moment, which may be while they open the store. What was acknowledged must be there, what
was begun may be, and who was erased must not come back. Exits with 1 if anything else is found.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from places import PLACES, Place, a_caller, a_directory, arguments, conditions, table

from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.models import Caller
from opusagent_voiceprint.storage import CallerStore

WRITERS = 3
CALLERS_OF_A_WRITER = 4
LONGEST_ROUND = 0.25
COUNTER = "counter"
ERASED = -1


@dataclass
class Expected:
    """What must be there: the step of each caller, and what may be there instead."""

    step: dict[str, int] = field(default_factory=dict)
    begun: dict[str, int] = field(default_factory=dict)
    counted: int = 0
    may_be_counted: int = 0

    def take(self, told: bytes) -> int:
        """Take in what a writer said: ``b`` before each change, ``d`` after it; how many were done."""
        done = 0
        last: tuple[str, int] | None = None
        for line in told.decode().splitlines(keepends=True):
            if not line.endswith("\n"):
                break  # killed in the middle of the line
            what, caller_id, step = line.split()
            if what == "b":
                last = (caller_id, int(step))
                continue
            done += 1
            last = None
            if caller_id == COUNTER:
                self.counted += 1
                self.may_be_counted += 1
            else:
                self.step[caller_id] = int(step)
        if last is not None and last[0] == COUNTER:
            self.may_be_counted += 1
        elif last is not None:
            self.begun[last[0]] = last[1]
        return done


def write(store: CallerStore, writer: int, seed: int, say: Callable[[str], None]) -> None:
    """Change callers for ever, saying what is begun and what is done."""
    chance = random.Random(seed)
    prefix = f"writer{writer}_"
    mine = {caller.caller_id for caller in store.all() if caller.caller_id.startswith(prefix)}
    step = int(time.monotonic_ns())
    while True:
        step += 1
        if len(mine) < CALLERS_OF_A_WRITER:
            caller_id = f"{prefix}{step}"  # never that of somebody who was erased
            say(f"b {caller_id} {step}\n")
            store.put(a_caller(caller_id, step=step), expected_version=0)
            mine.add(caller_id)
        else:
            caller_id = chance.choice(sorted(mine))
            if chance.random() < 0.3:
                step = ERASED
            say(f"b {caller_id} {step}\n")
            if step == ERASED:
                store.erase(caller_id)
                mine.remove(caller_id)
            else:
                store.update(caller_id, lambda caller, step=step: caller.metadata.update(step=step))
        say(f"d {caller_id} {step}\n")
        step = int(time.monotonic_ns())
        say(f"b {COUNTER} 0\n")
        store.update(COUNTER, lambda caller: caller.metadata.update(step=int(caller.metadata["step"]) + 1))
        say(f"d {COUNTER} 0\n")


def start(place: Place, writer: int, seed: int) -> tuple[int, int]:
    """A writing process: its id, and the end of the pipe that it speaks into."""
    reader, end = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            os.close(reader)
            write(place.open(), writer, seed, lambda text: _say(end, text))
        except StorageError as exc:
            os.write(2, f"{type(exc).__name__}: {exc}\n".encode())
        finally:
            os._exit(1)
    os.close(end)
    return process, reader


def _say(pipe: int, text: str) -> None:
    os.write(pipe, text.encode())


def one_round(place: Place, expected: Expected, chance: random.Random) -> Counter[str]:
    """Let writers write, kill them, and compare; what was found."""
    writers = [start(place, number, chance.getrandbits(32)) for number in range(WRITERS)]
    time.sleep(chance.uniform(0, LONGEST_ROUND))
    for process, _ in writers:
        os.kill(process, signal.SIGKILL)
    found: Counter[str] = Counter()
    for process, reader in writers:
        with os.fdopen(reader, "rb") as pipe:
            found["acknowledged"] += expected.take(pipe.read())
        _, status = os.waitpid(process, 0)
        found["kills"] += os.WIFSIGNALED(status)
        found["writers that failed"] += not os.WIFSIGNALED(status)
    place.tidy()
    try:
        with place.open() as store:
            compare(store, expected, found)
    except StorageError as exc:
        print(f"{place.name}: {type(exc).__name__}: {exc}", file=sys.stderr)
        found["unreadable"] += 1
    return found


def compare(store: CallerStore, expected: Expected, found: Counter[str]) -> None:
    """Look for what was lost and who came back; what is there is what is expected from now on."""
    there = {caller.caller_id: int(caller.metadata["step"]) for caller in store.all()}
    counted = there.pop(COUNTER)
    found["lost"] += not expected.counted <= counted <= expected.may_be_counted
    expected.counted = expected.may_be_counted = counted
    for caller_id in expected.step.keys() | there.keys() | expected.begun.keys():
        known = expected.step.get(caller_id, ERASED)
        now = there.get(caller_id, ERASED)
        if now not in (known, expected.begun.get(caller_id, known)):
            found["came back" if known == ERASED else "lost"] += 1
        linked = store.ids_by_phone(f"link-{caller_id}")
        found["lost"] += linked != ([] if now == ERASED else [caller_id])
        if caller_id in expected.step or now != ERASED:  # not who was never stored
            expected.step[caller_id] = now
    expected.begun.clear()
    found["unreadable"] += bool(store._damaged())
    found["erased"] = sum(step == ERASED for step in expected.step.values())


def run(place: Place, rounds: int, seed: int) -> Counter[str]:
    chance = random.Random(seed)
    expected = Expected()
    with place.open() as store:
        store.put(Caller(caller_id=COUNTER, metadata={"step": 0}), expected_version=0)
    total: Counter[str] = Counter()
    for _ in range(rounds):
        found = one_round(place, expected, chance)
        total["erased"] = 0  # counted over all rounds by compare()
        total.update(found)
        if found["unreadable"]:
            break
    return total


def main(options: list[str] | None = None) -> int:
    parser = arguments(__doc__, rounds=300, rounds_are="how often the writers are killed")
    chosen = parser.parse_args(options)
    columns = ["kills", "acknowledged", "erased", "lost", "came back", "unreadable", "writers that failed"]
    rows = []
    failed = 0
    with a_directory(chosen.directory) as directory:
        for kind in chosen.store:
            for encrypted in (False, True):
                folder = directory / f"{kind}-{encrypted}"
                folder.mkdir(mode=0o700)
                place = PLACES[kind](folder, encrypted=encrypted)
                total = run(place, chosen.rounds, chosen.seed)
                rows.append([place.name, chosen.rounds, *(f"{total[column]:,}" for column in columns)])
                failed += sum(total[column] for column in columns[3:])
        print(table(["store", "rounds", *columns], rows))
        print(f"\n{WRITERS} writers; seed {chosen.seed}; {conditions(directory)}.")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
