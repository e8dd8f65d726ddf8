"""Threads for work that may hang: none keeps the process from ending, and what waits is bounded."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from opusagent_voiceprint.errors import StorageError

__all__ = ["DaemonPool", "within_seconds"]

T = TypeVar("T")


class DaemonPool:
    """Runs work on up to ``threads`` daemon threads, in the order in which it came in.

    The threads of a ``ThreadPoolExecutor`` are joined when the interpreter ends, so that one call that hangs
    would keep the process for ever; and its queue has no end.
    """

    def __init__(self, name: str, *, threads: int, most_waiting: int) -> None:
        self._name = name
        self._most_threads = threads
        self._most_waiting = most_waiting
        self._changed = threading.Condition()
        self._waiting: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._running: set[Future[Any]] = set()
        self._threads = 0
        self._idle = 0
        self._closed = False

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Have something done. Raises :class:`StorageError` when too much waits, or after :meth:`close`."""
        future: Future[T] = Future()
        with self._changed:
            if self._closed:
                raise StorageError("the store is closed")
            if len(self._waiting) >= self._most_waiting:
                self._waiting = deque(each for each in self._waiting if not each[0].cancelled())
                if len(self._waiting) >= self._most_waiting:
                    raise StorageError(f"{len(self._waiting)} requests wait for the store already")
            self._waiting.append((future, work))
            if len(self._waiting) > self._idle and self._threads < self._most_threads:
                self._threads += 1
                threading.Thread(target=self._work, name=f"{self._name}-{self._threads}", daemon=True).start()
            self._changed.notify()
        return future

    @property
    def running(self) -> frozenset[Future[Any]]:
        """What has begun and is not done."""
        with self._changed:
            return frozenset(self._running)

    def close(self) -> None:
        """Cancel what waits; what has begun goes on."""
        with self._changed:
            self._closed = True
            waiting, self._waiting = self._waiting, deque()
            self._changed.notify_all()
        for future, _ in waiting:
            future.cancel()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._idle += 1
                while not self._waiting and not self._closed:
                    self._changed.wait()
                self._idle -= 1
                if not self._waiting:
                    return
                future, work = self._waiting.popleft()
                if not future.set_running_or_notify_cancel():
                    continue
                self._running.add(future)
            result: Any = None
            try:
                result = work()
            except BaseException as exc:  # noqa: BLE001 - it is the waiter's, whatever it is
                self._done(future)
                future.set_exception(exc)
            else:
                self._done(future)
                future.set_result(result)
            del future, work, result  # the results of a call are not held on to until the next comes

    def _done(self, future: Future[Any]) -> None:
        with self._changed:
            self._running.discard(future)


def within_seconds(name: str, work: Callable[[], object], seconds: float) -> bool:
    """Run something on a daemon thread of its own; whether it was done after so many seconds at most."""
    thread = threading.Thread(target=work, name=name, daemon=True)
    thread.start()
    thread.join(max(0.0, seconds))
    return not thread.is_alive()
