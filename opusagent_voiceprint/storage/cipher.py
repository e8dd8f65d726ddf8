"""AES-256-GCM for records at rest, and the keys that are derived from the one the operator sets."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from opusagent_voiceprint.errors import EncryptionError

__all__ = ["RecordCipher", "is_sealed", "parse_key"]

_PREFIX: Final = "aesgcm1"
_NONCE_BYTES: Final = 12
_KEY_TEXT: Final = re.compile(r"^[A-Za-z0-9_-]{43}=?$")


def parse_key(text: str) -> bytes:
    """The 32 bytes of a key in URL-safe base64, the form that ``Fernet.generate_key()`` makes.

    Raises :class:`EncryptionError` for anything else; the message does not carry the key.
    """
    text = text.strip()
    if not _KEY_TEXT.match(text):
        raise EncryptionError(
            f"VOICE_ENCRYPTION_KEY has {len(text)} characters that are not 32 bytes in URL-safe base64; "
            "make one with cryptography's `Fernet.generate_key()`"
        )
    return base64.urlsafe_b64decode(text.rstrip("=") + "=")


def is_sealed(payload: str) -> bool:
    """Whether a payload was written by :meth:`RecordCipher.seal`."""
    return payload.startswith(f"{_PREFIX}:")


def _associated_data(*parts: str) -> bytes:
    """Length-prefixed, so that no two lists of parts give the same bytes."""
    encoded = [part.encode("utf-8") for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)


class RecordCipher:
    """Seals records with AES-256-GCM (NIST SP 800-38D) under a random 96-bit nonce each.

    ``key`` are 32 bytes, or their text for :func:`parse_key`. The key itself encrypts nothing: records,
    phone hashes and the key id each have their own, derived by HKDF-SHA256 (RFC 5869). Kind, record id and
    schema version are associated data, so a payload opens only in the place that it was sealed for.
    """

    def __init__(self, key: bytes | str) -> None:
        if isinstance(key, str):
            key = parse_key(key)
        if len(key) != 32:
            raise EncryptionError(f"an encryption key has 32 bytes, not {len(key)}")
        self._key = key
        self._aead = AESGCM(self.subkey("records"))
        self.key_id: str = self.subkey("key-id")[:8].hex()
        """Names the key without giving it away; stored beside what it sealed."""

    def subkey(self, label: str) -> bytes:
        """32 bytes that are this key's for one use, and for that use only."""
        info = f"opusagent-voiceprint/{label}/v1".encode()
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(self._key)

    def seal(self, text: str, *, kind: str, record_id: str, schema: int) -> str:
        """Encrypt a record's text; the result is ASCII."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        aad = _associated_data(_PREFIX, kind, record_id, str(schema))
        sealed = nonce + self._aead.encrypt(nonce, text.encode("utf-8"), aad)
        return f"{_PREFIX}:{self.key_id}:{base64.urlsafe_b64encode(sealed).decode('ascii')}"

    def unseal(self, payload: str, *, kind: str, record_id: str, schema: int) -> str:
        """Decrypt what :meth:`seal` made; :class:`EncryptionError` if key, place or content do not fit."""
        if not is_sealed(payload):
            raise EncryptionError(
                f"the {kind} record {record_id!r} is not encrypted, but its store is: "
                "it was put there from outside; restore the store from a backup"
            )
        _, key_id, encoded = (*payload.split(":", 2), "")[:3]
        if key_id != self.key_id:
            raise EncryptionError(
                f"the {kind} record {record_id!r} was encrypted with key {key_id!r}, and the key given is "
                f"{self.key_id!r}; set VOICE_ENCRYPTION_KEY to the key it was written with"
            )
        try:
            sealed = base64.b64decode(encoded, altchars=b"-_", validate=True)
            aad = _associated_data(_PREFIX, kind, record_id, str(schema))
            return self._aead.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], aad).decode("utf-8")
        except (InvalidTag, binascii.Error, ValueError):
            raise EncryptionError(
                f"the {kind} record {record_id!r} was changed after it was written, or moved from another "
                "place; restore the store from a backup"
            ) from None
