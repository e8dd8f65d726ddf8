"""The stores under test: each backend, plain and encrypted, over a real file or a real Redis server."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from storage_media import JSONMedium, Medium, RedisMedium, SQLiteMedium, encrypted_codec

from opusagent_voiceprint.storage import CallerStore, RecordCodec


def _unavailable(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}; CI must test every store")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis server of our own, without persistence."""
    try:
        import redis
    except ImportError:
        _unavailable("redis-py is not installed")
    binary = shutil.which("redis-server")
    if binary is None:
        _unavailable("redis-server is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    directory = str(tmp_path_factory.mktemp("redis"))
    options = [
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
        "--dir",
        directory,
    ]
    # Uncompressed, so that tests can look for texts in what DUMP returns.
    server = subprocess.Popen(
        [binary, *options, "--rdbcompression", "no"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"redis://127.0.0.1:{port}/0"
    try:
        with redis.Redis.from_url(url) as client:
            deadline = time.monotonic() + 15
            while True:
                try:
                    client.ping()
                    break
                except redis.ConnectionError:
                    if server.poll() is not None or time.monotonic() > deadline:
                        pytest.fail("redis-server does not come up")
                    time.sleep(0.05)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=15)


@pytest.fixture(params=["json", "sqlite", "redis"])
def new_medium(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Medium]:
    """Makes places for stores of one kind, each empty."""
    if request.param == "redis":
        url = request.getfixturevalue("redis_url")
        return lambda: RedisMedium(url)
    kind = JSONMedium if request.param == "json" else SQLiteMedium
    made: list[Path] = []

    def make() -> Medium:
        made.append(tmp_path / str(len(made)))
        return kind(made[-1])

    return make


@pytest.fixture
def medium(new_medium: Callable[[], Medium]) -> Medium:
    return new_medium()


@pytest.fixture(params=["plain", "encrypted"])
def codec(request: pytest.FixtureRequest, tmp_path: Path) -> RecordCodec:
    return encrypted_codec(tmp_path / "keys") if request.param == "encrypted" else RecordCodec()


@pytest.fixture
def encrypted(tmp_path: Path) -> RecordCodec:
    return encrypted_codec(tmp_path / "keys")


@pytest.fixture
def store(medium: Medium, codec: RecordCodec) -> Iterator[CallerStore]:
    with medium.open(codec) as opened:
        yield opened


@pytest.fixture(params=[JSONMedium, SQLiteMedium], ids=["json", "sqlite"])
def file_medium(request: pytest.FixtureRequest, tmp_path: Path) -> Medium:
    made: Medium = request.param(tmp_path / "store")
    return made
