"""The grammar of consent in Spanish: how words are prepared, what a yes is, and the order of the rules.

Accents go from words and patterns alike, but for those that tell: "sí" is yes and "si" is "if" (the rules
that search see "si" for both); "borré" becomes "yo borre", which asks for nothing, and "aceptó" becomes
"alguien acepto". A "si" without its accent is a yes only where no "if" can stand: alone, or before words
such as "por favor".
"""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.grammar import Grammar
from opusagent_voiceprint.consent.languages.es.answers import answers, emergency
from opusagent_voiceprint.consent.languages.es.holds import holds, no_holds_after
from opusagent_voiceprint.consent.languages.es.requests import no_requests_after, requests
from opusagent_voiceprint.consent.languages.es.withdrawal import (
    standing_refusals,
    withdrawals,
    withdrawals_while_asked,
)
from opusagent_voiceprint.consent.patterns import alternatives, without_accents

__all__ = ["build"]

_THEY_DID = re.compile(r"\b((?:acept|autoriz|consinti)\u00f3)\b")
_I_DID = re.compile(
    r"\b((?:olvid|borr|elimin|quit|descart|limpi|cancel|anul|desactiv|retir|dej|par|revoqu|saqu|guard)\u00e9)\b"
)

_WRITTEN_ALIKE: tuple[tuple[str, str], ...] = (
    (r"¡ ?", ""),
    (r"\b(?:porfa(?:vor|vorcito)?|porfis|plis|xfa|xfavor)\b", "por favor"),
    (r"\b(?:k|q|ke)\b", "que"),
    (r"\b(?:okay|okey|oki|okei)\b", "ok"),
    (r"\buds?\b", "usted"),
    (r"\b(mi|nuestra|su|tu|huella de|huellas de|perfil de|datos de) vos\b", r"\1 voz"),
    (
        r"\b(huellas?|perfil|patron|plantilla|registro|firma|modelo) (?:vocal(?:es)?|de (?:la|su|tu) voz)\b",
        r"\1 de voz",
    ),
    (r"\bhuella biometrica de (?:mi )?voz\b", "huella de voz"),
    (r"\b(?:voice ?prints?|uella de voz|huella de boz)\b", "huella de voz"),
    (r"\bde el\b", "del"),
    (r"\bno (?:se|te) acuerde[ns]? (mas )?de mi\b", r"no me recuerde \1"),
)
_FILLERS = """
    e+h*m*|e+h+|h?m+|ehm+|este(?= (?:si|no|bueno|pues)\\b)|pues|bueno|o sea|a ver|mire|mira|oiga|oye
        |simplemente
    de inmediato|inmediatamente|ahora mismo(?! no)|ya mismo|de una vez(?: por todas)?|cuanto antes
        |completamente|totalmente
    por completo|del todo|realmente|de verdad|la verdad|es que|solo|solamente|sinceramente|amablemente
        |por favor
    definitivamente
"""

_ACTION = """
    (?:guardar|guardarla|conservarla|almacenarla|hacerlo|reconocerme|reconocer mi voz)
    (?:guardar|conservar|almacenar|registrar|crear|usar) (?:mi voz|(?:mi|la|una) huella de voz)
"""
_DO = """
    (?:guardela|guardala|guardenla|conservela|conservenla|hagalo|hazlo|haganlo)
    (?:guarde|guarda|guarden|conserve|conserva|conserven|registre|registren) (?:mi voz|(?:mi
        |la) huella de voz)
    (?:reconozcame|reconoceme|reconozcanme|recuerde mi voz|recuerda mi voz|recuerden mi voz)
"""
# Without the accent, "si puede" would be "if you can".
_PLAIN_TAIL = """
    por favor|gracias|(?:muchas|muchisimas|mil) gracias|gracias muy amable|senor|senora|senorita|claro
        |claro que si
    por supuesto|por supuesto que si|desde luego|con (?:mucho )?gusto|adelante|de acuerdo
"""
_CORE = """
    claro que <yes>|por supuesto(?: que <yes>)?|desde luego(?: que <yes>)?|acepto|consiento|autorizo
    (?:lo|eso|la) (?:acepto|autorizo|consiento|apruebo)
        |estoy (?:totalmente |completamente )?de acuerdo(?: con (?:eso|ello|esto))?
    (?:yo )?(?:le |les |te |os )?doy (?:mi |todo mi )(?:consentimiento|permiso|autorizacion|aprobacion)
    (?:mi|la) respuesta es (?:un )?<yes>
    (?:quiero|me gustaria|me encantaria|deseo|prefiero) que (?:me reconozca[ns]?|me reconoci?eran?s?
        |me reconozcais
    |guarden? (?:mi voz|mi huella de voz)|recuerden? mi voz)(?: <next_time>)?
    (?:quiero|me gustaria|deseo) ser reconocid[oa]
"""
_TAIL = """
    <plain>|<hesitation>|sin duda|sin duda alguna|encantad[oa]|con placer|vale|ok|perfecto|esta bien
        |me parece bien
    me parece (?:muy bien|perfecto|genial|estupendo)|muy bien|naturalmente|muy amable|me gustaria
        |me encantaria
    (?:puede|puedes|pueden|podeis|podes)(?: <action>)?(?: <next_time>)?|<do>(?: <next_time>)?
    lo quiero|eso quiero|acepto|estoy conforme|conforme|dale|claro
    (?:tiene|tienes|tienen|teneis) mi (?:consentimiento|permiso|autorizacion|aprobacion)
"""


def _yes() -> re.Pattern[str]:
    names = {
        "yes": "s[ií]",
        "hesitation": "(?:e+h+m*|em+)",
        "next_time": "(?:la proxima(?: vez)?|la proxima vez que llame|cuando (?:vuelva a )?llame)",
    }
    names["action"], names["do"] = alternatives(_ACTION, names), alternatives(_DO, names)
    names["plain"] = alternatives(_PLAIN_TAIL, names)
    core, tail = alternatives(_CORE, names), alternatives(_TAIL, names)
    lead = alternatives("<hesitation>|bueno|pues|vale|ok|claro|perfecto|por favor|gracias|de acuerdo", names)
    # "sí, sí, claro" is said by who does not believe a word; "si puede" may be "if you can".
    no_yes = rf"(?!.*\bs[ií](?: s[ií])+ claro\b(?! que)|.*\bsi (?!si\b|{names['plain']}))"
    accented = rf"(?:{lead} )*(?:sí(?: quiero)?|{core})(?: (?:sí|{core}|{tail}))*"
    plain = rf"(?:{alternatives('<hesitation>|bueno|pues', names)} )*si(?: (?:si|{names['plain']}))*"
    return re.compile(rf"{no_yes}(?:{accented}|{plain})")


def _bare(word: str) -> str:
    return word if word == "sí" else without_accents(word)


def build() -> Grammar:
    """Compile the Spanish grammar."""
    written_alike = tuple((re.compile(found), written) for found, written in _WRITTEN_ALIKE)
    fillers = re.compile(rf"\b{alternatives(_FILLERS)}(?: |$)")
    stutter = re.compile(r"\b((?:\w+ )?\w+)(?: \1\b)+")
    # "Sí, olvide mi voz" is no condition, nor is it without the accent: after "if" it would be "olvida".
    yes_first = re.compile(
        r"^(?:sí )+(?=\w)"
        r"|(?:\bsí|^si) (?=(?:olvid|borr|elimin|quit|cancel|desactiv|anul|retir|dej)en?\w{0,4}\b)"
    )

    def prepare(words: str) -> str:
        words = _I_DID.sub(r"yo \1", _THEY_DID.sub(r"alguien \1", words))
        words = " ".join(_bare(word) for word in words.split(" "))
        for found, written in written_alike:
            words = found.sub(written, words)
        return words

    def thin(words: str) -> str:
        words = yes_first.sub("", fillers.sub("", words)).replace("sí", "si")
        return stutter.sub(r"\1", words).strip()

    return Grammar(
        prepare=prepare,
        thin=thin,
        withdrawals=withdrawals(),
        withdrawals_while_asked=withdrawals_while_asked(),
        standing_refusals=standing_refusals(),
        rules=answers(),
        yes=_yes(),
        emergency=emergency(),
        requests=requests(),
        no_requests_after=no_requests_after(),
        holds=holds(),
        no_holds_after=no_holds_after(),
    )
