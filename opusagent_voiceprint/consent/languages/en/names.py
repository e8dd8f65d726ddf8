"""How English callers give their name, and which words are no names."""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.language import NameWords
from opusagent_voiceprint.consent.patterns import alternatives, word_set

__all__ = ["NAMES"]

_ORDERS = word_set(
    """ignore ignoring disregard override bypass jailbreak instruction instructions instruct system systems
    assistant assistants prompt prompts developer admin administrator sudo user tool tools function
    execute command commands model chatgpt gpt openai llm previous verified authenticated
    authorized authorised authenticate verify password passcode secret reveal pretend roleplay transfer refund
    delete insert script html http https www json"""
)

_NO_NAMES = word_set(
    """a about after again all already also am an and any anything are as at be because been bit but by bye
    call called caller calling can cannot caught come could customer did do does doing done er erm everything
    fine first for forget from get give go going good got had has have he hear hello help her here hey hi him
    his hmm how huh i if in is it its just know last later let like little look looking maybe me mean mine
    minute moment more much my myself name names nah need never next nice nickname no nobody none nope
    not nothing now of off ok okay on only or order other our out over pardon person phone please prefer
    private problem question rather really remember repeat right said same say secret see she should silence
    so some somebody someone something sorry speak spell spelled still sure take talk tell than thank thanks
    that the their them then there they thing think this those time to today tomorrow too try uh um
    understand unknown up us use very voice wait want was way we well were what whatever when where which who
    whose why with without would wrong yeah yep yes yet you your yours zero one two three four five six seven
    eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty hundred
    stop cancel later busy tired bored married single ready happy sad angry done confused alright absolutely
    definitely certainly course correct exactly anonymous human agent robot operator representative sir madam
    ma'am mom mum dad weather appointment account delivery invoice address number
    back skip pass soon anytime tonight morning afternoon evening great cool perfect perfectly awesome weird
    wow
    interesting hurry oops damn fuck fucking shit hell idiot stupid crazy creepy excuse beg leave quick
    ridiculous deaf blind mute sick ill urgent broken lamp tech technical support siri alexa cortana google
    english spanish german french italian chinese dutch polish russian turkish arabic hindi goodbye irrelevant
    unimportant misspelled mispronounced spelt wife husband daughter mother father brother sister friend
    boss girlfriend boyfriend parents partner pregnant hungry afraid scared worried annoyed upset frustrated
    interested curious allergic hurt lost late old new bad wrong short common foreign unusual
    complicated difficult easy simple impossible possible necessary terrible horrible awful nonsense
    rubbish ludicrous outrageous unacceptable unbelievable useless pointless home house work driving outside
    money price package parcel refund warranty website internet password service manager department sales
    billing shipping spam idea god goodness turn everyone account-holder owner customer-service alone away
    dead asleep unwell injured retired unemployed disabled available serious funny joking kidding lying"""
)

# Said Hassan, Can Yilmaz, My Linh: names when another name stands beside them and both are capitalised.
_NAMES_TOO = word_set("an said can my do see will so mine may in long her little")

_LEADING = word_set(
    "um umm uh er erm well oh ah yes yeah yep sure okay ok alright hi hello hey so please just"
)
_TRAILING = r"""
    please|thanks|thank you|speaking|here|sir|again|calling|for short|on the phone|will do
    with an? \w(?: and an? \w)*
    is (?:fine|good|okay|ok|my name|the name)|would be (?:fine|great)
"""
_YOU_CAN = {"you_can": "you (?:can|may|could) |please "}
_SAYS_NAME = r"""
    (?:my|the) (?:first |full |given |nick)?name(?: is|'s|s)|name's|i go by|i am called|i'm called
    (?:<you_can>|just |everyone |everybody |people |(?:my )?friends |they )*calls? me
    (?:<you_can>)*(?:remember|save|greet|address) me (?:as|by)
"""
_MAY_SAY_NAME = r"""
    it is|it's|its|i am|i'm|im|this is|that is|that's|thats|make it|how about
    (?:<you_can>|just )*(?:use|put|say|write)|(?:i |i'd |i would )prefer
"""

NAMES = NameWords(
    leading=_LEADING,
    trailing=alternatives(_TRAILING),
    says_name=alternatives(_SAYS_NAME, _YOU_CAN),
    may_say_name=alternatives(_MAY_SAY_NAME, _YOU_CAN),
    says_name_after=" is my name",
    bridges="(?:but|and|or|so)",
    repeats="(?:it's|its|it is|i'm|im|i am|that's|my name is)",
    refusals=word_set("not don't dont won't rather no"),
    no_answer=re.compile(r"\bspell(?:ed|t)\b"),
    no_names=_NO_NAMES,
    names_too=_NAMES_TOO,
    titles=frozenset({"mister"}),
    no_name=re.compile(r"^(?:i|it|that|what|who|you|we|they|he|she|there|let)'|\w's$"),
    # "It's ridiculous" by a recogniser that would have written "It's Ada".
    no_name_after_frame=re.compile(r"(?:ous|ful|less|tion|ible|ated|elled|ished|antly|ently|ness)$"),
    unsure_after_frame=re.compile("ing$"),
    orders=_ORDERS,
)
