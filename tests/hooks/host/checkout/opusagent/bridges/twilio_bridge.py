import logging

from opusagent.bridges.base_bridge import BaseRealtimeBridge

logger = logging.getLogger("twilio_bridge")


class TwilioBridge(BaseRealtimeBridge):
    def __init__(self, platform_websocket, realtime_websocket, session_config, **kwargs):
        super().__init__(
            platform_websocket, realtime_websocket, session_config, bridge_type="twilio", **kwargs
        )
        self.frames = []

    def register_platform_event_handlers(self):
        self.handlers = {
            "start": self.handle_session_start,
            "media": self.handle_audio_data,
            "stop": self.handle_session_end,
        }

    async def handle_session_start(self, data):
        self.started_with = data
        logger.info("Custom parameters: %s", data["start"].get("customParameters"))
        self.media_format = data["start"]["mediaFormat"]["encoding"]
        await self.initialize_conversation(data["start"]["callSid"])

    async def handle_session_resume(self, data):
        logger.info("Session resume received: %s", data)
        await self.initialize_conversation(data["callSid"])

    async def handle_audio_data(self, data):
        self.frames.append(data["media"]["payload"])

    async def handle_session_end(self, data):
        await self.close()
