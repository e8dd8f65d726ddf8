"""When an unknown caller may be asked: once, when idle, after the first request was answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from opusagent_hooks import Turn
from opusagent_voiceprint.calls.reading import Reading
from opusagent_voiceprint.consent import Answer
from opusagent_voiceprint.models import DoNotAsk

__all__ = ["OfferRules"]


@dataclass(slots=True)
class OfferRules:
    """What speaks for and against asking on this call.

    ``unknown`` is set when the voice is nobody's, or when nobody's voice is listened to before a yes.
    """

    enabled: bool
    unknown: bool = False
    offered: bool = False
    refused: bool = False
    emergency: bool = False
    withdrawn: bool = False
    excluded: bool = False
    _caller_turns: int = 0
    _last_speaker: str = ""

    def heed(self, refusal: DoNotAsk | None, now: datetime) -> None:
        """A remembered no holds until its time is over; without a time, for ever."""
        if refusal is not None and (refusal.until is None or now < refusal.until):
            self.refused = True

    def note(self, turn: Turn, reading: Reading) -> None:
        """Somebody spoke. Nobody is asked in an emergency, and no child."""
        self._last_speaker = turn.speaker
        if turn.speaker == "caller":
            self._caller_turns += 1
            self.emergency |= reading.emergency
            self.excluded |= reading.answer is Answer.MINOR

    @property
    def turns(self) -> int:
        """How often the caller has spoken: an offer that was due before the latest words is due no more."""
        return self._caller_turns

    @property
    def allowed(self) -> bool:
        """Whether the question may be put now, if the agent is idle."""
        answered = self._caller_turns > 0 and self._last_speaker == "agent"
        against = self.offered or self.refused or self.emergency or self.withdrawn or self.excluded
        return self.enabled and self.unknown and answered and not against
