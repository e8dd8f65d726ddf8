"""The caller's number, added to the TwiML that starts a Twilio media stream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

from opusagent_hooks.numbers import known_number

__all__ = ["ADDED", "STREAM_PATH", "names_added", "numbers_in_form", "with_parameters"]

ADDED: Final = "opusagent_hooks"
"""The parameter that names the others that were added, separated by commas."""

STREAM_PATH: Final = "/twilio-agent"
"""Where the host takes Twilio's media streams."""

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
    """The TwiML with a ``<Parameter>`` for each name in the host's ``<Stream>``, where there is none yet.

    One more, called :data:`ADDED`, says which these are. Streams that go elsewhere get nothing. None if there
    is nothing to add, or if it is not TwiML.
    """
    if b"<!" in twiml:
        # Document types and entities have no business here; comments and CDATA would not survive.
        return None
    try:
        root = ElementTree.fromstring(twiml)  # noqa: S314 - of the host's own making, without entities
    except ElementTree.ParseError:
        return None
    changed = False
    for stream in root.iterfind(".//Connect/Stream"):
        present = {each.get("name") for each in stream.findall("Parameter")}
        added = {name: value for name, value in parameters.items() if name not in present}
        if added and ADDED not in present and _is_the_hosts(stream.get("url", "")):
            for name, value in {**added, ADDED: ",".join(added)}.items():
                ElementTree.SubElement(stream, "Parameter", name=name, value=value)
            changed = True
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) if changed else None


def names_added(parameters: Mapping[str, object]) -> frozenset[str]:
    """Of a stream's parameters, the names that :func:`with_parameters` added, :data:`ADDED` among them."""
    listed = parameters.get(ADDED)
    names = set(listed.split(",")) if isinstance(listed, str) else set()
    # The host may have a parameter of that name itself.
    return frozenset({ADDED, *names}) if names and names <= set(_FIELDS.values()) else frozenset()


def _is_the_hosts(url: str) -> bool:
    """Whatever the host's name: behind a proxy it has several."""
    try:
        return urlsplit(url.strip()).path == STREAM_PATH
    except ValueError:
        return False


def _is_plain(number: str) -> bool:
    return len(number) <= _LONGEST and number.isprintable()
