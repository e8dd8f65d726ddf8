"""Callers in one JSON file, replaced as a whole with every write: for development and small installations."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from opusagent_voiceprint.errors import NoteExistsError, VersionConflictError
from opusagent_voiceprint.storage import json_repair
from opusagent_voiceprint.storage.base import CallerStore, NewRecord, StoredRecord
from opusagent_voiceprint.storage.codec import RecordCodec
from opusagent_voiceprint.storage.damage import QUARANTINE, Damage, add_to_quarantine, quarantine_key
from opusagent_voiceprint.storage.json_file import JSONFile
from opusagent_voiceprint.storage.json_format import CallerLine, Contents, NoteLine
from opusagent_voiceprint.storage.ledger import NewNote, is_key

__all__ = ["JSONStorage"]


class JSONStorage(CallerStore):
    """Callers in a file of one JSON line each, which is either the old or the new one, and a copy beside it.

    Every line has a checksum, and the file one over all of them: a file that was damaged is refused, never
    taken for empty or read in part. The copy is the last good state. Processes are kept apart by a lock
    file, which needs a local file system.
    """

    def __init__(
        self,
        file_path: str | os.PathLike[str] = "voiceprints.json",
        *,
        codec: RecordCodec | None = None,
        max_voiceprints: int = 3,
        policy_version: str = "1",
    ) -> None:
        super().__init__(codec=codec, max_voiceprints=max_voiceprints, policy_version=policy_version)
        self._file = JSONFile(Path(file_path), self._codec)

    @property
    def file_path(self) -> str:
        """The file, as it was named."""
        return str(self._file.path)

    def count(self) -> int:
        """How many callers there are."""
        return sum(row.is_live for row in self._file.load().callers.values())

    def ids_by_phone(self, link: str) -> list[str]:
        """The ids of the callers that this keyed hash of a number is linked to, sorted."""
        callers = self._file.load().callers
        return sorted(caller_id for caller_id, row in callers.items() if link in row.links)

    def changes(self, since: int) -> tuple[list[str], int]:
        """The ids written or erased after a revision, and the newest revision."""
        contents = self._file.load()
        changed = [
            (row.version, caller_id) for caller_id, row in contents.callers.items() if row.version > since
        ]
        return [caller_id for _, caller_id in sorted(changed)], contents.revision

    def _read(self, caller_id: str) -> StoredRecord | None:
        row = self._file.load().callers.get(caller_id)
        return None if row is None or not row.is_live else StoredRecord(caller_id, row.version, row.payload)

    def _read_many(self, caller_ids: Collection[str]) -> list[StoredRecord]:
        callers = self._file.load().callers
        found = ((caller_id, callers.get(caller_id)) for caller_id in caller_ids)
        return [
            StoredRecord(caller_id, row.version, row.payload)
            for caller_id, row in found
            if row is not None and row.is_live
        ]

    def _records(self) -> Iterator[StoredRecord]:
        for caller_id, row in self._file.load().callers.items():
            if row.is_live:
                yield StoredRecord(caller_id, row.version, row.payload)

    def _write(
        self, caller_id: str, expected: int, payload: str, links: list[str], notes: Sequence[NewNote] = ()
    ) -> int:
        with self._file.exclusively() as old:
            found = _live_version(old, caller_id)
            if found != expected:
                raise VersionConflictError(caller_id, expected=expected, found=found)
            new = _with_new_notes(_with_row(old, caller_id, payload, links), notes)
            self._file.replace(new)
            return new.revision

    def _write_many(self, records: Sequence[NewRecord]) -> None:
        with self._file.exclusively() as old:
            callers, revision = dict(old.callers), old.revision
            for each in records:
                found = _live_version(old, each.caller_id)
                if found != each.expected:
                    raise VersionConflictError(each.caller_id, expected=each.expected, found=found)
                revision += 1
                callers[each.caller_id] = CallerLine.of(each.caller_id, revision, each.links, each.payload)
            self._file.replace(replace(old, revision=revision, callers=callers))

    def _remove(self, caller_id: str, expected: int | None = None, notes: Sequence[NewNote] = ()) -> bool:
        with self._file.exclusively() as old:
            found = _live_version(old, caller_id)
            if expected is not None and found != expected:
                return False
            quarantined = (QUARANTINE, quarantine_key("caller", caller_id))
            if found or quarantined in old.notes:
                new = _with_row(old, caller_id, None, []) if found else old
                self._file.replace(_with_new_notes(_without_note(new, quarantined), notes))
            # Last, and after a killed erasure again: of what is in there nobody is told.
            put_aside = json_repair.forget_quarantined(self._file.path, caller_id)
            return bool(found) or quarantined in old.notes or put_aside

    def _note(self, kind: str, key: str) -> str | None:
        note = self._file.load().notes.get((kind, key))
        return None if note is None else note.payload

    def _note_keys(self, kind: str) -> list[str]:
        return [key for found, key in self._file.load().notes if found == kind]

    def _last_note_key(self, kind: str) -> str | None:
        return _last_key(self._file.load(), kind)

    def _set_note(self, kind: str, key: str, payload: str | None) -> None:
        with self._file.exclusively() as old:
            if payload is not None:
                self._file.replace(_with_note(old, kind, key, payload))
            elif (kind, key) in old.notes:
                self._file.replace(_without_note(old, (kind, key)))

    def _add_note(self, kind: str, key: str, payload: str) -> str:
        with self._file.exclusively() as old:
            note = old.notes.get((kind, key))
            if note is None:
                self._file.replace(_with_note(old, kind, key, payload))
            return payload if note is None else note.payload

    def _add_notes(self, notes: Sequence[NewNote]) -> None:
        with self._file.exclusively() as old:
            self._file.replace(_with_new_notes(old, notes))

    # What `storage check` asks

    def _damaged(self) -> list[Damage]:
        """What is wrong with the file, its copy, and what was put aside of it."""
        return json_repair.check_json(self._file.path)

    def _quarantine(self, record_id: str, kind: str = "caller") -> bool:
        """Move a record that cannot be read out of the live ones, into a note; whether it was there."""
        with self._file.exclusively() as old:
            if kind == "caller":
                row = old.callers.get(record_id)
                if row is None or not row.is_live:
                    return False
                aside = {"version": row.version, "links": row.links, "payload": row.payload}
                new = _with_row(old, record_id, None, [])
            else:
                note = old.notes.get((kind, record_id))
                if note is None:
                    return False
                aside = {"payload": note.payload}
                new = _without_note(old, (kind, record_id))
            key = quarantine_key(kind, record_id)
            earlier = old.notes.get((QUARANTINE, key))
            rows = add_to_quarantine(earlier.payload if earlier else None, aside)
            self._file.replace(_with_note(new, QUARANTINE, key, rows))
            return True


def _live_version(contents: Contents, caller_id: str) -> int:
    """0 for a caller that is not there, or was erased."""
    row = contents.callers.get(caller_id)
    return row.version if row is not None and row.is_live else 0


def _with_row(old: Contents, caller_id: str, payload: str | None, links: list[str]) -> Contents:
    revision = old.revision + 1
    row = CallerLine.of(caller_id, revision, links, payload)
    return replace(old, revision=revision, callers={**old.callers, caller_id: row})


def _with_note(old: Contents, kind: str, key: str, payload: str) -> Contents:
    return replace(old, notes={**old.notes, (kind, key): NoteLine.of(kind, key, payload)})


def _last_key(contents: Contents, kind: str) -> str | None:
    # What is no number is none of the ledger's, and comes of damage.
    return max((key for found, key in contents.notes if found == kind and is_key(key)), default=None)


def _with_new_notes(old: Contents, notes: Sequence[NewNote]) -> Contents:
    for each in notes:
        if (last := _last_key(old, each.kind)) is not None and last >= each.key:
            raise NoteExistsError(f"there are {each.kind} notes as far as {last} already")
    new = {(each.kind, each.key): NoteLine.of(each.kind, each.key, each.payload) for each in notes}
    return replace(old, notes={**old.notes, **new}) if new else old


def _without_note(old: Contents, note: tuple[str, str]) -> Contents:
    return replace(old, notes={each: line for each, line in old.notes.items() if each != note})
