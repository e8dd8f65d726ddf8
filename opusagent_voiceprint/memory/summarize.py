"""Notes of one call in the caller's own words: the sentences that carry the request, and a few facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from opusagent_voiceprint.memory.notes import MAX_FACT_CHARACTERS, MAX_SUMMARY_CHARACTERS
from opusagent_voiceprint.memory.text import clean_text, shorten, without_secrets
from opusagent_voiceprint.models import CallNotes

__all__ = ["default_notes"]

MAX_FACTS = 5
_MAX_SENTENCES = 200
_CALLER = "caller"

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_ABBREVIATION = re.compile(r"\b(Mr|Mrs|Ms|Dr|St|No)\.\s", re.IGNORECASE)

_OPENING = re.compile(
    r"^(?:(?:um+|uh+|er|well|so|okay|ok|yes|yeah|no|oh|hi|hello|hey|good (?:morning|afternoon|evening)|thanks"
    r"|thank you(?: very much)?|please|sorry|right|there|actually|and|but|then)\b[\s,.!-]*)+",
    re.IGNORECASE,
)
# What the consent dialogue is made of is no part of the caller's request.
_DIALOGUE = re.compile(
    r"\b(?:voice ?prints?|my voice|your voice|remember(?:ed)? me|recogni[sz]e(?:d)? me|forget me|my name(?:'s| is)"
    r"|call me (?!back|in|at|on|before|after|tomorrow|when|later|about)|biometric|i (?:consent|agree)\b|you may)\b",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"\b(?:i(?: am|'m|m)? (?:need|want|calling|ringing|phoning|looking|trying|having|waiting|ordered|bought|received"
    r"|missed|lost|forgot|have(?: got)? (?:a )?(?:problem|question))|i(?: would|'d|d) like|can you|could you|can i|could i"
    r"|how (?:do|can|much|long)|when (?:will|is|can)|where is|is it possible|my \w+(?: \w+)? (?:is|has|was|will|does|did"
    r"|isn't|hasn't|won't|doesn't|didn't)|problem|broken|not work(?:ing)?|doesn't work|cancel|change|book|order|refund"
    r"|return|appointment|reservation|invoice|bill|delivery|account|question about|help (?:me )?with)\b",
    re.IGNORECASE,
)
_SMALL_WORDS = frozenset(
    ["a", "an", "the", "and", "or", "but", "to", "of", "in", "on", "at", "for", "with", "is", "are", "was", "were", "be", "am", "i", "you", "he", "she", "it", "we", "they", "me", "my", "your", "his", "her", "our", "their", "this", "that", "there", "here", "so", "just", "please", "yes", "no", "not", "do", "does", "did", "have", "has", "had", "can", "could", "will", "would", "well", "okay", "ok", "thanks", "thank", "um", "uh", "hi", "hello", "bye", "good", "morning", "afternoon", "evening", "sorry", "very", "really", "what", "right"]
)
# Kinds of data that need a consent of their own are not noted, whoever mentions them.
_SENSITIVE = re.compile(
    r"\b(?:cancer|hiv|aids|tumou?r|depress\w*|anxiety|bipolar|schizo\w*|suicid\w*|diagnos\w*|disease|illness|disabled"
    r"|disabilit\w*|diabet\w*|epilep\w*|dementia|pregnan\w*|miscarriage|abortion|addict\w*|alcoholic|rehab|chemo\w*"
    r"|therap(?:y|ist)|psychiatr\w*|medication|surgery|gay|lesbian|bisexual|transgender|transsexual|sexual\w*|muslim"
    r"|islam|jewish|christian faith|catholic|hindu|buddhist|atheist|religio\w*|trade union|political\w*|asylum"
    r"|immigration status|criminal record|convict(?:ed|ion))\b",
    re.IGNORECASE,
)

_DAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:january|february|march|april|may|june|july|august|september"
    r"|october|november|december)\b|tomorrow|next (?:week|month|year|spring|summer|autumn|fall|winter)"
    r"|the \d{1,2}(?:st|nd|rd|th)|\d{1,2}(?:st|nd|rd|th) of|\d{1,2}[/.]\d{1,2}|christmas|easter|the end of)"
)
_DATE = re.compile(
    r"\b(?P<quote>(?:my|our) (?:\w+ ){1,3}?(?:is|are|starts|ends|begins|expires|arrives|was moved to)\b[^,;]*?\b"
    + _DAY
    + r"[^,;]*|(?:i|we)(?: will|'ll| am|'m| are|'re)(?: going to)?(?: be)? (?:away|back|out|abroad|on holiday|on vacation"
    r"|travell?ing|moving|leaving|off|in hospital)\b[^,;]*?\b" + _DAY + r"[^,;]*)",
    re.IGNORECASE,
)
_PREFERENCES: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"\bi(?: would|'d)?(?: really| always| usually| much)? prefer (?P<what>[^;]+)", re.IGNORECASE
        ),
        "prefers",
    ),
    (
        re.compile(
            r"\bi (?:really )?(?:do not|don't|dont) (?:really )?(?:like|want) (?P<what>(?!to be rem|you to)[^;]+)",
            re.IGNORECASE,
        ),
        "does not like",
    ),
    (re.compile(r"\bi(?: really| always| also)? (?:like|love) (?P<what>[^;]+)", re.IGNORECASE), "likes"),
    (
        re.compile(
            r"\b(?P<quote>(?:call|phone|ring|text|write|contact|reach|e-?mail) me (?:only |back )?(?:in|at|on|by|before|after"
            r"|between|during|when|tomorrow)\b[^;,]*)",
            re.IGNORECASE,
        ),
        "asks",
    ),
)
_FACTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\bi(?: now)? live (?P<what>(?:in|at|near|on|with|by)\b[^;,]+)", re.IGNORECASE), "lives"),
    (re.compile(r"\bi(?: have|'ve)?(?: just)? moved (?P<what>to\b[^;,]+)", re.IGNORECASE), "moved"),
    (re.compile(r"\bi work (?P<what>(?:in|at|for|as|from|with)\b[^;,]+)", re.IGNORECASE), "works"),
    (
        re.compile(
            r"\bi(?: have|'ve got| have got) (?P<what>(?:a|an|two|three|four)\b (?!problem|question|issue|complaint|request"
            r"|look|feeling|idea|headache|couple|few|bit|lot|quick|small question|hard time|meeting)[^;,]+)",
            re.IGNORECASE,
        ),
        "has",
    ),
    (re.compile(r"\bi (?:own|drive) (?P<what>(?:a|an|the|two)\b[^;,]+)", re.IGNORECASE), "owns"),
    (re.compile(r"\bi(?: am|'m) (?P<what>an? (?!bit|little|few|minute)(?:\w+ ){0,3}(?:customer|member|subscriber|student"
                r"|teacher|engineer|farmer|business|owner|tenant|landlord)\b[^;,]*)", re.IGNORECASE), "is"),
)  # fmt: skip
_THIRD_PERSON = {
    "i": "they", "i'm": "they are", "i've": "they have", "i'll": "they will", "i'd": "they would", "am": "are",
    "my": "their", "mine": "theirs", "me": "them", "myself": "themselves",
}  # fmt: skip


def default_notes(call_id: str, turns: Sequence[tuple[str, str]]) -> CallNotes:
    """Notes of a call, made without a model: the same turns always give the same notes.

    :param call_id: the call; two calls with the same turns give the same notes.
    :param turns: (speaker, text) in the order spoken; only those of ``"caller"`` are read.
    :return: a summary of at most two of the caller's sentences and 240 characters, and at most five facts
        of 120 characters. Numbers of four digits and more, e-mail addresses, passwords and sentences about
        health, faith and the like are left out.
    """
    sentences = [s for s in _sentences(turns) if not _SENSITIVE.search(s)]
    return CallNotes(summary=_summary(sentences), facts=_facts(sentences))


def _sentences(turns: Iterable[tuple[str, str]]) -> list[str]:
    found: list[str] = []
    for speaker, text in turns:
        if speaker != _CALLER:
            continue
        text = _ABBREVIATION.sub(r"\1 ", text.replace("\u2019", "'"))
        for part in _SENTENCE_END.split(text[:4000]):
            sentence = clean_text(without_secrets(part), 400)
            if sentence and not _DIALOGUE.search(sentence):
                found.append(sentence)
    return found[:_MAX_SENTENCES]


def _summary(sentences: Sequence[str]) -> str:
    scored = []
    for place, sentence in enumerate(sentences):
        core = _OPENING.sub("", sentence).strip()
        content = {
            w for w in re.findall(r"[^\W\d_]+", core.lower().replace("removed", "")) if w not in _SMALL_WORDS
        }
        if len(content) < 2:
            continue
        score = 4 * min(2, len(_REQUEST.findall(core))) + min(6, len(content))
        scored.append((-score, place, core[:1].upper() + core[1:]))
    best: list[tuple[int, str]] = []
    for _, place, core in sorted(scored):
        if all(core.casefold() != known.casefold() for _, known in best):
            best.append((place, core))
        if len(best) == 2:
            break
    chosen = [core if core[-1] in ".!?\u2026" else f"{core}." for _, core in sorted(best)]
    return shorten(" ".join(chosen), MAX_SUMMARY_CHARACTERS)


def _facts(sentences: Sequence[str]) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for sentence in sentences:
        if sentence.endswith("?"):
            continue
        for kind, text in _facts_in(sentence.rstrip(".!")):
            found.setdefault(shorten(text, MAX_FACT_CHARACTERS), kind)
    return [(kind, text) for text, kind in list(found.items())[:MAX_FACTS]]


def _facts_in(sentence: str) -> list[tuple[str, str]]:
    if date := _DATE.search(sentence):
        return [("date", f'said: "{date["quote"].strip()}"')]
    for kind, table in (("preference", _PREFERENCES), ("fact", _FACTS)):
        for pattern, verb in table:
            match = pattern.search(sentence)
            if match is None:
                continue
            if "quote" in match.groupdict():
                return [(kind, f'{verb}: "{match["quote"].strip()}"')]
            return [(kind, f"{verb} {_third_person(match['what'].strip())}")]
    return []


def _third_person(words: str) -> str:
    return " ".join(_THIRD_PERSON.get(word.lower(), word) for word in words.split())
