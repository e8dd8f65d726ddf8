"""The shape of a bridge: handlers bound when it is made, and awaited only if they are coroutine functions."""

import asyncio
import json
from abc import ABC, abstractmethod
from types import SimpleNamespace

from opusagent.config import get_config
from opusagent.handlers.function_handler import FunctionHandler
from opusagent.utils.audio_utils import AudioUtils
from opusagent.vad.vad_config import load_vad_config
from opusagent.vad.vad_factory import VADFactory
from opusagent.voiceprint import OpusAgentVoiceRecognizer

__all__ = ["AudioUtils", "BaseRealtimeBridge", "VADFactory", "get_config", "load_vad_config"]


class BaseRealtimeBridge(ABC):
    def __init__(
        self, platform_websocket, realtime_websocket, session_config, vad_enabled=True, bridge_type="unknown"
    ):
        self.platform_websocket = platform_websocket
        self.realtime_websocket = realtime_websocket
        self.session_config = session_config
        self.bridge_type = bridge_type
        self.conversation_id = None
        self.media_format = None
        self.session_state = None
        self.received = []
        self.closings = 0
        self._closed = False
        self.function_handler = FunctionHandler(realtime_websocket)
        self.function_handler.register_function("get_balance", lambda arguments: {"balance": 1000})
        self.handlers = {}
        self.register_platform_event_handlers()
        self.voice_recognizer = OpusAgentVoiceRecognizer()

    @abstractmethod
    def register_platform_event_handlers(self):
        """Fill ``handlers``, by the name of the event."""

    @abstractmethod
    async def handle_session_start(self, data):
        """The platform announced a call."""

    @abstractmethod
    async def handle_audio_data(self, data):
        """The platform sent audio."""

    @abstractmethod
    async def handle_session_end(self, data):
        """The platform said that the call is over."""

    async def initialize_conversation(self, conversation_id):
        self.conversation_id = conversation_id
        self.session_state = SimpleNamespace(caller=getattr(self, "caller", "unknown"), metadata={})
        session = self.session_config.model_dump()
        await self.realtime_websocket.send(json.dumps({"type": "session.update", "session": session}))
        await self.realtime_websocket.send(json.dumps({"type": "response.create", "response": {}}))

    async def receive_from_platform(self):
        try:
            async for message in self.platform_websocket.iter_text():
                if self._closed:
                    break
                data = json.loads(message)
                handler = self.handlers.get(data.get("event") or data.get("type"))
                if asyncio.iscoroutinefunction(handler):
                    await handler(data)
                elif handler is not None:
                    handler(data)
        except ValueError:
            await self.close()

    async def receive_from_realtime(self):
        async for message in self.realtime_websocket:
            self.received.append(json.loads(message)["type"])

    async def hang_up(self, reason="Call completed"):
        if not self._closed:
            await self.close()

    async def close(self):
        self.closings += 1
        self._closed = True
