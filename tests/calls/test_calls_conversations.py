"""Conversations as they come: whatever is said, the store holds no voice without a consent heard whole."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from worlds import REQUEST, World, agent_says, enroll, speaks, until, world

from opusagent_hooks.testing import SimulatedCall
from opusagent_voiceprint.consent import Answer, english_script, interpret
from opusagent_voiceprint.models import Caller, Purpose
from opusagent_voiceprint.storage import phone_hasher
from opusagent_voiceprint.storage.reviews import release, reviews, suspension_of

NUMBER = "+15550100"
TURNS = [
    "Yes, please.",
    "Yes, please.",
    "My name is Ada.",
    "No.",
    "Not now.",
    "Never ask me again.",
    "Okay.",
    "What is that?",
    "Say that again?",
    "I am twelve years old.",
    "Forget my voice.",
    "My lamp is broken.",
]
QUESTION = english_script("we", 365).question
CUT_SHORT, SOMEBODY_ELSE, HANG_UP = "(cuts in)", "(hands the phone on)", "(hangs up)"
ANY_STEPS = st.lists(st.sampled_from([*TURNS, CUT_SHORT, SOMEBODY_ELSE, HANG_UP]), min_size=1, max_size=6)
STEPS = st.one_of(
    ANY_STEPS,
    ANY_STEPS.map(lambda rest: ["Yes, please.", *rest]),
    ANY_STEPS.map(lambda rest: ["What is that?", "Yes, please.", "My name is Ada.", *rest]),
)


def heard_whole(call: SimulatedCall) -> bool:
    """Whether the agent said the question on a call, and nobody cut it short."""
    return any(
        event.kind == "say" and event.data.text == QUESTION and event.data.completed  # type: ignore[union-attr]
        for event in call.events
    )


async def converse(call: SimulatedCall, steps: list[str], other: Any) -> None:
    for step in steps:
        if step == HANG_UP:
            return
        if step == CUT_SHORT:
            call.agent.interrupt_next_say()
        elif step == SOMEBODY_ELSE:
            await call.play(other)
        else:
            await speaks(call, step)
        await asyncio.sleep(0.02)  # for what is on its way from the engine


def check(ours: World, calls: dict[str, SimulatedCall], said: dict[str, list[str]]) -> None:
    for caller in ours.callers:
        consent = caller.consent(Purpose.VOICEPRINT)
        assert consent is not None
        assert consent.played_to_end
        assert interpret(consent.answer, "en") is Answer.YES
        assert consent.answer in said[consent.call_id]
        assert heard_whole(calls[consent.call_id])
        assert {each.call_id for each in caller.voiceprints} == {consent.call_id}
        assert not caller.memory or caller.consent(Purpose.MEMORY)


@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # each try at shrinking would be some calls more
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(STEPS, min_size=1, max_size=2))
@example([["Yes, please.", "My name is Ada.", "Yes, please."], ["My lamp is broken.", "Forget my voice."]])
def test_p3_p6_after_any_conversation_no_voice_is_stored_without_a_yes_to_a_question_heard_whole(
    voice: Any, telephone: Any, conversations: list[list[str]]
) -> None:
    async def run(folder: Path) -> None:
        calls: dict[str, SimulatedCall] = {}
        said: dict[str, list[str]] = {}
        async with world(folder, progressive_enrollment=False) as ours:
            for number, steps in enumerate(conversations):
                call_id = f"call-{number}"
                async with ours.host.call(from_number=NUMBER, call_id=call_id) as call:
                    calls[call_id], said[call_id] = call, steps
                    await speaks(call, REQUEST, telephone(voice("slt", "enroll")))
                    if number == 0:  # later calls may be of one who said no, withdrew, or is known
                        await agent_says(call, QUESTION)
                    await converse(call, steps, telephone(voice("rms", "return")))
                check(ours, calls, said)
                if "Forget my voice." in steps[: [*steps, HANG_UP].index(HANG_UP)]:
                    link = phone_hasher(ours.service.store).link(NUMBER)
                    assert link is not None
                    assert ours.service.store.refusal(link) is not None
                    assert ours.callers == [] or reviews(ours.service.store)

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder)))


Way = Callable[[SimulatedCall], Any]


async def to_the_question(call: SimulatedCall) -> None:
    await agent_says(call, "May we keep")


async def to_the_explanation(call: SimulatedCall) -> None:
    await to_the_question(call)
    await speaks(call, "What is that?")
    await agent_says(call, "row of numbers")


async def to_the_reprompt(call: SimulatedCall) -> None:
    await to_the_question(call)
    await speaks(call, "Hm.")
    await agent_says(call, "clear answer")


async def to_the_yes(call: SimulatedCall) -> None:
    await to_the_question(call)
    await speaks(call, "Yes, please.")
    await agent_says(call, "name")


async def to_the_no(call: SimulatedCall) -> None:
    await to_the_question(call)
    await speaks(call, "No.")
    await agent_says(call, "will not keep")


BEFORE_ENROLLMENT: dict[str, tuple[Way, str]] = {
    "the question": (to_the_question, "Forget my voice."),
    "the explanation": (to_the_explanation, "Delete my voiceprint."),
    "the reprompt": (to_the_reprompt, "Stop recognising me."),
    "the yes": (to_the_yes, "I take it back."),
    "the no": (to_the_no, "Remove my data."),
}


@pytest.mark.parametrize("state", BEFORE_ENROLLMENT)
async def test_p8_who_withdraws_unrecognised_has_the_number_suspended_and_reviewed_in_one_utterance(
    tmp_path: Path, voice: Any, telephone: Any, state: str
) -> None:
    way, words = BEFORE_ENROLLMENT[state]
    async with world(tmp_path) as ours:
        async with ours.host.call(from_number=NUMBER, call_id="CA1") as call:
            await speaks(call, REQUEST, telephone(voice("slt", "enroll")))
            await way(call)
            await speaks(call, words)
            await agent_says(call, "noted for review")
            await until(call, lambda: not call.agent.floor_is_taken)
        assert ours.callers == []
        (review,) = reviews(ours.service.store)
        assert (review.call_id, review.why, review.at) == ("CA1", "not_recognised", ours.clock.now)
        link = phone_hasher(ours.service.store).link(NUMBER)
        assert link is not None
        assert link.startswith(review.reference)

        # Neither asked nor recognised from then on, and after the release still not asked.
        for _ in range(2):
            async with ours.host.call(from_number=NUMBER) as call:
                await speaks(call, REQUEST, telephone(voice("slt", "enroll")))
                await speaks(call, "Thank you.")
                suspended = ours.service.store.refusal(suspension_of(link)) is not None
                assert not (suspended and "voiceprint" in call.session.metadata)
                assert not any("May we keep" in turn.text for turn in call.turns)
            if reviews(ours.service.store):
                release(ours.service.store, review.reference)


@pytest.mark.parametrize("words", ["Forget me.", "I no longer want my voice to be recognised."])
@pytest.mark.parametrize("memory_asked", [True, False])
async def test_p8_who_was_enrolled_on_this_call_is_erased_in_one_utterance(
    tmp_path: Path, voice: Any, telephone: Any, words: str, memory_asked: bool
) -> None:
    async with world(tmp_path) as ours, ours.host.call(from_number=NUMBER) as call:
        if memory_asked:
            await speaks(call, REQUEST, telephone(voice("slt", "enroll")))
            await to_the_yes(call)
            await speaks(call, "My name is Ada.")
            await agent_says(call, "notes")
        else:
            await enroll(call, telephone(voice("slt", "enroll")))
        enrolled: list[Caller] = ours.callers
        assert len(enrolled) == 1
        await speaks(call, words)
        await agent_says(call, "Done.")
        assert ours.callers == []
        assert ours.witness.forgotten == [enrolled[0].caller_id]
        assert reviews(ours.service.store) == []
        await until(call, lambda: not call.agent.floor_is_taken)


async def test_p8_a_released_number_is_recognised_again(tmp_path: Path, voice: Any, telephone: Any) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await enroll(call, telephone(voice("slt", "enroll")))
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, "Forget my voice.")
            await agent_says(call, "noted for review")
        (review,) = reviews(ours.service.store)
        assert review.caller_ids == (ours.callers[0].caller_id,)
        release(ours.service.store, review.reference)
        async with ours.host.call(from_number=NUMBER) as call:
            await call.play(telephone(voice("slt", "return")))
            await until(call, lambda: bool(call.agent.context))
