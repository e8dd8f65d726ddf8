"""English."""

from __future__ import annotations

from opusagent_voiceprint.consent.language import Language
from opusagent_voiceprint.consent.languages.en.grammar import build
from opusagent_voiceprint.consent.languages.en.identity import identity_words
from opusagent_voiceprint.consent.languages.en.names import NAMES
from opusagent_voiceprint.consent.languages.en.script import script
from opusagent_voiceprint.consent.languages.en.speech import SPEECH

__all__ = ["LANGUAGE"]

LANGUAGE = Language(
    code="en", grammar=build, script=script, speech=SPEECH, names=NAMES, identity=identity_words
)
