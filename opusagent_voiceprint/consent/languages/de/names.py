"""How German callers give their name, and which words are no names."""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.language import NameWords
from opusagent_voiceprint.consent.patterns import alternatives, word_set

__all__ = ["NAMES"]

# Compared without accents.
_ORDERS = word_set(
    """ignoriere ignorier ignorieren ignoriert missachte uberschreibe umgehe anweisung anweisungen befehl
    befehle vorherige vorherigen systemprompt systemnachricht eingabeaufforderung assistentin
    administratorin entwicklermodus entwickler benutzer werkzeug werkzeuge funktion ausfuhren modell
    sprachmodell verifiziert authentifiziert autorisiert bestatigt passwort kennwort geheimzahl
    verrate uberweise uberweisung erstatte losche loschen vergiss"""
)

_NO_NAMES = word_set(
    """ja jawohl nein nee nö ne na naja okay ok gut klar sicher danke bitte gern gerne hallo hi guten tag
    morgen abend servus grüezi grüß moin tschüss wiederhören entschuldigung verzeihung sorry pardon
    äh ähm hm also wie was wer wo wann warum wieso weshalb wofür wozu welche welcher ich du er sie
    es wir ihr mich mir dich dir sich uns euch ihnen ihn ihm mein meine meinen meiner meines dein
    deine ihre ihren unser unsere der die das dem den des ein eine einen einer einem kein keine
    keinen nicht nichts nie niemals und oder aber denn weil dass ob wenn falls ist sind war waren
    bin bist sein haben habe hab hat hatte hast wird werden wurde kann können könnte muss müssen
    soll sollen will wollen möchte mag darf dürfen geht gehen komme kommen mache machen sage sagen
    sagt rufe anrufe anrufen warte warten moment sekunde minute gleich später jetzt heute morgens
    gestern nachher nochmal noch schon mal doch halt eben einfach nur auch sehr zu viel mehr wenig
    hier da dort so wegen für von mit bei aus nach vor über unter ohne gegen um an am auf im in zum
    zur als bis seit name namen vorname nachname nachnamen familienname spitzname anonym niemand
    jemand keiner egal geheim privat unwichtig unbekannt schwierig kompliziert bekannt kunde kundin
    kunden anrufer anruferin inhaber kontoinhaber mieter vermieter patient patientin mitarbeiter
    mitarbeiterin chef chefin lehrer lehrerin arzt ärztin rentner rentnerin student studentin
    schüler schülerin frau herr mann mutter vater mama papa sohn tochter bruder schwester tante
    onkel oma opa freund freundin nachbar nachbarin ehefrau ehemann partner partnerin kind kinder
    baby betreuer betreuerin assistent müde krank beschäftigt unterwegs zufrieden unzufrieden sauer
    wütend verärgert verwirrt verheiratet geschieden ledig schwanger allein fertig bereit neu alt
    jung dringend wichtig kaputt defekt falsch richtig super toll prima schön schlecht okay blind
    taub deutsch deutscher deutsche österreicher österreicherin schweizer schweizerin englisch
    ausländer arbeitslos interessiert neugierig enttäuscht überrascht verletzt verloren gefallen
    dran lächerlich unverschämt unglaublich quatsch blödsinn unsinn mist scheiße scheisse verdammt
    idiot arschloch hilfe notfall feuer polizei problem frage fragen anfrage rechnung bestellung
    lieferung paket lampe termin vertrag konto nummer kundennummer adresse straße telefon handy
    internet passwort anschluss karte geld preis versicherung beschwerde reklamation rückgabe
    gutschein stimme stimmprofil computer roboter mensch maschine agent service kundenservice
    abteilung support technik büro arbeit hause haus wohnung auto dienst apparat null eins zwei drei
    vier fünf sechs sieben acht neun zehn elf zwölf dreizehn zwanzig dreißig hundert montag dienstag
    mittwoch donnerstag freitag samstag sonntag wetter regen vergessen löschen stopp stop weiter
    zurück genau stimmt richtig natürlich selbstverständlich perfekt wunderbar lieber besser
    eigentlich vielleicht wahrscheinlich leider wirklich überhaupt buchstabiere buchstabieren alexa
    siri cortana google zuhause daheim schluss schatz liebling störung kündigung kundendienst vertrieb
    hauptmenü siehe oben ach"""
)

_LEADING = word_set(
    "äh ähm ah oh ja jo also na okay ok gut hallo hi servus guten tag moin grüezi bitte so gerne gern einfach"
)
_TRAILING = r"""
    bitte|danke|danke schön|hier|am apparat|am telefon|mein name|ist mein name|heiß(?:e)? ich|heisse? ich
    |reicht
    genügt|nennen|zu mir|und sie|spricht|mit [a-zäöü]|ist (?:gut|okay|in ordnung)|wäre (?:gut|schön|nett)
"""
_YOU = {
    "you": "(?:sie|du) (?:können|dürfen|kannst|darfst) |bitte |einfach |gern |gerne ",
}
_SAYS_NAME = r"""
    (?:mein|der) (?:voller |ganzer )?(?:name|vorname|nachname|familienname|spitzname) (?:ist|lautet|wäre|war)
    (?:ich |und ich |i )?(?:heiße|heisse|heiss|heiß)|man nennt mich|(?:meine freunde|alle
    |die meisten) nennen mich
    (?:nennen sie|nenn|nenne) mich(?: (?:bitte|einfach|doch|ruhig|gern|gerne|nur))*
    (?:sie|du) (?:können|dürfen|kannst|darfst) mich(?: (?:bitte|einfach|gern|gerne|ruhig|auch))*
    (?:sagen sie|sag)(?: (?:bitte|einfach|ruhig))*(?: zu mir)?
    (?:speichern sie|merken sie sich) mich (?:als|unter)(?: dem namen)?
"""
_MAY_SAY_NAME = r"""
    (?:ich bin|i bin|bin)(?: (?:die|der|d'|da))?|(?:das|es) ist(?: (?:die|der))?|hier (?:ist
    |spricht)(?: (?:die|der))?
    hier(?: (?:die|der))?|(?:schreiben|nehmen|verwenden) sie(?: (?:bitte|einfach))*|am liebsten|lieber
"""

NAMES = NameWords(
    leading=_LEADING,
    trailing=alternatives(_TRAILING),
    says_name=alternatives(_SAYS_NAME, _YOU),
    may_say_name=alternatives(_MAY_SAY_NAME, _YOU),
    says_name_after=" ist mein name",
    bridges="(?:aber|und|oder|doch)",
    repeats="(?:ich bin|ich heiße|ich heisse|mein name ist|hier ist|das ist)(?: (?:die|der))?",
    refusals=word_set("nicht nichts nein kein keine keinen nie ungern nö nee"),
    no_answer=re.compile(r"(?i)\bbuchstabier|\bgeschrieben\b"),
    no_names=_NO_NAMES,
    names_too=word_set(
        "mai an will gut klar neu alt jung schön richter schneider mann kind freund neumann morgen"
    )
    | word_set(
        "freitag sonntag schweizer deutsch deutscher engel sommer winter herbst kaiser vogel regen van"
    ),
    titles=frozenset({"frau", "herr", "herrn"}),
    no_name=re.compile(r"(?i)^(?:geht|gibt|hab|ist|ich|du|sie|er)'s?$|\Bkund(?:e|in|en)$|\Bstra(?:ß|ss)e$"),
    no_name_after_frame=re.compile(
        r"(?:lich|ungs?|heit|keit|schaft|isch|los|bar|iert|haft|tät|ierend|mäßig|voll)$"
    ),
    unsure_after_frame=re.compile(r"^(?:ge\w{3,}t|\w+end)$"),
    orders=_ORDERS,
)
