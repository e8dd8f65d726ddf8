from .recognizer import OpusAgentVoiceRecognizer

__all__ = ["OpusAgentVoiceRecognizer"]
