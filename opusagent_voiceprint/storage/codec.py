"""Records to text and back, plain or encrypted: the only form in which a store holds anything personal."""

from __future__ import annotations

from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from opusagent_voiceprint.errors import EncryptionError, StorageError, StoreFormatError
from opusagent_voiceprint.storage.cipher import RecordCipher, is_sealed

__all__ = ["RECORD_SCHEMA", "RecordCodec"]

RECORD_SCHEMA: Final = 1
"""The version of the records' own form; bound into what is encrypted."""

MAX_RECORD_CHARACTERS: Final = 8 * 1024 * 1024
"""Bounds what a record may make us allocate; a caller with 20 voiceprints and full memory has under 1 MiB."""

ModelT = TypeVar("ModelT", bound=BaseModel)


class RecordCodec:
    """Turns records into payloads: JSON, sealed if there is a cipher."""

    def __init__(self, cipher: RecordCipher | None = None) -> None:
        self._cipher = cipher

    @property
    def key_id(self) -> str:
        """Names the key that payloads are sealed with; empty when they are plain."""
        return self._cipher.key_id if self._cipher else ""

    def encode(self, record: BaseModel, *, kind: str, record_id: str) -> str:
        """The payload of a record; :class:`StorageError` if it could not be read again."""
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
        return self._cipher.seal(text, kind=kind, record_id=record_id, schema=RECORD_SCHEMA)

    def decode(self, payload: str, model: type[ModelT], *, kind: str, record_id: str) -> ModelT:
        """The record of a payload.

        Raises :class:`EncryptionError` if the key does not fit or the payload was tampered with,
        :class:`StoreFormatError` if it is not a record of this kind.
        """
        if len(payload) > MAX_RECORD_CHARACTERS:
            raise StoreFormatError(f"the {kind} record {record_id!r} is larger than any record of ours")
        if self._cipher is not None:
            text = self._cipher.unseal(payload, kind=kind, record_id=record_id, schema=RECORD_SCHEMA)
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

    def check_key(self, found: str, store: object) -> None:
        """Raise :class:`EncryptionError` unless ``store``, written under key id ``found``, fits."""
        if found == self.key_id:
            return
        if not found:
            raise EncryptionError(
                f"{store} was written without encryption, but VOICE_ENCRYPTION_KEY is set. Nothing was read. "
                "Copy it into an encrypted store, or unset the key."
            )
        if not self.key_id:
            raise EncryptionError(
                f"{store} is encrypted (key {found}), but VOICE_ENCRYPTION_KEY is not set. Nothing was read. "
                "Set it to the key the store was written with."
            )
        raise EncryptionError(
            f"{store} is encrypted with key {found}, but VOICE_ENCRYPTION_KEY is key {self.key_id}. "
            "Nothing was read. Set it to the key the store was written with."
        )


def _where(exc: Exception) -> str:
    """The place of the first error: field names and positions only, never a value or a key of metadata."""
    if not isinstance(exc, ValidationError):
        return "a value"
    place = exc.errors(include_url=False, include_context=False, include_input=False)[0]["loc"]
    return repr(str(place[0])) if place else "its beginning"
