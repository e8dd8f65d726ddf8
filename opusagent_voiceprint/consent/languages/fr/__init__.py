"""French, as spoken in France, Belgium, Switzerland and Quebec."""

from __future__ import annotations

from opusagent_voiceprint.consent.language import Language
from opusagent_voiceprint.consent.languages.fr.grammar import build
from opusagent_voiceprint.consent.languages.fr.identity import identity_words
from opusagent_voiceprint.consent.languages.fr.names import NAMES
from opusagent_voiceprint.consent.languages.fr.script import script
from opusagent_voiceprint.consent.languages.fr.speech import SPEECH

__all__ = ["LANGUAGE"]

LANGUAGE = Language(
    code="fr", grammar=build, script=script, speech=SPEECH, names=NAMES, identity=identity_words
)
