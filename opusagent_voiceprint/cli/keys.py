"""``opusagent-voiceprint keys``: making, rotating and counting the keys that records are encrypted with."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from opusagent_voiceprint.errors import EncryptionError
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage import files, generate_key
from opusagent_voiceprint.storage.encryption import RecordCipher, read_keys
from opusagent_voiceprint.storage.encryption.rotation import KeyStatus, key_status, reseal_all
from opusagent_voiceprint.storage.factory import open_cipher

__all__ = ["keys"]

keys = typer.Typer(no_args_is_help=True, help="The keys that records are encrypted with.")


@keys.command()
def generate(
    file: Annotated[
        Path | None,
        typer.Option(help="Put it in front of the keys in this file, which is made if it is not there."),
    ] = None,
) -> None:
    """Make a master key, and print it or put it into a file.

    Set VOICE_ENCRYPTION_KEY to what is printed, or VOICE_ENCRYPTION_KEY_FILE to the file. Without the key
    nobody can read what is stored: keep it where the data are not.
    """
    key = generate_key()
    if file is None:
        typer.echo(key)
        return
    older = file.read_text("ascii") if file.exists() and read_keys(file) else ""
    files.replace_file(file, file.with_name(f"{file.name}.writing"), f"{key}\n{older}".encode("ascii"))
    typer.echo(f"{os.fspath(file)} has a new key in front.")
    if older:
        typer.echo("Give it to every process, then run `opusagent-voiceprint keys rotate`.")


@keys.command()
def rotate() -> None:
    """Seal every caller's key with the newest master key, while calls go on.

    First put the new key in front of the old ones in VOICE_ENCRYPTION_KEY, or in the file, and restart every
    process that uses the store. Then run this; it may be stopped and run again. Then take the old key away.
    """
    cipher = _cipher()
    try:
        before = key_status(cipher)
        if before.unknown:
            _refuse_unknown(before)
        changed = _reseal(cipher, before)
        after = key_status(cipher)
    finally:
        cipher.close()
    typer.echo(f"{changed} keys are sealed with {after.newest} now; {after.to_rotate} are not.")
    for unused in after.unused:
        typer.echo(f"{unused} seals nothing any more: take it out of the list.")
    raise typer.Exit(1 if after.to_rotate else 0)


@keys.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print it as data.")] = False,
) -> None:
    """Say which master key seals how many callers' keys. The keys themselves are not shown.

    Exits with 1 if some are sealed with a master key that is not given: their callers cannot be read.
    """
    cipher = _cipher()
    try:
        found = key_status(cipher)
    finally:
        cipher.close()
    if as_json:
        data = {
            "newest": found.newest,
            "given": found.given,
            "by_master": found.by_master,
            "destroyed": found.destroyed,
        }
        typer.echo(json.dumps(data, indent=2))
    else:
        _show(found)
    raise typer.Exit(1 if found.unknown else 0)


def _cipher() -> RecordCipher:
    cipher = open_cipher(VoiceFingerprintConfig())
    if cipher is None:
        raise EncryptionError(
            "nothing is encrypted: VOICE_ENCRYPTION_KEY is not set; make a key with "
            "`opusagent-voiceprint keys generate`"
        )
    return cipher


def _refuse_unknown(found: KeyStatus) -> None:
    missing = sorted(set(found.by_master) - set(found.given))
    raise EncryptionError(
        f"{found.unknown} keys are sealed with master keys that are not given ({', '.join(missing)}): add "
        "them to the end of the list. Nothing was changed."
    )


def _reseal(cipher: RecordCipher, before: KeyStatus) -> int:
    errors = Console(stderr=True)
    changed = 0
    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task("sealing keys anew", total=sum(before.by_master.values()))
        for each in reseal_all(cipher):
            progress.advance(task)
            changed += each.changed
            if each.error:
                errors.print(each.error, markup=False, highlight=False, soft_wrap=True)
    return changed


def _show(found: KeyStatus) -> None:
    table = Table("master key", "callers' keys", "")
    for master in dict.fromkeys([*found.given, *sorted(found.by_master)]):
        remark = (
            "newest" if master == found.newest else "to rotate" if found.by_master.get(master) else "unused"
        )
        if master not in found.given:
            remark = "not given: these callers cannot be read"
        table.add_row(master, str(found.by_master.get(master, 0)), remark)
    Console().print(table)
    typer.echo(f"{found.destroyed} were destroyed: their callers were erased.")
