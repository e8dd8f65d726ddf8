"""The master keys that the operator sets, and what is sealed by them: each caller's own key."""

from __future__ import annotations

import base64
import binascii
import logging
import os
import re
import secrets
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from opusagent_voiceprint.errors import EncryptionError

__all__ = [
    "KEY_BYTES",
    "NONCE_BYTES",
    "KeyRing",
    "MasterKey",
    "SealedKey",
    "associated_data",
    "generate_key",
    "parse_key",
    "parse_keys",
    "read_keys",
]

logger = logging.getLogger(__name__)

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
_KEY_TEXT: Final = re.compile(r"^[A-Za-z0-9_-]{43}=?$")
_MOST_KEYS: Final = 100


def generate_key() -> str:
    """A new master key: 32 random bytes in URL-safe base64, as ``Fernet.generate_key()`` makes them."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")


def parse_key(text: str, *, source: str = "VOICE_ENCRYPTION_KEY") -> bytes:
    """The 32 bytes of a key in URL-safe base64.

    Raises :class:`EncryptionError` for anything else; the message does not carry the key.
    """
    text = text.strip()
    if not _KEY_TEXT.match(text):
        raise EncryptionError(
            f"{source} has {len(text)} characters that are not 32 bytes in URL-safe base64; "
            "make one with `opusagent-voiceprint keys generate`"
        )
    return base64.urlsafe_b64decode(text.rstrip("=") + "=")


def parse_keys(text: str, *, source: str = "VOICE_ENCRYPTION_KEY") -> list[bytes]:
    """The keys of a list, newest first, separated by commas or white space.

    Raises :class:`EncryptionError` for what is no key, one that is there twice, and an empty list.
    """
    keys = [parse_key(each, source=source) for each in re.split(r"[\s,]+", text) if each]
    if not keys:
        raise EncryptionError(
            f"{source} names no key, which is 32 bytes in URL-safe base64; make one with "
            "`opusagent-voiceprint keys generate`, or unset it to store without encryption"
        )
    if len(set(keys)) != len(keys):
        raise EncryptionError(f"{source} has a key twice: name each once, the newest first")
    if len(keys) > _MOST_KEYS:
        raise EncryptionError(f"{source} has {len(keys)} keys, and at most {_MOST_KEYS} are allowed")
    return keys


def read_keys(path: Path) -> list[bytes]:
    """The keys of a file, one a line and newest first; what follows a ``#`` is a comment.

    Symbolic links are followed: secrets that are mounted into a container are such. A file that others may
    read is used, and warned of.
    """
    source = f"VOICE_ENCRYPTION_KEY_FILE={path}"
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            raw = file.read(64 * 1024 + 1) if stat.S_ISREG(mode) else None
    except OSError as exc:
        raise EncryptionError(f"{source} cannot be read: {exc.strerror or type(exc).__name__}") from None
    if raw is None or len(raw) > 64 * 1024:
        raise EncryptionError(f"{source} is no file of keys")
    if mode & 0o004:
        logger.warning("%s may be read by everybody on this machine; chmod 600 it", path)
    try:
        lines = raw.decode("ascii").splitlines()
    except UnicodeDecodeError:
        raise EncryptionError(f"{source} holds something else than keys in URL-safe base64") from None
    return parse_keys("\n".join(line.partition("#")[0] for line in lines), source=source)


def associated_data(*parts: str) -> bytes:
    """Length-prefixed, so that no two lists of parts give the same bytes."""
    encoded = [part.encode("utf-8") for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)


@dataclass(frozen=True, slots=True)
class SealedKey:
    """A key as a keystore keeps it.

    ``key_id`` names the key, ``master_id`` the master key that it is sealed with; ``sealed`` is URL-safe
    base64. A key that was destroyed has neither master nor content: it is the mark that there was one. Of an
    entry that cannot be read there is only the ``damage``, in words.
    """

    key_id: str
    master_id: str
    sealed: str
    damage: str = ""

    @classmethod
    def damaged(cls, damage: str) -> SealedKey:
        """What stands for an entry that cannot be read."""
        return cls("", "", "", damage)

    @property
    def is_destroyed(self) -> bool:
        """Whether only the mark is left."""
        return not self.sealed and not self.damage


class MasterKey:
    """A key that seals other keys with AES-256-GCM (NIST SP 800-38D), and no data.

    What is used is derived from it by HKDF-SHA256 (RFC 5869), so that a key which was used for something
    else before (a Fernet key, say) is not used twice for one purpose.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise EncryptionError(f"an encryption key has {KEY_BYTES} bytes, not {len(key)}")
        self._aead = AESGCM(_derive(key, "wrap"))
        self.key_id: str = _derive(key, "key-id")[:8].hex()
        """Names the key without giving it away."""

    def seal(self, key: bytes, key_id: str, *place: str) -> SealedKey:
        """Seal a key for one place: tenant and name."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + self._aead.encrypt(nonce, key, associated_data("key", key_id, *place))
        return SealedKey(key_id, self.key_id, base64.urlsafe_b64encode(sealed).decode("ascii"))

    def unseal(self, sealed: SealedKey, *place: str) -> bytes:
        """The key again; ValueError if it was changed, or is another place's."""
        try:
            raw = base64.b64decode(sealed.sealed, altchars=b"-_", validate=True)
            return self._aead.decrypt(
                raw[:NONCE_BYTES], raw[NONCE_BYTES:], associated_data("key", sealed.key_id, *place)
            )
        except (InvalidTag, binascii.Error, ValueError):
            raise ValueError("a sealed key was changed, or belongs to another place") from None


class KeyRing:
    """The master keys, newest first: the newest seals, all of them unseal."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise EncryptionError("a key ring needs at least one key")
        self._keys = {master.key_id: master for master in map(MasterKey, keys)}
        self.newest = next(iter(self._keys.values()))

    @classmethod
    def parse(cls, text: str) -> KeyRing:
        """Of a list of keys as text."""
        return cls(parse_keys(text))

    @property
    def key_ids(self) -> Iterable[str]:
        """The names of the keys, newest first."""
        return tuple(self._keys)

    def unseal(self, sealed: SealedKey, what: str, *place: str) -> bytes:
        """A sealed key's content. Raises :class:`EncryptionError`, which calls it ``what``."""
        if sealed.damage:
            raise EncryptionError(f"{what} cannot be read: {sealed.damage}")
        master = self._keys.get(sealed.master_id)
        if master is None:
            raise EncryptionError(
                f"{what} is sealed with master key {sealed.master_id}, and VOICE_ENCRYPTION_KEY has "
                f"{', '.join(self._keys)}: add the key it was sealed with to the end of the list"
            )
        try:
            return master.unseal(sealed, *place)
        except ValueError:
            raise EncryptionError(
                f"{what} was changed after it was sealed, or belongs to another store, caller or "
                "VOICE_TENANT; restore the keystore from where it is replicated"
            ) from None


def _derive(key: bytes, label: str) -> bytes:
    info = f"opusagent-voiceprint/{label}/v2".encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(key)
