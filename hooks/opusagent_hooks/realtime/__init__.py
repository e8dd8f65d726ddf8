"""The OpenAI Realtime API, for any host that speaks it: :class:`RealtimeLink` is a call's agent."""

from opusagent_hooks.realtime.dialects import Dialect
from opusagent_hooks.realtime.link import RealtimeLink

__all__ = ["Dialect", "RealtimeLink"]
