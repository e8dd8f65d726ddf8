"""Callers in Redis: for many workers on many machines."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from opusagent_voiceprint.errors import EncryptionError, StoreFormatError, VersionConflictError
from opusagent_voiceprint.storage.base import REFUSAL, SECRET, CallerStore, StoredRecord
from opusagent_voiceprint.storage.codec import RecordCodec
from opusagent_voiceprint.storage.damage import QUARANTINE, Damage, add_to_quarantine, quarantine_key
from opusagent_voiceprint.storage.ledger import ARCHIVE, LEDGER, NewNote
from opusagent_voiceprint.storage.redis_check import MEND, PUT_ASIDE, find_damage
from opusagent_voiceprint.storage.redis_client import OwnClient, RedisCalls, open_client
from opusagent_voiceprint.storage.redis_head import open_head
from opusagent_voiceprint.storage.redis_health import HealthWatch
from opusagent_voiceprint.storage.redis_journal import RedisJournal
from opusagent_voiceprint.storage.redis_records import (
    member,
    note_payload,
    raw_id,
    readable,
    stored_record,
    text,
)
from opusagent_voiceprint.storage.redis_scripts import REMOVE, WRITE

__all__ = ["RedisStorage"]

_ROWS_AT_ONCE: Final = 128
_NOTE_KINDS: Final = (REFUSAL, SECRET, QUARANTINE, LEDGER, ARCHIVE, "failures", "purge hold", "moving")


class RedisStorage(CallerStore):
    """Callers in Redis, under keys that begin with ``{namespace}:``.

    ``redis_client`` is a ``redis.Redis`` or ``redis.cluster.RedisCluster``, and stays the application's to
    close. Every change is one script, so it happens wholly or not at all. When a connection breaks, reads and
    changes are tried again for ``timeout`` seconds: the server knows a change that it has made by its token,
    so none is made twice. What is not known after that is said: read again before repeating it.

    How durable a change is, is for the server's ``appendfsync`` to say, and an erased caller's bytes stay in
    its append-only file until the next rewrite. A failover may lose the last changes unless
    ``min-replicas-to-write`` is set; who follows the store reads it anew then.
    """

    def __init__(
        self,
        redis_client: Any,  # redis-py types each reply as perhaps awaitable
        *,
        codec: RecordCodec | None = None,
        max_voiceprints: int = 3,
        namespace: str = "opusagent-voiceprint",
        policy_version: str = "1",
        timeout: float = 2.0,
    ) -> None:
        super().__init__(codec=codec, max_voiceprints=max_voiceprints, policy_version=policy_version)
        self._client = redis_client
        self._own: OwnClient | None = None
        self._name = f"the Redis store {namespace!r}"
        # The braces keep all keys in one slot of a cluster.
        self._prefix = f"{{{namespace}}}:"
        self._keys = [self._prefix + part for part in ("meta", "callers", "phones", "changes", "tokens")]
        self._meta, self._callers, self._phones, _, _ = self._keys
        self._calls = RedisCalls(self._name, timeout)
        self._write_script, self._remove_script, self._mend_script, self._put_aside_script = map(
            redis_client.register_script, (WRITE, REMOVE, MEND, PUT_ASIDE)
        )
        history, newest = open_head(
            redis_client, self._calls, self._keys, self._prefix, self._codec, self._name
        )
        self._journal = RedisJournal(
            redis_client, self._calls, self._keys, self._name, history=history, newest=newest
        )
        self._health = HealthWatch(redis_client, self._meta)
        self._health.look(is_first=True)

    @classmethod
    def from_url(
        cls,
        url: str,
        *,
        timeout: float,
        codec: RecordCodec | None = None,
        max_voiceprints: int = 3,
        namespace: str = "opusagent-voiceprint",
        policy_version: str = "1",
    ) -> RedisStorage:
        """A store with a client of its own, for a URL as :func:`open_client` takes it.

        ``timeout``, in seconds, is for attempts to connect, replies, and trying again, all together; where a
        last attempt is slow to connect too, it takes a quarter more, and with sentinels the time to ask them.
        """
        own = open_client(url, timeout=timeout)
        try:
            store = cls(
                own.client,
                codec=codec,
                max_voiceprints=max_voiceprints,
                namespace=namespace,
                policy_version=policy_version,
                timeout=timeout / 2,  # an attempt that begins then has the other half
            )
        except BaseException:
            own.close()
            raise
        store._own = own
        return store

    @property
    def redis(self) -> Any:
        """The client."""
        return self._client

    def close(self) -> None:
        """Close the client if it is the store's own."""
        if self._own:
            self._calls.read(self._own.close)
        super().close()

    def warnings(self) -> list[str]:
        """What in the server's settings can lose callers, in words.

        The server is looked at when the store is opened, and every few minutes where :meth:`changes` is
        called; what is new then is logged.
        """
        return self._health.risks()

    def count(self) -> int:
        """How many callers there are."""
        return int(self._calls.read(self._client.hlen, self._callers))

    def ids_by_phone(self, link: str) -> list[str]:
        """The ids of the callers that this keyed hash of a number is linked to, sorted."""
        prefix = member(link, "")
        first = b"[" + prefix.encode()
        # No UTF-8 text has a byte as high as 0xff.
        found = self._calls.read(self._client.zrangebylex, self._phones, first, first + b"\xff")
        return sorted(text(entry)[len(prefix) :] for entry in found)

    def changes(self, since: int) -> tuple[list[str], int]:
        """The ids written or erased after a revision, and the newest revision.

        A newest revision below ``since`` means: read everything again. It is given too when a failover lost
        changes that this handle has seen, even if others have taken their revisions since, which is told by
        the tokens of the last 16,384 changes; and when there were more than those, so that it cannot be told.

        The list is a set sorted by revision, and each id is in it once, so that it is bounded by the callers
        there ever were. A Redis stream would have to be trimmed, and a worker that slept would miss what was.
        """
        self._health.look()
        return self._journal.since(since)

    def _read(self, caller_id: str) -> StoredRecord | None:
        value = self._calls.read(self._client.hget, self._callers, raw_id(caller_id))
        return None if value is None else stored_record(caller_id, value, self._name)

    def _read_many(self, caller_ids: Collection[str]) -> list[StoredRecord]:
        return list(self._stored(list(caller_ids)))

    def _records(self) -> Iterator[StoredRecord]:
        return self._stored(self._calls.read(self._client.hkeys, self._callers))

    def _stored(self, ids: list[Any]) -> Iterator[StoredRecord]:
        for start in range(0, len(ids), _ROWS_AT_ONCE):
            some = [readable(one) for one in ids[start : start + _ROWS_AT_ONCE]]
            values = self._calls.read(self._client.hmget, self._callers, [raw_id(one) for one in some])
            for caller_id, value in zip(some, values, strict=True):
                if value is not None:  # erased since the ids were read
                    yield stored_record(caller_id, value, self._name)

    def _write(
        self, caller_id: str, expected: int, payload: str, links: list[str], notes: Sequence[NewNote] = ()
    ) -> int:
        members = json.dumps([member(link, caller_id) for link in links])
        outcome, version = self._journal.change(
            self._write_script,
            caller_id,
            str(expected),
            payload,
            members,
            more_keys=[self._notes(LEDGER)],
            notes=_flat(notes),
        )
        if outcome == "conflict":
            raise VersionConflictError(caller_id, expected=expected, found=version)
        return version

    def _remove(self, caller_id: str, expected: int | None = None, notes: Sequence[NewNote] = ()) -> bool:
        condition = "*" if expected is None else str(expected)
        places = [self._notes(QUARANTINE), self._notes(LEDGER)]
        outcome, _ = self._journal.change(
            self._remove_script, caller_id, condition, more_keys=places, notes=_flat(notes)
        )
        return outcome == "ok"

    def _notes(self, kind: str) -> str:
        return f"{self._prefix}notes:{kind}"

    def _note(self, kind: str, key: str) -> str | None:
        value = self._calls.read(self._client.hget, self._notes(kind), raw_id(key))
        return None if value is None else note_payload(kind, key, value, self._name)

    def _note_keys(self, kind: str) -> list[str]:
        return sorted(map(readable, self._calls.read(self._client.hkeys, self._notes(kind))))

    def _last_note_key(self, kind: str) -> str | None:
        if kind != LEDGER:
            raise ValueError("only of the ledger's entries it is kept which is the last")
        last = self._calls.read(self._client.hget, self._meta, "last")
        return None if last is None else text(last)

    def _add_notes(self, notes: Sequence[NewNote]) -> None:
        self._journal.add_notes(f"{self._prefix}noted", self._notes(LEDGER), _flat(notes))

    def _set_note(self, kind: str, key: str, payload: str | None) -> None:
        self._change_note(kind, key, payload or "", "set" if payload is not None else "remove")

    def _add_note(self, kind: str, key: str, payload: str) -> str:
        return note_payload(kind, key, self._change_note(kind, key, payload, "add"), self._name)

    def _change_note(self, kind: str, key: str, payload: str, mode: str) -> bytes | str:
        return self._journal.change_note(
            [self._notes(kind), f"{self._prefix}noted"], kind, key, payload, mode
        )

    # What `storage check` asks

    def _damaged(self) -> list[Damage]:
        """What is wrong with records, the links and changes beside them, and notes."""
        notes = {kind: self._notes(kind) for kind in _NOTE_KINDS}
        return find_damage(self._client, self._calls, self._keys, notes, self._name)

    def _quarantine(self, record_id: str, kind: str = "caller") -> bool:
        """Move a record that cannot be read into a note; whether it was there, and could not.

        Of a caller who can be read, or is not there, the links and changes are put right.
        """
        place = self._callers if kind == "caller" else self._notes(kind)
        raw = self._calls.read(self._client.hget, place, raw_id(record_id))
        if kind == "caller" and (raw is None or self._is_readable(record_id)):
            self._journal.change(self._mend_script, record_id, "*")
            return False
        if raw is None:
            return False
        key = quarantine_key(kind, record_id)
        aside: dict[str, object] = {"value": readable(raw)}
        # First there, then not here: killed in between, it is in both places rather than in none.
        self._set_note(QUARANTINE, key, add_to_quarantine(self._note(QUARANTINE, key), aside))
        if kind != "caller":
            self._set_note(kind, record_id, None)
            return True
        outcome, _ = self._journal.change(self._put_aside_script, record_id, "*", raw)
        return outcome == "ok"

    def _is_readable(self, caller_id: str) -> bool:
        try:
            record = self._read(caller_id)
            if record is not None:
                self._decode(record)
        except (StoreFormatError, EncryptionError):
            return False
        return True


def _flat(notes: Sequence[NewNote]) -> list[str]:
    """Notes as arguments of a script. All of them are the ledger's."""
    if any(each.kind != LEDGER for each in notes):
        raise ValueError("only entries of the ledger are written together with a record")
    return [part for each in notes for part in (each.kind, each.key, each.payload)]
