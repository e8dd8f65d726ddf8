"""The commands and their options."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Annotated

import typer
from rich.console import Console

from opusagent_voiceprint import __version__
from opusagent_voiceprint.cli.calibrate import calibrate
from opusagent_voiceprint.cli.callers import callers
from opusagent_voiceprint.cli.consents import consents
from opusagent_voiceprint.cli.evaluate import evaluate
from opusagent_voiceprint.cli.keys import keys
from opusagent_voiceprint.cli.policy import policy
from opusagent_voiceprint.cli.retention import retention
from opusagent_voiceprint.cli.storage import storage
from opusagent_voiceprint.cli.voiceprints import voiceprints
from opusagent_voiceprint.errors import VoiceprintError

__all__ = ["app", "main"]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Recognises returning phone callers by their voice, and remembers what they agreed to.",
)


@app.callback(invoke_without_command=True)
def options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """Options before a command."""
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command()
def demo(
    as_json: Annotated[bool, typer.Option("--json", help="Print the calls as data.")] = False,
    speed: Annotated[
        float, typer.Option(min=0.5, max=20.0, help="How many times faster than real time calls pass.")
    ] = 8.0,
) -> None:
    """Play five calls through everything: enroll, recognise, tell apart, forget.

    Exits with 0 only if all of it really happened.
    """
    from opusagent_voiceprint.cli.demo import run_demo
    from opusagent_voiceprint.cli.timeline import show_report

    report = asyncio.run(run_demo(speed))
    if as_json:
        typer.echo(json.dumps(report.as_data(), indent=2, ensure_ascii=False))
    else:
        show_report(report, Console())
    raise typer.Exit(0 if report.passed else 1)


app.command()(evaluate)
app.command()(calibrate)
app.add_typer(callers, name="callers")
app.add_typer(consents, name="consents")
app.add_typer(keys, name="keys")
app.add_typer(voiceprints, name="voiceprints")
app.add_typer(storage, name="storage")
app.add_typer(policy, name="policy")
app.add_typer(retention, name="retention")


def main() -> None:
    """Run the command line; an error of ours is one line, not a traceback."""
    try:
        app()
    except VoiceprintError as exc:
        typer.echo(f"opusagent-voiceprint: {exc}", err=True)
        sys.exit(2)
