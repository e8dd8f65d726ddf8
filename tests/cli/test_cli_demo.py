"""The command line: the demo plays five calls and passes only if everything really happened."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from opusagent_voiceprint import __version__
from opusagent_voiceprint.cli.app import app
from opusagent_voiceprint.cli.demo_report import DemoCall, DemoReport, TimelineEntry
from opusagent_voiceprint.cli.timeline import show_report


@pytest.fixture(scope="module")
def demo() -> dict[str, Any]:
    result = CliRunner().invoke(app, ["demo", "--json", "--speed", "16"])
    assert result.exit_code == 0, result.output
    report: dict[str, Any] = json.loads(result.stdout)
    return report


def test_the_demo_passes_and_every_check_of_every_call_holds(demo: dict[str, Any]) -> None:
    assert demo["passed"]
    assert len(demo["calls"]) == 5
    for call in demo["calls"]:
        assert call["checks"]
        assert all(check["passed"] for check in call["checks"]), call["title"]


def test_the_demo_decides_as_it_says(demo: dict[str, Any]) -> None:
    decisions = [call["decision"] for call in demo["calls"]]
    assert decisions == ["unknown", "recognised", "unknown", "recognised, then forgotten", "unknown"]
    for call in demo["calls"]:
        assert 1.5 <= call["net_speech_seconds"] <= 8.0
        assert call["decision_latency_ms"] > 0


def test_the_demo_names_the_caller_only_where_she_agreed(demo: dict[str, Any]) -> None:
    named = [
        any("Ada" in entry["what"] for entry in call["timeline"] if entry["who"] == "agent")
        for call in demo["calls"]
    ]
    assert named == [True, True, False, True, False]  # in the first she has just given her name


def test_the_settings_of_whoever_runs_the_demo_do_not_change_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from pathlib import Path

    from opusagent_voiceprint.cli.demo import _settings

    monkeypatch.setenv("VOICE_FINGERPRINTING_ENABLED", "false")
    monkeypatch.setenv("VOICE_SIMILARITY_THRESHOLD", "0.99")
    settings = _settings(Path("voices.db"))
    assert settings.enabled
    assert settings.similarity_threshold == 0.75


def test_a_check_that_fails_fails_the_report_and_is_shown() -> None:
    call = DemoCall("Call 1", "line", timeline=[TimelineEntry(0.5, "agent", "Hello!")])
    call.checks = [("greeted", True), ("recognised", False)]
    report = DemoReport([call] * 5)
    assert not report.passed
    console = Console(record=True, width=100)
    show_report(report, console)
    text = console.export_text()
    assert "FAIL  recognised" in text
    assert "5 of 10 checks hold: NOT everything" in text


def test_a_demo_that_lost_a_call_does_not_pass() -> None:
    call = DemoCall("Call 1", "line", checks=[("greeted", True)])
    assert not DemoReport([call] * 4).passed
    assert DemoReport([call] * 5).passed


def test_the_version_is_printed() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout.strip() == __version__
