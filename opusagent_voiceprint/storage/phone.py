"""Keyed hashes of phone numbers: what links a number to a caller, without the number being stored."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Final
from urllib.parse import unquote

__all__ = ["PhoneHasher", "normalise_number"]

_WITHHELD: Final = frozenset(
    {
        # What Twilio sends for anonymous, restricted, blocked, unknown and unavailable: the words, keyed.
        "+266696687",
        "+7378742833",
        "+2562533",
        "+8656696",
        "+86282452253",
    }
)
_SCHEME: Final = re.compile(r"^(tel|sips?):", re.IGNORECASE)
_SEPARATORS: Final = re.compile(r"[\s\-./()\u2010-\u2015]+")
_NUMBER: Final = re.compile(r"^\+?[0-9]{2,20}$")


def normalise_number(number: str | None) -> str | None:
    """One spelling of a phone number: digits, with a leading ``+`` if it is international.

    Understands ``tel:`` and ``sip:`` addresses (their user part), separators, and ``00`` for ``+``.
    None for what is withheld or is no number: ``anonymous``, ``restricted``, a name, an empty string.
    """
    if not number:
        return None
    text = unquote(number.strip().strip("<>"))
    text = _SCHEME.sub("", text).split("@")[0].split(";")[0]
    text = _SEPARATORS.sub("", text)
    if text.startswith("00"):
        text = f"+{text[2:]}"
    if not _NUMBER.match(text) or text in _WITHHELD or f"+{text}" in _WITHHELD:
        return None
    return text


class PhoneHasher:
    """Turns phone numbers into keyed hashes (HMAC-SHA256), which cannot be tried out without the key.

    ``key`` are 32 random bytes; see :func:`opusagent_voiceprint.storage.phone_hasher`.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < 32:
            raise ValueError(f"the key of a phone hasher has 32 bytes, not {len(key)}")
        self._key = key

    def link(self, number: str | None) -> str | None:
        """The keyed hash of a number as 64 hex digits; None if it is withheld or no number."""
        normal = normalise_number(number)
        if normal is None:
            return None
        return hmac.new(self._key, normal.encode("ascii"), hashlib.sha256).hexdigest()
