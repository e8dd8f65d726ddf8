"""How the tables of utterances are written down, and all languages' tables of one name."""

from __future__ import annotations

import importlib
import unicodedata
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from opusagent_voiceprint.consent.languages import LANGUAGES

__all__ = [
    "LANGUAGES",
    "as_recognisers_write",
    "each",
    "lines",
    "pairs",
    "tables",
    "without_accents",
    "words",
]


def lines(text: str) -> list[str]:
    """One utterance a line."""
    return [line.strip() for line in text.strip().splitlines() if line.strip()]


def words(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


def pairs(text: str) -> list[tuple[str, str]]:
    """One utterance a line, an arrow, and what it says: ``my name's Ada -> Ada``."""
    split = (line.rpartition("->") for line in lines(text))
    return [(said.strip(), meant.strip()) for said, _, meant in split]


def tables(language: str) -> ModuleType:
    """The tables of a language; see the English ones for what each holds."""
    return importlib.import_module(f"utterances.{language}")


def each(*names: str) -> Iterator[tuple[Any, ...]]:
    """The rows of these tables in all languages, each after the code of its language."""
    for language in LANGUAGES:
        for name in names:
            for row in getattr(tables(language), name):
                yield (language, *row) if isinstance(row, tuple) else (language, row)


def as_recognisers_write(text: str) -> set[str]:
    """The same words in other cases, with and without punctuation, composed and decomposed."""
    bare = "".join(c for c in text.replace("\u2019", "'") if c not in ".,!\u00a1'")
    curly = text.replace("'", "\u2019")
    return {text, text.lower(), text.upper(), bare, curly, f"  {text} ", unicodedata.normalize("NFD", text)}


def without_accents(text: str) -> set[str]:
    """As recognisers and keyboards without accents write it: "loschen" and "loeschen" for "l\u00f6schen"."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    written = text.lower()
    for umlaut, letters in (("\u00e4", "ae"), ("\u00f6", "oe"), ("\u00fc", "ue"), ("\u00df", "ss")):
        written = written.replace(umlaut, letters)
    return {bare.replace("\u00df", "ss"), written}
