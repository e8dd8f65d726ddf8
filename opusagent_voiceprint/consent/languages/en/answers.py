"""What English callers answer when they do not say yes, and how an emergency sounds.

All patterns search prepared words without fillers (see :mod:`.grammar`).
"""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.grammar import Rule, answer_rules
from opusagent_voiceprint.consent.patterns import alternatives

__all__ = ["answers", "emergency"]

_NEVER = r"""
    ^(?:no |nope |well |absolutely |okay )*never(?: ever)?(?: no| thanks| thank you)*$
    \bnever (?:ever|again|ask|do (?:that|this|it)|remember me|recognize me|record|store|save|keep|offer)\b
    \bnever (?:in my life|will i|would i|want|consent|agree)\b
    \bi (?:will|would|am) never\b(?! (?:sure|know|mind))
    \bnot ever (?:ask|want|offer|do)\b|\bnot in a million years\b|\bover my dead body\b
    \b(?:do|should|must|need) not (?:ever )?<pester> (?:me )?(?:(?:about )?(?:this|that|it) )?<again>\b
    \bdo not (?:ever )?ask me (?:that|this|about)\b
    \b(?:stop|quit) (?:asking|bothering|pestering|bugging|offering)\b
    \bno more (?:asking|questions about|of these questions)\b
"""

_MINOR = r"""
    \bi am <only><age> (?:years? old|and a half)\b
    \bi am <only><age>(?: yes| no| so| and| but| is that (?:okay|fine|alright).*|$)
    \bi am (?:only|not even) <age>\b(?! (?:minutes?|hours?|miles?|days?|weeks?|months?|feet|foot|th)\b)
    \b(?:my age is|i will be|i turn|i am turning) <only><age>(?: (?:years old|in|next|this|tomorrow|soon)\b|$)
    \b<age> years old\b(?= (?:and )?i\b)|^<only><age> years old
    \bi am (?:a |still a |only a |an )?(?:kid|child|minor|little (?:girl|boy|kid)|under ?age|teenager)\b
    \bi am (?:still )?under (?:18|eighteen|age)\b
    \bi am not (?:18|eighteen|an adult|a grown up|grown up|old enough|of age)\b
    \bi am (?:only )?in (?:the )?(?:\w+ grade|grade \w+|kindergarten|(?:primary|elementary|middle) school)\b
    \b(?:ask|get|fetch|call|tell) (?:my |to my )?<parent>\b
    \bmy <parent> (?:and (?:dad|mum|mom) )?(?:is|are) not (?:home|here)\b
    \bmy <parent> (?:said|says|say|told me|thinks?) i (?:can|should|must|may|could) not\b
    \bmy <parent> (?:do|does|did|will|would) not (?:let|allow|want)\b
    \bmy (?:mommy|mummy|daddy)\b|\bi am not allowed to\b
"""

_THIRD_PARTY = r"""
    \b<speaking> (?:for|on behalf of|in the name of|in place of) <someone>\b
    \bon (?:his|her|their|someone elses|somebody elses|another persons) behalf\b|\bon behalf of\b
    \bmy <relative> (?:\w+ ){0,2}?(?:said|says|agreed|agrees|consents|consented|wants|would (?:like|say
        |agree))\b
    \b(?:he|she|they) (?:said|says|would say) (?:yes|it is|that is|okay|fine|to|sure)\b
    \b(?:he|she|they) (?:agrees?|agreed|consents?|consented)\b
    \b(?:ask|check with|talk to|speak (?:to|with)|get|give you) (?:my|his|her) <relative>\b
    \b(?:hand|pass|put) you (?:over |on |through )?to (?:my|his|her) <relative>\b
    \bi am (?:his|her|their|the) (?:<relative>|<helper>)\b
    \b(?:i am|this is) \w+s (?:<relative>|<helper>)\b
    \bi am not the (?:account ?holder|customer|caller|owner|person|one (?:who|you))\b
    \b(?:this|it) is (?:not my|my <relative>s) (?:phone|number|account|line)\b
    \bnot my (?:own )?(?:phone|account|number)\b|\bsomeone elses (?:phone|account)\b
    \b(?:you are|we are|i have you) on (?:the )?(?:speaker|speakerphone|loudspeaker)\b
    \bthere (?:is|are) (?:two|three|several|other|more) (?:of us|people|persons)\b
"""

_NO = r"""
    <no_before>\bno\b(?! <no_thing>\b)
    \b(?:have|got|is) no (?:interest|wish|desire|intention|need|use|reason|consent)\b
    \b(?:nope|nah|naw|nay|negative|nuh|noway)\b
    \bno need\b(?! to (?:apologi|worry|rush))
    (?<!why )(?<!or )\bnot$
    ^not? (?:thanks|thank you|for me|me|interested|necessary|needed|at all|a chance|particularly|especially)\b
    \b<aux> not (?:\w+ly |ever |even |think (?:i|you|we) (?:\w+ )?|believe i |think that i )?<do>\b
    \b(?:am|is|are|was) not (?:interested|comfortable|okay|happy|keen|willing|going to|saying|agreeing
        |giving)\b
    \b(?:am|is|are|was) not (?:consenting|at all|for me|fine|alright|ready to|a yes|doing|having|in favou?r)\b
    \b(?:am|is|are|was) not (?:allowed|permitted|cool|acceptable|necessary)\b
    \b(?:absolutely|certainly|definitely|of course|course|rather|better|probably|preferably) not\b
    \b(?:would|will|had|do) (?:much )?rather (?:you )?(?:not|did not|do not|stay|remain)\b
    \bprefer (?:you )?(?:not|that you do not|to stay|to remain)\b
    \bdo not (?:you dare|bother|do)\b|\bdo not$
    ^do not\b(?! (?:know|understand|mind|hear|worry|care|forget|hang|delete|erase|remove|get))
    \b(?:refuse|decline|object|disagree|reject|deny)\b
    \b(?:i will |i would |hard )pass\b|^pass$|\bskip (?:it|that|this)\b
    \bleave (?:it|me alone|me out)\b|\bcount me out\b|\bthumbs down\b|\bkeep your hands off\b
    \bnone of your\b|\bmind your own\b|\bforget (?:it|that)\b|^never ?mind\b|\bi am (?:against|opposed)\b
    \b(?:not|never) (?:say|said|saying|mean|meant|a|give you a) yes\b|\bnot yes\b|\byes not\b
    \bi (?:have )?changed my mind$
    ^(?:stop|stop (?:it|that|this)|cut it out|get lost|go away|piss off|fuck off|screw you
        |(?:that is )?creepy)\b
    \bi am (?:good|okay|fine|alright) (?:thanks|thank you)$
"""

_NOT_NOW = r"""
    \bnot (?:right |for )?now\b
    \bnot (?:today|tonight|yet|this time|this minute|this call|for the moment|at (?:the|this) (?:moment
        |time|point))\b
    \b(?:some other|another|a different) (?:time|day|call)\b
    \b(?:maybe|perhaps|ask(?: me)?(?: again)?|try|but|not until|yes) next (?:time|call)\b|^next (?:time
        |call)\b
    \b(?:maybe|perhaps|possibly|probably|do (?:it|that|this)|try|yes|yeah|but|sure) later\b|^later\b
    \b(?:ask|call)(?: me)?(?: again)? later\b
    \bask (?:me )?(?:again )?(?:tomorrow|next|another|some other|when)\b|\bin a (?:hurry|rush|meeting)\b
    \b(?:no|not have|not have the|not got|not much|not enough|not have any) time\b
    \b<going_to> (?:first )?(?:think|sleep) (?:about|on|it over)\b
    \b(?:need|want|give me) (?:some |more |a little |a bit of )*time (?:to think|to decide)\b
    \bi am (?:too |very |a bit |so )?busy\b|\bcome back to (?:that|this|it)\b|\bafter (?:this|the
        |my) (?:call|question)\b
"""

_EXPLAIN = r"""
    \bwhat (?:is|are|was) (?:(?:a|an|the|this|that|my|your) )?(?:voiceprints?|voice|biometrics?|data)\b
    \bwhat (?:is|was) (?:the )?(?:purpose|point|catch|benefit|difference)\b
    \bwhat is (?:that|this|it)\b(?! number| address| again)|\bwhat (?:the (?:hell|heck|fuck) )is (?:that
        |this)\b
    \bwhat (?:do|does|did|would|will) (?:you|it|that|this) (?:mean|do|use|store|keep|need|want|save
        |involve|record)\b
    \bwhat (?:for|kind|sort|type|happens|data|if|about my|good is)\b|^(?:\w+ )?what (?:voiceprint|voice
        |biometric)\b
    ^why\b(?! not\b)|\bwhy(?: \?)?$|\bwhy (?:do|would|are|is|should|does|need|me|my)\b(?! not\b)
    \bhow (?:long|does|do|will|would|safe|secure|is|are|can|come|exactly|so|to)\b
    \bwho (?:has|gets|can|will|sees|is|are|else|would)\b
    \bwhere (?:is|are|do|does|will) (?:it|you|my|that|this|the data)\b
    \b(?:is|are|will) (?:it|that|this|my (?:data|voice)|you) (?:\w+ )?<property>\b
    \bdo i (?:have|need|get) to\b|\bmust i\b
    \b(?:can|could|will|would|may) my (?:\w+ )?(?:voiceprints?|voice|data|profile|details|information) be\b
    \bcan i (?:\w+ )?(?:delete|say no|stop|change|undo|remove|withdraw|opt|refuse)\b
    \bdo you (?:sell|share|record|store|keep|save|use|delete|ever|give|erase|listen)\b
    \b(?:explain|elaborate|clarify)\b|\btell me (?:more|about|what|how|why)\b
    \bmore (?:information|info|details?|about (?:that|this|it))\b
    \b(?:do not|did not|not) (?:quite )?(?:understand|get (?:it|that|what|this)|follow)\b
    \bnot know what (?:that|this|it|you|a)\b|\bno idea what\b|\bnever heard of\b
    \bwhat you mean\b|\bmeaning what\b|\bi have (?:a |some |one )?questions? (?:about|first|on)\b
"""

_REPEAT = r"""
    ^(?:sorry |i am sorry |pardon |excuse me |okay )*<what>(?: (?:sorry|pardon|what|me))*(?: \?)*$
    \b(?:say|ask|read|tell|give|put) (?:me )?(?:that|it|this|the question
        |the last part)(?: once)?(?: again| more)\b
    \b(?:say|ask|tell me) again\b|\b(?:once|one) more(?: time)?\b
    \brepeat (?:that|it|this|yourself|the|what)\b|\brepeat(?: \?)*$|\bcome again\b|\bbeg your pardon\b
    \b(?:did|do|can|could) not (?:quite )?(?:hear|catch|make out|get)\b|\bnot (?:hear|catch)\b
    \bmissed (?:that|it|what|the)\b|\bwhat (?:did|do|have) you (?:say|said|ask|asked|saying)\b
    \bwhat (?:are|were) you (?:saying|asking)\b|\bwhat was (?:that|the question|it|this)\b
    \bwhat is the question\b|\bwhat question\b|\bbreaking up\b|\bspeak (?:up|louder|slower|more slowly)\b
    \b(?:louder|slower|more slowly)\b|\bbad (?:line|connection|reception)\b
"""

_EMERGENCY = r"""
    (?<!not )(?<!not that )(?<!not very )(?<!pas )(?<!pas tres )\burgent(?:ly)?\b
    (?<!no )(?<!not an )\bemergenc(?:y|ies)\b
    \b(?:ambulance|paramedics?|police|fire ?(?:brigade|fighters?|department))\b
    (?<!\d )\b(?:911|999|112)\b(?! \d)
    (?<!amazon )\bfires?\b(?! (?:tv|sticks?|tablets?|hd|pits?|place|walls?|works|fox|sale)\b)
    \bburning\b|\bsmoke\b|\bgas leak\b|\bsmell gas\b|\bflood(?:ed|ing)\b|\bburst pipe\b|\bpipe burst\b
    (?<!you )(?<!they )(?<!to )(?<!will )\bhelp me\b(?! <errand>\b)
    ^(?:help ?)+$|\bneed help (?:now|right now|fast)\b|\bsend (?:help|someone|somebody)\b
    \b(?:stolen|robbed|mugged|burgled|burglary?|robbery|theft|intruder|kidnapped|assault(?:ed)?)\b
    \b(?:attack(?:ed|ing)?|raped?|stabbed|shot|shooting|gun|knife|threaten(?:ed|ing)?|explo(?:sion|ded))\b
    \bbr(?:eak|oke|oken) in(?:to)?\b|\bin danger\b|\blife or death\b
    \b(?:strokes?|chest pains?|bleeding|unconscious|passed out|collapsed|seizure|choking|drown(?:ing|ed))\b
    \bcan not breathe\b|\b(?:not|stopped) breathing\b|\boverdosed?\b|\bpoison(?:ed|ing)?\b|\bdying\b
    \bsuicid(?:e|al)\b|\bkill (?:myself|me|him|her|us)\b|\bwant to die\b|\baccident\b|\bcar crash\b
    \b(?:hacked|fraud(?:ulent)?|scammed)\b
"""


def _vocabulary() -> dict[str, str]:
    names = {
        name: alternatives(text)
        for name, text in {
            "pester": "ask|bother|offer|pester|bug",
            "again": "again|anymore|ever|next time|every time|in (?:the )?future",
            "age": r"""
                [1-9]|1[0-7]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen
                fourteen|fifteen|sixteen|seventeen
            """,
            "parent": "mom|mum|mommy|mummy|dad|daddy|parents?|grown ?ups?|teacher",
            "relative": r"""
                husband|wife|partner|spouse|mother|father|mom|mum|dad|son|daughter|brother|sister|grandmother
                grandfather|grandma|grandpa|granny|uncle|aunt|cousin|boss|friend|girlfriend|boyfriend
                neighbou?r|client|colleague|roommate|fianc[e\u00e9]e?|in law|employer|patient|parents|family
            """,
            "helper": r"""
                assistant|secretary|carer|caregiver|nurse|helper|interpreter|translator|lawyer|attorney
                babysitter|nanny
            """,
            "speaking": "calling|call|called|speaking|speak|phoning|ringing|answering|asking|here|talking",
            "no_thing": r"""
                problems?|objections?|idea|time|worries|worry|clue|matter|longer|one|doubt|hurry|rush|bother
                issues?|trouble|need to (?:apologi[sz]e|worry|rush)|big deal|further questions?|difference
                preference
            """,
            "aux": "do|will|would|can|could|should|must|did|may",
            "do": r"""
                want|like|agree|consent|accept|wish|need|think so|feel|trust|remember|recognize|store|save
                record|keep|use|identify|track|collect|do (?:that|this|it)|have (?:my|a|that)|allow|permit
                authorize|give|believe in|approve|ask|bother|you dare|even|go ahead|know me|let|greet|make
                create|take|say yes|said yes|mean yes|appreciate|see the (?:point|need)|care for|listen
            """,
            "going_to": r"""
                let me|i will|i need to|i have to|i want to|i would like to|have to|need to|like to
            """,
            "property": r"""
                safe|secure|free|private|legal|recorded|recording|stored|optional|mandatory|required|necessary
                sold|shared|encrypted|a robot|an ai|real|compulsory
            """,
            "what": "what|pardon(?: me)?|huh|come again|excuse me|sorry|eh|say what",
            "errand": r"""
                with|find|to|understand|change|set|book|check|get (?!out|an)|cancel|pay|order|make|track|log
                reset|choose|fix|update|out with
            """,
        }.items()
    }
    names["only"] = "(?:only |not even |still |almost |nearly )?"
    names["someone"] = (
        rf"(?:(?:my|his|her|their|our|a|the) (?:\w+ )?{names['relative']}|him|her|them|someone|somebody"
        r"|another person|other people)"
    )
    # "I have no internet", "number no 5" and "can I say no" refuse nothing.
    names["no_before"] = (
        r"(?<!have )(?<!has )(?<!had )(?<!got )(?<!there is )(?<!there are )(?<!with )(?<!number )(?<!i say )"
    )
    return names


def answers() -> tuple[Rule, ...]:
    """The rules for every answer but yes and withdrawal."""
    return answer_rules(
        _vocabulary(),
        never=_NEVER,
        minor=_MINOR,
        third_party=_THIRD_PARTY,
        no=_NO,
        not_now=_NOT_NOW,
        explain=_EXPLAIN,
        repeat=_REPEAT,
    )


def emergency() -> re.Pattern[str]:
    """What says that this is no moment for questions."""
    return re.compile(alternatives(_EMERGENCY, _vocabulary()))
