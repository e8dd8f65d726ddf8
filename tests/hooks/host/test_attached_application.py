"""Around the host's application: Twilio's numbers, the warm-up before serving, the end after it."""

from __future__ import annotations

import asyncio
import sys
import time
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from attached_host import Recorder, attached_with, host, manager_with, twilio

from opusagent_hooks import HookManager, PluginError, attach, detach, hookimpl
from opusagent_hooks.host import attachment as attaching
from opusagent_hooks.host.application import HostApplication
from opusagent_hooks.host.twiml import numbers_in_form, with_parameters

FORM = b"application/x-www-form-urlencoded"
TWIML = (
    b'<?xml version="1.0" encoding="UTF-8"?><Response><Connect>'
    b'<Stream url="ws://x/twilio-agent" /></Connect></Response>'
)


def form(**fields):
    return urlencode(fields).encode()


def parameters_of(twiml):
    """The parameters of each stream."""
    root = ElementTree.fromstring(twiml)  # noqa: S314 - of our own making
    return [{each.get("name"): each.get("value") for each in stream} for stream in root.iter("Stream")]


class Exchange:
    """One HTTP request to an application, in as many pieces as given, and what came back."""

    def __init__(self, app):
        self.app = app
        self.sent = []

    async def post(self, body, path="/twilio/voice", content_type=FORM, method="POST", root="", pieces=1):
        size = max(1, -(-len(body) // pieces))
        parts = [body[start : start + size] for start in range(0, len(body), size)] or [b""]
        self.incoming = [
            {"type": "http.request", "body": part, "more_body": number < len(parts)}
            for number, part in enumerate(parts, 1)
        ]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": root + path,
            "raw_path": (root + path).encode(),
            "root_path": root,
            "query_string": b"",
            "headers": [(b"host", b"here"), (b"content-type", content_type)],
            "server": ("here", 80),
            "client": ("there", 1),
        }
        await self.app(scope, self.receive, self.send)
        return self

    async def receive(self):
        return self.incoming.pop(0) if self.incoming else {"type": "http.disconnect"}

    async def send(self, message):
        self.sent.append(message)

    @property
    def body(self):
        return b"".join(message.get("body", b"") for message in self.sent)

    @property
    def headers(self):
        return dict(self.sent[0]["headers"])

    def parameters(self):
        return parameters_of(self.body)


def answering(*messages):
    """An application with Twilio's route that sends just these, and keeps what it was sent."""
    from starlette.applications import Starlette
    from starlette.routing import Route

    async def endpoint(scope, receive, send):
        endpoint.read = []
        while (message := await receive())["type"] == "http.request":
            endpoint.read.append(message["body"])
            if not message["more_body"]:
                break
        for message in messages:
            await send(message)

    class Endpoint:
        async def __call__(self, scope, receive, send):
            await endpoint(scope, receive, send)

    app = Starlette(routes=[Route("/twilio/voice", Endpoint())])
    app.endpoint = endpoint
    return app


def start(status=200, content_type=b"text/xml", **headers):
    listed = [(name.replace("_", "-").encode(), value) for name, value in headers.items()]
    return {
        "type": "http.response.start",
        "status": status,
        "headers": [(b"content-type", content_type), *listed],
    }


def part(body, more=False):
    return {"type": "http.response.body", "body": body, "more_body": more}


@pytest.mark.usefixtures("attachment")
class TestTheCallersNumber:
    async def test_the_hosts_twiml_carries_the_numbers_of_the_form(self):
        answer = await Exchange(host("main").app).post(
            form(From="+15551230001", To="+15559990000", CallSid="CA1")
        )
        assert answer.parameters() == [
            {
                "from_number": "+15551230001",
                "to_number": "+15559990000",
                "opusagent_hooks": "from_number,to_number",
            }
        ]
        assert answer.headers[b"content-length"] == str(len(answer.body)).encode()
        assert answer.headers[b"content-type"] == b"application/xml"
        assert answer.body.startswith(b"<?xml")

    @pytest.mark.parametrize("number", ['"><Say>hi</Say>', "a&b", "\N{GREEK SMALL LETTER ALPHA}"])
    async def test_a_number_is_never_markup(self, number):
        answer = await Exchange(host("main").app).post(form(From=number))
        assert answer.parameters() == [{"from_number": number, "opusagent_hooks": "from_number"}]
        assert b"<Say>" not in answer.body

    @pytest.mark.parametrize(
        "sent",
        [
            b"",
            form(CallSid="CA1"),
            form(From="anonymous", To="+266696687"),
            form(From="1" * 300),
            form(From="+1\x07555"),
            b"From=%ff%fe",
            "From=+1555".encode("utf-16"),
            form(From="+15551230001", Body="x" * 70_000),
        ],
    )
    async def test_a_form_without_a_number_leaves_the_answer_as_it_is(self, sent):
        app = host("main").app
        untouched = await Exchange(app.router).post(sent)
        answer = await Exchange(app).post(sent, pieces=3)
        assert answer.sent == untouched.sent
        assert b"from_number" not in answer.body

    async def test_a_body_that_is_no_form_leaves_it_too(self):
        answer = await Exchange(host("main").app).post(form(From="+1555"), content_type=b"application/json")
        assert b"from_number" not in answer.body

    async def test_a_caller_who_is_gone_before_the_form_is_whole_is_the_hosts_business(self):
        app = answering(start(), part(TWIML))
        exchange = Exchange(app)
        original = exchange.receive

        async def receive():
            message = await original()
            return message if message["type"] != "http.request" else {**message, "more_body": True}

        exchange.receive = receive
        await exchange.post(form(From="+1555"))
        assert exchange.body == TWIML
        assert app.endpoint.read == [form(From="+1555")]

    async def test_the_host_reads_the_whole_form_all_the_same(self):
        sent = form(From="+15551230001", Body="x" * 200_000)
        app = answering(start(), part(TWIML))
        await Exchange(app).post(sent, pieces=7)
        assert b"".join(app.endpoint.read) == sent

    async def test_an_answer_in_pieces_is_put_together(self):
        app = answering(start(content_length=b"5"), part(TWIML[:40], more=True), part(TWIML[40:]))
        answer = await Exchange(app).post(form(From="+1555"))
        assert answer.parameters() == [{"from_number": "+1555", "opusagent_hooks": "from_number"}]
        assert answer.headers[b"content-length"] == str(len(answer.body)).encode()

    @pytest.mark.parametrize(
        "messages",
        [
            [start(500), part(TWIML)],
            [start(content_type=b"text/html"), part(TWIML)],
            [start(content_encoding=b"gzip"), part(TWIML)],
            [start(), part(b"<Response><Say>Hi</Say></Response>")],
            [start(), part(b"<Response><Stream>")],
            [start(), part(b'<!DOCTYPE r [<!ENTITY e "x">]><Response><Stream/>&e;</Response>')],
            [start(), part(TWIML, more=True)],
            [start(), part(b"<!--" + b"x" * 70_000, more=True), part(b"-->" + TWIML)],
            [start(), {"type": "http.response.pathsend", "path": "/dev/null"}],
        ],
    )
    async def test_an_answer_that_is_no_plain_twiml_passes_as_it_is(self, messages):
        answer = await Exchange(answering(*messages)).post(form(From="+1555"))
        assert answer.sent == messages

    async def test_other_requests_are_not_looked_at(self):
        app = host("main").app
        answer = await Exchange(app).post(form(From="+1555"), path="/who", method="GET")
        assert answer.body.endswith(b" host")
        assert (await Exchange(app).post(b"", method="GET")).sent[0]["status"] == 405

    async def test_a_mounted_application_answers_below_its_root(self):
        answer = await Exchange(host("main").app).post(form(From="+1555"), root="/api")
        assert b"from_number" in answer.body

    async def test_after_detaching_the_answer_is_the_hosts(self):
        app = host("main").app
        await Exchange(app).post(form(From="+1555"))
        assert isinstance(app.middleware_stack, HostApplication)
        detach()
        assert b"from_number" not in (await Exchange(app).post(form(From="+1555"))).body

    async def test_other_applications_are_left_alone(self):
        from starlette.applications import Starlette

        assert not isinstance(Starlette().build_middleware_stack(), HostApplication)


def stream(url="wss://bank.example.com/twilio-agent", inside="", verb="Connect"):
    return f'<{verb}><Stream url="{url}">{inside}</Stream></{verb}>'


def twiml(*verbs):
    return f"<Response>{''.join(verbs)}</Response>".encode()


class TestTwiML:
    def test_the_hosts_stream_gets_what_it_does_not_have_and_the_names_of_what_it_got(self):
        own = '<Parameter name="from_number" value="9"/>'
        added = with_parameters(twiml(stream(inside=own), stream()), {"from_number": "1", "to_number": "2"})
        assert parameters_of(added) == [
            {"from_number": "9", "to_number": "2", "opusagent_hooks": "to_number"},
            {"from_number": "1", "to_number": "2", "opusagent_hooks": "from_number,to_number"},
        ]

    @pytest.mark.parametrize(
        "url", ["ws://other.example.com:8080/twilio-agent?x=1", "/twilio-agent", " wss://x/twilio-agent "]
    )
    def test_the_hosts_stream_is_known_by_its_path(self, url):
        assert (
            parameters_of(with_parameters(twiml(stream(url)), {"from_number": "1"}))[0]["from_number"] == "1"
        )

    @pytest.mark.parametrize(
        "theirs",
        [
            stream("wss://analytics.example.net/in", verb="Start"),
            stream("wss://bank.example.com/twilio-agent", verb="Start"),
            stream("wss://analytics.example.net/in"),
            stream("wss://analytics.example.net/twilio-agent/copy"),
            stream("wss://[analytics/twilio-agent"),
            stream(""),
            "<Connect><Stream/></Connect>",
            '<Stream url="wss://bank.example.com/twilio-agent"/>',
        ],
    )
    def test_the_number_goes_to_nobody_elses_stream(self, theirs):
        assert with_parameters(twiml(theirs), {"from_number": "1"}) is None
        both = parameters_of(with_parameters(twiml(theirs, stream()), {"from_number": "1"}))
        assert both == [{}, {"from_number": "1", "opusagent_hooks": "from_number"}]

    @pytest.mark.parametrize(
        "inside",
        [
            '<Parameter name="from_number" value="9"/>',
            '<Parameter name="opusagent_hooks" value="off"/>',
        ],
    )
    def test_nothing_to_add_is_nothing_changed(self, inside):
        assert with_parameters(twiml(stream(inside=inside)), {"from_number": "1"}) is None

    def test_only_the_first_of_a_field_counts(self):
        assert numbers_in_form(b"From=%2B1&From=%2B2") == {"from_number": "+1"}


class Served:
    """An application between its startup and its shutdown."""

    def __init__(self, app):
        self.app = app
        self.sent = []
        self.told = asyncio.Queue()
        self.heard = asyncio.Event()

    async def __aenter__(self):
        async def send(message):
            self.sent.append(message)
            self.heard.set()

        self.task = asyncio.create_task(self.app({"type": "lifespan", "state": {}}, self.told.get, send))
        self.told.put_nowait({"type": "lifespan.startup"})
        await asyncio.wait_for(self.heard.wait(), 30)
        return self

    async def __aexit__(self, *exc_info):
        if not self.task.done():
            self.told.put_nowait({"type": "lifespan.shutdown"})
        await asyncio.gather(self.task, return_exceptions=True)


@pytest.fixture
def resampler(checkout):
    return host("utils.audio_utils").AudioUtils


class TestServing:
    async def test_what_is_slow_at_first_is_warm_before_the_first_call_and_not_by_the_event_loop(
        self, resampler, recorder
    ):
        attached_with(recorder)
        resampler.delay = 0.05
        ticks = 0

        async def tick():
            nonlocal ticks
            while True:
                await asyncio.sleep(0.005)
                ticks += 1

        ticking = asyncio.create_task(tick())
        async with Served(host("main").app) as served:
            assert served.sent[-1]["type"] == "lifespan.startup.complete"
            assert resampler.resampled == [(16000, 24000, False), (24000, 8000, False)]
            assert host("vad.vad_factory").VADFactory.heard == [("float32", 1024, False)]
            assert ticks > 5
        ticking.cancel()

    async def test_it_is_not_waited_for_without_end(self, resampler, recorder, monkeypatch, caplog):
        monkeypatch.setattr(attaching, "_WARM_UP_PATIENCE", 0.05)
        attached_with(recorder)
        resampler.delay = 0.3
        before = time.perf_counter()
        async with Served(host("main").app):
            assert time.perf_counter() - before < 0.3
        assert "not warm after 0.05 s" in caplog.text
        await asyncio.sleep(0.6)

    @pytest.mark.parametrize("value", ["false", "0", "Off", "no"])
    async def test_it_can_be_switched_off(self, resampler, recorder, monkeypatch, value):
        monkeypatch.setenv("OPUSAGENT_HOOKS_WARM_UP", value)
        attached_with(recorder)
        async with Served(host("main").app):
            assert resampler.resampled == []

    async def test_one_that_fails_does_not_stop_the_start(self, resampler, recorder, monkeypatch, caplog):
        def fail(*args):
            raise OSError("no resampler")

        monkeypatch.setattr(resampler, "resample_audio", fail)
        attached_with(recorder)
        async with Served(host("main").app) as served:
            assert served.sent[-1]["type"] == "lifespan.startup.complete"
            assert len(host("vad.vad_factory").VADFactory.heard) == 1
        assert "warming up OpusAgent's resampler failed with OSError" in caplog.text

    async def test_the_end_waits_for_what_plugins_do_and_then_closes_them(self, checkout, monkeypatch):
        class Slow(Recorder):
            @hookimpl
            async def call_end(self, call, reason):
                await asyncio.sleep(0.1)
                self.events.append((reason, self.closed))

            def close(self):
                super().close()
                self.events.append("closed")

        plugin = Slow()
        monkeypatch.setitem(sys.modules, "slow_plugin", plugin)
        attach(environ={"OPUSAGENT_PLUGINS": "slow_plugin"})
        async with Served(host("main").app) as served:
            ended, live = twilio(), twilio()
            await ended.bridge.initialize_conversation("CA1")
            await live.bridge.initialize_conversation("CA2")
            await ended.bridge.hang_up()
            plugin.events.clear()
        assert sorted(plugin.events[:2]) == [("agent_hung_up", 0), ("closed", 0)]
        assert plugin.events[2:] == ["closed"]
        assert served.sent[-1]["type"] == "lifespan.shutdown.complete"

    async def test_a_second_start_in_a_process_builds_the_manager_again(self, checkout, monkeypatch):
        plugin = Recorder()
        monkeypatch.setitem(sys.modules, "again_plugin", plugin)
        attachment = attach(environ={"OPUSAGENT_PLUGINS": "again_plugin"})
        app = host("main").app
        async with Served(app):
            first = attachment.managers.get()
        assert plugin.closed == 1
        async with Served(app):
            assert attachment.managers.get() is not first
        assert plugin.closed == 2

    async def test_a_manager_that_cannot_be_built_again_stops_the_start(self, checkout, monkeypatch):
        monkeypatch.setitem(sys.modules, "once_plugin", Recorder())
        attach(environ={"OPUSAGENT_PLUGINS": "once_plugin"})
        app = host("main").app
        async with Served(app):
            monkeypatch.setitem(sys.modules, "once_plugin", None)
        async with Served(app) as served:
            assert served.sent[-1]["type"] == "lifespan.startup.failed"
            assert PluginError.__name__ in served.sent[-1]["message"]

    async def test_a_manager_that_was_given_stays_open(self, checkout, recorder):
        manager = manager_with(recorder)
        attach(manager)
        async with Served(host("main").app):
            assert isinstance(manager, HookManager)
        assert recorder.closed == 0
