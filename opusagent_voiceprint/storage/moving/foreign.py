"""Voiceprints that OpusAgent's own voiceprint module wrote, read as callers: its JSON, its SQLite, its Redis.

They come without a consent, so whoever imports them names the record of their own that these people agreed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from pydantic import ValidationError

from opusagent_voiceprint.errors import ConsentError, StorageError, StoreFormatError
from opusagent_voiceprint.models import (
    Caller,
    ConsentDecision,
    ConsentEvidence,
    ConsentRecord,
    Embedding,
    Purpose,
    Voiceprint,
)
from opusagent_voiceprint.storage import files
from opusagent_voiceprint.storage.compat import new_caller, parse_time
from opusagent_voiceprint.storage.json_file import MAX_FILE_BYTES
from opusagent_voiceprint.storage.moving.outcome import Failure
from opusagent_voiceprint.storage.moving.place import Place
from opusagent_voiceprint.storage.moving.reading import Reading
from opusagent_voiceprint.storage.redis_client import RedisCalls, open_client
from opusagent_voiceprint.storage.sqlite_file import APPLICATION_ID

__all__ = ["ENCODER", "Foreign", "is_foreign", "is_in_redis", "open_foreign"]

ENCODER: Final = "opusagent-stock-resemblyzer"
"""No encoder of ours has this id: what was embedded without our front end is compared with nothing."""

_DIMENSION: Final = 256
_MOST_BYTES: Final = 1024 * 1024
"""Of one voiceprint; theirs have some 6 kB."""
_MOST_REFERENCE: Final = 400
_TIMEOUT_SECONDS: Final = 10.0
_SELECT: Final = (
    "SELECT caller_id, CASE WHEN length(embedding) <= 1048576 THEN embedding END, "
    "CASE WHEN length(metadata) <= 1048576 THEN metadata "
    "WHEN metadata NOTNULL THEN '?' END, created_at, last_seen FROM voiceprints"
)


_DAMAGED: Final = "damaged"
"""Metadata that is no object."""


class Foreign:
    """Callers of voiceprints as OpusAgent's module wrote them; what cannot be read is a failure, by its id.

    ``reference`` goes into each consent, which says that the application vouches for it. ``started`` stands
    in for times that they do not have. ``rename`` gives callers other ids: theirs may be names.
    """

    store = None

    def __init__(
        self,
        rows: Iterator[tuple[str, dict[str, Any]]],
        *,
        reference: str,
        policy_version: str,
        started: datetime,
        rename: Callable[[str], str] | None = None,
    ) -> None:
        self.check_reference(reference)
        self._consent = (reference.strip(), policy_version, started)
        self._callers: dict[str, Caller] = {}
        self._failures: dict[str, Failure] = {}
        for theirs, row in rows:
            caller_id = rename(theirs) if rename else theirs
            try:
                self._callers[caller_id] = self._caller(caller_id, theirs, row)
            except ValueError as exc:  # made here, and without any of the values
                self._failures[caller_id] = Failure(caller_id, str(exc))

    @staticmethod
    def check_reference(reference: str | None) -> None:
        """Raise :class:`ConsentError` unless a record of these people's consent is named."""
        if reference is None or not reference.strip() or len(reference) > _MOST_REFERENCE:
            raise ConsentError(
                "voiceprints of OpusAgent's own module come without a consent, and were not imported: name "
                f"your record of it with --consent-reference, in 1 to {_MOST_REFERENCE} characters, or ask "
                "these callers anew"
            )

    def changes(self, since: int) -> tuple[list[str], int]:
        """All, once: these files know no versions."""
        return ([*self._callers, *self._failures] if since < 1 else []), 1

    def read(self, caller_ids: Sequence[str]) -> Reading:
        """Some of them."""
        return Reading(
            callers={each: self._callers[each] for each in caller_ids if each in self._callers},
            failures={each: self._failures[each] for each in caller_ids if each in self._failures},
        )

    def count(self) -> int:
        """How many there are."""
        return len(self._callers) + len(self._failures)

    def _caller(self, caller_id: str, theirs: str, row: dict[str, Any]) -> Caller:
        vector = _unit_vector(row.get("embedding"))
        metadata = {} if row.get("metadata") is None else row["metadata"]
        if not isinstance(metadata, dict):
            raise ValueError("its metadata is not an object")
        reference, policy_version, started = self._consent
        created, seen = (_text(row.get(name)) for name in ("created_at", "last_seen"))
        if caller_id != theirs:
            metadata = {**metadata, "opusagent_caller_id": theirs}
        try:
            voiceprint = Voiceprint(
                caller_id=caller_id,
                embedding=vector,
                metadata=metadata,
                created_at=created or started.isoformat(),
                voiceprint_id=f"vp_{_digest(caller_id, vector.tobytes())}",
                encoder=ENCODER,
                source="application",
            )
            caller = new_caller(voiceprint)
            voiceprint.metadata = {}
            caller.created_at = parse_time(created) or started
            caller.last_seen = parse_time(seen)
            caller.voiceprints = [voiceprint]
            consent = ConsentRecord(
                consent_id=f"consent_{_digest(caller_id, vector.tobytes())}",
                purpose=Purpose.VOICEPRINT,
                decision=ConsentDecision.GRANTED,
                evidence=ConsentEvidence.APPLICATION,
                at=started,
                policy_version=policy_version,
                answer=reference,
            )
        except ValidationError:
            raise ValueError("its id or a field is not of the kind or length that is allowed") from None
        caller.consents = [consent]
        return caller


def is_foreign(place: Place) -> bool:
    """Whether OpusAgent's module wrote what lies there; of a Redis only that it was named as such."""
    if place.is_foreign or place.kind == "redis" or not place.is_there:
        return place.is_foreign
    if place.kind == "sqlite":
        with contextlib.suppress(sqlite3.Error), _connection(Path(place.where)) as connection:
            (application,) = connection.execute("PRAGMA application_id").fetchone()
            columns = {row[1] for row in connection.execute("PRAGMA table_info(voiceprints)")}
            return application != APPLICATION_ID and {"caller_id", "embedding"} <= columns
        return False
    found = _parse(_read(Path(place.where)))
    return isinstance(found, dict) and any(map(_is_row, found.values()))


def is_in_redis(place: Place) -> bool:
    """Whether a Redis has voiceprints of OpusAgent's module."""
    return next(_from_redis(place), None) is not None


def open_foreign(place: Place) -> Iterator[tuple[str, dict[str, Any]]]:
    """Their voiceprints, by caller id.

    Raises :class:`StorageError`, and :class:`StoreFormatError` for what they did not write.
    """
    if place.kind == "redis":
        return _from_redis(place)
    if not place.is_there:
        raise StorageError(f"there is no file at {place}")
    if not is_foreign(Place(place.kind, place.where)):
        raise StoreFormatError(f"{place} is not as OpusAgent's own voiceprint module writes it")
    return _from_sqlite(Path(place.where)) if place.kind == "sqlite" else _from_json(Path(place.where))


def _unit_vector(embedding: object) -> Embedding:
    """An embedding of shape (256,) and length one. ValueError for anything else, without its values."""
    if isinstance(embedding, bytes):
        if len(embedding) != 4 * _DIMENSION:
            raise ValueError(f"its embedding has {len(embedding)} bytes, and theirs have {4 * _DIMENSION}")
        vector = np.frombuffer(embedding, dtype="<f4").astype(np.float32)
    elif isinstance(embedding, list) and len(embedding) == _DIMENSION:
        if not all(isinstance(value, int | float) for value in embedding):
            raise ValueError("its embedding holds something else than numbers")
        vector = np.array(embedding, dtype=np.float32)
    else:
        found = len(embedding) if isinstance(embedding, list) else "no"
        raise ValueError(f"its embedding has {found} values, and Resemblyzer's have {_DIMENSION}")
    norm = np.linalg.norm(vector.astype(np.float64))
    if not np.isfinite(norm) or not norm:
        raise ValueError("its embedding holds values that are not finite numbers, or only zeros")
    return (vector / norm).astype(np.float32)


def _from_json(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for caller_id, row in _parse(_read(path)).items():
        yield caller_id, row if isinstance(row, dict) else {}


def _from_sqlite(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        with _connection(path) as connection:
            for number, (caller_id, embedding, metadata, created, seen) in enumerate(
                connection.execute(_SELECT), 1
            ):
                row = {
                    "embedding": embedding,
                    "metadata": (_parse(metadata) or _DAMAGED) if metadata not in (None, "", "{}") else {},
                    "created_at": created,
                    "last_seen": seen,
                }
                yield (caller_id if isinstance(caller_id, str) else f"row {number}"), row
    except sqlite3.Error as exc:
        raise StoreFormatError(f"{path} is damaged ({exc}); restore it from a backup") from exc


def _from_redis(place: Place) -> Iterator[tuple[str, dict[str, Any]]]:
    own = open_client(place.where, timeout=_TIMEOUT_SECONDS)
    calls = RedisCalls(str(place), _TIMEOUT_SECONDS)
    client = own.client
    try:
        cursor = 0
        while True:
            cursor, keys = calls.read(client.scan, cursor, match="voiceprint:*", count=1000)
            for key in keys:
                raw = key if isinstance(key, bytes) else key.encode("utf-8")
                caller_id = raw.decode("utf-8", "backslashreplace").removeprefix("voiceprint:")
                value = None
                if calls.read(client.type, key) in (b"string", "string") and (
                    calls.read(client.strlen, key) <= _MOST_BYTES
                ):
                    value = calls.read(client.get, key)
                found = _parse(value) if value else None
                yield caller_id, found if isinstance(found, dict) else {}
            if cursor == 0:
                return
    finally:
        own.close()


@contextlib.contextmanager
def _connection(path: Path) -> Iterator[sqlite3.Connection]:
    descriptor = files.open_regular(path)
    if descriptor is None:
        raise StorageError(f"{path} is not there")
    os.close(descriptor)
    # Their log, if there is one, is read and left as it is.
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        yield connection


def _read(path: Path) -> bytes:
    descriptor = files.open_regular(path)
    if descriptor is None:
        raise StorageError(f"{path} is not there")
    with os.fdopen(descriptor, "rb") as file:
        raw = file.read(MAX_FILE_BYTES + 1)
    if len(raw) > MAX_FILE_BYTES:
        raise StoreFormatError(f"{path} is larger than {MAX_FILE_BYTES} bytes, which is too large to be read")
    return raw


def _parse(raw: bytes | str) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _is_row(found: object) -> bool:
    return isinstance(found, dict) and "embedding" in found


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and len(value) <= 64 else None


def _digest(caller_id: str, content: bytes) -> str:
    return hashlib.sha256(caller_id.encode("utf-8", "surrogateescape") + b"\0" + content).hexdigest()[:32]
