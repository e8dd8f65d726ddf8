"""The numbers that Twilio's webhook brings: plugins know them, and the host is told what it always was."""

from __future__ import annotations

import logging

import pytest
from attached_host import attached_with, host, new_bridge, run, twilio

from opusagent_hooks.host.announcements import as_without_hooks, read_announcement

NUMBERS = {"from_number": "+15551230987", "to_number": "+15559990000"}
ADDED = {**NUMBERS, "opusagent_hooks": "from_number,to_number"}


def start(**parameters):
    return {
        "event": "start",
        "start": {"callSid": "CA1", "customParameters": parameters, "tracks": ["inbound"]},
    }


class TestTheAnnouncement:
    @pytest.mark.parametrize("message", [start(**ADDED, own="1"), start(**ADDED, own="1")["start"]])
    def test_the_host_gets_a_copy_without_what_was_added(self, message):
        given = message.get("start", message)["customParameters"]
        without = as_without_hooks(message)
        assert without.get("start", without) == {
            "callSid": "CA1",
            "customParameters": {"own": "1"},
            "tracks": ["inbound"],
        }
        assert without.get("event") == message.get("event")
        assert given == {**ADDED, "own": "1"}

    def test_what_the_host_added_itself_stays_there(self):
        own = start(from_number="+1999", to_number="+15559990000", opusagent_hooks="to_number")
        assert as_without_hooks(own)["start"]["customParameters"] == {"from_number": "+1999"}

    @pytest.mark.parametrize(
        "message",
        [
            start(**NUMBERS),
            start(**NUMBERS, opusagent_hooks="off"),
            start(**NUMBERS, opusagent_hooks=""),
            start(**NUMBERS, opusagent_hooks=3),
            {"start": {"customParameters": ["opusagent_hooks"]}},
            {"type": "session.initiate", "caller": "+15551230987"},
            {},
        ],
    )
    def test_what_nothing_was_added_to_is_passed_on_as_it_is(self, message):
        assert as_without_hooks(message) is message

    def test_plugins_see_the_numbers_and_not_their_mark(self):
        said = read_announcement(start(**ADDED, own="1"))
        assert (said.from_number, said.to_number) == tuple(NUMBERS.values())
        assert dict(said.parameters) == {**NUMBERS, "own": "1"}

    def test_a_parameter_of_the_hosts_by_the_name_of_the_mark_is_the_hosts(self):
        assert dict(read_announcement(start(opusagent_hooks="off")).parameters) == {"opusagent_hooks": "off"}


class TestTheHostsLog:
    @pytest.fixture(autouse=True)
    def everything_is_logged(self, caplog):
        caplog.set_level(logging.DEBUG)

    async def test_it_does_not_hold_the_number_that_plugins_know(self, attachment, recorder, caplog):
        line = twilio()
        line.phone.start(**ADDED, own="1")
        await run(line)
        assert recorder.calls["CA1"].from_number == "+15551230987"
        assert line.bridge.started_with["start"]["customParameters"] == {"own": "1"}
        assert "Custom parameters: {'own': '1'}" in caplog.text
        assert "5551230987" not in caplog.text

    async def test_nor_when_a_call_is_resumed(self, attachment, recorder, caplog):
        line = twilio()
        await line.bridge.handle_session_resume(data={"callSid": "CA1", "customParameters": ADDED})
        await line.bridge.close()
        assert recorder.calls["CA1"].from_number == "+15551230987"
        assert "Session resume received: {'callSid': 'CA1', 'customParameters': {}}" in caplog.text
        assert "5551230987" not in caplog.text

    async def test_nor_when_a_subclass_hands_the_announcement_on(self, attachment, recorder, caplog):
        class Branch(host("bridges.twilio_bridge").TwilioBridge):
            async def handle_session_start(self, data):
                self.seen = data
                await super().handle_session_start({**data, "branch": 1})

        line = new_bridge(Branch)
        line.phone.start(**ADDED)
        await run(line)
        assert recorder.calls["CA1"].from_number == "+15551230987"
        assert line.bridge.seen["start"]["customParameters"] == {}
        assert line.bridge.started_with["branch"] == 1
        assert "5551230987" not in caplog.text

    async def test_nor_where_a_bridge_is_left_alone(self, checkout, recorder, caplog):
        attached_with(recorder)

        class Private(host("bridges.twilio_bridge").TwilioBridge):
            opusagent_hooks = False

        line = new_bridge(Private)
        line.phone.start(**ADDED, own="1")
        await run(line)
        assert line.bridge.started_with["start"]["customParameters"] == {"own": "1"}
        assert "5551230987" not in caplog.text
        assert recorder.events == []

    async def test_a_number_that_the_host_passes_on_itself_reaches_it(self, attachment, recorder):
        line = twilio()
        line.phone.start(from_number="+15551230987")
        await run(line)
        assert recorder.calls["CA1"].from_number == "+15551230987"
        assert line.bridge.started_with["start"]["customParameters"] == {"from_number": "+15551230987"}
