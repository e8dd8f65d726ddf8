"""The table of dialects: one test a row, in both, and the facts below it."""

from __future__ import annotations

import asyncio
from typing import Literal

import pytest
from wire import BETA_SESSION, GA_SESSION, Wire, texts

from opusagent_hooks import Tool
from opusagent_hooks.realtime import dialects

BOTH = pytest.mark.parametrize("dialect", ["beta", "ga"])
TOOL = Tool("say_hi", "Says hi.", {"type": "object", "properties": {}}, lambda: {})
Spoken = Literal["beta", "ga"]


@BOTH
async def test_row_session_the_shape_is_kept_and_only_what_plugins_add_changes(dialect: Spoken) -> None:
    wire = Wire(dialect)
    await wire.link.add_instructions("Be kind.")
    await wire.link.register_tool(TOOL)
    await wire.configure()
    session = wire.of("session.update")[0]["session"]
    given = BETA_SESSION if dialect == "beta" else GA_SESSION
    assert session["instructions"] == "You work for a bank.\n\nBe kind."
    assert [tool["name"] for tool in session["tools"]] == [*(t["name"] for t in given["tools"]), "say_hi"]
    assert {**session, "instructions": given["instructions"], "tools": given["tools"]} == given


@BOTH
async def test_row_session_what_is_added_later_carries_nothing_else(dialect: Spoken) -> None:
    wire = Wire(dialect)
    await wire.configure()
    await wire.link.add_instructions("Be kind.")
    update = wire.of("session.update")[-1]["session"]
    expected = {"instructions": "You work for a bank.\n\nBe kind."}
    assert update == (expected if dialect == "beta" else {**expected, "type": "realtime"})


@BOTH
async def test_row_session_transcription_is_switched_on_where_the_host_has_not(dialect: Spoken) -> None:
    wire = Wire(dialect, transcribe=True)
    off = {"input_audio_transcription": None} if dialect == "beta" else {"audio": {"input": {}, "output": {}}}
    await wire.configure(**off)
    session = wire.of("session.update")[0]["session"]
    assert dialects.transcribes(dialect, session)
    assert not dialects.transcribes("ga" if dialect == "beta" else "beta", session)


@BOTH
async def test_row_session_a_hosts_own_transcription_stays(dialect: Spoken) -> None:
    wire = Wire(dialect, transcribe=True)
    await wire.configure()
    assert wire.of("session.update")[0]["session"] == (BETA_SESSION if dialect == "beta" else GA_SESSION)


async def test_row_session_transcription_stays_off_where_nobody_needs_it() -> None:
    wire = Wire(transcribe=False)
    await wire.configure(input_audio_transcription=None)
    assert wire.of("session.update")[0]["session"]["input_audio_transcription"] is None


@BOTH
async def test_row_session_turn_detection_is_muted_where_the_dialect_has_it(dialect: Spoken) -> None:
    wire = Wire(dialect)
    await wire.configure(vad=True)
    await wire.link.take_floor()
    update = wire.of("session.update")[-1]["session"]
    muted = update["turn_detection"] if dialect == "beta" else update["audio"]["input"]["turn_detection"]
    assert muted["create_response"] is False
    assert muted["threshold"] == 0.5


@BOTH
async def test_row_events_words_and_sound_are_understood(dialect: Spoken) -> None:
    wire = Wire(dialect)
    await wire.configure()
    await wire.host("response.create")
    wire.respond("Good morning.", seconds=0.1)
    assert not wire.link.idle
    await wire.until(lambda: wire.link.idle)
    await wire.until(lambda: wire.turns)
    assert texts(wire.turns) == [("agent", "Good morning.")]
    assert not wire.turns[0].interrupted


@pytest.mark.parametrize("kind", ["conversation.item.created", "conversation.item.added"])
async def test_row_events_an_item_of_ours_is_not_shown_to_the_host(kind: str) -> None:
    wire = Wire("beta" if kind.endswith("created") else "ga")
    await wire.configure()
    item_id = await wire.link.put_context("The caller is known.")
    assert not wire.service(kind, item={"id": item_id, "type": "message", "role": "system"})
    assert not wire.service("conversation.item.done", item={"id": item_id})
    assert not wire.service("conversation.item.deleted", item_id=item_id)
    assert wire.service(kind, item={"id": "item_host", "type": "message"})


@BOTH
async def test_row_content_of_a_system_item_is_input_text(dialect: Spoken) -> None:
    wire = Wire(dialect)
    await wire.configure()
    item_id = await wire.link.put_context("The caller is known.")
    item = wire.of("conversation.item.create")[-1]["item"]
    assert item == {
        "id": item_id,
        "type": "message",
        "role": "system",
        "content": [{"type": "input_text", "text": "The caller is known."}],
    }


@BOTH
async def test_row_content_written_answers_are_understood(dialect: Spoken) -> None:
    wire = Wire(dialect)
    await wire.configure()
    response_id = wire.begin()
    kind = "response.text.done" if dialect == "beta" else "response.output_text.done"
    wire.service(kind, response_id=response_id, item_id="i", text="In writing.")
    wire.finish(response_id)
    await wire.until(lambda: wire.turns)
    assert texts(wire.turns) == [("agent", "In writing.")]


@BOTH
async def test_row_responses_ask_for_speech_in_their_dialect(dialect: Spoken) -> None:
    wire = Wire(dialect)
    await wire.configure()
    await wire.greet()
    saying = asyncio.create_task(wire.link.say("Good day."))
    await wire.until(lambda: len(wire.of("response.create")) == 2)
    response = wire.of("response.create")[-1]["response"]
    if dialect == "beta":
        assert response["modalities"] == ["text", "audio"]
        assert "output_modalities" not in response
    else:
        assert response["output_modalities"] == ["audio"]
        assert "modalities" not in response
    assert response["tool_choice"] == "none"
    assert "<say>Good day.</say>" in response["instructions"]
    wire.respond("Good day.")
    assert (await saying).completed


async def test_the_dialect_is_the_services_where_it_shows_first() -> None:
    wire = Wire("beta")
    wire.service("session.created", session={"type": "realtime", "audio": {}})
    assert wire.link.dialect == "ga"
    wire = Wire("beta")
    wire.service("session.created", session={"id": "sess_1"})
    await wire.configure()
    assert wire.link.dialect == "beta"


async def test_a_context_item_has_an_id_that_a_service_takes() -> None:
    wire = Wire()
    await wire.configure()
    ids = [await wire.link.put_context("x") for _ in range(3)]
    assert len(set(ids)) == 3
    assert all(len(each) <= 32 for each in ids)


async def test_a_context_item_is_deleted_by_its_id_and_unknown_ones_are_left_alone() -> None:
    wire = Wire()
    await wire.configure()
    item_id = await wire.link.put_context("x")
    await wire.link.remove_context("item_of_the_host")
    await wire.link.remove_context(item_id)
    assert [each["item_id"] for each in wire.of("conversation.item.delete")] == [item_id]


async def test_a_responses_own_instructions_get_what_plugins_added() -> None:
    wire = Wire()
    await wire.link.add_instructions("Be kind.")
    await wire.configure()
    await wire.host("response.create", response={"instructions": "Answer in one word."})
    response = wire.of("response.create")[0]["response"]
    assert response["instructions"] == "Answer in one word.\n\nBe kind."


async def test_a_partial_update_of_the_host_stays_partial() -> None:
    wire = Wire(transcribe=True)
    await wire.link.add_instructions("Be kind.")
    await wire.configure()
    await wire.host("session.update", session={"voice": "alloy"})
    assert wire.of("session.update")[-1]["session"] == {"voice": "alloy"}
    await wire.host("session.update", session={"instructions": "You work for a shop."})
    assert wire.of("session.update")[-1]["session"] == {"instructions": "You work for a shop.\n\nBe kind."}


async def test_a_transcript_is_a_turn_and_a_failed_one_is_none() -> None:
    wire = Wire()
    await wire.configure()
    await wire.caller_says("My card is lost.")
    await wire.caller_says(None, "item_c2")
    failed = "conversation.item.input_audio_transcription.failed"
    assert wire.service(failed, item_id="item_c2", error={"code": "x"})
    assert texts(wire.turns) == [("caller", "My card is lost.")]
    assert wire.turns[0].item_id == "item_c1"


async def test_a_transcript_may_come_after_the_response_to_it() -> None:
    wire = Wire()
    await wire.configure()
    await wire.caller_says(None)
    wire.respond("I see.")
    await asyncio.sleep(0.05)
    assert wire.turns == []
    wire.transcribe("My card is lost.")
    await wire.until(lambda: len(wire.turns) == 2)
    assert texts(wire.turns) == [("caller", "My card is lost."), ("agent", "I see.")]


async def test_a_transcript_of_an_item_that_was_not_committed_on_this_call_is_nobodys() -> None:
    wire = Wire()
    await wire.configure()
    wire.transcribe("Yes, of course.", "item_of_another_call")
    assert wire.turns == []


async def test_a_transcript_that_comes_twice_is_one_turn() -> None:
    wire = Wire()
    await wire.configure()
    await wire.caller_says("Yes.")
    wire.transcribe("Yes.")
    assert texts(wire.turns) == [("caller", "Yes.")]


async def test_a_tool_call_keeps_the_agent_from_being_idle_until_its_result_was_told() -> None:
    wire = Wire()
    await wire.configure()
    await wire.greet()
    await wire.until(lambda: wire.link.idle)
    response_id = wire.begin()
    call = {"type": "function_call", "name": "get_balance", "call_id": "call_1", "id": "item_f"}
    wire.service("response.output_item.added", response_id=response_id, item=call)
    wire.finish(response_id)
    assert not wire.link.idle
    await wire.host("conversation.item.create", item={"type": "function_call_output", "call_id": "call_1"})
    await wire.host("response.create")
    assert not wire.link.idle
    wire.respond("You have 12 dollars.")
    await wire.until(lambda: wire.link.idle)


async def test_a_second_response_never_becomes_active() -> None:
    wire = Wire()
    await wire.configure()
    await wire.host("conversation.item.create", item={"type": "message", "role": "user"})
    await wire.host("response.create")
    first = wire.begin()
    await wire.caller_says("And another thing.")
    await wire.host("response.create", response={"temperature": 0.8})
    assert len(wire.of("response.create")) == 1
    wire.finish(first)
    await wire.until(lambda: len(wire.of("response.create")) == 2)
    assert wire.of("response.create")[1]["response"] == {"temperature": 0.8}
    assert not wire.of("response.cancel")
