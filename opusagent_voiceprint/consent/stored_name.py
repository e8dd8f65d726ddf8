"""A stored name among the words of a sentence, and whether a name that was said is that one."""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass

from opusagent_voiceprint.consent.interpret import tokens_of
from opusagent_voiceprint.consent.language import Language
from opusagent_voiceprint.consent.patterns import without_accents

__all__ = ["StoredName", "same_name"]

_ALIKE = 0.6
_SHARED_LETTERS = 3
"""Names that are this much alike may be one misheard, or a short form: they deny nobody."""

_SHORT = 2
"""First names of so few letters are words, or parts of them, in some transcript."""

_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "'": None, "\u2019": None}
)
_DIGRAPHS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    capital: bool
    apart: bool
    """Whether a comma stands before it."""


class StoredName:
    """A stored name, as a language writes it.

    ``titles`` stand before names, ``words`` are names and ordinary words alike.
    """

    def __init__(self, name: str, spoken: Language, titles: frozenset[str], words: frozenset[str]) -> None:
        self._titles = titles
        self._parts = _parts(name, titles)
        self._ways = sorted(_ways_to_say(self._parts), key=len, reverse=True) if self._parts else []
        first = {_bare(each) for each in self._parts[:1]} | set(self._parts[:1])
        self._has_two_meanings = not words.isdisjoint(first)  # May, Will, Christian: with a capital, too
        self._is_word = self._has_two_meanings or any(
            len(each) <= _SHORT or each in spoken.names.no_names for each in first
        )

    def marked_in(self, sentence: str, *, cased: bool, alone: bool) -> str:
        """The sentence's tokens, with those of the name as ``NAME``, ``WORD``, ``WHOSE`` or ``TITLED``.

        ``WORD`` is a first name that may be a word: where it stands ``alone`` for the name nevertheless, it
        is a ``NAME``, unless the text is ``cased`` and writes it like a word. ``THEN`` stands behind a name
        where the writing says that it ends there. Compared token by token: compiled into a pattern, a name
        would stay in the cache of :mod:`re`.
        """
        tokens = self._tokens(sentence)
        texts = [token.text for token in tokens]
        written, at = [], 0
        while at < len(tokens):
            start = at
            while start < len(tokens) - 1 and _bare(texts[start]) in self._titles:
                start += 1
            mark, length = self._found(texts, start)
            titled = start > at and len(self._parts) > 1 and _alike([texts[start]], self._parts[-1:])
            if mark is None and titled:
                mark, length = "TITLED", 1
            if mark is None:
                written.append(texts[at])
                at += 1
                continue
            if mark == "NAME" and length == 1 and self._is_word:
                mark = "NAME" if self._is_name(tokens, start, cased=cased, alone=alone) else "WORD"
            written.append(mark)
            at = start + length
            then = tokens[at] if at < len(tokens) else None
            if mark != "NAME" or then is None or not then.text[0].isalpha():
                continue
            if then.apart or (cased and not then.capital):
                written.append("THEN")
        return " ".join(written)

    def clearly_differs_from(self, said: str) -> bool:
        """Not the name, nor one that could be it misheard, in short, or the surname alone."""
        mine, theirs = _parts(said, self._titles), self._parts
        if not mine or not theirs or _same(mine, theirs):
            return False
        first, others = _bare(mine[0]), [_bare(each) for each in theirs]
        matcher = difflib.SequenceMatcher(None, first, others[0], autojunk=False)
        longest = matcher.find_longest_match(0, len(first), 0, len(others[0])).size
        return first not in others and matcher.ratio() < _ALIKE and longest < _SHARED_LETTERS

    def _found(self, texts: list[str], start: int) -> tuple[str | None, int]:
        for way in self._ways:
            said = texts[start : start + len(way)]
            if _alike(said, [*way[:-1], f"{way[-1]}s"]):
                return "WHOSE", len(way)
            if _alike(said, way):
                apostrophe = texts[start + len(way) : start + len(way) + 1] == ["'"]
                return ("WHOSE", len(way) + 1) if apostrophe else ("NAME", len(way))
        return None, 0

    def _is_name(self, tokens: list[_Token], at: int, *, cased: bool, alone: bool) -> bool:
        capital = cased and tokens[at].capital
        if not alone:
            return capital and at > 0 and not self._has_two_meanings
        # "May I ask" is no address; "May, one moment" is.
        return not cased or (capital and (at > 0 or len(tokens) == 1 or tokens[1].apart))

    def _tokens(self, sentence: str) -> list[_Token]:
        tokens: list[_Token] = []
        pieces, apart = sentence.split(), False
        for index, piece in enumerate(pieces):
            texts = [part for text in tokens_of(piece).split() for part in self._elided(text)]
            if index < len(pieces) - 1:
                texts = [text for text in texts if text != "~"]
            capital = piece.lstrip("\"'\u00bf\u00a1(\u201c\u201e\u00ab")[:1].isupper()
            tokens += [_Token(text, capital, apart and not at) for at, text in enumerate(texts)]
            apart = piece.endswith(",")
        return tokens

    def _elided(self, token: str) -> list[str]:
        """ "d'Ada" is "de Ada"; D'Arcy stays whole."""
        before, _, rest = token.partition("'")
        elided = before in ("d", "qu") and self._parts and _alike([rest], self._parts[:1])
        return [f"{before}e", rest] if elided else [token]


def same_name(said: str, stored: str, titles: frozenset[str] = frozenset()) -> bool:
    """Whether a name that was said is the stored one: all of it, its first name, or first and last.

    Case, accents, umlauts written as two letters, hyphens, apostrophes and titles make no difference. A
    surname alone is not enough. A stored first name alone is met by it with any surname.
    """
    mine, theirs = _parts(said, titles), _parts(stored, titles)
    return bool(mine and theirs) and _same(mine, theirs)


def _same(mine: list[str], theirs: list[str]) -> bool:
    if len(theirs) == 1:
        return _alike([mine[0]], theirs)
    return any(_alike(mine, each) for each in _ways_to_say(theirs))


def _ways_to_say(stored: list[str]) -> list[list[str]]:
    """A name of these words in full, without what stands in the middle, and its first name alone."""
    ways = [stored]
    if len(stored) > 2:
        ways.append([stored[0], stored[-1]])
    if len(stored) > 1 and len(_bare(stored[0])) > 1:
        ways.append([stored[0]])
    split = [part for part in stored[0].split("-") if part]
    if len(split) > 1:  # "Jean-Luc" is transcribed as two words, or as one
        ways += [[*split, *way[1:]] for way in ways] + [["".join(split), *way[1:]] for way in ways]
    return ways


def _parts(name: str, titles: frozenset[str]) -> list[str]:
    words = [word for word in re.split(r"[\s.,]+", unicodedata.normalize("NFC", name).lower()) if word]
    while len(words) > 1 and _bare(words[0]) in titles:
        words = words[1:]
    return words


def _alike(said: list[str], stored: list[str]) -> bool:
    return len(said) == len(stored) and all(
        not _spellings(one).isdisjoint(_spellings(other)) for one, other in zip(said, stored, strict=True)
    )


def _spellings(word: str) -> frozenset[str]:
    composed = unicodedata.normalize("NFC", word.lower())
    return frozenset({_bare(composed), _bare(composed.translate(_DIGRAPHS))})


def _bare(word: str) -> str:
    return without_accents(word.lower().translate(_LETTERS)).replace("-", "")
