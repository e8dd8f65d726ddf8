"""Runs the trials of trials.py, and says of each whether what it left is as it must be."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from faults.trials import CONTROL, STORES, changes_of, prepare
from storage_media import contents

HERE = Path(__file__).parent
WRITE, SYNC, RENAME, TRUNCATE, OPEN, UNLINK, SYNC_DIRECTORY = range(1, 8)
SCRUBBED = ("update", "erase", "note", "destroy")
"""The changes after which a database's log is emptied. The change is done then, and that may fail."""


def compile_library(directory: Path) -> Path | None:
    """The library that makes calls fail; None where there is no compiler, or no LD_PRELOAD."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        return None
    library = directory / "failing_writes.so"
    command = [
        compiler,
        "-shared",
        "-fPIC",
        "-O1",
        "-o",
        str(library),
        str(HERE / "failing_writes.c"),
        "-ldl",
    ]
    subprocess.run(command, check=True)
    return library


def run_trials(subject: str, library: Path, out: Path) -> list[dict[str, Any]]:
    """What came of each trial; what it left lies below ``out``."""
    control = out / "control"
    control.write_bytes(CONTROL.pack(-1, 0, 0, 0, 0))
    environment = {
        **os.environ,
        "LD_PRELOAD": str(library),
        "FAULTS_CONTROL": str(control),
        "FAULTS_DIRECTORY": str(out),
    }
    command = [sys.executable, str(HERE / "trials.py"), subject, str(out)]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=250, check=False)
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def state(subject: str, path: Path) -> Any:
    """All that can be read of a store."""
    with STORES[subject](path) as opened:
        store: Any = opened
        if subject == "keystore":
            return sorted(store.items(), key=lambda item: str(item[0]))
        callers = sorted(contents(caller) for caller in store.all())
        links = {link: store.ids_by_phone(link) for link in ("link-of-caller_1", "link-of-new")}
        refusals = [each.subject for each in store.refusals()]
        assert store._damaged() == []
        return callers, links, refusals, store._note_keys("secret")


def judge(subject: str, results: list[dict[str, Any]], out: Path) -> list[str]:
    """What is wrong with each trial; empty where nothing is."""
    old = state(subject, out / "original" / "file")
    wanted: dict[str, Any] = {}
    for name, change in changes_of(subject).items():
        prepare(subject, out / "wanted" / name)
        with STORES[subject](out / "wanted" / name / "file") as store:
            change(store)
        wanted[name] = state(subject, out / "wanted" / name / "file")
        assert wanted[name] != old
    return [_wrong(subject, told, out, old, wanted[told["change"]]) for told in results]


def _wrong(subject: str, told: dict[str, Any], out: Path, old: Any, wanted: Any) -> str:
    found = state(subject, out / told["place"] / "file")
    if told["outcome"] == "done":
        if found != wanted:
            return "done, but not there"
        if told["failed"] == SYNC and (subject == "json" or told["change"] not in SCRUBBED):
            return "done, but perhaps not on the disk"
        return "the same of the directory" if (told["failed"], subject) == (SYNC_DIRECTORY, "json") else ""
    if told["outcome"] != "error":
        return f"{told['error']} is no error of ours"
    if not told["failed"]:
        return "an error although nothing failed"
    if str(out / told["place"]) not in told["said"]:
        return "the error does not name the file"
    if found == old or (found == wanted and "not known" in told["said"]):
        return ""
    return "an error, but the old state is not there"
