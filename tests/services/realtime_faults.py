"""How the scripted service may misbehave."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Faults"]


@dataclass(slots=True)
class Faults:
    """How the service misbehaves. May be changed at any time.

    ``paraphrase``: what is to be said exactly is said in other words. ``never_answer``: a response.create
    has no effect. ``close_on``: the type of a client's event upon which the connection is closed.
    ``unknown_events``: an event of an unknown type before each response. ``duplicate``: types of events
    that are sent twice. ``refuse_items``: each conversation.item.create is an error. ``transcripts``: late
    is after the response to the words, reordered after the transcript of the next words.
    """

    paraphrase: bool = False
    never_answer: bool = False
    close_on: str | None = None
    unknown_events: bool = False
    duplicate: frozenset[str] = field(default_factory=frozenset)
    refuse_items: bool = False
    transcripts: Literal["on_time", "late", "failed", "missing", "reordered"] = "on_time"
