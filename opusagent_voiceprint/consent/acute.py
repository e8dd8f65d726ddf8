"""What says that somebody needs help this moment, in each language.

Narrower than a grammar's ``emergency``, which only keeps a question back: this ends a dialogue that is under
way. Patterns search one sentence's prepared words without fillers and, but for English, without accents.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Final

from opusagent_voiceprint.consent.languages.de.spelling import spelt_alike
from opusagent_voiceprint.consent.patterns import alternatives, compiled

__all__ = ["Acute", "acute_words"]

_EN: Final = r"""
    \b(?:call|phone|ring|dial|send|get|need|want)(?: (?:me|us|for|in|to|call|get|you|now|quick
        |quickly))* <service>\b<end>
    ^(?:<lead> )*(?:help|help me|help us|send help|get help|help me now|help us now)(?: (?:quick|quickly
        |now))?$
    \b(?:need|send|get|call)(?: (?:me|us|some|for))* help (?:now|right now|quick|quickly|fast|immediately)\b
    \b(?:my|our|the|a|this) (?:\w+ )?<place>(?: is| are|s) (?:on fire|burning|in flames|flooding)\b
    \b(?:i am|we are|he is|she is|they are) (?:on fire|burning)\b
    \b(?:he|she)s (?:\w+ )?(?:not breathing|unconscious|bleeding|choking|drowning|dying)\b
    \b(?:he|she)s having a (?:heart attack|stroke|seizure)\b
    \b(?:there is|theres) (?:a |an )?(?:\w+ )?(?:fire|gas leak|smoke|explosion|intruder|burglar|gunman
        |shooter)\b<end>
    ^(?:<lead> )*(?:it is burning|fire)$|\bsmells? (?:of|like) gas\b
    \b<person> (?:is|are|has|have|am) (?:not|stopped|barely|hardly|no longer) breathing\b
    \b<person> (?:can|could) (?:not|hardly|barely) breathe?\b|\bi can (?:not|hardly|barely) breathe\b
    \b<person> (?:is|are|am) (?:\w+ )?(?:unconscious|bleeding|choking|drowning|dying|suffocating
        |being attacked)\b
    \b<person> (?:is|are|am) having a (?:\w+ )?(?:heart attack|stroke|seizure)\b|\b<person> is having a fit$
    \b(?:somebody|someone) is (?:breaking in|in my house|trying to (?:break in|kill))\b
    \bi (?:want|am going) to (?:kill myself|end my life|die)\b
"""
_DE: Final = r"""
    \b(?:rufen|rufe|ruf|ruft|rufts|schicken|schicke|schick|schickt|holen|holt|verstandigen|alarmieren
        |brauche|brauch
        |brauchen)(?: (?:sie|ich|wir|mir|uns|schnell|sofort|dringend|jetzt|gleich))* (?:den |einen |nen
        |die |eine )?<service>\b<end>
    \b<service> (?:rufen|holen|verstandigen|schicken)$
    ^(?:<lead> )*(?:zu )?(?:hilfe ?)+$|^(?:<lead> )*(?:helfen sie|hilf|helft|helfts) (?:mir
        |uns)(?: schnell| sofort)?$
    \b(?:brauche|brauch|brauchen) (?:ich |wir )?(?:sofort|schnell|dringend|jetzt) hilfe\b
    \b(?:es|hier|bei (?:mir|uns)|<place>) brennt(?: es)?(?: jetzt| gerade)?(?= bei| in| hier| und| rufen
        | schnell|$)
    \b(?:hier ist|es gibt) (?:ein )?feuer\b|^(?:<lead> )*feuer$|\bsteht in flammen\b|\b(?:riecht
        |stinkt) (?:\w+ ){0,2}?nach gas\b
    \b<person> (?:\w+ )?atmet (?:\w+ )?nicht\b|\b(?:kriege|krieg|bekomme|bekomm) (?:ich )?keine luft\b
    \b<person> (?:ist|sind|bin) (?:\w+ )?bewusstlos\b|\b<person> (?:blutet|verblutet|blute|erstickt
        |ersticke|ertrinkt|stirbt|sterbe)\b
    \b<person> (?:hat|habe)(?: gerade)? (?:einen )?(?:schlaganfall|herzinfarkt|krampfanfall)\b
    \beinbrecher (?:ist|sind) (?:im|in)\b|\bich (?:will|werde|mochte) (?:mich umbringen|sterben)\b
"""
_ES: Final = r"""
    \b(?:llame|llama|llamen|llamad|envie|envien|manden?|necesito|necesitamos|quiero|traigan)(?: (?:a|al
        |ya|ahora|urgente
        |urgentemente))* (?:el |la |los |las |un |una )?<service>\b<end>
    ^(?:<lead> )*(?:ayuda ?)+$|^(?:<lead> )*(?:auxilio ?)+$|^(?:<lead> )*ayud(?:eme|enme|ame|enos
        |ennos)(?: rapido| ya| ahora)?$
    \bnecesit(?:o|amos) ayuda (?:ya|ahora|urgente|rapido)\b
    \bhay (?:un |una )?(?:fuego|incendio|fuga de gas|ladron|explosion)\b<end>|\bhuele a gas\b
    \b<place> (?:se )?esta (?:quemando(?:se)?|ardiendo|en llamas)\b|\bse (?:esta quemando|quema) <place>\b
    \bse me quema <place>\b|\bno (?:puedo|puede) respirar\b|\bno (?:esta respirando|respira)\b
    \b(?:esta|estoy) (?:sangrando|inconsciente|muriendose|muriendome|ahogandose|ahogandome)\b
        |\bse (?:esta muriendo|muere)\b|\bme muero$
    \b(?:esta|me esta|le esta) dando un (?:infarto|ictus|derrame)\b|\besta teniendo un (?:infarto|ictus)\b
    \bquiero (?:suicidarme|morirme|matarme|quitarme la vida)\b
"""
_FR: Final = r"""
    \b(?:appelez|appelle|appeler|envoyez|envoie|envoyer|besoin|veux|faut|prevenez)(?: (?:moi|nous|vite
        |tout|suite|de|du|des|dune?))*
    + (?:le |la |les |l |une? )?<service>\b<end>
    ^(?:<lead> )*(?:a le aide|au secours|aidez moi|aide moi|aidez nous|au feu)(?: vite)?$
    \bbesoin de aide (?:vite|tout de suite|urgent\w*|maintenant)\b
    \bil y a (?:le feu|un (?:feu|incendie)|une fuite de gaz|une explosion)\b<end>|\bca sent le gaz\b
    \b<place> (?:est en feu|brule|est en train de bruler)\b|^(?:<lead> )*ca brule$
    \b(?:il|elle|mari|femme|fils|fille|mere|pere|bebe|quelquun|on) respire (?:plus|pas)\b|\bje (?:peux
        |arrive) (?:plus|pas) (?:a )?respirer\b|\bje respire (?:plus|pas)\b
    \b(?:est|suis) (?:\w+ )?inconsciente?\b|\b(?:il|elle|je|quelquun) (?:saigne|etouffe|se noie|me noie)\b
    \b(?:fait|fais) (?:un avc|une crise cardiaque|un infarctus)\b|\ben train de (?:mourir|se noyer
        |se etouffer)\b
    \bje veux (?:mourir|me suicider|me tuer)\b
"""

_NAMES: Final[dict[str, dict[str, str]]] = {
    "en": {
        "service": (
            r"(?:(?:(?:an|the|a) )?(?:ambulance|police|paramedics?|fire brigade|fire department|fire service"
            r"|firefighters|emergency services|coast guard)"
            r"|911|999|112|000|9 1(?: 1)?|9 9|nine one(?: one)?|one one two)"
        ),
        "lead": "(?:no|yes|oh|oh my god|my god|okay|quick|quickly|hello|wait|somebody|someone)",
        "place": (
            "(?:house|home|flat|apartment|kitchen|car|building|roof|room|office|garage|bed|oven|stove|place"
            "|basement|bedroom|barn|shed)"
        ),
        "person": (
            "(?:i|we|he|she|they|somebody|someone|(?:my|our|the|a) (?:\\w+ )?(?:husband|wife|mother|father"
            "|mum"
            "|mom|dad|son|daughter|child|baby|brother|sister|friend|neighbou?r|partner|man|woman|boy|girl|colleague"
            "|grandmother|grandfather|patient))"
        ),
        "end": "(?! (?:sale|alarm|insurance|policy|report|station|reference|number|extinguisher|cover))",
    },
    "de": {
        "service": (
            r"(?:krankenwagen|notarzt|rettungswagen|rettungsdienst|rettung|polizei|feuerwehr|sanitater|notruf"
            r"|110|112|118|133|144)"
        ),
        "lead": "(?:nein|ja|oh|oh gott|mein gott|hallo|schnell|moment)",
        "place": ("(?:haus|wohnung|kuche|dach|auto|keller|zimmer|garage|buro|scheune|ofen|herd)"),
        "person": (
            "(?:ich|er|sie|es|jemand|wir|(?:mein\\w*|unser\\w*|die|der|das) (?:mann|frau|mutter|vater|sohn"
            "|tochter|kind|baby|bruder|schwester|freund|freundin|nachbar|nachbarin|oma|opa|kollege|kollegin))"
        ),
        "end": "(?! (?:nummer|bericht|aktenzeichen|versicherung|protokoll))",
    },
    "es": {
        "service": (
            r"(?:ambulancia|policia|bomberos?|guardia civil|paramedicos?|medico de urgencias|112|911|091)"
        ),
        "lead": "(?:no|si|ay|ay dios|dios mio|por dios|hola|rapido)",
        "place": (
            "(?:(?:mi|la|nuestra|el|nuestro) )?(?:casa|piso|cocina|coche|carro|edificio|apartamento"
            "|habitacion|techo|garaje)"
        ),
        "end": "(?! (?:numero|informe|seguro|de incendios|tv|stick))",
    },
    "fr": {
        "service": (r"(?:ambulance|police|pompiers?|samu|smur|gendarmes?|gendarmerie|112|911|15|17|18)"),
        "lead": "(?:non|oui|oh|mon dieu|vite|allo|a le aide|au secours)",
        "place": "(?:maison|appartement|cuisine|voiture|immeuble|toit|chambre|garage|bureau|grange)",
        "end": "(?! (?:de assurance|assurance|numero|rouge|vert|orange|de la|de signal|de joie))",
    },
}

_REPORTS: Final = {
    "en": r"""
        last (?:week|month|year|night|summer|winter|\w+day)|yesterday|ago|report(?:s|ed|ing)?|claims?
        |claiming|insurance|insured
        policy|numbers?|statement|reference|had|was|were|invoice|bill|form|certificate
    """,
    "de": r"""
        (?:letzte|vorige|vergangene)[nrs]? (?:woche|monat|jahr|nacht|\w+tag)|gestern|vorgestern|neulich
        |damals|gemeldet
        melden|meldung|\w*versicher\w*|\w*nummer|bericht|\w*schaden\w*|aktenzeichen|hatte|hatten|wurde
        |war|rechnung|protokoll
    """,
    "es": r"""
        (?:semana|mes|ano) pasad[oa]|ayer|anteayer|anoche|hace (?:un|una|dos|tres|\d+)|reportar|reporte
        |informe|denuncia\w*|informar
        seguros?|siniestro|reclama\w*|numero|poliza|tuve|hubo|factura|parte
    """,
    "fr": r"""
        (?:semaine|mois|annee|nuit) (?:derniere|dernier|passee?)|(?:an|lundi|mardi|mercredi|jeudi
        |vendredi|samedi|dimanche) dernier
        hier|avant hier|signaler|declar\w*|assurance|assureur|sinistre|reclamation|numero|rapport|contrat
        |eu|etait|facture|constat|proces verbal
    """,
}
_NOT_AFTER: Final = {
    "en": (
        r"\b(?:not|never|no need to|did you|should i|do i|if|whether|without)"
        r"(?: (?:have|need|want|going|like))?(?: to)?(?: have)? $"
    ),
    "de": r"\b(?:nicht|kein|keine|keinen|nie|ob|wenn|falls|ohne|hat|haben sie schon|soll ich|muss ich) $",
    "es": r"\b(?:no|nunca|ningun|ninguna|si|sin|tengo que|debo)(?: es necesario que| hace falta que)? $",
    "fr": r"\b(?:pas|jamais|aucune?|si|sans|dois je|faut il|pas besoin de) $",
}


@dataclass(frozen=True, slots=True)
class Acute:
    """What tells of it, what makes it none anywhere in the sentence, and what makes it none before it."""

    patterns: tuple[re.Pattern[str], ...]
    reported: re.Pattern[str]
    not_after: re.Pattern[str]


@functools.cache
def acute_words(code: str) -> Acute | None:
    """The words of a language, compiled at their first use; None if there are none."""
    table = {"en": _EN, "de": _DE, "es": _ES, "fr": _FR}.get(code)
    if table is None:
        return None
    spelt = spelt_alike if code == "de" else str
    return Acute(
        compiled(spelt(table), {name: spelt(words) for name, words in _NAMES[code].items()}),
        re.compile(rf"\b{alternatives(spelt(_REPORTS[code]))}\b"),
        re.compile(spelt(_NOT_AFTER[code])),
    )
