"""Whether the ledger is whole: every entry there, unchanged, and in agreement with the callers."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from opusagent_voiceprint.errors import EncryptionError, StoreFormatError
from opusagent_voiceprint.models import Caller
from opusagent_voiceprint.storage.damage import QUARANTINE
from opusagent_voiceprint.storage.ledger.chain import ARCHIVE, LEDGER, Head, is_key, read_entry
from opusagent_voiceprint.storage.ledger.entry import (
    GENESIS,
    UNREADABLE,
    LedgerEntry,
    LedgerEvent,
    commitment_of,
)

if TYPE_CHECKING:
    from opusagent_voiceprint.storage.base import CallerStore

__all__ = [
    "Problem",
    "Verification",
    "archived_entries",
    "entries_of",
    "erased_by_all",
    "erased_in",
    "last_erasure",
    "read_archived",
    "verify_chain",
    "verify_ledger",
]

_CALLERS_AT_ONCE: Final = 500
_MOST_MISSING: Final = 1000
"""So many are named one by one: a key that was made up does not make for a list without end."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: with an entry, by its sequence number, or with a caller."""

    what: str
    sequence: int | None = None
    caller_id: str | None = None

    def __str__(self) -> str:
        where = f"entry {self.sequence}" if self.sequence is not None else f"caller {self.caller_id}"
        return f"{where}: {self.what}"


@dataclass(slots=True)
class Verification:
    """What was found. Keep ``head`` somewhere else: a ledger that was cut short or replaced lacks it."""

    head: Head = field(default_factory=lambda: Head(0, GENESIS))
    callers: int = 0
    problems: list[Problem] = field(default_factory=list)


def entries_of(store: CallerStore, *, after: int = 0) -> Iterator[LedgerEntry | Problem]:
    """The entries of a store in their order; what is not there or not readable comes as what is wrong."""
    last = after
    for key in sorted(store._note_keys(LEDGER)):
        if not is_key(key):
            yield Problem(f"has no number, but {key[:40]!r}", sequence=0)
            continue
        sequence = int(key)
        if sequence <= after:
            continue
        for missing in range(last + 1, min(sequence, last + _MOST_MISSING)):
            yield Problem("is missing", sequence=missing)
        last = sequence
        try:
            entry = read_entry(store, sequence)
        except (StoreFormatError, EncryptionError) as exc:
            yield Problem(f"cannot be read: {exc}", sequence=sequence)
        else:
            yield entry if entry is not None else Problem("is missing", sequence=sequence)


def archived_entries(store: CallerStore) -> Iterator[tuple[str, LedgerEntry]]:
    """The entries of ledgers that stores had which were moved into this one, each with its note's key.

    Those of one ledger come together and in their order. What cannot be read is left out.
    """
    for key in sorted(store._note_keys(ARCHIVE)):
        with contextlib.suppress(StoreFormatError, EncryptionError):
            entry = read_archived(store, key)
            if entry is not None:
                yield key, entry


def read_archived(store: CallerStore, key: str) -> LedgerEntry | None:
    """An entry of a ledger that is kept beside the store's own."""
    payload = store._note(ARCHIVE, key)
    return None if payload is None else store.codec.decode(payload, LedgerEntry, kind=ARCHIVE, record_id=key)


def erased_by_all(store: CallerStore) -> set[str]:
    """Who is erased by the store's ledger, or by one that is kept beside it, and is not in the store."""
    erased = erased_in(entries_of(store))
    for _, ledger in itertools.groupby(archived_entries(store), lambda each: each[0].partition(":")[0]):
        erased |= erased_in(entry for _, entry in ledger)
    there = {caller.caller_id for caller in store.get_many(sorted(erased))}
    return erased - there


def last_erasure(store: CallerStore, caller_id: str) -> LedgerEntry | None:
    """The newest entry of a caller's erasure, which is its receipt; None if there is none."""
    for sequence in range(store.chain.head().sequence, 0, -1):
        try:
            entry = read_entry(store, sequence)
        except (StoreFormatError, EncryptionError):
            continue
        if entry is not None and entry.subject == caller_id and entry.event is LedgerEvent.ERASED:
            return entry
    return None


def erased_in(entries: Iterable[LedgerEntry | Problem]) -> set[str]:
    """Who is erased by a ledger, and did not come back. Entries that are damaged are passed over."""
    state = _State()
    state.add(each for each in entries if isinstance(each, LedgerEntry))
    return state.erased()


def verify_chain(
    entries: Iterable[LedgerEntry | Problem], problems: list[Problem], *, known: Head | None = None
) -> tuple[Head, list[LedgerEntry]]:
    """Check that every entry follows on the one before; what does not is added to ``problems``.

    ``known`` is a head that was noted earlier: it must be in the chain. Returns the end, and the entries.
    """
    last = Head(0, GENESIS)
    whole: list[LedgerEntry] = []
    is_known = known is None or known == last
    for each in entries:
        if isinstance(each, Problem):
            problems.append(each)
            last = Head(max(last.sequence, each.sequence or 0), UNREADABLE)
            continue
        if each.sequence != last.sequence + 1:
            problems.append(Problem("stands at another's place", sequence=each.sequence))
        elif UNREADABLE not in (last.hash, each.previous) and each.previous != last.hash:
            problems.append(
                Problem("does not follow on the one before, which was changed", sequence=each.sequence)
            )
        elif each.previous == UNREADABLE and last.hash != UNREADABLE:
            problems.append(
                Problem("followed on one that could not be read, and is another now", sequence=each.sequence)
            )
        last = Head(each.sequence, each.hash)
        is_known = is_known or last == known
        whole.append(each)
    if not is_known and known is not None:
        problems.append(
            Problem("has another hash than it had, or is gone: the ledger was replaced", known.sequence)
        )
    return last, whole


def verify_ledger(store: CallerStore, *, known: Head | None = None) -> Verification:
    """Check the chain, and that it agrees with the callers there are. The store may be in use.

    Raises :class:`StorageError` if the store cannot be read.
    """
    found = Verification()
    head, entries = verify_chain(entries_of(store), found.problems, known=known)
    state = _State()
    state.add(entries)
    ids, _ = store.changes(0)
    suspects = state.present() - set(ids)
    for start in range(0, len(ids), _CALLERS_AT_ONCE):
        some = ids[start : start + _CALLERS_AT_ONCE]
        there = {caller.caller_id: caller for caller in store.get_many(some)}
        found.callers += len(there)
        suspects.update(each for each in some if state.problems(each, there.get(each)))
    if suspects:
        # Calls go on meanwhile: whom they changed is looked at again, with the entries that came since.
        state.add(each for each in entries_of(store, after=head.sequence) if isinstance(each, LedgerEntry))
        put_aside = set(store._note_keys(QUARANTINE))
        for caller_id in sorted(suspects - put_aside):
            with contextlib.suppress(StoreFormatError, EncryptionError):  # `storage check` says so
                found.problems += state.problems(caller_id, store.get(caller_id))
    found.head = head
    return found


class _State:
    """What the ledger says of each caller, as of its end."""

    def __init__(self) -> None:
        self._consents: dict[str, dict[str, LedgerEntry]] = {}
        self._erased: dict[str, LedgerEntry] = {}

    def add(self, entries: Iterable[LedgerEntry]) -> None:
        for each in entries:
            consents = self._consents.setdefault(each.subject, {})
            if each.event is LedgerEvent.ERASED:
                self._erased[each.subject] = each
                del self._consents[each.subject]
            elif each.event is LedgerEvent.RETRACTED:
                consents.pop(each.commitment, None)
            else:
                consents[each.commitment] = each

    def present(self) -> set[str]:
        """Who is there, by the ledger."""
        return {caller_id for caller_id, consents in self._consents.items() if consents}

    def erased(self) -> set[str]:
        """Who was erased and is not there, by the ledger."""
        return self._erased.keys() - self.present()

    def problems(self, caller_id: str, caller: Caller | None) -> list[Problem]:
        consents = self._consents.get(caller_id, {})
        if caller is None:
            if not consents:
                return []
            return [Problem("is gone, and the ledger has no erasure", caller_id=caller_id)]
        there = {commitment_of(each) for each in caller.consents}
        found = []
        if caller_id in self._erased and not consents:
            found.append(Problem("is there, and was erased: a backup was put back", caller_id=caller_id))
        elif there - consents.keys():
            found.append(Problem("has a consent that the ledger has not", caller_id=caller_id))
        if consents.keys() - there:
            found.append(Problem("lacks a consent that the ledger has", caller_id=caller_id))
        return found
