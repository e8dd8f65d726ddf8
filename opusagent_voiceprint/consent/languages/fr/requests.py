"""How callers ask, unasked, to be remembered in French, and what only sounds like it.

All patterns search one prepared sentence without fillers, as those of a withdrawal do (:mod:`.grammar`).
"""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.languages.fr.withdrawal_words import vocabulary
from opusagent_voiceprint.consent.patterns import alternatives, compiled

__all__ = ["no_requests_after", "requests"]

_REQUESTS = r"""
    ^<opening><wishing>?(?:<remember>|<keep>)(?! \?)
    <wishing>(?:<remember>|<keep>)
    <i_to>(?:<sign_up>|<keep>|etre (?:reconnue?|memorisee?|enregistree?)\b<not_as>)
    \bcomment (?:je (?:peux|fais pour)|puis je|peut on|faire pour|on fait pour) (?:<keep>|<sign_up>)
    \b(?:veux|voudrais|souhaite|aimerais) (?:avoir )?(?:une|mon|cette|la
        |un) <voice_thing>(?! <erased>)(?! soit)
    \b(?:veux|voudrais|souhaite|aimerais) que <voice> soit (?:enregistree?|gardee?|conservee?|memorisee?
        |retenue?)
    \b(?:veux|voudrais|souhaite|aimerais) que (?:vous|tu) (?:<remember>|<keep>)
"""
_OPENING = r"""
    pardon|attend(?:ez|s)|non|oui|alors|okay|oh|bonjour|bonsoir|allo|salut|et|mais|merci|puis|finalement
    daccord
    la prochaine fois|a le avenir|dorenavant|je ai change de avis|allez y|vas y|si possible|si cest possible
    sinon
"""
_WISHING = r"""
    \b(?:pouvez vous|pourriez vous|peux tu|pourrais tu|vous pouvez|tu peux|vous pourriez|tu pourrais)
    \b(?:est ce que )?(?:vous (?:pouvez|pourriez)|tu (?:peux|pourrais))|\bveuillez|\bmerci de
    \b(?:je (?:veux|voudrais|souhaite|aimerais|vous demande|te demande)|ce serait bien) (?:que (?:vous|tu)|de)
    \b(?:il faut|faut|faudrait) que (?:vous|tu)|\bcela vous derangerait de|\bca vous derangerait de
"""
_REMEMBER = r"""
    (?:souvenez vous|souviens toi|rappelez vous|rappelle toi) de (?:moi|ma voix|qui je suis
        |mon nom)\b<not_past>
    (?:vous|te) (?:souvenir|souveniez|souviennes|rappeler|rappeliez|rappelles) de <remembered><not_past>
    (?:reten(?:ez|ir|iez)|retiens|retiennes|memoris(?:ez|e|er|iez|es)) (?:moi|ma voix|qui je suis
        |mon nom)\b<not_past>
    (?:reconnaissez|reconnais) (?:moi|ma voix)(?: a (?:la|ma) voix)? <next_time>
    (?:me reconna(?:itre|issiez|isses)|reconna(?:itre|issiez) ma voix)(?: a (?:la|ma) voix)? <next_time>
    (?:me memoriser|me reconna(?:itre|issiez) a (?:la|ma) voix)\b<not_past>
    (?:reconnaissez|reconnais) moi a (?:la|ma) voix|(?:saluez|salue) moi par mon (?:nom|prenom) <next_time>
    apprenez (?:a (?:reconnaitre|connaitre) )?ma voix
"""
_KEEP = r"""
    (?:enregistr|gard|conserv|stock|sauvegard|memoris|ajout)(?:ez?|er|iez|es) (?:moi )?<voice><not_loud>
    (?:cre(?:ez|er|e|iez)|fai(?:tes|re|s)|etabli(?:r|ssez)|prenez|prendre) (?:moi )?(?:une|un|mon
        |le) <voice_thing>
    (?:inscri(?:vez|s|re)|enregistrez) moi (?:a|pour|dans|au|aux) <programme>
    (?:me )?(?:inscrire) (?:a|pour|dans|au) <programme>|inscrivez (?:moi|ma voix)$|enregistrer ma voix
    (?:activ|mett|install)(?:ez?|er|re) (?:en place )?(?:la )?(?:reconnaissance vocale
        |reconnaissance de ma voix)
"""
_NO_REQUESTS_AFTER = r"""
    pas|jamais|sans|pourquoi|si|quand|avant|apres|est ce que|plus|arretez de|comment|refuse|espere que vous
    personne
    (?:avez|as|a|ont|ai|est|ete|dit|demande|parait|espere|sais|pense|crois)(?: (?:vous|tu|que|de|si|deja
        |bien))*
    (?:pourquoi|si|comment|quand|ce que|qui|elle|il) (?:\w+ ){0,3}|(?:pas|jamais) (?:\w+ ){0,4}
"""


def requests() -> tuple[re.Pattern[str], ...]:
    """The patterns of a request; each is searched in one sentence."""
    names = vocabulary()
    names["opening"] = rf"(?:{alternatives(_OPENING)} )*"
    names["wishing"] = alternatives(_WISHING) + r" (?:bien |me |\w+ment )*?"
    names["wishing"] = rf"(?:{names['wishing']})"
    names["i_to"] = (
        r"\b(?:je (?:veux|voudrais|souhaite|aimerais)(?: bien)?|(?:puis|pourrais) je|je (?:peux|pourrais)"
        r"|peut on|laissez moi|est ce que je (?:peux|pourrais)) "
    )
    # "Souvenez-vous de moi aupres de votre collegue", "de la semaine derniere?"
    names["not_past"] = r"(?! (?:de|depuis|aupres|comme|a (?!ma|la|le avenir|partir)|hier|le mois)\b)"
    names["not_as"] = r"(?! (?:comme|en tant|par (?!(?:ma|la) voix))\b)"
    names["not_loud"] = r"(?! (?:basse|haute|forte|pour moi|douce|calme)\b)"
    names["remembered"] = r"(?:moi|ma voix|qui je suis|mon nom)\b"
    names["next_time"] = alternatives(
        "la prochaine fois|au prochain appel|quand je (?:rappelle|rappellerai|appelle|appellerai)|a le avenir"
        "|dorenavant|desormais|lors de mes prochains appels|les prochaines fois"
    )
    names["voice"] = rf"(?:{names['thing']}|{names['my_voice']})"
    names["programme"] = rf"(?:(?:la|le|votre|cette) )?{names['voice_thing']}"
    for name, text in (("remember", _REMEMBER), ("keep", _KEEP), ("sign_up", _KEEP)):
        names[name] = alternatives(text, names)
    return compiled(_REQUESTS, names)


def no_requests_after() -> re.Pattern[str]:
    """Words before a find that make no request of it: "pourquoi garder ma voix"."""
    return re.compile(rf"\b{alternatives(_NO_REQUESTS_AFTER)} ?$")
