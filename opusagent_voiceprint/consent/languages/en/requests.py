"""How callers ask, unasked, to be remembered in English, and what only sounds like it.

All patterns search one prepared sentence without fillers, as those of a withdrawal do
(:mod:`.grammar`): "please" is gone, "recognise" has become "recognize".
"""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.languages.en.withdrawal_words import vocabulary
from opusagent_voiceprint.consent.patterns import alternatives, compiled

__all__ = ["no_requests_after", "requests"]

_REQUESTS = r"""
    ^<opening>(?:<remember>|<keep>)(?! \?)
    <you_to>(?:<remember>|<keep>)
    <of_you>(?:<remember>|<keep>)
    \b(?:mind|consider) (?:remembering <self>|(?:saving|storing|keeping|enrolling|registering) <voice>)
    <i_to>(?:<keep>|<sign_up>)
    <i_to>be (?:remembered|recognized|enrolled)\b<not_as>
    \bhow (?:can|do|could) i (?:<keep>|<sign_up>)
    \bi (?:want|need|would like|would love) (?:a|my own) <voice_thing>(?! <unwanted>)
    \bi (?:want|need|would like|would love) <voice> (?:to be )?(?:saved|stored|kept|enrolled|registered
        |added)\b
"""

_OPENING = r"""
    sorry|wait|no|yes|well|okay|oh|hello|hi|so|and|but|then|also|now|actually|alright|thanks|thank you|sure
    (?:if|when) (?:that is |it is |you are )?(?:possible|you can|you like|able)|by the way
    next time|(?:from now on|in future|in the future)|go ahead and|you (?:can|may|should)|let us|just
    i (?:have )?changed my mind(?: (?:so|and|now))?
"""
_YOU_TO = r"""
    \bi (?:want|need|wish|prefer|ask|expect|would like|would love|am asking)(?: for)? (?:you|your system) to
    \bi (?:would be|am) (?:happy|glad|fine|okay)(?: with it)? (?:for you to|if you)
    \b(?:it|that) would be (?:good|great|nice|lovely|helpful) if you(?: could| would| can)?
    \bmake sure (?:that )?you
"""
# "Can you recognise me?" asks what is known already; "... the next time" asks for it.
_REMEMBER = r"""
    (?:do )?(?:remember(?:ed)?|memori[sz]ed?) <self><not_past>
    remember (?:who i am|my name)\b<not_past>
    (?:recognize|know|greet) <self>(?: by (?:my )?(?:name|voice))? <next_time>
    recognize me by (?:my )?voice\b
"""
_KEEP = r"""
    (?:save|store|keep|register|enroll|memori[sz]e|learn|add|record) <voice><not_loud>
    (?:make|create|set up|take|start|open|do) <voice_print>(?! of (?:this|that|the)\b)
    (?:enroll|register|sign) me (?:up )?(?:for|in|into|with|on) <programme>
    (?:enroll|register) me(?: (?:now|by voice|with my voice|as a caller))?$
"""
_SIGN_UP = r"""
    (?:enroll|register|sign up|opt in)(?: (?:for|in|into|with|to))? <programme>
"""
_NEXT_TIME = r"""
    (?:the )?next time|(?:when(?:ever)?|if) i (?:call|ring|phone)|from now on|in (?:the )?future
    (?:on|for|in) (?:my |the )?(?:next|future|later) calls?|again when|later on
"""

_NO_REQUESTS_AFTER = r"""
    not|never|nobody|without|instead of|stop|why|what if|whether|if|how|when|before|after|until|unless
    did|does|do|have|has|had|hope|think|thought|believe|told|said|say|says|asked
    (?:why|if|whether|how|when|what|who|that|which) (?:\w+ ){0,2}
    (?:not|never) (?:\w+ ){0,3}
"""


def requests() -> tuple[re.Pattern[str], ...]:
    """The patterns of a request; each is searched in one sentence."""
    names = vocabulary()
    names["opening"] = rf"(?:{alternatives(_OPENING)} )*"
    names["you_to"] = alternatives(_YOU_TO) + r" (?:also |always |\w+ly )*"
    names["of_you"] = r"\b(?:can|could|will|would) you (?:also |always |maybe |then |\w+ly )*"
    names["i_to"] = (
        r"\b(?:i (?:want|need|wish|would like|would love|am (?:happy|glad))|(?:can|could|may) i|let me)"
        r"(?: to)? "
    )
    # "Remember me to your colleague", "remember me from last week?"
    names["not_past"] = r"(?! (?:from|to|as|up|on|at|in)\b(?! (?:future|the future|my next)))(?! last\b)"
    names["not_as"] = r"(?! (?:as|for|from|with|at)\b)"
    names["not_loud"] = r"(?! (?:down|low|up|quiet|out)\b)"
    # "Remember my voice is private" tells something, and asks for nothing.
    names["self"] = rf"(?:me(?:,? and my voice)?|{names['my_voice']}(?! (?:is|was|sounds)\b))"
    names["next_time"] = alternatives(_NEXT_TIME)
    names["voice"] = rf"(?:{names['thing']}|{names['my_voice']})"
    names["voice_print"] = rf"(?:(?:a|an|my|the|one of those|that) )?(?:new |own )*{names['voice_thing']}"
    names["programme"] = (
        rf"(?:(?:a|the|your|this|that|my) )?(?:new )?(?:{names['voice_thing']}|voice\b(?! {names['mail']}\b))"
    )
    names["unwanted"] = rf"(?:to be )?(?:{names['erased']}|not)"
    for name, text in (("remember", _REMEMBER), ("keep", _KEEP), ("sign_up", _SIGN_UP)):
        names[name] = alternatives(text, names)
    return compiled(_REQUESTS, names)


def no_requests_after() -> re.Pattern[str]:
    """Words before a find that make no request of it: "why would you remember me"."""
    return re.compile(rf"\b{alternatives(_NO_REQUESTS_AFTER)} ?$")
