"""Ways in which real stores fail: each begins and ends when a test says so."""

from __future__ import annotations

import base64
import fcntl
import os
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

__all__ = ["FAILURES", "Failure", "RedisServer", "failure_named"]


class RedisServer:
    """A redis-server of our own, whose data outlive its end."""

    def __init__(self, folder: Path) -> None:
        binary = shutil.which("redis-server")
        if binary is None:
            reason = "redis-server is not installed"
            pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        folder.mkdir(exist_ok=True)
        self._command = [binary, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(folder)]
        self._command += ["--save", "", "--appendonly", "yes", "--appendfsync", "always"]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def client(self) -> Any:
        import redis

        return redis.Redis.from_url(self.url, socket_timeout=5.0)

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20.0
        with self.client() as client:
            while not _answers(client):
                assert time.monotonic() < deadline, "redis-server does not come up"
                time.sleep(0.02)

    def send(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _answers(client: Any) -> bool:
    import redis

    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


class Failure(ABC):
    """A store in ``folder``, which works until :meth:`begin` and again from :meth:`end` on."""

    readable = False
    """Whether the store can still be read meanwhile, so that callers are recognised."""
    at_start = True
    """Whether a store that fails in this way cannot be opened."""
    refuses_erasures = True
    journals = True
    """Whether the journal of erasures can be written meanwhile."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    @abstractmethod
    def values(self) -> dict[str, Any]:
        """The settings of the store."""

    @abstractmethod
    def begin(self) -> None:
        """From now on it fails."""

    @abstractmethod
    def end(self) -> None:
        """It works again. A second time: nothing."""

    def close(self) -> None:
        self.end()


class _OnRedis(Failure):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.server = RedisServer(folder / "redis")
        self.server.start()

    @property
    def values(self) -> dict[str, Any]:
        return {
            "storage_backend": "redis",
            "redis_url": self.server.url,
            "erasure_journal": str(self.folder / "erasures.journal"),
        }

    def close(self) -> None:
        self.end()
        self.server.kill()


class RedisDown(_OnRedis):
    def begin(self) -> None:
        self.down = True
        self.server.kill()

    def end(self) -> None:
        if getattr(self, "down", False):
            self.down = False
            self.server.start()


class RedisHanging(_OnRedis):
    def begin(self) -> None:
        self.server.send(signal.SIGSTOP)

    def end(self) -> None:
        self.server.send(signal.SIGCONT)


class RedisOutOfMemory(_OnRedis):
    readable = True
    at_start = False
    refuses_erasures = False  # which take no memory

    def begin(self) -> None:
        with self.server.client() as client:
            client.config_set("maxmemory", "1")

    def end(self) -> None:
        with self.server.client() as client:
            client.config_set("maxmemory", "0")


class _OnFile(Failure):
    readable = True
    backend = "sqlite"

    @property
    def path(self) -> Path:
        return self.folder / f"voices.{self.backend}"

    @property
    def values(self) -> dict[str, Any]:
        return {"storage_backend": self.backend, "storage_path": self.path}


class SQLiteLocked(_OnFile):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._other: sqlite3.Connection | None = None

    def begin(self) -> None:
        self._other = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        self._other.execute("PRAGMA busy_timeout = 20000")
        self._other.execute("BEGIN EXCLUSIVE")

    def end(self) -> None:
        if self._other is not None:
            self._other.execute("ROLLBACK")
            self._other.close()
            self._other = None


class JSONLocked(_OnFile):
    backend = "json"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._lock: int | None = None

    def begin(self) -> None:
        self._lock = os.open(self.path.with_name(f"{self.path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def end(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


class _DiskFull(_OnFile):
    """No file of this process can grow, as on a full disk."""

    at_start = False
    journals = False

    def begin(self) -> None:
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))

    def end(self) -> None:
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


class DiskFullForSQLite(_DiskFull):
    """With SQLite."""


class DiskFullForJSON(_DiskFull):
    """With JSON."""

    backend = "json"


class KeysRemoved(_OnFile):
    """The file with the callers' keys is moved away while the store is in use."""

    at_start = False  # a store without its keys is wrong, and stops the start

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._keys = folder / "keys" / "callers.keys"
        self._elsewhere = folder / "elsewhere.keys"

    @property
    def values(self) -> dict[str, Any]:
        key = base64.urlsafe_b64encode(bytes(range(32))).decode()
        return {**super().values, "encryption_key": key, "keystore_path": str(self._keys)}

    def begin(self) -> None:
        self._keys.rename(self._elsewhere)

    def end(self) -> None:
        if self._elsewhere.exists():
            self._elsewhere.rename(self._keys)


FAILURES: dict[str, type[Failure]] = {
    "redis_down": RedisDown,
    "redis_hanging": RedisHanging,
    "redis_out_of_memory": RedisOutOfMemory,
    "sqlite_locked": SQLiteLocked,
    "sqlite_disk_full": DiskFullForSQLite,
    "sqlite_keys_removed": KeysRemoved,
    "json_locked": JSONLocked,
    "json_disk_full": DiskFullForJSON,
}


@contextmanager
def failure_named(name: str, folder: Path) -> Iterator[Failure]:
    """A store and its way to fail, which is over when the block is left."""
    failure = FAILURES[name](folder)
    try:
        yield failure
    finally:
        failure.close()
