"""Consent in calls: what counts as a yes, how a no is taken, and how everything is taken back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from worlds import REQUEST, Clock, agent_says, enroll, said, speaks, until, world

from opusagent_hooks.testing import SimulatedCall
from opusagent_voiceprint.models import ConsentDecision, ConsentEvidence, Purpose

NUMBER = "+15550100"


async def asked(call: SimulatedCall, speech: Any) -> None:
    await speaks(call, REQUEST, speech)
    await agent_says(call, "voiceprint")


def question_count(call: SimulatedCall) -> int:
    return sum(said(event, "voiceprint") for event in call.events)


async def test_p4_a_consent_record_holds_what_was_asked_and_answered(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path, policy_version="2026-02") as ours:
        async with ours.host.call(platform="twilio", call_id="CA1") as call:
            await enroll(call, telephone(voice("slt", "enroll")))
        record = ours.callers[0].consent(Purpose.VOICEPRINT)
        assert record is not None
        assert record.decision is ConsentDecision.GRANTED
        assert record.evidence is ConsentEvidence.CONVERSATION
        assert record.at == ours.clock.now
        assert record.policy_version == "2026-02"
        assert (record.language, record.channel, record.call_id) == ("en", "twilio", "CA1")
        assert record.answer == "Yes, please."
        assert record.played_to_end
        assert record.wording_version
        assert len(record.wording_hash) == 64
        assert [consent.purpose for consent in ours.witness.consents] == [Purpose.VOICEPRINT, Purpose.MEMORY]


@pytest.mark.parametrize("answer", ["No.", "No, thank you.", "Not now.", "I'd rather not."])
async def test_p7_a_no_changes_nothing_else_and_is_remembered(
    tmp_path: Path, voice: Any, telephone: Any, answer: str
) -> None:
    clock = Clock()
    speech = telephone(voice("slt", "enroll"))
    async with world(tmp_path, clock=clock) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await asked(call, speech)
            await speaks(call, answer)
            await until(call, lambda: not call.agent.floor_is_taken)
            await speaks(call, "When will it come, then?")
            assert call.replies[-1].to == "When will it come, then?"
            assert question_count(call) <= 2
        assert ours.callers == []
        clock.forward(days=180)
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, REQUEST, speech)
            await until(call, lambda: ours.witness.seen.count("unknown") == 2)
            await speaks(call, "Thank you.")
            assert question_count(call) == 0
        clock.forward(days=3)
        async with ours.host.call(from_number=NUMBER) as call:
            await asked(call, speech)


async def test_p7_never_is_for_ever(tmp_path: Path, voice: Any, telephone: Any) -> None:
    clock = Clock()
    speech = telephone(voice("slt", "enroll"))
    async with world(tmp_path, clock=clock) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await asked(call, speech)
            await speaks(call, "No, and never ask me again.")
            await agent_says(call, "not ask you again")
        clock.forward(days=3650)
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, REQUEST, speech)
            await until(call, lambda: ours.witness.seen.count("unknown") == 2)
            await speaks(call, "Thank you.")
            assert question_count(call) == 0


@pytest.mark.parametrize(
    "answers",
    [
        ["Okay.", "Mm-hm."],
        ["What is that?", "Okay, whatever."],
        ["My order number is five.", "I just want my lamp."],
        ["Yes, but what does it cost?", "Hm."],
    ],
)
async def test_p6_what_is_not_an_express_yes_enrolls_nobody(
    tmp_path: Path, voice: Any, telephone: Any, answers: list[str]
) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await asked(call, telephone(voice("slt", "enroll")))
        for answer in answers:
            before = len([event for event in call.events if event.kind in ("say", "reply")])
            await speaks(call, answer)
            await until(
                call,
                lambda before=before: len([e for e in call.events if e.kind in ("say", "reply")]) > before,
            )
        await until(call, lambda: not call.agent.floor_is_taken)
        assert ours.callers == []
        assert "enrolled" not in ours.witness.seen


async def test_p6_a_yes_to_a_question_that_was_cut_short_does_not_count(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        call.agent.interrupt_next_say()
        await asked(call, telephone(voice("slt", "enroll")))
        await speaks(call, "Yes.")
        await until(call, lambda: question_count(call) == 2)
        assert ours.callers == []
        # The question is put once more, in full, and now a yes counts.
        await speaks(call, "Yes.")
        await agent_says(call, "name")


async def test_p6_a_yes_said_while_the_question_is_spoken_does_not_count(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path, speed=20.0) as ours, ours.host.call() as call:
        await speaks(call, REQUEST, telephone(voice("slt", "enroll")))
        await call.wait_for(
            lambda event: event.kind == "say_started" and "voiceprint" in str(event.data), 20.0
        )
        await speaks(call, "Yes.")
        await agent_says(call, "clear answer")
        assert ours.callers == []
        assert not any("name should" in turn.text for turn in call.turns)


async def test_p6_an_explanation_is_given_once(tmp_path: Path, voice: Any, telephone: Any) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await asked(call, telephone(voice("slt", "enroll")))
        await speaks(call, "What is a voiceprint?")
        await agent_says(call, "row of numbers")
        await speaks(call, "Yes, please.")
        await agent_says(call, "name")
        assert ours.callers == []


async def test_the_question_is_put_at_most_once_a_call(tmp_path: Path, voice: Any, telephone: Any) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await asked(call, telephone(voice("slt", "enroll")))
        await speaks(call, "No.")
        await agent_says(call, "not keep")
        said_by_then = question_count(call)
        for _ in range(3):
            await speaks(call, "One more thing.", telephone(voice("slt", "return")))
        assert question_count(call) == said_by_then
        assert ours.callers == []


async def test_in_an_emergency_nobody_is_asked(tmp_path: Path, voice: Any, telephone: Any) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await speaks(call, "This is an emergency, my card was stolen!", telephone(voice("slt", "enroll")))
        await until(call, lambda: "unknown" in ours.witness.seen)
        await speaks(call, "Thank you.")
        assert question_count(call) == 0


async def test_someone_who_hangs_up_on_the_question_is_not_stored(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await asked(call, telephone(voice("slt", "enroll")))
            await speaks(call, "Yes, please.")
            await agent_says(call, "name")
        assert ours.callers == []
        assert ours.service.active_calls == 0


async def test_p21_a_yes_of_another_voice_than_was_asked_enrolls_nobody(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await asked(call, telephone(voice("slt", "enroll")))
        # Somebody else takes the phone and speaks before answering.
        await call.play(telephone(voice("rms", "return")))
        await until(call, lambda: not call.agent.floor_is_taken)
        await speaks(call, "Yes, please.")
        await speaks(call, "My name is Bob.")
        assert ours.callers == []


async def test_p21_a_second_voice_under_the_same_number_is_a_second_caller(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        for name, who in (("Ada", "slt"), ("Charles", "rms")):
            async with ours.host.call(from_number=NUMBER) as call:
                await enroll(call, telephone(voice(who, "enroll")), name=name)
        assert sorted(caller.name or "" for caller in ours.callers) == ["Ada", "Charles"]
        for name, who in (("Ada", "slt"), ("Charles", "rms")):
            async with ours.host.call(from_number=NUMBER) as call:
                await call.play(telephone(voice(who, "return")))
                await until(call, lambda call=call: bool(call.agent.context))
                assert f'"{name}"' in call.agent.context[0].text


async def test_when_another_person_takes_the_phone_personal_context_is_withdrawn(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call() as call:
            await enroll(call, telephone(voice("slt", "enroll")))
        async with ours.host.call() as call:
            await call.play(telephone(voice("slt", "return")))
            await until(call, lambda: bool(call.agent.context))
            assert call.session.caller_id is not None
            await call.play(telephone(voice("rms", "return")))
            await until(call, lambda: call.session.caller_id is None)
            await until(call, lambda: any("no longer recognised" in item.text for item in call.agent.context))
            assert not any("Ada" in item.text for item in call.agent.context)


@pytest.mark.parametrize("words", ["Forget my voice.", "Please delete my voiceprint!", "remove my data"])
async def test_p8_withdrawal_erases_at_once_without_a_second_question(
    tmp_path: Path, voice: Any, telephone: Any, words: str
) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await enroll(call, telephone(voice("slt", "enroll")))
        caller_id = ours.callers[0].caller_id
        async with ours.host.call(from_number=NUMBER) as call:
            await call.play(telephone(voice("slt", "return")))
            await until(call, lambda: bool(call.agent.context))
            await speaks(call, words)
            await agent_says(call, "deleted")
            assert ours.callers == []
            assert ours.witness.forgotten == [caller_id]
            assert call.session.caller_id is None
            assert call.session.caller_metadata == {}
            assert not any("Ada" in item.text for item in call.agent.context)
        assert ours.callers == []
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, REQUEST, telephone(voice("slt", "return")))
            await until(call, lambda: ours.witness.seen[-1] == "unknown")
            await speaks(call, "Thank you.")
            assert question_count(call) == 0


async def test_p8_a_withdrawal_before_the_voice_is_recognised_is_carried_out_when_it_is(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call() as call:
            await enroll(call, telephone(voice("slt", "enroll")))
        async with ours.host.call() as call:
            await speaks(call, "Forget my voice.")
            await agent_says(call, "so far")
            await call.play(telephone(voice("slt", "return")))
            await agent_says(call, "Done.")
            assert ours.callers == []
            assert not call.agent.context


async def test_p8_a_withdrawal_counts_when_the_receiver_goes_down_with_it(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call() as call:
            await enroll(call, telephone(voice("slt", "enroll")))
        async with ours.host.call() as call:
            await call.play(telephone(voice("slt", "return")))
            await until(call, lambda: bool(call.agent.context))
            await call.caller_says("Forget my voice.")
            await call.hang_up()
        assert ours.callers == []


@pytest.mark.parametrize("stage", ["question", "name", "memory"])
async def test_p8_a_withdrawal_in_the_middle_of_the_dialogue_ends_it_with_nothing_stored(
    tmp_path: Path, voice: Any, telephone: Any, stage: str
) -> None:
    async with world(tmp_path) as ours, ours.host.call(from_number=NUMBER) as call:
        await asked(call, telephone(voice("slt", "enroll")))
        if stage != "question":
            await speaks(call, "Yes, please.")
            await agent_says(call, "name")
        if stage == "memory":
            await speaks(call, "Ada.")
            await agent_says(call, "notes")
        await speaks(call, "I take it back, forget my voice.")
        await until(call, lambda: not call.agent.floor_is_taken)
        assert ours.callers == []
        await speaks(call, "Yes.")
        assert ours.callers == []


@pytest.mark.parametrize(("words", "for_ever"), [("No.", False), ("No. Never ask me again.", True)])
async def test_p7_a_no_that_was_not_heard_yet_when_the_caller_hung_up_is_remembered(
    tmp_path: Path, voice: Any, telephone: Any, words: str, for_ever: bool
) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, REQUEST, telephone(voice("slt", "enroll")))
            await agent_says(call, "voiceprint")
            await call.settle()
            said = [call.caller_says(each) for each in ("Well, I only wanted to know about it.", words)]
            speaking = [asyncio.create_task(each) for each in said]
            await asyncio.sleep(0)
            await call.hang_up()
            await asyncio.gather(*speaking, return_exceptions=True)
        (refusal,) = ours.service.store.refusals()
        assert (refusal.until is None) is for_ever


async def test_p6_a_yes_that_was_not_heard_yet_when_the_caller_hung_up_enrolls_nobody(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, REQUEST, telephone(voice("slt", "enroll")))
            await agent_says(call, "voiceprint")
            await call.settle()
            said = [call.caller_says(each) for each in ("Well, I only wanted to know about it.", "Yes.")]
            speaking = [asyncio.create_task(each) for each in said]
            await asyncio.sleep(0)
            await call.hang_up()
            await asyncio.gather(*speaking, return_exceptions=True)
        assert ours.callers == []
        assert list(ours.service.store.refusals()) == []
