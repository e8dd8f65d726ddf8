"""All keys of a keystore: counted, sealed anew when the master key is rotated, destroyed by the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from opusagent_voiceprint.errors import EncryptionError
from opusagent_voiceprint.storage.encryption.cipher import RecordCipher
from opusagent_voiceprint.storage.encryption.keys import SealedKey
from opusagent_voiceprint.storage.encryption.names import KeyName

__all__ = ["KeyStatus", "Resealed", "destroy_store", "key_status", "reseal_all"]


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """What a keystore holds of one tenant.

    ``by_master`` counts the sealed keys of each master key, ``by_store`` the callers' keys of each store,
    both by their ids. ``damaged`` are the names of keys that cannot be read.
    """

    by_master: Mapping[str, int]
    by_store: Mapping[str, int]
    destroyed: int
    damaged: tuple[str, ...]
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
    """Count the keys of a tenant. Raises :class:`StorageError` if the keystore cannot be read."""
    by_master: Counter[str] = Counter()
    by_store: Counter[str] = Counter()
    destroyed = 0
    damaged = []
    for text, name, key in _keys(cipher):
        if key.damage or name is None:
            damaged.append(text)
        elif key.is_destroyed:
            destroyed += 1
        else:
            by_master[key.master_id] += 1
            by_store[name.store] += name.caller_id is not None
    ring = cipher.ring
    return KeyStatus(
        dict(by_master),
        dict(by_store),
        destroyed,
        tuple(damaged),
        ring.newest.key_id,
        tuple(ring.key_ids),
    )


def reseal_all(cipher: RecordCipher) -> Iterator[Resealed]:
    """Seal every key of the tenant with the newest master key, one durable step each.

    May be stopped at any time and begun again, and calls may go on meanwhile: keys that are made or
    destroyed in between stay as they are. All processes need the new master key in their list before, and
    the old one until it is through. Raises :class:`StorageError` if the keystore cannot be used; a key that
    is damaged, or cannot be opened, is told and left as it is.
    """
    newest = cipher.ring.newest.key_id
    for text, name, key in _keys(cipher):
        if key.damage or name is None:
            yield Resealed(text, changed=False, error=key.damage or f"{text!r} is the name of no key of ours")
            continue
        if key.is_destroyed:
            continue
        if key.master_id == newest:
            yield Resealed(text, changed=False)
            continue
        try:
            yield Resealed(text, changed=cipher.reseal(text, key))
        except EncryptionError as exc:
            yield Resealed(text, changed=False, error=str(exc))


def destroy_store(cipher: RecordCipher, store: str) -> int:
    """Destroy all keys of one of the tenant's stores; how many were callers'. May be killed and run again.

    Raises :class:`StorageError` if the keystore cannot be used.
    """
    destroyed = _destroy_callers(cipher, store)
    cipher.keystore.destroy(str(KeyName(cipher.tenant, store)))
    # Without the store's own key none is added any more; some may have been since they were gone over.
    return destroyed + _destroy_callers(cipher, store)


def _destroy_callers(cipher: RecordCipher, store: str) -> int:
    destroyed = 0
    for text, name, key in _keys(cipher):
        if name is not None and name.store == store and name.caller_id is not None and not key.is_destroyed:
            destroyed += cipher.keystore.destroy(text)
    return destroyed


def _keys(cipher: RecordCipher) -> Iterator[tuple[str, KeyName | None, SealedKey]]:
    """Those of the cipher's tenant, and those of which it cannot be told whose they are."""
    for text, key in cipher.keystore.items():
        name = KeyName.parse(text)
        if name is None or name.tenant == cipher.tenant:
            yield text, name, key
