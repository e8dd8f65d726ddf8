"""What the agent says in Spanish: "usted", which is polite everywhere."""

from __future__ import annotations

from opusagent_voiceprint.consent.script import ConsentScript

__all__ = ["WORDING_VERSION", "script"]

WORDING_VERSION = "3"


def script(organization: str, kept: str) -> ConsentScript:
    """The Spanish script, about a voiceprint that is deleted after ``kept`` ("un año")."""
    may = f"¿Puede {organization}" if organization else "¿Podemos"
    may_also = f"¿Puede {organization} guardar también" if organization else "¿Podemos guardar también"
    return ConsentScript(
        version=WORDING_VERSION,
        covers_later_calls=True,
        language="es",
        question=(
            f"{may} guardar huellas de voz de sus llamadas, datos biométricos sin grabación, para "
            f"reconocerle hasta que diga 'bórreme' o pase {kept} sin llamar? Es opcional y no cambia nada "
            "más. ¿Sí o no?"
        ),
        explanation=(
            "Una huella de voz es una serie de números calculada a partir de cómo suena su voz, en esta "
            "llamada y en algunas de las próximas, para reconocerle también desde otros teléfonos. Es un "
            "dato biométrico, y sirve para una sola cosa: reconocerle y saludarle cuando vuelva a llamar. No "
            "es una grabación, no contiene sus palabras, y no demuestra quién es usted. Es opcional: si dice "
            f"que no, no cambia nada más. Se borra tras {kept} sin llamadas, o cuando diga 'bórreme'. {may} "
            "guardar huellas de su voz? ¿Sí o no?"
        ),
        reprompt=(
            f"Perdone, para esto necesito una respuesta clara. {may} guardar huellas de voz de sus "
            "llamadas para reconocerle? Diga, por favor, sí o no."
        ),
        ask_name="Gracias. ¿Con qué nombre quiere que le salude?",
        ask_name_again="Perdone, no he entendido el nombre. ¿Cómo quiere que le llame?",
        keep_talking="Gracias. Cuénteme, por favor, en una o dos frases por qué llama.",
        poor_line="Gracias. Hasta ahora se oye mal. Cuénteme, por favor, en una o dos frases por qué llama.",
        enrolled_named="Gracias, {name}. La próxima vez reconoceré su voz.",
        enrolled_unnamed="Gracias. La próxima vez reconoceré su voz.",
        ask_memory=(
            f"{may_also} notas breves de lo que cuente, para que no tenga que repetirlo, hasta que diga "
            f"'olvídeme' o pase {kept} sin llamar? Es opcional y no cambia nada más. ¿Sí o no?"
        ),
        memory_reprompt=(
            f"Perdone. {may} guardar notas breves de lo que nos cuente, hasta que diga 'olvídeme'? Diga, por "
            "favor, sí o no."
        ),
        memory_granted="Gracias, guardaré notas de lo que hablemos. ¿En qué puedo ayudarle?",
        memory_declined="De acuerdo, no guardaré notas. ¿En qué puedo ayudarle?",
        memory_failed="Lo siento, no ha funcionado, así que no guardaré notas. ¿En qué puedo ayudarle?",
        declined="De acuerdo, no guardaré su huella de voz. Nada más cambia.",
        never_again="De acuerdo, no guardaré su huella de voz, y no volveré a preguntarle.",
        recognition_question=(
            f"{may} reconocerle por la voz en esta llamada? Es opcional, y no se guarda ninguna "
            "huella nueva. ¿Sí o no?"
        ),
        recognition_explanation=(
            "De cómo suena su voz se calcularía una serie de números, que es un dato biométrico, y se "
            "compararía con las huellas de voz de quienes aceptaron que se les reconozca. Si la suya está "
            "entre ellas, podré saludarle. Los números se borran a más tardar al final de esta llamada, y no "
            "se crea ni se cambia ninguna huella. No es una grabación, y no demuestra quién es usted. Es "
            f"opcional: si dice que no, no cambia nada más. {may} reconocerle por la voz en esta "
            "llamada? ¿Sí o no?"
        ),
        recognition_reprompt=(
            f"Perdone, para esto necesito una respuesta clara. {may} reconocerle por la voz en esta "
            "llamada? Diga, por favor, sí o no."
        ),
        recognition_granted="Gracias. Siga, por favor.",
        recognition_declined="De acuerdo, no le reconoceré por la voz. Nada más cambia.",
        recognition_never_again="De acuerdo, no le reconoceré por la voz, y no volveré a preguntarle.",
        withdrawn="Hecho. Su huella de voz y todo lo guardado sobre usted se ha borrado.",
        withdrawn_in_part=(
            "Su huella de voz y todo lo guardado con ella se ha borrado. Con este número hay un registro más "
            "antiguo que no puedo comparar con su voz; lo he anotado para que se revise."
        ),
        withdrawal_noted=(
            "Por ahora no reconozco su voz. Si la reconozco en esta llamada, todo lo guardado sobre usted se "
            "borra en el acto. Su voz no se guarda."
        ),
        withdrawal_pending=(
            "He dejado de reconocerle. El borrado no se ha podido hacer ahora, y se intentará de nuevo."
        ),
        withdrawal_suspended=(
            "Por ahora no reconozco su voz. He dejado de reconocer a quien llame desde este número, y su "
            "petición queda anotada para que se revise. Si le reconozco en esta llamada, todo lo guardado "
            "sobre usted se borra en el acto."
        ),
        withdrawal_suspended_unheard=(
            "He dejado de reconocer a quien llame desde este número, y su petición queda anotada: alguien se "
            "encargará de que se borre lo que se guarda sobre usted."
        ),
        withdrawal_noted_unheard=(
            "En esta llamada no reconozco a nadie por la voz, así que no sé qué se guarda sobre usted. "
            "Dígalo de nuevo cuando llame desde su número habitual: entonces su petición quedará anotada."
        ),
        failed="Lo siento, no ha funcionado, y no se ha guardado nada. Sigamos.",
        two_voices="Lo siento, he oído más de una voz, así que no se ha guardado nada. Sigamos.",
        agents_voice="Lo siento, he oído sobre todo mi propia voz, así que no se ha guardado nada. Sigamos.",
        third_party="Solo puedo preguntar a cada persona por su propia voz, así que no guardo nada. Sigamos.",
        minor="Esto solo lo pregunto a personas adultas, así que no guardo nada. Sigamos.",
    )
