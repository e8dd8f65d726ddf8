"""How fast callers are moved, backed up, restored and checked: callers a second, for each store.

    python benchmarks/moving.py [--callers 2000] [--stores sqlite,json] [--redis redis://127.0.0.1:6379/9]

Callers have three voiceprints, a consent and a phone link each. Files lie in the directory for temporary
files, where a disk in memory makes them faster than they are on a real one: --directory names another. The
database of the Redis URL is emptied.
"""

from __future__ import annotations

import argparse
import base64
import os
import platform
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from opusagent_voiceprint import VoiceFingerprintConfig
from opusagent_voiceprint.models import (
    Caller,
    ConsentDecision,
    ConsentEvidence,
    ConsentRecord,
    Purpose,
    Voiceprint,
    utc_now,
)
from opusagent_voiceprint.storage import CallerStore
from opusagent_voiceprint.storage.moving import (
    Access,
    BackupReader,
    Migration,
    Outcome,
    Place,
    Restore,
    back_up,
    check_store,
)
from opusagent_voiceprint.storage.moving.reading import StoreSource
from opusagent_voiceprint.storage.moving.writing import as_record, write_records

ResultT = TypeVar("ResultT")


def quiet(*_: object) -> None:
    """Nobody looks on."""


def a_caller(number: int) -> Caller:
    generator = np.random.default_rng(number)
    consent = ConsentRecord(
        purpose=Purpose.VOICEPRINT,
        decision=ConsentDecision.GRANTED,
        evidence=ConsentEvidence.APPLICATION,
        at=utc_now(),
        policy_version="1",
    )
    caller_id = f"caller_{number:06}"
    voiceprints = [Voiceprint(caller_id=caller_id, embedding=generator.normal(size=256)) for _ in range(3)]
    return Caller(
        caller_id=caller_id, voiceprints=voiceprints, consents=[consent], phone_links=[f"link-{number:06}"]
    )


def timed(what: str, callers: int, work: Callable[[], ResultT]) -> ResultT:
    start = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - start
    print(f"{what:<40} {seconds:7.2f} s {callers / seconds:9.0f} callers/s", flush=True)
    return result


class Bench:
    """The places of one run."""

    def __init__(self, directory: Path, redis_url: str, count: int) -> None:
        self.directory = directory
        self.redis_url = redis_url
        self.count = count
        self.key_file = directory / "key"
        self.key_file.write_text(base64.urlsafe_b64encode(bytes(range(32))).decode())
        self.key_file.chmod(0o600)
        self.settings = VoiceFingerprintConfig(_env_file=None)

    def access(self, kind: str, name: str, *, encrypted: bool = False) -> Access:
        """An empty place."""
        place = f"{kind}:{self.directory / name}"
        if kind == "redis":
            import redis

            place = self.redis_url
            redis.Redis.from_url(place).flushdb()
        key_file = str(self.key_file) if encrypted else None
        return Access(Place.parse(place, self.settings), self.settings, key_file=key_file)

    def measure(self, source: CallerStore, kind: str, *, encrypted: bool) -> None:
        label = f"{kind} {'encrypted' if encrypted else 'plain'}"
        backup = self.directory / f"{kind}-{encrypted}.backup"
        with self.access(kind, f"{kind}-{encrypted}", encrypted=encrypted).open_target() as target:
            migration = Migration(StoreSource(source), target, identity="bench", on_step=quiet)
            outcome = timed(f"migrate sqlite plain to {label}", self.count, migration.run)
            assert outcome.verified == self.count
            assert not timed(f"check {label}", self.count, lambda: check_store(target, quiet)).findings
            timed(
                f"backup {label}",
                self.count,
                lambda: back_up(target, backup, overwrite=False, on_step=quiet),
            )
        if not encrypted:
            with (
                BackupReader(backup) as reader,
                self.access(kind, f"{kind}-restored").open_target() as restored,
            ):
                restore = Restore(reader, restored, merge=False, replace=False, on_step=quiet)
                outcome = timed(f"restore {label}", self.count, restore.run)
                assert outcome.verified == self.count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--callers", type=int, default=2000)
    parser.add_argument("--stores", default="sqlite,json")
    parser.add_argument("--redis", default="")
    parser.add_argument("--directory", default=None)
    options = parser.parse_args()
    count = options.callers
    print(
        f"{count} callers, Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"
    )
    with tempfile.TemporaryDirectory(dir=options.directory) as name:
        bench = Bench(Path(name), options.redis, count)
        with bench.access("sqlite", "source").open_target() as source:
            write_records(
                source, [as_record(source, a_caller(number), 0) for number in range(count)], Outcome()
            )
            for kind in [*options.stores.split(","), *(["redis"] if options.redis else [])]:
                for encrypted in (False, True):
                    bench.measure(source, kind, encrypted=encrypted)


if __name__ == "__main__":
    main()
