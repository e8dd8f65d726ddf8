"""Every way in which people run OpusAgent: the hooks fire in each process that takes calls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from calls_on_opusagent import realtime
from conftest import Start
from opusagent_server import OpusAgentServer
from phone import AudioCodesPhone, TwilioPhone, follow_twiml
from scripted_realtime import ScriptedRealtime

HOOKS = ["call_start", "session_create", "audio_input", "call_end"]


ONLY_LOG = {"OPUSAGENT_PLUGINS": "hook_log"}


def of_call(server: OpusAgentServer, call_id: str) -> list[str]:
    hooks = [each.partition(" ")[0] for each in server.hooks_called(call_id)]
    return [each for each in hooks if each != "transcript"]


async def until(condition: Callable[[], object], timeout: float = 30.0) -> None:
    for _ in range(round(timeout / 0.05)):
        if condition():
            return
        await asyncio.sleep(0.05)
    raise TimeoutError("it did not happen in time")


async def one_call(server: OpusAgentServer, service: ScriptedRealtime) -> str:
    """Returns the process that took it."""
    async with TwilioPhone(server.twilio, from_number="+15550123") as caller:
        call_id = caller.call_sid
        await caller.silence(2.6)
    await until(lambda: "call_end" in of_call(server, call_id))
    assert of_call(server, call_id) == HOOKS
    (started,) = [line for line in server.hook_lines() if line[1:3] == ["call_start", call_id]]
    assert started[3] == "+15550123"
    return started[0]


@pytest.mark.parametrize("way", ["uvicorn", "-m opusagent.main", "run_opus_server.py"])
async def test_hooks_fire_however_the_server_is_run(way: str, start_server: Start, checkout: Path) -> None:
    command = {
        "uvicorn": ("-m", "uvicorn", "opusagent.main:app"),
        "-m opusagent.main": ("-m", "opusagent.main"),
        "run_opus_server.py": (str(checkout / "run_opus_server.py"),),
    }[way]
    server = start_server(environment=ONLY_LOG, command=command)
    async with realtime(server) as service:
        await one_call(server, service)
        url, parameters = await follow_twiml(server.voice_webhook, from_number="+15550177", call_sid="CA1")
        assert url.endswith("/twilio-agent")
        async with TwilioPhone(url, parameters=parameters, call_sid="CA1") as caller:
            await caller.silence(1.0)
        await until(lambda: "call_end" in of_call(server, "CA1"))
    server.stop()
    (started,) = [line for line in server.hook_lines() if line[1:3] == ["call_start", "CA1"]]
    assert started[3] == "+15550177"
    # The number that a host passes on itself is in its log; the one that was added for plugins is not.
    assert "5550123" in server.text()
    assert "5550177" not in server.text()


async def test_hooks_fire_after_a_reload(start_server: Start, tmp_path: Path) -> None:
    watched = tmp_path / "watched.py"
    watched.touch()
    server = start_server(environment=ONLY_LOG, options=("--reload", "--reload-dir", str(tmp_path)))
    async with realtime(server) as service:
        before = await one_call(server, service)
        started = server.text().count("Application startup complete")
        watched.write_text("changed = True\n")
        await until(lambda: server.text().count("Application startup complete") > started, 90.0)
        assert await one_call(server, service) != before
    server.stop()


async def test_hooks_fire_in_each_of_two_workers(start_server: Start) -> None:
    server = start_server(environment=ONLY_LOG, options=("--workers", "2"))
    await until(lambda: server.text().count("Application startup complete") == 2, 90.0)
    async with realtime(server) as service:
        processes: set[str] = set()
        for _ in range(10):
            processes.update(await asyncio.gather(*(one_call(server, service) for _ in range(4))))
            if len(processes) == 2:
                break
        assert len(processes) == 2
    server.stop()


async def test_a_call_that_is_announced_twice_and_ends_twice_is_one_call(start_server: Start) -> None:
    server = start_server(environment=ONLY_LOG)
    async with realtime(server):
        async with AudioCodesPhone(server.audiocodes, caller="+15550123") as caller:
            await caller.initiate()
            await caller.say(np.zeros(16_000, np.float32))
            await caller._say_goodbye()
            await caller._say_goodbye()
        await until(lambda: "call_end" in of_call(server, caller.conversation_id))
        assert of_call(server, caller.conversation_id) == HOOKS

        dropped = AudioCodesPhone(server.audiocodes, caller="+15550123")
        await dropped.__aenter__()
        await dropped.drop()
        async with AudioCodesPhone(
            server.audiocodes, caller="+15550123", conversation_id=dropped.conversation_id, resume=True
        ) as resumed:
            await resumed.say(np.zeros(16_000, np.float32))
        seen = lambda: of_call(server, dropped.conversation_id)  # noqa: E731
        await until(lambda: seen().count("call_end") == 2)
        assert seen() == ["call_start", "session_create", "call_end", *HOOKS]

        synthetic = AudioCodesPhone(server.audiocodes.replace("/ws/telephony", "/caller-agent"))
        async with synthetic:
            await synthetic.say(np.zeros(16_000, np.float32))
        await asyncio.sleep(0.5)
        assert of_call(server, synthetic.conversation_id) == []
    server.stop()
