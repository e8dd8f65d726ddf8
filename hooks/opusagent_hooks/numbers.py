"""Phone numbers as platforms give them, and those that stand for no number at all."""

from __future__ import annotations

from typing import Final

__all__ = ["known_number"]

_KEYS: Final = ("abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz")


def _dialled(word: str) -> str:
    """A word as it is spelt on a telephone's keys (ITU-T E.161)."""
    return "".join(str(key) for letter in word for key, letters in enumerate(_KEYS, 2) if letter in letters)


_SPELT_BY_TWILIO: Final = ("anonymous", "blocked", "restricted", "unavailable", "unknown")
_WITHHELD: Final = frozenset({*_SPELT_BY_TWILIO, "private", *map(_dialled, _SPELT_BY_TWILIO)})


def known_number(number: object) -> str | None:
    """The number, stripped; None where the platform says that the caller withheld it.

    All callers who withhold their numbers would otherwise share one.
    """
    if not isinstance(number, str):
        return None
    stripped = number.strip()
    user = stripped.partition("@")[0].rpartition(":")[2].removeprefix("+").casefold()
    return stripped if user and user not in _WITHHELD else None
