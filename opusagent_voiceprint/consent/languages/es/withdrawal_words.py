"""The words that Spanish withdrawals are made of: verbs, what they act on, what is about something else."""

from __future__ import annotations

from opusagent_voiceprint.consent.patterns import alternatives, without_accents

__all__ = ["vocabulary"]


def vocabulary() -> dict[str, str]:
    """The named patterns that the rules of a withdrawal are written with, by name; no accents are left."""
    names: dict[str, str] = {
        "opening": (
            "(?:(?:si|no|hola|buenas|buenos dias|buenas tardes|perdon|perdone|perdona|espere|espera|y|pero"
            "|entonces|ahora|ay|ah|oh|gracias|ok|vale|alto|pare|no gracias) )*"
        ),
        "wish": (
            "(?:(?:quiero|quisiera|deseo|necesito|me gustaria|puede|puedes|podria|podrias|pueden|podrian)"
            " (?:que )?)?"
        ),
        "wants": (
            r"(?:quiero|queremos|quisiera|querria|deseo|desearia|pido|exijo|solicito|necesito|prefiero|preferiria"
            r"|me gustaria|ruego|ordeno|demando|haga|hagan|haz|asegurese de|procure)"
        ),
        "clitic": "(?:me|te|se|os|nos|le|les)?(?:lo|la|los|las)?",
        "soon": "(?: (?:ya|ahora|hoy|tambien|todos?|todas?|usted|ustedes))*",
    }

    def define(name: str, text: str) -> None:
        names[name] = alternatives(without_accents(text), names)

    define(
        "system",
        r"""
        (?:(?:su|tu|vuestr[oa]|el|la|este|esta|todo|ese|esa) |l )(?:sistema|base de datos|bases de datos
            |memoria
        |archivos?|registros?|ficheros?|servidor(?:es)?|ordenador(?:es)?|reconocimiento|programa)\b
        (?:sus|tus|los|las) (?:sistemas|bases de datos|archivos|registros|ficheros|servidores)\b
        (?:ahi|aqui|alli|alla|inmediato)\b
        """,
    )
    # "elimine mis datos de la lista de correo" is about a list; "... de su sistema" is about us.
    names["not_elsewhere"] = rf"(?! (?:de|en|para|con) (?!{names['system']}))(?! del (?!sistema|reconoc))"
    names["not_later"] = (
        r"(?! (?:mas (?:tarde|adelante)|despues|luego|en cualquier momento|algun dia|cuando quiera|si yo)\b)"
    )
    names["not_on_device"] = (
        r"(?! (?:de(?:l)?|en|para) (?:(?:mi|la|el|mis|los|una?) )?(?:tele\w*|tv|movil|celular|coche"
        r"|carro|auto|mando|alexa|altavoz|parlante|portatil|reloj|tableta|router|mensajes?|correo|video|grupo|whatsapp)\b)"
    )
    define(
        "voice_thing",
        r"""
        huellas? de voz|huellas? biometricas?|biometria
        (?:perfil(?:es)?|datos?|registros?|muestras?|patron(?:es)?|plantillas?|modelos?|firmas?
            |identificacion
        |id|grabacion(?:es)?|fichero|archivo|codigo|impresion|reconocimiento|memoria|copias?|rastros?|cosa
        |informacion|identificador) (?:de|por|con|vocal|biometric[oa]s? de) (?:mi |la )?voz
        (?:perfil(?:es)?|datos?|patron(?:es)?|registros?|informacion|reconocimiento
            |identificacion) (?:vocal(?:es)?
        |biometric[oa]s?)
        """,
    )
    names["which"] = (
        r"(?:(?:todas?|todos|cualquier|ninguna?|mi|mis|la|las|el|los|lo|esas?|esos?|ese|estas?|este|estos"
        r"|nuestra|nuestro|su|sus|tu|tus|una?|aquella|de|del) )*"
    )
    names["thing"] = (
        rf"(?:{names['which']}{names['voice_thing']}\b{names['not_later']}{names['not_on_device']})"
    )
    names["my_voice"] = (
        r"(?:(?:(?:todo )?lo de )?(?:mi|nuestra) (?:propia )?voz\b(?! (?:en off|del? (?:mensaje|buzon)))"
        rf"{names['not_elsewhere']}{names['not_later']}{names['not_on_device']})"
    )
    names["my_data"] = (
        r"(?:(?:todos |todas |toda |todo )?(?:mis|mi|nuestros) (?:propios )?"
        r"(?:datos|informacion|perfil|registros|ficha)\b(?: (?:personal(?:es)?|privad[oa]s?|guardad[oa]s?"
        r"|complet[oa]s?))*"
        r"(?! (?:moviles|bancari\w+|fiscal\w*|medic\w+|profesional\w*|social\w*|laboral\w*|antiguos de))"
        rf"{names['not_elsewhere']}{names['not_later']}{names['not_on_device']})"
    )
    define(
        "knows",
        r"""
        sabe[sn]?|saben|sabeis|tiene[sn]?|teneis|tengan?|tengas|guarda[sn]?|guarde[sn]?|guardado
            |guardaron|guardo
        recuerda[sn]?|recuerde[sn]?|conserva[sn]?|almacena[sn]?|ha[sn]? guardado|habeis guardado|conoce[sn]?
        sepa[sn]?|ha[sn]? almacenado|ha[sn]? grabado|grabo|grabaron|almaceno|almacenaron
        """,
    )
    names["about_me"] = (
        r"(?:(?:(?:todas?|todos?|las?|los|el|sus?|tus?|cualquier|esas?|esos) )*"
        r"(?:notas?|recuerdos?|registros?|fichas?|datos?|informacion|cosas|apuntes|lo)"
        rf"(?: que (?:usted |ustedes |me )?{names['knows']})?(?: guardad[oa]s?)? (?:sobre|de|acerca de) mi\b"
        r"(?! (?!voz\b|persona\b|y\b|por\b|ahora\b|ya\b)\w))"
    )
    define("ours", "<thing>|<my_voice>|<my_data>|<about_me>")
    define(
        "erasing",
        r"""
        (?:borr|elimin|olvid|quit|descart|limpi)(?:a|e|en|ad|es|eis|ar)
        suprim(?:e|a|an|id|as|ir)|destru(?:ye|ya|yan|yas|id|ir)|remuev(?:e|a|an|as)|remover
        (?:deshaz|deshag|deshaga[sn]?|deshacer)
        """,
    )
    names["erase"] = rf"{names['erasing']}{names['clitic']}{names['soon']}(?: de)?"
    define(
        "off",
        r"""
        (?:cancel|anul|desactiv|retir|par)(?:a|e|en|ad|es|ar)|apag(?:a|ue|uen|ues|ad|ar)
        revoc(?:a|ad|ar)|revoque[sn]?|saca(?:r|d)?|saque[sn]?|deten(?:ga|gan|gas|er|ed)?|tir(?:a|e|en|ar)
        deshabilit(?:a|e|en|ar)|desech(?:a|e|en|ar)
        """,
    )
    names["switch_off"] = rf"{names['off']}{names['clitic']}{names['soon']}"
    names["erased"] = (
        r"(?:(?:borrad|eliminad|olvidad|suprimid|destruid|cancelad|quitad|desactivad|retirad|anulad|removid)"
        r"[oa]s?)"
    )
    # "no me reconozca" is asked of us, "no me reconoce" complains: the mood tells.
    names["handle"] = alternatives(
        r"""
        (?:reconozca|recuerde|identifique|guarde|almacene|use|utilice|conserve|grabe|procese|trate|registre
        |rastree|tenga|mantenga|memorice|analice|salude|recoja|compare|cree|haga)(?:n|s|is)?
        """
    )
    names["know"] = r"(?:(?:reconozca|recuerde|identifique|rastree)(?:n|s|is)?)"
    names["handling"] = alternatives(
        """
        reconocer|recordar|identificar|guardar|almacenar|usar|utilizar|conservar|grabar|procesar|tratar
        registrar|rastrear|tener|mantener|memorizar|analizar|recoger|comparar|escuchar
        """
    )
    names["knowing"] = "(?:reconocer|recordar|identificar|rastrear|registrar|perfilar|analizar)"
    # "deje de reconocerme como Juan" corrects a match; it must not erase anybody.
    names["not_as"] = (
        r"(?! (?:como|por otro|con otro|en otro|eso|esto|nada|al?|la (?:cita|fecha)|que|el|los|las|lo"
        r"|mi (?!voz))\b)"
    )
    names["consent"] = r"(?:consentimiento|permiso|autorizacion|aprobacion|conformidad)\b"
    # "mi consentimiento para la publicidad" is not the one that we hold.
    names["to_us"] = (
        rf"(?! (?:para|a|de|del|sobre|en|al) (?!que\b|est[oae]\b|eso\b|ello\b|{names['ours']}"
        rf"|{names['handling']}|{names['knowing']}me\b|la voz\b|inmediato\b|ahora\b))"
    )
    names["again"] = (
        r"(?: \w+){0,3}? (?:mas|jamas|otra vez|de nuevo|en adelante|nunca)\b(?! (?:tarde|adelante))"
    )
    names["do_not"] = (
        rf"\b(?:no|nunca|jamas|tampoco) (?:(?:me|nos) {names['know']}\b{names['not_as']}"
        rf"|(?:me )?(?:{names['handle']}) {names['ours']})"
    )
    names["not_want"] = (
        r"\bno (?:quiero|queremos|quisiera|querria|deseo|permito|autorizo|consiento|acepto|me gustaria"
        r"|me gusta|necesito|doy permiso|estoy de acuerdo)(?: (?:con|en|a|para))?"
    )
    define(
        "standing",
        r"""
        <not_want> que (?:me|nos) (?:<know>)\b<not_as>
        <not_want> que (?:se )?(?:me )?<handle> <ours>
        <not_want>(?: (?:tener|dar|crear|hacer|dejar|guardar))? <thing>(?! <erased>)
        <not_want> (?:ser (?:reconocid[oa]|recordad[oa]|identificad[oa])|estar en <system>)
        \b(?:prefiero|preferiria|quiero|quisiera|pido|mejor)(?: que)? no (?:ser (?:reconocid|recordad
            |identificad)[oa]
        |(?:me|nos) (?:<know>)\b<not_as>|(?:me )?<handle> <ours>)
        \bno (?:puede[sn]?|podeis|debe[ns]?|tiene[sn]? (?:mi )?permiso (?:para|de)) (?:guardar
            |almacenar|usar|utilizar
        |conservar|grabar|procesar|tener) <ours>
        \bno (?:guarde|tome|escriba|haga|apunte)[sn]? (?:notas|apuntes|nada) (?:sobre|de
            |acerca de) mi\b(?! \w)
        """,
    )
    names["everything"] = (
        r"(?:(?:absolutamente )?tod[oa]s?(?: lo| los datos| la informacion| las cosas)?|lo|los datos"
        r"|la informacion|cualquier cosa|cuanto)"
    )
    return names
