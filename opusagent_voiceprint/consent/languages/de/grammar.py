"""The grammar of consent in German: how words are prepared, what a yes is, and the order of the rules.

Umlauts lose their dots and "ß" is "ss" in words and patterns alike (:mod:`.spelling`), compounds are joined
("Stimm-Profil" -> "stimmprofil") and apostrophes go ("hab's" -> "habs"). The yes is matched against all the
words; the rules that search see them without fillers and stutters.
"""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.grammar import Grammar
from opusagent_voiceprint.consent.languages.de.answers import answers, emergency
from opusagent_voiceprint.consent.languages.de.holds import holds, no_holds_after
from opusagent_voiceprint.consent.languages.de.requests import no_requests_after, requests
from opusagent_voiceprint.consent.languages.de.spelling import spelt_alike
from opusagent_voiceprint.consent.languages.de.withdrawal import (
    standing_refusals,
    withdrawals,
    withdrawals_while_asked,
)
from opusagent_voiceprint.consent.patterns import alternatives

__all__ = ["build"]

_WRITTEN_ALIKE: tuple[tuple[str, str], ...] = (
    (r"(?<=\w)'(?=\w)", ""),
    (r"\b(s|d) '(?= )", r"\1"),
    (r"\bhabs\b", "habe es"),
    (
        r"\b(?:stimm|sprech)(?:e|en|er)? ?(?=(?:profil|abdruck|daten|erkennung|muster|aufnahme|id\b))",
        "stimm",
    ),
    (r"\bstimm(?:finger ?abdruck|abdrucke?s?)\b", "stimmabdruck"),
    (r"\bfinger ?abdruck (?:meiner|der) stimme\b", "stimmabdruck"),
    (r"profiel", "profil"),
    (r"\bgloscht\b", "geloscht"),
    (r"\bvoice ?prints?\b", "stimmabdruck"),
    (r"\b(?:nochmals?|noch (?:ein)?mal|no ?amal|nomal|nochamal)\b", "nochmal"),
    (r"\b(?:ok|okey|okee|oke|okay)\b", "okay"),
    (r"\b(?:zu zeit|zur zeit)\b", "zurzeit"),
    (r"\bwider rufe\b|\bwieder ?rufe\b", "widerrufe"),
    (r"\bwieder ?rufen\b(?= |$)", "widerrufen"),
    (r"\b(ein|aus) ?verstanden\b", r"\1verstanden"),
    (r"\b(konnen|konnten|durfen|wollen|tun|tuen|sollen|wurden|haben|loschen|vergessen)s\b", r"\1 sie"),
    (r"\b(konnen|konnten|durfen|wollen|tun|sollen|wurden|haben|loschen|vergessen|merken) s\b", r"\1 sie"),
    (r"\b(loschn|losch ma)\b", "loschen"),
    (r"\bhab\b", "habe"),
    (r"\b(?:i|ik|ick) (?=(?:bin|will|mochte|mag|habe|wui|nehme|ziehe|widerrufe|sage|stimme)\b)", "ich "),
)
_FILLERS = """
    ah+|ahm+|h?m+|eh|halt|eben|einfach|doch|eigentlich|wirklich|endlich|gefalligst|sozusagen|quasi|gell|ge
    bitteschon|bitte sehr|herzlich|hiermit|komplett|vollstandig|ganzlich|restlos|schlicht|freundlicherweise
    (?<!erst )(?<!dieses )(?<!anderes )(?<!nachstes )(?<!nachsten )(?<!nachste )mal
    netterweise|ubrigens|ausdrucklich|nun|bitte(?! (?:\\w+ ){1,4}nicht\\b)
"""

_ACTION = r"""
    (?:mich|meine stimme)(?: gern)?(?: <next_time>)? (?:wieder ?)?erkennen(?: <next_time>)?
    (?:sich |dir )?(?:meine stimme|(?:mein|das|ein|einen|meinen) (?:stimmprofil
    |stimmabdruck))(?: <next_time>)? (?:merken|speichern|aufbewahren|behalten|anlegen)
    (?:es|das|die|den) (?:gern )?(?:speichern|machen|tun|aufbewahren|anlegen)
"""
_DO = r"""
    (?:speichern sie|speicher|speichere)(?: es| das| sie)?
    (?:merken sie sich|merk dir|speichern sie|speicher|speichere) (?:meine stimme|(?:mein|das) stimmprofil
    |meinen stimmabdruck)
    (?:erkennen sie|erkenn|erkenne) mich(?: <next_time>)?(?: wieder)?
    (?:legen sie|leg) (?:das|ein|mein) stimmprofil an
"""
_CORE = r"""
    ja(?! jo?a?\b)|jawohl|jep|jup|jo(?! jo?a?\b)|selbstverstandlich|naturlich|auf jeden fall|auf alle falle
    (?:ich bin )?(?:damit )?(?:voll und ganz )?einverstanden|damit bin ich (?:gern )?einverstanden
    (?:da|dem|dazu) stimme ich (?:gern )?zu|ich stimme (?:dem |dazu |gern |hiermit )*zu
    ich willige (?:hiermit |gern )?(?:darin )?ein|(?:hiermit )?willige ich (?:hiermit )?ein
    ich gebe (?:ihnen |dir )?(?:hiermit )?(?:gern )?<my_consent>
    (?:sie haben|du hast|ihr habt) <my_consent>|ich erlaube (?:es|das)(?: ihnen| dir)?
    (?:das erlaube ich|das durfen sie|das darfst du)(?: gern)?
    (?:sie durfen|du darfst|sie konnen|du kannst) (?:gern )?<action>
    (?:ich mochte|ich will|ich wunsche)(?: gern)? (?:wieder ?)?erkannt werden
    bitte <do>|(?:meine|die) antwort (?:ist|lautet)(?: ein)? ja|ich sage(?: dazu)? ja
"""
_TAIL = r"""
    bitte|bitte gern|danke|danke schon|dankeschon|vielen dank|besten dank|okay
    gern|sehr gern|herzlich gern|unbedingt|klar|na klar|sicher|freilich|absolut|bestimmt
    (?:das )?durfen sie(?: gern)?|(?:das )?darfst du(?: gern)?|konnen sie(?: gern)?(?: machen| tun)?
    kannst du(?: gern)?(?: machen| tun)?|machen sie (?:das|es)(?: gern)?|mach (?:das|es)(?: gern)?|tun sie das
    <do>|das (?:mochte|will|wunsche) ich(?: gern)?|ich (?:mochte|will|wunsche) das(?: gern)?
    (?:das )?(?:ist|geht) (?:fur mich |absolut |vollig )?(?:in ordnung|okay)(?: fur mich| so)?
    (?:das )?passt(?: fur mich| so| mir)?|das ist mir recht|(?:das )?isch (?:guet|gut|okay)
    das (?:ware|fande ich) (?:sehr |ganz )?(?:schon|gut|nett|super|toll|prima|praktisch|hilfreich|fein|lieb)
"""


def _yes() -> re.Pattern[str]:
    names = {
        "next_time": "(?:beim nachsten (?:mal|anruf)|das nachste mal|nachstes mal|kunftig|in zukunft)",
        "hesitation": "(?:ah+|ahm+)",
        "my_consent": (
            "(?:meine (?:ausdruckliche )?(?:einwilligung|zustimmung|erlaubnis)|mein einverstandnis)"
        ),
    }
    names["action"] = alternatives(spelt_alike(_ACTION), names)
    names["do"] = alternatives(spelt_alike(_DO), names)
    core, tail = alternatives(spelt_alike(_CORE), names), alternatives(spelt_alike(_TAIL), names)
    lead = alternatives("<hesitation>|also|okay|bitte|gern|sehr gern|klar", names)
    return re.compile(rf"(?:{lead} )*{core}(?: (?:{core}|{tail}))*")


def build() -> Grammar:
    """Compile the German grammar."""
    written_alike = tuple((re.compile(found), written) for found, written in _WRITTEN_ALIKE)
    fillers = re.compile(rf"\b{alternatives(spelt_alike(_FILLERS))}(?: |$)")
    stutter = re.compile(r"\b((?:\w+ )?\w+)(?: \1\b)+")

    def prepare(words: str) -> str:
        words = spelt_alike(words).replace("gerne", "gern")
        for found, written in written_alike:
            words = found.sub(written, words)
        return words

    return Grammar(
        prepare=prepare,
        thin=lambda words: stutter.sub(r"\1", fillers.sub("", words)).strip(),
        withdrawals=withdrawals(),
        withdrawals_while_asked=withdrawals_while_asked(),
        standing_refusals=standing_refusals(),
        rules=answers(),
        yes=_yes(),
        emergency=emergency(),
        requests=requests(),
        no_requests_after=no_requests_after(),
        holds=holds(),
        no_holds_after=no_holds_after(),
    )
