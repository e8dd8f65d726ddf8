"""How the agent's French is spoken and transcribed: numbers, elisions, and the words that matter."""

from __future__ import annotations

from opusagent_voiceprint.consent.language import Speech
from opusagent_voiceprint.consent.patterns import word_set

__all__ = ["SPEECH"]

_UNITS = "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
_TENS = "vingt trente quarante cinquante soixante"

SPEECH = Speech(
    # "un" is an article too, and stays a word.
    numerals={
        **dict(enumerate(_UNITS.split(), 2)),
        **{10 * tens: word for tens, word in enumerate(_TENS.split(), 2)},
    },
    year="un an",
    years="{} ans",
    day="un jour",
    days="{} jours",
    negations=word_set("non pas ne n rien jamais sans plus aucun aucune ni"),
    small_words=word_set("le la les l une de d du des et en vous vos votre que qu c est ce ça"),
    # Belgians and Swiss say "nonante"; a recogniser may write the numbers of others as words.
    written_out=(
        (r"\b(?:quatre[- ]vingt[- ]dix|nonante)\b", "90"),
        (r"\b(?:quatre[- ]vingts?|huitante|octante)\b", "80"),
        (r"\b(?:soixante[- ]dix|septante)\b", "70"),
        (r"\b1 (an|jour)\b", r"un \1"),
        (r"\bl['\u2019]empreinte\b", "lempreinte"),
        (r"\bc['\u2019]est\b", "cest"),
        (r"\bjusqu['\u2019](à|aux)\b", r"jusqu\1"),
        (r"\bd['\u2019]autre\b", "dautre"),
    ),
)
