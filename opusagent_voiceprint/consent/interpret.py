"""What a caller's words mean when they are, or may be, about being remembered: a grammar in code decides."""

from __future__ import annotations

import functools
import re
import unicodedata

from opusagent_voiceprint.consent.acute import acute_words
from opusagent_voiceprint.consent.grammar import Answer, Grammar, Rule, found_in
from opusagent_voiceprint.consent.language import language_for

__all__ = [
    "Answer",
    "Grammar",
    "Rule",
    "asks_to_be_remembered",
    "grammar_for",
    "interpret",
    "is_acute",
    "puts_on_hold",
    "tokens_of",
]

MAX_CHARACTERS = 2000
"""Longer texts are read at both ends: a withdrawal is heard, a yes would not be one any more."""

MAX_YES_CHARACTERS = 160
"""An express yes is short; this also bounds the work of the whole-utterance match."""


_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u02bb\u2032\u00b4`\uff07", "'"))
_DASH = r"[\-\u2010-\u2015]"
_SENTENCE_END = re.compile(rf"[.!;:\n\u2026]+|{_DASH}+\s*$")
_CUT_OFF = re.compile(rf"(?:\.\s?){{2,}}\s*$|\u2026\s*$|{_DASH}[\s.,!]*$")
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[^\s.,!;:\-\u2010-\u2015]|\u2026")


def tokens_of(text: str) -> str:
    """The words of a transcript, in lower case and one space apart.

    Commas, full stops and hyphens go. Every other character that is not part of a word stays as a token
    of its own, so that a question mark, a quotation mark or a trailing "..." or dash spoils a yes.
    """
    text = unicodedata.normalize("NFC", text.translate(_APOSTROPHES)).lower()
    text = _CUT_OFF.sub(" ~", text).replace("\u2026", " ")
    return " ".join(_TOKEN.findall(text))


def grammar_for(language: str) -> Grammar | None:
    """The grammar of a language tag ("en", "en-GB"), compiled at its first use; None if there is none."""
    spoken = language_for(language)
    return None if spoken is None else _compiled(spoken.code)


@functools.cache
def _compiled(code: str) -> Grammar | None:
    spoken = language_for(code)
    return None if spoken is None else spoken.grammar()


def interpret(text: str, language: str = "en", *, asked: bool = True) -> Answer:
    """Say what an utterance means for being remembered.

    :param text: the transcript of what the caller said; of any length, with or without punctuation.
    :param language: the language of the call; one without a grammar gives ``UNCLEAR``.
    :param asked: whether the consent question is open. "Please don't remember me" answers an open
        question with no; said out of the blue it takes back a consent. "Delete everything" takes one back
        while a question is open, and may be about an order otherwise.
    :return: the answer. Only ``YES`` is consent, and only if the whole question was heard before.

    A yes has to match from the first word to the last; everything that refuses is searched for anywhere.
    A miss of the grammar is therefore a refusal or unclear, never consent. Of several finds the one that
    protects the caller most counts: a withdrawal must not be lost in a sentence that also refuses; then
    "never", which binds longest; then who may not decide at all; then no before later, and any of them
    before a question, since the question can be put again to somebody who did not refuse.
    """
    grammar = grammar_for(language)
    if grammar is None:
        return Answer.UNCLEAR
    text = _both_ends(text)
    words = grammar.prepare(tokens_of(text))
    searched, sentences = grammar.thin(words), _sentences(text, grammar)
    more = grammar.withdrawals_while_asked if asked else grammar.standing_refusals
    if any(rule.found_in(part) for rule in (*grammar.withdrawals, *more) for part in (searched, *sentences)):
        return Answer.WITHDRAW
    for rule in grammar.rules:
        if rule.found_in(searched):
            return rule.answer
    if len(words) <= MAX_YES_CHARACTERS and grammar.yes.fullmatch(words):
        return Answer.YES
    return Answer.UNCLEAR


_NO_REQUEST = frozenset({Answer.WITHDRAW, Answer.NEVER, Answer.MINOR, Answer.THIRD_PARTY})


def asks_to_be_remembered(text: str, language: str = "en") -> bool:
    """Whether a caller asks, unasked, to be remembered or to have their voice kept.

    This is no consent, and enrolls nobody: it says that the consent question may be put. Words that also take
    a consent back, or come from a child or for somebody else, are no such request. A language without a
    grammar gives False.
    """
    grammar = grammar_for(language)
    if grammar is None:
        return False
    sentences = _sentences(_both_ends(text), grammar)
    if not any(found_in(part, grammar.requests, grammar.no_requests_after) for part in sentences):
        return False
    return interpret(text, language, asked=False) not in _NO_REQUEST


# In all languages, of which the agent may mix some; what is a filler is gone by then.
_COURTESY = re.compile(
    r"[^\w]*(?:(?:please|thanks?|thank you|very much|so much|a lot|sir|madam|bitte|danke(?: schon)?"
    r"|vielen dank"
    r"|schonen dank|por favor|(?:muchas )?gracias|merci(?: beaucoup| bien)?|svp|sil vous plait)[^\w]*)*"
)


def puts_on_hold(text: str, language: str = "en") -> bool:
    """Whether somebody, the caller or the agent, asks the other to wait.

    The last sentence decides, but for thanks and a "please" after it: who goes on speaking does not wait.
    In doubt it does: then a question that is no hurry waits a little. A language without a grammar gives
    False.
    """
    grammar = grammar_for(language)
    if grammar is None:
        return False
    sentences = [part for part in _sentences(_both_ends(text), grammar) if not _COURTESY.fullmatch(part)]
    return bool(sentences) and found_in(sentences[-1], grammar.holds, grammar.no_holds_after)


def is_acute(text: str, language: str = "en") -> bool:
    """Whether a caller asks for help this moment, or says what is happening this moment.

    Unlike :func:`~opusagent_voiceprint.consent.is_emergency` it errs on the side of no: a sentence that
    reports something past, or is about a claim or a number, is none. A language without a grammar gives
    False.
    """
    grammar, spoken = grammar_for(language), language_for(language)
    words = None if spoken is None else acute_words(spoken.code)
    if grammar is None or words is None:
        return False
    return any(
        found_in(part, words.patterns, words.not_after) and not words.reported.search(part)
        for part in _sentences(_both_ends(text), grammar)
    )


def _both_ends(text: str) -> str:
    if len(text) <= MAX_CHARACTERS:
        return text
    half = MAX_CHARACTERS // 2
    return f"{text[:half]} ~ {text[-half:]}"


def _sentences(text: str, grammar: Grammar) -> list[str]:
    """By the sentence: "Never. Delete my voiceprint." is not "never delete my voiceprint"."""
    return [grammar.thin(grammar.prepare(tokens_of(part))) for part in _SENTENCE_END.split(text)]
