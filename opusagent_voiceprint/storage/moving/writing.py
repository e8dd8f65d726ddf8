"""Callers written into a store, many at once, each under its own condition."""

from __future__ import annotations

from collections.abc import Iterable

from opusagent_voiceprint.errors import ConsentError, StorageError, StoreFormatError, VersionConflictError
from opusagent_voiceprint.models import Caller
from opusagent_voiceprint.storage.base import CALLER, CallerStore, NewRecord, check_consents
from opusagent_voiceprint.storage.encryption import KeyDestroyedError
from opusagent_voiceprint.storage.moving.outcome import Failure, Outcome

__all__ = ["as_record", "write_records"]


def as_record(
    store: CallerStore, caller: Caller, expected: int, payload: str | None = None
) -> NewRecord | Failure:
    """A caller as ``store`` writes it, or why it is not written; ``payload`` if it is sealed already."""
    try:
        check_consents(caller)
        if payload is None:
            payload = store.codec.encode(
                caller, kind=CALLER, record_id=caller.caller_id, is_new=expected == 0
            )
    except KeyDestroyedError:
        return Failure(caller.caller_id, "it was erased from the target just now")
    except (ConsentError, StorageError) as exc:
        return Failure(caller.caller_id, str(exc))
    return NewRecord(caller.caller_id, expected, payload, sorted(set(caller.phone_links)))


def write_records(store: CallerStore, records: Iterable[NewRecord | Failure], outcome: Outcome) -> None:
    """Write what can be written, and add it to who was moved."""
    wanted: list[NewRecord] = []
    for each in records:
        if isinstance(each, Failure):
            outcome.fail(each)
        else:
            wanted.append(each)
    if not wanted:
        return
    try:
        store._write_many(wanted)
    except (VersionConflictError, StoreFormatError):
        _write_each(store, wanted, outcome)
    else:
        outcome.moved |= {each.caller_id for each in wanted}


def _write_each(store: CallerStore, records: Iterable[NewRecord], outcome: Outcome) -> None:
    for each in records:
        try:
            found = store._read(each.caller_id)
            if found is None or found.payload != each.payload:  # else it was written before the conflict
                store._write(each.caller_id, each.expected, each.payload, each.links)
        except (VersionConflictError, StoreFormatError) as exc:  # noqa: PERF203 - each by itself
            outcome.fail(Failure(each.caller_id, str(exc)))
        else:
            outcome.moved.add(each.caller_id)
