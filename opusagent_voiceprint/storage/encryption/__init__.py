"""Encryption at rest: master keys, each caller's own key, and where those are kept."""

from __future__ import annotations

from opusagent_voiceprint.storage.encryption.cipher import KeyDestroyedError, RecordCipher, is_sealed
from opusagent_voiceprint.storage.encryption.file_keystore import FileKeyStore
from opusagent_voiceprint.storage.encryption.keys import (
    KeyRing,
    MasterKey,
    SealedKey,
    generate_key,
    parse_key,
    parse_keys,
    read_keys,
)
from opusagent_voiceprint.storage.encryption.keystore import KeyStore

__all__ = [
    "FileKeyStore",
    "KeyDestroyedError",
    "KeyRing",
    "KeyStore",
    "MasterKey",
    "RecordCipher",
    "SealedKey",
    "generate_key",
    "is_sealed",
    "parse_key",
    "parse_keys",
    "read_keys",
]
