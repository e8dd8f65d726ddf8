"""The caller's number, added to the TwiML that starts a Twilio media stream."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qs
from xml.etree import ElementTree

from opusagent_hooks.host.numbers import known_number

__all__ = ["numbers_in_form", "with_parameters"]

_FIELDS: Final = {"From": "from_number", "To": "to_number"}
_LONGEST: Final = 256
"""Characters of a number; Twilio takes 500 for name and value together."""


def numbers_in_form(form: bytes) -> dict[str, str]:
    """``from_number`` and ``to_number`` of Twilio's webhook, without those that are withheld."""
    try:
        fields = parse_qs(form.decode("ascii"), max_num_fields=200, errors="strict")
    except ValueError:
        return {}
    numbers = {name: known_number(fields.get(field, [""])[0]) for field, name in _FIELDS.items()}
    return {name: number for name, number in numbers.items() if number and _is_plain(number)}


def with_parameters(twiml: bytes, parameters: dict[str, str]) -> bytes | None:
    """The TwiML with a ``<Parameter>`` for each name in every ``<Stream>``, where there is none yet.

    None if there is nothing to add, or if it is not TwiML.
    """
    if b"<!" in twiml:
        # Document types and entities have no business here; comments and CDATA would not survive.
        return None
    try:
        root = ElementTree.fromstring(twiml)  # noqa: S314 - of the host's own making, without entities
    except ElementTree.ParseError:
        return None
    added = False
    for stream in root.iter("Stream"):
        present = {each.get("name") for each in stream.findall("Parameter")}
        for name, value in parameters.items():
            if name not in present:
                ElementTree.SubElement(stream, "Parameter", name=name, value=value)
                added = True
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) if added else None


def _is_plain(number: str) -> bool:
    return len(number) <= _LONGEST and number.isprintable()
