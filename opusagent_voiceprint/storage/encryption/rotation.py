"""Rotation of the master key: every sealed key is sealed anew; the data stay as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from opusagent_voiceprint.errors import EncryptionError
from opusagent_voiceprint.storage.encryption.cipher import RecordCipher

__all__ = ["KeyStatus", "Resealed", "key_status", "reseal_all"]


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """What a keystore holds: ``by_master`` counts the sealed keys of each master key, by its id."""

    by_master: Mapping[str, int]
    destroyed: int
    newest: str
    given: tuple[str, ...]

    @property
    def to_rotate(self) -> int:
        """How many keys are not sealed with the newest master key."""
        return sum(count for master, count in self.by_master.items() if master != self.newest)

    @property
    def unknown(self) -> int:
        """How many keys are sealed with master keys that are not given."""
        return sum(count for master, count in self.by_master.items() if master not in self.given)

    @property
    def unused(self) -> tuple[str, ...]:
        """The older master keys that seal nothing any more, and need not be given."""
        return tuple(each for each in self.given if each != self.newest and not self.by_master.get(each))


@dataclass(frozen=True, slots=True)
class Resealed:
    """One key that was looked at: whether it was sealed anew, and if it could not be opened, why."""

    name: str
    changed: bool
    error: str = ""


def key_status(cipher: RecordCipher) -> KeyStatus:
    """Count the keys of a keystore. Raises :class:`StorageError` if it cannot be read."""
    by_master: Counter[str] = Counter()
    destroyed = 0
    for entry in cipher.keystore.items():
        key = entry[1]
        if key.is_destroyed:
            destroyed += 1
        else:
            by_master[key.master_id] += 1
    ring = cipher.ring
    return KeyStatus(dict(by_master), destroyed, ring.newest.key_id, tuple(ring.key_ids))


def reseal_all(cipher: RecordCipher) -> Iterator[Resealed]:
    """Seal every key with the newest master key, one durable step each.

    May be stopped at any time and begun again, and calls may go on meanwhile: keys that are made or
    destroyed in between stay as they are. All processes need the new master key in their list before, and
    the old one until it is through. Raises :class:`StorageError` if the keystore cannot be used; a key that
    cannot be opened is told and left as it is.
    """
    newest = cipher.ring.newest.key_id
    for name, key in cipher.keystore.items():
        if key.is_destroyed:
            continue
        if key.master_id == newest:
            yield Resealed(name, changed=False)
            continue
        try:
            yield Resealed(name, changed=cipher.reseal(name, key))
        except EncryptionError as exc:
            yield Resealed(name, changed=False, error=str(exc))
