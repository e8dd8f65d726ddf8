"""What a store holds of a caller, as backends see it and as it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NoReturn

from opusagent_voiceprint.errors import ConsentError, StorageError, StoreFormatError
from opusagent_voiceprint.models import Caller, Purpose, Record
from opusagent_voiceprint.storage.codec import RecordCodec
from opusagent_voiceprint.storage.encryption import SealedKey

__all__ = [
    "CALLER",
    "REFUSAL",
    "SECRET",
    "NewRecord",
    "StoreSecret",
    "StoredRecord",
    "check_consents",
    "misplaced",
    "open_record",
]

CALLER: Final = "caller"
REFUSAL: Final = "refusal"
SECRET: Final = "secret"  # noqa: S105 - the kind of a record


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A caller's record as backends see it: opaque but for its id and version."""

    caller_id: str
    version: int
    payload: str


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A caller's record that is to be written if the version that is there is ``expected``; 0 for none."""

    caller_id: str
    expected: int
    payload: str
    links: list[str]


class StoreSecret(Record):
    """Random bytes of one store, as hex."""

    value: str


def open_record(
    codec: RecordCodec, record: StoredRecord, keys: Mapping[str, SealedKey] | None = None
) -> Caller:
    """The caller of a record. Raises :class:`KeyDestroyedError` for one who was erased."""
    caller = codec.decode(record.payload, Caller, kind=CALLER, record_id=record.caller_id, keys=keys)
    if caller.caller_id != record.caller_id:
        misplaced(CALLER, record.caller_id)
    caller.version = record.version
    return caller


def check_consents(caller: Caller) -> None:
    """Raise :class:`ConsentError` for what a caller has no consent in force for.

    Raises :class:`StorageError` for another caller's voiceprint.
    """
    held = {Purpose.VOICEPRINT: bool(caller.voiceprints), Purpose.MEMORY: bool(caller.memory)}
    for purpose, is_held in held.items():
        if is_held and caller.consent(purpose) is None:
            raise ConsentError(
                f"caller {caller.caller_id!r} was not written: there is no {purpose.value} consent in force; "
                f"record the consent together with what it allows, or leave out the {purpose.value}"
            )
    if any(voiceprint.caller_id != caller.caller_id for voiceprint in caller.voiceprints):
        raise StorageError(f"caller {caller.caller_id!r} was not written: it has another caller's voiceprint")


def misplaced(kind: str, record_id: str) -> NoReturn:
    """Raise :class:`StoreFormatError` for a record that lies in another's place."""
    raise StoreFormatError(
        f"the {kind} record under {record_id!r} belongs to another id: the store was changed from outside; "
        "restore it from a backup"
    )
