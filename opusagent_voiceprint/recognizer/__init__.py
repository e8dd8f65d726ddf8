"""The library face: recognise, enroll and forget callers without any call."""

from __future__ import annotations

from opusagent_voiceprint.recognizer.recognizer import OpusAgentVoiceRecognizer
from opusagent_voiceprint.recognizer.secure import SecureVoiceRecognizer
from opusagent_voiceprint.recognizer.standins import RunningService, public_names

__all__ = ["OpusAgentVoiceRecognizer", "RunningService", "SecureVoiceRecognizer", "public_names"]
