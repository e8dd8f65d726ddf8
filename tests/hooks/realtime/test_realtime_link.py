"""The agent over a wire: speaking, the floor, the gate, and what breaks."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from wire import Wire, texts

from opusagent_hooks import (
    AgentError,
    AgentPort,
    AgentUnavailableError,
    PersonalContextRefusedError,
    Spoken,
    Tool,
)
from opusagent_hooks.realtime import floor as floor_module
from opusagent_hooks.realtime import turns as turns_module

TOOL = Tool("say_hi", "Says hi.", {"type": "object", "properties": {}}, lambda: {})


async def ready(vad: bool = False, **options: Any) -> Wire:
    """A call whose greeting is over."""
    wire = Wire(**options)
    await wire.configure(vad=vad)
    await wire.greet()
    await wire.until(lambda: wire.link.idle and wire.turns)
    wire.turns.clear()
    return wire


async def say(wire: Wire, text: str) -> asyncio.Task[Spoken]:
    """A plugin speaks; returns when the service was asked."""
    before = len(wire.of("response.create"))
    task = asyncio.create_task(wire.link.say(text))
    await wire.until(lambda: len(wire.of("response.create")) > before)
    return task


def ours(wire: Wire) -> Any:
    """The metadata of the last request, as a service sends it back."""
    return wire.of("response.create")[-1]["response"]["metadata"]


def test_a_link_is_an_agent() -> None:
    assert isinstance(Wire().link, AgentPort)


async def test_without_plugins_every_message_goes_through_as_it_is() -> None:
    wire = Wire()
    messages = [
        '{"type": "session.update", "session": {"voice": "verse"}}',
        '{"type":"input_audio_buffer.append","event_id":null,"audio":"AAAA"}',
        '{"type": "input_audio_buffer.commit"}',
        "not json",
        '["neither"]',
        '{"no": "type"}',
        '{"type": "session.update", "session": null}',
        '{"type": "conversation.item.create", "item": null}',
    ]
    for message in messages:
        raw: list[str] = []

        async def keep(text: str, raw: list[str] = raw) -> None:
            raw.append(text)

        wire.link._send = keep
        await wire.link.outgoing(message)
        assert raw == [message]


async def test_what_the_service_says_is_shown_to_the_host_even_if_it_makes_no_sense() -> None:
    wire = Wire()
    for message in ("nonsense", "[]", '{"type": "response.created"}', '{"type": "session.created"}', b"{}"):
        assert wire.link.incoming(message)


async def test_the_agent_is_idle_only_after_its_first_words_were_heard() -> None:
    wire = Wire()
    await wire.configure()
    assert not wire.link.idle
    assert not await wire.link.wait_idle(0.02)
    await wire.host("response.create")
    wire.respond("Hello!", seconds=0.15)
    assert not wire.link.idle
    assert await wire.link.wait_idle(2.0)


async def test_the_agent_is_not_idle_while_the_caller_speaks() -> None:
    wire = await ready(vad=True)
    wire.service("input_audio_buffer.speech_started", item_id="item_c", audio_start_ms=0)
    assert not wire.link.idle
    wire.service("input_audio_buffer.speech_stopped", item_id="item_c", audio_end_ms=900)
    wire.service("input_audio_buffer.committed", item_id="item_c")
    assert not wire.link.idle, "the service is about to answer"
    wire.respond("I see.")
    await wire.until(lambda: wire.link.idle)


async def test_where_the_host_ends_turns_audio_that_is_not_committed_is_somebody_speaking() -> None:
    wire = await ready()
    await wire.host("input_audio_buffer.append", audio="A" * 640)
    assert not wire.link.idle
    await wire.host("input_audio_buffer.commit")
    assert wire.link.idle


async def test_given_words_are_spoken_and_compared() -> None:
    wire = await ready()
    saying = await say(wire, "May I remember your voice?")
    wire.speak(wire.begin(ours(wire)), "May I remember your voice?", seconds=0.1)
    wire.finish("resp_2")
    before = wire.link.now
    spoken = await saying
    assert spoken == Spoken("May I remember your voice?", completed=True, ended_at=spoken.ended_at)
    assert spoken.ended_at is not None
    assert spoken.ended_at - before == pytest.approx(0.1, abs=0.09)


async def test_what_the_model_said_instead_is_told_as_it_was() -> None:
    wire = await ready()
    saying = await say(wire, "May I remember your voice?")
    wire.respond("Shall I keep your voice on file?")
    assert (await saying).text == "Shall I keep your voice on file?"


@pytest.mark.parametrize("status", ["cancelled", "incomplete", "failed"])
async def test_words_that_were_not_spoken_to_their_end_are_not_completed(status: str) -> None:
    wire = await ready()
    saying = await say(wire, "May I remember your voice?")
    wire.respond("May I", status=status)
    assert not (await saying).completed


async def test_words_that_the_caller_speaks_into_are_not_completed() -> None:
    wire = await ready(vad=True)
    saying = await say(wire, "May I remember your voice?")
    response_id = wire.begin(ours(wire))
    wire.speak(response_id, "May I remember your voice?", seconds=3.0)
    wire.finish(response_id)
    wire.service("input_audio_buffer.speech_started", item_id="item_c", audio_start_ms=0)
    assert not (await asyncio.wait_for(saying, 1.0)).completed
    await wire.until(lambda: wire.turns)
    assert wire.turns[0].interrupted


async def test_a_turn_that_the_host_ends_while_words_are_played_interrupts_them() -> None:
    wire = await ready()
    saying = await say(wire, "May I remember your voice?")
    response_id = wire.begin(ours(wire))
    wire.speak(response_id, "May I remember your voice?", seconds=3.0)
    wire.finish(response_id)
    await wire.caller_says("Yes.")
    assert not (await saying).completed


async def test_words_wait_until_those_before_them_were_heard() -> None:
    wire = await ready()
    await wire.caller_says("A question.")
    await wire.host("response.create")
    wire.respond("An answer.", seconds=0.2)
    before = wire.link.now
    saying = await say(wire, "May I remember your voice?")
    assert wire.link.now - before > 0.15
    wire.respond("May I remember your voice?")
    assert (await saying).completed


async def test_what_a_service_answers_by_itself_is_not_taken_for_given_words() -> None:
    wire = await ready(vad=True)
    saying = await say(wire, "May I remember your voice?")
    own = ours(wire)
    event_id = wire.of("response.create")[-1]["event_id"]
    other = wire.begin(metadata=None)
    error = {"code": "conversation_already_has_active_response", "event_id": event_id}
    assert not wire.service("error", error=error), "the host did not ask for it"
    wire.speak(other, "What can I do for you?")
    wire.finish(other)
    assert own
    assert await saying == Spoken("", completed=False, ended_at=(await saying).ended_at)


async def test_nothing_is_sent_while_a_plugin_speaks_and_the_host_is_answered_after_it() -> None:
    wire = await ready()
    saying = await say(wire, "One moment, please.")
    await wire.caller_says("And another thing.")
    await wire.host("response.create", response={"temperature": 0.8})
    assert len(wire.of("response.create")) == 2
    wire.respond("One moment, please.")
    await saying
    await wire.until(lambda: len(wire.of("response.create")) == 3)
    assert wire.of("response.create")[-1]["response"] == {"temperature": 0.8}


async def test_while_the_floor_is_taken_the_host_gets_no_reply() -> None:
    wire = await ready()
    await wire.link.take_floor()
    await wire.caller_says("Yes, please.")
    await wire.host("response.create")
    assert len(wire.of("response.create")) == 1
    await wire.link.yield_floor()
    await asyncio.sleep(0.05)
    assert len(wire.of("response.create")) == 1


async def test_a_reply_that_waits_when_the_floor_is_taken_goes_on_waiting() -> None:
    wire = await ready()
    await wire.caller_says("A question.")
    await wire.host("response.create")
    response_id = wire.begin()
    await wire.caller_says("Forget my voice.", "item_c2")
    await wire.host("response.create")
    await wire.link.take_floor()
    wire.finish(response_id)
    await asyncio.sleep(0.02)
    assert len(wire.of("response.create")) == 2
    saying = await say(wire, "I have deleted your voice.")
    wire.respond("I have deleted your voice.")
    assert (await saying).completed


async def test_the_floor_given_back_with_a_reply_answers_what_was_said() -> None:
    wire = await ready()
    await wire.link.take_floor()
    await wire.caller_says("What about my card?")
    await wire.host("response.create", response={"temperature": 0.8})
    await wire.link.yield_floor(reply=True)
    await wire.until(lambda: len(wire.of("response.create")) == 2)
    assert wire.of("response.create")[-1]["response"] == {"temperature": 0.8}


async def test_a_reply_is_made_as_the_host_makes_its_own_if_it_asked_for_none() -> None:
    wire = await ready(vad=True)
    await wire.link.take_floor()
    wire.service("input_audio_buffer.committed", item_id="item_c")
    await wire.link.yield_floor(reply=True)
    await wire.until(lambda: len(wire.of("response.create")) == 2)


async def test_a_tools_result_is_told_although_the_floor_is_given_back_without_a_reply() -> None:
    wire = await ready()
    await wire.link.take_floor()
    await wire.host("conversation.item.create", item={"type": "function_call_output", "call_id": "call_1"})
    await wire.host("response.create")
    await wire.link.yield_floor()
    await wire.until(lambda: len(wire.of("response.create")) == 2)


async def test_a_service_that_answers_by_itself_is_quiet_while_the_floor_is_taken() -> None:
    wire = await ready(vad=True)
    await wire.link.take_floor()
    await wire.link.take_floor()
    await wire.link.yield_floor()
    updates = [each["session"]["turn_detection"] for each in wire.of("session.update")[1:]]
    assert [each["create_response"] for each in updates] == [False, True]


async def test_a_host_that_configures_meanwhile_does_not_unmute_the_service() -> None:
    wire = await ready(vad=True)
    await wire.link.take_floor()
    detection = {"type": "semantic_vad", "eagerness": "low"}
    await wire.host("session.update", session={"turn_detection": detection})
    assert wire.of("session.update")[-1]["session"]["turn_detection"] == {
        **detection,
        "create_response": False,
    }
    await wire.link.yield_floor()
    assert wire.of("session.update")[-1]["session"]["turn_detection"] == {
        **detection,
        "create_response": True,
    }


async def test_a_host_that_answers_itself_is_left_with_that() -> None:
    wire = Wire()
    await wire.configure(turn_detection={"type": "server_vad", "create_response": False})
    await wire.link.take_floor()
    await wire.link.yield_floor()
    assert len(wire.of("session.update")) == 1


async def test_a_floor_that_is_left_alone_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floor_module, "FLOOR_SECONDS", 0.05)
    wire = await ready(vad=True)
    await wire.link.take_floor()
    await wire.caller_says("Hello?")
    await wire.host("response.create")
    await wire.until(lambda: len(wire.of("response.create")) == 2)
    assert wire.of("session.update")[-1]["session"]["turn_detection"]["create_response"] is True


async def test_a_reply_waits_for_context_and_then_knows_it() -> None:
    wire = await ready()
    with wire.link.expect_context(5.0):
        await wire.caller_says("It is me.")
        await wire.host("response.create")
        assert len(wire.of("response.create")) == 1
        await wire.link.put_context("The caller is known.")
    await wire.until(lambda: len(wire.of("response.create")) == 2)
    kinds = [each["type"] for each in wire.sent[-2:]]
    assert kinds == ["conversation.item.create", "response.create"]


async def test_a_reply_waits_for_context_only_so_long() -> None:
    wire = await ready()
    with wire.link.expect_context(0.1):
        await wire.caller_says("It is me.")
        before = wire.link.now
        await wire.host("response.create")
        await wire.until(lambda: len(wire.of("response.create")) == 2)
        assert 0.05 < wire.link.now - before < 0.3


async def test_no_reply_waits_when_no_context_is_expected() -> None:
    wire = await ready()
    with wire.link.expect_context(5.0):
        pass
    await wire.caller_says("It is me.")
    await wire.host("response.create")
    assert len(wire.of("response.create")) == 2


async def test_a_host_that_asks_twice_for_the_same_is_answered_once() -> None:
    wire = await ready()
    await wire.caller_says("A question.")
    await wire.host("response.create")
    response_id = wire.begin()
    await wire.host("response.create")
    wire.finish(response_id)
    await asyncio.sleep(0.05)
    assert len(wire.of("response.create")) == 2


async def test_a_host_whose_request_is_refused_sees_why_and_may_ask_again() -> None:
    wire = await ready()
    await wire.caller_says("A question.")
    await wire.host("response.create")
    event_id = wire.of("response.create")[-1]["event_id"]
    assert wire.service("error", error={"code": "invalid_value", "event_id": event_id})
    await wire.host("response.create")
    assert len(wire.of("response.create")) == 3


async def test_an_error_about_a_plugins_message_is_not_the_hosts() -> None:
    wire = await ready()
    await wire.link.put_context("x")
    event_id = wire.of("conversation.item.create")[-1]["event_id"]
    assert not wire.service("error", error={"code": "invalid_value", "event_id": event_id})
    assert wire.service("error", error={"code": "invalid_value", "event_id": "of_the_host"})


@pytest.mark.parametrize(
    ("detection", "position"),
    [
        ({"type": "server_vad", "prefix_padding_ms": 400}, 1000),
        ({"type": "server_vad"}, 1100),
        ({"type": "semantic_vad"}, 1400),
    ],
)
async def test_when_the_caller_began_is_known_without_the_padding_of_the_service(
    detection: dict[str, Any], position: int
) -> None:
    wire = await ready()
    await wire.host("session.update", session={"turn_detection": detection})
    times = []
    for _ in range(20):
        times.append(wire.link.now)
        await wire.host("input_audio_buffer.append", audio="A" * 6400)  # 100 ms
        await asyncio.sleep(0.02)
    wire.service("input_audio_buffer.speech_started", item_id="item_c1", audio_start_ms=position)
    await wire.caller_says("Yes.")
    spoken = next(turn for turn in wire.turns if turn.speaker == "caller")
    assert spoken.at == pytest.approx(times[14], abs=0.015)


async def test_speech_that_the_host_dropped_is_not_waited_for() -> None:
    wire = await ready()
    wire.respond("A very long answer.", seconds=60.0)
    assert not wire.link.idle
    wire.link.caller_hears_nothing_more()
    await wire.until(lambda: wire.link.idle)


async def test_an_agents_turn_that_nobody_transcribed_still_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns_module, "_TRANSCRIPT_WITHIN", 0.05)
    wire = await ready()
    await wire.caller_says(None)
    wire.respond("I see.")
    await wire.until(lambda: wire.turns)
    assert texts(wire.turns) == [("agent", "I see.")]


async def test_a_tool_whose_name_is_taken_is_refused() -> None:
    wire = Wire()
    await wire.configure()
    await wire.link.register_tool(TOOL)
    with pytest.raises(AgentError, match="say_hi"):
        await wire.link.register_tool(TOOL)
    with pytest.raises(AgentError, match="get_balance"):
        await wire.link.register_tool(Tool("get_balance", "", {}, lambda: {}))


async def test_personal_context_is_refused_where_sessions_are_shared() -> None:
    wire = await ready(refuse_context=lambda: "sessions are shared")
    with pytest.raises(PersonalContextRefusedError, match="sessions are shared"):
        await wire.link.put_context("The caller is known.")
    assert not [each for each in wire.of("conversation.item.create") if each["item"].get("role") == "system"]


async def test_the_session_is_announced_once_and_before_it_is_configured() -> None:
    order: list[str] = []

    async def announce() -> None:
        order.append(f"announced after {len(wire.sent)} messages")
        await wire.link.add_instructions("Be kind.")

    wire = Wire(on_session=announce)
    await wire.configure()
    await wire.configure()
    assert order == ["announced after 0 messages"]
    assert wire.of("session.update")[0]["session"]["instructions"].endswith("Be kind.")


async def test_an_announcement_that_fails_does_not_keep_the_session_from_being_configured() -> None:
    async def announce() -> None:
        raise RuntimeError("broken")

    wire = Wire(on_session=announce)
    await wire.configure()
    assert len(wire.of("session.update")) == 1


async def test_after_the_call_the_agent_cannot_be_reached_and_the_host_goes_on() -> None:
    wire = await ready()
    wire.link.close()
    wire.link.close()
    for attempt in (
        wire.link.say("x"),
        wire.link.put_context("x"),
        wire.link.remove_context("x"),
        wire.link.take_floor(),
        wire.link.yield_floor(),
        wire.link.add_instructions("x"),
        wire.link.register_tool(TOOL),
        wire.link.end_call("x"),
        wire.link.wait_idle(0.1),
    ):
        with pytest.raises(AgentUnavailableError):
            await attempt
    assert not wire.link.idle
    await wire.host("response.create")
    assert len(wire.of("response.create")) == 2
    assert wire.service("response.created", response={"id": "r"})


async def test_words_under_way_end_with_the_call() -> None:
    wire = await ready()
    saying = await say(wire, "May I remember your voice?")
    wire.begin(ours(wire))
    wire.link.close()
    with pytest.raises(AgentUnavailableError):
        await asyncio.wait_for(saying, 1.0)


async def test_what_the_agent_was_saying_when_the_call_ended_is_an_interrupted_turn() -> None:
    wire = await ready()
    wire.respond("Goodbye, and thank you.", seconds=30.0)
    wire.link.close()
    assert [(turn.text, turn.interrupted) for turn in wire.turns] == [("Goodbye, and thank you.", True)]


async def test_a_connection_that_broke_is_the_hosts_to_notice() -> None:
    wire = await ready()
    wire.broken = ConnectionError("gone")
    with pytest.raises(ConnectionError):
        await wire.host("response.create")
    with pytest.raises(AgentUnavailableError):
        await wire.link.say("x")
    with pytest.raises(AgentUnavailableError):
        await wire.link.put_context("x")
    wire.broken = None
    await wire.caller_says("Hello?")
    await wire.host("response.create")
    assert len(wire.of("response.create")) == 2, "a request that never left holds up no other"


async def test_opusagents_double_gets_nothing_that_it_does_not_understand() -> None:
    wire = Wire(dialect="beta")
    wire.link = type(wire.link)(wire._send, dialect="local")
    await wire.host("session.update", session={"voice": "verse"})
    assert await wire.link.put_context("The caller is known.")
    assert await wire.link.say("Hello") == Spoken("", completed=False)
    await wire.link.add_instructions("Be kind.")
    assert [each["type"] for each in wire.sent] == ["session.update"]


async def test_appended_audio_is_not_parsed_but_counted() -> None:
    wire = await ready(vad=True)
    message = json.dumps({"type": "input_audio_buffer.append", "audio": "A" * 6396 + "AA=="})
    await wire.link.outgoing(message)
    assert wire.raw[-1] == message
    await wire.link.outgoing(message)
    wire.service("input_audio_buffer.speech_started", item_id="item_c1", audio_start_ms=150)
    await wire.caller_says("Yes.")
    assert wire.turns[-1].at is not None
