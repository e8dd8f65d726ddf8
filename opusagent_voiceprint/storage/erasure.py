"""Erasing a caller: the key is destroyed, the record removed, and what was cut short is finished later.

The record is replaced before its key is destroyed, and removed after: in between nobody can come back under
the same id, whose key or record would go with the old ones. What stands in its place is sealed with the key
that is to be destroyed, and whoever meets it finishes the erasure.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

from opusagent_voiceprint.errors import (
    EncryptionError,
    NoteExistsError,
    StorageError,
    StoreFormatError,
    VersionConflictError,
)
from opusagent_voiceprint.models import Caller
from opusagent_voiceprint.storage.codec import BeingErasedError
from opusagent_voiceprint.storage.damage import QUARANTINE
from opusagent_voiceprint.storage.encryption import KeyDestroyedError
from opusagent_voiceprint.storage.ledger import ErasureReason, LedgerEntry, NewNote, erasure_entry

if TYPE_CHECKING:
    from opusagent_voiceprint.storage.base import CallerStore, StoredRecord

__all__ = ["erase", "finish"]

logger = logging.getLogger("opusagent_voiceprint")

_ATTEMPTS: Final = 50

T = TypeVar("T")


def erase(
    store: CallerStore, caller_id: str, expected_version: int | None, reason: ErasureReason | None
) -> bool:
    """As :meth:`CallerStore.erase`; without ``reason``, if the ledger has the erasure already."""
    for _ in range(_ATTEMPTS):
        try:
            record = store._read(caller_id)
        except (StoreFormatError, EncryptionError):
            break  # erasure is not held up by damage
        except StorageError:
            if expected_version is None:
                store.codec.destroy_key(caller_id)  # which is worth having, and in another place
            raise
        if record is None:
            break
        if _finish_if_begun(store, record, reason):
            _drop_quarantined(store, caller_id)
            return True
        if expected_version not in (None, record.version):
            raise VersionConflictError(caller_id, expected=expected_version or 0, found=record.version)
        try:
            claim = _claim(store, caller_id)
        except (StoreFormatError, EncryptionError):
            break  # the caller's key is damaged, or sealed by a master key that is not given
        if _take_and_erase(store, record, claim, _entry_of(store, record, reason)):
            _drop_quarantined(store, caller_id)
            return True
        if expected_version is not None:
            expected_version = -1  # it was written since: said with the version that it has now
    if expected_version is not None:
        return False
    entry = _entry(store, caller_id, None, reason)
    store.codec.destroy_key(caller_id)
    removed = _with_entry(store, entry, lambda notes: store._remove(caller_id, None, notes))
    return _drop_quarantined(store, caller_id) or removed


def finish(store: CallerStore, record: StoredRecord, found: KeyDestroyedError) -> None:
    """Finish an erasure that was cut short, or that a backup is from before, if the store lets us."""
    with contextlib.suppress(StorageError):
        _finish(store, record, found, "finished")


def _finish_if_begun(store: CallerStore, record: StoredRecord, reason: ErasureReason | None) -> bool:
    """Whether the record is of somebody whose erasure was begun, perhaps by this very call; it is done."""
    try:
        store._open_record(record)
    except KeyDestroyedError as exc:
        return _finish(store, record, exc, reason)
    except (StoreFormatError, EncryptionError):
        return False
    return False


def _finish(
    store: CallerStore, record: StoredRecord, found: KeyDestroyedError, reason: ErasureReason | None
) -> bool:
    caller_id = record.caller_id
    entry = None
    if isinstance(found, BeingErasedError):  # entered with what stands there
        store.codec.destroy_key(caller_id, found.key_id)
    else:
        entry = _entry(store, caller_id, None, reason)
    return _with_entry(store, entry, lambda notes: store._remove(caller_id, record.version, notes))


def _claim(store: CallerStore, caller_id: str) -> tuple[str, str] | None:
    """What stands in the place of the record meanwhile, and the key to destroy; None if there is no key."""
    if store.codec.cipher is None:
        return None
    try:
        return store.codec.being_erased(caller_id)
    except KeyDestroyedError:
        return None


def _take_and_erase(
    store: CallerStore, record: StoredRecord, claim: tuple[str, str] | None, entry: LedgerEntry | None
) -> bool:
    """Erase the caller of a record; false if it was written since."""
    caller_id, version = record.caller_id, record.version
    if claim is None:
        return _with_entry(store, entry, lambda notes: store._remove(caller_id, version, notes))
    payload, key_id = claim
    try:
        claimed = _with_entry(
            store, entry, lambda notes: store._write(caller_id, version, payload, [], notes)
        )
    except VersionConflictError:
        return False
    except StorageError:
        # No room, say, which is no reason to keep somebody.
        store.codec.destroy_key(caller_id, key_id)
        return _with_entry(store, entry, lambda notes: store._remove(caller_id, version, notes))
    try:
        store.codec.destroy_key(caller_id, key_id)
    except StorageError as exc:
        raise StorageError(
            f"caller {caller_id!r} is erased, but whether the key is destroyed is not known, and "
            f"backups may still be read: erase the caller again ({exc})"
        ) from exc
    with contextlib.suppress(StorageError):  # nothing of the caller is in it any more
        store._remove(caller_id, claimed)
    return True


def _with_entry(store: CallerStore, entry: LedgerEntry | None, write: Callable[[Sequence[NewNote]], T]) -> T:
    """Write with the ledger's entry, if there is one; without it, if others take its place every time."""
    try:
        return store.chain.append_with([entry] if entry else [], write)
    except NoteExistsError:
        logger.error("the erasure of a caller is not in the consent ledger: others wrote to it every time")
        return write(())


def _entry_of(store: CallerStore, record: StoredRecord, reason: ErasureReason | None) -> LedgerEntry | None:
    try:
        caller = store._open_record(record)
    except (StoreFormatError, EncryptionError):
        caller = None
    return _entry(store, record.caller_id, caller, reason)


def _entry(
    store: CallerStore, caller_id: str, caller: Caller | None, reason: ErasureReason | None
) -> LedgerEntry | None:
    if reason is None:
        return None
    return erasure_entry(caller_id, caller, reason=reason, has_key=store.codec.cipher is not None)


def _drop_quarantined(store: CallerStore, caller_id: str) -> bool:
    if store._note(QUARANTINE, caller_id) is None:
        return False
    store._set_note(QUARANTINE, caller_id, None)
    return True
