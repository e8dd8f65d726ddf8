"""What a platform says of a call when it begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from opusagent_hooks.host.twiml import ADDED, names_added
from opusagent_hooks.numbers import known_number

__all__ = ["Announcement", "as_without_hooks", "read_announcement"]

_PARAMETERS: Final = "customParameters"


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
        given = twilio.get(_PARAMETERS)
        given = given if isinstance(given, Mapping) else {}
        parameters = {str(name): value for name, value in given.items() if isinstance(value, str)}
        if names_added(parameters):
            del parameters[ADDED]
        return Announcement(
            _text(twilio["callSid"]),
            known_number(parameters.get("from_number")),
            known_number(parameters.get("to_number")),
            MappingProxyType(parameters),
            twilio.get("mediaFormat"),
        )
    return Announcement(_text(message.get("conversationId")), known_number(message.get("caller")))


def as_without_hooks(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """The message as it would have come without the parameters that were added to the host's TwiML.

    The host writes its parameters to its log. The message itself stays as it is.
    """
    start = message.get("start")
    if isinstance(start, Mapping):
        without = _without_added(start)
        return message if without is start else {**message, "start": without}
    return _without_added(message)


def _without_added(twilio: Mapping[str, Any]) -> Mapping[str, Any]:
    given = twilio.get(_PARAMETERS)
    if not isinstance(given, Mapping) or not (added := names_added(given)):
        return twilio
    return {**twilio, _PARAMETERS: {name: value for name, value in given.items() if name not in added}}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
