"""The calling number: its keyed hash, and what the store knows about it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from opusagent_hooks import Call
from opusagent_voiceprint.calls.context import Shared, log_failure
from opusagent_voiceprint.consent.events import (
    Event,
    NumberSuspended,
    PolicyChanged,
    RefusedBefore,
    RetentionOver,
)
from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.matching import Standing, standing
from opusagent_voiceprint.models import DoNotAsk
from opusagent_voiceprint.storage import normalise_number
from opusagent_voiceprint.storage.number_failures import NumberFailures, failures_of
from opusagent_voiceprint.storage.reviews import suspension_of

__all__ = ["CallingNumber", "Late", "NumberRecord"]

_MOST_LOOKED_AT: Final = 8
"""Callers of one number; of a switchboard's hundreds no one caller can be said to call again."""


class Late(Protocol):
    """Told that a look-up was late: it has been answered since, or has failed and is to be tried again."""

    def __call__(self, *, answered: bool) -> object:
        """Told so."""
        ...


@dataclass(frozen=True, slots=True)
class NumberRecord:
    """What is known about a number: its remembered no, whether it is suspended, who is linked to it.

    ``matchable``: some of them may be recognised. ``renewable`` are those who agreed to an earlier policy,
    ``expired`` whether any was not heard of for longer than the retention period. ``failures``: nobody of
    them was recognised on the last calls.
    """

    refusal: DoNotAsk | None = None
    suspended: bool = False
    caller_ids: tuple[str, ...] = ()
    matchable: bool = False
    renewable: tuple[str, ...] = ()
    expired: bool = False
    failures: NumberFailures | None = None

    def refused(self, now: datetime) -> bool:
        """Whether a remembered no holds: until its time is over, or for ever."""
        return self.refusal is not None and (self.refusal.until is None or now < self.refusal.until)

    def has_a_say(self, now: datetime) -> bool:
        """Whether the number speaks for its callers: not while too many of its calls were others'."""
        return self.failures is None or not self.failures.stopped(now)

    def matching_stopped(self, now: datetime, most: int) -> bool:
        """Whether no voice is compared on this call: its number has failed ``most`` times in a row."""
        return self.failures is not None and self.failures.matching_stopped(now, most)

    def events(self, now: datetime) -> Iterator[Event]:
        """The same for the consent dialogue."""
        if self.expired:
            yield RetentionOver()
        if self.renewable:
            yield PolicyChanged()
        if self.refusal is not None and self.refused(now):
            yield RefusedBefore(forever=self.refusal.until is None)
        if self.suspended:
            yield NumberSuspended()


class CallingNumber:
    """Looked up once, in one request, and again until the store has answered.

    Until then nobody is recognised or asked: whether its caller said no, or withdrew, is not known.
    """

    def __init__(self, call: Call, shared: Shared) -> None:
        self._call = call
        self._shared = shared
        self._is_number = normalise_number(call.from_number) is not None
        self._running: asyncio.Task[NumberRecord | None] | None = None
        self._reported = False
        self.record: NumberRecord | None = None if self._is_number else NumberRecord()
        """What the store says; None before it did. For a call without a number, that nothing is known."""

    @property
    def link(self) -> str | None:
        """The keyed hash; None without a number, and as long as the store with its key is not there."""
        phones = self._shared.access.phones
        return phones.link(self._call.from_number) if phones is not None else None

    @property
    def may_be_a_callers(self) -> bool:
        """Whether, by what is known so far, one of its few callers may be calling, and be recognised."""
        record = self.record
        return record is not None and record.matchable and len(record.caller_ids) <= _MOST_LOOKED_AT

    async def look_up(self, seconds: float, late: Late) -> NumberRecord | None:
        """What the store says, if it does so in time.

        Otherwise None, and ``late`` is told when to ask again.
        """
        if self.record is not None:
            return self.record
        if self._running is None:
            self._running = asyncio.create_task(self._ask())
        running = self._running
        done, _ = await asyncio.wait({running}, timeout=seconds)
        if not done:
            running.add_done_callback(lambda task: task.cancelled() or late(answered=True))
            return None
        self._running = None
        self.record = running.result()
        if self.record is None:
            late(answered=False)
        return self.record

    def drop(self) -> None:
        """The call is over."""
        if self._running is not None:
            self._running.cancel()

    async def _ask(self) -> NumberRecord | None:
        link = self.link
        if link is None:
            return None
        try:
            return await self._shared.records.read(lambda: self._read(link))
        except StorageError as exc:
            if not self._reported:
                self._reported = True
                log_failure(self._call.id, "the calling number could not be looked up", exc)
            return None

    def _read(self, link: str) -> NumberRecord:
        shared, now = self._shared, self._shared.clock()
        store, owed = shared.access.store, shared.arrears
        if owed.noted(suspension_of(link)) or store.refusal(suspension_of(link)):
            return NumberRecord(suspended=True)
        refusal, ids = owed.noted(link) or store.refusal(link), store.ids_by_phone(link)
        if not ids:
            return NumberRecord(refusal)
        stands = {
            caller.caller_id: standing(caller, shared.settings, now)
            for caller in store.get_many(ids[:_MOST_LOOKED_AT])
            if not owed.is_overdue(caller.caller_id)
        }
        return NumberRecord(
            refusal,
            caller_ids=tuple(ids),
            matchable=Standing.LIVE in stands.values() or len(ids) > _MOST_LOOKED_AT,
            renewable=tuple(each for each in stands if stands[each] is Standing.EARLIER_POLICY),
            expired=Standing.EXPIRED in stands.values(),
            failures=failures_of(store, link, now),
        )
