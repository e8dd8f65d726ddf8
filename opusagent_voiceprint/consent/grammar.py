"""What a grammar of consent is made of: the answers there are, the rules that find them, and the whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from opusagent_voiceprint.consent.patterns import compiled

__all__ = ["Answer", "Grammar", "Rule", "answer_rules", "found_in"]


class Answer(str, Enum):
    """What one utterance says about being remembered.

    ``YES`` is an express yes and nothing else. ``NO`` and ``NOT_NOW`` refuse for a while, ``NEVER`` for
    good. ``EXPLAIN`` asks what this is about, ``REPEAT`` to hear it again. ``MINOR`` and ``THIRD_PARTY``:
    the person who speaks is a child, or speaks for somebody else. ``WITHDRAW`` takes back a consent.
    ``UNCLEAR`` is everything else.
    """

    YES = "yes"
    NO = "no"
    NOT_NOW = "not_now"
    NEVER = "never"
    EXPLAIN = "explain"
    REPEAT = "repeat"
    MINOR = "minor"
    THIRD_PARTY = "third_party"
    WITHDRAW = "withdraw"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Rule:
    """One answer and what says it: any pattern found, unless what stands before it matches ``unless_after``.

    ``unless_after`` ends in ``$`` and is matched against the words before the find.
    """

    answer: Answer
    patterns: tuple[re.Pattern[str], ...]
    unless_after: re.Pattern[str] | None = None

    def found_in(self, words: str) -> bool:
        """Whether these words, prepared by the grammar, give this answer."""
        return found_in(words, self.patterns, self.unless_after)


@dataclass(frozen=True)
class Grammar:
    """One language: how its words are prepared, and the rules in the order in which they are tried.

    ``prepare`` gives the words with contractions and spellings made alike; ``thin`` leaves out fillers and
    stutters, for the rules that search. ``yes`` must match the prepared words from end to end.
    ``standing_refusals`` answer an open question with no, and are withdrawals when none is open;
    ``withdrawals_while_asked`` are withdrawals only while one is open. ``requests`` ask to be remembered,
    unless what stands before matches ``no_requests_after``; ``holds`` ask the other to wait, in the same way.
    """

    prepare: Callable[[str], str]
    thin: Callable[[str], str]
    withdrawals: tuple[Rule, ...]
    withdrawals_while_asked: tuple[Rule, ...]
    standing_refusals: tuple[Rule, ...]
    rules: tuple[Rule, ...]
    yes: re.Pattern[str]
    emergency: re.Pattern[str]
    requests: tuple[re.Pattern[str], ...]
    no_requests_after: re.Pattern[str]
    holds: tuple[re.Pattern[str], ...]
    no_holds_after: re.Pattern[str]


def answer_rules(
    names: Mapping[str, str],
    *,
    never: str,
    minor: str,
    third_party: str,
    no: str,
    not_now: str,
    explain: str,
    repeat: str,
) -> tuple[Rule, ...]:
    """The rules for every answer but yes and withdrawal; ``names`` are those that stand in the patterns.

    The order is that in which they are tried: of words that say two things the more protective counts.
    """
    tables = (
        (Answer.NEVER, never),
        (Answer.MINOR, minor),
        (Answer.THIRD_PARTY, third_party),
        (Answer.NO, no),
        (Answer.NOT_NOW, not_now),
        (Answer.EXPLAIN, explain),
        (Answer.REPEAT, repeat),
    )
    return tuple(Rule(answer, compiled(table, names)) for answer, table in tables)


def found_in(words: str, patterns: tuple[re.Pattern[str], ...], unless_after: re.Pattern[str] | None) -> bool:
    """Whether any pattern is found in words that ``unless_after`` does not match before it."""
    return any(
        unless_after is None or not unless_after.search(words[: found.start()])
        for pattern in patterns
        for found in pattern.finditer(words)
    )
