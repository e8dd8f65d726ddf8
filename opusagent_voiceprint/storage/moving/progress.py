"""How far callers were moved into a store, kept in that store, so that moving goes on after it was killed."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pydantic import AwareDatetime, Field

from opusagent_voiceprint.models import Record, utc_now
from opusagent_voiceprint.storage.base import CallerStore

__all__ = ["MOVING", "Progress"]

MOVING: Final = "moving"
"""The kind of the notes."""


class _Note(Record):
    started: AwareDatetime
    source_revision: int = 0
    spans: list[tuple[int, int | None]] = Field(default_factory=list)


class Progress:
    """What was moved from one source into ``store``; ``identity`` names the source.

    Which versions in the store were written by moving is kept as spans of revisions: what has another version
    was written by somebody else. While a span is open, nobody else should write.
    """

    def __init__(self, store: CallerStore, identity: str) -> None:
        self._store = store
        self._identity = identity
        payload = store._note(MOVING, identity)
        self._note = (
            _Note(started=utc_now())
            if payload is None
            else store.codec.decode(payload, _Note, kind=MOVING, record_id=identity)
        )

    @property
    def is_open(self) -> bool:
        """Whether moving began and did not come to its end."""
        return bool(self._note.spans) and self._note.spans[-1][1] is None

    @property
    def started(self) -> datetime:
        """When moving began first."""
        return self._note.started

    @property
    def source_revision(self) -> int:
        """Up to which revision of the source everything was moved; 0 before the first end."""
        return self._note.source_revision

    def begin(self) -> None:
        """From here on what is written is of moving. Goes on where it was cut short."""
        if not self.is_open:
            self._note.spans.append((self._revision(), None))
            self._write()

    def finish(self, source_revision: int) -> None:
        """All was moved up to a revision of the source."""
        first, _ = self._note.spans[-1]
        self._note.spans[-1] = (first, self._revision())
        self._note.source_revision = source_revision
        self._write()

    def is_ours(self, version: int) -> bool:
        """Whether a version in the store was written by moving."""
        return any(first < version and (last is None or version <= last) for first, last in self._note.spans)

    def _revision(self) -> int:
        # The ids after an impossible revision are none, so this costs no list.
        return self._store.changes(2**52)[1]

    def _write(self) -> None:
        payload = self._store.codec.encode(self._note, kind=MOVING, record_id=self._identity)
        self._store._set_note(MOVING, self._identity, payload)
