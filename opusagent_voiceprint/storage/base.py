"""The one contract of all stores: callers as versioned records, and the few notes kept beside them.

Caller ids are stored in the clear even where records are encrypted, and stay as marks when callers are
erased. So an id must be opaque, as :func:`new_caller_id` makes it: never a name, a number or an address.
"""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Final

from opusagent_voiceprint.errors import (
    EncryptionError,
    SettingsError,
    StorageError,
    StoreFormatError,
    UnknownCallerError,
    VersionConflictError,
)
from opusagent_voiceprint.models import Caller, Voiceprint
from opusagent_voiceprint.storage import compat, erasure
from opusagent_voiceprint.storage.codec import RecordCodec
from opusagent_voiceprint.storage.encryption import KeyDestroyedError, SealedKey
from opusagent_voiceprint.storage.ledger import Chain, ErasureReason, consent_entries
from opusagent_voiceprint.storage.records import (
    CALLER,
    REFUSAL,
    SECRET,
    NewRecord,
    StoredRecord,
    StoreSecret,
    check_consents,
    open_record,
)
from opusagent_voiceprint.storage.store_notes import StoreNotes

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = [
    "CALLER",
    "REFUSAL",
    "SECRET",
    "CallerStore",
    "NewRecord",
    "StoreSecret",
    "StoredRecord",
    "check_consents",
    "open_record",
]

_ATTEMPTS: Final = 50
_LONGEST_PAUSE_SECONDS: Final = 0.05


class CallerStore(StoreNotes):
    """Callers, each one record, changed by compare-and-swap of its version.

    A store has one revision, which grows with every change. A caller's version is the revision of its last
    write: it only grows, and is not given out twice even when a caller is erased and comes back. 0 is the
    version of a caller that is not there.

    Stores are synchronous and may be used from several threads, and each of them by several processes.
    Every method may raise :class:`StorageError`, and its children for damage, keys and conflicts.

    ``codec`` says how records are written (plain if not given), ``max_voiceprints`` how many :meth:`save`
    keeps for each caller, ``policy_version`` what :meth:`save` writes into a consent.
    """

    def __init__(
        self, *, codec: RecordCodec | None = None, max_voiceprints: int = 3, policy_version: str = "1"
    ) -> None:
        self._codec = codec or RecordCodec()
        self._max_voiceprints = _checked_limit(max_voiceprints)
        self._policy_version = policy_version
        self.chain = Chain(self)
        """The consent ledger."""

    # Callers

    def get(self, caller_id: str) -> Caller | None:
        """A caller as last written, or None."""
        record = self._read(caller_id)
        return None if record is None else self._decode(record)

    def get_many(self, caller_ids: Collection[str]) -> list[Caller]:
        """Those of these callers that are there and can be read, in no certain order.

        Who is left out is not there, or :meth:`get` says why not.
        """
        try:
            records = self._read_many(caller_ids)
        except (StoreFormatError, EncryptionError):
            records = [record for caller_id in caller_ids if (record := self._read_if_whole(caller_id))]
        keys = self._codec.keys_of([record.caller_id for record in records])
        callers = []
        for record in records:
            with contextlib.suppress(StoreFormatError, EncryptionError):  # get() raises them
                caller = self._decode(record, keys)
                if caller is not None:
                    callers.append(caller)
        return callers

    def put(self, caller: Caller, *, expected_version: int) -> Caller:
        """Write a whole caller, durably, if its version in the store is still ``expected_version``.

        0 means that it must not be there yet. What changes of its consents is entered in the ledger, in the
        same step. Returns the caller with its new version. Raises
        :class:`VersionConflictError` if somebody else was faster, and :class:`ConsentError` for
        voiceprints or memory without a consent in force for them.
        """
        before = self.get(caller.caller_id) if expected_version else None
        found = before.version if before is not None else 0
        if found != expected_version:
            raise VersionConflictError(caller.caller_id, expected=expected_version, found=found)
        return self._put(before, caller)

    def update(
        self, caller_id: str, change: Callable[[Caller], Caller | None], attempts: int = _ATTEMPTS
    ) -> Caller:
        """Read a caller, change it, write it; and again from the start if somebody else wrote in between.

        ``change`` may run several times. It gets a caller of its own, and returns what to write, or None
        after changing that one in place. Nothing is written if nothing differs. Raises
        :class:`UnknownCallerError` if the caller is not there, :class:`VersionConflictError` when
        ``attempts`` are used up.
        """

        def read() -> Caller:
            caller = self.get(caller_id)
            if caller is None:
                raise UnknownCallerError(f"there is no caller {caller_id!r} in this store")
            return caller

        return self._retry(read, change, attempts)

    def erase(
        self,
        caller_id: str,
        *,
        expected_version: int | None = None,
        reason: ErasureReason = "application",
    ) -> bool:
        """Remove a caller with everything of theirs; whether there was one.

        Where records are sealed the caller's key is destroyed, which makes every backup of the record
        unreadable. With ``expected_version`` nothing happens, and :class:`VersionConflictError` is raised,
        if the caller was written since. The ledger keeps that it happened, and the ``reason``.

        What stays is the id, in the clear and under a new revision, so that other workers drop the caller
        from what they hold. Nothing about the person may therefore be readable from an id.
        """
        return erasure.erase(self, caller_id, expected_version, reason)

    def remove_voiceprint(self, caller_id: str, voiceprint_id: str) -> bool:
        """Take one voiceprint out of a caller; whether it was there. The rest of the caller stays."""

        def remove(caller: Caller) -> Caller:
            kept = [each for each in caller.voiceprints if each.voiceprint_id != voiceprint_id]
            removed.append(len(kept) < len(caller.voiceprints))
            return caller.model_copy(update={"voiceprints": kept})

        removed: list[bool] = []
        try:
            self.update(caller_id, remove)
        except UnknownCallerError:
            return False
        return removed[-1]

    def all(self) -> Iterator[Caller]:
        """Every caller. Each is whole; callers written meanwhile may come as before or as after.

        To follow a store: ``changes(0)`` for the revision first, then ``all()``, then ``changes(revision)``.
        """
        for record in self._records():
            caller = self._decode(record)
            if caller is not None:
                yield caller

    # The face of OpusAgent's own voiceprint module

    def save(
        self, voiceprint: Voiceprint, *, max_voiceprints: int | None = None, policy_version: str | None = None
    ) -> None:
        """Add a voiceprint to its caller, who is created if new; the one with the same id is replaced.

        The application that calls this vouches for the caller's consent, and the record says so. Beyond
        ``max_voiceprints`` the oldest goes. Both arguments stand in for the store's own in this call. Giving
        ``policy_version`` also renews a consent that an application vouched for under another one; what a
        caller consented to in a conversation stays as it is.
        """
        limit = self._max_voiceprints if max_voiceprints is None else _checked_limit(max_voiceprints)
        policy = self._policy_version if policy_version is None else policy_version

        def read() -> Caller:
            return self.get(voiceprint.caller_id) or compat.new_caller(voiceprint)

        def add(caller: Caller) -> None:
            compat.add_voiceprint(
                caller, voiceprint, limit=limit, policy_version=policy, renew=policy_version is not None
            )

        self._retry(read, add, _ATTEMPTS)

    def get_all(self) -> list[Voiceprint]:
        """Copies of all voiceprints of all callers, with what their callers know beside it."""
        return [voiceprint for caller in self.all() for voiceprint in compat.flat_voiceprints(caller)]

    # Life

    def close(self) -> None:
        """Release what the store holds open. Closing twice is allowed."""
        self._codec.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Shared by the above

    def _read_if_whole(self, caller_id: str) -> StoredRecord | None:
        with contextlib.suppress(StoreFormatError, EncryptionError):
            return self._read(caller_id)
        return None

    def _decode(self, record: StoredRecord, keys: Mapping[str, SealedKey] | None = None) -> Caller | None:
        try:
            return self._open_record(record, keys)
        except KeyDestroyedError as exc:
            erasure.finish(self, record, exc)
            return None

    def _open_record(self, record: StoredRecord, keys: Mapping[str, SealedKey] | None = None) -> Caller:
        return open_record(self._codec, record, keys)

    def _put(self, before: Caller | None, caller: Caller) -> Caller:
        """Write a caller who is ``before`` in the store, or is not there."""
        check_consents(caller)
        caller_id, expected = caller.caller_id, before.version if before is not None else 0
        try:
            payload = self._codec.encode(caller, kind=CALLER, record_id=caller_id, is_new=not expected)
        except KeyDestroyedError:  # erased since it was read
            raise VersionConflictError(caller_id, expected=expected, found=0) from None
        links = sorted(set(caller.phone_links))
        version = self.chain.append_with(
            consent_entries(before, caller),
            lambda notes: self._write(caller_id, expected, payload, links, notes),
        )
        return caller.model_copy(update={"version": version})

    def _retry(
        self, read: Callable[[], Caller], change: Callable[[Caller], Caller | None], attempts: int
    ) -> Caller:
        for attempt in range(attempts):
            caller = read()
            before = caller.model_copy(deep=True)
            changed = change(caller) or caller
            if changed.caller_id != before.caller_id:
                raise StorageError(f"a change to caller {before.caller_id!r} must not give it another id")
            if before.version and changed.model_dump_json() == before.model_dump_json():
                return before
            try:
                return self._put(before if before.version else None, changed)
            except VersionConflictError:
                if attempt + 1 == attempts:
                    raise
                # Random, so that writers who met once do not meet again.
                time.sleep(random.uniform(0, min(_LONGEST_PAUSE_SECONDS, 0.001 * 2**attempt)))  # noqa: S311
        raise ValueError(f"attempts={attempts} is not allowed: at least 1 is needed")


def _checked_limit(max_voiceprints: int) -> int:
    if max_voiceprints < 1:
        raise SettingsError(f"max_voiceprints={max_voiceprints} is not allowed: at least 1 is needed")
    return max_voiceprints
