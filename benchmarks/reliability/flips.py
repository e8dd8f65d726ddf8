"""Flips single bits in the file of an encrypted store, one at a time on a copy, and looks whether that shows.

    python benchmarks/reliability/flips.py [--rounds 10000] [--seed 1] [--store json sqlite] [--directory DIR]

Each flip must be *refused* when the store is opened, or make that record *unreadable*, or be *named* by the
check, or be *without effect*: everything can be read, is as it was written, and the check finds nothing, as
the byte is one that the format does not use. What reads differently while nothing says so is *silent*, and
makes this exit with 1. So does a flip within one record's payload that takes more than that record: SQLite's
other records must be readable at once, and JSON's after a repair, here without the copy beside the file.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from places import PLACES, FilePlace, a_caller, a_directory, arguments, conditions, table

from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.models import DoNotAsk
from opusagent_voiceprint.storage import CallerStore, SQLiteStorage
from opusagent_voiceprint.storage.json_repair import repair_json

CALLERS = 30
IDS = [f"caller_{number:02}" for number in range(CALLERS)]
SUBJECTS = [f"subject_{number}" for number in range(3)]
SHORTEST_PIECE = 24


@dataclass
class Reading:
    """Everything that a store's methods return, by what was asked; an error stands for itself."""

    answers: dict[str, object] = field(default_factory=dict)
    errors: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, store: CallerStore) -> Reading:
        found = cls()
        found._ask("count", store.count)
        found._ask("changes", lambda: store.changes(0))
        found._ask("all", lambda: sorted(caller.model_dump_json() for caller in store.all()))
        found._ask("refusals", lambda: sorted(each.subject for each in store.refusals()))
        found._ask("secret", lambda: store._note("secret", "phone") and store.secret("phone"))
        for caller_id in IDS:
            found._ask(caller_id, lambda caller_id=caller_id: _as_text(store, caller_id))
            found._ask(
                f"phone of {caller_id}", lambda caller_id=caller_id: store.ids_by_phone(f"link-{caller_id}")
            )
        return found

    def _ask(self, what: str, question: object) -> None:
        try:
            self.answers[what] = question()  # type: ignore[operator]
        except StorageError:
            self.errors.add(what)

    def differs_from(self, other: Reading) -> set[str]:
        """What is answered, and differently."""
        return {what for what, answer in self.answers.items() if answer != other.answers[what]}


def _as_text(store: CallerStore, caller_id: str) -> str | None:
    caller = store.get(caller_id)
    return None if caller is None else caller.model_dump_json()


def fill(place: FilePlace) -> None:
    with place.open() as store:
        for number, caller_id in enumerate(IDS):
            store.put(a_caller(caller_id, step=number, voiceprints=1 + number % 3), expected_version=0)
        for subject in SUBJECTS:
            store.remember_refusal(DoNotAsk(subject=subject))
        store.secret("phone")
        store.erase(IDS[-1])


def payload_bytes(raw: bytes, store: CallerStore) -> dict[int, str]:
    """Whose payload each byte of the file is part of. A database may keep a payload in several pieces."""
    owner: dict[int, str] = {}
    for record in store._records():
        payload = record.payload.encode("ascii")
        at = 0
        while at + SHORTEST_PIECE <= len(payload):
            place = raw.find(payload[at : at + SHORTEST_PIECE])
            if place < 0:
                at += 1
                continue
            length = SHORTEST_PIECE
            while at + length < len(payload) and raw[place + length] == payload[at + length]:
                length += 1
            owner.update(dict.fromkeys(range(place, place + length), record.caller_id))
            at += length
    return owner


def judge(place: FilePlace, whole: Reading, owner: str | None) -> list[str]:
    """What became of one flip: how it showed, and what is wrong with that."""
    try:
        store = place.open()
    except StorageError:
        return ["refused", *_after_repair(place, whole, owner)]
    with store:
        found = Reading.of(store)
        differing = found.differs_from(whole)
        named = store._damaged()  # type: ignore[attr-defined]
        if not found.errors and not differing:
            return ["named" if named else "without effect"]
        told = "unreadable" if found.errors else "named"
        if differing and not named and not found.errors:
            return ["silent"]
        if any(what in IDS and found.answers[what] is not None for what in differing):
            return ["silent"]  # another content than was written
        if owner is None:
            return [told]
        told_wrong = (found.errors | differing) - {owner, f"phone of {owner}", "all", "count"}
        wrong = ["took others along"] * bool(told_wrong)
        if isinstance(store, SQLiteStorage):
            wrong += _after_quarantine(store, whole, owner)
        return [told, *wrong]


def _after_quarantine(store: SQLiteStorage, whole: Reading, owner: str) -> list[str]:
    """Whether putting the record aside leaves the others, and nothing damaged."""
    store._quarantine(owner)
    found = Reading.of(store)
    others = found.errors | found.differs_from(whole)
    is_good = not store._damaged() and others <= {owner, f"phone of {owner}", "all", "count", "changes"}
    return [] if is_good else ["not put right"]


def _after_repair(place: FilePlace, whole: Reading, owner: str | None) -> list[str]:
    if place.kind != "JSON" or owner is None:
        return []
    repair_json(place.path)
    with place.open() as store:
        found = Reading.of(store)
    others = found.errors | found.differs_from(whole)
    is_good = others <= {owner, f"phone of {owner}", "all", "count", "changes"}
    return [] if is_good else ["not put right"]


def run(original: FilePlace, scratch: FilePlace, rounds: int, seed: int) -> Counter[str]:
    fill(original)
    raw = original.path.read_bytes()
    with original.open() as store:
        whole = Reading.of(store)
        assert not whole.errors
        owners = payload_bytes(raw, store)
    scratch.keystore.write_bytes(original.keystore.read_bytes())
    chance = random.Random(seed)
    total: Counter[str] = Counter(size=len(raw))
    for _ in range(rounds):
        bit = chance.randrange(len(raw) * 8)
        _clear(scratch)
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        scratch.path.write_bytes(changed)
        owner = owners.get(bit // 8)
        total["in a payload"] += owner is not None
        verdict = judge(scratch, whole, owner)
        total.update(verdict)
        if set(verdict) & {"silent", "took others along", "not put right"}:
            print(
                f"{scratch.kind}: bit {bit} of {owner or 'the file'}: {', '.join(verdict)}", file=sys.stderr
            )
    return total


def _clear(place: FilePlace) -> None:
    for path in place.directory.iterdir():
        if path != place.keystore:
            path.unlink()


def main(options: list[str] | None = None) -> int:
    parser = arguments(__doc__, rounds=10_000, rounds_are="how many bits are flipped")
    chosen = parser.parse_args(options)
    columns = ["refused", "unreadable", "named", "without effect", "silent"]
    of_records = ["in a payload", "took others along", "not put right"]
    rows = []
    failed = 0
    memory = Path("/dev/shm")  # noqa: S108 - nothing here is about the disk
    with a_directory(chosen.directory or (memory if memory.is_dir() else None)) as directory:
        for kind in chosen.store:
            places = []
            for name in ("original", "scratch"):
                folder = directory / f"{kind}-{name}"
                folder.mkdir(mode=0o700)
                place = PLACES[kind](folder, encrypted=True)
                if not isinstance(place, FilePlace):
                    parser.error(f"--store {kind}: bits are flipped in files")
                places.append(place)
            total = run(places[0], places[1], chosen.rounds, chosen.seed)
            counts = [f"{total[column]:,}" for column in [*columns, *of_records]]
            rows.append([places[0].name, f"{total['size']:,}", f"{chosen.rounds:,}", *counts])
            failed += total["silent"] + total["took others along"] + total["not put right"]
        print(table(["store", "bytes", "flips", *columns, *of_records], rows))
        print(f"\n{CALLERS} callers; seed {chosen.seed}; {conditions(directory)}.")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
