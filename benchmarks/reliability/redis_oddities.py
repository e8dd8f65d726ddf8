"""What happens to an encrypted store in Redis in odd circumstances: a table as that of oddities.py.

    python benchmarks/reliability/redis_oddities.py [--directory DIR]

The keystore is in another database of the same server. Exits with 1 if a circumstance is not as expected.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable

from oddities import OTHER_KEY, Oddity, read_all, row, try_out
from places import KEY, a_directory, arguments, conditions, table
from redis_places import RedisPlace, server_version

from opusagent_voiceprint.errors import EncryptionError, StorageError, StoreFormatError
from opusagent_voiceprint.storage import KeyRing, RecordCipher
from opusagent_voiceprint.storage.encryption.redis_keystore import RedisKeyStore
from opusagent_voiceprint.storage.redis_scripts import FORMAT, SCHEMA

PREFIX = "{opusagent-voiceprint}:"
KEYSTORE_DATABASE = 1

PUT = FORMAT + "redis.call('HSET', KEYS[1], ARGV[1], pack(ARGV[1], ARGV[2], ARGV[3], ARGV[4]))"
"""A record with the checksum that it should have."""


def swapped_rows(place: RedisPlace) -> None:
    """The payloads of two callers change places, with right checksums, as somebody with access could."""
    callers = f"{PREFIX}callers"
    with place.client() as client:
        found = {}
        for caller_id in ("caller_0", "caller_1"):
            value = client.hget(callers, caller_id)
            head = re.match(rb"(\d+):[0-9a-f]+:(\d+):", value)
            assert head is not None
            start = head.end() + int(head[2])
            found[caller_id] = head[1], value[head.end() : start], value[start:]
        for caller_id, other in (("caller_0", "caller_1"), ("caller_1", "caller_0")):
            version, members, _ = found[caller_id]
            client.eval(PUT, 1, callers, caller_id, version, members, found[other][2])
    read_all(place)


def cut_off_record(place: RedisPlace) -> None:
    with place.client() as client:
        value = client.hget(f"{PREFIX}callers", "caller_1")
        client.hset(f"{PREFIX}callers", "caller_1", value[: len(value) * 2 // 3])
    read_all(place)


def head_removed(place: RedisPlace) -> None:
    """What says of which schema and key the store is; the callers are there."""
    with place.client() as client:
        client.delete(f"{PREFIX}meta")
    read_all(place)


def wrong_key(place: RedisPlace) -> None:
    place.keys = [OTHER_KEY]
    read_all(place)


def old_key_in_the_list(place: RedisPlace) -> None:
    """A new key is first in the list, the one that everything is sealed with second."""
    place.keys = [OTHER_KEY, KEY]
    read_all(place)


def old_key_only(place: RedisPlace) -> None:
    """All keys were sealed again with a new master key, and only the old one is given."""
    keystore = RedisKeyStore.from_url(f"{place.url}/{KEYSTORE_DATABASE}", timeout=place.timeout)
    with keystore:
        cipher = RecordCipher(KeyRing([OTHER_KEY, KEY]), keystore)
        for name, sealed in list(keystore.items()):
            cipher.reseal(name, sealed)
    read_all(place)


def no_key(place: RedisPlace) -> None:
    place.encrypted = False
    read_all(place)


def keystore_removed(place: RedisPlace) -> None:
    with place.client() as client:
        client.select(KEYSTORE_DATABASE)
        assert client.delete(f"{PREFIX}keystore")
    read_all(place)


def callers_key_removed(place: RedisPlace) -> None:
    """One caller's key is taken out of the keystore by something else."""
    with place.client() as client:
        client.select(KEYSTORE_DATABASE)
        names = client.hkeys(f"{PREFIX}keystore")
        assert client.hdel(f"{PREFIX}keystore", *[name for name in names if name.endswith(b"caller_1")])
    read_all(place)


def newer_schema(place: RedisPlace) -> None:
    with place.client() as client:
        client.hset(f"{PREFIX}meta", "schema", SCHEMA + 1)
    read_all(place)


CIRCUMSTANCES: list[tuple[str, Callable[[RedisPlace], object], type[StorageError] | None]] = [
    ("swapped rows", swapped_rows, EncryptionError),
    ("record cut off", cut_off_record, StoreFormatError),
    ("head removed", head_removed, StoreFormatError),
    ("wrong key", wrong_key, EncryptionError),
    ("old key, behind a new one", old_key_in_the_list, None),
    ("old key alone, after rotation", old_key_only, EncryptionError),
    ("no key", no_key, EncryptionError),
    ("keystore removed", keystore_removed, EncryptionError),
    ("one caller's key removed", callers_key_removed, EncryptionError),
    ("newer schema", newer_schema, StoreFormatError),
]
ODDITIES = [Oddity(name, run, expected) for name, run, expected in CIRCUMSTANCES]


def begin_anew(place: RedisPlace) -> None:
    """Nothing is stored, and the place has its first key again."""
    with place.client() as client:
        client.flushall()
    place.keys, place.encrypted = [KEY], True


def main(options: list[str] | None = None) -> int:
    chosen = arguments(__doc__, rounds=1, rounds_are="not used").parse_args(options)
    rows = []
    failed = 0
    with a_directory(chosen.directory) as directory, RedisPlace(directory, encrypted=True) as place:
        for oddity in ODDITIES:
            begin_anew(place)
            raised, said = try_out(oddity, place)
            if raised is not oddity.expected:
                failed += 1
                print(f"{oddity.name}: expected {oddity.expected}", file=sys.stderr)
            rows.append(row(oddity, place, raised, said))
        print(table(["circumstance", "store", "what happens", "what it says"], rows))
        print(f"\n{server_version(place)}; {conditions(directory)}.")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
