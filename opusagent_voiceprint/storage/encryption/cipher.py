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

__all__ = ["KeyDestroyedError", "RecordCipher", "is_sealed"]

_PREFIX: Final = "aesgcm2"
_CALLER: Final = "caller"
_STORE: Final = "store"


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
    """

    def __init__(self, ring: KeyRing, keystore: KeyStore, *, tenant: str = "") -> None:
        self.ring = ring
        self.keystore = keystore
        self.tenant = tenant
        self._store_key: tuple[str, AESGCM] | None = None

    @property
    def key_id(self) -> str:
        """Names the store's own key, which outlives the master keys; it is made if there is none yet."""
        return self._own_key(may_make=True)[0]

    @property
    def existing_key_id(self) -> str:
        """The same, but a key that there is not is an :class:`EncryptionError`."""
        return self._own_key(may_make=False)[0]

    def seal(self, text: str, *, kind: str, record_id: str, schema: int, is_new: bool = False) -> str:
        """Encrypt a record's text; the result is ASCII. A caller's first record (``is_new``) makes its key.

        Raises :class:`KeyDestroyedError` for a caller who is not new and whose key was destroyed.
        """
        if kind == _CALLER:
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
        """The sealed keys of several callers, by caller id."""
        found = self.keystore.get_many([_name(caller_id) for caller_id in caller_ids])
        return {name.partition(":")[2]: key for name, key in found.items()}

    def destroy(self, caller_id: str, key_id: str | None = None) -> None:
        """Destroy a caller's key: no copy of the record, wherever it is, can be read again.

        With ``key_id`` only that one, and not the key of a caller who is there anew.
        """
        name = _name(caller_id)
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
        sealed = self.keystore.get(_name(caller_id))
        return "" if sealed is None or sealed.is_destroyed else sealed.key_id

    def caller_ids(self) -> Iterator[str]:
        """The callers whose keys there are."""
        for name, key in self.keystore.items():
            kind, _, caller_id = name.partition(":")
            if kind == _CALLER and not key.is_destroyed:
                yield caller_id

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
        if kind != _CALLER:
            own_id, own = self._own_key(may_make=False)
            if own_id != key_id:
                raise EncryptionError(f"{what} was sealed under the key of another store")
            return own
        name = _name(record_id)
        sealed = self.keystore.get(name) if keys is None else keys.get(record_id)
        if sealed is None:
            raise EncryptionError(
                f"the key of {what} is not in the keystore: set VOICE_KEYSTORE_PATH to the one that it was "
                "written with"
            )
        if sealed.is_destroyed:
            raise KeyDestroyedError(f"the key of {what} was destroyed")
        if sealed.key_id != key_id:
            raise EncryptionError(
                f"{what} was sealed under another key than the caller has now: it is of a time before the "
                "caller was erased and enrolled anew, or was changed"
            )
        return AESGCM(self.ring.unseal(sealed, f"the key of {what}", self.tenant, name))

    def _key_of(self, caller_id: str, *, is_new: bool) -> tuple[str, AESGCM]:
        name = _name(caller_id)
        what = f"the key of caller {caller_id!r}"
        sealed = self.keystore.get(name)
        if is_new and (sealed is None or sealed.is_destroyed):
            sealed = self._make(name)
        if sealed is None or sealed.is_destroyed:
            raise KeyDestroyedError(f"{what} was destroyed, or never was")
        return sealed.key_id, AESGCM(self.ring.unseal(sealed, what, self.tenant, name))

    def _own_key(self, *, may_make: bool) -> tuple[str, AESGCM]:
        if self._store_key is None:
            sealed = self.keystore.get(_STORE)
            if sealed is None and may_make:
                sealed = self._make(_STORE)
            if sealed is None or sealed.is_destroyed:
                raise EncryptionError(
                    "the store's own key is not in the keystore: set VOICE_KEYSTORE_PATH to the one that the "
                    "store was written with"
                )
            key = self.ring.unseal(sealed, "the store's own key", self.tenant, _STORE)
            self._store_key = (sealed.key_id, AESGCM(key))
        return self._store_key

    def _make(self, name: str) -> SealedKey:
        made = self.ring.newest.seal(secrets.token_bytes(KEY_BYTES), secrets.token_hex(8), self.tenant, name)
        return self.keystore.add(name, made)


def _name(caller_id: str) -> str:
    return f"{_CALLER}:{caller_id}"
