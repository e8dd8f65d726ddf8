"""What the store still owes callers: erasures and refusals that it could not take, until it has."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Final

from opusagent_voiceprint.calls.late_changes import LateChanges
from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.models import DoNotAsk, utc_now
from opusagent_voiceprint.storage import CallerStore, PhoneHasher, normalise_number
from opusagent_voiceprint.storage.erasure_journal import ErasureJournal
from opusagent_voiceprint.storage.reviews import suspension

__all__ = ["Arrears"]

logger = logging.getLogger("opusagent_voiceprint")

_MOST_NOTES: Final = 10_000
_WRITTEN: Final = "written here"
"""In place of the journal's state: another process may have put it back to what was read before."""


class Arrears:
    """Erasures, which are journalled once the store has refused them, and notes, which are kept in memory.

    Making one reads the journal, so that whoever asked to be erased before a restart is not recognised from
    the first moment after it; raises :class:`StorageError` if that cannot be done. Any thread may call it.
    ``removed`` is told whom to take out of the galleries.
    """

    def __init__(self, journal: ErasureJournal | None, removed: Callable[[str], object]) -> None:
        self._journal = journal
        self._removed = removed
        self.changes = LateChanges()
        """Changes that were said to have failed, and may have been made."""
        self._lock = threading.Lock()
        self._overdue: set[str] = set()  # erasures that are asked for and not done
        self._journalled: set[str] = set()  # of them, or done since, those that are in the journal
        self._landing: dict[str, Future[Any]] = {}  # of them, those that are written, or were a moment ago
        self._notes: dict[str, DoNotAsk] = {}
        self._numbers: set[str] = set()
        self._journal_state: object = None
        self._read_journal()

    # Erasures

    def is_overdue(self, caller_id: str) -> bool:
        """Whether an erasure is asked for and not done."""
        return caller_id in self._overdue

    def erasing(self, caller_id: str) -> None:
        """An erasure was asked for. In memory only, so that it may be called on the event loop."""
        with self._lock:
            self._overdue.add(caller_id)

    def landing(self, caller_id: str, write: Future[Any]) -> None:
        """Whoever is being written is to be erased, once it is done: they were told that it failed.

        Likewise in memory only. Until then there is nothing to erase, and nobody else's word that it was
        erased counts.
        """
        with self._lock:
            self._overdue.add(caller_id)
            self._landing[caller_id] = write

    def keep(self, caller_id: str) -> None:
        """The store did not take it: have it outlive this process. Waits for the disk."""
        if self._journal is None or not self.is_overdue(caller_id):
            return
        try:
            self._journal.add(caller_id)
        except StorageError as exc:
            logger.error(
                "the erasure of caller %s is not in the journal and would be forgotten by a restart: %s",
                caller_id,
                exc,
            )
            return
        with self._lock:
            self._journalled.add(caller_id)
            self._journal_state = _WRITTEN

    def erased(self, caller_id: str) -> None:
        """It was done. Waits for the disk if the erasure was journalled."""
        self._removed(caller_id)
        with self._lock:
            if caller_id in self._landing:
                return  # it may be there again in a moment
            self._overdue.discard(caller_id)
        self._strike_out()

    def overdue(self) -> list[str]:
        """The erasures that are not done, sorted."""
        with self._lock:
            return sorted(self._overdue)

    def is_journalled(self, caller_id: str) -> bool:
        """Whether it is in the journal, and so outlives this process."""
        return caller_id in self._journalled

    # Notes

    def note(self, refusal: DoNotAsk) -> None:
        """A no that the store could not take."""
        with self._lock:
            if self._has_room():
                self._notes[refusal.subject] = refusal

    def noted(self, subject: str) -> DoNotAsk | None:
        """The no that waits for the store, if there is one."""
        return self._notes.get(subject)

    def forget_note(self, subject: str) -> None:
        """It holds no longer."""
        with self._lock:
            self._notes.pop(subject, None)

    def suspend(self, number: str | None) -> None:
        """Somebody withdrew whose number cannot be hashed before the store is there with its secret.

        The number stays in memory until then, and goes nowhere else.
        """
        if (normal := normalise_number(number)) is not None:
            with self._lock:
                if self._has_room():
                    self._numbers.add(normal)

    # Settling

    def settle(self, store: CallerStore, phones: PhoneHasher | None) -> None:
        """Try everything again; what fails stays owed. Runs on one thread at a time."""
        self._read_journal()
        self._hash_numbers(phones)
        for caller_id in self.overdue():
            self._removed(caller_id)
            write = self._landing.get(caller_id)
            if write is not None and not write.done():
                self._keep_once(caller_id)
                continue
            try:
                store.erase(caller_id, reason="withdrawn" if write is None else "undone")
            except StorageError:
                self._keep_once(caller_id)
                continue  # said when it was asked for; tried again in the next round
            with self._lock:
                self._landing.pop(caller_id, None)
            self.erased(caller_id)
            logger.info("caller %s is erased", caller_id)
        self._strike_out()
        self.changes.settle(store)
        with self._lock:
            notes = list(self._notes.values())
        for refusal in notes:
            try:
                store.remember_refusal(refusal)
            except StorageError:
                return
            with self._lock:
                if self._notes.get(refusal.subject) is refusal:
                    del self._notes[refusal.subject]

    def keep_all(self) -> None:
        """Have every erasure that is not done outlive this process. Waits for the disk."""
        for caller_id in self.overdue():
            self._keep_once(caller_id)

    def _keep_once(self, caller_id: str) -> None:
        if caller_id not in self._journalled:
            self.keep(caller_id)

    def _hash_numbers(self, phones: PhoneHasher | None) -> None:
        with self._lock:
            for number in list(self._numbers) if phones is not None else []:
                self._numbers.discard(number)
                if phones is not None and (link := phones.link(number)) is not None:
                    suspended = suspension(link, at=utc_now(), why="not_recognised")
                    for refusal in (DoNotAsk(subject=link), suspended):
                        self._notes[refusal.subject] = refusal

    def _has_room(self) -> bool:
        if len(self._notes) + len(self._numbers) < _MOST_NOTES:
            return True
        logger.error("%d refusals wait for the store; no more can be kept", _MOST_NOTES)
        return False

    def _read_journal(self) -> None:
        """Take in what is in the journal, from before a restart or from another process."""
        if self._journal is None or (state := self._journal.state) == self._journal_state:
            return
        with self._lock:
            known = set(self._journalled)
        pending = self._journal.pending()
        with self._lock:
            # What was erased here and could not be struck out yet is not overdue again.
            self._overdue.update(each for each in pending if each not in self._journalled)
            # What is there no more was done by another process; who came back since is not erased again.
            self._overdue -= known.difference(pending, self._landing)
            self._journalled = self._journalled.difference(known).union(pending)
            self._journal_state = state
        for caller_id in pending:
            self._removed(caller_id)

    def _strike_out(self) -> None:
        with self._lock:
            done = self._journalled - self._overdue
        if self._journal is None or not done:
            return
        try:
            self._journal.remove(done)
        except StorageError as exc:
            # They are erased, and a second time does nothing.
            logger.warning("the journal of erasures still names %d that are done: %s", len(done), exc)
            return
        with self._lock:
            self._journalled -= done
            self._journal_state = _WRITTEN
