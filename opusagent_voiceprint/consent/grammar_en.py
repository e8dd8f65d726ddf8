"""The grammar of consent in English.

Rules search words that :func:`prepare` made alike: contractions are written out ("dont", "don't" -> "do
not"), spellings are joined ("recognise" -> "recognize", "voice print" -> "voiceprint"). The yes is matched
against all words, the rest against words without fillers, stutters and "please".
"""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.interpret import Answer, Grammar, Rule
from opusagent_voiceprint.consent.withdrawal_en import STANDING_REFUSALS, UNLESS_AFTER, WITHDRAWALS

__all__ = ["build", "prepare", "thin"]

_NOT_BARE = "is was does did are were would could should has have had do must need"
_WRITTEN_OUT: tuple[tuple[str, str], ...] = (
    (r"\b(?:won't|wont)\b", "will not"),
    (r"\b(?:can't|cant|cannot)\b", "can not"),
    (rf"\b({_NOT_BARE.replace(' ', '|')})n't\b", r"\1 not"),
    (rf"\b({_NOT_BARE.replace(' ', '|')})nt\b", r"\1 not"),
    (r"\bain'?t\b", "is not"),
    (r"\b(?:i'm|im)\b", "i am"),
    (r"\b(i|you|we|they)'?ve\b", r"\1 have"),
    (r"\b(you|we|they)'re\b", r"\1 are"),
    (r"\byoure\b", "you are"),
    (r"\b(i|you|we|they|he|she|it)'ll\b", r"\1 will"),
    (r"\b(i|you|we|they|he|she)'d\b", r"\1 would"),
    (r"\bid (?=(?:like|rather|love|prefer|be)\b)", "i would "),
    (r"\b(it|that|what|how|who|where|why|he|she|there|here)'s\b", r"\1 is"),
    (r"\b(that|what|how|who|where|it)s\b", r"\1 is"),
    (r"'s\b", "s"),
    (r"\bwanna\b", "want to"),
    (r"\bgonna\b", "going to"),
    (r"\bdunno\b", "do not know"),
    (r"\bgotta\b", "have to"),
    (r"\brecogni[sz](e|es|ed|ing|able)\b", r"recogniz\1"),
    (r"\banaly[sz]ing\b", "analyzing"),
    (r"\b(un|de|re)? ?enrol(l?ed|ment|)\b", r"\1enroll\2"),
    (r"\benrolll(ed|ment)\b", r"enroll\1"),
    (r"\bvoice (?:finger ?)?(prints?)\b", r"voice\1"),
    (r"\bany (?:more|longer)\b", "anymore"),
    (r"\b(?:ok|okey|okie|kay)\b", "okay"),
    (r"\ball right\b", "alright"),
    (r"\bthankyou\b", "thank you"),
    (r"\bdo n't\b", "do not"),
    (r"^(?:uh uh|nuh uh|nu uh)$", "nope"),
)
_WRITTEN_OUT_RE = tuple((re.compile(found), written) for found, written in _WRITTEN_OUT)
_FILLERS = re.compile(
    r"\b(?:um+|uh+m?|er|erm|ah|oh|hmm+|please|just|kindly|actually|really|basically|honestly|simply|totally"
    r"|completely|fully|entirely|immediately|you know|i mean|like i said)(?: |$)"
)
_STUTTER = re.compile(r"\b((?:\w+ ){0,1}\w+)(?: \1\b)+")


def prepare(words: str) -> str:
    """Write contractions out and make spellings alike."""
    for found, written in _WRITTEN_OUT_RE:
        words = found.sub(written, words)
    return words


def thin(words: str) -> str:
    """Leave out fillers, and what was said twice in a row."""
    return _STUTTER.sub(r"\1", _FILLERS.sub("", words)).strip()


def _compiled(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


_NEVER = _compiled(
    r"^(?:no |nope |well |absolutely |okay )*never(?: ever)?(?: no| thanks| thank you)*$",
    r"\bnever (?:ever|again|ask|do (?:that|this|it)|remember me|recognize me|record|store|save|keep|in my life|will i|want"
    r"|consent|agree|would i|offer)\b",
    r"\bi (?:will|would|am) never\b(?! (?:sure|know|mind))",
    r"\bnot ever (?:ask|want|offer|do)\b|\bnot in a million years\b|\bover my dead body\b",
    r"\b(?:do|should|must|need) not (?:ever )?(?:ask|bother|offer|pester|bug) (?:me )?(?:(?:about )?(?:this|that|it) )?"
    r"(?:again|anymore|ever|next time|every time|in (?:the )?future)\b",
    r"\bdo not (?:ever )?ask me (?:that|this|about)\b",
    r"\b(?:stop|quit) (?:asking|bothering|pestering|bugging|offering)\b",
    r"\bno more (?:asking|questions about|of these questions)\b|\b(?:last time|stop it) asking\b",
)

_AGE = (
    r"(?:[1-9]|1[0-7]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    r"|sixteen|seventeen)"
)
_ONLY = r"(?:only |not even |still |almost |nearly |about to be )?"
_MINOR = _compiled(
    rf"\bi am {_ONLY}{_AGE} (?:years? old|and a half)\b",
    rf"\bi am {_ONLY}{_AGE}(?: yes| no| so| and| but| is that (?:okay|fine|alright).*|$)",
    rf"\bi am (?:only|not even) {_AGE}\b(?! (?:minutes?|hours?|miles?|days?|weeks?|months?|feet|foot|th)\b)",
    rf"\b(?:my age is|i will be|i turn|i am turning) {_ONLY}{_AGE}(?: (?:years old|in|next|this|tomorrow|soon)\b|$)",
    rf"\b{_AGE} years old\b(?= (?:and )?i\b)|^{_ONLY}{_AGE} years old",
    r"\bi am (?:a |still a |only a |an )?(?:kid|child|minor|little (?:girl|boy|kid)|under ?age|teenager|under (?:18|eighteen|age))\b",
    r"\bi am not (?:18|eighteen|an adult|a grown up|grown up|old enough|of age)\b",
    r"\bi am (?:in|only in) (?:the )?(?:\w+ grade|kindergarten|primary school|elementary school|middle school|grade \w+|year \w+ at school)\b",
    r"\b(?:ask|get|fetch|call|tell) (?:my |to my )?(?:mom|mum|mommy|mummy|dad|daddy|parents?|grown ?ups?|teacher)\b",
    r"\bmy (?:mom|mum|mommy|mummy|dad|daddy|parents?) (?:and dad |and mum |and mom )?"
    r"(?:is|are|said|says|say|told|do|does|will|would|wants?|lets?) (?:not (?:home|here|let|allow|want)|i (?:can|should|must|may) not|me not)",
    r"\bmy (?:mommy|mummy|daddy)\b|\bi am not allowed to\b",
)

_RELATIVE = (
    r"(?:husband|wife|partner|spouse|mother|father|mom|mum|dad|son|daughter|brother|sister|grandmother|grandfather"
    r"|grandma|grandpa|granny|uncle|aunt|cousin|boss|friend|girlfriend|boyfriend|neighbou?r|client|colleague"
    r"|roommate|fianc[eé]e?|in law|employer|patient|parents|family)"
)
_SOMEONE = rf"(?:(?:my|his|her|their|our|a|the) (?:\w+ )?{_RELATIVE}|him|her|them|someone|somebody|another person|other people)"
_THIRD_PARTY = _compiled(
    rf"\b(?:calling|call|called|speaking|speak|phoning|ringing|answering|asking|here|talking) (?:for|on behalf of|in the name of|in place of) {_SOMEONE}\b",
    r"\bon (?:his|her|their|someone elses|somebody elses|another persons) behalf\b|\bon behalf of\b(?! of (?:my|the) company)",
    rf"\bmy {_RELATIVE} (?:\w+ ){{0,2}}?(?:said|says|agreed|agrees|consents|consented|wants|would like|would say|would agree|told (?:me|you)|already said)\b",
    r"\b(?:he|she|they) (?:said|says|agrees|agreed|consents|consented|would say) (?:yes|it is|that is|okay|fine|to|sure)\b",
    rf"\b(?:ask|check with|talk to|speak (?:to|with)|hand you (?:over )?to|pass you (?:over )?to|put you (?:on|through) to|get|give you) (?:my|his|her) {_RELATIVE}\b",
    r"\bi am (?:his|her|their|the) (?:assistant|secretary|carer|caregiver|wife|husband|son|daughter|mother|father|nurse"
    r"|helper|interpreter|translator|lawyer|babysitter|nanny|partner|friend|sister|brother|attorney)\b",
    r"\b(?:i am|this is) (?:\w+s|\w+ s) (?:assistant|secretary|carer|caregiver|wife|husband|nurse|interpreter)\b",
    r"\bi am not the (?:account ?holder|customer|caller|owner|person|one (?:who|you))\b",
    rf"\b(?:this|it) is (?:not my (?:phone|number|account)|my {_RELATIVE}s (?:phone|number|account|line))\b",
    r"\bnot my (?:own )?(?:phone|account|number)\b|\bsomeone elses (?:phone|account)\b",
    r"\b(?:you are|we are|i have you) on (?:the )?(?:speaker|speakerphone|loudspeaker)\b",
    r"\bthere (?:is|are) (?:two|three|several|other|more) (?:of us|people|persons)\b",
    r"\bi am (?:only |)(?:the )?(?:interpreting|translating) for\b",
)

_SAY_NO_TO = (
    r"(?:want|like|agree|consent|accept|wish|need|think so|feel|trust|remember|recognize|store|save|record|keep|use|identify"
    r"|track|collect|do (?:that|this|it)|have (?:my|a|that)|allow|permit|authorize|give|believe in|approve|ask|bother|you dare|even"
    r"|go ahead|know me|let|greet|make|create|take|say yes|said yes|mean yes|appreciate|see the (?:point|need)|care for|listen)"
)
_NO_THING = (
    r"(?:problem|problems|objections?|idea|time|worries|worry|clue|matter|longer|one|doubt|hurry|rush|bother|issue|issues"
    r"|trouble|need to (?:apologi[sz]e|worry|rush)|big deal|further questions?|difference|preference)"
)
_NO = _compiled(
    rf"(?<!have )(?<!has )(?<!had )(?<!got )(?<!is )(?<!are )(?<!with )(?<!number )\bno\b(?! {_NO_THING}\b)",
    r"\b(?:have|got|is) no (?:interest|wish|desire|intention|need|use|reason|consent)\b",
    r"\b(?:nope|nah|naw|nay|negative|nuh|noway)\b",
    r"\bno way\b|\bno need\b(?! to (?:apologi|worry|rush))",
    r"(?<!why )(?<!or )\bnot$",
    r"^not? (?:thanks|thank you|for me|me|interested|necessary|needed|at all|a chance|in the slightest|particularly|especially)\b",
    rf"\b(?:do|will|would|can|could|should|must|did) not (?:\w+ly |ever |even |think (?:i|you|we) (?:\w+ )?|believe i |think that i )?{_SAY_NO_TO}\b",
    r"\b(?:am|is|are|was) not (?:interested|comfortable|okay|happy|keen|willing|going to|saying|agreeing|consenting|giving"
    r"|at all|for me|fine|alright|ready to|a yes|doing|having|in favou?r|allowed|permitted|cool|acceptable|necessary)\b",
    r"\b(?:absolutely|certainly|definitely|of course|course|rather|better|probably|preferably) not\b",
    r"\b(?:would|will|had|do) (?:much )?rather (?:you )?(?:not|did not|do not|stay|remain)\b|\bprefer (?:you )?(?:not|that you do not|to stay|to remain)\b",
    r"\bdo not (?:you dare|bother|do)\b|\bdo not$|^do not\b(?! (?:know|understand|mind|hear|worry|care|forget|hang|delete|erase|remove|get))",
    r"\b(?:refuse|decline|object|disagree|reject|deny)\b(?! to comment)",
    r"\b(?:i will |i would |hard |gonna )pass\b|^pass$|\bskip (?:it|that|this)\b|\bleave (?:it|me alone|me out)\b|\bcount me out\b",
    r"\bnone of your\b|\bmind your own\b|\bforget (?:it|that)\b|^never ?mind\b|\bi am (?:against|opposed)\b|\bthumbs down\b",
    r"\b(?:not|never) (?:say|said|saying|mean|meant|a|give you a) yes\b|\bnot yes\b|\byes not\b",
    r"\bthe answer is no\b|\bi changed my mind$|\bi have changed my mind$|\bkeep your hands off\b",
    r"^(?:stop|stop it|stop that|stop this|cut it out|get lost|go away|piss off|fuck off|screw you|creepy|that is creepy)\b",
    r"\bi am (?:good|okay|fine|alright) (?:thanks|thank you)$",
)

_NOT_NOW = _compiled(
    r"\bnot (?:right |for )?now\b|\bnot (?:today|tonight|yet|this time|this minute|at this (?:time|moment|point)|at the moment|for the moment|this call)\b",
    r"\b(?:some other|another|a different) (?:time|day|call)\b|\bnext (?:time|call)\b(?! (?:i|we|you) )",
    r"\b(?:maybe|perhaps|possibly|probably|do (?:it|that|this)|ask(?: me)?(?: again)?|call(?: me)?|try|yes|yeah|but|sure) later\b|^later\b",
    r"\bask (?:me )?(?:again )?(?:tomorrow|next|another|some other|when)\b|\bin a (?:hurry|rush|meeting)\b",
    r"\b(?:no|not have|not have the|not got|not much|not enough|not have any) time\b",
    r"\b(?:let me|i will|i need to|i have to|i want to|i would like to|have to|need to|like to) (?:first )?(?:think|sleep) (?:about|on|it over)\b",
    r"\b(?:need|want|give me) (?:some |more |a little |a bit of )*time (?:to think|to decide)\b|\bi am (?:too |very |a bit |so )?busy\b",
    r"\bcome back to (?:that|this|it)\b|\bafter (?:this|the|my) (?:call|question|problem)\b",
)

_EXPLAIN = _compiled(
    r"\bwhat (?:is|are|was) (?:(?:a|an|the|this|that|my|your) )?(?:voiceprints?|voice \w+|biometrics?|that (?:for|about|mean|supposed)|this (?:for|about|all about)"
    r"|it for|data|purpose|point|catch|benefit|difference|that then|a voice)\b",
    r"\bwhat is (?:that|this|it)\b(?! number| address| again)|\bwhat (?:the (?:hell|heck|fuck) )?is (?:that|this)\b",
    r"\bwhat (?:do|does|did|would|will) (?:you|it|that|this) (?:mean|do|use|store|keep|need|want|save|involve|entail|record)\b",
    r"\bwhat (?:for|kind|sort|type|happens|data|if|about my|good is)\b|^(?:\w+ )?what (?:voiceprint|voice|biometric|data)\b",
    r"^why\b(?! not\b)|\bwhy(?: \?)?$|\bwhy (?:do|would|are|is|should|does|need|me|my|would you)\b(?! not\b)",
    r"\bhow (?:long|does|do|will|would|safe|secure|is|are|can|come|exactly|so|to)\b",
    r"\bwho (?:has|gets|can|will|sees|is|are|has access|else|would)\b|\bwhere (?:is|are|do|does|will) (?:it|you|my|that|this|the data)\b",
    r"\b(?:is|are|will) (?:it|that|this|my (?:data|voice)|you) (?:\w+ )?(?:safe|secure|free|private|legal|recorded|recording|stored|optional|mandatory"
    r"|required|necessary|sold|shared|encrypted|a robot|an ai|real|compulsory|gdpr)\b",
    r"\bdo i (?:have|need|get) to\b|\bmust i\b|\bcan i (?:\w+ )?(?:delete|say no|stop|change|undo|remove|withdraw|opt|refuse)\b",
    r"\bdo you (?:sell|share|record|store|keep|save|use|delete|ever|give|erase|listen)\b",
    r"\b(?:explain|elaborate|clarify)\b|\btell me (?:more|about|what|how|why)\b|\bmore (?:information|info|details?|about (?:that|this|it))\b",
    r"\b(?:do not|did not|not) (?:quite )?(?:understand|get (?:it|that|what|this)|know what (?:that|this|it|you|a)|follow)\b|\bno idea what\b",
    r"\bwhat you mean\b|\bmeaning what\b|\bi have (?:a |some |one )?questions? (?:about|first|on)\b|\bnever heard of\b",
    r"\bhow (?:do|can|could|would|should) i (?:delete|erase|remove|stop|withdraw|cancel)\b",
)

_REPEAT = _compiled(
    r"^(?:sorry |i am sorry |pardon |excuse me |okay )*(?:what|pardon(?: me)?|huh|come again|excuse me|sorry|eh|say what)(?: (?:sorry|pardon|what|me))*(?: \?)*$",
    r"\b(?:say|ask|read|tell me|give me|put) (?:that|it|this|the question|the last part)(?: (?:one|once))?(?: more(?: time)?| again)\b",
    r"\b(?:say|ask|tell me) again\b|\b(?:once|one) more(?: time)?\b|\bsay that\b(?=(?: \?)*$)",
    r"\brepeat (?:that|it|this|yourself|the|please|what)\b|\brepeat(?: \?)*$|\bcome again\b|\bbeg your pardon\b",
    r"\b(?:did|do|can|could) not (?:quite |really )?(?:hear|catch|make out|get)\b|\bnot (?:hear|catch)\b|\bmissed (?:that|it|what|the)\b",
    r"\bwhat (?:did|do|have) you (?:just )?(?:say|said|ask|asked|saying)\b|\bwhat (?:are|were) you (?:saying|asking)\b",
    r"\bwhat was (?:that|the question|it|this)\b|\bwhat is the question\b|\bwhat question\b",
    r"\bbreaking up\b|\bspeak (?:up|louder|slower|more slowly)\b|\b(?:louder|slower|more slowly)\b|\bbad (?:line|connection|reception)\b",
)

_ACTION = (
    r"(?:(?:remember|recognize|greet|know) (?:me|my voice)(?: by (?:my )?(?:voice|name))?"
    r"|(?:store|save|keep|make|create|use) (?:it|that|my voice|(?:my|a|the) voiceprint)"
    r"|do (?:that|it|so))(?: again)?(?: (?:next time|when i call(?: again| back| next time)?))?"
)
_AGREED = r"(?:okay|fine|alright|good|great|perfectly fine|totally fine|no (?!)|fine (?:with|by) me|okay (?:with|by) me)"
_CORE = (
    r"(?:yes|yep|yup|yea|yeah(?! yeah)|absolutely|definitely|certainly|of course|by all means|please do|i do"
    r"|(?:yes )?(?:sure|please) go (?:right )?ahead|go (?:right )?ahead please|(?:please )?go ahead and " + _ACTION + r"|i (?:do |fully |hereby )*(?:agree|consent|accept)(?: to (?:that|this|it))?"
    r"|i (?:do |hereby )?give (?:you )?my (?:full |express )?(?:consent|permission)|you have my (?:full |express )?(?:consent|permission)"
    r"|you (?:may|can) " + _ACTION + r"|you may|please " + _ACTION + r"|i (?:would like|want|would love|agree|consent|am happy)(?: for)?(?: you)? to "
    r"(?:be (?:remembered|recognized)|" + _ACTION + r")|i would (?:like|love) (?:that|to)|(?:my|the) answer is (?:a )?yes|(?:that|it) is a yes)"
)
_TAIL = (
    r"(?:please|thanks|thank you(?: very much| so much)?|and thank you|sir|ma'?am|madam|sure|okay|alright|fine|go (?:right )?ahead"
    r"|um+|uh+m?|er|erm|ah|oh|you (?:may|can)|(?:that|it) is " + _AGREED + r"|(?:that|it) would be (?:great|nice|lovely|fine|good|helpful|wonderful|okay|perfect)"
    r"|do|do so|" + _ACTION + r"|i would|i said yes|for sure|indeed|feel free|happy to|with pleasure|from me|very much|sounds good"
    r"|i am (?:okay|fine|happy|good|comfortable) with (?:that|it|this))"
)
_LEAD = r"(?:um+|uh+m?|er|erm|ah|oh|well|okay|sure|alright|please|thank you|thanks)"
_YES = re.compile(rf"(?:{_LEAD} )*{_CORE}(?: (?:{_CORE}|{_TAIL}))*")

_EMERGENCY = re.compile(
    r"(?<!not )(?<!not that )(?<!not very )\burgent(?:ly)?\b|(?<!no )(?<!not an )\bemergenc(?:y|ies)\b|\bambulance\b|\bparamedics?\b|\bpolice\b"
    r"|(?<!amazon )\b(?:fire|fires)\b(?! (?:tv|stick|tablet|hd|pit|pits|place|wall|walls|works|fox|sale|sticks|tablets))|\bon fire\b|\bburning\b|\bsmoke\b"
    r"|(?<!you )(?<!they )(?<!to )(?<!will )\bhelp me\b(?! (?:with|find|to|out with|understand|change|set|book|check|get (?!out|an)|cancel|pay|order|make|track|log|reset|choose|fix|update))"
    r"|\bhelp help\b|^help$|\bneed help (?:now|right now|fast|immediately)\b|\bsend (?:help|someone)\b"
    r"|\b(?:stolen|robbed|mugged|burgled|burglar|burglary|robbery|theft|intruder|kidnapped|raped?|assault(?:ed)?|attack(?:ed|ing)?|stabbed|shot|shooting|gun|knife)\b"
    r"|\bbreak in\b|\bbroken into\b|\bbroke into\b|\bheart attack\b|\bstroke\b|\bchest pains?\b|\bcan not breathe\b|\b(?:not|stopped) breathing\b|\bbleeding\b"
    r"|\bunconscious\b|\bpassed out\b|\bcollapsed\b|\boverdosed?\b|\bpoison(?:ed|ing)?\b|\bsuicid(?:e|al)\b|\bkill (?:myself|me|him|her)\b|\bwant to die\b|\bdying\b"
    r"|\bseizure\b|\bchoking\b|\bdrown(?:ing|ed)\b|\baccident\b|\bcar crash\b|\bgas leak\b|\bsmell gas\b|\bflood(?:ed|ing)\b|\bburst pipe\b|\bpipe burst\b"
    r"|\bthreaten(?:ed|ing)?\b|\bin danger\b|\blife or death\b|\b(?:911|999|112)\b|\bhacked\b|\bfraud(?:ulent)?\b|\bscammed\b|\bexplo(?:sion|ded)\b"
)


def build() -> Grammar:
    """The English grammar, in its order of precedence."""
    return Grammar(
        prepare=prepare,
        thin=thin,
        rules=(
            Rule(Answer.WITHDRAW, WITHDRAWALS, UNLESS_AFTER),
            Rule(Answer.NEVER, _NEVER),
            Rule(Answer.MINOR, _MINOR),
            Rule(Answer.THIRD_PARTY, _THIRD_PARTY),
            Rule(Answer.NO, _NO),
            Rule(Answer.NOT_NOW, _NOT_NOW),
            Rule(Answer.EXPLAIN, _EXPLAIN),
            Rule(Answer.REPEAT, _REPEAT),
        ),
        unasked=Rule(Answer.WITHDRAW, STANDING_REFUSALS, UNLESS_AFTER),
        yes=_YES,
        emergency=_EMERGENCY,
    )
