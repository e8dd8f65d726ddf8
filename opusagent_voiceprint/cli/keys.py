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

from opusagent_voiceprint.cli.words import counted
from opusagent_voiceprint.errors import EncryptionError
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage import files, generate_key
from opusagent_voiceprint.storage.encryption import RecordCipher, read_keys
from opusagent_voiceprint.storage.encryption.rotation import KeyStatus, destroy_store, key_status, reseal_all
from opusagent_voiceprint.storage.factory import open_cipher
from opusagent_voiceprint.storage.moving import Access, Place

__all__ = ["keys"]

keys = typer.Typer(no_args_is_help=True, help="The keys that records are encrypted with.")


@keys.command()
def generate(
    file: Annotated[
        Path | None,
        typer.Option(help="Put it in front of the keys in this file, which is made if it is not there."),
    ] = None,
    last: Annotated[
        bool, typer.Option("--last", help="Put it at the end of FILE, so that every worker learns it first.")
    ] = False,
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
    end = "" if older.endswith("\n") or not older else "\n"
    text = f"{older}{end}{key}\n" if last else f"{key}\n{older}"
    files.replace_file(file, file.with_name(f"{file.name}.writing"), text.encode("ascii"))
    typer.echo(f"{os.fspath(file)} has a new key {'at its end' if last else 'in front'}.")
    if older and last:
        typer.echo("Restart every process; then move the key to the front, and restart them again.")
    if older:
        typer.echo("When every process has the key in front, run `opusagent-voiceprint keys rotate`.")


@keys.command()
def rotate() -> None:
    """Seal every caller's key with the newest master key, while calls go on.

    Every process must know the new key before any of them seals with it: first put it at the end of
    VOICE_ENCRYPTION_KEY, or of the file, and restart every process that uses the store; then move it to the
    front, and restart them again. Then run this; it may be stopped and run again. Then take the old key away.

    Exits with 1 if some keys are not sealed with the newest one, or are damaged, which are left and named.
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
    typer.echo(
        f"{counted(changed, 'key is', 'keys are')} sealed with {after.newest} now; "
        f"{counted(after.to_rotate, 'is', 'are')} not."
    )
    if after.damaged:
        typer.echo(
            counted(
                len(after.damaged),
                "is damaged, and was left as it is.",
                "are damaged, and were left as they are.",
            )
        )
    for unused in after.unused:
        typer.echo(f"{unused} seals nothing any more: take it out of the list.")
    raise typer.Exit(1 if after.to_rotate or after.damaged else 0)


@keys.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print it as data.")] = False,
) -> None:
    """Say which master key seals how many callers' keys. The keys themselves are not shown.

    Exits with 1 if some are damaged, or sealed with a master key that is not given: their callers cannot be
    read.
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
            "by_store": found.by_store,
            "damaged": found.damaged,
            "destroyed": found.destroyed,
        }
        typer.echo(json.dumps(data, indent=2))
    else:
        _show(found)
    raise typer.Exit(1 if found.unknown or found.damaged else 0)


@keys.command()
def forget(
    store: Annotated[str, typer.Argument(help="The store's id, as `keys status` says it.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Destroy all keys of a store that is not used any more: nobody can read it, or a backup of it, again.

    A store that was moved, or begun anew, leaves its keys in the keystore; as long as they are there, its old
    backups can be read, and with them whoever was erased since. The store that is in use has to be there, so
    that it can be told that it is another one.
    """
    _refuse_in_use(store, VoiceFingerprintConfig())
    cipher = _cipher()
    try:
        if store not in key_status(cipher).by_store:
            raise EncryptionError(
                f"the keystore has no keys of a store {store!r}: `opusagent-voiceprint keys status` lists "
                "those it has. Nothing was destroyed."
            )
        if not yes:
            typer.confirm(f"Destroy all keys of store {store}, for good?", abort=True)
        destroyed = destroy_store(cipher, store)
    finally:
        cipher.close()
    typer.echo(
        counted(destroyed, "caller's key was destroyed", "callers' keys were destroyed")
        + ", and the store's own."
    )


def _cipher() -> RecordCipher:
    cipher = open_cipher(VoiceFingerprintConfig())
    if cipher is None:
        raise EncryptionError(
            "nothing is encrypted: VOICE_ENCRYPTION_KEY is not set; make a key with "
            "`opusagent-voiceprint keys generate`"
        )
    return cipher


def _refuse_in_use(store: str, settings: VoiceFingerprintConfig) -> None:
    place = Place.configured(settings)
    in_use = Access(place, settings).key_id
    if in_use is None:
        where = str(place) if place.kind == "redis" else os.path.abspath(place.where)
        raise EncryptionError(
            f"there is no store at {where}, where the settings say that it is: so it cannot be told whether "
            f"{store} is the store that is in use. Set VOICE_STORAGE_BACKEND, and VOICE_STORAGE_PATH or "
            "VOICE_REDIS_URL, to the one in use, or run it in the working directory of what uses it. Nothing "
            "was destroyed."
        )
    if in_use == store:
        raise EncryptionError(f"{store} is the store that is in use. Nothing was destroyed.")


def _refuse_unknown(found: KeyStatus) -> None:
    missing = sorted(set(found.by_master) - set(found.given))
    raise EncryptionError(
        f"{counted(found.unknown, 'key is', 'keys are')} sealed with master keys that are not given "
        f"({', '.join(missing)}): add them to the end of the list. Nothing was changed."
    )


def _reseal(cipher: RecordCipher, before: KeyStatus) -> int:
    errors = Console(stderr=True)
    changed = 0
    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task(
            "sealing keys anew", total=sum(before.by_master.values()) + len(before.damaged)
        )
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
    for store, count in sorted(found.by_store.items()):
        typer.echo(f"{counted(count, 'is', 'are')} of callers of store {store}.")
    for name in found.damaged:
        typer.echo(f"damaged, so that its caller cannot be read: {name}")
    typer.echo(
        counted(
            found.destroyed,
            "was destroyed: its caller was erased.",
            "were destroyed: their callers were erased.",
        )
    )
