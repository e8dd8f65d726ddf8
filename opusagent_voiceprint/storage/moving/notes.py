"""A store's notes moved to another: its secrets, which must be the same there, and remembered refusals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone

from opusagent_voiceprint.errors import EncryptionError, StorageError, StoreFormatError
from opusagent_voiceprint.models import DoNotAsk
from opusagent_voiceprint.storage.base import REFUSAL, SECRET, CallerStore, StoreSecret
from opusagent_voiceprint.storage.moving.outcome import Failure, Outcome
from opusagent_voiceprint.storage.number_failures import (
    FAILURES,
    NumberFailures,
    read_count,
    write_count,
)

__all__ = [
    "add_failures",
    "add_refusals",
    "add_secrets",
    "read_failures",
    "read_refusals",
    "read_secrets",
    "refuse_other_secrets",
]

_NEVER_AGAIN = datetime.max.replace(tzinfo=timezone.utc)


def read_secrets(store: CallerStore) -> dict[str, bytes]:
    """A store's secrets, by name. None can be done without: phone links are lost without theirs."""
    return {name: store.secret(name) for name in store._note_keys(SECRET)}


def refuse_other_secrets(store: CallerStore, secrets: Mapping[str, bytes]) -> None:
    """Raise :class:`StorageError` if callers or refusals in ``store`` hang on other secrets than these."""
    there = set(store._note_keys(SECRET))
    other = sorted(name for name in there & set(secrets) if store.secret(name) != secrets[name])
    if other and not _is_empty(store):
        raise StorageError(
            f"the target has callers or refusals already, and another secret {other[0]!r} than the source: "
            "its links to phone numbers would be lost, or the source's. Name an empty place"
        )


def add_secrets(store: CallerStore, secrets: Mapping[str, bytes]) -> None:
    """Give a store these secrets, after :func:`refuse_other_secrets`."""
    for name, value in secrets.items():
        if name in store._note_keys(SECRET) and store.secret(name) == value:
            continue
        payload = store.codec.encode(StoreSecret(value=value.hex()), kind=SECRET, record_id=name)
        store._set_note(SECRET, name, payload)


def read_refusals(store: CallerStore, outcome: Outcome) -> dict[str, DoNotAsk]:
    """What a store remembers of refusals; what cannot be read is a failure of ``outcome``."""
    found = {}
    for subject in store._note_keys(REFUSAL):
        try:
            refusal = store.refusal(subject)
        except (StoreFormatError, EncryptionError) as exc:  # noqa: PERF203 - each by itself
            outcome.fail(Failure(subject, str(exc), REFUSAL))
        else:
            if refusal is not None:
                found[subject] = refusal
    return found


def add_refusals(store: CallerStore, refusals: Mapping[str, DoNotAsk], outcome: Outcome) -> None:
    """Remember refusals; of two about one subject the one that holds longer."""
    there = read_refusals(store, outcome)
    for subject, refusal in refusals.items():
        known = there.get(subject)
        if known is None or _until(known) < _until(refusal):
            store.remember_refusal(refusal)
        outcome.refusals += 1
    kept = read_refusals(store, outcome)
    for subject, refusal in refusals.items():
        if subject not in kept or _until(kept[subject]) < _until(refusal):
            outcome.fail(Failure(subject, "it is not in the target as it was written", REFUSAL))


def read_failures(store: CallerStore, outcome: Outcome) -> dict[str, NumberFailures]:
    """What a store counts of numbers; what cannot be read is a failure of ``outcome``."""
    found = {}
    for link in store._note_keys(FAILURES):
        try:
            counted = read_count(store, link)
        except (StoreFormatError, EncryptionError) as exc:  # noqa: PERF203 - each by itself
            outcome.fail(Failure(link[:12], str(exc), FAILURES))
        else:
            if counted is not None:
                found[link] = counted
    return found


def add_failures(store: CallerStore, failures: Mapping[str, NumberFailures], outcome: Outcome) -> None:
    """Count what another store counted; of two counts of one number the one that holds longer."""
    there = read_failures(store, outcome)
    for link, counted in failures.items():
        known = there.get(link)
        if known is None or known.stopped_until < counted.stopped_until:
            write_count(store, link, counted)


def _until(refusal: DoNotAsk) -> datetime:
    return refusal.until or _NEVER_AGAIN


def _is_empty(store: CallerStore) -> bool:
    return store.count() == 0 and not store._note_keys(REFUSAL)
