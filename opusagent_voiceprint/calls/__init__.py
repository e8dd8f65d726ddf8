"""One call's life: listening, identification, the consent dialogue, enrollment, greeting, memory."""

from __future__ import annotations

from opusagent_voiceprint.calls.assurance import CallIdentity
from opusagent_voiceprint.calls.service import VoiceprintService

__all__ = ["CallIdentity", "VoiceprintService"]
