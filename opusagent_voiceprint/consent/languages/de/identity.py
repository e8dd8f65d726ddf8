"""How it is asked, said and denied in German that the caller is a certain person.

All patterns search one sentence's prepared words (see :mod:`opusagent_voiceprint.consent.identity`), in which
umlauts have no dots.
"""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.language import IdentityWords
from opusagent_voiceprint.consent.languages.de.spelling import spelt_alike
from opusagent_voiceprint.consent.patterns import alternatives, compiled, word_set

__all__ = ["identity_words"]

_ASKS = r"""
    ^(?:<polite> )*(?:spreche|rede|telefoniere) ich (?:(?:hier|da|jetzt|gerade|noch|denn) )*mit <who><end>
    ^(?:<polite> )*bin ich (?:(?:hier|da|jetzt|richtig) )*mit <who> verbunden<end>
    ^(?:<polite> )*(?:sind sie|bist du)(?: das| es| noch| denn)* <who><end>
    ^(?:<polite> )*(?:ist (?:das|da|es|dort|hier)|spricht (?:da|dort|hier))(?: denn)? <who><end>
    ^(?:<polite> )*(?:habe ich) <who> (?:am apparat|am telefon|in der leitung|dran)<end>
    ^(?:<polite> )*(?:konnen|konnten|wurden|wollen|darf ich) (?:sie )?(?:mir )?(?:kurz )?bestatigen dass
    + (?:ich mit <who> (?:spreche|rede|telefoniere|verbunden bin)|sie <who> sind|das <who> ist)<end>
    ^(?:<polite> )*(?:sie sind|das ist|du bist|ich spreche mit) <who>(?: (?:richtig|oder|nicht wahr
        |stimmts?))* \?$
"""
_SAYS = r"""
    ^(?:<lead> )*(?:(?:ja |genau |hallo )?(?:ich bin|ich bin es|ich bins|hier ist|hier spricht|hier|da ist
        |am apparat ist|mein (?:voller )?(?:name|vorname) (?:ist|lautet)|ich heisse|sie sprechen mit
        |du sprichst mit))(?: die| der)? NAME<after>
    ^(?:<lead> )*NAME (?:am apparat|am telefon|hier|mein name|ist mein name|heisse ich|spricht)(?! ?\?)\b
"""
_YES = r"""
    (?:(?:ja|jawohl|jep|genau|klar) )*(?:am apparat|(?:(?:das|der|die|ja) )?bin ich|ich bin(?: e)?s|ich bin es
        |(?:das ist )?(?:richtig|korrekt)|(?:das )?stimmt|genau|tun sie|sprechen sie|hochstpersonlich
        |(?:der|die)selbe|selbst|selber)
    +(?: (?:ja|am apparat|genau|selbst|selber|personlich|hier|(?:das )?bin ich|sprechen sie|danke))*
"""
_DENIES = r"""
    (?<!wenn )(?<!dass )(?<!\bob )\b(?:ich bin|hier ist|hier spricht)(?: (?:aber|leider|gar|sicher
        |definitiv))*
    + nicht(?: die| der)? NAME<so>
    \b(?:ich heisse|mein (?:name|vorname) (?:ist|lautet))(?: (?:aber|leider|gar))* nicht NAME<so>
    \b(?:sie sprechen|du sprichst)(?: (?:aber|leider|gar))* nicht mit NAME<so>
    \b(?:ich bin|hier ist|hier spricht)(?: der| die)? WHOSE <relative>\b
    \b(?:ich bin|hier ist|hier spricht) (?:der |die |eine? )?<relative> von(?: der| dem)? NAME\b
"""
_WRONG_PERSON = r"""
    ^(?:<lead> )*(?:<think> )*(?:das bin ich|ich bin (?:das|es)|ich bins)(?: (?:aber|leider|gar))* nicht<so>
    ^(?:<lead> )*(?:<think> )*(?:das|hier|es) ist(?: (?:aber|leider|gar))* nicht (?:die |der )?
    +(?:mein name|NAME|TITLED)<so>
    ^(?:<lead> )*(?:<think> )*(?:(?:das|hier) ist |sie haben |ich bin |sie sprechen mit )?(?:da )?
    +(?:die |der )?falschen? (?:person|frau|name|kundin|kunde|anrufer|anruferin)<so>
    \bsie haben (?:da |hier |wohl |leider )*(?:die falsche|den falschen)(?: (?:person|namen|frau|mann))?
    +(?: (?:erwischt|dran|am apparat|am telefon|in der leitung))?<so>
    ^(?:<lead> )*(?:falsche person|falscher name)<so>
    ^(?:<lead> )*so heisse ich(?: (?:aber|gar))* nicht\b|\bich heisse (?:aber )?anders\b
    \bich bin (?:jemand|wer|eine?) (?:anderes|anderer|andere|anders)<so>
    \b(?:verwechseln|verwechselst|verwechselt) (?:sie |du )?mich\b|\bmich verwechselt\b
    ^(?:<lead> )*(?:wer ist|wer soll)(?: denn| bitte)* (?:NAME|TITLED)(?: sein)?(?: \?)*$
    \bich kenne (?:keine|keinen|hier keine)(?: frau| herrn)? (?:NAME|TITLED)<so>
    \b(?:NAME|TITLED) ist (?:(?:gerade|leider|jetzt|heute) )*nicht (?:da|hier|zuhause|zu hause|erreichbar)\b
    ^(?:<lead> )*(?:hier (?:ist|spricht)|ich bin) (?:ihre?|seine?) <relative>\b
    ^(?:<lead> )*ich bin(?: (?:aber|leider|gar))* nicht (?:die|der|TITLED)<so>
"""
_NO = r"""
    ^(?:<lead> )*(?:nein|nee|ne|no|nope|nicht (?:ganz|direkt))\b(?! (?:problem|sorge)\b)
    \b(?:sie|er) ist (?:(?:gerade|leider|jetzt|heute|schon) )*(?:nicht (?:da|hier|zuhause|zu hause|erreichbar)
        |unterwegs|verstorben|gestorben)\b
    \bfalsch verbunden\b|\bfalsche nummer\b|\bverwahlt\b
    \bich (?:rufe|spreche) (?:fur (?:sie|ihn|NAME|TITLED|meine?n?)|im (?:namen|auftrag))\b
"""
_OWN_NAME = r"""
    ^(?:<lead> )*(?:ich bin(?: die| der)?|hier (?:ist|spricht)(?: die| der)?|hier|ich heisse
        |mein (?:name|vorname) (?:ist|lautet)|das ist(?: die| der)?)\b
"""


def identity_words() -> IdentityWords:
    """The German ones, compiled."""
    names = {
        "who": "(?:(?:der |dem |die |frau |herrn? )?(?:NAME|TITLED))",
        "polite": alternatives(r"""
            hallo|guten (?:tag|morgen|abend)|gruss gott|servus|moin|danke|vielen dank|also|gut|okay|schon|und
                |ja
            entschuldigung|entschuldigen sie|verzeihung|darf ich(?: kurz)? fragen|kurz|super|perfekt|prima
                |moment
            (?:nur |noch )?zur sicherheit|um (?:sicher ?zu ?gehen|sicher zu sein)|noch eine frage
                |sagen sie(?: mir)?
            bevor wir (?:fortfahren|weitermachen|beginnen|anfangen)|nur|noch|jetzt|dann|zuerst|alles klar
                |willkommen
        """),
        "lead": alternatives(r"""
            hallo|guten (?:tag|morgen|abend)|gruss gott|servus|moin|gruezi|danke|ja|jawohl|genau|richtig|also
                |okay
            gut|oh|ah|na|nein|nee|entschuldigung|entschuldigen sie|verzeihung|tut mir leid|moment|so|und|aber
            stimmt|sorry|hm|horen sie
        """),
        "think": "(?:ich glaube|tut mir leid|leider|sorry|da|aber|entschuldigung)",
        "relative": alternatives(r"""
            (?:\w+ )?(?:mann|frau|ehemann|ehefrau|partner|partnerin|mutter|mama|vater|papa|schwester|bruder
                |sohn
            tochter|freund|freundin|mitbewohner|mitbewohnerin|nachbar|nachbarin|assistent|assistentin
                |sekretarin
            pflegerin|pfleger|betreuer|betreuerin|kollege|kollegin|onkel|tante|oma|opa|enkel|enkelin|cousine?)
        """),
        "end": r"(?: (?:jetzt|gerade|hier|da|heute|am (?:apparat|telefon)|richtig|oder|dran|noch))*(?: \?)*$",
        "after": r"(?:$| (?:hier|am|aus|von|vom|und|ich|wegen|noch|nochmal|wieder|guten|hallo|danke|mit"
        r"|es|konnen"
        r"|konnten|haben|kann|rufe|im|in|ja)\b)",
        "so": r"(?:$| (?:ich|sondern|hier|das|mein|sie|er|aber|und|sorry|tut|da|mehr|nein|bitte|danke"
        r"|entschuldigung"
        r"|du)\b)",
    }
    names = {name: spelt_alike(words) for name, words in names.items()}
    return IdentityWords(
        titles=word_set("frau herr herrn fraulein doktor dr professor prof magister mag"),
        asks=compiled(spelt_alike(_ASKS), names),
        says=compiled(spelt_alike(_SAYS), names),
        yes=re.compile(alternatives(spelt_alike(_YES), names)),
        denies=compiled(spelt_alike(_DENIES), names),
        wrong_person=compiled(spelt_alike(_WRONG_PERSON), names),
        no=compiled(spelt_alike(_NO), names),
        own_name=compiled(spelt_alike(_OWN_NAME), names),
    )
