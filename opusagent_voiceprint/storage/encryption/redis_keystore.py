"""The keystore in Redis: for many machines, and best on another server than the data."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.storage.encryption.keys import SealedKey
from opusagent_voiceprint.storage.encryption.keystore import KeyStore, lost_keys, whole
from opusagent_voiceprint.storage.redis_client import OwnClient, RedisCalls, import_redis, open_client
from opusagent_voiceprint.storage.redis_health import find_risks

__all__ = ["RedisKeyStore"]

_NAMES_AT_ONCE: Final = 500
_FIELDS: Final = ("key_id", "master_id", "sealed")

# KEYS of each script: 1 the keys (hash: name -> JSON of a SealedKey). ARGV: name, and what follows. An entry
# that is damaged is told from one that is not there, and can be destroyed.
_DECODE: Final = """
local function decode(value)
  local is_whole, key = pcall(cjson.decode, value or '')
  if is_whole and type(key) == 'table' and type(key.sealed) == 'string' then return key end
end
"""

# ARGV: 2 the key, 3 the name of one that must be there, or '', 4 whether an earlier attempt may have been
# made: then a mark may be that of this very key, which must not come back.
_ADD: Final = (
    _DECODE
    + """
if ARGV[3] ~= '' then
  local head = decode(redis.call('HGET', KEYS[1], ARGV[3]))
  if not head or head.sealed == '' then return false end
end
local there = redis.call('HGET', KEYS[1], ARGV[1])
if there then
  local key = decode(there)
  if not key or key.sealed ~= '' or ARGV[4] == '1' then return there end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return ARGV[2]
"""
)

_REPLACE: Final = (
    _DECODE
    + """
local found = decode(redis.call('HGET', KEYS[1], ARGV[1]))
if not found then return 0 end
local old, new = cjson.decode(ARGV[2]), cjson.decode(ARGV[3])
local function is(key)
  return found.key_id == key.key_id and found.master_id == key.master_id and found.sealed == key.sealed
end
if is(old) then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
  return 1
end
return ARGV[4] == '1' and is(new) and 1 or 0
"""
)

# The key goes before the mark comes: a server that is out of memory refuses a script whose first change needs
# some, and lets it go on after one that needs none.
_DESTROY: Final = (
    _DECODE
    + """
local there = redis.call('HGET', KEYS[1], ARGV[1])
local found = decode(there)
local key_id = found and type(found.key_id) == 'string' and found.key_id or ''
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode({key_id = key_id, master_id = '', sealed = ''}))
return (found and found.sealed ~= '' or there and not found) and 1 or 0
"""
)


class RedisKeyStore(KeyStore):
    """Sealed keys in one hash, ``{namespace}:keystore``.

    ``redis_client`` is as in :class:`RedisStorage`, and stays the application's to close. Calls are tried
    again for ``timeout`` seconds when the connection breaks. How durable a change is, is for the server's
    ``appendfsync`` to say; a destroyed key stays in its append-only file until the next rewrite.
    """

    def __init__(
        self, redis_client: Any, *, namespace: str = "opusagent-voiceprint", timeout: float = 2.0
    ) -> None:
        redis = import_redis()
        self._errors = (redis.RedisError, redis.exceptions.RedisClusterException)
        self._client = redis_client
        self._own: OwnClient | None = None
        self._place = f"{{{namespace}}}:keystore"
        self._name = f"the Redis keystore {namespace!r}"
        self._calls = RedisCalls(self._name, timeout)
        self._add = redis_client.register_script(_ADD)
        self._replace = redis_client.register_script(_REPLACE)
        self._destroy = redis_client.register_script(_DESTROY)
        # A server that is not there is found now, and not with the first call.
        self._calls.read(redis_client.exists, self._place)

    @classmethod
    def from_url(cls, url: str, *, timeout: float, namespace: str = "opusagent-voiceprint") -> RedisKeyStore:
        """A keystore with a client of its own; ``timeout`` (seconds) bounds every call."""
        own = open_client(url, timeout=timeout, setting="VOICE_KEYSTORE_PATH")
        try:
            keystore = cls(own.client, namespace=namespace, timeout=timeout / 2)
        except BaseException:
            own.close()
            raise
        keystore._own = own
        return keystore

    def warnings(self) -> list[str]:
        """What in the server's settings can lose keys, in words. Asks the server."""
        try:
            return [f"the keystore's {risk}" for risk in find_risks(self._client, self._place).values()]
        except self._errors as exc:
            raise StorageError(f"{self._name} cannot be used: {type(exc).__name__}") from exc

    def get_many(self, names: Collection[str]) -> dict[str, SealedKey]:
        """Several at once; names that there never were are left out, and damaged ones say so."""
        wanted = {name: name.encode("utf-8", "surrogateescape") for name in names}
        return {name: self._decode(name, value) for name, value in self._values(wanted)}

    def add(self, name: str, key: SealedKey, *, head: str = "") -> SealedKey:
        """Keep a key unless there is one; returns what is there then."""
        args = [name, _encode(key), head]
        there = self._calls.change(
            lambda is_repeated: self._add(keys=[self._place], args=[*args, int(is_repeated)])
        )
        if there is None:
            raise lost_keys(self._name)
        return whole(self._decode(name, there))

    def replace(self, name: str, old: SealedKey, new: SealedKey) -> bool:
        """Put a key in place of ``old`` if that is still there; whether it was."""
        args = [name, _encode(old), _encode(new)]
        return bool(
            self._calls.change(
                lambda is_repeated: self._replace(keys=[self._place], args=[*args, int(is_repeated)])
            )
        )

    def destroy(self, name: str) -> bool:
        """Overwrite a key with its mark; whether there was one."""
        # After a lost reply nobody can tell whose mark it is: then it is taken for ours.
        return self._calls.change(
            lambda is_repeated: bool(self._destroy(keys=[self._place], args=[name])) or is_repeated
        )

    def items(self) -> Iterator[tuple[str, SealedKey]]:
        """Everything, sorted by name; damaged ones say so."""
        found = map(_raw, self._calls.read(self._client.hkeys, self._place))
        names = {raw.decode("utf-8", "backslashreplace"): raw for raw in sorted(found)}
        for name, value in self._values(names):
            yield name, self._decode(name, value)

    def close(self) -> None:
        """Close the client if it is the keystore's own."""
        if self._own:
            self._calls.read(self._own.close)

    def _values(self, names: Mapping[str, bytes]) -> Iterator[tuple[str, bytes | str]]:
        wanted = list(names.items())
        for start in range(0, len(wanted), _NAMES_AT_ONCE):
            some = wanted[start : start + _NAMES_AT_ONCE]
            values = self._calls.read(self._client.hmget, self._place, [raw for _, raw in some])
            for (name, _), value in zip(some, values, strict=True):
                if value is not None:
                    yield name, value

    def _decode(self, name: str, value: bytes | str) -> SealedKey:
        try:
            found = json.loads(value)
            return SealedKey(*[_checked(found[field]) for field in _FIELDS])
        except (ValueError, KeyError, TypeError, RecursionError):
            return SealedKey.damaged(
                f"the key of {name!r} in {self._name} is damaged; put it back from where it is replicated"
            )


def _encode(key: SealedKey) -> str:
    return json.dumps({field: getattr(key, field) for field in _FIELDS}, separators=(",", ":"))


def _checked(value: object) -> str:
    if not isinstance(value, str) or not value.isascii():
        raise TypeError("a key has ASCII texts only")
    return value


def _raw(value: bytes | str) -> bytes:
    return value.encode("utf-8") if isinstance(value, str) else value
