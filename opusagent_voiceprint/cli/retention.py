"""``opusagent-voiceprint retention``: erasing who has not called for the retention period, now."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from opusagent_voiceprint.calls.purge import RetentionPurge
from opusagent_voiceprint.cli.storage_report import show_lines
from opusagent_voiceprint.cli.words import counted
from opusagent_voiceprint.models import utc_now
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage import open_store

__all__ = ["retention"]

retention = typer.Typer(no_args_is_help=True, help="Who has not called for the retention period.")


@retention.callback()
def retentions() -> None:
    """Who has not called for the retention period."""


@retention.command()
def run(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say who would be erased, and erase nobody.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Do not wait, where they are more than half of all callers, say.")
    ] = False,
) -> None:
    """Erase everybody who was not heard of for VOICE_RETENTION_DAYS, and name them by their ids.

    Every process that uses the store does so once an hour; this is for machines on which none runs all day.
    Exits with 1 if anybody is left who should have been erased: --force, or the log, says why.
    """
    settings = VoiceFingerprintConfig()
    purge = RetentionPurge(settings, utc_now, lambda _: None, force=force, erases=not dry_run)
    with open_store(settings) as store:
        purge.step(store)
        while purge.under_way:
            purge.step(store)
        left = [each for each in purge.found if store.get(each) is not None]
    erased = [each for each in purge.found if each not in set(left)]
    show_lines(Console(), purge.found if dry_run else erased)
    period = f"no call for {settings.retention_days} days"
    if dry_run:
        now = 0 if purge.why_held else len(purge.found)
        typer.echo(f"{counted(now, 'caller')} would be erased now: {period}")
    else:
        typer.echo(f"{counted(len(erased), 'caller was', 'callers were')} erased: {period}")
    if purge.why_held:
        typer.echo(
            f"{counted(len(left), 'caller is', 'callers are')} {'held' if dry_run else 'left'}: "
            f"{purge.why_held}, and the clock may be wrong. "
            "If it is right, run it again with --force.",
            err=True,
        )
    elif left and not dry_run:
        typer.echo(
            f"{counted(len(left), 'caller')} could not be erased, or called just now; run it again.", err=True
        )
    raise typer.Exit(1 if left and not dry_run else 0)
