"""An emergency in the middle of the dialogue: it ends there, and the agent answers what was said."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from worlds import REQUEST, agent_says, all_windows_embedded, enroll, said, speaks, until, world

from opusagent_hooks import AgentUnavailableError, Spoken, Turn
from opusagent_hooks.testing import SimulatedCall
from opusagent_voiceprint.calls.session import CallSession
from opusagent_voiceprint.consent import default_script
from opusagent_voiceprint.models import Purpose
from opusagent_voiceprint.storage import phone_hasher
from opusagent_voiceprint.storage.reviews import reviews, suspension_of

NUMBER = "+15550100"
FIRE = "My house is on fire, I need an ambulance!"
Way = Callable[[SimulatedCall, Any], Awaitable[None]]


async def asked(call: SimulatedCall, speech: Any) -> None:
    await speaks(call, REQUEST, speech)
    await agent_says(call, "May we keep")


async def cut_short(call: SimulatedCall, speech: Any) -> None:
    call.agent.interrupt_next_say()
    await asked(call, speech)


async def explained(call: SimulatedCall, speech: Any) -> None:
    await asked(call, speech)
    await speaks(call, "What is that?")
    await agent_says(call, "row of numbers")


async def reprompted(call: SimulatedCall, speech: Any) -> None:
    await asked(call, speech)
    await speaks(call, "Hm.")
    await agent_says(call, "clear answer")


async def agreed(call: SimulatedCall, speech: Any) -> None:
    await asked(call, speech)
    await speaks(call, "Yes, please.")
    await agent_says(call, "name")


async def name_asked_again(call: SimulatedCall, speech: Any) -> None:
    await agreed(call, speech)
    await speaks(call, "It is a difficult one to spell for most people on the phone.")
    await agent_says(call, "catch")


async def to_speak_on(call: SimulatedCall, speech: Any) -> None:
    await agreed(call, None)
    await speaks(call, "My name is Ada.")
    await agent_says(call, "a sentence or two")


BEFORE_IT_IS_STORED: dict[str, Way] = {
    "the question": asked,
    "a question cut short": cut_short,
    "the explanation": explained,
    "the reprompt": reprompted,
    "the name": agreed,
    "the name again": name_asked_again,
}


def questions(call: SimulatedCall) -> int:
    return sum(said(event, "voiceprint") for event in call.events)


async def goes_on_without_a_question(call: SimulatedCall, words: str) -> None:
    """The agent has answered these words, has the floor, and nothing more is asked on this call."""
    await until(call, lambda: bool(call.replies) and call.replies[-1].to == words)
    await until(call, lambda: not call.agent.floor_is_taken)
    said_by_then = sum(event.kind == "say" for event in call.events)
    for text in ("We are out of the house.", "Thank you."):
        await speaks(call, text)
        assert call.replies[-1].to == text
    await asyncio.sleep(0.2)  # the agent is idle, and this is how soon somebody would be asked
    assert sum(event.kind == "say" for event in call.events) == said_by_then


@pytest.mark.parametrize("state", BEFORE_IT_IS_STORED)
async def test_p6_an_emergency_ends_the_dialogue_and_enrolls_nobody(
    tmp_path: Path, voice: Any, telephone: Any, state: str
) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await BEFORE_IT_IS_STORED[state](call, telephone(voice("slt", "enroll")))
            said_by_then = sum(event.kind == "say" for event in call.events)
            await speaks(call, FIRE)
            await goes_on_without_a_question(call, FIRE)
            assert sum(event.kind == "say" for event in call.events) == said_by_then
            # Speech that would have been enough for an enrollment comes too late for one.
            await call.play(telephone(voice("slt", "return")))
            await asyncio.sleep(0.3)
        assert ours.callers == []
        assert ours.witness.consents == []
        link = phone_hasher(ours.service.store).link(NUMBER)
        assert link is not None
        assert ours.service.store.refusal(link) is None


async def test_while_speech_is_awaited_an_emergency_keeps_the_yes_and_nothing_more_is_said(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path, identify_scope="on_request") as ours, ours.host.call() as call:
        await to_speak_on(call, None)
        said_by_then = sum(event.kind == "say" for event in call.events)
        await speaks(call, FIRE, telephone(voice("slt", "enroll")))
        await until(call, lambda: [caller.name for caller in ours.callers] == ["Ada"])
        await goes_on_without_a_question(call, FIRE)
        assert sum(event.kind == "say" for event in call.events) == said_by_then
        assert ours.callers[0].consent(Purpose.MEMORY) is None


async def test_p7_a_no_in_an_emergency_while_speech_is_awaited_takes_the_yes_back(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    words = "No! My house is on fire!"
    async with world(tmp_path, identify_scope="on_request") as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await to_speak_on(call, None)
            await speaks(call, words)
            await goes_on_without_a_question(call, words)
            await call.play(telephone(voice("slt", "enroll")))
            await asyncio.sleep(0.3)
        assert ours.callers == []
        link = phone_hasher(ours.service.store).link(NUMBER)
        assert link is not None
        assert ours.service.store.refusal(link) is not None


@pytest.mark.parametrize(
    "words",
    [
        "I want to report an accident from last week, and order a new card.",
        "I need the police report number for my claim.",
        "It's about my fire insurance.",
    ],
)
async def test_who_is_asked_what_the_call_is_about_may_tell_of_an_accident(
    tmp_path: Path, voice: Any, telephone: Any, words: str
) -> None:
    async with world(tmp_path, identify_scope="on_request") as ours, ours.host.call() as call:
        await to_speak_on(call, None)
        await speaks(call, words, telephone(voice("slt", "enroll")))
        await agent_says(call, "notes")
        assert [caller.name for caller in ours.callers] == ["Ada"]


@pytest.mark.parametrize("reprompt", [False, True])
async def test_p5_an_emergency_at_the_question_about_notes_agrees_to_none(
    tmp_path: Path, voice: Any, telephone: Any, reprompt: bool
) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await agreed(call, telephone(voice("slt", "enroll")))
        await speaks(call, "My name is Ada.")
        await agent_says(call, "notes")
        if reprompt:
            await speaks(call, "Hm.")
            await agent_says(call, "Sorry, may we keep short notes")
        await speaks(call, FIRE)
        await goes_on_without_a_question(call, FIRE)
        (caller,) = ours.callers
        assert caller.consent(Purpose.VOICEPRINT) is not None
        assert caller.consent(Purpose.MEMORY) is None


EMERGENCIES = [
    ("en", "There is a fire! Call the fire brigade!"),
    ("de", "Es brennt, rufen Sie die Feuerwehr!"),
    ("es", "¡Hay un incendio, llame a los bomberos!"),
    ("fr", "Il y a le feu, appelez les pompiers !"),
    ("de", FIRE),
    ("es", FIRE),
    ("fr", FIRE),
]


@pytest.mark.parametrize(("language", "words"), EMERGENCIES)
async def test_p6_an_emergency_is_heard_at_the_question_in_every_language_and_in_english(
    tmp_path: Path, voice: Any, telephone: Any, language: str, words: str
) -> None:
    script = default_script(language, "we", 365)
    assert script is not None
    async with world(tmp_path) as ours, ours.host.call(parameters={"language": language}) as call:
        await speaks(call, "Hallo.", telephone(voice("slt", "enroll")))
        await agent_says(call, script.question)
        await speaks(call, words)
        await goes_on_without_a_question(call, words)
        assert not any(said(event, script.reprompt) for event in call.events)
        assert ours.callers == []


@pytest.mark.parametrize(("language", "words"), EMERGENCIES)
async def test_an_emergency_before_the_question_is_heard_in_every_language_and_in_english(
    tmp_path: Path, voice: Any, telephone: Any, language: str, words: str
) -> None:
    async with world(tmp_path) as ours, ours.host.call(parameters={"language": language}) as call:
        await speaks(call, words, telephone(voice("slt", "enroll")))
        await until(call, lambda: "unknown" in ours.witness.seen)
        await goes_on_without_a_question(call, words)


@pytest.mark.parametrize(
    ("words", "forever"),
    [("No! My house is on fire!", False), ("Never ask me again, my house is on fire!", True)],
)
async def test_p7_a_no_in_an_emergency_is_remembered_and_not_talked_about(
    tmp_path: Path, voice: Any, telephone: Any, words: str, forever: bool
) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await asked(call, telephone(voice("slt", "enroll")))
            await speaks(call, words)
            await goes_on_without_a_question(call, words)
            assert not any(said(event, "will not keep") for event in call.events)
        link = phone_hasher(ours.service.store).link(NUMBER)
        assert link is not None
        refusal = ours.service.store.refusal(link)
        assert refusal is not None
        assert (refusal.until is None) is forever


@pytest.mark.parametrize("words", ["No! My house is on fire!", "Never ask me again, my house is on fire!"])
@pytest.mark.parametrize(("who", "remembered"), [("slt", True), ("rms", False)])
async def test_p7_a_no_in_an_emergency_by_another_voice_than_was_asked_is_not_remembered(
    tmp_path: Path,
    voice: Any,
    telephone: Any,
    monkeypatch: pytest.MonkeyPatch,
    who: str,
    remembered: bool,
    words: str,
) -> None:
    let_it_speak = asyncio.Event()
    async with world(tmp_path) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await asked(call, telephone(voice("slt", "enroll")))
            session = call.call.userdata["voiceprint.session"]
            assert isinstance(session, CallSession)
            tracker = session._parts.listening.tracker
            assert tracker is not None
            asked_voice, say = tracker.voice, call.agent.say

            async def say_late(text: str) -> Spoken:
                await let_it_speak.wait()
                return await say(text)

            # While the reprompt is awaited, whoever has the phone by then cries for help.
            monkeypatch.setattr(call.agent, "say", say_late)
            for text in ("Hm.", words):
                await ours.manager.call_all("transcript", call=call.call, turn=Turn("caller", text))
            await call.play(telephone(voice(who, "return")))
            if who == "slt":
                await all_windows_embedded(ours)
            else:
                await until(call, lambda: tracker.voice != asked_voice)
            assert (tracker.voice == asked_voice) is remembered
            let_it_speak.set()
            await agent_says(call, "clear answer")
            await until(call, lambda: not call.agent.floor_is_taken)
        assert ours.callers == []
        link = phone_hasher(ours.service.store).link(NUMBER)
        assert link is not None
        assert (ours.service.store.refusal(link) is not None) is remembered


async def test_p8_a_withdrawal_in_an_emergency_counts_as_one(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await asked(call, telephone(voice("slt", "enroll")))
            await speaks(call, "Forget my voice, my house is on fire!")
            await agent_says(call, "noted for review")
        link = phone_hasher(ours.service.store).link(NUMBER)
        assert link is not None
        assert ours.service.store.refusal(suspension_of(link)) is not None
        assert len(reviews(ours.service.store)) == 1


async def test_who_is_called_back_after_an_emergency_is_asked_on_the_next_call(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await asked(call, telephone(voice("slt", "enroll")))
            await speaks(call, FIRE)
            await goes_on_without_a_question(call, FIRE)
        assert ours.callers == []
        async with ours.host.call(from_number=NUMBER) as call:
            await enroll(call, telephone(voice("slt", "enroll")))
        assert [caller.name for caller in ours.callers] == ["Ada"]


async def test_a_child_in_an_emergency_is_noticed_even_where_the_floor_cannot_be_given_back(
    tmp_path: Path, voice: Any, telephone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = asyncio.Event()

    async def broken(*_: object, **__: object) -> None:
        tried.set()
        raise AgentUnavailableError("no model")

    async with world(tmp_path) as ours, ours.host.call() as call:
        await asked(call, telephone(voice("slt", "enroll")))
        monkeypatch.setattr(call.agent, "yield_floor", broken)
        turn = Turn("caller", "I'm nine years old. My house is on fire!")
        await ours.manager.call_all("transcript", call=call.call, turn=turn)
        await asyncio.wait_for(tried.wait(), 5)
        turn = Turn("caller", "Please remember my voice.")
        await ours.manager.call_all("transcript", call=call.call, turn=turn)
        assert (await call.use_tool("voiceprint_enroll"))["status"] != "will_be_asked"


async def test_a_child_in_an_emergency_is_not_asked_even_on_request(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    words = "I'm nine years old. My house is on fire!"
    async with world(tmp_path) as ours, ours.host.call() as call:
        await asked(call, telephone(voice("slt", "enroll")))
        await speaks(call, words)
        await goes_on_without_a_question(call, words)
        await speaks(call, "Please remember my voice.")
        assert (await call.use_tool("voiceprint_enroll"))["status"] != "will_be_asked"


async def test_somebody_called_for_help_is_no_call_for_help(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours, ours.host.call(parameters={"language": "es"}) as call:
        await speaks(call, "Hola, buenos días.", telephone(voice("slt", "enroll")))
        script = default_script("es", "we", 365)
        assert script is not None
        await agent_says(call, script.question)
        await speaks(call, "Sí, por favor.")
        await agent_says(call, "nombre")
        await speaks(call, "Me llamo Socorro.")
        await until(call, lambda: [caller.name for caller in ours.callers] == ["Socorro"])
