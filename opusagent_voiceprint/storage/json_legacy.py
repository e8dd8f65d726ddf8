"""The JSON store's file of schema 1: one JSON object, with one checksum over its body."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from pydantic import Field, ValidationError

from opusagent_voiceprint.errors import StoreFormatError
from opusagent_voiceprint.models import Record
from opusagent_voiceprint.storage.json_format import FORMAT, CallerLine, Contents, NoteLine

__all__ = ["is_legacy", "read_legacy"]

_BEGINNING: Final = f'{{"format":"{FORMAT}","schema":1,'.encode()
_BODY: Final = b',"body":'


class _Row(Record):
    version: int
    payload: str | None = None
    links: list[str] = Field(default_factory=list)


class _Body(Record):
    revision: int = 0
    callers: dict[str, _Row] = Field(default_factory=dict)
    notes: dict[str, dict[str, str]] = Field(default_factory=dict)


def is_legacy(raw: bytes) -> bool:
    """Whether a file, or the beginning of it, says that it is of schema 1."""
    return raw.startswith(_BEGINNING)


def read_legacy(raw: bytes, path: Path) -> Contents:
    """What is in a file of schema 1; :class:`StoreFormatError` if it is damaged or encrypted."""
    head, _, rest = raw.partition(_BODY)
    try:
        header: dict[str, Any] = json.loads(head + b"}")
        body = rest[: -len(b"}\n")]
        if not rest.endswith(b"}\n") or hashlib.sha256(body).hexdigest() != header["sha256"]:
            raise ValueError
        found = _Body.model_validate_json(body)
        key_id = str(header["key_id"])
    except (ValueError, KeyError, ValidationError, RecursionError):
        raise StoreFormatError(
            f"{path} is a store of ours of schema 1 that was cut off or changed by something else: its "
            "checksum does not fit. It was left as it is; restore it from a backup."
        ) from None
    if key_id:
        raise StoreFormatError(
            f"{path} is encrypted and of schema 1, which only development versions of opusagent-voiceprint "
            "encrypted. It was left as it is; set VOICE_STORAGE_PATH to another file."
        )
    callers = {
        caller_id: CallerLine.of(caller_id, row.version, row.links, row.payload)
        for caller_id, row in found.callers.items()
    }
    notes = {
        (kind, key): NoteLine.of(kind, key, payload)
        for kind, of_kind in found.notes.items()
        for key, payload in of_kind.items()
    }
    return Contents("", found.revision, callers, notes)
