"""How it is asked, said and denied in French that the caller is a certain person.

All patterns search one sentence's prepared words (see :mod:`opusagent_voiceprint.consent.identity`), which
have no accents and no elisions.
"""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.language import IdentityWords
from opusagent_voiceprint.consent.patterns import alternatives, compiled, word_set

__all__ = ["identity_words"]

_ASKS = r"""
    ^(?:<polite> )*(?:est ce que je parle|parle je|puis je parler|suis je|est ce que je suis)(?: bien
        | toujours)*
    + (?:a|avec|en ligne avec|en communication avec|en contact avec) <who><end>
    ^(?:<polite> )*(?:est ce|est ce que cest|serait ce|etes vous|es tu|est ce que (?:vous etes
        |tu es))(?: toujours
        | bien| vous)* <who><end>
    ^(?:<polite> )*(?:ai je|est ce que je ai)(?: bien)? <who>
    + (?:en ligne|au telephone|a l(?:e )?appareil)<end>
    ^(?:<polite> )*(?:pouvez|pourriez|peux|pourrais) (?:vous|tu) (?:me )?confirmer que
    + (?:je parle (?:bien )?(?:a|avec)|vous etes(?: bien)?|tu es(?: bien)?|cest(?: bien)?) <who><end>
    ^(?:<polite> )*(?:je parle (?:bien )?(?:a|avec)|vous etes(?: bien)?|tu es(?: bien)?|cest(?: bien)?) <who>
    +(?: (?:en ligne|cest (?:bien )?ca|non|exact|correct|a l(?:e )?appareil|au telephone))* \?$
"""
_SAYS = r"""
    ^(?:<lead> )*(?:cest(?: bien)?|je suis(?: bien)?|je me appelle|mon (?:nom|prenom)(?: complet)?(?: est
        | cest)
        |ici|ici cest|moi cest|vous parlez (?:bien )?(?:a|avec)) NAME<after>
    ^(?:<lead> )*NAME (?:a l(?:e )?appareil|au telephone|ici|cest mon nom|cest moi)(?! ?\?)\b
"""
_YES = r"""
    (?:(?:oui|tout a fait|exactement|exact|absolument|bien sur) )*(?:cest (?:bien )?moi(?: meme)?|moi meme
        |cest (?:elle|lui) meme|(?:elle|lui) meme|cest (?:bien )?(?:ca|exact|correct|cela)|exact|exactement
        |tout a fait|en personne|je le suis|a l(?:e )?appareil)
    +(?: (?:oui|moi meme|en personne|merci|tout a fait|exactement|cest (?:bien )?moi|a l(?:e )?appareil))*
"""
_DENIES = r"""
    (?<!\bsi )(?<!que )\b(?:je (?:ne )?suis pas|ce ne est pas|cest pas|je (?:ne )?me appelle pas
        |mon (?:nom|prenom) (?:ne )?est pas|vous (?:ne )?parlez pas (?:a|avec)) NAME<so>
    \b(?:je suis|cest|ici) (?:le|la|un|une) <relative> de NAME\b
"""
_WRONG_PERSON = r"""
    ^(?:<lead> )*(?:<think> )*(?:ca |ca ce )?(?:ce ne est pas|cest pas)(?: du tout)? (?:moi|mon (?:nom|prenom)
        |TITLED)<so>
    \bmauvaise personne\b|\btromp\w+ de personne\b|\berreur (?:de|sur la) personne\b
    \bje (?:ne )?suis pas (?:elle|lui|cette personne|la personne que vous|celle que vous|celui que vous
        |TITLED)<so>
    \bje suis (?:quelquun de autre|une autre personne)<so>
    \bje (?:ne )?me appelle pas (?:comme ca|ainsi)\b
    \bvous (?:me confondez|me avez confondu\w*)\b
    ^(?:<lead> )*(?:qui est|cest qui|qui est ce)(?: donc)? (?:NAME|TITLED)(?: \?)*$
    \bje (?:ne )?connais (?:pas|aucune?)(?: de)? (?:NAME|TITLED)<so>
    \b(?:NAME|TITLED) (?:ne )?est pas (?:la|ici|disponible|a la maison)\b
    ^(?:<lead> )*(?:je suis|cest|ici) (?:son|sa) <relative>\b
"""
_NO = r"""
    ^(?:<lead> )*(?:non|nan|pas (?:du tout|vraiment|tout a fait))\b
    \b(?:elle|il) (?:ne )?est pas (?:la|ici|disponible|a la maison)\b
    \b(?:elle|il) est (?:decedee?|morte?|sortie?|absente?)\b
    \b(?:faux|mauvais) numero\b|\berreur de numero\b
    \bje appelle (?:de la part|au nom|pour le compte) de\b
"""
_OWN_NAME = (
    r"^(?:<lead> )*(?:cest|je suis|je me appelle|mon (?:nom|prenom) (?:est|cest)|ici|ici cest|moi cest)\b"
)


def identity_words() -> IdentityWords:
    """The French ones, compiled."""
    names = {
        "who": "(?:NAME|TITLED)",
        "polite": alternatives(r"""
            bonjour|bonsoir|allo|salut|merci(?: beaucoup| bien)?|daccord|tres bien|bien|parfait|alors|et|oui
                |okay
            excusez moi|pardon|svp|eh bien|dites moi|une question|puis je savoir|bienvenue|donc|maintenant
            (?:juste )?pour (?:confirmer|verifier|etre sure?|la securite)|avant de (?:continuer|commencer)
                |dabord
            de abord|par securite|rebonjour
        """),
        "lead": alternatives(r"""
            bonjour|bonsoir|allo|salut|oui|okay|daccord|alors|bien|merci|excusez moi|pardon|desolee?
                |je suis desolee?
            tout a fait|exactement|exact|mais|et|ah|oh|eh bien|non|cest (?:bien )?moi|ecoutez|attendez
                |rebonjour
        """),
        "think": "(?:je crois que|je pense que|desolee?|pardon|mais|je suis desolee?)",
        "relative": alternatives(r"""
            mari|femme|epoux|epouse|conjointe?|compagnon|compagne|mere|maman|pere|papa|soeur|frere|fils|fille
                |amie?
            voisine?|coloc|colocataire|assistante?|secretaire|collegue|oncle|tante|cousine?|petite? (?:fils
                |fille|amie?)
            grand(?:e)? (?:mere|pere)|aide soignante?
        """),
        "end": r"(?: (?:maintenant|en ligne|au telephone|a l(?:e )?appareil|svp|cest bien ca|non"
        r"|aujourdhui))*(?: \?)*$",
        "after": r"(?:$| (?:a l(?:e )?appareil|ici|de|et|je|au|pour|encore|merci|svp|bonjour|oui|vous"
        r"|est ce que|pourriez"
        r"|pouvez)\b)",
        "so": r"(?:$| (?:je|cest|ce|mais|moi|vous|elle|il|mon|ici|desolee?|pardon|du tout|et|non"
        r"|merci)\b)",
    }
    return IdentityWords(
        titles=word_set("monsieur madame mademoiselle mme mlle docteur dr professeur maitre m"),
        asks=compiled(_ASKS, names),
        says=compiled(_SAYS, names),
        yes=re.compile(alternatives(_YES, names)),
        denies=compiled(_DENIES, names),
        wrong_person=compiled(_WRONG_PERSON, names),
        no=compiled(_NO, names),
        own_name=compiled(_OWN_NAME, names),
    )
