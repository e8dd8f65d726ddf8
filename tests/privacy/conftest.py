"""Each kind of store, with a key and without, and a Redis whose dump can be read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from privacy_places import Place
from redis_servers import RedisServer


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A server of our own that writes its dump only when told to, and uncompressed."""
    if shutil.which("redis-server") is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("redis-server is not installed")
    folder = tmp_path_factory.mktemp("redis")
    with RedisServer(folder, "--save", "", "--appendonly", "no", "--rdbcompression", "no") as server:
        yield server


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """``kind`` or ``kind-encrypted``, as the test's parameter says."""
    kind, _, encrypted = str(request.param).partition("-")
    folder = tmp_path / "store"
    folder.mkdir(mode=0o700)
    server: RedisServer | None = None
    if kind == "redis":
        server = request.getfixturevalue("redis_server")
        assert server is not None
        with closing(server.client()) as client:
            client.flushall()
    return Place(kind, bool(encrypted), folder, server)
