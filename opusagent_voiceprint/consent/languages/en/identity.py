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
    ^(?:<polite> )*is this(?: still)? <who><end>
    ^(?:<polite> )*is (?:that|it)(?: still)? <who> (?:speaking|calling|on the (?:line|phone))<end>
    ^(?:<polite> )*are you <who><end>
    ^(?:<polite> )*(?:do i have|have i got) <who> (?:on the (?:line|phone)|here)<end>
    ^(?:<polite> )*is it <who> (?:i am|am i|that i am) (?:speaking|talking) (?:to|with)<end>
    ^(?:<polite> )*(?:can|could|would|will|may|might) (?:you|i) (?:quickly )?confirm(?: for me)?(?: with you)?
    + (?:that |whether |if )?(?:i am (?:speaking|talking) (?:to|with)|this is|you are) <who><end>
    ^(?:<polite> )*(?:i am (?:speaking|talking) (?:to|with)|you are|this is) <who>
    +(?: (?:right|correct|yes|is that (?:right|correct)))* \?$
"""
_SAYS = r"""
    ^(?:<hello> )*(?:this is|i am|i am called|my (?:full |first )?(?:name is|names)) NAME<after>
    ^(?:<hello> )*my (?:full |first )?(?:name is|names) WORD<after>
    ^(?:<hello> )*(?:hi|hello|hey|good (?:morning|afternoon|evening|day))(?: there)? it is NAME<after>
    ^(?:<hello> )*it is NAME (?:again|here|speaking|calling)<after>
    ^(?:<hello> )*you are (?:speaking|talking) (?:to|with) NAME(?: (?:here|now))?$
    ^(?:<hello> )*(?:NAME|WORD) (?:here|speaking|calling|is my name|on the (?:line|phone))<after>
"""
_YES = r"""
    (?:yes|yeah|yep|yup)(?: (?:yes|yeah|sir|madam|of course|<that_is_so>))*|<that_is_so>(?: (?:yes|yeah))*
"""
_THAT_IS_ME = r"""
    (?:(?:hi|hello|yes|yeah|yep|yup|okay|sure|<that_is_so>) )*
    +(?:this is (?:she|he|her|him|me|NAME)|speaking|(?:that|it) is (?:me|NAME)|i am NAME|NAME speaking)
    +(?: (?:yes|speaking|sir|madam|thanks|thank you|here|(?:that|it) is me|this is (?:she|he)|<that_is_so>))*
"""
_DENIES = r"""
    \b(?:i am|i is|this is|this was|i was)(?: (?:definitely|certainly|most|afraid|sorry|obviously|still))*
    + (?:not|never)(?: (?:called|named|even))* NAME<so>
    \bi am not (?:TITLED|(?:called|named) WORD)<stop>
    \bmy (?:name is|names) not (?:NAME|WORD)<so>
    \b(?:i am|this is|my name is) (?!not\b|sure\b)\w+(?: (?!not\b)\w+)? (?:and )?not NAME<so>
    \byou are not (?:speaking|talking) (?:to|with) NAME<so>
    \b(?:i am|this is) WHOSE <relative><there>
    \b(?:i am|this is) (?:the|a) <relative> of NAME<there>
"""
_REPORTED = r"""
    ^(?!(?:<lead> )*i (?:have |already |only )*(?:said|told you|am telling you|am saying|think
        |know)(?: that)? $)
    +.*\b(?:says?|said|saying|tells?|told|claim\w*|th(?:ink|inks|ought)|believe\w*|if|whether|why|because
        |since
        |never|pretend\w*|suppose|assum\w+|as though|knows?|imagine)\b(?!.*\b(?:but|well|no)\b).*$
"""
_WRONG_PERSON = r"""
    ^(?:<lead> )*(?:<think> )*(?:(?:you have|you have got|you got|this is|i am
        |you are (?:speaking|talking) (?:to|with)) )?(?:the |a )?wrong (?:person|caller|customer|woman|man
        |lady
        |guy|name)<stop>
    ^(?:<lead> )*(?:<think> )*(?:(?:that|this) is not my name|(?:that|this|it) is not (?:NAME|TITLED))<stop>
    ^(?:<lead> )*not (?:NAME|TITLED)<stop>
    ^(?:<lead> )*(?:<think> )*i am not (?:that person|this person|the person you (?:think|mean)
        |who you think)\b
    \b(?:i am|this is) (?:somebody|someone) else<stop>
    ^(?:<lead> )*(?:<think> )*you (?:have |are |must have |must be )*(?:mistak\w+|confus\w+
        |mix\w+) me (?:up )?
    +(?:for|with) (?:somebody|someone|another|her|him|NAME|TITLED)\b
    ^(?:<lead> )*who (?:on earth )?is (?:NAME|TITLED)(?: \?)*$
    ^(?:<lead> )*i do not know (?:any |an? |anyone called |anybody called |someone called )?(?:NAME
        |TITLED)<stop>
    \b(?:there is|you have|we have) no (?:NAME|TITLED) (?:here|at this)\b|^(?:<lead> )*(?:NAME
        |TITLED) here no$
    ^(?:<lead> )*(?:there is )?no (?:NAME|TITLED) here<stop>
    ^(?:<lead> )*(?:(?:NAME|TITLED) is|WHOSE) (?:not (?:here|in|at home|home|available)|my <relative>)
    +(?: (?:today|now|right now|at the moment))*<stop>
    ^(?:<lead> )*this is (?:her|his) <relative>(?: (?:here|speaking|calling))*$
"""
_STANDS_IN = r"""
    \b(?:she|he) is (?:not (?:here|in|at home|home|available)|out|away|asleep|sleeping|dead|deceased)\b
    \bwrong number\b
    \bi am (?:calling|speaking|phoning|ringing) (?:for|on behalf of) (?:NAME|TITLED|her|him|my)\b
    \bon (?:her|his) behalf\b
    ^(?:<lead> )*(?:i am|this is|it is) (?:her|his) <relative><there>
    ^(?:<lead> )*i am not (?:her|him|she|he|TITLED)<stop>
"""
_NO = r"""
    ^(?:<lead> )*(?:no|nope|nah|negative|not (?:quite|exactly))\b
    +(?! (?:problem|worries|need|doubt|trouble|bother|rush|hurry|matter|idea|clue|thanks?|that is (?:right
        |correct))\b)
    ^(?:<lead> )*(?:i am |it is |certainly |absolutely |definitely |of course |unfortunately )*not<stop>
    ^(?:<lead> )*i do not think so<stop>
"""
_OWN_NAME = r"^(?:<lead> )*(?:this is|i am|my (?:full |first )?(?:name is|names))\b"
_CORRECTS = r"""
    ^(?:<lead> )*my (?:full |first )?(?:name is|names)\b
"""
# "Ada, are you American?" - "No, I'm Canadian."
_CORRECTS_WITH_NO = r"""
    ^(?:<lead> )*(?:no|nope|i am not) (?:<lead> )*(?:this is|i am)\b
    ^(?:<lead> )*(?:sorry|i am sorry) (?:<lead> )*this is\b
"""
_NOT_ME = r"""
    ^(?:<lead> )*(?:<think> )*(?:(?:that|this) is )?not me<stop>
"""
_OFFERS = r"\b(?:help|assist|do for you)\b"


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
            hi|hello|hey|good (?:morning|afternoon|evening|day)|yes|yeah|yep|no|nope|okay|well|so|oh|sure
        |sorry
                |right
            correct|of course|exactly|thanks|thank you|and|but|speaking|there|hm|wait|excuse me|listen|look
                |again
            that is (?:right|correct|me)|it is me|i am (?:sorry|afraid)|haha
        """),
        "hello": alternatives(r"""
            hi|hello|hey|good (?:morning|afternoon|evening|day)|yes|yeah|yep|okay|well|so|oh|sure|sorry
                |right
            correct|of course|exactly|thanks|thank you|and|but|speaking|there|hm|wait|excuse me|listen|look
                |again
            that is (?:right|correct|me)|it is me|haha
        """),
        "think": "(?:i think|i believe|i am afraid|i am sorry|sorry|apparently|but|you know)",
        "relative": alternatives(r"""
            (?:\w+ )?(?:husband|wife|partner|mother|mum|mom|father|dad|sister|brother|son|daughter|friend
                |roommate
            nephew|niece|spouse|fiancee?|nurse|lawyer|flatmate|neighbou?r|assistant|secretary|carer
        |colleague|boyfriend|girlfriend|grand\w+|uncle|aunt
                |cousin)
        """),
        "end": r"(?: (?:now|today|here|there|right now|on the (?:line|phone)|speaking|right|correct|again"
        r"|calling"
        r"|by any chance|is that (?:right|correct)|please))*(?: \?)*$",
        # What a caller goes on with who has said the name: of themselves, and of nobody else.
        "after": r"(?: (?:here|speaking|calling|phoning|ringing|again|thanks|thank you))*(?:$| <mine>)",
        "there": r"(?:$| (?:here|speaking|calling|and|i am|but|on the (?:line|phone)|not|sorry)\b)",
        "stop": r"(?: (?:sorry|at all|i am (?:sorry|afraid)|though|thanks|thank you|anymore))*$",
        # THEN: by its writing another word than a surname.
        "so": r"(?:$| THEN(?! (?:who|which|with|and me)\b)| (?:i am|i have|this is|that is|it is|is that"
        r"|my|you|she"
        r"|he|her|his|but|and|so|sorry|at all|here|there|anymore|speaking|calling|no|please|thank|thanks"
        r"|though"
        r"|either|can|could|have|how|what|why|we|or)\b)",
        "that_is_so": "(?:it is|i am|you are|correct|that is (?:right|correct)|exactly|indeed)",
    }
    names["mine"] = (
        r"(?:and )?(?:i (?:have (?:an?|another|got)|had an?|am (?:calling|having)|was calling"
        r"|would like to|want(?:ed)? to|need(?:ed)? (?:to|help|some|an?|my|your)|ordered|placed)"
        r"|(?:about|regarding) my|(?:can|could|would) you help me)\b"
        r"(?!.*\b(?:she|he|her|his|him|hers|who|speak|talk|reach|behalf|looking|asking|waiting)\b)"
        r"(?!.*\b(?:about|for|to|with|of|from)$)"
    )
    names["after"] = names["after"].replace("<mine>", names["mine"])
    return IdentityWords(
        titles=word_set("mr mrs ms miss mister missus dr doctor professor prof sir madam"),
        name_words=word_set(
            """art april august autumn bill blue bob chase christian christmas dawn dean don drew faith
            frank gene german glen grant guy heath holly hope iris ivy jack jade jasmine jay jewel joy june
            lance lane lily marc mark mason max may melody miles mo nick noel olive pat penny
            pepper poppy ray rich rob robin rose ruby rusty sage sandy sky sonny sterling sue summer sunny
            sunday monday tuesday wednesday thursday friday saturday ty van violet wade will winter wren"""
        ),
        asks=compiled(_ASKS, names),
        says=compiled(_SAYS, names),
        yes=re.compile(alternatives(_YES, names)),
        that_is_me=re.compile(alternatives(_THAT_IS_ME, names)),
        denies=compiled(_DENIES, names),
        reported=compiled(_REPORTED, names)[0],
        wrong_person=compiled(_WRONG_PERSON, names),
        stands_in=compiled(_STANDS_IN, names),
        no=compiled(_NO, names),
        own_name=compiled(_OWN_NAME, names),
        corrects=compiled(_CORRECTS, names),
        corrects_with_no=compiled(_CORRECTS_WITH_NO, names),
        not_me=compiled(_NOT_ME, names),
        offers=re.compile(_OFFERS),
    )
