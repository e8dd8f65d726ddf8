"""Remembers what was resampled, and on which thread."""

import threading
import time
from typing import ClassVar


class AudioUtils:
    resampled: ClassVar[list] = []
    delay: ClassVar[float] = 0.0

    @staticmethod
    def resample_audio(audio_bytes, from_rate, to_rate, channels=1, sample_width=2):
        time.sleep(AudioUtils.delay)
        AudioUtils.resampled.append(
            (from_rate, to_rate, threading.current_thread() is threading.main_thread())
        )
        return audio_bytes
