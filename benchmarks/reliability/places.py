"""Where the stores under test lie, and the callers in them; shared by all benchmarks of this folder."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

import numpy as np

from opusagent_voiceprint.models import (
    Caller,
    ConsentDecision,
    ConsentEvidence,
    ConsentRecord,
    Purpose,
    Voiceprint,
)
from opusagent_voiceprint.storage import (
    CallerStore,
    FileKeyStore,
    JSONStorage,
    KeyRing,
    RecordCipher,
    RecordCodec,
    SQLiteStorage,
)

KEY = bytes(range(32))
NOON = datetime(2025, 3, 1, 12, 0, tzinfo=timezone.utc)


class Place(ABC):
    """A place for one store of one kind, plain or encrypted."""

    kind: str

    def __init__(self, directory: Path, *, encrypted: bool = False, keys: Sequence[bytes] = (KEY,)) -> None:
        self.directory = directory
        self.encrypted = encrypted
        self.keys = keys

    @property
    def name(self) -> str:
        return f"{self.kind}, {'encrypted' if self.encrypted else 'plain'}"

    def codec(self) -> RecordCodec:
        """A codec of its own for each handle, as each process has one."""
        if not self.encrypted:
            return RecordCodec()
        return RecordCodec(RecordCipher(KeyRing(self.keys), FileKeyStore(self.keystore)))

    @property
    def keystore(self) -> Path:
        return self.directory / "store.keys"

    @abstractmethod
    def open(self) -> CallerStore:
        """A handle on the store."""

    def tidy(self) -> None:  # noqa: B027 - nothing is to be done for most
        """What an operator would do between a crash and the next start: nothing, for files."""


class FilePlace(Place):
    @property
    def path(self) -> Path:
        return self.directory / "store"


class JSONPlace(FilePlace):
    kind = "JSON"

    def open(self) -> JSONStorage:
        return JSONStorage(self.path, codec=self.codec())


class SQLitePlace(FilePlace):
    kind = "SQLite"

    def open(self) -> SQLiteStorage:
        return SQLiteStorage(self.path, codec=self.codec())


PLACES: dict[str, type[Place]] = {"json": JSONPlace, "sqlite": SQLitePlace}
"""By the names that ``--store`` takes."""


def a_voiceprint(caller_id: str, seed: int = 0) -> Voiceprint:
    vector = np.random.default_rng(seed).normal(size=256)
    embedding = (vector / np.linalg.norm(vector)).astype(np.float32)
    return Voiceprint(caller_id=caller_id, voiceprint_id=f"vp_{seed}", embedding=embedding)


def a_caller(caller_id: str, *, step: int = 0, voiceprints: int = 1) -> Caller:
    """A caller who agreed to be recognised; ``step`` tells one state of theirs from the next."""
    consent = ConsentRecord(
        consent_id="consent",
        purpose=Purpose.VOICEPRINT,
        decision=ConsentDecision.GRANTED,
        evidence=ConsentEvidence.APPLICATION,
        at=NOON,
        policy_version="1",
    )
    return Caller(
        caller_id=caller_id,
        name="Wilhelmina",
        metadata={"step": step},
        created_at=NOON,
        voiceprints=[a_voiceprint(caller_id, step + number) for number in range(voiceprints)],
        phone_links=[f"link-{caller_id}"],
        consents=[consent],
    )


def arguments(description: str | None, *, rounds: int, rounds_are: str) -> argparse.ArgumentParser:
    """The options that all benchmarks of this folder have."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=rounds, help=rounds_are)
    parser.add_argument("--seed", type=int, default=1, help="of everything that is random")
    parser.add_argument("--store", nargs="+", choices=sorted(PLACES), default=sorted(PLACES))
    parser.add_argument("--directory", type=Path, help="where to put the stores; default: a temporary one")
    return parser


@contextmanager
def a_directory(wanted: Path | None) -> Iterator[Path]:
    """A fresh directory, in ``wanted`` if given, which is gone afterwards."""
    made = Path(tempfile.mkdtemp(prefix="reliability-", dir=wanted))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def conditions(directory: Path) -> str:
    """The machine and the file system, in a line."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    place = directory.resolve()
    below = [mount for mount in mounts if place.is_relative_to(mount[1].encode().decode("unicode_escape"))]
    mount = max(below, key=lambda each: len(each[1]))
    return (
        f"{os.cpu_count()} CPUs ({model}), Linux {platform.release()}, Python "
        f"{'.'.join(map(str, sys.version_info[:3]))}, {mount[2]} on {mount[0]}"
    )
