"""Attaches the hooks to an unmodified OpusAgent, which is imported by its own process and not here."""

from opusagent_hooks.host.attachment import Attachment, attach, detach

__all__ = ["Attachment", "attach", "detach"]
