"""The agent that answers: its configuration is one object for all calls."""

from pydantic import BaseModel, Field


class SessionConfig(BaseModel):
    instructions: str = "Help the customer."
    voice: str = "verse"
    tools: list[dict] = Field(default_factory=lambda: [{"type": "function", "name": "get_balance"}])


session_config = SessionConfig()
