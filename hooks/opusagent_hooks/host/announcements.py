"""What a platform says of a call when it begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from opusagent_hooks.host.numbers import known_number

__all__ = ["Announcement", "read_announcement"]


@dataclass(frozen=True, slots=True)
class Announcement:
    """A call as its platform announced it. ``media_format`` is Twilio's; AudioCodes' is agreed on later."""

    id: str | None = None
    from_number: str | None = field(default=None, repr=False)
    to_number: str | None = field(default=None, repr=False)
    parameters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    media_format: object = None


def read_announcement(message: Mapping[str, Any]) -> Announcement:
    """From Twilio's ``start``, AudioCodes' ``session.initiate`` or ``session.resume``, or the like."""
    start = message.get("start")
    twilio = start if isinstance(start, Mapping) else message
    if "callSid" in twilio:
        given = twilio.get("customParameters")
        given = given if isinstance(given, Mapping) else {}
        parameters = {str(name): value for name, value in given.items() if isinstance(value, str)}
        return Announcement(
            _text(twilio["callSid"]),
            known_number(parameters.get("from_number")),
            known_number(parameters.get("to_number")),
            MappingProxyType(parameters),
            twilio.get("mediaFormat"),
        )
    return Announcement(_text(message.get("conversationId")), known_number(message.get("caller")))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
