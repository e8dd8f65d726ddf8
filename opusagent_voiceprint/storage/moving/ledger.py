"""The consent ledger moved with the callers: as it is, as far as the target has not begun another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from opusagent_voiceprint.errors import NoteExistsError
from opusagent_voiceprint.models import Caller
from opusagent_voiceprint.storage.base import CallerStore
from opusagent_voiceprint.storage.ledger import (
    ARCHIVE,
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

__all__ = ["enter_moved", "keep_archived", "readable_entries", "take_over"]

_AT_ONCE: Final = 500


def readable_entries(store: CallerStore, outcome: Outcome) -> list[LedgerEntry]:
    """A store's entries; what is wrong with others is a failure of ``outcome``."""
    found = []
    for each in entries_of(store):
        if isinstance(each, LedgerEntry):
            found.append(each)
        else:
            outcome.fail(Failure(str(each.sequence), each.what, LEDGER))
    return found


def take_over(store: CallerStore, entries: Sequence[LedgerEntry], outcome: Outcome) -> None:
    """Give a store the entries of another's ledger that come after its own.

    Heads that were noted earlier stay true then. Where the store has begun a ledger of its own, that stays,
    and the other is kept beside it as it is, for `consents export --archived`.
    """
    if not entries:
        return
    head, last = store.chain.head(), entries[-1]
    there = {each.sequence: each.hash for each in entries_of(store) if isinstance(each, LedgerEntry)}
    if there.get(last.sequence) == last.hash:
        return  # all of it is there
    if head.sequence and not any(head == Head(each.sequence, each.hash) for each in entries):
        _archive(store, entries, outcome)
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
        except NoteExistsError:  # somebody uses the store already
            _archive(store, entries, outcome)
            return


def enter_moved(store: CallerStore, is_ours: Callable[[int], bool], outcome: Outcome) -> None:
    """Enter the consents of those who were moved and whom the ledger lacks, and who was left out as erased.

    ``is_ours`` says of a version whether moving has written it: of others nothing is entered, however they
    came to be there.
    """
    known: dict[str, set[str]] = {}
    for each in readable_entries(store, outcome):
        if each.event is LedgerEvent.ERASED:
            known.pop(each.subject, None)
        elif each.event is LedgerEvent.RETRACTED:
            known.get(each.subject, set()).discard(each.commitment)
        else:
            known.setdefault(each.subject, set()).add(each.commitment)
    for some in in_parts(sorted(outcome.moved | outcome.there)):
        missing: list[LedgerEntry] = []
        for caller in _moved(store, some, is_ours):
            missing += imported_entries(caller, known.get(caller.caller_id, set()))
        store.chain.append_with(missing, store._add_notes)
    left_out = [
        erasure_entry(caller_id, None, reason="followed", has_key=False)
        for caller_id in sorted(outcome.erased)
        if known.get(caller_id) and store._read(caller_id) is None
    ]
    store.chain.append_with(left_out, store._add_notes)


def _moved(store: CallerStore, ids: Sequence[str], is_ours: Callable[[int], bool]) -> list[Caller]:
    return [caller for caller in store.get_many(ids) if is_ours(caller.version)]


def keep_archived(store: CallerStore, key: str, entry: LedgerEntry) -> None:
    """Keep an entry of a ledger that is kept beside another store's."""
    if store._note(ARCHIVE, key) is None:
        store._set_note(ARCHIVE, key, store.codec.encode(entry, kind=ARCHIVE, record_id=key))


def _archive(store: CallerStore, entries: Sequence[LedgerEntry], outcome: Outcome) -> None:
    name, hashes = entries[-1].hash, {each.hash for each in entries}
    kept = set()
    for key in store._note_keys(ARCHIVE):
        of, _, sequence = key.partition(":")
        if of == name:
            kept.add(sequence)
        elif of in hashes:  # an earlier state of the same ledger
            store._set_note(ARCHIVE, key, None)
    for each in entries:
        if key_of(each.sequence) not in kept:
            key = f"{name}:{key_of(each.sequence)}"
            store._set_note(ARCHIVE, key, store.codec.encode(each, kind=ARCHIVE, record_id=key))
    notice = (
        f"the store has begun a consent ledger of its own; the other one, of {len(entries)} entries, is kept "
        "beside it: see `opusagent-voiceprint consents export --archived`"
    )
    if notice not in outcome.notices:
        outcome.notices.append(notice)
