"""How somebody asks the other to wait in English.

All patterns search prepared words without fillers, "just" and "please" among them (see :mod:`.grammar`).
"""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.patterns import alternatives, compiled

__all__ = ["holds", "no_holds_after"]

_HOLDS = r"""
    (?<!\ba )(?<!the )\bhold on\b(?! to\b)|\bhang on\b(?! to\b)|\bhold the line\b|\bhold please\b
    ^(?:<lead> ){0,6}hold(?: \?)*$|\bhold (?:while|until|for) (?:i|me|<moment>)\b
    \b(?:stay|remain) on the (?:line|phone)\b(?! after\b)|\bbear with (?:me|us)\b|\bstand by\b
        |\bdo not hang up\b
    ^(?:<lead> ){0,6}<moment>(?= (?:i|let|while|so|until|thank you|thanks|somebody|someone|there|my|here|to
        |sir|madam)\b| \?|$)
    \b(?:will|may|might|can) take <moment>$
    \b(?:wait|give me|be back in|be with you in|back with you in|hold|have you got
        |do you have) <moment>\b(?! (?:ago|earlier|later|more about|<thing>)\b)
    \bneed <moment>(?= (?:to|please|while|so|or)\b| \?|$)
    \b<moment>(?= (?:while|let me|i (?:will|am|have to|need to)|(?:somebody|someone) is)\b)
    ^(?:<lead> ){0,6}wait(?: (?:please|here|there|for me|up|wait))*(?: \?)*$|\bwait while\b
        |\bwait for me\b(?! (?:at|in|on|by|outside)\b)
    \b(?:put|putting|place|placing|pop|popping|(?<!sorry to )keep|keeping) you on (?:a )?(?:\w+ )?hold\b
    \b(?:i will|i am going to|i am) (?:transfer|transferring|connect|connecting|put|putting) you (?:now|over
        |through|to|with)\b
    \b(?:i will|will) be (?:right|straight) back\b|^be right back\b|\bbe with you (?:shortly|right away)\b
    \bwhile i (?:\w+ )?(?:look|check|find|pull|get|grab|transfer|connect|put|search|fetch|go(?! on\b)|open
        |access
        |locate|verify|see|ask)\b
    \blet me (?:quickly |go |go and )?(?:check|look|pull|grab|fetch|find) (?:it|that|this|those|into|up|my
        |on)\b
    \b(?:somebody|someone|the postman|the courier) ?(?:i ?)?s at (?:the|my) door\b|\banswer the door\b
"""


def _vocabulary() -> dict[str, str]:
    names = {
        "lead": alternatives("""
            okay|alright|sure|yes|yeah|so|and|now|then|well|sorry|oh|can|could|would|will|you|i am sorry
        |thank you
            thanks|excuse me|of course|certainly|right|hey|wait|no problem|to|i have to ask you to|give me
        """),
        "thing": alternatives("""
            order|lamp|card|copy|account|box|bottle|parcel|key|ticket|contract|attempt|try|one|time|thing
        |things|hand|opinion|question|address|number|phone|floor|class
        |of your time
            call|line|delivery|account|later|too late|or two ago
        """),
    }
    names["moment"] = (
        "(?:a|one|another|half a) (?:quick |brief |short )?(?:moment|second|sec|minute|min|mo|tick)"
    )
    return names


def holds() -> tuple[re.Pattern[str], ...]:
    """What asks the other to wait."""
    return compiled(_HOLDS, _vocabulary())


def no_holds_after() -> re.Pattern[str]:
    """What, before words that ask to wait, makes a report or a complaint of them; ends in ``$``."""
    return re.compile(
        r"\b(?:(?:do|did|can|could|will|would|should) not|never|not|without|stop|had to|have to|do i|did i"
        r"|why|tired of|you said|they said|told me to|asked me to|made me|for"
        r"|about|after)(?: (?:have to|want to|me|you))? $"
    )
