"""``opusagent-voiceprint policy``: what is kept of callers, for publication."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from opusagent_voiceprint.cli.public_policy import figures, public_policy
from opusagent_voiceprint.settings import VoiceFingerprintConfig

__all__ = ["policy"]

policy = typer.Typer(no_args_is_help=True, help="The public retention policy.")


@policy.callback()
def policies() -> None:
    """The public retention policy."""


@policy.command()
def show(
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as data.")] = False,
) -> None:
    """Print the public retention policy that the settings come to, in English.

    For your web site, and for whoever asks. It is printed from the settings of this very machine: print it
    again whenever they change. Have it read by somebody who knows the law.
    """
    settings = VoiceFingerprintConfig()
    if as_json:
        typer.echo(json.dumps(figures(settings), indent=2, ensure_ascii=False))
    else:
        typer.echo(public_policy(settings), nl=False)
