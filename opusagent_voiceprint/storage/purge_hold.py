"""Since when purges wait, because a clock may be wrong: notes, so that restarts do not begin it anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from pydantic import AwareDatetime, Field

from opusagent_voiceprint.errors import EncryptionError, StoreFormatError
from opusagent_voiceprint.models import Record
from opusagent_voiceprint.storage.base import CallerStore

__all__ = ["HOLD", "PurgeHold", "end_hold", "end_holds", "hold", "latest_hold"]

HOLD: Final = "purge hold"
"""The kind of the notes."""

_FORGOTTEN_AFTER: Final = timedelta(days=35)
"""Longer than a month, for machines on which ``retention run`` is run once in each."""


class PurgeHold(Record):
    """A purge by a retention period, in days, that was due at this time, and waits."""

    since: AwareDatetime
    retention_days: int = Field(ge=1)

    @property
    def _key(self) -> str:
        return f"{self.retention_days} days, {self.since.isoformat()}"


def latest_hold(store: CallerStore, retention_days: int, now: datetime) -> PurgeHold | None:
    """The newest of a period's holds that this clock has reached, or None.

    Those of clocks that are ahead are theirs; one of more than five weeks ago says nothing of today; and what
    cannot be read counts as none.
    """
    found = [
        each
        for each in _holds(store)
        if each.retention_days == retention_days and each.since <= now < each.since + _FORGOTTEN_AFTER
    ]
    return max(found, key=lambda each: each.since, default=None)


def hold(store: CallerStore, waits: PurgeHold) -> None:
    """Note that a purge waits. Raises :class:`StorageError`."""
    key = waits._key
    store._set_note(HOLD, key, store.codec.encode(waits, kind=HOLD, record_id=key))


def end_hold(store: CallerStore, waits: PurgeHold) -> None:
    """Remove one hold, if it is there. Raises :class:`StorageError`."""
    store._set_note(HOLD, waits._key, None)


def end_holds(store: CallerStore, retention_days: int, until: datetime) -> None:
    """Remove a period's holds that began by then, and no other clock's or period's.

    Raises :class:`StorageError`.
    """
    for each in _holds(store):
        if each.retention_days == retention_days and each.since <= until:
            end_hold(store, each)


def _holds(store: CallerStore) -> Iterator[PurgeHold]:
    for key in store._note_keys(HOLD):
        try:
            payload = store._note(HOLD, key)
            if payload is not None:
                yield store.codec.decode(payload, PurgeHold, kind=HOLD, record_id=key)
        except (StoreFormatError, EncryptionError):  # noqa: PERF203 - each by itself
            continue
