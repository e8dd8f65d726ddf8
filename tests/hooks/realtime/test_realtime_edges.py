"""The edges: who answers when both might, echoes that come late, services that stop half way."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from wire import VAD, Wire

from opusagent_hooks import Spoken, Tool
from opusagent_hooks.realtime import floor as floor_module
from opusagent_hooks.realtime import gate as gate_module
from opusagent_hooks.realtime.playback import InputClock

TOOL = Tool("ours", "", {"type": "object", "properties": {}}, lambda: {})


async def ready(vad: bool = False, **options: Any) -> Wire:
    wire = Wire(**options)
    await wire.configure(vad=vad)
    await wire.greet()
    await wire.until(lambda: wire.turns)
    wire.turns.clear()
    return wire


async def function_gave(wire: Wire, call_id: str) -> None:
    await wire.host("conversation.item.create", item={"type": "function_call_output", "call_id": call_id})


def detections(wire: Wire) -> list[dict[str, Any]]:
    """The turn detections that were set, oldest first."""
    sessions = [each["session"] for each in wire.of("session.update")]
    return [each["turn_detection"] for each in sessions if "turn_detection" in each]


async def test_a_turn_that_the_service_answers_by_itself_is_not_answered_again() -> None:
    wire = await ready(vad=True)
    wire.service("input_audio_buffer.committed", item_id="item_c1")
    await wire.host("response.create")
    wire.respond("Your balance is twelve.")
    await asyncio.sleep(0.6)
    assert len(wire.of("response.create")) == 1


async def test_a_commit_of_the_host_is_not_answered_by_the_service_and_waits_for_nothing() -> None:
    wire = await ready(vad=True)
    await wire.caller_says("A question.")
    await wire.host("response.create")
    assert len(wire.of("response.create")) == 2
    response_id = wire.begin()
    await wire.caller_says("And another.", "item_c2")
    await wire.host("response.create")
    before = wire.link.now
    wire.finish(response_id)
    await wire.until(lambda: len(wire.of("response.create")) == 3)
    assert wire.link.now - before < 0.5


async def test_a_commit_of_nothing_does_not_hide_the_services_own() -> None:
    wire = await ready(vad=True)
    await wire.host("input_audio_buffer.commit")
    wire.service("error", error={"code": "input_audio_buffer_commit_empty"})
    wire.service("input_audio_buffer.committed", item_id="item_c1")
    assert not wire.link.idle, "the service is about to answer"


async def test_a_functions_result_that_came_after_the_request_is_told_as_well() -> None:
    wire = await ready()
    await function_gave(wire, "one")
    await wire.host("response.create")
    await function_gave(wire, "two")
    response_id = wire.begin()
    await wire.host("response.create")
    wire.finish(response_id)
    await wire.until(lambda: len(wire.of("response.create")) == 3)


async def test_a_greeting_is_not_repeated_when_the_floor_comes_back_with_a_reply() -> None:
    wire = Wire()
    await wire.configure(vad=True)
    await wire.host("response.create", response={"instructions": "Greet the caller.", "voice": "verse"})
    wire.respond("Hello, this is the bank.")
    await wire.link.take_floor()
    wire.service("input_audio_buffer.committed", item_id="item_c1")
    await wire.link.yield_floor(reply=True)
    await wire.until(lambda: len(wire.of("response.create")) == 2)
    assert wire.of("response.create")[-1]["response"] == {"voice": "verse"}


async def test_a_released_link_lets_the_service_answer_and_the_host_have_its_reply() -> None:
    wire = await ready(vad=True)
    await wire.link.take_floor()
    await wire.caller_says("Hello?")
    await wire.host("response.create", response={"temperature": 0.8})
    await wire.link.release()
    await wire.link.release()
    assert detections(wire)[-1]["create_response"] is True
    assert wire.of("response.create")[-1]["response"] == {"temperature": 0.8}
    assert len(wire.of("response.create")) == 2
    await wire.host("response.create")
    assert len(wire.of("response.create")) == 3


async def test_the_floor_does_not_come_back_while_a_plugin_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floor_module, "FLOOR_SECONDS", 0.2)
    wire = await ready(vad=True)
    await wire.link.take_floor()
    saying = asyncio.create_task(wire.link.say("May I remember your voice?"))
    await wire.until(lambda: len(wire.of("response.create")) == 2)
    response_id = wire.begin(wire.of("response.create")[-1]["response"]["metadata"])
    wire.speak(response_id, "May I remember your voice?", seconds=0.6)
    wire.finish(response_id)
    await asyncio.sleep(0.4)
    assert not saying.done()
    assert detections(wire)[-1]["create_response"] is False
    await saying
    await wire.until(lambda: detections(wire)[-1]["create_response"] is True)


async def test_a_late_confirmation_does_not_leave_the_service_quiet() -> None:
    wire = await ready(vad=True)
    await wire.host("session.update", session={"turn_detection": VAD})
    await wire.link.take_floor()
    wire.service("session.updated", session={"turn_detection": VAD})
    await wire.link.yield_floor()
    assert detections(wire)[-1]["create_response"] is True


async def test_a_floor_that_is_taken_again_as_it_comes_back_stays_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(floor_module, "FLOOR_SECONDS", 0.05)
    wire = await ready(vad=True)
    await wire.link.take_floor()
    floor = wire.link._floor
    floor.pause()
    floor._come_back()  # and before what it began has run:
    await wire.link.take_floor()
    await asyncio.sleep(0.01)
    assert detections(wire)[-1]["create_response"] is False
    await wire.link.yield_floor()
    assert detections(wire)[-1]["create_response"] is True


async def test_a_service_that_speaks_up_after_a_silence_does_not_while_the_floor_is_taken() -> None:
    wire = Wire()
    await wire.configure(turn_detection={**VAD, "idle_timeout_ms": 6000})
    await wire.greet()
    await wire.link.take_floor()
    assert detections(wire)[-1]["idle_timeout_ms"] is None
    await wire.link.yield_floor()
    assert detections(wire)[-1]["idle_timeout_ms"] == 6000


async def test_an_agent_that_is_about_to_break_a_silence_is_not_idle() -> None:
    wire = await ready(vad=True)
    assert wire.link.idle
    wire.service("input_audio_buffer.timeout_triggered", item_id="item_x")
    assert not wire.link.idle


@pytest.mark.parametrize(
    "told", [{"metadata": {"topic": "mood"}}, {"metadata": None, "conversation_id": None}]
)
async def test_what_a_host_asks_aside_is_not_held_back_and_nobodys_words(told: dict[str, Any]) -> None:
    wire = await ready()
    await wire.caller_says("Where is my order?")
    await wire.host("response.create")
    reply = wire.begin()
    aside = {"conversation": "none", "metadata": told["metadata"], "instructions": "Classify."}
    await wire.host("response.create", response=aside)
    assert wire.of("response.create")[-1]["response"] == aside
    wire.service("response.created", response={"id": "resp_aside", **told})
    wire.service("response.text.done", response_id="resp_aside", item_id="i", text="CATEGORY=angry")
    wire.service("response.done", response={"id": "resp_aside", "status": "completed"})
    await wire.caller_says("Hello?", "item_c2")
    await wire.host("response.create")
    assert len(wire.of("response.create")) == 3, "the reply is still under way"
    wire.speak(reply, "On its way.")
    wire.finish(reply)
    await wire.until(lambda: len(wire.of("response.create")) == 4)
    await wire.until(lambda: [turn for turn in wire.turns if turn.speaker == "agent"])
    assert "angry" not in " ".join(turn.text for turn in wire.turns)


async def test_what_was_configured_before_the_host_spoke_stays() -> None:
    async def announce() -> None:
        await wire.link.register_tool(TOOL)

    wire = Wire(on_session=announce, transcribe=True)
    hosts = {"type": "function", "name": "get_balance", "description": "", "parameters": {}}
    session = {
        "modalities": ["text", "audio"],
        "tools": [hosts],
        "input_audio_transcription": {"model": "gpt-4o-transcribe", "language": "de"},
    }
    wire.service("session.created", session=session)
    await wire.host("session.update", session={"voice": "verse"})
    sent = wire.of("session.update")[-1]["session"]
    assert [tool["name"] for tool in sent["tools"]] == ["get_balance", "ours"]
    assert "input_audio_transcription" not in sent


async def test_speech_whose_audio_the_host_drops_is_over() -> None:
    wire = await ready(vad=True)
    wire.service("input_audio_buffer.speech_started", item_id="item_c1", audio_start_ms=0)
    assert not wire.link.idle
    wire.service("input_audio_buffer.cleared")
    assert wire.link.idle


@pytest.mark.parametrize("ending", [{"response": None}, {}])
async def test_a_response_whose_end_makes_no_sense_is_over(ending: dict[str, Any]) -> None:
    wire = await ready()
    await wire.host("response.create")
    wire.begin()
    wire.service("response.done", **ending)
    await wire.caller_says("Hello?")
    await wire.host("response.create")
    assert len(wire.of("response.create")) == 3


async def test_a_response_that_nothing_more_is_heard_of_holds_nothing_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gate_module, "_SILENT_FOR", 0.1)
    wire = await ready()
    await wire.caller_says("Hello?")
    await wire.host("response.create")
    wire.begin()
    await wire.caller_says("Hello?", "item_c2")
    await wire.host("response.create")
    assert len(wire.of("response.create")) == 2
    await wire.until(lambda: len(wire.of("response.create")) == 3)


async def test_completed_means_that_these_words_were_said() -> None:
    wire = await ready()
    saying = asyncio.create_task(wire.link.say("May I remember your voice?"))
    await wire.until(lambda: len(wire.of("response.create")) == 2)
    wire.respond("I have already stored your voice.")
    spoken = await saying
    assert spoken == Spoken("I have already stored your voice.", completed=False, ended_at=spoken.ended_at)


async def test_a_reply_that_was_heard_to_its_end_is_not_interrupted_by_what_comes_later() -> None:
    wire = await ready(vad=True)
    wire.service("input_audio_buffer.committed", item_id="item_c1")
    wire.respond("One moment, please.")
    await asyncio.sleep(0.05)
    wire.service("input_audio_buffer.speech_started", item_id="item_c2", audio_start_ms=0)
    wire.transcribe("What is my balance?")
    await wire.until(lambda: len(wire.turns) == 2)
    assert not wire.turns[1].interrupted


async def test_a_message_of_the_host_that_cannot_be_changed_goes_out_as_it_is() -> None:
    async def announce() -> None:
        await wire.link.put_context("x")
        await wire.link.register_tool(TOOL)

    wire = Wire(on_session=announce)
    message = json.dumps({"type": "session.update", "session": {"tools": {"not": "a list"}, "audio": 5}})
    await wire.link.outgoing(message)
    assert [each["type"] for each in wire.sent] == ["conversation.item.create", "session.update"]


def test_mislabelled_audio_is_timed_by_when_it_was_sent() -> None:
    now = 0.0
    clock = InputClock(lambda: now)
    truth, sent_ms = [], 0.0
    for number in range(250):  # 40 ms of 8 kHz audio at a time, called 24 kHz
        now = 0.04 * number
        truth.append((sent_ms, now))
        clock.add(640)
        sent_ms += 640 / 48
    errors = [abs((clock.time_of(position) or 0.0) - at) for position, at in truth]
    assert max(errors) <= 0.05
