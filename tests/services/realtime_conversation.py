"""The conversation as the scripted service keeps it: items in order, with ids that clients may choose."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from realtime_dialects import ApiError, Dialect
from realtime_model import Item

__all__ = ["Conversation", "Stored", "new_id"]

_MAX_ID: Final = 32


def new_id(kind: str) -> str:
    """An id as the service makes them."""
    return f"{kind}_{uuid4().hex[:21]}"


@dataclass(slots=True)
class Stored:
    """An item: as it is on the wire, and what the model knows of it besides."""

    wire: dict[str, Any]
    words: str = ""
    verbatim: bool = False
    audio_ms: int = 0

    @property
    def id(self) -> str:
        """The item's id."""
        return str(self.wire["id"])

    def read(self) -> Item:
        """The item as the model reads it."""
        kind = self.wire["type"]
        if kind == "function_call":
            return Item(self.id, "assistant", f"{self.wire['name']}({self.wire['arguments']})", kind)
        if kind == "function_call_output":
            return Item(self.id, "tool", str(self.wire["output"]), kind)
        return Item(self.id, self.wire["role"], self.words, kind, self.verbatim)


class Conversation:
    """Items in order. What is refused raises :class:`ApiError`."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._items: list[Stored] = []

    @property
    def items(self) -> tuple[Stored, ...]:
        """Oldest first."""
        return tuple(self._items)

    def read(self) -> tuple[Item, ...]:
        """All items as the model reads them."""
        return tuple(item.read() for item in self._items)

    @property
    def caller_words(self) -> str:
        """What the caller said last."""
        return next((item.words for item in reversed(self._items) if item.wire.get("role") == "user"), "")

    def create(self, given: Any, previous: str | None) -> tuple[Stored, str | None]:
        """An item from a client; returns it and the id of the item before it."""
        item = self._parse(given)
        if previous == "root":
            self._items.insert(0, item)
            return item, None
        if previous is None:
            return item, self.add(item)
        index = self._index(previous)
        if index is None:
            raise ApiError(
                "item_create_invalid_previous_item_id",
                f"Error adding item: the previous item with id '{previous}' does not exist.",
                "previous_item_id",
            )
        self._items.insert(index + 1, item)
        return item, previous

    def add(self, item: Stored) -> str | None:
        """An item of the service's own, at the end; returns the id of the item before it."""
        previous = self._items[-1].id if self._items else None
        self._items.append(item)
        return previous

    def get(self, item_id: str) -> Stored:
        """An item by its id."""
        return self._items[self._require(item_id, "retriev")]

    def delete(self, item_id: str) -> None:
        """Take an item out."""
        del self._items[self._require(item_id, "delet")]

    def truncate(self, item_id: str, audio_end_ms: int) -> None:
        """Cut what was not heard off an assistant's words."""
        item = self._items[self._require(item_id, "truncat")]
        if item.wire.get("role") != "assistant":
            raise ApiError("invalid_value", "Only model output audio messages can be truncated.", "item_id")
        if audio_end_ms > item.audio_ms:
            raise ApiError(
                "invalid_value",
                f"Audio content of {item.audio_ms}ms is already shorter than {audio_end_ms}ms",
                "audio_end_ms",
            )
        item.words = item.words[: len(item.words) * audio_end_ms // max(1, item.audio_ms)]
        item.audio_ms = audio_end_ms

    def parse_all(self, given: list[Any]) -> tuple[Item, ...]:
        """A response's own input: new items, and references to the conversation's."""
        read = []
        for each in given:
            if each.get("type") == "item_reference":
                read.append(self.get(each["id"]).read())
            else:
                read.append(self._parse({**each, "id": new_id("item")}).read())
        return tuple(read)

    def _index(self, item_id: str) -> int | None:
        return next((index for index, item in enumerate(self._items) if item.id == item_id), None)

    def _require(self, item_id: str, doing: str) -> int:
        index = self._index(item_id)
        if index is None:
            raise ApiError(
                f"item_{doing}e_invalid_item_id",
                f"Error {doing}ing item: the item with id '{item_id}' does not exist.",
                "item_id",
            )
        return index

    def _parse(self, given: Any) -> Stored:
        if not isinstance(given, Mapping) or "type" not in given:
            raise ApiError(
                "missing_required_parameter", "Missing required parameter: 'item.type'.", "item.type"
            )
        item_id = given.get("id") or new_id("item")
        if len(item_id) > _MAX_ID:
            raise ApiError(
                "string_above_max_length",
                f"Invalid 'item.id': string too long. Expected a string with maximum length {_MAX_ID}, "
                f"but got a string with length {len(item_id)} instead.",
                "item.id",
            )
        if self._index(item_id) is not None:
            raise ApiError(
                "item_create_duplicate_item_id",
                f"Error adding item: an item with id '{item_id}' already exists.",
                "item.id",
            )
        wire = {
            **copy.deepcopy(dict(given)),
            "id": item_id,
            "object": "realtime.item",
            "status": "completed",
        }
        return Stored(wire, words=self._words(wire))

    def _words(self, wire: Mapping[str, Any]) -> str:
        if wire["type"] != "message":
            for field in {"function_call_output": ("call_id", "output")}.get(wire["type"], ()):
                if field not in wire:
                    raise ApiError(
                        "missing_required_parameter",
                        f"Missing required parameter: 'item.{field}'.",
                        f"item.{field}",
                    )
            return json.dumps(wire.get("output", ""))
        allowed = self._dialect.content_types(str(wire.get("role")))
        for index, part in enumerate(wire.get("content", [])):
            if part.get("type") not in allowed:
                raise ApiError(
                    "invalid_value",
                    f"Invalid value: '{part.get('type')}'. Supported values are: {', '.join(allowed)}.",
                    f"item.content[{index}].type",
                )
        return " ".join(
            str(part.get("text") or part.get("transcript") or "") for part in wire.get("content", [])
        )
