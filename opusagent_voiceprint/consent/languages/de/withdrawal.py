"""How callers take a consent back in German, and what only sounds like it.

All patterns search prepared words without fillers (see :mod:`.grammar`). German puts the verb first in a
demand ("löschen Sie meine Stimme"), last after a modal verb ("... meine Stimme löschen"), and the "nicht"
after either; each order has rules of its own.
"""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.grammar import Answer, Rule
from opusagent_voiceprint.consent.languages.de.spelling import spelt_alike
from opusagent_voiceprint.consent.languages.de.withdrawal_words import vocabulary
from opusagent_voiceprint.consent.patterns import alternatives, compiled

__all__ = ["standing_refusals", "withdrawals", "withdrawals_while_asked"]

_VERB_FIRST = r"""
    \b<erase_now> <soon><ours><not_negated><not_later><no_question>
    ^<opening>(?:loscht|loschts|vergesst|entfernt) <soon><ours><not_negated><not_later><no_question>
    \b<erase_now> <soon>(?:die|diese) stimme\b<not_elsewhere><not_negated><no_question>
    \b(?:deaktivieren sie|deaktiviere?|beenden sie|beende|stoppen sie|stoppe?
    |unterlassen sie) <soon><thing><not_negated><no_question>
    \b<erase_now> <soon>(?:mich|mi)\b(?! (?:vom|von|aus|auf|im|in) (?!<system>\b))<not_negated><no_question>
    \b(?:vergessen sie|vergiss|vergesse) (?:wer ich bin|dass sie mich kennen|meinen namen)\b<not_negated>
    \b(?:machen sie|mach|nehmen sie|nimm|streichen sie|streich|werfen sie|wirf|schmeissen sie|schmeiss
    |tun sie) <soon>(?:<ours>|mich) <some>(?:aus <system>|raus|heraus|weg)\b<not_negated>
    \b(?:machen sie|mach|schalten sie|schalte?|stellen sie|stell) <soon><thing> <some>(?:aus
    |ab)\b<not_negated>
    \b(?:melden sie|melde?) mich <some>(?:von|bei) <thing> <some>ab\b
    \b(?:weg|schluss) mit <ours>
    \b(?:machen sie|mach) <soon><thing> <soon>ruckgangig\b
    \b(?:horen sie|hor|horts|hort) <some>auf <some>(?:<ours>|mich) <some>(?:<know_to>|<know>)\b
    \b(?:lassen sie|lass) <soon><ours> <some>(?:loschen|verschwinden)\b<not_negated>
    \bdass (?:sie aufhoren|du aufhorst|ihr aufhort) <some>(?:<ours>|mich) <some><know_to>\b
    <ours> (?:gespeichert|aufgenommen|aufgezeichnet) (?:und )?(?:loschen sie|losche?) (?:das|sie|es
    |ihn)\b<not_negated>
    \b(?:sorgen sie|schauen sie|veranlassen sie|stellen sie sicher) <some>dass <ours> <some><erased>\b
"""
_VERB_LAST = r"""
    <ours> <some>(?:<erase>|<erase_to>)\b(?! (?:kann|konnte|darf|durfte|muss|musste|soll) (?:ich
    |man)\b)<not_negated>(?! (?:kann|konnte|darf|durfte|musste)\b)
    (?:\bmich|\bdass sie mich) <some>(?:aus <system> <some>)?(?:loschen|vergessen|austragen
    |<erase_to>)\b<not_negated>
    \bmich <some>aus <system> <some>(?:<erase>|nehmen|streichen)\b<not_negated>
    \bmich <some>(?:von|bei) <thing> <some>(?:abmelden|austragen|abzumelden)\b
    <thing> <some>(?:ausschalten|abschalten|abstellen|abzuschalten|auszuschalten|abmelden)\b<not_negated>
    ^<opening>(?:die )?stimme (?:loschen|vergessen|entfernen)$
    ^<opening>mich vergessen$|<ours> <some>losche$
    \bdass (?:du|ihr) <soon>(?:<ours>|mich) <some>(?:vergisst|loschst|loscht|vergesst|entfernst|entfernt)\b
    \balles <some>(?:loschen|entfernen|vergessen) was (?:sie|du|ihr) (?:uber|von|zu) (?:mich|mir)\b
    \b(?:will|mochte) (?:\w+ )?aus <system> (?:raus|heraus|geloscht werden|entfernt werden)\b
    \b(?:will|mochte) (?:hier )?(?:raus|heraus) aus <system>$
    \b(?:mochte|will|wunsche) (?:von ihnen |gern |jetzt )*(?:vergessen|geloscht) werden\b
    \b(?:alles|alle daten) (?:uber|von|zu) (?:mich|mir) <some>(?:<erase>|<erase_to>)\b<not_negated>
"""
_PASSIVE = r"""
    \b(?:will|mochte|mocht|wunsche|verlange|fordere|bitte|bestehe|erwarte|wurde gern|hatte gern|ware froh
    |sie bitten|ersuche) (?:(?!(?:nicht|nie|verhindern|vermeiden|wissen|sagen|gesagt)\b)\w+ ){0,3}?(?:dass
    |darum dass) <ours> <some><erased>\b
    \bdass alles <some><erased> (?:wird |werden )?was (?:sie|du|ihr) (?:uber|von|zu) (?:mich|mir)\b
    <ours> (?:soll|sollen|muss|mussen|gehort|gehoren|sollte|sollten) <some><erased>\b
    \b(?:will|mochte|mocht|hatte gern|hatt gern|wunsche mir|wurde gern) <soon><ours> <some><erased>(?: haben
    | wissen)?\b
    <ours> <some>(?:soll|sollen|muss|mussen) (?:weg|raus|gehen|verschwinden)\b
    \b(?:konnen|konnten|kann|konnte|konnt) <ours> <some><erased> werden bitte\b
"""
_NOUNS = r"""
    \b(?:beantrage|verlange|fordere|wunsche|mochte|will|bitte um|ersuche um|bestehe auf
    |um) (?:ich (?:auf |um )?)?<soon>
    +(?:die |eine |der|sofortige[rn]? |vollstandige[rn]? |umgehende[rn]? )*(?:loschung|entfernung
    |vernichtung) (?:von )?<ours>
    ^<opening>(?:die |eine |sofortige )*(?:loschung|entfernung) (?:von )?<ours>
    \brecht auf (?:vergessen ?werden|loschung|vergessen zu werden)\b
    \b(?:widerspreche|widerspruch|lege widerspruch) (?:ich )?(?:hiermit )?(?:gegen )?(?:der|die|dem
    |den)? ?(?:speicherung|verarbeitung|nutzung|verwendung|auswertung)? ?(?:von )?<ours>
    \b(?:widerspreche|widerspruch|lege widerspruch) (?:hiermit )?(?:gegen )?(?:der|die|den) <voice_thing>
    \bwiderruf (?:meiner|der) (?:einwilligung|zustimmung|erlaubnis)\b(?! (?:zu|zum|zur|fur|in) )
    ^<opening>widerruf$
"""
_TAKING_BACK = r"""
    \b(?:widerrufe|widerruf) (?:ich )?(?:hiermit |jetzt )*<consent_to_us><not_negated>
    \b<consent_to_us> (?:(?:jetzt|wieder|hiermit|sofort|auch|gern) ){0,3}(?:widerrufen|zuruckziehen
    |zurucknehmen|zuruck)\b<not_negated>(?! (?:kann|konnte)\b)
    \b(?:ziehe|zieh|nehme|nehm|zoge
    |nahme) (?:ich )?(?:jetzt |wieder |hiermit )*<consent_to_us> <some_words>zuruck\b
    \b<consent_to_us> (?:\w+ ){0,2}?(?:ziehe|zieh|nehme|nehm|widerrufe) ich <some_words>(?:zuruck|hiermit
    |jetzt)\b
    \b<consent_to_us> ist (?:hiermit )?(?:widerrufen|zuruckgezogen|aufgehoben)\b
    ^<opening>ich (?:nehme|nehm) (?:das|es|alles) (?:(?:alles|jetzt|wieder) )*zuruck$
    ^<opening>ich (?:nehme|nehm) (?:das|es|alles) (?:(?:alles|jetzt|wieder) )*zuruck (?:danke|loschen
    |vergessen|ich will)\b
    ^<opening>das (?:nehme|nehm) ich (?:(?:jetzt|wieder) )*zuruck$
    \bstimme (?:dem |dazu |ich )*(?:jetzt )?<again>(?: \w+){0,2}? zu\b(?! (?:dem|der) (?:preis|vertrag))
    \b(?:bin|war) (?:damit )?(?:jetzt )?<again>(?: damit)? einverstanden$
    \bwillige <again>(?: \w+){0,2}? ein\b
    \b(?:sie haben|du hast|ihr habt) <consent_to_us> <again>
    \b(?:erlaube|gestatte) (?:es |das |ihnen |dir )+<again>
    \b(?:gebe|gib) (?:ich )?(?:ihnen|dir|euch) keine (?:einwilligung|zustimmung|erlaubnis) mehr\b
    \bentziehe (?:ich )?(?:ihnen|dir|euch) (?:jetzt )?<consent_to_us>
    \b(?:bereue|bedaure) (?:es )?(?:dass ich )?(?:ja gesagt|zugestimmt|eingewilligt|mein ja
    |meine zustimmung)\b|\bwar ein fehler (?:ja zu sagen|zuzustimmen|einzuwilligen)\b
    \banders uberlegt (?:\w+ ){0,4}?(?:loschen|losch|losche)(?: sie)? (?:das|es|alles|wieder
    |bitte)\b(?! (?:aus|von)\b)
    \banders uberlegt (?:\w+ ){0,3}?<ours> (?:\w+ ){0,3}?<again>
    \banders uberlegt (?:\w+ ){0,4}?<again> (?:erkannt|gespeichert) werden\b
    \baustragen (?:aus|von) (?:der )?stimmerkennung\b|\baus der stimmerkennung (?:austragen|raus)\b
"""
_NO_LONGER = r"""
    \b<know_now> <soon>(?:sich )?(?:<ours>|mich|an mich) <some_words><again>(?! \?)(?! (?:als|unter
    |mit (?!namen)))
    ^<opening>erkennt (?:mich|<ours>) <again>(?! \?)
    \b<know_now> <soon>(?:sich )?<again> (?:<ours>|mich|an mich)(?! \?)
"""
_WISH_NO_LONGER = r"""
    \b(?:will|mochte|mocht|mag|wunsche|wunsch|wui) (?:\w+ ){0,3}?<again>(?: \w+){0,4}? (?:<know>|<known>)\b
    \b(?:will|mochte|mocht|mag|wunsche) (?:\w+ ){0,3}?<again> dass (?:sie|du|ihr|man) (?:sich )?(?:<ours>
    |mich)\b
    \b(?:will|mochte|mocht|wunsche|verlange) dass (?:sie|du|ihr|man) (?:sich )?(?:<ours>
    |mich) <some_words><again> (?:<know>|<known>)\b
    \b(?:will|mochte|mocht|mag) (?:kein(?:e|en)?) <voice_thing> mehr\b|\bkeine? <voice_thing> mehr(?: bitte
    | verwenden| benutzen| nutzen| machen)?$|<thing> (?:brauche|will|mochte|mag) ich <again>
    \b(?:will|mochte|mocht|mag|brauche) <soon><thing> <again>
    \b(?:will|mochte|mocht|mag) <soon><ours> <again> (?:\w+ ){0,3}?(?:haben|gespeichert|liegen)\b
    \b(?:sie durfen|du darfst|ihr durft|sie sollen|du sollst|ihr sollt|<from_now> (?:durfen sie|sollen sie
    |darfst du|sollst du)) (?:sich )?(?:<ours>|mich) <some_words><again> (?:<know>|haben)\b
    <ours> <some_words>(?:soll|sollen|darf|durfen) <some_words><again> (?:<known>|<know>)\b
    \bnicht mehr in <system> (?:sein|stehen|drin)
"""
_BEFORE_NO_LONGER = r"""
    \b(?:warum|wieso|weshalb|wenn|ob|seit|ich|er|man|wird|handy|alexa|siri|iphone|telefon) (?:\w+ ){0,3}$
    (?:^|\b(?:dass|weil|denn|und|aber|ja|nein|dann|da)) ?(?:sie|ihr|du|die|wir|der) (?:\w+ )?$
"""
_BEFORE_A_WISH = r"""
    \b(?:warum|wieso|weshalb|wenn|ob|er|man|handy|alexa|siri) (?:\w+ ){0,3}$
"""
_REFUSALS = r"""
    \b<know_now> <soon>(?:sich )?<ours> <soon><not>(?! \?)
    \b(?:merken sie sich|merk dir|speichern sie|speichere?) (?:mich nicht|nichts uber mich)(?! \?)$
    \bbitte erkennen sie mich <soon>nicht\b(?! als)
    \b(?:will|mochte|mocht|mag|wunsche) (?:\w+ )?nicht (?:\w+ ){0,3}?(?:(?:<known>) werden
    |<known> sein)\b(?! als)
    \b(?:will|mochte|mocht|mag|wunsche) (?:\w+ )?nicht dass (?:sie|du|ihr|man) (?:sich )?(?:<ours>
    |mich) <some>(?:<know>|haben)\b
    \b(?:will|mochte|mocht|mag|wunsche) (?:\w+ )?nicht dass <ours> <some><known>\b
    \b(?:will|mochte|mocht|mag|wunsche|brauche) kein(?:e|en)? (?:solche[ns]? )?<voice_thing>\b
    \b(?:sie durfen|du darfst|ihr durft|sie sollen|du sollst|ihr sollt) (?:sich )?<ours> <some>nicht (?:<know>
    |haben)\b
    \b(?:verbiete|untersage) (?:es )?(?:ihnen|dir|euch) (?:\w+ )?<ours>
    \bkein recht <ours> <some><know_to>\b
    \bwillige (?:darin |in (?:die|das) \w+ )?nicht ein\b
    ^<opening>kein(?:e|en)? <voice_thing>$
    ^<opening>ohne <voice_thing>$
    \b(?:speichern|speichere|mach|machen|schreiben|schreib) (?:sie )?(?:sich |dir )?kein(?:e
    |en)? (?:<voice_thing>|notizen uber mich|daten (?:von|uber) (?:mir|mich))\b(?! \?)
"""
# While a question of ours is open, these can only be about it; otherwise they may be about an order.
_WHILE_ASKED = r"""
    ^<opening><wish>(?:alles|das alles|alles wieder) (?:wieder )?(?:loschen|entfernen|vergessen)$
    ^<opening>(?:loschen sie|losch|losche|entfernen sie|vergessen sie|vergiss) (?:wieder )?(?:alles
    |das alles)(?: wieder)?$
    ^<opening><wish>(?:die |meine )?daten loschen$
    ^<opening>ich widerrufe(?: das| es)?$
    ^<opening>ich mochte (?:das )?widerrufen$
    ^<opening>ich ziehe (?:das|es) zuruck$
    ^<opening>ich (?:bestehe auf|verlange|fordere|beantrage) (?:die |sofortige )*loschung$
"""

# "wie lösche ich meine Daten" asks, "nicht löschen" wants the opposite, "Sie löschen ..." tells.
_BEFORE_VERB_FIRST = r"""
    \b(?:wie|wann|warum|wieso|weshalb|wo|nicht|nie|niemals|ohne|bevor|wenn|falls|ob|nachdem|sobald|bis|statt
    |ich|er|man|wir|es|und ich|dass|steht|stand|knopf|taste|button|feld|punkt|menu|auf|drucke|gedruckt
    |(?:muss|soll|wenn|ob) ich sagen
    |geklickt|klicke|app|seite|website|mail|brief|heisst|sagt|sagte|gesagt|update|programm|das|handy|computer
    |sonst) $
    (?:^|\b(?:und|dann|ob|weil|dass|also|so|ja|nein|aber|glaube|denke|hoffe|furchte|gehort|gelesen)) ?(?:sie
    |ihr|du|die) $
"""
_BEFORE_VERB_LAST = r"""
    \b(?:wie|wann|wo|ob|wenn|falls|bevor|nachdem|sobald|bis|warum|wieso|weshalb) (?:\w+ )?(?:ich|sie|du|man
    |wir|ihr|sich|er|es|lasst|das|die) (?:\w+ ){0,4}$
    \b(?:nicht|nie|niemals|ohne|statt|anstatt) (?:\w+ )?$
    \bnicht (?:mochte|will|dass|notig|notwendig|vor|nur|darum|daran|vergessen) (?:\w+ ){0,3}$
    \bkeine?n? (?:grund|notwendigkeit|absicht|lust|anlass) (?:\w+ ){0,2}$
    \b(?:kann|konnte|darf|durfte|konnen|mussen|muss|sollte|soll) (?:ich|man|wir|er|jemand|das
    |es) (?:\w+ ){0,3}$
    \b(?:ich|man|wir|er|das|es|update|programm) (?:kann|konnte|darf|durfte|werde|wird|wollte (?:wissen
    |fragen)) (?:\w+ ){0,3}$
    \b(?:wollen|wollt|willst|werden|werdet|wirst|sollen|sollt|mussen|musst|durfen|durft|darfst) (?:sie|du|ihr
    |wir) (?:\w+ ){0,3}$
    (?:^|\b(?:und|dass|aber|also|so)) ?(?:sie|ihr|du|wir) (?:wollen|werden|haben|konnen|mussten|wollten|habt
    |hast) (?:\w+ ){0,3}$
    \b(?:habe|haben|hat|hast|habt) (?:\w+ ){0,4}$
    \b(?:furchte|angst|glaube|denke|gehort|gelesen|hoffe|weiss|heisst|steht|stand|sagt|hiess|knopf|taste
    |button|menu|klicke|geklickt|gedruckt) (?:\w+ ){0,4}$
    \bwas (?:muss|kann|soll|passiert|ist) (?:\w+ ){0,5}$
    \b(?:versuche|versuchte|versucht|probiere|davor|schade|schlimm|argerlich|verhindern|vermeiden|wer|wie geht
    |wie funktioniert) (?:\w+ ){0,4}$
    \b(?:sollten|solltest|solltet) (?:sie|du|ihr) (?:\w+ ){0,3}$|\bnur (?:sie|ich|wir|du) (?:\w+ ){0,2}$
    ^(?:(?:aber|und|nur|auch) )?dass (?:\w+ ){0,4}$
"""
# "Es wäre nett, wenn Sie meine Stimme löschen würden": polite, and no condition; "Sie können meine Stimme
# jetzt löschen" allows it, and means it.
_POLITE = r"""
    \b(?:sie konnen|du kannst|ihr konnt) <ours> (?:(?:jetzt|wieder|gern|ruhig|sofort|gleich
    |bitte) ){1,3}(?:<erase>)\b<no_question>
    \b(?:rufe|angerufen|melde|gemeldet) (?:\w+ ){0,3}?um <ours> <some>(?:loschen zu lassen|<erase_to>)
    \b(?:ware|freue|freuen|dankbar|nett|lieb|gut|schon|froh|bitten|bitte|recht) <well>wenn (?:sie|du
    |ihr) <soon>(?:<ours>|mich) <some>(?:<erase>|vergessen)\b
    \b(?:wollte|mochte|wurde|wollt)(?: ich)? (?:\w+ ){0,2}?(?:fragen|bitten) ob (?:sie|du|ihr) <soon>(?:<ours>
    |mich) <some>(?:<erase>|vergessen)\b
    \bob (?:sie|du|ihr) <soon>(?:<ours>|mich) <some>(?:<erase>|vergessen) (?:konnten|konntet|konntest
    |wurden)\b
    \b(?:wurden|wurdest|wurdet|konnten|konntest|konntet|konnen|kannst|konnt|tun|tuen) (?:sie|du|ihr
    |s) <soon>(?:<ours>|mich) <some>(?:<erase>|vergessen)\b
"""


def _rule(table: str, *unless: str) -> Rule:
    names = vocabulary()
    names["wish"] = "(?:(?:ich mochte|ich will|konnen sie|konnten sie|sie konnen|kannst du) )?"
    names["some_words"] = r"(?:(?!(?:nicht|nie|\?)\b)\w+ ){0,4}?"
    names["well"] = r"(?:(?!(?:nicht|schade|schlimm|schlecht|traurig|argerlich|blod|dumm)\b)\w+ ){0,2}?"
    names["from_now"] = "(?:ab (?:sofort|jetzt|heute)|in zukunft|kunftig|von nun an)"
    before = alternatives(spelt_alike("\n".join(unless))) if unless else None
    return Rule(
        Answer.WITHDRAW,
        compiled(spelt_alike(table), names),
        re.compile(before) if before is not None else None,
    )


def withdrawals() -> tuple[Rule, ...]:
    """The rules that take a consent back, whatever was asked."""
    return (
        _rule(_VERB_FIRST, _BEFORE_VERB_FIRST),
        _rule(_VERB_LAST, _BEFORE_VERB_LAST),
        _rule(_PASSIVE, r"\b(?:nicht|nie|ob|wie|wann|wenn) (?:\w+ )?$"),
        _rule(_NOUNS, r"\b(?:nicht|keine|wie|ob|wenn|bestatigung|uber) (?:\w+ )?$"),
        _rule(
            _TAKING_BACK, r"\b(?:wie|wann|ob|wenn|falls|nicht|nie|kann|konnte|er|sie|was) (?:ich )?(?:\w+ )?$"
        ),
        _rule(_NO_LONGER, _BEFORE_NO_LONGER),
        _rule(_WISH_NO_LONGER, _BEFORE_A_WISH),
        _rule(_POLITE),
    )


def withdrawals_while_asked() -> tuple[Rule, ...]:
    """Whole sentences that withdraw while a question is open, though they name nothing of ours."""
    return (_rule(_WHILE_ASKED),)


def standing_refusals() -> tuple[Rule, ...]:
    """Refusals that answer an open question with no, and withdraw when no question is open."""
    return (_rule(_REFUSALS, r"\b(?:warum|wieso|weshalb|wenn|ob|er|gesagt|dass) (?:\w+ ){0,2}$"),)
