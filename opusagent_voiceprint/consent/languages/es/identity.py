"""How it is asked, said and denied in Spanish that the caller is a certain person.

All patterns search one sentence's prepared words (see :mod:`opusagent_voiceprint.consent.identity`), which
have no accents. Only the question mark tells a question from a statement.
"""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.language import IdentityWords
from opusagent_voiceprint.consent.patterns import alternatives, compiled, word_set

__all__ = ["identity_words"]

_ASKS = r"""
    ^(?:<polite> )*(?:hablo|estoy hablando|converso|me comunico|tengo el gusto de hablar)(?: ahora
        | todavia)? con
    + <who><end>
    ^(?:<polite> )*(?:es|eres|seria|sera|sigue siendo)(?: usted| tu| ella| el)? <who><end>
    ^(?:<polite> )*(?:usted|tu) (?:es|eres) <who><end>
    ^(?:<polite> )*(?:me )?(?:puede|podria|puedes|podrias)(?: usted)? (?:confirmar|confirmarme
        |decirme)(?: que| si)?
    + (?:(?:estoy hablando|hablo) con|es usted|usted es|eres|es) <who><end>
"""
_SAYS = r"""
    ^(?:<lead> )*(?:soy|yo soy|me llamo|yo me llamo|mi nombre(?: completo)? es|habla|le habla|te habla|aqui
        |aqui (?:habla|esta)|habla usted con|esta (?:usted )?hablando con|al habla) NAME<after>
    ^(?:<lead> )*NAME (?:al habla|al aparato|es mi nombre|para servirle|aqui)(?! ?\?)\b
"""
_YES = r"""
    (?:(?:si|claro|asi es|exacto|correcto|efectivamente) )*(?:soy yo|yo soy|yo mism[ao]|l[ao] mism[ao]
        |el mismo
        |al habla|al aparato|con (?:ella|el)(?: mism[ao])?|ella (?:habla|misma)|asi es|correcto|exacto
        |exactamente|efectivamente|lo soy|eso es|es correcto)
    +(?: (?:si|soy yo|yo mism[ao]|gracias|digame|al habla|asi es|correcto))*
"""
_DENIES = r"""
    (?<!\bsi )(?<!\bque )\b(?:yo )?no (?:soy|me llamo|le habla|te habla|habla)(?: la| el)? NAME<so>
    \bmi nombre no es NAME<so>|\bno (?:esta|estas) hablando con NAME<so>|\bno habla (?:usted )?con NAME<so>
    (?<!\bno )\b(?:soy|habla|le habla) (?:el|la|un|una) <relative> de NAME\b
"""
_WRONG_PERSON = r"""
    \b(?:equivoca|equivoco|equivocado|equivocando|equivocas|confunde|confundido|confundiendo) de persona\b
    \bpersona equivocada\b|^(?:<lead> )*(?:ese |ese nombre )?no es mi nombre\b|\bno me llamo asi\b
    ^(?:<lead> )*(?:no )?(?:<think> )*(?:(?:ese|esa|esta|este|yo) )?no soy (?:yo|ella|el|esa persona|esa|ese
        |quien (?:cree|piensa)|TITLED)<so>
    ^(?:<lead> )*(?:<think> )*(?:eso )?no es (?:NAME|TITLED)<so>
    \bsoy (?:otra persona|alguien mas|otro|otra)<so>
    \bme (?:esta |estas |ha |has )?(?:confunde|confundes|confundiendo|confundido) con\b
    ^(?:<lead> )*quien es (?:NAME|TITLED)(?: \?)*$
    \bno conozco a (?:ningun |ninguna )?(?:NAME|TITLED)<so>
    \b(?:NAME|TITLED) no (?:esta|se encuentra)(?: aqui| en casa| disponible)?<so>
    ^(?:<lead> )*(?:soy|habla|le habla) su <relative>\b
"""
_NO = r"""
    ^(?:<lead> )*(?:no|nop|negativo|que va)\b
    +(?! (?:hay (?:problema|de que|duda)|se preocupe|te preocupes|pasa nada|importa|tenga|se oye|le oigo
        |te oigo|estoy segur[ao]|lo se|se|entiendo|le entiendo|comprendo)\b)
    \b(?:ella|el) no (?:esta|se encuentra)\b|\b(?:ha fallecido|fallecio|murio)\b
    \bnumero equivocado\b|\bse (?:ha )?equivoc\w+ de numero\b
    \bllamo (?:de parte|en nombre|por encargo) de\b
"""
_OWN_NAME = r"^(?:<lead> )*(?:soy|yo soy|me llamo|mi nombre es|habla|le habla|aqui|aqui habla)\b"


def identity_words() -> IdentityWords:
    """The Spanish ones, compiled."""
    names = {
        "who": "(?:(?:la |el |al |don |dona )?(?:NAME|TITLED))",
        "polite": alternatives(r"""
            hola|buenos dias|buenas tardes|buenas noches|buenas|gracias|muchas gracias|perfecto|bien|muy bien
                |vale
            de acuerdo|ok|entonces|y|disculpe|disculpa|perdone|perdon|por favor|si|claro|digame|una pregunta
                |estupendo
            (?:solo )?para (?:confirmar|asegurarme|estar segur[ao]|verificar)|antes de (?:continuar|seguir
                |empezar)
            bienvenid[ao](?: de nuevo)?|por seguridad|primero|ahora
        """),
        "lead": alternatives(r"""
            hola|buenos dias|buenas tardes|buenas noches|buenas|si|claro|exacto|correcto|asi es|bueno|pues|ok
                |vale
            mire|oiga|perdone|perdon|disculpe|lo siento|gracias|bien|ah|oh|eh|digame|que tal|y
        """),
        "think": "(?:creo que|lo siento|perdone|me temo que|pero)",
        "relative": alternatives(r"""
            marido|esposo|esposa|mujer|pareja|madre|mama|padre|papa|hermana|hermano|hijo|hija|amigo|amiga
                |vecino
            vecina|companer[oa](?: de piso)?|asistente|secretari[oa]|cuidador|cuidadora|novio|novia|tio|tia
                |abuel[oa]
            prim[oa]|niet[oa]
        """),
        "end": r"(?: (?:ahora|verdad|cierto|correcto|no|por favor|al telefono|al aparato))*(?: \?)+$",
        "after": r"(?:$| (?:aqui|al|de nuevo|otra vez|y|le|te|llamo|llamaba|quiero|queria|quisiera|por"
        r"|para|desde"
        r"|gracias|buenos|buenas|si|tengo|con|digame)\b)",
        "so": r"(?:$| (?:soy|yo|me|mi|pero|y|lo|perdone|perdon|aqui|ella|el|usted|se|habla|gracias|no)\b)",
    }
    return IdentityWords(
        titles=word_set(
            """senor senora senorita sr sra srta don dona doctor doctora dr dra profesor profesora licenciado
            licenciada"""
        ),
        asks=compiled(_ASKS, names),
        says=compiled(_SAYS, names),
        yes=re.compile(alternatives(_YES, names)),
        denies=compiled(_DENIES, names),
        wrong_person=compiled(_WRONG_PERSON, names),
        no=compiled(_NO, names),
        own_name=compiled(_OWN_NAME, names),
    )
