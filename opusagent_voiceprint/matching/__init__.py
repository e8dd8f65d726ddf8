"""Scores, the gallery of enrolled voices, and the decision."""

from __future__ import annotations

from opusagent_voiceprint.matching.backend import Backend
from opusagent_voiceprint.matching.calibration import CLASSES, Calibration, LineClass
from opusagent_voiceprint.matching.decision import DecisionRule
from opusagent_voiceprint.matching.following import StoreView, VoiceIndex
from opusagent_voiceprint.matching.gallery import Comparison, Gallery
from opusagent_voiceprint.matching.liveness import Standing, expired, may_be_matched, standing
from opusagent_voiceprint.matching.probe import Probe
from opusagent_voiceprint.matching.scores import Channel, log_odds, similarity_of
from opusagent_voiceprint.matching.voices import AgentVoice, VoiceWatch, mean_embedding, one_voice

__all__ = [
    "CLASSES",
    "AgentVoice",
    "Backend",
    "Calibration",
    "Channel",
    "Comparison",
    "DecisionRule",
    "Gallery",
    "LineClass",
    "Probe",
    "Standing",
    "StoreView",
    "VoiceIndex",
    "VoiceWatch",
    "expired",
    "log_odds",
    "may_be_matched",
    "mean_embedding",
    "one_voice",
    "similarity_of",
    "standing",
]
