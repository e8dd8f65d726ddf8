"""A place for stores in a Redis server of its own, which can be killed and started again."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import redis
from places import Place

from opusagent_voiceprint.storage import KeyRing, RecordCipher, RecordCodec, RedisStorage
from opusagent_voiceprint.storage.encryption.redis_keystore import RedisKeyStore

DURABLE = ("--appendonly", "yes", "--appendfsync", "always")


class RedisPlace(Place):
    """The keys of an encrypted store are in another database of the same server."""

    kind = "Redis"

    def __init__(
        self,
        directory: Path,
        *,
        encrypted: bool = False,
        options: tuple[str, ...] = DURABLE,
        timeout: float = 8.0,
    ) -> None:
        super().__init__(directory, encrypted=encrypted)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.options = options
        self.timeout = timeout
        self.url = f"redis://127.0.0.1:{self.port}"
        self.server: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        binary = shutil.which("redis-server")
        assert binary is not None, "redis-server is not installed"
        place = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.directory), "--save", ""]
        self.server = subprocess.Popen([binary, *place, *self.options], stdout=subprocess.DEVNULL)
        with self.client() as client:
            until = time.monotonic() + 30
            while not answers(client):
                assert time.monotonic() < until, "redis-server does not come up"
                time.sleep(0.005)

    def client(self) -> Any:
        return redis.Redis(host="127.0.0.1", port=self.port)

    def kill(self) -> None:
        if self.server is not None:
            self.server.send_signal(signal.SIGKILL)
            self.server.wait()

    def codec(self) -> RecordCodec:
        if not self.encrypted:
            return RecordCodec()
        keystore = RedisKeyStore.from_url(f"{self.url}/1", timeout=self.timeout)
        return RecordCodec(RecordCipher(KeyRing(self.keys), keystore))

    def open(self) -> RedisStorage:
        return RedisStorage.from_url(f"{self.url}/0", timeout=self.timeout, codec=self.codec())

    def tidy(self) -> None:
        """Wait until the server has worked off what killed clients had sent it."""
        with self.client() as client:
            while len(client.client_list(_type="normal")) > 1:
                time.sleep(0.002)

    def __enter__(self) -> RedisPlace:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


def answers(client: Any) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


def server_version(place: RedisPlace) -> str:
    with place.client() as client:
        version = client.info("server")["redis_version"]
    return f"Redis {version} ({' '.join(place.options)}), redis-py {redis.__version__}"
