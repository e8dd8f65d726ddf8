"""What the agent says about being remembered: the question, the explanation, and the rest of the dialogue."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import unicodedata

from pydantic import BaseModel, ConfigDict, Field, field_validator

__all__ = ["ConsentScript", "default_script", "english_script", "matches_script", "retention_in_words"]

WORDING_VERSION = "2"

_NAME = "{name}"
_DAYS_A_YEAR = 365


class ConsentScript(BaseModel):
    """The sentences of the consent dialogue in one language.

    ``question`` and ``ask_memory`` are what consent is given to; they, the ``explanation`` and the
    reprompts end in a question that yes or no answers. ``{name}`` in ``enrolled_named`` is the caller's.
    ``covers_later_calls`` says that the question is about voiceprints of later calls too: without it none is
    added to the first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str = Field(min_length=1, max_length=40)
    language: str = Field(min_length=2, max_length=35)
    question: str = Field(max_length=600)
    explanation: str = Field(max_length=1000)
    reprompt: str = Field(max_length=600)
    ask_name: str = Field(max_length=600)
    ask_name_again: str = Field(max_length=600)
    keep_talking: str = Field(max_length=600)
    poor_line: str = Field(max_length=600)
    enrolled_named: str = Field(max_length=600)
    enrolled_unnamed: str = Field(max_length=600)
    ask_memory: str = Field(max_length=600)
    memory_reprompt: str = Field(max_length=600)
    memory_granted: str = Field(max_length=600)
    memory_declined: str = Field(max_length=600)
    memory_failed: str = Field(max_length=600)
    declined: str = Field(max_length=600)
    never_again: str = Field(max_length=600)
    withdrawn: str = Field(max_length=600)
    withdrawal_noted: str = Field(max_length=600)
    withdrawal_pending: str = Field(max_length=600)
    withdrawal_suspended: str = Field(max_length=600)
    failed: str = Field(max_length=600)
    two_voices: str = Field(max_length=600)
    agents_voice: str = Field(max_length=600)
    third_party: str = Field(max_length=600)
    minor: str = Field(max_length=600)
    withdrawn_in_part: str = Field(max_length=600)
    covers_later_calls: bool = False

    @field_validator("*", mode="after")
    @classmethod
    def _says_something(cls, value: str | bool) -> str | bool:
        if isinstance(value, bool):
            return value
        text = " ".join(unicodedata.normalize("NFC", value).split())
        if not text:
            raise ValueError("must not be blank: the agent would say nothing")
        return text

    @property
    def hash(self) -> str:
        """SHA-256 over every word of the script, in hexadecimal: what a consent record points to."""
        canonical = json.dumps(self.model_dump(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode("utf-8")).hexdigest()

    def enrolled(self, name: str | None) -> str:
        """The sentence that says the voice is known now, with the caller's name if there is one."""
        return self.enrolled_named.replace(_NAME, name) if name else self.enrolled_unnamed


def default_script(language: str, organization: str, retention_days: int) -> ConsentScript | None:
    """The script of a language, or None if there is none; then nobody is asked in it.

    :param organization: who remembers; "we" and "us" make the agent speak of itself.
    :param retention_days: days without a call after which everything is deleted.
    """
    if language.replace("_", "-").split("-", 1)[0].lower() != "en":
        return None
    return english_script(organization, retention_days)


def english_script(organization: str, retention_days: int) -> ConsentScript:
    """The English script; for the arguments see :func:`default_script`."""
    organization = " ".join(organization.split())
    who = "we" if organization.lower() in ("we", "us", "") else organization
    kept = retention_in_words(retention_days)
    return ConsentScript(
        version=WORDING_VERSION,
        covers_later_calls=True,
        language="en",
        question=(
            f"May {who} keep your voiceprint from your calls, biometric data, not a recording, to recognise "
            f"and greet you next time? It's optional, changes nothing else, is deleted after {kept} without "
            "calls, or whenever you say 'forget my voice'. Yes or no?"
        ),
        explanation=(
            "A voiceprint is a row of numbers worked out from how you sound, on this call and on some of the "
            "next, so that I know you on other phones too. It is biometric data, and it is used for one "
            "thing: to recognise you when you call again, and to greet you. Your words are not in it, and it "
            "proves nothing about who you are. If you say no, nothing else changes. It is "
            f"deleted after {kept} without calls, or whenever you say 'forget my voice'. May {who} keep it? "
            "Yes or no?"
        ),
        reprompt=(
            f"Sorry, for this I need a clear answer. May {who} keep your voiceprint to recognise and greet "
            "you next time? Please say yes or no."
        ),
        ask_name="Thank you. What name should I use for you?",
        ask_name_again="Sorry, I didn't catch the name. What should I call you?",
        keep_talking="Thank you. Please tell me in a sentence or two what you are calling about.",
        poor_line="Thank you. The line is poor so far. Please tell me in a sentence or two what it is about.",
        enrolled_named="Thank you, {name}. I will know your voice next time.",
        enrolled_unnamed="Thank you. I will know your voice next time.",
        ask_memory=(
            f"May {who} also keep short notes of what you call about, so that you needn't explain it again? "
            f"It's optional, changes nothing else, and they are deleted after {kept} without calls, or "
            "whenever you say 'forget me'. Yes or no?"
        ),
        memory_reprompt=(
            f"Sorry, may {who} keep short notes of what you call about, until you say 'forget me'? "
            "Please say yes or no."
        ),
        memory_granted="Thank you, I will keep notes of what we talk about. How can I help you?",
        memory_declined="All right, I will not keep notes. How can I help you?",
        memory_failed="I'm sorry, that did not work, so I will not keep notes. How can I help you?",
        declined="All right, I will not keep your voiceprint. Nothing else changes.",
        never_again="All right, I will not keep your voiceprint, and I will not ask you again.",
        withdrawn="Done. Your voiceprint and everything kept about you are deleted.",
        withdrawn_in_part=(
            "Your voiceprint and everything kept with it are deleted. There is an older record under this "
            "number that I cannot compare with your voice; I have noted it for review."
        ),
        withdrawal_noted=(
            "I don't recognise your voice so far. If I do on this call, everything kept about you is deleted "
            "at once. Your voice is not kept."
        ),
        withdrawal_pending=(
            "I have stopped recognising you. The deletion did not go through just now, and will be tried "
            "again."
        ),
        withdrawal_suspended=(
            "I don't recognise your voice so far. I have stopped recognising anybody from this number, and "
            "your request is noted for review. If I recognise you on this call, everything kept about you is "
            "deleted at once."
        ),
        failed="I'm sorry, that did not work, and nothing was kept. Let's go on.",
        two_voices="I'm sorry, I heard more than one voice, so nothing was kept. Let's go on.",
        agents_voice="I'm sorry, I heard mostly my own voice on the line, so nothing was kept. Let's go on.",
        third_party="I can only ask people for their own voice, so I will keep nothing. Let's go on.",
        minor="I only ask adults about this, so I will keep nothing. Let's go on.",
    )


def retention_in_words(days: int) -> str:
    """A number of days as it is spoken: "a year", "two years", "ninety days", "182 days"."""
    years, rest = divmod(days, _DAYS_A_YEAR)
    if years and not rest:
        return "a year" if years == 1 else f"{_spoken(years)} years"
    return "one day" if days == 1 else f"{_spoken(days)} days"


def matches_script(spoken: str, script_text: str) -> bool:
    """Whether a transcript of the agent says all that the script says.

    Case, punctuation, digits for number words and a recogniser's slips in single words are forgiven. Not
    forgiven: less than nine tenths in common, anything missing from the last clause, a word of content left
    out or put in another's place, or a "not" too many or too few.
    """
    said, wanted = _words(spoken), _words(script_text)
    if not wanted or len(said) > 3 * len(wanted):
        return said == wanted
    compared = difflib.SequenceMatcher(None, wanted, said, autojunk=False)
    if compared.ratio() < 0.9 or _negations(said) != _negations(wanted):
        return False
    tail = len(wanted) - _last_clause(script_text)
    for kind, start, end, said_start, said_end in compared.get_opcodes():
        if kind in ("equal", "insert"):
            continue
        ours, theirs = "".join(wanted[start:end]), "".join(said[said_start:said_end])
        if end > tail and ours != theirs:
            return False
        slip = difflib.SequenceMatcher(None, ours, theirs, autojunk=False).ratio() >= 0.6
        if not slip and any(word not in _SMALL_WORDS for word in wanted[start:end]):
            return False
    return True


_UNITS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NUMBERS = {
    **{word: str(value) for value, word in enumerate(_UNITS)},
    **{word: str(10 * value) for value, word in enumerate(_TENS, 2)},
}
_NEGATIONS = frozenset({"no", "not", "nothing", "never", "without", "none", "nor", "neither"})
_SMALL_WORDS = frozenset(
    {"a", "an", "the", "and", "or", "to", "of", "in", "on", "at", "it", "is", "your", "you", "i"}
    | {"will", "for"}
)


def _spoken(number: int) -> str:
    if number < len(_UNITS):
        return _UNITS[number]
    if number < 100 and number % 10 == 0:
        return _TENS[number // 10 - 2]
    return str(number)


def _words(text: str) -> list[str]:
    text = unicodedata.normalize("NFKC", text).casefold()
    # Contractions first, so that "it's" and "it is", "don't" and "do not" are the same words.
    text = re.sub(r"\b(it|that|let|what|there)['\u2019]s\b", r"\1 is", text)
    text = re.sub(r"n['\u2019]t\b", " not", re.sub(r"['\u2019]ll\b", " will", text))
    words = re.findall(r"[^\W_]+", text.replace("isation", "ization"))
    return [_NUMBERS.get(word, word) for word in words]


def _negations(words: list[str]) -> list[str]:
    return [word for word in words if word in _NEGATIONS]


def _last_clause(script_text: str) -> int:
    """How many words the last clause has; one of less than four words takes the clause before with it."""
    clauses = [len(_words(clause)) for clause in re.split(r"[.,;:?!]+", script_text)]
    count = 0
    for clause in reversed(clauses):
        count += clause
        if count >= 4:
            break
    return count
