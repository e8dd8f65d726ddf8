"""The words that German withdrawals are made of: verbs, what they act on, what is about something else."""

from __future__ import annotations

from opusagent_voiceprint.consent.languages.de.spelling import spelt_alike
from opusagent_voiceprint.consent.patterns import alternatives

__all__ = ["vocabulary"]

_OPENING = r"""
    entschuldigung|entschuldigen sie|verzeihung|moment|warte|warten sie|nein|na|ja|okay|also|oh|ach|hallo|hi
    guten (?:tag|morgen|abend)|gruss gott|gruezi|servus|moin|und|aber|dann|so|stopp?|bitte|danke|jetzt|gut|ich
    glaube
"""
_SYSTEM = r"""
    (?:ihr|eur|dein|dies|d|all)(?:e|em|en|er|as|ie|es)? (?:ganzen )?(?:systeme?n?|datenbank(?:en)?|computern?
    |speicher|servern?|datei(?:en)?|kartei|akten?|unterlagen|stimmerkennung|programm|liste der stimmen)
    ihnen|euch|hier
"""
# "lösche meine Daten aus dem Verteiler" is about a list; "... aus Ihrem System" is about us.
_NOT_ELSEWHERE = r"(?! (?:vom|von|aus|auf|im|in|bei|beim|am|fur|zum|zur) (?!<system>\b))"
_NOT_LATER = r"""
    (?! (?:spater|irgendwann|jederzeit|automatisch|nach (?:einem|ein|zwei|dem|ende|ablauf|\d+)|wenn (?:ich|sie
    |wir)|sobald)\b)
"""
# German negates after the object: "vergiss meine Stimme nicht".
_NOT_NEGATED = r"""
    (?! (?:(?:ja|bloss|jetzt|noch|aber|wieder|sofort|gleich|bitte|auch|daher|deshalb) )*(?:nicht|nie|niemals
    |auf (?:gar )?keinen fall|keinesfalls|keineswegs|ungern)\b)
"""
_NO_QUESTION = r"(?!(?: \w+){0,6} \?)"
_THING = r"""
    stimmprofile?(?:s|n)?|stimmabdruck|stimmdaten|stimmerkennung|stimmmuster|stimmaufnahmen?|stimmid
    stimm(?:vorlage|probe|datei|modell|kennung|signatur|biometrie|merkmale|sache|dings?|aufzeichnung(?:en)?
    |speicherung|vergleich|template)
    sprachprofil|sprachabdruck|sprecherprofil|biometrie|biometrischen? (?:daten|profil|merkmale|angaben)
    biometrisches profil
    (?:profil|abdruck|aufnahmen?|aufzeichnung(?:en)?|muster|modell|kopien?|daten
    |speicherung) (?:von )?meiner stimme
"""
_ERASE = r"""
    loschen|loschn|vergessen|entfernen|vernichten|zerstoren|beseitigen|streichen|tilgen|eliminieren
    |ausradieren
    (?:he)?rausnehmen|(?:he)?rausloschen|(?:he)?rausschmeissen|wegmachen|wegwerfen|wegschmeissen|wegtun
    deaktivieren|verwerfen|schreddern
"""
_ERASE_TO = r"""
    zu (?:loschen|vergessen|entfernen|vernichten|zerstoren|beseitigen|streichen|tilgen)|wegzuwerfen
    (?:he)?rauszunehmen|wegzumachen
"""
# Imperatives that only a demand has, and those that "Sie" makes one.
_ERASE_NOW = r"""
    (?:loschen|loschn|vergessen|entfernen|vernichten|zerstoren|beseitigen|streichen|tilgen|verwerfen|loschet
    |loschid|vergassed) (?:sie|s)
    losch|losche|vergiss|vergesse|entferne?|vernichte|zerstore?|beseitige|streiche?
"""
_ERASED = r"""
    geloscht|vergessen|entfernt|vernichtet|zerstort|beseitigt|gestrichen|getilgt|(?:he)?rausgenommen|weg
    deaktiviert
"""
_KNOW = r"""
    (?:wieder ?)?erkennen|erinnern|identifizieren|merken|speichern|aufbewahren|behalten|verwenden|benutzen
    nutzen|verarbeiten|auswerten|analysieren|aufzeichnen|aufnehmen|vergleichen|sammeln|abspeichern|scannen
"""
_KNOW_TO = r"""
    zu (?:erkennen|identifizieren|merken|speichern|behalten|verwenden|benutzen|nutzen|verarbeiten|analysieren
    |erinnern|vergleichen)
    wiederzuerkennen|aufzubewahren|auszuwerten|aufzuzeichnen|abzuspeichern
"""
_KNOWN = r"""
    (?:wieder ?)?erkannt|identifiziert|gespeichert|abgespeichert|aufbewahrt|verwendet|benutzt|genutzt
    begrusst|verarbeitet|ausgewertet|analysiert|aufgezeichnet|registriert|erfasst
"""
_KNOW_NOW = r"""
    (?:erkennen|identifizieren|speichern|verwenden|benutzen|nutzen|behalten|verarbeiten|analysieren) sie
    begrussen sie|begrusse?|(?:merken|erinnern) sie sich|merk dir|merke dir|erkenne?|speichere?|verwende
    |benutze|behalte?|erinnere? dich
"""
_CONSENT = r"""
    (?:einwilligung(?:en)?|zustimmung(?:en)?|erlaubnis|genehmigung|zusage|einverstandnis(?:erklarung)?|ja)\b
"""


def vocabulary() -> dict[str, str]:
    """The named patterns that the rules of a withdrawal are written with, by name."""
    names: dict[str, str] = {}

    def define(name: str, text: str) -> None:
        names[name] = alternatives(spelt_alike(text), names)

    names["opening"] = f"(?:{alternatives(_OPENING)} )*"
    names["mine"] = "(?:mein|meine|meinen|meiner|meines|meinem|mei|mi|mini|unsere?|unseren)"
    define("system", _SYSTEM)
    for name, pattern in (
        ("not_elsewhere", _NOT_ELSEWHERE),
        ("not_later", _NOT_LATER),
        ("not_negated", _NOT_NEGATED),
        ("no_question", _NO_QUESTION),
    ):
        names[name] = spelt_alike("".join(line.strip() for line in pattern.splitlines())).replace(
            "<system>", names["system"]
        )
    define("voice_thing", _THING)
    names["which"] = (
        rf"(?:{names['mine']}|das|die|den|dem|des|der|diese[smnr]?|ein|einen|eines|jedes|jeden|alle"
        r"|alle meine|ihr|samtliche)"
    )
    names["thing"] = (
        rf"(?:{names['which']} )?(?:gespeicherten? |eigenen? |biometrischen? )*{names['voice_thing']}"
    )
    names["thing"] += (
        r"\b(?! (?:am|auf|an|im|vom|von) (?:(?:meine[mr]|der|dem|unserem) )?"
        r"(?:handy|telefon|auto|tv|fernseher|computer|laptop))"
    )
    names["my_voice"] = (
        rf"{names['mine']} (?:eigene |gespeicherte |ganze |verdammte |blode )?stimm(?:e|en|n)?\b"
        r"(?! (?:auf (?:dem|der)|fur die (?:wahl|partei)))"
        rf"{names['not_elsewhere']}"
    )
    names["my_data"] = (
        r"(?:alle )?(?:mein|meine|meiner|meinen|meines|samtliche meine) (?:ganzen |gesamten "
        r"|personlichen |privaten |gespeicherten |personenbezogenen )*"
        r"(?:daten|profil|profils|informationen|infos|angaben|datensatz|eintrag)"
        rf"\b{names['not_elsewhere']}"
    )
    names["about_me"] = (
        r"(?:(?:alle|die|das|ihre|eure|deine|samtliche) )*(?:notizen|daten|informationen|infos|aufzeichnungen"
        r"|eintrage|angaben|datensatze) (?:die (?:sie|du|ihr) )?(?:uber|von|zu) (?:mich|mir)\b"
    )
    names["everything_of_me"] = (
        r"(?:alles|alle daten|das ganze) (?:(?:was )?(?:sie |du |ihr )?(?:so )?(?:uber|von|zu) (?:mich|mir)\b"
        r"|was (?:sie|du|ihr) (?:uber|von|zu) (?:mich|mir|meine[rm]? stimme)\b"
        r"|was (?:uber|von|zu) (?:mich|mir)\b|was mit meiner stimme zu tun hat)"
    )
    names["ours"] = "(?:<thing>|<my_voice>|<my_data>|<about_me>|<everything_of_me>)"
    for name in ("thing", "my_voice", "my_data", "about_me", "everything_of_me"):
        names["ours"] = names["ours"].replace(f"<{name}>", names[name])
    define("erase", _ERASE)
    define("erase_to", _ERASE_TO)
    define("erase_now", _ERASE_NOW)
    define("erased", _ERASED)
    define("know", _KNOW)
    define("know_to", _KNOW_TO)
    define("known", _KNOWN)
    define("know_now", _KNOW_NOW)
    define("consent", _CONSENT)
    names["you"] = "(?:sie|du|ihr|s)"
    names["soon"] = (
        "(?:(?:mir|uns|jetzt|sofort|gleich|auch|wieder|umgehend|unverzuglich|dann|heute|bitte|sie|auf|der|stelle"
        "|augenblicklich|noch|ausserdem|zusatzlich|ebenfalls|einmal|danach|lieber|dringend|schnell) ){0,4}"
    )
    # "Meine Stimme nicht löschen" keeps it.
    names["some"] = (
        r"(?:(?!(?:nicht|nie|niemals|keinesfalls|erst|bevor|wenn|ob|falls|wie|bis|sondern|kein\w*|habe|hat"
        r"|haben (?:sie|wir)|hast du)\b)\w+ )"
        r"{0,5}?"
    )
    names["consent_to_us"] = (
        rf"(?:(?:meine?|meiner|diese|die|das|alle) )*{names['consent']}"
        r"(?! (?:zu|zum|zur|fur|in|an|von|vom) (?!(?:ihrem|der|dem|den|das|die|meiner|meinem|diesem?r?)? ?"
        rf"(?:{names['voice_thing']}|speicherung|stimme|biometr|erkennung|wiedererkennung)))"
    )
    names["again"] = (
        "(?:nicht mehr|nicht langer|nicht weiter|nie wieder|niemals wieder|nie mehr|nimmer|nimma)"
    )
    names["not"] = "(?:nicht|nie|niemals|ja nicht|auf keinen fall)"
    return names
