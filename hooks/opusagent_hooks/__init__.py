"""OpusAgent's event hooks: what a plugin implements, and what a host calls."""

from __future__ import annotations

from opusagent_hooks.errors import (
    AgentError,
    AgentUnavailableError,
    AudioFormatError,
    HooksError,
    PersonalContextRefusedError,
    PluginError,
)
from opusagent_hooks.events import AgentPort, AudioChunk, Call, Encoding, Session, Speaker, Spoken, Tool, Turn
from opusagent_hooks.host import attach, detach
from opusagent_hooks.manager import HookManager, build_manager
from opusagent_hooks.markers import hookimpl, hookspec

__all__ = [
    "AgentError",
    "AgentPort",
    "AgentUnavailableError",
    "AudioChunk",
    "AudioFormatError",
    "Call",
    "Encoding",
    "HookManager",
    "HooksError",
    "PersonalContextRefusedError",
    "PluginError",
    "Session",
    "Speaker",
    "Spoken",
    "Tool",
    "Turn",
    "attach",
    "build_manager",
    "detach",
    "hookimpl",
    "hookspec",
]
