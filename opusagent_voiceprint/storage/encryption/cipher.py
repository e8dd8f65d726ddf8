"""AES-256-GCM for records at rest: each caller's under a key of its own, which can be destroyed."""

from __future__ import annotations

import binascii
import secrets
from collections.abc import Collection, Iterator, Mapping
from typing import Final

import pybase64
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from opusagent_voiceprint.errors import EncryptionError
from opusagent_voiceprint.storage.encryption.keys import (
    KEY_BYTES,
    NONCE_BYTES,
    KeyRing,
    SealedKey,
    associated_data,
)
from opusagent_voiceprint.storage.encryption.keystore import KeyStore
from opusagent_voiceprint.storage.encryption.names import KeyName

__all__ = ["KeyDestroyedError", "RecordCipher", "is_sealed"]

_PREFIX: Final = "aesgcm2"
_CALLERS: Final = ("caller", "erasing")
"""Kinds of records that are sealed with their caller's key."""
_ATTEMPTS: Final = 10


class KeyDestroyedError(EncryptionError):
    """The key of a record was destroyed: the caller was erased, and this is what came back of it."""


def is_sealed(payload: str) -> bool:
    """Whether a payload was written by :meth:`RecordCipher.seal`."""
    return payload.startswith("aesgcm")


class RecordCipher:
    """Seals records with AES-256-GCM (NIST SP 800-38D), under a random 96-bit nonce each.

    Callers' records have a key each, everything else in a store the store's own; they are random, sealed
    by the newest of the master keys of ``ring``, and kept in ``keystore``. Tenant, kind, record id, schema
    version and key id are associated data, so a payload opens only in the place that it was sealed for.

    A cipher is of one store: that whose own key has the id ``store``, or else the first that :meth:`bind` is
    told, or a new one. The names of keys carry it, so stores may share a keystore.
    """

    def __init__(self, ring: KeyRing, keystore: KeyStore, *, tenant: str = "", store: str = "") -> None:
        self.ring = ring
        self.keystore = keystore
        self.tenant = tenant
        self._store_key: tuple[str, AESGCM] | None = None
        if store:
            self.bind(store)

    @property
    def key_id(self) -> str:
        """Names the store's own key, which outlives the master keys; of a store that is new it is made."""
        return self._own_key(may_make=True)[0]

    @property
    def bound_to(self) -> str:
        """The same, but empty if there is no store yet."""
        return self._store_key[0] if self._store_key else ""

    def bind(self, store: str) -> None:
        """Be of the store whose own key this is. :class:`EncryptionError` if it cannot be opened."""
        name = str(KeyName(self.tenant, store))
        sealed = self.keystore.get_many([name]).get(name)
        if sealed is None or sealed.is_destroyed:
            tenant = f" of tenant {self.tenant!r}" if self.tenant else ""
            raise EncryptionError(
                f"the store's own key, {store}{tenant}, is not in the keystore: set VOICE_KEYSTORE_PATH to "
                "the one that the store was written with, and VOICE_TENANT to whose it is"
            )
        key = self.ring.unseal(sealed, "the store's own key", self.tenant, name)
        self._store_key = (store, AESGCM(key))

    def release(self) -> None:
        """Be of no store again, and destroy the key of the one that was: it was not made after all."""
        if self._store_key is not None:
            self.keystore.destroy(str(KeyName(self.tenant, self._store_key[0])))
            self._store_key = None

    def of_store(self, store: str) -> RecordCipher:
        """One for another store, with the same keys, keystore and tenant."""
        return RecordCipher(self.ring, self.keystore, tenant=self.tenant, store=store)

    def seal(self, text: str, *, kind: str, record_id: str, schema: int, is_new: bool = False) -> str:
        """Encrypt a record's text; the result is ASCII. A caller's first record (``is_new``) makes its key.

        Raises :class:`KeyDestroyedError` for a caller who is not new and whose key was destroyed.
        """
        if kind in _CALLERS:
            key_id, key = self._key_of(record_id, is_new=is_new)
        else:
            key_id, key = self._own_key(may_make=True)
        nonce = secrets.token_bytes(NONCE_BYTES)
        aad = associated_data(_PREFIX, self.tenant, kind, record_id, str(schema), key_id)
        sealed = nonce + key.encrypt(nonce, text.encode("utf-8"), aad)
        return f"{_PREFIX}:{key_id}:{pybase64.b64encode(sealed).decode('ascii')}"

    def unseal(
        self,
        payload: str,
        *,
        kind: str,
        record_id: str,
        schema: int,
        keys: Mapping[str, SealedKey] | None = None,
    ) -> str:
        """Decrypt what :meth:`seal` made. ``keys`` are those of :meth:`keys_of`, if they were read before.

        Raises :class:`EncryptionError` if key, place or content do not fit, :class:`KeyDestroyedError` if
        the record's key was destroyed.
        """
        what = f"the {kind} record {record_id!r}"
        prefix, key_id, encoded = (*payload.split(":", 2), "", "")[:3]
        if prefix != _PREFIX:
            raise EncryptionError(
                f"{what} is not encrypted as its store is: it was put there from outside; restore the store "
                "from a backup"
            )
        key = self._open_key(what, kind, record_id, key_id, keys)
        aad = associated_data(_PREFIX, self.tenant, kind, record_id, str(schema), key_id)
        try:
            sealed = pybase64.b64decode(encoded, validate=True)
            return key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], aad).decode("utf-8")
        except (InvalidTag, binascii.Error, ValueError):
            raise EncryptionError(
                f"{what} was changed after it was written, or moved from another place; restore the store "
                "from a backup"
            ) from None

    def keys_of(self, caller_ids: Collection[str]) -> dict[str, SealedKey]:
        """The sealed keys of several callers, by caller id; of a damaged one what is wrong with it."""
        names = {self._name(caller_id): caller_id for caller_id in caller_ids}
        return {names[name]: key for name, key in self.keystore.get_many(list(names)).items()}

    def destroy(self, caller_id: str, key_id: str | None = None) -> None:
        """Destroy a caller's key: no copy of the record, wherever it is, can be read again.

        With ``key_id`` only that one, and not the key of a caller who is there anew.
        """
        name = self._name(caller_id)
        if key_id is None:
            self.keystore.destroy(name)
            return
        while (sealed := self.keystore.get(name)) is not None:
            if sealed.is_destroyed or sealed.key_id != key_id:
                return
            if self.keystore.replace(name, sealed, SealedKey(key_id, "", "")):
                return  # else it was sealed anew meanwhile: once more

    def key_id_of(self, caller_id: str) -> str:
        """Names a caller's key; empty if there is none."""
        sealed = self.keystore.get(self._name(caller_id))
        return "" if sealed is None or sealed.is_destroyed else sealed.key_id

    def callers(self, *, destroyed: bool) -> Iterator[str]:
        """The callers of this store whose keys there are, or of whose there is only the mark."""
        store, _ = self._own_key(may_make=False)
        for text, key in self.keystore.items():
            name = KeyName.parse(text)
            if name is None or name.caller_id is None or key.is_destroyed is not destroyed:
                continue
            if (name.tenant, name.store) == (self.tenant, store):
                yield name.caller_id

    def stores(self) -> list[str]:
        """The tenant's stores of which the keystore has the own key, sorted."""
        found = ((KeyName.parse(text), key) for text, key in self.keystore.items())
        return [
            name.store
            for name, key in found
            if name is not None
            and name.caller_id is None
            and name.tenant == self.tenant
            and not key.is_destroyed
        ]

    def reseal(self, name: str, sealed: SealedKey) -> bool:
        """Seal a key of the keystore with the newest master key; false if it was changed meanwhile.

        Raises :class:`EncryptionError` if none of the master keys opens it.
        """
        key = self.ring.unseal(sealed, f"the key {name!r}", self.tenant, name)
        return self.keystore.replace(
            name, sealed, self.ring.newest.seal(key, sealed.key_id, self.tenant, name)
        )

    def close(self) -> None:
        """Close the keystore."""
        self.keystore.close()

    def _open_key(
        self, what: str, kind: str, record_id: str, key_id: str, keys: Mapping[str, SealedKey] | None
    ) -> AESGCM:
        if kind not in _CALLERS:
            own_id, own = self._own_key(may_make=False)
            if own_id != key_id:
                raise EncryptionError(f"{what} was sealed under the key of another store")
            return own
        name = self._name(record_id)
        sealed = self.keystore.get(name) if keys is None else keys.get(record_id)
        if sealed is None:
            raise EncryptionError(
                f"the key of {what} is not in the keystore: set VOICE_KEYSTORE_PATH to the one that it was "
                "written with"
            )
        if sealed.is_destroyed:
            raise KeyDestroyedError(f"the key of {what} was destroyed")
        if sealed.key_id != key_id and not sealed.damage:
            raise EncryptionError(
                f"{what} was sealed under another key than the caller has now: it is of a time before the "
                "caller was erased and enrolled anew, or was changed"
            )
        return AESGCM(self.ring.unseal(sealed, f"the key of {what}", self.tenant, name))

    def _key_of(self, caller_id: str, *, is_new: bool) -> tuple[str, AESGCM]:
        own_id, _ = self._own_key(may_make=is_new)
        name = self._name(caller_id)
        what = f"the key of caller {caller_id!r}"
        sealed = self.keystore.get(name)
        if is_new and (sealed is None or sealed.is_destroyed):
            sealed = self._make(name, head=str(KeyName(self.tenant, own_id)))
        if sealed is None:
            raise EncryptionError(
                f"{what} is not in the keystore, or never was: set VOICE_KEYSTORE_PATH to the one that the "
                "caller was written with"
            )
        if sealed.is_destroyed:
            raise KeyDestroyedError(f"{what} was destroyed")
        return sealed.key_id, AESGCM(self.ring.unseal(sealed, what, self.tenant, name))

    def _own_key(self, *, may_make: bool) -> tuple[str, AESGCM]:
        if self._store_key is None:
            if not may_make:
                raise EncryptionError("there is no store yet whose keys could be used")
            store = secrets.token_hex(8)
            self.keystore.add(*self._made(str(KeyName(self.tenant, store)), store))
            self.bind(store)
        if self._store_key is None:
            raise EncryptionError("the store's own key was not made")
        return self._store_key

    def _make(self, name: str, *, head: str) -> SealedKey:
        for _ in range(_ATTEMPTS):
            there = self.keystore.add(*self._made(name, secrets.token_hex(8)), head=head)
            if not there.is_destroyed:
                return there
        return there

    def _made(self, name: str, key_id: str) -> tuple[str, SealedKey]:
        return name, self.ring.newest.seal(secrets.token_bytes(KEY_BYTES), key_id, self.tenant, name)

    def _name(self, caller_id: str) -> str:
        return str(KeyName(self.tenant, self._own_key(may_make=False)[0], caller_id))
