"""What the agent says about being remembered in the language of a call, and whether it said it."""

from __future__ import annotations

import difflib
import re
import unicodedata

from opusagent_voiceprint.consent.language import Speech, language_for
from opusagent_voiceprint.consent.script import ConsentScript
from opusagent_voiceprint.settings import speaks_of_itself

__all__ = ["ConsentScript", "default_script", "english_script", "matches_script", "retention_in_words"]

_DAYS_A_YEAR = 365


def default_script(language: str, organization: str, retention_days: int) -> ConsentScript | None:
    """The script of a language, or None if there is none; then nobody is asked in it.

    :param organization: who remembers; "we" and "us" make the agent speak of itself.
    :param retention_days: days without a call after which everything is deleted.
    """
    spoken = language_for(language)
    if spoken is None:
        return None
    named = "" if speaks_of_itself(organization) else " ".join(organization.split())
    return spoken.script(named, _retention(retention_days, spoken.speech))


def english_script(organization: str, retention_days: int) -> ConsentScript:
    """The English script; for the arguments see :func:`default_script`."""
    script = default_script("en", organization, retention_days)
    if script is None:
        raise LookupError("the English script is missing from this installation; install it again")
    return script


def retention_in_words(days: int, language: str = "en") -> str:
    """A number of days as it is spoken: "a year", "two years", "ninety days", "182 days".

    :raises ValueError: for a language that has no script.
    """
    spoken = language_for(language)
    if spoken is None:
        raise ValueError(f"no script is written in the language {language!r}; choose one that has a script")
    return _retention(days, spoken.speech)


def _retention(days: int, speech: Speech) -> str:
    years, rest = divmod(days, _DAYS_A_YEAR)
    if years and not rest:
        return speech.year if years == 1 else speech.years.format(speech.numerals.get(years, years))
    return speech.day if days == 1 else speech.days.format(speech.numerals.get(days, days))


def matches_script(spoken: str, script_text: str, language: str = "en") -> bool:
    """Whether a transcript of the agent says all that the script says.

    Case, punctuation, digits for number words and a recogniser's slips in single words are forgiven. Not
    forgiven: less than nine tenths in common, anything missing from the last clause, a word of content left
    out or put in another's place, another number, or a "not" too many or too few.

    :param language: the language of the script; in one that the package does not know, every word counts.
    """
    known = language_for(language)
    heard = _Heard(known.speech if known else None)
    said, wanted = heard.words(spoken), heard.words(script_text)
    if not wanted or len(said) > 3 * len(wanted):
        return said == wanted
    compared = difflib.SequenceMatcher(None, wanted, said, autojunk=False)
    if compared.ratio() < 0.9 or heard.negations(said) != heard.negations(wanted):
        return False
    tail = len(wanted) - heard.last_clause(script_text)
    for kind, start, end, said_start, said_end in compared.get_opcodes():
        ours, theirs = "".join(wanted[start:end]), "".join(said[said_start:said_end])
        if ours != theirs and re.search(r"\d", ours + theirs):
            return False
        if kind in ("equal", "insert"):
            continue
        if end > tail and ours != theirs:
            return False
        slip = difflib.SequenceMatcher(None, ours, theirs, autojunk=False).ratio() >= 0.6
        if not slip and any(word not in heard.small_words for word in wanted[start:end]):
            return False
    return True


class _Heard:
    """The words of sentences in one language, made alike."""

    def __init__(self, speech: Speech | None) -> None:
        self._written_out = speech.written_out if speech else ()
        self._digits = (
            {word.casefold(): str(number) for number, word in speech.numerals.items()} if speech else {}
        )
        self._negations = speech.negations if speech else frozenset()
        self.small_words = speech.small_words if speech else frozenset()

    def words(self, text: str) -> list[str]:
        text = unicodedata.normalize("NFKC", text).casefold()
        for found, written in self._written_out:
            text = re.sub(found, written, text)
        return [self._digits.get(word, word) for word in re.findall(r"[^\W_]+", text)]

    def negations(self, words: list[str]) -> list[str]:
        return [word for word in words if word in self._negations]

    def last_clause(self, script_text: str) -> int:
        """How many words the last clause has; one of less than four words takes the clause before with it."""
        clauses = [len(self.words(clause)) for clause in re.split(r"[.,;:?!]+", script_text)]
        count = 0
        for clause in reversed(clauses):
            count += clause
            if count >= 4:
                break
        return count
