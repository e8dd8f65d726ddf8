"""Whole calls, with real audio through the real pipeline: asked, enrolled, recognised, greeted, forgotten."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from worlds import REQUEST, agent_says, enroll, speaks, until, world

from opusagent_hooks import Call
from opusagent_voiceprint import hookimpl
from opusagent_voiceprint.models import Caller, Purpose
from opusagent_voiceprint.storage import SQLiteStorage


async def test_an_unknown_caller_is_enrolled_and_recognised_by_name_in_the_next_call(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as first, first.host.call(from_number="+15550100", platform="twilio") as call:
        await enroll(call, telephone(voice("slt", "enroll")))
        assert "Ada" not in call.turns[0].text
    (caller,) = first_callers = await stored(tmp_path)
    assert len(first_callers) == 1
    assert caller.name == "Ada"
    assert caller.consent(Purpose.VOICEPRINT) is not None
    assert caller.consent(Purpose.MEMORY) is not None
    assert caller.voiceprints[0].net_speech_seconds >= 5.0

    async with world(tmp_path) as second, second.host.call(platform="audiocodes") as call:
        await call.play(telephone(voice("slt", "return")))
        await until(call, lambda: "identified" in second.witness.seen)
        assert call.session.caller_id == caller.caller_id
        assert call.session.metadata["voiceprint"]["decision"] == "recognised"
        await speaks(call, "I am calling about the lamp.")
        (context,) = call.replies[-1].context
        assert '"Welcome back, Ada! How can I help you today?"' in context.text
        assert "delivered" in context.text
        assert not any("voiceprint" in turn.text for turn in call.turns)


async def stored(folder: Path) -> list[Any]:
    async with world(folder) as reader:
        return reader.callers


async def test_another_voice_is_not_recognised(tmp_path: Path, voice: Any, telephone: Any) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call() as call:
            await enroll(call, telephone(voice("slt", "enroll")))
        ours.witness.seen.clear()
        async with ours.host.call() as call:
            await call.play(telephone(voice("rms", "return")))
            await until(call, lambda: "unknown" in ours.witness.seen)
            assert call.session.caller_id is None
            assert not call.agent.context


async def test_a_caller_without_a_number_can_be_enrolled(tmp_path: Path, voice: Any, telephone: Any) -> None:
    async with world(tmp_path) as ours, ours.host.call(from_number="anonymous") as call:
        await enroll(call, telephone(voice("rms", "enroll")))
        (caller,) = ours.callers
        assert caller.phone_links == []


async def test_a_caller_who_gives_no_name_is_enrolled_without_one(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call() as call:
            await enroll(call, telephone(voice("rms", "enroll")), name=None)
        assert ours.callers[0].name is None
        async with ours.host.call() as call:
            await call.play(telephone(voice("rms", "return")))
            await until(call, lambda: bool(call.agent.context))
            assert "Welcome back! How can I help you today?" in call.agent.context[0].text


async def test_enrollment_waits_for_enough_speech_and_the_agent_goes_on_meanwhile(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    speech = telephone(voice("slt", "enroll"))
    async with world(tmp_path) as ours, ours.host.call() as call:
        await speaks(call, REQUEST, speech[: 8000 * 5])
        await agent_says(call, "voiceprint")
        await speaks(call, "Yes, please.")
        await agent_says(call, "name")
        await speaks(call, "Ada.")
        await agent_says(call, "tell me")
        assert ours.callers == []
        assert not call.agent.floor_is_taken
        await speaks(call, "Well, it is about a lamp.", telephone(voice("slt", "return")))
        await agent_says(call, "notes")
        assert ours.callers[0].name == "Ada"
        assert ours.callers[0].voiceprints[0].net_speech_seconds >= 5.0


async def test_someone_who_is_enrolled_on_this_call_is_not_greeted_as_if_recognised(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await enroll(call, telephone(voice("slt", "enroll")))
        await speaks(call, "And another thing.", telephone(voice("slt", "return")))
        assert "identified" not in ours.witness.seen
        assert call.session.caller_id == ours.callers[0].caller_id


async def test_the_greeting_can_be_overridden(tmp_path: Path, voice: Any, telephone: Any) -> None:
    class Custom:
        @hookimpl
        async def voiceprint_greeting(self, call: Call, caller: Any) -> str:
            return f"Ahoy, {caller.name}!"

    async with world(tmp_path, Custom()) as ours:
        async with ours.host.call() as call:
            await enroll(call, telephone(voice("slt", "enroll")))
        async with ours.host.call() as call:
            await call.play(telephone(voice("slt", "return")))
            await until(call, lambda: bool(call.agent.context))
            assert '"Ahoy, Ada!"' in call.agent.context[0].text


@pytest.mark.parametrize("nonsense", [42, "", "   ", b"bytes", ["list"]])
async def test_a_greeting_hook_that_returns_nonsense_gives_the_default(
    tmp_path: Path, voice: Any, telephone: Any, nonsense: object
) -> None:
    class Custom:
        @hookimpl
        def voiceprint_greeting(self) -> object:
            return nonsense

    async with world(tmp_path, Custom()) as ours:
        async with ours.host.call() as call:
            await enroll(call, telephone(voice("slt", "enroll")))
        async with ours.host.call() as call:
            await call.play(telephone(voice("slt", "return")))
            await until(call, lambda: bool(call.agent.context))
            assert "Welcome back, Ada!" in call.agent.context[0].text


async def test_a_host_that_cannot_keep_callers_apart_gets_no_personal_context(
    tmp_path: Path, voice: Any, telephone: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await enroll(call, telephone(voice("slt", "enroll")))
    async with world(tmp_path, host={"personal_context": False}) as ours, ours.host.call() as call:
        await call.play(telephone(voice("slt", "return")))
        await until(call, lambda: "identified" in ours.witness.seen)
        await speaks(call, "Hello?")
        assert not call.agent.context
        assert call.replies
        assert "no personal context" in caplog.text


async def test_days_since_the_last_call_are_counted(tmp_path: Path, voice: Any, telephone: Any) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call() as call:
            await enroll(call, telephone(voice("slt", "enroll")))
        ours.clock.forward(days=9)
        async with ours.host.call() as call:
            await call.play(telephone(voice("slt", "return")))
            await until(call, lambda: bool(call.agent.context))
            assert "It's been 9 days since your last call." in call.agent.context[0].text
        assert ours.callers[0].last_seen == ours.clock.now


async def test_without_memory_consent_only_the_call_itself_is_noted(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call() as call:
            await enroll(call, telephone(voice("slt", "enroll")), memory=False)
        (caller,) = ours.callers
        assert not caller.memory
        assert caller.consent(Purpose.MEMORY) is None
        assert caller.last_seen == ours.clock.now


async def test_a_voiceprint_that_expired_is_not_matched_and_is_erased(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await enroll(call, telephone(voice("slt", "enroll")))
    later = ours.clock
    later.forward(days=366)
    with SQLiteStorage(tmp_path / "voices.db") as store:
        fresh = store.put(Caller(created_at=later.now), expected_version=0)
    async with world(tmp_path, clock=later) as ours, ours.host.call() as call:
        await call.play(telephone(voice("slt", "return")))
        await until(call, lambda: "unknown" in ours.witness.seen)
        await until(call, lambda: [caller.caller_id for caller in ours.callers] == [fresh.caller_id])
