"""How the agent's Spanish is spoken and transcribed: numbers, and the words that matter."""

from __future__ import annotations

from opusagent_voiceprint.consent.language import Speech
from opusagent_voiceprint.consent.patterns import word_set

__all__ = ["SPEECH"]

_UNITS = """
    cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis
    diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco
    veintiséis veintisiete veintiocho veintinueve
"""
_TENS = "treinta cuarenta cincuenta sesenta setenta ochenta noventa"

SPEECH = Speech(
    numerals={
        **dict(enumerate(_UNITS.split())),
        **{10 * tens: word for tens, word in enumerate(_TENS.split(), 3)},
    },
    year="un año",
    years="{} años",
    day="un día",
    days="{} días",
    negations=word_set("no ni nada nunca jamás jamas sin ningún ningun ninguna ninguno tampoco"),
    small_words=word_set("el la los las un una y e o u de del a al en es se que su sus le para por"),
    # Recognisers that drop accents write "ano" and "si".
    written_out=(
        (r"\bsí\b", "si"),
        (r"\bano(s?)\b", r"año\1"),
    ),
)
