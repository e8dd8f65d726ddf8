"""``opusagent-voiceprint storage backup`` and ``restore``: a store as one portable file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from opusagent_voiceprint.cli.storage_report import progress_bar, show_counts, show_lines
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage import RecordCodec
from opusagent_voiceprint.storage.factory import open_cipher
from opusagent_voiceprint.storage.ledger import erased_in, read_exported
from opusagent_voiceprint.storage.moving import Access, BackupReader, Place, Restore, back_up

__all__ = ["backup", "restore"]

_Store = Annotated[str, typer.Argument(help="json:PATH, sqlite:PATH, redis://HOST:PORT/DB, or settings.")]
_KeyFile = Annotated[
    str | None, typer.Option(help="A file with the master keys; else those of the settings.")
]
_KeyStore = Annotated[str | None, typer.Option(help="The keystore: a file or a Redis URL.")]
_Tenant = Annotated[str | None, typer.Option(help="Whose callers; else VOICE_TENANT.")]


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    store: _Store = "settings",
    force: Annotated[bool, typer.Option("--force", help="Overwrite FILE if it is there.")] = False,
    key_file: _KeyFile = None,
    keystore: _KeyStore = None,
    tenant: _Tenant = None,
) -> None:
    """Write a backup of a store, which may be in use.

    The records of an encrypted store are in it as they are, sealed, and no keys: whoever was erased cannot be
    read from it. Keep the keystore by replicating it, not in backups that are kept for long.

    A backup of a store without encryption can be read by everybody who has it. If such a store is lost as a
    whole, a backup brings back callers who were erased after it was made: nothing knows of them any more. If
    the store is still there, it knows, and they are not brought back.
    """
    settings = VoiceFingerprintConfig()
    access = Access(
        Place.parse(store, settings), settings, key_file=key_file, keystore=keystore, tenant=tenant
    )
    console = Console()
    with access.open_existing() as opened, progress_bar(console) as on_step:
        head, failures = back_up(
            opened, file, overwrite=force, on_step=on_step, erased=access.erasures.pending()
        )
    show_counts(
        console,
        f"{access.place} to {file}",
        {"callers": head.callers, "notes": head.notes, "NOT in it": len(failures)},
    )
    show_lines(console, [f"not in it: {failure}" for failure in failures])
    if not head.key_id:
        show_lines(
            console,
            [
                "The store is not encrypted, so neither is the backup: names, memory and voiceprints can "
                "be read from it, and those of callers who are erased later stay in it."
            ],
        )
    raise typer.Exit(1 if failures else 0)


def restore(
    file: Annotated[Path, typer.Argument(help="The backup.")],
    store: _Store = "settings",
    merge: Annotated[
        bool, typer.Option("--merge", help="Into a store that has callers: add those that are not there.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="... and put those that are there back to what they were, too.")
    ] = False,
    plain: Annotated[bool, typer.Option("--plain", help="Into a store without encryption.")] = False,
    ledger: Annotated[
        Path | None,
        typer.Option(help="A newer `consents export`: who is erased in it is not brought back."),
    ] = None,
    key_file: _KeyFile = None,
    keystore: _KeyStore = None,
    tenant: _Tenant = None,
) -> None:
    """Put a backup back into a store, with the keystore that its records were written with.

    Callers who are in the store are kept as they are there, unless --replace is said. Who was erased since
    the backup was made is not brought back: their key is destroyed, or the store has their mark. May be
    stopped and run again: it goes on. Everything that was restored is read back and compared. Exits with 1 if
    anything was not restored, and says what.

    A backup of a store without encryption knows nothing of who was erased since: restored into a new store,
    it brings them back. Say --ledger, erase them again, or restore into the store that it was made of.
    """
    settings = VoiceFingerprintConfig()
    access = Access(
        Place.parse(store, settings), settings, key_file=key_file, keystore=keystore, tenant=tenant
    )
    console = Console()
    erased = erased_in(read_exported(ledger)) if ledger is not None else set()
    with BackupReader(file) as reader:
        codec = RecordCodec(None if plain else open_cipher(access.settings))
        try:
            Restore.check(reader.head, codec, file)
        finally:
            codec.close()
        key_id = reader.head.key_id
        with access.open_target(plain=plain, key_id=key_id) as opened, progress_bar(console) as on_step:
            is_another = opened.codec.bound_to != key_id
            outcome = Restore(
                reader,
                opened,
                merge=merge,
                replace=replace,
                on_step=on_step,
                erased=erased.union(access.erasures.pending()),
            ).run()
    show_counts(
        console,
        f"{file} to {access.place}",
        {
            "callers restored": len(outcome.moved),
            "there already": len(outcome.there),
            "there otherwise, and kept": len(outcome.kept),
            "erased since, and not brought back": len(outcome.erased),
            "verified": outcome.verified,
            "refusals": outcome.refusals,
            "NOT restored": len(outcome.failures),
        },
    )
    show_lines(console, outcome.notices)
    show_lines(console, [f"not restored: {failure}" for failure in outcome.failures])
    if is_another:
        show_lines(
            console,
            [
                f"The backup is of another store, {key_id}, whose keys are in the keystore still: who is "
                "erased from now on can be read from the backup. When it is not needed any more, "
                "destroy them:",
                f"  opusagent-voiceprint keys forget {key_id}",
            ],
        )
    raise typer.Exit(1 if outcome.failures else 0)
