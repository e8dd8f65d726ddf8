"""How somebody asks the other to wait in German.

All patterns search prepared words without fillers, "mal" and "bitte" among them (see :mod:`.grammar`).
"""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.languages.de.spelling import spelt_alike
from opusagent_voiceprint.consent.patterns import alternatives, compiled

__all__ = ["holds", "no_holds_after"]

_HOLDS = r"""
    ^(?:<lead> ){0,6}<moment>(?= (?:<while>)\b| \?|$)
    \b<moment> (?:geduld|warten|noch|dran|am apparat|in der leitung)\b|\bmoment(?:chen)? <while>\b
    \b(?:warten sie|warte|wartet|warts|wart|gedulden sie sich|gedulde dich|geben sie mir|gib mir|gebts mir
        |brauche|brauch|hatten sie|haben sie|hast du)(?: \w+){0,2}? <moment>\b(?! (?:noch )?fragen\b)
    ^(?:<lead> ){0,6}(?:warten sie|warte|wartet|wart)(?: kurz| hier| schnell| da)*(?: \?)*$
    \bdauert(?: nur| noch| aber)* (?:einen )?(?:kurzen |kleinen )?(?:moment|augenblick)$
    \b(?:warten sie|warte|wart) (?:kurz|schnell)\b|\bkurz warten\b|\bkurz gedulden\b
    \b(?:bleiben sie|bleib|bleibts|bleibt)(?: kurz| noch| weiter)* (?:dran|am apparat|in der leitung
        |am telefon)\b
    \b(?:dran|am apparat|in der leitung) bleiben\b
    \bdran ?bleiben\b|^(?:<lead> ){0,6}warten$|\bkurz (?:an die|zur) tur\b
    \b(?:legen sie|leg|legt)(?: jetzt| noch)* nicht auf\b|\bnicht auflegen\b
    \b(?:bin|komme|komm) (?:ich )?(?:gleich|sofort) (?:wieder )?(?:da|zuruck|zu ihnen|bei ihnen|fur sie da)\b
    \b(?:lege|leg|stelle|setze|nehme) (?:ich )?(?:sie|dich) (?:kurz |jetzt )*in (?:die )?(?:warteschleife
        |warteposition)\b
    \b(?:verbinde|stelle) (?:ich )?(?:sie|dich)(?: jetzt| gleich| kurz)* (?:weiter|durch|mit)\b
        |^ich verbinde(?: sie)?$
    \b(?:schaue|schau|sehe|seh|suche|such|prufe|pruf|hole|hol) (?:ich )?(?:\w+ ){0,4}?(?:kurz|schnell
        |gleich)\b(?!(?: \w+)* ab\b)
    \bwahrend ich (?:\w+ ){0,4}?(?:nachsehe|nachschaue|suche|prufe|hole|frage|schaue)\b
    \b(?:es (?:hat )?(?:geklingelt|klingelt|lautet)|jemand|wer|der postbote|der paketbote)(?: ist
        | steht)?(?: gerade| eben| kurz| noch)? an
    +(?: der|) (?:haus|wohnungs)?tur\b|\bes (?:klingelt|lautet)(?: gerade)?(?: an der tur)?$
"""


def _vocabulary() -> dict[str, str]:
    return {
        "lead": alternatives("""
            okay|ja|gut|also|so|jetzt|dann|entschuldigung|entschuldigen sie|tut mir leid|sorry|na|oh|ach|einen
            nur|noch|konnen|konnten|wurden|sie|du|klar|gern|sekunde|moment|bleiben sie dran|nein
        """),
        "moment": (
            r"(?:(?:einen?|nen?|eine|ein) )?(?:kurzen |kleinen |kurze |kleine |klitzekleinen )?"
            r"(?:moment(?:chen)?|augenblick|sekunde|sekundchen|minute|minutchen)"
        ),
        "while": (
            "(?:ich|dann|wahrend|noch|da|es|jemand|kurz|warten|danke|bin|muss|hole|die tur|der postbote"
            "|sie|geduld)"
        ),
    }


def holds() -> tuple[re.Pattern[str], ...]:
    """What asks the other to wait."""
    return compiled(spelt_alike(_HOLDS), _vocabulary())


def no_holds_after() -> re.Pattern[str]:
    """What, before words that ask to wait, makes a report or a complaint of them; ends in ``$``."""
    return re.compile(
        r"\b(?:nicht|nie|ohne|warum|wieso|im|in diesem|vor|seit|jeden|jede|wie lange|musste(?: ich)?|muss ich"
        r"|gesagt|hiess|furs|fur das|dass sie|dass du) $"
    )
