"""Whatever host, service and plugin do: one response at a time, and nobody is left without an answer."""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st
from wire import Wire

STEPS = st.lists(
    st.sampled_from(["caller", "ask", "begin", "finish", "take", "yield", "reply", "expect", "context"]),
    max_size=40,
)


class Model:
    """A service that takes one response at a time, driven step by step."""

    def __init__(self) -> None:
        self.wire = Wire()
        self.asked = 0
        self.active: str | None = None
        self.turns = 0
        self.expecting = None

    @property
    def requests(self) -> int:
        return len(self.wire.of("response.create"))

    async def step(self, step: str) -> None:
        link = self.wire.link
        match step:
            case "caller":
                self.turns += 1
                await self.wire.caller_says("Words.", f"item_{self.turns}")
            case "ask":
                await self.wire.host("response.create")
            case "begin" if self.active is None and self.requests > self.asked:
                self.asked += 1
                self.active = self.wire.begin()
            case "finish" if self.active is not None:
                self.wire.finish(self.active)
                self.active = None
            case "take":
                await link.take_floor()
            case "yield":
                await link.yield_floor()
            case "reply":
                await link.yield_floor(reply=True)
            case "expect" if self.expecting is None:
                self.expecting = link.expect_context(60.0)
                self.expecting.__enter__()
            case "context" if self.expecting is not None:
                self.expecting.__exit__(None, None, None)
                self.expecting = None
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    def check(self) -> None:
        assert self.requests - self.asked + (self.active is not None) <= 1, "two responses at once"


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_there_is_never_a_second_response(steps: list[str]) -> None:
    async def run() -> None:
        model = Model()
        await model.wire.configure()
        for step in steps:
            await model.step(step)
            model.check()
        model.wire.link.close()

    asyncio.run(run())


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_whatever_happened_the_next_question_is_answered(steps: list[str]) -> None:
    async def run() -> None:
        model = Model()
        await model.wire.configure()
        for step in steps:
            await model.step(step)
        for step in ("context", "yield", "begin", "finish", "begin", "finish", "caller"):
            await model.step(step)
        before = model.requests
        await model.step("ask")
        assert model.requests == before + 1
        model.wire.link.close()

    asyncio.run(run())


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_nothing_is_said_while_a_plugin_has_the_floor(steps: list[str]) -> None:
    async def run() -> None:
        model = Model()
        await model.wire.configure()
        for step in steps:
            await model.step(step)
        for step in ("context", "begin", "finish", "begin", "finish", "take"):
            await model.step(step)
        before = model.requests
        for step in ("caller", "ask", "caller", "ask"):
            await model.step(step)
        assert model.requests == before
        model.wire.link.close()

    asyncio.run(run())
