"""The head of a Redis store: its schema, its key and its history, made or checked when it is opened."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, Final

from opusagent_voiceprint.errors import StoreFormatError
from opusagent_voiceprint.storage.codec import RecordCodec
from opusagent_voiceprint.storage.redis_client import RedisCalls
from opusagent_voiceprint.storage.redis_migration import begin_migration, finish_migration
from opusagent_voiceprint.storage.redis_records import text
from opusagent_voiceprint.storage.redis_scripts import CREATE, SCHEMA

__all__ = ["open_head"]

_FIELDS: Final = ("schema", "key", "history", "revision", "key_id", "migrating")


def open_head(
    client: Any, calls: RedisCalls, keys: Sequence[str], prefix: str, codec: RecordCodec, name: str
) -> tuple[str, int]:
    """Create a store, or check and if need be migrate the one that is there; its history and revision.

    ``prefix`` is what its keys begin with. Raises :class:`StoreFormatError` and :class:`EncryptionError` for
    what this version or the codec's key does not fit.
    """
    head = _read(client, calls, keys[0])
    if not head["schema"]:
        # Only here is the key of a new store made.
        has_key = bool(codec.bound_to)
        args = [SCHEMA, codec.key_id, secrets.token_hex(8)]
        if text(calls.read(client.eval, CREATE, len(keys), *keys, *args)) == "torn":
            raise StoreFormatError(f"{name} has lost its head; restore it from a backup, or remove its keys")
        head = _read(client, calls, keys[0])
        if not has_key and head["key"] != codec.key_id:
            codec.release_key()  # another process was faster, and made its own
    if head["schema"] == "1":
        if not head["key_id"]:
            codec.check_key("", name)
        begin_migration(client, calls, keys, key_id=head["key_id"], history=secrets.token_hex(8), name=name)
        head = _read(client, calls, keys[0])
    if head["schema"] != str(SCHEMA):
        raise StoreFormatError(
            f"{name} has schema {head['schema']}, and this opusagent-voiceprint knows {SCHEMA}. "
            "It was left as it is; update opusagent-voiceprint."
        )
    codec.check_key(head["key"], name)
    if head["migrating"]:
        finish_migration(client, calls, keys, f"{prefix}links", f"{prefix}notes")
    return head["history"], int(head["revision"])


def _read(client: Any, calls: RedisCalls, meta: str) -> dict[str, str]:
    found = calls.read(client.hmget, meta, _FIELDS)
    return {field: "" if value is None else text(value) for field, value in zip(_FIELDS, found, strict=True)}
