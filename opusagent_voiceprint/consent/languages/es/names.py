"""How Spanish callers give their name, and which words are no names."""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.language import NameWords
from opusagent_voiceprint.consent.patterns import alternatives, without_accents, word_set

__all__ = ["NAMES"]


def _either_way(text: str) -> frozenset[str]:
    """The words, with their accents and without: recognisers write both."""
    return word_set(text) | word_set(without_accents(text))


# Compared without accents. "Borra" and "Clavé" are surnames, so "borra" and "clave" are missing.
_ORDERS = word_set(
    """ignora ignorar ignoren ignorad ignoras instruccion instrucciones sistema sistemas asistente asistentes
    administrador administradora desarrollador desarrolladora usuario verificado verificada verifica verificar
    autenticado autenticada autorizado autorizada autoriza contrasena contrasenas comando comandos ejecuta
    ejecute ejecutar revela revele revelar transfiere transfiera transferir reembolso reembolsa borrar borre
    elimina elimine eliminar olvida olvide olvidar anteriores obedece obedezca"""
)

_NO_NAMES = _either_way(
    """a eh em ehm llámeme llámame acá acaso
    adelante además adiós ahí ahora ahorita al algo alguien algún
    alguna allí alquiler alto
    amable amiga amigo andando ansioso anónimo anónima aparte apellido apellidos aquí así asunto aún aunque
    ay ayer ayuda bastante bien bueno buena buenas buenos cada caliente cansada cansado casa casada casado
    casi cero chao chau cinco cita clara claro cliente clienta coche cómo como complicado con conmigo contigo
    contrato correcto cosa creo cual cuál cualquiera cuando cuándo cuánto cuarto cuatro cuenta cuestión da
    dale dar debo deja deje dejar déjeme déjelo dentro depende desde después deudor di dice dicho diez
    diferente difícil diga dígame dime dirección disculpa disculpe divorciada divorciado doce don dónde
    donde dos duda durante e él ella ellos embarazada empleado empleada en encantada encantado enferma enfermo
    enfadada enfadado enojada enojado entonces entrega envío era eres es esa ese eso español española
    espera esperando espere esposa esposo esta está estaba están estás este esto estoy etc exacto exactamente
    extranjera extranjero fácil factura fatal favor feliz feo fuera fue gracias gratis gusta gustaría ha
    haber hablando hablar hablo hace hacer hago harta harto hasta hay he hermana hermano hija hijo hola hora
    hoy hombre humano igual imposible importa importante incorrecto inglés ingreso interesado interesada
    ir irrelevante jamás jefa jefe joven jubilada jubilado juntos lámpara le leer les lista listo lo loca
    loco luego llama llamada llamando llamar llamo llame llueve madre mal mala malo mamá mañana marido más
    mayor me media mejor menor menos mensaje mentira mi mí mía mío mientras minuto mira mire mis misma
    mismo molesta molesto momento morena mucha mucho muchas mujer muy nada nadie necesito negativo ni ninguna
    ninguno no nombre nos nosotras nosotros novia novio nueve nuestra nuestro nueva nuevo número nunca o
    ocho ocupada ocupado oiga oigo ok okay oye otra otro padre país palabra papá para pareja paquete parece
    pasa paso pedido pena perdón perdona perdone perfecto pero persona pesado pesada peso poco podría poder
    póngame por porque precio prefiero pregunta pregunto preocupada preocupado primera primero prisa privado
    problema pronto pues puede puedo que qué quien quién quiero quisiera quizá quizás raro recuerda
    regular repita repite respuesta ridículo robot rota roto rápido sabe saber secreto seguro según seis señor
    señora señorita ser seré servicio si sí siempre siete sigo silencio sin sino sé se siguiente sobre sola
    solo sólo soltera soltero son sordo sorda soy su sus también tampoco tan tanto tarde tarjeta te tengo
    tercero tiempo tiene titular toda todas todavía todo todos tonta tontería tonto trabajando trabajo tres
    triste tu tú tus último última un una uno única usted ustedes va vale vamos veinte vecina vecino ven
    venga ver verdad vez vieja viejo viuda viudo vivo volver voy voz vuelta y ya yo equivocado equivocada
    perdida perdido lento técnico soporte departamento operador operadora agente buenísimo horrible mierda
    joder coño carajo puta puto idiota estúpido estúpida imbécil hostia caramba vaya anda órale bravo genial
    estupendo guay chévere dejemos olvídelo olvídalo sáltelo sáltalo siri alexa google hey hi hello borrar
    noche noches días tardes fin fines semana mes año años clase forma parte conductor conducir manejando
    suscriptor abonado abonada cuñada cuñado suegra suegro prima primo tía tío abuela abuelo socia socio
    urgente importuno ocurre averiada averiado averías reparación reclamación queja reserva vuelo médico
    hambre sed frío calor miedo dolor sueño demasiado urgencia emergencia estudiante profesora profesor
    abogada abogado ingeniero ingeniera autónomo autónoma diabético celíaca celíaco mexicano mexicana
    argentino argentina colombiano colombiana alemán alemana francesa italiano italiana chileno chilena
    peruano peruana"""
)

# Pablo Casado, Clara Bueno, Marta Rubio: names when another capitalised name stands beside them.
_NAMES_TOO = word_set(
    """bueno buena casado mayor menor moreno morena clara claro feliz bravo delgado rubio calvo seguro
    vecino primo cuarto alemán español lista francesa italiano don da di san bien vivo gallego leal
    abad media conde noche e mi le van"""
)

_LEADING = word_set(
    "eh ehm em este bueno pues ah ay oh sí si claro vale ok okay hola buenas mire mira oiga así que por favor"
)
_TRAILING = r"""
    por favor|(?:muchas )?gracias|señora?|para servirle|a sus órdenes|al habla|al aparato|está bien|nada más
    (?:sin más)|con \w(?: y con \w)*|otra vez|es (?:mi|el) nombre
"""
_SAYS_NAME = r"""
    (?:mi|el) (?:primer |propio )?nombre(?: completo| de pila)? es|me llamo|me llaman|me dicen|todos me llaman
    (?:pued(?:e|es|en) |por favor )*(?:ll[áa]m[ae]me|llamarme|ll[áa]menme|d[íi]g[ae]me)
    (?:todo el mundo|todos|mis amigos|la gente|mi familia) me (?:llaman?|dicen?)|yo me llamo|yo soy me llamo
    (?:guárdeme|salúdeme|saludeme|recuérdeme|recuerdeme) (?:como|con el nombre(?: de)?)
"""
_MAY_SAY_NAME = r"""
    yo soy|soy|es|aquí|aqui|le habla|te habla|habla|con|de parte de|ponga|pon|póngame|diga|prefiero|use|usa
    (?:puede|puedes) (?:decirme|usar|poner)|sería|seria
"""

NAMES = NameWords(
    leading=_LEADING,
    trailing=alternatives(_TRAILING),
    says_name=alternatives(_SAYS_NAME),
    may_say_name=alternatives(_MAY_SAY_NAME),
    says_name_after=" es mi nombre",
    bridges="(?:pero|y|o|aunque)",
    repeats="(?:es|soy|me llamo|mi nombre es)",
    refusals=word_set("no nunca jamás jamas tampoco prefiero"),
    no_answer=re.compile(
        r"\b(?:se escribe|deletre\w+|soy (?:de|del|la|el)|de mi \w+)\b|^(?:del?(?! parte)|el|la)\b", re.I
    ),
    no_names=_NO_NAMES,
    names_too=_NAMES_TOO,
    titles=word_set("señor señora señorita senor senora senorita don doña dona"),
    no_name=re.compile(
        r"(?:ando|iendo)$(?<!fernando)(?<!orlando)(?<!rolando)(?<!armando)(?<!hernando)(?<!rosendo)"
    ),
    no_name_after_frame=re.compile(r"(?:mente|ción|cion|able|ible|ísim[oa]|isim[oa]|iente)$"),
    unsure_after_frame=re.compile(r"(?:\w\w[ai]d[oa]|ando|endo|os[oa])$"),
    orders=_ORDERS,
)
