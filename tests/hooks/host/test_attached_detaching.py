"""Letting go while calls are live: on their own event loops, on several, on none any more."""

from __future__ import annotations

import asyncio
import json
import sys
import threading

import pytest
from attached_host import Recorder, attached_with, host, settle, twilio

from opusagent_hooks import AgentUnavailableError, attach, detach, hookimpl
from opusagent_hooks.host import calls

VAD = {"type": "server_vad", "create_response": True}


@pytest.fixture
def built(checkout, monkeypatch):
    """A plugin of a manager that the attachment builds, and so closes."""
    plugin = Recorder()
    monkeypatch.setitem(sys.modules, "detached_plugin", plugin)
    attach(environ={"OPUSAGENT_PLUGINS": "detached_plugin"})
    host("bridges.twilio_bridge")
    return plugin


async def answered(call_sid="CA1", **session):
    """A live call whose host has configured the model and asked for a greeting."""
    line = twilio()
    line.phone.start(call_sid)
    line.serving = asyncio.create_task(line.bridge.receive_from_platform())
    line.listening = asyncio.create_task(line.bridge.receive_from_realtime())
    await settle()
    if session:
        await sends(line, "session.update", session=session)
    line.model.say(type="response.created", response={"id": "r1", "status": "in_progress"})
    line.model.say(type="response.done", response={"id": "r1", "status": "completed"})
    await settle()
    return line


async def sends(line, kind, **fields):
    """The host sends a message to its model."""
    await line.bridge.realtime_websocket.send(json.dumps({"type": kind, **fields}))


async def hangs_up(line):
    line.phone.drop()
    line.model.hang_up()
    await asyncio.gather(line.serving, line.listening)


class TestALiveCall:
    async def test_a_service_that_was_told_to_wait_answers_again(self, attachment, recorder):
        line = await answered(turn_detection=VAD)
        await recorder.calls["CA1"].agent.take_floor()
        muted = line.model.sent[-1]["session"]["turn_detection"]
        assert muted["create_response"] is False
        detach()
        await settle()
        assert line.model.sent[-1]["session"]["turn_detection"] == VAD
        await hangs_up(line)
        assert recorder.named("call_end") == [("call_end", "CA1", "detached")]

    async def test_a_reply_that_was_kept_goes_out(self, attachment, recorder):
        line = await answered()
        await recorder.calls["CA1"].agent.take_floor()
        await sends(line, "input_audio_buffer.commit")
        await sends(line, "response.create")
        before = line.model.types().count("response.create")
        detach()
        await settle()
        assert line.model.types().count("response.create") == before + 1
        await sends(line, "response.create")
        assert line.model.types().count("response.create") == before + 2
        await hangs_up(line)

    async def test_plugins_can_do_nothing_on_it_any_more(self, attachment, recorder):
        line = await answered()
        detach()
        await settle()
        with pytest.raises(AgentUnavailableError):
            await recorder.calls["CA1"].agent.say("Are you still there?")
        await hangs_up(line)

    async def test_a_connection_that_takes_nothing_does_not_keep_plugins_from_the_end(
        self, attachment, recorder, monkeypatch, caplog
    ):
        monkeypatch.setattr(calls, "_GIVING_BACK", 0.05)
        stuck, gone = await answered("CA1", turn_detection=VAD), await answered("CA2", turn_detection=VAD)
        for call in recorder.calls.values():
            await call.agent.take_floor()

        async def send_never(message):
            await asyncio.Event().wait()

        async def send_nowhere(message):
            raise ConnectionResetError("no Ada here")

        stuck.model.send, gone.model.send = send_never, send_nowhere
        detach()
        await asyncio.sleep(0.2)
        assert sorted(recorder.named("call_end")) == [
            ("call_end", "CA1", "detached"),
            ("call_end", "CA2", "detached"),
        ]
        assert "giving a call back to the host failed with" in caplog.text
        assert "Ada" not in caplog.text
        await asyncio.gather(hangs_up(stuck), hangs_up(gone))

    async def test_the_end_of_one_that_is_just_over_is_waited_for(self, checkout, monkeypatch):
        class Slow(Recorder):
            @hookimpl
            async def call_end(self, call, reason):
                await asyncio.sleep(0.1)
                self.events.append((reason, self.closed))

        plugin = Slow()
        monkeypatch.setitem(sys.modules, "slow_plugin", plugin)
        attach(environ={"OPUSAGENT_PLUGINS": "slow_plugin"})
        host("bridges.twilio_bridge")
        line = await answered()
        await hangs_up(line)
        detach()
        await asyncio.sleep(0.3)
        assert plugin.events[-1] == ("connection_lost", 0)
        assert plugin.closed == 1


class Elsewhere:
    """An event loop in a thread of its own, with a live call on it."""

    def __init__(self, call_sid):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.line = self.run(self.call(call_sid))

    async def call(self, call_sid):
        line = twilio()
        await line.bridge.handle_session_start(
            {"start": {"callSid": call_sid, "mediaFormat": {"encoding": "audio/x-mulaw"}}}
        )
        await line.bridge.handle_audio_data({"media": {"payload": "//8="}})
        await line.bridge.handle_audio_data({"media": {"payload": "//8="}})
        return line

    def run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(5)

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()


class TestEventLoops:
    def test_each_call_ends_on_its_own_and_the_manager_is_closed_after_the_last(self, checkout, monkeypatch):
        closed = threading.Event()

        class Plugin(Recorder):
            @hookimpl
            async def call_end(self, call, reason):
                await asyncio.sleep(0.05 if call.id == "CA1" else 0.2)
                self.events.append((call.id, reason, threading.current_thread(), self.closed))

            def close(self):
                super().close()
                closed.set()

        plugin = Plugin()
        monkeypatch.setitem(sys.modules, "threads_plugin", plugin)
        attach(environ={"OPUSAGENT_PLUGINS": "threads_plugin"})
        host("bridges.twilio_bridge")
        first, second = Elsewhere("CA1"), Elsewhere("CA2")
        try:
            detach()
            assert closed.wait(5)
            assert plugin.events[-2:] == [
                ("CA1", "detached", first.thread, 0),
                ("CA2", "detached", second.thread, 0),
            ]
            assert plugin.closed == 1
        finally:
            for elsewhere in (first, second):
                elsewhere.stop()
                elsewhere.loop.close()

    @pytest.mark.parametrize("closed", [True, False])
    def test_one_that_no_longer_runs_is_no_error_and_its_call_is_forgotten(
        self, checkout, monkeypatch, caplog, closed
    ):
        class Failing(Recorder):
            @hookimpl
            def audio_input(self, call, audio):
                raise LookupError("Ada")

        plugin = Failing()
        monkeypatch.setitem(sys.modules, "failing_plugin", plugin)
        before = attach(environ={"OPUSAGENT_PLUGINS": "failing_plugin"})
        host("bridges.twilio_bridge")
        elsewhere = Elsewhere("CA1")
        agent = plugin.calls["CA1"].agent
        elsewhere.run(agent.take_floor())
        # A server that dies says nothing of the end of its calls.
        elsewhere.stop()
        if closed:
            elsewhere.loop.close()
        caplog.clear()
        detach()
        assert [record.getMessage() for record in caplog.records] == [
            "plugin failing_plugin: audio_input: LookupError happened 1 more times on a call that ended"
        ]
        assert plugin.closed == 1
        assert plugin.named("call_end") == []
        assert not agent.idle
        assert attach(environ={"OPUSAGENT_DISABLED_PLUGINS": "*"}) is not before
        asyncio.run(sends(elsewhere.line, "response.create"))
        assert elsewhere.line.model.types()[-1] == "response.create"
        elsewhere.loop.close()

    def test_one_that_ends_right_after_closes_the_manager_all_the_same(self, built):
        async def main():
            await answered()
            detach()

        asyncio.run(main())
        assert built.closed == 1

    def test_what_fails_in_putting_back_does_not_keep_the_rest(self, built, monkeypatch, caplog):
        attachment = attach()

        def fail():
            raise RuntimeError("no")

        monkeypatch.setattr(attachment._patches, "undo", fail)
        detach()
        assert built.closed == 1
        assert "detaching failed with RuntimeError" in caplog.text
        assert attach(environ={"OPUSAGENT_DISABLED_PLUGINS": "*"}) is not attachment


async def test_a_bridge_that_was_never_announced_is_the_hosts_alone(attachment, recorder):
    line = twilio()
    detach()
    await settle()
    await sends(line, "session.update", session={"voice": "verse"})
    assert line.model.types() == ["session.update"]
    assert recorder.events == []


def test_a_call_without_an_event_loop_is_let_go_of(checkout, recorder):
    attached_with(recorder)
    host("bridges.base_bridge")
    line = twilio()
    detach()
    asyncio.run(sends(line, "response.create"))
    assert line.model.types() == ["response.create"]
