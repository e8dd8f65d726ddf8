"""Lines of JSON that end in a checksum of their own, so that a damaged one is found without the others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from opusagent_voiceprint.storage.checksum import CHECKSUM_CHARACTERS, checksum

__all__ = ["TAIL_BYTES", "decode_line", "encode_line"]

_CHECKSUM: Final = b',"checksum":"'
_END: Final = b'"}'

TAIL_BYTES: Final = len(_CHECKSUM) + CHECKSUM_CHARACTERS + len(_END)
"""What a line ends in; of many lines it stands for the whole."""


def encode_line(fields: Mapping[str, Any]) -> bytes:
    """The line of a JSON object that is not empty, without a line break."""
    text = json.dumps(fields, separators=(",", ":")).encode("ascii").removesuffix(b"}")
    return text + _CHECKSUM + checksum(text).encode("ascii") + _END


def decode_line(line: bytes) -> dict[str, Any] | None:
    """The object of a line whose checksum fits, with the checksum; None of any other."""
    text, tail = line[:-TAIL_BYTES], line[-TAIL_BYTES:]
    if tail != _CHECKSUM + checksum(text).encode("ascii") + _END:
        return None
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
