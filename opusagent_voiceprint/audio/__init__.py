"""From what an application or a telephone line gives to net speech at 16 kHz, and how good it is."""

from __future__ import annotations

from opusagent_voiceprint.audio.buffers import SAMPLE_RATE, read_audio
from opusagent_voiceprint.audio.quality import QualityMeter, SpeechTotals
from opusagent_voiceprint.audio.resample import StreamResampler, resample
from opusagent_voiceprint.audio.vad import VoiceActivityDetector

__all__ = [
    "SAMPLE_RATE",
    "QualityMeter",
    "SpeechTotals",
    "StreamResampler",
    "VoiceActivityDetector",
    "read_audio",
    "resample",
]
