"""Scores, the gallery of enrolled voices, and the decision."""

from __future__ import annotations

from opusagent_voiceprint.matching.decision import DecisionRule
from opusagent_voiceprint.matching.gallery import Gallery
from opusagent_voiceprint.matching.scores import Channel, similarity_of

__all__ = ["Channel", "DecisionRule", "Gallery", "similarity_of"]
