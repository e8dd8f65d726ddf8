"""The file of a backup: a head, and a line with a checksum of its own for each record.

::

    {"backup":"opusagent-voiceprint","format":1,"record_schema":1,"key_id":"…","tenant":"","revision":7,
     "callers":1,"notes":1,"made":"…","all":"…","checksum":"…"}                        (one line)
    {"caller":"caller_…","version":7,"payload":"…","checksum":"…"}
    {"note":"refusal","key":"…","payload":"…","checksum":"…"}

Payloads are as they lie in the store, sealed where it is encrypted. ``all`` is that of the lines' checksums
one after the other, so a line that is missing is found as one that is damaged is.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, BinaryIO, Final

from opusagent_voiceprint.errors import StorageError, StoreFormatError
from opusagent_voiceprint.storage import files
from opusagent_voiceprint.storage.base import StoredRecord
from opusagent_voiceprint.storage.checked_lines import TAIL_BYTES, decode_line, encode_line
from opusagent_voiceprint.storage.codec import MAX_RECORD_CHARACTERS, RECORD_SCHEMA

__all__ = ["BackupReader", "BackupWriter", "Head", "Note"]

_NAME: Final = "opusagent-voiceprint"
_FORMAT: Final = 1
_HEAD_BYTES: Final = 4096
_LINE_BYTES: Final = MAX_RECORD_CHARACTERS + 64 * 1024
_END: Final = b"\n"
_TAIL_BYTES: Final = TAIL_BYTES + len(_END)


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it lies in the store."""

    kind: str
    key: str
    payload: str


@dataclass(frozen=True, slots=True)
class Head:
    """What a backup is of. ``key_id`` is "" of a store without encryption."""

    key_id: str
    tenant: str
    revision: int
    made: str
    callers: int = 0
    notes: int = 0
    all: str = ""


class BackupWriter:
    """Writes a backup: it takes its place at the end, whole, or not at all.

    Of what is added twice the later counts, and nothing of the earlier is in the file in the end.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._parts = path.with_name(f"{path.name}.parts")
        self._lines: dict[tuple[str, str], tuple[int, int]] = {}
        self._size = 0
        self._file = _create(self._parts)

    def __enter__(self) -> BackupWriter:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()
        for path in (self._parts, files.unfinished(self._path)):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def add_caller(self, record: StoredRecord) -> None:
        """A caller's record."""
        found = {"caller": record.caller_id, "version": record.version, "payload": record.payload}
        self._add(("", record.caller_id), found)

    def add_note(self, note: Note) -> None:
        """A note."""
        self._add((note.kind, note.key), {"note": note.kind, "key": note.key, "payload": note.payload})

    def drop_caller(self, caller_id: str) -> None:
        """Leave out a caller who was erased meanwhile."""
        self._lines.pop(("", caller_id), None)

    def drop_notes(self) -> None:
        """Leave out all notes that were added."""
        self._lines = {place: line for place, line in self._lines.items() if not place[0]}

    def finish(self, head: Head) -> Head:
        """Put the file in its place, durably. Raises :class:`StorageError`."""
        notes = sum(bool(kind) for kind, _ in self._lines)
        total = hashlib.sha256()
        temporary = files.unfinished(self._path)
        try:
            self._file.flush()
            for start, length in self._lines.values():
                total.update(self._line(start, length)[-_TAIL_BYTES:])
            callers = len(self._lines) - notes
            values = {**asdict(head), "callers": callers, "notes": notes, "all": total.hexdigest()}
            whole = Head(**values)
            with _create(temporary) as file:
                file.write(
                    _encode({"backup": _NAME, "format": _FORMAT, "record_schema": RECORD_SCHEMA, **values})
                )
                for start, length in self._lines.values():
                    file.write(self._line(start, length))
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, self._path)
            files.sync_directory(self._path.parent)
        except OSError as exc:
            raise _error("write", self._path, exc) from exc
        return whole

    def _add(self, key: tuple[str, str], fields: dict[str, Any]) -> None:
        line = _encode(fields)
        try:
            self._file.seek(self._size)
            self._file.write(line)
        except OSError as exc:
            raise _error("write", self._path, exc) from exc
        self._lines.pop(key, None)
        self._lines[key] = (self._size, len(line))
        self._size += len(line)

    def _line(self, start: int, length: int) -> bytes:
        self._file.seek(start)
        return self._file.read(length)


class BackupReader:
    """Reads a backup, of which every line was checked when it is opened.

    Raises :class:`StoreFormatError` for what is no backup, is damaged or cut off, or is of a newer version.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            # A fifo would block without O_NONBLOCK.
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as exc:
            raise _error("read", path, exc) from exc
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise StoreFormatError(f"{path} is no regular file, and so no backup")
        self._file = os.fdopen(descriptor, "rb")
        try:
            self.head = self._read_head()
            self._start = self._file.tell()
            self._check()
        except OSError as exc:
            self._file.close()
            raise _error("read", path, exc) from exc
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> BackupReader:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def records(self) -> Iterator[StoredRecord | Note]:
        """What is in it, callers in the order of their last change."""
        self._file.seek(self._start)
        for _, found in self._lines():
            if "caller" in found:
                yield StoredRecord(found["caller"], found["version"], found["payload"])
            else:
                yield Note(found["note"], found["key"], found["payload"])

    def _read_head(self) -> Head:
        line = self._file.readline(_HEAD_BYTES)
        found = _decode(line)
        if found is None or found.get("backup") != _NAME:
            torn = " any more: its first line was cut off or changed" if b'"backup":"' in line else ""
            raise StoreFormatError(f"{self._path} is no backup of opusagent-voiceprint{torn}")
        if (found.get("format"), found.get("record_schema")) != (_FORMAT, RECORD_SCHEMA):
            raise StoreFormatError(
                f"{self._path} is a backup of format {found.get('format')!r} with records of schema "
                f"{found.get('record_schema')!r}, and this version knows {_FORMAT} and {RECORD_SCHEMA}: "
                "update opusagent-voiceprint"
            )
        values: dict[str, Any] = {field.name: found.get(field.name) for field in fields(Head)}
        if any(type(value) is not (int if name in _NUMBERS else str) for name, value in values.items()):
            raise StoreFormatError(f"{self._path} has a head that no backup has")
        return Head(**values)

    def _check(self) -> None:
        total = hashlib.sha256()
        callers = notes = 0
        for tail, found in self._lines():
            total.update(tail)
            callers += "caller" in found
            notes += "note" in found
        if (callers, notes) != (self.head.callers, self.head.notes) or total.hexdigest() != self.head.all:
            raise StoreFormatError(
                f"{self._path} has {callers} callers and {notes} notes, and was made with "
                f"{self.head.callers} and {self.head.notes}: it was cut off or changed. Nothing was "
                "restored; take another backup"
            )

    def _lines(self) -> Iterator[tuple[bytes, dict[str, Any]]]:
        number = 1
        while line := self._file.readline(_LINE_BYTES):
            number += 1
            found = _decode(line)
            if found is None or not _is_record(found):
                raise StoreFormatError(
                    f"{self._path} was cut off or changed: line {number} is not as it was written. Nothing "
                    "was restored; take another backup"
                )
            yield line[-_TAIL_BYTES:], found


_NUMBERS: Final = ("revision", "callers", "notes")


def _encode(values: dict[str, Any]) -> bytes:
    return encode_line(values) + _END


def _decode(line: bytes) -> dict[str, Any] | None:
    """The values of a line whose checksum fits, and that was written to its end; None of any other."""
    return decode_line(line.removesuffix(_END)) if line.endswith(_END) else None


def _is_record(found: dict[str, Any]) -> bool:
    types = {"caller": str, "version": int, "payload": str, "checksum": str}
    if "note" in found:
        types = dict.fromkeys(("note", "key", "payload", "checksum"), str)
    return found.keys() == types.keys() and all(type(found[name]) is kind for name, kind in types.items())


def _create(path: Path) -> BinaryIO:
    try:
        path.unlink(missing_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        return os.fdopen(os.open(path, flags, 0o600), "w+b")
    except OSError as exc:
        raise _error("write", path, exc) from exc


def _error(action: str, path: Path, exc: OSError) -> StorageError:
    return StorageError(f"cannot {action} {path}: {exc.strerror or type(exc).__name__}")
