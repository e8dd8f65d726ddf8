"""The storage commands as they are called: help, and errors in one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from opusagent_voiceprint import SQLiteStorage
from opusagent_voiceprint.cli.app import app

PROGRAM = [sys.executable, "-c", "from opusagent_voiceprint.cli import main; main()", "storage"]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("migrate", "FROM is not changed"),
        ("check", "--repair"),
        ("backup", "after it was made"),
        ("restore", "knows nothing of who was erased since"),
    ],
)
def test_the_help_says_what_has_to_be_known_beforehand(
    command: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "2000")
    result = CliRunner().invoke(app, ["storage", command, "--help"])
    assert result.exit_code == 0
    assert said in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["migrate", "voices.db", "json:new.json"],
        ["migrate", "sqlite:gone.db", "json:new.json"],
        ["check", "sqlite:gone.db"],
        ["backup", "x.backup", "json:gone.json"],
        ["backup", ".", "sqlite:there.db"],
        ["backup", "gone/x.backup", "sqlite:there.db"],
        ["restore", "gone.backup", "json:new.json"],
        ["restore", ".", "json:new.json"],
    ],
)
def test_an_error_is_one_line_and_leaves_nothing_behind(arguments: list[str], tmp_path: Path) -> None:
    SQLiteStorage(tmp_path / "there.db").close()
    before = sorted(each.name for each in tmp_path.iterdir())
    done = subprocess.run(
        [*PROGRAM, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("opusagent-voiceprint: ")
    assert done.stderr.count("\n") == 1
    assert sorted(each.name for each in tmp_path.iterdir()) == before
