"""How it is asked, said and denied in English that the caller is a certain person.

All patterns search one sentence's prepared words (see :mod:`opusagent_voiceprint.consent.identity`).
"""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.language import IdentityWords
from opusagent_voiceprint.consent.patterns import alternatives, compiled, word_set

__all__ = ["identity_words"]

_ASKS = r"""
    ^(?:<polite> )*(?:am i|are we) (?:still |now )?(?:speaking|talking|connected|through) (?:to
        |with) <who><end>
    ^(?:<polite> )*(?:is|would) (?:this|that|it)(?: be)?(?: still)? <who><end>
    ^(?:<polite> )*are you <who><end>
    ^(?:<polite> )*(?:do i have|have i got) <who> (?:on the (?:line|phone)|here)<end>
    ^(?:<polite> )*is it <who> (?:i am|am i|that i am) (?:speaking|talking) (?:to|with)<end>
    ^(?:<polite> )*(?:can|could|would|will|may|might) (?:you|i) (?:quickly )?confirm(?: for me)?(?: with you)?
    + (?:that |whether |if )?(?:i am (?:speaking|talking) (?:to|with)|this is|you are|it is) <who><end>
    ^(?:<polite> )*(?:i am (?:speaking|talking) (?:to|with)|you are|this is|it is) <who>
    +(?: (?:right|correct|yes|is that (?:right|correct)))* \?$
"""
_SAYS = r"""
    ^(?:<lead> )*(?:this is|it is|i am|i am called|(?:my|the) (?:full |first )?(?:name is|names)
        |you are (?:speaking|talking) (?:to|with)) NAME<after>
    ^(?:<lead> )*NAME (?:here|speaking|calling|again|is my name|on the (?:line|phone))(?! ?\?)\b
"""
_YES = r"""
    (?:(?:yes|yeah|yep|yup|okay|sure) )*(?:this is (?:she|he|her|him|me)|speaking|(?:that|it) is me|it is|i am
        |you are|(?:that is )?(?:right|correct)|exactly|indeed)
    +(?: (?:yes|speaking|sir|madam|thanks|thank you|it is|i am|(?:that|it) is me|this is (?:she|he)))*
"""
_DENIES = r"""
    (?<!\bif )(?<!think )(?<!thinks )(?<!whether )(?<!\bwhy )\b(?:i am|this is|my name is)
    +(?: (?:definitely|certainly|most definitely|afraid|sorry))? not (?:called |named )?NAME<so>
    \bmy name is (?:something else|different) (?:not|than) NAME\b
    \byou are not (?:speaking|talking) (?:to|with) NAME<so>
    \b(?:i am|this is) WHOSE <relative>\b
    \b(?:i am|this is) (?:the|a) <relative> of NAME\b
"""
_WRONG_PERSON = r"""
    ^(?:<lead> )*(?:<think> )*(?:(?:you have|you have got|you got|this is|it is|i am|that is
        |you are (?:speaking|talking) (?:to|with)) )?(?:the |a )?wrong (?:person|caller|customer|woman|man
        |lady
        |guy|name)<so>
    ^(?:<lead> )*(?:<think> )*(?:that|this|it) is not (?:me|i|my name|NAME|TITLED)<so>
    ^(?:<lead> )*(?:no )?not me<so>
    ^(?:<lead> )*(?:<think> )*i am not (?:her|him|she|he|that person|this person|the person you (?:think|mean)
        |who you think|TITLED)<so>
    \bi am (?:somebody|someone) else<so>
    \byou (?:have |are |must have |must be )*(?:mistak\w+|confus\w+|mix\w+) me (?:up )?(?:for|with)\b
    ^(?:<lead> )*who (?:on earth )?is (?:NAME|TITLED)(?: \?)*$
    \bi do not know (?:any |a |anyone called |anybody called |someone called )?(?:NAME|TITLED)<so>
    \b(?:there is|you have|we have) no (?:NAME|TITLED) (?:here|at this)\b
    \b(?:NAME|TITLED) is not (?:here|in|at home|home|available)\b
    ^(?:<lead> )*(?:i am|this is|it is) (?:her|his) <relative>\b
"""
_NO = r"""
    ^(?:<lead> )*(?:no|nope|nah|negative|not (?:quite|exactly))\b
    +(?! (?:problem|worries|need|doubt|trouble|bother|rush|hurry|matter|idea|clue)\b)
    \b(?:she|he) is (?:not (?:here|in|at home|home|available)|out|away|asleep|sleeping|dead|deceased)\b
    \bwrong number\b
    \bi am (?:calling|speaking|phoning|ringing) (?:for|on behalf of) (?:NAME|TITLED|her|him|my)\b
    \bon (?:her|his) behalf\b
"""
_OWN_NAME = r"^(?:<lead> )*(?:this is|i am|it is|(?:my|the) (?:full |first )?(?:name is|names))\b"


def identity_words() -> IdentityWords:
    """The English ones, compiled."""
    names = {
        "who": "(?:NAME|TITLED)",
        "polite": alternatives(r"""
            hi|hello|hey|good (?:morning|afternoon|evening|day)|okay|so|great|perfect|right|well|and|yes|sure
            alright|sorry|excuse me|thanks|thank you(?: (?:very much|for (?:calling|that|waiting)))?|of course
            (?:to|let me|i want to|i would like to|i need to) (?:confirm|make sure|be sure|check|ask)
            before (?:i|we) (?:continue|go on|start|begin|proceed)|for (?:your )?security|first|one question
            (?:may|can|could) i (?:ask|check)(?: with you)?|can you tell me|tell me|now|then|there|welcome|but
        """),
        "lead": alternatives(r"""
            hi|hello|hey|good (?:morning|afternoon|evening|day)|yes|yeah|yep|no|okay|well|so|oh|sure|sorry
                |right
            correct|of course|exactly|thanks|thank you|and|but|speaking|there|hm|wait|excuse me|listen|look
                |again
            that is (?:right|correct|me)|it is me|i am (?:sorry|afraid)|haha
        """),
        "think": "(?:i think|i believe|i am afraid|i am sorry|sorry|apparently|but|you know)",
        "relative": alternatives(r"""
            (?:\w+ )?(?:husband|wife|partner|mother|mum|mom|father|dad|sister|brother|son|daughter|friend
                |roommate
            flatmate|neighbou?r|assistant|secretary|carer|colleague|boyfriend|girlfriend|grand\w+|uncle|aunt
                |cousin)
        """),
        "end": r"(?: (?:now|today|here|there|right now|on the (?:line|phone)|speaking|right|correct|again"
        r"|calling"
        r"|by any chance|is that (?:right|correct)|please))*(?: \?)*$",
        # Not "it's Ada I want to speak to", and no question.
        "after": r"(?:$| (?:here|speaking|calling|ringing|phoning|again|from|and|about|regarding|please"
        r"|thanks|thank"
        r"|yes|on the|how|could|can|may|would|my|so|at|i(?!.*\b(?:speak|talk|reach|looking for|asking for)\b)"
        r")\b)",
        "so": r"(?:$| (?:i am|this is|it is|my|you|she|he|but|and|so|sorry|at all|here|there|anymore|speaking"
        r"|calling|no|please|thank|thanks)\b)",
    }
    return IdentityWords(
        titles=word_set("mr mrs ms miss mister missus dr doctor professor prof sir madam"),
        asks=compiled(_ASKS, names),
        says=compiled(_SAYS, names),
        yes=re.compile(alternatives(_YES, names)),
        denies=compiled(_DENIES, names),
        wrong_person=compiled(_WRONG_PERSON, names),
        no=compiled(_NO, names),
        own_name=compiled(_OWN_NAME, names),
    )
