"""A real OpusAgent, from a checkout, as a process with the hooks attached."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

__all__ = ["OpusAgentServer", "free_port"]

READY_WITHIN = 180.0


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class OpusAgentServer:
    """``checkout`` is OpusAgent's source, ``python`` an interpreter with its requirements and this project.

    ``realtime_port`` is where the Realtime service is; everything it writes goes to ``folder``.
    """

    checkout: Path
    python: str
    folder: Path
    realtime_port: int
    environment: dict[str, str]
    command: tuple[str, ...] = ("-m", "uvicorn", "opusagent.main:app")
    hooks: bool = True
    options: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.port = free_port()
        self.log = self.folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def twilio(self) -> str:
        """Where Twilio streams to."""
        return f"ws://127.0.0.1:{self.port}/twilio-agent"

    @property
    def audiocodes(self) -> str:
        """Where AudioCodes connects to."""
        return f"ws://127.0.0.1:{self.port}/ws/telephony"

    @property
    def voice_webhook(self) -> str:
        """What Twilio asks what to do with a call."""
        return f"http://127.0.0.1:{self.port}/twilio/voice"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        run = [self.python, "-m", "opusagent_hooks.run", "run", "--"] if self.hooks else []
        where = ["--host", "127.0.0.1", "--port", str(self.port)]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [*run, self.python, *self.command, *where, *self.options],
                cwd=self.folder,
                env=self._environ(),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=2.0):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"OpusAgent did not start:\n{self.text()[-4000:]}")

    def stop(self) -> None:
        """Stop it and everything it started."""
        process, self._process = self._process, None
        if process is None:
            return
        for kill in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, kill)
                process.wait(timeout=15.0)
            except subprocess.TimeoutExpired:
                continue
            except ProcessLookupError:
                process.wait()
            return

    def text(self) -> str:
        """What it wrote to its log."""
        return self.log.read_text(errors="replace")

    def hooks_called(self, call_id: str) -> list[str]:
        """The hooks that were called for a call, as the plugin ``hook_log`` wrote them down."""
        return [" ".join([hook, *rest]) for _, hook, its, *rest in self.hook_lines() if its == call_id]

    def hook_lines(self) -> list[list[str]]:
        """Process, hook, call and what goes with it, for each hook that was called."""
        log = self.folder / "hooks.log"
        return [line.split() for line in log.read_text().splitlines()] if log.exists() else []

    def _environ(self) -> dict[str, str]:
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TMPDIR") if key in os.environ}
        return {
            **kept,
            "PYTHONPATH": os.pathsep.join([str(self.checkout), str(Path(__file__).parent)]),
            "OPUSAGENT_PLUGINS": "voiceprint,hook_log",
            "HOOK_LOG": str(self.folder / "hooks.log"),
            "PYTHONUNBUFFERED": "1",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "USE_LOCAL_REALTIME": "false",
            "OPUSAGENT_USE_MOCK": "false",
            "OPENAI_API_KEY": "sk-nobodys",
            "OPENAI_API_BASE_URL": f"ws://127.0.0.1:{self.realtime_port}",
            "WEBSOCKET_MAX_SESSIONS_PER_CONNECTION": "1",
            "VOICE_STORAGE_BACKEND": "sqlite",
            "VOICE_STORAGE_PATH": str(self.folder / "voices.db"),
            **self.environment,
        }


def interpreter() -> str:
    """Whose requirements are OpusAgent's: ``OPUSAGENT_PYTHON``, or the interpreter of the tests."""
    return os.environ.get("OPUSAGENT_PYTHON", sys.executable)
