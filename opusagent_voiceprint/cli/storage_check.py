"""``opusagent-voiceprint storage check``: whether all of a store is whole, and putting aside what is not."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from opusagent_voiceprint.cli.storage_report import progress_bar, show_counts, show_lines
from opusagent_voiceprint.errors import StoreFormatError
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage import CallerStore, RecordCipher
from opusagent_voiceprint.storage.factory import open_cipher
from opusagent_voiceprint.storage.json_repair import Repair, check_json, repair_json, whole_payloads
from opusagent_voiceprint.storage.moving import Access, Place, Report, check_store, repair_store

__all__ = ["check"]


def check(
    store: Annotated[
        str, typer.Argument(help="json:PATH, sqlite:PATH, redis://HOST:PORT/DB, or settings.")
    ] = "settings",
    repair: Annotated[
        bool, typer.Option("--repair", help="Put aside what is damaged, so that the rest is served.")
    ] = False,
    key_file: Annotated[
        str | None, typer.Option(help="A file with the master keys; else those of the settings.")
    ] = None,
    keystore: Annotated[str | None, typer.Option(help="The keystore: a file or a Redis URL.")] = None,
    tenant: Annotated[str | None, typer.Option(help="Whose callers; else VOICE_TENANT.")] = None,
) -> None:
    """Read and open every record of a store, and say what is damaged and where; ids only, nothing personal.

    Exits with 1 if anything is damaged. With --repair damaged records are moved out of the way and kept as
    they were found, a JSON file is put together from what is whole in it and in its copy, erasures that were
    cut short are finished, and phone links made anew; it exits with 1 if something is wrong even then.
    Whether the consent ledger is whole is for `consents verify` to say.
    """
    settings = VoiceFingerprintConfig()
    access = Access(
        Place.parse(store, settings), settings, key_file=key_file, keystore=keystore, tenant=tenant
    )
    console = Console()
    opened = _open(console, access, repair=repair)
    with opened, progress_bar(console) as on_step:
        if repair:
            _make_up_for_erasures(console, access, opened)
        report = check_store(opened, on_step)
        report.notices += [f"to be erased: caller {each!r}" for each in access.erasures.pending()]
        _show(console, access, report)
        if repair and report.findings:
            done = repair_store(opened, report)
            show_counts(console, "repaired", {each.value: count for each, count in done.items() if count})
            report = check_store(opened, on_step)
            _show(console, access, report)
    show_lines(
        console,
        ["Whether entries of the consent ledger are missing: see opusagent-voiceprint consents verify"],
    )
    raise typer.Exit(1 if report.findings else 0)


def _open(console: Console, access: Access, *, repair: bool) -> CallerStore:
    try:
        return access.open_existing()
    except StoreFormatError:
        if access.place.kind != "json":
            raise
        path = Path(access.place.where)
        # Refused as a whole as long as any of it is damaged.
        show_lines(console, [f"damaged: {damage}" for damage in check_json(path)])
        if not repair:
            raise
        done = _repair_json(access, path)
        show_counts(
            console,
            "repaired",
            {
                "callers in the file": done.callers,
                "restored from the copy": len(done.restored),
                "lines put aside": done.put_aside,
            },
        )
        if done.put_aside:
            show_lines(console, [f"put aside in {done.quarantine}"])
        return access.open_existing()


def _make_up_for_erasures(console: Console, access: Access, store: CallerStore) -> None:
    """Those that the store refused in a call."""
    pending = access.erasures.pending()
    for caller_id in pending:
        store.erase(caller_id)
    access.erasures.remove(pending)
    show_lines(console, [f"erased: caller {each!r}" for each in pending])


def _repair_json(access: Access, path: Path) -> Repair:
    try:
        return repair_json(path)
    except StoreFormatError:
        # Where the heads are damaged, it must be said what the file was written with.
        cipher = open_cipher(access.settings)
        if cipher is None:
            return repair_json(path, "")
        try:
            return repair_json(path, _key_of_records(cipher, path))
        finally:
            cipher.close()


def _key_of_records(cipher: RecordCipher, path: Path) -> str | None:
    """Whose of the keystore's stores the callers in a JSON file are; None if nothing says so."""
    payloads = whole_payloads(path)
    for store in cipher.stores():
        keys = cipher.of_store(store).keys_of(payloads)
        if any(key.sealed and f":{key.key_id}:" in payloads[each][:64] for each, key in keys.items()):
            return store
    return None


def _show(console: Console, access: Access, report: Report) -> None:
    show_counts(
        console,
        str(access.place),
        {
            "callers that can be read": report.callers,
            "damaged": len(report.findings),
            "put aside": len(report.put_aside),
            "keys without a record": len(report.keys_without_record),
        },
    )
    show_lines(console, [f"damaged: {finding}" for finding in report.findings])
    show_lines(console, [f"put aside: {each}" for each in report.put_aside])
    show_lines(console, [f"key without a record: {each}" for each in report.keys_without_record])
    show_lines(console, report.notices)
