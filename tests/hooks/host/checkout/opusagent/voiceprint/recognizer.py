class OpusAgentVoiceRecognizer:
    origin = "host"
