"""Flips single bits in the records of a Redis store: is each noticed, and nobody else harmed?

    python benchmarks/reliability/redis_flips.py [--rounds 10000] [--seed 1]

In each round one bit of one record's value, or of its id, is flipped, as damaged memory or a damaged file of
the server would have it. Noticed means that the caller can no longer be read and is found by the check; every
hundredth time all others are read, and the record is put aside and the store checked again. Exits with 1 if
a flip is not noticed, or another caller is harmed.
"""

from __future__ import annotations

import random
import sys
from collections import Counter

from places import a_caller, a_directory, arguments, conditions, table
from redis_places import RedisPlace, server_version

from opusagent_voiceprint.errors import StoreFormatError
from opusagent_voiceprint.storage import RedisStorage

CALLERS = 50
PLACE = "{opusagent-voiceprint}:callers"


def flip(value: bytes, bit: int) -> bytes:
    changed = bytearray(value)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def is_refused(store: RedisStorage, caller_id: str) -> bool:
    try:
        store.get(caller_id)
    except StoreFormatError:
        return True
    return False


def run(place: RedisPlace, rounds: int, seed: int) -> Counter[str]:
    chance = random.Random(seed)
    ids = [f"caller_{number}" for number in range(CALLERS)]
    found: Counter[str] = Counter()
    with place.open() as store, place.client() as client:
        for caller_id in ids:
            store.put(a_caller(caller_id), expected_version=0)
        for number in range(rounds):
            caller_id = chance.choice(ids)
            value = client.hget(PLACE, caller_id)
            field = caller_id.encode()
            bit = chance.randrange(8 * (len(field) + len(value)))
            in_id = bit < 8 * len(field)
            if in_id:
                wrong = flip(field, bit)
                if client.hexists(PLACE, wrong):
                    found["ids of others"] += 1  # who would be the ones that are damaged
                    continue
            found["in an id" if in_id else "in a record"] += 1
            if in_id:
                client.hdel(PLACE, field)
                client.hset(PLACE, wrong, value)
                noticed = store.get(caller_id) is None
            else:
                wrong = field
                client.hset(PLACE, field, flip(value, bit - 8 * len(field)))
                noticed = is_refused(store, caller_id)
            name = wrong.decode("utf-8", "surrogateescape")
            noticed = noticed and name in {damage.record_id for damage in store._damaged()}
            found["not noticed"] += not noticed
            if number % 100 == 0:
                others = {one.caller_id for one in store.get_many(ids)}
                found["others harmed"] += others != {one for one in ids if one != caller_id}
                found["put aside"] += store._quarantine(name)
                # Whose id it was has a link without a record, and no more than that is wrong.
                left = {damage.record_id for damage in store._damaged()} - ({caller_id} if in_id else set())
                found["still damaged"] += bool(left)
                client.hdel(PLACE, wrong)
                store.erase(caller_id)
                store.put(a_caller(caller_id), expected_version=0)
            else:
                client.hdel(PLACE, wrong)
                client.hset(PLACE, field, value)
        found["damaged in the end"] = len(store._damaged())
        found["callers in the end"] = store.count()
    return found


def main(options: list[str] | None = None) -> int:
    parser = arguments(__doc__, rounds=10_000, rounds_are="how many bits are flipped")
    chosen = parser.parse_args(options)
    columns = ["in a record", "in an id", "ids of others", "not noticed", "others harmed", "put aside",
               "still damaged", "damaged in the end", "callers in the end"]  # fmt: skip
    rows = []
    failed = 0
    with a_directory(chosen.directory) as directory:
        for encrypted in (False, True):
            folder = directory / f"{encrypted}"
            folder.mkdir()
            with RedisPlace(folder, encrypted=encrypted, options=("--appendonly", "no")) as place:
                found = run(place, chosen.rounds, chosen.seed)
                rows.append([place.name, *(f"{found[column]:,}" for column in columns)])
                failed += found["not noticed"] + found["others harmed"] + found["still damaged"]
                failed += found["damaged in the end"] + (found["callers in the end"] != CALLERS)
                versions = server_version(place)
        print(table(["store", *columns], rows))
        print(f"\n{CALLERS} callers; seed {chosen.seed}; {versions}; {conditions(directory)}.")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
