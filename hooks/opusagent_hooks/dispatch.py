"""Calls hook implementations: awaits them, times them out, and keeps each one's failures to itself."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

import pluggy

from opusagent_hooks._problems import CallProblems, place_of_definition, place_of_failure
from opusagent_hooks.events import AudioChunk, Call

__all__ = ["AUDIO_FAILURES_ALLOWED", "PATIENCE", "AudioListener", "Dispatcher", "call_order"]

PATIENCE: Final = 0.05
"""Seconds that an implementation is waited for before the next one is started beside it."""

BLOCKING: Final = 0.05
"""Seconds of synchronous work after which an implementation is reported: it holds up every call."""

AUDIO_FAILURES_ALLOWED: Final = 3
"""Failures in ``audio_input`` after which a plugin hears no more of that call."""


def call_order(hook: pluggy.HookCaller) -> list[pluggy.HookImpl]:
    """A hook's implementations as pluggy would call them: last registered first, marks respected."""
    return hook.get_hookimpls()[::-1]


@dataclass(frozen=True, slots=True)
class AudioListener:
    """One implementation of ``audio_input``, made callable as ``listen(call, audio)``."""

    implementation: pluggy.HookImpl
    plugin_name: str
    listen: Callable[[Call, AudioChunk], object]

    @classmethod
    def of(cls, implementation: pluggy.HookImpl) -> AudioListener:
        """Resolve which arguments are wanted now, so that no frame has to."""
        function = implementation.function
        names = tuple(implementation.argnames)
        listen: Callable[[Call, AudioChunk], object]
        if names == ("call", "audio"):
            listen = function
        elif names == ("audio",):

            def listen(call: Call, audio: AudioChunk) -> object:
                return function(audio)
        else:

            def listen(call: Call, audio: AudioChunk) -> object:
                values = {"call": call, "audio": audio}
                return function(*(values[name] for name in names))

        return cls(implementation, implementation.plugin_name, listen)


@dataclass(slots=True)
class _Outcome:
    """What an awaited implementation came to, with its exception as a value."""

    value: Any = None
    error: BaseException | None = None


@dataclass(slots=True)
class _Run:
    """One implementation on one dispatch: finished with ``value``, or under way in ``task``."""

    implementation: pluggy.HookImpl
    value: Any = None
    failed: bool = False
    task: asyncio.Task[_Outcome] | None = None
    deadline: float = 0.0


class Dispatcher:
    """Calls implementations so that none of them can raise into, stop or delay a call.

    Holds, per call, how often which plugin failed. That goes with the call, or with :meth:`end_call`.
    """

    def __init__(self) -> None:
        self._problems: WeakKeyDictionary[Call, CallProblems] = WeakKeyDictionary()
        self._tasks: set[asyncio.Task[_Outcome]] = set()

    async def call_all(
        self,
        hook_name: str,
        implementations: Iterable[pluggy.HookImpl],
        arguments: Mapping[str, Any],
        *,
        call: Call | None,
        timeout: float,
    ) -> list[Any]:
        """Start every implementation in order; their results that are not None, in that order.

        An implementation that is not finished after :data:`PATIENCE` no longer holds up the next one.
        After ``timeout`` seconds it is cancelled, and its result, should there still be one, is dropped.
        """
        runs: list[_Run] = []
        try:
            for implementation in implementations:
                run = self._begin(hook_name, implementation, arguments, call, timeout)
                runs.append(run)
                if run.task is not None:
                    await asyncio.wait({run.task}, timeout=min(PATIENCE, timeout))
            for run in runs:
                await self._finish(hook_name, run, call, timeout)
        except BaseException:
            _cancel(runs)
            raise
        return [run.value for run in runs if run.value is not None]

    async def call_first(
        self,
        hook_name: str,
        implementations: Iterable[pluggy.HookImpl],
        arguments: Mapping[str, Any],
        *,
        call: Call | None,
        timeout: float,
        skip_failed: bool = True,
    ) -> Any:
        """Ask one implementation after the other; the first result that is not None, or None.

        Without ``skip_failed`` one that raises, hangs or returns a generator ends it, with None.
        """
        for implementation in implementations:
            run = self._begin(hook_name, implementation, arguments, call, timeout)
            try:
                await self._finish(hook_name, run, call, timeout)
            except BaseException:
                _cancel([run])
                raise
            if run.value is not None:
                return run.value
            if run.failed and not skip_failed:
                return None
        return None

    def audio_input(self, listeners: Sequence[AudioListener], call: Call, audio: AudioChunk) -> None:
        """Give one frame to every listener. No task, no copy, no allocation where nothing is wrong."""
        problems = self._problems.get(call) if self._problems else None
        before = time.perf_counter()
        for listener in listeners:
            if problems is not None and listener.plugin_name in problems.deaf:
                continue
            try:
                result = listener.listen(call, audio)
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # noqa: BLE001 - SystemExit of a plugin must not end the call
                self._audio_failed(listener, call, error)
            else:
                if result is not None:
                    self._audio_answered(listener, call, result)
            after = time.perf_counter()
            if after - before > BLOCKING:
                self._blocked("audio_input", listener.implementation, call, after - before)
            before = after

    def end_call(self, call: Call) -> None:
        """Forget a call, after one line for each failure that was counted and not logged."""
        problems = self._problems.pop(call, None)
        if problems is not None:
            problems.summarise()

    def problems_of(self, call: Call | None) -> CallProblems:
        """The record of a call's failures; without a call one that nobody keeps, so nothing is counted."""
        if call is None:
            return CallProblems()
        problems = self._problems.get(call)
        if problems is None:
            problems = self._problems[call] = CallProblems()
        return problems

    def _begin(
        self,
        hook_name: str,
        implementation: pluggy.HookImpl,
        arguments: Mapping[str, Any],
        call: Call | None,
        timeout: float,
    ) -> _Run:
        """Run the synchronous part, and put what is to be awaited into a task."""
        run = _Run(implementation)
        before = time.perf_counter()
        try:
            result: object = implementation.function(*(arguments[name] for name in implementation.argnames))
            to_await: Awaitable[Any] | None = result if inspect.isawaitable(result) else None
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - SystemExit of a plugin must not end the call
            self._failed(hook_name, implementation, call, error)
            run.failed = True
            return run
        elapsed = time.perf_counter() - before
        if elapsed > BLOCKING:
            self._blocked(hook_name, implementation, call, elapsed)
        if to_await is not None:
            loop = asyncio.get_running_loop()
            run.task = self._start(to_await)
            run.deadline = loop.time() + timeout
        elif inspect.isasyncgen(result) or inspect.isgenerator(result):
            run.failed = True
            self.problems_of(call).error(
                implementation.plugin_name,
                hook_name,
                type(result).__name__,
                f"returned a generator, which is ignored ({place_of_definition(implementation)})",
            )
        else:
            run.value = result
        return run

    def _start(self, awaitable: Awaitable[Any]) -> asyncio.Task[_Outcome]:
        task = asyncio.get_running_loop().create_task(_contain(awaitable))
        self._tasks.add(task)

        def ended(task: asyncio.Task[_Outcome]) -> None:
            self._tasks.discard(task)
            if inspect.iscoroutine(awaitable):
                # Cancelled before its first step, it would otherwise complain of never being awaited.
                awaitable.close()

        task.add_done_callback(ended)
        return task

    async def _finish(self, hook_name: str, run: _Run, call: Call | None, timeout: float) -> None:
        """Wait for a run until its deadline, and take its value or report what it came to."""
        if run.task is None:
            return
        remaining = max(0.0, run.deadline - asyncio.get_running_loop().time())
        # Not wait_for, which would wait on for a coroutine that swallows its cancellation.
        await asyncio.wait({run.task}, timeout=remaining)
        if not run.task.done():
            run.failed = True
            run.task.cancel()
            self.problems_of(call).error(
                run.implementation.plugin_name,
                hook_name,
                "timeout",
                f"did not finish within {timeout:g} s ({place_of_definition(run.implementation)})",
            )
            return
        try:
            outcome = run.task.result()
        except asyncio.CancelledError as error:
            # Somebody cancelled the task before its first step, where it could not contain anything.
            outcome = _Outcome(error=error)
        if outcome.error is not None:
            run.failed = True
            self._failed(hook_name, run.implementation, call, outcome.error)
        else:
            run.value = outcome.value

    def _failed(
        self, hook_name: str, implementation: pluggy.HookImpl, call: Call | None, error: BaseException
    ) -> None:
        kind = type(error).__qualname__
        place = place_of_failure(error, implementation)
        # Never the message: it may hold a caller's name, number or words.
        self.problems_of(call).error(implementation.plugin_name, hook_name, kind, f"raised {kind} at {place}")

    def _blocked(
        self, hook_name: str, implementation: pluggy.HookImpl, call: Call | None, seconds: float
    ) -> None:
        place = place_of_definition(implementation)
        text = f"blocked the event loop, and with it every call, for {seconds * 1000:.0f} ms ({place})"
        self.problems_of(call).warning(implementation.plugin_name, hook_name, "blocking", text)

    def _audio_failed(self, listener: AudioListener, call: Call, error: BaseException) -> None:
        self._failed("audio_input", listener.implementation, call, error)
        problems = self.problems_of(call)
        problems.audio_failures[listener.plugin_name] += 1
        if problems.audio_failures[listener.plugin_name] >= AUDIO_FAILURES_ALLOWED:
            self._deafen(listener, problems, f"failed {AUDIO_FAILURES_ALLOWED} times")

    def _audio_answered(self, listener: AudioListener, call: Call, result: object) -> None:
        """Get rid of what cannot be awaited here; any other answer is ignored."""
        if inspect.iscoroutine(result):
            result.close()
        elif isinstance(result, asyncio.Future):
            result.cancel()
        elif not (inspect.isawaitable(result) or inspect.isasyncgen(result) or inspect.isgenerator(result)):
            return
        self._deafen(listener, self.problems_of(call), f"returned a {type(result).__name__}")

    def _deafen(self, listener: AudioListener, problems: CallProblems, why: str) -> None:
        problems.deaf.add(listener.plugin_name)
        place = place_of_definition(listener.implementation)
        text = f"{why} and gets no more audio of this call ({place})"
        problems.error(listener.plugin_name, "audio_input", "no more audio", text)


async def _contain(awaitable: Awaitable[Any]) -> _Outcome:
    """Await, and return what was raised: a SystemExit that left a task would stop the event loop."""
    try:
        return _Outcome(value=await awaitable)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - handed to whoever waits for the task
        return _Outcome(error=error)


def _cancel(runs: Iterable[_Run]) -> None:
    for run in runs:
        if run.task is not None:
            run.task.cancel()
