"""A backup made of a store while it is in use."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from opusagent_voiceprint.errors import EncryptionError, StorageError, StoreFormatError
from opusagent_voiceprint.models import utc_now
from opusagent_voiceprint.storage.base import REFUSAL, SECRET, CallerStore
from opusagent_voiceprint.storage.ledger import ARCHIVE, LEDGER, read_archived, read_entry
from opusagent_voiceprint.storage.moving.backup_file import BackupWriter, Head, Note
from opusagent_voiceprint.storage.moving.outcome import Failure, OnStep
from opusagent_voiceprint.storage.moving.reading import StoreSource, in_parts, read_records
from opusagent_voiceprint.storage.number_failures import FAILURES, read_count

__all__ = ["back_up"]

_ROUNDS: Final = 20


def back_up(
    store: CallerStore,
    path: Path,
    *,
    overwrite: bool,
    on_step: OnStep,
    erased: Collection[str] = (),
) -> tuple[Head, list[Failure]]:
    """Write a backup of ``store`` to ``path``; what it is of, and what could not be read.

    Callers that are changed meanwhile are read again at the end, so that all are as of one revision. Who was
    erased, or is in ``erased``, is not in it. Raises :class:`StorageError` if there is a file already and
    ``overwrite`` is not said, if a file cannot be written, and if the store changes faster than it is read.
    """
    if path.is_dir():
        raise StorageError(f"{path} is a directory: name a file in it")
    if path.is_symlink() or (path.exists() and not overwrite):
        raise StorageError(
            f"{path} is there already, and was left as it is: name another file, or say --force"
        )
    if not path.parent.is_dir():
        raise StorageError(f"there is no directory {path.parent}: make it first")
    cipher = store.codec.cipher
    source = StoreSource(store, erased=erased)
    failures: dict[tuple[str, str | None], Failure] = {}
    with BackupWriter(path) as writer:
        ids, revision = store.changes(0)
        _add_callers(store, source, writer, ids, failures, on_step)
        for _ in range(_ROUNDS):
            # Before it is seen that nothing changed, so that the ledger is of the same callers.
            writer.drop_notes()
            for note in _notes(store, failures):
                writer.add_note(note)
            changed, newest = store.changes(revision)
            if newest < revision:
                raise StorageError("the store was put back to an older state meanwhile: run this again")
            if not changed:
                break
            _add_callers(store, source, writer, changed, failures, on_step)
            revision = newest
        else:
            raise StorageError(
                "the store changes faster than it is read: run this again when less is going on"
            )
        head = Head(
            key_id=store.codec.key_id,
            tenant=cipher.tenant if cipher else "",
            revision=revision,
            made=utc_now().isoformat(timespec="seconds"),
        )
        return writer.finish(head), list(failures.values())


def _notes(store: CallerStore, failures: dict[tuple[str, str | None], Failure]) -> Iterator[Note]:
    readers: dict[str, Callable[[str], object]] = {
        SECRET: store.secret,
        REFUSAL: store.refusal,
        FAILURES: lambda link: read_count(store, link),
        LEDGER: lambda key: read_entry(store, int(key)),
        ARCHIVE: lambda key: read_archived(store, key),
    }
    for kind, read in readers.items():
        for key in store._note_keys(kind):
            try:
                payload = store._note(kind, key)
                if payload is not None and read(key) is not None:
                    yield Note(kind, key, payload)
            except (StoreFormatError, EncryptionError, ValueError) as exc:  # noqa: PERF203 - each by itself
                failures[kind, key] = Failure(key, str(exc), kind)


def _add_callers(
    store: CallerStore,
    source: StoreSource,
    writer: BackupWriter,
    ids: Sequence[str],
    failures: dict[tuple[str, str | None], Failure],
    on_step: OnStep,
) -> None:
    done = 0
    for some in in_parts(ids):
        on_step("backing up", done, len(ids))
        records, damaged = read_records(store, some)
        readable = source.read([record.caller_id for record in records])
        for each in some:
            failures.pop(("caller", each), None)
            writer.drop_caller(each)
        for record in records:
            if record.caller_id in readable.callers:
                writer.add_caller(record)
        for failure in (*damaged.values(), *readable.failures.values()):
            failures["caller", failure.record_id] = failure
        done += len(some)
    on_step("backing up", done, len(ids))
