"""Memory: what is kept of calls, how it is greeted with, and how it is put to the model."""

from __future__ import annotations

from opusagent_voiceprint.memory.context import (
    context_block,
    memory_block,
    verification_notice,
    withdrawal_notice,
)
from opusagent_voiceprint.memory.greetings import NEUTRAL_GREETING, days_since, default_greeting
from opusagent_voiceprint.memory.notes import MemoryLimits, remember
from opusagent_voiceprint.memory.summarize import default_notes
from opusagent_voiceprint.memory.text import clean_text, shown_name, without_secrets

__all__ = [
    "NEUTRAL_GREETING",
    "MemoryLimits",
    "clean_text",
    "context_block",
    "days_since",
    "default_greeting",
    "default_notes",
    "memory_block",
    "remember",
    "shown_name",
    "verification_notice",
    "withdrawal_notice",
    "without_secrets",
]
