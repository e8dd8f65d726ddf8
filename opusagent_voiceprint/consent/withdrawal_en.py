"""How callers take a consent back in English: verbs, what they act on, and what only sounds like it.

All patterns search prepared words without fillers (see :mod:`opusagent_voiceprint.consent.grammar_en`):
"recognise" and "voice print" have become "recognize" and "voiceprint", "don't" has become "do not".
"""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.interpret import Answer, Rule
from opusagent_voiceprint.consent.patterns import alternatives, compiled

__all__ = ["standing_refusals", "withdrawals"]


def _vocabulary() -> dict[str, str]:
    names: dict[str, str] = {}

    def define(name: str, text: str) -> None:
        names[name] = alternatives(text, names)

    define(
        "system",
        r"""
        (?:your|the|this|all your|all) ?(?:whole |entire |voice |computer |caller )?(?:systems?|databases?)\b
        (?:your|the|this|all your|all) ?(?:whole |entire |voice |computer |caller )?(?:records?|files?)\b
        (?:your|the|this) ?(?:voice )?(?:memory|memories|servers?|computers?|recognition|program|programme)\b
        """,
    )
    # "remove my details from the mailing list" is about a list; "... from your system" is about us.
    names["not_elsewhere"] = r"(?! (?:from|off|out of) (?!<system>|(?:you|there|here)\b))".replace(
        "<system>", names["system"]
    )
    names["not_later"] = (
        r"(?! (?:later|anytime|at any time|whenever|afterwards|some ?day|one day|if (?:i|we))\b)"
    )
    names["not_on_device"] = (
        r"(?! (?:on|for|in|from) (?:my|the|a|our) (?:\w+ )?"
        r"(?:tv|television|phone|car|remote|alexa|speaker|laptop|watch|tablet|router|box)\b)"
    )
    define(
        "mail",
        r"""
        mails?|messages?|notes?|memos?|plans?|lines?|minutes|calls?|chats?|over|box|assistant|commands?
        bundle|package|service|password|passcode|pin|accounts?|apps?|changer|actor|lessons?
        """,
    )
    define(
        "other_data",
        r"""
        plans?|roaming|packages?|packs?|usage|allowance|caps?|bundles?|lines?|sims?|limits?|adds?|addons?
        cards?|subscription|connection|service|charges|pictures?|photos?|pics?|images?|pages?|entry|entries
        on|for|of|at|with|regarding|about (?!me\b)|in (?!(?:your|the) (?:systems?|databases?|records|files))
        """,
    )
    names["which"] = (
        r"(?:my|our|the|that|this|any|every|those|these|your|all (?:of )?(?:my|the|our|your)|all)"
    )
    define(
        "voice_thing",
        r"""
        voiceprints?\b
        voice (?:profiles?|data|recordings?|records?|samples?|ids?|signatures?|recognition|biometrics?)\b
        voice (?:fingerprints?|templates?|files?|things?|models?|information|info|patterns?|enrollment)\b
        voice (?:memory|identification|embeddings?)\b
        (?:copy|copies|recordings?|samples?|traces?|record|model|memory|profile) of (?:my|our) voice\b
        biometrics?(?: (?:data|information|info|profile|template|record|id))?\b
        """,
    )
    names["thing"] = (
        f"(?:{names['which']} )?(?:own |stored |saved |enrolled |personal |biometric )*"
        f"{names['voice_thing']}{names['not_later']}{names['not_on_device']}"
    )
    names["my_voice"] = (
        rf"(?:my|our) (?:own )?voice\b(?! {names['mail']}\b){names['not_elsewhere']}{names['not_later']}"
    )
    names["my_data"] = (
        r"(?:my|our|all (?:of )?my|any of my) "
        r"(?:personal |private |own |stored |saved |caller |entire |whole )*"
        rf"(?:data|information|info|details|profile|records?)\b(?! {names['other_data']}\b)"
        f"{names['not_elsewhere']}{names['not_later']}"
    )
    define("ours", "<thing>|<my_voice>|<my_data>")
    define(
        "erase",
        r"""
        forget(?: about)?|delete|erase|remove|destroy|wipe(?: out)?|purge|scrub|get rid of|discard|shred
        unlearn|unenroll|deregister|unregister|eliminate|withdraw
        """,
    )
    define(
        "switch_off",
        r"""
        cancel|deactivate|disable|revoke|undo|(?:turn|switch|shut) off|scrap|scratch|dump|trash|drop
        throw (?:away|out)|take down|clear|kill|retract|end
        """,
    )
    define(
        "erased",
        r"""
        deleted|erased|removed|destroyed|forgotten|wiped|purged|scrubbed|shredded|discarded|cancell?ed
        deactivated|disabled|revoked|withdrawn|unenrolled|taken (?:off|out|down)|off|out of your|gone
        """,
    )
    define(
        "knowing",
        "recognizing|remembering|identifying|tracking|profiling|analyzing|monitoring|fingerprinting",
    )
    define(
        "handling",
        r"""
        <knowing>|storing|saving|keeping|using|recording|matching|comparing|checking|collecting|processing
        scanning|listening to|holding|having
        """,
    )
    define(
        "handle",
        r"""
        recognize|remember|identify|track|profile|know|store|save|keep|use|have|hold|record|collect|process
        analyze|compare|match|greet
        """,
    )
    define(
        "handled",
        """
        recognized|remembered|identified|tracked|stored|saved|kept|used|recorded|held|in your system
        on file
        """,
    )
    define("consent", "consent|permission|agreement|approval|authorization|enrollment|yes")
    # "stop recognising me as John" corrects a match; it must not erase John.
    define("meant", r"me(?! as\b| up\b| to\b| a\b| if\b| by\b(?! (?:my )?voice))|who i am|<ours>")
    names["not_want"] = (
        r"(?:not|never|longer) (?:ever )?(?:want|like|wish|need|prefer|allow|authorize|permit|agree|consent)"
        r" (?:for )?(?:you |your system |to |be |have |that |being )*"
    )
    # "I don't remember my data" and "my phone can't recognise my voice again" are about something else.
    names["not_stated"] = (
        r"(?<!\bi do )(?<!\bi would )(?<!\bi will )(?<!does )(?<!did )(?<!could )(?<!can )(?<!has )(?<!have )"
        r"(?<!you do )(?<!they do )(?<!we do )(?<!people do )(?<!you would )(?<!they would )(?<!you will )"
    )
    define(
        "standing",
        r"""
        <not_stated>\b(?:not|never) (?:ever )?<handle> <meant>
        \b<not_want><handle> <meant>
        \b<not_want>(?:<ours> )?(?:to be |being |be )?<handled>\b
        """,
    )
    return names


_DEMANDS = r"""
    \b<erase> <ours>
    \b<switch_off> <thing>
    \b(?:turn|switch|take|throw|wipe|shut) (?:<thing>|<my_voice>) (?:off|out|away|down)\b
    \b(?:take|get|pull|keep) <ours> (?:from|off|out of) (?:<system>|your voice\b|the voice\b)
    \b(?:mind|consider) (?:deleting|erasing|removing|forgetting|destroying) <ours>
    \brather (?:that )?you (?:deleted|erased|removed|forgot|destroyed) <ours>
    (?:<thing>|<my_voice>) (?:\w+ ){0,5}?(?:(?:delete|erase|remove) it|want it <erased>)\b
    ^(?:forget|delete|erase) (?:the )?voice$
    \bforget (?:all )?(?:about )?me\b(?! not\b)
    \bforget (?:who i am|that you know me|what you know about me|you know me)\b
    \b(?:forget|delete|erase) my name\b(?! (?:from|on|in|off|for)\b)
    \b(?:delete|erase|purge|unenroll|deregister|unregister) me\b<not_elsewhere>
    \b(?:remove|take|get|wipe) me (?:from|off|out of) (?:<system>|your voice\b|the voice\b)
    \b<erase> <everything> (?:that )?(?:you|your system) (?:have |ever |got |has )*<held>\b<not_of_mine>
    \b<erase> <everything> (?:about me|on me|of me|about my voice|of my voice)\b<not_of_mine>
    \b<erase> (?:everything|it all|all of it)$
    \b(?:want|like|prefer|have|get|need|see|wish) (?:you to have )?<ours><be> <erased>\b
    \b(?:can|could|may) <ours> (?:be|get) <erased>\b
    (?<!how )<ours> (?:should|must|needs to|has to|is to|have to|need to) be <erased>\b
    \b(?:stop|quit|cease|discontinue) (?:<handling> <ours>|<knowing> <meant>)
    \b(?:stop|quit|cease) (?:the )?<voice_thing><not_on_device>
    \b(?:withdraw|revoke|retract|rescind|take back|cancel|pull|undo|recall) (?:my|the|all|any
        |that) <consent>\b
    \btake (?:my|that|the) <consent> back\b
    \bwithdraw from (?:the |this |your )?(?:voice|recognition|biometric)
    \bright to (?:be forgotten|erasure|deletion)\b
    \b(?:want|like|wish|ask|need|prefer|demand|asking) to be (?:forgotten|unenrolled|deregistered|erased
        |deleted)\b
    \b(?:cancel|end|stop|quit) being (?:recognized|remembered|identified)\b
    \bunsubscribe (?:me )?from (?:the |your |this )?(?:voice(?! mail)|recognition)
    \bopt (?:me )?out$
    \bopt (?:me )?out (?:of|from) (?:this|that|it|all this|all of this)$
    \bopt (?:me )?out (?:of|from) (?:the |your |this |that )?(?:voice(?! mail)|recognition|biometric|being re)
"""

_TAKING_BACK = r"""
    <standing>(?: \w+){0,4}? (?:anymore|again|from now on)\b
    \bno longer (?:\w+ ){0,4}?<handle> <meant>
    \bno longer (?:want|wish|like|agree|consent|prefer) (?:<ours> )?(?:to |being |be |have )*<handled>\b
    \bno longer (?:consent|agree|give (?:you )?(?:my )?(?:consent|permission))\b
    \b(?:do|would|can) not (?:consent|agree)(?: to (?:this|that|it))? anymore\b
    \b(?:withdraw|revoke|retract|rescind)(?:ing)? consent\b
    \b(?:withdrawing|revoking|retracting|rescinding|taking back) (?:my|the|all|any|that) <consent>\b
    \bno longer have my <consent>\b|\bnot have my <consent> anymore\b
    \bmy <consent> is (?:withdrawn|revoked|cancell?ed|retracted)\b
    <not_may_i>\bi (?:will |would like to |want to |wish to )?take (?:it|that|this) (?:all )?back$
    <not_may_i>\bi (?:will )?take (?:it|that|this) (?:all )?back (?:now|thank|sorry|i do not|delete
        |forget|no|do not)\b
    ^(?:sorry |wait |no )*(?:take (?:it|that|this) back|i take back (?:it|that))$
    ^(?:sorry |wait |no )*(?:i withdraw (?:it|that)|i revoke(?: it| that)?)$
    \bregret (?:saying yes|agreeing|giving (?:you )?my|consenting|my (?:consent|yes))\b
    \bchanged my mind about (?:the |my |your |you |this |that )*(?:voice(?! mail)|being (?:remembered
        |recognized))
    \bchanged my mind about (?:the |my |your |you )*(?:recognizing|remembering|consent|biometric)
    \bchanged my mind\b.*\b(?:delete|erase|remove|undo) (?:it|that|this|everything)\b(?! from)
    \bchanged my mind\b.*\bnot want (?:you )?(?:to )?(?:be )?(?:remember|recogniz|identif)
"""

# "how do I delete my voiceprint" asks, "please don't forget my voice" wants the opposite.
_ASKING_OR_NOT = r"""
    how (?:do|can|could|would|should|will|does) (?:i|you|we|one|it|people)|how to
    what (?:if|happens if|happens when) (?:i|you|we)|if (?:i|you|we|they)
    when (?:do|will|would|can|are) (?:i|you|we|they)|(?:did|do|does|have|has|had) (?:i|you|it|they|we)
    why (?:did|would|do|are|will|should) (?:i|you|we)(?: not)?
    before|until|after|once|not|never|without|always|often|they|he|she|i can|i could
    (?:it|this|that|update|reset|phone|computer) (?:will|would|could|might|may|can)
    (?:will|would|could|might|may|can) (?:\w+ing )?(?:it|this|that)
"""
_BEFORE_A_VERB = r"""
    ever|have to|has to|need to|want (?:you )?to|wants to|ask (?:you )?to|told you to|tell you to|say
        |says|said
    like (?:you )?to|going to|get to|be able to|still|already|possibly|also|always
"""


def withdrawals() -> tuple[Rule, ...]:
    """The rules that take a consent back, whatever was asked."""
    names = _vocabulary()
    names["everything"] = alternatives(
        r"""
        all|all of it|everything|anything|whatever|what|it all|every trace|any trace|traces
        (?:all |any |every )?(?:of )?(?:the )?(?:data|information|info|details|stuff|records?)
        """
    )
    names["held"] = alternatives(
        r"""
        (?:know|hold|keep|stored?|saved?|recorded|collected|remember|kept|have|has|got)(?: (?:about|on
        |of) me| on file)
        know|hold|keep|stored?|saved?|recorded|collected|remember|kept|have|has|got
        """
    )
    names["be"] = "(?: to be| be| completely| all)*"
    names["not_of_mine"] = r"(?! (?:in|on|for|from) (?:the|my|our|this) )"
    names["not_may_i"] = r"(?<!can )(?<!could )(?<!should )(?<!may )(?<!if )(?<!shall )(?<!do )"
    unless = re.compile(rf"\b{alternatives(_ASKING_OR_NOT)} (?:{alternatives(_BEFORE_A_VERB)} )*$", re.DOTALL)
    return (
        Rule(Answer.WITHDRAW, compiled(_DEMANDS, names), unless),
        Rule(Answer.WITHDRAW, compiled(_TAKING_BACK, names)),
    )


def standing_refusals() -> tuple[Rule, ...]:
    """Refusals that answer an open question with no, and withdraw when no question is open."""
    return (Rule(Answer.WITHDRAW, compiled("<standing>", _vocabulary())),)
