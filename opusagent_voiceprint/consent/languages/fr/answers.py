"""What French callers answer when they do not say yes, and how an emergency sounds.

All patterns search prepared words without fillers and "ne" (see :mod:`.grammar`).
"""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.grammar import Rule, answer_rules
from opusagent_voiceprint.consent.patterns import alternatives

__all__ = ["answers", "emergency"]

_NEVER = r"""
    ^(?:non |oh |alors |ah |surtout )*jamais(?: de la vie| non| merci| au grand jamais| plus)*$
    \bjamais de la vie\b
    \bplus jamais\b|\bjamais plus\b|\bjamais je (?:accepte|consen|donne|ser|voud|dira)|\bau grand jamais\b
    \bje (?:accepterai|voudrai|donnerai|serai daccord|dirai oui|consentirai) jamais\b|\bjamais ca\b
    \b<asking>(?: moi)?(?: (?:la|le|ca))? <no_more>\b|\b<no_more> (?:a )?(?:me |le |la )*<asking>\b
    \b(?:arretez|arrete|cessez|arreter|stop) (?:avec (?:ca|vos questions|cette question)|de <me_it><asking>)\b
    \bveux plus (?:en )?entendre parler\b|\bveux plus que (?:vous|tu) (?:me )?<asking>\b
    \bposez plus (?:la|cette) question\b|\bembetez moi plus\b|\bme embetez plus\b
    \bpas (?:avant )?dans cent ans\b|\bmoi vivante?\b
"""
_MINOR = r"""
    \bje ai (?:que |seulement |a peine |presque |encore |bientot )*<age> ans\b(?! (?:de|que|dans|chez)\b)
    \bje ai (?:que|seulement|meme pas|pas) (?:encore )?(?:<age>|18|dix huit) ans\b
    \bje vais avoir <age> ans\b|\b<age> ans et demi\b|^(?:oui |mais |non )*<age> ans$
    \bje suis (?:encore |que |une? |toute? |trop )*(?:enfant|mineure?|gamine?|petite? (?:fille|garcon)|ado
        |adolescente?)\b
    \bje suis (?:pas (?:encore )?(?:majeure?|adulte)|trop jeune)\b|\bmoins de (?:18|dix huit) ans\b
    \bje suis (?:en )?(?:au college|en primaire|en maternelle|en (?:cm1|cm2|ce1|ce2|cp|sixieme|cinquieme
        |quatrieme))\b
    \bje suis en (?:premiere|deuxieme|troisieme|quatrieme|cinquieme|sixieme) annee (?:du )?(?:primaire
        |secondaire)\b
    \b(?:demande|demander|demandez|chercher|appeler|appelle|dire) a? ?(?:ma|mon|mes) <parent>\b
    \b(?:ma|mon|mes) <parent> (?:est|sont) pas (?:la|a la maison|ici)\b
    \b(?:ma|mon|mes) <parent> (?:veut|veulent|voudrai\w*|permet\w*|autorise\w*) pas\b
    \b(?:ma|mon|mes) <parent> (?:dit|disent|a dit|ont dit) (?:que )?(?:je )?(?:peux|dois|ai) pas\b
    \b(?:ma maman|mon papa)\b|\bje ai pas le droit\b(?! (?:de|a) )
"""
_THIRD_PARTY = r"""
    \b(?:je )?<speak> (?:pour|a la place de|au nom de|de la part de) <someone>\b
    \bau nom de <someone>\b|\b(?:a|en) (?:sa|leur) (?:place|nom)\b|\b(?:en|a) son nom\b
    \bpour quelquun de autre\b
    \b(?:mon|ma|mes) <relative> (?:\w+ ){0,2}?(?:dit|accepte|veut|est daccord|consent|voudrait|souhaite
        |repond)\b
    \b(?:il|elle|ils|elles) (?:a |ont )?(?:dit|dis|disent|accepte|acceptent|consent)\b
    \b(?:il|elle|ils|elles) (?:est|sont) daccord\b|\bil faut demander a (?:mon|ma|son|sa) <relative>\b
    \b(?:demander|demandez|voir avec|parler a|demande) (?:a |avec )?(?:mon|ma|son|sa) <relative>\b
    \bvous passe (?:mon|ma|son|sa) <relative>\b|\bje suis (?:son|sa|leur|le|la) (?:<relative>|<helper>)\b
    \bje suis (?:le|la|une?) (?:<relative>|<helper>) (?:de|du)\b|\bcest (?:le|la) <relative> (?:de|du)\b
    \bje suis pas (?:le|la) (?:titulaire|cliente?|proprietaire|personne|abonnee?|bonne personne)\b
    \bcest (?:pas mon|le) (?:telephone|numero|portable|compte|cellulaire|natel|gsm)(?: (?:de|du) (?:mon
        |ma) <relative>)?
        |\bcest pas a moi\b
    \b(?:on est|vous etes|tu es|je suis|je vous ai mis) (?:sur |en )(?:le )?(?:haut parleur|main libre
        |mains libres)\b
    \bon est (?:deux|trois|plusieurs)\b|\bnous sommes (?:deux|trois|plusieurs)\b
"""
_NO = r"""
    <no_before>\bnon\b|\bnan\b|\bnenni\b|\bque nenni\b|\bnon merci\b
    <not_before>\bpas\b(?! <not_thing>\b)
    (?<!si je )\b(?:refuse|decline|oppose)\b(?! que (?:quelquun|lon))|\bcontre$|\bje suis contre\b
    \bhors de question\b
    \bsans moi\b|\bsans facon\b|\brien du tout\b|\bveux rien\b|\btres peu pour moi\b
    \b(?:laissez|laisse|laissons) (?:tomber|moi tranquille)\b|\bfoutez moi la paix\b|\bfichez moi la paix\b
    ^(?:pardon |oui )*(?:oubliez|oublie)(?: (?:ca|cela))?$|\b(?:inutile|pas la peine|pas besoin)\b|\bca ira\b
    \b(?:mieux|autant|plutot) (?:vaut )?pas\b|\bprefere(?:rais)? (?:eviter|refuser|rester anonyme)\b
    \binteresse pas\b|\bregarde pas\b|\b(?:cest|ca) (?:pas )?vos oignons\b|\bmelez vous\b
    \baucune (?:envie|raison)\b
    \bje veux plus\b|\bje accepte plus\b
    ^(?:stop|arretez|arrete|degagez|va te faire\b.*|allez vous faire\b.*)$
    ^je ai change de avis$|\bnegatif\b|\bjamais dit oui\b|\bje passe mon tour\b|^je passe$
    \bca me (?:derange|gene)\b
"""
_NOT_NOW = r"""
    \bpas (?:pour )?(?:maintenant|aujourdhui|ce soir|encore|cette fois|tout de suite|le moment|le instant
        |la maintenant)
    \bpas pour (?:le|ce) (?:moment|instant)\b|\b(?:une )?autre fois\b|\bun autre jour\b|\ben ce moment\b
    (?<!effacer )(?<!supprimer )\bplus tard\b|\b(?:peut etre|oui|mais) (?:la prochaine fois|demain)\b
    ^la prochaine fois$
    \b(?:rappelez|redemandez|demandez|on verra|reparlez|voir)(?: moi)?(?: ca)? (?:demain|apres|ensuite
        |une autre)
    \bpas (?:le |trop le |beaucoup de |de )?temps\b|\bpresse\b|\bpressee\b|\bpas que ca a faire\b|\bon verra\b
    \b(?:reflechir|reflechis|reflechirai|penserai)\b|\bje suis (?:occupee?|en reunion|au volant)\b
    \bapres (?:le|cet) appel\b
"""
_EXPLAIN = r"""
    \bquest ce\b(?! que (?:vous|tu) (?:avez|as|dites|dis)\b)
    \bcest quoi\b(?! (?:la question|votre question))
    \bde quoi (?:il )?(?:se agit|vous parlez|tu parles|parlez vous)\b
    \bquoi (?:une? |le |la )?(?:empreinte|biometri|voix)|\bempreinte quoi\b
    \bca (?:veut|signifie) (?:dire )?quoi\b
    \b(?:que|quoi) (?:signifie|veut dire|voulez vous dire)\b|\bquest ce que ca\b|\bvous voulez dire quoi\b
    \bpour ?quoi\b(?! pas\b)|\bcomment (?:ca|cela|est ce|vous|je|on|faire|puis|peut|effacer|supprimer)\b
    \b(?:combien de temps|pendant combien|jusque a quand)\b|\bqui (?:a|peut|va|aura|voit|y|ecoute|est|garde)\b
    \bou (?:est ce|sont|cest|va|vont|seront|sera)\b|\b(?:cest|est ce) (?:que )?(?:cest )?<property>\b
    \b(?:est ce que )?(?:vous|tu) (?:vendez|partagez|enregistrez|donnez|transmettez|me enregistrez|stockez
        |gardez)\b
    \b(?:vendez|partagez|enregistrez|donnez|gardez|stockez) vous\b|\best (?:elle|il) <property>\b
    \b(?:est ce que )?(?:je (?:peux|pourrais|pourrai|dois)|(?:puis|dois) je|on peut|peut on)
        |\bpeut elle etre\b|\bpeut il etre\b
    \b(?:expliquez|explique|expliquer|precisez|preciser)\b|\ben dire plus\b
    \bplus de (?:details|infos?|informations)\b
    \bdites (?:moi|me) (?:en )?plus\b|\b(?:comprends|compris|saisis|pige|comprend) (?:pas|rien)\b
    \bsavoir plus\b
    \b(?:ai )?pas (?:bien |tout |tres bien )?(?:compris|saisi|pige)\b|\bsais pas ce que\b|\bconnais pas\b
    \bje ai une question\b|\bquel est (?:le but|le interet)\b|\bquel interet\b|\ba quoi ca sert\b
    \bca sert a quoi\b
    \bsi je (?:dis|refuse|accepte|change)\b
"""
_REPEAT = r"""
    ^(?:pardon |desolee? |excusez moi |euh |oui )*(?:comment|quoi|pardon|hein|excusez moi|plait il
        |desolee?)(?: (?:pardon|quoi
        |ca))*(?: \?)*$
    ^vous dites(?: \?)?$|\brepet(?:ez|e|er|iez)\b|\bredi(?:tes|s|re)\b|\breformul\w+\b
    \b(?:une|encore une) fois(?: de plus| encore)?\b
    \b(?:ai )?pas (?:bien |tout |tres bien |rien )?(?:entendu|capte)\b|\bentends (?:pas|rien|mal)\b
    \bentendu\b(?=.*\bpas\b)
    \b(?:quest ce que|que) (?:vous avez|tu as|avez vous|as tu) (?:dit|demande)\b|\bvous avez dit quoi\b
    \b(?:cest quoi|quelle (?:est|etait)) (?:la|votre) question\b|\bquelle question\b
    \bquest ce que vous dites\b
    \bparlez (?:plus|moins) (?:fort|lentement|vite)\b|\bplus (?:fort|lentement)\b|\bca coupe\b
    \bca capte mal\b
    \bmauvaise (?:ligne|connexion)\b|\bvous dites quoi\b|\bvous disiez\b
"""
_EMERGENCY = r"""
    (?<!pas )(?<!pas tres )(?<!rien de )\burgent(?:e|s)?\b|(?<!pas une )(?<!pas de )\burgences?\b
    \b(?:ambulance|(?<!\bma )(?<!\bvotre )police(?! de assurance)|pompiers?|samu|smur|gendarmes?
        |gendarmerie)\b|\b(?:112|911)\b
    \bfaites le (?:15|17|18|144|117)\b
    (?<!coup de )\b(?:au|le|en|un) feu\b(?! (?:rouge|vert|orange|de (?:la|signal|joie)))|\bincendie\b
    \bbrule\b|\bfumee\b
    \b(?:fuite|odeur|sent le) (?:de )?gaz\b|\bca sent le gaz\b|\bon ma vole\b|\bfait voler\b
    \binond(?:e|ee|ation)\b
    \baidez moi\b(?! (?:a|avec|pour|dans)\b)|\bau secours\b|^(?:a le aide ?)+$
    \bbesoin de aide (?:vite|tout de suite|urgent)
    \b(?:me a|me ont|ete|suis fait|me suis fait|a|ai ete) (?:vole|volee|cambriole|agresse|braque|attaque
        |vole ma|pirate)e?e?\b
    \b(?:cambriol|agress|kidnapp|viol(?:ee?|eur)\b|braqu|poignard|menac)\w*|\bcoups? de (?:feu|couteau)\b
    \b(?:en danger|vie ou de mort|crise cardiaque|infarctus|avc|hemorragie|saigne|inconscient\w*|evanoui\w*
        |convuls\w+)\b
    \b(?:etouffe|noye|respire (?:plus|pas|mal)|arrive pas a respirer|peux (?:plus|pas) respirer|accident
        |overdose)\b
    \b(?:empoisonn|intoxi)\w+|\b(?:suicid\w+|me tuer|veux mourir|en train de mourir|me faire du mal)\b
    \b(?:pirate|piratee|hacke|arnaque|escroque|fraude|vol de ma|vol de mon)\b|\bmort\b(?! de)
"""


def _vocabulary() -> dict[str, str]:
    names = {
        name: alternatives(text)
        for name, text in {
            "age": r"""
                [1-9]|1[0-7]|un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze
                quinze|seize
                dix sept
            """,
            "no_more": "(?:plus jamais|jamais plus|plus|jamais)",
            "asking": r"""
                demand(?:ez|er|e|iez)|redemand(?:ez|er|e|iez)|pos(?:ez|er|e) (?:la |cette )?(?:question)?
                propos(?:ez|er|e)|embet(?:ez|er|e)|harcel(?:ez|er)|insist(?:ez|er|e)|parl(?:ez|er|e) de ca
            """,
            "parent": "maman|papa|mere|pere|parents|prof|maitresse",
            "relative": r"""
                mari|femme|epoux|epouse|conjointe?|compagne|compagnon|mere|pere|fils|fille|frere|soeur
                grand mere
                grand pere|mamie|papi|oncle|tante|cousine?|patronne?|chef|amie?|copine|copain|blonde|chum
                voisine?
                cliente?|collegue|belle mere|beau pere|parents|patiente?|famille|employeur|directeur
                directrice
            """,
            "helper": r"""
                assistante?|secretaire|infirmiere?|aide soignante?|interprete|traductrice|traducteur|avocate?
                tuteur|tutrice|curateur|curatrice|aide a domicile
            """,
            "speak": "appelle|telephone|parle|reponds|appel|demande|cest",
            "property": r"""
                obligatoire|gratuit|sur|securise|legal|enregistre|prive|payant|dangereux|chiffre|facultatif
                necessaire
                un robot|vendu|protege|conserve|confidentiel|stocke|garde|enregistree|securisee|anonyme
            """,
            # "pas de souci" and "pas compris" are no refusals of it, nor quite an answer.
            "not_thing": r"""
                de (?:problemes?|soucis?|quoi|objections?|mal)|mal|grave|la fin|compris|entendu|capte|saisi
                pige|sur|sure
                (?:bien|tout|tres bien|trop|rien) (?:compris|entendu|capte|saisi|pige|sur)
                (?:pour )?(?:maintenant|aujourdhui|ce soir|cette fois|tout de suite|le moment|le instant
                    |la maintenant)
                encore$|pour (?:ce|le) (?:moment|instant)|(?:le |trop le |beaucoup de |de )?temps
                que ca a faire
                vous dire|trop|quoi|si|ce que
            """,
        }.items()
    }
    names["someone"] = (
        rf"(?:(?:mon|ma|mes|son|sa|un|une|la|le) (?:\w+ )?{names['relative']}"
        r"|lui|elle|eux|quelquun(?: de autre)?|une autre personne|autrui)"
    )
    names["me_it"] = "(?:me |le |la )*"
    names["no_before"] = "(?<!dire )(?<!dis )(?<!ou )(?<!pourquoi )"
    names["not_before"] = (
        "(?<!pourquoi )(?<!sais )(?<!comprends )(?<!comprend )(?<!entends )(?<!ou )(?<!connais )"
        # "Ne quittez pas" asks to wait.
        "(?<!quittez )(?<!quitte )(?<!raccrochez )(?<!raccroche )(?<!coupez )"
    )
    return names


def answers() -> tuple[Rule, ...]:
    """The rules for every answer but yes and withdrawal."""
    return answer_rules(
        _vocabulary(),
        never=_NEVER,
        minor=_MINOR,
        third_party=_THIRD_PARTY,
        no=_NO,
        not_now=_NOT_NOW,
        explain=_EXPLAIN,
        repeat=_REPEAT,
    )


def emergency() -> re.Pattern[str]:
    """What says that this is no moment for questions."""
    return re.compile(alternatives(_EMERGENCY, _vocabulary()))
