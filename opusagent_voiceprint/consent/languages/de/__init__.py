"""German, as it is spoken in Germany, Austria and Switzerland, with Sie and with du."""

from __future__ import annotations

from opusagent_voiceprint.consent.language import Language
from opusagent_voiceprint.consent.languages.de.grammar import build
from opusagent_voiceprint.consent.languages.de.identity import identity_words
from opusagent_voiceprint.consent.languages.de.names import NAMES
from opusagent_voiceprint.consent.languages.de.script import script
from opusagent_voiceprint.consent.languages.de.speech import SPEECH

__all__ = ["LANGUAGE"]

LANGUAGE = Language(
    code="de", grammar=build, script=script, speech=SPEECH, names=NAMES, identity=identity_words
)
