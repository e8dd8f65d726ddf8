"""What the storage commands show: how far they are, and what came of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from opusagent_voiceprint.storage.moving import OnStep

__all__ = ["progress_bar", "show_counts", "show_lines"]

_MOST_LINES: Final = 1000


@contextlib.contextmanager
def progress_bar(console: Console) -> Iterator[OnStep]:
    """What the stores are told to report their steps to; shows nothing where nobody looks on."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)

        def on_step(step: str, done: int, total: int) -> None:
            bar.update(task, description=step, completed=done, total=total)

        yield on_step


def show_counts(console: Console, title: str, counts: dict[str, int]) -> None:
    """A table of what was counted."""
    table = Table(title, "", title_justify="left")
    for name, count in counts.items():
        table.add_row(name, str(count))
    console.print(table)


def show_lines(console: Console, lines: Sequence[str]) -> None:
    """One line each, as it is: ids may hold what a terminal would obey."""
    for line in lines[:_MOST_LINES]:
        shown = "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in line)
        console.print(shown, markup=False, highlight=False, soft_wrap=True)
    if len(lines) > _MOST_LINES:
        console.print(f"and {len(lines) - _MOST_LINES} more")
