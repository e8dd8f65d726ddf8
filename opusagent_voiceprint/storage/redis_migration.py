"""From schema 1 of Redis stores to schema 2, while nobody of schema 1 can write any more.

Schema 1 had records without checksums, their links in a hash of their own, and its key id in a field that the
scripts of that version look at: without it they refuse to write. Each step is a script over a few records,
and does nothing to one that is in the new form, so that any number of processes may be at it, and killed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from opusagent_voiceprint.errors import StoreFormatError
from opusagent_voiceprint.storage.redis_client import RedisCalls
from opusagent_voiceprint.storage.redis_scripts import FORMAT, SCHEMA

__all__ = ["begin_migration", "finish_migration"]

_RECORDS_AT_ONCE: Final = 64
_KINDS: Final = ("refusal", "secret")
"""The notes that schema 1 had."""

# KEYS as those of all scripts; 6 is the hash of links (id -> JSON list of members of phones).
# ARGV: schema, history
_BEGIN: Final = """
if redis.call('HGET', KEYS[1], 'schema') ~= '1' then return 'ok' end
redis.call('HDEL', KEYS[1], 'key_id')
redis.call('HSET', KEYS[1], 'schema', ARGV[1], 'key', '', 'history', ARGV[2], 'migrating', '1')
return 'ok'
"""

# ARGV: ids
_CALLERS: Final = (
    FORMAT
    + """
for _, id in ipairs(ARGV) do
  local record = redis.call('HGET', KEYS[2], id)
  local version, payload = string.match(record or '', '^(%d+):({.*)$')
  if version then
    local members = redis.call('HGET', KEYS[6], id) or '[]'
    redis.call('HSET', KEYS[2], id, pack(id, version, members, payload))
  end
end
return 'ok'
"""
)

# KEYS: 1 meta, 2 the notes of a kind. ARGV: kind, keys
_NOTES: Final = (
    FORMAT
    + """
for i = 2, #ARGV do
  local payload = redis.call('HGET', KEYS[2], ARGV[i])
  if payload and string.sub(payload, 1, 1) == '{' then
    redis.call('HSET', KEYS[2], ARGV[i], sum(ARGV[1], ARGV[i], payload) .. ':' .. payload)
  end
end
return 'ok'
"""
)

_END: Final = """
redis.call('HDEL', KEYS[1], 'migrating')
redis.call('DEL', KEYS[6])
return 'ok'
"""


def begin_migration(
    client: Any, calls: RedisCalls, keys: Sequence[str], *, key_id: str, history: str, name: str
) -> None:
    """Lock out writers of schema 1. An encrypted store of schema 1 is refused with StoreFormatError."""
    if key_id:
        raise StoreFormatError(
            f"{name} has schema 1 and is encrypted, as a development version wrote it that was never "
            "released. It was left as it is: export its callers with that version, and import them here"
        )
    calls.read(client.eval, _BEGIN, len(keys), *keys, SCHEMA, history)


def finish_migration(client: Any, calls: RedisCalls, keys: Sequence[str], links: str, notes: str) -> None:
    """Give every record its checksum; begin again where an earlier run was cut short.

    ``links`` is the key of schema 1's hash of links, ``notes`` what the keys of notes begin with.
    """
    to_callers = client.register_script(_CALLERS)
    to_notes = client.register_script(_NOTES)
    for some in _in_parts(calls.read(client.hkeys, keys[1])):
        calls.read(to_callers, keys=[*keys, links], args=some)
    for kind in _KINDS:
        place = f"{notes}:{kind}"
        for some in _in_parts(calls.read(client.hkeys, place)):
            calls.read(to_notes, keys=[keys[0], place], args=[kind, *some])
    calls.read(client.eval, _END, len(keys) + 1, *keys, links)


def _in_parts(ids: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(ids), _RECORDS_AT_ONCE):
        yield ids[start : start + _RECORDS_AT_ONCE]
