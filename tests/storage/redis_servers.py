"""Redis servers for tests: of their own, killed and restarted, and a line to one that loses replies."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

AT_ONCE = ("--repl-diskless-sync-delay", "0")
"""For a master that shall not wait for more replicas before it serves the first."""


def a_free_port() -> int:
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port < 55_000:  # a cluster also uses the port 10,000 above
            return port


def answers(client: Any) -> bool:
    import redis

    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


class RedisServer:
    """One redis-server; ``options`` are its command line's."""

    def __init__(self, directory: Path, *options: str, port: int | None = None) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self.port = port or a_free_port()
        self.options = options
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def client(self, **options: Any) -> Any:
        import redis

        return redis.Redis(host="127.0.0.1", port=self.port, **options)

    def start(self, *, wait: bool = True) -> RedisServer:
        binary = shutil.which("redis-server")
        assert binary is not None, "redis-server is not installed"
        place = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.directory)]
        options = self.options if "--port" in self.options else (*place, *self.options)
        self.process = subprocess.Popen(
            [binary, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        if wait:
            self.wait()
        return self

    def wait(self) -> None:
        with self.client() as client:
            deadline = time.monotonic() + 15
            while not answers(client):
                assert time.monotonic() < deadline, "redis-server does not come up"
                time.sleep(0.01)

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def __enter__(self) -> RedisServer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()


class LossyLine:
    """A line to a server on which the next replies can be lost: the request arrives, then it breaks."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.to_pass = 0
        """How many replies come through before the first is lost."""
        self.to_lose = 0
        self.lost = 0
        self.meanwhile: Callable[[], object] | None = None
        """Done once when a reply is lost, before anybody notices."""
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        # redis-py sends one command and waits for its reply, so that what comes after a request answers it.
        with contextlib.suppress(OSError), near, socket.create_connection(("127.0.0.1", self._to)) as far:
            threading.Thread(target=self._forward, args=(near, far), daemon=True).start()
            while reply := far.recv(65536):
                if self.to_lose and self.to_pass:
                    self.to_pass -= 1
                elif self.to_lose:
                    self.to_lose -= 1
                    self.lost += 1
                    if self.meanwhile is not None:
                        meanwhile, self.meanwhile = self.meanwhile, None
                        meanwhile()
                    near.shutdown(socket.SHUT_RDWR)
                    return
                near.sendall(reply)

    def _forward(self, near: socket.socket, far: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while request := near.recv(65536):
                far.sendall(request)
            far.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listener.close()


@contextlib.contextmanager
def replicas_with_sentinel(directory: Path) -> Iterator[tuple[RedisServer, RedisServer, RedisServer]]:
    """A master, its replica, and a sentinel that makes that one the master when it dies."""
    with contextlib.ExitStack() as stack:
        master = stack.enter_context(RedisServer(directory / "master", "--save", "", *AT_ONCE))
        replica = stack.enter_context(
            RedisServer(directory / "replica", "--save", "", "--replicaof", "127.0.0.1", str(master.port))
        )
        with replica.client() as client:
            deadline = time.monotonic() + 10
            while client.info("replication")["master_link_status"] != "up":
                assert time.monotonic() < deadline, "the replica does not get in step"
                time.sleep(0.05)
        port = a_free_port()
        settings = directory / "sentinel.conf"
        settings.write_text(
            f"port {port}\nbind 127.0.0.1\ndir {directory}\n"
            f"sentinel monitor voices 127.0.0.1 {master.port} 1\n"
            "sentinel down-after-milliseconds voices 500\nsentinel failover-timeout voices 2000\n"
        )
        sentinel = RedisServer(directory, str(settings), "--sentinel", port=port)
        sentinel.options = (str(settings), "--sentinel", "--port", str(port))
        stack.enter_context(sentinel)
        with sentinel.client() as client:
            deadline = time.monotonic() + 15
            while not client.sentinel_slaves("voices"):
                assert time.monotonic() < deadline, "the sentinel does not find the replica"
                time.sleep(0.1)
        yield master, replica, sentinel
