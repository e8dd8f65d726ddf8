"""The parts of attaching, each by itself: numbers, announcements, the wire, the session, tools."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace

import numpy as np
import pytest
from attached_host import Model, Phone, audiocodes, host, run, settle, twilio

from opusagent_hooks import AgentError, AgentUnavailableError, PersonalContextRefusedError, Tool
from opusagent_hooks.host.announcements import read_announcement
from opusagent_hooks.host.frames import format_of_twilio, format_of_vaic, without_header
from opusagent_hooks.host.mishaps import Mishaps
from opusagent_hooks.host.session import HostSession
from opusagent_hooks.host.tools import function_of
from opusagent_hooks.host.wire import Line, Wire
from opusagent_hooks.numbers import known_number
from opusagent_hooks.realtime import RealtimeLink


class TestNumbers:
    @pytest.mark.parametrize(
        "withheld",
        [
            None,
            7,
            "",
            "  ",
            "anonymous",
            "Anonymous",
            "unknown",
            "restricted",
            "PRIVATE",
            "unavailable",
            "sip:anonymous@anonymous.invalid",
            "7378742833",
            "+7378742833",
            "2562533",
            "8656696",
            "+266696687",
            "86282452253",
        ],
    )
    def test_a_withheld_number_is_no_number(self, withheld):
        assert known_number(withheld) is None

    @pytest.mark.parametrize(
        "number", ["+15551230001", "1001", "sip:ada@example.com", "tel:+4930123456", "client:ada"]
    )
    def test_any_other_is_kept_as_it_is(self, number):
        assert known_number(f" {number} ") == number


class TestAnnouncements:
    def test_twilio_says_it_in_start_or_on_resuming_beside_it(self):
        start = {
            "callSid": "CA1",
            "customParameters": {"from_number": "+1555", "n": 3},
            "mediaFormat": {"a": 1},
        }
        said = read_announcement({"event": "start", "start": start})
        assert (said.id, said.from_number, dict(said.parameters)) == (
            "CA1",
            "+1555",
            {"from_number": "+1555"},
        )
        assert said.media_format == {"a": 1}
        assert read_announcement({"callSid": "CA1", "streamSid": "MZ1"}).id == "CA1"

    def test_audiocodes_says_it_in_the_message(self):
        said = read_announcement({"conversationId": "c1", "caller": "+1555"})
        assert (said.id, said.from_number, said.to_number) == ("c1", "+1555", None)

    @pytest.mark.parametrize(
        "message", [{}, {"start": "now"}, {"start": {}}, {"conversationId": 7, "caller": []}]
    )
    def test_anything_else_says_nothing(self, message):
        said = read_announcement(message)
        assert (said.id, said.from_number) == (None, None)


class TestFormats:
    @pytest.mark.parametrize("name", ["raw/opus", "lpcm16", "", None, "mp3/lpcm16"])
    def test_a_format_that_is_not_known_is_not_guessed(self, name):
        assert format_of_vaic(name) is None

    @pytest.mark.parametrize(
        "said",
        [{"encoding": "audio/opus"}, {"sampleRate": "fast"}, {"channels": 2}],
    )
    def test_twilios_neither(self, said):
        assert format_of_twilio(said) is None

    def test_a_header_of_several_parts_is_skipped_and_one_without_data_holds_none(self):
        parts = (
            b"RIFF....WAVE" + b"LIST\x03\x00\x00\x00abc\x00" + b"data\x04\x00\x00\x00" + b"\x01\x02\x03\x04"
        )
        assert without_header(parts) == b"\x01\x02\x03\x04"
        assert without_header(b"RIFF....WAVEfmt \x02\x00\x00\x00ab") == b""
        assert without_header(b"\x01\x02") == b"\x01\x02"


class Listener:
    """Passes on what it is told to, and fails where it is told to."""

    def __init__(self, line, fails=""):
        self.line = line
        self.fails = fails

    async def outgoing(self, message):
        await self.line.send(message.replace("host", "plugin"))

    def incoming(self, message):
        if self.fails == "reading":
            raise RuntimeError("in")
        return "private" not in message


def wire(connection, fails=""):
    return Wire(connection, Listener(Line(connection), fails), Mishaps())


class TestTheWire:
    async def test_messages_pass_the_listener_both_ways(self):
        model = Model()
        line = wire(model)
        await line.send('{"type": "host"}')
        assert model.types() == ["plugin"]
        for kind in ("private.1", "public.1", "private.2", "public.2"):
            model.say(type=kind)
        model.hang_up()
        assert json.loads(await line.recv())["type"] == "public.1"
        assert [json.loads(message)["type"] async for message in line] == ["public.2"]

    async def test_context_put_at_session_create_does_not_cost_the_host_its_configuration(self):
        async def put_context():
            await link.put_context("Ada calls.")

        model = Model()
        link = RealtimeLink(Line(model).send, on_session=put_context)
        line = Wire(model, link, Mishaps())
        # Tools that are no list are nothing that a plugin's could be added to.
        await line.send(json.dumps({"type": "session.update", "session": {"tools": 5}}))
        assert model.types() == ["conversation.item.create", "session.update"]
        assert model.sent[1]["session"] == {"tools": 5}

    async def test_a_message_that_the_connection_does_not_take_is_sent_once_and_its_error_is_the_hosts(self):
        class Gone(Model):
            async def send(self, message):
                await super().send(message)
                raise ConnectionResetError("gone")

        for kind in ("session.update", "response.create", "input_audio_buffer.commit"):
            model = Gone()
            line = Wire(model, RealtimeLink(Line(model).send), Mishaps())
            with pytest.raises(ConnectionResetError):
                await line.send(json.dumps({"type": kind, "session": {"voice": "verse"}}))
            assert model.types() == [kind]

    async def test_a_plugin_is_told_that_there_is_no_connection(self, attachment, recorder):
        bridge = host("bridges.twilio_bridge").TwilioBridge(Phone(), None, host("agents").session_config)
        with pytest.raises(AttributeError):  # the host's own, which has nothing to send to
            await bridge.handle_session_start({"start": {"callSid": "CA1", "mediaFormat": {"encoding": "x"}}})
        with pytest.raises(AgentUnavailableError):
            await recorder.calls["CA1"].agent.say("Hello?")
        await bridge.close()

    async def test_a_plugins_task_from_session_create_gets_the_documented_error(self, attachment, recorder):
        go = asyncio.Event()
        tasks = []

        async def at_session(call, session):
            async def later():
                await go.wait()
                await call.agent.add_instructions("Be brief.")

            tasks.append(asyncio.create_task(later()))

        async def gone(message):
            raise ConnectionResetError("gone")

        recorder.at_session = at_session
        line = twilio()
        line.phone.start()
        serving = asyncio.create_task(line.bridge.receive_from_platform())
        await settle()
        line.model.send = gone
        go.set()
        with pytest.raises(AgentUnavailableError):
            await tasks[0]
        line.phone.drop()
        await serving

    async def test_what_fails_in_reading_lets_the_message_pass(self):
        model = Model()
        model.say(type="private")
        assert json.loads(await wire(model, "reading").recv())["type"] == "private"

    async def test_the_connections_own_errors_reach_the_host(self):
        class Gone(Model):
            async def send(self, message):
                raise ConnectionResetError("gone")

            async def __anext__(self):
                raise ConnectionResetError("gone")

        line = wire(Gone())
        with pytest.raises(ConnectionResetError):
            await line.send("{}")
        with pytest.raises(ConnectionResetError):
            await anext(line)
        with pytest.raises(ConnectionResetError):
            async for _ in line:
                pass

    async def test_bytes_and_what_takes_more_arguments_are_none_of_ours(self):
        class Exact:
            async def send(self, message, text=None):
                self.sent = (message, text)

        connection = Exact()
        line = wire(connection)
        await line.send(b"host")
        assert connection.sent == (b"host", None)
        await line.send("host", text=True)
        assert connection.sent == ("host", True)

    async def test_it_is_the_connection_for_everybody_else(self):
        model = Model()
        model.close_code = None
        line = wire(model)
        assert line == model
        assert model == line
        assert isinstance(line, Model)
        line.close_code = 1000
        assert model.close_code == 1000
        assert not hasattr(line, "no_such_thing")

    async def test_what_cannot_be_iterated_over_fails_as_it_did(self):
        with pytest.raises(TypeError):
            async for _ in wire(SimpleNamespace()):
                pass

    async def test_without_a_listener_it_only_passes_on(self):
        model = Model()
        line = wire(model)
        line._self_release()
        model.say(type="private")
        await line.send('{"type": "host"}')
        assert model.types() == ["host"]
        assert json.loads(await anext(line))["type"] == "private"


class TestTheSession:
    def bridge(self, **fields):
        state = SimpleNamespace(caller="unknown", metadata={"theirs": 1})
        return SimpleNamespace(session_state=state, **fields)

    def test_who_calls_is_written_through_and_taken_back(self):
        bridge = self.bridge(caller="+15551230001")
        session = HostSession("c1", bridge)
        session.caller_id = "ada"
        session.caller_metadata = {"name": "Ada"}
        state = bridge.session_state
        assert (bridge.caller, state.caller, state.caller_id) == ("ada", "ada", "ada")
        assert state.caller_metadata == {"name": "Ada"}
        assert state.metadata == {"theirs": 1, "caller_id": "ada", "caller_metadata": {"name": "Ada"}}
        session.caller_id = None
        assert (bridge.caller, state.caller, state.caller_id) == ("+15551230001", "unknown", None)
        assert state.metadata == {"theirs": 1}

    def test_a_caller_whom_the_host_did_not_know_is_unknown_again(self):
        bridge = self.bridge()
        session = HostSession("c1", bridge)
        session.caller_id = "ada"
        session.caller_id = None
        assert bridge.caller == "unknown"

    def test_metadata_is_the_hosts(self):
        bridge = self.bridge()
        session = HostSession("c1", bridge)
        session.metadata["ours"] = 2
        assert bridge.session_state.metadata == {"theirs": 1, "ours": 2}
        session.caller_id = "ada"
        session.caller_metadata["name"] = "Ada"
        assert bridge.session_state.metadata["caller_metadata"] == {"name": "Ada"}

    def test_a_state_that_the_host_makes_later_or_anew_is_told_too(self):
        bridge = SimpleNamespace(session_state=None)
        session = HostSession("c1", bridge)
        session.metadata["ours"] = 2
        session.caller_id = "ada"
        assert bridge.caller == "ada"
        for _ in range(2):
            bridge.session_state = SimpleNamespace(caller="unknown", metadata={})
            session.follow()
            state = bridge.session_state
            assert (state.caller, state.metadata["ours"], state.metadata["caller_id"]) == ("ada", 2, "ada")
        session.caller_id = None
        assert bridge.session_state.caller == "unknown"

    async def test_a_host_that_resumes_gets_the_caller_again(self, attachment, recorder):
        line = audiocodes()
        line.phone.initiate()
        serving = asyncio.create_task(line.bridge.receive_from_platform())
        await settle()
        recorder.sessions["c1"].caller_id = "ada"
        first = line.bridge.session_state
        line.phone.initiate()
        await settle()
        assert line.bridge.session_state is not first
        assert line.bridge.session_state.metadata["caller_id"] == "ada"
        line.phone.drop()
        await serving


def tool(handler, name="who_am_i", **properties):
    schema = {"type": "object", "properties": {key: {"type": "string"} for key in properties}}
    return Tool(name, "Says who calls.", schema, handler)


class TestTools:
    async def test_a_handler_gets_the_arguments_that_its_schema_names(self):
        def answer(**arguments):
            return arguments

        async def answer_later(**arguments):
            return arguments

        for handler in (answer, answer_later):
            function = function_of(tool(handler, who="x"))
            assert asyncio.iscoroutinefunction(function)
            assert await function({"who": "me", "made_up": 1}) == {"who": "me"}
            assert await function({}) == {}

    async def test_results_are_what_json_can_hold(self):
        def answer():
            return {
                "score": np.float32(0.5),
                "scores": np.array([1, 2]),
                "set": {"b", "a"},
                "nothing": float("nan"),
                ("not", "a name"): 1,
                "when": SimpleNamespace(),
            }

        result = await function_of(tool(answer))({})
        assert json.loads(json.dumps(result, allow_nan=False)) == result
        assert (result["score"], result["scores"], result["set"]) == (0.5, [1, 2], ["a", "b"])
        assert result["nothing"] is None

    @pytest.mark.parametrize("value", [None, "done", 3, [1]])
    async def test_what_is_no_mapping_becomes_one(self, value):
        assert await function_of(tool(lambda: value))({}) == {"result": value}

    async def test_no_result_hangs_up(self):
        def answer():
            return {"next_action": "end_call", "context": {"stage": "call_complete", "n": 1}, "x": 1}

        assert await function_of(tool(answer))({}) == {"context": {"n": 1}, "x": 1}
        other = {"next_action": "ask", "context": {"stage": "greeting"}}
        assert await function_of(tool(lambda: other))({}) == other

    async def test_an_error_is_told_by_its_type_and_goes_no_further(self, caplog):
        def fail():
            raise LookupError("Ada Lovelace is not known")

        assert await function_of(tool(fail))({}) == {"error": "LookupError"}
        assert "Ada" not in caplog.text

    async def test_a_tool_is_called_by_the_host_on_its_own_call_only(self, attachment, recorder):
        async def offer(call, session):
            await call.agent.register_tool(tool(lambda: {"id": call.id}))

        recorder.at_session = offer
        lines = [twilio(), twilio()]
        for number, line in enumerate(lines):
            line.phone.start(f"CA{number}")
            await run(line)
            names = [each["name"] for each in line.model.sent[0]["session"]["tools"]]
            assert names == ["get_balance", "who_am_i"]
        results = [await line.bridge.function_handler.call("who_am_i", {}) for line in lines]
        assert results == [{"id": "CA0"}, {"id": "CA1"}]
        assert [each["name"] for each in host("agents").session_config.tools] == ["get_balance"]

    @pytest.mark.parametrize("name", ["get_balance", "wrap_up", "transfer_to_human"])
    async def test_a_name_that_the_host_has_or_hangs_up_on_is_refused(self, attachment, recorder, name):
        errors = []

        async def offer(call, session):
            try:
                await call.agent.register_tool(tool(dict, name))
            except AgentError as error:
                errors.append(str(error))

        recorder.at_session = offer
        line = twilio()
        line.phone.start()
        await run(line)
        assert len(errors) == 1
        assert name in errors[0]
        assert [each["name"] for each in line.model.sent[0]["session"]["tools"]] == ["get_balance"]
        assert await line.bridge.function_handler.call("get_balance", {}) == {"balance": 1000}


class TestPersonalContext:
    @pytest.fixture(autouse=True)
    def one_each(self, monkeypatch):
        monkeypatch.setenv("WEBSOCKET_MAX_SESSIONS_PER_CONNECTION", "1")

    async def begin(self, line, recorder, call_id="CA1"):
        line.phone.start(call_id)
        serving = asyncio.create_task(line.bridge.receive_from_platform())
        await settle()
        return serving, recorder.calls[call_id].agent

    async def test_it_goes_to_a_connection_of_the_calls_own(self, attachment, recorder):
        line = twilio()
        serving, agent = await self.begin(line, recorder)
        await agent.put_context("Ada calls.")
        assert line.model.sent[-1]["item"]["content"][0]["text"] == "Ada calls."
        line.phone.drop()
        await serving
        with pytest.raises(AgentUnavailableError):
            await agent.put_context("Ada called.")

    async def test_it_is_refused_where_the_pool_shares_and_the_way_out_is_said_once(
        self, attachment, recorder, monkeypatch, caplog
    ):
        monkeypatch.setenv("WEBSOCKET_MAX_SESSIONS_PER_CONNECTION", "10")
        model = Model()
        for number in range(3):
            line = twilio(model=model if number else None)
            serving, agent = await self.begin(line, recorder, f"CA{number}")
            with pytest.raises(PersonalContextRefusedError, match="WEBSOCKET_MAX_SESSIONS_PER_CONNECTION"):
                await agent.put_context("Ada calls.")
            assert "conversation.item.create" not in line.model.types()
            line.phone.drop()
            await serving
        warnings = [r.getMessage() for r in caplog.records if r.levelname == "WARNING"]
        assert len(warnings) == 1
        assert "WEBSOCKET_MAX_SESSIONS_PER_CONNECTION=1" in warnings[0]

    async def test_it_is_refused_where_another_bridge_has_used_the_connection(self, attachment, recorder):
        model = Model()
        host("bridges.call_agent_bridge").CallAgentBridge(None, model, host("agents").session_config)
        line = twilio(model=model)
        serving, agent = await self.begin(line, recorder)
        with pytest.raises(PersonalContextRefusedError, match="another call"):
            await agent.put_context("Ada calls.")
        line.phone.drop()
        await serving

    async def test_it_is_refused_where_nobody_knows_who_uses_the_connection(self, attachment, recorder):
        class Slotted:
            __slots__ = ()

            async def send(self, message):
                """Take it."""

        line = twilio(model=Slotted())
        serving, agent = await self.begin(line, recorder)
        with pytest.raises(PersonalContextRefusedError, match="nobody knows"):
            await agent.put_context("Ada calls.")
        line.phone.drop()
        await serving

    async def test_it_is_refused_where_the_setting_cannot_be_read(self, attachment, recorder, monkeypatch):
        monkeypatch.setattr(host("config"), "get_config", lambda: None)
        line = twilio()
        serving, agent = await self.begin(line, recorder)
        with pytest.raises(PersonalContextRefusedError):
            await agent.put_context("Ada calls.")
        line.phone.drop()
        await serving

    async def test_the_local_double_is_each_calls_own(self, attachment, recorder, monkeypatch):
        monkeypatch.setenv("WEBSOCKET_MAX_SESSIONS_PER_CONNECTION", "10")
        mock = host("local.realtime.websocket_mock").MockWebSocketConnection(host("agents").session_config)
        line = twilio(model=mock)
        serving, agent = await self.begin(line, recorder)
        assert await agent.put_context("Ada calls.")
        line.phone.drop()
        await serving

    async def test_the_local_double_keeps_what_it_is_told_to_itself(self, attachment):
        shared = host("agents").session_config
        mock = host("local.realtime.websocket_mock").MockWebSocketConnection(shared)
        mock.client.update(instructions="Ada calls.")
        assert shared.instructions == "Help the customer."
        assert mock.client.session_config.instructions == "Ada calls."
        assert host("local.realtime.client").LocalRealtimeClient().session_config is None
        assert host("local.realtime.client").LocalRealtimeClient(None, shared).session_config == shared
