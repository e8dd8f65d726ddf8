"""Spanish, of Spain and of Latin America, with tú, vos and usted."""

from __future__ import annotations

from opusagent_voiceprint.consent.language import Language
from opusagent_voiceprint.consent.languages.es.grammar import build
from opusagent_voiceprint.consent.languages.es.identity import identity_words
from opusagent_voiceprint.consent.languages.es.names import NAMES
from opusagent_voiceprint.consent.languages.es.script import script
from opusagent_voiceprint.consent.languages.es.speech import SPEECH

__all__ = ["LANGUAGE"]

LANGUAGE = Language(
    code="es", grammar=build, script=script, speech=SPEECH, names=NAMES, identity=identity_words
)
