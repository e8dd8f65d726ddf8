"""What Spanish callers answer when they do not say yes, and how an emergency sounds.

All patterns search prepared words without fillers and without accents (see :mod:`.grammar`).
"""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.grammar import Rule, answer_rules
from opusagent_voiceprint.consent.patterns import alternatives, without_accents

__all__ = ["answers", "emergency"]

_NEVER = r"""
    ^(?:no |que |gracias )*(?:nunca|jamas)(?: (?:mas|jamas|en la vida|gracias|no))*$
    \b(?:nunca|jamas) (?:mas )?(?:me )?(?:lo )?(?:pregunte|vuelva|moleste|ofrezca|insista)
    \b(?:nunca|jamas) (?:lo )?(?:hare|haria|aceptare|aceptaria|querre|querria|voy a|acepto|quiero|dare
        |daria|autorizaria)
    \bno (?:me )?(?:lo )?vuelva[ns]? a (?:preguntar|molestar|ofrecer|insistir|pedir)
    \bno (?:me )?(?:lo )?(?:pregunte|moleste|ofrezca|pida|insista)[ns]?(?: (?:esto|eso|por esto
        |sobre esto))? (?:nunca
        |mas|jamas|otra vez|de nuevo)\b
    \bno me (?:lo )?(?:pregunte|pida)[ns]?\b|\bno (?:insista|moleste)[ns]?\b
    \b(?:deja|deje|dejen|para|pare|paren) de (?:preguntar|molestar|insistir|ofrecer|pedir)
    \b(?:ni en (?:suenos|broma|mil anos)|en la vida|ni loc[oa]|ni muert[oa])\b
"""

_MINOR = r"""
    \b(?:tengo|cumplo|voy a cumplir|cumpli|acabo de cumplir) (?:<only> )*<age> (?:anos
        |anitos)\b(?! (?:de|con|en|como
        |siendo|esperando|pagando|viviendo|trabajando)\b)
    ^(?:si |no |yo )*(?:tengo )?(?:<only> )*<age> (?:anos|anitos)$
    ^(?:si |no |yo )*(?:tengo|voy a cumplir) (?:<only> )*<age>$
    ^(?:si |no |pero |yo )*soy (?:\w+ )?(?:nin[oa]|menor(?: de edad)?|chic[oa] de <age>|adolescente
        |un crio|una cria)\b
    \bsoy menor\b|\bno (?:soy|tengo) (?:mayor de edad|un adulto|adult[oa]|edad suficiente|la edad|18
        |dieciocho)\b
    \b(?:pero|aun|todavia) (?:soy|no soy) (?:muy )?(?:pequen[oa]|nin[oa]|menor|mayor)\b
        |\btodavia no tengo 18\b
    \bestoy en (?:\w+ )?(?:primaria|secundaria|la eso|sexto|quinto|cuarto|kinder|preescolar)\b
    \b(?:pregunt(?:o|ar|are|e|a|en)|habl(?:a|e|en|o)|llamo|aviso|digo
        |deja que pregunte) (?:le |selo )?(?:a|con) (?:mi|mis) <parent>\b
    \b(?:preguntarle|preguntarselo|preguntale|preguntele|pedirle permiso|pedir permiso) a (?:mi
        |mis) <parent>\b
    \bmis? <parent> (?:no (?:esta|estan|me deja|me dejan|quiere|quieren)|(?:dice|dicen|dijo
        |dijeron) que no (?:puedo|debo))\b
    \bmi (?:mami|papi)\b|\bno me dejan$|\bno tengo permiso de mis?\b
"""

_THIRD_PARTY = r"""
    \b(?:llamo|llamando|hablo|hablando|pregunto|preguntando|contesto|respondo) (?:por|de parte de
        |en nombre de|en lugar de) <someone>
    \b(?:llamo|llamando|pregunto|estoy llamando) para (?:mi|una?|otra?) (?:\w+ )?<relative>\b
    \b(?:de parte|en nombre) de\b
    \bmis? (?:\w+ )?<relative> (?:\w+ ){0,2}?(?:dijo|dice[n]?|dijeron|acepta[n]?|acepto|consiente
        |quiere|esta de acuerdo
        |estaria|autoriza|diria)\b
    \b(?:el|ella|ellos|ellas|alguien) (?:dijo|dice[n]?|dijeron|acepta[n]?|acepto|consiente
        |esta de acuerdo|quiere|diria)\b
    \b(?:dijo|dijeron) que si\b
    \b(?:preguntele|preguntale|preguntenle|pregunta|pregunte|hable|habla|preguntarle|pregunto
        |consultarlo|consulto|hablar
        |preguntar) (?:a|con|antes a|primero a) (?:mi|su) (?:\w+ )?<relative>\b
    \b(?:le |te )?(?:paso|pongo|comunico) (?:a|con) (?:mi|su) <relative>\b
    \b(?:yo )?soy (?:su|el|la|un|una|solo su) (?:<relative>|<helper>) ?(?:$|de\b|del\b|y\b)
    \bsoy su (?:<relative>|<helper>)\b
    \bno soy (?:el|la) (?:titular|cliente|dueno|duena|propietari[oa]|persona|abonad[oa])\b
    \b(?:este|ese|esto|el|la)? ?(?:no )?es (?:el|la) (?:telefono|numero|movil|celular|cuenta
        |linea) de (?:mi|otra|un|una|su)\b
    \bno es mi (?:telefono|numero|cuenta|movil|celular|linea)\b|\btelefono (?:prestado|de otra persona)\b
    \b(?:en|por el) (?:altavoz|manos libres|el altavoz|alta voz|el altoparlante|altoparlante|speaker)\b
    \b(?:somos|estamos|hay) (?:aqui )?(?:dos|tres|varios|varias|mas) ?(?:personas|aqui|de nosotros
        |escuchando|$)
"""

_NO = r"""
    <no_before>\bno\b(?! <no_thing>\b)(?! \?$)
    \b(?:nop|nope|nones|nanai|negativo|para nada|en absoluto|de ninguna manera|de ningun modo|tampoco
        |nada de eso)\b
    \b(?:digo|dije|respuesta es|decir) que no$|\b(?:es un|digo|respuesta es) no$
    \b(?:rechazo|me niego|me opongo|rehuso|declino|paso de (?:eso|esto)|lo rechazo)\b|^paso$
    \bni (?:hablar|pensarlo|de broma|de cona|se le ocurra|se te ocurra|de chiste)\b|\bque va\b
    \b(?:olvidalo|olvidelo|olvidenlo|dejalo|dejelo|dejenlo|dejeme en paz|dejame en paz|dejenme en paz)\b
    \b(?:olvidese|olvidate|olvidense) de (?:eso|esto|ello)\b
    \bcambie de (?:opinion|idea)$|\bhe cambiado de (?:opinion|idea)$
    ^(?:alto|basta|pare|para|largo|vayase|callese|que (?:miedo|horror|asco))(?: ya)?$
    \b(?:estoy|en) (?:en )?contra\b|\bsin mi (?:voz|huella|consentimiento)\b|\bprefiero seguir sin\b
    \b(?:estoy|estamos) bien (?:asi|gracias)\b|^asi estoy bien\b
"""

_NOT_NOW = r"""
    \bahora (?:mismo )?no\b|\bno (?:por )?ahora\b|\bpor (?:ahora|el momento) no\b|\bde momento no\b
    \b(?:hoy|todavia|aun|esta vez|en este momento|ahorita|por lo pronto|el momento) no\b
    \bno (?:hoy|todavia|aun|ahorita|esta vez|de momento|por el momento|por ahora|en este momento)\b
    ^(?:no )?(?:mas tarde|luego|despues|mas adelante|manana|en otro momento|otro dia|otra vez sera
        |otra ocasion
        |en otra ocasion|la proxima(?: vez)?|al final)\b
    \b(?:quiza|quizas|tal vez|a lo mejor|si|mejor|pero|capaz|puede que) (?:mas tarde|luego|despues
        |mas adelante|otro dia
        |manana|en otro momento|otra vez|la proxima(?: vez)?|en otra ocasion)\b
    \b(?:pregunte|pregunta|pregunten|preguntar|llame|llama)(?:me
        |melo)? (?:de nuevo |otra vez )?(?:mas tarde|luego|despues
        |manana|otro dia|en otro momento|la proxima)\b
    \b(?:tengo|llevo|voy con) (?:mucha |un poco de |bastante )?prisa\b|\b(?:estoy
        |ando) (?:muy |un poco )?(?:apurad[oa]
        |ocupad[oa]|liad[oa])\b|\ben una reunion\b
    \bno tengo (?:mucho |ahora )?tiempo\b|\bsin tiempo\b
    \b(?:lo )?(?:pensare|pensarlo|pensarmelo|pensaremos)\b|\blo tengo que pensar\b|\bme lo pienso\b
    \b(?:dejeme|dejame|quiero|necesito|tengo que) (?:tiempo )?(?:para )?(?:pensar|decidir)
    \bdespues de (?:esto|la llamada|esta llamada)\b|\bya veremos\b|\bluego (?:lo )?vemos\b|\bal acabar\b
"""

_EXPLAIN = r"""
    \bque (?:es|son|significa|quiere decir|seria|era|implica|supone) (?:eso|esto|una?|la|el|lo
        |los)\b(?! (?:que dijo|que ha dicho
        |que pregunto|pregunta))|\bque (?:significa|quiere[ns]? decir|es (?:eso|esto)|huella|datos?)\b
    ^(?:y |pero |si |no |perdon |perdone |ok )*(?:para que|por que|porque|que|a que
        |con que fin)(?: (?:seria|es|motivo|eso))(?: \?)*$
    ^(?:¿ )?(?:y |pero |si |ok )*(?:¿ )?(?:para que|por que|porque|con que fin)(?: \?)*$
    \b(?:para que|por que|con que (?:fin|objetivo|proposito)|de que) (?:\w+ ){0,2}?(?:necesita|quiere
        |sirve|hace|guarda|usa|es
        |son|va|tengo|haria|me|lo|seria|utiliza|mi)[ns]?\b(?! no\b)
    \b(?:como|donde|cuando|quien|quienes|cuanto|cuanto tiempo|cuantos anos|hasta cuando
        |a quien) (?:\w+ ){0,3}?(?:funciona|guarda
        |guardan|almacena|almacenan|borra|borro|borran|ve|ven|puede|pueden|tiene|tienen|usa|usan|dura
        |conserva|conservan|se|puedo
        |va|van|accede|elimino|es|oye|escucha)\b
    \b(?:es|son|esta|estan|sera|estoy siendo|me estan|me esta) (?:\w+ ){0,2}?<property>\b(?: (?:eso
        |esto|esta llamada|la llamada))? ?\?
    \b(?:es|esta|se esta) (?:esto |eso |la llamada |esta llamada |mi voz )?<property>\b(?! (?:por
        |gracias|si)\b)(?=(?: (?:eso|esto
        |la llamada|esta llamada))?(?: \?)*$)
    \b(?:tengo|estoy obligad[oa]|es obligatorio) (?:que aceptar|que hacerlo|que decir|a aceptar
        |que responder)\b
    \b(?:puedo|podria|podre|se puede|se podria|puede) (?:\w+ )?(?:borrar|borrarlo|borrarla|eliminar
        |eliminarlo|eliminarla|decir que no
        |negarme|cambiar de|cancelar|cancelarlo|rechazar)
    \b(?:venden?|comparten?|ceden?) (?:mis datos|mi voz|eso|esto|todo|mi huella)
    (?:^|¿ )(?:(?:y|pero) )?(?:graban?|guardan?|borran?|usan?|utilizan?|escuchan?) (?:mis datos|mi voz
        |la llamada|eso|esto|todo
        |mi huella de voz)(?: \w+){0,3} \?
    \bme (?:esta[ns]?|estan) grabando\b|\bque pasa (?:si|con)\b|\bque (?:hacen?|haces|haran|hara) con\b
    \b(?:expliqueme|explicame|explica|explique|expliquen|explicar(?:me|lo|melo)?|explicacion|aclare
        |aclareme|aclarar|detalle[sn]?)\b
    \b(?:mas (?:informacion|detalles|datos)|cuenteme mas|cuentame mas|digame mas|dime mas|saber mas)\b
    \bno (?:lo |le |te )?(?:entiendo|entendi|comprendo|he entendido
        |acabo de entender)\b(?! (?:bien )?(?:lo que (?:dijo|ha dicho)))
    \bno se (?:bien )?(?:que|lo que) (?:es|son|significa|quiere)\b|\bni idea de que\b
        |\b(?:no )?se de que (?:habla|me habla)
    \btengo una (?:pregunta|duda)\b|\bes gratis\b|\bcuanto cuesta\b|\ben que consiste\b
"""

_REPEAT = r"""
    ^(?:¿ )?(?:perdon|perdone|perdona|disculpe|disculpa|como|como dice|como dices|que|eh|mande|digame
        |lo siento|como dijo|que cosa
        |que dice|que dices|que dijo|que ha dicho|como ha dicho|ah|¿| )+(?: \?)*$
    \b(?:repita|repite|repitame|repiteme|repitamelo|repitemelo|repitalo|repitelo|repetir|repetirlo
        |repetirmelo|repetirme|repitan)\b
    \b(?:otra|una) vez(?: mas)?(?: \?)*$|\b(?:de nuevo|nuevamente)(?: \?)*$
    \b(?:diga|dime|digame|digamelo|dimelo|decirlo|decirmelo|preguntar|preguntemelo|puede decir
        |pregunteme) (?:\w+ ){0,2}?(?:otra vez|de nuevo)\b
    \bno (?:le |te |lo |la |se |les |os )?(?:oigo|oi|escucho|escuche|he oido|he escuchado|pude oir|oye
        |escucha|oiga)\b
    \b(?:que|como) (?:ha|has|han) (?:dicho|preguntado)\b|\bque (?:dijo|dijiste|dice|dices|pregunto
        |preguntaba|decia|era la pregunta)\b
    \bcual (?:era|es|fue) la pregunta\b|\bque pregunta\b|\bse (?:corta|entrecorta|oye mal
        |escucha mal)\b|\bmala (?:linea|conexion|senal)\b
    \b(?:hable|habla) mas (?:alto|fuerte|despacio|lento)\b|\bmas (?:alto|fuerte|despacio|lento)\b
    \bno (?:lo )?(?:entendi|he entendido) (?:bien )?lo que (?:dijo|ha dicho)\b
"""

_EMERGENCY = r"""
    (?<!no es )(?<!no es nada )(?<!no es muy )(?<!no tan )\burgen(?:te|temente|cia|cias)\b
        |(?<!no es una )(?<!ninguna )\bemergencias?\b
    \b(?:ambulancia|policia|bomberos?|guardia civil|carabineros|paramedicos?|socorro|auxilio)\b
        |\b(?:112|911|091)\b
    \b(?:fuego|incendio|incendia\w*|quemando|quema|ardiendo|humo|fuga de gas|huele a gas|inundacion
        |inundad[oa])\b(?! (?:tv|stick))
    \bayud(?:eme|enme)\b(?! <errand>\b)|^(?:ayuda ?)+$|\bnecesito ayuda (?:ya|ahora|urgente|rapido)?$
        |\bayudame\b(?! <errand>\b)
    \b(?:robado|robaron|robo|atracado|atracaron|asaltaron|asaltado|secuestr\w+|agredi\w+|agresion
        |atacando|atacado|violad[oa]|violaron)\b
    \b(?:pistola|cuchillo|disparo|disparos|apunala\w+|amenaza\w*|explosion|exploto|explotado|ladron
        |ladrones|entraron en mi)\b
    \b(?:en peligro|de vida o muerte|infarto|ictus|derrame|ataque|sangra\w*|sangrando|inconsciente
        |desmay\w+|convulsion\w*)\b
    \b(?:no puedo respirar|no respira|no puede respirar|ahog\w+|asfixi\w+|sobredosis|envenena\w+
        |intoxica\w+|muriendo|se muere
        |me muero)\b
    \b(?:suicid\w+|matarme|quitarme la vida|quiero morir\w*|dolor en el pecho|accidente|choque de
        |atropella\w+)\b
    \b(?:hackea\w+|jaquea\w+|fraude|estafa\w*|estafaron)\b
"""


def _vocabulary() -> dict[str, str]:
    names = {
        name: alternatives(without_accents(text))
        for name, text in {
            "age": r"""
                [1-9]|1[0-7]|un|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece
                    |catorce|quince
                dieciséis|diecisiete|diez y (?:seis|siete)
            """,
            "only": "solo|sólo|solamente|apenas|recién|casi|unicamente|los|como",
            "parent": r"""
                madre|padre|padres|mamá|papá|mami|papi|mama|papa|viejos|tutor|tutora|profesor|profesora
                    |maestr[oa]|papas
            """,
            "relative": r"""
                marid[oa]|espos[oa]|mujer|parej[a]|madre|padre|padres|mamá|papá|hij[oa]s?|hermano
                    |hermana|abuel[oa]|tí[oa]
                prim[oa]|jef[ea]|amig[oa]|novi[oa]|vecin[oa]|client[ea]|compañer[oa]|suegr[oa]
                    |cuñad[oa]|niet[oa]|familia
                sobrin[oa]|paciente|empleador|socio
            """,
            "helper": r"""
                asistente|secretari[oa]|cuidador[a]?|enfermer[oa]|intérprete|traductor[a]?|abogad[oa]
                    |niñera|ayudante
            """,
            "no_thing": r"""
                (?:hay|tengo|veo|es|me supone) (?:ningun |ninguna )?(?:problema|inconveniente|objecion
                    |pega)|problema
                (?:lo )?se|(?:me |te )?(?:importa|molesta)|(?:le |te |lo |la |se |les |os )?(?:entiendo
                    |entendi|comprendo|oigo|oi
                |escucho|escuche|oye|escucha)|he (?:entendido|oido|escuchado)|tengo (?:tiempo|ni idea
                |idea|prisa|mucho tiempo)
                (?:ahora|hoy|todavia|aun|ahorita|por ahora|por el momento|esta vez|de momento)(?! no)
                    |me acuerdo|recuerdo|estoy segur[oa]
                borr\w+|elimin\w+|olvid\w+|(?:me )?cuelgu(?:e[ns]?|es)|(?:me |se )?preocup\w+
                    |tengo (?:mas )?(?:dudas|preguntas)
                en este momento|una|cambia nada|lo (?:borr|elimin|olvid)\w+|la (?:borr|elimin|olvid)\w+
                    |me (?:borr|elimin|olvid)\w+
                acabo de entender|pude oir|ahora mismo|me reconoce\b|me reconocen|funciona|llega|llego
                    |me llego|me funciona
            """,
            "property": r"""
                segur[oa]|grat(?:is|uito)|privad[oa]|legal|obligatori[oa]|opcional|necesari[oa]
                    |grabando|grabada|cifrad[oa]
                un robot|una maquina|real|confidencial|anonim[oa]
            """,
            "errand": r"""
                con|a|para|en|por favor (?:con|a)
            """,
        }.items()
    }
    # "¿puedo decir que no?" and "¿por qué no?" refuse nothing; "ahora no" refuses for a while.
    names["no_before"] = (
        r"(?<!por que )(?<!como )(?<!decir que )(?<!digo que )(?<!decir )(?<!\bo )(?<!numero )(?<!ahora )"
        r"(?<!\bhoy )(?<!momento )(?<!todavia )(?<!\baun )(?<!esta vez )(?<!ahorita )(?<!ahora mismo )"
    )
    names["someone"] = (
        rf"(?:(?:mi|su|un|una|el|la|nuestra|nuestro|otra|otro) (?:\w+ )?{names['relative']}|el\b"
        r"|ella|ellos|otra persona|alguien|un tercero|encargo)"
    )
    return names


def answers() -> tuple[Rule, ...]:
    """The rules for every answer but yes and withdrawal."""
    return answer_rules(
        _vocabulary(),
        never=_NEVER,
        minor=_MINOR,
        third_party=_THIRD_PARTY,
        no=_NO,
        not_now=_NOT_NOW,
        explain=_EXPLAIN,
        repeat=_REPEAT,
    )


def emergency() -> re.Pattern[str]:
    """What says that this is no moment for questions."""
    return re.compile(alternatives(_EMERGENCY, _vocabulary()))
