"""The store, its keys and the phone hasher that the settings ask for."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from opusagent_voiceprint.errors import EncryptionError, SettingsError
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage.base import CallerStore
from opusagent_voiceprint.storage.codec import RecordCodec
from opusagent_voiceprint.storage.encryption import FileKeyStore, KeyRing, KeyStore, RecordCipher
from opusagent_voiceprint.storage.encryption.keys import parse_keys, read_keys
from opusagent_voiceprint.storage.encryption.redis_keystore import RedisKeyStore
from opusagent_voiceprint.storage.json_store import JSONStorage
from opusagent_voiceprint.storage.phone import PhoneHasher
from opusagent_voiceprint.storage.redis_client import is_same_server
from opusagent_voiceprint.storage.redis_store import RedisStorage
from opusagent_voiceprint.storage.sqlite_store import SQLiteStorage

__all__ = ["key_ring", "open_cipher", "open_keystore", "open_store", "phone_hasher"]

logger = logging.getLogger(__name__)


def open_store(settings: VoiceFingerprintConfig) -> CallerStore:
    """Open the store of the settings, encrypted if they have a key.

    Raises :class:`EncryptionError` for a key that does not fit what is there, :class:`StoreFormatError` for
    what is not a store of ours, :class:`StorageError` if it cannot be reached.
    """
    codec = RecordCodec(open_cipher(settings))
    limit = settings.max_voiceprints_per_caller
    policy = settings.policy_version
    try:
        if settings.storage_backend == "redis":
            store = RedisStorage.from_url(
                settings.redis_url.get_secret_value(),
                timeout=_redis_timeout(settings),
                codec=codec,
                max_voiceprints=limit,
                namespace=redis_namespace(settings),
                policy_version=policy,
            )
            for warning in store.warnings():
                logger.warning("%s", warning)
            return store
        storage = SQLiteStorage if settings.storage_backend == "sqlite" else JSONStorage
        return storage(settings.storage_path, codec=codec, max_voiceprints=limit, policy_version=policy)
    except BaseException:
        codec.close()
        raise


def key_ring(settings: VoiceFingerprintConfig) -> KeyRing | None:
    """The master keys of the settings; None if there are none."""
    key, file = settings.encryption_key, settings.encryption_key_file
    if key is not None and file:
        raise SettingsError(
            "VOICE_ENCRYPTION_KEY and VOICE_ENCRYPTION_KEY_FILE are both set: set one of them"
        )
    if file:
        return KeyRing(read_keys(Path(file).expanduser()))
    return KeyRing(parse_keys(key.get_secret_value())) if key is not None else None


def open_cipher(settings: VoiceFingerprintConfig) -> RecordCipher | None:
    """What seals the records; None if the settings have no key.

    Raises :class:`EncryptionError` for keys that are none, and where a keystore shows that there was a key.
    """
    ring = key_ring(settings)
    if ring is not None:
        return RecordCipher(ring, open_keystore(settings), tenant=settings.tenant)
    if settings.keystore_path.get_secret_value():
        raise EncryptionError(
            "VOICE_KEYSTORE_PATH is set, but VOICE_ENCRYPTION_KEY is not set: set it to the key of that "
            "keystore, or unset VOICE_KEYSTORE_PATH to store without encryption."
        )
    place = _beside(settings)
    if place and os.path.lexists(place):
        raise EncryptionError(
            f"there is a keystore at {place}, so callers were stored encrypted, but VOICE_ENCRYPTION_KEY is "
            "not set. Set it to the key of that keystore, or remove the keystore if its callers are not "
            "needed."
        )
    return None


def open_keystore(settings: VoiceFingerprintConfig) -> KeyStore:
    """The keystore of the settings: where they say, or else beside the store."""
    place = settings.keystore_path.get_secret_value()
    data = settings.redis_url.get_secret_value() if settings.storage_backend == "redis" else ""
    if "://" not in (place or data):
        return FileKeyStore(Path(place).expanduser() if place else _beside(settings))
    keystore = RedisKeyStore.from_url(
        place or data, timeout=_redis_timeout(settings), namespace=redis_namespace(settings)
    )
    if data and is_same_server(place or data, data):
        logger.warning(
            "the keys of callers are kept in the same Redis as their data, so a backup of it undoes "
            "erasures: set VOICE_KEYSTORE_PATH to another Redis"
        )
        return keystore  # what its settings can lose is said of the data
    for warning in keystore.warnings():
        logger.warning("%s", warning)
    return keystore


def redis_namespace(settings: VoiceFingerprintConfig) -> str:
    """What the keys of a tenant begin with in Redis."""
    return f"opusagent-voiceprint:{settings.tenant}" if settings.tenant else "opusagent-voiceprint"


def phone_hasher(store: CallerStore) -> PhoneHasher:
    """The hasher of phone numbers for a store, keyed by the store's own secret.

    The secret outlives a change of the encryption key, under which it is itself encrypted. In a store without
    encryption it lies beside the hashes, and whoever has the store can try numbers out.
    """
    return PhoneHasher(store.secret("phone"))


def _redis_timeout(settings: VoiceFingerprintConfig) -> float:
    """For connecting and each command, in seconds: no reply waits for it, and a gallery is loaded with it."""
    return max(1.0, settings.storage_timeout)


def _beside(settings: VoiceFingerprintConfig) -> str:
    return "" if settings.storage_backend == "redis" else f"{settings.storage_path}.keys"
