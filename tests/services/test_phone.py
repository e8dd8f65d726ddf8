"""The phones speak their platforms' protocols, and play what comes back."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest
import websockets
from message_log import MessageLog
from phone import AudioCodesPhone, TwilioPhone

from opusagent_hooks import codecs

SPEED = 10.0


class Host:
    """Whatever answers a phone: notes what it gets, and says what the test wants."""

    def __init__(self) -> None:
        self.log = MessageLog()
        self.audio = bytearray()
        self.gone = asyncio.Event()
        self.socket: Any = None
        self.url = ""

    async def send(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def serve(self, socket: Any) -> None:
        self.socket = socket
        try:
            async for text in socket:
                message = json.loads(text)
                self.log.note_received(message)
                if "media" in message:
                    self.audio += base64.b64decode(message["media"]["payload"])
                elif "audioChunk" in message:
                    self.audio += base64.b64decode(message["audioChunk"])
                await self.answer(message)
        except websockets.ConnectionClosed:
            return
        finally:
            self.gone.set()

    async def answer(self, message: dict[str, Any]) -> None:
        """Nothing, unless a test says otherwise."""


class AudioCodesHost(Host):
    chosen = "raw/lpcm16"

    async def answer(self, message: dict[str, Any]) -> None:
        if message["type"] in ("session.initiate", "session.resume"):
            await self.send(type="session.accepted", mediaFormat=self.chosen)
        elif message["type"] == "userStream.start":
            await self.send(type="userStream.started")


@asynccontextmanager
async def listening(make: Callable[[], Host]) -> AsyncIterator[Host]:
    host = make()
    async with websockets.serve(host.serve, "127.0.0.1", 0) as server:
        host.url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        yield host


def tone(seconds: float, rate: int = 16_000) -> np.ndarray:
    return (0.5 * np.sin(np.arange(round(seconds * rate)) * 0.3)).astype(np.float32)


def media(seconds: float) -> dict[str, Any]:
    payload = base64.b64encode(codecs.encode(tone(seconds, 8000), "mulaw")).decode()
    return {"event": "media", "streamSid": "MZ1", "media": {"payload": payload}}


async def test_a_twilio_call_from_start_to_stop() -> None:
    async with listening(Host) as host:
        async with TwilioPhone(host.url, from_number="+15550100", call_sid="CA1", speed=SPEED) as phone:
            await phone.say(tone(0.5))
            await phone.press("5")
        await asyncio.wait_for(host.gone.wait(), 5)
        kinds = [entry.type for entry in host.log.entries]
        assert kinds[:3] == ["connected", "start", "media"]
        assert kinds[-1] == "stop"
        [start] = host.log.received("start")
        assert start["start"]["callSid"] == "CA1"
        assert start["start"]["customParameters"] == {"from_number": "+15550100"}
        assert host.log.received("dtmf")[0]["dtmf"]["digit"] == "5"
        numbers = [int(entry.message["sequenceNumber"]) for entry in host.log.entries[1:]]
        assert numbers == list(range(1, len(numbers) + 1))


async def test_twilio_audio_is_mulaw_in_frames_of_20_ms_with_silence_in_between() -> None:
    async with listening(Host) as host:
        async with TwilioPhone(host.url, speed=SPEED) as phone:
            await phone.say(tone(0.5))
            await phone.silence(0.2)
        heard = codecs.decode(bytes(host.audio), "mulaw")
        loud = np.abs(heard) > 0.1
        assert len(host.audio) == 160 * len(host.log.received("media"))
        assert 0.3 < loud.sum() / 8000 < 0.5
        assert not loud[-1600:].any()


async def test_a_twilio_call_takes_real_time_at_speed_1() -> None:
    async with listening(Host) as host, TwilioPhone(host.url) as phone:
        began = phone.heard.now
        await phone.say(tone(0.4))
        assert phone.heard.now - began == pytest.approx(0.4, abs=0.15)


async def test_what_is_cleared_is_not_heard_and_its_mark_comes_back_at_once() -> None:
    async with listening(Host) as host, TwilioPhone(host.url) as phone:
        await host.log.wait_for(lambda entry: entry.type == "start")
        await host.send(**media(30.0))
        await host.send(event="mark", streamSid="MZ1", mark={"name": "end"})
        await asyncio.sleep(0.2)
        assert not host.log.received("mark")
        await host.send(event="clear", streamSid="MZ1")
        mark = await host.log.wait_for(lambda entry: entry.type == "mark", 1.0)
        assert mark.message["mark"]["name"] == "end"
        assert 0.1 < phone.heard.seconds < 1.0


async def test_a_mark_comes_back_when_what_is_before_it_was_played() -> None:
    async with listening(Host) as host, TwilioPhone(host.url) as phone:
        await host.log.wait_for(lambda entry: entry.type == "start")
        before = host.log.now
        await host.send(**media(0.3))
        await host.send(event="mark", streamSid="MZ1", mark={"name": "end"})
        mark = await host.log.wait_for(lambda entry: entry.type == "mark", 2.0)
        assert mark.at - before >= 0.29
        assert phone.heard.seconds == pytest.approx(0.3, abs=0.01)


async def test_the_agent_is_waited_for_until_it_has_finished() -> None:
    async with listening(Host) as host, TwilioPhone(host.url, speed=SPEED) as phone:
        await phone.say(tone(0.1))
        with pytest.raises(TimeoutError):
            await phone.wait_for_agent(timeout=0.05)
        await host.send(**media(0.2))
        await host.send(**media(0.2))
        await phone.wait_for_agent(timeout=5)
        assert phone.heard.seconds == pytest.approx(0.4)
        assert phone.heard.silent_for > 0


async def test_words_are_announced_before_they_are_spoken() -> None:
    announced: list[tuple[str, int]] = []
    async with listening(Host) as host:
        async with TwilioPhone(host.url, speed=SPEED) as phone:
            phone.announce = lambda words: announced.append((words, int(np.count_nonzero(loud(host)))))
            await phone.say(tone(0.2), words="Hello.")
    assert announced == [("Hello.", 0)]


def loud(host: Host) -> np.ndarray:
    return np.abs(codecs.decode(bytes(host.audio), "mulaw")) > 0.1


@pytest.mark.parametrize("make", [TwilioPhone, AudioCodesPhone])
async def test_a_dropped_line_says_no_goodbye(make: Any) -> None:
    async with listening(Host if make is TwilioPhone else AudioCodesHost) as host:
        async with make(host.url, speed=SPEED) as phone:
            await phone.drop()
        await asyncio.wait_for(host.gone.wait(), 5)
        assert not host.log.received("stop")
        assert not host.log.received("session.end")


@pytest.mark.parametrize(
    ("chosen", "rate"), [("raw/lpcm16", 16_000), ("raw/lpcm16_24", 24_000), ("raw/lpcm16_8", 8_000)]
)
async def test_an_audiocodes_call_in_the_format_the_host_chose(chosen: str, rate: int) -> None:
    async with listening(AudioCodesHost) as host:
        host.chosen = chosen  # type: ignore[attr-defined]
        formats = ("raw/lpcm16", "raw/lpcm16_24", "raw/lpcm16_8")
        async with AudioCodesPhone(host.url, caller="+15550100", formats=formats, speed=SPEED) as phone:
            await phone.say(tone(0.5))
            await host.send(type="playStream.start", mediaFormat=chosen, streamId="1")
            chunk = base64.b64encode(bytes(rate // 2)).decode()
            await host.send(type="playStream.chunk", streamId="1", audioChunk=chunk)
            await host.send(type="playStream.stop", streamId="1")
            await phone.wait_for_agent(timeout=5)
            assert phone.heard.seconds == pytest.approx(0.25)
        await asyncio.wait_for(host.gone.wait(), 5)
        kinds = [entry.type for entry in host.log.entries]
        assert kinds[:3] == ["session.initiate", "userStream.start", "userStream.chunk"]
        assert kinds[-2:] == ["userStream.stop", "session.end"]
        [first] = host.log.received("session.initiate")
        assert first["caller"] == "+15550100"
        assert first["supportedMediaFormats"] == list(formats)
        assert len(host.audio) == pytest.approx(rate, abs=4)


async def test_an_audiocodes_call_is_resumed_and_may_be_announced_twice() -> None:
    async with listening(AudioCodesHost) as host:
        async with AudioCodesPhone(host.url, conversation_id="c1", resume=True) as phone:
            await phone.initiate()
        resumed = host.log.received("session.resume")
        assert [each["conversationId"] for each in resumed] == ["c1", "c1"]


async def test_the_agent_may_hang_up() -> None:
    async with listening(AudioCodesHost) as host:
        async with AudioCodesPhone(host.url) as phone:
            await host.send(type="activities", activities=[{"type": "event", "name": "hangup"}])
            await asyncio.wait_for(phone.closed.wait(), 5)
            assert phone.hung_up_by_agent
        assert len(host.log.received("session.end")) == 1
