"""Nobody is asked while one side waits: for a caller at the door, for an agent who looks something up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from test_calls_emergency import (
    NUMBER,
    Way,
    agreed,
    asked,
    cut_short,
    explained,
    goes_on_without_a_question,
    reprompted,
)
from worlds import REQUEST, agent_says, speaks, until, world

from opusagent_hooks import Turn
from opusagent_hooks.testing import SimulatedCall
from opusagent_voiceprint.calls.offering import OfferRules
from opusagent_voiceprint.calls.reading import Reading
from opusagent_voiceprint.consent import default_script
from opusagent_voiceprint.models import Purpose
from opusagent_voiceprint.storage import phone_hasher

CALLERS = [
    ("en", "Can you hold on a second please, somebody is at the door."),
    ("en", "One moment, I have to get my glasses."),
    ("de", "Einen Moment, es ist jemand an der Tür."),
    ("es", "Un momento, por favor, están llamando a la puerta."),
    ("fr", "Un instant, s'il vous plaît, on sonne à la porte."),
    ("de", "Just a second, please."),
    ("fr", "Hold on a second, please."),
]
AGENTS = [
    ("en", "Please hold the line while I look that up for you."),
    ("en", "I'll put you on hold for a moment."),
    ("de", "Bleiben Sie bitte dran, ich sehe nach."),
    ("es", "No cuelgue, por favor, lo estoy buscando."),
    ("fr", "Ne quittez pas, je regarde cela."),
    ("es", "Please bear with me for a moment."),
]


def question(language: str) -> str:
    script = default_script(language, "we", 365)
    assert script is not None
    return script.question


async def nobody_is_asked(call: SimulatedCall) -> None:
    await asyncio.sleep(0.3)  # the agent is idle, and this is how soon somebody would be asked
    assert not any(event.kind == "say" for event in call.events)


@pytest.mark.parametrize(("language", "words"), CALLERS)
async def test_a_caller_who_asks_the_agent_to_wait_is_asked_when_they_are_back(
    tmp_path: Path, voice: Any, telephone: Any, language: str, words: str
) -> None:
    async with world(tmp_path) as ours, ours.host.call(parameters={"language": language}) as call:
        await speaks(call, words, telephone(voice("slt", "enroll")))
        await until(call, lambda: "unknown" in ours.witness.seen)
        await nobody_is_asked(call)
        # What the agent says into the silence ends nothing.
        await call.agent_says("Take your time.")
        await nobody_is_asked(call)
        await speaks(call, "Hallo, hallo.")
        await agent_says(call, question(language))


@pytest.mark.parametrize(("language", "words"), AGENTS)
async def test_a_caller_whom_the_agent_asked_to_wait_is_asked_when_it_is_back(
    tmp_path: Path, voice: Any, telephone: Any, language: str, words: str
) -> None:
    def reply(_: str, __: Sequence[str], ___: Sequence[str]) -> str:
        return words

    async with (
        world(tmp_path, host={"reply": reply}) as ours,
        ours.host.call(parameters={"language": language}) as call,
    ):
        await speaks(call, REQUEST, telephone(voice("slt", "enroll")))
        await until(call, lambda: "unknown" in ours.witness.seen)
        await nobody_is_asked(call)
        # A word of the caller's meanwhile, which the agent answers with the same, ends nothing.
        await speaks(call, "Hallo, hallo.")
        await nobody_is_asked(call)
        await call.agent_says("4711, Graz.")
        await agent_says(call, question(language))


async def test_without_a_hold_the_same_call_is_asked_at_once(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await speaks(
            call, "My order is on hold, and I want to hold on to it.", telephone(voice("slt", "enroll"))
        )
        await until(call, lambda: "unknown" in ours.witness.seen)
        await agent_says(call, question("en"))


async def test_who_asks_to_be_remembered_and_then_to_wait_is_asked_afterwards(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await speaks(call, "Please remember my voice. Hold on a second.", telephone(voice("slt", "enroll")))
        await until(call, lambda: "unknown" in ours.witness.seen)
        assert (await call.use_tool("voiceprint_enroll"))["status"] == "will_be_asked"
        await nobody_is_asked(call)
        await speaks(call, "I am back.")
        await agent_says(call, question("en"))


OPEN_QUESTIONS: dict[str, Way] = {
    "the question": asked,
    "a question cut short": cut_short,
    "the explanation": explained,
    "the reprompt": reprompted,
}


@pytest.mark.parametrize("state", OPEN_QUESTIONS)
async def test_p6_who_asks_to_wait_at_the_question_is_not_pressed_and_has_agreed_to_nothing(
    tmp_path: Path, voice: Any, telephone: Any, state: str
) -> None:
    words = CALLERS[0][1]
    async with world(tmp_path) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await OPEN_QUESTIONS[state](call, telephone(voice("slt", "enroll")))
            said_by_then = sum(event.kind == "say" for event in call.events)
            await speaks(call, words)
            await goes_on_without_a_question(call, words)
            await speaks(call, "Yes, please.")  # to the agent: no question is open
            assert sum(event.kind == "say" for event in call.events) == said_by_then
        assert ours.callers == []
        link = phone_hasher(ours.service.store).link(NUMBER)
        assert link is not None
        assert ours.service.store.refusal(link) is None


@pytest.mark.parametrize(("language", "words"), CALLERS)
async def test_at_the_question_asking_to_wait_is_heard_in_every_language_and_in_english(
    tmp_path: Path, voice: Any, telephone: Any, language: str, words: str
) -> None:
    async with world(tmp_path) as ours, ours.host.call(parameters={"language": language}) as call:
        await speaks(call, "Hallo.", telephone(voice("slt", "enroll")))
        await agent_says(call, question(language))
        await speaks(call, words)
        await goes_on_without_a_question(call, words)
        assert sum(event.kind == "say" for event in call.events) == 1
        assert ours.callers == []


async def test_who_asked_to_wait_at_the_question_is_asked_again_only_on_request(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    words = "Hold on a second, please."
    async with world(tmp_path) as ours, ours.host.call() as call:
        await asked(call, telephone(voice("slt", "enroll")))
        await speaks(call, words)
        await goes_on_without_a_question(call, words)
        assert sum(event.kind == "say" for event in call.events) == 1
        await speaks(call, "Please remember my voice.")
        assert (await call.use_tool("voiceprint_enroll"))["status"] == "will_be_asked"
        await until(call, lambda: call.agent.floor_is_taken)
        await speaks(call, "Yes, please.")
        await agent_says(call, "name")


async def test_p5_who_asks_to_wait_at_the_question_about_notes_keeps_the_voiceprint_and_agrees_to_none(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    words = "One moment, I have to get my glasses."
    async with world(tmp_path) as ours, ours.host.call() as call:
        await agreed(call, telephone(voice("slt", "enroll")))
        await speaks(call, "My name is Ada.")
        await agent_says(call, "notes")
        await speaks(call, words)
        await goes_on_without_a_question(call, words)
        (caller,) = ours.callers
        assert caller.consent(Purpose.VOICEPRINT) is not None
        assert caller.consent(Purpose.MEMORY) is None


async def test_who_asks_to_wait_when_asked_for_a_name_keeps_the_yes(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await agreed(call, telephone(voice("slt", "enroll")))
        await speaks(call, "Hold on a second, please.")
        await agent_says(call, "catch")
        await speaks(call, "My name is Ada.")
        await agent_says(call, "notes")
        assert [caller.name for caller in ours.callers] == ["Ada"]


async def test_p7_a_no_and_a_hold_in_one_is_a_no(tmp_path: Path, voice: Any, telephone: Any) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await asked(call, telephone(voice("slt", "enroll")))
            await speaks(call, "No. Hold on a second, please.")
            await agent_says(call, "will not keep")
        link = phone_hasher(ours.service.store).link(NUMBER)
        assert link is not None
        assert ours.service.store.refusal(link) is not None


def held_by_the_caller(clock: list[float]) -> OfferRules:
    rules = OfferRules(enabled=True, unknown=True, clock=lambda: clock[0])
    rules.hear(Reading(hold=True), clock[0])
    rules.note(Turn("caller", "One moment."), Reading(hold=True))
    assert rules.on_hold
    return rules


def test_a_hold_ends_by_itself_after_a_minute() -> None:
    clock = [1000.0]
    rules = held_by_the_caller(clock)
    clock[0] += 59
    assert rules.on_hold
    clock[0] += 2
    assert not rules.on_hold


def test_a_hold_ends_when_the_other_side_has_answered_and_spoken_twice_more() -> None:
    rules = held_by_the_caller([1000.0])
    for _ in range(2):
        rules.note(Turn("agent", "Take your time."), Reading())
        assert rules.on_hold
    rules.note(Turn("agent", "Your parcel arrives on Monday."), Reading())
    assert not rules.on_hold
    assert rules.allowed


def test_a_hold_asked_for_anew_begins_anew() -> None:
    clock = [1000.0]
    rules = held_by_the_caller(clock)
    clock[0] += 50
    rules.hear(Reading(hold=True), clock[0])
    clock[0] += 50
    assert rules.on_hold


@pytest.mark.parametrize(("words", "for_ever"), [("No, thank you.", False), ("Never ask me again.", True)])
async def test_p7_a_no_after_a_hold_is_remembered_and_the_agent_answers_it(
    tmp_path: Path, voice: Any, telephone: Any, words: str, for_ever: bool
) -> None:
    async with world(tmp_path, host={"reply": waits_patiently}) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await asked(call, telephone(voice("slt", "enroll")))
            for said in ("Hold on a second.", "One moment, please.", words):
                await speaks(call, said)
                await until(call, is_answered(call, said))
            assert not call.agent.floor_is_taken
        (refusal,) = ours.service.store.refusals()
        assert (refusal.until is None) is for_ever


@pytest.mark.parametrize(("words", "refused"), [("No.", False), ("Never ask me again.", True)])
async def test_p7_after_a_hold_a_plain_no_to_a_question_of_the_agents_is_the_agents(
    tmp_path: Path, voice: Any, telephone: Any, words: str, refused: bool
) -> None:
    async with world(tmp_path, host={"reply": waits_patiently}) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await asked(call, telephone(voice("slt", "enroll")))
            await speaks(call, "Hold on a second.")
            await until(call, is_answered(call, "Hold on a second."))
            await call.agent_says("Shall I call you back?")
            await speaks(call, words)
            await until(call, is_answered(call, words))
        assert bool(list(ours.service.store.refusals())) is refused


def waits_patiently(turn_text: str, context_items: Sequence[str], instructions: Sequence[str]) -> str:
    return "Take your time."


def is_answered(call: SimulatedCall, words: str) -> Callable[[], bool]:
    return lambda: call.replies[-1].to == words


async def test_p6_after_a_hold_a_yes_enrolls_nobody_and_a_later_no_is_the_agents(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await asked(call, telephone(voice("slt", "enroll")))
            for words in ("Hold on a second.", "Yes.", "No."):
                await speaks(call, words)
                await until(call, is_answered(call, words))
        assert ours.callers == []
        assert list(ours.service.store.refusals()) == []
