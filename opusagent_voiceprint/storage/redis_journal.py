"""Changes to a Redis store: made once though they may be sent twice, and followed across failovers."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Final

from opusagent_voiceprint.errors import NoteExistsError, StoreFormatError, StoreReplacedError
from opusagent_voiceprint.storage.redis_client import RedisCalls
from opusagent_voiceprint.storage.redis_records import raw_id, readable, text
from opusagent_voiceprint.storage.redis_scripts import CHANGES, NOTE, NOTES, TOKENS

__all__ = ["RedisJournal"]

_CHANGES_AT_ONCE: Final = 10_000
_REVISIONS_KEPT: Final = 64


class RedisJournal:
    """Sends changes with a token each, by which the server knows those that it has made.

    ``history`` names the store among all that there ever were at its place: another one is not written to.
    ``newest`` is its revision at opening, and ``keys`` are those of the scripts.
    """

    def __init__(
        self, client: Any, calls: RedisCalls, keys: Sequence[str], name: str, *, history: str, newest: int
    ) -> None:
        self._calls = calls
        self._keys = list(keys)
        self._name = name
        self._history = history
        self._changes_script = client.register_script(CHANGES)
        self._note_script = client.register_script(NOTE)
        self._notes_script = client.register_script(NOTES)
        self._lock = threading.Lock()
        self._newest = newest
        self._tokens: OrderedDict[int, str] = OrderedDict()

    def change(
        self,
        script: Any,
        caller_id: str,
        condition: str,
        payload: str | bytes = "",
        members: str = "[]",
        more_keys: Sequence[str] = (),
        notes: Sequence[str] = (),
    ) -> tuple[str, int]:
        """Run one of the scripts that begin with BEGIN; ``ok`` and the new version, or ``conflict`` and the
        one that is there (0 for none).

        ``notes`` are kind, key and payload, one after the other, of notes that must be new; the hash where
        they go is the last of ``more_keys``. Raises :class:`NoteExistsError` if one is not.
        """
        token = secrets.token_hex(8)
        args = [self._history, token, raw_id(caller_id), condition, payload, members, *notes, TOKENS]
        with self._lock:
            newest = self._newest

        def make(is_repeated: bool) -> tuple[str, int]:
            outcome, version, oldest = map(text, script(keys=[*self._keys, *more_keys], args=args))
            if outcome in ("conflict", "note") and is_repeated and int(oldest) > newest + 1:
                # So many changes were made since that the token of this one may be forgotten.
                raise self._calls.not_known()
            return outcome, int(version)

        outcome, version = self._calls.change(make)
        self._refuse(outcome, caller_id)
        if outcome == "note":
            raise NoteExistsError(f"{self._name} has a note of this number already")
        if outcome == "ok":
            with self._lock:
                self._newest = max(self._newest, version)
        return outcome, version

    def change_note(self, places: Sequence[str], kind: str, key: str, payload: str, mode: str) -> bytes | str:
        """Change a note (``set``, ``add`` or ``remove``); returns it as it is then.

        ``places`` are the keys of the notes of this kind and of the tokens of notes.
        """
        keys = [self._keys[0], *places]
        args = [self._history, secrets.token_hex(8), kind, raw_id(key), payload, mode, TOKENS]
        outcome, note = self._calls.change(lambda is_repeated: self._note_script(keys=keys, args=args))
        self._refuse(text(outcome), key)
        found: bytes | str = note
        return found

    def add_notes(self, tokens: str, place: str, notes: Sequence[str]) -> None:
        """Add notes that are behind all others; ``notes`` as of :meth:`change`, for the hash ``place``."""
        args = [self._history, secrets.token_hex(8), *notes, TOKENS]
        keys = [self._keys[0], tokens, place]
        outcome, _ = self._calls.change(lambda is_repeated: self._notes_script(keys=keys, args=args))
        self._refuse(text(outcome), "")
        if text(outcome) == "note":
            raise NoteExistsError(f"{self._name} has notes as far as these already")

    def since(self, since: int) -> tuple[list[str], int]:
        """The ids changed after a revision, oldest change first, and the newest revision.

        That is 0 if what was seen of the store at ``since`` is not part of its past, or may not be.
        """
        with self._lock:
            seen = (since, self._tokens.get(since, ""))
        changed: dict[str, None] = {}
        last = since
        while True:
            # In parts, so that the server does not stop for everybody else while it makes up a long reply.
            newest, token, some = self._calls.read(
                self._changes_script, keys=self._keys, args=[last, _CHANGES_AT_ONCE, *seen]
            )
            seen = (int(newest), text(token))
            if seen[0] < last:
                return [], min(seen[0], since)
            for caller_id in map(readable, some[::2]):
                changed.pop(caller_id, None)  # changed again since it was read
                changed[caller_id] = None
            if len(some) < 2 * _CHANGES_AT_ONCE:
                break
            last = int(some[-1])
        self._remember(*seen)
        return list(changed), seen[0]

    def _remember(self, revision: int, token: str) -> None:
        with self._lock:
            self._newest = max(self._newest, revision)
            if token:
                self._tokens[revision] = token
                self._tokens.move_to_end(revision)
                if len(self._tokens) > _REVISIONS_KEPT:
                    self._tokens.popitem(last=False)

    def _refuse(self, outcome: str, record_id: str) -> None:
        if outcome == "replaced":
            raise StoreReplacedError(
                f"{self._name} was emptied or replaced while it was in use; open it again"
            )
        if outcome == "damaged":
            raise StoreFormatError(
                f"the caller record {record_id!r} in {self._name} is damaged, and was left as it is; "
                "put it aside with `opusagent-voiceprint storage check`, or restore it from a backup"
            )
        if outcome == "behind":
            raise StoreFormatError(
                f"{self._name} has a head that is older than its records; restore it from a backup"
            )
