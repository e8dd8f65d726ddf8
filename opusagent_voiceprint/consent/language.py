"""What the package knows of one language, and the language of a tag."""

from __future__ import annotations

import functools
import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from opusagent_voiceprint.consent.grammar import Grammar
from opusagent_voiceprint.consent.languages import LANGUAGES
from opusagent_voiceprint.consent.script import ConsentScript

__all__ = ["IdentityWords", "Language", "NameWords", "Speech", "language_for"]


@dataclass(frozen=True)
class Speech:
    """How the agent's own sentences sound in a language, and how a transcript may write them down.

    ``numerals`` are the numbers that are said as one word; others are said as digits. ``year``, ``years``,
    ``day`` and ``days`` stand in the script after the language's word for "after"; ``{}`` is the number.
    ``written_out`` makes case-folded spellings alike, and comes before ``numerals``. ``negations`` must
    agree in number and order between script and transcript; ``small_words`` may be misheard.
    """

    numerals: Mapping[int, str]
    year: str
    years: str
    day: str
    days: str
    negations: frozenset[str]
    small_words: frozenset[str]
    written_out: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class NameWords:
    """How callers give their name in a language; words and patterns are in lower case.

    Patterns are lists for :func:`~opusagent_voiceprint.consent.patterns.alternatives`. ``says_name`` leaves
    no doubt, ``may_say_name`` counts only if a name was asked for, ``bridges`` lead from one name to the one
    that is wanted ("but"), ``repeats`` say a name again. ``says_name_after`` ends an utterance whose first
    words are the name.

    ``refusals`` and ``no_answer`` anywhere mean that no name was given; ``no_names`` are words that are no
    part of one, ``names_too`` are those that may be one beside another capitalised word, ``titles`` those
    that may stand before one. ``no_name`` is searched in each word; ``no_name_after_frame`` in each word of
    an utterance in lower case; ``unsure_after_frame`` in the first word after ``may_say_name``. ``orders``
    turn a "name" into an instruction to a language model; they are refused in every language.
    """

    leading: frozenset[str]
    trailing: str
    says_name: str
    may_say_name: str
    says_name_after: str
    bridges: str
    repeats: str
    refusals: frozenset[str]
    no_answer: re.Pattern[str]
    no_names: frozenset[str]
    names_too: frozenset[str]
    titles: frozenset[str]
    no_name: re.Pattern[str]
    no_name_after_frame: re.Pattern[str]
    unsure_after_frame: re.Pattern[str]
    orders: frozenset[str]


@dataclass(frozen=True)
class IdentityWords:
    """How it is asked, said and denied in a language that the caller is the person of a stored name.

    Patterns search one sentence's prepared words, in which ``NAME`` stands for that name, ``WORD`` for a
    first name that may be a word, ``TITLED`` for a title and its surname alone, ``WHOSE`` for its genitive,
    and ``THEN`` behind a name for its end. ``titles`` stand before names; ``name_words`` are first names
    and ordinary words, without accents.

    ``asks`` is the agent's question, ``says`` the caller's own statement. ``that_is_me`` and ``yes`` are
    whole answers to the question, of which a ``yes`` may as well answer another. ``denies`` counts at any
    time, unless what stands before it matches ``reported``; ``wrong_person`` when the agent has just used
    the name; ``stands_in`` when it has just asked, and so does ``no``, unless the turn says the name.
    ``own_name`` begins a sentence with which a caller who was asked gives a name as theirs, ``corrects``
    one of a caller who was called by another. ``not_me`` and ``corrects_with_no`` do the like, unless the
    agent has just asked something else; its ``offers`` of help are no such question. ``no_apart`` is a no
    that a comma sets apart, where it would negate the verb behind it.
    """

    titles: frozenset[str]
    name_words: frozenset[str]
    asks: tuple[re.Pattern[str], ...]
    says: tuple[re.Pattern[str], ...]
    yes: re.Pattern[str]
    that_is_me: re.Pattern[str]
    denies: tuple[re.Pattern[str], ...]
    reported: re.Pattern[str]
    wrong_person: tuple[re.Pattern[str], ...]
    stands_in: tuple[re.Pattern[str], ...]
    no: tuple[re.Pattern[str], ...]
    own_name: tuple[re.Pattern[str], ...]
    corrects: tuple[re.Pattern[str], ...]
    corrects_with_no: tuple[re.Pattern[str], ...]
    not_me: tuple[re.Pattern[str], ...]
    offers: re.Pattern[str]
    no_apart: str = ""


@dataclass(frozen=True)
class Language:
    """One language: its grammar of consent, what the agent says in it, and how names are given.

    ``grammar`` and ``identity`` compile theirs, which takes a while; ``script`` takes the organization (""
    for an agent that speaks of itself) and how long a voiceprint is kept, in the words of ``speech``.
    """

    code: str
    grammar: Callable[[], Grammar] = field(repr=False)
    script: Callable[[str, str], ConsentScript] = field(repr=False)
    speech: Speech = field(repr=False)
    names: NameWords = field(repr=False)
    identity: Callable[[], IdentityWords] = field(repr=False)


def language_for(tag: str) -> Language | None:
    """The language of a tag ("en", "en-GB", "de_AT"), or None if the package does not speak it."""
    code = tag.replace("_", "-").split("-", 1)[0].lower()
    return _language(code) if code in LANGUAGES else None


@functools.lru_cache(maxsize=len(LANGUAGES))
def _language(code: str) -> Language:
    module = importlib.import_module(f"opusagent_voiceprint.consent.languages.{code}")
    language = module.LANGUAGE
    if not isinstance(language, Language):
        raise TypeError(f"{module.__name__}.LANGUAGE must be a Language, not {type(language).__name__}")
    return language
