"""How hooks are called: in which order, for how long, and what becomes of plugins that misbehave."""

from __future__ import annotations

import asyncio
import gc
import inspect
import logging
import re
import time
import weakref

import pytest
import pytest_asyncio

from opusagent_hooks import AudioChunk, Call, HookManager, PluginError, Turn, hookimpl, hookspec
from opusagent_hooks.dispatch import AUDIO_FAILURES_ALLOWED
from opusagent_hooks.testing import SimulatedHost

FRAME = AudioChunk(b"\xff" * 160, "mulaw", 8000)
SECRET = "Maria +15550100"  # what a message might hold, and no log line may


class Specs:
    @hookspec
    def ask(self, call, question):
        """Ask every plugin."""


def build(*plugins):
    manager = HookManager()
    manager.add_hookspecs(Specs)
    for number, plugin in enumerate(plugins):
        manager.register(plugin, f"plugin{number}")
    return manager


def answering(function, **marks):
    """A plugin whose answer to ``ask`` is this function."""

    class Plugin:
        @hookimpl(**marks)
        def ask(self, call):
            return function()

    return Plugin()


def hearing(function):
    """A plugin that passes frames on to this function."""

    class Plugin:
        @hookimpl
        def audio_input(self, call, audio):
            return function()

    return Plugin()


def raising(error):
    def fail():
        raise error

    return fail


async def value(result):
    return result


def lines(caplog):
    assert SECRET not in caplog.text
    return [record.getMessage() for record in caplog.records]


@pytest_asyncio.fixture
async def call():
    async with SimulatedHost(HookManager(), speed=None).call(from_number="+15550100") as simulated:
        yield simulated.call


async def ask(manager, call, **options):
    return await manager.call_all("ask", call=call, question="?", **options)


async def ask_first(manager, call, **options):
    return await manager.call_first("ask", call=call, question="?", **options)


@pytest.fixture(params=[ask, ask_first], ids=["all", "first"])
def either(request):
    return request.param


class TestOrder:
    async def test_the_plugin_registered_last_is_called_first(self, call):
        manager = build(answering(lambda: 0), answering(lambda: value(1)), answering(lambda: 2))
        assert await ask(manager, call) == [2, 1, 0]

    async def test_tryfirst_and_trylast_hold(self, call):
        manager = build(
            answering(lambda: "first", tryfirst=True),
            answering(lambda: "middle"),
            answering(lambda: value("last"), trylast=True),
        )
        assert await ask(manager, call) == ["first", "middle", "last"]

    async def test_results_that_are_none_are_left_out_and_others_that_are_false_are_not(self, call):
        manager = build(answering(lambda: None), answering(lambda: value(None)), answering(lambda: 0))
        assert await ask(manager, call) == [0]

    async def test_a_plugin_that_waits_keeps_its_place_and_does_not_keep_the_next_from_starting(self, call):
        second_answered = asyncio.Event()

        async def waits():
            # Far below this plugin's timeout, and far above the patience with it.
            await asyncio.wait_for(second_answered.wait(), 2)
            return "slow"

        def answers():
            second_answered.set()
            return "quick"

        manager = build(answering(answers), answering(waits))
        assert await ask(manager, call, timeout=10) == ["slow", "quick"]

    async def test_an_implementation_gets_the_arguments_it_names_in_any_order(self, call):
        class Everything:
            @hookimpl
            def ask(self, question, call):
                return question, call

        class Nothing:
            @hookimpl
            def ask(self):
                return "nothing"

        assert await ask(build(Everything(), Nothing()), call) == ["nothing", ("?", call)]

    async def test_first_stops_at_the_first_answer_that_is_not_none(self, call):
        manager = build(
            answering(lambda: pytest.fail("it was answered already")),
            answering(lambda: value("here")),
            answering(lambda: value(None)),
            answering(lambda: None),
        )
        assert await ask_first(manager, call) == "here"

    async def test_first_is_none_when_nobody_answers(self, call):
        assert await ask_first(build(answering(lambda: value(None))), call) is None
        assert await ask_first(build(), call) is None

    async def test_a_hook_without_a_call_needs_none(self):
        class Erased:
            @hookspec
            def erased(self, caller_id):
                """A caller was erased."""

        class Plugin:
            @hookimpl
            async def erased(self, caller_id):
                return caller_id

        manager = HookManager()
        manager.add_hookspecs(Erased)
        manager.register(Plugin())
        assert await manager.call_all("erased", caller_id="caller_1") == ["caller_1"]

    async def test_a_hook_that_nobody_defined_is_an_error_of_who_calls_it(self, call):
        with pytest.raises(PluginError, match="'transcripts'; did you mean transcript"):
            await build().call_all("transcripts", call=call, turn=Turn("caller", "hi"))
        with pytest.raises(PluginError, match="takes call, question, and was given answer, call"):
            await build().call_first("ask", call=call, answer="?")


class TestTime:
    async def test_a_plugin_that_hangs_is_cancelled_and_named(self, call, either, caplog):
        ended = asyncio.Event()

        async def hangs():
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

        manager = build(answering(lambda: "other", trylast=True), answering(hangs))
        assert await either(manager, call, timeout=0.01) in ("other", ["other"])
        await asyncio.wait_for(ended.wait(), 5)
        (line,) = lines(caplog)
        assert re.match(r"plugin plugin1: ask did not finish within 0\.01 s \(.*\.py:\d+\)$", line)

    async def test_a_plugin_that_swallows_its_cancellation_cannot_hold_the_call(self, call, either):
        release, swallowed = asyncio.Event(), asyncio.Event()

        async def stubborn():
            while not release.is_set():
                try:
                    await release.wait()
                except asyncio.CancelledError:  # noqa: PERF203 - the misbehaviour under test
                    swallowed.set()
            raise RuntimeError(SECRET)  # long after anybody cared

        manager = build(answering(stubborn))
        assert not await either(manager, call, timeout=0.01)
        await asyncio.wait_for(swallowed.wait(), 5)
        gc.collect()  # whoever is still running must not be collected half way
        release.set()
        await asyncio.sleep(0)

    async def test_cancelling_the_dispatch_cancels_what_it_started(self, call, either):
        started, cancelled = asyncio.Event(), asyncio.Event()

        async def hangs():
            started.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancelled.set()
                raise

        dispatch = asyncio.create_task(either(build(answering(hangs)), call, timeout=60))
        await started.wait()
        dispatch.cancel()
        with pytest.raises(asyncio.CancelledError):
            await dispatch
        await asyncio.wait_for(cancelled.wait(), 5)

    async def test_a_plugin_cancelled_before_its_first_step_leaves_no_coroutine_behind(
        self, call, either, recwarn
    ):
        coroutines = []

        def answer():
            coroutines.append(value(1))
            return coroutines[0]

        before = asyncio.all_tasks()
        dispatch = asyncio.create_task(either(build(answering(answer)), call))
        await asyncio.sleep(0)
        for task in asyncio.all_tasks() - before:  # as a loop does that shuts down
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await dispatch
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert inspect.getcoroutinestate(coroutines[0]) == inspect.CORO_CLOSED
        coroutines.clear()
        gc.collect()
        assert not [str(each.message) for each in recwarn if "never awaited" in str(each.message)]

    async def test_a_synchronous_plugin_that_blocks_the_loop_is_named(self, call, either, caplog):
        await either(build(answering(lambda: time.sleep(0.06))), call)
        (line,) = lines(caplog)
        assert re.match(r"plugin plugin0: ask blocked the event loop, .* for \d+ ms \(.*\.py:\d+\)$", line)
        assert caplog.records[0].levelno == logging.WARNING


class TestIsolation:
    @pytest.mark.parametrize(
        "error",
        [ValueError(SECRET), SystemExit(SECRET), asyncio.CancelledError(SECRET), GeneratorExit(SECRET)],
        ids=lambda error: type(error).__name__,
    )
    @pytest.mark.parametrize("asynchronous", [False, True], ids=["plain", "awaited"])
    async def test_whatever_a_plugin_raises_is_logged_without_its_message(
        self, call, either, caplog, error, asynchronous
    ):
        async def fails():
            await asyncio.sleep(0)
            raise error

        failing = answering(fails if asynchronous else raising(error))
        manager = build(answering(lambda: "other", trylast=True), failing)
        assert await either(manager, call) in ("other", ["other"])
        (line,) = lines(caplog)
        kind = type(error).__name__
        assert re.match(rf"plugin plugin1: ask raised {kind} at {re.escape(__file__)}:\d+$", line)
        assert caplog.records[0].exc_info is None

    async def test_the_place_is_the_innermost_line_of_the_plugin_not_of_a_library(self, call, caplog):
        def asks_a_library():
            return re.compile("(")  # the line to be named

        source, start = inspect.getsourcelines(asks_a_library)
        place = start + next(i for i, line in enumerate(source) if "re.compile" in line)
        await ask(build(answering(asks_a_library)), call)
        assert lines(caplog)[0].endswith(f"{__file__}:{place}")

    async def test_the_same_failure_is_logged_once_a_call_and_counted_at_its_end(self, call, caplog):
        manager = build(answering(raising(ValueError(SECRET))), answering(raising(KeyError(SECRET))))
        for _ in range(4):
            await ask(manager, call)
        assert len(lines(caplog)) == 2
        caplog.clear()
        await manager.call_all("call_end", call=call, reason="hung up")
        assert sorted(lines(caplog)) == [
            "plugin plugin0: ask: ValueError happened 3 more times on a call that ended",
            "plugin plugin1: ask: KeyError happened 3 more times on a call that ended",
        ]

    async def test_failures_of_one_call_are_not_counted_on_another(self, call, caplog):
        manager = build(answering(raising(ValueError(SECRET))))
        await ask(manager, call)
        await ask(manager, Call("other", "twilio", call.agent))
        assert len(lines(caplog)) == 2

    async def test_a_call_that_never_ends_is_not_kept_alive_by_its_failures(self, call):
        manager = build(answering(lambda: 1 / 0), hearing(lambda: 1 / 0))
        other = Call("other", "twilio", call.agent)
        await ask(manager, other)
        manager.audio_input(other, FRAME)
        reference = weakref.ref(other)
        del other
        gc.collect()
        assert reference() is None

    @pytest.mark.parametrize("kind", ["async_generator", "generator"])
    async def test_a_generator_is_no_answer(self, call, either, caplog, kind):
        async def async_generator():
            yield SECRET

        def generator():
            yield SECRET

        function = async_generator if kind == "async_generator" else generator
        assert not await either(build(answering(function)), call)
        (line,) = lines(caplog)
        assert "plugin plugin0: ask returned a generator" in line

    async def test_an_operator_can_still_interrupt(self, call, either):
        with pytest.raises(KeyboardInterrupt):
            await either(build(answering(raising(KeyboardInterrupt()))), call)


class TestAudio:
    def test_every_plugin_hears_every_frame_in_order(self, call_without_agent):
        heard = []
        manager = build(hearing(lambda: heard.append("early")), hearing(lambda: heard.append("late")))
        manager.audio_input(call_without_agent, FRAME)
        manager.audio_input(call_without_agent, FRAME)
        assert heard == ["late", "early"] * 2

    def test_a_plugin_may_name_any_of_the_arguments(self, call_without_agent):
        heard = []

        class OnlyAudio:
            @hookimpl
            def audio_input(self, audio):
                heard.append((audio,))

        class OnlyCall:
            @hookimpl
            def audio_input(self, call):
                heard.append((call,))

        class Swapped:
            @hookimpl
            def audio_input(self, audio, call):
                heard.append((audio, call))

        build(Swapped(), OnlyCall(), OnlyAudio()).audio_input(call_without_agent, FRAME)
        assert heard == [(FRAME,), (call_without_agent,), (FRAME, call_without_agent)]

    @pytest.mark.parametrize("error", [ValueError(SECRET), SystemExit(SECRET)], ids=["error", "exit"])
    def test_a_plugin_that_keeps_failing_hears_no_more_of_that_call(self, call_without_agent, caplog, error):
        tries, heard = [], []

        def fails():
            tries.append(1)
            raise error

        manager = build(hearing(lambda: heard.append(1)), hearing(fails))
        for _ in range(10):
            manager.audio_input(call_without_agent, FRAME)
        assert len(tries) == AUDIO_FAILURES_ALLOWED
        assert len(heard) == 10
        raised, stopped = lines(caplog)
        assert f"plugin plugin1: audio_input raised {type(error).__name__} at {__file__}" in raised
        assert "plugin plugin1: audio_input failed 3 times and gets no more audio of this call" in stopped

    def test_it_hears_the_next_call_again(self, call_without_agent):
        tries = []

        def fails():
            tries.append(1)
            raise ValueError

        manager = build(hearing(fails))
        for _ in range(10):
            manager.audio_input(call_without_agent, FRAME)
        manager.audio_input(Call("next", "twilio", object()), FRAME)
        assert len(tries) == AUDIO_FAILURES_ALLOWED + 1

    async def test_nothing_is_remembered_after_the_end_of_a_call(self, call):
        tries = []

        def fails():
            tries.append(1)
            raise ValueError

        manager = build(hearing(fails))
        for _ in range(10):
            manager.audio_input(call, FRAME)
        await manager.call_all("call_end", call=call, reason="hung up")
        manager.audio_input(call, FRAME)
        assert len(tries) == AUDIO_FAILURES_ALLOWED + 1

    def test_a_coroutine_is_closed_and_its_plugin_hears_no_more(self, call_without_agent, caplog, recwarn):
        made = []

        async def too_slow():
            raise AssertionError("nobody may run this")

        def listen():
            made.append(too_slow())
            return made[-1]

        manager = build(hearing(listen))
        for _ in range(5):
            manager.audio_input(call_without_agent, FRAME)
        assert [inspect.getcoroutinestate(each) for each in made] == [inspect.CORO_CLOSED]
        (line,) = lines(caplog)
        assert "plugin plugin0: audio_input returned a coroutine and gets no more audio" in line
        made.clear()
        gc.collect()
        assert not list(recwarn)

    async def test_a_task_is_cancelled_and_its_plugin_hears_no_more(self, call):
        tasks = []

        def listen():
            tasks.append(asyncio.ensure_future(asyncio.Event().wait()))
            return tasks[-1]

        manager = build(hearing(listen))
        manager.audio_input(call, FRAME)
        manager.audio_input(call, FRAME)
        (task,) = tasks
        with pytest.raises(asyncio.CancelledError):
            await task

    def test_an_answer_that_means_nothing_is_ignored(self, call_without_agent, caplog):
        heard = []

        def listen():
            heard.append(1)
            return len(heard)

        manager = build(hearing(listen))
        for _ in range(5):
            manager.audio_input(call_without_agent, FRAME)
        assert len(heard) == 5
        assert lines(caplog) == []

    def test_a_plugin_that_blocks_is_named_once(self, call_without_agent, caplog):
        manager = build(hearing(lambda: time.sleep(0.06)))
        manager.audio_input(call_without_agent, FRAME)
        manager.audio_input(call_without_agent, FRAME)
        (line,) = lines(caplog)
        assert "plugin plugin0: audio_input blocked the event loop" in line


@pytest.fixture
def call_without_agent():
    return Call("c1", "twilio", object())


class TestFailuresThatAreNotSkipped:
    async def test_a_failed_plugin_is_skipped_unless_no_other_stands_in_for_it(self, call, caplog):
        async def hangs():
            await asyncio.sleep(3600)

        def a_generator():
            yield "a secret"

        for fails in (raising(RuntimeError(SECRET)), hangs, a_generator):
            asked = []
            manager = build(answering(lambda asked=asked: asked.append(1) or "stand-in"), answering(fails))
            assert await ask_first(manager, call, timeout=0.05) == "stand-in"
            assert await ask_first(manager, call, timeout=0.05, skip_failed=False) is None
            assert len(asked) == 1
        assert any("raised RuntimeError" in line for line in lines(caplog))

    async def test_a_plugin_that_has_nothing_to_say_did_not_fail(self, call):
        manager = build(answering(lambda: "next"), answering(lambda: value(None)), answering(lambda: None))
        assert await ask_first(manager, call, skip_failed=False) == "next"
