"""Facts, preferences and dates in what a caller said about themselves, found by light patterns."""

from __future__ import annotations

import re

__all__ = ["facts_in"]

_DAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|christmas|easter|the end of"
    r"|(?:january|february|march|april|may|june|july|august|september|october|november|december)\b"
    r"|next (?:week|month|year|spring|summer|autumn|fall|winter)"
    r"|the \d{1,2}(?:st|nd|rd|th)|\d{1,2}(?:st|nd|rd|th) of|\d{1,2}[/.]\d{1,2})"
)
_DATES = (
    r"\b(?:my|our) (?:\w+ ){1,3}?(?:is|are|starts|ends|begins|expires|arrives|was moved to)\b[^,;]*?\b"
    + _DAY
    + r"[^,;]*",
    r"\b(?:i|we)(?: will|'ll| am|'m| are|'re)(?: going to)?(?: be)?"
    r" (?:away|back|out|off|abroad|on holiday|on vacation|travell?ing|moving|leaving)\b[^,;]*?\b"
    + _DAY
    + r"[^,;]*",
)
_ASKS = (
    r"\b(?:call|phone|ring|text|write|contact|reach|e-?mail) me (?:only |back )?"
    r"(?:in|at|on|by|before|after|between|during|when|tomorrow)\b[^;,]*"
)
# Whatever else callers have may be an illness, a faith or a child: only what is harmless is noted.
_POSSESSION = (
    r"(?:[\w-]+ ){0,2}?(?:dog|puppy|cat|kitten|horse|pony|bird|parrot|budgie|fish|frog|rabbit|hamster|turtle"
    r"|chicken|goat|sheep|cow|house|flat|apartment|garden|balcony|terrace|pool|garage|kitchen|bathroom|cellar"
    r"|attic|roof|cottage|farm|car|van|truck|lorry|bike|bicycle|motorbike|motorcycle|scooter|boat|caravan"
    r"|camper|trailer|shop|store|business|company|restaurant|cafe|office|warehouse|website|phone|mobile"
    r"|laptop|computer|printer|tablet|router|television|tv|subscription|membership|account|season ticket)"
    r"(?:s|es)?\b"
)
_PREFERENCES = (
    ("prefers", r"\bi(?: would|'d)?(?: really| always| usually| much)? prefer (?P<what>[^;]+)"),
    ("does not like", r"\bi (?:really )?(?:do not|don't|dont) (?:really )?like (?P<what>[^;]+)"),
    ("likes", r"\bi(?: really| always| also)? (?:like|love) (?P<what>[^;]+)"),
)
_FACTS = (
    ("lives", r"\bi(?: now)? live (?P<what>(?:in|at|near|on|with|by)\b[^;,]+)"),
    ("moved", r"\bi(?: have|'ve)?(?: just)? moved (?P<what>to\b[^;,]+)"),
    ("works", r"\bi work (?P<what>(?:in|at|for|as|from|with)\b[^;,]+)"),
    ("has", rf"\bi(?:'ve| have)?(?: have| got) (?P<what>(?:a|an|two|three|four) {_POSSESSION})"),
    ("owns", r"\bi own (?P<what>(?:a|an|the|two)\b[^;,]+)"),
    ("drives", r"\bi drive (?P<what>(?:a|an)\b[^;,]+)"),
    (
        "is",
        r"\bi(?: am|'m) (?P<what>an? (?:\w+ ){0,3}?(?:customer|member|subscriber|student|teacher|engineer"
        r"|farmer|tenant|landlord|(?:business|shop|home) ?owner)\b[^;,]*)",
    ),
)
_THIRD_PERSON = {
    **{"i": "they", "i'm": "they are", "i've": "they have", "i'll": "they will", "i'd": "they would"},
    **{"am": "are", "my": "their", "mine": "theirs", "me": "them", "myself": "themselves"},
}


def facts_in(sentence: str) -> list[tuple[str, str]]:
    """(kind, text) of what one sentence tells about who says it; texts are in the third person or quoted."""
    sentence = sentence.rstrip(".! ")
    for pattern in _DATES:
        if found := re.search(pattern, sentence, re.IGNORECASE):
            return [("date", f'said: "{found[0].strip()}"')]
    if found := re.search(_ASKS, sentence, re.IGNORECASE):
        return [("preference", f'asks: "{found[0].strip()}"')]
    for kind, table in (("preference", _PREFERENCES), ("fact", _FACTS)):
        for verb, pattern in table:
            if found := re.search(pattern, sentence, re.IGNORECASE):
                return [(kind, f"{verb} {_third_person(found['what'])}")]
    return []


def _third_person(words: str) -> str:
    return " ".join(_THIRD_PERSON.get(word.lower(), word) for word in words.split())
