"""How callers ask, unasked, to be remembered in Spanish, and what only sounds like it.

All patterns search one prepared sentence without fillers and without accents (:mod:`.grammar`).
"""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.languages.es.withdrawal_words import vocabulary
from opusagent_voiceprint.consent.patterns import alternatives, compiled, without_accents

__all__ = ["no_requests_after", "requests"]

_REQUESTS = r"""
    ^<opening>(?:<remember>|<keep>)(?! \?)
    <you_to>(?:<remember>|<keep>)
    <of_you>(?:<remember_inf>|<keep_inf>)
    <i_to>(?:<keep_inf>|ser (?:recordad|reconocid|registrad)[oa]\b(?! (?:como|por|de|en)\b))
    \b(?:como|donde) (?:puedo|podria) <keep_inf>
    <i_to>(?:tener |crear |hacer )?(?:una|mi|mi propia) <voice_thing>
    \bme gustaria que (?:me recordaran?|me recordaras|me reconocieran?|me reconocieras
        |guardaran? <voice>|recordaran? <my_voice>)<not_past>
    <i_to>(?:apuntarme|registrarme|darme de alta|inscribirme) (?:en|a|al
        |para) ?(?:el |la |su )?<voice_thing>
    \b(?:deme|dame|denme) de alta en (?:el |la |su )?<voice_thing>
"""
_OPENING = r"""
    hola|buenas|buenos dias|buenas tardes|no|y|pero|entonces|tambien|ahora|gracias|claro|ok|vale|espere
        |espera|perdon
    perdone|la proxima vez|para la proxima|de ahora en adelante|a partir de ahora|en el futuro
        |si (?:es posible|puede)
    (?:he cambiado|cambie) de (?:opinion|idea)|ademas|en realidad|mejor|adelante
"""
_REMEMBER = r"""
    (?:recuerda|recuerde|recuerden|recorda)me\b<next_time>
    (?:recuerda|recuerde|recuerden|recorda|recuerdes|memorice|memoriza|memoricen) (?:<my_voice>
        |quien soy|mi nombre)\b<not_past>
    (?:me (?:recuerde[ns]?|recuerdes))\b<not_past>
    (?:acuerdate|acuerdese|acuerdense|se acuerde[n]?|te acuerdes) de (?:mi|mi voz)\b<not_past>
    (?:reconozca|reconoce|reconozcan)me (?:por (?:mi|la) voz|<later>)
    me (?:reconozca[ns]?|salude[ns]?) (?:por (?:mi|la) voz|<later>)|me reconozca[ns]?$
    (?:reconozca|reconoce|reconozcan) <my_voice>(?: <later>|$)
    (?:salude|saluda|saluden)me por mi nombre <later>
"""
_REMEMBER_INF = r"""
    (?:recordarme|acordarse de mi|acordarte de mi)\b<next_time>
    (?:recordar|memorizar) (?:<my_voice>|quien soy|mi nombre)\b<not_past>
    (?:reconocerme|reconocer <my_voice>) (?:por (?:mi|la) voz|<later>)
"""
_KEEP = r"""
    (?:guard|registr|memoric|conserv|almacen|grab|memoriz|inscrib)(?:a|e|en|es|ad) <voice>
    (?:cre|hag|hac|hazm|hagam|hagan)(?:a|e|en|es|me|anme)? (?:me )?(?:una|mi|la) <voice_thing>
    (?:inscriba|inscribe|registre|registra|apunte|apunta)me (?:en|al|con
        |para) ?(?:el |la |su |mi )?(?:<voice_thing>|voz\b)
    registr(?:e|a|en)me(?: con mi voz| por voz)?$
"""
_KEEP_INF = r"""
    (?:guardar|registrar|memorizar|conservar|almacenar|inscribir) <voice>
    (?:crear|hacer|crearme|hacerme|activar|sacarme) (?:una|mi|la|el|un) <voice_thing>
    (?:registrarme|apuntarme|inscribirme) (?:en|al|con|para) ?(?:el |la |su |mi )?(?:<voice_thing>|voz\b)
"""
_LATER = r"""
    (?:(?:para )?la proxima(?: vez)?(?: que llame)?|cuando (?:vuelva a )?llame|en (?:el futuro
        |adelante)|de ahora en adelante
    |a partir de ahora|en (?:mi|la) proxima llamada|otra vez|la siguiente vez)
"""
_NO_REQUESTS_AFTER = r"""
    no|nunca|jamas|nadie|sin|en vez de|si|como|cuando|antes de|despues de|hasta que|quien|dijo que
        |dice que|espero que|creo que
    pense que|crei que|por que|porque|para que|que pasa si|supongo que|ya|tampoco|el|ella|ellos|usted
        |siempre
    (?:no|nunca|jamas|nadie|por que|como|si|quien|cuando|espero) (?:\w+ ){1,4}
"""


def requests() -> tuple[re.Pattern[str], ...]:
    """The patterns of a request; each is searched in one sentence."""
    names = vocabulary()
    names["opening"] = rf"(?:{alternatives(without_accents(_OPENING))} )*"
    names["you_to"] = (
        r"\b(?:quiero|quisiera|querria|deseo|me gustaria|prefiero|pido|necesito|encantaria|haga|hagan|bien)"
        r" que (?:usted |ustedes |tambien )*"
    )
    names["of_you"] = (
        r"\b(?:puede[ns]?|podria[ns]?|podeis|podriais|le importaria|les importaria) (?:tambien )?"
    )
    names["i_to"] = (
        r"\b(?:quiero|quisiera|querria|deseo|me gustaria|puedo|podria|dejeme|dejame|necesito|me encantaria) "
    )
    names["not_past"] = (
        r"(?! (?:de|del|como|en|desde|a|por que|que|el|la (?!proxima)|mi (?!voz)|cuando yo)\b)"
    )
    names["later"] = alternatives(without_accents(_LATER))
    # "recuérdeme" alone may ask for a reminder, but not before "la próxima vez".
    names["next_time"] = rf"(?= {names['later']}| por (?:mi|la) voz| \?|$| y\b)"
    names["voice"] = rf"(?:{names['thing']}|{names['my_voice']})"
    for name, text in (
        ("remember", _REMEMBER),
        ("remember_inf", _REMEMBER_INF),
        ("keep", _KEEP),
        ("keep_inf", _KEEP_INF),
    ):
        names[name] = alternatives(without_accents(text), names)
    return compiled(without_accents(_REQUESTS), names)


def no_requests_after() -> re.Pattern[str]:
    """Words before a find that make no request of it: "¿por qué guardaría mi voz?"."""
    return re.compile(rf"\b{alternatives(without_accents(_NO_REQUESTS_AFTER))} ?$")
