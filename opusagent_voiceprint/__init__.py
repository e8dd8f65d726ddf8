"""Recognises returning phone callers by their voice, and remembers what they agreed to.

The public names; each is loaded when it is first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from opusagent_voiceprint._version import __version__

if TYPE_CHECKING:
    from opusagent_voiceprint import consent as consent
    from opusagent_voiceprint.assurance import Assurance as Assurance
    from opusagent_voiceprint.calls import CallIdentity as CallIdentity
    from opusagent_voiceprint.errors import AssuranceError as AssuranceError
    from opusagent_voiceprint.errors import AudioError as AudioError
    from opusagent_voiceprint.errors import AudioFormatError as AudioFormatError
    from opusagent_voiceprint.errors import AudioQualityError as AudioQualityError
    from opusagent_voiceprint.errors import ConsentError as ConsentError
    from opusagent_voiceprint.errors import EncoderError as EncoderError
    from opusagent_voiceprint.errors import EncryptionError as EncryptionError
    from opusagent_voiceprint.errors import NotEnoughSpeechError as NotEnoughSpeechError
    from opusagent_voiceprint.errors import SettingsError as SettingsError
    from opusagent_voiceprint.errors import StorageError as StorageError
    from opusagent_voiceprint.errors import StoreFormatError as StoreFormatError
    from opusagent_voiceprint.errors import UnknownCallerError as UnknownCallerError
    from opusagent_voiceprint.errors import VersionConflictError as VersionConflictError
    from opusagent_voiceprint.errors import VoiceMismatchError as VoiceMismatchError
    from opusagent_voiceprint.errors import VoiceprintError as VoiceprintError
    from opusagent_voiceprint.hookspecs import hookimpl as hookimpl
    from opusagent_voiceprint.models import Caller as Caller
    from opusagent_voiceprint.models import CallNotes as CallNotes
    from opusagent_voiceprint.models import Decision as Decision
    from opusagent_voiceprint.models import Identification as Identification
    from opusagent_voiceprint.models import Memory as Memory
    from opusagent_voiceprint.models import Voiceprint as Voiceprint
    from opusagent_voiceprint.recognizer import OpusAgentVoiceRecognizer as OpusAgentVoiceRecognizer
    from opusagent_voiceprint.recognizer import SecureVoiceRecognizer as SecureVoiceRecognizer
    from opusagent_voiceprint.settings import Config as Config
    from opusagent_voiceprint.settings import VoiceFingerprintConfig as VoiceFingerprintConfig
    from opusagent_voiceprint.storage import FAISSVoiceStorage as FAISSVoiceStorage
    from opusagent_voiceprint.storage import JSONStorage as JSONStorage
    from opusagent_voiceprint.storage import RedisStorage as RedisStorage
    from opusagent_voiceprint.storage import SQLiteStorage as SQLiteStorage

_PLACES = {
    "assurance": ("Assurance",),
    "calls": ("CallIdentity",),
    "errors": (
        "AssuranceError",
        "AudioError",
        "AudioFormatError",
        "AudioQualityError",
        "ConsentError",
        "EncoderError",
        "EncryptionError",
        "NotEnoughSpeechError",
        "SettingsError",
        "StorageError",
        "StoreFormatError",
        "UnknownCallerError",
        "VersionConflictError",
        "VoiceMismatchError",
        "VoiceprintError",
    ),
    "hookspecs": ("hookimpl",),
    "models": ("CallNotes", "Caller", "Decision", "Identification", "Memory", "Voiceprint"),
    "recognizer": ("OpusAgentVoiceRecognizer", "SecureVoiceRecognizer"),
    "settings": ("Config", "VoiceFingerprintConfig"),
    "storage": ("FAISSVoiceStorage", "JSONStorage", "RedisStorage", "SQLiteStorage"),
}
_MODULE_OF = {name: module for module, names in _PLACES.items() for name in names}

__all__ = [
    "Assurance",
    "AssuranceError",
    "AudioError",
    "AudioFormatError",
    "AudioQualityError",
    "CallIdentity",
    "CallNotes",
    "Caller",
    "Config",
    "ConsentError",
    "Decision",
    "EncoderError",
    "EncryptionError",
    "FAISSVoiceStorage",
    "Identification",
    "JSONStorage",
    "Memory",
    "NotEnoughSpeechError",
    "OpusAgentVoiceRecognizer",
    "RedisStorage",
    "SQLiteStorage",
    "SecureVoiceRecognizer",
    "SettingsError",
    "StorageError",
    "StoreFormatError",
    "UnknownCallerError",
    "VersionConflictError",
    "VoiceFingerprintConfig",
    "VoiceMismatchError",
    "Voiceprint",
    "VoiceprintError",
    "__version__",
    "consent",
    "hookimpl",
]


def __getattr__(name: str) -> Any:
    if name == "consent":
        return import_module("opusagent_voiceprint.consent")
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
