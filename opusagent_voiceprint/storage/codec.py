"""Records to text and back, plain or encrypted: the only form in which a store holds anything personal."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping
from typing import Final, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from opusagent_voiceprint.errors import EncryptionError, StorageError, StoreFormatError
from opusagent_voiceprint.storage.encryption import KeyDestroyedError, RecordCipher, SealedKey, is_sealed

__all__ = ["RECORD_SCHEMA", "BeingErasedError", "RecordCodec"]

RECORD_SCHEMA: Final = 1
"""The version of the records' own form; bound into what is encrypted."""

MAX_RECORD_CHARACTERS: Final = 8 * 1024 * 1024
"""Bounds what a record may make us allocate; a caller with 20 voiceprints and full memory has under 1 MiB."""

ModelT = TypeVar("ModelT", bound=BaseModel)


_ERASING: Final = "erasing"


class BeingErasedError(KeyDestroyedError):
    """The caller of a record is being erased: its key ``key_id`` is to be destroyed, then it is removed."""

    def __init__(self, message: str, *, key_id: str) -> None:
        super().__init__(message)
        self.key_id = key_id


class RecordCodec:
    """Turns records into payloads: JSON, sealed if there is a cipher."""

    def __init__(self, cipher: RecordCipher | None = None) -> None:
        self._cipher = cipher

    @property
    def cipher(self) -> RecordCipher | None:
        """What seals the records; None where they are plain."""
        return self._cipher

    @property
    def key_id(self) -> str:
        """Names the key of a new store, which is made if there is none; empty when records are plain."""
        return self._cipher.key_id if self._cipher else ""

    @property
    def bound_to(self) -> str:
        """Names the key of the store that the codec is of; empty as long as there is none."""
        return self._cipher.bound_to if self._cipher else ""

    def encode(self, record: BaseModel, *, kind: str, record_id: str, is_new: bool = False) -> str:
        """The payload of a record; :class:`StorageError` if it could not be read again.

        ``is_new`` makes a caller's key if there is none.
        """
        try:
            # The version is the store's, and lies beside the payload.
            text = record.model_dump_json(exclude={"version"})
            # Models may be changed without a check; what cannot be read again must not be written.
            type(record).model_validate_json(text)
        except (ValueError, RecursionError) as exc:
            raise StorageError(
                f"the {kind} record {record_id!r} was not written: {_where(exc)} does not fit its type, "
                "or is not something that JSON can hold"
            ) from None
        if len(text) > MAX_RECORD_CHARACTERS // 2:  # base64 makes it longer
            raise StorageError(
                f"the {kind} record {record_id!r} was not written: {len(text)} characters are more than "
                f"the {MAX_RECORD_CHARACTERS // 2} allowed; keep less in its metadata"
            )
        if self._cipher is None:
            return text
        return self._cipher.seal(text, kind=kind, record_id=record_id, schema=RECORD_SCHEMA, is_new=is_new)

    def keys_of(self, caller_ids: Collection[str]) -> Mapping[str, SealedKey] | None:
        """The keys of several callers, to decode them with; None where records are plain."""
        return self._cipher.keys_of(caller_ids) if self._cipher else None

    def decode(
        self,
        payload: str,
        model: type[ModelT],
        *,
        kind: str,
        record_id: str,
        keys: Mapping[str, SealedKey] | None = None,
    ) -> ModelT:
        """The record of a payload; ``keys`` are those of :meth:`keys_of`, if they were read before.

        Raises :class:`EncryptionError` if the key does not fit or the payload was tampered with,
        :class:`KeyDestroyedError` if the caller was erased, :class:`BeingErasedError` if that was begun,
        :class:`StoreFormatError` if it is not a record of this kind.
        """
        if len(payload) > MAX_RECORD_CHARACTERS:
            raise StoreFormatError(f"the {kind} record {record_id!r} is larger than any record of ours")
        if self._cipher is not None:
            if payload.startswith(f"{_ERASING}:"):
                _refuse_erased(self._cipher, payload, record_id, keys)
            text = self._cipher.unseal(
                payload, kind=kind, record_id=record_id, schema=RECORD_SCHEMA, keys=keys
            )
        elif is_sealed(payload):
            raise EncryptionError(
                f"the {kind} record {record_id!r} is encrypted; set VOICE_ENCRYPTION_KEY to the key it was "
                "written with"
            )
        else:
            text = payload
        try:
            return model.model_validate_json(text)
        except ValidationError as exc:
            # The error itself quotes the record, so it goes no further.
            raise StoreFormatError(
                f"the {kind} record {record_id!r} cannot be read at {_where(exc)}: it is damaged, or "
                "was written by a newer version of opusagent-voiceprint"
            ) from None

    def being_erased(self, caller_id: str) -> tuple[str, str]:
        """The payload that stands for a caller's record while the caller is erased, and their key's id.

        It is sealed with that key, so that nobody has keys destroyed by writing to the store alone. Raises
        :class:`KeyDestroyedError` if there is no key any more.
        """
        if self._cipher is None:
            raise EncryptionError("there are no keys in a store without encryption")
        sealed = self._cipher.seal("", kind=_ERASING, record_id=caller_id, schema=RECORD_SCHEMA)
        return f"{_ERASING}:{sealed}", sealed.split(":", 2)[1]

    def destroy_key(self, caller_id: str, key_id: str | None = None) -> None:
        """Destroy a caller's key, if records are sealed; with ``key_id`` only that one."""
        if self._cipher is not None:
            self._cipher.destroy(caller_id, key_id)

    def key_id_of(self, caller_id: str) -> str:
        """Names a caller's key; empty if there is none."""
        return self._cipher.key_id_of(caller_id) if self._cipher is not None else ""

    def of_store(self, key_id: str) -> RecordCodec:
        """One for the records of the store whose own key has this id; with the same keystore."""
        return RecordCodec(self._cipher.of_store(key_id)) if self._cipher is not None else self

    def check_key(self, found: str, store: object) -> None:
        """Raise :class:`EncryptionError` unless ``store``, written under key id ``found``, fits."""
        if not found and self._cipher is not None:
            raise EncryptionError(
                f"{store} was written without encryption, but VOICE_ENCRYPTION_KEY is set. Nothing was read. "
                "Move it into an encrypted store with `opusagent-voiceprint storage migrate`, or unset the "
                "key."
            )
        if found and self._cipher is None:
            raise EncryptionError(
                f"{store} is encrypted, but VOICE_ENCRYPTION_KEY is not set. Nothing was read. "
                "Set it to the key the store was written with."
            )
        if self._cipher is None or found == self._cipher.bound_to:
            return
        if self._cipher.bound_to:
            raise EncryptionError(
                f"{store} is encrypted under key {found}, and what reads it is of a store under key "
                f"{self._cipher.bound_to}: another store was put in its place, or one codec is used for two. "
                "Nothing was read."
            )
        try:
            self._cipher.bind(found)
        except EncryptionError as exc:
            raise EncryptionError(f"{store} cannot be read: {exc}") from None

    def release_key(self) -> None:
        """Give up, and destroy, the key that was just made for a new store."""
        if self._cipher is not None:
            self._cipher.release()

    def close(self) -> None:
        """Close the keystore."""
        if self._cipher is not None:
            self._cipher.close()


def _refuse_erased(
    cipher: RecordCipher, payload: str, caller_id: str, keys: Mapping[str, SealedKey] | None
) -> NoReturn:
    sealed = payload.partition(":")[2]
    with contextlib.suppress(KeyDestroyedError):  # the erasure came as far as that
        cipher.unseal(sealed, kind=_ERASING, record_id=caller_id, schema=RECORD_SCHEMA, keys=keys)
    raise BeingErasedError(f"caller {caller_id!r} is being erased", key_id=sealed.split(":", 2)[1])


def _where(exc: Exception) -> str:
    """The place of the first error: field names and positions only, never a value or a key of metadata."""
    if not isinstance(exc, ValidationError):
        return "a value"
    place = exc.errors(include_url=False, include_context=False, include_input=False)[0]["loc"]
    return repr(str(place[0])) if place else "its beginning"
