"""The name a caller gives: heard in an answer, and cleaned so that it is a name and nothing else."""

from __future__ import annotations

import functools
import re
import unicodedata

from opusagent_voiceprint.consent.interpret import grammar_for, tokens_of
from opusagent_voiceprint.consent.language import NameWords, language_for
from opusagent_voiceprint.consent.languages import LANGUAGES
from opusagent_voiceprint.consent.patterns import word_set

__all__ = ["MAX_NAME_CHARACTERS", "MAX_NAME_WORDS", "clean_name", "is_emergency", "spoken_name"]

MAX_NAME_CHARACTERS = 40
MAX_NAME_WORDS = 4
"""Without particles: "Maria de la Cruz Santos" has three."""

_MAX_WORDS_AND_PARTICLES = 6
_MAX_HEARD = 200
_MAX_MARKS = 3
"""More marks on one letter than any orthography uses are decoration, or an attack on whoever renders them."""

_VARIANTS = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u02bc\u02bb\u2032\u05f3\u00b4\uff07", "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"),
        "\u00a0": " ",
        "\u202f": " ",
    }
)

# Letters and marks that nobody sees: fillers, joiners and variation selectors.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)

# "o'brien" is O'Brien, "ada's" is no Ada'S.
_NAME_PART = re.compile(r"(?<!')[^\s'-]+|(?<=')[^\s'-]{2,}")

# Not counted among the words of a name, and not capitalised by those who bear one.
_PARTICLES = word_set("de la las los del da das dos di du van von vom zu zur zum der den ter bin ibn al el y")


def clean_name(text: str) -> str | None:
    """A name fit to be stored, spoken and shown to a model, or None if this is none.

    Letters and marks of any script, single spaces, hyphens and apostrophes; at most 40 characters and four
    words beside particles such as "de la"; NFC; in title case if it came in lower case. Format characters
    (zero-width, bidirectional), others that nobody sees, and full stops are dropped; anything else that is
    no part of a name, words that give orders to a language model, and scripts mixed to look like others, make
    it None.
    """
    if len(text) > 4 * MAX_NAME_CHARACTERS:
        return None
    text = unicodedata.normalize("NFC", text.strip().translate(_VARIANTS))
    text = _INVISIBLE.sub("", text)
    text = "".join(" " if c in ".," else c for c in text if unicodedata.category(c) != "Cf")
    text = unicodedata.normalize("NFC", text)  # a letter and its mark may have met only now
    words = [word.lstrip("-").rstrip("-'") for word in text.split(" ") if word.strip("-'")]
    name = " ".join(words)
    if not words or _too_many(words) or not all(_is_name_word(word) for word in words):
        return None
    if name == name.lower():
        name = unicodedata.normalize("NFC", _NAME_PART.sub(lambda part: part[0].capitalize(), name))
    return name if len(name) <= MAX_NAME_CHARACTERS and not _gives_orders(name) else None


def spoken_name(text: str, language: str = "en", expected: bool = True) -> str | None:
    """The name in what a caller said, or None.

    :param text: the transcript: "Ada", "my name's Ada Lovelace", "call me Ada please", "A D A".
    :param language: the language of the call; None is the answer for one without a grammar.
    :param expected: whether the caller was just asked for a name. If not, only "my name is ..." and its
        like count: "I'm ..." and bare words may be anything.
    """
    spoken = language_for(language)
    if spoken is None or len(text) > _MAX_HEARD:
        return None
    names = spoken.names
    text = unicodedata.normalize("NFC", text.translate(_VARIANTS)).strip()
    if re.search(r"[?\d\n]", text) or names.no_answer.search(text):
        return None
    words = _once(re.findall(r"[^\s,.!;:]+", text), names)
    lowered = [word.lower() for word in words]
    if names.refusals & set(lowered):
        return None
    start, certain = _after_frame(lowered, names)
    if start is None or not (certain or expected):
        return None
    words, lowered = words[start:], lowered[start:]
    while len(words) > 1 and lowered[0] in names.leading:
        words, lowered = words[1:], lowered[1:]
    words = _without_trailing(words, names)
    words = _spelled(words)
    if not words or _too_many(words) or _no_name_among(words, names):
        return None
    if start and " ".join(words).islower():
        # "It's ridiculous" by a recogniser that would have written "It's Ada"; "I'm wondering".
        if text != text.lower() or (not certain and names.unsure_after_frame.search(words[0])):
            return None
        if any(names.no_name_after_frame.search(word) for word in words):
            return None
    return clean_name(" ".join(words))


def is_emergency(text: str, language: str = "en") -> bool:
    """Whether a caller's words sound like an emergency, when nobody wants to be asked about voiceprints.

    It errs on the side of yes; a language without a grammar gives False.
    """
    grammar = grammar_for(language)
    if grammar is None:
        return False
    return grammar.emergency.search(grammar.thin(grammar.prepare(tokens_of(text[:2000])))) is not None


def _too_many(words: list[str]) -> bool:
    counted = [word for word in words if word.lower() not in _PARTICLES]
    return not 1 <= len(counted) <= MAX_NAME_WORDS or len(words) > _MAX_WORDS_AND_PARTICLES


def _no_name_among(words: list[str], names: NameWords) -> bool:
    allowed = names.titles if len(words) > 1 else frozenset()
    if len(words) > 1 and all(word.istitle() for word in words):
        allowed |= names.names_too
    lowered = [word.lower() for word in words]
    if lowered[-1] in names.titles:
        return True
    # "Karl von der Tann": what stands inside a name is no article.
    allowed |= _PARTICLES & frozenset(lowered[1:-1])
    return any(
        word not in allowed and (word in names.no_names or names.no_name.search(word) is not None)
        for word in lowered
    )


def _once(words: list[str], names: NameWords) -> list[str]:
    """ "Sam, it's Sam" is Sam: what stands before a frame that says it again goes."""
    again = re.fullmatch(rf"(\S+) ({names.repeats} \1\b.*)", " ".join(words), re.I)
    return again[2].split(" ") if again else words


def _is_name_word(word: str) -> bool:
    marks = 0
    scripts = set()
    if not unicodedata.category(word.lstrip("'")[:1] or " ").startswith("L"):
        return False
    if "--" in word or "''" in word:
        return False
    for c in word:
        kind = unicodedata.category(c)
        marks = marks + 1 if kind.startswith("M") else 0
        if marks > _MAX_MARKS or not (kind[0] in "LM" or c in "'-"):
            return False
        described = unicodedata.name(c, "")
        if unicodedata.normalize("NFKC", c) != c or "SMALL CAPITAL" in described or "MODIFIER" in described:
            return False
        scripts.add(described.split(" ", 1)[0])
    # Cyrillic letters among Latin ones spell words that a word list does not find.
    return len(scripts & {"LATIN", "CYRILLIC", "GREEK"}) <= 1


def _gives_orders(name: str) -> bool:
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.category(c).startswith("M")
    )
    parts = re.findall(r"[^\s'-]+", plain)
    joined = [re.sub(r"['-]", "", word) for word in plain.split(" ")]
    return bool(_orders() & {*parts, *joined, "".join(joined)})


@functools.lru_cache(maxsize=1)
def _orders() -> frozenset[str]:
    """Of all languages: the model that reads a name understands them all."""
    spoken = (language_for(code) for code in LANGUAGES)
    return frozenset().union(*(language.names.orders for language in spoken if language is not None))


def _after_frame(words: list[str], names: NameWords) -> tuple[int | None, bool]:
    """Where the name starts (None: nowhere), and whether the words around it leave no doubt."""
    text = " ".join(words)
    lead = f"(?:(?:{'|'.join(sorted(names.leading))}) )*"
    surely, maybe = names.says_name, names.may_say_name
    # "My name is Margaret but you can call me Maggie": the last word on it counts.
    for pattern, certain in (
        (rf"{lead}(?:{surely}|{maybe}) (?:\S+ ){{1,4}}?{names.bridges} {surely} ", True),
        (rf"{lead}{surely} ", True),
        (rf"{lead}{maybe} ", False),
    ):
        if found := re.match(pattern, text):
            return found[0].count(" "), certain
    return (0, text.endswith(names.says_name_after)) if words else (None, False)


def _without_trailing(words: list[str], names: NameWords) -> list[str]:
    ending = re.search(rf"(?: {names.trailing})+$", " ".join(words).lower())
    return words[: len(words) - ending[0].count(" ")] if ending else words


def _spelled(words: list[str]) -> list[str]:
    """ "A D A" and "Ada A D A" are Ada; two letters are initials."""
    letters = [word for word in words if len(word) == 1 and word.isalpha()]
    split = [part for word in words for part in word.split("-")]
    if len(words) == 1 and len(split) > 2 and all(len(part) == 1 for part in split):
        letters = words = split
    told = len(words) - len(letters)
    if len(letters) < 2 or told > 1 or words[told:] != letters:
        return words
    joined = "".join(letters)
    return [joined.upper() if len(letters) == 2 and not told else joined.lower()]
