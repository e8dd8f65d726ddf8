"""Speaker embeddings: the encoder, its features, the windows of a stream, and the engine that runs it."""

from __future__ import annotations

from opusagent_voiceprint.encoding.encoder import SpeakerEncoder, WindowSpec
from opusagent_voiceprint.encoding.engine import RecognitionEngine, WindowSource
from opusagent_voiceprint.encoding.resemblyzer_encoder import ResemblyzerEncoder
from opusagent_voiceprint.encoding.shared import shared_encoder
from opusagent_voiceprint.encoding.speech import FRONT_END, SpeechStream, SpeechWindow
from opusagent_voiceprint.encoding.utterance import Utterance, embed_utterance

__all__ = [
    "FRONT_END",
    "RecognitionEngine",
    "ResemblyzerEncoder",
    "SpeakerEncoder",
    "SpeechStream",
    "SpeechWindow",
    "Utterance",
    "WindowSource",
    "WindowSpec",
    "embed_utterance",
    "shared_encoder",
]
