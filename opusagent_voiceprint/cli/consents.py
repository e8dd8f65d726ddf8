"""``opusagent-voiceprint consents``: the ledger of who agreed to what, for whoever has to prove it."""

from __future__ import annotations

import json
import os
import re
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from opusagent_voiceprint.cli.words import counted
from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage import files, open_store
from opusagent_voiceprint.storage.ledger import (
    Head,
    LedgerEntry,
    Problem,
    Verification,
    archived_entries,
    entries_of,
    exported,
    read_exported,
    verify_chain,
    verify_ledger,
)

__all__ = ["consents"]

consents = typer.Typer(no_args_is_help=True, help="The ledger of consents: see it, check it, take it along.")


@consents.command("show")
def show(
    caller_id: Annotated[str, typer.Argument(help="Only what is about this caller.")] = "",
    last: Annotated[int, typer.Option(min=1, max=100_000, help="How many of the newest.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print them as data, one a line.")] = False,
) -> None:
    """List what was agreed to, withdrawn and erased, and when; erased callers too, by id alone."""
    with open_store(VoiceFingerprintConfig()) as store:
        of_one = (each for each in _readable(entries_of(store)) if caller_id in ("", each.subject))
        found = deque(of_one, maxlen=last)
    if as_json:
        for each in found:
            typer.echo(json.dumps(_as_data(each)))
        return
    table = Table("entry", "on", "event", "purpose", "caller", "words", "language", "channel", "why")
    for each in found:
        table.add_row(
            str(each.sequence),
            each.on.isoformat(),
            each.event.value,
            each.purpose.value if each.purpose else "",
            each.subject,
            f"{each.wording_version} {each.wording_hash[:8]}".strip(),
            each.language,
            each.channel,
            each.reason or (each.evidence.value if each.evidence else ""),
        )
    Console().print(table)


@consents.command("verify")
def verify(
    file: Annotated[
        Path | None, typer.Option(help="A file of `consents export`, in place of the store; needs no key.")
    ] = None,
    head: Annotated[
        str, typer.Option(help="NUMBER:HASH as an earlier verification printed it; it must be in the chain.")
    ] = "",
) -> None:
    """Check that no entry was removed or changed, and that the store has the consents of the ledger.

    Prints the newest entry's number and hash. Keep it elsewhere: only with it can be told that the newest
    entries, or the whole ledger, were put back or replaced. Exits with 1 if something is wrong.
    """
    known = _head(head)
    if file is not None:
        found = Verification()
        found.head, _ = verify_chain(read_exported(file), found.problems, known=known)
    else:
        with open_store(VoiceFingerprintConfig()) as store:
            found = verify_ledger(store, known=known)
    for problem in found.problems:
        typer.echo(str(problem), err=True)
    compared = f", compared with {counted(found.callers, 'caller')}" if file is None else ""
    problems = counted(len(found.problems), "problem") if found.problems else "no problems"
    typer.echo(f"{counted(found.head.sequence, 'entry', 'entries')}{compared}: {problems}")
    typer.echo(f"head {found.head.sequence}:{found.head.hash}")
    if known is None:
        typer.echo(
            "Keep the head elsewhere, and give it next time with --head: without one it cannot be seen "
            "that the newest entries were removed with their callers, or that the whole store was put back "
            "to an earlier copy."
        )
    raise typer.Exit(1 if found.problems else 0)


@consents.command("export")
def export(
    file: Annotated[Path | None, typer.Option(help="A file, for its owner only.")] = None,
    archived: Annotated[
        bool,
        typer.Option("--archived", help="Those of stores that were moved here, one after the other."),
    ] = False,
) -> None:
    """Print the whole ledger as JSON, one entry a line, for an archive or an auditor.

    It holds no name, number, word or voice; who was erased is an id of which nothing else is left. That is so
    as far as ids are opaque: those that an application gave are in it as they are.
    """
    with open_store(VoiceFingerprintConfig()) as store:
        problems: list[Problem] = []
        if archived:
            entries = [entry for _, entry in archived_entries(store)]
            head = Head(len(entries), "archived")
        else:
            head, entries = verify_chain(entries_of(store), problems)
    text = exported(entries)
    if file is None:
        typer.echo(text, nl=False)
    else:
        if os.path.lexists(file):
            raise StorageError(f"{file} is there already, and was left as it is: name another file")
        files.replace_file(file, file.with_name(f"{file.name}.writing"), text.encode())
        typer.echo(
            f"{counted(len(entries), 'entry is', 'entries are')} in {file}; head {head.sequence}:{head.hash}"
        )
    for problem in problems:
        typer.echo(str(problem), err=True)
    if given := sum(not _is_ours(each.subject) for each in entries):
        typer.echo(
            f"{counted(given, 'entry is', 'entries are')} of ids that an application gave: see that "
            "nobody can be told by them.",
            err=True,
        )
    raise typer.Exit(1 if problems else 0)


def _readable(entries: Iterable[LedgerEntry | Problem]) -> Iterator[LedgerEntry]:
    for each in entries:
        if isinstance(each, Problem):
            typer.echo(str(each), err=True)
        else:
            yield each


def _as_data(entry: LedgerEntry) -> dict[str, Any]:
    return {**entry.as_data(), "hash": entry.hash}


def _is_ours(caller_id: str) -> bool:
    """Whether an id is random, as calls make them."""
    return re.fullmatch(r"caller_[0-9a-f]{32}", caller_id) is not None


def _head(text: str) -> Head | None:
    if not text:
        return None
    number, _, digest = text.partition(":")
    if not (number.isascii() and number.isdigit() and len(digest) == 64):
        raise StorageError(f"--head {text!r} is not allowed: NUMBER:HASH, as `consents verify` prints it")
    return Head(int(number), digest)
