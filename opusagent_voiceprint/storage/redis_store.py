"""Callers in Redis: for many workers on many machines."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any, Final

from opusagent_voiceprint.errors import (
    SettingsError,
    StorageError,
    StoreFormatError,
    VersionConflictError,
)
from opusagent_voiceprint.storage.base import CallerStore, StoredRecord
from opusagent_voiceprint.storage.codec import RecordCodec

__all__ = ["RedisStorage"]

_SCHEMA: Final = 1
_ROWS_AT_ONCE: Final = 128

# Every script gets all keys: 1 meta (hash: schema, key_id, revision), 2 callers (hash: id ->
# "version:payload"), 3 links (hash: id -> JSON list of members of 4), 4 phones (sorted by name: link and id),
# 5 changes (sorted by revision: ids, those of erased callers too). Revisions are passed as text, which Lua
# does not round.

_OPEN: Final = """
if redis.call('EXISTS', KEYS[1]) == 0 then
  for i = 2, 5 do
    if redis.call('EXISTS', KEYS[i]) == 1 then return {'torn', ''} end
  end
  redis.call('HSET', KEYS[1], 'schema', ARGV[1], 'key_id', ARGV[2], 'revision', '0')
end
return {redis.call('HGET', KEYS[1], 'schema') or '', redis.call('HGET', KEYS[1], 'key_id') or ''}
"""

# ARGV: key id, caller id, expected version ('*' for any but 0), payload ('' to remove), members
_WRITE: Final = """
if redis.call('HGET', KEYS[1], 'key_id') ~= ARGV[1] then return {'replaced', '0'} end
local record = redis.call('HGET', KEYS[2], ARGV[2])
local found = record and string.match(record, '^%d+') or '0'
if (ARGV[3] == '*' and found == '0') or (ARGV[3] ~= '*' and ARGV[3] ~= found) then
  return {'conflict', found}
end
local version = string.format('%.0f', redis.call('HINCRBY', KEYS[1], 'revision', 1))
for _, member in ipairs(cjson.decode(redis.call('HGET', KEYS[3], ARGV[2]) or '[]')) do
  redis.call('ZREM', KEYS[4], member)
end
if ARGV[4] == '' then
  redis.call('HDEL', KEYS[2], ARGV[2])
  redis.call('HDEL', KEYS[3], ARGV[2])
else
  for _, member in ipairs(cjson.decode(ARGV[5])) do redis.call('ZADD', KEYS[4], 0, member) end
  redis.call('HSET', KEYS[2], ARGV[2], version .. ':' .. ARGV[4])
  redis.call('HSET', KEYS[3], ARGV[2], ARGV[5])
end
redis.call('ZADD', KEYS[5], version, ARGV[2])
return {'ok', version}
"""

_CHANGES: Final = """
return {redis.call('HGET', KEYS[1], 'revision') or '0',
        redis.call('ZRANGEBYSCORE', KEYS[5], '(' .. ARGV[1], '+inf')}
"""


class RedisStorage(CallerStore):
    """Callers in Redis, under keys that begin with ``{namespace}:``.

    ``redis_client`` is a ``redis.Redis``, and stays the application's to close. Every change is one script,
    so it happens wholly or not at all; how durable it is, is for the server's ``appendfsync`` to say, and an
    erased caller's bytes stay in its append-only file until the next rewrite. When a connection breaks
    during a write, the outcome is not known: read again.
    """

    def __init__(
        self,
        redis_client: Any,  # redis-py types each reply as perhaps awaitable
        *,
        codec: RecordCodec | None = None,
        max_voiceprints: int = 3,
        namespace: str = "opusagent-voiceprint",
        policy_version: str = "1",
    ) -> None:
        super().__init__(codec=codec, max_voiceprints=max_voiceprints, policy_version=policy_version)
        redis = _import_redis()
        self._redis_error = redis.RedisError
        self._no_reply = (redis.ConnectionError, redis.TimeoutError)
        self._client = redis_client
        self._owns_client = False
        self._name = f"the Redis store {namespace!r}"
        # The braces keep all keys in one slot of a cluster.
        self._keys = [f"{{{namespace}}}:{part}" for part in ("meta", "callers", "links", "phones", "changes")]
        self._meta, self._callers, _, self._phones, _ = self._keys
        self._notes = f"{{{namespace}}}:notes"
        self._write_script = redis_client.register_script(_WRITE)
        self._changes_script = redis_client.register_script(_CHANGES)
        with self._errors():
            schema, key_id = map(_text, redis_client.eval(_OPEN, 5, *self._keys, _SCHEMA, self._codec.key_id))
        if schema == "torn":
            raise StoreFormatError(
                f"{self._name} has lost its head; restore it from a backup, or remove its keys"
            )
        if schema != str(_SCHEMA):
            raise StoreFormatError(
                f"{self._name} has schema {schema}, and this opusagent-voiceprint knows {_SCHEMA}. "
                "It was left as it is; update opusagent-voiceprint."
            )
        self._codec.check_key(key_id, self._name)

    @classmethod
    def from_url(
        cls,
        url: str,
        *,
        timeout: float,
        codec: RecordCodec | None = None,
        max_voiceprints: int = 3,
        policy_version: str = "1",
    ) -> RedisStorage:
        """A store with a client of its own. ``timeout`` is in seconds, for connecting and for each reply."""
        redis = _import_redis()
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        try:
            # A write whose reply was lost must not be sent again: it would conflict with itself.
            client = redis.Redis.from_url(
                url, socket_timeout=timeout, socket_connect_timeout=timeout, retry=Retry(NoBackoff(), 0)
            )
        except (ValueError, TypeError):
            # The URL may hold a password, so neither it nor the error is quoted.
            raise SettingsError(
                "VOICE_REDIS_URL=(hidden) is not allowed: it must look like "
                "redis://host:6379/0, or rediss:// for TLS"
            ) from None
        try:
            store = cls(client, codec=codec, max_voiceprints=max_voiceprints, policy_version=policy_version)
        except BaseException:
            client.close()
            raise
        store._owns_client = True
        return store

    @property
    def redis(self) -> Any:
        """The client."""
        return self._client

    def close(self) -> None:
        """Close the client if it is the store's own."""
        if self._owns_client:
            with self._errors():
                self._client.close()

    def count(self) -> int:
        """How many callers there are."""
        with self._errors():
            return int(self._client.hlen(self._callers))

    def ids_by_phone(self, link: str) -> list[str]:
        """The ids of the callers that this keyed hash of a number is linked to, sorted."""
        prefix = _member(link, "").encode()
        with self._errors():
            # No UTF-8 text has a byte as high as 0xff.
            members = self._client.zrangebylex(self._phones, b"[" + prefix, b"[" + prefix + b"\xff")
        return sorted(_text(member)[len(prefix.decode()) :] for member in members)

    def changes(self, since: int) -> tuple[list[str], int]:
        """The ids written or erased after a revision, and the newest revision."""
        with self._errors():
            newest, changed = self._changes_script(keys=self._keys, args=[since])
        return [_text(caller_id) for caller_id in changed], int(newest)

    def _read(self, caller_id: str) -> StoredRecord | None:
        with self._errors():
            value = self._client.hget(self._callers, caller_id)
        return None if value is None else _record(caller_id, value)

    def _records(self) -> Iterator[StoredRecord]:
        with self._errors():
            ids = [_text(caller_id) for caller_id in self._client.hkeys(self._callers)]
        for start in range(0, len(ids), _ROWS_AT_ONCE):
            some = ids[start : start + _ROWS_AT_ONCE]
            with self._errors():
                values = self._client.hmget(self._callers, some)
            for caller_id, value in zip(some, values, strict=True):
                if value is not None:  # erased since the ids were read
                    yield _record(caller_id, value)

    def _write(self, caller_id: str, expected: int, payload: str, links: list[str]) -> int:
        members = json.dumps([_member(link, caller_id) for link in links])
        outcome, version = self._change(caller_id, str(expected), payload, members)
        if outcome == "conflict":
            raise VersionConflictError(caller_id, expected=expected, found=int(version))
        return int(version)

    def _remove(self, caller_id: str) -> bool:
        outcome, _ = self._change(caller_id, "*", "", "[]")
        return outcome == "ok"

    def _change(self, caller_id: str, expected: str, payload: str, members: str) -> tuple[str, str]:
        args = [self._codec.key_id, caller_id, expected, payload, members]
        with self._errors(changing=True):
            outcome, version = map(_text, self._write_script(keys=self._keys, args=args))
        if outcome == "replaced":
            raise StorageError(f"{self._name} was emptied or replaced while it was in use; open it again")
        return outcome, version

    def _note(self, kind: str, key: str) -> str | None:
        with self._errors():
            value = self._client.hget(f"{self._notes}:{kind}", key)
        return None if value is None else _text(value)

    def _note_keys(self, kind: str) -> list[str]:
        with self._errors():
            return sorted(_text(key) for key in self._client.hkeys(f"{self._notes}:{kind}"))

    def _set_note(self, kind: str, key: str, payload: str | None) -> None:
        with self._errors(changing=True):
            if payload is None:
                self._client.hdel(f"{self._notes}:{kind}", key)
            else:
                self._client.hset(f"{self._notes}:{kind}", key, payload)

    def _add_note(self, kind: str, key: str, payload: str) -> str:
        with self._errors(changing=True):
            self._client.hsetnx(f"{self._notes}:{kind}", key, payload)
        return self._note(kind, key) or payload

    @contextlib.contextmanager
    def _errors(self, *, changing: bool = False) -> Iterator[None]:
        try:
            yield
        except self._redis_error as exc:
            unknown = ""
            if changing and isinstance(exc, self._no_reply):
                unknown = "; whether the change was made is not known: read again before repeating it"
            raise StorageError(f"{self._name} cannot be used: {type(exc).__name__}: {exc}{unknown}") from exc


def _import_redis() -> Any:
    try:
        import redis
    except ImportError as exc:
        raise StorageError(
            'VOICE_STORAGE_BACKEND=redis needs redis-py: pip install "opusagent-voiceprint[redis]"'
        ) from exc
    return redis


def _text(value: bytes | str) -> str:
    """A reply as text, whether the application's client decodes replies or not."""
    return value.decode("utf-8") if isinstance(value, bytes) else value


def _member(link: str, caller_id: str) -> str:
    """One entry of the index of phones; the length in front keeps a link from being the start of another."""
    return f"{len(link)}:{link}:{caller_id}"


def _record(caller_id: str, value: bytes | str) -> StoredRecord:
    version, _, payload = _text(value).partition(":")
    return StoredRecord(caller_id, int(version), payload)
