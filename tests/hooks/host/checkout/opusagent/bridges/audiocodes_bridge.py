from opusagent.bridges.base_bridge import BaseRealtimeBridge


class AudioCodesBridge(BaseRealtimeBridge):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, bridge_type="audiocodes", **kwargs)
        self.frames = []

    def register_platform_event_handlers(self):
        self.handlers = {
            "session.initiate": self.handle_session_start,
            "session.resume": self.handle_session_resume,
            "userStream.chunk": self.handle_audio_data,
            "activities": self.handle_activities,
            "session.end": self.handle_session_end,
        }

    async def handle_session_start(self, data):
        self.media_format = data.get("supportedMediaFormats", ["raw/lpcm16"])[0]
        await self.initialize_conversation(data.get("conversationId"))

    async def handle_session_resume(self, data):
        await self.handle_session_start(data)

    async def handle_audio_data(self, data):
        self.frames.append(data.get("audioChunk"))

    async def handle_activities(self, data):
        for activity in data["activities"]:
            if activity["name"] == "hangup":
                await self.hang_up("User requested hangup")

    async def handle_session_end(self, data):
        await self.close()
