"""A store that fails during calls: the call goes on, nothing is promised that is not so, and it recovers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from failing_stores import FAILURES, Failure, failure_named
from worlds import REQUEST, World, agent_says, enroll, speaks, until, world

from opusagent_hooks.testing import SimulatedCall
from opusagent_voiceprint.models import Caller
from opusagent_voiceprint.storage.reviews import suspension_of

NUMBER = "+15550100"

every_failure = pytest.mark.parametrize("failure", list(FAILURES), indirect=True)
failures_at_start = pytest.mark.parametrize(
    "failure", [name for name, kind in FAILURES.items() if kind.at_start], indirect=True
)

failures_to_erase = pytest.mark.parametrize(
    "failure", [name for name, kind in FAILURES.items() if kind.refuses_erasures], indirect=True
)


@pytest.fixture
def failure(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Failure]:
    with failure_named(request.param, tmp_path) as failure:
        yield failure


@asynccontextmanager
async def a_world(failure: Failure, *plugins: object, **values: Any) -> AsyncIterator[World]:
    async with world(
        failure.folder, *plugins, **{"storage_timeout": 0.15, **failure.values, **values}
    ) as ours:
        yield ours


async def callers(failure: Failure) -> list[Caller]:
    async with a_world(failure) as ours:
        return ours.callers


async def is_recognised(call: SimulatedCall, line: Any) -> None:
    await call.play(line)
    await until(call, lambda: bool(call.agent.context))


async def recognised_in_the_end(ours: World, line: Any) -> None:
    """A later call is recognised: how soon is a matter of the back-off."""
    for _ in range(10):
        async with ours.host.call(from_number=NUMBER) as call:
            await call.play(line)
            await until(call, lambda: "decision" in call.session.metadata.get("voiceprint", {}))
            for _ in range(100):
                if call.agent.context:
                    assert "Ada" in call.agent.context[0].text
                    return
                await asyncio.sleep(0.02)
    pytest.fail("nobody is recognised although the store is back")


@every_failure
async def test_the_call_goes_on_while_the_store_fails_and_a_later_one_is_recognised_without_a_restart(
    failure: Failure, voice: Any, telephone: Any
) -> None:
    line = telephone(voice("slt", "return"))
    async with a_world(failure) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await enroll(call, telephone(voice("slt", "enroll")))
        failure.begin()
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, "I am calling about the lamp.", line)
            await speaks(call, "Hello?")
            assert [reply.to for reply in call.replies] == ["I am calling about the lamp.", "Hello?"]
            assert not any("voiceprint" in turn.text for turn in call.turns)
            if not failure.readable:
                assert call.session.caller_id is None
                assert call.agent.context == ()
        failure.end()
        await recognised_in_the_end(ours, line)


@failures_at_start
async def test_a_store_that_fails_at_the_start_leaves_callers_anonymous_until_it_is_there(
    failure: Failure, voice: Any, telephone: Any, caplog: pytest.LogCaptureFixture
) -> None:
    line = telephone(voice("slt", "return"))
    async with a_world(failure) as ours, ours.host.call(from_number=NUMBER) as call:
        await enroll(call, telephone(voice("slt", "enroll")))
    failure.begin()
    async with a_world(failure, ready=False) as ours:
        assert not ours.service.wait_until_ready(0.0)
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, "I am calling about the lamp.", line)
            await speaks(call, "Hello?")
            assert [reply.to for reply in call.replies] == ["I am calling about the lamp.", "Hello?"]
            assert call.session.caller_id is None
            assert call.agent.context == ()
            assert not any("voiceprint" in turn.text for turn in call.turns)
        assert "the store is not there yet" in caplog.text
        failure.end()
        assert await asyncio.to_thread(ours.service.wait_until_ready, 60.0)
        await recognised_in_the_end(ours, line)


@every_failure
async def test_p3_no_enrollment_is_confirmed_that_was_not_stored(
    failure: Failure, voice: Any, telephone: Any
) -> None:
    async with a_world(failure) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, REQUEST, telephone(voice("slt", "enroll")))
            await agent_says(call, "voiceprint")
            await speaks(call, "Yes, please.")
            await agent_says(call, "name")
            failure.begin()
            await speaks(call, "My name is Ada.")
            await agent_says(call, "did not work")
            await speaks(call, "Never mind, where is my lamp?")
            assert call.replies[-1].to == "Never mind, where is my lamp?"
            assert not any("I will know your voice" in turn.text for turn in call.turns)
            assert call.session.caller_id is None
        failure.end()
    assert await callers(failure) == []
    async with a_world(failure) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await enroll(call, telephone(voice("slt", "enroll")))
        await recognised_in_the_end(ours, telephone(voice("slt", "return")))


@failures_to_erase
async def test_p8_an_erasure_that_the_store_refused_outlives_a_restart_and_is_done_by_it(
    failure: Failure, voice: Any, telephone: Any
) -> None:
    line = telephone(voice("slt", "return"))
    async with a_world(failure) as ours:
        async with ours.host.call() as call:
            await enroll(call, telephone(voice("slt", "enroll")))
        (caller,) = ours.callers
        journal = ours.service._journal
        async with ours.host.call() as call:
            await is_recognised(call, line)
            failure.begin()
            await speaks(call, "Forget my voice.")
            await agent_says(call, "tried again")
            assert not any(turn.text.startswith("Done.") for turn in call.turns)
            if failure.journals:
                await until(call, lambda: journal.pending() == [caller.caller_id])
                assert oct(journal.path.stat().st_mode)[-3:] == "600"
            else:
                failure.end()
                await until(call, lambda: ours.callers == [])
    failure.end()
    async with a_world(failure) as ours:
        async with ours.host.call() as call:
            await call.play(line)
            await until(call, lambda: "unknown" in ours.witness.seen)
            assert call.agent.context == ()
        assert ours.callers == []
        assert not journal.path.exists()


@pytest.mark.parametrize("failure", ["redis_out_of_memory"], indirect=True)
async def test_p8_a_redis_without_memory_erases_all_the_same(
    failure: Failure, voice: Any, telephone: Any
) -> None:
    async with a_world(failure) as ours:
        async with ours.host.call() as call:
            await enroll(call, telephone(voice("slt", "enroll")))
        async with ours.host.call() as call:
            await is_recognised(call, telephone(voice("slt", "return")))
            failure.begin()
            await speaks(call, "Forget my voice.")
            await agent_says(call, "Done.")
        assert ours.callers == []


@pytest.mark.parametrize("failure", ["redis_down", "redis_hanging"], indirect=True)
async def test_p8_who_withdraws_before_the_store_was_ever_there_is_not_recognised_once_it_is(
    failure: Failure, voice: Any, telephone: Any
) -> None:
    async with a_world(failure) as ours, ours.host.call(from_number=NUMBER) as call:
        await enroll(call, telephone(voice("slt", "enroll")))
    failure.begin()
    async with a_world(failure, ready=False) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, "Forget my voice.")
            await agent_says(call, "I don't recognise your voice so far")
            assert not any("from this number" in turn.text for turn in call.turns)
        failure.end()
        assert await asyncio.to_thread(ours.service.wait_until_ready, 60.0)
        phones = ours.service._access.phones
        assert phones is not None
        link = phones.link(NUMBER)
        assert link is not None
        assert ours.service.store.refusal(suspension_of(link)) is not None
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, "I am calling about the lamp.", telephone(voice("slt", "return")))
            await speaks(call, "Hello?")
            assert call.agent.context == ()
            assert call.session.caller_id is None


@pytest.mark.parametrize("failure", ["redis_down"], indirect=True)
async def test_p7_a_no_that_the_store_did_not_take_is_kept_for_it(
    failure: Failure, voice: Any, telephone: Any
) -> None:
    async with a_world(failure) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, REQUEST, telephone(voice("slt", "enroll")))
            await agent_says(call, "voiceprint")
            failure.begin()
            await speaks(call, "No, never.")
            await until(call, lambda: call.turns[-1].speaker == "agent")
        failure.end()
        phones = ours.service._access.phones
        assert phones is not None
        link = phones.link(NUMBER) or ""
        for _ in range(1000):
            if ours.service._shared is not None and ours.service._shared.arrears.noted(link) is None:
                break
            await asyncio.sleep(0.02)
        assert ours.service.store.refusal(link) is not None


@pytest.mark.parametrize("failure", ["redis_down"], indirect=True)
async def test_a_redis_that_lost_everything_is_begun_anew_without_a_restart(
    failure: Failure, voice: Any, telephone: Any
) -> None:
    async with a_world(failure) as ours:
        async with ours.host.call() as call:
            await enroll(call, telephone(voice("slt", "enroll")))
        with failure.server.client() as client:  # type: ignore[attr-defined]
            client.flushall()
        async with ours.host.call() as call:
            await call.play(telephone(voice("slt", "return")))
            await until(call, lambda: "unknown" in ours.witness.seen)
        async with ours.host.call() as call:
            await speaks(call, REQUEST, telephone(voice("rms", "enroll")))
            await agent_says(call, "voiceprint")
            await speaks(call, "Yes, please.")
            await agent_says(call, "name")
            await speaks(call, "Charles.")
            await agent_says(call, "did not work")
            first = ours.service.store
            await until(call, lambda: ours.service.store is not first)
        async with ours.host.call() as call:
            await enroll(call, telephone(voice("rms", "enroll")), name="Charles")
        assert [caller.name for caller in ours.callers] == ["Charles"]
