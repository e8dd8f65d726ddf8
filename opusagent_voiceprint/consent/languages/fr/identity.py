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
    ^(?:<polite> )*(?:etes vous|es tu|est ce que (?:vous etes|tu es))(?: toujours| bien| vous)* <who><end>
    ^(?:<polite> )*(?:est ce|est ce que cest|cest)(?: bien)? <who> (?:a l(?:e )?appareil|au telephone
        |en ligne)<end>
    ^(?:<polite> )*(?:ai je|est ce que je ai)(?: bien)? <who>
    + (?:en ligne|au telephone|a l(?:e )?appareil)<end>
    ^(?:<polite> )*(?:pouvez|pourriez|peux|pourrais) (?:vous|tu) (?:me )?confirmer que
    + (?:je parle (?:bien )?(?:a|avec)|vous etes(?: bien)?|tu es(?: bien)?) <who><end>
    ^(?:<polite> )*(?:je parle (?:bien )?(?:a|avec)|vous etes(?: bien)?|tu es(?: bien)?) <who>
    +(?: (?:en ligne|cest (?:bien )?ca|non|exact|correct|a l(?:e )?appareil|au telephone))* \?$
"""
_SAYS = r"""
    ^(?:<hello> )*(?:je suis(?: bien)?|je me appelle|mon (?:nom|prenom)(?: complet)?(?: est| cest)
        |ici|ici cest|moi cest|vous parlez (?:bien )?(?:a|avec)) NAME<after>
    ^(?:<hello> )*(?:je me appelle|mon (?:nom|prenom)(?: complet)?(?: est| cest)) WORD<after>
    ^(?:<hello> )*(?:bonjour|bonsoir|allo|salut) cest NAME<after>
    ^(?:<hello> )*cest NAME (?:a l(?:e )?appareil|encore)<after>
    ^(?:<hello> )*(?:NAME|WORD) (?:a l(?:e )?appareil|au telephone|ici|cest mon nom|cest moi)<after>
"""
_YES = r"""
    oui(?: (?:oui|bien sur|<that_is_so>))*|<that_is_so>(?: oui)*
"""
_THAT_IS_ME = r"""
    (?:(?:bonjour|oui|<that_is_so>) )*(?:cest (?:bien )?(?:moi(?: meme)?|NAME)|moi meme|cest (?:elle|lui) meme
        |(?:elle|lui) meme|en personne|je le suis|a l(?:e )?appareil|je suis (?:bien )?NAME)
    +(?: (?:oui|moi meme|en personne|merci|cest (?:bien )?moi|a l(?:e )?appareil|<that_is_so>))*
"""
_DENIES = r"""
    \b(?:je (?:ne )?suis pas(?: du tout)?|ce ne est pas|cest pas|je (?:ne )?me appelle pas
        |mon (?:nom|prenom) (?:ne )?est pas|vous (?:ne )?parlez pas (?:a|avec)) NAME<so>
    \bje (?:ne )?suis pas TITLED<stop>|\bje (?:ne )?me appelle pas WORD<stop>
    \b(?:je suis|je me appelle|moi cest) (?!pas\b)\w+(?: (?!pas\b)\w+)? (?:et )?pas NAME<so>
    \b(?:je suis|cest|ici) (?:le|la|un|une) <relative> de NAME<there>
"""
_REPORTED = r"""
    ^(?!(?:<lead> )*je (?:vous |te )?(?:dis|ai dit|repete|crois|pense)(?: que)? $)
    +.*\b(?:di(?:t|s|tes|sent|rait|sait)|croi[st]|croyez|pens(?:e|es|ez|ent)|si|pourquoi|parce que|jamais
        |pretend\w*|savez|ecrit)\b(?!.*\bmais\b).*$
"""
_WRONG_PERSON = r"""
    ^(?:<lead> )*(?:<think> )*(?:ca |ca ce )?(?:ce ne est pas|cest pas)(?: du tout)? (?:mon (?:nom|prenom)
        |TITLED)<stop>
    ^(?:<lead> )*pas NAME<stop>
    ^(?:<lead> )*(?:<think> )*(?:(?:vous avez|tu as|cest|vous etes avec) )?(?:la )?mauvaise personne<stop>
    ^(?:<lead> )*(?:<think> )*(?:vous vous|tu te) (?:etes |es )?tromp\w+ de personne<stop>
    ^(?:<lead> )*(?:<think> )*(?:il y a |cest une |vous faites )?erreur (?:de|sur la) personne<stop>
    \bje (?:ne )?suis pas (?:cette personne|la personne que vous|celle que vous|celui que vous)
    \bje suis (?:quelquun de autre|une autre personne)<stop>
    \bje (?:ne )?me appelle pas (?:comme ca|ainsi)<stop>
    \bvous (?:me confondez|me avez confondu\w*) avec (?:quelquun|une autre(?: personne)?$|un autre$|NAME
        |TITLED)
    ^(?:<lead> )*(?:qui est|cest qui|qui est ce)(?: donc)? (?:NAME|TITLED)(?: \?)*$
    \bje (?:ne )?connais (?:pas|aucune?)(?: de)? (?:NAME|TITLED)<stop>
    ^(?:<lead> )*(?:NAME|TITLED) (?:(?:ne )?est pas (?:la|ici|disponible|a la maison)|est ma <relative>)<stop>
    ^(?:<lead> )*il (?:ne )?y a pas de NAME ici<stop>
    ^(?:<lead> )*ici (?:cest )?(?:son|sa) <relative>$
"""
_STANDS_IN = r"""
    \b(?:elle|il) (?:ne )?est pas (?:la|ici|disponible|a la maison)\b
    \b(?:elle|il) est (?:decedee?|morte?|sortie?|absente?)\b
    \b(?:faux|mauvais) numero\b|\berreur de numero\b
    \bje appelle (?:de la part|au nom|pour le compte) de\b
    ^(?:<lead> )*(?:je suis|cest) (?:son|sa) <relative><there>
    \bje (?:ne )?suis pas (?:elle|lui)<stop>
"""
_NO = r"""
    ^(?:<lead> )*(?:non|nan|pas (?:du tout|vraiment|tout a fait))\b(?! merci\b)
    ^(?:<lead> )*(?:bien sur que non|je (?:ne )?crois pas)<stop>
"""
_OWN_NAME = r"""
    ^(?:<lead> )*(?:je suis|je me appelle|mon (?:nom|prenom) (?:est|cest)|ici|ici cest|moi cest)\b
"""
_CORRECTS = r"""
    ^(?:<lead> )*(?:mon (?:nom|prenom)(?: complet)? (?:est|cest)|moi cest)\b
    ^(?:<lead> )*(?:non|nan|pardon|desolee?|je suis desolee?) (?:<lead> )*je me appelle\b
"""
# "Ada, êtes-vous belge ?" - "Non, je suis française."
_CORRECTS_WITH_NO = r"""
    ^(?:<lead> )*(?:non|nan) (?:<lead> )*je suis\b
"""
_NOT_ME = r"""
    ^(?:<lead> )*(?:<think> )*(?:ca |ca ce )?(?:ce ne est pas|cest pas)(?: du tout)? moi<stop>
"""
_OFFERS = r"\b(?:aider|faire pour)\b"


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
        "hello": alternatives(r"""
            bonjour|bonsoir|allo|salut|oui|okay|daccord|alors|bien|merci|excusez moi|pardon|desolee?
                |je suis desolee?
            tout a fait|exactement|exact|mais|et|ah|oh|eh bien|cest (?:bien )?moi|ecoutez|attendez
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
        # What a caller goes on with who has said the name: of themselves, and of nobody else.
        "after": r"(?: (?:a l(?:e )?appareil|ici|encore|merci|svp|bonjour))*(?:$| <mine>)",
        "there": r"(?:$| (?:et|a l(?:e )?appareil|au telephone|ici|je|mais|pas)\b)",
        "stop": r"(?: (?:desolee?|pardon|merci|du tout|monsieur|madame))*$",
        "so": r"(?:$| THEN(?! (?:qui|que|avec|et moi)\b)| (?:qui est|je|cest|ce|mais|moi|vous|elle|il|mon"
        r"|ici|desolee?|pardon|du tout|et|non"
        r"|merci)\b)",
    }
    names["that_is_so"] = (
        "(?:tout a fait|exactement|exact|absolument|cest (?:bien )?(?:ca|exact|correct|cela))"
    )
    names["mine"] = (
        r"(?:et )?(?:je (?:vous )?(?:ai|appelle|voudrais|veux|souhaite\w*)|pour ma|pouvez vous me aider)\b"
        r"(?!.*\b(?:elle|lui|son|sa|parler|joindre|de la part|au nom|cherche)\b)"
    )
    names["after"] = names["after"].replace("<mine>", names["mine"])
    return IdentityWords(
        titles=word_set("monsieur madame mademoiselle mme mlle docteur dr professeur maitre m"),
        name_words=word_set(
            """aime ange avril blanche bon bonne chance claire clement constant desire douce fleur fortune
            franc
            france gentil grace honore jolie juin juillet juste mai marine mars mercredi modeste noel olive
            pascal paques parfait pierre placide prosper prudence reine rose severe vendredi violette"""
        ),
        asks=compiled(_ASKS, names),
        says=compiled(_SAYS, names),
        yes=re.compile(alternatives(_YES, names)),
        that_is_me=re.compile(alternatives(_THAT_IS_ME, names)),
        denies=compiled(_DENIES, names),
        reported=compiled(_REPORTED, names)[0],
        wrong_person=compiled(_WRONG_PERSON, names),
        stands_in=compiled(_STANDS_IN, names),
        no=compiled(_NO, names),
        own_name=compiled(_OWN_NAME, names),
        corrects=compiled(_CORRECTS, names),
        corrects_with_no=compiled(_CORRECTS_WITH_NO, names),
        not_me=compiled(_NOT_ME, names),
        offers=re.compile(_OFFERS),
    )
