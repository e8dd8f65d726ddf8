"""Callers moved from one store to another, of whatever kind and with whatever keys."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from opusagent_voiceprint.models import Caller
from opusagent_voiceprint.storage import erasure
from opusagent_voiceprint.storage.base import CallerStore
from opusagent_voiceprint.storage.damage import QUARANTINE
from opusagent_voiceprint.storage.ledger import (
    ErasureReason,
    archived_entries,
    entries_of,
    erased_by_all,
    erased_in,
)
from opusagent_voiceprint.storage.moving.ledger import enter_moved, keep_archived, readable_entries, take_over
from opusagent_voiceprint.storage.moving.notes import (
    add_failures,
    add_refusals,
    add_secrets,
    read_failures,
    read_refusals,
    read_secrets,
    refuse_other_secrets,
)
from opusagent_voiceprint.storage.moving.outcome import Failure, OnStep, Outcome
from opusagent_voiceprint.storage.moving.progress import Progress
from opusagent_voiceprint.storage.moving.reading import (
    ErasureWatch,
    Reading,
    Source,
    content,
    in_parts,
    read_callers,
)
from opusagent_voiceprint.storage.moving.writing import as_record, write_records

__all__ = ["Migration"]

_ROUNDS: Final = 20


class Migration:
    """Everything of ``source``, which is not changed, into ``target``. ``identity`` names the source.

    May be killed anywhere and run again: it goes on. What is in the target otherwise than in the source is
    brought up to date if it was moved there and not changed since, and else left alone and a failure. Who was
    erased from either, or is in ``erased``, is in the target no more afterwards.
    """

    def __init__(
        self,
        source: Source,
        target: CallerStore,
        *,
        identity: str,
        on_step: OnStep,
        erased: Collection[str] = (),
    ) -> None:
        self._source = source
        self._target = target
        self._on_step = on_step
        self._progress = Progress(target, identity)
        self._outcome = Outcome()
        self._watch = ErasureWatch(target)
        self._gone_from_target = set(erased)
        self._followed: set[str] = set()
        self._gone_from_source: set[str] = set()
        self._entered: set[str] = set()

    def run(self) -> Outcome:
        """Move, and verify what was moved. Raises :class:`StorageError` if one of the stores fails."""
        store = self._source.store
        secrets = {} if store is None else read_secrets(store)
        refuse_other_secrets(self._target, secrets)
        add_secrets(self._target, secrets)
        self._progress.begin()

        if store is not None:
            # First, so that what is erased from the target from here on is entered behind it.
            entries = readable_entries(store, self._outcome)
            take_over(self._target, entries, self._outcome)
            for key, entry in archived_entries(store):
                keep_archived(self._target, key, entry)
            self._entered = erased_in(entries_of(self._target)) & erased_in(entries)
            self._gone_from_target |= erased_by_all(self._target) - erased_in(entries)
        ids, revision = self._source.changes(0)
        # What was erased before moving came to its end the last time was dealt with then.
        changed, _ = self._source.changes(self._progress.source_revision)
        self._gone_from_source = set(changed)
        self._copy(ids, "moving")
        revision = self._follow(revision)
        if store is not None:
            add_refusals(self._target, read_refusals(store, self._outcome), self._outcome)
            add_failures(self._target, read_failures(store, self._outcome), self._outcome)
            self._outcome.put_aside = len(store._note_keys(QUARANTINE))
        live = self._verify()
        revision = self._follow(revision)
        enter_moved(self._target, self._progress.is_ours, self._outcome)
        # What was changed while that went on is moved now, and entered; the rest is for the next run.
        revision = self._follow(revision)
        enter_moved(self._target, self._progress.is_ours, self._outcome)
        missed = self._source.count() - live
        if missed > 0 and revision == self._source.changes(revision)[1]:
            self._outcome.fail(
                Failure(
                    None, f"{missed} callers are not in the source's list of changes: see `storage check`"
                )
            )
        self._progress.finish(revision)
        return self._outcome

    def _follow(self, revision: int) -> int:
        """Move what was changed in the source since a revision; returns the one that was come to."""
        for _ in range(_ROUNDS):
            changed, newest = self._source.changes(revision)
            if newest < revision:
                self._outcome.fail(Failure(None, "the source was put back to an older state; run this again"))
                return newest
            if not changed:
                return newest
            self._gone_from_source.update(changed)
            self._copy(changed, "moving what was changed meanwhile")
            revision = newest
        self._outcome.fail(
            Failure(None, "the source is still being changed; stop its users and run this again")
        )
        return revision

    def _copy(self, ids: Sequence[str], step: str) -> None:
        done = 0
        self._on_step(step, 0, len(ids))
        for some in in_parts(ids):
            found, there = self._source.read(some), read_callers(self._target, some)
            # After that, as somebody may use the target already. Whom we erased may come again, though.
            self._gone_from_target |= self._watch.new() - self._followed
            self._gone_from_target |= there.erased.keys() - self._followed
            for caller_id in there.erased:
                self._target.get(caller_id)  # which finishes an erasure that was cut short
            wanted: dict[str, int] = {}
            for caller_id in some:
                caller = found.callers.get(caller_id)
                if caller_id in found.failures:
                    self._outcome.fail(found.failures[caller_id])
                elif caller is None:
                    self._erase(caller_id, found, there)
                elif caller_id in there.failures:
                    self._outcome.fail(there.failures[caller_id])
                elif self._is_wanted(caller, known := there.callers.get(caller_id)):
                    wanted[caller_id] = known.version if known else 0
            records = [as_record(self._target, found.callers[each], wanted[each]) for each in wanted]
            write_records(self._target, records, self._outcome)
            done += len(some)
            self._on_step(step, done, len(ids))

    def _is_wanted(self, caller: Caller, known: Caller | None) -> bool:
        caller_id = caller.caller_id
        if known is None:
            if caller_id in self._gone_from_target:
                self._note_erased(caller_id)
                return False
            self._outcome.erased.discard(caller_id)  # came back in the source
            return True
        if content(known) == content(caller):
            if caller_id not in self._outcome.moved:
                self._outcome.there.add(caller_id)
            return False
        if not self._progress.is_ours(known.version):
            reason = "the target has it otherwise, and not from here: it was left as it is there"
            self._outcome.fail(Failure(caller_id, reason))
            return False
        return True

    def _erase(self, caller_id: str, found: Reading, there: Reading) -> None:
        """Follow an erasure in the source."""
        if caller_id not in self._gone_from_source and caller_id not in found.erased:
            return
        if caller_id in {**there.callers, **there.erased, **there.failures}:
            reason: ErasureReason | None = None if caller_id in self._entered else "followed"
            erasure.erase(self._target, caller_id, None, reason)
            self._followed.add(caller_id)
            self._note_erased(caller_id)

    def _note_erased(self, caller_id: str) -> None:
        self._outcome.erased.add(caller_id)
        self._outcome.moved.discard(caller_id)
        self._outcome.there.discard(caller_id)

    def _verify(self) -> int:
        """Read everything again and count who is as in the source; returns how many the source has."""
        ids, _ = self._source.changes(0)
        failed = {failure.record_id for failure in self._outcome.failures}
        live = done = 0
        self._on_step("verifying", 0, len(ids))
        for some in in_parts(ids):
            found, there = self._source.read(some), read_callers(self._target, some)
            live += len(found.callers) + len(found.failures) + len(found.erased)
            for caller_id, caller in found.callers.items():
                known = there.callers.get(caller_id)
                if known is not None and content(known) == content(caller):
                    self._outcome.verified += 1
                elif caller_id not in failed | self._outcome.erased:
                    self._check_again(caller_id)
            done += len(some)
            self._on_step("verifying", done, len(ids))
        return live

    def _check_again(self, caller_id: str) -> None:
        """It may have been changed in the source since it was moved."""
        self._copy([caller_id], "verifying")
        if caller_id in self._outcome.erased:
            return
        caller = self._source.read([caller_id]).callers.get(caller_id)
        known = read_callers(self._target, [caller_id]).callers.get(caller_id)
        if caller is not None and known is not None and content(known) == content(caller):
            self._outcome.verified += 1
        elif caller is not None or known is not None:
            self._outcome.fail(Failure(caller_id, "it is not in the target as it is in the source"))
