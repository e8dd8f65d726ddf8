"""Checking and repairing a JSON store's file, which is refused as long as any of it is damaged."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass, replace
from pathlib import Path

from opusagent_voiceprint.errors import StorageError, StoreFormatError
from opusagent_voiceprint.storage import files, json_format
from opusagent_voiceprint.storage.damage import Damage
from opusagent_voiceprint.storage.json_file import describe, read_copy, read_whole, sibling
from opusagent_voiceprint.storage.json_format import SCHEMA, CallerLine, Contents, NoteLine, Scan
from opusagent_voiceprint.storage.json_legacy import is_legacy, read_legacy

__all__ = ["Repair", "check_json", "forget_quarantined", "repair_json", "whole_payloads"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Repair:
    """What a repair did. ``quarantine`` is the file that the lines that were put aside lie in."""

    callers: int
    restored: list[str]
    """The callers that were missing or damaged in the file, and whole in its copy."""
    put_aside: int
    quarantine: Path


def check_json(path: Path) -> list[Damage]:
    """Everything that is wrong with a store's file, its copy, and what was put aside of it.

    Raises :class:`StoreFormatError` if there is no store of ours at ``path``.
    """
    raw = _read_store(path)
    if is_legacy(raw):
        read_legacy(raw, path)
        return []
    found = json_format.scan(raw).damage
    copy = read_copy(path)
    if copy is None:
        found.append(Damage(None, "the copy", "it is not there; the next change makes it"))
    elif copy != raw:
        damage = json_format.scan(copy).damage
        reason = "; ".join(map(str, damage)) or "it is of another state; opening the store renews it"
        found.append(Damage(None, "the copy", reason))
    put_aside = _quarantined(path)
    if put_aside:
        where = sibling(path, "quarantine").name
        found.append(Damage(None, where, f"{len(put_aside)} damaged lines; remove it when it is not needed"))
    return found


def repair_json(path: Path, key_id: str | None = None) -> Repair:
    """Write a whole file out of what is whole in a damaged one and in its copy.

    Of a record that is in both the newer is taken. Damaged lines of which nothing whole is left go into the
    file ``NAME.quarantine``. ``key_id`` is that of the keystore, "" of a plain store: it is needed where the
    heads of both files are damaged. Raises :class:`StorageError` if nothing can be written, and
    :class:`StoreFormatError` if neither file has anything of a store of ours; both are then as they were.
    """
    with files.exclusive_lock(path):
        main = _scan_if_there(path)
        other = read_copy(path)
        copy = None if other is None else json_format.scan(other)
        scans = [found for found in (main, copy) if found is not None]
        if not any(found.head or found.contents.callers or found.contents.notes for found in scans):
            raise StoreFormatError(
                f"neither {path} nor its copy has a single whole record of ours; restore it from a backup"
            )
        contents = _merge(scans, _known_key(path, scans, key_id))
        known = main.contents.callers if main else {}
        restored = sorted(
            caller_id
            for caller_id, row in contents.callers.items()
            if row.is_live and (caller_id not in known or known[caller_id].version < row.version)
        )
        lost = _lost_lines(scans, contents)
        if lost:
            # Before the file: killed in between, they are there twice rather than nowhere.
            _write_quarantine(path, [*_quarantined(path), *lost])
        files.replace_with_copy(path, sibling(path, "copy"), json_format.encode(contents))
    live = sum(row.is_live for row in contents.callers.values())
    logger.info("%s was repaired: %d callers, %d lines put aside", path, live, len(lost))
    return Repair(live, restored, len(lost), sibling(path, "quarantine"))


def whole_payloads(path: Path) -> dict[str, str]:
    """The payloads of the callers that are whole in the file or its copy, by id."""
    found: dict[str, str] = {}
    for raw in (read_copy(path), read_whole(path) if os.path.lexists(path) else None):
        rows = json_format.scan(raw).contents.callers if raw is not None else {}
        found.update((caller_id, row.payload) for caller_id, row in rows.items() if row.is_live)
    return found


def forget_quarantined(path: Path, caller_id: str) -> bool:
    """Remove what was put aside of a caller; whether there was any. The caller holds the lock of ``path``."""
    lines = _quarantined(path)
    kept = [line for line in lines if not json_format.mentions(line, caller_id)]
    if len(kept) < len(lines):
        _write_quarantine(path, kept)
    return len(kept) < len(lines)


def _merge(scans: list[Scan], key_id: str) -> Contents:
    callers: dict[str, CallerLine] = {}
    notes: dict[tuple[str, str], NoteLine] = {}
    for found in scans:
        for caller_id, row in found.contents.callers.items():
            if caller_id not in callers or callers[caller_id].version < row.version:
                callers[caller_id] = row
        for key, note in found.contents.notes.items():
            notes.setdefault(key, note)  # the file's before the copy's
    revision = max(found.contents.revision for found in scans)
    contents = Contents(key_id, revision, callers, notes)
    if any(not found.damage and found.contents.revision == revision for found in scans):
        return contents
    # Who is lost leaves a mark, so that other workers drop them from what they hold.
    damaged = {found.record_id for each in scans for found in each.damage if found.kind == "caller"}
    for caller_id in sorted(one for one in damaged if one is not None and one not in callers):
        revision += 1
        mark = CallerLine.of(caller_id, revision, [], None)
        contents = replace(contents, revision=revision, callers={**contents.callers, caller_id: mark})
    return contents


def _known_key(path: Path, scans: list[Scan], given: str | None) -> str:
    for found in scans:
        if found.head is not None:
            return found.head.key_id
    if given is None:
        raise StoreFormatError(
            f"the heads of {path} and its copy are damaged, so that nothing says which key they are "
            "encrypted with: repair them with the store's own VOICE_ENCRYPTION_KEY and VOICE_KEYSTORE_PATH"
        )
    return given


def _lost_lines(scans: list[Scan], contents: Contents) -> list[bytes]:
    """The damaged lines of which nothing whole is there."""
    if any(not found.damage and found.contents.revision == contents.revision for found in scans):
        return []
    lines = dict.fromkeys(line for found in scans for line in found.damaged_lines)
    return [line for line in lines if not _is_there(json_format.id_in(line), contents)]


def _is_there(caller_id: str | None, contents: Contents) -> bool:
    row = None if caller_id is None else contents.callers.get(caller_id)
    return row is not None and row.is_live


def _read_store(path: Path) -> bytes:
    raw = read_whole(path)
    head = json_format.parse_head(raw)
    if head is not None and head.schema != SCHEMA:
        raise StoreFormatError(f"{path} has schema {head.schema}; update opusagent-voiceprint")
    if head is None and not is_legacy(raw) and not json_format.looks_like_ours(raw):
        raise StoreFormatError(f"{path} {describe(raw)}")
    return raw


def _scan_if_there(path: Path) -> Scan | None:
    if not os.path.lexists(path):
        return None
    raw = _read_store(path)
    if is_legacy(raw):
        raise StoreFormatError(f"{path} is of schema 1, which has one checksum only: open it, or restore it")
    return json_format.scan(raw)


def _quarantined(path: Path) -> list[bytes]:
    place = sibling(path, "quarantine")
    return read_whole(place).splitlines() if os.path.lexists(place) else []


def _write_quarantine(path: Path, lines: list[bytes]) -> None:
    place = sibling(path, "quarantine")
    if lines:
        files.replace_file(place, files.unfinished(place), b"".join(line + b"\n" for line in lines))
        return
    files.remove(place)
    try:
        files.sync_directory(path.parent)
    except OSError as exc:
        raise StorageError(f"whether {place} is removed for good is not known: {exc.strerror}") from exc
