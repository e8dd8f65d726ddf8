"""A number whose callers are not the ones who call loses its say, across restarts, until one of them does."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from worlds import PATIENCE, REQUEST, Clock, World, agent_says, enroll, speaks, until, world

from opusagent_hooks.testing import SimulatedCall
from opusagent_voiceprint.storage import phone_hasher
from opusagent_voiceprint.storage.number_failures import NumberFailures, failures_of, note_failure
from opusagent_voiceprint.storage.reviews import reviews

NUMBER = "+15550100"

# Nobody reaches the ordinary threshold, so that whoever is recognised owes it to the number.
BY_THE_NUMBER = {"similarity_threshold": 0.99999, "known_number_threshold": 0.5, "consent_enabled": False}


async def enrolled(folder: Path, clock: Clock, voice: Any, telephone: Any) -> None:
    async with world(folder, clock=clock) as ours, ours.host.call(from_number=NUMBER) as call:
        await enroll(call, telephone(voice("slt", "enroll")))


async def calls(ours: World, voice: Any, telephone: Any, name: str, number: str | None = NUMBER) -> str:
    """One call of this voice, and what became of it."""
    async with ours.host.call(from_number=number) as call:
        await call.play(telephone(voice(name, "return")))
        await until(call, lambda: call.session.metadata.get("voiceprint", {}).get("decision") is not None)
        return str(call.session.metadata["voiceprint"]["decision"])


def failures(ours: World, number: str = NUMBER) -> NumberFailures | None:
    link = phone_hasher(ours.service.store).link(number)
    assert link is not None
    return failures_of(ours.service.store, link, ours.clock.now)


async def test_p23_after_five_calls_of_other_voices_the_number_counts_for_nothing_for_a_while(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    clock = Clock()
    await enrolled(tmp_path, clock, voice, telephone)
    async with world(tmp_path, clock=clock, **BY_THE_NUMBER) as ours:
        assert await calls(ours, voice, telephone, "slt") == "recognised"
        for _ in range(3):
            assert await calls(ours, voice, telephone, "rms") == "unknown"
        assert await calls(ours, voice, telephone, "slt") == "recognised"
        assert failures(ours) is None
        for _ in range(3):
            await calls(ours, voice, telephone, "rms")
    async with world(tmp_path, clock=clock, **BY_THE_NUMBER) as ours:
        for _ in range(2):
            await calls(ours, voice, telephone, "rms")
        found = failures(ours)
        assert found is not None
        assert found.count == 5
    async with world(tmp_path, clock=clock, **BY_THE_NUMBER) as ours:
        # The caller themself is not recognised either by the lower threshold; that is one more.
        assert await calls(ours, voice, telephone, "slt") == "unknown"
        clock.forward(hours=2, seconds=-1)
        assert await calls(ours, voice, telephone, "slt") == "unknown"
        clock.forward(hours=4)
        assert await calls(ours, voice, telephone, "slt") == "recognised"
        assert failures(ours) is None


async def test_p23_while_it_counts_for_nothing_the_caller_is_recognised_as_from_any_number_which_clears_it(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    clock = Clock()
    await enrolled(tmp_path, clock, voice, telephone)
    async with world(tmp_path, clock=clock, consent_enabled=False) as ours:
        for _ in range(5):
            assert await calls(ours, voice, telephone, "rms") == "unknown"
        assert failures(ours) is not None
        assert await calls(ours, voice, telephone, "slt") == "recognised"
        assert failures(ours) is None


async def test_p23_only_calls_from_a_number_with_callers_who_may_be_recognised_are_counted(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    clock = Clock()
    await enrolled(tmp_path, clock, voice, telephone)
    async with world(tmp_path, clock=clock, consent_enabled=False) as ours:
        assert await calls(ours, voice, telephone, "rms", "+15550199") == "unknown"
        assert await calls(ours, voice, telephone, "rms", None) == "unknown"
        assert failures(ours, "+15550199") is None
        # A call on which nobody spoke for long enough is no attempt.
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, "Hello?", telephone(voice("rms", "return"))[:8000])
        assert failures(ours) is None
    async with world(tmp_path, clock=clock, policy_version="2", consent_enabled=False) as ours:
        assert await calls(ours, voice, telephone, "rms") == "unknown"
        assert failures(ours) is None


async def test_p23_who_is_recognised_on_somebody_else_s_number_neither_counts_nor_clears(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    clock = Clock()
    await enrolled(tmp_path, clock, voice, telephone)
    async with world(tmp_path, clock=clock) as ours:
        async with ours.host.call(from_number="+15550199") as call:
            await enroll(call, telephone(voice("rms", "enroll")), name="Bob")
    async with world(tmp_path, clock=clock, consent_enabled=False) as ours:
        await calls(ours, voice, telephone, "awb")
        before = failures(ours)
        assert before is not None
        assert await calls(ours, voice, telephone, "rms") == "recognised"
        assert failures(ours) == before


async def test_p21_p23_a_second_person_of_the_household_is_enrolled_beside_the_first_and_is_no_failure(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    clock = Clock()
    await enrolled(tmp_path, clock, voice, telephone)
    async with world(tmp_path, clock=clock) as ours:
        (first,) = ours.callers
        async with ours.host.call(from_number=NUMBER) as call:
            await enroll(call, telephone(voice("rms", "enroll")), name="Bob")
        assert failures(ours) is None
        assert len(ours.callers) == 2
        assert first in ours.callers  # untouched, to the last voiceprint
        assert len({link for caller in ours.callers for link in caller.phone_links}) == 1


async def test_p7_p23_the_count_is_no_remembered_no(tmp_path: Path, voice: Any, telephone: Any) -> None:
    clock = Clock()
    await enrolled(tmp_path, clock, voice, telephone)
    async with world(tmp_path, clock=clock, consent_enabled=False) as ours:
        for _ in range(6):
            await calls(ours, voice, telephone, "rms")
        assert list(ours.service.store.refusals()) == []
    async with world(tmp_path, clock=clock) as ours, ours.host.call(from_number=NUMBER) as call:
        await speaks(call, REQUEST, telephone(voice("rms", "enroll")))
        await agent_says(call, "voiceprint")


async def test_p23_after_as_many_failures_as_are_allowed_no_voice_is_compared_on_the_numbers_calls_for_a_day(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    clock = Clock()
    await enrolled(tmp_path, clock, voice, telephone)
    few = {"max_number_failures": 3, "consent_enabled": False}
    async with world(tmp_path, clock=clock, **few) as ours:
        for _ in range(3):
            assert await calls(ours, voice, telephone, "rms") == "unknown"
    async with world(tmp_path, clock=clock, **few) as ours:  # after a restart
        before = failures(ours)
        clock.forward(hours=24, seconds=-1)
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, "What are your opening hours?", telephone(voice("slt", "return")))
            assert "voiceprint" not in call.session.metadata
            assert call.session.caller_id is None
        assert failures(ours) == before  # who is compared with nobody fails nobody
        # The number of a day's stop is no reason to stop others.
        assert await calls(ours, voice, telephone, "slt", "+15550199") == "recognised"
        clock.forward(seconds=1)
        assert await calls(ours, voice, telephone, "rms") == "unknown"
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, "What are your opening hours?", telephone(voice("slt", "return")))
            assert call.session.caller_id is None
        clock.forward(hours=24)
        assert await calls(ours, voice, telephone, "slt") == "recognised"
        assert failures(ours) is None


async def test_p23_while_comparing_is_stopped_nobody_is_asked_and_the_tool_says_why(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    clock = Clock()
    await enrolled(tmp_path, clock, voice, telephone)
    async with world(tmp_path, clock=clock, max_number_failures=1, consent_enabled=False) as ours:
        await calls(ours, voice, telephone, "rms")
    async with world(tmp_path, clock=clock, max_number_failures=1) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, REQUEST, telephone(voice("rms", "enroll")))
            await call.agent_says("You can come in at nine.")
            await speaks(call, "Please remember my voice.", telephone(voice("rms", "return")))
            result = await call.use_tool("voiceprint_enroll")
            assert result["status"] == "not_possible"
            assert "for now" in result["note"]
            assert not any(event.kind == "say" for event in call.events)
        assert len(ours.callers) == 1


async def test_p8_p23_who_withdraws_while_comparing_is_stopped_is_noted_and_told_so(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    clock = Clock()
    await enrolled(tmp_path, clock, voice, telephone)
    async with world(tmp_path, clock=clock, max_number_failures=1, consent_enabled=False) as ours:
        await calls(ours, voice, telephone, "rms")
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, "Forget my voice.", telephone(voice("slt", "return")))
            await agent_says(call, "I have stopped recognising anybody from this number")
        (review,) = reviews(ours.service.store)
        assert review.caller_ids == (ours.callers[0].caller_id,)


async def test_p23_with_zero_failures_allowed_comparing_never_stops(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    clock = Clock()
    await enrolled(tmp_path, clock, voice, telephone)
    async with world(tmp_path, clock=clock, max_number_failures=0, consent_enabled=False) as ours:
        for _ in range(2):
            await calls(ours, voice, telephone, "rms")
        assert await calls(ours, voice, telephone, "slt") == "recognised"


async def test_p8_p23_a_number_that_is_looked_up_late_takes_the_recognition_before_it_back(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    clock = Clock()
    await enrolled(tmp_path, clock, voice, telephone)
    async with world(
        tmp_path, clock=clock, storage_timeout=0.12, max_number_failures=1, consent_enabled=False
    ) as ours:
        store = ours.service.store
        link = phone_hasher(store).link(NUMBER)
        assert link is not None
        note_failure(store, link, clock.now)
        look_up, answers = store.ids_by_phone, threading.Event()

        def slowly(phone_link: str) -> list[str]:
            answers.wait(PATIENCE)
            return look_up(phone_link)

        store.ids_by_phone = slowly  # type: ignore[method-assign]
        async with ours.host.call(from_number=NUMBER) as call:
            await call.play(telephone(voice("slt", "return")))
            await until(call, lambda: decided(call) == "recognised")
            answers.set()
            await until(call, lambda: decided(call) == "pending")
            assert call.session.caller_id is None
            await speaks(call, "Forget my voice.")
            await agent_says(call, "I have stopped recognising anybody from this number")
        assert len(ours.callers) == 1


def decided(call: SimulatedCall) -> str | None:
    return call.session.metadata.get("voiceprint", {}).get("decision")
