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
    ^(?:<polite> )*(?:ist (?:da|dort)|spricht (?:da|dort))(?: denn)? <who><end>
    ^(?:<polite> )*(?:ist|spricht) (?:das|hier)(?: denn)? <who> am (?:apparat|telefon)<end>
    ^(?:<polite> )*(?:habe ich) <who> (?:am apparat|am telefon|in der leitung|dran)<end>
    ^(?:<polite> )*(?:konnen|konnten|wurden|wollen|darf ich) (?:sie )?(?:mir )?(?:kurz )?bestatigen dass
    + (?:ich mit <who> (?:spreche|rede|telefoniere|verbunden bin)|sie <who> sind|das <who> ist)<end>
    ^(?:<polite> )*(?:sie sind|du bist|ich spreche mit) <who>(?: (?:richtig|oder|nicht wahr
        |stimmts?))* \?$
"""
_SAYS = r"""
    ^(?:<hello> )*(?:ich bin|ich bin es|ich bins|hier ist|hier spricht|hier|ich heisse
        |mein (?:voller )?(?:name|vorname) (?:ist|lautet))(?: die| der)? NAME<after>
    ^(?:<hello> )*(?:ich heisse|mein (?:voller )?(?:name|vorname) (?:ist|lautet)) WORD<after>
    ^(?:<hello> )*(?:sie sprechen|du sprichst) mit NAME$
    ^(?:<hello> )*(?:NAME|WORD) (?:am apparat|am telefon|hier|mein name|ist mein name|heisse ich)<after>
"""
_YES = r"""
    (?:ja|jawohl|jep)(?: (?:ja|<that_is_so>))*|<that_is_so>(?: ja)*|tun sie
"""
_THAT_IS_ME = r"""
    (?:(?:hallo|ja|jawohl|jep|<that_is_so>) )*(?:am apparat|(?:(?:das|der|die|ja) )?bin ich|ich bin(?: e)?s
        |ich bin es|ich bin NAME|(?:hier|das) ist NAME|hochstpersonlich|(?:der|die)selbe|selbst
        |selber|NAME am apparat)
    +(?: (?:ja|am apparat|selbst|selber|personlich|hier|(?:das )?bin ich|danke|<that_is_so>))*
"""
_DENIES = r"""
    \b(?:ich bin|hier ist|hier spricht)(?: (?:aber|leider|gar|sicher|definitiv|namlich|uberhaupt))*
    + nicht(?: die| der)? NAME<so>
    \bich bin(?: (?:aber|leider|gar))* nicht TITLED<stop>
    \b(?:ich heisse|mein (?:name|vorname) (?:ist|lautet))(?: (?:aber|leider|gar))* nicht (?:NAME|WORD)<so>
    ^(?:<lead> )*(?:die |der )?NAME (?:bin|heisse) ich(?: (?:aber|leider|gar))* nicht<stop>
    \b(?:ich bin|hier ist|mein name ist) (?!nicht\b)\w+(?: (?!nicht\b)\w+)? (?:und )?nicht NAME<so>
    \b(?:sie sprechen|du sprichst)(?: (?:aber|leider|gar))* nicht mit NAME<so>
    \b(?:ich bin|hier ist|hier spricht)(?: der| die)? WHOSE <relative><there>
    \b(?:ich bin|hier ist|hier spricht) (?:der |die |eine? )?<relative> von(?: der| dem)? NAME<there>
"""
_REPORTED = r"""
    ^(?!(?:<lead> )*ich (?:sage|sagte|habe (?:doch |schon )?gesagt|glaube|denke)(?: (?:ihnen|doch|schon))* $)
    +.*\b(?:sagt?(?:e|en|est)?|gesagt|behaupt\w+|steht|glaub\w+|denk\w+|mein(?:t|en|te|ten)|wenn|ob|warum
        |weil|dass|nie|wieso|weiss|wissen)\b(?!.*\b(?:aber|nein)\b).*$
"""
_WRONG_PERSON = r"""
    ^(?:<lead> )*(?:<think> )*(?:das|hier|es) ist(?: (?:aber|leider|gar))* nicht (?:die |der )?
    +(?:mein name|NAME|TITLED)<stop>
    ^(?:<lead> )*nicht (?:NAME|TITLED)<stop>
    ^(?:<lead> )*(?:<think> )*(?:(?:das|hier) ist |sie haben |ich bin |sie sprechen mit )?(?:(?:da|hier
        |wohl) )*
    +(?:die |der |den )?falsche[nr]? (?:person|frau|mann|namen?|kundin|kunde|anrufer|anruferin)
    +(?: (?:erwischt|dran|am apparat|am telefon|in der leitung))?<stop>
    ^(?:<lead> )*sie haben (?:(?:da|hier|wohl|leider) )*(?:die falsche|den falschen)
    + (?:erwischt|dran|am apparat|am telefon)<stop>
    ^(?:<lead> )*so heisse ich(?: (?:aber|gar))* nicht<stop>|^(?:<lead> )*ich heisse (?:aber )?anders<stop>
    \bich bin (?:jemand|wer) (?:anderes|anderer|anders)<stop>|\bich bin eine andere person<stop>
    ^(?:<lead> )*(?:da )?(?:sie verwechseln|du verwechselst|verwechseln sie|verwechselst du) mich
    +(?: (?:wohl|da|mit (?:jemand\w*(?: ander\w+)?|einer? ander\w+|NAME|TITLED)))*<stop>
    ^(?:<lead> )*(?:wer ist|wer soll)(?: denn)* (?:NAME|TITLED)(?: sein)?(?: \?)*$
    \bich kenne (?:keine|keinen|hier keine)(?: frau| herrn)? (?:NAME|TITLED)<stop>
    ^(?:<lead> )*(?:die |der )?(?:NAME|TITLED) ist (?:(?:gerade|leider|jetzt|heute) )*
    +(?:nicht (?:da|hier|zuhause|zu hause|erreichbar)|meine? <relative>)<stop>
    ^(?:<lead> )*hier gibt es keine? (?:NAME|TITLED)<stop>
    ^(?:<lead> )*hier (?:ist|spricht) ihre? <relative>(?: am (?:apparat|telefon))?$
    ^(?:<lead> )*(?:NAME|TITLED) hier nicht<stop>
"""
_STANDS_IN = r"""
    \b(?:sie|er) ist (?:(?:gerade|leider|jetzt|heute|schon) )*(?:nicht (?:da|hier|zuhause|zu hause|erreichbar)
        |unterwegs|verstorben|gestorben)\b
    \bfalsch verbunden\b|\bfalsche nummer\b|\bverwahlt\b
    \bich (?:rufe|spreche) (?:fur (?:sie|ihn|NAME|TITLED|meine?n?)|im (?:namen|auftrag))\b
    ^(?:<lead> )*(?:hier (?:ist|spricht)|ich bin) (?:ihre?|seine?) <relative><there>
"""
_NO = r"""
    ^(?:<lead> )*(?:nein|nee|ne|no|nope|nicht (?:ganz|direkt))\b(?! (?:problem|sorge|keine sorge|danke
        |vielen dank)\b)
    ^(?:<lead> )*(?:leider|(?:das )?bin ich(?: leider)?|sicher|bestimmt|ich glaube) nicht<stop>
"""
_OWN_NAME = r"""
    ^(?:<lead> )*(?:ich bin(?: die| der)?|hier (?:ist|spricht)(?: die| der)?|hier|ich heisse
        |mein (?:name|vorname) (?:ist|lautet))\b
"""
_CORRECTS = r"""
    ^(?:<lead> )*mein (?:voller )?(?:name|vorname) (?:ist|lautet)\b
    ^(?:<lead> )*(?:nein|nee|ne|sorry|entschuldigung|verzeihung|moment|tut mir leid) (?:<lead> )*ich heisse\b
"""
# "Ada, sind Sie Eigentümerin?" - "Nein, ich bin Mieterin."
_CORRECTS_WITH_NO = r"""
    ^(?:<lead> )*(?:nein|nee|ne) (?:<lead> )*(?:ich bin|hier (?:ist|spricht))\b
    ^(?:<lead> )*(?:sorry|entschuldigung|verzeihung|moment|tut mir leid) (?:<lead> )*hier (?:ist|spricht)\b
"""
_NOT_ME = r"""
    ^(?:<lead> )*(?:<think> )*(?:das bin ich|ich bin (?:das|es)|ich bins)(?: (?:aber|leider|gar))* nicht<stop>
"""
_OFFERS = r"\b(?:helfen|tun|dienen|behilflich)\b"


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
        "hello": alternatives(r"""
            hallo|guten (?:tag|morgen|abend)|gruss gott|servus|moin|gruezi|danke|ja|jawohl|genau|richtig|also
                |okay
            gut|oh|ah|na|entschuldigung|entschuldigen sie|verzeihung|tut mir leid|moment|so|und|aber
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
        # What a caller goes on with who has said the name: of themselves, and of nobody else.
        "after": r"(?: (?:hier|am apparat|am telefon|noch ?mal|wieder|guten tag|hallo|danke))*(?:$| <mine>)",
        "there": r"(?:$| (?:hier|und|am (?:apparat|telefon)|ich|aber|nicht)\b)",
        "stop": r"(?: (?:sorry|danke|leider|tut mir leid|entschuldigung))*$",
        "so": r"(?:$| THEN(?! (?:die|der|mit|und mir)\b)| (?:ich|sondern|hier|das|mein|sie|er|aber|und"
        r"|sorry|tut|da|mehr|nein|bitte|danke"
        r"|entschuldigung"
        r"|du)\b)",
    }
    names["that_is_so"] = "(?:genau|richtig|korrekt|(?:das )?(?:stimmt|ist (?:richtig|korrekt)))"
    names["mine"] = (
        r"(?:und )?(?:ich (?:habe|hatte|mochte|wollte|will|brauche|rufe)|wegen meine[rs]?"
        r"|es geht um meine?n?|konnen sie mir|konnten sie mir)\b"
        r"(?!.*\b(?:ihr|er|ihm|sprechen|erreichen|reden|fur|im auftrag)\b)"
    )
    names["after"] = names["after"].replace("<mine>", names["mine"])
    names = {name: spelt_alike(words) for name, words in names.items()}
    return IdentityWords(
        titles=word_set("frau herr herrn fraulein doktor dr professor prof magister mag"),
        name_words=word_set(
            """april august blank christian ernst frank freitag fromm gut herbst hell jung juli juni klar
            kurz lang mai mark may montag rein reich rosa rose sommer sonntag stark treu wahr will winter
            wolf"""
        ),
        asks=compiled(spelt_alike(_ASKS), names),
        says=compiled(spelt_alike(_SAYS), names),
        yes=re.compile(alternatives(spelt_alike(_YES), names)),
        that_is_me=re.compile(alternatives(spelt_alike(_THAT_IS_ME), names)),
        denies=compiled(spelt_alike(_DENIES), names),
        reported=compiled(spelt_alike(_REPORTED), names)[0],
        wrong_person=compiled(spelt_alike(_WRONG_PERSON), names),
        stands_in=compiled(spelt_alike(_STANDS_IN), names),
        no=compiled(spelt_alike(_NO), names),
        own_name=compiled(spelt_alike(_OWN_NAME), names),
        corrects=compiled(spelt_alike(_CORRECTS), names),
        corrects_with_no=compiled(spelt_alike(_CORRECTS_WITH_NO), names),
        not_me=compiled(spelt_alike(_NOT_ME), names),
        offers=re.compile(_OFFERS),
    )
