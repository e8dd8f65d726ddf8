"""The server: one route for calls, one for Twilio's webhook."""

import os
import sys

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute

from opusagent.agents import session_config
from opusagent.bridges.audiocodes_bridge import AudioCodesBridge
from opusagent.bridges.twilio_bridge import TwilioBridge
from opusagent.voiceprint import OpusAgentVoiceRecognizer

__all__ = ["AudioCodesBridge", "app"]


class Model:
    """Takes everything, says nothing."""

    async def send(self, message):
        return None

    def __aiter__(self):
        return self

    async def __anext__(self):
        raise StopAsyncIteration


async def calls(websocket):
    await websocket.accept()
    bridge = TwilioBridge(websocket, Model(), session_config)
    try:
        await bridge.receive_from_platform()
    finally:
        await bridge.close()


async def voice(request):
    stream = '<Stream url="ws://here/twilio-agent" />'
    twiml = f'<?xml version="1.0" encoding="UTF-8"?><Response><Connect>{stream}</Connect></Response>'
    return Response(twiml, media_type="application/xml")


async def who(request):
    return PlainTextResponse(f"{os.getpid()} {OpusAgentVoiceRecognizer.origin}")


app = Starlette(
    routes=[
        Route("/twilio/voice", voice, methods=["POST"]),
        Route("/who", who),
        WebSocketRoute("/twilio-agent", calls),
    ]
)

if __name__ == "__main__":
    import uvicorn

    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="info")
