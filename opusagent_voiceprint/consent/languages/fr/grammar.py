"""The grammar of consent in French: how words are prepared, what a yes is, and the order of the rules.

Accents go and elisions are written out (:mod:`.spelling`). The yes is matched against all the words, "ne"
among them; the rules that search see them without "ne", fillers, stutters and "s'il vous plait".
"""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.grammar import Grammar
from opusagent_voiceprint.consent.languages.fr.answers import answers, emergency
from opusagent_voiceprint.consent.languages.fr.holds import holds, no_holds_after
from opusagent_voiceprint.consent.languages.fr.requests import no_requests_after, requests
from opusagent_voiceprint.consent.languages.fr.spelling import spelt_alike
from opusagent_voiceprint.consent.languages.fr.withdrawal import (
    standing_refusals,
    withdrawals,
    withdrawals_while_asked,
)
from opusagent_voiceprint.consent.patterns import alternatives

__all__ = ["build"]

_FILLERS = r"""
    euh+|heu+|hum+|ben|bah|bon|eh bien|et bien|voila|du coup|en fait|genre|hein(?= \w)|tu vois|vous voyez|svp
    ne
    juste|simplement|vraiment|franchement|carrement|definitivement|completement|entierement|totalement
    immediatement|gentiment|donc|egalement|integralement|enfin|aussi|sincerement|absolument(?= \w)
    (?<!pas )(?<!plus )(?:maintenant|tout de suite|desormais)(?= \w)
"""

# "oui oui" is what one says to have done with it, "d'accord" alone may mean "I see".
_ACTION = r"""
    (?:me|ma voix) reconnaitre<next_time>|reconnaitre ma voix<next_time>
    (?:garder|conserver|enregistrer|creer|utiliser|memoriser|retenir) (?:ma voix|(?:mon|le|une
        |ma) empreinte vocale)
    le faire|(?:la|le) (?:garder|conserver|enregistrer)|vous souvenir de (?:moi|ma voix)
"""
_CORE = r"""
    oui(?! oui\b)|je suis (?:tout a fait |entierement |bien )?daccord(?: avec (?:ca|cela))?
    je (?:y )?(?:accepte|consens)(?: volontiers)?(?: cela| ca)?
    je (?:vous |te )?(?:donne|accorde) mon (?:plein )?<consent>|(?:vous avez|tu as) mon <consent>
    je (?:vous|te) autorise(?: a <action>)?|je (?:le|la) autorise|(?:vous pouvez|tu peux) <named_action>
    (?:je accepte|je suis daccord|je veux bien|je souhaite) (?:de )?(?:etre|que vous me) reconn(?:ue?|aissiez)
    (?:ma|la) reponse (?:est|cest) oui|cest (?:un )?oui|je dis oui|je reponds oui|bien sur que oui
"""
_TAIL = r"""
    svp|merci|merci (?:bien|beaucoup)|je vous (?:en )?prie|je te en prie|<hesitation>|madame|monsieur|okay
    daccord|bien sur|bien entendu|tout a fait|absolument|volontiers|avec (?:grand )?plaisir|sans probleme
    sans souci|bien volontiers|certainement|evidemment|je veux bien|cest daccord
    je le (?:souhaite|veux|accepte)
    je aimerais bien|vous pouvez|tu peux|allez y|vas y|faites(?: le)?|fais (?:le|ca)|faites ca
    (?:ca|cela) me (?:va|convient)(?: (?:bien|tres bien|parfaitement))?
    (?:gardez|conservez|enregistrez|garde|enregistre) (?:la|(?:mon|le) empreinte vocale|ma voix)
    (?:reconnaissez|reconnais) (?:moi|ma voix)<next_time>|retenez ma voix|souvenez vous de moi
    ce serait (?:bien|pratique|super|parfait|gentil|sympa|chouette)
"""


def _yes() -> re.Pattern[str]:
    names = {
        "next_time": "(?: la prochaine fois| quand je (?:rappelle|rappellerai))?",
        "hesitation": "(?:euh+|heu+|hum+)",
        "consent": "(?:accord|daccord|consentement|autorisation)",
    }
    names["action"] = alternatives(_ACTION, names)
    # "Vous pouvez la garder" without a yes is how people turn something down.
    names["named_action"] = f"(?!l[ae] (?:garder|conserver|enregistrer)\\b){names['action']}"
    core, tail = alternatives(_CORE, names), alternatives(_TAIL, names)
    lead = alternatives("<hesitation>|eh bien|alors|daccord|okay|svp|merci|volontiers|bien sur", names)
    return re.compile(rf"(?:{lead} )*{core}(?: (?:{core}|{tail}))*")


def build() -> Grammar:
    """Compile the French grammar."""
    fillers = re.compile(rf"\b{alternatives(_FILLERS)}(?: |$)")
    # "ne vous souvenez plus" is told to us, "vous ne vous souvenez plus" is said of us.
    stutter = re.compile(r"\b((?!(?:vous|nous)\b)(?:\w+ )?\w+)(?: \1\b)+")
    return Grammar(
        prepare=spelt_alike,
        thin=lambda words: stutter.sub(r"\1", fillers.sub("", words)).replace("ce est ", "cest ").strip(),
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
