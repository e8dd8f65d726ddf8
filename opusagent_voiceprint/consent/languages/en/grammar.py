"""The grammar of consent in English: how words are prepared, what a yes is, and the order of the rules.

Contractions are written out ("dont", "don't" -> "do not") and spellings joined ("recognise" -> "recognize",
"voice print" -> "voiceprint"). The yes is matched against all the words; the rules that search see them
without fillers, stutters and "please", which stays where it makes a request of a question.
"""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.grammar import Grammar
from opusagent_voiceprint.consent.languages.en.answers import answers, emergency
from opusagent_voiceprint.consent.languages.en.holds import holds, no_holds_after
from opusagent_voiceprint.consent.languages.en.requests import no_requests_after, requests
from opusagent_voiceprint.consent.languages.en.withdrawal import (
    standing_refusals,
    withdrawals,
    withdrawals_while_asked,
)
from opusagent_voiceprint.consent.patterns import alternatives

__all__ = ["build"]

_NEGATED = "is|was|does|did|are|were|would|could|should|has|have|had|do|must|need"
_WRITTEN_OUT: tuple[tuple[str, str], ...] = (
    (r"\bwon'?t\b", "will not"),
    (r"\b(?:can'?t|cannot)\b", "can not"),
    (rf"\b({_NEGATED})n'?t\b", r"\1 not"),
    (r"\bain'?t\b", "is not"),
    (r"\bi'?m\b", "i am"),
    (r"\b(i|you|we|they)'?ve\b", r"\1 have"),
    (r"\b(you|we|they)'re\b|\b(you)re\b", r"\1\2 are"),
    (r"\b(i|you|we|they|he|she|it)'ll\b", r"\1 will"),
    (r"\byoull\b", "you will"),
    (r"\bill (?=(?:pass|think|do|let|ask|call|say|have|take|sleep|be|hand)\b)", "i will "),
    (r"\b(i|you|we|they|he|she)'d\b", r"\1 would"),
    (r"\bid (?=(?:like|rather|love|prefer|be)\b)", "i would "),
    (r"\b(it|that|what|how|who|where|why|he|she|there|here)'s\b", r"\1 is"),
    (r"\b(that|what|how|who|where|it)s\b", r"\1 is"),
    (r"'s\b", "s"),
    (r"\bwanna\b", "want to"),
    (r"\bgonna\b", "going to"),
    (r"\bdunno\b", "do not know"),
    (r"\bgotta\b", "have to"),
    (r"\brecogni[sz](e|es|ed|ing)\b", r"recogniz\1"),
    (r"\banalys(e|ing)\b", r"analyz\1"),
    (r"\b(?:un|de|dis) enrol", "unenrol"),
    (r"\b(un)?enroll?(ed|ment|)\b", r"\1enroll\2"),
    (r"\bvoice (?:finger ?)?(prints?)\b", r"voice\1"),
    (r"\bany (?:more|longer)\b", "anymore"),
    (r"\b(?:ok|okey|okie|kay)\b", "okay"),
    (r"\ball right\b", "alright"),
    (r"\bthankyou\b", "thank you"),
    (r"\bfor get (?=(?:my|me|about|the|all|everything)\b)", "forget "),
    (r"\b(forget|delete|erase|remove) my vice\b(?! president)", r"\1 my voice"),
    (r"^(?:uh uh|nuh uh|nu uh)$", "nope"),
)
_FILLERS = r"""
    um+|uh+m?|er|erm|ah|oh|hmm+|just|kindly|actually|really|basically|honestly|simply|totally|completely
    fully|entirely|immediately|you know|i mean|like i said
    (?<!be deleted )(?<!be erased )(?<!be removed )please
"""

_ACTION = r"""
    (?:remember|recognize|greet|know) (?:me|my voice)(?: by (?:my )?(?:voice|name))?<next_time>
    (?:store|save|keep|use) (?:it|that|my voice|(?:my|a|the) voiceprint)
    (?:make|create) (?:my|a|the) voiceprint
    do (?:that|it|so)
"""
_CORE = r"""
    yes|yep|yup|yea|yeah(?! yeah)|absolutely|definitely|certainly|of course|by all means|please do
    (?:sure|please) go (?:right )?ahead|go (?:right )?ahead please|(?:please )?go ahead and <action>
    i (?:do |fully |hereby )*(?:agree|consent|accept)(?: to (?:that|this|it))?
    i (?:do |hereby )?give (?:you )?my (?:full |express )?(?:consent|permission)
    you have my (?:full |express )?(?:consent|permission)
    you (?:may|can) <named_action>|you may|please <named_action>
    i (?:would like|want|would love|agree|consent|am happy)(?: for)? you to <action>
    i (?:would like|want|would love|agree|consent|am happy) to be (?:remembered|recognized)
    i would (?:like|love) that|(?:my|the) answer is (?:a )?yes|(?:that|it) is a yes
"""
_TAIL = r"""
    please|thanks|(?:and )?thank you(?: very much| so much)?|sir|ma'?am|madam|sure|okay|alright|fine
    go (?:right )?ahead|you (?:may|can)|i do|do|do so|<action>|i would|i said yes|for sure|indeed
    feel free|happy to|with pleasure|from me|very much|sounds good
    (?:that|it) is (?:perfectly )?(?:okay|fine|alright|good|great)(?: (?:with|by) me)?
    (?:that|it) would be (?:great|nice|lovely|fine|good|helpful|wonderful|okay|perfect)
    i am (?:okay|fine|happy|good|comfortable) with (?:that|it|this)
"""


def _prepare(words: str, written_out: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    for found, written in written_out:
        words = found.sub(written, words)
    return words


def _yes() -> re.Pattern[str]:
    names = {
        "next_time": "(?: again| next time| when i call(?: again| back| next time)?)?",
        # "Oh, yes" may be meant; "oh yeah", "oh sure" and "oh of course" seldom are.
        "hesitation": "(?:um+|uh+m?|er|erm|ah|oh(?= (?:yes|i)\\b))",
    }
    names["action"] = alternatives(_ACTION, names)
    # "You can keep it" without a yes is how people turn something down, or talk of a lamp.
    names["named_action"] = f"(?!(?:store|save|keep|use) (?:it|that)\\b){names['action']}"
    core, tail = alternatives(_CORE, names), alternatives(_TAIL, names)
    lead = alternatives("<hesitation>|well|okay|sure|alright|please|thank you|thanks", names)
    return re.compile(rf"(?:{lead} )*{core}(?: (?:{core}|{tail}))*")


def build() -> Grammar:
    """Compile the English grammar."""
    written_out = tuple((re.compile(found), written) for found, written in _WRITTEN_OUT)
    fillers = re.compile(rf"\b{alternatives(_FILLERS)}(?: |$)")
    stutter = re.compile(r"\b((?:\w+ )?\w+)(?: \1\b)+")
    return Grammar(
        prepare=lambda words: _prepare(words, written_out),
        thin=lambda words: stutter.sub(r"\1", fillers.sub("", words)).strip(),
        withdrawals=withdrawals(),
        withdrawals_while_asked=withdrawals_while_asked(),
        standing_refusals=standing_refusals(),
        rules=answers(),
        yes=_yes(),
        emergency=emergency(),
        requests=requests(),
        no_requests_after=no_requests_after(),
        holds=holds(),
        no_holds_after=no_holds_after(),
    )
