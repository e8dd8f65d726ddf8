"""How a grammar is written down: one pattern a line, with named vocabularies.

A line that begins with ``|`` goes on with the line before in another choice, one that begins with ``+`` in
the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

__all__ = ["alternatives", "compiled", "without_accents", "word_set"]

_NAME = re.compile(r"<([a-z_]+)>")


def _lines(text: str) -> list[str]:
    joined = re.sub(r"\n\s*\+", "", re.sub(r"\n\s*\|", "|", text))
    return [line.strip() for line in joined.splitlines() if line.strip()]


def alternatives(text: str, names: Mapping[str, str] | None = None) -> str:
    """One group that matches any of the lines; ``<name>`` stands for the pattern of that name."""
    return f"(?:{'|'.join(_fill(line, names or {}) for line in _lines(text))})"


def compiled(text: str, names: Mapping[str, str] | None = None) -> tuple[re.Pattern[str], ...]:
    """One pattern for each line; ``<name>`` stands for the pattern of that name."""
    return tuple(re.compile(_fill(line, names or {})) for line in _lines(text))


def without_accents(text: str) -> str:
    """The text with every accent taken off its letter, as many recognisers write it."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def word_set(text: str) -> frozenset[str]:
    """The words of a text, each once."""
    return frozenset(text.split())


def _fill(line: str, names: Mapping[str, str]) -> str:
    # "(?<name>" is no Python syntax, so the angle brackets are free; lookbehinds are "(?<!" and "(?<=".
    return _NAME.sub(lambda found: names[found[1]], line)
