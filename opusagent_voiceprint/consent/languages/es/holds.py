"""How somebody asks the other to wait in Spanish.

All patterns search prepared words without accents and fillers, "por favor" among them (see :mod:`.grammar`).
"""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.patterns import alternatives, compiled

__all__ = ["holds", "no_holds_after"]

_HOLDS = r"""
    ^(?:<lead> ){0,6}(?:un |una )?<moment>(?= (?:<while>)\b| \?|$)
    \b(?:espere|espera|espereme|esperame|esperen|esperenme|aguarde|aguarda|aguardeme|deme|dame|denme|permitame
        |permiteme|regaleme|regalame|necesito|tardo|sera|solo|puede esperar|puedes esperar|podria esperar
        |puede aguardar|me da|me das|me permite)(?: \w+)? (?:un |una )<moment>\b
    ^(?:<lead> ){0,6}(?:espere|espera|espereme|esperame|aguarde|aguarda)(?: (?:ahi|aqui|tantito|poco
        |en la linea))*(?: \?)*$
    \b(?:espereme|esperame|espere|espera|aguarde|aguarda) (?:tantito|un poco|un poquito|en (?:la )?linea
        |al telefono)\b
    \b(?:no|sin) (?:me )?(?:cuelgue|cuelgues|cuelguen|colgar)\b|\bno se retire\b
    \b(?:permanezca|mantengase|quedese|quedate|siga|sigue|manten(?:te)?) (?:\w+ )?(?:en (?:la )?linea
        |al telefono|a la espera)\b
    \b(?:le|la|lo|te|os) (?:voy a )?(?:pongo|poner|pondre|dejo|dejar) en espera\b|\bponerle en espera\b
    \b(?:le|la|lo|te) (?:paso|transfiero|comunico|conecto) (?:ahora |enseguida )?(?:con|al
        |a (?:una?|mi|la|el|los|las|nuestr[oa]|otr[oa]|ventas|atencion))\b
    \b(?:ahora|ya|enseguida|en un momento|en seguida|ahorita) (?:mismo )?(?:vuelvo|regreso|estoy con usted
        |le atiendo|te atiendo)\b
    \b(?:vuelvo|regreso) (?:enseguida|en seguida|ahora|en un momento|en un segundo|ya mismo)\b
    \bmientras (?:lo |la |le |se lo )?(?:busco|compruebo|reviso|consulto|miro|verifico|transfiero|localizo)\b
    \b(?:dejeme|dejame|permitame|permiteme) (?:que )?(?:lo |la )?(?:busque|compruebe|revise|consulte|mire
        |verifique|buscar|buscarlo|buscarla|comprobar
        |comprobarlo|revisar|revisarlo|consultar|consultarlo|mirar|mirarlo|verificar|verificarlo)\b
    \b(?:estan|llaman|tocan|hay alguien) (?:tocando |llamando )?(?:a|en) la puerta\b|\btocan el timbre\b
"""


def _vocabulary() -> dict[str, str]:
    return {
        "lead": alternatives("""
            ok|vale|si|no|claro|bien|muy bien|perdon|perdone|disculpe|disculpa|lo siento|ay|ah|oh|un|una|pero
            espere|espera|puede|puedes|podria|entonces|gracias|de acuerdo|con permiso|ahora|usted
        """),
        "moment": r"(?:momentito|momento|segundito|segundo|minutito|minuto|instante|ratito)",
        "while": (
            "(?:que|mientras|voy|vuelvo|lo|la|le|estan|llaman|tocan|hay|tengo|necesito|me|ya|gracias|senor"
            "|senora|y)"
        ),
    }


def holds() -> tuple[re.Pattern[str], ...]:
    """What asks the other to wait."""
    return compiled(_HOLDS, _vocabulary())


def no_holds_after() -> re.Pattern[str]:
    """What, before words that ask to wait, makes a report or a complaint of them; ends in ``$``."""
    return re.compile(
        r"\b(?:no|nunca|ni|hace|desde hace|en este|en ese|tuve que|tengo que|cuanto|dijeron que|me dijo que"
        r"|por que|por) $"
    )
