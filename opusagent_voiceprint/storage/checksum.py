"""The checksum of a stored record, by which a flipped bit is told from what was written."""

from __future__ import annotations

import hashlib
from typing import Final

__all__ = ["CHECKSUM_CHARACTERS", "checksum", "checksum_of_parts"]

CHECKSUM_CHARACTERS: Final = 32


def checksum(data: bytes) -> str:
    """128 bits of SHA-256 as hex. Tells of accidents, not of attackers: those it takes encryption to stop."""
    return hashlib.sha256(data).hexdigest()[:CHECKSUM_CHARACTERS]


def checksum_of_parts(*parts: str | None) -> str:
    """The checksum of a row; no two lists of parts have the same."""
    # Surrogates stand for bytes that are not UTF-8, as they are read back from a damaged database.
    encoded = [b"-" if part is None else b"+" + part.encode("utf-8", "surrogateescape") for part in parts]
    return checksum(b"".join(len(part).to_bytes(8, "big") + part for part in encoded))
