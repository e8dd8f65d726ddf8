"""The JSON store's file as text: a head, and a line with a checksum of its own for each record.

::

    {"format":"opusagent-voiceprint","schema":2,"key_id":"","revision":7,"records":2,"all":"…","checksum":"…"}
    {"caller":"caller_…","version":7,"links":["…"],"payload":"…","checksum":"…"}
    {"note":"refusal","key":"…","payload":"…","checksum":"…"}

A line's checksum is that of its bytes before the checksum; ``all`` is that of the lines' checksums one after
the other. So a damaged line is found without the others, and a line that is missing by all of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from opusagent_voiceprint.storage.checked_lines import TAIL_BYTES, decode_line, encode_line
from opusagent_voiceprint.storage.checksum import checksum
from opusagent_voiceprint.storage.damage import Damage

__all__ = [
    "FORMAT",
    "HEAD_BYTES",
    "SCHEMA",
    "CallerLine",
    "Contents",
    "Head",
    "NoteLine",
    "Scan",
    "encode",
    "id_in",
    "looks_like_ours",
    "mentions",
    "parse_head",
    "scan",
]

FORMAT: Final = "opusagent-voiceprint"
SCHEMA: Final = 2
HEAD_BYTES: Final = 512
"""Covers the head with its checksums."""

_CALLER_FIELDS: Final = {"caller", "version", "links", "payload", "checksum"}
_NOTE_FIELDS: Final = {"note", "key", "payload", "checksum"}
_CALLER_ID: Final = re.compile(rb'\{"caller":("(?:[^"\\]|\\.)*")')


@dataclass(frozen=True, slots=True)
class CallerLine:
    """A caller's record as its line; without a payload, the mark that an erased caller leaves.

    The payload stays in the line until it is asked for, so that a store is in memory once.
    """

    line: bytes
    version: int
    links: tuple[str, ...]
    is_live: bool

    @classmethod
    def of(cls, caller_id: str, version: int, links: Iterable[str], payload: str | None) -> CallerLine:
        """The line of a record."""
        links = tuple(links)
        fields = {"caller": caller_id, "version": version, "links": links, "payload": payload}
        return cls(encode_line(fields), version, links, payload is not None)

    @property
    def payload(self) -> str:
        """What the codec made of the caller. Only of a record that is live."""
        return str(json.loads(self.line)["payload"])


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note as its line."""

    line: bytes
    payload: str

    @classmethod
    def of(cls, kind: str, key: str, payload: str) -> NoteLine:
        """The line of a note."""
        return cls(encode_line({"note": kind, "key": key, "payload": payload}), payload)


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a file. Never changed once it is read or written: threads share it."""

    key_id: str | None = None
    """Names the key that payloads are sealed with, "" if they are plain; None of a file not yet written."""
    revision: int = 0
    callers: dict[str, CallerLine] = field(default_factory=dict)
    notes: dict[tuple[str, str], NoteLine] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Head:
    """The first line of a file."""

    line: bytes
    schema: int
    key_id: str
    revision: int
    records: int
    all: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What is whole in a file of this schema, and what is not: the damage, and its lines as they are."""

    head: Head | None
    contents: Contents
    damage: list[Damage]
    damaged_lines: list[bytes]


def encode(contents: Contents) -> bytes:
    """The whole file."""
    lines = [each.line for each in contents.callers.values()]
    lines += [each.line for each in contents.notes.values()]
    head = {
        "format": FORMAT,
        "schema": SCHEMA,
        "key_id": contents.key_id or "",
        "revision": contents.revision,
        "records": len(lines),
        "all": _checksum_of(lines),
    }
    return b"\n".join([encode_line(head), *lines, b""])


def parse_head(raw: bytes) -> Head | None:
    """The head of a file of this schema or a later one; None if its first line is no whole head of ours.

    Of a later schema only the number is read.
    """
    line, _, _ = raw[:HEAD_BYTES].partition(b"\n")
    found = decode_line(line)
    if found is None or found.get("format") != FORMAT or type(found.get("schema")) is not int:
        return None
    if found["schema"] != SCHEMA:
        return Head(line, found["schema"], "", 0, 0, "")
    types = {"schema": int, "key_id": str, "revision": int, "records": int, "all": str}
    if not all(type(found.get(name)) is kind for name, kind in types.items()):
        return None
    return Head(line, *(found[name] for name in types))


def scan(raw: bytes) -> Scan:
    """Go over a file of this schema, line by line, past all damage."""
    head = parse_head(raw)
    first, *lines = raw.split(b"\n")
    damage: list[Damage] = []
    if head is None:
        damage.append(Damage(None, "line 1", f"the head, {len(first)} bytes, is not as its checksum says"))
    if lines and not lines[-1]:
        lines.pop()
    else:
        damage.append(Damage(None, "the end", "the last line was cut off"))
    damaged: list[bytes] = []
    callers: dict[str, CallerLine] = {}
    notes: dict[tuple[str, str], NoteLine] = {}
    for number, line in enumerate(lines, 2):
        found = decode_line(line)
        if found is not None and _is_caller(found):
            known = callers.get(found["caller"])
            if known is None or known.version < found["version"]:
                is_live = found["payload"] is not None
                callers[found["caller"]] = CallerLine(line, found["version"], tuple(found["links"]), is_live)
        elif found is not None and _is_note(found):
            notes[found["note"], found["key"]] = NoteLine(line, found["payload"])
        else:
            damaged.append(line)
            reason = "its checksum does not fit" if found is None else "it is no record of this version"
            damage.append(Damage(id_in(line), f"line {number}", reason, "caller" if id_in(line) else None))
    if head is not None and not damage:
        if len(lines) != head.records:
            damage.append(Damage(None, "the file", f"it has {len(lines)} records of {head.records}"))
        elif _checksum_of(lines) != head.all or len(callers) + len(notes) != head.records:
            damage.append(Damage(None, "the file", "the checksum over all its records does not fit"))
    newest = max((row.version for row in callers.values()), default=0)
    revision = max(newest, head.revision if head else 0)
    return Scan(head, Contents(head.key_id if head else None, revision, callers, notes), damage, damaged)


def looks_like_ours(raw: bytes) -> bool:
    """Whether a file without a whole head is nevertheless a damaged store rather than something else."""
    first, _, rest = raw.partition(b"\n")
    return b'"format":"' + FORMAT.encode() in first or rest.startswith((b'{"caller":"', b'{"note":"'))


def mentions(line: bytes, caller_id: str) -> bool:
    """Whether a line that is damaged may be of this caller."""
    return json.dumps(caller_id).encode("ascii") in line or caller_id.encode("utf-8") in line


def id_in(line: bytes) -> str | None:
    """The caller id in a damaged line, as far as it can be read; it may itself be what is damaged."""
    found = _CALLER_ID.match(line)
    try:
        return None if found is None else str(json.loads(found[1]))
    except ValueError:
        return None


def _checksum_of(lines: Iterable[bytes]) -> str:
    return checksum(b"".join(line[-TAIL_BYTES:] for line in lines))


def _is_caller(found: dict[str, Any]) -> bool:
    links = found.get("links")
    return (
        found.keys() == _CALLER_FIELDS
        and isinstance(found["caller"], str)
        and type(found["version"]) is int
        and isinstance(found["payload"], str | None)
        and isinstance(links, list)
        and all(isinstance(link, str) for link in links)
    )


def _is_note(found: dict[str, Any]) -> bool:
    return found.keys() == _NOTE_FIELDS and all(isinstance(value, str) for value in found.values())
