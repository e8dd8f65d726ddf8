"""Remembers what was listened to, and on which thread."""

import threading
from typing import ClassVar


class Detector:
    def process_audio(self, audio):
        on_loop = threading.current_thread() is threading.main_thread()
        VADFactory.heard.append((audio.dtype.name, len(audio), on_loop))
        return {"is_speech": False}


class VADFactory:
    heard: ClassVar[list] = []

    @staticmethod
    def create_vad(config=None):
        return Detector()
