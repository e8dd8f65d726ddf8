"""Files that hold personal data: private, locked between processes, replaced as a whole, never linked."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import logging
import os
import stat
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from opusagent_voiceprint.errors import StorageError, StoreFormatError

__all__ = [
    "DATABASES",
    "access_hint",
    "exclusive_lock",
    "identity",
    "make_private",
    "open_regular",
    "prepare_parent",
    "remove",
    "remove_unfinished",
    "replace_file",
    "replace_with_copy",
    "storage_error",
    "sync_directory",
    "unfinished",
]

logger = logging.getLogger(__name__)

_PRIVATE_FILE: Final = 0o600
_PRIVATE_DIRECTORY: Final = 0o700
_LOCK_TIMEOUT_SECONDS: Final = 10.0
_LOCK_POLL_SECONDS: Final = 0.002


class OpenDatabases:
    """The SQLite databases that this process has open, by device and inode.

    To open and close such a file by ourselves, only to look at it, would take away every lock that SQLite
    holds on it here: POSIX drops a process's locks on a file with the first descriptor of it that is closed.
    Another process would then remove the log that is in use. So nobody looks at a file that is in here.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._count: Counter[tuple[int, int] | None] = Counter()

    def has(self, path: Path) -> bool:
        """Whether this process has it open. Hold ``lock`` until it is opened, or was looked at."""
        return self._count[identity(path)] > 0

    def add(self, opened: tuple[int, int] | None) -> None:
        """It is about to be opened."""
        with self.lock:
            self._count[opened] += 1

    def discard(self, opened: tuple[int, int] | None) -> None:
        """It was closed."""
        with self.lock:
            self._count[opened] -= 1
            if not self._count[opened]:
                del self._count[opened]

    def forget(self) -> None:
        """Begin anew, in a forked process: locks are not inherited, and this one may be held for ever."""
        self.lock = threading.RLock()
        self._count.clear()


DATABASES: Final = OpenDatabases()
"""Of the whole process, as the locks are."""

os.register_at_fork(after_in_child=DATABASES.forget)


def storage_error(action: str, path: Path, exc: OSError) -> StorageError:
    """The error for a file operation that failed."""
    if exc.errno == errno.ELOOP:
        return StorageError(
            f"cannot {action} {path}: it is a symbolic link; set VOICE_STORAGE_PATH to the file"
        )
    reason = exc.strerror or type(exc).__name__
    if exc.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        reason = f"{reason}; {access_hint(path)}"
    return StorageError(f"cannot {action} {path}: {reason}")


def access_hint(path: Path) -> str:
    """Whose a file and its directory are, with their modes, and what to do about it."""
    found = []
    for place in (path, *path.parents):
        with contextlib.suppress(OSError):
            status = os.lstat(place)
            mode = stat.S_IMODE(status.st_mode)
            found.append(f"{place} belongs to uid {status.st_uid} with mode {mode:04o}")
            if stat.S_ISDIR(status.st_mode):
                break
    return (
        f"{', '.join(found)}, and this process runs as uid {os.geteuid()}: run it as their owner, "
        "give them to that user with chown, or set VOICE_STORAGE_PATH to a place that it may write"
    )


def prepare_parent(path: Path) -> None:
    """Create the directories of a store's file, for this user only, where they are not there.

    A path that names a directory, and so can be no file, is refused with :class:`StoreFormatError`.
    """
    try:
        if path.name in ("", "..") or (os.path.lexists(path) and stat.S_ISDIR(os.lstat(path).st_mode)):
            raise StoreFormatError(
                f"{str(path)!r} is a directory: name a file, for example "
                f"VOICE_STORAGE_PATH={path / 'voiceprints.json'}"
            )
        missing = [directory for directory in path.parents if not directory.exists()]
        for directory in reversed(missing):
            directory.mkdir(mode=_PRIVATE_DIRECTORY, exist_ok=True)
    except OSError as exc:
        raise storage_error("create the directory of", path, exc) from exc


def identity(path: Path) -> tuple[int, int] | None:
    """Tells the file at ``path`` from every other there is: its device and inode; None if there is none."""
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise storage_error("open", path, exc) from exc
    return status.st_dev, status.st_ino


def make_private(descriptor: int, path: Path) -> None:
    """Close a file to others, if it is open to them."""
    try:
        if os.fstat(descriptor).st_mode & 0o077:
            os.fchmod(descriptor, _PRIVATE_FILE)
    except OSError as exc:
        raise storage_error("close to others", path, exc) from exc


def open_regular(path: Path) -> int | None:
    """A descriptor to read a file, which must not be a link, directory or device; None if it is not there."""
    try:
        # A fifo would block without O_NONBLOCK.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise storage_error("open", path, exc) from exc
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise StoreFormatError(f"{path} is not a regular file; set VOICE_STORAGE_PATH to a file of its own")
    return descriptor


def remove(path: Path) -> None:
    """Remove a file if it is there."""
    try:
        path.unlink(missing_ok=True)
    except OSError as exc:
        raise storage_error("remove", path, exc) from exc


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def exclusive_lock(path: Path) -> Iterator[None]:
    """Hold the lock that guards ``path`` against other processes, and other handles of this one.

    It lies in a file of its own beside it, since the file itself is replaced with every write.
    """
    lock_path = path.with_name(f"{path.name}.lock")
    try:
        descriptor = os.open(
            lock_path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, _PRIVATE_FILE
        )
    except OSError as exc:
        raise storage_error("lock", lock_path, exc) from exc
    try:
        deadline = time.monotonic() + _LOCK_TIMEOUT_SECONDS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise StorageError(
                        f"{lock_path} was held by another process for {_LOCK_TIMEOUT_SECONDS:.0f} seconds; "
                        "see what that process is doing"
                    ) from None
                time.sleep(_LOCK_POLL_SECONDS)
            except OSError as exc:
                raise storage_error("lock", lock_path, exc) from exc
        yield
    finally:
        os.close(descriptor)


def unfinished(path: Path) -> Path:
    """Where a file is written before it takes its place."""
    return path.with_name(f"{path.name}.writing")


def remove_unfinished(*paths: Path) -> None:
    """Remove what a killed writer left of these files."""
    for path in paths:
        remove(unfinished(path))


def replace_file(path: Path, temporary: Path, data: bytes) -> os.stat_result:
    """Replace a file by ``data``, durably and all at once, over ``temporary`` in the same directory.

    Returns the new file's status. If this fails before the new file is in place, the old one is untouched.
    """
    try:
        status = _write_private(temporary, data)
        os.replace(temporary, path)
    except OSError as exc:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise storage_error("write", path, exc) from exc
    _sync_names(path)
    return status


def replace_with_copy(path: Path, copy: Path, data: bytes) -> os.stat_result:
    """Replace a file and its copy by ``data``, durably; the file all at once. Returns the file's status.

    Both are written before either takes its place, so that a full disk is found out in time. A copy that
    cannot take its place is removed: it must not keep what the file no longer has.
    """
    temporaries = [unfinished(path), unfinished(copy)]
    try:
        status = _write_private(temporaries[0], data)
        _write_private(temporaries[1], data)
        os.replace(temporaries[0], path)
    except OSError as exc:
        for temporary in temporaries:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        raise storage_error("write", path, exc) from exc
    try:
        os.replace(temporaries[1], copy)
    except OSError as exc:
        _remove_former(path, copy, exc)
    _sync_names(path)
    return status


def _remove_former(path: Path, copy: Path, cause: OSError) -> None:
    try:
        copy.unlink(missing_ok=True)
        unfinished(copy).unlink(missing_ok=True)
    except OSError:
        raise StorageError(
            f"{path} was replaced, but {copy} could not be, and still has what was there before; whether the "
            f"change survives a power failure is not known. Remove {copy}: {cause.strerror}"
        ) from cause
    logger.warning("%s has no copy until the next change: %s", path, cause.strerror)


def _write_private(path: Path, data: bytes) -> os.stat_result:
    # A temporary file of a killed writer is removed, not reused: its owner and mode are not known.
    path.unlink(missing_ok=True)
    descriptor = os.open(
        path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, _PRIVATE_FILE
    )
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        return os.fstat(file.fileno())


def _sync_names(path: Path) -> None:
    try:
        sync_directory(path.parent)
    except OSError as exc:
        raise StorageError(
            f"{path} was replaced, but whether that survives a power failure is not known: {exc.strerror}"
        ) from exc
