"""The example host calls the hooks as OpusAgent does, whatever happens on the line or at the service."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from hosted import Recorder, calling, hosting, manager_with, replies, serving, spoken, until
from phone import TwilioPhone, follow_twiml
from realtime_model import GREETING, Action, CallTool, ModelTurn, Say
from realtime_response import Pace
from scripted_realtime import ScriptedRealtime

from examples.voice_host.app import create_app
from examples.voice_host.scripted_agent import speak
from examples.voice_host.service import connect_from
from opusagent_hooks import Call, Tool, hookimpl

ROOT = Path(__file__).parents[2]
BOTH = pytest.mark.parametrize("dialect", ["beta", "ga"])


def speech(seconds: float) -> np.ndarray:
    return (0.3 * np.sin(np.arange(round(seconds * 16_000)) * 0.2)).astype(np.float32)


# The call


@BOTH
async def test_a_call_has_every_hook_once_and_in_order(dialect: str) -> None:
    recorder = Recorder()
    async with hosting(manager_with(recorder), dialect) as (url, service):
        async with calling(url, service, from_number="+15550100", call_sid="CA1") as caller:
            await caller.hears(GREETING)
            await caller.says("Where is my order?", speech(1.0))
            await caller.hears("I see.")
        await until(lambda: recorder.reasons)
    assert recorder.names() == ["call_start", "session_create", *["transcript"] * 3, "call_end"]
    [call] = recorder.calls
    assert (call.id, call.platform, call.from_number) == ("CA1", "twilio", "+15550100")
    assert [turn.speaker for turn in recorder.turns] == ["agent", "caller", "agent"]
    assert recorder.turns[1].text == "Where is my order?"
    assert recorder.reasons == ["caller_hung_up"]


@BOTH
async def test_the_session_is_configured_once_for_mulaw_with_transcription(dialect: str) -> None:
    async with hosting(manager_with(Recorder()), dialect) as (url, service):
        async with calling(url, service) as caller:
            await caller.hears(GREETING)
            assert len(caller.session.log.received("session.update")) == 1
            assert not caller.session.log.sent("error")
            session = caller.session.session
            assert service.connections[0].dialect.audio_format(session, "output").encoding == "mulaw"
            assert service.connections[0].dialect.transcribes(session)
            assert service.connections[0].dialect.turn_detection(session)["create_response"] is False


async def test_audio_is_given_to_plugins_as_it_came_and_on_the_platforms_clock() -> None:
    recorder = Recorder()
    async with hosting(manager_with(recorder)) as (url, service):
        async with calling(url, service) as caller:
            await caller.hears(GREETING)
            await caller.phone.silence(1.0)
            await until(lambda: recorder.heard > 1.0)
            sent = len(caller.session.log.received("input_audio_buffer.append")) * 0.02
            assert recorder.heard == pytest.approx(sent, abs=0.5)


@BOTH
async def test_what_the_agent_says_is_given_to_plugins_as_well(dialect: str) -> None:
    recorder = Recorder()
    async with hosting(manager_with(recorder), dialect) as (url, service):
        async with calling(url, service) as caller:
            await caller.hears(GREETING)
            assert recorder.said == pytest.approx(caller.phone.heard.seconds, abs=0.03)


async def test_the_agent_is_heard_at_its_own_pace() -> None:
    pace = Pace(seconds_per_character=0.02, latency=0.0)
    async with hosting(manager_with(), pace=pace) as (url, service):
        async with calling(url, service) as caller:
            began = caller.phone.heard.now
            await caller.hears(GREETING)
            chunks = caller.phone.heard.chunks
            assert all(len(chunk.data) == 160 for chunk in chunks)
            assert caller.phone.heard.seconds == pytest.approx(0.02 * len(GREETING), abs=0.03)
            assert caller.phone.heard.until - began > 0.02 * len(GREETING)
            # What arrives is never far ahead of what is heard.
            arrivals = [entry.at for entry in caller.phone.log.entries if entry.type == "media"]
            assert arrivals[-1] - arrivals[0] > 0.02 * len(GREETING) - 0.25


@BOTH
async def test_a_caller_who_speaks_is_not_talked_over(dialect: str) -> None:
    recorder = Recorder()
    script = lambda turn: Say("word " * 100 if turn.index == 1 else "Yes?")  # noqa: E731
    pace = Pace(seconds_per_character=0.06, latency=0.0, generation=50.0)
    async with hosting(manager_with(recorder), dialect, script=script, pace=pace) as (url, service):
        async with calling(url, service) as caller:
            await until(lambda: caller.phone.heard.seconds > 0.4)
            await caller.says("Stop!", speech(0.5))
            await caller.phone.log.wait_for(lambda entry: entry.type == "clear", 5)
            heard = caller.phone.heard.seconds
            truncated = await caller.session.log.wait_for(
                lambda entry: entry.type == "conversation.item.truncated", 5
            )
            assert truncated.message["audio_end_ms"] == pytest.approx(1000 * heard, abs=250)
            await caller.hears("Yes?")
        await until(lambda: recorder.reasons)
    assert [turn.interrupted for turn in recorder.turns if turn.speaker == "agent"] == [True, False]


@pytest.mark.parametrize("way", ["drop", "service"])
async def test_a_call_that_breaks_off_ends_once(way: str) -> None:
    recorder = Recorder()
    async with hosting(manager_with(recorder)) as (url, service):
        async with calling(url, service) as caller:
            await caller.hears(GREETING)
            if way == "drop":
                await caller.phone.drop()
            else:
                await caller.session.close()
            await asyncio.wait_for(caller.phone.closed.wait(), 5)
            await until(lambda: recorder.reasons and not caller.session.is_open)
        # And the next is as good as any.
        async with calling(url, service) as caller:
            await caller.hears(GREETING)
    assert recorder.reasons[0] == ("connection_lost" if way == "drop" else "agent_unavailable")
    assert recorder.names().count("call_end") == 2


async def test_without_a_service_the_call_is_given_up() -> None:
    recorder = Recorder()
    connect = connect_from({"REALTIME_URL": "ws://127.0.0.1:9"})
    async with serving(create_app(manager=manager_with(recorder), connect=connect)) as address:
        async with TwilioPhone(f"ws://{address}/twilio-agent") as phone:
            await asyncio.wait_for(phone.closed.wait(), 5)
    assert recorder.events == []


# Tools


class Lookup:
    """A plugin with two tools."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    @hookimpl
    async def session_create(self, call: Call) -> None:
        async def look(where: str) -> dict[str, Any]:
            self.asked.append(f"{call.id}: {where}")
            return {"found": [where]}

        def goodbye() -> dict[str, Any]:
            raise ZeroDivisionError

        schema = {"type": "object", "properties": {"where": {"type": "string"}}}
        await call.agent.register_tool(Tool("look", "Look somewhere.", schema, look))
        await call.agent.register_tool(Tool("goodbye", "Fail.", {"type": "object"}, goodbye))


@BOTH
async def test_the_model_calls_a_plugins_tools(dialect: str) -> None:
    def script(turn: ModelTurn) -> Action:
        outputs = [item.text for item in turn.items if item.role == "tool"]
        actions = [CallTool("look", {"where": "here"}), CallTool("goodbye"), CallTool("nothing")]
        return actions[len(outputs)] if len(outputs) < 3 else Say(" ".join(outputs))

    plugin = Lookup()
    async with hosting(manager_with(plugin), dialect, script=script) as (url, service):
        async with calling(url, service, call_sid="CA1") as caller:
            said = await caller.hears("found")
            tools = caller.session.session["tools"]
    assert plugin.asked == ["CA1: here"]
    assert [tool["name"] for tool in tools] == ["look", "goodbye"]
    assert json.loads(said[: said.index("}") + 1]) == {"found": ["here"]}
    assert "the tool failed" in said
    assert "there is no such tool" in said
    assert "ZeroDivision" not in said


async def test_an_agent_that_hangs_up_is_heard_to_the_end() -> None:
    class Brief(Recorder):
        @hookimpl
        async def transcript(self, call: Call, turn: Any) -> None:
            if turn.speaker == "caller":
                await call.agent.end_call("enough")

    plugin = Brief()
    script = lambda turn: Say(GREETING if turn.index == 1 else "Goodbye then, and thank you.")  # noqa: E731
    pace = Pace(seconds_per_character=0.012, latency=0.0, transcript=0.1)
    async with hosting(manager_with(plugin), script=script, pace=pace) as (url, service):
        async with calling(url, service) as caller:
            await caller.hears(GREETING)
            await caller.says("Goodbye.", speech(0.5))
            await asyncio.wait_for(caller.phone.closed.wait(), 5)
            words = sum(len(text) for text in replies(caller.session))
            assert len(spoken(caller.session)) == 2
            assert caller.phone.heard.seconds == pytest.approx(0.012 * words, abs=0.1)
        await until(lambda: plugin.reasons)
    assert plugin.reasons == ["enough"]


# The scripted agent's voice


@pytest.mark.parametrize("synthesiser", [*filter(shutil.which, ("espeak-ng", "flite")), None])
async def test_the_scripted_agent_speaks_with_what_there_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, synthesiser: str | None
) -> None:
    if synthesiser is not None:
        (tmp_path / synthesiser).symlink_to(str(shutil.which(synthesiser)))
    monkeypatch.setenv("PATH", str(tmp_path))
    samples = await speak("The parcel will arrive tomorrow.")
    assert samples.dtype == np.float32
    assert 1.0 < len(samples) / 8000 < 4.0
    assert np.abs(samples).max() > 0.05


# The webhook


async def test_the_webhook_passes_the_callers_number_on() -> None:
    recorder = Recorder()
    async with ScriptedRealtime("ga") as service:
        connect = connect_from({"REALTIME_URL": service.url})
        async with serving(create_app(manager=manager_with(recorder), connect=connect)) as address:
            url, parameters = await follow_twiml(
                f"http://{address}/twilio/voice", from_number="+15550100", call_sid="CA1"
            )
            assert url == f"ws://{address}/twilio-agent"
            async with TwilioPhone(url, parameters=parameters):
                await until(lambda: recorder.calls)
    assert recorder.calls[0].from_number == "+15550100"
    assert recorder.calls[0].to_number == "+15550199"


@pytest.mark.parametrize("withheld", ["anonymous", "+266696687"])
async def test_a_number_that_the_caller_withheld_is_none(withheld: str) -> None:
    recorder = Recorder()
    async with hosting(manager_with(recorder)) as (url, service):
        async with calling(url, service, from_number=withheld):
            await until(lambda: recorder.calls)
    assert recorder.calls[0].from_number is None


async def test_the_webhook_asks_for_tls_where_it_was_asked_with_it_and_escapes_what_it_repeats() -> None:
    app = create_app(manager=manager_with(), connect=connect_from({}))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://host.example") as client:
        answer = await client.post("/twilio/voice", data={"From": '"><Hangup/>'})
    assert 'url="wss://host.example/twilio-agent"' in answer.text
    assert "<Hangup" not in answer.text


async def test_it_runs_as_its_readme_says(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "PORT": "0",
        "OPUSAGENT_DISABLED_PLUGINS": "*",
        "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)]),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "examples.voice_host",
        cwd=ROOT,
        env=environment,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stderr is not None
        address = None
        while address is None:
            line = (await asyncio.wait_for(process.stderr.readline(), 30)).decode()
            assert line, "it ended before it ran"
            if "running on" in line:
                address = next(word for word in line.split() if word.startswith("http"))
        url, _ = await follow_twiml(f"{address}/twilio/voice", from_number="+15550100", call_sid="CA1")
        assert url.endswith("/twilio-agent")
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 10)
