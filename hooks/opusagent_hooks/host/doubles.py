"""OpusAgent's local double of the Realtime service, kept from writing into what all calls share."""

from __future__ import annotations

from typing import Any

from opusagent_hooks.host.bridges import own_copy
from opusagent_hooks.host.mishaps import Mishaps
from opusagent_hooks.host.patches import Patches, changing_arguments

__all__ = ["keep_configuration"]


def keep_configuration(client_class: Any, patches: Patches, mishaps: Mishaps) -> None:
    """Give each ``LocalRealtimeClient`` a session configuration of its own.

    It writes every ``session.update`` back into the one it was given, a global: instructions and tools of
    one call would show up in the next.
    """

    def change(client: Any, arguments: dict[str, Any]) -> None:
        try:
            if "session_config" in arguments:
                arguments["session_config"] = own_copy(arguments["session_config"])
        except Exception as error:  # noqa: BLE001 - the double works without it
            mishaps.report("copying a session configuration", error)

    patches.set(client_class, "__init__", changing_arguments(client_class.__init__, change))
