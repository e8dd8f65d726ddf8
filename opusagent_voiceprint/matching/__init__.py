"""Scores, the gallery of enrolled voices, and the decision."""

from __future__ import annotations

from opusagent_voiceprint.matching.decision import DecisionRule
from opusagent_voiceprint.matching.following import StoreView
from opusagent_voiceprint.matching.gallery import Gallery
from opusagent_voiceprint.matching.liveness import expired, may_be_matched
from opusagent_voiceprint.matching.scores import Channel, similarity_of
from opusagent_voiceprint.matching.voices import mean_embedding, one_voice

__all__ = [
    "Channel",
    "DecisionRule",
    "Gallery",
    "StoreView",
    "expired",
    "may_be_matched",
    "mean_embedding",
    "one_voice",
    "similarity_of",
]
