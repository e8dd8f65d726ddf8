"""How the agent's German is spoken and transcribed: numbers, and the words that matter."""

from __future__ import annotations

from opusagent_voiceprint.consent.language import Speech
from opusagent_voiceprint.consent.patterns import word_set

__all__ = ["SPEECH"]

_UNITS = """
    null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn
    siebzehn achtzehn neunzehn
"""
_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig"

SPEECH = Speech(
    numerals={
        **dict(enumerate(_UNITS.split())),
        **{10 * tens: word for tens, word in enumerate(_TENS.split(), 2)},
    },
    year="ein Jahr",
    years="{} Jahre",
    day="einen Tag",
    days="{} Tage",
    negations=word_set("nein nicht nichts kein keine keinen keiner keines keinem nie niemals ohne weder"),
    small_words=word_set("der die das und oder zu um ist es ein eine aus ihr ihre ihren sie auch also"),
)
