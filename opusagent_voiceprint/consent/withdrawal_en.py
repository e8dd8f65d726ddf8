"""How callers take a consent back in English: the patterns, built from verbs and what they act on.

All patterns search prepared words without fillers (see :mod:`opusagent_voiceprint.consent.grammar_en`):
"recognise" and "voice print" have become "recognize" and "voiceprint", "don't" has become "do not".
"""

from __future__ import annotations

import re

__all__ = ["STANDING_REFUSALS", "UNLESS_AFTER", "WITHDRAWALS"]

# "remove my details from the mailing list" is about a list; "... from your system" is about us.
_NOT_ELSEWHERE = (
    r"(?! (?:from|off|out of) (?!(?:your|the|this|all your|all) ?(?:whole |entire |voice |computer |caller )?"
    r"(?:systems?|databases?|records?|files?|memory|memories|servers?|computers?|recognition|end)\b|you\b|there\b|here\b))"
)
_NOT_LATER = r"(?! (?:later|anytime|at any time|whenever|afterwards|some ?day|if (?:i|we)|one day))"
_NOT_MAIL = (
    r"(?! (?:mails?|messages?|notes?|memos?|plans?|lines?|minutes|calls?|chats?|over|box|assistant|commands?"
    r"|bundle|package|service|password|passcode|pin|accounts?|apps?|changer|actor|lessons?|and data plan)\b)"
)
_NOT_ON_DEVICE = r"(?! (?:on|for|in|from) (?:my|the|a|our) (?:\w+ )?(?:tv|television|phone|car|remote|alexa|speaker|laptop|watch|tablet|router|box)\b)"
_NOT_OTHER_DATA = (
    r"(?! (?:plans?|roaming|packages?|packs?|usage|allowance|caps?|bundles?|lines?|sims?|limits?|adds?|addons?"
    r"|cards?|subscription|connection|service|charges|pictures?|photos?|pics?|images?|pages?|entry|entries"
    r"|on|for|of|at|with|regarding|about (?!me\b)|in (?!(?:your|the) (?:systems?|databases?|records|files)))\b)"
)

_WHICH = r"(?:my|our|the|that|this|any|every|those|these|your|all|all (?:of )?(?:my|the|our|your|those))"
_VOICE_THING = (
    r"(?:voiceprints?(?! plugin)"
    r"|voice (?:profiles?|data|recordings?|records?|samples?|ids?|signatures?|recognition|biometrics?|fingerprints?"
    r"|templates?|files?|things?|models?|information|info|patterns?|enrollment|memory|identification|embeddings?)"
    r"|(?:copy|copies|recordings?|samples?|trace|traces|record|model|memory|profile) of (?:my|our) voice"
    r"|biometrics?(?: (?:data|information|info|profile|template|record|id))?)"
)
_THING = rf"(?:{_WHICH} )?(?:own |stored |saved |enrolled |personal |biometric )*{_VOICE_THING}{_NOT_LATER}{_NOT_ON_DEVICE}"
_MY_VOICE = rf"(?:my|our) (?:own )?voice{_NOT_MAIL}{_NOT_ELSEWHERE}{_NOT_LATER}"
_MY_DATA = (
    r"(?:my|our|all (?:of )?my|any of my) (?:personal |private |own |stored |saved |caller |entire |whole )*"
    rf"(?:data|information|info|details|profile|records?){_NOT_OTHER_DATA}{_NOT_ELSEWHERE}{_NOT_LATER}"
)
_OURS = rf"(?:{_THING}|{_MY_VOICE}|{_MY_DATA})"

_ERASE = (
    r"(?:forget(?: about)?|delete|erase|remove|destroy|wipe(?: out)?|purge|scrub|get rid of|discard|shred|unlearn"
    r"|unenroll|deregister|unregister|eliminate|withdraw|lose)"
)
_SWITCH_OFF = (
    r"(?:cancel|deactivate|disable|revoke|undo|(?:turn|switch|shut) off|scrap|scratch|dump|throw (?:away|out)"
    r"|trash|drop|take down|clear|kill|retract|end)"
)
_ERASED = (
    r"(?:deleted|erased|removed|destroyed|forgotten|wiped|purged|scrubbed|shredded|discarded|cancell?ed"
    r"|deactivated|disabled|revoked|withdrawn|unenrolled|taken (?:off|out|down)|off|out of your|gone)"
)
_FROM_US = (
    r"(?:from|off|out of) (?:your|the|this) (?:whole |entire |computer |caller )?"
    r"(?:voice(?: \w+)?|systems?|databases?|records?|files|memory|recognition|program|programme)\b"
)
_KNOWING = r"(?:recognizing|remembering|identifying|tracking|profiling|analyzing|monitoring|fingerprinting)"
_HANDLING = (
    rf"(?:{_KNOWING}|storing|saving|keeping|using|recording|matching|comparing|checking|collecting|processing"
    r"|scanning|listening to|holding|having)"
)
_KNOW = r"(?:recognize|remember|identify|track|profile|know)"
_HANDLE = rf"(?:{_KNOW}|store|save|keep|use|have|hold|record|collect|process|analyze|compare|match|greet)"
_HANDLED = r"(?:recognized|remembered|identified|tracked|stored|saved|kept|used|recorded|held|in your system|on file)"
_CONSENT = r"(?:consent|permission|agreement|approval|authorization|enrollment|yes)"
_MEANT = rf"(?:me(?! as\b| up\b| to\b| a\b| if\b| by\b(?! (?:my )?voice))|who i am|{_OURS})"

_WANT = r"(?:want|like|wish|need|prefer|allow|authorize|permit|agree|consent)"
_NOT_WANT = rf"(?:not|never|longer) (?:ever )?{_WANT} (?:for )?(?:you |your system |to |be |have |that |being )*"
_AGAIN = r"(?: \w+){0,4}? (?:anymore|again|from now on)"

_NOT_HANDLE = rf"\b(?:not|never) (?:ever )?{_HANDLE} {_MEANT}"
_NOT_WANT_HANDLE = rf"\b{_NOT_WANT}{_HANDLE} {_MEANT}"
_NOT_WANT_HANDLED = rf"\b{_NOT_WANT}(?:{_OURS} )?(?:to be |being |be )?{_HANDLED}\b"


def _compiled(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


WITHDRAWALS = _compiled(
    rf"\b{_ERASE} {_OURS}",
    rf"\b{_SWITCH_OFF} {_THING}",
    rf"\b(?:turn|switch|take|throw|wipe|shut) (?:{_THING}|{_MY_VOICE}) (?:off|out|away|down)\b",
    rf"\b(?:take|get|pull|keep) {_OURS} {_FROM_US}",
    r"\bforget (?:all )?(?:about )?me\b(?! not\b)",
    r"\bforget (?:who i am|that you know me|what you know about me|you know me)",
    r"\b(?:forget|delete|erase) my name\b(?! (?:from|on|in|off|for)\b)",
    rf"\b(?:delete|erase|purge|unenroll|deregister|unregister) me\b{_NOT_ELSEWHERE}",
    rf"\b(?:remove|take|get|wipe) me {_FROM_US}",
    rf"\b{_ERASE} (?:all|all of it|everything|anything|whatever|what|it all|every trace|any trace|traces"
    r"|(?:all |any |every )?(?:of )?(?:the )?(?:data|information|info|details|stuff|records?))"
    r" (?:(?:that )?(?:you|your system) (?:have |ever |got |has )*(?:know|hold|keep|stored?|saved?|recorded|collected|remember|kept|have|has|got)"
    r"(?: about me| on me| of me| on file)?|about me|on me|of me|about my voice|of my voice|from my voice)"
    r"\b(?! (?:in|on|for|from) (?:the|my|our|this) )",
    rf"\b{_ERASE} (?:everything|it all|all of it)$",
    rf"\b(?:stop|quit|cease|discontinue) (?:{_HANDLING} {_OURS}|{_KNOWING} {_MEANT})",
    rf"\b(?:stop|quit|cease) (?:the )?{_VOICE_THING}{_NOT_ON_DEVICE}",
    rf"(?:{_NOT_HANDLE}|{_NOT_WANT_HANDLE}|{_NOT_WANT_HANDLED}){_AGAIN}\b",
    rf"\bno longer (?:\w+ ){{0,4}}?{_HANDLE} {_MEANT}",
    rf"\bno longer (?:want|wish|like|agree|consent|prefer) (?:{_OURS} )?(?:to |being |be |have )*{_HANDLED}",
    r"\bno longer (?:consent|agree|give (?:you )?(?:my )?(?:consent|permission))\b",
    r"\b(?:do|would|can) not (?:consent|agree)(?: to (?:this|that|it))? anymore\b",
    rf"\b(?:withdraw|revoke|retract|rescind|take back|cancel|pull|undo|recall) (?:my|the|all|any|that) {_CONSENT}\b",
    rf"\bmy {_CONSENT} is (?:withdrawn|revoked|cancell?ed|retracted)",
    rf"\btake (?:my|that|the) {_CONSENT} back\b",
    r"\b(?<!can )(?<!could )(?<!should )(?<!may )(?<!if )(?<!shall )i (?:will |would like to |want to |wish to )?"
    r"take (?:it|that|this) (?:all )?back(?: (?:now|thank you|thanks|sorry|i do not|delete|forget|no|do not)\b|$)",
    r"^(?:sorry |wait |no )*(?:take (?:it|that|this) back|i take back (?:it|that)|i withdraw(?: it| that)?|i revoke(?: it| that)?)$",
    r"\bwithdraw from (?:the |this |your )?(?:voice|recognition|biometric)",
    rf"\b(?:want|like|prefer|have|get|need|see|wish) (?:you to have )?{_OURS} (?:to be |be |completely |all )*{_ERASED}\b",
    rf"\b(?:can|could|may) {_OURS} (?:be|get) {_ERASED}\b",
    rf"(?<!how ){_OURS} (?:should|must|needs to|has to|is to|have to|need to) be {_ERASED}\b",
    r"\bright to (?:be forgotten|erasure|deletion)\b",
    r"\b(?:want|like|wish|ask|need|prefer|demand|asking|right) to be (?:forgotten|unenrolled|deregistered|erased|deleted)\b",
    r"\bopt (?:me )?out(?: (?:of|from) (?:the |your |this |that )?"
    r"(?:this|that|it|all this|(?:voice|recognition|biometric|being (?:recognized|remembered)|remember)\b(?! mail).*))?$",
    r"\bregret (?:saying yes|agreeing|giving (?:you )?my|consenting|my (?:consent|yes))",
    r"\bchanged my mind about (?:the |my |your |you |this |that )*(?:voice(?! mail)|voiceprints?|being (?:remembered|recognized)"
    r"|recognizing|remembering|consent|biometric)",
    r"\bchanged my mind\b.*\b(?:delete|erase|remove|undo) (?:it|that|this|everything)\b(?! from)",
    r"\bchanged my mind\b.*\bnot want (?:you )?(?:to )?(?:be )?(?:remember|recogniz|identif)",
)

STANDING_REFUSALS = _compiled(_NOT_HANDLE, _NOT_WANT_HANDLE, _NOT_WANT_HANDLED)
"""Refusals that answer an open question, and withdraw when no question is open."""

_BEFORE_A_VERB = (
    r"(?:ever |have to |has to |need to |want (?:you )?to |wants to |ask (?:you )?to |told you to |tell you to |just |say |says |said "
    r"|going to |get to |be able to |still |already |possibly |also )*"
)
UNLESS_AFTER = re.compile(
    # "how do I delete my voiceprint" asks; "please don't forget my voice" wants the opposite.
    rf"(?:\b(?:how (?:do|can|could|would|should|will|does) (?:i|you|we|one|it|people)|how to|what (?:if|happens if|happens when) (?:i|you|we)"
    rf"|if (?:i|you|we|they)|when (?:do|will|would|can|are) (?:i|you|we|they)|(?:did|do|does|have|has|had) (?:i|you|it|they|we)"
    rf"|why (?:did|would|do|are|will|should) (?:i|you|we)(?: not)?|(?:has|was|is|are|were|had|have|does|did|will)"
    rf"|before|until|after|once|not|never|without|always|often|keep|keeps|they|it|he|she|i can(?: always)?|i could(?: always)?) {_BEFORE_A_VERB}$)"
    # "you don't recognise me any more" and "my phone can't recognise my voice again" complain.
    r"|\b(?:you|they|we|people|machines|systems|phones) (?:do |would |will )$|\b(?:does|did|could|can|has|have|i do|i would|i will|i can) $"
)
