"""``opusagent-voiceprint voiceprints``: what is stored of whom, what to enroll anew, and taking one out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from opusagent_voiceprint.cli.words import counted
from opusagent_voiceprint.encoding import chosen_encoders, encoders_by_language
from opusagent_voiceprint.errors import UnknownCallerError
from opusagent_voiceprint.matching import Backend
from opusagent_voiceprint.models import Caller, Voiceprint
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage import CallerStore, open_store

__all__ = ["voiceprints"]

voiceprints = typer.Typer(no_args_is_help=True, help="The stored voiceprints, without names or numbers.")


@dataclass(frozen=True)
class _Entry:
    caller_id: str
    voiceprint_id: str
    encoder: str
    in_use: bool
    line: str
    net_speech_seconds: float
    quality: float
    source: str
    call_id: str
    created_at: str


@voiceprints.command("list")
def list_voiceprints(
    caller: Annotated[str | None, typer.Option(help="Only those of this caller id.")] = None,
    outdated: Annotated[
        bool, typer.Option("--outdated", help="Only those of encoders that are not in use.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print them as data.")] = False,
) -> None:
    """List voiceprints, and say which callers have none of the encoders in use and must enroll anew.

    The encoders in use are those of the settings. A plugin's own (hook voiceprint_encoder) is not asked for:
    where one is installed, nothing here says whether voiceprints are of it.
    """
    settings = VoiceFingerprintConfig()
    current = _in_use(settings)
    with open_store(settings) as store:
        callers = list(_chosen(store, caller))
    entries = [_entry(each, current) for one in callers for each in one.voiceprints]
    lost = [
        one.caller_id
        for one in callers
        if one.voiceprints and not any(_is_current(each, current) for each in one.voiceprints)
    ]
    shown = [each for each in entries if not (outdated and each.in_use)]
    if as_json:
        typer.echo(
            json.dumps({"voiceprints": [asdict(each) for each in shown], "enroll_anew": lost}, indent=2)
        )
        return
    console = Console()
    table = Table("caller", "voiceprint", "line", "net s", "quality", "came from", "made", "in use")
    for each in shown:
        came_from = f"{each.source or '?'} {each.call_id}".rstrip()
        seconds, quality = f"{each.net_speech_seconds:.1f}", f"{each.quality:.2f}"
        in_use = "yes" if each.in_use else f"no: {each.encoder or 'no encoder named'}"
        table.add_row(
            each.caller_id,
            each.voiceprint_id,
            each.line,
            seconds,
            quality,
            came_from,
            each.created_at,
            in_use,
        )
    console.print(table)
    console.print(f"{counted(len(entries), 'voiceprint')} of {counted(len(callers), 'caller')}")
    if lost:
        console.print(
            f"{len(lost)} of them cannot be recognised by the encoder in use and must be enrolled anew: "
            + ", ".join(lost)
        )


@voiceprints.command("remove")
def remove_voiceprint(caller_id: str, voiceprint_id: str) -> None:
    """Take one voiceprint of a caller out of the store; the others and the rest of the record stay."""
    with open_store(VoiceFingerprintConfig()) as store:
        if not store.remove_voiceprint(caller_id, voiceprint_id):
            raise UnknownCallerError(
                f"caller {caller_id!r} has no voiceprint {voiceprint_id!r}; see "
                f"`opusagent-voiceprint voiceprints list --caller {caller_id}`"
            )
    typer.echo(f"removed {voiceprint_id} of {caller_id}")


def _in_use(settings: VoiceFingerprintConfig) -> list[Backend]:
    names = [settings.encoder, *encoders_by_language(settings.encoder_by_language).values()]
    return [Backend.shipped(chosen_encoders(name)) for name in dict.fromkeys(names)]


def _chosen(store: CallerStore, caller_id: str | None) -> Iterator[Caller]:
    if caller_id is None:
        yield from store.all()
        return
    caller = store.get(caller_id)
    if caller is None:
        raise UnknownCallerError(f"there is no caller {caller_id!r} in this store")
    yield caller


def _is_current(voiceprint: Voiceprint, current: Sequence[Backend]) -> bool:
    return any(backend.fits(voiceprint) for backend in current)


def _entry(voiceprint: Voiceprint, current: Sequence[Backend]) -> _Entry:
    return _Entry(
        voiceprint.caller_id,
        voiceprint.voiceprint_id,
        voiceprint.encoder,
        _is_current(voiceprint, current),
        voiceprint.channel,
        voiceprint.net_speech_seconds,
        voiceprint.quality,
        voiceprint.source,
        voiceprint.call_id,
        voiceprint.created_at or "",
    )
