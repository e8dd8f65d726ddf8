"""A call on a bridge: each hook fires once, whatever the platform and the host do twice."""

from __future__ import annotations

import asyncio
import base64
import gc
import json
import time
import weakref

import pytest
from attached_host import Model, audiocodes, host, new_bridge, run, settle, twilio

from opusagent_hooks import hookimpl

pytestmark = pytest.mark.usefixtures("attachment")


class TestOneCall:
    async def test_a_twilio_call_fires_each_hook_once_and_in_order(self, recorder):
        line = twilio()
        line.phone.start("CA7", from_number="+15551230001", to_number="+15559990000", plan="gold")
        line.phone.media()
        line.phone.media()
        line.phone.stop()
        await run(line)
        assert recorder.events == [
            ("call_start", "CA7"),
            ("session_create", "CA7"),
            ("audio_input", "CA7"),
            ("call_end", "CA7", "caller_hung_up"),
        ]
        call = recorder.calls["CA7"]
        assert (call.platform, call.from_number, call.to_number) == ("twilio", "+15551230001", "+15559990000")
        assert call.parameters["plan"] == "gold"
        assert [(c.encoding, c.sample_rate, len(c.data), c.at) for c in recorder.chunks] == [
            ("mulaw", 8000, 160, 0.0),
            ("mulaw", 8000, 160, 0.02),
        ]

    async def test_an_audiocodes_call_fires_each_hook_once_and_in_order(self, recorder):
        line = audiocodes()
        line.phone.initiate("c7", "+15551230001")
        line.phone.chunk()
        line.phone.send(type="session.end")
        await run(line)
        assert recorder.events == [
            ("call_start", "c7"),
            ("session_create", "c7"),
            ("audio_input", "c7"),
            ("call_end", "c7", "caller_hung_up"),
        ]
        assert (recorder.calls["c7"].platform, recorder.calls["c7"].from_number) == (
            "audiocodes",
            "+15551230001",
        )

    async def test_a_call_without_an_id_has_one_of_its_own(self, recorder):
        line = audiocodes()
        line.phone.send(type="session.initiate", supportedMediaFormats=["raw/lpcm16"])
        await run(line)
        (call,) = recorder.calls.values()
        assert len(call.id) == 32

    async def test_a_second_announcement_and_a_resume_are_the_same_call(self, recorder):
        line = audiocodes()
        line.phone.initiate()
        line.phone.initiate()
        line.phone.send(type="session.resume", conversationId="c1")
        await run(line)
        assert [event[0] for event in recorder.events] == ["call_start", "session_create", "call_end"]

    async def test_a_call_that_is_resumed_on_another_bridge_ends_on_the_first(self, recorder):
        first, second = audiocodes(), audiocodes()
        first.phone.initiate()
        serving = asyncio.create_task(first.bridge.receive_from_platform())
        await settle()
        second.phone.send(type="session.resume", conversationId="c1")
        second.phone.chunk()
        await run(second)
        first.phone.chunk()
        first.phone.drop()
        await serving
        await settle()
        assert [event[0] for event in recorder.events] == [
            "call_start",
            "session_create",
            "call_end",
            "call_start",
            "session_create",
            "audio_input",
            "call_end",
        ]
        assert recorder.named("call_end") == [
            ("call_end", "c1", "resumed"),
            ("call_end", "c1", "connection_lost"),
        ]
        assert len(recorder.chunks) == 1

    async def test_two_closes_and_a_lost_line_are_one_end(self, recorder):
        line = twilio()
        line.phone.start()
        line.phone.stop()
        await run(line)
        await line.bridge.close()
        await line.bridge.close()
        await settle()
        assert recorder.named("call_end") == [("call_end", "CA1", "caller_hung_up")]
        assert line.bridge.closings == 3

    async def test_plugins_hear_of_the_model_from_its_messages(self, recorder):
        line = twilio()
        line.phone.start()
        listening = asyncio.create_task(line.bridge.receive_from_realtime())
        serving = asyncio.create_task(line.bridge.receive_from_platform())
        await settle()
        said = {"response_id": "r1", "item_id": "i1", "output_index": 0, "content_index": 0}
        line.model.say(type="response.created", response={"id": "r1", "status": "in_progress"})
        line.model.say(type="response.audio_transcript.delta", delta="Hello!", **said)
        line.model.say(type="response.audio_transcript.done", transcript="Hello!", **said)
        line.model.say(type="response.done", response={"id": "r1", "status": "completed"})
        await settle()
        line.model.hang_up()
        line.phone.drop()
        await asyncio.gather(listening, serving)
        await settle()
        assert ("transcript", "agent") in recorder.events
        assert line.bridge.received == [
            "response.created",
            "response.audio_transcript.delta",
            "response.audio_transcript.done",
            "response.done",
        ]

    @pytest.mark.parametrize("by_platform", [False, True])
    async def test_plugins_get_what_the_agent_says_once(self, recorder, by_platform):
        line = twilio()
        line.phone.start()
        listening = asyncio.create_task(line.bridge.receive_from_realtime())
        serving = asyncio.create_task(line.bridge.receive_from_platform())
        await settle()
        if by_platform:
            line.phone.media(bytes(160), track="outbound")
            await settle()
        line.model.say(type="response.created", response={"id": "r1", "status": "in_progress"})
        delta = base64.b64encode(bytes(4800)).decode()
        line.model.say(type="response.audio.delta", response_id="r1", item_id="i1", delta=delta)
        await settle()
        line.model.hang_up()
        line.phone.drop()
        await asyncio.gather(listening, serving)
        await settle()
        (chunk,) = recorder.chunks
        assert chunk.speaker == "agent"
        form = ("mulaw", 8000, 160) if by_platform else ("pcm16", 24000, 4800)
        assert (chunk.encoding, chunk.sample_rate, len(chunk.data)) == form
        assert "response.audio.delta" in line.bridge.received

    async def test_a_bridge_whose_platform_announces_nothing_begins_with_its_session(self, recorder):
        line = twilio()
        await line.bridge.initialize_conversation("outbound-1")
        await line.bridge.close()
        await settle()
        assert recorder.events == [
            ("call_start", "outbound-1"),
            ("session_create", "outbound-1"),
            ("call_end", "outbound-1", "closed"),
        ]

    async def test_a_bridge_that_never_had_a_call_ends_none(self, recorder):
        line = twilio()
        await line.bridge.close()
        await settle()
        assert recorder.events == []


class TestHowACallEnds:
    @pytest.mark.parametrize(
        ("last", "reason"),
        [
            ({"type": "session.end"}, "caller_hung_up"),
            ({"type": "activities", "activities": [{"name": "hangup"}]}, "caller_hung_up"),
            ({"type": "activities", "activities": [{"name": "dtmf", "value": "1"}]}, "connection_lost"),
            ({"type": "userStream.stop"}, "connection_lost"),
        ],
    )
    async def test_the_reason_says_who_hung_up(self, recorder, last, reason):
        line = audiocodes()
        line.phone.initiate()
        line.phone.send(**last)
        await run(line)
        assert recorder.named("call_end") == [("call_end", "c1", reason)]

    async def test_the_agent_hangs_up_through_the_host(self, recorder):
        line = audiocodes()
        line.phone.initiate()
        serving = asyncio.create_task(line.bridge.receive_from_platform())
        await settle()
        await recorder.calls["c1"].agent.end_call("done")
        await settle()
        assert line.bridge.closings == 1
        assert recorder.named("call_end") == [("call_end", "c1", "agent_hung_up")]
        line.phone.drop()
        await serving

    async def test_a_receive_loop_that_fails_ends_the_call(self, recorder):
        line = audiocodes()
        line.phone.initiate()
        line.phone.send_raw("{not json")
        await run(line)
        assert recorder.named("call_end") == [("call_end", "c1", "closed")]

    async def test_closing_a_bridge_waits_for_no_plugin(self, attachment, checkout):
        class Slow:
            @hookimpl
            async def call_end(self, call):
                await asyncio.sleep(0.5)
                finished.append(call.id)

        finished = []
        attachment.managers.given.register(Slow())
        line = twilio()
        line.phone.start()
        await run(line)
        before = time.perf_counter()
        await line.bridge.close()
        assert time.perf_counter() - before < 0.1
        assert finished == []
        await asyncio.sleep(0.6)
        assert finished == ["CA1"]

    async def test_a_bridge_is_not_kept_alive(self, recorder):
        line = twilio()
        line.phone.start()
        await run(line)
        bridge = weakref.ref(line.bridge)
        del line
        recorder.calls.clear()
        recorder.sessions.clear()
        await settle()
        gc.collect()
        assert bridge() is None


class TestSubclasses:
    async def test_a_subclass_that_calls_its_base_tells_of_each_event_once(self, recorder):
        class Loud(host("bridges.twilio_bridge").TwilioBridge):
            async def handle_session_start(self, data):
                await super().handle_session_start(dict(data))

            async def handle_audio_data(self, data):
                await super().handle_audio_data(json.loads(json.dumps(data)))

            async def handle_session_end(self, data):
                await super().handle_session_end(data)

            async def close(self):
                await super().close()

        line = new_bridge(Loud)
        line.phone.start()
        line.phone.media()
        line.phone.media()
        line.phone.stop()
        await run(line)
        assert [event[0] for event in recorder.events] == [
            "call_start",
            "session_create",
            "audio_input",
            "call_end",
        ]
        assert len(recorder.chunks) == len(line.bridge.frames) == 2

    async def test_a_new_platform_is_caught_whatever_its_class_does_with_its_subclasses(self, recorder):
        class Base(host("bridges.base_bridge").BaseRealtimeBridge):
            def __init_subclass__(cls, **kwargs):
                """Keep the news from its bases."""

        class Mixin:
            async def handle_audio_data(self, data):
                self.heard = data["audioChunk"]

        class Vonage(Mixin, Base):
            def register_platform_event_handlers(self):
                self.handlers = {"open": self.handle_session_start, "audio": self.handle_audio_data}

            async def handle_session_start(self, data):
                self.media_format = "raw/lpcm16"
                await self.initialize_conversation(data["conversationId"])

            async def handle_session_end(self, data):
                await self.close()

        line = new_bridge(Vonage, bridge_type="vonage")
        line.phone.send(event="open", conversationId="v1")
        line.phone.send(event="audio", audioChunk=base64.b64encode(bytes(320)).decode())
        await run(line)
        assert [event[0] for event in recorder.events] == [
            "call_start",
            "session_create",
            "audio_input",
            "call_end",
        ]
        assert recorder.calls["v1"].platform == "vonage"

    async def test_synthetic_callers_and_those_who_do_not_want_are_left_alone(self, recorder):
        class Private(host("bridges.audiocodes_bridge").AudioCodesBridge):
            opusagent_hooks = False

        synthetic = host("bridges.call_agent_bridge").CallAgentBridge
        for bridge_class in (synthetic, Private):
            line = new_bridge(bridge_class)
            assert line.bridge.realtime_websocket is line.model
            line.phone.initiate()
            line.phone.chunk()
            await run(line)
            assert line.bridge.frames == [base64.b64encode(bytes(320)).decode()]
        assert recorder.events == []


class TestAudio:
    @pytest.mark.parametrize(
        ("name", "encoding", "rate", "header"),
        [
            ("raw/lpcm16", "pcm16", 16000, b""),
            ("raw/lpcm16_8", "pcm16", 8000, b""),
            ("raw/lpcm16_24", "pcm16", 24000, b""),
            ("raw/mulaw", "mulaw", 8000, b""),
            ("raw/alaw", "alaw", 8000, b""),
            ("wav/lpcm16", "pcm16", 16000, None),
        ],
    )
    async def test_audiocodes_frames_come_in_the_agreed_format(self, recorder, name, encoding, rate, header):
        header = riff_header() if header is None else header
        line = audiocodes()
        line.phone.initiate(formats=[name])
        line.phone.chunk(header + b"\x01\x02" * 160)
        line.phone.chunk(b"\x03\x04" * 160)
        await run(line)
        assert [(c.data, c.encoding, c.sample_rate) for c in recorder.chunks] == [
            (b"\x01\x02" * 160, encoding, rate),
            (b"\x03\x04" * 160, encoding, rate),
        ]

    async def test_the_other_side_of_a_recorded_call_is_the_agents(self, recorder):
        line = twilio()
        line.phone.start()
        line.phone.media(track="outbound", timestamp="40")
        line.phone.media(timestamp="1234")
        await run(line)
        assert [(c.speaker, c.at) for c in recorder.chunks] == [("agent", 0.04), ("caller", 1.234)]
        line = audiocodes()
        line.phone.initiate()
        line.phone.chunk(participant="agent")
        line.phone.chunk(participant="caller")
        await run(line)
        assert [c.speaker for c in recorder.chunks[2:]] == ["agent", "caller"]

    async def test_frames_that_hold_no_audio_are_the_hosts_business_and_said_once(self, recorder, caplog):
        line = audiocodes()
        line.phone.initiate()
        for broken in ("!!!", 7, None):
            line.phone.send(type="userStream.chunk", audioChunk=broken)
        line.phone.chunk()
        await run(line)
        assert line.bridge.frames[:3] == ["!!!", 7, None]
        assert len(recorder.chunks) == 1
        assert [r.levelname for r in caplog.records if r.name == "opusagent_hooks"] == ["ERROR"]

    async def test_an_unknown_format_is_said_once_and_guessed_at_never(self, recorder, caplog):
        line = audiocodes()
        line.phone.initiate(formats=["raw/opus"])
        line.phone.chunk()
        line.phone.chunk()
        await run(line)
        assert recorder.chunks == []
        (record,) = [r for r in caplog.records if r.levelname == "WARNING"]
        assert "does not fire on AudioCodesBridge in a call whose format is raw/opus" in record.getMessage()

    async def test_the_tap_costs_less_than_a_fifth_of_a_millisecond(self, recorder):
        line = twilio()
        await line.bridge.handle_session_start(
            {"start": {"callSid": "CA9", "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000}}}
        )
        payload = base64.b64encode(b"\xff" * 160).decode()

        async def slowest_of_a_hundred():
            """The 99th percentile over ten seconds of audio, in seconds."""
            taken = []
            for number in range(500):
                message = {"event": "media", "media": {"payload": payload, "timestamp": str(20 * number)}}
                before = time.perf_counter()
                await line.bridge.handle_audio_data(message)
                taken.append(time.perf_counter() - before)
            return sorted(taken)[495]

        # Whatever else the machine does now only ever adds.
        assert min([await slowest_of_a_hundred() for _ in range(5)]) < 0.0002
        assert len(recorder.chunks) == len(line.bridge.frames) == 2500
        await line.bridge.close()
        await settle()


class TestWhatTheHostSends:
    async def test_nothing_is_sent_that_no_plugin_asked_for(self):
        line = twilio()
        line.phone.start()
        line.phone.media()
        await run(line)
        assert line.model.types() == ["session.update", "response.create"]

    async def test_plugins_add_to_their_own_calls_session_and_to_no_other(self, recorder):
        async def add(call, session):
            await call.agent.add_instructions(f"This is call {call.id}.")

        recorder.at_session = add
        shared = host("agents").session_config
        before = shared.model_dump()
        lines = [twilio(), twilio()]
        for number, line in enumerate(lines):
            line.phone.start(f"CA{number}")
            await run(line)
        instructions = [line.model.sent[0]["session"]["instructions"] for line in lines]
        assert "This is call CA0." in instructions[0]
        assert "This is call CA1." in instructions[1]
        assert "CA0" not in instructions[1]
        assert shared.model_dump() == before
        assert lines[0].bridge.session_config is not shared
        assert lines[0].bridge.session_config == shared

    async def test_what_a_plugin_does_wrong_reaches_neither_host_nor_model(self, recorder):
        async def fail(call, session):
            raise RuntimeError("no")

        recorder.at_session = fail
        line = twilio()
        line.phone.start()
        line.phone.media()
        await run(line)
        assert line.model.types() == ["session.update", "response.create"]
        assert len(line.bridge.frames) == 1

    async def test_a_host_without_a_model_has_calls_all_the_same(self, recorder):
        line = new_bridge(host("bridges.twilio_bridge").TwilioBridge)
        bridge = type(line.bridge)(line.phone, None, line.bridge.session_config)
        assert bridge.realtime_websocket is None
        line.phone.media()
        line.phone.drop()
        with pytest.raises(AttributeError):
            await bridge.handle_session_start(
                {"start": {"callSid": "CA3", "mediaFormat": {"encoding": "audio/x-mulaw"}}}
            )
        await bridge.receive_from_platform()
        await settle()
        assert [event[0] for event in recorder.events] == ["call_start", "audio_input", "call_end"]

    async def test_a_wrong_call_of_the_hosts_own_fails_as_it_did(self):
        bridge_class = host("bridges.twilio_bridge").TwilioBridge
        with pytest.raises(TypeError, match="realtime_websocket"):
            host("bridges.base_bridge").BaseRealtimeBridge.__init__(object.__new__(bridge_class), None)

    async def test_a_connection_is_unwrapped_before_it_is_wrapped_again(self):
        line = twilio()
        second = new_bridge(type(line.bridge), model=line.bridge.realtime_websocket)
        assert second.bridge.realtime_websocket.__wrapped__ is line.model
        assert isinstance(line.bridge.realtime_websocket, Model)


def riff_header():
    return b"RIFF\xff\xff\xff\xffWAVEfmt \x10\x00\x00\x00" + bytes(16) + b"data\xff\xff\xff\xff"
