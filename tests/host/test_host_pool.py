"""OpusAgent's pool lets calls share a conversation: then nothing personal goes in."""

from __future__ import annotations

import asyncio

from calls_on_opusagent import RATE, Voice, context_of, enroll, phone, realtime, spoken
from conftest import Start


async def test_where_calls_share_a_conversation_nothing_personal_is_put_into_it(
    start_server: Start, voice: Voice
) -> None:
    server = start_server(environment={"WEBSOCKET_MAX_SESSIONS_PER_CONNECTION": "10"})
    async with realtime(server) as service:
        async with phone("audiocodes", server, service, "+15550104") as caller:
            await service.connection(0, 30.0)
            await enroll(caller, service, 0, voice("slt", "enroll"), "Maria")
        await asyncio.sleep(1.0)
        # OpusAgent reads one connection for two calls then, which fails: every second call stays silent, with
        # plugins and without. The third is heard, in the first one's conversation.
        async with phone("audiocodes", server, service, "+15550105", announce=None):
            await asyncio.sleep(3.0)
        async with phone("audiocodes", server, service, "+15550104") as caller:
            await caller.wait_for_agent(30.0, after=0.0)
            before = len(spoken(service, 0))
            await caller.say(voice("slt", "return")[: 7 * RATE], words="Has my card been sent?")
            await service.connections[0].log.until(lambda: len(spoken(service, 0)) > before, 25.0)
            assert any("identified" in each for each in server.hooks_called(caller.conversation_id))
        assert len(service.connections) == 1
        assert not context_of(service, 0)
        assert not any("Welcome back" in each for each in spoken(service, 0))
    assert server.text().count("set WEBSOCKET_MAX_SESSIONS_PER_CONNECTION=1") == 1
