"""A ledger as a file: JSON, one entry a line, for an archive or an auditor."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from opusagent_voiceprint.errors import StorageError, StoreFormatError
from opusagent_voiceprint.models import utc_now
from opusagent_voiceprint.storage.ledger.entry import LedgerEntry
from opusagent_voiceprint.storage.ledger.verify import Problem

__all__ = ["exported", "read_exported"]

_FORMAT: Final = "opusagent-voiceprint consent ledger 1"


def exported(entries: Iterable[LedgerEntry]) -> str:
    """The file's text."""
    head = {"format": _FORMAT, "exported_at": utc_now().isoformat(timespec="seconds")}
    lines = [head, *({**each.as_data(), "hash": each.hash} for each in entries)]
    return "".join(f"{json.dumps(each)}\n" for each in lines)


def read_exported(file: Path) -> Iterator[LedgerEntry | Problem]:
    """The entries of a file; what is not readable comes as what is wrong.

    Raises :class:`StorageError` if the file cannot be read, :class:`StoreFormatError` if it is another.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise StorageError(f"cannot read {file}: {exc}") from exc
    try:
        is_ours = bool(lines) and json.loads(lines[0]).get("format") == _FORMAT
    except (ValueError, AttributeError):
        is_ours = False
    if not is_ours:
        raise StoreFormatError(f"{file} is no ledger that `consents export` wrote")
    return _entries(lines[1:])


def _entries(lines: list[str]) -> Iterator[LedgerEntry | Problem]:
    for number, line in enumerate(lines, start=1):
        try:
            data = json.loads(line)
            digest = data.pop("hash")
            entry = LedgerEntry.model_validate(data)
        except (ValueError, TypeError, AttributeError, KeyError):  # what pydantic raises is a ValueError
            yield Problem("cannot be read", sequence=number)
            continue
        if entry.hash != digest:
            yield Problem("has not the hash that it says", sequence=entry.sequence)
        yield entry
