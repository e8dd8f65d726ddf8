"""Notes of one call in the caller's own words: the sentences that carry the request, and a few facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from opusagent_voiceprint.memory.facts import facts_in
from opusagent_voiceprint.memory.notes import MAX_FACT_CHARACTERS, MAX_SUMMARY_CHARACTERS
from opusagent_voiceprint.memory.sensitive import SENSITIVE
from opusagent_voiceprint.memory.text import clean_text, shorten, without_secrets
from opusagent_voiceprint.models import CallNotes

__all__ = ["default_notes"]

MAX_FACTS = 5
MAX_SUMMARY_SENTENCES = 2

_MAX_SENTENCES = 200
_MAX_SENTENCE = 400
_CALLER = "caller"

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_ABBREVIATION = re.compile(r"\b(Mr|Mrs|Ms|Dr|St)\.\s", re.IGNORECASE)

_OPENING = re.compile(
    r"^(?:(?:um+|uh+|er|well|so|okay|ok|yes|yeah|no|oh|hi|hello|hey|good (?:morning|afternoon|evening)"
    r"|thanks|thank you(?: very much)?|please|sorry|right|there|actually|and|but|then)\b[\s,.!-]*)+",
    re.IGNORECASE,
)
# What the consent dialogue is made of is no part of the caller's request.
_DIALOGUE = re.compile(
    r"\b(?:voice ?prints?|my voice|your voice|remember(?:ed)? me|recogni[sz]ed? me|forget me|biometrics?"
    r"|my name(?:'s| is)|call me (?!back|in|at|on|by|before|after|between|tomorrow|when|later|about)"
    r"|i (?:consent|agree)|you may)\b",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"\b(?:i(?: am|'m|m)? (?:need|want|calling|ringing|phoning|looking|trying|waiting|ordered|bought|received"
    r"|missed|lost|forgot)|i have (?:got )?an? (?:problem|question)|i(?: would|'d|d) like"
    r"|(?:can|could|would) (?:you|i)|how (?:do|can|much|long)|when (?:will|is|can)|where is|is it possible"
    r"|my \w+(?: \w+)? (?:is|has|was|will|does|did|isn't|hasn't|won't|doesn't|didn't)"
    r"|problem|broken|not work(?:ing)?|doesn't work|cancel|change|book|order|refund|return|appointment"
    r"|reservation|invoice|bill|delivery|account|question about|help (?:me )?with)\b",
    re.IGNORECASE,
)
_SMALL_WORDS = re.compile(
    r"(?:an?|the|and|or|but|to|of|in|on|at|for|with|is|are|was|were|be|am|i|you|he|she|it|we|they|me|my|your"
    r"|his|her|our|their|this|that|there|here|so|just|please|yes|no|not|do|does|did|have|has|had|can|could"
    r"|will|would|well|okay|ok|thanks|thank|um|uh|hi|hello|bye|good|morning|afternoon|evening|sorry|very"
    r"|really|what|right|removed|number|address|one|two|three|four|five|six|seven|eight|nine|ten|m|s|t|d|ll|ve|re)"
)


def default_notes(call_id: str, turns: Sequence[tuple[str, str]]) -> CallNotes:
    """Notes of a call, made without a model: the same turns always give the same notes.

    :param call_id: the call the notes are of. These notes do not depend on it.
    :param turns: (speaker, text) in the order spoken; only those of ``"caller"`` are read.
    :return: a summary of at most two of the caller's sentences and 240 characters, and at most five facts
        of 120 characters. Numbers of four digits and more, e-mail addresses and sentences about passwords
        and the like are left out, and so are sentences with one of a list of words about health, faith,
        sexuality, politics, origin, violence and crime. A list is never complete: a sentence that tells of
        such things in other words is noted like any other. What callers have and are is noted only if it is
        on a list of harmless things.
    """
    sentences = _sentences(turns)
    return CallNotes(summary=_summary(sentences), facts=_facts(sentences))


def _sentences(turns: Iterable[tuple[str, str]]) -> list[str]:
    found: list[str] = []
    for speaker, text in turns:
        if speaker != _CALLER:
            continue
        spoken = text[: 10 * _MAX_SENTENCE].replace("\u2019", "'").replace("\n", ". ")
        # Before it is split: a secret may stand in the sentence after the one that announces it.
        spoken = without_secrets(_ABBREVIATION.sub(r"\1 ", spoken))
        for part in _SENTENCE_END.split(spoken):
            sentence = clean_text(part, _MAX_SENTENCE)
            if sentence and not _DIALOGUE.search(sentence) and not SENSITIVE.search(sentence):
                found.append(sentence)
    return found[:_MAX_SENTENCES]


def _summary(sentences: Sequence[str]) -> str:
    scored: dict[str, tuple[int, int]] = {}
    for place, sentence in enumerate(sentences):
        core = _OPENING.sub("", sentence).strip()
        words = {word for word in re.findall(r"[^\W\d_]+", core.lower()) if not _SMALL_WORDS.fullmatch(word)}
        if len(words) < 2:
            continue  # a greeting, a yes, a bare number, a name
        score = 4 * min(2, len(_REQUEST.findall(core))) + min(6, len(words))
        scored.setdefault(core[:1].upper() + core[1:], (-score, place))
    best = sorted(scored, key=lambda core: scored[core])[:MAX_SUMMARY_SENTENCES]
    in_order = sorted(best, key=lambda core: scored[core][1])
    return shorten(
        " ".join(core if core[-1] in ".!?\u2026" else f"{core}." for core in in_order), MAX_SUMMARY_CHARACTERS
    )


def _facts(sentences: Sequence[str]) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for sentence in sentences:
        if not sentence.endswith("?"):
            for kind, text in facts_in(sentence):
                found.setdefault(shorten(text, MAX_FACT_CHARACTERS), kind)
    return [(kind, text) for text, kind in found.items()][:MAX_FACTS]
