"""The errors of opusagent_hooks.

::

    HooksError
    ├── PluginError                     a plugin cannot be found, loaded or registered
    ├── AudioFormatError                audio whose encoding, rate or length is not supported (a ValueError)
    └── AgentError
        ├── AgentUnavailableError       the call is over, or its model is gone
        └── PersonalContextRefusedError the host cannot keep callers apart, so nothing personal goes in
"""

from __future__ import annotations

__all__ = [
    "AgentError",
    "AgentUnavailableError",
    "AudioFormatError",
    "HooksError",
    "PersonalContextRefusedError",
    "PluginError",
]


class HooksError(Exception):
    """Base class of every error this package raises on purpose."""


class PluginError(HooksError):
    """A plugin cannot be found, loaded or registered; the message names it and says what to do."""


class AudioFormatError(HooksError, ValueError):
    """Audio whose encoding, sample rate or length is not supported."""


class AgentError(HooksError):
    """The agent did not do what a plugin asked of it."""


class AgentUnavailableError(AgentError):
    """The call is over, or its model is gone."""


class PersonalContextRefusedError(AgentError):
    """The host cannot keep one caller's context from another's, and therefore takes none."""
