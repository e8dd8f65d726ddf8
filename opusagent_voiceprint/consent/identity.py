"""Whether a caller says on a call that they are a certain person, or that they are not: decided in code."""

from __future__ import annotations

import difflib
import functools
import re
import unicodedata
from collections.abc import Iterator
from enum import Enum

from opusagent_voiceprint.consent.grammar import Answer
from opusagent_voiceprint.consent.interpret import grammar_for, interpret, tokens_of
from opusagent_voiceprint.consent.language import IdentityWords, Language, language_for
from opusagent_voiceprint.consent.names import spoken_name
from opusagent_voiceprint.consent.patterns import without_accents

__all__ = ["Addressed", "Claim", "addressed", "claim_of", "compile_identity", "same_name"]

_MAX_CHARACTERS = 600
"""Of a turn: its end, where the agent asks, or its beginning, where the caller answers."""

_ALIKE = 0.6
_SHARED_LETTERS = 3
"""Names that are this much alike may be one misheard, or a short form: they deny nobody."""

_SENTENCE = re.compile(r"(?<=\?)\s+|[.!;:\n\u2026]+(?:\s+|$)")
_TITLE_STOP = re.compile(r"\b((?:mr|mrs|ms|dr|prof|sr|sra|srta|dra|mme|mlle|hr|fr|m))\.", re.IGNORECASE)
_NO_COMMA = re.compile(r"^(\W*(?:no|nein|non)),\s+", re.IGNORECASE)
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "'": None, "\u2019": None}
)
_DIGRAPHS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})


class Claim(str, Enum):
    """What a caller's turn says of the person that the voice was recognised as."""

    NONE = "none"
    IS = "is"
    IS_NOT = "is_not"


class Addressed(str, Enum):
    """What an agent's turn says of a person's name.

    ``ASKED``: its last sentence asks whether it is the caller's. ``HALF_ASKED`` the same by title and surname
    alone, which others of a family share, or in a turn that was cut short. ``NAMED``: it uses the name.
    """

    NOT = "not"
    NAMED = "named"
    HALF_ASKED = "half_asked"
    ASKED = "asked"


def addressed(text: str, language: str, name: str, *, interrupted: bool = False) -> Addressed:
    """What an agent's turn says of a stored name. A language without patterns gives ``NOT``."""
    spoken = language_for(language)
    if spoken is None:
        return Addressed.NOT
    words = _compiled(spoken.code)
    sentences = [each for each in _sentences(text[-_MAX_CHARACTERS:], spoken, name) if each]
    last = next((found for found in _found(words.asks, sentences[-1:])), None)
    if last is not None:
        by_name = "TITLED" not in last
        return Addressed.ASKED if by_name and not interrupted else Addressed.HALF_ASKED
    named = any({"NAME", "TITLED"} & set(each.split()) for each in sentences)
    return Addressed.NAMED if named else Addressed.NOT


def claim_of(
    text: str, language: str, name: str, *, after: Addressed = Addressed.NOT, early: bool = False
) -> Claim:
    """What a caller's turn claims.

    :param text: the transcript.
    :param language: the language of the call; one without patterns gives ``NONE``.
    :param name: the stored name of whom the voice was recognised as.
    :param after: what the agent's turn directly before it said of that name.
    :param early: the caller began before that turn was over, so that a yes is no answer to it.
    :return: ``IS`` only for an express yes to the question by name, or for the name given as one's own. Where
        a turn says both it is ``IS_NOT``: a false one costs a greeting, a missed one a person's privacy.
    """
    spoken = language_for(language)
    if spoken is None:
        return Claim.NONE
    words = _compiled(spoken.code)
    text = _NO_COMMA.sub(r"\1. ", text[:_MAX_CHARACTERS])
    originals = _split(text)
    sentences = _sentences(text, spoken, name)
    denials = list(words.denies)
    if after is not Addressed.NOT:
        denials += words.wrong_person
    asked = after in (Addressed.ASKED, Addressed.HALF_ASKED)
    if asked:
        denials += words.no
    if any(_found(tuple(denials), sentences)):
        return Claim.IS_NOT
    own = [
        given
        for original, sentence in zip(originals, sentences, strict=True)
        if any(each.search(sentence) for each in words.own_name)
        and (given := spoken_name(original, language)) is not None
    ]
    if any(_found(words.says, sentences)) or any(same_name(each, name, words.titles) for each in own):
        return Claim.IS
    if asked and (words.yes.fullmatch(" ".join(sentences)) or interpret(text, language) is Answer.YES):
        return Claim.IS if after is Addressed.ASKED and not early else Claim.NONE
    if asked and any(_clearly_different(each, name, words.titles) for each in own):
        return Claim.IS_NOT
    return Claim.NONE


def same_name(said: str, stored: str, titles: frozenset[str] = frozenset()) -> bool:
    """Whether a name that was said is the stored one: all of it, its first name, or first and last.

    Case, accents, umlauts written as two letters, hyphens, apostrophes and titles make no difference. A
    surname alone is not enough. A stored first name alone is met by it with any surname.
    """
    mine, theirs = _parts(said, titles), _parts(stored, titles)
    if not mine or not theirs:
        return False
    if len(theirs) == 1:
        return _alike([mine[0]], theirs)
    return any(_alike(mine, each) for each in _ways_to_say(theirs))


def compile_identity(language: str) -> None:
    """Compile a language's patterns now, off the event loop, rather than with the first words of a call."""
    if (spoken := language_for(language)) is not None:
        _compiled(spoken.code)


@functools.cache
def _compiled(code: str) -> IdentityWords:
    spoken = language_for(code)
    if spoken is None:
        raise ValueError(f"there are no identity words for {code!r}")
    return spoken.identity()


def _found(patterns: tuple[re.Pattern[str], ...], sentences: list[str]) -> Iterator[str]:
    return (found[0] for sentence in sentences for pattern in patterns if (found := pattern.search(sentence)))


def _split(text: str) -> list[str]:
    return [part for part in _SENTENCE.split(_TITLE_STOP.sub(r"\1", text)) if part and part.strip()]


def _sentences(text: str, spoken: Language, name: str) -> list[str]:
    grammar = grammar_for(spoken.code)
    if grammar is None:
        return []
    titles, parts = _compiled(spoken.code).titles, _parts(name, _compiled(spoken.code).titles)
    return [
        grammar.thin(without_accents(grammar.prepare(_with_name(part, parts, titles)))).replace("¿ ", "")
        for part in _split(text)
    ]


def _with_name(sentence: str, stored: list[str], titles: frozenset[str]) -> str:
    """The tokens, with those of the name as NAME, WHOSE or TITLED.

    Compared token by token: compiled into a pattern, a name would stay in the cache of :mod:`re`.
    """
    tokens = [part for token in tokens_of(sentence).split(" ") for part in _elided(token, stored)]
    ways = sorted(_ways_to_say(stored), key=len, reverse=True) if stored else []
    written, at = [], 0
    while at < len(tokens):
        start = at
        while start < len(tokens) - 1 and _bare(tokens[start]) in titles:
            start += 1
        way = next((each for each in ways if _alike(tokens[start : start + len(each)], each)), None)
        if way is not None:
            written.append("NAME")
            at = start + len(way)
        elif ways and any(_alike([tokens[start]], [f"{each}s"]) for way in ways for each in way[-1:]):
            written.append("WHOSE")
            at = start + 1
        elif start > at and len(stored) > 1 and _alike([tokens[start]], stored[-1:]):
            written.append("TITLED")
            at = start + 1
        else:
            written.append(tokens[at])
            at += 1
    return " ".join(written)


def _elided(token: str, stored: list[str]) -> list[str]:
    """ "d'Ada" is "de Ada"; D'Arcy stays whole."""
    before, _, rest = token.partition("'")
    elided = before in ("d", "qu") and stored and _alike([rest], stored[:1])
    return [f"{before}e", rest] if elided else [token]


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


def _clearly_different(said: str, stored: str, titles: frozenset[str]) -> bool:
    """Not the name, nor one that could be it misheard, in short, or the surname alone."""
    mine, theirs = _parts(said, titles), _parts(stored, titles)
    if not mine or same_name(said, stored, titles):
        return False
    first, others = _bare(mine[0]), [_bare(each) for each in theirs]
    matcher = difflib.SequenceMatcher(None, first, others[0], autojunk=False)
    longest = matcher.find_longest_match(0, len(first), 0, len(others[0])).size
    return first not in others and matcher.ratio() < _ALIKE and longest < _SHARED_LETTERS
