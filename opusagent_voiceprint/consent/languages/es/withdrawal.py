"""How callers take a consent back in Spanish, and what only sounds like it.

All patterns search prepared words without fillers and without accents (see :mod:`.grammar`): "borré" has
become "yo borre", so that it is no "borre".
"""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.grammar import Answer, Rule
from opusagent_voiceprint.consent.languages.es.withdrawal_words import vocabulary
from opusagent_voiceprint.consent.patterns import alternatives, compiled, without_accents

__all__ = ["standing_refusals", "withdrawals", "withdrawals_while_asked"]

_DEMANDS = r"""
    \b<erase> <ours>
    \b<switch_off> <thing>
    \b(?:saca|saque|saquen|sacar|retira|retire|retiren|retirar)(?:me)? (?:<my_voice>|<my_data>) de ?<system>
    \b(?:borr|elimin)(?:a|e|en|ad|es|ar)(?:me|nos)\b<not_something><not_elsewhere>
    \b(?:quita|quite|quiten|saca|saque|saquen|quitar|sacar)me (?:de |de)<system>
    \bolvid(?:a|e|en|ad|ar)(?:me|nos)\b<not_something>
    \bolvid(?:a|e|en|ad|ar|ate|ese|ense|aos|arse|arte)(?: completamente)? (?:de )?(?:mi|nosotros
        |quien soy)\b(?! \w)
    \bolvid(?:a|e|en|ad|es|ar|ate|ese|ense)(?: de)? (?:quien soy|que me conoce\w*|mi nombre)\b(?! (?:de
        |en|completo))
    \b<erase> <everything>(?: que)? (?:usted |ustedes |me )?<knows>(?: guardado)?(?: (?:de|sobre
        |acerca de) (?:mi voz|mi\b(?! \w))|$)
    \b<erase> <everything> (?:lo )?(?:sobre|de|acerca de) (?:mi|mi voz)\b(?! \w)
    ^<opening>(?:borra|borre|borren|olvida|olvide|olviden|elimina|elimine|eliminen) (?:la )?voz$
    \b(?:deja|deje|dejen|dejes|dejad|dejar|para|pare|paren|parad|parar|basta)(?: ya| usted
        | ustedes)? de <knowing>(?:me
        |nos)\b<not_as>
    \b(?:deja|deje|dejen|dejes|dejad|dejar|pare|paren|parar|para|basta)(?: ya| usted
        | ustedes)? de <handling>(?:me)? <ours>
    \b(?:deja|deje|dejen|dejes|dejar|pare|paren) de saludarme(?: por mi nombre| con mi nombre)?$
    \b(?:deja|deje|dejen|dejes|dejar|pare|paren) de (?:tomar|guardar|escribir|hacer) (?:notas
        |apuntes) (?:sobre|de) mi\b
    \b(?:no mas|basta de|se acabo el) <voice_thing><not_on_device>
    \bsalir(?:me)? del? (?:el |su |tu )?reconocimiento de voz\b<not_on_device>
    \b(?:revoc(?:o|a|ar|ad)|revoque[sn]?|retir(?:o|a|e|en|ar)|quit(?:o|a|e|en|ar)|anul(?:o|a|e|en|ar)
        |cancel(?:o|a|e|en|ar)
        |revocando|retirando|elimin(?:o|a|e|en|ar)|borr(?:a|e|en|ar))(?:le|les|te)? (?:mi|el|ese
        |todo) <consent><to_us>
    \b(?:retiro|retirar|revocar|revoco) (?:el )?<consent><to_us>
    \b(?:me )?(?:d(?:e|en|a|ar)(?:me)) de baja (?:en|del?) ?(?:el |la |su )?(?:<voice_thing>
        |reconocimiento|biometri)
    \b(?:derecho (?:al olvido|de supresion|a ser olvidad[oa]|a la supresion))\b
    ^<opening>(?:la )?(?:eliminacion|supresion|borrado) (?:inmediata |inmediato )?de <ours>
    (?:<thing>|<my_voice>) <some_words>(?:borr|elimin)(?:e|en|a|ar)(?:la|lo|las|los)\b
"""

_WISHED = r"""
    \b<wants> (?:la|el|de la|el)? ?(?:eliminacion|supresion
        |borrado) (?:inmediata |inmediato |total |completa )?de <ours>
    \b<wants> que se (?:me )?(?:borre|elimine|suprima|olvide|destruya|quite|cancele)n? <ours>
    \b<wants> que (?:se )?(?:me )?(?:olvide|borre|elimine)[sn]?\b(?: (?:de
        |del) <system>)?<not_something><not_elsewhere>
    \b<wants> que (?:se )?(?:olvide)[sn]? de mi\b(?! \w)
    \b<wants> (?:que )?<ours> (?:sea[n]? |quede[n]? |est[ae]n? )?<erased>
    \b<wants> (?:tener )?<ours> <erased>
    \b<wants> (?:ser )(?:olvidad|eliminad|borrad)[oa]\b
    <wants> que (?:(?:borr|elimin|olvid|quit|destruy)(?:[ae]ra|ara|ase)(?:[ns]|is)? <ours>|me (?:olvid
        |borr|elimin)(?:ara|ase)[ns]?
        |se olvidaran? de mi\b(?! \w))<not_something>
    <wants> que (?:dejara|dejase|parara)[ns]? de (?:<knowing>(?:me)\b<not_as>|<handling> <ours>)
    ^<opening>que (?:se (?:borre|elimine|suprima|olvide|destruya)n? <ours>|me (?:borre|elimine|quite
        |saque|olvide)n?(?: de ?<system>)?$)
    \b(?:(?:den|da|dar|dad|des) )?de baja (?:<thing>|<my_voice>)
    ^<opening>(?:¿ )?me (?:borra|elimina|quita|olvida)[sn]? <ours>
    \b(?<!cuando )(?<!como )(?<!si )<ours> (?:debe|tiene que|deberia|ha de|deben|tienen que) (?:ser
        |estar|quedar) <erased>
"""

_TAKING_BACK = r"""
    \bya no (?:le |les |te )?(?:consiento|doy (?:mi )?<consent>|autorizo|acepto que me)<to_us>
    \bno (?:le |les |te )?(?:consiento|autorizo|doy (?:mi )?<consent>) mas\b
    \bya no (?:tiene[ns]?|teneis|cuenta[ns]? con) mi <consent><to_us>
    \bmi <consent> (?:queda|esta|ha sido|es) (?:revocad|retirad|anulad|cancelad)[oa]\b
    ^(?!si )<opening>(?:yo )?(?:le |les |te )?(?:retiro|revoco|anulo|cancelo) (?:mi|el|ese
        |todo) <consent><to_us>
    ^<opening>(?:me retracto|me echo atras|me desdigo|lo retiro|retiro lo dicho|lo revoco)$
    \bme arrepiento de (?:haber(?:le|les|te)? (?:dicho que si|dado (?:mi )?<consent>|aceptado|consentido)
        |mi <consent>|decir que si)
    \b(?:cambie|he cambiado|cambio) de (?:opinion|idea|parecer) (?:(?:sobre|con) (?:lo de )?(?:<ours>
        |el reconocimiento
        |que me reconozca\w*)|(?:y |asi que |por favor )*(?:borr|elimin|olvid)(?:e|en|a|ar)(?:lo|la|los
        |las)(?: todo)?$)
    \b(?:cambie|he cambiado|cambio) de (?:opinion|idea|parecer)\b.*\bno quiero (?:que me
        |ser) (?:reconoz|recuerd
        |identifi|reconocid|recordad)
"""

_NO_LONGER = r"""
    <standing><again>
    <do_not><again>
    \b(?:a partir de (?:ahora|hoy)|desde (?:ahora|hoy)|de ahora en adelante) <do_not>
    \bno <handle> (?:mas|nunca mas) <ours>
    <not_want> que (?:me )?vuelva[ns]? a (?:<knowing>(?:me)?\b<not_as>|<handling> <ours>)
    \bno (?:me )?sig(?:a|as|an) (?:usando|utilizando|guardando|almacenando|grabando|procesando
        |conservando) <ours>
    \bno (?:me sig(?:a|as|an) (?:reconociendo|identificando|recordando)|sig(?:a|as|an) (?:reconociendo
        |identificando|recordando)me)\b<not_as>
    <not_want> (?:seguir siendo (?:reconocid|recordad|identificad)[oa]|que me sig(?:a|as
        |an) (?:reconociendo|identificando))\b
    \bya <standing>
    \bya no (?:quiero|queremos|deseo|quisiera|acepto|permito|autorizo) que (?:me|nos) (?:<know>)\b<not_as>
    \bya no (?:me (?:<know>)\b<not_as>|(?:<handle>) <ours>)
    \b(?:no vuelva[sn]?|(?:nunca|jamas) vuelva[sn]?) a (?:<knowing>me\b<not_as>|<handling> <ours>)
    \bnunca mas (?:me (?:<know>)\b<not_as>|(?:<handle>) <ours>)
    \b(?:nunca mas|jamas) quiero (?:ser (?:reconocid|recordad|identificad)[oa]|que me (?:<know>))\b
"""

# While a question of ours is open, these can only be about it; otherwise they may be about an order.
_WHILE_ASKED = r"""
    ^<opening><wish>(?:borr|elimin|olvid|cancel)(?:a|e|en|ad|ar|es)(?:lo|la|me
        |melo)? (?:absolutamente )?todo$
    ^<opening><wish>(?:dar|de|den|da)me de baja(?: de (?:esto|eso|todo))?$
    ^<opening>(?:me doy|me quiero dar|quiero que me den|puede[ns]? darme) de baja(?: de (?:esto|eso))?$
"""

_OUT_OF_THE_BLUE = r"""
    <standing>
    ^<opening>no (?:le |les |te )?(?:consiento|doy (?:mi )?consentimiento)(?: (?:para|a) (?:esto|eso
        |ello))?$
"""

# "¿cómo borro mi voz?" asks, "no borre mi voz" wants the opposite, "el sistema borra mis datos" tells.
_ASKING_OR_NOT = r"""
    (?:no|nunca|jamas|sin|tampoco|ni)(?: (?:me|te|se|lo|la|le|les|nos|quise decir|dije|he dicho
        |vuelva[sn]? a))*
    no (?:me |se |nos )?(?:quiero|queremos|quisiera|deseo|hace falta|necesito|hay (?:que|por que
        |motivo para|razon para)
        |tiene[ns]? que|debe[ns]?|puede[ns]?|pude|pudo|es necesario|va(?:ya)?[sn]? a|pido|creo|logro
        |consigo|se como
        |encuentro (?:donde|como)|tengo (?:que|por que))(?: que)?(?: (?:me|te|se|lo|la))?
    (?:si|cuando|como|donde|quien|quienes|cual|hasta que|antes de que|mientras|aunque|por que
        |porque)(?: (?:yo|me|se|le|les
        |usted|ustedes|alguien|ellos|el|ella|puedo|puede|puedes|pueden|podria|podemos|quiero|quiere
        |debo|tengo que|hago para
        |hay que|pido que|digo|diga|pida|les pido que|le pido que))*
    (?:si|cuando) (?:\w+ ){1,3}?(?:quiero|quisiera|pido) que
    (?:puedo|podian?|podre|podria yo|podemos|se puede|se podria|se podra|puede uno|puede cualquiera|debo
        |tengo que|tuve que|tendria que
        |hay que|habria que|acabo de|quise|intente|trate de|he intentado|intentando|intento|logre
        |conseguir|voy a|va a|vas a
        |van a|vamos a|iban? a|estoy por|acaba[sn]? de|he querido|tiene[sn]? que|suele[ns]?)(?: yo)?
    (?:antes|despues|forma|manera|opcion|boton|posibilidad|motivo|razon|necesidad|ganas|intencion|miedo
        |momento|hora
        |enlace|pagina|pestana|casilla|formulario)(?: de| para| a)?(?: que)?
    (?:temo|creo|pienso|supongo|imagino|dudo|sospecho|escuche|oi|lei|sabia|se|miedo(?: de| a)?|puede
        |posible|probable|parece
        |preocupa|molesta|espera|evitar|evite|impedir|probable)(?: de| a)? que(?: me| se| usted| ustedes)?
    (?:yo|el|ella|ellos|ellas|alguien|nadie|(?<!puede )(?<!podria )usted
        |(?<!pueden )(?<!podrian )ustedes|siempre|se|se me|me|le|les|tu|que se|hasta|al
        |mi (?!voz)\w+)
    (?:sistema|aplicacion|app|pagina|web|sitio|telefono|movil|celular|ordenador|computadora|maquina
        |operador|agente|(?<!fue un )(?<!sido un )error
        |actualizacion|programa)(?: me| se| que| siempre| dice| dijo)*
    (?:dice|decia|pone|ponia|pulse|presione|puls[ae]r|clic en|click en|di a|di en|seleccione|marque
        |llamad[oa]|se llama)
    (?:quiere[ns]?|querian?|(?:alguien|cualquiera|quien) podria)(?: que)?(?: (?:me|se))?
    (?:deje[ns]?|deja|pare[ns]?|para|en vez|en lugar) de|(?:pena|lastima)(?: que)?(?: (?:me|se))?
    ¿(?: (?:usted|ustedes|me|se))?
"""

_TOLD = r"""
    (?:raro|posible|probable|normal|extrana|molesta|puede|ser|siento|lastima|parece|creo|quien|espero
        |pena|es) que (?:ya )?
    (?:aunque|cuando|quien|si|como|porque|el que|por que) (?:ya )?
    no|¿
"""


def withdrawals() -> tuple[Rule, ...]:
    """The rules that take a consent back, whatever was asked."""
    names = _names()
    return (
        Rule(Answer.WITHDRAW, compiled(_DEMANDS, names), _after(_ASKING_OR_NOT)),
        Rule(Answer.WITHDRAW, compiled(_WISHED, names), re.compile(r"\b(?:no|si|cuando|porque|nunca) $")),
        Rule(Answer.WITHDRAW, compiled(_TAKING_BACK, names)),
        Rule(Answer.WITHDRAW, compiled(_NO_LONGER, names), _after(_TOLD)),
    )


def withdrawals_while_asked() -> tuple[Rule, ...]:
    """Whole sentences that withdraw while a question is open, though they name nothing of ours."""
    return (Rule(Answer.WITHDRAW, compiled(_WHILE_ASKED, _names())),)


def standing_refusals() -> tuple[Rule, ...]:
    """Refusals that answer an open question with no, and withdraw when no question is open."""
    names = _names()
    told = _after(_TOLD)
    return (
        Rule(Answer.WITHDRAW, compiled("<do_not>", names), told),
        Rule(Answer.WITHDRAW, compiled(_OUT_OF_THE_BLUE, names), told),
    )


def _names() -> dict[str, str]:
    names = vocabulary()
    # "Mi huella de voz, bórrela"; not "guarde mi huella de voz, no quiero borrarla".
    names["some_words"] = r"(?:(?!(?:no|nunca|si|cuando|antes|hasta)\b)\w+ ){0,3}?"
    # "bórreme la cita" is about the appointment.
    names["not_something"] = (
        r"(?! (?:el|la|los|las|lo|un|una|mi|mis|ese|esa|eso|este|esta|al|unos|unas|que|en"
        r"|dos|tres|todo (?:el|lo de))\b)"
    )
    return names


def _after(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|(?<=\s)){alternatives(without_accents(text))} ?$")
