"""Where stores of each kind lie in tests: opening them, and reaching around them to what is really there."""

from __future__ import annotations

import hashlib
import sqlite3
import uuid
from abc import ABC, abstractmethod
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np

from opusagent_voiceprint.models import (
    Caller,
    CallSummary,
    ConsentDecision,
    ConsentEvidence,
    ConsentRecord,
    Memory,
    Purpose,
    Voiceprint,
)
from opusagent_voiceprint.storage import (
    CallerStore,
    FileKeyStore,
    JSONStorage,
    KeyRing,
    RecordCipher,
    RecordCodec,
    RedisStorage,
    SQLiteStorage,
    json_format,
    sqlite_rows,
)

KEY = bytes(range(32))
NOON = datetime(2025, 3, 1, 12, 0, tzinfo=timezone.utc)


def an_embedding(seed: int = 0, dimension: int = 256) -> np.ndarray:
    vector = np.random.default_rng(seed).normal(size=dimension)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def a_voiceprint(caller_id: str, seed: int = 0, **fields: Any) -> Voiceprint:
    return Voiceprint(caller_id=caller_id, embedding=an_embedding(seed), **fields)


def a_consent(
    purpose: Purpose = Purpose.VOICEPRINT, decision: ConsentDecision = ConsentDecision.GRANTED
) -> ConsentRecord:
    return ConsentRecord(
        consent_id=f"consent_{purpose.value}_{decision.value}",
        purpose=purpose,
        decision=decision,
        evidence=ConsentEvidence.CONVERSATION,
        at=NOON,
        policy_version="1",
        answer="yes please do",
    )


def a_caller(caller_id: str = "caller_a", *, seed: int = 0, **fields: Any) -> Caller:
    """A caller who agreed to everything and of whom everything is kept."""
    whole: dict[str, Any] = {
        "name": "Wilhelmina Sentinel",
        "metadata": {"plan": "platinum-sentinel"},
        "created_at": NOON,
        "languages": ["en"],
        "voiceprints": [a_voiceprint(caller_id, seed, voiceprint_id=f"vp_{caller_id}_{seed}")],
        "phone_links": [f"link-of-{caller_id}"],
        "memory": Memory(
            summaries=[CallSummary(call_id="call_1", at=NOON, text="asked for a refund-sentinel")]
        ),
        "consents": [a_consent(Purpose.VOICEPRINT), a_consent(Purpose.MEMORY)],
    }
    return Caller(caller_id=caller_id, **{**whole, **fields})


def contents(caller: Caller) -> str:
    """All of a caller but the version, for comparison."""
    return caller.model_dump_json(exclude={"version"})


def encrypted_codec(keystore: Path, *keys: bytes, tenant: str = "") -> RecordCodec:
    """A codec with its keystore in a file; the keys are master keys, newest first."""
    return RecordCodec(RecordCipher(KeyRing(keys or (KEY,)), FileKeyStore(keystore), tenant=tenant))


class Medium(ABC):
    """One place in which a store lies."""

    name: str

    @abstractmethod
    def open(self, codec: RecordCodec | None = None, **options: Any) -> CallerStore:
        """A new handle on the store."""

    @abstractmethod
    def payload(self, caller_id: str) -> str:
        """The payload that is really there."""

    @abstractmethod
    def set_payload(self, caller_id: str, payload: str) -> None:
        """Change the payload behind the store's back, as somebody with access to the medium could."""

    @abstractmethod
    def everything(self) -> bytes:
        """All bytes of the store."""


class FileMedium(Medium):
    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.path = directory / f"callers.{self.name}"

    def everything(self) -> bytes:
        return b"".join(path.read_bytes() for path in self.directory.iterdir())


class JSONMedium(FileMedium):
    name = "json"

    def open(self, codec: RecordCodec | None = None, **options: Any) -> CallerStore:
        return JSONStorage(self.path, codec=codec, **options)

    def payload(self, caller_id: str) -> str:
        return json_format.scan(self.path.read_bytes()).contents.callers[caller_id].payload

    def set_payload(self, caller_id: str, payload: str) -> None:
        found = json_format.scan(self.path.read_bytes()).contents
        row = found.callers[caller_id]
        found.callers[caller_id] = json_format.CallerLine.of(caller_id, row.version, row.links, payload)
        self.path.write_bytes(json_format.encode(found))


class SQLiteMedium(FileMedium):
    name = "sqlite"

    def open(self, codec: RecordCodec | None = None, **options: Any) -> CallerStore:
        return SQLiteStorage(self.path, codec=codec, **options)

    def payload(self, caller_id: str) -> str:
        with closing(sqlite3.connect(self.path)) as connection:
            query = "SELECT payload FROM callers WHERE caller_id = ?"
            return str(connection.execute(query, (caller_id,)).fetchone()[0])

    def set_payload(self, caller_id: str, payload: str) -> None:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            query = "SELECT version, links FROM callers WHERE caller_id = ?"
            version, links = connection.execute(query, (caller_id,)).fetchone()
            checksum = sqlite_rows.caller_checksum(caller_id, version, payload, links)
            connection.execute(
                "UPDATE callers SET payload = ?, checksum = ? WHERE caller_id = ?",
                (payload, checksum, caller_id),
            )


class RedisMedium(Medium):
    name = "redis"

    def __init__(self, url: str) -> None:
        self.url = url
        self.namespace = f"test-{uuid.uuid4().hex}"
        self._key = f"{{{self.namespace}}}:callers"

    def client(self, **options: Any) -> Any:
        import redis

        return redis.Redis.from_url(self.url, **options)

    def open(self, codec: RecordCodec | None = None, **options: Any) -> CallerStore:
        return RedisStorage(self.client(), codec=codec, namespace=self.namespace, **options)

    def payload(self, caller_id: str) -> str:
        with closing(self.client()) as client:
            _, _, size, rest = client.hget(self._key, caller_id).split(b":", 3)
            return rest[int(size) :].decode()

    def set_payload(self, caller_id: str, payload: str) -> None:
        with closing(self.client()) as client:
            version, _, size, rest = client.hget(self._key, caller_id).split(b":", 3)
            members = rest[: int(size)]
            parts = [caller_id.encode(), version, members, payload.encode()]
            joined = b"".join(b"%d:%s" % (len(part), part) for part in parts)
            check = hashlib.sha1(joined, usedforsecurity=False).hexdigest()
            value = b"%s:%s:%s:%s%s" % (version, check.encode(), size, members, payload.encode())
            client.hset(self._key, caller_id, value)

    def everything(self) -> bytes:
        with closing(self.client()) as client:
            keys = client.keys(f"{{{self.namespace}}}:*")
            return b"".join(client.dump(key) for key in keys)
