"""What stands in for the language model: a script that sees all that a model would, and answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

__all__ = [
    "GREETING",
    "NEUTRAL",
    "Action",
    "CallTool",
    "Item",
    "ModelTurn",
    "Say",
    "Script",
    "Silence",
    "obedient",
]

GREETING: Final = "Hello! How can I help you today?"
NEUTRAL: Final = "I see. Is there anything else I can do for you?"

_VERBATIM: Final = re.compile(r"<say>(.*?)</say>", re.DOTALL)
_OPENING: Final = re.compile(r"^Begin your next reply with: (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Say:
    """Speak."""

    text: str


@dataclass(frozen=True, slots=True)
class CallTool:
    """Call a function."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Silence:
    """End the response with no output."""


Action = Say | CallTool | Silence


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the conversation as a model reads it.

    ``role`` is system, user or assistant, and tool for a function's output; ``text`` the words, a call's
    name and arguments, or its output. ``verbatim`` marks words that the model was told to say exactly.
    """

    id: str
    role: str
    text: str
    kind: str = "message"
    verbatim: bool = False


@dataclass(frozen=True, slots=True)
class ModelTurn:
    """Everything the model knows when it is to answer.

    ``instructions`` and ``tools`` are those in force for this response, whether its own or the session's.
    ``index`` counts the connection's responses from 1. ``caller_words`` are the last that were said, known
    to the model whether or not they are transcribed.
    """

    index: int
    instructions: str
    tools: tuple[Mapping[str, Any], ...]
    tool_choice: Any
    items: tuple[Item, ...]
    caller_words: str
    metadata: Mapping[str, Any]

    @property
    def verbatim(self) -> str | None:
        """The words that the instructions want said exactly: the last that stand between the marks."""
        found = _VERBATIM.findall(self.instructions)
        return str(found[-1]).strip() if found else None

    @property
    def opening(self) -> str | None:
        """How a system item wants the next reply to begin, if there was no reply since."""
        wanted: str | None = None
        for item in self.items:
            if item.role == "system" and (found := _OPENING.search(item.text)):
                wanted = _plain(found.group(1).strip())
            elif item.role == "assistant" and item.kind == "message" and not item.verbatim:
                wanted = None
        return wanted


Script = Callable[[ModelTurn], Action]


def obedient(turn: ModelTurn) -> Action:
    """Say what is to be said exactly, begin a reply as a system item wants it, else give a neutral reply."""
    if turn.verbatim is not None:
        return Say(turn.verbatim)
    if turn.opening is not None:
        return Say(f"{turn.opening} {NEUTRAL}")
    return Say(NEUTRAL if turn.caller_words else GREETING)


def _plain(text: str) -> str:
    """Words that may stand in quotation marks, as JSON."""
    if not text.startswith('"'):
        return text
    decoded, _ = json.JSONDecoder().raw_decode(text)
    return str(decoded)
