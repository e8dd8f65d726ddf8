"""The JSON store's file on the disk: read when it changed, replaced as a whole, with a copy beside it."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NoReturn

from opusagent_voiceprint.errors import StorageError, StoreFormatError
from opusagent_voiceprint.storage import files, json_format
from opusagent_voiceprint.storage.codec import RecordCodec
from opusagent_voiceprint.storage.compat import HOW_TO_IMPORT
from opusagent_voiceprint.storage.json_format import FORMAT, HEAD_BYTES, SCHEMA, Contents
from opusagent_voiceprint.storage.json_legacy import is_legacy, read_legacy

__all__ = ["MAX_FILE_BYTES", "JSONFile", "advice", "describe", "read_copy", "read_whole", "sibling"]

logger = logging.getLogger(__name__)

MAX_FILE_BYTES: Final = 512 * 1024 * 1024

_SHOWN: Final = 3

_Stamp = tuple[int, int, int, bytes]


class JSONFile:
    """A file with a copy of the same content, for any number of threads and processes.

    The copy is there for when the file is damaged or removed by something else; nothing reads it but
    ``storage check --repair``. It is replaced together with the file, so that it keeps nothing that was
    erased, and is made anew at opening if it differs.
    """

    def __init__(self, path: Path, codec: RecordCodec) -> None:
        self.path = path
        self._codec = codec
        files.prepare_parent(path)
        self._copy = sibling(path, "copy")
        self._threads = threading.Lock()
        self._cached: tuple[_Stamp, Contents] | None = None
        with self._threads, files.exclusive_lock(path):
            self._open()

    def load(self) -> Contents:
        """What is in the file. :class:`StoreFormatError` if any of it is damaged, or none of it ours."""
        descriptor = files.open_regular(self.path)
        if descriptor is None:
            return self._missing()
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if status.st_size > MAX_FILE_BYTES:
                raise StoreFormatError(
                    f"{self.path} has {status.st_size} bytes, and a JSON store at most {MAX_FILE_BYTES}; "
                    "use VOICE_STORAGE_BACKEND=sqlite"
                )
            try:
                head = file.read(HEAD_BYTES)
                stamp = _stamp(status, head)
                cached = self._cached
                if cached is not None and cached[0] == stamp:
                    return cached[1]
                contents = self._parse(head + file.read())
            except OSError as exc:
                raise files.storage_error("read", self.path, exc) from exc
            files.make_private(descriptor, self.path)
        self._cached = (stamp, contents)
        return contents

    @contextlib.contextmanager
    def exclusively(self) -> Iterator[Contents]:
        """The contents, which nobody else changes in the meantime."""
        with self._threads, files.exclusive_lock(self.path):
            yield self.load()

    def replace(self, contents: Contents) -> None:
        """Write new contents, durably. Only within :meth:`exclusively`."""
        if contents.key_id is None:
            contents = replace(contents, key_id=self._codec.key_id)
        raw = json_format.encode(contents)
        if len(raw) > MAX_FILE_BYTES:
            raise StorageError(
                f"{self.path} is full at {MAX_FILE_BYTES} bytes; move to VOICE_STORAGE_BACKEND=sqlite"
            )
        status = files.replace_with_copy(self.path, self._copy, raw)
        self._cached = (_stamp(status, raw[:HEAD_BYTES]), contents)

    def _open(self) -> None:
        files.remove_unfinished(self.path, self._copy)
        contents = self.load()
        if contents.key_id is None:
            if self._codec.cipher is not None:
                # Made now, as whoever writes first must do so under the key that all others use.
                self.replace(contents)
            return
        raw = read_whole(self.path)
        if is_legacy(raw):
            self.replace(contents)
        elif raw != read_copy(self.path):
            self._renew_copy(raw)

    def _renew_copy(self, raw: bytes) -> None:
        """Make the copy that of the file, or at least keep no other: the disk may be full."""
        if os.path.lexists(self._copy):
            logger.warning("%s is not that of %s, and is made anew", self._copy, self.path.name)
        try:
            files.replace_file(self._copy, files.unfinished(self._copy), raw)
        except StorageError as exc:
            files.remove(self._copy)
            logger.warning(
                "%s has no copy until the next change: %s", self.path, type(exc.__cause__).__name__
            )

    def _missing(self) -> Contents:
        put_back = advice(self.path)
        if self._cached is not None:
            raise StoreFormatError(
                f"{self.path} was removed while it was in use. {put_back or 'Restart to begin a new one.'}"
            )
        if put_back or os.path.lexists(self._copy):
            raise StoreFormatError(
                f"{self.path} is gone, but {self._copy.name} is there. {put_back or 'It is damaged too.'} "
                f"To begin a new store instead, remove {self._copy}."
            )
        return Contents()

    def _parse(self, raw: bytes) -> Contents:
        contents = read_legacy(raw, self.path) if is_legacy(raw) else self._parse_lines(raw)
        self._codec.check_key(contents.key_id or "", self.path)
        return contents

    def _parse_lines(self, raw: bytes) -> Contents:
        head = json_format.parse_head(raw)
        if head is None and not json_format.looks_like_ours(raw):
            self._refuse(describe(raw))
        if head is not None and head.schema != SCHEMA:
            raise StoreFormatError(
                f"{self.path} has schema {head.schema}, and this version of opusagent-voiceprint knows "
                f"{SCHEMA}. It was left as it is; update opusagent-voiceprint."
            )
        found = json_format.scan(raw)
        if found.damage:
            shown = "; ".join(map(str, found.damage[:_SHOWN]))
            more = f"; and {len(found.damage) - _SHOWN} more" if len(found.damage) > _SHOWN else ""
            self._refuse(
                f"was cut off or changed by something else: its checksum does not fit ({shown}{more})"
            )
        return found.contents

    def _refuse(self, what: str) -> NoReturn:
        put_back = advice(self.path)
        raise StoreFormatError(f"{self.path} {what}. It was left as it is.{put_back and ' '}{put_back}")


def sibling(path: Path, suffix: str) -> Path:
    """The file beside a store's that is named after it."""
    return path.with_name(f"{path.name}.{suffix}")


def read_copy(path: Path) -> bytes | None:
    """The copy beside a store's file; None if there is none that can be read."""
    try:
        return read_whole(sibling(path, "copy"))
    except StorageError:
        return None


def advice(path: Path) -> str:
    """How a file is put back or repaired from its copy; empty if there is no copy."""
    raw = read_copy(path)
    if not raw:
        return ""
    copy = sibling(path, "copy")
    found = json_format.scan(raw)
    repair = "`opusagent-voiceprint storage check --repair` keeps what is whole in either."
    if found.damage:
        return f"Its copy {copy} is damaged too; {repair}"
    callers = sum(row.is_live for row in found.contents.callers.values())
    return (
        f"Its copy {copy} is whole, with {callers} callers, at revision {found.contents.revision}: stop all "
        f"that use the store, and put it back with `cp {copy} {path}`; or {repair}"
    )


def read_whole(path: Path) -> bytes:
    """All bytes of a file. :class:`StorageError` if it is not there, or larger than any store."""
    descriptor = files.open_regular(path)
    if descriptor is None:
        raise StorageError(f"{path} is not there")
    with os.fdopen(descriptor, "rb") as file:
        if os.fstat(descriptor).st_size > MAX_FILE_BYTES:
            raise StoreFormatError(f"{path} is larger than any JSON store")
        try:
            return file.read()
        except OSError as exc:
            raise files.storage_error("read", path, exc) from exc


def _stamp(status: os.stat_result, head: bytes) -> _Stamp:
    """Tells one state of the file from every other.

    Inode, time and size may come back within one tick of the clock; the checksums in the head do not.
    """
    return status.st_ino, status.st_mtime_ns, status.st_size, head


def describe(raw: bytes) -> str:
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
            "is the file of OpusAgent's own voiceprint module. Set VOICE_STORAGE_PATH to another file; "
            f"{HOW_TO_IMPORT}"
        )
    if raw.startswith(b'{"format":"' + FORMAT.encode()[:3]) and found is None:
        return f"is a store of ours that was cut off after {len(raw)} bytes. Restore it from a backup"
    kind = "is JSON" if found is not None else f"has {len(raw)} bytes that are not JSON"
    return f"{kind}, but not a store of opusagent-voiceprint. Set VOICE_STORAGE_PATH to a file of its own"


def _parse_json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None
