"""Speaker embeddings: the encoder, its features, the windows of a stream, and the engine that runs it."""

from __future__ import annotations

from opusagent_voiceprint.encoding.backlog import WindowSource
from opusagent_voiceprint.encoding.encoder import SpeakerEncoder, WindowSpec
from opusagent_voiceprint.encoding.encoders import Encoders, WindowEmbedding
from opusagent_voiceprint.encoding.engine import RecognitionEngine
from opusagent_voiceprint.encoding.languages import encoder_for, encoders_by_language
from opusagent_voiceprint.encoding.resemblyzer_encoder import ResemblyzerEncoder
from opusagent_voiceprint.encoding.shared import chosen_encoders, shared_encoder
from opusagent_voiceprint.encoding.speech import FRONT_END, SpeechStream, SpeechWindow
from opusagent_voiceprint.encoding.telephone_encoder import TelephoneEncoder
from opusagent_voiceprint.encoding.utterance import Utterance, embed_utterance

__all__ = [
    "FRONT_END",
    "Encoders",
    "RecognitionEngine",
    "ResemblyzerEncoder",
    "SpeakerEncoder",
    "SpeechStream",
    "SpeechWindow",
    "TelephoneEncoder",
    "Utterance",
    "WindowEmbedding",
    "WindowSource",
    "WindowSpec",
    "chosen_encoders",
    "embed_utterance",
    "encoder_for",
    "encoders_by_language",
    "shared_encoder",
]
