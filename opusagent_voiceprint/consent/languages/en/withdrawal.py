"""How callers take a consent back in English, and what only sounds like it.

All patterns search prepared words without fillers (see :mod:`.grammar`):
"recognise" and "voice print" have become "recognize" and "voiceprint", "don't" has become "do not".
"""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.grammar import Answer, Rule
from opusagent_voiceprint.consent.languages.en.withdrawal_words import vocabulary
from opusagent_voiceprint.consent.patterns import alternatives, compiled

__all__ = ["standing_refusals", "withdrawals", "withdrawals_while_asked"]


_DEMANDS = r"""
    \b<erase> <ours>
    \b<switch_off> <thing>
    \b(?:turn|switch|take|throw|wipe|shut) (?:<thing>|<my_voice>) (?:off|out|away|down)\b
    \b(?:take|get|pull|keep) <ours> (?:from|off|out of) (?:<system>|your voice\b|the voice\b)
    \b(?:mind|consider) (?:deleting|erasing|removing|forgetting|destroying) <ours>
    \b(?:rather|prefer) (?:it )?(?:that |if )?you (?:deleted|erased|removed|forgot|destroyed) <ours>
    (?:<thing>|<my_voice>) <some_words>(?:(?:delete|erase|remove) it|want it <erased>)\b(?! \?)
    ^(?:forget|delete|erase|remove) (?:the )?voice$|^<opening>(?:my )?voice(?:print)? (?:delete|erase|remove)$
    \bforget (?:all )?(?:about )?me\b(?! nots?\b)
    \bforget (?:who i am|that you know me|what you know about me|you know me)\b
    \b(?:forget|delete|erase) my name\b(?! (?:from|on|in|off|for)\b)
    \b(?:delete|erase|purge|unenroll|deregister|unregister) me\b<not_elsewhere>
    \b(?:remove|take|get|wipe) me (?:from|off|out of) (?:<system>|your voice\b|the voice\b)
    \b<erase> <everything> (?:that )?(?:you|your system) (?:have |ever |got |has )*<held>\b<not_of_mine>
    \b<erase> <everything> (?:about me|on me|of me|about my voice|of my voice)\b<not_of_mine>
    \b(?:whatever|everything|anything|all) (?:that )?you (?:have )?<held> (?:delete|erase|remove|destroy) it\b
    \bclear (?:out )?(?:<my_data>|<about_me>)
    \b(?:want|like|prefer|have|get|need|see|wish) (?:you to have )?<ours><be> <erased>\b
    \b(?:can|could|may) <ours> (?:be|get) <erased> please\b
    \b(?:make sure|ensure|see to it)(?: that)? <ours> (?:is|are|gets?
        |will be) (?:(?!not\b|never\b)\w+ )?<erased>\b
    \b(?:demand|request|want|require|ask for|need|insist on)(?:ing)? <soon><erasure> of <ours>
    ^<soon><erasure> of <ours>
    (?<!how )<ours> (?:should|must|needs to|has to|is to|have to|need to) (?:be <erased>\b|go$)
    \b(?:stop|quit|cease|desist|discontinue) (?:<handling> <ours>|<knowing> <meant>)
    \b(?:stop|quit|cease|no more) (?:the )?<voice_thing><not_on_device>
    \b(?:stop|quit|cease) (?:taking|making|writing(?: down)?) <about_me>
    \b(?:stop|quit) greeting me(?: by (?:my )?(?:first )?name)?(?: anymore| again)?$
    \b(?:withdraw|revoke|retract|rescind|take back) (?:my|the|all|any|that) <consent><to_us>
    \b(?:cancel|pull|undo|recall|end|reverse|terminate) (?:my|the|that) (?:voice )?(?:consent|permission
        |enrollment|yes)\b<to_us>
    \b(?:remove|delete|erase) (?:my|the) (?:voice )?(?:consent|enrollment)\b(?! form)<to_us>
    \btake (?:my|that|the) <consent> back\b
    \b(?:withdraw|unenroll|deregister|unregister) from (?:the |this |your )?(?:voice(?! mail)|recognition
        |biometric)
    \bsign me (?:off|out)(?: of| from)? (?:the |your |this )?voice recognition\b<not_on_device>
    \b(?:want|like) (?:to get )?out of (?:<system>|(?:your|the|this) voice recognition\b)<not_on_device>
    \bi am (?:done|finished|through) with (?:the |your |this )?voice recognition\b<not_on_device>
    \bmake me anonymous\b|\b(?:want|like) to be anonymous again\b
    \bright to (?:be forgotten|erasure|deletion)\b
    \b(?:want|like|wish|ask|need|prefer|demand|asking) to be (?:forgotten|unenrolled|deregistered|erased
        |deleted)\b
    \b(?:cancel|end|stop|quit) being (?:recognized|remembered|identified)\b
    \bunsubscribe (?:me )?from (?:the |your |this )?(?:voice(?! mail)|recognition)
    \bopt (?:me )?out (?:of|from) (?:the |your |this |that )?(?:voice(?! mail)|recognition|biometric|being re)
"""

_TAKING_BACK = r"""
    \bno longer (?:consent|agree)<to_us>|\bno longer give (?:you )?(?:my )?(?:consent|permission)<to_us>
    \b(?:do|would|can) not (?:consent|agree)(?: to (?:this|that|it))? anymore\b
    \bnot (?:give|grant) (?:you )?(?:my |any )?<consent>(?: \w+){0,5}? anymore\b
    \b(?:withdraw|revoke|retract|rescind)(?:ing)? consent\b<to_us>
    \b(?:withdrawing|revoking|retracting|rescinding|taking back) (?:my|the|all|any|that) <consent><to_us>
    \bno longer have my <consent><to_us>|\bnot have my <consent> anymore\b
    \bmy <consent> is (?:withdrawn|revoked|cancell?ed|retracted)\b
    \b(?:consider|regard) my <consent> (?:as )?(?:withdrawn|revoked|cancell?ed|retracted)\b
    \bwas (?:a mistake|wrong) to (?:say yes|consent)\b<to_us>
    \bi should (?:not|never) have (?:said yes|consented)\b<to_us>
    ^<opening>i take (?:it|that|this) (?:all )?back$
    ^<opening>i take (?:it|that|this) (?:all )?back (?:now|thank|sorry|i do not|delete|forget|no|do not)\b
    ^<opening>i (?:take back (?:it|that)|revoke(?: it| that)?)$
    \bregret (?:saying yes|agreeing|consenting|(?:giving (?:you )?)?my <consent>|my yes)\b<to_us>
    \bchanged my mind about (?:the |my |your |you |this |that )*(?:voice(?! mail)|being (?:remembered
        |recognized))
    \bchanged my mind about (?:the |my |your |you )*(?:recognizing|remembering|consent|biometric)
    \bchanged my mind (?:\w+ ){0,3}?(?:delete|erase|remove|undo) (?:it|that|this|everything)\b(?! from)
    \bchanged my mind\b.*\bnot want (?:you )?(?:to )?(?:be )?(?:remember|recogniz|identif)
"""

_NO_LONGER = r"""
    <standing><again>
    \bno longer (?:\w+ ){1,4}?<handle> <meant>|(?<!\bi )\bno longer <handle> <meant>
    \bno longer (?:want|wish|like|agree|consent|prefer) (?:<ours> )?(?:to |being |be |have )*<handled>\b
"""

# While a question of ours is open, these can only be about it; otherwise they may be about an order.
_WHILE_ASKED = r"""
    ^<opening><wish>(?:<erase>|cancel) (?:everything|it all|all of it)$
    ^<opening><wish>opt (?:me )?out$|^<opening><wish>(?:unenroll|deregister)$
    ^<opening><wish>opt (?:me )?out (?:of|from) (?:this|that|it|all this|all of this)$
    ^<opening>take (?:it|that|this) back$
    ^<opening>i withdraw (?:it|that)$
"""

# "I don't agree" may be about a price; nobody says "I don't consent" of one.
_OUT_OF_THE_BLUE = r"""
    <standing>
    ^<opening>i do not consent(?: to (?:this|that|it))?$
"""

# "how do I delete my voiceprint" asks, "please don't forget my voice" wants the opposite.
_ASKING_OR_NOT = r"""
    how (?:do|can|could|would|should|will|does) (?:i|you|we|one|it|people)|(?:how|where|when|whether) to
    what (?:if|happens if|happens when) (?:i|you|we)
    (?:if|when|whenever|whether|until|till|unless|once|before|after|why|how) (?:i|you|we|they|it)
    when (?:do|will|would|can|are) (?:i|you|we|they)|(?:did|do|does|have|has|had) (?:i|you|it|they|we)
    why (?:did|would|do|are|will|should) (?:i|you|we)(?: not)?
    before|until|till|after|once|not|never|without|always|often|they|he|she|i can|i could
    who|not to|wants(?: me)? to|(?:shame|pity|mistake) to|rather than|anything but
    (?:it|this|that|update|reset|phone|computer|who|which|hackers?|thieves|somebody|someone|anybody|anyone)
    + (?:will|would|could|might|may|can)
    (?:will|would|could|might|may|can) (?:\w+ing )?(?:it|this|that)
    no (?:need|reason|point|wish|intention|desire|plans?) (?:for you )?(?:to|in|of)
    ^(?:(?:so|then|and|okay|right|well|oh|but) )*you(?: will| do)?
    (?:afraid|worried|scared|fear|hope|think|thought|guess|assume|suppose|believe|know|hear|heard|read|said
        |told me) (?:that )?you(?: will| would| might| may| can| could| are going to)?
    not (?:necessary|needed|required|possible|able|allowed|willing|wise|a good idea) to
    (?:afraid|scared|hate)(?: for you)? to|(?:am|are|were) (?:i|we) supposed to(?: say)?
    (?:click|press|tap|hit|select|choose)(?:ed|ped)?(?: on)?(?: the)?|(?:selected|chose)(?: the)?
    (?:website|site|page|apps?|button|e?mail|letter|screen|menu|form|portal|link|message|advert|it
        |wizard)(?: that)? (?:says?|said|reads?|asks?|asked|wants?|called|labelled)(?: me to| to)?
    (?:website|site|page|apps?|screen|menu|form|portal|message) (?:tells|told) me to
"""
_BEFORE_A_VERB = r"""
    ever|have to|has to|need to|want (?:you )?to|wants to|ask (?:you )?to|told you to|tell you to|say
        |says|said
    like (?:you )?to|going to|get to|be able to|still|already|possibly|also|always
"""

_ADVERB = r"(?:(?:\w+ly|still|also|even|now|always|maybe|ever|just) )*"
_STATED = rf"""
    \b(?<!told )(?:i|you|we|they|it|he|she|people|who|which) {_ADVERB}(?:do|did|does|would|will|can|could|have
        |has|had) {_ADVERB}$
    \b(?:does|did|could|can|has|have|had) {_ADVERB}$
    \b(?:do|did|does|can|have|why) (?:\w+ )?(?:you|it|they|we|i|she|he) {_ADVERB}$
"""
_ABOUT_OTHERS = rf"""
    \b<not_asked_to>(?:you|it|they|we|he|she|phone) {_ADVERB}(?:(?:do|did|does|would|will|can) )?{_ADVERB}$
"""


def withdrawals() -> tuple[Rule, ...]:
    """The rules that take a consent back, whatever was asked."""
    names = vocabulary()
    unless = re.compile(rf"\b{alternatives(_ASKING_OR_NOT)} (?:{alternatives(_BEFORE_A_VERB)} )*$", re.DOTALL)
    return (
        Rule(Answer.WITHDRAW, compiled(_DEMANDS, names), unless),
        Rule(Answer.WITHDRAW, compiled(_TAKING_BACK, names)),
        Rule(
            Answer.WITHDRAW, compiled("<do_not><again>|\\bfrom now on do <do_not>", names), _any_of(_STATED)
        ),
        Rule(Answer.WITHDRAW, compiled(_NO_LONGER, names), _any_of(_ABOUT_OTHERS)),
    )


def withdrawals_while_asked() -> tuple[Rule, ...]:
    """Whole sentences that withdraw while a question is open, though they name nothing of ours."""
    return (Rule(Answer.WITHDRAW, compiled(_WHILE_ASKED, vocabulary())),)


def standing_refusals() -> tuple[Rule, ...]:
    """Refusals that answer an open question with no, and withdraw when no question is open."""
    names = vocabulary()
    return (
        Rule(Answer.WITHDRAW, compiled("<do_not>", names), _any_of(_STATED)),
        Rule(Answer.WITHDRAW, compiled(_OUT_OF_THE_BLUE, names), _any_of(_ABOUT_OTHERS)),
    )


def _any_of(text: str) -> re.Pattern[str]:
    # "I demand that you no longer ..." is told to us, "you no longer ..." about us.
    not_asked_to = "(?<!that )(?<!want )(?<!prefer )(?<!rather )(?<!told )"
    return re.compile(alternatives(text, {"not_asked_to": not_asked_to}))
