"""The store and the phone hasher that the settings ask for."""

from __future__ import annotations

from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage.base import CallerStore
from opusagent_voiceprint.storage.cipher import RecordCipher
from opusagent_voiceprint.storage.codec import RecordCodec
from opusagent_voiceprint.storage.json_store import JSONStorage
from opusagent_voiceprint.storage.phone import PhoneHasher
from opusagent_voiceprint.storage.redis_store import RedisStorage
from opusagent_voiceprint.storage.sqlite_store import SQLiteStorage

__all__ = ["open_store", "phone_hasher"]


def open_store(settings: VoiceFingerprintConfig) -> CallerStore:
    """Open the store of the settings, encrypted if they have a key.

    Raises :class:`EncryptionError` for a key that does not fit what is there, :class:`StoreFormatError` for
    what is not a store of ours, :class:`StorageError` if it cannot be reached.
    """
    codec = RecordCodec(_cipher(settings))
    limit = settings.max_voiceprints_per_caller
    policy = settings.policy_version
    if settings.storage_backend == "redis":
        return RedisStorage.from_url(
            settings.redis_url.get_secret_value(),
            timeout=settings.storage_timeout,
            codec=codec,
            max_voiceprints=limit,
            policy_version=policy,
        )
    storage = SQLiteStorage if settings.storage_backend == "sqlite" else JSONStorage
    return storage(settings.storage_path, codec=codec, max_voiceprints=limit, policy_version=policy)


def phone_hasher(store: CallerStore) -> PhoneHasher:
    """The hasher of phone numbers for a store, keyed by the store's own secret.

    The secret outlives a change of the encryption key, under which it is itself encrypted. In a store without
    encryption it lies beside the hashes, and whoever has the store can try numbers out.
    """
    return PhoneHasher(store.secret("phone"))


def _cipher(settings: VoiceFingerprintConfig) -> RecordCipher | None:
    key = settings.encryption_key
    return RecordCipher(key.get_secret_value()) if key is not None else None
