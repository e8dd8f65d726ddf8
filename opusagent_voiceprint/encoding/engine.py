"""The recognition engine: one worker thread that embeds the windows of all calls, batched together."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np

from opusagent_voiceprint.encoding.encoder import SpeakerEncoder
from opusagent_voiceprint.encoding.speech import SpeechWindow
from opusagent_voiceprint.errors import EncoderError
from opusagent_voiceprint.models import Embedding

__all__ = ["RecognitionEngine", "WindowSource"]

logger = logging.getLogger(__name__)

MAX_BATCH: Final = 32
"""Windows in one run of the network: larger batches gain nothing and delay the calls in front."""


class WindowSource(Protocol):
    """A call, as the engine sees it. Both methods run in the engine's thread."""

    def take_windows(self) -> Sequence[SpeechWindow]:
        """Windows that became complete since the last time."""
        ...

    def embedded(self, windows: Sequence[SpeechWindow], embeddings: Sequence[Embedding]) -> None:
        """The embeddings of windows that were taken, in the same order."""
        ...


class RecognitionEngine:
    """Takes windows from calls that announce themselves, embeds them, hands the embeddings back.

    A call announces itself at most once until it is served, so that the queue is bounded by the number of
    calls; what a call has waiting is bounded by the call. Under overload decisions get later and calls do
    not notice. An error in one call's audio is that call's alone.
    """

    def __init__(self, encoder: SpeakerEncoder) -> None:
        self.encoder = encoder
        self._ready: queue.SimpleQueue[WindowSource | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()

    def start(self) -> None:
        """Start the worker. Calling it again does nothing."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="voiceprint-engine", daemon=True)
            self._thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        """Stop the worker after what it is doing; waits at most ``timeout`` seconds."""
        self._stopped.set()
        self._ready.put(None)
        if self._thread is None:
            self._drain()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout)

    def announce(self, source: WindowSource) -> None:
        """Say that a call has audio waiting. Returns at once, from any thread."""
        if not self._stopped.is_set():
            self._ready.put(source)

    def _drain(self) -> None:
        # Nobody will serve what waits, and it must not keep calls alive.
        with contextlib.suppress(queue.Empty):
            while True:
                self._ready.get_nowait()

    def _run(self) -> None:
        while not self._stopped.is_set():
            # In a method of its own, so that while it waits the thread holds on to nothing of any call.
            self._serve(self._waiting())
        self._drain()

    def _serve(self, sources: list[WindowSource]) -> None:
        work: list[tuple[WindowSource, Sequence[SpeechWindow]]] = []
        for source in sources:
            try:
                windows = source.take_windows()
            except Exception as exc:  # noqa: BLE001 - one call's audio must not end everybody's engine
                _report("audio of a call could not be prepared", exc)
                continue
            if windows:
                work.append((source, windows))
        self._embed(work)

    def _waiting(self) -> list[WindowSource]:
        # dict keeps the order of arrival and serves a call that announced itself twice only once.
        sources: dict[int, WindowSource] = {}
        item = self._ready.get()
        while True:
            if item is not None:
                sources[id(item)] = item
            try:
                item = self._ready.get_nowait()
            except queue.Empty:
                return list(sources.values())

    def _embed(self, work: list[tuple[WindowSource, Sequence[SpeechWindow]]]) -> None:
        flat = [(source, window) for source, windows in work for window in windows]
        for start in range(0, len(flat), MAX_BATCH):
            if self._stopped.is_set():
                return
            self._embed_batch(flat[start : start + MAX_BATCH])

    def _embed_batch(self, batch: Sequence[tuple[WindowSource, SpeechWindow]]) -> None:
        shares: dict[int, tuple[WindowSource, list[SpeechWindow]]] = {}
        for source, window in batch:
            shares.setdefault(id(source), (source, []))[1].append(window)
        try:
            embeddings = self._run_network([window for _, window in batch])
        except Exception as exc:  # noqa: BLE001 - an encoder that fails leaves callers anonymous
            if len(shares) == 1:
                _report("windows could not be embedded", exc)
                return
            # One call's windows may be to blame: each call is embedded by itself.
            for source, windows in shares.values():
                self._embed_batch([(source, window) for window in windows])
            return
        done = 0
        for source, windows in shares.values():
            try:
                source.embedded(windows, embeddings[done : done + len(windows)])
            except Exception as exc:  # noqa: BLE001 - one call's audio must not end everybody's engine
                _report("embeddings of a call could not be used", exc)
            done += len(windows)

    def _run_network(self, windows: Sequence[SpeechWindow]) -> list[Embedding]:
        embeddings = self.encoder.embed(np.stack([window.samples for window in windows]))
        if embeddings.shape != (len(windows), self.encoder.dimension):
            raise EncoderError(f"the encoder gave shape {embeddings.shape} for {len(windows)} windows")
        return list(embeddings)


def _report(what: str, exc: Exception) -> None:
    # The type and the place, never the message: it may hold what was said.
    trace = exc.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "unknown place"
    logger.error("%s: %s at %s; the call goes on without recognition", what, type(exc).__name__, where)
