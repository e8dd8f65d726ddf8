"""A process killed in the middle of an enrollment leaves the whole caller with consent, or nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from opusagent_voiceprint.models import Purpose
from opusagent_voiceprint.storage import CallerStore, JSONStorage, SQLiteStorage

CHILD = Path(__file__).parent / "enroll_in_a_process.py"

# Said by the child when it gets there; it is killed as soon as this is read.
MOMENTS = ["asked", "named", "storing", "stored", "confirmed", "memory", "ended"]


def open_store(backend: str, folder: Path) -> CallerStore:
    return SQLiteStorage(folder / "voices.db") if backend == "sqlite" else JSONStorage(folder / "voices.json")


@pytest.mark.parametrize("backend", ["sqlite", "json"])
def test_p3_killed_at_any_moment_of_an_enrollment_leaves_all_or_nothing(tmp_path: Path, backend: str) -> None:
    for moment in MOMENTS:
        folder = tmp_path / moment
        folder.mkdir()
        child = subprocess.Popen(
            [sys.executable, str(CHILD), str(folder), backend, moment],
            stdout=subprocess.PIPE,
            text=True,
            env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)),
        )
        assert child.stdout is not None
        for line in child.stdout:
            if line.strip() == moment:
                break
        else:
            pytest.fail(f"the child ended without saying {moment!r}")
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()

        with open_store(backend, folder) as store:
            callers = list(store.all())
        if moment in ("asked", "named"):
            assert callers == []
        if moment in ("stored", "confirmed", "memory", "ended"):
            assert len(callers) == 1
        for caller in callers:
            assert caller.name == "Ada"
            assert len(caller.voiceprints) == 1
            assert caller.consent(Purpose.VOICEPRINT) is not None
            assert caller.consent(Purpose.VOICEPRINT).answer == "Yes, please."  # type: ignore[union-attr]
            assert not caller.memory or caller.consent(Purpose.MEMORY) is not None
