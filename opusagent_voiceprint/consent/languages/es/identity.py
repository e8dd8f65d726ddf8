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
    ^(?:<polite> )*(?:(?:es|seria|sera|sigue siendo) usted|eres(?: tu)?) <who><end>
    ^(?:<polite> )*(?:usted|tu) (?:es|eres) <who><end>
    ^(?:<polite> )*(?:me )?(?:puede|podria|puedes|podrias)(?: usted)? (?:confirmar|confirmarme
        |decirme)(?: que| si)?
    + (?:(?:estoy hablando|hablo) con|es usted|usted es|eres) <who><end>
"""
_SAYS = r"""
    ^(?:<hello> )*(?:soy|yo soy|me llamo|yo me llamo|mi nombre(?: completo)? es|habla|le habla|te habla|aqui
        |aqui habla|al habla) NAME<after>
    ^(?:<hello> )*(?:me llamo|yo me llamo|mi nombre(?: completo)? es) WORD<after>
    ^(?:<hello> )*(?:NAME|WORD) (?:al habla|al aparato|es mi nombre|para servirle|aqui)<after>
"""
_YES = r"""
    si(?: (?:si|<that_is_so>))*|<that_is_so>(?: si)*
"""
_THAT_IS_ME = r"""
    (?:(?:hola|si|<that_is_so>) )*(?:soy yo|yo soy|yo mism[ao]|l[ao] mism[ao]|el mismo|al habla
        |al aparato|con (?:ella|el)(?: mism[ao])?|ella (?:habla|misma)|lo soy|(?:soy|aqui|habla) NAME)
    +(?: (?:si|soy yo|yo mism[ao]|gracias|digame|al habla|<that_is_so>))*
"""
_DENIES = r"""
    \b(?:yo )?(?:no|nunca) (?:soy|me llamo|le habla|te habla)(?: la| el)? NAME<so>
    \bno soy (?:la |el )?TITLED<stop>|\bno me llamo WORD<stop>
    \bmi nombre no es (?:NAME|WORD)<so>|\bno (?:esta|estas) hablando con NAME<so>
    \bno habla (?:usted )?con NAME<so>
    \b(?:soy|me llamo) (?!no\b)\w+(?: (?!no\b)\w+)? (?:y )?no NAME<so>
    ^(?:<lead> )*NAME no soy(?: yo)?<stop>
    (?<!\bno )\b(?:soy|habla|le habla) (?:el|la|un|una) <relative> de NAME<there>
"""
_REPORTED = r"""
    ^(?!(?:<lead> )*(?:ya |yo )*(?:le |te )?(?:digo|dije|he dicho|creo|repito)(?: que)? $)
    +.*\b(?:dic(?:e|es|en)|dij\w+|decia\w*|dicho|cree[ns]?|crei\w*|piensa[ns]?|si|por que|porque|pone
        |jamas|afirma\w*|sabe[ns]?)\b(?!.*\b(?:pero|nop)\b).*$
"""
_WRONG_PERSON = r"""
    ^(?:<lead> )*(?:<think> )*(?:usted )?(?:se|te) (?:ha |has |esta |estas )?equivoc\w+ de persona<stop>
    ^(?:<lead> )*(?:<think> )*(?:(?:tiene|es|soy|habla con|esta hablando con) (?:a )?(?:la )?)?
    +persona equivocada<stop>
    ^(?:<lead> )*(?:<think> )*(?:(?:ese |ese nombre )?no es mi nombre|no me llamo asi)<stop>
    ^(?:<lead> )*(?:no )?(?:<think> )*(?:(?:ese|esa|esta|este|yo) )?no soy (?:esa persona|quien (?:cree
        |piensa))<stop>
    ^(?:<lead> )*(?:<think> )*(?:eso )?no es (?:NAME|TITLED)<stop>
    ^(?:<lead> )*(?:<think> )*soy (?:otra persona|alguien mas)<stop>
    \bme (?:esta |estas |ha |has )?(?:confunde|confundes|confundiendo|confundido) con
    + (?:alguien|otra persona|otr[ao]$|NAME|TITLED|ella|el$)
    ^(?:<lead> )*quien es (?:NAME|TITLED)(?: \?)*$
    \bno conozco a (?:ningun |ninguna )?(?:NAME|TITLED)<stop>
    ^(?:<lead> )*(?:la |el )?(?:NAME|TITLED) (?:no (?:esta|se encuentra)(?: aqui| en casa| disponible)?
        |es mi <relative>)<stop>
    ^(?:<lead> )*aqui no hay ningun[ao]? (?:NAME|TITLED)<stop>
    ^(?:<lead> )*no NAME<stop>
    ^(?:<lead> )*(?:le )?habla su <relative><stop>
"""
_STANDS_IN = r"""
    \b(?:ella|el|NAME|TITLED) no (?:esta|se encuentra)\b|\b(?:ha fallecido|fallecio|murio)\b
    \bnumero equivocado\b|\bse (?:ha )?equivoc\w+ de numero\b
    \bllamo (?:de parte|en nombre|por encargo) de\b
    ^(?:<lead> )*(?:soy|habla|le habla) su <relative><there>
    ^(?:<lead> )*no soy (?:ella|el)<stop>
"""
_NO = r"""
    ^(?:<lead> )*(?:no|nop|negativo|que va)\b
    +(?! (?:hay (?:problema|de que|duda)|se preocupe|te preocupes|pasa nada|importa|tenga|se oye|le oigo
        |te oigo|estoy segur[ao]|lo se|se|entiendo|le entiendo|comprendo|gracias|muchas gracias)\b)
    ^(?:<lead> )*(?:claro|desde luego|por supuesto|creo|me temo) que no<stop>
"""
_OWN_NAME = r"^(?:<lead> )*(?:soy|yo soy|me llamo|mi nombre es|habla|le habla|aqui|aqui habla)\b"
_CORRECTS = r"""
    ^(?:<lead> )*mi nombre(?: completo)? es\b
    ^(?:<lead> )*(?:nop|perdone|perdon|disculpe|lo siento) (?:<lead> )*me llamo\b
"""
# "Ada, ¿es usted mexicana?" - "No, soy argentina."
_CORRECTS_WITH_NO = r"""
    ^(?:<lead> )*nop (?:<lead> )*(?:yo )?soy\b
"""
_NOT_ME = r"""
    ^(?:<lead> )*(?:no )?(?:<think> )*(?:(?:ese|esa|esta|este|yo) )?no soy yo<stop>
"""
_OFFERS = r"\b(?:ayudar\w*|servir\w*|hacer por)\b"


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
            mire|oiga|perdone|perdon|disculpe|lo siento|gracias|bien|ah|oh|eh|digame|que tal|y|nop
        """),
        "hello": alternatives(r"""
            hola|buenos dias|buenas tardes|buenas noches|buenas|si|claro|exacto|correcto|asi es|bueno|pues|ok
                |vale
            mire|oiga|perdone|perdon|disculpe|lo siento|gracias|bien|ah|oh|eh|digame|que tal|y|nop
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
        # What a caller goes on with who has said the name: of themselves, and of nobody else.
        "after": r"(?: (?:aqui|al habla|de nuevo|otra vez|gracias|buenos dias|buenas tardes))*(?:$| <mine>)",
        "there": r"(?:$| (?:y|aqui|al (?:habla|aparato)|no|pero|llamo)\b)",
        "stop": r"(?: (?:perdone|perdon|lo siento|gracias|senor|senorita))*$",
        "so": r"(?:$| THEN(?! (?:que|quien|con|y yo)\b)| (?:que es|sino|soy|yo|me|mi|pero|y|lo|perdone"
        r"|perdon|aqui|ella|el|usted|se|habla|gracias|no)\b)",
    }
    names["that_is_so"] = (
        "(?:asi es|correcto|exacto|exactamente|efectivamente|eso es|es correcto|claro(?: que si)?)"
    )
    names["mine"] = (
        r"(?:y )?(?:llam(?:o|aba) (?:por|para)|quiero|queria|quisiera|tengo|necesito|puede ayudarme)\b"
        r"(?!.*\b(?:ella|hablar con|su|de parte|en nombre)\b)"
    )
    names["after"] = names["after"].replace("<mine>", names["mine"])
    return IdentityWords(
        titles=word_set(
            """senor senora senorita sr sra srta don dona doctor doctora dr dra profesor profesora licenciado
            licenciada"""
        ),
        name_words=word_set(
            """abril agosto alba alma angel aurora blanca clara claro consuelo cruz de dolores domingo
            esperanza estrella flor franco fe gloria junio julio linda luna luz mar mayo mercedes mil
            paz pilar reyes rosa salvador santos segundo sol soledad angeles viernes victoria"""
        ),
        asks=compiled(_ASKS, names),
        says=compiled(_SAYS, names),
        yes=re.compile(alternatives(_YES, names)),
        that_is_me=re.compile(alternatives(_THAT_IS_ME, names)),
        denies=compiled(_DENIES, names),
        reported=compiled(_REPORTED, names)[0],
        wrong_person=compiled(_WRONG_PERSON, names),
        stands_in=compiled(_STANDS_IN, names),
        no=compiled(_NO, names),
        own_name=compiled(_OWN_NAME, names),
        corrects=compiled(_CORRECTS, names),
        corrects_with_no=compiled(_CORRECTS_WITH_NO, names),
        not_me=compiled(_NOT_ME, names),
        offers=re.compile(_OFFERS),
        no_apart="nop",
    )
