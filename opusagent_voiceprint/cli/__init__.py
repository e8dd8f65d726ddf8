"""The command line: ``opusagent-voiceprint``."""

from __future__ import annotations

from opusagent_voiceprint.cli.app import main

__all__ = ["main"]
