"""The settings: one class, read from the environment and ``.env``, checked at start-up."""

from opusagent_voiceprint.settings.config import Config, VoiceFingerprintConfig
from opusagent_voiceprint.settings.environment import environment_name, switched_off
from opusagent_voiceprint.settings.fields import DEFAULT_JSON_PATH, DEFAULT_SQLITE_PATH
from opusagent_voiceprint.settings.organization import speaks_of_itself

__all__ = [
    "DEFAULT_JSON_PATH",
    "DEFAULT_SQLITE_PATH",
    "Config",
    "VoiceFingerprintConfig",
    "environment_name",
    "speaks_of_itself",
    "switched_off",
]
