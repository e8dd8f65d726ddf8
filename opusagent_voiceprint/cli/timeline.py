"""Shows the demo's calls as timelines."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from opusagent_voiceprint.cli.demo_report import DemoCall, DemoReport

__all__ = ["show_report"]

_STYLES = {"caller": "bold cyan", "agent": "bold green", "to the model": "yellow", "from the model": "yellow"}


def show_report(report: DemoReport, console: Console) -> None:
    """Print every call, its decision and its checks, and the result."""
    for call in report.calls:
        console.rule(f"[bold]{call.title}[/bold]  ({call.line})")
        console.print(_timeline(call))
        console.print(Text(_decision(call), style="bold"))
        for what, ok in call.checks:
            console.print(Text(f"  {'ok  ' if ok else 'FAIL'}  {what}", style="green" if ok else "bold red"))
        console.print()
    checks = [ok for call in report.calls for _, ok in call.checks]
    verdict = "everything happened as it should" if report.passed else "NOT everything happened as it should"
    console.print(Text(f"{sum(checks)} of {len(checks)} checks hold: {verdict}.", style="bold"))


def _timeline(call: DemoCall) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right")
    table.add_column()
    table.add_column(overflow="fold")
    for entry in call.timeline:
        table.add_row(
            f"{entry.at:.1f} s", Text(entry.who, style=_STYLES.get(entry.who, "")), Text(entry.what)
        )
    return table


def _decision(call: DemoCall) -> str:
    if call.net_speech_seconds is None or call.latency_ms is None:
        return f"decision: {call.decision}"
    return (
        f"decision: {call.decision}, after {call.net_speech_seconds:.1f} s of net speech, "
        f"{call.latency_ms:.0f} ms after the frame that brought it"
    )
