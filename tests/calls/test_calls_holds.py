"""Nobody is asked while one side waits: for a caller at the door, for an agent who looks something up."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from worlds import REQUEST, agent_says, speaks, until, world

from opusagent_hooks import Turn
from opusagent_hooks.testing import SimulatedCall
from opusagent_voiceprint.calls.offering import OfferRules
from opusagent_voiceprint.calls.reading import Reading
from opusagent_voiceprint.consent import default_script

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
