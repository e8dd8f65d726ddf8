"""Going over a whole store: every record is read, opened and compared with what hangs on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from opusagent_voiceprint.errors import ConsentError, EncryptionError, StorageError, StoreFormatError
from opusagent_voiceprint.models import Caller
from opusagent_voiceprint.storage.base import CALLER, REFUSAL, SECRET, CallerStore, check_consents
from opusagent_voiceprint.storage.damage import QUARANTINE, Damage
from opusagent_voiceprint.storage.ledger import LEDGER, read_entry
from opusagent_voiceprint.storage.moving.outcome import OnStep
from opusagent_voiceprint.storage.moving.progress import MOVING, Progress
from opusagent_voiceprint.storage.moving.reading import in_parts, read_callers
from opusagent_voiceprint.storage.number_failures import FAILURES, read_count

__all__ = ["Finding", "Remedy", "Report", "check_store", "repair_store"]


class Remedy(Enum):
    """What helps."""

    PUT_ASIDE = "put aside, as it is"
    ERASE = "erased to the end"
    WRITE = "written again"
    REBUILD = "made anew from the records"
    NONE = "not mended"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and what helps."""

    damage: Damage
    remedy: Remedy

    def __str__(self) -> str:
        return str(self.damage)


@dataclass(slots=True)
class Report:
    """What was found. Callers are those who can be read."""

    callers: int = 0
    findings: list[Finding] = field(default_factory=list)
    keys_without_record: list[str] = field(default_factory=list)
    """Caller ids. Left by a write that was cut short."""
    put_aside: list[str] = field(default_factory=list)
    """What was put aside earlier, by caller id, or by kind and key."""
    notices: list[str] = field(default_factory=list)


def check_store(store: CallerStore, on_step: OnStep) -> Report:
    """Check a store, which may be in use. Raises :class:`StorageError` if it cannot be read at all."""
    report = Report(put_aside=sorted(store._note_keys(QUARANTINE)))
    known = set()
    for damage in store._damaged():
        if damage.record_id is None and damage.where.endswith(".quarantine"):
            report.notices.append(str(damage))
            continue
        known.add((damage.kind, damage.record_id))
        report.findings.append(Finding(damage, _remedy(damage)))
    live = set()
    suspects: list[str] = []
    ids, _ = store.changes(0)
    done = 0
    for some in in_parts(ids):
        on_step("checking", done, len(ids))
        found = read_callers(store, some)
        live |= {*found.callers, *found.erased, *found.failures}
        report.callers += len(found.callers)
        suspects += [*found.erased, *found.failures]
        for caller in found.callers.values():
            report.findings += _of_caller(store, caller)
        done += len(some)
    on_step("checking", done, len(ids))
    # Read once more: an erasure takes two steps, and may have been between them just then.
    still = read_callers(store, suspects)
    for caller_id in still.erased:
        reason = "its key is destroyed and the record is still there: an erasure was cut short"
        report.findings.append(Finding(Damage(caller_id, "callers", reason, CALLER), Remedy.ERASE))
    for caller_id, failure in still.failures.items():
        if (CALLER, caller_id) not in known:
            damage = Damage(caller_id, "callers", failure.reason, CALLER)
            report.findings.append(Finding(damage, Remedy.PUT_ASIDE))
    report.findings += [
        Finding(each, _remedy(each)) for each in _of_notes(store) if (each.kind, each.record_id) not in known
    ]
    report.keys_without_record = _keys_without_record(store, live | set(report.put_aside))
    return report


def repair_store(store: CallerStore, report: Report) -> dict[Remedy, int]:
    """Do what helps against the findings; how often it was done. What is put aside stays, as it was found.

    Raises :class:`StorageError` if the store cannot be written.
    """
    done = dict.fromkeys(Remedy, 0)
    for finding in report.findings:
        record_id = finding.damage.record_id
        if finding.remedy is Remedy.REBUILD:
            if not done[Remedy.REBUILD]:  # all at once
                store._rebuild()
        elif record_id is None or finding.remedy is Remedy.NONE:
            done[Remedy.NONE] += 1
            continue
        elif finding.remedy is Remedy.ERASE:
            store.get(record_id)  # which finishes it
        elif finding.remedy is Remedy.WRITE:
            _write_again(store, record_id)
        else:
            store._quarantine(record_id, finding.damage.kind or CALLER)
        done[finding.remedy] += 1
    return done


def _remedy(damage: Damage) -> Remedy:
    if damage.kind == "phone link" or damage.where == "the database":
        return Remedy.REBUILD
    if damage.record_id is None or damage.kind == LEDGER:  # a gap in the ledger could be filled by others
        return Remedy.NONE
    return Remedy.PUT_ASIDE


def _of_caller(store: CallerStore, caller: Caller) -> Iterator[Finding]:
    try:
        check_consents(caller)
    except ConsentError:
        reason = "it holds a voiceprint or memory without a consent in force for it"
        yield Finding(Damage(caller.caller_id, "callers", reason, CALLER), Remedy.PUT_ASIDE)
    except StorageError:
        reason = "it holds another caller's voiceprint"
        yield Finding(Damage(caller.caller_id, "callers", reason, CALLER), Remedy.PUT_ASIDE)
    if any(caller.caller_id not in store.ids_by_phone(link) for link in set(caller.phone_links)):
        current = store._read(caller.caller_id)
        if current is not None and current.version == caller.version:  # else it was changed meanwhile
            reason = "a phone link of its record is not among the store's"
            yield Finding(Damage(caller.caller_id, "phone links", reason, CALLER), Remedy.WRITE)


def _of_notes(store: CallerStore) -> Iterator[Damage]:
    def read_progress(key: str) -> Progress:
        return Progress(store, key)

    readers: dict[str, Callable[[str], object]] = {
        REFUSAL: store.refusal,
        SECRET: store.secret,
        MOVING: read_progress,
        FAILURES: lambda link: read_count(store, link),
        LEDGER: lambda key: read_entry(store, int(key)),
    }
    for kind, read in readers.items():
        for key in store._note_keys(kind):
            try:
                read(key)
            except (StoreFormatError, EncryptionError, ValueError) as exc:  # noqa: PERF203 - each by itself
                reason = str(exc) if isinstance(exc, StorageError) else "it is no secret of 32 bytes"
                yield Damage(key, f"notes {kind}", reason, kind)


def _keys_without_record(store: CallerStore, ids: set[str]) -> list[str]:
    if store.codec.cipher is None:
        return []
    left = [caller_id for caller_id in store.codec.cipher.callers(destroyed=False) if caller_id not in ids]
    # Those whose record was written since the records were read are not among them.
    return [caller_id for caller_id in left if caller_id not in read_callers(store, [caller_id]).callers]


def _write_again(store: CallerStore, caller_id: str) -> None:
    caller = store.get(caller_id)
    if caller is not None:
        store.put(caller, expected_version=caller.version)
