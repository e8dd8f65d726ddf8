"""Calls of both sides, in real time, for bench.py."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import soundfile
from stock import StockCall

from opusagent_hooks import AudioChunk, codecs
from opusagent_voiceprint.audio import resample

Floats = npt.NDArray[np.float32]

VOICES: Final = Path(__file__).parents[1] / "tests" / "voices"
STEP: Final = 160
SPEECH: Final = 5.0
ALONE: Final = 5
"""Calls one after the other, where only one is at once."""


def frames_of(name: str) -> list[AudioChunk]:
    """A voice over a telephone line."""
    samples, rate = soundfile.read(VOICES / f"{name}_return.ogg", dtype="float32")
    data = codecs.encode(resample(samples, rate, 8_000), "mulaw")
    return [AudioChunk(data[at : at + STEP], "mulaw", 8_000) for at in range(0, len(data) - STEP, STEP)]


def names() -> list[str]:
    return sorted(path.stem.removesuffix("_return") for path in VOICES.glob("*_return.ogg"))


def random_rows(count: int) -> Floats:
    rows = np.random.default_rng(0).normal(size=(count, 256)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def a_gallery(count: int) -> Any:
    """Ours, with voiceprints of nobody."""
    from opusagent_voiceprint import Voiceprint
    from opusagent_voiceprint.encoding import chosen_encoders
    from opusagent_voiceprint.matching import Backend, Gallery

    encoders = chosen_encoders()
    gallery = Gallery(Backend.shipped(encoders))
    for index, row in enumerate(random_rows(count)):
        name = f"nobody-{index}"
        print_of = Voiceprint(caller_id=name, embedding=row, encoder=encoders.encoder_id, channel="narrow")
        gallery.put(name, [print_of])
    return gallery


class OurCall:
    """A call from its frames to its decision: the listener, the engine's thread, the tracker."""

    def __init__(self, engine: Any, gallery: Any) -> None:
        from opusagent_voiceprint.calls.listener import Listener
        from opusagent_voiceprint.calls.tracker import VoiceTracker
        from opusagent_voiceprint.matching import DecisionRule

        # Strangers are decided at the end, so that until then every window is scored, and urgent.
        rule = DecisionRule(
            threshold=0.75, known_number_threshold=0.5, margin=0.0, min_speech=SPEECH, max_speech=SPEECH
        )
        self.decided = threading.Event()
        self.net_speech = 0.0
        self.listener = Listener(
            engine.encoders.window, VoiceTracker(gallery, rule, self._arrived), engine.announce
        )
        self.hear = self.listener.hear

    def _arrived(self, event: Any) -> None:
        self.net_speech = event.identification.net_speech_seconds
        self.decided.set()


class WorkedCall:
    """A call of stock, which decides with a given frame, on a worker thread."""

    def __init__(self, call: StockCall, frames: int, worker: ThreadPoolExecutor) -> None:
        self._call = call
        self._left = frames
        self._worker = worker
        self.decided = threading.Event()

    def hear(self, chunk: AudioChunk) -> None:
        self._call.hear(chunk.data)
        self._left -= 1
        if self._left == 0:
            self._worker.submit(self._decide)

    def _decide(self) -> None:
        self._call.decide()
        self.decided.set()


def an_engine() -> Any:
    from opusagent_voiceprint.encoding import RecognitionEngine, chosen_encoders

    encoders = chosen_encoders()
    encoders.warm_up()
    engine = RecognitionEngine(encoders)
    engine.start()
    return engine


def at_once(calls: list[Any], speech: list[list[AudioChunk]]) -> tuple[float, list[int]]:
    """CPU seconds of calls in real time until the last is decided, and the frames that each took."""
    sent = [0] * len(calls)
    hearing = 0.0
    cpu, own, began = time.process_time(), time.thread_time(), time.perf_counter()
    for tick in range(50 * 40):
        if all(call.decided.is_set() for call in calls):
            break
        before = time.thread_time()
        for index, call in enumerate(calls):
            # Calls begin one after the other within 0.77 s, the time between two windows of one.
            if tick >= index * 38 // len(calls) and not call.decided.is_set():
                call.hear(speech[index][sent[index] % len(speech[index])])
                sent[index] += 1
        hearing += time.thread_time() - before
        time.sleep(max(0.0, began + 0.02 * (tick + 1) - time.perf_counter()))
    return time.process_time() - cpu - (time.thread_time() - own) + hearing, sent


def in_turns(make: Callable[[int], Any], lines: int) -> tuple[float, list[int], list[Any]]:
    """As many calls at once as there are lines; a few one after the other, if that is one."""
    voices = [frames_of(name) for name in names()]
    rounds = [[index] for index in range(ALONE)] if lines == 1 else [list(range(lines))]
    total, sent, made = 0.0, list[int](), list[Any]()
    for indices in rounds:
        calls = [make(index) for index in indices]
        cpu, frames = at_once(calls, [voices[index % len(voices)] for index in indices])
        total, sent, made = total + cpu, sent + frames, made + calls
    return total, sent, made
