"""``opusagent-voiceprint storage``: moving callers elsewhere, backups of them, and checking a store."""

from __future__ import annotations

import typer

from opusagent_voiceprint.cli.storage_backup import backup, restore
from opusagent_voiceprint.cli.storage_check import check
from opusagent_voiceprint.cli.storage_migrate import migrate

__all__ = ["storage"]

storage = typer.Typer(no_args_is_help=True, help="Moves, backs up and checks the stores of callers.")

storage.command()(migrate)
storage.command()(check)
storage.command()(backup)
storage.command()(restore)
