"""What the demo found out: every call with its timeline, its decision and its checks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from opusagent_hooks import Turn
from opusagent_hooks.testing import ContextItem, Event, Reply

__all__ = ["CALLS", "DemoCall", "DemoReport", "TimelineEntry", "timeline_entries"]

CALLS: Final = 5


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened, ``at`` seconds into its call."""

    at: float
    who: str
    what: str


@dataclass(slots=True)
class DemoCall:
    """One call: what happened, what was decided on how much speech, and what was to be shown."""

    title: str
    line: str
    timeline: list[TimelineEntry] = field(default_factory=list)
    decision: str = "pending"
    net_speech_seconds: float | None = None
    latency_ms: float | None = None
    checks: list[tuple[str, bool]] = field(default_factory=list)


@dataclass(slots=True)
class DemoReport:
    """All calls of the demo."""

    calls: list[DemoCall] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """True if all calls were made and every check of each holds."""
        return len(self.calls) == CALLS and all(ok for call in self.calls for _, ok in call.checks)

    def as_data(self) -> dict[str, Any]:
        """The report as JSON can hold it."""
        return {
            "passed": self.passed,
            "calls": [
                {
                    "title": call.title,
                    "line": call.line,
                    "decision": call.decision,
                    "net_speech_seconds": call.net_speech_seconds,
                    "decision_latency_ms": call.latency_ms,
                    "timeline": [
                        {"at": round(entry.at, 2), "who": entry.who, "what": entry.what}
                        for entry in call.timeline
                    ],
                    "checks": [{"what": what, "passed": ok} for what, ok in call.checks],
                }
                for call in self.calls
            ],
        }


def timeline_entries(event: Event) -> list[TimelineEntry]:
    """What a reader of the timeline wants to know of an event; nothing of most."""
    match event.kind, event.data:
        case "turn", Turn() as turn:
            return [TimelineEntry(event.at, turn.speaker, turn.text)]
        case "context_added", ContextItem() as item:
            return [TimelineEntry(event.at, "to the model", item.text)]
        case "context_removed", ContextItem():
            return [TimelineEntry(event.at, "from the model", "the personal context is taken back")]
        case "reply", Reply() as reply if reply.context:
            return [TimelineEntry(event.at, "model", f"answers with {len(reply.context)} context item(s)")]
        case _:
            return []
