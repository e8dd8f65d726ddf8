"""``opusagent-voiceprint storage migrate``: everything of one store into another."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
from typing import Annotated

import typer
from rich.console import Console

from opusagent_voiceprint.cli.storage_report import progress_bar, show_counts, show_lines
from opusagent_voiceprint.errors import SettingsError
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage import CallerStore
from opusagent_voiceprint.storage.moving import (
    Access,
    Foreign,
    Migration,
    Outcome,
    Place,
    Progress,
    is_foreign,
    is_in_redis,
    open_foreign,
)
from opusagent_voiceprint.storage.moving.reading import Source, StoreSource

__all__ = ["migrate"]


def migrate(
    source: Annotated[
        str,
        typer.Argument(
            metavar="FROM",
            help="json:PATH, sqlite:PATH, redis://HOST:PORT/DB, or settings for the configured one.",
        ),
    ],
    target: Annotated[str, typer.Argument(metavar="TO", help="Where to; the same forms.")],
    from_key_file: Annotated[
        str | None, typer.Option(help="A file with the master keys of FROM; else those of the settings.")
    ] = None,
    to_key_file: Annotated[
        str | None, typer.Option(help="A file with the master keys of TO; else those of the settings.")
    ] = None,
    from_keystore: Annotated[
        str | None, typer.Option(help="The keystore of FROM: a file or a Redis URL.")
    ] = None,
    to_keystore: Annotated[
        str | None, typer.Option(help="The keystore of TO: a file or a Redis URL.")
    ] = None,
    tenant: Annotated[str | None, typer.Option(help="Whose callers; else VOICE_TENANT.")] = None,
    to_tenant: Annotated[str | None, typer.Option(help="Whose they are in TO, if another's.")] = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="Write without encryption, though there is a key.")
    ] = False,
    consent_reference: Annotated[
        str | None,
        typer.Option(help="Of voiceprints of OpusAgent's own module: your record that these people agreed."),
    ] = None,
    new_ids: Annotated[
        bool,
        typer.Option(
            "--new-ids",
            help="Give callers of OpusAgent's own module random-looking ids, where theirs are names or "
            "numbers; the old id is kept in the caller's metadata as opusagent_caller_id.",
        ),
    ] = False,
) -> None:
    """Move everything of one store into another: callers, phone links, refusals, the store's secrets.

    FROM is not changed, but that one of an older version is brought to this version's form. TO is encrypted
    if there is a key, so this is how a store without encryption gets one. May be stopped anywhere and run
    again: it goes on. Let nothing use TO before it is done. What was written to FROM meanwhile is moved at
    the end; run it again after stopping what uses FROM, and nothing is missed. Everything is read back and
    compared. Exits with 1 if anything was not moved, and says what.

    FROM may be a file or Redis that OpusAgent's own voiceprint module wrote (opusagent:redis://... where a
    store of ours lies in the same Redis). Its voiceprints come without a consent, so --consent-reference is
    needed, and are compared with nothing: their callers are enrolled anew when they call.
    """
    settings = VoiceFingerprintConfig()
    from_ = Access(
        Place.parse(source, settings), settings, key_file=from_key_file, keystore=from_keystore, tenant=tenant
    )
    to_tenant = tenant if to_tenant is None else to_tenant
    to = Access(
        Place.parse(target, settings), settings, key_file=to_key_file, keystore=to_keystore, tenant=to_tenant
    )
    if to.place.is_foreign:
        raise SettingsError("TO is a store of opusagent-voiceprint: leave out opusagent:")
    if from_.identity == to.identity:
        raise SettingsError(f"FROM and TO are the same store, {to.place}: name another place for TO")
    foreign = _is_foreign(from_)
    if not foreign and (consent_reference is not None or new_ids):
        raise SettingsError(
            f"{from_.place} was not written by OpusAgent's own voiceprint module: "
            "leave out --consent-reference and --new-ids"
        )
    console = Console()
    with contextlib.ExitStack() as stack:
        ours: Source | None = (
            None if foreign else _store_source(from_, stack.enter_context(from_.open_existing()))
        )
        if foreign:
            open_foreign(from_.place)  # whether it can be, before there is a target
            Foreign.check_reference(consent_reference)
        store = stack.enter_context(to.open_target(plain=plain))
        origin = ours or _foreign_source(
            from_, store, consent_reference=consent_reference or "", new_ids=new_ids, settings=settings
        )
        on_step = stack.enter_context(progress_bar(console))
        outcome = Migration(
            origin, store, identity=from_.identity, on_step=on_step, erased=to.erasures.pending()
        ).run()
        encrypted = store.codec.cipher is not None
    was_plain = ours is None or ours.store is None or ours.store.codec.cipher is None
    _show(console, from_, to, outcome, encrypted=encrypted, foreign=foreign)
    if was_plain and encrypted:
        console.print(
            "FROM still has everything, not encrypted: remove it, and its backups, when TO is in use."
        )
    if foreign and not new_ids:
        console.print(
            "Their ids are kept, and ids are not encrypted: if they are names or numbers, see --new-ids."
        )
    raise typer.Exit(1 if outcome.failures else 0)


def _store_source(access: Access, store: CallerStore) -> StoreSource:
    return StoreSource(store, erased=access.erasures.pending())


def _is_foreign(access: Access) -> bool:
    place = access.place
    if place.kind == "redis" and not place.is_foreign:
        return access.key_id is None and is_in_redis(place)
    return is_foreign(place)


def _foreign_source(
    access: Access,
    store: CallerStore,
    *,
    consent_reference: str,
    new_ids: bool,
    settings: VoiceFingerprintConfig,
) -> Source:
    secret = store.secret("import") if new_ids else b""

    def rename(theirs: str) -> str:
        # The same again when it is run again, and not to be tried out by whoever has the ids alone.
        digest = hmac.new(secret, theirs.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()
        return f"caller_{digest[:32]}"

    progress = Progress(store, access.identity)
    progress.begin()
    return Foreign(
        open_foreign(access.place),
        reference=consent_reference,
        policy_version=settings.policy_version,
        started=progress.started,
        rename=rename if new_ids else None,
    )


def _show(
    console: Console, from_: Access, to: Access, outcome: Outcome, *, encrypted: bool, foreign: bool
) -> None:
    how = "encrypted" if encrypted else "NOT encrypted"
    show_counts(
        console,
        f"{from_.place} to {to.place} ({how})",
        {
            "callers moved": len(outcome.moved),
            "there already": len(outcome.there - outcome.moved),
            "verified": outcome.verified,
            "erased since, and not in the target": len(outcome.erased),
            "refusals": outcome.refusals,
            "put aside as damaged, and left there": outcome.put_aside,
            "NOT moved": len(outcome.failures),
        },
    )
    show_lines(console, outcome.notices)
    show_lines(console, [f"not moved: {failure}" for failure in outcome.failures])
    keys = ("VOICE_ENCRYPTION_KEY_FILE", "VOICE_KEYSTORE_PATH")
    variables = {name: value for name, value in to.variables.items() if encrypted or name not in keys}
    show_lines(console, ["To use it:", *(f"  {name}={value}" for name, value in variables.items())])
    if foreign:
        console.print(
            "These voiceprints were made without this package's front end, and are compared with nothing: "
            "their callers are to be enrolled anew. They are listed by:\n"
            "  opusagent-voiceprint voiceprints list --outdated"
        )
