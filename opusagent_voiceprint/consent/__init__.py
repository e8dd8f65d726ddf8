"""Consent: the question, what the answer means, and the name a caller gives."""

from __future__ import annotations

from opusagent_voiceprint.consent.grammar import Answer
from opusagent_voiceprint.consent.interpret import asks_to_be_remembered, interpret, is_acute, puts_on_hold
from opusagent_voiceprint.consent.names import clean_name, is_emergency, spoken_name
from opusagent_voiceprint.consent.script import ConsentScript
from opusagent_voiceprint.consent.wording import default_script, english_script, matches_script

__all__ = [
    "Answer",
    "ConsentScript",
    "asks_to_be_remembered",
    "clean_name",
    "default_script",
    "english_script",
    "interpret",
    "is_acute",
    "is_emergency",
    "matches_script",
    "puts_on_hold",
    "spoken_name",
]
