"""Changes to stores with one call failing, each in a process of its own; run with failing_writes.c loaded.

    LD_PRELOAD=failing_writes.so FAULTS_CONTROL=FILE FAULTS_DIRECTORY=DIR python trials.py SUBJECT OUT

Prints one JSON line a trial; what each leaves lies in OUT, for a process without the library to look at.
"""

from __future__ import annotations

import json
import mmap
import os
import shutil
import struct
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from storage_media import a_caller

from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.models import DoNotAsk
from opusagent_voiceprint.storage import FileKeyStore, JSONStorage, SQLiteStorage
from opusagent_voiceprint.storage.encryption import SealedKey

CONTROL = struct.Struct("5i")
FAILURES = {"ENOSPC": 28, "EIO": 5, "short": 0}
MOST_CALLS = 300

STORES = {"json": JSONStorage, "sqlite": SQLiteStorage, "keystore": FileKeyStore}

CHANGES: dict[str, Callable[[Any], Any]] = {
    "new": lambda store: store.put(a_caller("new", seed=9), expected_version=0),
    "update": lambda store: store.update("caller_0", lambda caller: setattr(caller, "name", "Changed")),
    "erase": lambda store: store.erase("caller_1"),
    "note": lambda store: store.remember_refusal(DoNotAsk(subject="said no")),
    "secret": lambda store: store.secret("fresh"),
}
CHANGES_OF_KEYS: dict[str, Callable[[Any], Any]] = {
    "add": lambda keys: keys.add("new", SealedKey("id", "master", "c2VhbGVk")),
    "replace": lambda keys: keys.replace("key_0", keys.get("key_0"), SealedKey("id_0", "other", "b3RoZXI=")),
    "destroy": lambda keys: keys.destroy("key_1"),
}


def changes_of(subject: str) -> dict[str, Callable[[Any], Any]]:
    return CHANGES_OF_KEYS if subject == "keystore" else CHANGES


def prepare(subject: str, directory: Path) -> None:
    """What is there before each trial."""
    with STORES[subject](directory / "file") as opened:
        store: Any = opened
        if subject == "keystore":
            for number in range(2):
                store.add(f"key_{number}", SealedKey(f"id_{number}", "master", "c2VhbGVk"))
            return
        for number in range(3):
            store.put(a_caller(f"caller_{number}", seed=number), expected_version=0)


class Control:
    def __init__(self, path: str) -> None:
        with open(path, "r+b") as file:
            self._memory = mmap.mmap(file.fileno(), CONTROL.size)

    def arm(self, passing: int, failure: int, goes_on: bool) -> None:
        self._memory[:] = CONTROL.pack(passing, failure, 0, 0, int(goes_on))

    def disarm(self) -> None:
        self._memory[:4] = struct.pack("i", -1)

    @property
    def failed(self) -> int:
        return int(CONTROL.unpack(self._memory[:])[3])


def attempt(
    subject: str, change: str, path: Path, control: Control, arm: Callable[[], None], *, closes: bool
) -> dict[str, Any]:
    """Open the store and make the change; what came of it."""
    try:
        # That each call of opening may fail is seen with the first change.
        if change == next(iter(changes_of(subject))):
            arm()
            store = STORES[subject](path)
        else:
            store = STORES[subject](path)
            arm()
        changes_of(subject)[change](store)
        told = {"outcome": "done", "failed": control.failed}
        if closes:
            store.close()
    except StorageError as exc:
        return {"outcome": "error", "failed": control.failed, "error": type(exc).__name__, "said": str(exc)}
    except Exception as exc:  # noqa: BLE001 - that there is no such is what is tested
        return {"outcome": "foreign", "failed": control.failed, "error": type(exc).__name__, "said": str(exc)}
    return told


def in_a_process(function: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Run in a fork that ends without any cleanup, as if it were killed."""
    reader, writer = os.pipe()
    process = os.fork()
    if process == 0:
        os.write(writer, json.dumps(function()).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        told = pipe.read()
    os.waitpid(process, 0)
    found: dict[str, Any] = json.loads(told)
    return found


def trials(subject: str, out: Path, control: Control) -> Iterator[dict[str, Any]]:
    original = out / "original"
    in_a_process(lambda: {"done": prepare(subject, original)})
    for change in changes_of(subject):
        for name, failure in FAILURES.items():
            for goes_on in (False, True):
                for call in range(MOST_CALLS):
                    place = out / f"{change}-{name}-{'on' if goes_on else 'once'}-{call}"
                    shutil.copytree(original, place)

                    arm = partial(control.arm, call, failure, goes_on)
                    path = place / "file"
                    trial = partial(attempt, subject, change, path, control, arm, closes=not goes_on)

                    told = in_a_process(trial)
                    control.disarm()
                    yield {"change": change, "failure": name, "call": call, "place": place.name, **told}
                    if not told["failed"]:
                        break
                else:
                    raise SystemExit(f"{subject} {change} makes more than {MOST_CALLS} calls")


if __name__ == "__main__":
    control = Control(os.environ["FAULTS_CONTROL"])
    control.disarm()
    for each in trials(sys.argv[1], Path(sys.argv[2]), control):
        print(json.dumps(each), flush=True)  # noqa: T201 - its output
