"""``opusagent-voiceprint callers``: what one person is owed, and the numbers that wait for a review."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from opusagent_voiceprint.cli.words import counted
from opusagent_voiceprint.errors import StorageError, UnknownCallerError
from opusagent_voiceprint.models import Caller, utc_now
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage import files, open_store
from opusagent_voiceprint.storage.ledger import last_erasure
from opusagent_voiceprint.storage.reviews import Review, release, reviews

__all__ = ["callers"]

_PARTS: Final = {
    "keys": ("key",),
    "voiceprints": ("voiceprint",),
    "consents": ("consent",),
    "facts": ("fact",),
    "summaries": ("summary", "summaries"),
    "phone_links": ("phone link",),
}
"""What an erasure counts, in words."""

callers = typer.Typer(no_args_is_help=True, help="Access, erasure, and requests that wait for a review.")


@callers.command("export")
def export_caller(
    caller_id: str,
    file: Annotated[
        Path | None, typer.Option(help="A file, for its owner only, in place of the terminal.")
    ] = None,
    embeddings: Annotated[
        bool, typer.Option("--embeddings", help="With the voiceprints' numbers: biometric data.")
    ] = False,
) -> None:
    """Print all that is stored of a caller as JSON: profile, memory, consents, and which voiceprints.

    For who asks what is kept about them, once you have made sure that it is they who ask.
    """
    with open_store(VoiceFingerprintConfig()) as store:
        caller = store.get(caller_id)
    if caller is None:
        raise UnknownCallerError(f"there is no caller {caller_id!r} in this store; nothing was exported")
    text = json.dumps(_export(caller, embeddings=embeddings), indent=2, ensure_ascii=False)
    if file is None:
        typer.echo(text)
        return
    if os.path.lexists(file):
        raise StorageError(f"{file} is there already, and was left as it is: name another file")
    files.replace_file(file, file.with_name(f"{file.name}.writing"), f"{text}\n".encode())
    typer.echo(f"caller {caller_id} is in {file}")


@callers.command("erase")
def erase_caller(caller_id: str) -> None:
    """Erase a caller with everything of theirs, in every process within a second; print a receipt."""
    settings = VoiceFingerprintConfig()
    with open_store(settings) as store:
        existed = store.erase(caller_id, reason="operator")
        sealed = store.codec.cipher is not None
        receipt = last_erasure(store, caller_id) if existed else None
    if not existed:
        raise UnknownCallerError(f"there is no caller {caller_id!r} in this store; nothing was erased")
    at = _time(utc_now())
    typer.echo(f"caller {caller_id} was erased at {at}: profile, voiceprints, memory, consents and links")
    typer.echo(
        "The caller's key was destroyed: no backup of the store can be read."
        if sealed
        else "The store is not encrypted: backups of it still have the caller, if there are any."
    )
    if receipt is not None:
        counts = ", ".join(
            counted(count, *_PARTS.get(what, (what, what))) for what, count in receipt.erased.items()
        )
        typer.echo(
            f"receipt: entry {receipt.sequence} of the consent ledger, {receipt.hash}: {counts or 'damaged'}"
        )


@callers.command("review")
def list_reviews(
    as_json: Annotated[bool, typer.Option("--json", help="Print them as data.")] = False,
) -> None:
    """List the numbers whose callers withdrew and were not recognised: nobody from them is recognised now.

    Find out who it was, erase them with `callers erase`, then `callers release` the number.
    """
    with open_store(VoiceFingerprintConfig()) as store:
        waiting = reviews(store)
    if as_json:
        typer.echo(json.dumps([_as_data(each) for each in waiting], indent=2))
        return
    table = Table("reference", "asked at", "why", "on call", "who may be meant")
    for each in waiting:
        table.add_row(each.reference, _time(each.at), each.why, each.call_id, " ".join(each.caller_ids))
    Console().print(table)
    typer.echo(f"{counted(len(waiting), 'number waits', 'numbers wait')} for a review")


@callers.command("release")
def release_number(reference: str) -> None:
    """Have the callers of a reviewed number recognised again, if they are still enrolled."""
    with open_store(VoiceFingerprintConfig()) as store:
        released = release(store, reference)
    left = f"; still enrolled from it: {', '.join(released.caller_ids)}" if released.caller_ids else ""
    typer.echo(f"{released.reference} is released{left}")


def _export(caller: Caller, *, embeddings: bool) -> dict[str, Any]:
    vectors = set() if embeddings else {"embedding", "wide_embedding"}
    left_out = {"version": True, "voiceprints": {"__all__": vectors}} if vectors else {"version": True}
    return {
        "exported_at": _time(utc_now()),
        "caller": caller.model_dump(mode="json", exclude=left_out),  # type: ignore[arg-type]
        "embeddings": "included" if embeddings else "left out; --embeddings includes them",
    }


def _as_data(review: Review) -> dict[str, Any]:
    return {
        "reference": review.reference,
        "at": _time(review.at) or None,
        "why": review.why,
        "call_id": review.call_id,
        "caller_ids": list(review.caller_ids),
    }


def _time(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
