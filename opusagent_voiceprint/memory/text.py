"""Text that is safe to keep and to show: cleaned, without secrets, and of bounded length."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

__all__ = ["clean_text", "one_line", "shorten", "shown_name", "without_secrets"]

_MAX_READ = 4000
_MAX_NAME = 40

# Letters and marks that nobody sees: fillers, joiners and variation selectors, in which texts can be hidden.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_DELIMITERS = re.compile(r"[<>`{}\[\]|\\]+")
_ROLE = re.compile(
    r"\b(?:system|assistant|user|developer|tool|function|human|ai)\s*[:\uff1a]+", re.IGNORECASE
)

_REMOVED_NUMBER = "(number removed)"
_REMOVED_ADDRESS = "(address removed)"
_EMAIL = re.compile(
    r"[^\s@<>]{1,64}@[^\s@<>]{1,128}"
    r"|\b[\w.+-]{1,64}(?: (?:dot|underscore|dash|hyphen) [\w-]{1,64}){0,4}"
    r" at [\w-]{1,64}(?: dot [\w-]{1,24}){1,4}\b",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d(?:[\s\-\u2010-\u2015./,()+]{0,3}\d){3,}")
_CODE = re.compile(r"\b(?=\w{0,40}[^\W\d_])(?:[^\W\d_]{0,12}\d){3}\w*")
_NUMBER_WORD = (
    r"(?:zero|oh|nought|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
    r"|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
    r"|hundred|thousand|double|triple|\d{1,3})"
)
_SPOKEN_DIGITS = re.compile(
    rf"\b{_NUMBER_WORD}(?:[\s,.\-]{{1,3}}(?:and )?{_NUMBER_WORD}){{2,}}\b", re.IGNORECASE
)
# What stands beside such a word may be the secret itself, in any order, so the whole sentence goes.
_SECRET = re.compile(
    r"\b(?:pass ?(?:words?|phrases?|codes?)|p\.? ?i\.? ?n|pins|c\.? ?v\.? ?[vc]2?|ssn|otps?|o t p"
    r"|security (?:codes?|answers?|questions?|numbers?|words?)|social security|one[ -]?time[ -]?\w+"
    r"|(?:verification|access|authentication|authori[sz]ation|confirmation|recovery|activation|unlock) codes?"
    r"|memorable (?:\w+)|secret(?: \w+)? (?:is|was)|secret (?:words?|answers?|questions?|codes?|phrases?)"
    r"|maiden name|log-?ins?|(?:my|the|your) log in|user ?names?|credentials|iban|sort code"
    r"|passport number)\b",
    re.IGNORECASE,
)
# "My password is. Swordfish."
_SECRET_FOLLOWS = re.compile(r"(?:\b(?:is|are|was|it's|its|equals|to)|[:=])\W*$", re.IGNORECASE)
_FEW_WORDS = 2
_NUMBERED = re.compile(
    r"\b(?:routing|account|card|member|membership|customer) number\b"
    r"(?P<value>\s*(?:[:=]|(?:\bis|\bwas|\bit's|\bits|\bequals|'s)\b)\s*)"
    # "my card number is not accepted" is a request, and gives nothing away.
    r"(?!\s*(?:not|wrong|expired|locked|blocked|broken|missing|lost|gone|too|being|no longer|invalid)\b)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+")


def one_line(text: str) -> str:
    """NFC, no control, format, private, unassigned or invisible characters, single spaces for white space."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text[:_MAX_READ]))
    kept = []
    for c in text:
        kind = unicodedata.category(c)
        if c.isspace() or kind in ("Zl", "Zp"):
            kept.append(" ")
        elif not kind.startswith("C"):
            kept.append(c)
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())


def clean_text(text: str, limit: int) -> str:
    """Text fit to be stored: one line without delimiters or role markers, of at most ``limit`` characters."""
    text = _DELIMITERS.sub(" ", _in_ascii(one_line(text)))
    # Taking one marker out must not put another together: "sys system: tem:".
    while (without := _ROLE.sub(" ", text)) != text:
        text = " ".join(without.split())
    return shorten(" ".join(text.split()), limit)


def shown_name(name: str | None) -> str | None:
    """A name as the model may be given it: letters, marks, spaces, hyphens and apostrophes; or None."""
    letters = "".join(
        c if c in "'-" or unicodedata.category(c)[0] in "LM" else " " for c in one_line(name or "")
    )
    return shorten(re.sub(r"\s+", " ", letters).strip(), _MAX_NAME) or None


def shorten(text: str, limit: int) -> str:
    """At most ``limit`` characters, cut between words where there is a place to, and marked as cut."""
    if len(text) <= limit:
        return text
    cut = text[: max(limit - 1, 0)]
    at = cut.rfind(" ")
    return (cut[:at] if at >= limit // 2 else cut).rstrip(" ,;:-") + "\u2026"[: max(limit, 0)]


def without_secrets(text: str) -> str:
    """The text without e-mail addresses, long numbers, codes, and sentences about passwords and the like.

    Long is four digits in figures, however grouped, or three number words in a row. A sentence that breaks
    off before the secret ("My password is.") takes the next one with it.
    """
    text = " ".join(_harmless(_SENTENCE_END.split(_in_ascii(one_line(text)))))
    if found := _NUMBERED.search(text):
        text = text[: found.start("value")].rstrip() + " (removed)"
    text = _EMAIL.sub(_REMOVED_ADDRESS, text)
    text = _DIGITS.sub(_REMOVED_NUMBER, text)
    text = _SPOKEN_DIGITS.sub(_REMOVED_NUMBER, text)
    return _CODE.sub(_REMOVED_NUMBER, text)


def _harmless(sentences: Iterable[str]) -> list[str]:
    kept = []
    breaks_off = False
    for sentence in sentences:
        secret = _SECRET.search(sentence) is not None
        if not secret and not breaks_off:
            kept.append(sentence)
        breaks_off = secret and (
            _SECRET_FOLLOWS.search(sentence) is not None or len(sentence.split()) <= _FEW_WORDS
        )
    return kept


def _in_ascii(text: str) -> str:
    """Fullwidth, mathematical and other variants of a character of ASCII as that one: models read both."""
    return "".join(_variant_of(c) for c in text)


def _variant_of(c: str) -> str:
    plain = c if c.isascii() else unicodedata.normalize("NFKC", c)
    return plain if len(plain) == 1 and plain.isascii() else c
