"""After a change of policy nobody is matched before a new yes, and that yes is the caller's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from worlds import REQUEST, Clock, agent_says, enroll, speaks, until, world

from opusagent_hooks import Turn
from opusagent_hooks.testing import SimulatedCall
from opusagent_voiceprint.memory import remember
from opusagent_voiceprint.models import Caller, CallNotes, Purpose

NUMBER = "+15550100"


def remembered(caller: Caller) -> list[str]:
    return [fact.text for fact in caller.memory.facts]


async def with_an_earlier_policy(folder: Path, clock: Clock, voice: Any, telephone: Any) -> Caller:
    """One caller, slt, who agreed to policy 1, with a note."""

    async with world(folder, clock=clock, policy_version="1") as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await enroll(call, telephone(voice("slt", "enroll")))
        (caller,) = ours.callers

        def with_a_note(current: Caller) -> Caller:
            notes = CallNotes(summary="", facts=[("preference", "My dog is called Rex.")])
            return current.model_copy(update={"memory": remember(current.memory, notes, "CA0", clock.now)})

        ours.service.store.update(caller.caller_id, with_a_note)
        (caller,) = ours.callers
    assert remembered(caller) == ["My dog is called Rex."]
    clock.forward(days=10)
    return caller


async def is_asked(call: SimulatedCall, speech: Any) -> None:
    await speaks(call, REQUEST, speech)
    await agent_says(call, "voiceprint")


@pytest.mark.parametrize("memory", [True, False])
async def test_p11_who_says_yes_again_keeps_profile_and_voiceprints_and_is_asked_about_notes_again(
    tmp_path: Path, voice: Any, telephone: Any, memory: bool
) -> None:
    clock = Clock()
    before = await with_an_earlier_policy(tmp_path, clock, voice, telephone)
    async with world(tmp_path, clock=clock, policy_version="2") as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await is_asked(call, telephone(voice("slt", "return")))
            assert not call.agent.context
            assert ours.callers == [before]
            await speaks(call, "Yes, please.")
            await agent_says(call, "name")
            await speaks(call, "My name is Ada.")
            await agent_says(call, "notes")
            # Until its own question is answered, nothing that was remembered is kept.
            (caller,) = ours.callers
            assert remembered(caller) == []
            assert caller.consent(Purpose.MEMORY) is None
            await speaks(call, "Yes, please." if memory else "No.")
            await agent_says(call, "I will keep notes" if memory else "I will not keep notes")
        (caller,) = ours.callers
        assert caller.caller_id == before.caller_id
        assert caller.voiceprints[0] == before.voiceprints[0]
        assert caller.consents[: len(before.consents)] == before.consents
        renewed = caller.consent(Purpose.VOICEPRINT)
        assert renewed is not None
        assert (renewed.policy_version, renewed.answer) == ("2", "Yes, please.")
        assert renewed.played_to_end
        assert ours.witness.consents[0] == renewed
        assert remembered(caller) == (["My dog is called Rex."] if memory else [])
        assert (caller.consent(Purpose.MEMORY) is not None) == memory

        async with ours.host.call(from_number=NUMBER) as call:
            await call.play(telephone(voice("slt", "return")))
            await until(call, lambda: bool(call.agent.context))
        assert ours.witness.identified[call.call.id] == before.caller_id


async def test_p11_p21_another_voice_from_the_number_becomes_a_second_caller_and_the_first_stays_suspended(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    clock = Clock()
    before = await with_an_earlier_policy(tmp_path, clock, voice, telephone)
    async with world(tmp_path, clock=clock, policy_version="2") as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await enroll(call, telephone(voice("rms", "enroll")), name="Bob")
        first, second = sorted(ours.callers, key=lambda caller: caller.created_at)
        assert first == before
        assert second.name == "Bob"
        assert not ours.service.models.default.gallery.remove(first.caller_id)  # type: ignore[union-attr]


@pytest.mark.parametrize("number", [None, "+15550199"])
async def test_p11_from_another_number_nobody_is_compared_with_the_suspended(
    tmp_path: Path, voice: Any, telephone: Any, number: str | None
) -> None:
    clock = Clock()
    before = await with_an_earlier_policy(tmp_path, clock, voice, telephone)
    async with world(tmp_path, clock=clock, policy_version="2") as ours:
        async with ours.host.call(from_number=number) as call:
            await enroll(call, telephone(voice("slt", "enroll")))
        assert before in ours.callers
        assert len(ours.callers) == 2


@pytest.mark.parametrize("answer", ["No.", "Never.", "Okay."])
async def test_p11_without_a_new_yes_the_suspended_caller_stays_as_they_are(
    tmp_path: Path, voice: Any, telephone: Any, answer: str
) -> None:
    clock = Clock()
    before = await with_an_earlier_policy(tmp_path, clock, voice, telephone)
    async with world(tmp_path, clock=clock, policy_version="2") as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await is_asked(call, telephone(voice("slt", "return")))
            await speaks(call, answer)
        assert ours.callers == [before]
        assert "identified" not in ours.witness.seen


async def test_p8_p11_who_renews_and_takes_it_back_is_erased_wholly(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    clock = Clock()
    before = await with_an_earlier_policy(tmp_path, clock, voice, telephone)
    async with world(tmp_path, clock=clock, policy_version="2") as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await enroll(call, telephone(voice("slt", "return")), memory=False)
            await speaks(call, "Forget my voice.")
            await agent_says(call, "Done.")
        assert ours.callers == []
        assert ours.witness.forgotten == [before.caller_id]


async def test_p10_a_caller_past_the_retention_period_is_not_matched_and_a_new_yes_makes_a_new_caller(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    clock = Clock()
    before = await with_an_earlier_policy(tmp_path, clock, voice, telephone)

    async with world(tmp_path, clock=clock, retention_days=365) as ours:
        clock.forward(days=355, seconds=1)  # in the middle of the process's life, before the next purge
        assert ours.callers == [before]
        async with ours.host.call(from_number=NUMBER) as call:
            await enroll(call, telephone(voice("slt", "enroll")))
        assert "identified" not in ours.witness.seen
        (new,) = [caller for caller in ours.callers if caller.caller_id != before.caller_id]
        assert remembered(new) == []


async def test_p10_a_clock_that_was_put_back_ten_years_matches_nobody_and_erases_nobody(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    clock = Clock()
    before = await with_an_earlier_policy(tmp_path, clock, voice, telephone)
    clock.forward(days=-3653)
    async with world(tmp_path, clock=clock) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await call.play(telephone(voice("slt", "return")))
            await until(call, lambda: "unknown" in ours.witness.seen)
            await ours.manager.call_all("transcript", call=call.call, turn=Turn("caller", "Thank you."))
        assert "identified" not in ours.witness.seen
        assert ours.callers == [before]


async def test_p1_p11_a_number_whose_callers_are_all_suspended_is_no_known_number_before_the_yes(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    clock = Clock()
    before = await with_an_earlier_policy(tmp_path, clock, voice, telephone)
    async with world(tmp_path, clock=clock, policy_version="2", identify_scope="known_numbers") as ours:
        models = ours.service.models
        assert models is not None
        async with ours.host.call(from_number=NUMBER) as call:
            await is_asked(call, telephone(voice("slt", "return")))
            assert sum(model.engine.embedded_windows for model in models.all) == 0
            await speaks(call, "Yes, please.")
            await agent_says(call, "name")
            await speaks(call, "My name is Ada.", telephone(voice("slt", "enroll")))
            await agent_says(call, "notes")
        (caller,) = ours.callers
        assert caller.caller_id == before.caller_id
