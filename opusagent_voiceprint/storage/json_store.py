"""Callers in one JSON file, replaced as a whole with every write: for development and small installations."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pydantic import Field, ValidationError

from opusagent_voiceprint.errors import StorageError, StoreFormatError, VersionConflictError
from opusagent_voiceprint.models import Record
from opusagent_voiceprint.storage import files
from opusagent_voiceprint.storage.base import CallerStore, StoredRecord
from opusagent_voiceprint.storage.codec import RecordCodec

__all__ = ["JSONStorage"]

_FORMAT: Final = "opusagent-voiceprint"
_SCHEMA: Final = 1
_BODY: Final = b',"body":'
_HEAD_BYTES: Final = 256
"""Covers the head of the file with its checksum."""

MAX_FILE_BYTES: Final = 512 * 1024 * 1024

_Stamp = tuple[int, int, int, bytes]


class _Row(Record):
    """A caller's record; without a payload, the mark that an erased caller leaves."""

    version: int
    payload: str | None = None
    links: list[str] = Field(default_factory=list)


class _Contents(Record):
    """The body of the file. Never changed once it is read or written: threads share it."""

    revision: int = 0
    callers: dict[str, _Row] = Field(default_factory=dict)
    notes: dict[str, dict[str, str]] = Field(default_factory=dict)


class JSONStorage(CallerStore):
    """Callers in a JSON file of its own, which carries a checksum and is either the old or the new one.

    No second copy is kept: it would hold what was erased, and a write cannot leave a torn file behind.
    Processes are kept apart by a lock file beside it, which needs a local file system.
    """

    def __init__(
        self,
        file_path: str | os.PathLike[str] = "voiceprints.json",
        *,
        codec: RecordCodec | None = None,
        max_voiceprints: int = 3,
        policy_version: str = "1",
    ) -> None:
        super().__init__(codec=codec, max_voiceprints=max_voiceprints, policy_version=policy_version)
        self._path = Path(file_path)
        files.prepare_parent(self._path)
        self._temporary = self._path.with_name(f"{self._path.name}.writing")
        self._threads = threading.Lock()
        self._cached: tuple[_Stamp, _Contents] | None = None
        with self._exclusively():
            files.remove(self._temporary)  # what a killed writer left

    @property
    def file_path(self) -> str:
        """The file, as it was named."""
        return str(self._path)

    def count(self) -> int:
        """How many callers there are."""
        return sum(row.payload is not None for row in self._load().callers.values())

    def ids_by_phone(self, link: str) -> list[str]:
        """The ids of the callers that this keyed hash of a number is linked to, sorted."""
        return sorted(caller_id for caller_id, row in self._load().callers.items() if link in row.links)

    def changes(self, since: int) -> tuple[list[str], int]:
        """The ids written or erased after a revision, and the newest revision."""
        contents = self._load()
        changed = [
            (row.version, caller_id) for caller_id, row in contents.callers.items() if row.version > since
        ]
        return [caller_id for _, caller_id in sorted(changed)], contents.revision

    def _read(self, caller_id: str) -> StoredRecord | None:
        row = self._load().callers.get(caller_id)
        if row is None or row.payload is None:
            return None
        return StoredRecord(caller_id, row.version, row.payload)

    def _records(self) -> Iterator[StoredRecord]:
        for caller_id, row in self._load().callers.items():
            if row.payload is not None:
                yield StoredRecord(caller_id, row.version, row.payload)

    def _write(self, caller_id: str, expected: int, payload: str, links: list[str]) -> int:
        with self._exclusively() as old:
            row = old.callers.get(caller_id)
            found = row.version if row is not None and row.payload is not None else 0
            if found != expected:
                raise VersionConflictError(caller_id, expected=expected, found=found)
            return self._store_row(old, caller_id, payload, links)

    def _remove(self, caller_id: str) -> bool:
        with self._exclusively() as old:
            row = old.callers.get(caller_id)
            if row is None or row.payload is None:
                return False
            self._store_row(old, caller_id, None, [])
            return True

    def _note(self, kind: str, key: str) -> str | None:
        return self._load().notes.get(kind, {}).get(key)

    def _note_keys(self, kind: str) -> list[str]:
        return list(self._load().notes.get(kind, {}))

    def _set_note(self, kind: str, key: str, payload: str | None) -> None:
        with self._exclusively() as old:
            notes = {name: text for name, text in old.notes.get(kind, {}).items() if name != key}
            if payload is not None:
                notes[key] = payload
            elif key not in old.notes.get(kind, {}):
                return
            self._store(old.model_copy(update={"notes": {**old.notes, kind: notes}}))

    def _add_note(self, kind: str, key: str, payload: str) -> str:
        with self._exclusively() as old:
            notes = old.notes.get(kind, {})
            if key not in notes:
                self._store(old.model_copy(update={"notes": {**old.notes, kind: {**notes, key: payload}}}))
            return notes.get(key, payload)

    @contextlib.contextmanager
    def _exclusively(self) -> Iterator[_Contents]:
        """The contents, which nobody else changes in the meantime."""
        with self._threads, files.exclusive_lock(self._path):
            yield self._load()

    def _load(self) -> _Contents:
        descriptor = files.open_regular(self._path)
        if descriptor is None:
            if self._cached is not None:
                raise StoreFormatError(
                    f"{self._path} was removed while it was in use; restart to begin a new one"
                )
            return _Contents()
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if status.st_size > MAX_FILE_BYTES:
                raise StoreFormatError(
                    f"{self._path} has {status.st_size} bytes, and a JSON store at most {MAX_FILE_BYTES}; "
                    "use VOICE_STORAGE_BACKEND=sqlite"
                )
            try:
                head = file.read(_HEAD_BYTES)
                stamp = _stamp(status, head)
                cached = self._cached
                if cached is not None and cached[0] == stamp:
                    return cached[1]
                contents = self._parse(head + file.read())
            except OSError as exc:
                raise files.storage_error("read", self._path, exc) from exc
            files.make_private(descriptor, self._path)
        self._cached = (stamp, contents)
        return contents

    def _parse(self, raw: bytes) -> _Contents:
        head, separator, rest = raw.partition(_BODY)
        header = _parse_header(head + b"}") if separator else None
        if header is None:
            raise StoreFormatError(f"{self._path} {_describe(raw)}. It was left as it is.")
        if header["schema"] != _SCHEMA:
            raise StoreFormatError(
                f"{self._path} has schema {header['schema']}, and this version of opusagent-voiceprint knows "
                f"{_SCHEMA}. It was left as it is; update opusagent-voiceprint."
            )
        body = rest[: -len(b"}\n")]
        if not rest.endswith(b"}\n") or hashlib.sha256(body).hexdigest() != header["sha256"]:
            raise StoreFormatError(
                f"{self._path} was cut off or changed by something else: its checksum does not fit. "
                "It was left as it is; restore it from a backup."
            )
        self._codec.check_key(header["key_id"], self._path)
        try:
            return _Contents.model_validate_json(body)
        except ValidationError:
            raise StoreFormatError(
                f"{self._path} has a right checksum but a wrong structure; restore it from a backup"
            ) from None

    def _store_row(self, old: _Contents, caller_id: str, payload: str | None, links: list[str]) -> int:
        revision = old.revision + 1
        row = _Row(version=revision, payload=payload, links=links)
        callers = {**old.callers, caller_id: row}
        self._store(old.model_copy(update={"revision": revision, "callers": callers}))
        return revision

    def _store(self, contents: _Contents) -> None:
        body = contents.model_dump_json().encode("utf-8")
        header = {
            "format": _FORMAT,
            "schema": _SCHEMA,
            "key_id": self._codec.key_id,
            "sha256": hashlib.sha256(body).hexdigest(),
        }
        head = json.dumps(header, separators=(",", ":")).encode("ascii").removesuffix(b"}")
        raw = head + _BODY + body + b"}\n"
        if len(raw) > MAX_FILE_BYTES:
            raise StorageError(
                f"{self._path} is full at {MAX_FILE_BYTES} bytes; move to VOICE_STORAGE_BACKEND=sqlite"
            )
        status = files.replace_file(self._path, self._temporary, raw)
        self._cached = (_stamp(status, raw[:_HEAD_BYTES]), contents)


def _stamp(status: os.stat_result, head: bytes) -> _Stamp:
    """Tells one state of the file from every other.

    Inode, time and size may come back within one tick of the clock; the checksum in the head does not.
    """
    return status.st_ino, status.st_mtime_ns, status.st_size, head


def _parse_json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _parse_header(raw: bytes) -> dict[str, Any] | None:
    header = _parse_json(raw)
    types = {"format": str, "schema": int, "key_id": str, "sha256": str}
    if not isinstance(header, dict) or header.get("format") != _FORMAT:
        return None
    return header if all(isinstance(header.get(name), kind) for name, kind in types.items()) else None


def _describe(raw: bytes) -> str:
    """What a file is that is not a store of ours, and what to do."""
    if not raw:
        return (
            "is empty, which no store of ours is. Restore it from a backup, or remove it to begin a new one"
        )
    found = _parse_json(raw)
    if isinstance(found, dict) and all(
        isinstance(row, dict) and "embedding" in row for row in found.values()
    ):
        return (
            "is the file of OpusAgent's own voiceprint module. Set VOICE_STORAGE_PATH to another file: "
            "its voiceprints come without a consent, so their callers have to be asked again"
        )
    if raw.startswith(b'{"format":"' + _FORMAT.encode()[:3]) and found is None:
        return f"is a store of ours that was cut off after {len(raw)} bytes. Restore it from a backup"
    kind = "is JSON" if found is not None else f"has {len(raw)} bytes that are not JSON"
    return f"{kind}, but not a store of opusagent-voiceprint. Set VOICE_STORAGE_PATH to a file of its own"
