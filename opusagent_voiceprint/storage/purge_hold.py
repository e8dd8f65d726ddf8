"""Since when purges wait, because a clock may be wrong: notes, so that restarts do not begin it anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from pydantic import AwareDatetime, Field

from opusagent_voiceprint.errors import EncryptionError, StoreFormatError
from opusagent_voiceprint.models import Record
from opusagent_voiceprint.storage.base import CallerStore

__all__ = ["HOLD", "PurgeHold", "doubt_holds", "end_hold", "end_holds", "hold", "is_held", "latest_hold"]

HOLD: Final = "purge hold"
"""The kind of the notes."""

_FORGOTTEN_AFTER: Final = timedelta(days=35)
"""Longer than a month, for machines on which ``retention run`` is run once in each: there a purge that is
held goes through with the third run after it, 90 days later."""

_COUNTED_AT_ONCE: Final = timedelta(hours=25)
"""A day, and what a daily job may come late."""

_STILL_WAITING: Final = timedelta(minutes=90)
"""Who waits looks once an hour."""

_CLOCKS_DIFFER: Final = timedelta(hours=1)


class PurgeHold(Record):
    """A purge by a retention period, in days, that was due at ``since``, and waits.

    ``waited``: how much of the time until ``seen``, when it was found waiting last, counts as waited.
    ``doubted``: whether a clock was seen afterwards that had not come so far.
    """

    since: AwareDatetime
    retention_days: int = Field(ge=1)
    waited: timedelta = timedelta()
    seen: AwareDatetime | None = None
    doubted: bool = False

    @property
    def last_seen(self) -> datetime:
        """When it was found waiting last."""
        return self.seen or self.since

    def waited_by(self, now: datetime) -> timedelta | None:
        """For how long it has waited by this clock, or None if the clock was another one in between.

        Of a time in which nobody looked a day counts at most: nobody saw what the clock was. Processes with
        clocks that are behind may doubt it for ever, while others look at it every hour and wait.
        """
        unseen = max(now - self.last_seen, timedelta())
        if self.doubted and unseen > _STILL_WAITING:
            return None
        return self.waited + min(unseen, _COUNTED_AT_ONCE)

    def found_waiting(self, now: datetime, waited: timedelta) -> PurgeHold:
        """The same, looked at now."""
        return self.model_copy(update={"waited": waited, "seen": now, "doubted": False})

    @property
    def _key(self) -> str:
        return f"{self.retention_days} days, {self.since.isoformat()}"

    def _is_reached(self, now: datetime) -> bool:
        return self.since <= now and self.last_seen <= now + _CLOCKS_DIFFER


def latest_hold(store: CallerStore, retention_days: int, now: datetime) -> PurgeHold | None:
    """The newest of a period's holds that this clock has reached, or None.

    Those of clocks that are ahead are theirs; one that nobody looked at for five weeks says nothing of today;
    and what cannot be read counts as none.
    """
    found = [
        each
        for each in _holds(store)
        if each.retention_days == retention_days
        and each._is_reached(now)
        and now < each.last_seen + _FORGOTTEN_AFTER
    ]
    return max(found, key=lambda each: each.since, default=None)


def doubt_holds(store: CallerStore, retention_days: int, now: datetime) -> None:
    """Note of a period's holds that are ahead that a clock was seen which is not.

    Raises :class:`StorageError`.
    """
    for each in _holds(store):
        if (
            each.retention_days == retention_days
            and not each.doubted
            and each.last_seen > now + _CLOCKS_DIFFER
            and is_held(store, each)  # somebody may have ended it since it was read
        ):
            hold(store, each.model_copy(update={"doubted": True}))


def hold(store: CallerStore, waits: PurgeHold) -> None:
    """Note that a purge waits. Raises :class:`StorageError`."""
    key = waits._key
    store._set_note(HOLD, key, store.codec.encode(waits, kind=HOLD, record_id=key))


def is_held(store: CallerStore, waits: PurgeHold) -> bool:
    """Whether a hold is there, however often it was looked at. Raises :class:`StorageError`."""
    return store._note(HOLD, waits._key) is not None


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
