"""How callers and notes are written in Redis, and how flipped bits in them are found."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from opusagent_voiceprint.errors import StoreFormatError
from opusagent_voiceprint.storage.base import StoredRecord

__all__ = ["caller_of_member", "member", "note_payload", "raw_id", "readable", "stored_record", "text"]

_HEAD: Final = re.compile(rb"(\d+):([0-9a-f]{40}):(\d+):")
_NOTE: Final = re.compile(rb"([0-9a-f]{40}):")


def text(value: bytes | str) -> str:
    """A reply as text, whether the application's client decodes replies or not."""
    return value.decode("utf-8") if isinstance(value, bytes) else value


def readable(value: bytes | str) -> str:
    """An id as text: one that is none, being damaged, must not keep the others from being read."""
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value


def raw_id(caller_id: str) -> bytes:
    """What :func:`readable` was given."""
    return caller_id.encode("utf-8", "surrogateescape")


def member(link: str, caller_id: str) -> str:
    """One entry of the index of phones; the length in front keeps a link from being the start of another."""
    return f"{len(link)}:{link}:{caller_id}"


def caller_of_member(entry: str) -> str | None:
    """The caller id in an entry of the index of phones; None if it is none of ours."""
    size, _, rest = entry.partition(":")
    if not size.isdecimal() or rest[int(size) : int(size) + 1] != ":":
        return None
    return rest[int(size) + 1 :]


def stored_record(caller_id: str, value: bytes | str, store: str) -> StoredRecord:
    """The record in a value; :class:`StoreFormatError` if its checksum does not hold."""
    raw = value.encode("utf-8") if isinstance(value, str) else value
    head = _HEAD.match(raw)
    if head is not None:
        version, found, size = head.groups()
        start = head.end() + int(size)
        members, payload = raw[head.end() : start], raw[start:]
        if _sum(raw_id(caller_id), version, members, payload) == found.decode("ascii"):
            return StoredRecord(caller_id, int(version), payload.decode("utf-8"))
    raise StoreFormatError(_damaged("caller", caller_id, store))


def note_payload(kind: str, key: str, value: bytes | str, store: str) -> str:
    """The payload in a note; :class:`StoreFormatError` if its checksum does not hold."""
    raw = value.encode("utf-8") if isinstance(value, str) else value
    head = _NOTE.match(raw)
    if head is not None:
        payload = raw[head.end() :]
        if _sum(raw_id(kind), raw_id(key), payload) == head.group(1).decode("ascii"):
            return payload.decode("utf-8")
    raise StoreFormatError(_damaged(kind, key, store))


def _sum(*parts: bytes) -> str:
    """As the scripts compute it. Tells of accidents, not of attackers: those it takes encryption to stop."""
    return hashlib.sha1(
        b"".join(b"%d:%s" % (len(part), part) for part in parts), usedforsecurity=False
    ).hexdigest()


def _damaged(kind: str, key: str, store: str) -> str:
    return (
        f"the {kind} record {key!r} in {store} is damaged: its checksum does not hold; "
        "put it aside with `opusagent-voiceprint storage check`, or restore it from a backup"
    )
