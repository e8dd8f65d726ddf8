"""What is found to be damaged in a store, and the rows that were put aside for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

__all__ = ["QUARANTINE", "Damage", "add_to_quarantine", "quarantine_key"]

QUARANTINE: Final = "quarantine"
"""The kind of the notes that hold rows which were put aside."""


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that is wrong with a store.

    ``kind`` is that of the damaged record ("caller", or the kind of a note), and ``record_id`` its id or key
    as far as it can still be read; both are None where no single record is meant. ``where`` is the place: a
    line, a row, a page, a file. ``reason`` holds nothing of a record's content.
    """

    record_id: str | None
    where: str
    reason: str
    kind: str | None = None

    def __str__(self) -> str:
        named = "" if self.record_id is None else f" ({self.kind} {self.record_id!r})"
        return f"{self.where}{named}: {self.reason}"


def quarantine_key(kind: str, record_id: str) -> str:
    """The key of the note that holds what was put aside of one record: for a caller, the id itself."""
    return record_id if kind == "caller" else f"{kind}:{record_id}"


def add_to_quarantine(earlier: str | None, row: dict[str, object]) -> str:
    """The payload of the note with one row more: a record may be damaged again after it was written anew."""
    rows = json.loads(earlier) if earlier else []
    return json.dumps([*rows, row], separators=(",", ":"))
