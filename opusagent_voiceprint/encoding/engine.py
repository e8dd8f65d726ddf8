"""The recognition engine: one worker thread that embeds the windows of all calls, batched together."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Sequence
from typing import Final

import numpy as np

from opusagent_voiceprint.encoding.backlog import Backlog, Waiting, WindowSource
from opusagent_voiceprint.encoding.encoders import Encoders, WindowEmbedding
from opusagent_voiceprint.encoding.speech import SpeechWindow

__all__ = ["RecognitionEngine", "WindowSource"]

logger = logging.getLogger(__name__)

_REPORT_SECONDS: Final = 60.0

_BREATH: Final = 5e-5
"""Seconds of sleep after each call's share of work. Whoever waits for the interpreter, an event loop above
all, gets it then, and not after a switch interval of 5 ms; after a sleep of no length we would have it back
first."""


class RecognitionEngine:
    """Takes windows from calls that announce themselves, embeds them, hands the embeddings back.

    A call announces itself at most once until it is served, so that the queue is bounded by the number of
    calls; the windows that wait are bounded by :class:`Backlog`. Audio is always prepared before the network
    runs again, so that under overload windows are left out, decisions get later, and calls do not notice. An
    error in one call's audio is that call's alone.
    """

    def __init__(self, encoders: Encoders) -> None:
        self.encoders = encoders
        self._ready: queue.SimpleQueue[WindowSource | None] = queue.SimpleQueue()
        self._backlog = Backlog()
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()
        self._reported = (float("-inf"), 0)  # when windows left out were last logged, and how many by then
        self.embedded_windows = 0
        """Windows that went through the network so far."""
        self.batches = 0
        """Runs that it took."""

    @property
    def shed_windows(self) -> int:
        """Windows that were left out so far, because more came than could be embedded."""
        return self._backlog.shed

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
        """Say that a call has audio waiting, or is over. Returns at once, from any thread."""
        if not self._stopped.is_set():
            self._ready.put(source)

    def _drain(self) -> None:
        # Nobody will serve what waits, and it must not keep calls alive.
        self._backlog.clear()
        with contextlib.suppress(queue.Empty):
            while True:
                self._ready.get_nowait()

    def _run(self) -> None:
        while not self._stopped.is_set():
            # In methods of their own, so that while it waits the thread holds on to nothing but the backlog.
            self._prepare(self._arrivals(self._backlog.due_in(time.monotonic())))
            if self._backlog.due_in(time.monotonic()) == 0.0 and not self._stopped.is_set():
                self._embed(self._backlog.take(time.monotonic()))
            self._report_shed()
        self._drain()

    def _arrivals(self, patience: float | None) -> list[WindowSource]:
        """The calls that announced themselves; waits ``patience`` seconds for the first, if there is none."""
        # dict keeps the order of arrival and serves a call that announced itself twice only once.
        sources: dict[int, WindowSource] = {}
        with contextlib.suppress(queue.Empty):
            item = self._ready.get() if patience is None else self._ready.get(timeout=patience)
            while True:
                if item is not None:
                    sources[id(item)] = item
                item = self._ready.get_nowait()
        return list(sources.values())

    def _prepare(self, sources: Sequence[WindowSource]) -> None:
        for source in sources:
            if source.closed:
                self._backlog.drop(source)
                continue
            try:
                windows = source.take_windows()
            except Exception as exc:  # noqa: BLE001 - one call's audio must not end everybody's engine
                _report("audio of a call could not be prepared", exc)
                continue
            if windows:
                self._backlog.add(source, windows, time.monotonic())
            time.sleep(_BREATH)

    def _embed(self, batch: Sequence[Waiting]) -> None:
        if not batch:
            return
        shares: dict[int, tuple[WindowSource, list[SpeechWindow]]] = {}
        for each in batch:
            shares.setdefault(id(each.source), (each.source, []))[1].append(each.window)
        self._embed_shares(list(shares.values()))

    def _embed_shares(self, shares: Sequence[tuple[WindowSource, list[SpeechWindow]]]) -> None:
        try:
            embeddings = self._run_network([window for _, windows in shares for window in windows])
        except Exception as exc:  # noqa: BLE001 - an encoder that fails leaves callers anonymous
            if len(shares) == 1:
                _report("windows could not be embedded", exc)
                return
            # One call's windows may be to blame: each call is embedded by itself.
            for share in shares:
                self._embed_shares([share])
            return
        done = 0
        for source, windows in shares:
            try:
                source.embedded(windows, embeddings[done : done + len(windows)])
            except Exception as exc:  # noqa: BLE001 - one call's audio must not end everybody's engine
                _report("embeddings of a call could not be used", exc)
            done += len(windows)
            time.sleep(_BREATH)

    def _run_network(self, windows: Sequence[SpeechWindow]) -> list[WindowEmbedding]:
        samples = np.stack([window.samples for window in windows])
        embeddings = self.encoders.embed(samples, np.array([window.wide for window in windows]))
        self.batches += 1
        self.embedded_windows += len(windows)
        return embeddings

    def _report_shed(self) -> None:
        now, (last, reported) = time.monotonic(), self._reported
        if self._backlog.shed > reported and now - last >= _REPORT_SECONDS:
            logger.warning(
                "recognition is behind: %d windows of speech were left out, decisions take longer",
                self._backlog.shed - reported,
            )
            self._reported = (now, self._backlog.shed)


def _report(what: str, exc: Exception) -> None:
    # The type and the place, never the message: it may hold what was said.
    trace = exc.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "unknown place"
    logger.error("%s: %s at %s; the call goes on without recognition", what, type(exc).__name__, where)
