"""Looking through a Redis store for damage, and putting it right or out of the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from opusagent_voiceprint.errors import StoreFormatError
from opusagent_voiceprint.storage.damage import Damage
from opusagent_voiceprint.storage.redis_client import RedisCalls
from opusagent_voiceprint.storage.redis_records import caller_of_member, note_payload, raw_id, readable
from opusagent_voiceprint.storage.redis_scripts import BEGIN, DROP, FORMAT

__all__ = ["MEND", "PUT_ASIDE", "find_damage"]

_AT_ONCE: Final = 128

_REASONS: Final = {
    "record": "its checksum does not hold",
    "phones": "a number that it is linked to is missing among the phones",
    "changes": "the list of changes does not have its version, so that workers may not follow it",
    "stray": "a number is linked to it that its record does not have",
}

# Both are one step over all of a record's places, so that what is written meanwhile is not taken for damage.
# ARGV: ids. Replies with what is wrong with each: '' for nothing.
_INSPECT: Final = (
    FORMAT
    + """
local reasons = {}
for i, id in ipairs(ARGV) do
  local record = redis.call('HGET', KEYS[2], id)
  reasons[i] = ''
  if record then
    local version, members = version_and_members(id, record)
    if not version then
      reasons[i] = 'record'
    else
      for _, member in ipairs(cjson.decode(members)) do
        if not redis.call('ZSCORE', KEYS[3], member) then reasons[i] = 'phones' end
      end
      local changed = redis.call('ZSCORE', KEYS[4], id)
      if not changed or string.format('%.0f', changed) ~= version then reasons[i] = 'changes' end
    end
  end
end
return reasons
"""
)

# ARGV: entry of phones and caller id, in turn. Replies with what is wrong with each entry: '' for nothing.
_INSPECT_LINKS: Final = (
    FORMAT
    + """
local reasons = {}
for i = 1, #ARGV, 2 do
  local reason = ''
  if redis.call('ZSCORE', KEYS[3], ARGV[i]) then
    local record = redis.call('HGET', KEYS[2], ARGV[i + 1])
    local version, members
    if record then version, members = version_and_members(ARGV[i + 1], record) end
    if version or not record then
      reason = 'stray'
      for _, member in ipairs(cjson.decode(members or '[]')) do
        if member == ARGV[i] then reason = '' end
      end
    end
  end
  reasons[#reasons + 1] = reason
end
return reasons
"""
)

# Removes the record if it is still the one of ARGV[5]. Else as every change.
PUT_ASIDE: Final = (
    FORMAT
    + BEGIN
    + """
if record ~= ARGV[5] then return {'conflict', '0', '0'} end
members = nil
"""
    + DROP
    + """
return {'ok', next_version(), '0'}
"""
)

# Makes phones and changes agree with a record again, which gets a new version; if there is none, or it is
# damaged, nothing of it is left in them.
MEND: Final = (
    FORMAT
    + BEGIN
    + """
local size, at
if record then
  found, members = version_and_members(ARGV[3], record)
  if not found then return {'damaged', '0', '0'} end
  size, at = string.match(record, '^%d+:%x+:(%d+):()')
end
remove_links_of(ARGV[3])
local version = next_version()
if record then
  for _, member in ipairs(cjson.decode(members)) do redis.call('ZADD', KEYS[3], 0, member) end
  redis.call('HSET', KEYS[2], ARGV[3], pack(ARGV[3], version, members, string.sub(record, at + size)))
end
return {'ok', version, '0'}
"""
)


def find_damage(
    client: Any, calls: RedisCalls, keys: list[str], notes: dict[str, str], name: str
) -> list[Damage]:
    """Everything that is wrong with a store; ``notes`` are the keys of its notes by kind.

    Ids that are no text are given with surrogates for their bytes.
    """
    return [
        *_damaged_callers(client, calls, keys),
        *_damaged_links(client, calls, keys),
        *_damaged_notes(client, calls, notes, name),
    ]


def _damaged_callers(client: Any, calls: RedisCalls, keys: list[str]) -> Iterator[Damage]:
    inspect = client.register_script(_INSPECT)
    callers = keys[1]
    for some in _in_parts(_scan(calls, client.hscan, callers)):
        reasons = calls.read(inspect, keys=keys, args=some)
        for caller_id, reason in zip(some, map(readable, reasons), strict=True):
            if reason:
                yield Damage(readable(caller_id), callers, _REASONS[reason], "caller")


def _damaged_links(client: Any, calls: RedisCalls, keys: list[str]) -> Iterator[Damage]:
    inspect = client.register_script(_INSPECT_LINKS)
    phones = keys[2]
    for some in _in_parts(_scan(calls, client.zscan, phones)):
        args: list[Any] = []
        for entry in some:
            caller_id = caller_of_member(readable(entry))
            if caller_id is None:
                yield Damage(None, phones, "an entry is none that this package writes")
            else:
                args += [entry, raw_id(caller_id)]
        reasons = calls.read(inspect, keys=keys, args=args)
        for caller_id, reason in zip(args[1::2], map(readable, reasons), strict=True):
            if reason:
                yield Damage(readable(caller_id), phones, _REASONS[reason], "caller")


def _damaged_notes(client: Any, calls: RedisCalls, notes: dict[str, str], name: str) -> Iterator[Damage]:
    for kind, place in notes.items():
        for some in _in_parts(_scan(calls, client.hscan, place)):
            values = calls.read(client.hmget, place, some)
            for key, value in zip(some, values, strict=True):
                if value is not None and not _is_whole(kind, key, value, name):
                    yield Damage(readable(key), place, _REASONS["record"], kind)


def _is_whole(kind: str, key: bytes | str, value: bytes | str, name: str) -> bool:
    try:
        note_payload(kind, readable(key), value, name)
    except StoreFormatError:
        return False
    return True


def _scan(calls: RedisCalls, scan: Any, place: str) -> list[Any]:
    """The fields of a hash, or the entries of a sorted set, each once."""
    entries: dict[Any, None] = {}
    cursor = 0
    while True:
        cursor, some = calls.read(scan, place, cursor, count=1000)
        # A hash comes as a dictionary, a sorted set as pairs.
        entries.update(dict.fromkeys(each if isinstance(some, dict) else each[0] for each in some))
        if cursor == 0:
            return list(entries)


def _in_parts(entries: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(entries), _AT_ONCE):
        yield entries[start : start + _AT_ONCE]
