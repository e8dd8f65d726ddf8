"""The scripted Realtime service keeps to the protocol, in either dialect."""

from __future__ import annotations

import asyncio
import base64
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import websockets
from message_log import Logged, Message, MessageLog
from realtime_model import Action, CallTool, ModelTurn, Say, Silence
from scripted_realtime import Faults, Pace, ScriptedRealtime

from opusagent_hooks import codecs

BOTH = pytest.mark.parametrize("dialect", ["beta", "ga"])
FAST = {"speed": 20.0}
AUDIO = {"beta": "response.audio", "ga": "response.output_audio"}


class Client:
    """A host's end of the connection."""

    def __init__(self, socket: Any, dialect: str) -> None:
        self.log = MessageLog()
        self.dialect = dialect
        self.gone = asyncio.Event()
        self._socket = socket

    async def send(self, kind: str, **fields: Any) -> None:
        self.log.note_sent({"type": kind, **fields})
        await self._socket.send(json.dumps({"type": kind, **fields}))

    async def read(self) -> None:
        try:
            async for message in self._socket:
                self.log.note_received(json.loads(message))
        finally:
            self.gone.set()

    async def event(self, kind: str, count: int = 1) -> Message:
        """The event of this type that came as the ``count``-th."""
        await self.log.until(lambda: len(self.log.received(kind)) >= count, 5.0)
        return self.log.received(kind)[count - 1]

    async def error(self) -> Message:
        return (await self.event("error"))["error"]

    async def configure(self, *, beta: Message, ga: Message) -> Message:
        """Send the dialect's update; returns the session that is in force then."""
        count = len(self.log.received("session.updated"))
        session = beta if self.dialect == "beta" else {"type": "realtime", **ga}
        await self.send("session.update", session=session)
        return (await self.event("session.updated", count + 1))["session"]

    async def silent_server(self, *, transcribe: bool = True) -> None:
        """Turn detection off: this side commits and asks for responses."""
        transcription = {"model": "whisper-1"} if transcribe else None
        await self.configure(
            beta={"turn_detection": None, "input_audio_transcription": transcription},
            ga={"audio": {"input": {"turn_detection": None, "transcription": transcription}}},
        )

    async def say(self, samples: np.ndarray, encoding: Any = "pcm16", step: int = 4800) -> None:
        data = codecs.encode(samples, encoding)
        for at in range(0, len(data), step):
            audio = base64.b64encode(data[at : at + step]).decode()
            await self.send("input_audio_buffer.append", audio=audio)

    async def message(self, text: str, role: str = "system", **fields: Any) -> None:
        item = {"type": "message", "role": role, "content": [{"type": "input_text", "text": text}]}
        await self.send("conversation.item.create", item={**item, **fields})

    def kinds(self) -> list[str]:
        return [entry.type for entry in self.log.entries if entry.direction == "received"]


@asynccontextmanager
async def connected(
    dialect: Any, *, pace: Pace | None = None, **options: Any
) -> AsyncIterator[tuple[Client, ScriptedRealtime]]:
    async with ScriptedRealtime(dialect, pace=pace or Pace(**FAST), **options) as service:
        async with websockets.connect(f"{service.url}/v1/realtime?model=m") as socket:
            client = Client(socket, dialect)
            reader = asyncio.create_task(client.read())
            await client.event("session.created")
            yield client, service
            await socket.close()
            await asyncio.gather(reader, return_exceptions=True)


def speech(seconds: float, rate: int = 24_000) -> np.ndarray:
    return (0.3 * np.sin(np.arange(round(seconds * rate)) * 0.2)).astype(np.float32)


def silence(seconds: float, rate: int = 24_000) -> np.ndarray:
    return np.zeros(round(seconds * rate), np.float32)


# The session


async def test_the_beta_session_is_flat() -> None:
    async with connected("beta") as (client, _):
        session = (await client.event("session.created"))["session"]
        assert session["modalities"] == ["audio", "text"]
        assert session["turn_detection"]["type"] == "server_vad"
        assert {"voice", "temperature", "input_audio_transcription", "tools", "instructions"} <= set(session)
        assert "type" not in session


async def test_the_ga_session_has_a_type_and_nested_audio() -> None:
    async with connected("ga") as (client, _):
        session = (await client.event("session.created"))["session"]
        assert session["type"] == "realtime"
        assert session["output_modalities"] == ["audio"]
        assert session["audio"]["input"]["turn_detection"]["type"] == "server_vad"
        assert session["audio"]["input"]["transcription"] is None
        assert "temperature" not in session


@BOTH
async def test_an_update_changes_only_the_fields_it_carries(dialect: str) -> None:
    async with connected(dialect) as (client, _):
        before = (await client.event("session.created"))["session"]
        shape = {"instructions": "Be brief."}
        after = await client.configure(beta=shape, ga=shape)
        assert after == {**before, "instructions": "Be brief."}


async def test_a_ga_update_of_one_nested_field_leaves_its_neighbours() -> None:
    async with connected("ga") as (client, _):
        before = (await client.event("session.created"))["session"]["audio"]
        after = await client.configure(beta={}, ga={"audio": {"input": {"transcription": {"model": "w"}}}})
        assert after["audio"]["output"] == before["output"]
        assert after["audio"]["input"] == {**before["input"], "transcription": {"model": "w"}}


@pytest.mark.parametrize(
    ("dialect", "session", "code", "param"),
    [
        ("ga", {"modalities": ["text"]}, "missing_required_parameter", "session.type"),
        ("ga", {"type": "realtime", "modalities": ["text"]}, "unknown_parameter", "session.modalities"),
        ("ga", {"type": "realtime", "temperature": 0.8}, "unknown_parameter", "session.temperature"),
        (
            "ga",
            {"type": "realtime", "audio": {"input": {"input_audio_transcription": None}}},
            "unknown_parameter",
            "session.audio.input.input_audio_transcription",
        ),
        ("beta", {"type": "realtime"}, "unknown_parameter", "session.type"),
        ("beta", {"output_modalities": ["audio"]}, "unknown_parameter", "session.output_modalities"),
        ("beta", {"audio": {}}, "unknown_parameter", "session.audio"),
    ],
)
async def test_an_update_in_the_other_dialect_is_refused_whole(
    dialect: str, session: Message, code: str, param: str
) -> None:
    async with connected(dialect) as (client, service):
        update = {**session, "instructions": "Changed."}
        await client.send("session.update", session=update, event_id="event_mine")
        error = await client.error()
        assert (error["code"], error["param"], error["event_id"]) == (code, param, "event_mine")
        assert service.connections[0].session["instructions"] != "Changed."


@pytest.mark.parametrize(("dialect", "option"), [("ga", "modalities"), ("beta", "output_modalities")])
async def test_a_response_in_the_other_dialect_is_refused(dialect: str, option: str) -> None:
    async with connected(dialect) as (client, _):
        await client.send("response.create", response={option: ["audio"]})
        assert (await client.error())["param"] == f"response.{option}"


# Items


@BOTH
async def test_a_client_chooses_an_items_id_and_may_delete_it(dialect: str) -> None:
    async with connected(dialect) as (client, service):
        await client.message("One.", id="item_one")
        await client.message("Two.", id="item_two")
        await client.send("conversation.item.delete", item_id="item_one")
        assert (await client.event("conversation.item.deleted"))["item_id"] == "item_one"
        [left] = service.connections[0].conversation.read()
        assert (left.id, left.role, left.text) == ("item_two", "system", "Two.")


async def test_the_beta_confirms_an_item_with_one_event() -> None:
    async with connected("beta") as (client, _):
        await client.message("One.", id="item_one")
        created = await client.event("conversation.item.created")
        assert created["item"]["id"] == "item_one"
        assert client.kinds() == ["session.created", "conversation.item.created"]


async def test_ga_confirms_an_item_with_two_events() -> None:
    async with connected("ga") as (client, _):
        await client.message("One.", id="item_one")
        await client.event("conversation.item.done")
        assert client.kinds() == ["session.created", "conversation.item.added", "conversation.item.done"]


@BOTH
@pytest.mark.parametrize(
    ("kind", "fields", "code"),
    [
        ("conversation.item.delete", {"item_id": "nobody"}, "item_delete_invalid_item_id"),
        (
            "conversation.item.truncate",
            {"item_id": "nobody", "audio_end_ms": 0},
            "item_truncate_invalid_item_id",
        ),
        (
            "conversation.item.create",
            {"item": {"id": "x" * 33, "type": "message", "role": "system", "content": []}},
            "string_above_max_length",
        ),
        (
            "conversation.item.create",
            {"item": {"id": "there", "type": "message", "role": "system", "content": []}},
            "item_create_duplicate_item_id",
        ),
        (
            "conversation.item.create",
            {"previous_item_id": "nobody", "item": {"type": "message", "role": "system", "content": []}},
            "item_create_invalid_previous_item_id",
        ),
        ("response.cancel", {}, "response_cancel_not_active"),
        ("input_audio_buffer.commit", {}, "input_audio_buffer_commit_empty"),
        ("session.guess", {}, "invalid_value"),
    ],
)
async def test_what_cannot_be_done_is_an_error_that_names_the_event(
    dialect: str, kind: str, fields: Message, code: str
) -> None:
    async with connected(dialect) as (client, _):
        await client.message("Here.", id="there")
        await client.send(kind, event_id="event_7", **fields)
        error = await client.error()
        assert (error["code"], error["event_id"]) == (code, "event_7")


async def test_an_id_of_32_characters_is_short_enough() -> None:
    async with connected("ga") as (client, _):
        await client.message("One.", id="x" * 32)
        await client.event("conversation.item.done")


@pytest.mark.parametrize(
    ("dialect", "right", "wrong"), [("beta", "text", "output_text"), ("ga", "output_text", "text")]
)
async def test_assistant_text_has_the_dialects_content_type(dialect: str, right: str, wrong: str) -> None:
    async with connected(dialect) as (client, service):
        for kind in (wrong, right):
            content = [{"type": kind, "text": "Hi."}]
            item = {"type": "message", "role": "assistant", "content": content}
            await client.send("conversation.item.create", item=item)
        assert (await client.error())["code"] == "invalid_value"
        await client.event("conversation.item.created" if dialect == "beta" else "conversation.item.done")
        assert [item.text for item in service.connections[0].conversation.read()] == ["Hi."]


@BOTH
async def test_items_go_where_the_client_wants_them(dialect: str) -> None:
    async with connected(dialect) as (client, service):
        await client.message("1", id="a")
        await client.message("3", id="c")
        item = {
            "id": "b",
            "type": "message",
            "role": "user",
            "content": [{"type": "input_text", "text": "2"}],
        }
        await client.send("conversation.item.create", previous_item_id="a", item=item)
        await client.send("conversation.item.create", previous_item_id="root", item={**item, "id": "z"})
        await client.event("conversation.item.created" if dialect == "beta" else "conversation.item.done", 4)
        assert [each.id for each in service.connections[0].conversation.read()] == ["z", "a", "b", "c"]


# Responses


@pytest.mark.parametrize(
    ("dialect", "added", "finished"),
    [
        ("beta", ["conversation.item.created"], []),
        ("ga", ["conversation.item.added"], ["conversation.item.done"]),
    ],
)
async def test_a_responses_events_come_in_the_services_order(
    dialect: str, added: list[str], finished: list[str]
) -> None:
    async with connected(dialect, script=lambda turn: Say("Good morning.")) as (client, _):
        await client.send("response.create", response={"metadata": {"mine": "1"}})
        done = (await client.event("response.done"))["response"]
        audio = AUDIO[dialect]
        assert client.kinds()[1:] == [
            "response.created",
            "rate_limits.updated",
            "response.output_item.added",
            *added,
            "response.content_part.added",
            f"{audio}_transcript.delta",
            f"{audio}.delta",
            f"{audio}_transcript.delta",
            f"{audio}.delta",
            f"{audio}.done",
            f"{audio}_transcript.done",
            "response.content_part.done",
            *finished,
            "response.output_item.done",
            "response.done",
        ]
        assert client.log.received(f"{audio}_transcript.done")[0]["transcript"] == "Good morning."
        assert (done["status"], done["metadata"]) == ("completed", {"mine": "1"})
        content = {"type": "audio" if dialect == "beta" else "output_audio", "transcript": "Good morning."}
        assert done["output"][0]["content"] == [content]


@BOTH
async def test_speech_lasts_as_long_as_its_text(dialect: str) -> None:
    text = "The parcel will arrive tomorrow."
    async with ScriptedRealtime(dialect, script=lambda turn: Say(text), pace=Pace(**FAST)) as service:
        async with websockets.connect(service.url) as socket:
            await socket.send(json.dumps({"type": "response.create"}))
            heard = 0
            while (event := json.loads(await socket.recv()))["type"] != "response.done":
                if event["type"] == f"{AUDIO[dialect]}.delta":
                    heard += len(base64.b64decode(event["delta"]))
        assert heard / 2 / 24_000 == pytest.approx(0.06 * len(text), rel=0.01)


@BOTH
async def test_a_second_response_is_refused_and_the_first_goes_on(dialect: str) -> None:
    async with connected(dialect, script=lambda turn: Say("One two three.")) as (client, _):
        await client.send("response.create")
        await client.send("response.create", event_id="event_2")
        done = await client.event("response.done")
        error = await client.error()
        assert (error["code"], error["event_id"]) == ("conversation_already_has_active_response", "event_2")
        assert done["response"]["status"] == "completed"
        assert len(client.log.received("response.created")) == 1


@BOTH
async def test_a_response_out_of_band_is_neither_refused_nor_remembered(dialect: str) -> None:
    async with connected(dialect, script=lambda turn: Say("One two three.")) as (client, service):
        await client.send("response.create")
        await client.send("response.create", response={"conversation": "none", "input": []})
        await client.event("response.done", 2)
        assert len(service.connections[0].conversation.items) == 1


@BOTH
async def test_a_client_cancels_a_response(dialect: str) -> None:
    pace = Pace(generation=1.0, latency=0.0)
    async with connected(dialect, script=lambda turn: Say("word " * 50), pace=pace) as (client, _):
        await client.send("response.create")
        await client.event(f"{AUDIO[dialect]}.delta")
        await client.send("response.cancel")
        response = (await client.event("response.done"))["response"]
        assert response["status"] == "cancelled"
        assert response["status_details"]["reason"] == "client_cancelled"
        assert response["output"][0]["status"] == "incomplete"
        assert len(client.log.received(f"{AUDIO[dialect]}_transcript.done")[0]["transcript"]) < 50


@BOTH
async def test_a_responses_instructions_and_tools_replace_the_sessions(dialect: str) -> None:
    turns: list[ModelTurn] = []

    def script(turn: ModelTurn) -> Action:
        turns.append(turn)
        return Silence()

    tool = {"type": "function", "name": "look", "description": "", "parameters": {"type": "object"}}
    async with connected(dialect, script=script) as (client, _):
        shape = {"instructions": "Of the session.", "tools": [tool]}
        await client.configure(beta=shape, ga=shape)
        await client.send("response.create")
        await client.event("response.done")
        await client.send("response.create", response={"instructions": "Of the response.", "tools": []})
        await client.event("response.done", 2)
        assert [turn.instructions for turn in turns] == ["Of the session.", "Of the response."]
        assert [len(turn.tools) for turn in turns] == [1, 0]
        assert [turn.index for turn in turns] == [1, 2]
        assert client.log.received("response.done")[0]["response"]["output"] == []


@BOTH
async def test_a_tool_is_called_and_its_output_known(dialect: str) -> None:
    def script(turn: ModelTurn) -> Action:
        outputs = [item.text for item in turn.items if item.role == "tool"]
        return Say(f"It says {outputs[0]}.") if outputs else CallTool("look", {"where": "here"})

    async with connected(dialect, script=script) as (client, _):
        await client.send("response.create")
        called = (await client.event("response.done"))["response"]["output"][0]
        assert (called["type"], called["name"]) == ("function_call", "look")
        added = client.log.received("response.output_item.added")[0]["item"]
        assert (added["name"], added["call_id"]) == ("look", called["call_id"])
        arguments = client.log.received("response.function_call_arguments.done")[0]
        assert json.loads(arguments["arguments"]) == {"where": "here"}
        output = {"type": "function_call_output", "call_id": called["call_id"], "output": '{"seen": 5}'}
        await client.send("conversation.item.create", item=output)
        await client.send("response.create")
        await client.event("response.done", 2)
        said = client.log.received(f"{AUDIO[dialect]}_transcript.done")[0]["transcript"]
        assert said == 'It says {"seen": 5}.'


@BOTH
async def test_the_default_script_says_what_it_is_told_and_opens_one_reply_as_wanted(dialect: str) -> None:
    async with connected(dialect, transcripts=["My lamp is broken.", "Yes."]) as (client, _):
        await client.silent_server()
        said = []
        await client.message('Known.\nBegin your next reply with: "Welcome back, Ada!"\nMore.')
        for options in (
            {"instructions": "Say exactly what is between <say> and </say>.\n<say>May I?</say>"},
            {},
            {},
        ):
            await client.say(speech(0.2))
            await client.send("input_audio_buffer.commit")
            await client.send("response.create", response=options)
            done = await client.event("response.done", len(said) + 1)
            said.append(done["response"]["output"][0]["content"][0]["transcript"])
        assert said[0] == "May I?"
        assert said[1].startswith("Welcome back, Ada! ")
        assert "Ada" not in said[2]


# The caller


@BOTH
async def test_speech_is_detected_timed_committed_and_answered(dialect: str) -> None:
    async with connected(dialect, transcripts=["Where is it?"]) as (client, _):
        await client.configure(
            beta={"input_audio_transcription": {"model": "whisper-1"}},
            ga={"audio": {"input": {"transcription": {"model": "whisper-1"}}}},
        )
        await client.say(silence(1.0))
        await client.say(speech(0.8))
        await client.say(silence(0.8))
        completed = await client.event("conversation.item.input_audio_transcription.completed")
        await client.event("response.done")
        started = client.log.received("input_audio_buffer.speech_started")[0]
        stopped = client.log.received("input_audio_buffer.speech_stopped")[0]
        assert started["audio_start_ms"] == pytest.approx(700, abs=20)
        assert stopped["audio_end_ms"] == pytest.approx(2300, abs=20)
        [committed] = client.log.received("input_audio_buffer.committed")
        ids = {each["item_id"] for each in (started, stopped, committed, completed)}
        assert len(ids) == 1
        assert completed["transcript"] == "Where is it?"


@pytest.mark.parametrize(("dialect", "wire"), [("beta", "g711_ulaw"), ("ga", "audio/pcmu")])
async def test_times_count_by_the_sessions_format(dialect: str, wire: str) -> None:
    async with connected(dialect) as (client, _):
        await client.configure(
            beta={"input_audio_format": wire}, ga={"audio": {"input": {"format": {"type": wire}}}}
        )
        await client.say(silence(1.0, 8000), "mulaw", 160)
        await client.say(speech(0.5, 8000), "mulaw", 160)
        started = await client.event("input_audio_buffer.speech_started")
        assert started["audio_start_ms"] == pytest.approx(700, abs=20)


@BOTH
async def test_without_turn_detection_nothing_is_committed_by_itself(dialect: str) -> None:
    async with connected(dialect, transcripts=["Yes."]) as (client, _):
        await client.silent_server()
        await client.say(speech(0.5))
        await client.say(silence(1.0))
        await client.send("input_audio_buffer.commit")
        committed = await client.event("input_audio_buffer.committed")
        transcript = await client.event("conversation.item.input_audio_transcription.completed")
        assert transcript["item_id"] == committed["item_id"]
        assert not client.log.received("input_audio_buffer.speech_started")
        assert not client.log.received("response.created")


@BOTH
async def test_speech_is_transcribed_only_if_that_is_switched_on(dialect: str) -> None:
    heard: list[str] = []

    def script(turn: ModelTurn) -> Action:
        heard.append(turn.caller_words)
        return Silence()

    async with connected(dialect, transcripts=["Yes."], script=script) as (client, _):
        await client.silent_server(transcribe=False)
        await client.say(speech(0.5))
        await client.send("input_audio_buffer.commit")
        await client.send("response.create")
        await client.event("response.done")
        await asyncio.sleep(0.05)
        assert not [kind for kind in client.kinds() if "transcription" in kind]
        assert heard == ["Yes."]


@BOTH
@pytest.mark.parametrize("interrupt", [True, False])
async def test_speech_interrupts_a_response_if_it_may(dialect: str, interrupt: bool) -> None:
    pace = Pace(generation=2.0, latency=0.0, speed=2.0)
    detection = {"type": "server_vad", "create_response": False, "interrupt_response": interrupt}
    async with connected(dialect, script=lambda turn: Say("word " * 8), pace=pace) as (client, _):
        await client.configure(
            beta={"turn_detection": detection}, ga={"audio": {"input": {"turn_detection": detection}}}
        )
        await client.send("response.create")
        await client.event(f"{AUDIO[dialect]}.delta")
        await client.say(speech(0.3))
        await client.say(silence(0.7))
        response = (await client.event("response.done"))["response"]
        await client.event("input_audio_buffer.committed")
        assert response["status"] == ("cancelled" if interrupt else "completed")
        if interrupt:
            assert response["status_details"]["reason"] == "turn_detected"
            kinds = client.kinds()
            assert kinds.index("input_audio_buffer.speech_started") < kinds.index("response.done")
        assert len(client.log.received("response.created")) == 1


@BOTH
async def test_what_was_not_heard_is_cut_off_the_conversation(dialect: str) -> None:
    async with connected(dialect, script=lambda turn: Say("one two three four")) as (client, service):
        await client.send("response.create")
        item = (await client.event("response.done"))["response"]["output"][0]["id"]
        await client.send("conversation.item.truncate", item_id=item, content_index=0, audio_end_ms=500)
        truncated = await client.event("conversation.item.truncated")
        assert (truncated["item_id"], truncated["audio_end_ms"]) == (item, 500)
        assert service.connections[0].conversation.read()[0].text == "one two t"[:8]
        await client.send("conversation.item.truncate", item_id=item, content_index=0, audio_end_ms=9000)
        assert (await client.error())["param"] == "audio_end_ms"


async def test_announced_words_come_before_scripted_ones() -> None:
    async with connected("ga", transcripts=lambda samples, rate: f"{len(samples) / rate:.1f} s") as (
        client,
        service,
    ):
        await client.silent_server()
        service.announce("Announced.")
        for count in (1, 2):
            await client.say(speech(0.5))
            await client.send("input_audio_buffer.commit")
            await client.event("conversation.item.input_audio_transcription.completed", count)
        completed = client.log.received("conversation.item.input_audio_transcription.completed")
        assert [each["transcript"] for each in completed] == ["Announced.", "0.5 s"]


# Faults


async def turns(client: Client, count: int) -> None:
    await client.silent_server()
    for _ in range(count):
        await client.say(speech(0.3))
        await client.send("input_audio_buffer.commit")


async def test_a_late_transcript_comes_after_the_response() -> None:
    async with connected("ga", transcripts=["Yes."], faults=Faults(transcripts="late")) as (client, _):
        await turns(client, 1)
        await client.send("response.create")
        await client.event("conversation.item.input_audio_transcription.completed")
        kinds = client.kinds()
        completed = kinds.index("conversation.item.input_audio_transcription.completed")
        assert kinds.index("response.done") < completed


async def test_reordered_transcripts_change_places() -> None:
    faults = Faults(transcripts="reordered")
    async with connected("ga", transcripts=["One.", "Two."], faults=faults) as (client, _):
        await turns(client, 2)
        await client.event("conversation.item.input_audio_transcription.completed", 2)
        completed = client.log.received("conversation.item.input_audio_transcription.completed")
        assert [each["transcript"] for each in completed] == ["Two.", "One."]


@pytest.mark.parametrize("fault", ["failed", "missing"])
async def test_a_transcript_fails_or_never_comes(fault: Any) -> None:
    async with connected("ga", transcripts=["Yes."], faults=Faults(transcripts=fault)) as (client, _):
        await turns(client, 1)
        await client.send("response.create")
        await client.event("response.done")
        if fault == "failed":
            failed = await client.event("conversation.item.input_audio_transcription.failed")
            assert failed["error"]["code"]
        assert not client.log.received("conversation.item.input_audio_transcription.completed")


async def test_the_other_faults() -> None:
    faults = Faults(paraphrase=True, unknown_events=True, duplicate=frozenset({"response.done"}))
    async with connected("ga", faults=faults) as (client, service):
        instructions = "Say exactly: <say>May I remember you?</say>"
        await client.send("response.create", response={"instructions": instructions})
        await client.event("response.done", 2)
        said = client.log.received("response.output_audio_transcript.done")[0]["transcript"]
        assert "May I remember you?" not in said
        assert "response.something_new" in client.kinds()
        faults.refuse_items = True
        await client.message("Context.")
        assert (await client.error())["code"] == "server_error"
        faults.never_answer = True
        await client.send("response.create")
        faults.close_on = "response.cancel"
        await client.send("response.cancel")
        await asyncio.wait_for(client.gone.wait(), 5)
        assert len(client.log.received("response.created")) == 1
        assert not service.connections[0].is_open


async def test_a_script_that_raises_fails_the_test_and_not_only_the_response() -> None:
    def script(turn: ModelTurn) -> Action:
        raise ZeroDivisionError

    async def respond() -> None:
        async with connected("ga", script=script) as (client, _):
            await client.send("response.create")
            done = await client.event("response.done")
            assert done["response"]["status"] == "failed"

    with pytest.raises(ZeroDivisionError):
        await respond()


async def test_the_log_holds_everything_but_audio() -> None:
    async with connected("ga") as (client, service):
        await client.say(speech(0.1))
        await client.send("response.create")
        await client.event("response.done")
        log = service.connections[0].log
        assert log.received("input_audio_buffer.append")[0]["audio"] == "(4800 bytes)"
        assert log.sent("response.output_audio.delta")[0]["delta"].endswith(" bytes)")
        created = await log.wait_for(lambda entry: entry.type == "response.created")
        assert isinstance(created, Logged)
        times: Sequence[float] = [entry.at for entry in log.entries]
        assert times == sorted(times)
        with pytest.raises(TimeoutError, match=r"response\.done"):
            await log.wait_for(lambda entry: entry.type == "never", timeout=0.01)


async def test_it_can_be_run_by_hand() -> None:
    command = [sys.executable, str(Path(__file__).with_name("scripted_realtime.py")), "--port", "0"]
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        first = await asyncio.wait_for(process.stdout.readline(), 20)
        url = first.decode().split()[-1]
        async with websockets.connect(url) as socket:
            assert json.loads(await socket.recv())["type"] == "session.created"
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 5)
