"""The two pluggy markers: ``hookimpl`` for plugins, ``hookspec`` for whoever defines hooks."""

from __future__ import annotations

from typing import Final

import pluggy

__all__ = ["PROJECT_NAME", "hookimpl", "hookspec"]

PROJECT_NAME: Final = "opusagent"
"""The pluggy project, and the entry-point group that plugins are installed under."""

hookspec: Final = pluggy.HookspecMarker(PROJECT_NAME)
hookimpl: Final = pluggy.HookimplMarker(PROJECT_NAME)
