"""Adding what was learnt on one call to what is remembered of a caller."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from opusagent_voiceprint.memory.text import clean_text, without_secrets
from opusagent_voiceprint.models import CallNotes, CallSummary, Fact, Memory

__all__ = ["MAX_FACT_CHARACTERS", "MAX_SUMMARY_CHARACTERS", "MemoryLimits", "remember"]

MAX_SUMMARY_CHARACTERS = 240
MAX_FACT_CHARACTERS = 120

_KINDS = ("fact", "preference", "date")


@dataclass(frozen=True, slots=True)
class MemoryLimits:
    """How much is remembered of one caller; the oldest goes first."""

    summaries: int = 10
    facts: int = 20


_DEFAULT_LIMITS = MemoryLimits()


def remember(
    memory: Memory, notes: CallNotes, call_id: str, at: datetime, limits: MemoryLimits = _DEFAULT_LIMITS
) -> Memory:
    """The memory with one call's notes added, newest last; the memory given stays as it is.

    Every text is cleaned, stripped of secrets and cut to its length here, whoever wrote the notes. A second
    summary of the same call replaces the first, and a text that was known before is kept once, as new.

    :param at: when the call took place, aware of its time zone.
    """
    summaries = list(memory.summaries)
    text = clean_text(without_secrets(notes.summary), MAX_SUMMARY_CHARACTERS)
    if text:
        summaries = [s for s in summaries if s.call_id != call_id and not _same(s.text, text)]
        summaries.append(CallSummary(call_id=call_id, at=at, text=text))
    facts = list(memory.facts)
    for kind, words in notes.facts:
        text = clean_text(without_secrets(words), MAX_FACT_CHARACTERS)
        if text:
            facts = [f for f in facts if not _same(f.text, text)]
            facts.append(Fact(kind=kind if kind in _KINDS else "fact", text=text, call_id=call_id, at=at))
    return Memory(
        summaries=summaries[max(0, len(summaries) - limits.summaries) :],
        facts=facts[max(0, len(facts) - limits.facts) :],
    )


def _same(one: str, other: str) -> bool:
    return one.casefold().rstrip(".!") == other.casefold().rstrip(".!")
