"""What goes into the session's configuration besides what the host put there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opusagent_hooks.errors import AgentError
from opusagent_hooks.events import Tool
from opusagent_hooks.realtime import dialects
from opusagent_hooks.realtime.dialects import Dialect

__all__ = ["SessionAdditions"]


class SessionAdditions:
    """Instructions and tools of plugins, merged into what the host configures. The host's own stay first."""

    def __init__(self, *, transcribe: bool) -> None:
        self._transcribe = transcribe
        self._host_instructions = ""
        self._host_tools: list[Any] = []
        self._instructions: list[str] = []
        self._tools: dict[str, Tool] = {}

    @property
    def instructions(self) -> str:
        """Everything that plugins added, or an empty string."""
        return "\n\n".join(self._instructions)

    def add_instructions(self, text: str) -> None:
        """Add a paragraph."""
        self._instructions.append(text)

    def check_tool(self, tool: Tool) -> None:
        """Raise :class:`AgentError` if there is a tool of that name."""
        names = {each.get("name") for each in self._host_tools if isinstance(each, Mapping)}
        if tool.name in self._tools or tool.name in names:
            raise AgentError(f"there is a tool called {tool.name!r} on this call already")

    def add_tool(self, tool: Tool) -> None:
        """Add a tool."""
        self._tools[tool.name] = tool

    def seen(self, session: Mapping[str, Any], *, configured: bool) -> None:
        """The service's own defaults, which hold until the host says what it wants."""
        if configured:
            return
        if isinstance(session.get("instructions"), str):
            self._host_instructions = session["instructions"]
        if isinstance(session.get("tools"), list):
            self._host_tools = list(session["tools"])

    def apply(
        self, session: Mapping[str, Any], dialect: Dialect, *, first: bool, transcribed: bool
    ) -> dict[str, Any]:
        """What the host sets, with what plugins added; fields that it leaves alone stay so.

        With ``first``, what plugins added goes in although the host leaves the fields alone.
        ``transcribed`` says whether the caller's words are, with what the host sets.
        """
        result = dict(session)
        if "instructions" in session:
            self._host_instructions = str(session.get("instructions") or "")
        if "tools" in session:
            tools = session["tools"]
            self._host_tools = list(tools) if isinstance(tools, list) else []
        if self._instructions and ("instructions" in session or first):
            result["instructions"] = self._all_instructions()
        if self._tools and ("tools" in session or first):
            result["tools"] = self._all_tools()
        if self._transcribe and not transcribed and dialect != "local":
            dialects.enable_transcription(dialect, result)
        return result

    def instruction_fields(self) -> dict[str, Any]:
        """The session's fields that set the instructions."""
        return {"instructions": self._all_instructions()}

    def tool_fields(self) -> dict[str, Any]:
        """The session's fields that set the tools."""
        return {"tools": self._all_tools()}

    def _all_instructions(self) -> str:
        return "\n\n".join(filter(None, (self._host_instructions, self.instructions)))

    def _all_tools(self) -> list[Any]:
        ours = [
            {
                "type": "function",
                "name": tool.name,
                "description": tool.description,
                "parameters": dict(tool.parameters),
            }
            for tool in self._tools.values()
        ]
        return [*self._host_tools, *ours]
