"""The Lua scripts by which Redis stores are changed: each is one step, made wholly or not at all.

Revisions are passed as text, which Lua does not round. Of every change the random token is kept for a while,
so that one whose reply was lost is not made twice when it is sent again.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "BEGIN",
    "CHANGES",
    "CREATE",
    "DROP",
    "FORMAT",
    "NOTE",
    "NOTES",
    "REMOVE",
    "SCHEMA",
    "TOKENS",
    "WRITE",
]

SCHEMA: Final = 2
TOKENS: Final = 16384
"""How many of the last changes can be recognised by their tokens; about 2 MB."""

# KEYS of every script but those of notes: 1 meta (hash: schema, key, history, revision, noted, and last, the
# key of the last note that was written with a change), 2 callers
# (hash: id -> record), 3 phones (sorted by name: link and id), 4 changes (sorted by revision: ids, those of
# erased callers too), 5 tokens (sorted by revision: the tokens of the last changes). Behind those that a
# script has of its own, the hash of the notes that are written with the change.
# Of those of notes: 1 meta, 2 the notes of one kind (hash: key -> note), 3 their tokens.
#
# A record is "version:sum:size:" with as many bytes of members (a JSON list of entries of phones) and then
# the payload; a note is "sum:" and the payload.
FORMAT: Final = r"""
local function sum(...)
  local parts = {}
  for _, part in ipairs({...}) do parts[#parts + 1] = #part .. ':' .. part end
  return redis.sha1hex(table.concat(parts))
end
local function pack(id, version, members, payload)
  return version .. ':' .. sum(id, version, members, payload) .. ':' .. #members .. ':' .. members .. payload
end
local function version_and_members(id, record)
  local version, found, size, at = string.match(record, '^(%d+):(%x+):(%d+):()')
  if not version then return nil end
  local members = string.sub(record, at, at + size - 1)
  if sum(id, version, members, string.sub(record, at + size)) ~= found then return nil end
  return version, members
end
local function has_note_behind(first, last)
  local there = string.match(redis.call('HGET', KEYS[1], 'last') or '', '^' .. string.rep('%d', 12) .. '$')
  for i = first, last, 3 do
    if there and there >= ARGV[i + 1] then return true end
    if redis.call('HEXISTS', KEYS[#KEYS], ARGV[i + 1]) == 1 then return true end
  end
end
local function add_notes_of(first, last)
  for i = first, last, 3 do
    redis.call('HSET', KEYS[#KEYS], ARGV[i + 1], sum(ARGV[i], ARGV[i + 1], ARGV[i + 2]) .. ':' .. ARGV[i + 2])
    redis.call('HSET', KEYS[1], 'last', ARGV[i + 1])
  end
end
local function caller_of(entry)
  local size, at = string.match(entry, '^(%d+):()')
  for _ = 1, tonumber(size or 0) do
    local character = string.match(entry, '^[^\128-\191][\128-\191]*', at)
    if not character then return nil end
    at = at + #character
  end
  return size and string.sub(entry, at, at) == ':' and string.sub(entry, at + 1) or nil
end
local function remove_links_of(id)
  for _, entry in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do
    if caller_of(entry) == id then redis.call('ZREM', KEYS[3], entry) end
  end
end
"""

# ARGV: schema, key id, history
CREATE: Final = """
if redis.call('EXISTS', KEYS[1]) == 0 then
  for i = 2, 4 do
    if redis.call('EXISTS', KEYS[i]) == 1 then return 'torn' end
  end
  redis.call('HSET', KEYS[1], 'schema', ARGV[1], 'key', ARGV[2], 'history', ARGV[3], 'revision', '0')
end
return 'ok'
"""

# What every change begins and ends with. ARGV: 1 history, 2 token, 3 caller id, 4 expected version ('*' for
# whatever there is), 5 payload, 6 members, then kind, key and payload of each note that must be new, and last
# how many tokens are kept.
BEGIN: Final = """
if redis.call('HGET', KEYS[1], 'history') ~= ARGV[1] then return {'replaced', '0', '0'} end
local done = redis.call('ZSCORE', KEYS[5], ARGV[2])
if done then return {'ok', string.format('%.0f', done), '0'} end
local last = redis.call('ZREVRANGE', KEYS[4], 0, 0, 'WITHSCORES')[2] or 0
if tonumber(redis.call('HGET', KEYS[1], 'revision')) < tonumber(last) then return {'behind', '0', '0'} end
local function reaches_back_to()
  if redis.call('ZCARD', KEYS[5]) < tonumber(ARGV[#ARGV]) then return '0' end
  return redis.call('ZRANGE', KEYS[5], 0, 0, 'WITHSCORES')[2]
end
local function next_version()
  local version = string.format('%.0f', redis.call('HINCRBY', KEYS[1], 'revision', 1))
  redis.call('ZADD', KEYS[4], version, ARGV[3])
  redis.call('ZADD', KEYS[5], version, ARGV[2])
  redis.call('ZREMRANGEBYRANK', KEYS[5], 0, -1 - ARGV[#ARGV])
  return version
end
local function has_a_note()
  return has_note_behind(7, #ARGV - 1)
end
local function add_notes()
  add_notes_of(7, #ARGV - 1)
end
local found, members = '0', '[]'
local record = redis.call('HGET', KEYS[2], ARGV[3])
"""

WRITE: Final = (
    FORMAT
    + BEGIN
    + """
if record then
  found, members = version_and_members(ARGV[3], record)
  if not found then return {'damaged', '0', '0'} end
end
if found ~= ARGV[4] then return {'conflict', found, reaches_back_to()} end
if has_a_note() then return {'note', '0', reaches_back_to()} end
local version = next_version()
for _, member in ipairs(cjson.decode(members)) do redis.call('ZREM', KEYS[3], member) end
for _, member in ipairs(cjson.decode(ARGV[6])) do redis.call('ZADD', KEYS[3], 0, member) end
redis.call('HSET', KEYS[2], ARGV[3], pack(ARGV[3], version, ARGV[6], ARGV[5]))
add_notes()
return {'ok', version, '0'}
"""
)

# The record goes first, and the revision after it: a server that is out of memory refuses a script whose
# first change needs some, and lets it go on after one that needs none.
DROP: Final = """
redis.call('HDEL', KEYS[2], ARGV[3])
if members then
  for _, member in ipairs(cjson.decode(members)) do redis.call('ZREM', KEYS[3], member) end
else
  remove_links_of(ARGV[3])
end
"""

# A record that is damaged can be removed too: its links are looked for among all. What was put aside of the
# caller goes with it: KEYS[6] are those notes.
REMOVE: Final = (
    FORMAT
    + BEGIN
    + """
if record then
  found, members = version_and_members(ARGV[3], record)
  if not found and ARGV[4] ~= '*' then return {'damaged', '0', '0'} end
end
if ARGV[4] ~= '*' and ARGV[4] ~= found then return {'conflict', found, reaches_back_to()} end
if has_a_note() then return {'note', '0', reaches_back_to()} end
local was_aside = redis.call('HDEL', KEYS[6], ARGV[3]) == 1
if not record then
  if not was_aside then return {'conflict', '0', reaches_back_to()} end
  add_notes()
  return {'ok', next_version(), '0'}
end
"""
    + DROP
    + """
add_notes()
return {'ok', next_version(), '0'}
"""
)

# ARGV: the last id's revision, how many, a revision that the reader has seen, its token. Replies with the
# newest revision and its token; a newest of 0 if what the reader has seen is not part of this store's past.
CHANGES: Final = """
if ARGV[4] ~= '' and redis.call('ZRANGEBYSCORE', KEYS[5], ARGV[3], ARGV[3])[1] ~= ARGV[4] then
  return {'0', '', {}}
end
local newest = redis.call('HGET', KEYS[1], 'revision') or '0'
return {newest, redis.call('ZRANGEBYSCORE', KEYS[5], newest, newest)[1] or '',
        redis.call('ZRANGEBYSCORE', KEYS[4], '(' .. ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[2])}
"""

# KEYS: 1 meta, 2 tokens, 3 the notes. ARGV: history, token, kind, key and payload of each note, tokens kept.
NOTES: Final = (
    FORMAT
    + """
if redis.call('HGET', KEYS[1], 'history') ~= ARGV[1] then return {'replaced', ''} end
if redis.call('ZSCORE', KEYS[2], ARGV[2]) then return {'ok', ''} end
if has_note_behind(3, #ARGV - 1) then return {'note', ''} end
add_notes_of(3, #ARGV - 1)
redis.call('ZADD', KEYS[2], redis.call('HINCRBY', KEYS[1], 'noted', 1), ARGV[2])
redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -1 - ARGV[#ARGV])
return {'ok', ''}
"""
)

# ARGV: history, token, kind, key, payload, mode (set, add, remove), tokens kept
NOTE: Final = (
    FORMAT
    + """
if redis.call('HGET', KEYS[1], 'history') ~= ARGV[1] then return {'replaced', ''} end
local there = redis.call('HGET', KEYS[2], ARGV[4])
if redis.call('ZSCORE', KEYS[3], ARGV[2]) or (ARGV[6] == 'add' and there) then return {'ok', there or ''} end
local note = ''
if ARGV[6] == 'remove' then
  redis.call('HDEL', KEYS[2], ARGV[4])
else
  note = sum(ARGV[3], ARGV[4], ARGV[5]) .. ':' .. ARGV[5]
  redis.call('HSET', KEYS[2], ARGV[4], note)
end
redis.call('ZADD', KEYS[3], redis.call('HINCRBY', KEYS[1], 'noted', 1), ARGV[2])
redis.call('ZREMRANGEBYRANK', KEYS[3], 0, -1 - ARGV[7])
return {'ok', note}
"""
)
