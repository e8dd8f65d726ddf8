"""Stores of callers: JSON, SQLite and Redis behind one contract, plain or encrypted."""

from __future__ import annotations

from opusagent_voiceprint.storage.base import CallerStore, StoredRecord
from opusagent_voiceprint.storage.codec import RecordCodec
from opusagent_voiceprint.storage.encryption import (
    FileKeyStore,
    KeyRing,
    KeyStore,
    RecordCipher,
    generate_key,
)
from opusagent_voiceprint.storage.factory import open_store, phone_hasher
from opusagent_voiceprint.storage.faiss_store import FAISSVoiceStorage
from opusagent_voiceprint.storage.json_store import JSONStorage
from opusagent_voiceprint.storage.phone import PhoneHasher, normalise_number
from opusagent_voiceprint.storage.redis_store import RedisStorage
from opusagent_voiceprint.storage.sqlite_store import SQLiteStorage

__all__ = [
    "CallerStore",
    "FAISSVoiceStorage",
    "FileKeyStore",
    "JSONStorage",
    "KeyRing",
    "KeyStore",
    "PhoneHasher",
    "RecordCipher",
    "RecordCodec",
    "RedisStorage",
    "SQLiteStorage",
    "StoredRecord",
    "generate_key",
    "normalise_number",
    "open_store",
    "phone_hasher",
]
