"""Whether a caller says on a call that they are a certain person, or that they are not: decided in code."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from opusagent_voiceprint.consent.grammar import found_in
from opusagent_voiceprint.consent.interpret import grammar_for
from opusagent_voiceprint.consent.language import IdentityWords, Language, language_for
from opusagent_voiceprint.consent.names import spoken_name
from opusagent_voiceprint.consent.patterns import without_accents
from opusagent_voiceprint.consent.stored_name import StoredName, same_name

__all__ = [
    "Addressed",
    "Claim",
    "addressed",
    "asks_something_else",
    "claim_of",
    "compile_identity",
    "same_name",
]

_MOST_AT_ONCE = 400
"""Characters of one sentence: a longer one, by a recogniser that writes no full stops, is read in parts."""
_GOES_ON = " *"

_FEW_WORDS = 3
"""Of a sentence that is one with the next, as in "I'm not. I'm Grace" or "No. This is Grace"."""

# "My colleague said: I am Ada." and "This is Ada... 's husband." are one sentence each.
_SENTENCE = re.compile(r"(?<=\?)\s+|[.!;\n\u2026]+(?!\s*['\u2019][sS]\b)(?:\s+|$)")
_TITLE_STOP = re.compile(r"\b((?:mr|mrs|ms|dr|prof|sr|sra|srta|dra|mme|mlle|hr|fr|m))\.", re.IGNORECASE)
_NO_COMMA = re.compile(r"((?:^|[.!?]\s)\W{0,8})no,\s+", re.IGNORECASE)
_LEADING_NO = re.compile(
    r"^\W*(?:(?:no|nope|nop|nein|nee|non|nan|(?:i'?m |i am |je suis )?(?:sorry|d[eé]sol[eé]e?)|actually"
    r"|tut mir leid|entschuldigung|verzeihung|perd[oó]ne?|disculpe|lo siento|pardon)\b[\s.,]*)+",
    re.IGNORECASE,
)


class Claim(str, Enum):
    """What a caller's turn says of the person that the voice was recognised as."""

    NONE = "none"
    IS = "is"
    IS_NOT = "is_not"


class Addressed(str, Enum):
    """What an agent's turn says of a person's name.

    ``ASKED``: its last sentence asks whether it is the caller's. ``HALF_ASKED`` the same by title and surname
    alone, which others of a family share, or in a turn that was cut short. ``NAMED``: it uses the name.
    ``QUESTIONED``: the same, and its last sentence asks something else, to which a no may be the answer.
    """

    NOT = "not"
    NAMED = "named"
    QUESTIONED = "questioned"
    HALF_ASKED = "half_asked"
    ASKED = "asked"


_ASKED = (Addressed.ASKED, Addressed.HALF_ASKED)


@dataclass(frozen=True, slots=True)
class _Turn:
    """A turn's sentences as they were written, prepared with the name marked, and the same without THEN."""

    originals: list[str]
    marked: list[str]
    plain: list[str]

    def names(self) -> bool:
        return any({"NAME", "TITLED"} & set(each.split()) for each in self.plain)


def addressed(text: str, language: str, name: str, *, interrupted: bool = False) -> Addressed:
    """What an agent's turn says of a stored name. A language without patterns gives ``NOT``."""
    spoken = language_for(language)
    if spoken is None:
        return Addressed.NOT
    words = _compiled(spoken.code)
    turn = _read(text, spoken, _stored(name, spoken, words), alone=True)
    last = next(_found(words.asks, [each for each in turn.plain if each][-1:]), None)
    if last is not None:
        by_name = "TITLED" not in last
        return Addressed.ASKED if by_name and not interrupted else Addressed.HALF_ASKED
    if not turn.names():
        return Addressed.NOT
    return Addressed.QUESTIONED if _asks_else(turn, words) else Addressed.NAMED


def asks_something_else(text: str, language: str) -> bool:
    """Whether an agent's turn, which asks nobody who they are, ends in a question but no offer of help."""
    spoken = language_for(language)
    if spoken is None:
        return False
    words = _compiled(spoken.code)
    return _asks_else(_read(text, spoken, _stored("", spoken, words), alone=False), words)


def claim_of(
    text: str,
    language: str,
    name: str,
    *,
    after: Addressed = Addressed.NOT,
    early: bool | None = None,
) -> Claim:
    """What a caller's turn claims.

    :param text: the transcript.
    :param language: the language of the call; one without patterns gives ``NONE``.
    :param name: the stored name of whom the voice was recognised as.
    :param after: what the agent said of that name: in the turn directly before it, or ``NAMED`` a little
        earlier.
    :param early: whether the caller began before that turn, so that a yes or no is no answer to it; None
        where nobody knows. Then a bare yes confirms nothing either.
    :return: ``IS`` only for an express yes to the question by name, or for the name given as one's own. Where
        a turn says both it is ``IS_NOT``: a false one costs a greeting, a missed one a person's privacy.
    """
    spoken = language_for(language)
    if spoken is None:
        return Claim.NONE
    words = _compiled(spoken.code)
    if early and after in _ASKED:
        after = Addressed.NAMED
    asked = after in _ASKED
    stored = _stored(name, spoken, words)
    text = _NO_COMMA.sub(rf"\1{words.no_apart} ", text) if words.no_apart else text
    turn = _read(text, spoken, stored, alone=after is not Addressed.NOT)
    if _denies(turn, words, after):
        return Claim.IS_NOT
    claims = _read(text, spoken, stored, alone=asked).plain
    in_parts = any(each.endswith(_GOES_ON) for each in turn.originals)
    if not in_parts and any(_found(words.says, claims)):
        return Claim.IS
    answer = " ".join(claims)
    if after is Addressed.ASKED and (
        words.that_is_me.fullmatch(answer) or (early is False and words.yes.fullmatch(answer))
    ):
        return Claim.IS
    if after is not Addressed.NOT and any(
        stored.clearly_differs_from(each) for each in _own_names(turn, words, language, after)
    ):
        return Claim.IS_NOT
    return Claim.NONE


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


def _stored(name: str, spoken: Language, words: IdentityWords) -> StoredName:
    return StoredName(name, spoken, words.titles, words.name_words)


def _asks_else(turn: _Turn, words: IdentityWords) -> bool:
    last = turn.plain[-1] if turn.plain else ""
    return bool(turn.originals) and turn.originals[-1].endswith("?") and not words.offers.search(last)


def _denies(turn: _Turn, words: IdentityWords, after: Addressed) -> bool:
    said = [*turn.marked, *turn.plain]
    if any(found_in(each, words.denies, words.reported) for each in said):
        return True
    if after is Addressed.NOT:
        return False
    patterns = words.wrong_person + (() if after is Addressed.QUESTIONED else words.not_me)
    if after in _ASKED:
        # "No, it's Miss Lovelace": whoever says the name says more than no.
        patterns += words.stands_in if turn.names() else words.stands_in + words.no
    return any(_found(patterns, said))


def _own_names(turn: _Turn, words: IdentityWords, language: str, after: Addressed) -> Iterator[str]:
    """The names that a caller gives as their own; of one who was not asked, only those that correct."""
    text, before, asked = " ".join(turn.originals), "", after in _ASKED
    corrects = words.corrects + (() if after is Addressed.QUESTIONED else words.corrects_with_no)
    for original, sentence in zip(turn.originals, turn.plain, strict=True):
        frames = words.own_name + corrects if asked else corrects
        said = (sentence, f"{before} {sentence}".strip())
        if any(each.search(words_said) for each in frames for words_said in said):
            # Without capitals "no, I'm done" is a name like any other.
            given = spoken_name(_LEADING_NO.sub("", original), language, expected=asked or _cased(text))
            if given is not None:
                yield given
        before = sentence if len(sentence.split()) <= _FEW_WORDS else ""


def _found(patterns: tuple[re.Pattern[str], ...], sentences: list[str]) -> Iterator[str]:
    return (found[0] for sentence in sentences for pattern in patterns if (found := pattern.search(sentence)))


def _cased(text: str) -> bool:
    return text not in (text.lower(), text.upper())


def _read(text: str, spoken: Language, stored: StoredName, *, alone: bool) -> _Turn:
    grammar, cased = grammar_for(spoken.code), _cased(text)
    if grammar is None:
        return _Turn([], [], [])
    originals = list(_split(text))
    marked = []
    for each in originals:
        named = stored.marked_in(each, cased=cased, alone=alone)
        prepared = grammar.thin(without_accents(grammar.prepare(named))).replace("\u00bf ", "")
        marked.append(prepared)
    return _Turn(originals, marked, [re.sub(r"\bTHEN ", "", each) for each in marked])


def _split(text: str) -> Iterator[str]:
    for part in _SENTENCE.split(_TITLE_STOP.sub(r"\1", text)):
        rest, mark = (part or "").strip(), ""
        while len(rest) > _MOST_AT_ONCE:
            # The next part is marked as one, so that nothing in it stands at the beginning of a sentence.
            at = rest.rfind(" ", _MOST_AT_ONCE // 2, _MOST_AT_ONCE)
            end = at if at > 0 else _MOST_AT_ONCE
            yield mark + rest[:end] + _GOES_ON
            overlap = rest.rfind(" ", 0, max(end - 60, 1))
            rest, mark = rest[overlap if overlap > 0 else end :].strip(), "* "
        if rest:
            yield mark + rest
