"""What happens to an encrypted store in odd circumstances: a table of what is raised, and what it says.

    python benchmarks/reliability/oddities.py [--store json sqlite] [--directory DIR]

Nothing may be silent: each circumstance is an error that names what is wrong, or has no effect at all. Exits
with 1 if one is not as expected.
"""

from __future__ import annotations

import contextlib
import os
import resource
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from places import (
    KEY,
    PLACES,
    FilePlace,
    JSONPlace,
    Place,
    a_caller,
    a_directory,
    arguments,
    conditions,
    table,
)

from opusagent_voiceprint.errors import EncryptionError, StorageError, StoreFormatError
from opusagent_voiceprint.storage import FileKeyStore, KeyRing, RecordCipher, json_format, sqlite_rows

OTHER_KEY = bytes(reversed(range(32)))
SHOWN = 150

PlaceT = TypeVar("PlaceT", bound=Place)


@dataclass(frozen=True)
class Oddity(Generic[PlaceT]):
    """A circumstance: what brings it about and then uses the store, and what is to be raised, if anything."""

    name: str
    run: Callable[[PlaceT], object]
    expected: type[StorageError] | None


def read_all(place: Place) -> int:
    with place.open() as store:
        return len([store.get(f"caller_{number}") for number in range(3)])


def swapped_rows(place: FilePlace) -> None:
    """The payloads of two callers change places, with right checksums, as somebody with access could."""
    if isinstance(place, JSONPlace):
        found = json_format.scan(place.path.read_bytes()).contents
        one, other = found.callers["caller_0"], found.callers["caller_1"]
        for caller_id, row, payload in (("caller_0", one, other.payload), ("caller_1", other, one.payload)):
            found.callers[caller_id] = json_format.CallerLine.of(caller_id, row.version, row.links, payload)
        place.path.write_bytes(json_format.encode(found))
    else:
        with closing(sqlite3.connect(place.path)) as connection, connection:
            query = f"SELECT {sqlite_rows.CALLER_COLUMNS} FROM callers ORDER BY caller_id LIMIT 2"  # noqa: S608
            one, other = connection.execute(query).fetchall()
            for row, payload in ((one, other[2]), (other, one[2])):
                checksum = sqlite_rows.caller_checksum(row[0], row[1], payload, row[3])
                change = "UPDATE callers SET payload = ?, checksum = ? WHERE caller_id = ?"
                connection.execute(change, (payload, checksum, row[0]))
    read_all(place)


def truncated_file(place: FilePlace) -> None:
    os.truncate(place.path, place.path.stat().st_size * 2 // 3)
    read_all(place)


def empty_file(place: FilePlace) -> None:
    os.truncate(place.path, 0)
    read_all(place)


def missing_file(place: FilePlace) -> None:
    """The file is gone, and what lies beside it is not."""
    if not isinstance(place, JSONPlace):
        Path(f"{place.path}-wal").write_bytes(b"left by a writer that was killed")
    place.path.unlink()
    read_all(place)


def wrong_key(place: FilePlace) -> None:
    read_all(type(place)(place.directory, encrypted=True, keys=[OTHER_KEY]))


def old_key_in_the_list(place: FilePlace) -> None:
    """A new key is first in the list, the one that everything is sealed with second."""
    read_all(type(place)(place.directory, encrypted=True, keys=[OTHER_KEY, KEY]))


def old_key_only(place: FilePlace) -> None:
    """All keys were sealed again with a new master key, and only the old one is given."""
    with FileKeyStore(place.keystore) as keystore:
        cipher = RecordCipher(KeyRing([OTHER_KEY, KEY]), keystore)
        for name, sealed in list(keystore.items()):
            cipher.reseal(name, sealed)
    read_all(place)


def no_key(place: FilePlace) -> None:
    read_all(type(place)(place.directory, encrypted=False))


def keystore_removed(place: FilePlace) -> None:
    place.keystore.unlink()
    read_all(place)


def callers_key_removed(place: FilePlace) -> None:
    """One caller's key is taken out of the keystore by something else."""
    with closing(sqlite3.connect(place.keystore)) as connection, connection:
        connection.execute("DELETE FROM keys WHERE name LIKE '%caller_1'")
    read_all(place)


def newer_schema(place: FilePlace) -> None:
    if isinstance(place, JSONPlace):
        contents, known = json_format.scan(place.path.read_bytes()).contents, json_format.SCHEMA
        try:
            json_format.SCHEMA = known + 1  # type: ignore[misc]
            place.path.write_bytes(json_format.encode(contents))
        finally:
            json_format.SCHEMA = known  # type: ignore[misc]
    else:
        with closing(sqlite3.connect(place.path)) as connection:
            (known,) = connection.execute("PRAGMA user_version").fetchone()
            connection.execute(f"PRAGMA user_version = {known + 1}")
    read_all(place)


def symlinked_path(place: FilePlace) -> None:
    place.path.rename(place.directory / "elsewhere")
    place.path.symlink_to(place.directory / "elsewhere")
    read_all(place)


def umask_000(place: FilePlace) -> str:
    """Files and directories that are made while the umask is open to everybody."""
    before = os.umask(0)
    try:
        fresh = type(place)(place.directory / "below" / "fresh", encrypted=True)
        with fresh.open() as store:
            store.put(a_caller("caller_0"), expected_version=0)
            modes = {oct(stat.S_IMODE(path.stat().st_mode)) for path in fresh.directory.iterdir()}
        directory = oct(stat.S_IMODE(fresh.directory.stat().st_mode))
    finally:
        os.umask(before)
    assert (modes, directory) == ({"0o600"}, "0o700"), (modes, directory)
    return "every file has mode 0600, its directory 0700"


@contextmanager
def a_small_disk(at: Path) -> Iterator[bool]:
    """A file system of one megabyte at a directory; False where this process may not mount one."""
    at.mkdir(mode=0o700)
    command = ["mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", str(at)]
    try:
        is_mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        is_mounted = False
    try:
        yield is_mounted
    finally:
        if is_mounted:
            subprocess.run(["umount", str(at)], check=True)  # noqa: S607


@contextmanager
def filled(disk: Path, is_mounted: bool) -> Iterator[None]:
    """Within, the disk is full; without a disk of our own, no file grows beyond 150 kB."""
    filler = disk / "filler"
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    if is_mounted:
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while file.write(bytes(4096)):
                pass
    else:
        resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        filler.unlink(missing_ok=True)


def full_disk(place: FilePlace) -> None:
    """A change that does not fit; afterwards the old state is there, and there is room again."""
    disk = place.directory / "disk"
    with a_small_disk(disk) as is_mounted:
        fresh = type(place)(disk, encrypted=True)
        with fresh.open() as store:
            store.put(a_caller("caller_0"), expected_version=0)
            before = store.changes(0)
            note = {"note": "n" * 120_000}
            try:
                with filled(disk, is_mounted):
                    store.update("caller_0", lambda caller: caller.metadata.update(note))
            finally:
                assert store.changes(0) == before, "the old state is not there"
                store.update("caller_0", lambda caller: caller.metadata.update(note))


ODDITIES = [
    Oddity("swapped rows", swapped_rows, EncryptionError),
    Oddity("truncated file", truncated_file, StoreFormatError),
    Oddity("empty file", empty_file, StoreFormatError),
    Oddity("file gone, its copy or log there", missing_file, StoreFormatError),
    Oddity("wrong key", wrong_key, EncryptionError),
    Oddity("old key, behind a new one", old_key_in_the_list, None),
    Oddity("old key alone, after rotation", old_key_only, EncryptionError),
    Oddity("no key", no_key, EncryptionError),
    Oddity("keystore removed", keystore_removed, EncryptionError),
    Oddity("one caller's key removed", callers_key_removed, EncryptionError),
    Oddity("newer schema", newer_schema, StoreFormatError),
    Oddity("symlinked path", symlinked_path, StorageError),
    Oddity("umask 000", umask_000, None),
    Oddity("full disk", full_disk, StorageError),
]


def try_out(oddity: Oddity[PlaceT], place: PlaceT) -> tuple[type[StorageError] | None, str]:
    """What is raised, and what it says."""
    with place.open() as store:
        for number in range(3):
            store.put(a_caller(f"caller_{number}", step=number), expected_version=0)
    try:
        said = oddity.run(place)
    except StorageError as exc:
        return type(exc), str(exc).replace(f"{place.directory}/", "")
    return None, said if isinstance(said, str) else "everything is read"


def shorten(said: str) -> str:
    return said.replace("|", "\\|") if len(said) <= SHOWN else f"{said[:SHOWN].rsplit(' ', 1)[0]} …"


def row(oddity: Oddity[PlaceT], place: PlaceT, raised: type[StorageError] | None, said: str) -> list[str]:
    return [oddity.name, place.kind, f"`{raised.__name__}`" if raised else "works", shorten(said)]


def main(options: list[str] | None = None) -> int:
    parser = arguments(__doc__, rounds=1, rounds_are="not used")
    chosen = parser.parse_args(options)
    rows = []
    failed = 0
    with a_directory(chosen.directory) as directory:
        for oddity in ODDITIES:
            for kind in chosen.store:
                folder = directory / f"{kind}-{oddity.run.__name__}"
                folder.mkdir(mode=0o700)
                place = PLACES[kind](folder, encrypted=True)
                if not isinstance(place, FilePlace):
                    parser.error(f"--store {kind}: these are oddities of files")
                raised, said = try_out(oddity, place)
                if raised is not oddity.expected:
                    failed += 1
                    print(f"{oddity.name}, {place.kind}: expected {oddity.expected}", file=sys.stderr)
                rows.append(row(oddity, place, raised, said))
        print(table(["circumstance", "store", "what happens", "what it says"], rows))
        print(f"\n{conditions(directory)}.")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
