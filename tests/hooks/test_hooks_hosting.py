"""One call as a host runs it: every hook once and in order."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from opusagent_hooks import AgentPort, AudioChunk, Call, HookManager, Session, Turn, hookimpl
from opusagent_hooks.hosting import HostedCall


class Recorder:
    def __init__(self, slow: float = 0.0) -> None:
        self.events: list[Any] = []
        self.slow = slow

    @hookimpl
    async def call_start(self, call: Call) -> None:
        await asyncio.sleep(self.slow)
        self.events.append("call_start")

    @hookimpl
    def session_create(self, session: Session) -> None:
        self.events.append("session_create")

    @hookimpl
    def audio_input(self, audio: AudioChunk) -> None:
        self.events.append((audio.speaker, len(audio.data), round(audio.at, 3)))

    @hookimpl
    async def transcript(self, turn: Turn) -> None:
        await asyncio.sleep(self.slow)
        self.events.append(turn.text)

    @hookimpl
    async def call_end(self, reason: str) -> None:
        self.events.append(f"call_end: {reason}")


class Nobody:
    """An agent that is never asked for anything here."""


def hosted(*plugins: object) -> HostedCall:
    manager = HookManager()
    for plugin in plugins:
        manager.register(plugin)
    agent: AgentPort = Nobody()  # type: ignore[assignment]
    return HostedCall(manager, Call("call-1", "test", agent))


async def test_each_hook_comes_once_however_often_the_host_says_so() -> None:
    recorder = Recorder()
    call = hosted(recorder)
    for _ in range(2):
        await call.start()
    for _ in range(2):
        await call.create_session(Session("s"))
    call.turn(Turn("caller", "Hello."))
    endings = {call.end("caller_hung_up"), call.end("closed")}
    assert len(endings) == 1
    await endings.pop()
    assert recorder.events == ["call_start", "session_create", "Hello.", "call_end: caller_hung_up"]


async def test_nothing_comes_before_the_start_or_after_the_end() -> None:
    recorder = Recorder()
    call = hosted(recorder)
    call.turn(Turn("caller", "too early"))
    call.audio(b"\xff" * 160, "mulaw", 8000)
    await call.create_session(Session("s"))
    await call.start()
    await call.end("closed")
    call.turn(Turn("caller", "too late"))
    call.audio(b"\xff" * 160, "mulaw", 8000)
    await call.create_session(Session("s"))
    await call.start()
    assert recorder.events == ["call_start", "call_end: closed"]


async def test_a_call_that_never_began_has_no_end() -> None:
    recorder = Recorder()
    call = hosted(recorder)
    await call.end("closed")
    await call.start()
    assert recorder.events == []


async def test_an_end_during_the_start_comes_after_it() -> None:
    recorder = Recorder(slow=0.05)
    call = hosted(recorder)
    starting = asyncio.create_task(call.start())
    await asyncio.sleep(0)
    await call.end("connection_lost")
    await starting
    assert recorder.events == ["call_start", "call_end: connection_lost"]


async def test_turns_come_in_order_and_do_not_hold_up_the_host() -> None:
    recorder = Recorder(slow=0.01)
    call = hosted(recorder)
    await call.start()
    for number in range(5):
        call.turn(Turn("caller", str(number)))
    assert recorder.events == ["call_start"]
    await call.end("closed")
    assert recorder.events[1:] == [*"01234", "call_end: closed"]


async def test_audio_is_timed_by_its_own_length_or_by_the_platform() -> None:
    recorder = Recorder()
    call = hosted(recorder)
    await call.start()
    call.audio(b"\xff" * 160, "mulaw", 8000)
    call.audio(b"\xff" * 160, "mulaw", 8000)
    call.audio(b"\xff" * 160, "mulaw", 8000, at=1.5)
    call.audio(b"\xff" * 160, "mulaw", 8000)
    call.audio(b"\xff" * 160, "mulaw", 8000, "agent")
    assert recorder.events[1:] == [
        ("caller", 160, 0.0),
        ("caller", 160, 0.02),
        ("caller", 160, 1.5),
        ("caller", 160, 1.52),
        ("agent", 160, 0.0),
    ]


async def test_half_a_sample_waits_for_its_other_half() -> None:
    recorder = Recorder()
    call = hosted(recorder)
    await call.start()
    call.audio(bytes(321), "pcm16", 16000)
    call.audio(bytes(1), "pcm16", 16000)
    call.audio(bytes(320), "pcm16", 16000)
    assert [event[1] for event in recorder.events[1:]] == [320, 2, 320]


async def test_audio_in_an_unknown_format_is_said_once_and_harms_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    recorder = Recorder()
    call = hosted(recorder)
    await call.start()
    for _ in range(3):
        call.audio(bytes(320), "pcm16", 11025)
    call.audio(bytes(320), "pcm16", 16000)
    assert len(recorder.events) == 2
    assert len([record for record in caplog.records if "11025" in record.message]) == 1


async def test_what_a_plugin_does_wrong_stays_with_it() -> None:
    class Broken:
        @hookimpl
        async def call_start(self, call: Call) -> None:
            raise RuntimeError("broken")

        @hookimpl
        def audio_input(self, call: Call) -> None:
            raise RuntimeError("broken")

        @hookimpl
        async def call_end(self, call: Call) -> None:
            raise RuntimeError("broken")

    recorder = Recorder()
    call = hosted(recorder, Broken())
    await call.start()
    call.audio(b"\xff" * 160, "mulaw", 8000)
    await call.end("closed")
    assert recorder.events == ["call_start", ("caller", 160, 0.0), "call_end: closed"]
