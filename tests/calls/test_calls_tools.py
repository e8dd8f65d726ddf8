"""The tools of the model: they report, they start our dialogue, and only the caller's own words count."""

from __future__ import annotations

import asyncio
import gc
import json
import time
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from worlds import PATIENCE, REQUEST, Clock, World, agent_says, enroll, said, speaks, until, world

from opusagent_hooks import AgentError, Call, PersonalContextRefusedError, Spoken, Tool, Turn
from opusagent_hooks.testing import SimulatedCall
from opusagent_voiceprint import hookimpl
from opusagent_voiceprint.calls import tools as tools_module
from opusagent_voiceprint.models import ConsentDecision, ConsentEvidence, DoNotAsk, Purpose
from opusagent_voiceprint.storage import phone_hasher
from opusagent_voiceprint.storage.reviews import suspension_of

NUMBER = "+15550100"
TOOLS = {"voiceprint_enroll", "voiceprint_forget", "voiceprint_who_am_i"}
HANG_UP = {"next_action", "context", "stage"}
ASKS = "Please remember my voice."


async def use(call: SimulatedCall, tool: str) -> Mapping[str, Any]:
    """What a tool answers, which any host can give to any model."""
    result = await call.use_tool(f"voiceprint_{tool}")
    assert json.loads(json.dumps(result)) == result
    assert not HANG_UP & result.keys()
    return result


async def status(call: SimulatedCall, tool: str) -> str:
    return str((await use(call, tool))["status"])


def questions(call: SimulatedCall) -> int:
    return sum(
        said(event, "May we keep voiceprints from your calls, biometric data") for event in call.events
    )


async def unknown(ours: World, call: SimulatedCall, speech: Any) -> None:
    """The caller speaks without anything being transcribed, and is nobody who is known."""
    await call.play(speech)
    await until(call, lambda: decided(call) == "unknown")


def decided(call: SimulatedCall) -> Any:
    return call.session.metadata.get("voiceprint", {}).get("decision")


async def enrolled(ours: World, voice: Any, telephone: Any, name: str = "slt", **kind: Any) -> None:
    async with ours.host.call(**kind) as call:
        await enroll(call, telephone(voice(name, "enroll")))


async def recognised(call: SimulatedCall, voice: Any, telephone: Any, name: str = "slt") -> None:
    await call.play(telephone(voice(name, "return")))
    await until(call, lambda: decided(call) == "recognised")
    await until(call, lambda: call.session.caller_id is not None)


@pytest.fixture(autouse=True)
def _patient_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is not to make a tool busy."""
    assert tools_module._PATIENCE <= 0.1
    monkeypatch.setattr(tools_module, "_PATIENCE", PATIENCE)


# Registration


async def test_the_model_is_offered_three_tools_with_a_schema_and_a_description(tmp_path: Path) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        assert set(call.agent.tools) == TOOLS
        for name, tool in call.agent.tools.items():
            assert tool.name == name
            assert json.loads(json.dumps(tool.parameters))["type"] == "object"
            assert "Use this when" in tool.description
        assert [event.kind for event in call.events].index("tool") < [
            event.kind for event in call.events
        ].index("turn")
        # Models pass arguments to functions that have none.
        result = await call.use_tool("voiceprint_who_am_i", caller="Ada", reason="they asked")
        assert result["status"] == "still_listening"


async def test_a_session_that_is_announced_twice_has_each_tool_once(tmp_path: Path) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await ours.manager.call_all("session_create", call=call.call, session=call.session)
        assert sum(event.kind == "tool" for event in call.events) == len(TOOLS)


async def test_where_nobody_is_asked_there_is_no_tool_to_enroll(tmp_path: Path) -> None:
    async with world(tmp_path, consent_enabled=False) as ours, ours.host.call() as call:
        assert set(call.agent.tools) == TOOLS - {"voiceprint_enroll"}


@pytest.mark.parametrize("error", [AgentError, PersonalContextRefusedError, RuntimeError])
async def test_an_agent_that_takes_no_tools_has_the_call_go_on(
    tmp_path: Path, voice: Any, telephone: Any, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    from opusagent_hooks.testing import SimulatedAgent

    async def refuse(self: SimulatedAgent, tool: Tool) -> None:
        raise error("no tools here")

    monkeypatch.setattr(SimulatedAgent, "register_tool", refuse)
    async with world(tmp_path) as ours:
        await enrolled(ours, voice, telephone)
        async with ours.host.call() as call:
            assert call.agent.tools == {}
            await recognised(call, voice, telephone)


async def test_p2_tools_that_a_host_keeps_hold_nothing_of_the_call(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call() as call:
            await unknown(ours, call, telephone(voice("slt", "enroll")))
            tools = dict(call.agent.tools)
            session = weakref.ref(call.call.userdata["voiceprint.session"])
            assert session() is not None
        for tool in tools.values():
            assert await _answer(tool) == {"status": "call_over"}

        def let_go() -> bool:
            gc.collect()
            return session() is None

        await until(call, let_go)


async def _answer(tool: Tool) -> Mapping[str, Any]:
    result: Any = tool.handler()
    return await result  # type: ignore[no-any-return]


# Who am I


async def test_p14_p15_who_is_recognised_is_recognised_and_named_only_in_the_context(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    clock = Clock()
    async with world(tmp_path, clock=clock) as ours:
        await enrolled(ours, voice, telephone, from_number=NUMBER)
        clock.forward(days=9)
        (caller,) = ours.callers
        async with ours.host.call(from_number=NUMBER) as call:
            await recognised(call, voice, telephone)
            result = await use(call, "who_am_i")
            assert result["status"] == "recognised"
            assert "not verified" in result["note"]
            assert any("Ada" in item.text for item in call.agent.context)
            text = json.dumps(dict(await use(call, "who_am_i"))).lower()
            for secret in ("Ada", "authentic", caller.caller_id, NUMBER[1:], "similarity", "score"):
                assert secret.lower() not in text


async def test_before_enough_was_heard_it_is_not_known_who_it_is(tmp_path: Path) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        assert await status(call, "who_am_i") == "still_listening"


async def test_a_stranger_is_not_recognised(tmp_path: Path, voice: Any, telephone: Any) -> None:
    async with world(tmp_path) as ours:
        await enrolled(ours, voice, telephone)
        async with ours.host.call() as call:
            await unknown(ours, call, telephone(voice("rms", "return")))
            result = await use(call, "who_am_i")
            assert result["status"] == "not_recognised"
            assert "Ada" not in json.dumps(dict(result))


async def test_nobody_who_is_not_listened_to_is_recognised(tmp_path: Path) -> None:
    async with world(tmp_path, identify_scope="on_request") as ours, ours.host.call() as call:
        assert await status(call, "who_am_i") == "not_recognised"


async def test_who_was_enrolled_on_this_call_is_said_to_be(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await enroll(call, telephone(voice("slt", "enroll")))
        assert await status(call, "who_am_i") == "enrolled_on_this_call"


async def test_the_next_person_on_the_phone_is_not_taken_for_the_first(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        await enrolled(ours, voice, telephone)
        async with ours.host.call() as call:
            await recognised(call, voice, telephone)
            await call.play(telephone(voice("rms", "enroll")))
            await until(call, lambda: decided(call) == "unknown")
            result = await use(call, "who_am_i")
            assert result["status"] == "not_recognised"
            assert "Ada" not in json.dumps(dict(result))


async def test_a_host_that_cannot_keep_callers_apart_is_told_no_name_by_a_tool_either(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        await enrolled(ours, voice, telephone)
    async with world(tmp_path, host={"personal_context": False}) as ours, ours.host.call() as call:
        await recognised(call, voice, telephone)
        await until(call, lambda: "identified" in ours.witness.seen)
        assert set(await use(call, "who_am_i")) == {"status", "note"}
        assert "Ada" not in json.dumps(dict(await use(call, "who_am_i")))


# Enroll


async def finish(call: SimulatedCall) -> None:
    """The dialogue, from the answer to the question on."""
    await speaks(call, "Yes, please.")
    await agent_says(call, "name")
    await speaks(call, "My name is Ada.")
    await agent_says(call, "notes")
    await speaks(call, "No.")
    await agent_says(call, "I will not keep notes")


async def test_who_asks_is_asked_and_enrolled_by_their_own_yes(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await unknown(ours, call, telephone(voice("slt", "enroll")))
        await speaks(call, ASKS)
        # The ordinary question may be on its way already.
        assert await status(call, "enroll") in ("will_be_asked", "being_asked")
        await agent_says(call, "voiceprint")
        assert ours.callers == []
        await finish(call)
        assert questions(call) == 1
        (caller,) = ours.callers
        consent = caller.consent(Purpose.VOICEPRINT)
        assert consent is not None
        assert (consent.decision, consent.evidence) == (
            ConsentDecision.GRANTED,
            ConsentEvidence.CONVERSATION,
        )
        assert (consent.answer, consent.played_to_end) == ("Yes, please.", True)
        assert await status(call, "enroll") == "already_known"


@pytest.mark.parametrize(
    "words", ["Where is my order?", "Do you remember me?", "Yes, please.", "Can you recognise my voice?"]
)
async def test_p6_a_tool_that_the_caller_s_words_do_not_bear_out_starts_nothing(
    tmp_path: Path, voice: Any, telephone: Any, words: str
) -> None:
    async with world(tmp_path) as ours, ours.host.call(from_number=NUMBER) as call:
        await declined(call, telephone(voice("slt", "enroll")))
        await speaks(call, words)
        assert await status(call, "enroll") == "not_asked"
        await speaks(call, "Thank you.")
        await speaks(call, "Good bye.")
        assert questions(call) == 1
        assert ours.callers == []


async def declined(call: SimulatedCall, speech: Any, answer: str = "No, thank you.") -> None:
    """Asked once, and said no."""
    await speaks(call, REQUEST, speech)
    await agent_says(call, "voiceprint")
    await speaks(call, answer)
    await until(call, lambda: not call.agent.floor_is_taken)
    assert questions(call) == 1


async def test_p6_the_tool_alone_never_enrolls_whatever_the_caller_says_to_the_question(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await unknown(ours, call, telephone(voice("slt", "enroll")))
        await speaks(call, ASKS)
        await use(call, "enroll")
        await agent_says(call, "voiceprint")
        for words in ("Okay.", "Mm-hm."):
            assert await status(call, "enroll") == "being_asked"
            before = sum(event.kind in ("say", "reply") for event in call.events)
            await speaks(call, words)
            await until(
                call,
                lambda before=before: sum(e.kind in ("say", "reply") for e in call.events) > before,
            )
        assert ours.callers == []


@pytest.mark.parametrize("answer", ["No, thank you.", "No, and never ask me again."])
async def test_who_said_no_and_asks_for_it_later_on_the_call_is_asked_again(
    tmp_path: Path, voice: Any, telephone: Any, answer: str
) -> None:
    async with world(tmp_path) as ours, ours.host.call(from_number=NUMBER) as call:
        await declined(call, telephone(voice("slt", "enroll")), answer)
        await speaks(call, "I changed my mind, please remember my voice.")
        assert await status(call, "enroll") == "will_be_asked"
        await until(call, lambda: questions(call) == 2)
        await finish(call)
        assert len(ours.callers) == 1


async def test_words_that_were_answered_with_a_question_do_not_bring_another_one(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await unknown(ours, call, telephone(voice("slt", "enroll")))
        await speaks(call, ASKS)
        await use(call, "enroll")
        await agent_says(call, "voiceprint")
        await speaks(call, "No, thank you.")
        await until(call, lambda: not call.agent.floor_is_taken)
        assert await status(call, "enroll") == "not_asked"
        await speaks(call, "Where is my order?")
        assert questions(call) == 1


async def test_the_words_alone_bring_no_question_to_who_said_no(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await declined(call, telephone(voice("slt", "enroll")))
        await speaks(call, ASKS)
        await speaks(call, "Where is my order?")
        assert questions(call) == 1


async def test_words_that_are_transcribed_after_the_tool_was_used_count(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await declined(call, telephone(voice("slt", "enroll")))
        assert await status(call, "enroll") == "not_asked"
        await speaks(call, ASKS)
        await until(call, lambda: questions(call) == 2)


async def test_words_of_long_ago_do_not_count(tmp_path: Path, voice: Any, telephone: Any) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await declined(call, telephone(voice("slt", "enroll")))
        await speaks(call, ASKS)
        for words in ("Where is my order?", "It is a lamp.", "A green one."):
            await speaks(call, words)
        assert await status(call, "enroll") == "not_asked"


async def test_a_remembered_no_does_not_hold_back_who_asks_in_a_later_call(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await declined(call, telephone(voice("slt", "enroll")), "Never ask me again.")
        async with ours.host.call(from_number=NUMBER) as call:
            await unknown(ours, call, telephone(voice("slt", "return")))
            await speaks(call, ASKS)
            assert questions(call) == 0
            assert await status(call, "enroll") == "will_be_asked"
            await until(call, lambda: questions(call) == 1)


async def test_who_asks_before_the_voice_is_known_is_asked_when_it_is(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await speaks(call, ASKS)
        assert await status(call, "enroll") == "listening_first"
        assert questions(call) == 0
        await call.play(telephone(voice("slt", "enroll")))
        await until(call, lambda: questions(call) == 1)


async def test_who_turns_out_to_be_known_is_not_asked(tmp_path: Path, voice: Any, telephone: Any) -> None:
    async with world(tmp_path) as ours:
        await enrolled(ours, voice, telephone)
        async with ours.host.call() as call:
            await speaks(call, ASKS)
            assert await status(call, "enroll") == "listening_first"
            await recognised(call, voice, telephone)
            assert await status(call, "enroll") == "already_known"
            await speaks(call, "Where is my order?")
            assert questions(call) == 0
        assert len(ours.callers) == 1


async def test_the_words_of_one_person_do_not_have_the_next_one_asked(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await declined(call, telephone(voice("slt", "enroll")))
        await speaks(call, ASKS)
        await call.play(telephone(voice("rms", "enroll")))
        # A change of voice is noticed, and then a new decision made.
        await until(call, lambda: ours.witness.seen.count("unknown") == 2)
        assert await status(call, "enroll") == "not_asked"


async def test_an_emergency_does_not_hold_back_who_asks(tmp_path: Path, voice: Any, telephone: Any) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await speaks(call, "This is an emergency, my card was stolen!", telephone(voice("slt", "enroll")))
        await until(call, lambda: decided(call) == "unknown")
        await speaks(call, ASKS)
        assert questions(call) == 0
        assert await status(call, "enroll") == "will_be_asked"
        await until(call, lambda: questions(call) == 1)


@pytest.mark.parametrize(
    ("words", "reason"),
    [("Forget my voice.", "asked to be forgotten"), ("I am eleven years old.", "Only adults")],
)
async def test_p6_p8_who_withdrew_or_is_a_child_is_not_asked_on_this_call_even_on_request(
    tmp_path: Path, voice: Any, telephone: Any, words: str, reason: str
) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await unknown(ours, call, telephone(voice("slt", "enroll")))
        await speaks(call, words)
        await until(call, lambda: not call.agent.floor_is_taken)
        await speaks(call, ASKS)
        result = await use(call, "enroll")
        assert result["status"] == "not_possible"
        assert reason in result["note"]
        await speaks(call, "Where is my order?")
        assert questions(call) == 0
        assert ours.callers == []


@pytest.mark.parametrize("words", ["I'm eleven.", "I am asking for my husband."])
async def test_p6_who_may_not_decide_is_not_asked_again_after_saying_so_in_the_dialogue(
    tmp_path: Path, voice: Any, telephone: Any, words: str
) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await declined(call, telephone(voice("slt", "enroll")), words)
        await speaks(call, ASKS)
        assert await status(call, "enroll") == "not_possible"


async def test_nobody_is_asked_on_a_number_that_is_suspended(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        link = phone_hasher(ours.service.store).link(NUMBER)
        assert link is not None
        ours.service.store.remember_refusal(DoNotAsk(subject=suspension_of(link)))
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, ASKS, telephone(voice("slt", "enroll")))
            result = await use(call, "enroll")
            assert result["status"] == "not_possible"
            assert "reviewed" in result["note"]
            assert await status(call, "who_am_i") == "not_recognised"


async def test_nobody_is_asked_in_a_language_without_a_script(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours, ours.host.call(parameters={"language": "nl"}) as call:
        await unknown(ours, call, telephone(voice("slt", "enroll")))
        result = await use(call, "enroll")
        assert result["status"] == "not_possible"
        assert "language" in result["note"]


async def test_where_only_a_yes_allows_listening_who_asks_is_enrolled_too(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path, identify_scope="on_request") as ours, ours.host.call() as call:
        await declined(call, None)
        await speaks(call, ASKS)
        assert await status(call, "enroll") == "will_be_asked"
        await until(call, lambda: questions(call) == 2)
        await speaks(call, "Yes, please.")
        await agent_says(call, "name")
        await speaks(call, "Ada.")
        await speaks(call, "It is about a lamp.", telephone(voice("slt", "return")))
        await agent_says(call, "notes")
        assert ours.callers[0].name == "Ada"


# Forget


async def test_p8_the_tool_reports_what_the_words_have_set_off(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        await enrolled(ours, voice, telephone)
        async with ours.host.call() as call:
            await recognised(call, voice, telephone)
            await speaks(call, "Forget my voice.")
            await agent_says(call, "Done.")
            assert await status(call, "forget") == "deleted"
            assert await status(call, "who_am_i") == "not_recognised"
        assert ours.callers == []


async def test_p8_without_the_caller_s_own_words_nothing_is_erased(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        await enrolled(ours, voice, telephone)
        async with ours.host.call() as call:
            await recognised(call, voice, telephone)
            await speaks(call, "How do I delete my voiceprint?")
            result = await use(call, "forget")
            assert result["status"] == "ask_the_caller_to_say_so"
            assert "forget my voice" in result["note"]
            assert len(ours.callers) == 1
            assert await status(call, "who_am_i") == "recognised"


async def test_p8_a_request_of_an_unknown_voice_is_noted(tmp_path: Path) -> None:
    async with world(tmp_path) as ours, ours.host.call(from_number=NUMBER) as call:
        await speaks(call, "Forget my voice.")
        await agent_says(call, "noted for review")
        assert await status(call, "forget") == "noted"


async def test_p8_a_withdrawal_that_went_wrong_is_carried_out_by_the_tool(
    tmp_path: Path, voice: Any, telephone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from opusagent_voiceprint.calls.dialogue import ConsentDialogue

    async with world(tmp_path) as ours:
        await enrolled(ours, voice, telephone)
        async with ours.host.call() as call:
            await recognised(call, voice, telephone)
            withdraw, failures = ConsentDialogue.withdraw, [RuntimeError("out of memory")]

            async def fails_once(self: ConsentDialogue, recognised_id: str | None, *, speak: bool) -> None:
                if failures:
                    raise failures.pop()
                await withdraw(self, recognised_id, speak=speak)

            monkeypatch.setattr(ConsentDialogue, "withdraw", fails_once)
            await speaks(call, "Forget my voice.")
            await until(call, lambda: not failures)
            assert len(ours.callers) == 1
            assert await status(call, "forget") == "in_progress"
            await agent_says(call, "Done.")
            assert ours.callers == []


# Through the actor


async def test_a_tool_used_while_we_speak_is_answered_soon(
    tmp_path: Path, voice: Any, telephone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools_module, "_PATIENCE", 0.08)
    async with world(tmp_path) as ours, ours.host.call() as call:
        speaking, may_go_on, say = asyncio.Event(), asyncio.Event(), call.agent.say

        async def say_slowly(text: str) -> Spoken:
            speaking.set()
            await may_go_on.wait()
            return await say(text)

        await unknown(ours, call, telephone(voice("slt", "enroll")))
        monkeypatch.setattr(call.agent, "say", say_slowly)
        await speaks(call, REQUEST)
        await speaking.wait()
        began = time.perf_counter()
        for tool in ("enroll", "forget", "who_am_i"):
            assert await status(call, tool) == "busy"
        assert time.perf_counter() - began < PATIENCE / 4
        may_go_on.set()
        await agent_says(call, "voiceprint")


class SlowNews:
    """A plugin that takes its time with the news that nobody was recognised."""

    def __init__(self) -> None:
        self.told = asyncio.Event()
        self.may_go_on = asyncio.Event()

    @hookimpl
    async def voiceprint_unknown(self, call: Call) -> None:
        self.told.set()
        await self.may_go_on.wait()


async def test_a_use_that_was_answered_busy_comes_to_nothing_afterwards(
    tmp_path: Path, voice: Any, telephone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools_module, "_PATIENCE", 0.08)
    async with world(tmp_path) as ours, ours.host.call(from_number=NUMBER) as call:
        await declined(call, telephone(voice("slt", "enroll")))
    slow = SlowNews()
    async with world(tmp_path, slow) as ours, ours.host.call(from_number=NUMBER) as call:
        await speaks(call, ASKS)
        await call.play(telephone(voice("slt", "return")))
        await slow.told.wait()
        assert await status(call, "enroll") == "busy"
        slow.may_go_on.set()
        await until(call, lambda: "unknown" in ours.witness.seen)
        await speaks(call, "Where is my order?")
        await asyncio.sleep(0.2)  # the agent is idle, and this is how soon it would be asked
        assert questions(call) == 0


async def test_a_tool_is_answered_after_the_words_that_came_before_it(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await declined(call, telephone(voice("slt", "enroll")))
        session = call.call.userdata["voiceprint.session"]
        heard = asyncio.create_task(session.heard_turn(Turn("caller", ASKS)))
        await asyncio.sleep(0)
        assert await status(call, "enroll") == "will_be_asked"
        await heard


async def test_a_tool_that_is_used_as_the_call_ends_is_answered(tmp_path: Path) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call() as call:
            tools = dict(call.agent.tools)
            using = [asyncio.create_task(_answer(tool)) for tool in tools.values()]
            await call.hang_up()
            results = await asyncio.gather(*using)
        assert {result["status"] for result in results} <= {
            *("call_over", "still_listening", "not_asked", "listening_first"),
            "ask_the_caller_to_say_so",
        }
