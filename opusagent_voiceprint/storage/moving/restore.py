"""A backup put back into a store, without those who were erased since."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final, TypeVar

from opusagent_voiceprint.errors import (
    ConsentError,
    EncryptionError,
    SettingsError,
    StorageError,
    StoreFormatError,
)
from opusagent_voiceprint.models import Caller, ConsentDecision, DoNotAsk, Record
from opusagent_voiceprint.storage.base import (
    REFUSAL,
    SECRET,
    CallerStore,
    NewRecord,
    StoredRecord,
    StoreSecret,
    open_record,
)
from opusagent_voiceprint.storage.codec import RecordCodec
from opusagent_voiceprint.storage.encryption import KeyDestroyedError
from opusagent_voiceprint.storage.ledger import ARCHIVE, LEDGER, LedgerEntry, erased_by_all, erased_in
from opusagent_voiceprint.storage.moving.backup_file import BackupReader, Head, Note
from opusagent_voiceprint.storage.moving.ledger import enter_moved, keep_archived, take_over
from opusagent_voiceprint.storage.moving.notes import (
    add_failures,
    add_refusals,
    add_secrets,
    refuse_other_secrets,
)
from opusagent_voiceprint.storage.moving.outcome import Failure, OnStep, Outcome
from opusagent_voiceprint.storage.moving.progress import Progress
from opusagent_voiceprint.storage.moving.reading import ErasureWatch, content, read_callers
from opusagent_voiceprint.storage.moving.writing import as_record, write_records
from opusagent_voiceprint.storage.number_failures import FAILURES, NumberFailures

__all__ = ["Restore"]

_AT_ONCE: Final = 500

ModelT = TypeVar("ModelT", bound=Record)


class Restore:
    """Puts what is in ``backup`` into ``store``; callers who are there stay as they are, unless ``replace``.

    Who was erased since, or is in ``erased``, is not brought back. Into a store that has callers only if
    ``merge``, or if it goes on with a restore that was cut short.
    """

    def __init__(
        self,
        backup: BackupReader,
        store: CallerStore,
        *,
        merge: bool,
        replace: bool,
        on_step: OnStep,
        erased: Collection[str] = (),
    ) -> None:
        self._backup = backup
        self._store = store
        # A store that was begun anew has a key of its own; that of the backup's is in the keystore still.
        self._is_same_store = backup.head.key_id == store.codec.bound_to
        self._codec = store.codec if self._is_same_store else store.codec.of_store(backup.head.key_id)
        self._merge = merge or replace
        self._replace = replace
        self._on_step = on_step
        self._outcome = Outcome()
        self._progress = Progress(store, f"backup {backup.head.all[:32]}")
        self._watch = ErasureWatch(store)
        self._gone = set(erased)

    @staticmethod
    def check(head: Head, codec: RecordCodec, path: Path) -> None:
        """Raise :class:`EncryptionError` unless a backup is of a store with the codec's keystore and tenant.

        To be asked before a store is opened, which would make one that is not there.
        """
        cipher = codec.cipher
        if cipher is None and head.key_id:
            raise EncryptionError(
                f"{path} is of an encrypted store, and VOICE_ENCRYPTION_KEY is not set. Nothing was restored"
            )
        if cipher is not None and not head.key_id:
            raise EncryptionError(
                f"{path} is of a store without encryption, and there is a key. Nothing was restored. Say "
                "--plain to restore it into a store without, and move that with `opusagent-voiceprint "
                "storage migrate`"
            )
        if cipher is not None and cipher.tenant != head.tenant:
            raise SettingsError(
                f"{path} is of tenant {head.tenant!r}, not {cipher.tenant!r}: set VOICE_TENANT to it. "
                "Nothing was restored"
            )
        codec.check_key(head.key_id, path)

    def run(self) -> Outcome:
        """Restore, and verify what was restored.

        Raises :class:`StorageError` if the store has callers and it was not said to merge, or has others'
        secrets; nothing is changed then.
        """
        if not self._merge and not self._progress.is_open and self._store.count():
            raise StorageError(
                f"the store has {self._store.count()} callers already: say --merge to add those of the "
                "backup that are not there, or --replace to overwrite those that are, too. Nothing was "
                "restored"
            )
        notes = [each for each in self._backup.records() if isinstance(each, Note)]
        secrets, refusals = self._secrets(notes), self._read(notes, REFUSAL, DoNotAsk)
        refuse_other_secrets(self._store, secrets)
        add_secrets(self._store, secrets)
        self._progress.begin()
        found = self._read(notes, LEDGER, LedgerEntry)
        entries = [found[key] for key in sorted(found)]
        self._gone |= erased_in(entries) | erased_by_all(self._store)
        take_over(self._store, entries, self._outcome)
        for key, entry in self._read(notes, ARCHIVE, LedgerEntry).items():
            keep_archived(self._store, key, entry)
        total = 2 * self._backup.head.callers
        done = 0
        for some in self._in_parts():
            self._put_back(some)
            done += len(some)
            self._on_step("restoring", done, total)
        add_refusals(self._store, refusals, self._outcome)
        add_failures(self._store, self._read(notes, FAILURES, NumberFailures), self._outcome)
        enter_moved(self._store, self._progress.is_ours, self._outcome)
        self._gone |= self._watch.new()
        for some in self._in_parts():
            self._verify(some)
            done += len(some)
            self._on_step("verifying", done, total)
        self._progress.finish(0)
        return self._outcome

    def _put_back(self, records: list[StoredRecord]) -> None:
        there = read_callers(self._store, [record.caller_id for record in records])
        # Somebody may use the store: who was erased before it was read is known only now.
        self._gone |= self._watch.new()
        ready: list[NewRecord | Failure] = []
        for record, caller in self._opened(records):
            caller_id = record.caller_id
            known = there.callers.get(caller_id)
            if caller_id in there.failures and not self._replace:
                self._outcome.fail(there.failures[caller_id])
            elif caller_id in there.failures:
                reason = "the one that is there is damaged: put it aside with `storage check --repair` first"
                self._outcome.fail(Failure(caller_id, reason))
            elif known is None and caller_id in self._gone | there.erased.keys():
                self._outcome.erased.add(caller_id)
            elif known is None:
                ready.append(as_record(self._store, caller, 0, self._payload(record)))
            elif content(known) == content(caller):
                self._outcome.there.add(caller_id)
            elif self._replace and not _withdrew_since(known, caller):
                self._put_in_place(known, caller)
            else:
                self._outcome.kept.add(caller_id)
        write_records(self._store, ready, self._outcome)

    def _put_in_place(self, known: Caller, caller: Caller) -> None:
        """Replace a caller who is there, and enter in the ledger what that changes of consents."""
        try:
            self._store.put(caller, expected_version=known.version)
        except (StorageError, ConsentError) as exc:
            self._outcome.fail(Failure(caller.caller_id, str(exc)))
        else:
            self._outcome.moved.add(caller.caller_id)

    def _payload(self, record: StoredRecord) -> str | None:
        """As it is in the backup; None if it is to be sealed with another store's keys."""
        return record.payload if self._is_same_store else None

    def _verify(self, records: list[StoredRecord]) -> None:
        wanted = self._outcome.moved | self._outcome.there
        there = read_callers(self._store, [record.caller_id for record in records]).callers
        for record, caller in self._opened(records):
            known = there.get(record.caller_id)
            if record.caller_id not in wanted:
                continue
            if known is not None and content(known) == content(caller):
                self._outcome.verified += 1
            elif known is None and record.caller_id in self._gone:
                self._outcome.erased.add(record.caller_id)
            elif known is not None and not self._progress.is_ours(known.version):
                self._outcome.fail(
                    Failure(record.caller_id, "it was changed by others while it was restored")
                )
            else:
                self._outcome.fail(Failure(record.caller_id, "it is not in the store as it is in the backup"))

    def _opened(self, records: list[StoredRecord]) -> Iterator[tuple[StoredRecord, Caller]]:
        """The callers of records; who was erased since is counted, and what cannot be read is a failure."""
        keys = self._codec.keys_of([record.caller_id for record in records])
        for record in records:
            key = (keys or {}).get(record.caller_id)
            if key is not None and key.sealed and f":{key.key_id}:" not in record.payload[:64]:
                # Erased since, and enrolled anew under a key of another life.
                self._outcome.erased.add(record.caller_id)
                continue
            try:
                yield record, open_record(self._codec, record, keys)
            except KeyDestroyedError:
                self._outcome.erased.add(record.caller_id)
            except (StoreFormatError, EncryptionError) as exc:
                self._outcome.fail(Failure(record.caller_id, str(exc)))

    def _secrets(self, notes: list[Note]) -> dict[str, bytes]:
        return {
            each.key: bytes.fromhex(
                self._codec.decode(each.payload, StoreSecret, kind=SECRET, record_id=each.key).value
            )
            for each in notes
            if each.kind == SECRET
        }

    def _read(self, notes: list[Note], kind: str, model: type[ModelT]) -> dict[str, ModelT]:
        found = {}
        for each in notes:
            if each.kind == kind:
                try:
                    found[each.key] = self._codec.decode(each.payload, model, kind=kind, record_id=each.key)
                except (StoreFormatError, EncryptionError) as exc:
                    self._outcome.fail(Failure(each.key, str(exc), kind))
        return found

    def _in_parts(self) -> Iterator[list[StoredRecord]]:
        some: list[StoredRecord] = []
        for each in self._backup.records():
            if isinstance(each, StoredRecord):
                some.append(each)
            if len(some) == _AT_ONCE:
                yield some
                some = []
        if some:
            yield some


def _withdrew_since(known: Caller, caller: Caller) -> bool:
    """Whether a consent was taken back since the backup, and what it allowed removed; given anew or not."""
    before = {each.consent_id for each in caller.consents}
    return any(
        each.decision is ConsentDecision.WITHDRAWN and each.consent_id not in before
        for each in known.consents
    )
