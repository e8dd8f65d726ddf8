"""The journal of erasures that a store refused: a file of opaque ids, so that they outlive a restart."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import stat
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from opusagent_voiceprint.errors import StorageError, StoreFormatError
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage import files

__all__ = ["ErasureJournal"]

logger = logging.getLogger(__name__)

_HEADER: Final = b"opusagent-voiceprint erasures 1\n"
_MOST_BYTES: Final = 16 * 1024 * 1024
_FLAGS: Final = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_ADVICE: Final = "; name a file of its own with VOICE_ERASURE_JOURNAL"


class ErasureJournal:
    """Caller ids that are to be erased, one a line behind the tag of their store, in a file of mode 0600.

    The file is there only while something is in it. Processes may share it, and stores, too: ``store`` tells
    this store's entries from others', which are left alone. A line that was torn by a power failure was never
    acknowledged and is passed over. Every method may raise :class:`StorageError`, and
    :class:`StoreFormatError` if something else lies at the path.
    """

    def __init__(self, path: str | os.PathLike[str], *, store: str) -> None:
        self._path = Path(path).expanduser()
        self._tag = hashlib.sha256(store.encode()).hexdigest()[:16].encode()
        self._threads = threading.Lock()

    @classmethod
    def configured(cls, settings: VoiceFingerprintConfig) -> ErasureJournal:
        """The one of the settings: a relative path is beside the store's file, or for Redis as it is."""
        path = Path(settings.erasure_journal).expanduser()
        if settings.storage_backend == "redis":
            url = urlsplit(settings.redis_url.get_secret_value())
            # Without user and password: they are changed, and the store stays the same.
            place = f"redis {url.netloc.rpartition('@')[2]}{url.path}"
        else:
            file = Path(settings.storage_path).absolute()
            path, place = file.parent / path, f"file {file}"
        return cls(path, store=f"{settings.tenant} {place}")

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    @property
    def state(self) -> tuple[int, int, int] | None:
        """Differs whenever another process has written; None while there is no file."""
        try:
            found = os.lstat(self._path)
        except FileNotFoundError:
            return None
        except OSError as exc:
            raise self._error("read", exc) from exc
        return found.st_ino, found.st_size, found.st_mtime_ns

    def pending(self) -> list[str]:
        """The ids that are to be erased, oldest first."""
        with self._threads:
            return list(dict.fromkeys(self._ids(self._read())))

    def add(self, caller_id: str) -> None:
        """Append an id, durably; nothing if it is there."""
        with self._threads:
            files.prepare_parent(self._path)
            with files.exclusive_lock(self._path):
                found = self._read()
                if caller_id in self._ids(found):
                    return
                line = self._tag + b" " + json.dumps(caller_id).encode() + b"\n"
                if not found.startswith(_HEADER):
                    found, line = b"", _HEADER + line
                elif not found.endswith(b"\n"):
                    line = b"\n" + line  # after the torn one
                self._append(line, start_over=not found)

    def remove(self, caller_ids: Iterable[str]) -> None:
        """Take out ids that were erased, all at once and durably; with the last entry goes the file."""
        gone = set(caller_ids)
        with self._threads:
            if self.state is None:
                return
            with files.exclusive_lock(self._path):
                kept = [
                    line
                    for line in self._lines(self._read())
                    if self._id_in(line) not in gone and line.strip()
                ]
                if kept:
                    data = _HEADER + b"".join(line + b"\n" for line in kept)
                    files.replace_file(self._path, self._path.with_name(f"{self._path.name}.writing"), data)
                    return
                try:
                    self._path.unlink(missing_ok=True)
                    files.sync_directory(self._path.parent)
                except OSError as exc:
                    raise self._error("remove", exc) from exc

    def _append(self, line: bytes, *, start_over: bool) -> None:
        try:
            is_new = not self._path.exists()
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | _FLAGS, 0o600)
            try:
                files.make_private(descriptor, self._path)
                if start_over:
                    os.ftruncate(descriptor, 0)
                before = os.fstat(descriptor).st_size
                try:
                    if os.write(descriptor, line) < len(line):
                        raise OSError(0, "only a part could be written")
                    os.fsync(descriptor)
                except OSError:
                    os.ftruncate(descriptor, before)
                    if is_new:
                        self._path.unlink()
                    raise
            finally:
                os.close(descriptor)
            if is_new:
                files.sync_directory(self._path.parent)
        except OSError as exc:
            raise self._error("write", exc) from exc

    def _read(self) -> bytes:
        """The file's bytes, none if there is no file or only the beginning of its first line."""
        try:
            descriptor = os.open(self._path, os.O_RDONLY | _FLAGS)
        except FileNotFoundError:
            return b""
        except OSError as exc:
            raise self._error("read", exc) from exc
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size > _MOST_BYTES:
                raise StoreFormatError(f"{self._path} is no journal of erasures{_ADVICE}")
            try:
                data = file.read()
            except OSError as exc:
                raise self._error("read", exc) from exc
        if _HEADER.startswith(data):
            return b""
        if not data.startswith(_HEADER):
            raise StoreFormatError(f"{self._path} is no journal of erasures and was left as it is{_ADVICE}")
        return data

    def _lines(self, data: bytes) -> list[bytes]:
        """The lines after the header; a torn one is told by the quotation mark that is missing at its end."""
        return data[len(_HEADER) :].split(b"\n") if data else []

    def _ids(self, data: bytes) -> Iterator[str]:
        for line in self._lines(data):
            if (caller_id := self._id_in(line)) is not None:
                yield caller_id

    def _id_in(self, line: bytes) -> str | None:
        """The id of a line, if the entry is of this store and whole."""
        tag, _, rest = line.partition(b" ")
        if tag != self._tag:
            return None
        try:
            caller_id = json.loads(rest)
        except ValueError:
            return None
        return caller_id if isinstance(caller_id, str) else None

    def _error(self, action: str, exc: OSError) -> StorageError:
        reason = exc.strerror or type(exc).__name__
        return StorageError(f"cannot {action} the journal of erasures {self._path}: {reason}{_ADVICE}")
