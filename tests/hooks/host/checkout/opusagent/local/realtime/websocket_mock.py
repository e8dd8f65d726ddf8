"""The local double behind a connection's face."""

import asyncio

from opusagent.local.realtime.client import LocalRealtimeClient


class MockWebSocketConnection:
    def __init__(self, session_config):
        self.client = LocalRealtimeClient(session_config=session_config)
        self.queue = asyncio.Queue()
        self.sent = []
        self.close_code = None

    async def send(self, message):
        self.sent.append(message)

    def __aiter__(self):
        return self

    async def __anext__(self):
        message = await self.queue.get()
        if message is None:
            raise StopAsyncIteration
        return message
