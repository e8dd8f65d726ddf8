"""The consent ledger moved with the callers: as it is into a store that has none, else what it lacks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from opusagent_voiceprint.errors import NoteExistsError
from opusagent_voiceprint.storage.base import CallerStore
from opusagent_voiceprint.storage.ledger import (
    LEDGER,
    Head,
    LedgerEntry,
    LedgerEvent,
    NewNote,
    entries_of,
    erasure_entry,
    imported_entries,
    key_of,
)
from opusagent_voiceprint.storage.moving.outcome import Failure, Outcome
from opusagent_voiceprint.storage.moving.reading import in_parts

__all__ = ["add_ledger", "readable_entries"]

_AT_ONCE: Final = 500


def add_ledger(store: CallerStore, entries: Sequence[LedgerEntry], outcome: Outcome) -> None:
    """Give a store the ledger of another, and enter the consents of those of its callers that lack an entry.

    So is the erasure of who was left out for it. Where the store's ledger is the same as far as it goes, what
    comes after is taken over as it is, so that heads which were noted earlier stay true. Where it is another,
    it stays that.
    """
    _take_over(store, entries)
    known: dict[str, set[str]] = {}
    for each in readable_entries(store, outcome):
        if each.event is LedgerEvent.ERASED:
            known.pop(each.subject, None)
        elif each.event is LedgerEvent.RETRACTED:
            known.get(each.subject, set()).discard(each.commitment)
        else:
            known.setdefault(each.subject, set()).add(each.commitment)
    ids, _ = store.changes(0)
    for some in in_parts(ids):
        missing: list[LedgerEntry] = []
        for caller in store.get_many(some):
            missing += imported_entries(caller, known.get(caller.caller_id, set()))
        store.chain.append_with(missing, store._add_notes)
    left_out = [
        erasure_entry(caller_id, None, reason="followed", has_key=False)
        for caller_id in sorted(outcome.erased)
        if known.get(caller_id) and store._read(caller_id) is None
    ]
    store.chain.append_with(left_out, store._add_notes)


def readable_entries(store: CallerStore, outcome: Outcome) -> list[LedgerEntry]:
    """A store's entries; what is wrong with others is a failure of ``outcome``."""
    found = []
    for each in entries_of(store):
        if isinstance(each, LedgerEntry):
            found.append(each)
        else:
            outcome.fail(Failure(str(each.sequence), each.what, LEDGER))
    return found


def _take_over(store: CallerStore, entries: Sequence[LedgerEntry]) -> None:
    head = store.chain.head()
    if head.sequence and not any(head == Head(each.sequence, each.hash) for each in entries):
        return
    rest = [each for each in entries if each.sequence > head.sequence]
    for start in range(0, len(rest), _AT_ONCE):
        notes = [
            NewNote(
                LEDGER,
                key_of(each.sequence),
                store.codec.encode(each, kind=LEDGER, record_id=key_of(each.sequence)),
            )
            for each in rest[start : start + _AT_ONCE]
        ]
        try:
            store._add_notes(notes)
        except NoteExistsError:
            return  # somebody uses the store already
