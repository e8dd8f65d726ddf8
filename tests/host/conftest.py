"""These tests run against a real checkout of OpusAgent, which ``OPUSAGENT_SRC`` names."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from opusagent_server import OpusAgentServer, free_port, interpreter

WHY = (
    "OPUSAGENT_SRC does not name a checkout of OpusAgent; OPUSAGENT_PYTHON names the interpreter that has "
    "its requirements and this project"
)


@pytest.fixture(scope="session")
def checkout() -> Path:
    """OpusAgent's source."""
    named = os.environ.get("OPUSAGENT_SRC")
    if not named:
        pytest.skip(WHY)
    folder = Path(named).resolve()
    assert (folder / "opusagent" / "main.py").is_file(), f"OPUSAGENT_SRC={named} is no checkout of OpusAgent"
    return folder


Start = Callable[..., OpusAgentServer]


@pytest.fixture(scope="module")
def start_server(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts servers that are stopped after the module's last test."""
    servers: list[OpusAgentServer] = []

    def start(**options: object) -> OpusAgentServer:
        environment = {key: str(value) for key, value in options.pop("environment", {}).items()}  # type: ignore[attr-defined]
        server = OpusAgentServer(
            checkout,
            interpreter(),
            tmp_path_factory.mktemp("opusagent"),
            free_port(),
            environment,
            **options,  # type: ignore[arg-type]
        )
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="module")
def server(start_server: Start) -> OpusAgentServer:
    """One server for the tests of a module: production path, one session a connection."""
    return start_server()
