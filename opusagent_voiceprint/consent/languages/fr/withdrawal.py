"""How callers take a consent back in French, and what only sounds like it.

All patterns search prepared words without fillers and "ne" (see :mod:`.grammar`). "Effacez", "effacer" and
"effacé" sound alike and are written one for another, so that the words before decide.
"""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.grammar import Answer, Rule
from opusagent_voiceprint.consent.languages.fr.withdrawal_words import vocabulary
from opusagent_voiceprint.consent.patterns import alternatives, compiled

__all__ = ["standing_refusals", "withdrawals", "withdrawals_while_asked"]

_DEMANDS = r"""
    \b<erase> (?:moi |nous )?<ours>(?! \?)(?! (?:pas|jamais|avant|quand)\b)
    \b<take_out> (?:moi )?<ours> de <system>
    \b<take_out> (?:moi|nous) de <system>|\b(?:me|nous) <take_out> de <system>
    \b<take_out> (?:moi )?de (?:la |votre )?reconnaissance vocale
    \bme <take_out> de (?:la|votre) reconnaissance
    \b<forget> moi\b(?! (?:la|le|les|cette|cet|ce|ces|ca|cela|mon|ma|mes|un|une|sur|pas|jamais|rien|du|des
        |pour
        |dans|si|quand)\b)(?! (?:tout ca|tout cela)\b)<not_elsewhere>
    \bme <forget>\b(?! (?:pas|jamais|la|le|les|ca|ce|cette|mon|ma|mes|un|une)\b)<not_elsewhere>
    \b<forget> (?:tout )?(?:de|sur) (?:moi|ma voix)\b|\b<forget> (?:tout )?a mon sujet\b
    \b(?:oubli(?:er?|ez|iez)) (?:qui je suis|que vous me connaissez|que tu me connais)\b
    \b<forget> mon (?:nom|prenom)\b(?! (?:sur|dans|de la|du|de ma|pour)\b)
    \b<erase> (?:moi )?(?:tout|toutes?|tous) (?:\w+ ){0,4}?(?:sur moi|de moi|me concern\w+|a mon sujet
        |de ma voix|sur ma voix)\b
    \b<erase> (?:moi )?tout ce qu(?:e|i)? (?:vous|tu) (?:avez|as|savez|sais|gardez|gardes|conservez|possedez
        |connaissez|retenez|detenez|stockez)(?! (?:dans le panier|sur (?:la|ma|le)))
    \b<erase> (?:moi )?tout ce qui me concerne\b|\b<erase> tout ce que il y a sur moi\b
    \b<erase> (?:moi )?(?:toute|la moindre|chaque) trace de (?:moi|ma voix)\b
    (?:<thing>|<my_voice>|<my_data>) <some_words>(?:<erase> (?:moi )?(?:la|le|les|ca)|(?:la|le|les) <erase>
        |a la poubelle)\b(?! (?:pas|jamais|plus)\b)
    ^<opening>(?:effac|supprim|oubli)(?:ez?|er) (?:la |cette )?voix$
    \b(?:que|voir|avoir) <ours> (?:soit|soient|etre)? ?<erased>
    \b(?:veux|voudrais|souhaite|exige|aimerais) (?:voir )?<ours> <erased>
    (?<!comment )<ours> (?:doit|doivent|devrait|devraient) etre <erased>
    \b(?:assurez vous|verifiez|faites en sorte|fais en sorte) que <ours> (?:soit|est
        |soient) (?:bien )?<erased>
    \b(?:arret(?:ez?|er|es|iez)|cess(?:ez?|er|iez)|stop|stoppez) (?:de |a )?<doing>
    \b(?:arret|desactiv|coup|annul|supprim|stopp|enlev|debranch)(?:ez?|er) (?:moi )?<recognition>
    \beteign(?:ez|s) (?:la|cette|votre) reconnaissance vocale<not_on_device>
    ^<opening>(?:plus de|stop|stop a la|fini la|pas) reconnaissance vocale(?: pour moi| merci)?$
    \b(?:demande|exige|veux|souhaite|reclame|voudrais|desire|requiers|sollicite) (?:la|le
        |une) (?:\w+ )?<erasure_of_ours>
    ^<opening>(?:la |le )?<erasure_of_ours>
    \b(?:exerce|invoque|veux|demande|reclame|valoir|exercer|ai) (?:\w+ ){0,3}?droit a (?:le )?(?:oubli
        |effacement)\b
    \b(?:veux|voudrais|souhaite|aimerais|demande a|exige de) etre (?:oubliee?|effacee?|desinscrite?
        |supprimee?)
        |\b(?<!pas )(?:veux|voudrais) etre retiree? de <system>
"""

_CONSENT_BACK = r"""
    \b(?:retir(?:e|er|ez)|revoqu(?:e|er|ez)|annul(?:e|er|ez)|repren(?:ds|dre)|enlev(?:e|er|ez)) <my_consent>
"""

_TAKING_BACK = r"""
    \b(?:avez|as) plus mon <consent><to_us>|\b(?:donne|accorde) plus (?:mon|de|le) <consent><to_us>
    \bmon <consent> est (?:retire|annule|revoque)e?\b
    ^<opening>je (?:consens|suis) plus(?: daccord)?(?: du tout| a (?:ca|cela)| avec (?:ca|cela))?$
    ^<opening>je (?:y )?(?:consens|accepte) plus(?: ca| cela)?$
    ^<opening>je (?:retire|reprends) (?:tout )?ce que je ai dit$|^<opening>je me retracte$
    \bregrette (?:de avoir|avoir) (?:dit oui|accepte(?! (?:la|le|les|ce|cette|votre offre)\b)
        |donne mon accord)\b
    \bregrette mon (?:oui|accord|consentement)\b<to_us>
    \b(?:change de avis|change de idee|change idee) (?:\w+ ){0,4}?<forget_it>$
    \bchange de (?:avis|idee) (?:sur|pour|concernant|a propos de) (?:<thing>|<my_voice>)
    \bchange de (?:avis|idee) (?:et )?je veux (?:plus|pas) (?:etre|que (?:vous|tu) me) (?:reconn|memoris
        |identifi)
"""

_NO_LONGER = r"""
    \b<want> plus (?:que (?:vous|tu|on|votre systeme) )?(?:de |a )?(?:ce que (?:vous|tu) )?<doing>
    \b<want> plus (?:de |que )?(?:<thing>|<my_voice>|<my_data>)(?: (?:soit|soient) <handled>)?(?! <erased>)
    \b<want> plus (?:de )?(?:vous|te) (?:laisser|voir|autoriser a) <doing>
    \brefuse (?:maintenant )?(?:de etre|que (?:vous|tu)) (?:\w+ )?(?:plus )?reconnu\w* (?:a le avenir
        |desormais)
"""

# "Reconnaissez-moi plus", "n'utilisez plus ma voix": told to us, not said about us.
_ORDERS_NO_MORE = r"""
    \b(?:me|nous) <know_me> (?:plus|jamais plus|plus jamais)\b<not_as>|\b<know_me> moi plus\b
    \b<handle> (?:plus|plus jamais) <ours>|\bsouvenez vous plus de moi\b
    \bvous souvenez plus de (?:moi|ma voix)\b
    \bte souviens plus de (?:moi|ma voix)\b|\bprenez plus de notes? sur moi\b|\bmappelez plus par mon nom\b
    \bme (?:saluez|appelez|salue|appelle) plus par mon (?:nom|prenom)\b|\bplus jamais (?:me )?<know_me> moi\b
"""

# While a question of ours is open, these can only be about it; otherwise they may be about an order.
_WHILE_ASKED = r"""
    ^<opening><wish>(?:effac|supprim|oubli|annul|enlev)(?:ez?|er) (?:moi )?tout(?: ca| cela)?$
    ^<opening><wish>tout (?:effacer|supprimer|oublier|annuler)$
    ^<opening><wish>(?:me )?(?:desinscri(?:re|vez|s)|retir(?:ez|er|e))(?: moi)?(?: de (?:ca|cela|la)
        | de tout ca)?$
    ^<opening>je (?:retire|reprends) (?:ca|cela)$
"""

_STANDING = r"""
    \b(?:me|nous) <know_me> (?:pas|jamais|point)\b<not_as>|\b<know_me> moi (?:pas|jamais)\b
    \b<handle> (?:pas|jamais) (?:de )?<ours>
    \b(?:vous souvenez|te souviens|souvenez vous|souviens toi) (?:pas|jamais) de (?:moi|ma voix)\b
    \b(?:pren(?:ez|ds|dre)) pas de notes? sur moi\b
"""
_REFUSING = r"""
    \b<want> (?:surtout )?pas (?:que (?:vous|tu|on) |de |a ce que (?:vous|tu) )?(?:vous |te )?<doing>
    \b<want> pas que <ours> (?:soit|soient) <handled>|\b<want> pas que <remember>
    \b(?:veux|voudrais|souhaite|desire) pas (?:avoir )?<which_one><voice_thing>(?! <erased>)
    \b(?:veux|souhaite) aucune empreinte vocale\b
    \brefuse (?:que (?:vous|tu) (?:me <know_me>|<handle> <ours>)|de etre <handled>|la reconnaissance vocale
        |la empreinte vocale|le empreinte vocale)\b
    \b(?:prefere|prefererais|aimerais mieux) (?:pas |autant pas )?(?:ne pas |pas )(?:etre <handled>
        |<you_know_me>)
    \b(?:vous|te) (?:autorise|permets) pas (?:a|de) <doing>
    ^<opening>je (?:y )?consens pas(?: a (?:ca|cela))?$
    \bconsens pas a (?:la |le |ce que |votre )(?:<voice_thing>|(?:vous|tu) <handle> <ours>)
"""

_FORBIDDING = r"""
    \b(?:avez|as) pas le droit de <doing>
    \b(?:pouvez|devez|peux|dois) pas (?:utiliser|garder|conserver|stocker|enregistrer|analyser
        |exploiter) <ours>
"""

# "comment effacer ma voix" asks, "ne oubliez pas ma voix" wants the opposite.
_ASKING_OR_NOT = r"""
    qui dit|(?:evitez|evite|arretez|arrete|cessez|impossible|risque) de|failli|hesite a
    inutile de|pas la peine de|dommage (?:de|que)(?: (?:vous|tu|on))?|veut|veulent
    qui(?: (?:peut|va|pourrait))?|pas (?:necessaire|utile|obligatoire|souhaitable|possible|oblige) de
    (?:bouton|lien|onglet) (?:dit|indique)
    (?:si|que|quand|lorsque|dois|faut) (?:(?:je|on|tu|vous) )?(?:dis|dise|dites|dire)
    comment (?:\w+ ){0,5}|(?:quoi|faire|dire|ou|quand|que) (?:\w+ ){0,3}(?:pour|si)(?: je)?
    (?:et )?si(?: (?:je|tu|vous|on))?
    (?:peux|puis|pourrais|pourrai|peut|pourra|pourrait|dois|doit) (?:je|on)
    est ce que (?:je|on) (?:peux|peut|pourrai|dois|devrais)|(?:si )?(?:je|on) (?:dois|doit)
    (?:^|alors |oui |et |okay |mais )(?:je|on) (?:peux|peut|pourrai|pourra|pourrais)(?: toujours| quand meme)?
    (?:pas|jamais|point|rien|sans|avant|apres|quand|lorsque|jusque|pourquoi|plutot que|au lieu)(?: (?:de|a
        |me))?
    (?:pas|jamais) (?:de|a|pour|besoin de|envie de|la peine de|question de|que (?:vous|tu|on)
        |vous demander de)
    (?:<moment> (?:a )?(?:ce )?que|peur de|crains de|espere|crois|pense|suppose|lu
        |entendu)(?: <someone>)?(?: dise)?
    (?:avez|as|ai|a|ont|avons|avait|aviez|aurait|aurez|est|ete|sont|avoir|etes)(?: <between>)*
    <unasked>(?:vous|tu|nous|il|elle|ils|elles|on)(?: (?:allez|vas|va|vont|risquez de|risque de|comptez))?
    (?:vous|tu) (?:comptez|voulez|veux)(?: vraiment)?|(?:allez|voulez|vas) (?:vous|tu)
    va|vont|risque de|pourrait|bouton|onglet|menu|lien|rubrique|mention|option|tapez|choisi|essaye de
    essaie de
    (?:clique|cliquez|appuye|appuie|appuyez)(?: sur)?(?: le bouton)?(?: pour)?
    (?:site|page|appli|application|message|mail|courriel|ecran) (?:me )?<says>(?: de)?|oublie de
"""
_NOT_OF_US = "pourquoi (?:vous|tu)|vous|tu|il|elle"
_SAID_OF_US = r"""
    <unasked>(?:vous|tu|il|elle|on|ils)(?: (?:vous|te|se|me))?
    (?:pourquoi|comment|alexa|telephone|appli|systeme)(?: \w+)?
    je|peux|puis|pourquoi (?:\w+ ){0,3}
"""


def withdrawals() -> tuple[Rule, ...]:
    """The rules that take a consent back, whatever was asked."""
    names = vocabulary()
    unless = _ending_in(_ASKING_OR_NOT)
    return (
        Rule(Answer.WITHDRAW, compiled(_DEMANDS, names), unless),
        Rule(Answer.WITHDRAW, compiled(_CONSENT_BACK, names), unless),
        Rule(Answer.WITHDRAW, compiled(_TAKING_BACK, names), _ending_in("comment|si je|puis je|peux je|pas")),
        Rule(Answer.WITHDRAW, compiled(_NO_LONGER, names), _ending_in(_NOT_OF_US)),
        Rule(Answer.WITHDRAW, compiled(_ORDERS_NO_MORE, names), _ending_in(_SAID_OF_US)),
    )


def withdrawals_while_asked() -> tuple[Rule, ...]:
    """Whole sentences that withdraw while a question is open, though they name nothing of ours."""
    return (Rule(Answer.WITHDRAW, compiled(_WHILE_ASKED, vocabulary())),)


def standing_refusals() -> tuple[Rule, ...]:
    """Refusals that answer an open question with no, and withdraw when no question is open."""
    names = vocabulary()
    return (
        Rule(Answer.WITHDRAW, compiled(_STANDING, names), _ending_in(_SAID_OF_US)),
        Rule(Answer.WITHDRAW, compiled(_REFUSING, names), _ending_in(_NOT_OF_US)),
        Rule(
            Answer.WITHDRAW, compiled(_FORBIDDING, names), _ending_in("pourquoi (?:vous|tu)|si (?:vous|tu)")
        ),
    )


def _ending_in(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|\b){alternatives(text, vocabulary())} ?$")
