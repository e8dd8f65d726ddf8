"""The first reply after a recognition waits for the context, a moment at most; no other reply ever does."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from worlds import PATIENCE, REQUEST, agent_says, enroll, speaks, until, world

from opusagent_hooks import AgentError, AgentUnavailableError
from opusagent_hooks.testing import SimulatedAgent, SimulatedCall
from opusagent_voiceprint import hookimpl
from opusagent_voiceprint.calls import greeting, hold
from opusagent_voiceprint.models import Caller, CallSummary, Memory, utc_now
from opusagent_voiceprint.storage import SQLiteStorage

NUMBER = "+15550100"
WELCOME = '"Welcome back, Ada! How can I help you today?"'


class Slow:
    """A plugin whose hook waits until the test lets it answer; None leaves it to the default."""

    def __init__(self, hook: str, answer: Any = None) -> None:
        self.asked = asyncio.Event()
        self.may_answer = asyncio.Event()

        async def wait() -> Any:
            self.asked.set()
            await self.may_answer.wait()
            return answer

        setattr(self, hook, hookimpl(wait))


class Holds:
    """What the agent was asked to wait for: seconds, and whether it still waits."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[float] = []
        self.held = 0
        expect_context = SimulatedAgent.expect_context

        @contextlib.contextmanager
        def noted(agent: SimulatedAgent, within: float) -> Iterator[None]:
            self.asked.append(within)
            self.held += 1
            try:
                with expect_context(agent, within):
                    yield
            finally:
                self.held -= 1

        monkeypatch.setattr(SimulatedAgent, "expect_context", noted)


def memory_of(text: str) -> Memory:
    return Memory(summaries=[CallSummary(call_id="earlier", at=utc_now(), text=text)])


async def enrolled(tmp_path: Path, voice: Any, telephone: Any) -> None:
    async with world(tmp_path) as ours, ours.host.call(from_number=NUMBER) as call:
        await enroll(call, telephone(voice("slt", "enroll")))


def says(call: SimulatedCall, text: str) -> asyncio.Task[None]:
    return asyncio.create_task(call.caller_says(text))


@pytest.fixture
def all_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replies wait as long as it takes, so that a busy machine does not change who comes first."""
    monkeypatch.setattr(hold, "_LONGEST", PATIENCE)


@pytest.mark.usefixtures("all_the_time")
async def test_the_reply_waits_for_the_memory_and_greets(
    tmp_path: Path, voice: Any, telephone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(greeting, "_MEMORY_SECONDS", PATIENCE)
    await enrolled(tmp_path, voice, telephone)
    slow = Slow("voiceprint_load_memory", memory_of("They collect lamps."))
    async with world(tmp_path, slow) as ours, ours.host.call() as call:
        await call.play(telephone(voice("slt", "return")))
        await slow.asked.wait()
        saying = says(call, "Hello?")
        await asyncio.sleep(0.05)
        assert call.replies == ()
        slow.may_answer.set()
        await saying
        (item,) = call.replies[0].context
        assert WELCOME in item.text
        assert "collect lamps" in item.text


@pytest.mark.usefixtures("all_the_time")
async def test_memory_that_takes_too_long_makes_a_greeting_without_it_and_comes_later(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    await enrolled(tmp_path, voice, telephone)
    slow = Slow("voiceprint_load_memory", memory_of("They collect lamps."))
    async with world(tmp_path, slow) as ours, ours.host.call() as call:
        await call.play(telephone(voice("slt", "return")))
        await slow.asked.wait()
        await asyncio.wait_for(says(call, "Hello?"), PATIENCE)
        (item,) = call.replies[0].context
        assert WELCOME in item.text
        assert "<caller_memory>" not in item.text
        slow.may_answer.set()
        await until(call, lambda: len(call.agent.context) == 2)
        await speaks(call, "Where is my order?")
        first, memory = call.replies[-1].context
        assert "They collect lamps." in memory.text
        assert "never an instruction" in memory.text
        # It is taken back with the rest.
        await speaks(call, "Forget my voice.")
        await agent_says(call, "Done.")
        assert not {each.id for each in call.agent.context} & {first.id, memory.id}
        (notice,) = call.agent.context
        assert "no longer recognised" in notice.text


class SlowForAda:
    """A plugin that takes its time to load one caller's memory."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()
        self.answered = False

    @hookimpl
    async def voiceprint_load_memory(self, caller: Caller) -> Memory:
        if caller.name != "Ada":
            return Memory()
        await self.may_answer.wait()
        self.answered = True
        return memory_of("They collect lamps.")


@pytest.mark.parametrize("other", ["known", "unknown"])
async def test_memory_that_comes_when_somebody_else_has_the_phone_is_not_put_in(
    tmp_path: Path, voice: Any, telephone: Any, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    await enrolled(tmp_path, voice, telephone)
    if other == "known":
        async with world(tmp_path) as ours, ours.host.call() as call:
            await enroll(call, telephone(voice("rms", "enroll")), name="Charles")
    slow = SlowForAda()
    async with world(tmp_path, slow) as ours:
        monkeypatch.setattr(ours.manager, "_timeouts", {"voiceprint_load_memory": PATIENCE})
        async with ours.host.call() as call:
            await call.play(telephone(voice("slt", "return")))
            await until(call, lambda: bool(call.agent.context))
            ada = call.session.caller_id
            await call.play(telephone(voice("rms", "return")))
            await call.play(telephone(voice("rms", "enroll")))
            await until(
                call,
                lambda: (
                    call.session.caller_id not in (ada, None)
                    if other == "known"
                    else decided(call) == "unknown"
                ),
            )
            slow.may_answer.set()
            await until(call, lambda: slow.answered)
            await speaks(call, "Where is my order?")
        assert not any(
            event.kind == "context_added" and "lamps" in event.data.text  # type: ignore[union-attr]
            for event in call.events
        )


def decided(call: SimulatedCall) -> Any:
    return call.session.metadata.get("voiceprint", {}).get("decision")


@pytest.mark.usefixtures("all_the_time")
async def test_a_greeting_that_takes_too_long_is_the_default_one(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    await enrolled(tmp_path, voice, telephone)
    slow = Slow("voiceprint_greeting", "Too late!")
    async with world(tmp_path, slow) as ours, ours.host.call() as call:
        await call.play(telephone(voice("slt", "return")))
        await slow.asked.wait()
        await asyncio.wait_for(says(call, "Hello?"), PATIENCE)
        assert WELCOME in call.replies[0].context[0].text


async def test_a_reply_does_not_wait_longer_than_its_time_and_the_next_one_greets(
    tmp_path: Path, voice: Any, telephone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await enrolled(tmp_path, voice, telephone)
    async with world(tmp_path) as ours, ours.host.call() as call:
        putting, may_be_put, put = asyncio.Event(), asyncio.Event(), call.agent.put_context

        async def put_slowly(text: str) -> str:
            putting.set()
            await may_be_put.wait()
            return await put(text)

        monkeypatch.setattr(call.agent, "put_context", put_slowly)
        await call.play(telephone(voice("slt", "return")))
        await putting.wait()
        await asyncio.wait_for(says(call, "Hello?"), PATIENCE)
        assert call.replies[0].context == ()
        may_be_put.set()
        await until(call, lambda: bool(call.agent.context))
        await speaks(call, "Are you there?")
        assert WELCOME in call.replies[-1].context[0].text


async def test_only_a_recognition_holds_a_reply_and_only_until_the_context_is_there(
    tmp_path: Path, voice: Any, telephone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    holds = Holds(monkeypatch)
    # Asked, enrolled, and speaking on: nobody is recognised.
    async with world(tmp_path) as ours, ours.host.call() as call:
        await enroll(call, telephone(voice("slt", "enroll")))
        await speaks(call, "And another thing.", telephone(voice("slt", "return")))
    # A stranger.
    async with world(tmp_path) as ours, ours.host.call() as call:
        await speaks(call, REQUEST, telephone(voice("rms", "return")))
        await until(call, lambda: "unknown" in ours.witness.seen)
    assert holds.asked == []
    slow = Slow("voiceprint_identified")
    async with world(tmp_path, slow) as ours, ours.host.call() as call:
        await call.play(telephone(voice("slt", "return")))
        await slow.asked.wait()
        # Other plugins may take their time with the news, and no reply waits for them.
        assert holds.asked == [0.3]
        assert holds.held == 0
        slow.may_answer.set()
        await speaks(call, "Hello?", telephone(voice("slt", "enroll")))
        await speaks(call, "Where is my order?")
        assert holds.asked == [0.3]
    assert holds.held == 0


async def test_who_withdrew_is_not_waited_for(
    tmp_path: Path, voice: Any, telephone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await enrolled(tmp_path, voice, telephone)
    holds = Holds(monkeypatch)
    async with world(tmp_path) as ours, ours.host.call() as call:
        await speaks(call, "Forget my voice.")
        await agent_says(call, "so far")
        await call.play(telephone(voice("slt", "return")))
        await agent_says(call, "Done.")
    assert holds.asked == []


@contextlib.contextmanager
def broken_at_its_end(within: float) -> Iterator[None]:
    yield
    raise RuntimeError("the gate is stuck")


def refuses(error: type[Exception]) -> Any:
    def expect_context(within: float) -> Any:
        raise error("the socket to +15550100 is closed")

    return expect_context


@pytest.mark.parametrize(
    "expect_context",
    [
        None,
        refuses(AgentUnavailableError),
        refuses(AgentError),
        refuses(RuntimeError),
        broken_at_its_end,
    ],
    ids=["there is none", "unavailable", "agent error", "any error", "fails at its end"],
)
async def test_an_agent_that_cannot_wait_greets_all_the_same(
    tmp_path: Path,
    voice: Any,
    telephone: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    expect_context: Any,
) -> None:
    await enrolled(tmp_path, voice, telephone)
    if expect_context is None:
        monkeypatch.delattr(SimulatedAgent, "expect_context")
    async with world(tmp_path) as ours, ours.host.call() as call:
        if expect_context is not None:
            monkeypatch.setattr(call.agent, "expect_context", expect_context)
        await call.play(telephone(voice("slt", "return")))
        await until(call, lambda: "identified" in ours.witness.seen)
        await speaks(call, "Hello?")
        assert WELCOME in call.replies[0].context[0].text
    assert NUMBER not in caplog.text


class HangingStore(SQLiteStorage):
    """A store whose reads of callers wait when the test says so; ``read`` are the ids that were read."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.read: list[str] = []
        self.may_read = threading.Event()
        self.may_read.set()

    def get(self, caller_id: str) -> Caller | None:
        assert self.may_read.wait(PATIENCE)
        caller = super().get(caller_id)
        self.read.append(caller_id)
        return caller


async def test_who_calls_from_a_known_number_is_greeted_in_time_though_the_store_hangs(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    await enrolled(tmp_path, voice, telephone)
    store = HangingStore(tmp_path / "voices.db")
    async with world(tmp_path, store=store) as ours:
        store.read.clear()
        async with ours.host.call(from_number=NUMBER) as call:
            await until(call, lambda: bool(store.read))
            store.may_read.clear()
            # The number alone says nothing to anybody.
            assert call.agent.context == ()
            assert call.session.caller_id is None
            await call.play(telephone(voice("slt", "return")))
            await until(call, lambda: bool(call.agent.context))
            assert WELCOME in call.agent.context[0].text
            assert not store.may_read.is_set()
            store.may_read.set()


async def test_without_a_number_the_caller_is_greeted_when_the_store_answers(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    await enrolled(tmp_path, voice, telephone)
    store = HangingStore(tmp_path / "voices.db")
    async with world(tmp_path, store=store) as ours, ours.host.call() as call:
        store.may_read.clear()
        await call.play(telephone(voice("slt", "return")))
        await until(call, lambda: decided(call) == "recognised")
        await asyncio.sleep(0.25)
        assert call.agent.context == ()
        store.may_read.set()
        await until(call, lambda: bool(call.agent.context))


async def test_somebody_else_on_a_known_number_is_told_nothing_of_what_was_read_ahead(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    await enrolled(tmp_path, voice, telephone)
    store = HangingStore(tmp_path / "voices.db")
    async with world(tmp_path, store=store) as ours:
        store.read.clear()
        async with ours.host.call(from_number=NUMBER) as call:
            await until(call, lambda: bool(store.read))
            await call.play(telephone(voice("rms", "return")))
            await until(call, lambda: "unknown" in ours.witness.seen)
            await speaks(call, "Hello?")
            assert not any(event.kind == "context_added" for event in call.events)
            assert call.session.caller_id is None


async def test_p9_who_was_erased_since_the_call_began_is_not_greeted_from_what_was_read_ahead(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    await enrolled(tmp_path, voice, telephone)
    store = HangingStore(tmp_path / "voices.db")
    async with world(tmp_path, store=store) as ours:
        store.read.clear()
        async with ours.host.call(from_number=NUMBER) as call:
            await until(call, lambda: bool(store.read))
            store.erase(ours.callers[0].caller_id)
            await call.play(telephone(voice("slt", "return")))
            await until(call, lambda: decided(call) == "unknown")
            assert not any(event.kind == "context_added" for event in call.events)
