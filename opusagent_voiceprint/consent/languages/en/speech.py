"""How the agent's English is spoken and transcribed: numbers, contractions, and the words that matter."""

from __future__ import annotations

from opusagent_voiceprint.consent.language import Speech
from opusagent_voiceprint.consent.patterns import word_set

__all__ = ["SPEECH"]

_UNITS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"

SPEECH = Speech(
    numerals={
        **dict(enumerate(_UNITS.split())),
        **{10 * tens: word for tens, word in enumerate(_TENS.split(), 2)},
    },
    year="a year",
    years="{} years",
    day="one day",
    days="{} days",
    negations=word_set("no not nothing never without none nor neither"),
    small_words=word_set("a an the and or to of in on at it is your you i will for"),
    # "it's" and "it is", "don't" and "do not" are the same words.
    written_out=(
        (r"\b(it|that|let|what|there)['\u2019]s\b", r"\1 is"),
        (r"['\u2019]ll\b", " will"),
        (r"n['\u2019]t\b", " not"),
        # A recogniser may leave the apostrophe out.
        (r"\bdont\b", "do not"),
        (r"\bits\b", "it is"),
        ("isation", "ization"),
    ),
)
